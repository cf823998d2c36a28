//! What is slashed, where it goes, and what becomes of the provider.

use super::{demand, held, register};
use crate::{mock::*, Error, Event, Providers};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Inspect, Hooks},
};
use sp_runtime::{DispatchError, DispatchResult, Permill};
use swarmwork_primitives::{Providers as _, Rejection, SlashReason};

fn slash(who: u64, amount: Balance) -> DispatchResult {
    Registry::slash_provider(RuntimeOrigin::root(), who, amount)
}

#[test]
fn a_slash_is_burned_by_half_and_the_treasurys_by_half() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 2 * MINIMUM_BOND));
        let issued = <Balances as Inspect<u64>>::total_issuance();
        let burned = Burned::get();
        assert_ok!(slash(1, 501));
        // The odd unit is burned.
        assert_eq!(Burned::get() - burned, 251);
        assert_eq!(issued - <Balances as Inspect<u64>>::total_issuance(), 251);
        assert_eq!(
            <Balances as Inspect<u64>>::balance(&TREASURY),
            ENDOWMENT + 250
        );
        assert_eq!(held(1), 2 * MINIMUM_BOND - 501);
        assert_eq!(Providers::<Test>::get(1).unwrap().bond, held(1));
        System::assert_last_event(
            Event::ProviderSlashed {
                provider: 1,
                reason: SlashReason::Governance,
                amount: 501,
                burned: 251,
                bond: 2 * MINIMUM_BOND - 501,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn what_running_jobs_have_reserved_is_not_slashed() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::reserve(&1, 400));
        let slashed = Registry::slash(&1, Balance::MAX, SlashReason::Governance);
        assert_eq!(slashed, MINIMUM_BOND - 400);
        assert_eq!(held(1), 400);
        assert_ok!(Registry::do_try_state());
        assert_noop!(slash(1, 1), Error::<Test>::NothingToSlash);
        // Released, it can be.
        assert_ok!(Registry::release(&1, 400));
        assert_ok!(slash(1, 1_000));
        assert_eq!(held(1), 0);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn who_has_too_little_left_takes_no_jobs_until_it_adds_to_its_bond() {
    new_test_ext().execute_with(|| {
        for who in 1..=3 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        assert_ok!(slash(1, 1));
        assert_eq!(Registry::active_count(), 2);
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Unavailable));
        System::assert_last_event(
            Event::AvailabilityChanged {
                provider: 1,
                available: false,
            }
            .into(),
        );
        let set = |available| Registry::set_available(RuntimeOrigin::signed(1), available);
        assert_noop!(set(true), Error::<Test>::BondTooSmall);
        assert_ok!(set(false));
        assert_ok!(Registry::bond_extra(RuntimeOrigin::signed(1), 1));
        assert_ok!(set(true));
        assert_eq!(Registry::active_count(), 3);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_provider_that_leaves_is_slashed_until_it_has_its_bond() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_ok!(slash(1, MINIMUM_BOND));
        assert_ok!(Registry::do_try_state());
        System::set_block_number(1 + UNBONDING);
        assert_ok!(Registry::withdraw_bond(RuntimeOrigin::signed(1)));
        assert_eq!(
            <Balances as Inspect<u64>>::balance(&1),
            ENDOWMENT - MINIMUM_BOND
        );
        assert_noop!(slash(1, 1), Error::<Test>::NotRegistered);
        assert_eq!(Registry::slash(&1, 1, SlashReason::Governance), 0);
    });
}

#[test]
fn only_the_privileged_origin_slashes_and_something() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            assert_noop!(
                Registry::slash_provider(origin, 1, 1),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(slash(1, 0), Error::<Test>::ZeroAmount);
        assert_noop!(slash(2, 1), Error::<Test>::NotRegistered);
    });
}

#[test]
#[should_panic(expected = "at least half of a slash")]
fn burning_less_than_half_of_a_slash_is_refused() {
    SlashBurned::set(Permill::from_percent(49));
    Registry::integrity_test();
}

#[test]
fn an_informer_gets_its_share_of_what_is_not_burned() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 2 * MINIMUM_BOND));
        assert_ok!(register(2, MINIMUM_BOND));
        let balance = |who: &u64| <Balances as Inspect<u64>>::balance(who);
        let before = (balance(&2), balance(&TREASURY), Burned::get());
        let share = Permill::from_percent(50);
        let outcome = Registry::slash_informed(&1, 501, SlashReason::Forgery, &2, share);
        // 251 are burned; the odd unit of the rest is the treasury's.
        assert_eq!(outcome, (501, 125));
        assert_eq!(balance(&2) - before.0, 125);
        assert_eq!(balance(&TREASURY) - before.1, 125);
        assert_eq!(Burned::get() - before.2, 251);
        // Who cannot receive it leaves it to the treasury.
        ExistentialDeposit::set(1_000);
        let issued = <Balances as Inspect<u64>>::total_issuance();
        let outcome = Registry::slash_informed(&1, 100, SlashReason::Forgery, &99, share);
        assert_eq!(outcome, (100, 0));
        assert_eq!(balance(&99), 0);
        assert_eq!(balance(&TREASURY) - before.1, 125 + 50);
        assert_eq!(issued - <Balances as Inspect<u64>>::total_issuance(), 50);
        assert_ok!(Registry::do_try_state());
    });
}
