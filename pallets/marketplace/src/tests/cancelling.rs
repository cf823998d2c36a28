//! Withdrawing a job costs the time that others have spent on it, and nobody saves a share by it.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use proptest::prelude::*;
use sp_core::H256;
use swarmwork_primitives::{Assignment, CancellationReason, JobState};

fn cancel(job: H256) -> DispatchResultWithPostInfo {
    dispatch(requester(), Call::cancel_job { job })
}

/// What a cancelled job has cost.
fn paid(id: H256) -> Balance {
    match job(id).state {
        JobState::Cancelled { paid, .. } => paid,
        other => panic!("the job is {other:?}"),
    }
}

/// Who could withdraw for nothing would look at the outputs and try again until it likes the draw.
#[test]
fn a_job_that_may_be_drawn_costs_a_part_of_its_price() {
    test(|| {
        register(0, 100);
        let before = free(&treasury());
        let id = submit(2, 1_010, 100, Assignment::Swarm);
        events();
        // All outputs are there, and the draw is due in the next block.
        run_to(START + 6);
        assert_ok!(cancel(id));
        // One percent, rounded up.
        assert_eq!(free(&treasury()) - before, 11);
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - 11));
        assert_eq!(
            job(id).state,
            JobState::Cancelled {
                provider: None,
                why: CancellationReason::Withdrawn,
                paid: 11,
                at: START + 6
            }
        );
        assert_eq!(
            events(),
            vec![Event::JobCancelled {
                job: id,
                provider: None,
                why: CancellationReason::Withdrawn,
                paid: 11,
                paid_provider: 0,
                paid_treasury: 11,
                burned: 0,
                paid_owner: 0,
                refunded: 999,
            }]
        );
        run_to(START + 20);
        assert_eq!(paid(id), 11, "it is drawn no more");
    });
}

#[test]
fn a_job_for_which_no_draw_is_to_come_costs_nothing() {
    test(|| {
        // Nobody is registered: after four draws there is no other.
        let id = submit(1, 1_000, 200, Assignment::Swarm);
        run_to(START + 100);
        assert_eq!(job(id).draws, 4);
        assert_ok!(cancel(id));
        assert_eq!(free(&requester()), FUNDS);
        // Nor is there time for one at the end of a job.
        let late = submit(1, 1_000, 30, Assignment::Swarm);
        run_to(START + 100 + 29);
        assert!(job(late).draws < 4);
        assert_ok!(cancel(late));
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn a_provider_is_paid_for_the_time_of_its_slot() {
    test(|| {
        register(0, 1_000);
        let before = [provider(0), treasury(), owner()].map(|who| free(&who));
        // Blocks 1 to 20: the sixth ends with three tenths of the time.
        let id = submit(1, 1_500, 19, Assignment::Direct(provider(0)));
        run_to(START + 5);
        events();
        assert_ok!(cancel(id));
        let after = [provider(0), treasury(), owner()].map(|who| free(&who));
        let gained: Vec<_> = after.iter().zip(before).map(|(a, b)| a - b).collect();
        // 300, divided as any price.
        assert_eq!(gained, vec![240, 30, 15]);
        assert_eq!(doubles::Burned::<Test>::get(), 15);
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - 300));
        assert_eq!(
            events(),
            vec![Event::JobCancelled {
                job: id,
                provider: Some(provider(0)),
                why: CancellationReason::Withdrawn,
                paid: 300,
                paid_provider: 240,
                paid_treasury: 30,
                burned: 15,
                paid_owner: 15,
                refunded: 1_200,
            }]
        );
    });
}

#[test]
fn the_slot_and_the_collateral_are_free_at_once() {
    test(|| {
        register(0, 1_000);
        let id = assigned(0, 1, 1_000);
        assert_ok!(cancel(id));
        assert!(Running::<Test>::get(provider(0)).is_empty());
        let stored = doubles::ProvidersById::<Test>::get(provider(0)).expect("it is registered");
        assert_eq!((stored.running, stored.reserved), (0, 0));
        assert_noop!(prove(id, 0, 0), Error::<Test>::JobEnded);
    });
}

/// However many batches are proven just before the end: the price of the others is all that can be
/// saved, so that withdrawing is no way around the shares of treasury, owner and burn.
#[test]
fn proven_batches_are_paid_for() {
    test(|| {
        register(0, 300);
        let id = submit(4, 1_200, 100, Assignment::Direct(provider(0)));
        for batch in 0..3 {
            assert_ok!(prove(id, batch, 0));
        }
        let before = free(&treasury());
        assert_ok!(cancel(id));
        assert_eq!(paid(id), 900);
        assert_eq!(free(&treasury()) - before, 90);
        assert_eq!(doubles::Burned::<Test>::get(), 45);
    });
}

#[test]
fn the_least_part_of_the_price_is_due_at_once() {
    test(|| {
        register(0, 1_000);
        let id = submit(1, 1_000, 900, Assignment::Direct(provider(0)));
        assert_ok!(cancel(id));
        assert_eq!(paid(id), 10);
    });
}

/// Filling a rival's slots with jobs that are never meant to be done costs what slots cost, however
/// little each of them is to cost.
#[test]
fn dust_does_not_fill_slots() {
    SlotPrice::set(7);
    test(|| {
        register(0, 60);
        let call = |max_price| Call::submit_job {
            model: model(),
            input: input(),
            commitments: commitments(1),
            max_price,
            deadline: System::block_number() + 100,
            assignment: Assignment::Direct(provider(0)),
        };
        let dust = dispatch(requester(), call(699));
        assert_noop!(dust, Error::<Test>::PriceBelowSlot);
        let id = submit(1, 700, 100, Assignment::Direct(provider(0)));
        // Who does the job gets what it asked for.
        assert_eq!(
            job(id).state,
            JobState::Assigned {
                provider: provider(0),
                price: 60,
                collateral: 120,
                at: START
            }
        );
        run_to(START + 49);
        let before = free(&provider(0));
        assert_ok!(cancel(id));
        // Fifty blocks of a slot, not half of sixty tokens.
        assert_eq!(paid(id), 350);
        assert_eq!(free(&provider(0)) - before, 280);
        // All that was held is the most that it can cost.
        let late = submit(1, 700, 100, Assignment::Direct(provider(0)));
        SlotPrice::set(1_000);
        assert_ok!(cancel(late));
        assert_eq!(paid(late), 700);
    });
    SlotPrice::set(0);
}

#[test]
fn what_was_withdrawn_earns_neither_credit_nor_reputation() {
    test(|| {
        register(0, 500);
        let id = submit(2, 1_000, 60, Assignment::Swarm);
        run_to(START + 8);
        assert_ok!(prove(id, 0, 0));
        assert_ok!(cancel(id));
        assert!(doubles::Settlements::<Test>::get().is_empty());
        assert!(doubles::Recorded::<Test>::get().is_empty());
        // What its provider answered stays evidence.
        assert!(<Marketplace as swarmwork_primitives::Jobs<_, _, _>>::is_stored(&id));
    });
}

#[test]
fn results_that_are_committed_to_cannot_be_escaped() {
    test(|| {
        register_rooted(0, 100);
        let sampled = sampled(0, 4, 2);
        let standing = optimistic(0, 4);
        for id in [sampled, standing] {
            assert_ok!(commit(id, 0, &results(4)));
            assert_noop!(cancel(id), Error::<Test>::AlreadyCommitted);
        }
    });
}

#[test]
fn a_stopped_market_neither_charges_for_a_draw_nor_ends_work() {
    test(|| {
        register(0, 1_000);
        let running = assigned(0, 1, 1_000);
        let open = submit(1, 1_000, 100, Assignment::Swarm);
        Halted::set(true);
        assert_noop!(cancel(running), Error::<Test>::MarketStopped);
        assert_ok!(cancel(open));
        assert_eq!(paid(open), 0);
        Halted::set(false);
        assert_ok!(cancel(running));
    });
}

#[test]
fn a_share_that_cannot_be_paid_waits_as_after_a_settlement() {
    test(|| {
        register(0, 1_000);
        let heir = account(200);
        doubles::ModelsById::<Test>::mutate(model(), |model| {
            model.as_mut().expect("it is registered").owner = heir.clone();
        });
        let id = submit(1, 1_000, 19, Assignment::Direct(provider(0)));
        assert_ok!(cancel(id));
        // A twentieth of the time, and five percent of that.
        assert_eq!(Claims::<Test>::get((heir, NATIVE, requester())), 2);
        assert_eq!(held(&requester()), 2);
    });
}

#[test]
fn only_a_job_of_ones_own_that_has_not_ended_can_be_cancelled() {
    test(|| {
        register(0, 100);
        assert_noop!(cancel(H256::zero()), Error::<Test>::JobUnknown);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        let by_another = dispatch(account(3), Call::cancel_job { job: id });
        assert_noop!(by_another, Error::<Test>::NotTheRequester);
        assert_ok!(cancel(id));
        assert_noop!(cancel(id), Error::<Test>::JobEnded);
        let done = assigned(0, 1, 1_000);
        assert_ok!(prove(done, 0, 0));
        assert_noop!(cancel(done), Error::<Test>::JobEnded);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Later is never cheaper, nothing costs more than the price, and all of it goes somewhere.
    #[test]
    fn a_slot_costs_more_with_time_and_never_more_than_the_price(
        ask in 50u128..100_000,
        duration in 10u64..200,
        first in 0u64..200,
        later in 0u64..200,
    ) {
        let (first, later) = (first.min(duration), later.min(duration));
        let (first, later) = (first.min(later), first.max(later));
        let cost = |wait: u64| {
            let mut cost = 0;
            test(|| {
                register(0, ask);
                let id = submit(1, ask, duration, Assignment::Direct(provider(0)));
                run_to(START + wait);
                assert_ok!(cancel(id));
                cost = paid(id);
                assert_eq!(free(&requester()) + cost, FUNDS);
            });
            cost
        };
        let (early, late) = (cost(first), cost(later));
        prop_assert!(early <= late && late <= ask);
        prop_assert!(early >= ask.div_ceil(100));
    }
}
