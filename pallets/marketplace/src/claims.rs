//! Shares that could not be paid when they fell due, and those to whom they are owed.

use crate::pallet::{
    BalanceOf, Claims, Config, CreditOf, Error, Event, HoldReason, Pallet, TotalHeld,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{
        fungible::{Balanced, BalancedHold},
        Get, Imbalance,
    },
};
use sp_runtime::{
    traits::{CheckedAdd, CheckedSub, Zero},
    ArithmeticError, DispatchError,
};
use swarmwork_primitives::JobCurrency;

impl<T: Config> Pallet<T> {
    /// Pays what is owed to an account in a currency, from at most [`Config::MaxClaims`] payers; how
    /// many.
    pub(crate) fn collect(
        who: &T::AccountId,
        currency: &JobCurrency,
    ) -> Result<u32, DispatchError> {
        let owed: Vec<_> = Claims::<T>::iter_prefix((who.clone(), currency.clone()))
            .take(T::MaxClaims::get() as usize)
            .collect();
        ensure!(!owed.is_empty(), Error::<T>::NothingToClaim);
        let payers: Vec<_> = owed.iter().map(|(payer, _)| payer.clone()).collect();
        for payer in &payers {
            Claims::<T>::remove((who.clone(), currency.clone(), payer.clone()));
        }
        // At most `MaxClaims`.
        let count = payers.len() as u32;
        let amount = match currency {
            JobCurrency::Native => Self::collect_tokens(who, owed)?,
            JobCurrency::WithId(_) => Self::collect_asset(who, currency, owed)?,
        };
        let held = TotalHeld::<T>::get(currency).checked_sub(&amount);
        TotalHeld::<T>::insert(currency, held.ok_or(Error::<T>::EscrowMissing)?);
        Self::deposit_event(Event::Claimed {
            beneficiary: who.clone(),
            amount,
            currency: currency.clone(),
            payers,
        });
        Ok(count)
    }

    /// Pays tokens at once: shares that are each too small for a new account may be enough together.
    fn collect_tokens(
        who: &T::AccountId,
        owed: Vec<(T::AccountId, BalanceOf<T>)>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        let mut total = CreditOf::<T>::zero();
        for (payer, amount) in owed {
            let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), &payer, amount);
            ensure!(missing.is_zero(), Error::<T>::EscrowMissing);
            total = total.merge(credit);
        }
        let amount = total.peek();
        T::Currency::resolve(who, total).map_err(|_| Error::<T>::CannotReceive)?;
        Ok(amount)
    }

    /// Pays an asset, payer by payer: who has an account of it can be paid any amount.
    fn collect_asset(
        who: &T::AccountId,
        currency: &JobCurrency,
        owed: Vec<(T::AccountId, BalanceOf<T>)>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        let mut total = BalanceOf::<T>::zero();
        for (payer, amount) in owed {
            Self::move_held(currency, &payer, who, amount)
                .map_err(|_| Error::<T>::CannotReceive)?;
            total = total
                .checked_add(&amount)
                .ok_or(ArithmeticError::Overflow)?;
        }
        Ok(total)
    }
}
