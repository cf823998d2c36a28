//! The native side, called as pallets call it in their tests.

use rand::{rngs::StdRng, SeedableRng};
use swarm_groth16::{
    challenge, encode_g1, encode_scalar, generate_development, tag, BatchError, CircuitDescriptor,
    ConstraintMatrices, Fr, KeyError, OpeningError, ProvingKey, Qap, Segment, SegmentLayout,
    Statement, VerifyError, VerifyingKey, MAX_BATCH,
};

use crate::bn254::{
    check_commitment, check_output_bases, commit_part, inspect_key, verify, verify_batch,
};

fn one() -> Fr {
    Fr::from(1u64)
}

/// `w * x = y`, with the challenge used once.
fn qap() -> Qap {
    let layout = SegmentLayout {
        weights: 2,
        input: 2,
        intermediate: 1,
        output: 2,
    };
    let column = |segment| layout.columns(segment).start;
    let (w, x, y) = (
        column(Segment::Weights),
        column(Segment::Input),
        column(Segment::Output),
    );
    let matrices = ConstraintMatrices {
        layout,
        num_witness: 1,
        a: vec![vec![(one(), w)], vec![(one(), 1)]],
        b: vec![vec![(one(), x)], vec![(one(), y)]],
        c: vec![vec![(one(), y)], vec![(one(), layout.num_instance())]],
    };
    Qap::new(matrices).unwrap()
}

pub(crate) fn key_pair(seed: u64) -> (ProvingKey, VerifyingKey) {
    let descriptor = CircuitDescriptor {
        digest: [1; 32],
        batch: 1,
        input_len: 1,
        output_len: 1,
        macs: 1,
    };
    generate_development(&qap(), descriptor, &mut StdRng::seed_from_u64(seed)).unwrap()
}

fn proven(pk: &ProvingKey) -> (Statement, Vec<u8>) {
    proven_batch(pk, 3)
}

/// The proof of one batch of the job.
fn proven_batch(pk: &ProvingKey, batch: u32) -> (Statement, Vec<u8>) {
    let vk = pk.verifying_key();
    let (w, x) = (
        [Fr::from(6u64), Fr::from(1u64)],
        [Fr::from(7u64), Fr::from(2u64)],
    );
    let (z, y) = ([Fr::from(3u64)], [Fr::from(42u64), Fr::from(4u64)]);
    let commit = |segment, values: &[Fr]| pk.commit(segment, values).unwrap();
    let statement = Statement {
        genesis: [1; 32],
        job: [2; 32],
        batch,
        provider: [4; 32],
        c_w: encode_g1(&commit(Segment::Weights, &w)),
        c_x: encode_g1(&commit(Segment::Input, &x)),
    };
    let c_z = commit(Segment::Intermediate, &z);
    let c_y = commit(Segment::Output, &y);
    let rho = challenge(&vk.id(), &statement, &encode_g1(&c_z), &encode_g1(&c_y)).unwrap();
    let assignment = [
        &[one(), rho, tag(&statement)][..],
        &w,
        &x,
        &z,
        &y,
        &[rho * y[0]],
    ]
    .concat();
    let proof = pk
        .prove(&qap(), &assignment, c_z, c_y, &mut StdRng::seed_from_u64(9))
        .unwrap();
    (statement, proof.to_bytes().to_vec())
}

#[test]
fn a_proof_verifies_first_and_again_without_externalities() {
    let (pk, vk) = key_pair(2);
    let (statement, proof) = proven(&pk);
    let (vk, bytes) = (vk.to_bytes(), statement.to_bytes());
    assert_eq!(verify(&vk, &bytes, &proof), Ok(()));
    assert_eq!(verify(&vk, &bytes, &proof), Ok(()));
    let mut other = bytes;
    other[64] ^= 1;
    assert_eq!(
        verify(&vk, &other, &proof),
        Err(VerifyError::EquationFailed)
    );
}

#[test]
fn a_cached_key_answers_for_its_own_bytes_only() {
    let (first, second) = (key_pair(3), key_pair(4));
    let (statement, proof) = proven(&first.0);
    let bytes = statement.to_bytes();
    assert_eq!(verify(&first.1.to_bytes(), &bytes, &proof), Ok(()));
    assert_eq!(
        verify(&second.1.to_bytes(), &bytes, &proof),
        Err(VerifyError::EquationFailed)
    );
    let mut spoilt = first.1.to_bytes();
    spoilt.push(0);
    assert_eq!(
        verify(&spoilt, &bytes, &proof),
        Err(VerifyError::MalformedKey)
    );
}

#[test]
fn malformed_arguments_have_their_errors() {
    let (pk, vk) = key_pair(5);
    let (statement, proof) = proven(&pk);
    let (vk, statement) = (vk.to_bytes(), statement.to_bytes());
    for length in [0, 163] {
        assert_eq!(
            verify(&vk, &statement[..length], &proof),
            Err(VerifyError::StatementLength)
        );
    }
    assert_eq!(
        verify(&vk, &statement, &proof[1..]),
        Err(VerifyError::ProofLength)
    );
    assert_eq!(
        verify(&[], &statement, &proof),
        Err(VerifyError::MalformedKey)
    );
    assert_eq!(inspect_key(&[]), Err(KeyError::Length));
    assert!(inspect_key(&vk).unwrap().development);
    assert_eq!(check_commitment(&statement[100..132]), Ok(()));
    for bad in [&[][..], &[0xff; 32], &statement[100..131], &[0; 33]] {
        assert_eq!(check_commitment(bad), Err(VerifyError::MalformedCw));
    }
}

/// Statements and proofs of some batches of the job, one after the other.
fn proven_batches(pk: &ProvingKey, count: u32) -> (Vec<u8>, Vec<u8>) {
    let (statements, proofs): (Vec<_>, Vec<_>) = (0..count)
        .map(|batch| proven_batch(pk, batch))
        .map(|(statement, proof)| (statement.to_bytes(), proof))
        .unzip();
    (statements.concat(), proofs.concat())
}

#[test]
fn a_batch_verifies_first_and_again_and_names_a_bad_proof() {
    let (pk, vk) = key_pair(6);
    let vk = vk.to_bytes();
    let (statements, proofs) = proven_batches(&pk, 4);
    assert_eq!(verify_batch(&vk, &statements, &proofs), Ok(()));
    assert_eq!(verify_batch(&vk, &statements, &proofs), Ok(()));
    assert_eq!(verify_batch(&vk, &[], &[]), Ok(()));
    for index in 0..4 {
        let mut other = statements.clone();
        other[164 * index + 64] ^= 0x80;
        assert_eq!(
            verify_batch(&vk, &other, &proofs),
            Err(BatchError::Proof {
                index: index as u32,
                error: VerifyError::EquationFailed
            })
        );
        let mut other = proofs.clone();
        other[192 * index..192 * index + 32].fill(0xff);
        assert_eq!(
            verify_batch(&vk, &statements, &other),
            Err(BatchError::Proof {
                index: index as u32,
                error: VerifyError::MalformedA
            })
        );
    }
}

#[test]
fn a_batch_and_a_single_proof_use_the_cached_key_of_their_bytes_only() {
    let (first, second) = (key_pair(7), key_pair(8));
    let (statements, proofs) = proven_batches(&first.0, 2);
    let vk = first.1.to_bytes();
    assert_eq!(verify(&vk, &statements[..164], &proofs[..192]), Ok(()));
    assert_eq!(verify_batch(&vk, &statements, &proofs), Ok(()));
    assert_eq!(
        verify_batch(&second.1.to_bytes(), &statements, &proofs),
        Err(BatchError::Proof {
            index: 0,
            error: VerifyError::EquationFailed
        })
    );
    let mut spoilt = vk;
    spoilt.push(0);
    assert_eq!(
        verify_batch(&spoilt, &statements, &proofs),
        Err(BatchError::MalformedKey)
    );
}

#[test]
fn malformed_batches_have_their_errors() {
    let (pk, vk) = key_pair(9);
    let vk = vk.to_bytes();
    let (statements, proofs) = proven_batches(&pk, 2);
    for (statements, proofs) in [
        (&statements[..163], &proofs[..192]),
        (&statements[..164], &proofs[..191]),
        (&statements[..164], &proofs[..]),
        (&statements[..], &proofs[..192]),
        (&statements[1..], &proofs[1..]),
        (&[], &proofs[..]),
        (&statements[..], &[]),
    ] {
        assert_eq!(
            verify_batch(&vk, statements, proofs),
            Err(BatchError::Length)
        );
    }
    assert_eq!(
        verify_batch(&[], &statements, &proofs),
        Err(BatchError::MalformedKey)
    );
    let (statements, proofs) = (
        statements[..164].repeat(MAX_BATCH + 1),
        proofs[..192].repeat(MAX_BATCH + 1),
    );
    assert_eq!(
        verify_batch(&vk, &statements, &proofs),
        Err(BatchError::TooManyProofs)
    );
}

/// An output in two parts under the bases that its key names, called as a pallet calls it.
#[test]
fn an_output_opens_part_by_part_under_the_bases_of_its_key() {
    let (pk, vk) = key_pair(10);
    let key = pk.commitment_key();
    let others: Vec<u8> = key
        .other_segments()
        .iter()
        .flat_map(|(length, digest)| [&length.to_le_bytes()[..], digest].concat())
        .collect();
    let (vk, mut bases) = (vk.to_bytes(), key.output_bases());
    assert_eq!(check_output_bases(&vk, &others, &bases), Ok(()));
    let y = [Fr::from(42u64), Fr::from(4u64)];
    let elements = y.map(|element| encode_scalar(&element)).concat();
    let first = commit_part(&[], &bases[..32], &elements[..32]).unwrap();
    let whole = encode_g1(&pk.commit(Segment::Output, &y).unwrap());
    let sum = commit_part(&first, &bases[32..], &elements[32..]);
    assert_eq!(sum, Ok(whole));
    bases[31] ^= 0x80;
    let checked = check_output_bases(&vk, &others, &bases);
    assert_eq!(checked, Err(OpeningError::Bases));
    let cut = commit_part(&[], &bases, &elements[..32]);
    assert_eq!(cut, Err(OpeningError::Length));
}

#[test]
fn host_functions_are_registered_under_versioned_names() {
    use sp_runtime_interface::sp_wasm_interface::HostFunctions as _;
    let mut names: Vec<String> = crate::HostFunctions::host_functions()
        .iter()
        .map(|f| f.name().to_string())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "ext_swarm_zk_check_commitment_version_1",
            "ext_swarm_zk_check_output_bases_version_1",
            "ext_swarm_zk_commit_part_version_1",
            "ext_swarm_zk_inspect_key_version_1",
            "ext_swarm_zk_verify_batch_version_1",
            "ext_swarm_zk_verify_version_1"
        ]
    );
}
