//! Expiry by itself, pruning, the agendas' quotas, idle weight and `poke`.

use crate::{mock::*, pallet::*, types::Agenda, Event, WeightInfo};
use frame_support::{
    assert_ok,
    traits::Hooks,
    weights::{constants::RocksDbWeight, Weight},
};
use swarmwork_primitives::{Assignment, JobState, Outcome};

#[test]
fn a_job_that_nobody_finishes_is_refunded_by_itself() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        assert_ok!(prove(id, 0, 0));
        events();
        run_to(START + 20);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        next_block();
        assert_eq!(
            job(id).state,
            JobState::Expired {
                provider: Some(provider(0)),
                at: START + 21
            }
        );
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        assert!(Running::<Test>::get(provider(0)).is_empty());
        assert_eq!(
            events(),
            vec![Event::JobExpired {
                job: id,
                refunded: 1_000,
                provider: Some(provider(0)),
                forfeited: 0,
            }]
        );
    });
}

#[test]
fn a_drawn_provider_that_fails_is_recorded_at_what_would_have_burned() {
    test(|| {
        register(0, 600);
        let id = submit(1, 1_000, 20, Assignment::Swarm);
        run_to(START + 21);
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(0), requester(), Outcome::Failed, 30)]
        );
        assert_eq!(doubles::RecordedFor::<Test>::get(), vec![id]);
    });
}

#[test]
fn a_named_provider_that_fails_is_not_evidence() {
    test(|| {
        register(0, 600);
        assigned(0, 1, 1_000);
        run_to(START + 21);
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn an_expired_job_that_nobody_had_blames_nobody() {
    test(|| {
        let id = submit(1, 1_000, 20, Assignment::Swarm);
        run_to(START + 21);
        assert_eq!(
            job(id).state,
            JobState::Expired {
                provider: None,
                at: START + 21
            }
        );
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn an_ended_job_can_be_read_for_the_retention_and_is_gone_after() {
    test(|| {
        register(0, 300);
        // Ends before its deadline; the deadline's look at it only moves it.
        let done = assigned(0, 2, 1_000);
        assert_ok!(prove(done, 0, 0));
        assert_ok!(prove(done, 1, 0));
        let expired = assigned(0, 2, 1_000);
        assert_ok!(prove(expired, 0, 0));
        run_to(START + 50);
        assert!(Jobs::<Test>::contains_key(done));
        // An entry is looked at in the block after its own.
        run_to(START + 51);
        assert!(!Jobs::<Test>::contains_key(done));
        assert!(!Inputs::<Test>::contains_key(done));
        assert_eq!(Results::<Test>::iter_prefix(done).count(), 0);
        assert!(Jobs::<Test>::contains_key(expired));
        events();
        run_to(START + 21 + 51);
        assert!(!Jobs::<Test>::contains_key(expired));
        assert_eq!(events(), vec![Event::JobPruned { job: expired }]);
        assert_eq!(Results::<Test>::iter().count(), 0);
        assert_eq!(Agendas::<Test>::iter().count(), 0);
    });
}

#[test]
fn many_expiries_of_one_block_are_served_in_order_within_the_quota() {
    test(|| {
        let ids: Vec<_> = (0..10)
            .map(|_| submit(1, 1_000, 20, Assignment::Swarm))
            .collect();
        let expired = || {
            ids.iter()
                .map(|id| matches!(job(*id).state, JobState::Expired { .. }))
                .collect::<Vec<_>>()
        };
        run_to(START + 21);
        let mut expected = vec![true; 4];
        expected.extend([false; 6]);
        assert_eq!(expired(), expected);
        run_to(START + 22);
        assert_eq!(expired().iter().filter(|done| **done).count(), 8);
        run_to(START + 23);
        assert!(expired().iter().all(|done| *done));
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn idle_weight_serves_the_rest() {
    test(|| {
        let ids: Vec<_> = (0..10)
            .map(|_| submit(1, 1_000, 20, Assignment::Swarm))
            .collect();
        let expired = || {
            ids.iter()
                .filter(|id| matches!(job(**id).state, JobState::Expired { .. }))
                .count()
        };
        run_to(START + 21);
        assert_eq!(expired(), 4);
        let step = Marketplace::worst_step(Agenda::Wake);
        let looks = <() as WeightInfo>::poke();
        assert_eq!(
            Marketplace::on_idle(START + 21, looks.saturating_add(step)),
            looks.saturating_add(step)
        );
        assert_eq!(expired(), 5);
        // Not enough for a step: nothing is done, and nothing more than looking is charged.
        let short = looks.saturating_add(step.saturating_sub(Weight::from_parts(1, 0)));
        assert_eq!(Marketplace::on_idle(START + 21, short), looks);
        assert_eq!(
            Marketplace::on_idle(START + 21, Weight::zero()),
            Weight::zero()
        );
        assert_eq!(expired(), 5);
        Marketplace::on_idle(START + 21, Weight::MAX);
        assert_eq!(expired(), 10);
    });
}

#[test]
fn idle_weight_makes_draws_too() {
    test(|| {
        for number in 0..4 {
            register(number, 100);
        }
        let ids: Vec<_> = (0..8)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        run_to(8);
        Marketplace::on_idle(8, Weight::MAX);
        assert!(ids
            .iter()
            .all(|id| matches!(job(*id).state, JobState::Assigned { .. })));
    });
}

#[test]
fn anyone_can_poke_what_is_overdue_and_pays_for_what_was_served() {
    test(|| {
        for _ in 0..20 {
            submit(1, 1_000, 20, Assignment::Swarm);
        }
        run_to(START + 21);
        let expired = || {
            Jobs::<Test>::iter_values()
                .filter(|job| matches!(job.state, JobState::Expired { .. }))
                .count()
        };
        assert_eq!(expired(), 4);
        let poke = |limit| {
            Marketplace::poke(RuntimeOrigin::signed(account(3)), limit)
                .expect("anyone may")
                .actual_weight
                .expect("it is known")
        };
        let step = Marketplace::worst_step(Agenda::Wake);
        let looks = <() as WeightInfo>::poke();
        assert_eq!(poke(0), looks);
        assert_eq!(poke(3), looks.saturating_add(step.saturating_mul(3)));
        assert_eq!(expired(), 7);
        // More than the bound is the bound.
        assert_eq!(poke(1_000), looks.saturating_add(step.saturating_mul(10)));
        assert_eq!(expired(), 17);
        poke(10);
        assert_eq!(expired(), 20);
        assert_eq!(poke(10), looks);
    });
}

#[test]
fn nothing_is_served_early() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        run_to(START + 20);
        assert_ok!(Marketplace::poke(RuntimeOrigin::signed(account(3)), 10));
        Marketplace::on_idle(START + 20, Weight::MAX);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
    });
}

#[test]
fn a_cursor_starts_at_the_first_block_the_pallet_sees() {
    new_test_ext().execute_with(|| {
        Cursors::<Test>::remove(Agenda::Wake);
        Cursors::<Test>::remove(Agenda::Draw);
        let _ = Snapshots::<Test>::clear(u32::MAX, None);
        // As if the pallet were added to a chain of some age: no walk from the first block.
        System::set_block_number(5_000_000);
        Marketplace::on_initialize(5_000_000);
        assert_eq!(Cursors::<Test>::get(Agenda::Wake), Some((5_000_000, 0)));
        let id = submit(1, 1_000, 20, Assignment::Swarm);
        run_to(5_000_021);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
    });
}

#[test]
fn the_weight_of_a_block_is_what_was_served() {
    new_test_ext().execute_with(|| {
        System::set_block_number(2);
        let idle = Marketplace::on_initialize(2);
        // In a quiet block one bucket is left behind by each agenda that has one for every block and
        // waits for no outputs: what must start, is to be closed, or looked at again.
        let left = <() as WeightInfo>::advance().saturating_add(RocksDbWeight::get().writes(3));
        let quiet = <() as WeightInfo>::record_output()
            .saturating_add(left.saturating_mul(3))
            .saturating_add(RocksDbWeight::get().reads_writes(4, 1));
        assert_eq!(idle, quiet);
    });
}
