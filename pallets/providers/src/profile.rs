//! What providers say of themselves.

use crate::{Changed, Config, Error, Event, Pallet, Profiles};
use frame_support::{ensure, traits::Contains};
use sp_runtime::DispatchResult;
use swarmwork_primitives::{is_base_url, Profile, Region};

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::set_profile`].
    pub(crate) fn do_set_profile(provider: T::AccountId, profile: Profile) -> DispatchResult {
        Self::staying(&provider)?;
        ensure!(
            core::str::from_utf8(&profile.name).is_ok(),
            Error::<T>::NameNotUtf8
        );
        ensure!(
            profile.website.is_empty() || is_base_url(&profile.website),
            Error::<T>::InvalidWebsite
        );
        let capabilities = &profile.capabilities;
        ensure!(capabilities.backends.is_known(), Error::<T>::UnknownBackend);
        ensure!(capabilities.is_sorted(), Error::<T>::CircuitsNotSorted);
        ensure!(
            capabilities.circuits.iter().all(T::KnownCircuits::contains),
            Error::<T>::UnknownCircuit
        );
        ensure!(
            capabilities.region.as_ref().is_none_or(Region::is_code),
            Error::<T>::InvalidRegion
        );
        ensure!(capabilities.enclaves.is_known(), Error::<T>::UnknownEnclave);
        Profiles::<T>::insert(&provider, profile);
        Self::note_change(&provider);
        Self::deposit_event(Event::ProfileSet { provider });
        Ok(())
    }

    /// Notes that something was changed that a draw depends on: draws whose seed may have been
    /// foreseen by then do without this provider.
    pub(crate) fn note_change(provider: &T::AccountId) {
        Changed::<T>::insert(provider, Self::now());
    }
}
