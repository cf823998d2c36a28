//! Maintenance: when, how long, how often, and what it changes.

use super::{demand, register};
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_arithmetic::Permill;
use sp_runtime::DispatchResult;
use swarmwork_primitives::{Providers as _, Rejection};

pub(super) fn announce(from: u64, until: u64) -> DispatchResult {
    Registry::announce_maintenance(RuntimeOrigin::signed(1), from, until)
}

pub(super) fn end() -> DispatchResult {
    Registry::end_maintenance(RuntimeOrigin::signed(1))
}

fn available() -> bool {
    Registry::view(&1, Permill::zero(), (0, 0))
        .unwrap()
        .available
}

#[test]
fn in_maintenance_no_jobs_come_and_after_it_they_do() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(announce(10, 14));
        System::assert_last_event(
            Event::MaintenanceAnnounced {
                provider: 1,
                from: 10,
                until: 14,
            }
            .into(),
        );
        for block in 1..20 {
            System::set_block_number(block);
            let inside = (10..14).contains(&block);
            assert_eq!(available(), !inside);
            if inside {
                assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Maintenance));
                assert_noop!(Registry::reserve(&1, 1), Error::<Test>::InMaintenance);
            } else {
                assert_ok!(Registry::offer(&1, &demand()));
            }
            // It keeps its place.
            assert_eq!(Registry::active_count(), 1);
        }
        assert_eq!(Registry::details(&1).unwrap().maintenance, Some((10, 14)));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn maintenance_is_announced_and_bounded() {
    new_test_ext().execute_with(|| {
        assert_noop!(announce(10, 14), Error::<Test>::NotRegistered);
        assert_noop!(end(), Error::<Test>::NotRegistered);
        assert_ok!(register(1, MINIMUM_BOND));
        assert_noop!(end(), Error::<Test>::NoMaintenance);
        let soonest = 1 + NOTICE;
        assert_noop!(
            announce(soonest - 1, soonest),
            Error::<Test>::MaintenanceTooSoon
        );
        assert_noop!(announce(soonest, soonest), Error::<Test>::MaintenanceEmpty);
        assert_noop!(announce(soonest, 2), Error::<Test>::MaintenanceEmpty);
        assert_noop!(
            announce(soonest, soonest + MAINTENANCE + 1),
            Error::<Test>::MaintenanceTooLong
        );
        assert_ok!(announce(soonest, soonest + MAINTENANCE));
        // Neither before nor while it lasts is there another.
        for block in [1, soonest, soonest + MAINTENANCE - 1] {
            System::set_block_number(block);
            assert_noop!(announce(100, 101), Error::<Test>::MaintenancePending);
        }
        let over = soonest + MAINTENANCE;
        System::set_block_number(over);
        assert_noop!(end(), Error::<Test>::NoMaintenance);
        assert_noop!(
            announce(over + INTERVAL - 1, over + INTERVAL),
            Error::<Test>::MaintenanceTooOften
        );
        assert_ok!(announce(over + INTERVAL, over + INTERVAL + 1));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn maintenance_may_be_called_off_or_cut_short() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(announce(10, 16));
        assert_ok!(end());
        System::assert_last_event(Event::MaintenanceEnded { provider: 1 }.into());
        System::set_block_number(10);
        assert_ok!(Registry::offer(&1, &demand()));
        assert_ok!(announce(14, 20));
        System::set_block_number(16);
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Maintenance));
        assert_ok!(end());
        assert_ok!(Registry::offer(&1, &demand()));
        assert_noop!(end(), Error::<Test>::NoMaintenance);
        // What was begun is followed by the interval from its end.
        assert_noop!(
            announce(15 + INTERVAL, 16 + INTERVAL),
            Error::<Test>::MaintenanceTooOften
        );
        assert_ok!(announce(16 + INTERVAL, 17 + INTERVAL));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn whoever_left_announces_nothing() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_noop!(announce(10, 14), Error::<Test>::AlreadyLeaving);
    });
}
