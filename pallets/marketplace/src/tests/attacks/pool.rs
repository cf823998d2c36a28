//! Transactions that would be refused whatever they prove, and proofs that are.

use super::result;
use crate::{
    mock::{panels::*, rooted::*, *},
    pallet::*,
    CheckResults, WeightInfo, MAX_REFUSED,
};
use frame_support::{assert_ok, dispatch::GetDispatchInfo, weights::Weight};
use sp_core::H256;
use sp_runtime::{
    traits::{DispatchTransaction, TransactionExtension},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
    },
    DispatchError,
};
use swarmwork_primitives::{Assignment, FailureReason, JobState, Outcome, SlashReason, Terms};

/// What the pool is told of a transaction.
fn pool(who: AccountId, call: RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
    let info = call.get_dispatch_info();
    CheckResults::<Test>::default()
        .validate_only(
            RuntimeOrigin::signed(who),
            &call,
            &info,
            0,
            TransactionSource::External,
            0,
        )
        .map(|(validity, ..)| validity)
}

/// How the pool says that the market has this error.
fn refused(error: Error<Test>) -> TransactionValidityError {
    match DispatchError::from(error) {
        DispatchError::Module(module) => InvalidTransaction::Custom(module.error[0]).into(),
        other => panic!("{other:?} is no pallet's error"),
    }
}

fn together(results: Vec<crate::Report>) -> RuntimeCall {
    let results = results.try_into().expect("few");
    RuntimeCall::Marketplace(Call::submit_results { results })
}

/// A report of a batch of the provider 0 whose proof is none.
fn bad_report(id: H256, batch: u32) -> crate::Report {
    let mut report = good_report(id, batch, 0);
    report.proof[3] ^= 1;
    report
}

fn bad(id: H256, batch: u32) -> RuntimeCall {
    let report = bad_report(id, batch);
    RuntimeCall::Marketplace(Call::submit_result {
        job: report.job,
        batch: report.batch,
        proof: report.proof,
        output: report.output,
    })
}

#[test]
fn what_would_be_refused_whatever_its_proof_enters_no_pool() {
    test(|| {
        register(0, 300);
        register(1, 300);
        let id = assigned(0, 2, 1_000);
        // Whether a proof holds is not asked here.
        assert_ok!(pool(worker(0), result(id, 0, 0)));
        assert_ok!(pool(worker(0), bad(id, 0)));
        let (stranger, controller) = (worker(1), provider(0));
        for who in [stranger, controller] {
            assert_eq!(
                pool(who, result(id, 0, 0)),
                Err(refused(Error::NotTheWorker))
            );
        }
        assert_eq!(
            pool(worker(0), result(H256::repeat_byte(9), 0, 0)),
            Err(refused(Error::JobUnknown))
        );
        assert_eq!(
            pool(worker(0), result(id, 2, 0)),
            Err(refused(Error::BatchOutOfRange))
        );
        assert_ok!(prove(id, 0, 0));
        for call in [
            result(id, 0, 0),
            together(vec![good_report(id, 1, 0), good_report(id, 0, 0)]),
        ] {
            assert_eq!(
                pool(worker(0), call.clone()),
                Err(refused(Error::BatchAlreadyProven))
            );
            // Nor does it enter a block.
            assert_eq!(
                transact(worker(0), call),
                Err(refused(Error::BatchAlreadyProven))
            );
        }
        assert_eq!(transact(worker(0), result(id, 1, 0)), Ok(true));
        assert_eq!(
            pool(worker(0), result(id, 1, 0)),
            Err(refused(Error::JobEnded))
        );
    });
}

#[test]
fn openings_and_disputes_enter_no_pool_before_they_are_asked_for() {
    test(|| {
        register_rooted(0, 10);
        let id = sampled(0, 100, 4);
        let tree = results(100);
        let call = |batch| {
            let openings = vec![opening(id, batch, 0, &tree)];
            RuntimeCall::Marketplace(Call::open_batches {
                openings: openings.try_into().expect("one"),
            })
        };
        assert_eq!(
            pool(worker(0), call(0)),
            Err(refused(Error::ResultsNotCommitted))
        );
        assert_ok!(commit(id, 0, &tree));
        run_to(START + 7);
        let asked = drawn(id);
        let other = (0..100).find(|batch| !asked.contains(batch));
        assert_ok!(pool(worker(0), call(asked[0])));
        assert_eq!(
            pool(worker(0), call(other.expect("four are drawn"))),
            Err(refused(Error::BatchNotAskedFor))
        );
    });
    test(|| {
        let id = shared();
        let members = numbers(id);
        let (right, wrong) = (answers(), wrong_answers(3, 9));
        answer_all(
            id,
            &[
                (members[0], &right),
                (members[1], &right),
                (members[2], &wrong),
            ],
        );
        let call = |batch| {
            let dispute = dispute_of(id, batch, members[0]);
            pool(
                worker(members[0]),
                RuntimeCall::Marketplace(Call::dispute_results { dispute }),
            )
        };
        assert_ok!(call(3));
        assert_eq!(call(4), Err(refused(Error::NothingRefuted)));
    });
}

#[test]
fn one_result_of_a_batch_waits_in_the_pool_at_a_time() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        let provides = |call| pool(worker(0), call).expect("it may be").provides;
        let first = provides(result(id, 0, 0));
        assert_eq!(first.len(), 1);
        // Whatever it holds, and however it is sent.
        assert_eq!(provides(bad(id, 0)), first);
        let second = provides(result(id, 1, 0));
        assert_ne!(second, first);
        let both = provides(together(vec![
            good_report(id, 0, 0),
            good_report(id, 1, 0),
            good_report(id, 0, 0),
        ]));
        assert_eq!(both.len(), 2);
        assert!(both.contains(&first[0]) && both.contains(&second[0]));
        let others = pool(worker(0), RuntimeCall::Marketplace(Call::poke { limit: 1 }));
        assert_eq!(others, Ok(ValidTransaction::default()));
    });
}

#[test]
fn the_third_refused_proof_ends_the_job() {
    test(|| {
        register(0, 300);
        let id = submit(2, 1_000, 30, Assignment::Swarm);
        run_to(START + 7);
        assert_ok!(prove(id, 0, 0));
        events();
        for count in 1..=MAX_REFUSED {
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
            assert_eq!(transact(worker(0), bad(id, 1)), Ok(false));
            let counted = events().into_iter().any(|event| {
                event
                    == Event::ProofRefused {
                        job: id,
                        provider: provider(0),
                        refused: count,
                    }
            });
            assert!(counted);
            check();
        }
        assert_eq!(
            job(id).state,
            JobState::Failed {
                provider: provider(0),
                why: FailureReason::ProofsRefused,
                slashed: 0,
                at: START + 7
            }
        );
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(0), requester(), Outcome::Failed, 30)]
        );
        assert_eq!(doubles::RecordedFor::<Test>::get(), vec![id]);
        assert_eq!(Refused::<Test>::iter().count(), 0);
        assert_eq!(
            transact(worker(0), result(id, 1, 0)),
            Err(refused(Error::JobEnded))
        );
        // It ends once, and is pruned as any other.
        run_to(START + 100);
        assert_eq!(Jobs::<Test>::iter().count(), 0);
    });
}

#[test]
fn a_job_that_ends_by_refused_proofs_gives_back_what_was_prepaid() {
    test(|| {
        doubles::OutputElements::<Test>::put(5);
        register(0, 300);
        let terms = Terms {
            deliver: true,
            ..Default::default()
        };
        let id = submit_with(2, 1_000, Assignment::Direct(provider(0)), terms);
        assert!(held(&requester()) > 1_000);
        events();
        for _ in 0..MAX_REFUSED {
            assert_eq!(transact(worker(0), bad(id, 1)), Ok(false));
        }
        assert!(matches!(job(id).state, JobState::Failed { .. }));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        let prepaid = Deliveries::<Test>::get(id)
            .expect("it was asked for")
            .prepaid;
        assert!(events().contains(&Event::JobFailed {
            job: id,
            provider: provider(0),
            why: FailureReason::ProofsRefused,
            refunded: 1_000 + prepaid,
            slashed: 0,
        }));
        check();
    });
}

/// Else who has won would be rid of the job for the fees of three proofs.
#[test]
fn a_winner_whose_proofs_are_refused_loses_as_much_of_its_bid_as_by_giving_the_job_back() {
    test(|| {
        register(0, 100);
        let auction = Assignment::Auction { blocks: 10 };
        let id = submit_with(1, 1_000, auction, Terms::default());
        let bid = Call::bid {
            job: id,
            price: 205,
        };
        assert_ok!(dispatch(provider(0), bid));
        run_to(START + 17);
        assert_eq!(holder(id), Some(provider(0)));
        for _ in 0..MAX_REFUSED {
            assert_eq!(transact(worker(0), bad(id, 0)), Ok(false));
        }
        let withdrawn = vec![(provider(0), 21, SlashReason::Withdrawn)];
        assert_eq!(doubles::Slashed::<Test>::get(), withdrawn);
        assert!(matches!(
            job(id).state,
            JobState::Failed { slashed: 21, .. }
        ));
        check();
    });
}

#[test]
fn nothing_counts_but_a_refused_proof_of_the_job() {
    test(|| {
        register(0, 300);
        let (first, second) = (assigned(0, 2, 1_000), assigned(0, 2, 1_000));
        let counts = || (Refused::<Test>::get(first), Refused::<Test>::get(second));
        // Of several, the one that is named.
        let call = together(vec![good_report(first, 0, 0), bad_report(second, 1)]);
        assert_eq!(transact(worker(0), call), Ok(false));
        assert_eq!(counts(), (0, 1));
        // What is wrong with these is not their proof.
        let twice = together(vec![good_report(first, 0, 0); 2]);
        assert_eq!(transact(worker(0), twice), Ok(false));
        assert_eq!(transact(worker(0), together(Vec::new())), Ok(false));
        assert_eq!(counts(), (0, 1));
        // A stranger's do not even enter a block.
        register(1, 300);
        assert!(transact(worker(1), bad(second, 0)).is_err());
        assert_eq!(counts(), (0, 1));
        // What is proven in between leaves the count, and the end of the job takes it along.
        assert_eq!(transact(worker(0), result(second, 0, 0)), Ok(true));
        assert_eq!(counts(), (0, 1));
        assert_eq!(transact(worker(0), result(second, 1, 0)), Ok(true));
        assert_eq!(Refused::<Test>::iter().count(), 0);
    });
}

/// Between two versions of the storage a job that cannot be read is not gone.
#[test]
fn nothing_is_refused_of_what_cannot_be_read_yet() {
    test(|| {
        let unread = || pool(worker(0), result(H256::repeat_byte(9), 0, 0));
        Migrating::set(true);
        assert_eq!(unread(), Ok(ValidTransaction::default()));
        Migrating::set(false);
        assert_eq!(unread(), Err(refused(Error::JobUnknown)));
    });
}

#[test]
fn the_checks_before_a_proof_are_charged() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        let weight = |call: RuntimeCall| CheckResults::<Test>::default().weight(&call);
        let one = weight(result(id, 0, 0));
        assert!(one.all_gte(<()>::submit_result().saturating_add(<()>::fail())));
        let two = weight(together(vec![bad_report(id, 0), bad_report(id, 1)]));
        assert_eq!(two, one.saturating_add(<()>::submit_result()));
        let other = RuntimeCall::Marketplace(Call::poke { limit: 1 });
        assert_eq!(weight(other), Weight::zero());
    });
}
