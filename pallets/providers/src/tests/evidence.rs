//! What convicts a provider, and what does not.

use super::{held, register, rotate, worker};
use crate::{mock::*, Error, Event, GivenProof, Judged, Providers};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, BoundedVec};
use sp_runtime::{
    testing::{TestSignature, H256},
    DispatchError,
};
use swarmwork_primitives::{claim_message, Answered, Claim, JobId, Providers as _, SlashReason};

type Claimed = Claim<TestSignature>;
type Outcome = frame_support::dispatch::DispatchResultWithPostInfo;

pub(super) const RIGHT: [u8; 32] = [7; 32];
pub(super) const WRONG: [u8; 32] = [8; 32];

pub(super) fn job(tag: u8) -> JobId {
    JobId::repeat_byte(tag)
}

/// Batch 1 of a job of provider 1.
pub(super) fn answered(tag: u8, worker: u64) -> Answered<u64> {
    Answered {
        provider: 1,
        worker,
        job: job(tag),
        batch: 1,
    }
}

/// What the key says of that batch.
pub(super) fn claim(answered: &Answered<u64>, commitment: [u8; 32]) -> Claimed {
    let genesis = System::block_hash(0);
    let Answered {
        provider,
        worker,
        job,
        batch,
    } = answered;
    let message = claim_message(&genesis, provider, job, *batch, &commitment);
    Claim {
        commitment,
        signature: TestSignature(*worker, message),
    }
}

pub(super) fn equivocation(answered: Answered<u64>) -> Outcome {
    let (first, second) = (claim(&answered, RIGHT), claim(&answered, WRONG));
    Registry::report_equivocation(RuntimeOrigin::signed(5), answered, first, second)
}

pub(super) fn forgery(answered: Answered<u64>, proof: Option<[u8; 32]>) -> Outcome {
    let claim = claim(&answered, WRONG);
    let proof = proof.map(|answer| GivenProof {
        prover: 4,
        proof: BoundedVec::truncate_from(answer.to_vec()),
    });
    Registry::report_false_claim(RuntimeOrigin::signed(5), answered, claim, proof)
}

/// Provider 1 with a bond of 1,000 and a job, 7, of price 100.
pub(super) fn chain(run: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        give(job(7), 1, 100);
        run();
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn two_answers_to_one_batch_convict_for_free() {
    chain(|| {
        let info = equivocation(answered(7, worker(1))).unwrap();
        assert_eq!(info.pays_fee, Pays::No);
        // 6 % of 1,000.
        assert_eq!(held(1), 940);
        assert!(Judged::<Test>::contains_key(
            1,
            (job(7), 1u32, SlashReason::Equivocation)
        ));
        System::assert_last_event(
            Event::OffenceProven {
                provider: 1,
                reason: SlashReason::Equivocation,
                job: job(7),
                batch: 1,
                reporter: 5,
            }
            .into(),
        );
        let details = Registry::details(&1).unwrap();
        assert_eq!(details.strikes, 1);
        assert_eq!(details.slashes[0].job, Some(job(7)));
    });
}

#[test]
fn what_is_proven_on_chain_convicts_of_forgery() {
    chain(|| {
        assert_noop!(
            forgery(answered(7, worker(1)), None),
            Error::<Test>::ProofNeeded
        );
        Proven::mutate(|proven| proven.insert((job(7), 1), RIGHT));
        let info = forgery(answered(7, worker(1)), None).unwrap();
        assert_eq!(info.pays_fee, Pays::No);
        // 20 % of 1,000 and the price.
        assert_eq!(held(1), 700);
    });
}

#[test]
fn anybodys_proof_convicts_of_forgery() {
    chain(|| {
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!(held(1), 700);
    });
}

#[test]
fn a_proof_of_the_claim_is_the_last_word() {
    chain(|| {
        assert_noop!(
            forgery(answered(7, worker(1)), Some(WRONG)),
            Error::<Test>::NoOffence
        );
        // And what the chain has proven stands above what is brought.
        Proven::mutate(|proven| proven.insert((job(7), 1), WRONG));
        assert_noop!(
            forgery(answered(7, worker(1)), Some(RIGHT)),
            Error::<Test>::NoOffence
        );
    });
}

#[test]
fn a_proof_that_fails_convicts_nobody() {
    chain(|| {
        let about = answered(7, worker(1));
        let given = GivenProof {
            prover: 4,
            proof: BoundedVec::truncate_from(vec![1; 31]),
        };
        assert_noop!(
            Registry::report_false_claim(
                RuntimeOrigin::signed(5),
                about.clone(),
                claim(&about, WRONG),
                Some(given)
            ),
            DispatchError::Corruption
        );
    });
}

#[test]
fn proofs_under_unattested_keys_convict_nobody() {
    chain(|| {
        Given::mutate(|given| given.get_mut(&job(7)).unwrap().attested = false);
        for proof in [None, Some(RIGHT)] {
            assert_noop!(
                forgery(answered(7, worker(1)), proof),
                Error::<Test>::Unattested
            );
        }
        // Two answers need no proof.
        assert_ok!(equivocation(answered(7, worker(1))));
    });
}

#[test]
fn claims_that_agree_are_no_offence() {
    chain(|| {
        let about = answered(7, worker(1));
        let twice = claim(&about, RIGHT);
        assert_noop!(
            Registry::report_equivocation(RuntimeOrigin::signed(5), about, twice.clone(), twice),
            Error::<Test>::NoOffence
        );
    });
}

#[test]
fn only_what_the_key_signed_of_this_batch_of_this_job_here_counts() {
    chain(|| {
        give(job(8), 1, 100);
        let about = answered(7, worker(1));
        let attempt = |first: Claimed, second: Claimed| {
            Registry::report_equivocation(
                RuntimeOrigin::signed(5),
                answered(7, worker(1)),
                first,
                second,
            )
        };
        let good = || claim(&answered(7, worker(1)), RIGHT);
        let elsewhere = |change: fn(&mut Answered<u64>)| {
            let mut about = answered(7, worker(1));
            change(&mut about);
            Claim {
                commitment: WRONG,
                signature: TestSignature(worker(1), claim(&about, WRONG).signature.1),
            }
        };
        let other_chain = {
            let genesis = H256::repeat_byte(9);
            let message = claim_message(&genesis, &1u64, &job(7), 1, &WRONG);
            Claim {
                commitment: WRONG,
                signature: TestSignature(worker(1), message),
            }
        };
        let by_somebody_else = Claim {
            commitment: WRONG,
            signature: TestSignature(5, claim(&about, WRONG).signature.1),
        };
        let of_other_answer = Claim {
            commitment: WRONG,
            ..claim(&about, RIGHT)
        };
        for bad in [
            elsewhere(|about| about.job = job(8)),
            elsewhere(|about| about.batch = 0),
            elsewhere(|about| about.provider = 2),
            other_chain,
            by_somebody_else,
            of_other_answer,
        ] {
            let invalid = || Error::<Test>::ClaimInvalid;
            assert_noop!(attempt(good(), bad.clone()), invalid());
            assert_noop!(attempt(bad, good()), invalid());
        }
        assert_ok!(attempt(good(), claim(&about, WRONG)));
    });
}

#[test]
fn evidence_is_about_work_that_the_provider_had() {
    chain(|| {
        assert_noop!(
            equivocation(answered(9, worker(1))),
            Error::<Test>::JobUnknown
        );
        give(job(9), 2, 100);
        assert_noop!(
            equivocation(answered(9, worker(1))),
            Error::<Test>::NotTheProvider
        );
        let beyond = Answered {
            batch: 2,
            ..answered(7, worker(1))
        };
        assert_noop!(equivocation(beyond), Error::<Test>::BatchOutOfRange);
        assert_noop!(equivocation(answered(7, 55)), Error::<Test>::NotTheWorker);
        give(job(7), 3, 100);
        let unknown = Answered {
            provider: 3,
            ..answered(7, worker(3))
        };
        assert_noop!(equivocation(unknown), Error::<Test>::NotRegistered);
    });
}

#[test]
fn an_offence_is_punished_once_and_forgotten_with_its_job() {
    chain(|| {
        let about = || answered(7, worker(1));
        assert_ok!(forgery(about(), Some(RIGHT)));
        assert_noop!(forgery(about(), Some(RIGHT)), Error::<Test>::AlreadyJudged);
        // Another offence in the same batch, and the same in another, are others.
        assert_ok!(equivocation(about()));
        assert_noop!(equivocation(about()), Error::<Test>::AlreadyJudged);
        let first = Answered {
            batch: 0,
            ..about()
        };
        assert_ok!(forgery(first, Some(RIGHT)));

        let forget =
            |reason| Registry::forget_offence(RuntimeOrigin::signed(9), 1, job(7), 1, reason);
        assert_noop!(forget(SlashReason::Forgery), Error::<Test>::JobStands);
        Given::mutate(|given| given.remove(&job(7)));
        assert_ok!(forget(SlashReason::Forgery));
        assert_noop!(forget(SlashReason::Forgery), Error::<Test>::NotJudged);
        // It cannot come again.
        assert_noop!(forgery(about(), Some(RIGHT)), Error::<Test>::JobUnknown);
    });
}

#[test]
fn a_stolen_key_costs_no_more_than_a_days_part() {
    chain(|| {
        for tag in 10..13 {
            give(job(tag), 1, 100);
        }
        assert_ok!(equivocation(answered(10, worker(1))));
        assert_eq!(held(1), 940);
        // A tenth of what there was at first.
        assert_ok!(equivocation(answered(11, worker(1))));
        assert_eq!(held(1), 900);
        assert_noop!(
            equivocation(answered(12, worker(1))),
            Error::<Test>::NothingToSlash
        );
        // Forgery has no cap.
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!(held(1), 900 - 180 - 100);
        System::set_block_number(1 + SLASH_DAY);
        assert_ok!(equivocation(answered(12, worker(1))));
        assert_eq!(held(1), 620 - 38);
    });
}

#[test]
fn a_replaced_key_answers_for_what_was_there_before() {
    chain(|| {
        System::set_block_number(3);
        assert_ok!(rotate(1, 200));
        give(job(8), 1, 100);
        // In the block of the rotation it may have signed before it.
        assert_ok!(equivocation(answered(8, worker(1))));
        System::set_block_number(4);
        give(job(9), 1, 100);
        assert_noop!(
            equivocation(answered(9, worker(1))),
            Error::<Test>::NotTheWorker
        );
        assert_ok!(equivocation(answered(9, 200)));
    });
}

#[test]
fn keys_are_replaced_only_as_often_as_is_remembered() {
    chain(|| {
        assert_ok!(rotate(1, 200));
        assert_ok!(rotate(1, 201));
        assert_noop!(rotate(1, 202), Error::<Test>::TooManyRotations);
        System::set_block_number(1 + UNBONDING);
        assert_ok!(rotate(1, 202));
        assert_eq!(Providers::<Test>::get(1).unwrap().worker, 202);
    });
}

#[test]
fn who_has_nothing_left_is_convicted_of_nothing() {
    chain(|| {
        assert_eq!(
            Registry::slash(&1, MINIMUM_BOND, SlashReason::Unproven, job(7)),
            MINIMUM_BOND
        );
        assert_noop!(
            equivocation(answered(7, worker(1))),
            Error::<Test>::NothingToSlash
        );
        // The price is not taken from where nothing is.
        assert_noop!(
            forgery(answered(7, worker(1)), Some(RIGHT)),
            Error::<Test>::NothingToSlash
        );
    });
}
