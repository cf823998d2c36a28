//! Whether a worker key agreed to report for a provider.

use crate::{Config, ConsentOf, Error, Pallet};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto, Verify, Zero};
use swarmwork_primitives::worker_message;

impl<T: Config> Pallet<T> {
    /// What a worker key signs for a controller on this chain.
    pub(crate) fn consent_message(controller: &T::AccountId, until: BlockNumberFor<T>) -> Vec<u8> {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        worker_message(&genesis, controller, until.unique_saturated_into())
    }

    /// Refuses a consent that is over, that would last too long, or that the key did not sign.
    pub(crate) fn ensure_consent(
        controller: &T::AccountId,
        worker: &T::AccountId,
        consent: &ConsentOf<T>,
    ) -> Result<(), Error<T>> {
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(consent.until >= now, Error::<T>::ConsentExpired);
        ensure!(
            consent.until.saturating_sub(now) <= T::ConsentPeriod::get(),
            Error::<T>::ConsentTooLong
        );
        let message = Self::consent_message(controller, consent.until);
        ensure!(
            consent.signature.verify(&message[..], worker),
            Error::<T>::ConsentInvalid
        );
        Ok(())
    }
}
