//! Taking jobs and not doing them, and deadlines that nobody could meet.

use super::drawn;
use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use swarmwork_primitives::{Assignment, JobState, Outcome};

#[test]
fn a_provider_that_does_nothing_blocks_no_more_than_its_places() {
    test(|| {
        register(0, 100);
        register(1, 100);
        let ids: Vec<_> = (0..12)
            .map(|_| submit(1, 200, 40, Assignment::Swarm))
            .collect();
        let mut blocked = 0;
        while System::block_number() < START + 45 {
            next_block();
            for id in &ids {
                if drawn(*id) == Some(provider(1)) {
                    assert_ok!(prove(*id, 0, 1));
                }
            }
            blocked = blocked.max(Running::<Test>::get(provider(0)).len());
        }
        let is = |state: fn(&JobState<AccountId, Balance, u64>) -> bool| {
            ids.iter().filter(|id| state(&job(**id).state)).count()
        };
        let done = is(|state| matches!(state, JobState::Completed { .. }));
        let failed = is(|state| {
            matches!(
                state,
                JobState::Expired {
                    provider: Some(_),
                    ..
                }
            )
        });
        assert!((1..=3).contains(&blocked) && failed == blocked, "{blocked}");
        assert_eq!(done + failed, ids.len());
        // It earned nothing, the requester lost nothing, and all of it speaks against the provider.
        assert_eq!(free(&provider(0)), EXISTENTIAL);
        assert_eq!(held(&requester()), 0);
        assert_eq!(free(&requester()), FUNDS - 100 * done as Balance);
        let recorded = doubles::Recorded::<Test>::get();
        let of = |number| {
            recorded
                .iter()
                .filter(move |each| each.0 == provider(number))
        };
        assert_eq!(of(0).count(), failed);
        assert!(of(0).all(|each| each.2 == Outcome::Failed && each.3 == 5));
        assert!(of(1).all(|each| each.2 == Outcome::Succeeded));
    });
}

/// Whatever deadline a requester sets, and however crowded the draws are, who is drawn has as long as
/// the shortest job gives.
#[test]
fn no_deadline_is_a_trap_for_who_is_drawn() {
    let mut assignments = 0;
    for duration in 1..30 {
        test(|| {
            for number in 0..6 {
                register(number, 100);
            }
            let least = Marketplace::least_work_time();
            if duration < MinJobDuration::get() {
                let call = Call::submit_job {
                    model: model(),
                    input: input(),
                    commitments: commitments(1),
                    max_price: 1_000,
                    deadline: START + duration,
                    assignment: Assignment::Swarm,
                };
                assert_noop!(dispatch(requester(), call), Error::<Test>::DeadlineTooSoon);
                return;
            }
            let ids: Vec<_> = (0..9)
                .map(|_| submit(1, 1_000, duration, Assignment::Swarm))
                .collect();
            for _ in 0..duration + 6 {
                next_block();
                let now = System::block_number();
                for id in &ids {
                    let job = job(*id);
                    if job.assigned() == Some(now) {
                        assert!(Marketplace::work_ends(&job) - now >= least, "{duration}");
                        assignments += 1;
                    }
                }
            }
            assert_eq!(held(&requester()), 0);
        });
    }
    assert!(assignments > 100, "{assignments}");
}

/// A result in the last block counts, so that nobody gains by having the chain look late.
#[test]
fn the_last_block_is_the_same_for_both_sides() {
    test(|| {
        register(0, 300);
        let [in_time, late, withdrawn] = [(); 3].map(|()| assigned(0, 1, 1_000));
        let end = job(in_time).deadline;
        run_to(end);
        assert_ok!(prove(in_time, 0, 0));
        // The requester cannot have its money back before, the provider cannot be paid after.
        assert_ok!(dispatch(requester(), Call::cancel_job { job: withdrawn }));
        assert!(matches!(
            job(withdrawn).state,
            JobState::Cancelled { paid: 300, .. }
        ));
        assert_ok!(Marketplace::poke(RuntimeOrigin::signed(account(3)), 10));
        assert!(drawn(late).is_some());
        next_block();
        assert_noop!(prove(late, 0, 0), Error::<Test>::JobEnded);
        assert!(matches!(job(late).state, JobState::Expired { .. }));
    });
}

/// Declining is worth as little to many as to one: each pays for it with its reputation, and none of
/// them is drawn for the job again.
#[test]
fn a_ring_that_declines_keeps_no_job_from_others() {
    let mut declined = 0;
    for round in 0..12 {
        test(|| {
            // The last of them does not belong to the ring.
            for number in 0..3 {
                register(number, 1_000);
            }
            run_to(START + round);
            let id = submit(1, 1_000, 200, Assignment::Swarm);
            let mut by = Vec::new();
            while drawn(id) != Some(provider(2)) {
                assert!(System::block_number() < START + round + 100, "{by:?}");
                if let Some(who) = drawn(id) {
                    assert!(!by.contains(&who), "{by:?}");
                    assert_ok!(dispatch(who.clone(), Call::decline_job { job: id }));
                    by.push(who);
                }
                next_block();
            }
            // A quarter each of the fifty that would have burned.
            let expected: Vec<_> = by
                .iter()
                .map(|who| (who.clone(), requester(), Outcome::Failed, 12))
                .collect();
            assert_eq!(doubles::Recorded::<Test>::get(), expected);
            assert_ok!(prove(id, 0, 2));
            assert!(matches!(job(id).state, JobState::Completed { .. }));
            declined += by.len();
        });
    }
    // One a round on average.
    assert!(declined >= 4, "{declined}");
}
