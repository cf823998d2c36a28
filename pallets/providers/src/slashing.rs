//! What a provider loses of its bond, and where it goes.

use crate::{BalanceOf, Config, Event, HoldReason, Pallet, Providers};
use frame_support::traits::{
    fungible::BalancedHold, tokens::imbalance::OnUnbalanced, DefensiveSaturating, Get, Imbalance,
};
use sp_runtime::traits::Zero;
use swarmwork_primitives::{BurnLedger, BurnSource, OnSlashed, SlashReason};

impl<T: Config> Pallet<T> {
    /// Slashes what is free of a bond, at most `amount`; how much that was.
    pub(crate) fn do_slash(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
    ) -> BalanceOf<T> {
        let Some(mut record) = Providers::<T>::get(who) else {
            return Zero::zero();
        };
        // What is reserved never exceeds the bond, nor what is slashed the free part of it.
        let free = record.bond.defensive_saturating_sub(record.reserved);
        let (credit, _) = T::Currency::slash(&HoldReason::Bond.into(), who, amount.min(free));
        let slashed = credit.peek();
        if slashed.is_zero() {
            return slashed;
        }
        record.bond = record.bond.defensive_saturating_sub(slashed);
        let bond = record.bond;
        let stops = match record.active {
            Some(index) if bond < T::MinimumBond::get() => {
                Self::remove_active(index);
                record.active = None;
                true
            }
            _ => false,
        };
        Providers::<T>::insert(who, record);
        let burned = T::SlashBurned::get().mul_ceil(slashed);
        let (to_burn, rest) = credit.split(burned);
        T::BurnLedger::burn(BurnSource::Slash, to_burn);
        T::SlashDestination::on_unbalanced(rest);
        T::OnSlashed::slashed(who);
        Self::deposit_event(Event::ProviderSlashed {
            provider: who.clone(),
            reason,
            amount: slashed,
            burned,
            bond,
        });
        if stops {
            Self::deposit_event(Event::AvailabilityChanged {
                provider: who.clone(),
                available: false,
            });
        }
        slashed
    }
}
