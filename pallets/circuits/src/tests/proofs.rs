//! Real proofs: what each is bound to, and how each way to fail is answered.

use super::toy::{Toy, BATCH, JOB, PROVIDER};
use crate::{fixture, mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult};
use swarm_groth16::{Statement, VerifyError, PROOF_BYTES};
use swarmwork_primitives::{Circuits as _, Commitment, ProofContext};

/// Seed of the fixture's keys.
const FIXTURE_SEED: u64 = 2026;
/// Genesis hash of the chain that the fixture is for.
const FIXTURE_GENESIS: [u8; 32] = [11; 32];

struct Case {
    toy: Toy,
    statement: Statement,
    proof: Vec<u8>,
}

impl Case {
    /// A registered circuit with a proof of 3 · 4 on this chain.
    fn new() -> Self {
        let toy = Toy::new(1, false, |_| ());
        assert_ok!(Registry::register_circuit(
            RuntimeOrigin::signed(account(1)),
            toy.vk().try_into().unwrap(),
            Default::default(),
            Default::default(),
        ));
        let statement = toy.statement(System::block_hash(0).0, 3, 4);
        let proof = toy.prove(&statement, 3, 4).to_vec();
        Self {
            toy,
            statement,
            proof,
        }
    }

    fn verify(&self) -> DispatchResult {
        self.verify_as(
            &H256(JOB),
            BATCH,
            &account(PROVIDER),
            &self.statement.c_w,
            &self.statement.c_x,
        )
    }

    fn verify_as(
        &self,
        job: &H256,
        batch: u32,
        provider: &AccountId32,
        weights: &Commitment,
        input: &Commitment,
    ) -> DispatchResult {
        Registry::verify(
            &H256(self.toy.id()),
            ProofContext {
                job,
                batch,
                provider,
                weights,
                input,
            },
            &self.proof,
        )
    }
}

#[test]
fn a_real_proof_is_accepted() {
    new_test_ext().execute_with(|| {
        assert_ok!(Case::new().verify());
    });
}

#[test]
fn a_proof_is_bound_to_everything_it_is_about() {
    new_test_ext().execute_with(|| {
        let case = Case::new();
        let Statement { c_w, c_x, .. } = case.statement;
        let other = case.toy.statement([0; 32], 5, 6);
        let (job, provider) = (H256(JOB), account(PROVIDER));
        let failed = DispatchError::from(Error::<Test>::EquationFailed);
        assert_ok!(case.verify_as(&job, BATCH, &provider, &c_w, &c_x));
        assert_noop!(
            case.verify_as(&H256([13; 32]), BATCH, &provider, &c_w, &c_x),
            failed
        );
        assert_noop!(
            case.verify_as(&job, BATCH + 1, &provider, &c_w, &c_x),
            failed
        );
        assert_noop!(
            case.verify_as(&job, BATCH, &account(15), &c_w, &c_x),
            failed
        );
        assert_noop!(
            case.verify_as(&job, BATCH, &provider, &other.c_w, &c_x),
            failed
        );
        assert_noop!(
            case.verify_as(&job, BATCH, &provider, &c_w, &other.c_x),
            failed
        );
        // The same proof on another chain.
        frame_system::BlockHash::<Test>::insert(0, H256([1; 32]));
        assert_noop!(case.verify(), failed);
    });
}

#[test]
fn a_proof_is_bound_to_its_key() {
    new_test_ext().execute_with(|| {
        let mut case = Case::new();
        case.toy = Toy::new(2, false, |_| ());
        assert_noop!(case.verify(), Error::<Test>::UnknownCircuit);
        assert_ok!(Registry::register_circuit(
            RuntimeOrigin::signed(account(1)),
            case.toy.vk().try_into().unwrap(),
            Default::default(),
            Default::default(),
        ));
        assert_noop!(case.verify(), Error::<Test>::EquationFailed);
    });
}

#[test]
fn each_broken_part_has_its_own_error() {
    new_test_ext().execute_with(|| {
        let mut case = Case::new();
        let good = case.proof.clone();
        for length in [0, PROOF_BYTES - 1, PROOF_BYTES + 1, 512] {
            case.proof = good.clone();
            case.proof.resize(length, 0);
            assert_noop!(case.verify(), Error::<Test>::InvalidProofLength);
        }
        // No coordinate is as large as this.
        let parts = [
            (0..32, Error::<Test>::MalformedA),
            (32..96, Error::MalformedB),
            (96..128, Error::MalformedC),
            (128..160, Error::MalformedCz),
            (160..192, Error::MalformedCy),
        ];
        for (part, error) in parts {
            case.proof = good.clone();
            case.proof[part].fill(0xff);
            assert_noop!(case.verify(), error);
        }
        case.proof = good.clone();
        let (job, provider) = (H256(JOB), account(PROVIDER));
        let Statement { c_w, c_x, .. } = case.statement;
        assert_noop!(
            case.verify_as(&job, BATCH, &provider, &[0xff; 32], &c_x),
            Error::<Test>::MalformedCw
        );
        assert_noop!(
            case.verify_as(&job, BATCH, &provider, &c_w, &[0xff; 32]),
            Error::<Test>::MalformedCx
        );
        // Other points where the proof's were: the equation notices each.
        let point = c_w;
        for at in [0, 96, 128, 160] {
            case.proof = good.clone();
            case.proof[at..at + 32].copy_from_slice(&point);
            assert_noop!(case.verify(), Error::<Test>::EquationFailed);
        }
    });
}

#[test]
fn every_reason_of_the_verifier_is_told_apart() {
    let reasons = [
        VerifyError::MalformedKey,
        VerifyError::StatementLength,
        VerifyError::ProofLength,
        VerifyError::MalformedA,
        VerifyError::MalformedB,
        VerifyError::MalformedC,
        VerifyError::MalformedCz,
        VerifyError::MalformedCy,
        VerifyError::MalformedCw,
        VerifyError::MalformedCx,
        VerifyError::ZeroChallenge,
        VerifyError::EquationFailed,
    ];
    let mut errors: Vec<&str> = reasons
        .into_iter()
        .map(|reason| DispatchError::from(Error::<Test>::from(reason)).into())
        .collect();
    errors.sort();
    errors.dedup();
    assert_eq!(errors.len(), reasons.len());
}

fn made_anew() -> (Vec<u8>, Statement, Vec<u8>) {
    let toy = Toy::new(FIXTURE_SEED, false, |_| ());
    let statement = toy.statement(FIXTURE_GENESIS, 3, 4);
    let proof = toy.prove(&statement, 3, 4).to_vec();
    (toy.vk(), statement, proof)
}

#[test]
fn the_fixture_is_what_the_prover_makes() {
    let (vk, statement, proof) = made_anew();
    assert!(vk == fixture::VERIFYING_KEY, "write the fixture anew");
    assert!(
        statement.to_bytes() == fixture::STATEMENT,
        "write the fixture anew"
    );
    assert!(proof == fixture::PROOF, "write the fixture anew");
    assert_ok!(swarm_groth16::verify(&vk, &statement, &proof));
}

#[test]
#[ignore = "writes the fixture's files"]
fn write_fixture() {
    let (vk, statement, proof) = made_anew();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    std::fs::create_dir_all(folder).unwrap();
    for (name, bytes) in [
        ("verifying-key.bin", &vk[..]),
        ("statement.bin", &statement.to_bytes()),
        ("proof.bin", &proof),
    ] {
        std::fs::write(format!("{folder}/{name}"), bytes).unwrap();
    }
}
