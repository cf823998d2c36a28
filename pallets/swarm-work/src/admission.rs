//! Who takes part in windows: a bounded number, by bond.

use crate::pallet::{Admitted, Bandwidths, Config, Error, Event, Measures, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;
use swarmwork_primitives::Bonds;

impl<T: Config> Pallet<T> {
    /// Whether a provider's bond suffices for windows.
    pub(crate) fn has_bond(who: &T::AccountId) -> bool {
        T::Providers::bond(who).is_some_and(|bond| bond >= T::AdmissionBond::get())
    }

    pub(crate) fn do_admit(who: T::AccountId, displaced: Option<T::AccountId>) -> DispatchResult {
        let bond = T::Providers::bond(&who).ok_or(Error::<T>::NotRegistered)?;
        ensure!(bond >= T::AdmissionBond::get(), Error::<T>::BondTooSmall);
        let displaced = Admitted::<T>::try_mutate(|admitted| {
            ensure!(!admitted.contains(&who), Error::<T>::AlreadyAdmitted);
            let Err(who) = admitted.try_push(who.clone()) else {
                // There was room, so nobody has to go.
                return Ok(None);
            };
            let displaced = displaced.ok_or(Error::<T>::NoRoom)?;
            let place = admitted
                .iter_mut()
                .find(|other| **other == displaced)
                .ok_or(Error::<T>::NotAdmitted)?;
            // Who has left has no bond at all.
            ensure!(
                T::Providers::bond(&displaced).unwrap_or_default() < bond,
                Error::<T>::BondNotHigher
            );
            *place = who;
            Ok::<_, Error<T>>(Some(displaced))
        })?;
        if let Some(displaced) = &displaced {
            Self::dismissed(displaced);
        }
        Measures::<T>::insert(&who, crate::Measure::default());
        Self::deposit_event(Event::Admitted {
            provider: who,
            displaced,
        });
        Ok(())
    }

    pub(crate) fn do_dismiss(who: &T::AccountId) -> DispatchResult {
        Admitted::<T>::try_mutate(|admitted| {
            let at = admitted
                .iter()
                .position(|other| other == who)
                .ok_or(Error::<T>::NotAdmitted)?;
            admitted.swap_remove(at);
            Ok::<_, Error<T>>(())
        })?;
        Self::dismissed(who);
        Ok(())
    }

    /// Forgets what was measured of a provider that is no longer admitted.
    fn dismissed(who: &T::AccountId) {
        Measures::<T>::remove(who);
        Bandwidths::<T>::remove(who);
        Self::deposit_event(Event::Dismissed {
            provider: who.clone(),
        });
    }
}
