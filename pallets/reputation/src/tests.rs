//! How scores move.

mod history;

use crate::{mock::*, Event, Evidence, Given, Providers, Requesters, REMEMBERED, REQUESTER_SHARE};
use frame_support::{assert_ok, traits::Hooks};
use proptest::prelude::*;
use sp_arithmetic::Permill;
use std::collections::BTreeMap;
use swarmwork_primitives::{JobId, Outcome, Reputation};

const PROVIDER: u64 = 1;
const JOB: JobId = JobId::repeat_byte(9);

/// Records a job of a requester of its own, of which a fifth weighs.
fn record_from_stranger(requester: u64, outcome: Outcome, weight: Balance) {
    Scores::record(
        &PROVIDER,
        &(1_000 + requester),
        JOB,
        outcome,
        weight * REQUESTER_SHARE,
    );
}

fn score() -> Permill {
    Scores::score(&PROVIDER)
}

fn last_weight() -> u128 {
    match System::events().last().unwrap().event {
        RuntimeEvent::Scores(Event::ReputationChanged { weight, .. }) => weight,
        ref other => panic!("unexpected {other:?}"),
    }
}

#[test]
fn a_newcomer_has_the_prior() {
    new_test_ext().execute_with(|| {
        assert_eq!(score(), PRIOR);
        assert_eq!(Scores::jobs(&PROVIDER), (0, 0));
    });
}

#[test]
fn the_score_is_the_mean_of_the_evidence() {
    new_test_ext().execute_with(|| {
        record_from_stranger(1, Outcome::Succeeded, 1_000);
        // (500 + 1000) / (1000 + 1000)
        assert_eq!(score(), Permill::from_percent(75));
        record_from_stranger(2, Outcome::Succeeded, 1_000);
        // (500 + 2000) / (1000 + 2000)
        assert_eq!(score(), Permill::from_parts(833_333));
        record_from_stranger(3, Outcome::Failed, 125);
        // A failure weighs four times: (500 + 2000) / (1000 + 2000 + 500)
        assert_eq!(score(), Permill::from_parts(714_285));
        assert_eq!(Scores::jobs(&PROVIDER), (2, 1));
        System::assert_last_event(
            Event::ReputationChanged {
                provider: PROVIDER,
                job: JOB,
                outcome: Outcome::Failed,
                weight: 125,
                score: Permill::from_parts(714_285),
            }
            .into(),
        );
        assert_ok!(Scores::do_try_state());
    });
}

#[test]
fn evidence_is_linear_in_what_was_burned() {
    let split = |jobs: u128, outcome: Outcome| {
        let mut ext = new_test_ext();
        ext.execute_with(|| {
            record_from_stranger(1, Outcome::Succeeded, 700);
            for _ in 0..jobs {
                record_from_stranger(2, outcome, 1_200 / jobs);
            }
            let evidence = Providers::<Test>::get(PROVIDER).unwrap();
            (evidence.good, evidence.bad, score())
        })
    };
    for outcome in [Outcome::Succeeded, Outcome::Failed] {
        let whole = split(1, outcome);
        for jobs in [2, 3, 10, 1_200] {
            assert_eq!(split(jobs, outcome), whole, "{jobs} jobs, {outcome:?}");
        }
    }
}

#[test]
fn a_job_that_burns_nothing_is_no_evidence() {
    new_test_ext().execute_with(|| {
        for requester in 0..100 {
            record_from_stranger(requester, Outcome::Succeeded, 0);
        }
        assert_eq!(score(), PRIOR);
        // Of less than the share nothing is left to weigh.
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, REQUESTER_SHARE - 1);
        assert_eq!((score(), last_weight()), (PRIOR, 0));
    });
}

/// Whatever an identity has done, another one is drawn no more often and has no better standing.
#[test]
fn a_new_identity_gains_nothing() {
    new_test_ext().execute_with(|| {
        const NEW: u64 = 2;
        record_from_stranger(1, Outcome::Succeeded, 3_000);
        for requester in 2..20 {
            record_from_stranger(requester, Outcome::Failed, 1_000);
            assert!(score() >= Scores::score(&NEW));
            assert!(Scores::standing(&PROVIDER) >= Scores::standing(&NEW));
        }
        assert_eq!(score(), Scores::score(&NEW));
    });
}

#[test]
fn each_of_a_requesters_providers_is_given_a_fifth_of_its_burn_at_most() {
    new_test_ext().execute_with(|| {
        for round in 1..=20u128 {
            for provider in 1..=3 {
                Scores::record(&provider, &7, JOB, Outcome::Succeeded, 1_000);
                let evidence = Providers::<Test>::get(provider).unwrap();
                assert!(evidence.good <= 3 * round * 1_000 / REQUESTER_SHARE);
            }
        }
    });
}

#[test]
fn the_prior_is_the_least_but_failures_are_not_forgotten_below_it() {
    new_test_ext().execute_with(|| {
        record_from_stranger(1, Outcome::Failed, 1_000);
        assert_eq!(score(), PRIOR);
        record_from_stranger(2, Outcome::Succeeded, 1_000);
        // A newcomer would have 75 % for this.
        assert_eq!(score(), PRIOR);
        record_from_stranger(3, Outcome::Succeeded, 5_000);
        // (500 + 6000) / (1000 + 6000 + 4000)
        assert_eq!(score(), Permill::from_parts(590_909));
    });
}

#[test]
fn a_newcomers_first_failure_undoes_its_first_success() {
    new_test_ext().execute_with(|| {
        // One requester, as on a chain that has just begun.
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
        let after_success = score();
        assert!(after_success > PRIOR);
        Scores::record(&PROVIDER, &7, JOB, Outcome::Failed, 100);
        assert!(score() < after_success);
    });
}

#[test]
fn evidence_halves_and_the_score_falls_back_to_the_prior() {
    new_test_ext().execute_with(|| {
        record_from_stranger(1, Outcome::Succeeded, 1_000);
        System::set_block_number(1 + HALF_LIFE);
        // (500 + 500) / (1000 + 500)
        assert_eq!(score(), Permill::from_parts(666_666));
        // Reading changes nothing; writing continues from what is left.
        record_from_stranger(2, Outcome::Succeeded, 500);
        assert_eq!(score(), Permill::from_percent(75));
        System::set_block_number(1 + 40 * HALF_LIFE);
        assert_eq!(score(), PRIOR);
        assert_eq!(Scores::jobs(&PROVIDER), (2, 0));
    });
}

#[test]
fn failures_decay_too() {
    new_test_ext().execute_with(|| {
        record_from_stranger(1, Outcome::Succeeded, 10_000);
        record_from_stranger(2, Outcome::Failed, 1_000);
        let evidence = Providers::<Test>::get(PROVIDER).unwrap();
        assert_eq!((evidence.good, evidence.bad), (10_000, 1_000));
        System::set_block_number(1 + 2 * HALF_LIFE);
        record_from_stranger(3, Outcome::Failed, 0);
        let evidence = Providers::<Test>::get(PROVIDER).unwrap();
        assert_eq!((evidence.good, evidence.bad), (2_500, 250));
        assert_eq!((evidence.completed, evidence.failed), (1, 2));
    });
}

#[test]
fn one_requester_weighs_a_fifth_of_its_burn_for_one_provider() {
    new_test_ext().execute_with(|| {
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
        assert_eq!(last_weight(), 20);
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
        assert_eq!(last_weight(), 20);
        // Burning for others raises the limit; the next job then counts in full.
        for other in 2..=10 {
            Scores::record(&other, &7, JOB, Outcome::Succeeded, 100);
        }
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
        assert_eq!(last_weight(), 100);
        assert_ok!(Scores::do_try_state());
    });
}

#[test]
fn failed_jobs_buy_no_weight_for_successes() {
    new_test_ext().execute_with(|| {
        for _ in 0..50 {
            Scores::record(&2, &7, JOB, Outcome::Failed, 1_000);
        }
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
        assert_eq!(last_weight(), 20);
    });
}

#[test]
fn every_failure_counts_even_from_one_requester() {
    new_test_ext().execute_with(|| {
        for _ in 0..3 {
            Scores::record(&PROVIDER, &7, JOB, Outcome::Failed, 100);
            assert_eq!(last_weight(), 20);
        }
    });
}

/// A requester may have jobs fail on purpose, by withholding what they need, say.
#[test]
fn one_requester_cannot_ruin_a_provider() {
    new_test_ext().execute_with(|| {
        for requester in 0..20 {
            record_from_stranger(requester, Outcome::Succeeded, 500);
        }
        let before = score();
        for _ in 0..100 {
            Scores::record(&PROVIDER, &7, JOB, Outcome::Failed, 20);
        }
        // A fifth of 2,000, four times over 10,000.
        let evidence = Providers::<Test>::get(PROVIDER).unwrap();
        assert_eq!((evidence.good, evidence.bad), (10_000, 400));
        // (500 + 10000) / (1000 + 10000 + 1600)
        assert!(before > score() && score() > Permill::from_percent(83));
    });
}

#[test]
fn a_requesters_influence_decays_with_the_evidence() {
    new_test_ext().execute_with(|| {
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 1_000);
        System::set_block_number(1 + HALF_LIFE);
        Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 1_000);
        let influence = Requesters::<Test>::get(7);
        // 200 · ½ given of 1000 · ½ burned, then as much as the limit of 300 leaves.
        assert_eq!((influence.burned, influence.given[0].good), (1_500, 300));
        assert_eq!(last_weight(), 200);
    });
}

#[test]
fn enormous_amounts_saturate() {
    new_test_ext().execute_with(|| {
        for outcome in [Outcome::Succeeded, Outcome::Failed] {
            for requester in 0..3 {
                for _ in 0..8 {
                    Scores::record(&PROVIDER, &requester, JOB, outcome, Balance::MAX);
                }
            }
        }
        assert!(score() >= PRIOR);
        assert_ok!(Scores::do_try_state());
    });
}

#[test]
fn the_configuration_is_sound() {
    Scores::integrity_test();
}

#[test]
fn try_state_finds_what_is_wrong() {
    let broken = |breakage: fn()| {
        new_test_ext().execute_with(|| {
            Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
            Scores::record(&PROVIDER, &7, JOB, Outcome::Failed, 100);
            assert_ok!(Scores::do_try_state());
            breakage();
            assert!(Scores::do_try_state().is_err());
        })
    };
    fn evidence(change: fn(&mut Evidence<u64>)) {
        Providers::<Test>::mutate(PROVIDER, |e| change(e.as_mut().unwrap()))
    }
    fn influence(change: fn(&mut crate::Influence<u64, u64>)) {
        Requesters::<Test>::mutate(7, change)
    }
    broken(|| evidence(|e| e.updated = 2));
    broken(|| evidence(|e| e.completed = 0));
    broken(|| evidence(|e| e.failed = 0));
    broken(|| influence(|i| i.updated = 2));
    broken(|| influence(|i| i.burned = i.offered + 1));
    broken(|| influence(|i| i.given[0].good += 1));
    broken(|| influence(|i| i.given[0].bad += 1));
    broken(|| influence(|i| i.forgotten_good = 21));
    broken(|| influence(|i| i.forgotten_bad = 41));
    broken(|| {
        influence(|i| {
            let twice = Given {
                provider: PROVIDER,
                good: 0,
                bad: 0,
            };
            i.given.try_push(twice).unwrap()
        })
    });
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Succeeded), Just(Outcome::Failed)]
}

proptest! {
    #[test]
    fn scores_move_the_right_way_and_the_books_hold(
        steps in prop::collection::vec(
            (1..5u64, 10..14u64, outcome(), 0..10_000u128, 0..HALF_LIFE),
            1..60,
        ),
    ) {
        new_test_ext().execute_with(|| {
            for (provider, requester, outcome, burned, pause) in steps {
                System::set_block_number(System::block_number() + pause);
                let before = Scores::score(&provider);
                Scores::record(&provider, &requester, JOB, outcome, burned);
                let after = Scores::score(&provider);
                match outcome {
                    Outcome::Succeeded => assert!(after >= before),
                    Outcome::Failed => assert!(after <= before),
                }
                assert!(after >= PRIOR);
                Scores::do_try_state().unwrap();
            }
        });
    }

    /// With more providers than are remembered, the limit still holds for what was really given.
    #[test]
    fn forgetting_never_lifts_the_limit(
        steps in prop::collection::vec((0..3 * u64::from(REMEMBERED), outcome(), 0..1_000u128), 1..300),
    ) {
        new_test_ext().execute_with(|| {
            let (mut burned_in_all, mut offered_in_all) = (0u128, 0u128);
            let mut given: BTreeMap<(u64, bool), u128> = BTreeMap::new();
            for (provider, outcome, burned) in steps {
                Scores::record(&provider, &7, JOB, outcome, burned);
                let good = outcome == Outcome::Succeeded;
                offered_in_all += burned;
                burned_in_all += if good { burned } else { 0 };
                let sum = given.entry((provider, good)).or_default();
                *sum += last_weight();
                let limit = if good { burned_in_all } else { offered_in_all } / REQUESTER_SHARE;
                assert!(*sum <= limit);
                Scores::do_try_state().unwrap();
            }
        });
    }
}
