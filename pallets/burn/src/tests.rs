//! The books agree with the currency.

use crate::{mock::*, pallet::*, Minted, ToBurn, WeightInfo};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::GetDispatchInfo,
    traits::{
        fungible::{Balanced, Inspect},
        tokens::{Fortitude, Precision, Preservation},
        Currency, ExistenceRequirement, OnUnbalanced, WithdrawReasons,
    },
};
use proptest::prelude::*;
use sp_runtime::TokenError;
use swarmwork_primitives::{
    BurnLedger, BurnSource, BurnTotals, MintLedger, MintSource, MintTotals,
};

fn withdraw(
    who: u64,
    amount: Balance,
) -> frame_support::traits::fungible::Credit<u64, pallet_balances::Pallet<Test>> {
    <Balances as Balanced<u64>>::withdraw(
        &who,
        amount,
        Precision::Exact,
        Preservation::Preserve,
        Fortitude::Polite,
    )
    .unwrap()
}

#[test]
fn burning_lowers_issuance_and_is_booked() {
    new_test_ext().execute_with(|| {
        let issued = <Balances as Inspect<u64>>::total_issuance();
        assert_ok!(Burn::burn(RuntimeOrigin::signed(1), 300));
        assert_eq!(<Balances as Inspect<u64>>::total_issuance(), issued - 300);
        assert_eq!(<Balances as Inspect<u64>>::balance(&1), ENDOWMENT - 300);
        assert_eq!(
            Burn::totals(),
            BurnTotals {
                voluntary: 300,
                ..Default::default()
            }
        );
        System::assert_last_event(
            Event::Burned {
                source: BurnSource::Voluntary,
                amount: 300,
            }
            .into(),
        );
        assert_ok!(Burn::do_try_state());
    });
}

#[test]
fn bad_amounts_are_refused_without_trace() {
    new_test_ext().execute_with(|| {
        assert_noop!(
            Burn::burn(RuntimeOrigin::signed(1), 0),
            Error::<Test>::ZeroAmount
        );
        assert_noop!(
            Burn::burn(RuntimeOrigin::signed(1), ENDOWMENT + 1),
            TokenError::FundsUnavailable
        );
        // The account must survive.
        assert_noop!(
            Burn::burn(RuntimeOrigin::signed(1), ENDOWMENT - 9),
            TokenError::FundsUnavailable
        );
        assert_noop!(
            Burn::burn(RuntimeOrigin::none(), 1),
            sp_runtime::DispatchError::BadOrigin
        );
    });
}

#[test]
fn each_source_has_its_own_book() {
    new_test_ext().execute_with(|| {
        let sources = [
            (BurnSource::JobFee, 1),
            (BurnSource::TransactionFee, 20),
            (BurnSource::Slash, 300),
            (BurnSource::Voluntary, 4_000),
        ];
        for (source, amount) in sources {
            <Burn as BurnLedger<_>>::burn(source, withdraw(1, amount));
        }
        assert_eq!(
            Burn::totals(),
            BurnTotals {
                job_fees: 1,
                transaction_fees: 20,
                slashes: 300,
                voluntary: 4_000,
            }
        );
        assert_eq!(Total::<Test>::get(), 4_321);
        assert_ok!(Burn::do_try_state());
    });
}

#[test]
fn nothing_burned_leaves_no_event() {
    new_test_ext().execute_with(|| {
        <Burn as BurnLedger<_>>::burn(BurnSource::Slash, withdraw(1, 0));
        assert!(System::events()
            .iter()
            .all(|record| !matches!(record.event, RuntimeEvent::Burn(_))));
        assert!(!BySource::<Test>::contains_key(BurnSource::Slash));
    });
}

#[test]
fn frame_imbalances_reach_the_ledger() {
    new_test_ext().execute_with(|| {
        // Dust of a closed account.
        assert_ok!(Balances::transfer_allow_death(
            RuntimeOrigin::signed(1),
            2,
            ENDOWMENT - 9
        ));
        assert_eq!(BySource::<Test>::get(BurnSource::Voluntary), 9);
        // The old currency trait's imbalance, as staking hands it out.
        let slashed = <Balances as Currency<u64>>::withdraw(
            &2,
            70,
            WithdrawReasons::all(),
            ExistenceRequirement::KeepAlive,
        )
        .unwrap();
        ToBurn::<Test, Slashed>::on_unbalanced(slashed);
        assert_eq!(BySource::<Test>::get(BurnSource::Slash), 70);
        assert_eq!(
            <Balances as Inspect<u64>>::total_issuance(),
            ACCOUNTS * ENDOWMENT - 79
        );
        assert_ok!(Burn::do_try_state());
    });
}

#[test]
fn try_state_finds_a_cooked_book() {
    new_test_ext().execute_with(|| {
        assert_ok!(Burn::burn(RuntimeOrigin::signed(1), 300));
        BySource::<Test>::insert(BurnSource::Slash, 1);
        assert!(Burn::do_try_state().is_err());
    });
}

#[test]
fn try_state_finds_tokens_that_left_around_the_ledger() {
    new_test_ext().execute_with(|| {
        assert_ok!(Burn::burn(RuntimeOrigin::signed(1), 300));
        assert_ok!(Burn::do_try_state());
        drop(withdraw(2, 1));
        assert!(Burn::do_try_state().is_err());
    });
}

/// Deposits into an account as staking does, with the mint on the books.
fn reward(who: u64, amount: Balance) {
    let debt =
        <Balances as Balanced<u64>>::deposit(&who, amount, Precision::Exact).expect("it exists");
    Minted::<Test, Staked>::on_unbalanced(debt);
}

#[test]
fn mints_are_booked_and_balance_the_issuance() {
    new_test_ext().execute_with(|| {
        reward(1, 500);
        let remainder = <Balances as Balanced<u64>>::issue(70);
        Minted::<Test, Remained, ToAccount>::on_unbalanced(remainder);
        let claimed = <Balances as Balanced<u64>>::issue(9);
        assert_ok!(<Balances as Balanced<u64>>::resolve(&3, claimed).map_err(|_| "resolve"));
        <Burn as MintLedger<_>>::minted(MintSource::SwarmWork, 9);
        assert_ok!(Burn::burn(RuntimeOrigin::signed(1), 300));
        let supply = Burn::supply();
        assert_eq!(
            supply.minted,
            MintTotals {
                staking: 500,
                staking_remainder: 70,
                swarm_work: 9,
            }
        );
        assert_eq!(supply.genesis, ACCOUNTS * ENDOWMENT);
        assert_eq!(supply.issuance, ACCOUNTS * ENDOWMENT + 579 - 300);
        assert_eq!(supply.burned, Burn::totals());
        assert_eq!(<Balances as Inspect<u64>>::balance(&2), ENDOWMENT + 70);
        System::assert_has_event(
            Event::Minted {
                source: MintSource::Staking,
                amount: 500,
            }
            .into(),
        );
        assert_ok!(Burn::do_try_state());
    });
}

/// Where the remainder goes in the test above.
struct ToAccount;
impl OnUnbalanced<frame_support::traits::fungible::Credit<u64, Balances>> for ToAccount {
    fn on_nonzero_unbalanced(credit: frame_support::traits::fungible::Credit<u64, Balances>) {
        assert!(<Balances as Balanced<u64>>::resolve(&2, credit).is_ok());
    }
}

#[test]
fn nothing_minted_leaves_no_event() {
    new_test_ext().execute_with(|| {
        System::reset_events();
        <Burn as MintLedger<_>>::minted(MintSource::SwarmWork, 0);
        assert!(System::events().is_empty());
        assert!(!MintedBySource::<Test>::contains_key(MintSource::SwarmWork));
    });
}

#[test]
fn try_state_finds_tokens_that_came_around_the_ledger() {
    new_test_ext().execute_with(|| {
        assert_ok!(
            <Balances as Balanced<u64>>::resolve(&1, <Balances as Balanced<u64>>::issue(1))
                .map_err(|_| "resolve")
        );
        assert!(Burn::do_try_state().is_err());
    });
}

#[test]
fn try_state_finds_mints_that_never_were() {
    new_test_ext().execute_with(|| {
        MintedBySource::<Test>::insert(MintSource::Staking, 1);
        assert!(Burn::do_try_state().is_err());
        TotalMinted::<Test>::put(1);
        assert!(Burn::do_try_state().is_err());
    });
}

#[test]
fn the_call_is_charged_its_own_weight() {
    assert_eq!(
        Call::<Test>::burn { amount: 1 }
            .get_dispatch_info()
            .call_weight,
        <() as WeightInfo>::burn()
    );
}

proptest! {
    #[test]
    fn issuance_is_what_the_books_say(
        steps in prop::collection::vec((1..=ACCOUNTS, 0u8..6, 0..400_000u64), 1..40),
    ) {
        new_test_ext().execute_with(|| {
            let issued = <Balances as Inspect<u64>>::total_issuance();
            let mut minted = 0;
            for (who, kind, amount) in steps {
                let source = match kind {
                    0 => BurnSource::JobFee,
                    1 => BurnSource::TransactionFee,
                    2 => BurnSource::Slash,
                    3 => BurnSource::Voluntary,
                    4 => {
                        reward(who, amount);
                        minted += amount;
                        Burn::do_try_state().unwrap();
                        continue;
                    }
                    _ => {
                        // May fail for want of funds: then it must leave no trace.
                        let _ = Burn::burn(RuntimeOrigin::signed(who), amount);
                        Burn::do_try_state().unwrap();
                        continue;
                    }
                };
                let available = <Balances as Inspect<u64>>::reducible_balance(
                    &who, Preservation::Preserve, Fortitude::Polite,
                );
                <Burn as BurnLedger<_>>::burn(source, withdraw(who, amount.min(available)));
                Burn::do_try_state().unwrap();
                let totals = Burn::totals();
                let booked = totals.job_fees
                    + totals.transaction_fees
                    + totals.slashes
                    + totals.voluntary;
                assert_eq!(<Balances as Inspect<u64>>::total_issuance(), issued + minted - booked);
            }
        });
    }
}
