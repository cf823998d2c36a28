//! Parts of a bond that wait to be withdrawn.

use super::{demand, held, register};
use crate::{mock::*, Error, Event, Providers, Tier, Unbonding};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::DispatchResult;
use swarmwork_primitives::{Providers as _, Rejection};

pub(super) fn unbond(who: u64, amount: Balance) -> DispatchResult {
    Registry::unbond(RuntimeOrigin::signed(who), amount)
}

pub(super) fn rebond(who: u64, amount: Balance) -> DispatchResult {
    Registry::rebond(RuntimeOrigin::signed(who), amount)
}

pub(super) fn withdraw(who: u64) -> DispatchResult {
    Registry::withdraw_bond(RuntimeOrigin::signed(who))
}

pub(super) fn free(who: u64) -> Balance {
    <Balances as Inspect<u64>>::balance(&who)
}

fn bond(who: u64) -> Balance {
    Providers::<Test>::get(who).unwrap().bond
}

fn queue(who: u64) -> Vec<(Balance, u64)> {
    Registry::details(&who).unwrap().unbonding
}

#[test]
fn what_is_unbonded_waits_for_the_whole_lock() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3_000));
        assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
        assert_ok!(unbond(1, 500));
        System::assert_last_event(
            Event::BondUnbonding {
                provider: 1,
                amount: 500,
                withdrawable: 1 + UNBONDING,
                bond: 2_500,
            }
            .into(),
        );
        assert_eq!((bond(1), held(1)), (2_500, 3_000));
        assert_eq!(queue(1), [(500, 1 + UNBONDING)]);
        System::set_block_number(UNBONDING);
        assert_noop!(withdraw(1), Error::<Test>::StillUnbonding);
        System::set_block_number(1 + UNBONDING);
        assert_ok!(withdraw(1));
        System::assert_last_event(
            Event::BondWithdrawn {
                provider: 1,
                amount: 500,
            }
            .into(),
        );
        assert_eq!((held(1), free(1)), (2_500, ENDOWMENT - 2_500));
        assert!(!Unbonding::<Test>::contains_key(1));
        assert!(Providers::<Test>::contains_key(1));
        assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn the_least_bond_and_what_is_reserved_stay() {
    new_test_ext().execute_with(|| {
        assert_noop!(unbond(1, 1), Error::<Test>::NotRegistered);
        assert_ok!(register(1, 3_000));
        assert_noop!(unbond(1, 0), Error::<Test>::ZeroAmount);
        for amount in [2_001, 3_001, Balance::MAX] {
            assert_noop!(unbond(1, amount), Error::<Test>::BondTooSmall);
        }
        assert_ok!(Registry::reserve(&1, 1_500));
        assert_noop!(unbond(1, 1_501), Error::<Test>::FreeBondTooSmall);
        assert_ok!(unbond(1, 1_500));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn after_an_offence_more_stays() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3_001));
        assert_ok!(Registry::slash_provider(RuntimeOrigin::root(), 1, 1));
        assert_noop!(unbond(1, 1_501), Error::<Test>::BondTooSmall);
        assert_ok!(unbond(1, 1_500));
    });
}

#[test]
fn what_waits_is_no_bond() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10 * MINIMUM_BOND));
        assert_eq!(Registry::tier(&1), Some(Tier::Validator));
        assert_ok!(unbond(1, 9_000));
        assert_eq!(Registry::tier(&1), Some(Tier::Entry));
        assert_noop!(
            Registry::reserve(&1, 1_001),
            Error::<Test>::FreeBondTooSmall
        );
        assert_ok!(Registry::reserve(&1, 1_000));
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::BondTooSmall));
        // Taken back, it is.
        assert_ok!(rebond(1, 9_000));
        assert_ok!(Registry::offer(&1, &demand()));
        assert_eq!(Registry::tier(&1), Some(Tier::Validator));
    });
}

#[test]
fn the_queue_is_bounded_and_one_block_takes_one_place() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10_000));
        for block in 1..=u64::from(QUEUE) {
            System::set_block_number(block);
            assert_ok!(unbond(1, 10));
            assert_ok!(unbond(1, 5));
        }
        assert_eq!(
            queue(1),
            [
                (15, 1 + UNBONDING),
                (15, 2 + UNBONDING),
                (15, 3 + UNBONDING)
            ]
        );
        System::set_block_number(4);
        assert_noop!(unbond(1, 1), Error::<Test>::TooManyUnbonding);
        // What is due makes room.
        System::set_block_number(2 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_eq!(queue(1), [(15, 3 + UNBONDING)]);
        assert_eq!(held(1), 10_000 - 30);
        assert_ok!(unbond(1, 1));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn the_latest_is_taken_back_first_and_waits_anew() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10_000));
        assert_noop!(rebond(1, 1), Error::<Test>::NotUnbonding);
        assert_ok!(unbond(1, 100));
        System::set_block_number(5);
        assert_ok!(unbond(1, 50));
        assert_noop!(rebond(1, 0), Error::<Test>::ZeroAmount);
        assert_noop!(rebond(1, 151), Error::<Test>::NotUnbonding);
        assert_ok!(rebond(1, 70));
        assert_eq!(queue(1), [(80, 1 + UNBONDING)]);
        assert_eq!(bond(1), 9_920);
        assert_ok!(rebond(1, 80));
        assert!(!Unbonding::<Test>::contains_key(1));
        System::set_block_number(5 + 2 * UNBONDING);
        assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
        assert_eq!(held(1), 10_000);
    });
}

#[test]
fn whoever_leaves_gets_what_is_due_and_then_the_rest() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3_000));
        assert_ok!(unbond(1, 500));
        System::set_block_number(4);
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_noop!(unbond(1, 1), Error::<Test>::AlreadyLeaving);
        assert_noop!(rebond(1, 1), Error::<Test>::AlreadyLeaving);
        System::set_block_number(1 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_eq!(held(1), 2_500);
        assert_noop!(withdraw(1), Error::<Test>::StillUnbonding);
        assert_ok!(Registry::do_try_state());
        System::set_block_number(4 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_eq!((held(1), free(1)), (0, ENDOWMENT));
        assert!(!Providers::<Test>::contains_key(1));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn whoever_leaves_may_also_take_all_at_once() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3_000));
        assert_ok!(unbond(1, 500));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        System::set_block_number(1 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_eq!((held(1), free(1)), (0, ENDOWMENT));
        assert!(!Unbonding::<Test>::contains_key(1));
        assert_ok!(Registry::do_try_state());
    });
}
