//! What is slashed, where it goes, and what becomes of the provider.

use super::{demand, evidence::job, held, register};
use crate::{mock::*, Error, Event, Providers};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Inspect, Hooks},
};
use sp_runtime::{DispatchError, DispatchResult, Perbill, Permill};
use swarmwork_primitives::{Penalty, Providers as _, Rejection, SlashReason};

fn slash(who: u64, amount: Balance) -> DispatchResult {
    Registry::slash_provider(RuntimeOrigin::root(), who, amount)
}

#[test]
fn a_slash_is_burned_by_half_and_the_treasurys_by_half() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3 * MINIMUM_BOND));
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
        assert_eq!(held(1), 3 * MINIMUM_BOND - 501);
        assert_eq!(Providers::<Test>::get(1).unwrap().bond, held(1));
        System::assert_last_event(
            Event::ProviderSlashed {
                provider: 1,
                reason: SlashReason::Governance,
                job: None,
                amount: 501,
                burned: 251,
                owed: 0,
                bond: 3 * MINIMUM_BOND - 501,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn others_are_told_of_a_slash_and_of_nothing_else() {
    new_test_ext().execute_with(|| {
        Slashed::take();
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(register(2, MINIMUM_BOND));
        assert!(slash(3, 1).is_err());
        assert!(Slashed::get().is_empty());
        assert_ok!(slash(2, 1));
        assert_eq!(Slashed::get(), vec![2]);
    });
}

/// They are told at the offence, once, though running jobs keep what it costs for now.
#[test]
fn others_are_told_of_what_is_only_owed_and_not_again_when_it_is_taken() {
    new_test_ext().execute_with(|| {
        Slashed::take();
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::reserve(&1, MINIMUM_BOND));
        assert_ok!(slash(1, 100));
        assert_eq!(held(1), MINIMUM_BOND);
        assert_eq!(Slashed::get(), vec![1]);
        assert_ok!(Registry::release(&1, MINIMUM_BOND));
        assert_eq!(held(1), MINIMUM_BOND - 100);
        assert_eq!(Slashed::get(), vec![1]);
    });
}

#[test]
fn what_running_jobs_have_reserved_is_owed_until_they_release_it() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::reserve(&1, 400));
        assert_ok!(Registry::reserve(&1, 100));
        let slashed = Registry::slash(&1, MINIMUM_BOND - 50, SlashReason::Unproven, job(7));
        assert_eq!(slashed, MINIMUM_BOND - 500);
        assert_eq!(held(1), 500);
        assert_eq!(Providers::<Test>::get(1).unwrap().owed, 450);
        assert_ok!(Registry::do_try_state());
        // The rest of what is reserved can be owed too, and no more.
        assert_ok!(slash(1, 1_000));
        assert_eq!(Providers::<Test>::get(1).unwrap().owed, 500);
        assert_noop!(slash(1, 1), Error::<Test>::NothingToSlash);
        assert_ok!(Registry::release(&1, 100));
        System::assert_last_event(
            Event::OwedTaken {
                provider: 1,
                amount: 100,
                burned: 50,
                bond: 400,
            }
            .into(),
        );
        assert_eq!(held(1), 400);
        assert_ok!(Registry::do_try_state());
        assert_ok!(Registry::release(&1, 400));
        assert_eq!((held(1), Providers::<Test>::get(1).unwrap().owed), (0, 0));
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
        // After an offence it takes half as much again.
        assert_ok!(Registry::bond_extra(RuntimeOrigin::signed(1), 500));
        assert_noop!(set(true), Error::<Test>::BondTooSmall);
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
        assert_eq!(Registry::slash(&1, 1, SlashReason::Unproven, job(7)), 0);
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
fn each_offence_raises_what_is_asked_and_time_lowers_it() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10 * MINIMUM_BOND));
        let asked = || {
            let details = Registry::details(&1).unwrap();
            let collateral = Registry::offer(&1, &demand()).unwrap().collateral;
            (details.strikes, details.least_bond, collateral)
        };
        assert_eq!(asked(), (0, 1_000, 220));
        assert_ok!(slash(1, 1));
        assert_eq!(asked(), (1, 1_500, 330));
        assert_ok!(slash(1, 1));
        assert_eq!(asked(), (2, 2_000, 440));
        // No more than the most that count.
        for _ in 0..2 {
            assert_ok!(slash(1, 1));
        }
        assert_eq!(asked(), (3, 2_500, 550));
        System::set_block_number(STRIKE);
        assert_eq!(asked().0, 3);
        System::set_block_number(1 + STRIKE);
        assert_eq!(asked(), (2, 2_000, 440));
        // Another one starts from what is left.
        assert_ok!(slash(1, 1));
        assert_eq!(asked().0, 3);
        System::set_block_number(1 + 4 * STRIKE);
        assert_eq!(asked(), (0, 1_000, 220));
    });
}

#[test]
fn the_last_slashes_can_be_read() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10 * MINIMUM_BOND));
        for amount in 1..=4 {
            System::set_block_number(amount as u64);
            assert_ok!(slash(1, amount));
        }
        let slashes = Registry::details(&1).unwrap().slashes;
        let seen: Vec<_> = slashes.iter().map(|each| (each.at, each.amount)).collect();
        assert_eq!(seen, [(2, 2), (3, 3), (4, 4)]);
        assert!(slashes
            .iter()
            .all(|each| each.reason == SlashReason::Governance && each.job.is_none()));
    });
}

#[test]
fn what_the_market_slashes_names_its_job() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3 * MINIMUM_BOND));
        assert_eq!(Registry::slash(&1, 10, SlashReason::Unproven, job(7)), 10);
        System::assert_last_event(
            Event::ProviderSlashed {
                provider: 1,
                reason: SlashReason::Unproven,
                job: Some(job(7)),
                amount: 10,
                burned: 5,
                owed: 0,
                bond: 3 * MINIMUM_BOND - 10,
            }
            .into(),
        );
        let share = Permill::from_percent(50);
        let informed = Registry::slash_informed(&1, 10, SlashReason::Forgery, job(8), &2, share);
        assert_eq!(informed.0, 10);
        let slashes = Registry::details(&1).unwrap().slashes;
        let jobs: Vec<_> = slashes.iter().map(|each| each.job).collect();
        assert_eq!(jobs, [Some(job(7)), Some(job(8))]);
    });
}

#[test]
fn the_privileged_origin_says_what_an_offence_costs() {
    new_test_ext().execute_with(|| {
        let penalty = Penalty {
            stake: Perbill::from_percent(33),
            price: Perbill::zero(),
            strikes: STRIKES as u8,
            capped: false,
        };
        let set =
            |origin, penalty| Registry::set_penalty(origin, SlashReason::Equivocation, penalty);
        assert_noop!(
            set(RuntimeOrigin::signed(1), penalty),
            DispatchError::BadOrigin
        );
        let more = Penalty {
            strikes: STRIKES as u8 + 1,
            ..penalty
        };
        assert_noop!(
            set(RuntimeOrigin::root(), more),
            Error::<Test>::TooManyStrikes
        );
        assert_ne!(Registry::penalty(SlashReason::Equivocation), penalty);
        assert_ok!(set(RuntimeOrigin::root(), penalty));
        assert_eq!(Registry::penalty(SlashReason::Equivocation), penalty);
        assert_ne!(Registry::penalty(SlashReason::Forgery), penalty);
    });
}

/// A stolen worker key can have bids lost, by proofs that do not hold.
#[test]
fn what_the_market_slashes_stays_within_the_day_where_the_offence_is_capped() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 5 * MINIMUM_BOND));
        let lose = |amount| Registry::slash(&1, amount, SlashReason::Withdrawn, job(7));
        assert_eq!(lose(MINIMUM_BOND), MINIMUM_BOND);
        let penalty = Penalty {
            capped: true,
            ..Registry::penalty(SlashReason::Withdrawn)
        };
        assert_ok!(Registry::set_penalty(
            RuntimeOrigin::root(),
            SlashReason::Withdrawn,
            penalty
        ));
        // A tenth of what is left.
        let cap = 4 * MINIMUM_BOND / 10;
        assert_eq!(lose(cap - 1), cap - 1);
        let share = Permill::from_percent(50);
        let informed = Registry::slash_informed(&1, 100, SlashReason::Withdrawn, job(7), &2, share);
        assert_eq!(informed.0, 1);
        assert_eq!(lose(100), 0);
        // Other offences are not its concern.
        assert_eq!(Registry::slash(&1, 100, SlashReason::Unproven, job(7)), 100);
        System::set_block_number(System::block_number() + SLASH_DAY);
        assert_eq!(lose(100), 100);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
#[should_panic(expected = "more strikes than count")]
fn a_table_of_more_strikes_than_count_is_refused() {
    MaxStrikes::set(0);
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
        let outcome = Registry::slash_informed(&1, 501, SlashReason::Unproven, job(7), &2, share);
        // 251 are burned; the odd unit of the rest is the treasury's.
        assert_eq!(outcome, (501, 125));
        assert_eq!(balance(&2) - before.0, 125);
        assert_eq!(balance(&TREASURY) - before.1, 125);
        assert_eq!(Burned::get() - before.2, 251);
        // Who cannot receive it leaves it to the treasury.
        ExistentialDeposit::set(1_000);
        let issued = <Balances as Inspect<u64>>::total_issuance();
        let outcome = Registry::slash_informed(&1, 100, SlashReason::Unproven, job(8), &99, share);
        assert_eq!(outcome, (100, 0));
        assert_eq!(balance(&99), 0);
        assert_eq!(balance(&TREASURY) - before.1, 125 + 50);
        assert_eq!(issued - <Balances as Inspect<u64>>::total_issuance(), 50);
        assert_ok!(Registry::do_try_state());
    });
}
