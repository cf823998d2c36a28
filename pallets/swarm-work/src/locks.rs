//! Lock-ups: tokens held for half a year or a whole one.

use crate::{
    pallet::{Config, Error, Event, HoldReason, Locks, Pallet},
    types::LockUp,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{InspectHold, MutateHold},
        tokens::Precision,
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchResult};
use swarmwork_primitives::LockTerm;

impl<T: Config> Pallet<T> {
    fn length(term: LockTerm) -> BlockNumberFor<T> {
        let half = T::HalfYear::get();
        match term {
            LockTerm::Half => half,
            LockTerm::Full => half.saturating_mul(2u32.into()),
        }
    }

    /// See [`crate::Call::lock_up`].
    pub(crate) fn do_lock(who: T::AccountId, amount: u128, term: LockTerm) -> DispatchResult {
        ensure!(amount >= T::MinimumLock::get(), Error::<T>::LockTooSmall);
        let until = frame_system::Pallet::<T>::block_number().saturating_add(Self::length(term));
        if let Some(old) = Locks::<T>::get(&who) {
            ensure!(
                amount >= old.amount && term >= old.term && until >= old.until,
                Error::<T>::LockShrinks
            );
        }
        T::Currency::set_on_hold(&HoldReason::LockUp.into(), &who, amount)?;
        Locks::<T>::insert(
            &who,
            LockUp {
                amount,
                term,
                until,
            },
        );
        Self::deposit_event(Event::LockedUp {
            provider: who,
            amount,
            term,
            until,
        });
        Ok(())
    }

    /// See [`crate::Call::unlock`].
    pub(crate) fn do_unlock(who: T::AccountId) -> DispatchResult {
        let lock = Locks::<T>::get(&who).ok_or(Error::<T>::NothingLocked)?;
        ensure!(
            frame_system::Pallet::<T>::block_number() >= lock.until,
            Error::<T>::StillLocked
        );
        let held = T::Currency::balance_on_hold(&HoldReason::LockUp.into(), &who);
        T::Currency::release(&HoldReason::LockUp.into(), &who, held, Precision::Exact)?;
        Locks::<T>::remove(&who);
        Self::deposit_event(Event::Unlocked {
            provider: who,
            amount: held,
        });
        Ok(())
    }
}
