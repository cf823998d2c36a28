//! Reports of bandwidth.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

fn report(provider: u64, peer: u64, rate: u32) -> DispatchResult {
    Work::report_bandwidth(RuntimeOrigin::signed(peer + WORKER), provider, rate)
}

/// Eight admitted, so that all seven others are drawn (eight are expected).
fn eight() {
    (1..=8).for_each(admit);
}

fn next_epoch() {
    let epoch = CurrentEpoch::<Test>::get();
    while CurrentEpoch::<Test>::get() == epoch {
        next_block();
        // Nobody answers windows here, and nobody shall be dismissed for it.
        for who in 1..=8 {
            Measures::<Test>::mutate(who, |m| m.iter_mut().for_each(|m| m.absent = 0));
        }
    }
}

#[test]
fn what_is_agreed_counts_in_the_next_epoch_and_in_no_later_one() {
    test(|| {
        eight();
        for (peer, rate) in [(2, 500), (3, 2_000), (4, 9_000), (6, 9_500)] {
            assert_ok!(report(1, peer, rate));
            assert_ok!(report(peer, 1, 7));
        }
        let bandwidth = || Work::bandwidth_of(&1, CurrentEpoch::<Test>::get());
        assert_eq!(bandwidth(), None);
        next_epoch();
        assert_eq!(bandwidth(), Some(2_000));
        // Reports for the next epoch do not change this one's.
        assert_ok!(report(1, 5, 1));
        assert_eq!(bandwidth(), Some(2_000));
        next_epoch();
        assert_eq!(bandwidth(), None, "one report is no quorum");
    });
}

#[test]
fn who_reports_nobody_has_no_bandwidth() {
    test(|| {
        eight();
        for peer in 2..=4 {
            assert_ok!(report(1, peer, 2_000));
        }
        assert_ok!(report(2, 1, 2_000));
        assert_ok!(report(3, 1, 2_000));
        next_epoch();
        // Three are the quorum, and it has given two.
        assert_eq!(Work::bandwidth_of(&1, CurrentEpoch::<Test>::get()), None);
    });
}

#[test]
fn only_drawn_peers_report_and_only_once() {
    test(|| {
        eight();
        set_bond(9, Some(BOND));
        assert_noop!(report(1, 9, 5), Error::<Test>::NotAdmitted);
        assert_noop!(report(9, 1, 5), Error::<Test>::NotAdmitted);
        assert_noop!(report(1, 1, 5), Error::<Test>::NotDrawn);
        assert_noop!(
            Work::report_bandwidth(RuntimeOrigin::signed(2), 1, 5),
            Error::<Test>::NotAWorker
        );
        assert_ok!(report(1, 2, 5));
        assert_noop!(report(1, 2, 6), Error::<Test>::AlreadyReported);
    });
}

#[test]
fn peers_are_drawn_anew_in_every_epoch() {
    test(|| {
        // Eight expected among a hundred.
        let drawn = || {
            (2..=101u64)
                .filter(|peer| Work::is_drawn(&1, peer, 101))
                .collect::<Vec<_>>()
        };
        let first = drawn();
        assert!((1..=20).contains(&first.len()), "{first:?}");
        eight();
        next_epoch();
        assert_ne!(first, drawn());
    });
}

#[test]
fn who_was_not_drawn_is_refused() {
    test(|| {
        eight();
        let drawn = |who: &u64| Work::is_drawn(&1, who, 100);
        assert!((2..=8).any(|who| !drawn(&who)), "chance 8 in 99 each");
        assert!((2..=8).all(|who| Work::is_drawn(&1, &who, 8)));
    });
}
