//! What a provider loses of its bond, and where it goes.

use crate::{BalanceOf, Config, CreditOf, Event, HoldReason, Pallet, Providers};
use frame_support::traits::{
    fungible::{Balanced, BalancedHold},
    tokens::imbalance::OnUnbalanced,
    DefensiveSaturating, Get, Imbalance,
};
use sp_runtime::{traits::Zero, Permill};
use swarmwork_primitives::{BurnLedger, BurnSource, SlashReason};

impl<T: Config> Pallet<T> {
    /// Slashes what is free of a bond, at most `amount`; how much that was.
    pub(crate) fn do_slash(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
    ) -> BalanceOf<T> {
        let (slashed, _) = Self::slash_and_reward(who, amount, reason, None);
        slashed
    }

    /// As [`Self::do_slash`]; an informer gets its share of what is not burned, if it can receive
    /// that, and how much that was is the second figure.
    pub(crate) fn slash_and_reward(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        informer: Option<(&T::AccountId, Permill)>,
    ) -> (BalanceOf<T>, BalanceOf<T>) {
        let Some(mut record) = Providers::<T>::get(who) else {
            return (Zero::zero(), Zero::zero());
        };
        // What is reserved never exceeds the bond, nor what is slashed the free part of it.
        let free = record.bond.defensive_saturating_sub(record.reserved);
        let (credit, _) = T::Currency::slash(&HoldReason::Bond.into(), who, amount.min(free));
        let slashed = credit.peek();
        if slashed.is_zero() {
            return (slashed, Zero::zero());
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
        let (reward, rest) = Self::reward(rest, informer);
        T::SlashDestination::on_unbalanced(rest);
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
        (slashed, reward)
    }

    /// Pays an informer; how much that was, and what is left.
    fn reward(
        rest: CreditOf<T>,
        informer: Option<(&T::AccountId, Permill)>,
    ) -> (BalanceOf<T>, CreditOf<T>) {
        let Some((informer, share)) = informer else {
            return (Zero::zero(), rest);
        };
        let reward = share.mul_floor(rest.peek());
        let (credit, rest) = rest.split(reward);
        match T::Currency::resolve(informer, credit) {
            Ok(()) => (reward, rest),
            // Below the existential deposit of an account that does not exist.
            Err(credit) => (Zero::zero(), rest.merge(credit)),
        }
    }
}
