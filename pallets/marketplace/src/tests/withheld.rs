//! Inputs that are withheld, and providers that say so of what they could have.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use swarmwork_primitives::{Assignment, CancellationReason, ContentId, JobState, Terms};

const FILE: &[u8] = b"rows";

fn report(job: H256) -> DispatchResultWithPostInfo {
    dispatch(worker(0), Call::report_input { job })
}

fn publish(who: AccountId, job: H256, file: &[u8]) -> DispatchResultWithPostInfo {
    let bytes = file.to_vec().try_into().expect("short");
    dispatch(who, Call::publish_input { job, bytes })
}

fn withdraw(job: H256) -> DispatchResultWithPostInfo {
    dispatch(worker(0), Call::withdraw_report { job })
}

fn close(job: H256) -> DispatchResultWithPostInfo {
    dispatch(account(3), Call::close_report { job })
}

/// A job of the file, of a provider that asks a thousand tokens, for twenty blocks from now on.
fn begin() -> H256 {
    register(0, 1_000);
    let id = submit(1, 1_000, 19, Assignment::Direct(provider(0)));
    Inputs::<Test>::mutate(id, |input| {
        let content = ContentId(*blake3::hash(FILE).as_bytes());
        input.as_mut().expect("it is stored").locator.content = content;
    });
    id
}

#[test]
fn who_withholds_an_input_pays_for_the_slot() {
    test(|| {
        let id = begin();
        let before = free(&provider(0));
        run_to(START + 3);
        events();
        assert_eq!(
            report(id).expect("it is early").pays_fee,
            frame_support::dispatch::Pays::No
        );
        let reported = Event::InputReported {
            job: id,
            provider: provider(0),
            until: START + 9,
        };
        assert_eq!(events(), vec![reported]);
        run_to(START + 9);
        assert_noop!(close(id), Error::<Test>::ReportStands);
        // By itself.
        next_block();
        // Eleven of twenty blocks, divided as any price; and no evidence against anybody.
        assert_eq!(
            job(id).state,
            JobState::Cancelled {
                provider: Some(provider(0)),
                why: CancellationReason::InputWithheld,
                paid: 550,
                at: START + 10
            }
        );
        let told = events().into_iter().any(|event| {
            matches!(event, Event::JobCancelled { job, why, .. }
                if job == id && why == CancellationReason::InputWithheld)
        });
        assert!(told);
        assert_eq!(free(&provider(0)) - before, 440);
        assert_eq!(free(&requester()), FUNDS - 550);
        assert!(doubles::Recorded::<Test>::get().is_empty());
        assert!(doubles::Slashed::<Test>::get().is_empty());
        assert_noop!(close(id), Error::<Test>::JobEnded);
    });
}

/// Else a provider would say that it lacks what it has, and be paid for waiting until the deadline.
#[test]
fn nobody_is_paid_for_waiting_on_once_the_requesters_time_is_over() {
    test(|| {
        let id = begin();
        assert_ok!(report(id));
        run_to(START + 6);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        next_block();
        // Eight of twenty blocks.
        assert!(matches!(
            job(id).state,
            JobState::Cancelled { paid: 400, .. }
        ));
        assert_eq!(free(&requester()), FUNDS - 400);
    });
}

/// Whoever waits for it closes it.
#[test]
fn where_the_agenda_is_late_anyone_closes_a_report() {
    test(|| {
        let id = begin();
        ClosesPerBlock::set(0);
        assert_ok!(report(id));
        run_to(START + 8);
        assert_ok!(close(id));
        assert!(matches!(
            job(id).state,
            JobState::Cancelled { paid: 400, .. }
        ));
        ClosesPerBlock::set(4);
        // What is still on the agenda finds it ended.
        run_to(START + 12);
        assert!(matches!(
            job(id).state,
            JobState::Cancelled { paid: 400, .. }
        ));
    });
}

#[test]
fn a_job_whose_input_is_withheld_does_not_expire_however_late_the_agenda() {
    test(|| {
        let id = begin();
        Jobs::<Test>::mutate(id, |job| {
            // Its failure would be evidence.
            job.as_mut().expect("it is stored").swarm = true;
        });
        ClosesPerBlock::set(0);
        assert_ok!(report(id));
        run_to(START + 20);
        assert!(matches!(
            job(id).state,
            JobState::Cancelled { paid: 400, .. }
        ));
        assert!(doubles::Recorded::<Test>::get().is_empty());
        assert!(Withheld::<Test>::iter_keys().next().is_none());
        ClosesPerBlock::set(4);
    });
}

/// The end of the time to publish is no proof, and no word of the requester's.
#[test]
fn a_report_of_a_job_with_delivery_pays_nobody_for_a_proof() {
    test(|| {
        register(0, 1_000);
        doubles::OutputElements::<Test>::put(1);
        let terms = Terms {
            deliver: true,
            ..Default::default()
        };
        let direct = || Assignment::Direct(provider(0));
        let (missed, proven) = (
            submit_with(1, 1_000, direct(), terms.clone()),
            submit_with(1, 1_000, direct(), terms),
        );
        for id in [missed, proven] {
            assert_ok!(report(id));
        }
        assert_ok!(prove(proven, 0, 0));
        run_to(START + 7);
        assert!(matches!(job(missed).state, JobState::Cancelled { .. }));
        // It waits for its requester.
        assert!(matches!(job(proven).state, JobState::Assigned { .. }));
        run_to(START + DeliveryWindow::get() + 1);
        assert!(matches!(job(proven).state, JobState::Completed { .. }));
    });
}

/// Another provider has its own time from its own report on.
#[test]
fn an_earlier_providers_report_ends_no_later_ones() {
    test(|| {
        PublishTime::set(40);
        register(0, 1_000);
        register(1, 1_000);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        let at_work = || {
            let holder = holder(id).expect("somebody has it");
            u8::from(holder == provider(1))
        };
        let say = |call: fn(H256) -> Call<Test>| dispatch(worker(at_work()), call(id));
        run_to(START + 7);
        assert_ok!(say(|job| Call::report_input { job }));
        assert_ok!(say(|job| Call::withdraw_report { job }));
        let first = at_work();
        let decline = Call::decline_job { job: id };
        assert_ok!(dispatch(provider(first), decline));
        run_to(START + 7 + 5 + 7);
        assert_ne!(at_work(), first);
        assert_ok!(say(|job| Call::report_input { job }));
        // The time of the first is over.
        run_to(START + 7 + 40 + 1);
        assert!(holder(id).is_some());
        run_to(START + 19 + 40);
        assert!(holder(id).is_some());
        next_block();
        assert!(matches!(job(id).state, JobState::Cancelled { .. }));
        PublishTime::set(6);
    });
}

/// A provider that reports what it could have had has its job still, and the time that it lost.
#[test]
fn who_publishes_the_input_pays_for_nothing_but_the_result() {
    test(|| {
        let shown = |id| {
            let view = Marketplace::job_view(id).expect("it is stored");
            (view.input_due, view.input_published)
        };
        let id = begin();
        run_to(START + 4);
        assert_eq!(shown(id), (None, false));
        assert_ok!(report(id));
        assert_eq!(shown(id), (Some(START + 10), false));
        run_to(START + 7);
        events();
        assert_ok!(publish(requester(), id, FILE));
        assert_eq!(shown(id), (None, true));
        assert_eq!(events(), vec![Event::InputPublished { job: id }]);
        assert_eq!(
            Published::<Test>::get(id).map(|file| file.into_inner()),
            Some(FILE.to_vec())
        );
        assert_eq!(job(id).deadline, START + 19 + 7);
        run_to(START + 22);
        assert_noop!(close(id), Error::<Test>::NothingReported);
        assert_noop!(report(id), Error::<Test>::InputIsPublished);
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert!(!Published::<Test>::contains_key(id));
    });
}

#[test]
fn a_published_job_that_nobody_does_expires_later() {
    test(|| {
        let id = begin();
        run_to(START + 2);
        assert_ok!(report(id));
        assert_ok!(publish(requester(), id, FILE));
        run_to(START + 21);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        run_to(START + 22);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert_eq!(free(&requester()), FUNDS);
        assert!(!Published::<Test>::contains_key(id));
    });
}

#[test]
fn only_the_very_file_is_published_and_only_by_who_owes_it() {
    test(|| {
        let id = begin();
        let early = publish(requester(), id, FILE);
        assert_noop!(early, Error::<Test>::NothingReported);
        assert_ok!(report(id));
        assert_noop!(report(id), Error::<Test>::AlreadyReported);
        let by_another = publish(account(3), id, FILE);
        assert_noop!(by_another, Error::<Test>::NotTheRequester);
        assert_noop!(
            publish(requester(), id, b"rowz"),
            Error::<Test>::InputMismatch
        );
        assert_noop!(publish(requester(), id, b""), Error::<Test>::InputMismatch);
        // The agenda is late.
        ClosesPerBlock::set(0);
        run_to(START + 7);
        let late = publish(requester(), id, FILE);
        assert_noop!(late, Error::<Test>::DeadlinePassed);
        let unknown = publish(requester(), H256::zero(), FILE);
        assert_noop!(unknown, Error::<Test>::JobUnknown);
        ClosesPerBlock::set(4);
    });
}

/// Waiting until the end and then finding the input missing is no way to be paid for idleness.
#[test]
fn a_report_comes_soon_and_from_the_worker() {
    test(|| {
        let id = begin();
        let by_another = dispatch(worker(1), Call::report_input { job: id });
        assert_noop!(by_another, Error::<Test>::NotTheWorker);
        assert_noop!(report(H256::zero()), Error::<Test>::JobUnknown);
        run_to(START + 5);
        assert_noop!(report(id), Error::<Test>::TooLateToReport);
    });
}

#[test]
fn who_has_shown_results_has_the_input() {
    test(|| {
        register_rooted(0, 100);
        let proven = submit(2, 1_000, 60, Assignment::Direct(provider(0)));
        assert_ok!(report(proven));
        assert_ok!(prove(proven, 0, 0));
        let rooted = sampled(0, 4, 2);
        assert_ok!(commit(rooted, 0, &results(4)));
        assert_noop!(report(rooted), Error::<Test>::TooLateToReport);
        run_to(START + 8);
        assert_noop!(close(proven), Error::<Test>::NothingReported);
        // It expires as any job that is not done.
        run_to(START + 62);
        assert!(matches!(job(proven).state, JobState::Expired { .. }));
    });
}

#[test]
fn a_withdrawn_job_leaves_no_report() {
    test(|| {
        let id = begin();
        assert_ok!(report(id));
        assert_ok!(dispatch(requester(), Call::cancel_job { job: id }));
        assert!(!Withheld::<Test>::contains_key(id));
        assert_noop!(report(id), Error::<Test>::JobEnded);
    });
}

/// The time that passed is not given back: who could have had the input all the time would gain it.
#[test]
fn a_report_that_is_withdrawn_gains_no_time() {
    test(|| {
        let id = begin();
        let deadline = job(id).deadline;
        run_to(START + 3);
        assert_ok!(report(id));
        run_to(START + 6);
        events();
        let withdrawn = withdraw(id).expect("it stands");
        assert_eq!(withdrawn.pays_fee, frame_support::dispatch::Pays::No);
        let event = Event::ReportWithdrawn {
            job: id,
            provider: provider(0),
        };
        assert_eq!(events(), vec![event]);
        assert_eq!(job(id).deadline, deadline);
        assert!(!Withheld::<Test>::contains_key(id));
        // The job goes on: nobody publishes anything, and nobody ends it.
        let late = publish(requester(), id, FILE);
        assert_noop!(late, Error::<Test>::NothingReported);
        run_to(START + 10);
        assert_noop!(close(id), Error::<Test>::NothingReported);
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert!(!Reporters::<Test>::contains_key(id));
    });
}

/// Both calls are free: they are made once each.
#[test]
fn a_report_is_made_and_withdrawn_once() {
    test(|| {
        let id = begin();
        assert_noop!(withdraw(id), Error::<Test>::NothingReported);
        assert_noop!(withdraw(H256::zero()), Error::<Test>::JobUnknown);
        assert_ok!(report(id));
        let by_another = dispatch(worker(1), Call::withdraw_report { job: id });
        assert_noop!(by_another, Error::<Test>::NotTheWorker);
        assert_ok!(withdraw(id));
        assert_noop!(withdraw(id), Error::<Test>::NothingReported);
        // It is early yet.
        assert_noop!(report(id), Error::<Test>::AlreadyReported);
    });
}

/// Who reports and keeps the input has failed as any other that does nothing.
#[test]
fn a_report_that_is_withdrawn_is_no_excuse() {
    test(|| {
        let id = begin();
        Jobs::<Test>::mutate(id, |job| job.as_mut().expect("it is stored").swarm = true);
        assert_ok!(report(id));
        assert_ok!(withdraw(id));
        run_to(START + 20);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert_eq!(doubles::Recorded::<Test>::get().len(), 1);
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn what_a_report_was_made_for_is_not_withdrawn() {
    test(|| {
        let id = begin();
        assert_ok!(report(id));
        assert_ok!(publish(requester(), id, FILE));
        assert_noop!(withdraw(id), Error::<Test>::NothingReported);
    });
    test(|| {
        let id = begin();
        assert_ok!(report(id));
        // In the last block in which it might be published.
        run_to(START + 6);
        assert_ok!(withdraw(id));
        run_to(START + 8);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
    });
    test(|| {
        let id = begin();
        assert_ok!(report(id));
        // The agenda is late.
        let now = System::block_number();
        System::set_block_number(START + 7);
        assert_noop!(withdraw(id), Error::<Test>::DeadlinePassed);
        System::set_block_number(now);
    });
}

/// A result shows that the input is there: it is as a withdrawal.
#[test]
fn who_has_shown_results_gets_no_time_by_a_publication() {
    test(|| {
        register(0, 1_000);
        let id = submit(2, 2_000, 60, Assignment::Direct(provider(0)));
        Inputs::<Test>::mutate(id, |input| {
            let content = ContentId(*blake3::hash(FILE).as_bytes());
            input.as_mut().expect("it is stored").locator.content = content;
        });
        let deadline = job(id).deadline;
        assert_ok!(report(id));
        assert_ok!(prove(id, 0, 0));
        let late = publish(requester(), id, FILE);
        assert_noop!(late, Error::<Test>::NothingReported);
        assert_noop!(withdraw(id), Error::<Test>::NothingReported);
        assert_eq!(job(id).deadline, deadline);
    });
}
