//! What is asked of a provider, which rises with its offences.

use crate::{BalanceOf, Config, Pallet, ProviderOf, Strikes};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Bounded, CheckedAdd, CheckedMul};

impl<T: Config> Pallet<T> {
    /// How many strikes count now.
    pub(crate) fn strikes(strikes: Strikes<BlockNumberFor<T>>) -> u32 {
        strikes.count(Self::now(), T::StrikePeriod::get())
    }

    /// An amount raised by strikes; `None` if no balance can hold it.
    pub(crate) fn raised(amount: BalanceOf<T>, strikes: u32) -> Option<BalanceOf<T>> {
        let step = T::CollateralRise::get().mul_ceil(amount);
        amount.checked_add(&step.checked_mul(&strikes.into())?)
    }

    /// The least bond with which a provider takes jobs now.
    pub(crate) fn least_bond(record: &ProviderOf<T>) -> BalanceOf<T> {
        Self::least_bond_after(record.strikes)
    }

    /// The least bond of somebody with these strikes.
    pub(crate) fn least_bond_after(strikes: Strikes<BlockNumberFor<T>>) -> BalanceOf<T> {
        Self::raised(T::MinimumBond::get(), Self::strikes(strikes))
            .unwrap_or_else(Bounded::max_value)
    }

    /// Jobs that a provider may work on at a time.
    pub(crate) fn capacity(record: &ProviderOf<T>) -> u32 {
        // Nobody lets more than it has.
        record
            .slots
            .saturating_sub(record.lent)
            .saturating_add(record.leased)
    }
}
