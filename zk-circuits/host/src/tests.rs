//! The native side, called as pallets call it in their tests.

use rand::{rngs::StdRng, SeedableRng};
use swarm_groth16::{
    challenge, encode_g1, generate_development, tag, CircuitDescriptor, ConstraintMatrices, Fr,
    KeyError, ProvingKey, Qap, Segment, SegmentLayout, Statement, VerifyError, VerifyingKey,
};

use crate::bn254::{check_commitment, inspect_key, verify};

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
        batch: 3,
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
            "ext_swarm_zk_inspect_key_version_1",
            "ext_swarm_zk_verify_version_1"
        ]
    );
}
