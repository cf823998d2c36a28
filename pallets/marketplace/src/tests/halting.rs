//! A market that stands still: its clocks do too, and nothing is lost by it.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
};
use frame_support::{assert_noop, assert_ok};
use swarmwork_primitives::{Assignment, JobStage, JobState};

/// Blocks pass while the market stands still.
fn stand_still(blocks: u64) {
    Halted::set(true);
    for _ in 0..blocks {
        next_block();
    }
    Halted::set(false);
}

#[test]
fn a_deadline_moves_by_as_many_blocks_as_were_lost() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        run_to(START + 10);
        stand_still(100);
        assert_eq!(Lost::<Test>::get(), 100);
        assert_eq!(Marketplace::now(), START + 10);
        let view = Marketplace::job_view(id).expect("the job is stored");
        assert_eq!(view.deadline, START + 20 + 100);
        run_to(START + 120);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

#[test]
fn nothing_expires_while_the_market_stands_still_and_everything_does_after() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        run_to(START + 20);
        stand_still(50);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        assert_eq!(held(&requester()), 1_000);
        next_block();
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        assert_noop!(prove(id, 0, 0), Error::<Test>::JobEnded);
    });
}

/// A draw's window is of blocks in which the market was open, each of them once.
#[test]
fn a_draw_waits_and_is_made() {
    test(|| {
        register(0, 300);
        let id = submit(1, 1_000, 30, Assignment::Swarm);
        run_to(START + 3);
        stand_still(40);
        assert_eq!(job(id).state, JobState::Open);
        run_to(START + 40 + 6);
        assert_eq!(job(id).state, JobState::Open);
        next_block();
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
    });
}

#[test]
fn a_deadline_named_after_a_stop_is_a_block_of_the_chain() {
    test(|| {
        register(0, 300);
        stand_still(100);
        let id = assigned(0, 1, 1_000);
        let view = Marketplace::job_view(id).expect("the job is stored");
        assert_eq!(view.deadline, START + 100 + 20);
        assert_eq!(job(id).deadline, START + 20);
        run_to(START + 120);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        next_block();
        assert!(matches!(job(id).state, JobState::Expired { .. }));
    });
}

/// Nothing is looked at that may not be readable yet, and no time is lost by that.
#[test]
fn a_migration_of_several_blocks_is_lost_time_for_nobody() {
    test(|| {
        register(0, 300);
        let running = assigned(0, 1, 1_000);
        let waiting = submit(1, 1_000, 20, Assignment::Swarm);
        run_to(START + 3);
        Migrating::set(true);
        for _ in 0..40 {
            next_block_with_idle(frame_support::weights::Weight::MAX);
        }
        Migrating::set(false);
        assert_eq!(Lost::<Test>::get(), 40);
        assert!(matches!(job(running).state, JobState::Assigned { .. }));
        assert_eq!(job(waiting).state, JobState::Open);
        run_to(START + 40 + 20);
        assert!(matches!(job(waiting).state, JobState::Assigned { .. }));
        assert_ok!(prove(running, 0, 0));
    });
}

#[test]
fn what_nobody_has_can_be_withdrawn_during_a_stop() {
    test(|| {
        let id = submit(1, 1_000, 30, Assignment::Swarm);
        Halted::set(true);
        next_block();
        assert_ok!(dispatch(requester(), crate::Call::cancel_job { job: id }));
        assert_eq!(free(&requester()), FUNDS);
        next_block();
        Halted::set(false);
    });
}

/// Idle blocks serve nothing either.
#[test]
fn idle_time_serves_nothing_during_a_stop() {
    test(|| {
        let id = submit(1, 1_000, 20, Assignment::Swarm);
        run_to(START + 20);
        Halted::set(true);
        for _ in 0..5 {
            next_block_with_idle(frame_support::weights::Weight::MAX);
        }
        assert_eq!(job(id).state, JobState::Open);
        Halted::set(false);
        next_block();
        assert!(matches!(job(id).state, JobState::Expired { .. }));
    });
}

#[test]
fn others_are_told_of_escrow_as_it_grows() {
    test(|| {
        submit(1, 1_000, 20, Assignment::Swarm);
        submit(1, 500, 20, Assignment::Swarm);
        assert_eq!(
            doubles::Escrowed::<Test>::get(),
            vec![(requester(), 1_000), (requester(), 1_500)]
        );
    });
}

/// Nobody loses its collateral, or its bond, by an emergency.
#[test]
fn the_time_to_prove_what_is_asked_for_stands_still_too() {
    test(|| {
        register_rooted(0, 10);
        let (drawn_job, standing_job) = (sampled(0, 100, 4), optimistic(0, 100));
        let tree = results(100);
        for id in [drawn_job, standing_job] {
            assert_ok!(commit(id, 0, &tree));
        }
        assert_ok!(challenge(requester(), standing_job, 7));
        run_to(START + 7);
        stand_still(200);
        for id in [drawn_job, standing_job] {
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
        }
        let shown = Marketplace::job_view(standing_job).expect("it is stored");
        assert!(matches!(
            shown.stage,
            Some(JobStage::Standing { until, .. }) if until == START + 20 + 200
        ));
        for id in [drawn_job, standing_job] {
            answer(id, 0, &tree);
        }
        run_to(START + 221);
        for id in [drawn_job, standing_job] {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
}
