//! What is remembered of outcomes, and the standing they give.

use super::{outcome, record_from_stranger, score, JOB, PROVIDER};
use crate::{mock::*, Epochs, Network, Recent};
use frame_support::{
    assert_ok,
    traits::{ConstU32, Hooks},
    BoundedVec,
};
use proptest::prelude::*;
use sp_arithmetic::Permill;
use std::collections::VecDeque;
use swarmwork_primitives::{EpochOutcomes, Outcome, PastOutcome, ProviderStanding, Reputation};

#[test]
fn a_view_shows_the_evidence_and_the_last_outcomes() {
    new_test_ext().execute_with(|| {
        record_from_stranger(1, Outcome::Succeeded, 1_000);
        System::set_block_number(7);
        record_from_stranger(2, Outcome::Failed, 10);
        let view = Scores::view(&PROVIDER);
        assert_eq!(
            (view.score, view.standing),
            (score(), Scores::standing(&PROVIDER))
        );
        assert_eq!((view.completed, view.failed), (1, 1));
        let good = view.good;
        // Decayed for six blocks of a half-life of a thousand.
        assert!((990..1_000).contains(&good), "{good}");
        assert_eq!(view.bad, 10);
        let past = |at, outcome, weight, score| PastOutcome {
            at,
            outcome,
            weight,
            score,
        };
        assert_eq!(
            view.recent,
            vec![
                past(1, Outcome::Succeeded, 1_000, Permill::from_percent(75)),
                past(7, Outcome::Failed, 10, score()),
            ]
        );
        let epoch = EpochOutcomes {
            epoch: 0,
            completed: 1,
            failed: 1,
            good: 1_000,
            bad: 10,
        };
        assert_eq!(view.epochs, vec![epoch]);
        assert_eq!(Scores::outcomes(), vec![epoch]);
        let stranger = Scores::view(&99);
        assert_eq!(
            (stranger.score, stranger.standing),
            (PRIOR, ProviderStanding::Newcomer)
        );
        assert!(stranger.recent.is_empty() && stranger.epochs.is_empty());
    });
}

#[test]
fn the_oldest_outcomes_and_epochs_make_room() {
    new_test_ext().execute_with(|| {
        for epoch in 0..2 * u64::from(EPOCHS) {
            System::set_block_number(epoch * EPOCH + 1);
            for requester in 0..u64::from(RECENT) {
                record_from_stranger(requester, Outcome::Succeeded, 10);
            }
        }
        let last: Vec<_> = (EPOCHS..2 * EPOCHS).collect();
        let of = |epochs: Vec<EpochOutcomes>| epochs.iter().map(|e| e.epoch).collect::<Vec<_>>();
        assert_eq!(of(Epochs::<Test>::get(PROVIDER).into_inner()), last);
        assert_eq!(of(Scores::outcomes()), last);
        let recent = Recent::<Test>::get(PROVIDER);
        assert_eq!(recent.len(), RECENT as usize);
        let block = u64::from(2 * EPOCHS - 1) * EPOCH + 1;
        assert!(recent.iter().all(|entry| entry.at == block));
        assert_ok!(Scores::do_try_state());
    });
}

#[test]
fn the_networks_epochs_are_everybodys() {
    new_test_ext().execute_with(|| {
        Scores::record(&1, &7, JOB, Outcome::Succeeded, 100);
        Scores::record(&2, &8, JOB, Outcome::Succeeded, 200);
        Scores::record(&2, &9, JOB, Outcome::Failed, 50);
        System::set_block_number(EPOCH);
        Scores::record(&3, &7, JOB, Outcome::Failed, 100);
        let epochs = Scores::outcomes();
        assert_eq!(epochs.len(), 2);
        // A fifth of each requester's burn weighs.
        assert_eq!(
            epochs[0],
            EpochOutcomes {
                epoch: 0,
                completed: 2,
                failed: 1,
                good: 60,
                bad: 10,
            }
        );
        assert_eq!((epochs[1].epoch, epochs[1].failed), (1, 1));
        assert_ok!(Scores::do_try_state());
    });
}

#[test]
fn a_standing_needs_score_and_evidence() {
    new_test_ext().execute_with(|| {
        let standing = || Scores::standing(&PROVIDER);
        assert_eq!(standing(), ProviderStanding::Newcomer);
        // 60 % would be reached by 250 tokens, but 500 are asked for.
        record_from_stranger(1, Outcome::Succeeded, 499);
        assert!(score() >= Permill::from_percent(60));
        assert_eq!(standing(), ProviderStanding::Newcomer);
        record_from_stranger(2, Outcome::Succeeded, 1);
        assert_eq!(standing(), ProviderStanding::Reliable);
        record_from_stranger(3, Outcome::Succeeded, 1_500);
        assert_eq!(standing(), ProviderStanding::Trusted);
        record_from_stranger(4, Outcome::Succeeded, 6_000);
        assert_eq!(standing(), ProviderStanding::Distinguished);
        // (500 + 8000) / (9000 + 4 · 200) is below 90 %.
        record_from_stranger(5, Outcome::Failed, 200);
        assert_eq!(standing(), ProviderStanding::Trusted);
        // What is long ago counts no more.
        System::set_block_number(1 + 3 * HALF_LIFE);
        assert_eq!(standing(), ProviderStanding::Reliable);
        System::set_block_number(1 + 5 * HALF_LIFE);
        assert_eq!(standing(), ProviderStanding::Newcomer);
    });
}

#[test]
fn standings_that_do_not_ascend_are_refused() {
    type Spoil = fn(&mut [(Permill, Balance); 3]);
    let spoils: [Spoil; 5] = [
        |standings| standings[0].0 = PRIOR,
        |standings| standings[1].0 = Permill::from_percent(59),
        |standings| standings[2].0 = Permill::from_percent(74),
        |standings| standings[0].1 = 2_001,
        |standings| standings[2].1 = 1_999,
    ];
    for spoil in spoils {
        let mut standings = THRESHOLDS;
        spoil(&mut standings);
        Standings::set(standings);
        assert!(std::panic::catch_unwind(Scores::integrity_test).is_err());
    }
    Standings::set(THRESHOLDS);
    Scores::integrity_test();
}

#[test]
fn try_state_finds_a_history_that_is_wrong() {
    let broken = |breakage: fn()| {
        new_test_ext().execute_with(|| {
            System::set_block_number(EPOCH);
            Scores::record(&PROVIDER, &7, JOB, Outcome::Succeeded, 100);
            System::set_block_number(2 * EPOCH);
            Scores::record(&PROVIDER, &7, JOB, Outcome::Failed, 100);
            assert_ok!(Scores::do_try_state());
            breakage();
            assert!(Scores::do_try_state().is_err());
        })
    };
    fn recent(change: fn(&mut PastOutcome<u64>)) {
        Recent::<Test>::mutate(PROVIDER, |ring| change(ring.iter_mut().next().unwrap()))
    }
    fn epoch(change: fn(&mut EpochOutcomes)) {
        Epochs::<Test>::mutate(PROVIDER, |ring| change(ring.iter_mut().next().unwrap()))
    }
    broken(|| recent(|entry| entry.at = 2 * EPOCH + 1));
    broken(|| {
        Recent::<Test>::mutate(PROVIDER, |ring| {
            ring.iter_mut().for_each(|entry| entry.at = 2 * EPOCH + 1)
        })
    });
    broken(|| {
        let none: BoundedVec<PastOutcome<u64>, ConstU32<RECENT>> = BoundedVec::new();
        Recent::<Test>::insert(PROVIDER, none);
    });
    broken(|| {
        let ring = Recent::<Test>::get(PROVIDER);
        Recent::<Test>::insert(55, ring);
    });
    broken(|| epoch(|each| each.epoch = 2));
    broken(|| epoch(|each| each.completed += 1));
    broken(|| epoch(|each| each.good += 1));
    broken(|| {
        Network::<Test>::mutate(|ring| {
            ring.remove(0);
            ring.iter_mut().next().unwrap().epoch = 3;
        })
    });
    broken(|| Network::<Test>::mutate(|ring| ring.iter_mut().next().unwrap().bad = 7));
}

proptest! {
    /// The rings hold exactly the last outcomes of a naive log, and the epochs its sums.
    #[test]
    fn histories_are_the_end_of_the_log(
        steps in prop::collection::vec((1..4u64, 10..14u64, outcome(), 0..10_000u128, 0..EPOCH), 1..60),
    ) {
        new_test_ext().execute_with(|| {
            let mut logs: [VecDeque<PastOutcome<u64>>; 4] = Default::default();
            let mut epochs = Vec::<EpochOutcomes>::new();
            for (provider, requester, outcome, burned, pause) in steps {
                System::set_block_number(System::block_number() + pause);
                Scores::record(&provider, &requester, JOB, outcome, burned);
                let entry = PastOutcome {
                    at: System::block_number(),
                    outcome,
                    weight: super::last_weight(),
                    score: Scores::score(&provider),
                };
                let log = &mut logs[provider as usize];
                log.push_back(entry);
                if log.len() > RECENT as usize {
                    log.pop_front();
                }
                assert_eq!(Recent::<Test>::get(provider).into_inner(), Vec::from(log.clone()));
                let epoch = (System::block_number() / EPOCH) as u32;
                if epochs.last().is_none_or(|last| last.epoch != epoch) {
                    epochs.push(EpochOutcomes { epoch, ..Default::default() });
                }
                let last = epochs.last_mut().unwrap();
                match outcome {
                    Outcome::Succeeded => {
                        last.completed += 1;
                        last.good += entry.weight;
                    }
                    Outcome::Failed => {
                        last.failed += 1;
                        last.bad += entry.weight;
                    }
                }
                let kept = epochs.len().saturating_sub(EPOCHS as usize);
                assert_eq!(Scores::outcomes(), epochs[kept..].to_vec());
                Scores::do_try_state().unwrap();
            }
        });
    }
}
