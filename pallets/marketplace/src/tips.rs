//! Tips: what a requester gives its provider beside the price.
//!
//! A tip is no part of a price: nothing of it is divided or burned, and it earns neither credit nor
//! reputation.

use crate::pallet::{BalanceOf, Config, Error, Event, HoldReason, Jobs, Pallet};
use frame_support::{ensure, traits::fungibles::MutateHold};
use sp_runtime::{traits::Zero, DispatchResult};
use swarmwork_primitives::{JobId, JobState};

impl<T: Config> Pallet<T> {
    /// Gives a tip, in what the job was paid in; see [`crate::Call::tip`].
    pub(crate) fn give_tip(
        requester: &T::AccountId,
        id: JobId,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.requester == *requester, Error::<T>::NotTheRequester);
        let JobState::Completed { provider, .. } = job.state else {
            return Err(Error::<T>::JobNotCompleted.into());
        };
        ensure!(!amount.is_zero(), Error::<T>::TipZero);
        ensure!(
            Self::spendable(&job.currency, requester) >= amount,
            Error::<T>::InsufficientBalance
        );
        // Held for an instant only, so that it takes the way of every other payment.
        let reason = HoldReason::Escrow.into();
        T::Funds::hold(job.currency.clone(), &reason, requester, amount)?;
        Self::move_held(&job.currency, requester, &provider, amount)
            .map_err(|_| Error::<T>::CannotReceive)?;
        Self::deposit_event(Event::Tipped {
            job: id,
            provider,
            amount,
        });
        Ok(())
    }
}
