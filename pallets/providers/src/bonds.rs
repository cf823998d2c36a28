//! Bonds, and the queue in which parts of them wait to be withdrawn.
//!
//! What waits is no bond any more: it covers no job and counts for no tier. But it is still at
//! stake, for as long as evidence of an offence may turn up.

use crate::{
    BalanceOf, Chunk, Config, Error, Event, HoldReason, Pallet, ProviderOf, Providers, Unbonding,
};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, DefensiveSaturating, Get},
};
use sp_runtime::{
    traits::{CheckedAdd, CheckedSub, Saturating, Zero},
    ArithmeticError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    /// All that a provider can lose: its bond and what is unbonding. Both are held, so the sum is in
    /// the currency's range.
    pub(crate) fn stake(who: &T::AccountId, record: &ProviderOf<T>) -> BalanceOf<T> {
        Unbonding::<T>::get(who)
            .iter()
            .fold(record.bond, |sum, chunk| {
                sum.defensive_saturating_add(chunk.amount)
            })
    }

    /// See [`crate::Call::bond_extra`].
    pub(crate) fn do_bond_extra(provider: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
        let bond = Self::try_mutate_staying(&provider, |record| {
            record.bond = record
                .bond
                .checked_add(&amount)
                .ok_or(ArithmeticError::Overflow)?;
            T::Currency::hold(&HoldReason::Bond.into(), &provider, amount)?;
            Self::collect(&provider, record);
            Ok(record.bond)
        })?;
        Self::deposit_event(Event::BondIncreased {
            provider,
            bond,
            tier: Self::tier_of(bond),
        });
        Ok(())
    }

    /// See [`crate::Call::unbond`].
    pub(crate) fn do_unbond(provider: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
        // A block that no chain reaches is no earlier than what it stands for.
        let withdrawable = Self::now().saturating_add(T::UnbondingPeriod::get());
        let bond = Self::try_mutate_staying(&provider, |record| {
            let left = record
                .bond
                .checked_sub(&amount)
                .ok_or(Error::<T>::BondTooSmall)?;
            ensure!(left >= Self::least_bond(record), Error::<T>::BondTooSmall);
            ensure!(left >= record.reserved, Error::<T>::FreeBondTooSmall);
            record.bond = left;
            Self::enqueue(&provider, amount, withdrawable)?;
            Ok(left)
        })?;
        Self::deposit_event(Event::BondUnbonding {
            provider,
            amount,
            withdrawable,
            bond,
        });
        Ok(())
    }

    /// Appends to the queue; what is unbonded in one block waits together.
    fn enqueue(
        provider: &T::AccountId,
        amount: BalanceOf<T>,
        at: frame_system::pallet_prelude::BlockNumberFor<T>,
    ) -> DispatchResult {
        let mut chunks = Unbonding::<T>::get(provider);
        match chunks.last_mut() {
            Some(last) if last.at == at => {
                last.amount = last
                    .amount
                    .checked_add(&amount)
                    .ok_or(ArithmeticError::Overflow)?;
            }
            _ => chunks
                .try_push(Chunk { amount, at })
                .map_err(|_| Error::<T>::TooManyUnbonding)?,
        }
        Unbonding::<T>::insert(provider, chunks);
        Ok(())
    }

    /// See [`crate::Call::rebond`].
    pub(crate) fn do_rebond(provider: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
        let bond = Self::try_mutate_staying(&provider, |record| {
            let missing = Self::dequeue_latest(&provider, amount);
            ensure!(missing.is_zero(), Error::<T>::NotUnbonding);
            record.bond = record
                .bond
                .checked_add(&amount)
                .ok_or(ArithmeticError::Overflow)?;
            Self::collect(&provider, record);
            Ok(record.bond)
        })?;
        Self::deposit_event(Event::BondIncreased {
            provider,
            bond,
            tier: Self::tier_of(bond),
        });
        Ok(())
    }

    /// Takes so much out of the queue, the latest first, or all there is; what is missing.
    pub(crate) fn dequeue_latest(provider: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        let mut missing = amount;
        let mut chunks = Unbonding::<T>::get(provider);
        while !missing.is_zero() {
            let Some(last) = chunks.last_mut() else {
                break;
            };
            let part = missing.min(last.amount);
            missing = missing.defensive_saturating_sub(part);
            last.amount = last.amount.defensive_saturating_sub(part);
            if last.amount.is_zero() {
                chunks.pop();
            }
        }
        if chunks.is_empty() {
            Unbonding::<T>::remove(provider);
        } else {
            Unbonding::<T>::insert(provider, chunks);
        }
        missing
    }

    /// See [`crate::Call::withdraw_bond`].
    pub(crate) fn do_withdraw(provider: T::AccountId) -> DispatchResult {
        let record = Providers::<T>::get(&provider).ok_or(Error::<T>::NotRegistered)?;
        let now = Self::now();
        // Whatever waits was unbonded before the provider left.
        if record.leaving.is_some_and(|at| at <= now) {
            return Self::finish_leaving(provider, record);
        }
        let mut chunks = Unbonding::<T>::get(&provider);
        ensure!(
            record.leaving.is_some() || !chunks.is_empty(),
            Error::<T>::NotLeaving
        );
        let mut amount = BalanceOf::<T>::zero();
        for chunk in chunks.iter().filter(|chunk| chunk.at <= now) {
            amount = amount
                .checked_add(&chunk.amount)
                .ok_or(ArithmeticError::Overflow)?;
        }
        ensure!(!amount.is_zero(), Error::<T>::StillUnbonding);
        T::Currency::release(
            &HoldReason::Bond.into(),
            &provider,
            amount,
            Precision::Exact,
        )?;
        chunks.retain(|chunk| chunk.at > now);
        if chunks.is_empty() {
            Unbonding::<T>::remove(&provider);
        } else {
            Unbonding::<T>::insert(&provider, chunks);
        }
        Self::deposit_event(Event::BondWithdrawn { provider, amount });
        Ok(())
    }
}
