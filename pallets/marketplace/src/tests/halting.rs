//! A market that stands still: its clocks do too, and nothing is lost by it.

use crate::{
    mock::{panels::*, rooted::*, *},
    pallet::*,
};
use frame_support::{assert_noop, assert_ok};
use swarmwork_primitives::{Assignment, JobStage, JobState, PanelStage, Terms};

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

/// As the views do, so that whoever reads one beside the other is not misled.
#[test]
fn events_name_blocks_of_the_chain() {
    test(|| {
        doubles::OutputElements::<Test>::put(3);
        register_rooted(0, 300);
        stand_still(100);
        events();
        let terms = Terms {
            deliver: true,
            ..Default::default()
        };
        let id = submit_with(1, 1_000, Assignment::Direct(provider(0)), terms);
        assert_ok!(prove(id, 0, 0));
        let now = START + 100;
        let until = now + DeliveryWindow::get();
        assert!(events().contains(&Event::DeliveryAwaited { job: id, until }));
        assert_ok!(dispatch(requester(), Call::dispute_delivery { job: id }));
        assert!(events().contains(&Event::DeliveryDisputed { job: id, until }));
        let id = assigned(0, 1, 1_000);
        assert_ok!(dispatch(worker(0), Call::report_input { job: id }));
        // No later than the deadline.
        let until = now + PublishTime::get().min(20);
        assert!(events().contains(&Event::InputReported {
            job: id,
            provider: provider(0),
            until
        }));
    });
}

/// So do those of draws, of which the market's own clock shows another.
#[test]
fn an_event_of_a_draw_names_the_next_one_by_a_block_of_the_chain() {
    test(|| {
        stand_still(100);
        // Nobody is there to be drawn.
        let id = submit(1, 1_000, 60, Assignment::Swarm);
        events();
        run_to(START + 107);
        let redraw = START + 107 + RedrawInterval::get();
        let waits = events().into_iter().any(|event| {
            matches!(event, Event::NoProvider { job, redraw: Some(at), .. } if job == id && at == redraw)
        });
        assert!(waits);
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
        let unanswered = optimistic(0, 100);
        let tree = results(100);
        for id in [drawn_job, standing_job, unanswered] {
            assert_ok!(commit(id, 0, &tree));
        }
        run_to(START + 7);
        for id in [standing_job, unanswered] {
            assert_ok!(challenge(requester(), id, 7));
        }
        stand_still(200);
        // Three blocks for an answer, of those in which there could be one.
        run_to(START + 210);
        for id in [drawn_job, standing_job, unanswered] {
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
        next_block();
        assert!(matches!(job(unanswered).state, JobState::Failed { .. }));
        // Whoever challenges after a stop learns when on the chain's clock the answer is due.
        events();
        assert_ok!(challenge(requester(), standing_job, 8));
        assert!(events().iter().any(
            |event| matches!(event, Event::BatchChallenged { until, .. } if *until == START + 214)
        ));
        answer(standing_job, 0, &tree);
        run_to(START + 221);
        for id in [drawn_job, standing_job] {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
}

/// Whatever stage they are in when the market stops: sealing, an audit, revealing, disputes.
#[test]
fn the_stages_of_panels_stand_still_too() {
    test(|| {
        audit_all();
        let id = drawn_of_three();
        let members = numbers(id);
        let (right, wrong) = (answers(), wrong_answers(3, 9));
        assert_ok!(seal_as(id, members[0], &right));
        // Longer than any stage lasts.
        stand_still(300);
        assert!(matches!(panel(id).stage, PanelStage::Sealing { .. }));
        let shown = Marketplace::panel_view(id).expect("it has a panel");
        let PanelStage::Sealing { until } = panel(id).stage else {
            panic!("it is sealing");
        };
        assert_eq!(shown.stage, PanelStage::Sealing { until: until + 300 });
        for number in &members[1..] {
            assert_ok!(seal_as(id, *number, &right));
        }
        // The draw of the auditor waits for its outputs, and the auditor has its time.
        run_to(System::block_number() + 3);
        stand_still(300);
        assert!(matches!(panel(id).stage, PanelStage::Drawing { .. }));
        run_to(System::block_number() + DRAW);
        assert!(matches!(panel(id).stage, PanelStage::Auditing { .. }));
        let auditor = numbers(id)[3];
        stand_still(300);
        assert_ok!(seal_as(id, auditor, &wrong));
        // What is sealed is revealed in as many blocks as ever.
        stand_still(300);
        assert!(matches!(panel(id).stage, PanelStage::Revealing { .. }));
        run_to_reveals_after(id, 900 + 300);
        for number in &members {
            assert_ok!(reveal_as(id, *number, &right));
        }
        stand_still(300);
        assert_ok!(reveal_as(id, auditor, &wrong));
        // And disputed.
        stand_still(300);
        assert!(matches!(panel(id).stage, PanelStage::Disputed { .. }));
        assert_ok!(dispute(dispute_of(id, 3, members[0]), members[0]));
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(Lost::<Test>::get(), 1_800);
    });
}

/// Goes on to the first block in which results may be revealed, so many having been lost.
fn run_to_reveals_after(id: sp_core::H256, lost: u64) {
    let PanelStage::Revealing { opens, .. } = panel(id).stage else {
        panic!("nothing is revealed");
    };
    assert_eq!(Lost::<Test>::get(), lost);
    run_to(opens + lost);
}

/// Bids and starts have their time, too.
#[test]
fn auctions_and_starts_stand_still_too() {
    test(|| {
        register(0, 300);
        let terms = Terms {
            start_within: Some(5),
            ..Default::default()
        };
        let id = submit_with(1, 1_000, Assignment::Auction { blocks: 10 }, terms);
        run_to(START + 5);
        stand_still(100);
        assert!(Auctions::<Test>::contains_key(id));
        let bid = crate::Call::bid {
            job: id,
            price: 200,
        };
        assert_ok!(dispatch(provider(0), bid));
        run_to(START + 100 + 10);
        stand_still(100);
        run_to(START + 200 + 10 + 7);
        assert_eq!(holder(id), Some(provider(0)));
        stand_still(100);
        assert_eq!(holder(id), Some(provider(0)));
        assert_ok!(dispatch(provider(0), crate::Call::start_job { job: id }));
    });
}
