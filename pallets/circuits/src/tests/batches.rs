//! Real proofs checked together: what is accepted, and which proof is named with which error.

use super::toy::{Toy, JOB, PROVIDER};
use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError};
use std::sync::OnceLock;
use swarm_groth16::{MAX_BATCH, PROOF_BYTES};
use swarmwork_primitives::{Circuits as _, Commitment, ProofContext, ProofRefusal};

/// What a cheater does to an entry.
type Change = fn(&mut Entry);

/// A proof and what it is checked against.
#[derive(Clone)]
struct Entry {
    job: H256,
    batch: u32,
    provider: AccountId32,
    weights: Commitment,
    input: Commitment,
    proof: Vec<u8>,
}

/// Four batches of one job, proven honestly. Proving takes a while, so it is done once.
fn honest() -> &'static (Toy, Vec<Entry>) {
    static HONEST: OnceLock<(Toy, Vec<Entry>)> = OnceLock::new();
    HONEST.get_or_init(|| {
        let toy = Toy::new(1, false, |_| ());
        let genesis = new_test_ext().execute_with(|| System::block_hash(0).0);
        let entries = (0..4)
            .map(|batch| {
                let x = 4 + u64::from(batch);
                let mut statement = toy.statement(genesis, 3, x);
                statement.batch = batch;
                Entry {
                    job: H256(JOB),
                    batch,
                    provider: account(PROVIDER),
                    weights: statement.c_w,
                    input: statement.c_x,
                    proof: toy.prove(&statement, 3, x).to_vec(),
                }
            })
            .collect();
        (toy, entries)
    })
}

fn register(toy: &Toy) {
    assert_ok!(Registry::register_circuit(
        RuntimeOrigin::signed(account(1)),
        toy.vk().try_into().unwrap(),
        Default::default(),
        Default::default(),
    ));
}

/// A chain with the circuit, and the honest entries to change.
fn test(run: impl FnOnce(Vec<Entry>)) {
    new_test_ext().execute_with(|| {
        let (toy, entries) = honest();
        register(toy);
        run(entries.clone());
        assert_ok!(Registry::do_try_state());
    });
}

fn verify_under(circuit: [u8; 32], entries: &[Entry]) -> Result<(), ProofRefusal> {
    let batch: Vec<_> = entries
        .iter()
        .map(|entry| {
            let context = ProofContext {
                job: &entry.job,
                batch: entry.batch,
                provider: &entry.provider,
                weights: &entry.weights,
                input: &entry.input,
            };
            (context, &entry.proof[..])
        })
        .collect();
    Registry::verify_batch(&H256(circuit), &batch)
}

fn verify(entries: &[Entry]) -> Result<(), ProofRefusal> {
    verify_under(honest().0.id(), entries)
}

fn verify_alone(entry: &Entry) -> Result<(), DispatchError> {
    Registry::verify(
        &H256(honest().0.id()),
        ProofContext {
            job: &entry.job,
            batch: entry.batch,
            provider: &entry.provider,
            weights: &entry.weights,
            input: &entry.input,
        },
        &entry.proof,
    )
}

fn refused(index: usize, error: Error<Test>) -> ProofRefusal {
    ProofRefusal {
        index,
        error: error.into(),
    }
}

/// Everything that a cheater may change of one entry, and what is said of it.
fn changes() -> [(Change, DispatchError); 19] {
    // A canonical point where another one was.
    fn with_point(entry: &mut Entry, at: usize) {
        let point = entry.weights;
        entry.proof[at..at + 32].copy_from_slice(&point);
    }
    let changes: [(Change, Error<Test>); 19] = [
        (|e| e.proof[..32].fill(0xff), Error::MalformedA),
        (|e| e.proof[32..96].fill(0xff), Error::MalformedB),
        (|e| e.proof[96..128].fill(0xff), Error::MalformedC),
        (|e| e.proof[128..160].fill(0xff), Error::MalformedCz),
        (|e| e.proof[160..].fill(0xff), Error::MalformedCy),
        (|e| with_point(e, 0), Error::EquationFailed),
        (|e| with_point(e, 96), Error::EquationFailed),
        (|e| with_point(e, 128), Error::EquationFailed),
        (|e| with_point(e, 160), Error::EquationFailed),
        (|e| e.proof.truncate(191), Error::InvalidProofLength),
        (|e| e.proof.push(0), Error::InvalidProofLength),
        (|e| e.proof.clear(), Error::InvalidProofLength),
        (|e| e.job = H256([13; 32]), Error::EquationFailed),
        (|e| e.batch += 4, Error::EquationFailed),
        (|e| e.provider = account(15), Error::EquationFailed),
        (|e| e.weights = e.input, Error::EquationFailed),
        (|e| e.input = e.weights, Error::EquationFailed),
        (|e| e.weights = [0xff; 32], Error::MalformedCw),
        (|e| e.input = [0xff; 32], Error::MalformedCx),
    ];
    changes.map(|(change, error)| (change, error.into()))
}

#[test]
fn honest_proofs_are_accepted_together_in_any_number_and_order() {
    test(|mut entries| {
        for count in 0..=entries.len() {
            assert_eq!(verify(&entries[..count]), Ok(()));
        }
        entries.reverse();
        assert_eq!(verify(&entries), Ok(()));
    });
}

#[test]
fn each_way_to_fail_is_named_with_its_place_and_as_it_is_alone() {
    test(|entries| {
        for (change, error) in changes() {
            for at in 0..entries.len() {
                let mut changed = entries.clone();
                change(&mut changed[at]);
                assert_noop!(verify(&changed), ProofRefusal { index: at, error });
                assert_eq!(verify_alone(&changed[at]), Err(error));
            }
        }
    });
}

#[test]
fn two_results_that_trade_places_are_refused() {
    test(|mut entries| {
        let first = entries[1].proof.clone();
        entries[1].proof = core::mem::replace(&mut entries[2].proof, first);
        assert_noop!(verify(&entries), refused(1, Error::EquationFailed));
    });
}

#[test]
fn proofs_are_bound_to_their_key_and_chain() {
    test(|entries| {
        assert_noop!(
            verify_under([9; 32], &entries),
            refused(0, Error::UnknownCircuit)
        );
        let other = Toy::new(2, false, |_| ());
        register(&other);
        assert_noop!(
            verify_under(other.id(), &entries),
            refused(0, Error::EquationFailed)
        );
        frame_system::BlockHash::<Test>::insert(0, H256([1; 32]));
        assert_noop!(verify(&entries), refused(0, Error::EquationFailed));
    });
}

#[test]
fn more_proofs_than_the_host_takes_are_refused() {
    test(|entries| {
        let most: Vec<_> = entries.iter().cycle().take(MAX_BATCH).cloned().collect();
        let over = [&most[..], &entries[..1]].concat();
        assert_noop!(verify(&over), refused(MAX_BATCH, Error::TooManyProofs));
    });
}

#[test]
fn a_wrong_length_shifts_no_other_proof() {
    test(|mut entries| {
        // Together as long as two proofs.
        let byte = entries[1].proof.pop().unwrap();
        entries[2].proof.insert(0, byte);
        assert_eq!(
            entries[1].proof.len() + entries[2].proof.len(),
            2 * PROOF_BYTES
        );
        assert_noop!(verify(&entries), refused(1, Error::InvalidProofLength));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Together is as each alone: accepted if all are, and otherwise one that is not is named.
    #[test]
    fn together_is_as_alone(picks in prop::collection::vec((0usize..4, prop::option::weighted(0.2, 0usize..19)), 0..8)) {
        new_test_ext().execute_with(|| {
            let (toy, entries) = honest();
            register(toy);
            let batch: Vec<_> = picks
                .iter()
                .map(|(entry, change)| {
                    let mut entry = entries[*entry].clone();
                    if let Some(number) = change {
                        changes()[*number].0(&mut entry);
                    }
                    entry
                })
                .collect();
            match verify(&batch) {
                Ok(()) => prop_assert!(batch.iter().all(|entry| verify_alone(entry).is_ok())),
                Err(ProofRefusal { index, error }) => {
                    prop_assert_eq!(verify_alone(&batch[index]), Err(error))
                }
            }
            Ok(())
        })?;
    }
}
