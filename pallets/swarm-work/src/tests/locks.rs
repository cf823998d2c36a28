//! Lock-ups.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use swarmwork_primitives::LockTerm;

fn unlock(who: u64) -> sp_runtime::DispatchResult {
    Work::unlock(RuntimeOrigin::signed(who))
}

fn held(who: u64) -> Balance {
    Balances::balance_on_hold(&HoldReason::LockUp.into(), &who)
}

#[test]
fn what_is_locked_up_is_held_for_its_term() {
    test(|| {
        assert_noop!(lock(1, 999, LockTerm::Half), Error::<Test>::LockTooSmall);
        assert_noop!(unlock(1), Error::<Test>::NothingLocked);
        assert_ok!(lock(1, 1_000, LockTerm::Half));
        assert_eq!(held(1), 1_000);
        let until = System::block_number() + HALF_YEAR;
        System::set_block_number(until - 1);
        assert_noop!(unlock(1), Error::<Test>::StillLocked);
        System::set_block_number(until);
        assert_ok!(unlock(1));
        assert_eq!(held(1), 0);
        assert_noop!(unlock(1), Error::<Test>::NothingLocked);
    });
}

#[test]
fn a_lock_up_never_shrinks() {
    test(|| {
        assert_ok!(lock(1, 2_000, LockTerm::Full));
        assert_noop!(lock(1, 1_999, LockTerm::Full), Error::<Test>::LockShrinks);
        assert_noop!(lock(1, 3_000, LockTerm::Half), Error::<Test>::LockShrinks);
        System::set_block_number(10);
        assert_ok!(lock(1, 3_000, LockTerm::Full));
        assert_eq!(held(1), 3_000);
        assert_eq!(Locks::<Test>::get(1).unwrap().until, 10 + 2 * HALF_YEAR);
    });
}

#[test]
fn more_than_there_is_cannot_be_locked_up() {
    test(|| {
        assert!(lock(1, FUNDS + 1, LockTerm::Half).is_err());
        assert!(Locks::<Test>::get(1).is_none());
    });
}
