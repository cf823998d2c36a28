//! What must hold after every block. Linear in the state: for tests and off-chain checks.

use crate::{
    economics::CAP,
    pallet::{
        Admitted, Answers, Bandwidths, Config, Credits, CurrentEpoch, CurrentWindow, Epochs,
        ForgottenClaims, HoldReason, Locks, Measures, OldestEpoch, Pallet, Participants, Proven,
        TotalClaimed,
    },
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Asserts every invariant of the pallet's storage.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_epochs()?;
        Self::try_windows()?;
        Self::try_locks()
    }

    /// Credit is within the cap, payments within credit and budget, and what was issued is what was
    /// claimed.
    fn try_epochs() -> Result<(), TryRuntimeError> {
        let (oldest, current) = (OldestEpoch::<T>::get(), CurrentEpoch::<T>::get());
        let mut claimed = ForgottenClaims::<T>::get();
        let mut epochs = 0u32;
        for (index, epoch) in Epochs::<T>::iter() {
            epochs = epochs.saturating_add(1);
            ensure!(
                (oldest..=current).contains(&index),
                "an epoch beyond those kept"
            );
            ensure!(
                epoch.ended.is_some() == (index < current),
                "an epoch that is not the last runs, or the last does not"
            );
            ensure!(
                epoch.credited <= CAP.mul_floor(epoch.burned),
                "an epoch's credit is above the cap"
            );
            ensure!(
                epoch.paid <= epoch.budget,
                "an epoch paid more than its budget"
            );
            let (mut earned, mut paid) = (0u128, 0u128);
            for (_, grant) in Credits::<T>::iter_prefix(index) {
                earned = earned.saturating_add(grant.earned);
                paid = paid.saturating_add(grant.claimed);
                ensure!(
                    grant.claimed <= grant.earned,
                    "more was claimed than earned"
                );
                ensure!(
                    grant.frozen.is_none_or(|frozen| grant.claimed <= frozen),
                    "more was claimed than a slash left"
                );
            }
            // Grants of the oldest epoch may be on their way out.
            if index > oldest || oldest == 0 {
                ensure!(
                    earned.saturating_add(epoch.clawed) == epoch.credited,
                    "an epoch's credit is not the sum of its grants"
                );
                ensure!(paid == epoch.paid, "an epoch's payments are not its claims");
            }
            claimed = claimed.saturating_add(epoch.paid);
        }
        ensure!(
            epochs == 0 || epochs == current.saturating_sub(oldest).saturating_add(1),
            "an epoch is missing"
        );
        ensure!(
            claimed == TotalClaimed::<T>::get(),
            "what was issued is not the sum of claims"
        );
        for (index, _, _) in Credits::<T>::iter() {
            ensure!(Epochs::<T>::contains_key(index), "credit without epoch");
        }
        Ok(())
    }

    /// Measurements and answers belong to who takes part.
    fn try_windows() -> Result<(), TryRuntimeError> {
        let admitted: BTreeSet<_> = Admitted::<T>::get().into_iter().collect();
        ensure!(
            admitted.len() == Admitted::<T>::decode_len().unwrap_or(0),
            "a provider is admitted twice"
        );
        let measured: BTreeSet<_> = Measures::<T>::iter_keys().collect();
        ensure!(
            measured == admitted,
            "measurements are not of those admitted"
        );
        for who in Bandwidths::<T>::iter_keys() {
            ensure!(admitted.contains(&who), "bandwidth of who is not admitted");
        }
        let participants = Participants::<T>::get();
        if let Some(window) = CurrentWindow::<T>::get() {
            ensure!(
                (window.judged as usize) < participants.len(),
                "a window goes on after its last judgement"
            );
        } else {
            ensure!(participants.is_empty(), "participants without window");
        }
        for who in Answers::<T>::iter_keys().chain(Proven::<T>::iter_keys()) {
            ensure!(participants.contains(&who), "an answer of no participant");
        }
        Ok(())
    }

    /// What is locked up is held.
    fn try_locks() -> Result<(), TryRuntimeError> {
        for (who, lock) in Locks::<T>::iter() {
            ensure!(
                T::Currency::balance_on_hold(&HoldReason::LockUp.into(), &who) == lock.amount,
                "a lock-up differs from what is held"
            );
        }
        Ok(())
    }
}
