//! Providers that start, that do not, and that do not want to.

use crate::{mock::*, pallet::*, types::Agenda, Event};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_core::H256;
use swarmwork_primitives::{Assignment, JobState, Outcome, RejectionCounts, Terms};

const BLOCKS: u32 = 5;

fn in_time() -> Terms {
    Terms {
        start_within: Some(BLOCKS),
        ..Default::default()
    }
}

fn start(who: AccountId, job: H256) -> frame_support::dispatch::DispatchResultWithPostInfo {
    dispatch(who, Call::start_job { job })
}

fn decline(who: AccountId, job: H256) -> frame_support::dispatch::DispatchResultWithPostInfo {
    dispatch(who, Call::decline_job { job })
}

/// The number of the provider that has a job.
fn has(id: H256) -> u8 {
    let holder = holder(id).expect("somebody has it");
    (0..40)
        .find(|number| provider(*number) == holder)
        .expect("it is one of ours")
}

/// Two providers, of which one was drawn in block 8 for a job that must be started; its number.
fn drawn() -> (H256, u8) {
    register(0, 1_000);
    register(1, 1_000);
    let id = submit_with(2, 2_000, Assignment::Swarm, in_time());
    run_to(8);
    (id, has(id))
}

#[test]
fn whoever_misses_the_start_loses_the_job_to_another() {
    test(|| {
        let (id, first) = drawn();
        assert_eq!(Starts::<Test>::get(id), Some(8 + 5));
        run_to(13);
        assert_eq!(has(id), first);
        events();
        run_to(14);
        assert_eq!(job(id).state, JobState::Open);
        assert_eq!(
            events(),
            vec![Event::JobReturned {
                job: id,
                provider: provider(first),
                missed: true,
                forfeited: 0,
                redraw: Some(19),
            }]
        );
        // As if the job had failed: a twentieth of 2,000 would have burned.
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(first), requester(), Outcome::Failed, 100)]
        );
        assert_eq!(doubles::RecordedFor::<Test>::get(), vec![id]);
        assert!(doubles::Slashed::<Test>::get().is_empty());
        run_to(26);
        assert_eq!(has(id), 1 - first);
        assert_eq!(Starts::<Test>::get(id), Some(26 + 5));
        // Nobody is left after the other misses it, too.
        run_to(33);
        assert_eq!(job(id).state, JobState::Open);
        events();
        run_to(33 + 10 + 7);
        let expected = RejectionCounts {
            declined: 2,
            ..Default::default()
        };
        assert!(events().iter().any(|event| matches!(
            event,
            Event::NoProvider { rejected, .. } if *rejected == expected
        )));
    });
}

#[test]
fn whoever_starts_keeps_the_job() {
    for by_worker in [true, false] {
        test(|| {
            let (id, first) = drawn();
            run_to(13);
            for stranger in [requester(), worker(1 - first), provider(1 - first)] {
                assert_noop!(start(stranger, id), Error::<Test>::NotTheProvider);
            }
            let who = if by_worker {
                worker(first)
            } else {
                provider(first)
            };
            events();
            let done = start(who.clone(), id).expect("it is in time");
            assert_eq!(done.pays_fee, Pays::No);
            assert_eq!(
                events(),
                vec![Event::JobStarted {
                    job: id,
                    provider: provider(first)
                }]
            );
            assert_noop!(start(who, id), Error::<Test>::NothingToStart);
            run_to(60);
            assert_eq!(has(id), first);
            assert!(doubles::Recorded::<Test>::get().is_empty());
        });
    }
}

#[test]
fn a_result_is_a_start() {
    test(|| {
        let (id, first) = drawn();
        assert_ok!(prove(id, 0, first));
        assert_noop!(start(worker(first), id), Error::<Test>::NothingToStart);
        run_to(60);
        assert_eq!(has(id), first);
    });
}

#[test]
fn a_late_start_counts_for_nothing_even_if_nobody_has_looked() {
    new_test_ext().execute_with(|| {
        let (id, first) = drawn();
        run_to(13);
        System::set_block_number(14);
        assert_noop!(start(worker(first), id), Error::<Test>::StartMissed);
    });
}

#[test]
fn only_jobs_that_ask_for_it_must_be_started() {
    test(|| {
        register(0, 100);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(8);
        assert_noop!(start(worker(0), id), Error::<Test>::NothingToStart);
        run_to(60);
        assert_eq!(has(id), 0);
        assert_noop!(start(worker(0), H256::zero()), Error::<Test>::JobUnknown);
    });
}

#[test]
fn declining_costs_a_quarter_of_failing_and_another_is_drawn() {
    test(|| {
        let (id, first) = drawn();
        // A stolen worker key gives nothing away.
        for stranger in [worker(first), requester(), provider(1 - first)] {
            assert_noop!(decline(stranger, id), Error::<Test>::NotTheProvider);
        }
        events();
        assert_ok!(decline(provider(first), id));
        assert_eq!(
            events(),
            vec![Event::JobReturned {
                job: id,
                provider: provider(first),
                missed: false,
                forfeited: 0,
                redraw: Some(13),
            }]
        );
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(first), requester(), Outcome::Failed, 25)]
        );
        assert!(!Starts::<Test>::contains_key(id));
        assert_noop!(decline(provider(first), id), Error::<Test>::JobNotAssigned);
        run_to(20);
        assert_eq!(has(id), 1 - first);
        // The look that was due at the first one's start changes nothing.
        assert_ok!(start(worker(1 - first), id));
        run_to(60);
        assert_eq!(has(id), 1 - first);
    });
}

#[test]
fn work_that_has_results_cannot_be_given_back() {
    test(|| {
        let (id, first) = drawn();
        assert_ok!(prove(id, 0, first));
        assert_noop!(decline(provider(first), id), Error::<Test>::WorkUnderWay);
    });
}

#[test]
fn work_that_is_committed_to_cannot_be_given_back() {
    use crate::mock::rooted::*;
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 20, 4), results(20));
        assert_ok!(commit(id, 0, &tree));
        assert_noop!(decline(provider(0), id), Error::<Test>::WorkUnderWay);
    });
}

/// Its requester publishes the input, or pays for the slot: it need not give the job back.
#[test]
fn who_reports_a_withheld_input_has_started_and_waits() {
    test(|| {
        let (id, first) = drawn();
        assert_ok!(dispatch(worker(first), Call::report_input { job: id }));
        assert!(!Starts::<Test>::contains_key(id));
        assert_noop!(decline(provider(first), id), Error::<Test>::AlreadyReported);
        // The time to start is over, and with the next block that to publish.
        run_to(14);
        assert_eq!(has(id), first);
        next_block();
        assert!(matches!(job(id).state, JobState::Cancelled { .. }));
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn a_named_provider_that_declines_leaves_the_job_to_its_requester() {
    test(|| {
        register(0, 100);
        register(1, 100);
        let id = submit_with(1, 1_000, Assignment::Direct(provider(0)), in_time());
        run_to(START + 6);
        // It missed its start.
        assert_eq!(job(id).state, JobState::Open);
        assert!(doubles::Recorded::<Test>::get().is_empty());
        run_to(60);
        assert_eq!(job(id).state, JobState::Open);
        assert_ok!(Marketplace::cancel_job(
            RuntimeOrigin::signed(requester()),
            id
        ));
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn a_job_that_expires_before_its_start_is_due_leaves_nothing() {
    test(|| {
        register(0, 100);
        let terms = Terms {
            start_within: Some(1_000),
            ..Default::default()
        };
        let id = submit_with(1, 1_000, Assignment::Direct(provider(0)), terms);
        run_to(START + 501);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert!(!Starts::<Test>::contains_key(id));
        run_to(START + 501 + 60);
        assert!(!Specials::<Test>::contains_key(id));
        assert!(Agendas::<Test>::iter_keys().all(|(agenda, ..)| agenda == Agenda::Start));
    });
}
