//! Credit of jobs: the cap, the multipliers, the split.

use crate::{
    economics::{BASE, BEST, CAP},
    mock::*,
    pallet::*,
    Bandwidth, Measure,
};
use frame_support::assert_ok;
use sp_runtime::Permill;
use swarmwork_primitives::{LockTerm, SwarmWork as _};

/// Multiply-accumulates that earn the whole compute factor in one block.
const FULL: u128 = 1_000;

/// Everything measured at its best.
fn best(who: u64) {
    admit(who);
    Measures::<Test>::insert(
        who,
        Measure {
            rows: 100,
            streak: 4,
            windows: 4,
            ..Default::default()
        },
    );
    Bandwidths::<Test>::insert(
        who,
        Bandwidth {
            epoch: CurrentEpoch::<Test>::get(),
            reports: Default::default(),
            given: 0,
            last: Some(1_024),
        },
    );
    assert_ok!(lock(who, 100_000, LockTerm::Full));
}

fn credit(change: impl FnOnce()) -> Balance {
    let mut credit = 0;
    test(|| {
        best(1);
        change();
        settle(&[1], 10_000, FULL);
        credit = earned(1);
    });
    credit
}

fn spoil(change: impl FnOnce(&mut Measure)) {
    Measures::<Test>::mutate(1, |measure| change(measure.as_mut().unwrap()));
}

#[test]
fn the_best_provider_gets_the_best_rate() {
    assert_eq!(credit(|| ()), BEST.rate().mul_floor(10_000u128));
}

#[test]
fn each_measurement_tells() {
    let all = 8_775u128;
    let without = |change: fn(&mut Measure)| credit(|| spoil(change));
    assert_eq!(without(|m| m.rows = 0), all * 10 / 25);
    assert_eq!(without(|m| m.rows = 50), all * 175 / 250);
    assert_eq!(without(|m| m.streak = 3), all * 10 / 15);
    assert_eq!(without(|m| m.latency = 1_001), all * 10 / 12);
    // Without a single right answer nothing is known of latency.
    assert_eq!(without(|m| m.streak = 0), all * 10 / 15 * 10 / 12);
    assert_eq!(
        credit(|| Bandwidths::<Test>::mutate(1, |b| b.as_mut().unwrap().last = Some(1_023))),
        all * 10 / 13
    );
    assert_eq!(credit(|| Bandwidths::<Test>::remove(1)), all * 10 / 13);
}

#[test]
fn a_job_that_took_long_earns_no_compute_factor() {
    test(|| {
        best(1);
        settle(&[1], 10_000, FULL / 2);
        assert_eq!(earned(1), 8_775 * 175 / 250);
        run(10);
        let before = earned(1);
        Work::settled(swarmwork_primitives::Settlement {
            job: &Default::default(),
            providers: &[1],
            burned: 10_000,
            attested: true,
            macs: FULL,
            blocks: 10,
        });
        assert_eq!(earned(1) - before, 8_775 * 115 / 250);
    });
}

#[test]
fn strangers_to_windows_earn_the_base_rate() {
    test(|| {
        settle(&[1], 10_000, FULL);
        assert_eq!(earned(1), BASE.mul_floor(10_000u128));
    });
}

#[test]
fn lock_ups_count_while_they_last_and_cover() {
    let rate = |amount, term, burned, later| {
        let mut rate = 0;
        test(|| {
            assert_ok!(lock(1, amount, term));
            run(later);
            settle(&[1], burned, 0);
            rate = earned(1) * 1_000 / burned;
        });
        rate
    };
    assert_eq!(rate(10_000, LockTerm::Half, 10_000, 0), 120);
    assert_eq!(rate(10_000, LockTerm::Full, 10_000, 0), 150);
    // Not enough to cover what is burned.
    assert_eq!(rate(9_999, LockTerm::Full, 10_000, 0), 100);
    assert_eq!(rate(10_000, LockTerm::Half, 10_000, HALF_YEAR - 1), 120);
    assert_eq!(rate(10_000, LockTerm::Half, 10_000, HALF_YEAR), 100);
}

#[test]
fn a_lock_up_covers_an_epochs_credit_once() {
    test(|| {
        assert_ok!(lock(1, 10_000, LockTerm::Full));
        settle(&[1], 10_000, 0);
        assert_eq!(earned(1), 1_500);
        settle(&[1], 10_000, 0);
        assert_eq!(earned(1), 2_500);
    });
}

#[test]
fn nothing_is_credited_under_unattested_keys() {
    test(|| {
        best(1);
        settle_under(false, &[1], 10_000, FULL);
        assert_eq!(earned(1), 0);
        assert_eq!(Epochs::<Test>::get(0).unwrap().burned, 0);
    });
}

#[test]
fn nothing_burned_nothing_credited() {
    test(|| {
        best(1);
        settle(&[1], 0, FULL);
        settle(&[], 1_000, FULL);
        assert_eq!(earned(1), 0);
        assert_eq!(Epochs::<Test>::get(0).unwrap().burned, 0);
    });
}

#[test]
fn redundant_providers_share_one_credit() {
    test(|| {
        (1..=3).for_each(best);
        settle(&[1, 2, 3], 10_000, FULL);
        let sum: Balance = (1..=3).map(earned).sum();
        assert!((1..=3).all(|who| earned(who) == BEST.rate().mul_floor(3_333u128)));
        assert!(sum <= CAP.mul_floor(10_000u128));
    });
}

#[test]
fn the_event_says_the_rate() {
    test(|| {
        settle(&[1], 10_000, FULL);
        System::assert_last_event(
            Event::Credited {
                job: sp_core::H256::repeat_byte(7),
                provider: 1,
                credit: 1_000,
                rate: Permill::from_percent(10),
            }
            .into(),
        );
    });
}
