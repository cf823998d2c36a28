//! What the treasury pays out, however many proposals approve of it.
//!
//! A limit per proposal alone would be worth little: many small spends drain a treasury as well as
//! a large one. So payments are counted as they are made, whatever was approved; a payment beyond
//! the month's part waits for the next month.

use crate::{
    pallet::{Config, Error, Paid, Pallet},
    tracks::days,
    Balance,
};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::traits::{
    tokens::{Pay, PaymentStatus},
    Currency, Get,
};
use pallet_referenda::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{BlockNumberProvider, Saturating},
    DispatchError, DispatchResult,
};

/// Days in a month.
pub(crate) const MONTH: (u32, u32) = (30, 1);

/// What was paid in the current month.
#[derive(Clone, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Month<BlockNumber> {
    /// When its first payment was made.
    pub since: BlockNumber,
    /// What may be paid in all.
    pub allowance: Balance,
    /// What was paid.
    pub paid: Balance,
}

impl<T: Config> Pallet<T> {
    /// Takes an amount out of the month's allowance.
    pub(crate) fn spend_budget(amount: Balance) -> DispatchResult {
        let now = <T as pallet_referenda::Config>::BlockNumberProvider::current_block_number();
        let month = Paid::<T>::get()
            .filter(|month: &Month<BlockNumberFor<T, ()>>| {
                now < month.since.saturating_add(days::<T>(MONTH))
            })
            .unwrap_or_else(|| Month {
                since: now,
                allowance: T::MonthlyShare::get().mul_floor(<T::NativeCurrency as Currency<
                    T::AccountId,
                >>::free_balance(
                    &T::TreasuryAccount::get()
                )),
                paid: 0,
            });
        let paid = month
            .paid
            .checked_add(amount)
            .filter(|paid| *paid <= month.allowance)
            .ok_or(Error::<T>::BudgetSpent)?;
        Paid::<T>::put(Month { paid, ..month });
        Ok(())
    }
}

/// Pays like `P`, within the month's allowance.
pub struct Budgeted<T, P>(PhantomData<(T, P)>);
impl<T: Config, P: Pay<Balance = Balance, Error = DispatchError>> Pay for Budgeted<T, P> {
    type Balance = Balance;
    type Beneficiary = P::Beneficiary;
    type AssetKind = P::AssetKind;
    type Id = P::Id;
    type Error = DispatchError;

    fn pay(
        who: &Self::Beneficiary,
        asset: Self::AssetKind,
        amount: Balance,
    ) -> Result<Self::Id, DispatchError> {
        frame_support::storage::with_storage_layer(|| {
            Pallet::<T>::spend_budget(amount)?;
            P::pay(who, asset, amount)
        })
    }

    fn check_payment(id: Self::Id) -> PaymentStatus {
        P::check_payment(id)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn ensure_successful(who: &Self::Beneficiary, asset: Self::AssetKind, amount: Balance) {
        P::ensure_successful(who, asset, amount);
        Paid::<T>::put(Month {
            since: <T as pallet_referenda::Config>::BlockNumberProvider::current_block_number(),
            allowance: Balance::MAX,
            paid: 0,
        });
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn ensure_concluded(id: Self::Id) {
        P::ensure_concluded(id);
    }
}
