//! Calls in batches on jobs that end otherwise than by the proof of each batch, to be paid, refunded
//! or slashed twice.

use super::{
    send,
    wrapping::{settlements, BATCHES as KINDS},
};
use crate::{
    mock::{panels::*, rooted::*, *},
    pallet::*,
};
use frame_support::assert_ok;
use sp_core::H256;
use swarm_merkle::Tree;
use swarmwork_primitives::{Assignment, JobState, Terms};

/// Held for another job: what a second payment would take.
const OTHER: Balance = 700;

fn hold_other() {
    submit(1, OTHER, 100, Assignment::Swarm);
}

/// Proofs of these batches, as one call.
fn openings(id: H256, batches: &[u32], tree: &Tree) -> RuntimeCall {
    let openings: Vec<_> = batches
        .iter()
        .map(|batch| opening(id, *batch, 0, tree))
        .collect();
    RuntimeCall::Marketplace(Call::open_batches {
        openings: openings.try_into().expect("few"),
    })
}

/// The provider 0 has its share of what the requester has paid, and the other job its own.
fn assert_paid_once(before: Balance) {
    let paid = FUNDS - OTHER - free(&requester());
    assert!(paid > 0);
    let share = ProviderShare::get().mul_floor(paid);
    assert_eq!(free(&provider(0)) - before, share);
    assert_eq!(held(&requester()), OTHER);
}

#[test]
fn openings_twice_in_a_batch_pay_once() {
    for (batch, stands) in KINDS {
        test(|| {
            register_rooted(0, 100);
            hold_other();
            let (id, tree) = (sampled(0, 20, 4), results(20));
            assert_ok!(commit(id, 0, &tree));
            run_to(START + 7);
            let before = free(&provider(0));
            let open = openings(id, &drawn(id), &tree);
            let _ = send(worker(0), batch(vec![open.clone(); 2]));
            assert_eq!(settlements() as Balance, stands);
            if stands == 0 {
                assert_ok!(send(worker(0), open.clone()));
            }
            assert!(send(worker(0), open).is_err());
            assert!(matches!(job(id).state, JobState::Completed { .. }));
            assert_eq!(settlements(), 1);
            assert_paid_once(before);
        });
    }
}

#[test]
fn a_challenge_answered_twice_in_a_batch_costs_its_bond_once() {
    for (batch, stands) in KINDS {
        test(|| {
            register_rooted(0, 1_000);
            let (id, tree) = (optimistic(0, 100), results(100));
            assert_ok!(commit(id, 0, &tree));
            let sceptic = account(3);
            let had = free(&sceptic);
            assert_ok!(challenge(sceptic.clone(), id, 3));
            let bond = had - free(&sceptic);
            assert!(bond > 0);
            let before = free(&provider(0));
            let open = openings(id, &[3], &tree);
            let _ = send(worker(0), batch(vec![open.clone(); 2]));
            // Half of it is burned.
            assert_eq!(free(&provider(0)) - before, stands * (bond / 2));
            if stands == 0 {
                assert_ok!(send(worker(0), open.clone()));
            }
            assert!(send(worker(0), open).is_err());
            assert_eq!(free(&provider(0)) - before, bond / 2);
            assert_eq!(free(&sceptic), had - bond);
        });
    }
}

#[test]
fn reveals_and_disputes_twice_in_a_batch_pay_and_convict_once() {
    for (batch, stands) in KINDS {
        test(|| {
            let id = shared();
            let (right, wrong) = (answers(), wrong_answers(7, 1));
            let said = [(0, &right), (1, &right), (2, &wrong)];
            for (number, tree) in said {
                assert_ok!(seal_as(id, number, tree));
            }
            run_to_reveals(id);
            let twice = |call: RuntimeCall| {
                let _ = send(worker(0), batch(vec![call.clone(); 2]));
                if stands == 0 {
                    assert_ok!(send(worker(0), call.clone()));
                }
                assert!(send(worker(0), call).is_err());
            };
            twice(RuntimeCall::Marketplace(Call::reveal_results {
                job: id,
                answers: right.clone(),
                list: LIST,
                salt: salt(0),
            }));
            for (number, tree) in &said[1..] {
                assert_ok!(reveal_as(id, *number, tree));
            }
            let dispute = dispute_of(id, 7, 0);
            twice(RuntimeCall::Marketplace(Call::dispute_results { dispute }));
            events();
            assert!(matches!(run_to_end(id), JobState::Agreed { price, .. } if price == 2 * ASK));
            assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0), (2, 0, 2 * ASK)]);
            assert_eq!(doubles::Slashed::<Test>::get().len(), 1);
            assert_eq!((settlements(), held(&requester())), (1, 0));
        });
    }
}

#[test]
fn a_delivery_acknowledged_in_a_batch_is_neither_paid_again_nor_disputed_nor_withdrawn() {
    let seconds: [fn(H256) -> Call<Test>; 3] = [
        |job| Call::acknowledge { job },
        |job| Call::dispute_delivery { job },
        |job| Call::cancel_job { job },
    ];
    for (batch, stands) in KINDS {
        for second in seconds {
            test(|| {
                doubles::OutputElements::<Test>::put(5);
                register(0, 500);
                hold_other();
                let terms = Terms {
                    deliver: true,
                    ..Default::default()
                };
                let id = submit_with(2, 1_500, Assignment::Direct(provider(0)), terms);
                assert_ok!(prove(id, 0, 0));
                assert_ok!(prove(id, 1, 0));
                let before = free(&provider(0));
                let first = RuntimeCall::Marketplace(Call::acknowledge { job: id });
                let second = RuntimeCall::Marketplace(second(id));
                let _ = send(requester(), batch(vec![first.clone(), second.clone()]));
                assert_eq!(settlements() as Balance, stands);
                if stands == 0 {
                    assert_ok!(send(requester(), first));
                }
                assert!(send(requester(), second).is_err());
                assert!(matches!(job(id).state, JobState::Completed { .. }));
                assert_eq!(settlements(), 1);
                assert_paid_once(before);
            });
        }
    }
}

#[test]
fn a_report_that_is_closed_and_withdrawn_in_a_batch_pays_for_the_slot_once() {
    for (batch, stands) in KINDS {
        test(|| {
            register(0, 1_000);
            hold_other();
            let id = submit(1, 1_000, 19, Assignment::Direct(provider(0)));
            let before = free(&provider(0));
            // Late, so that the report is still there to be closed.
            ClosesPerBlock::set(0);
            assert_ok!(dispatch(worker(0), Call::report_input { job: id }));
            run_to(START + PublishTime::get() + 1);
            ClosesPerBlock::set(4);
            let close = RuntimeCall::Marketplace(Call::close_report { job: id });
            let cancel = RuntimeCall::Marketplace(Call::cancel_job { job: id });
            let _ = send(requester(), batch(vec![close.clone(), cancel.clone()]));
            assert_eq!(held(&requester()) == OTHER, stands == 1);
            if stands == 0 {
                assert_ok!(send(requester(), close.clone()));
            }
            for again in [close, cancel] {
                assert!(send(requester(), again).is_err());
            }
            assert!(matches!(job(id).state, JobState::Cancelled { .. }));
            assert_paid_once(before);
        });
    }
}
