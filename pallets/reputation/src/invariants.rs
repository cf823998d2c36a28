//! What must hold of scores and of what is remembered between any two blocks.

use crate::{Config, Epochs, Network, Pallet, Providers, Recent, Requesters, REQUESTER_SHARE};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use swarmwork_primitives::EpochOutcomes;

impl<T: Config> Pallet<T> {
    /// Asserts every invariant of the pallet's storage.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_evidence()?;
        Self::try_history()
    }

    /// No requester weighs more than its share, and none is remembered twice.
    fn try_evidence() -> Result<(), TryRuntimeError> {
        let now = frame_system::Pallet::<T>::block_number();
        for evidence in Providers::<T>::iter_values() {
            ensure!(evidence.updated <= now, "evidence from the future");
            ensure!(
                evidence.completed > 0 || evidence.good == 0,
                "good evidence without a completed job"
            );
            ensure!(
                evidence.failed > 0 || evidence.bad == 0,
                "bad evidence without a failed job"
            );
        }
        for influence in Requesters::<T>::iter_values() {
            ensure!(influence.updated <= now, "influence from the future");
            ensure!(
                influence.burned <= influence.offered,
                "a requester burned more than it offered"
            );
            let good = influence.burned / REQUESTER_SHARE;
            let bad = influence.offered / REQUESTER_SHARE;
            ensure!(
                influence.forgotten_good <= good && influence.forgotten_bad <= bad,
                "a requester weighed too much for a forgotten provider"
            );
            for (at, entry) in influence.given.iter().enumerate() {
                ensure!(
                    entry.good <= good && entry.bad <= bad,
                    "a requester weighed too much for a provider"
                );
                ensure!(
                    !influence.given[..at]
                        .iter()
                        .any(|other| other.provider == entry.provider),
                    "a provider is remembered twice"
                );
            }
        }
        Ok(())
    }

    /// Histories are in order, are of this provider's evidence, and those of all providers add up
    /// to the network's.
    fn try_history() -> Result<(), TryRuntimeError> {
        let now = frame_system::Pallet::<T>::block_number();
        for (provider, ring) in Recent::<T>::iter() {
            ensure!(!ring.is_empty(), "an empty history is stored");
            ensure!(
                ring.windows(2).all(|pair| pair[0].at <= pair[1].at),
                "a history is out of order"
            );
            ensure!(
                ring.iter().all(|entry| entry.at <= now),
                "an outcome from the future"
            );
            ensure!(
                Providers::<T>::contains_key(&provider),
                "a history of nobody's evidence"
            );
        }
        let mut sums = BTreeMap::<u32, EpochOutcomes>::new();
        for (provider, epochs) in Epochs::<T>::iter() {
            Self::try_epochs(&epochs)?;
            let (mut completed, mut failed) = (0u32, 0u32);
            for each in &epochs {
                completed = completed.saturating_add(each.completed);
                failed = failed.saturating_add(each.failed);
                let sum = sums.entry(each.epoch).or_default();
                sum.completed = sum.completed.saturating_add(each.completed);
                sum.failed = sum.failed.saturating_add(each.failed);
                sum.good = sum.good.saturating_add(each.good);
                sum.bad = sum.bad.saturating_add(each.bad);
            }
            let ever = Self::jobs(&provider);
            ensure!(
                completed <= ever.0 && failed <= ever.1,
                "more outcomes are remembered than there were"
            );
        }
        let network = Network::<T>::get();
        Self::try_epochs(&network)?;
        for each in &network {
            let sum = sums.remove(&each.epoch).unwrap_or_default();
            ensure!(
                (sum.completed, sum.failed, sum.good, sum.bad)
                    == (each.completed, each.failed, each.good, each.bad),
                "an epoch of the network is not the sum of its providers'"
            );
        }
        Ok(())
    }

    fn try_epochs(epochs: &[EpochOutcomes]) -> Result<(), TryRuntimeError> {
        let now = Self::epoch(frame_system::Pallet::<T>::block_number());
        ensure!(
            epochs.windows(2).all(|pair| pair[0].epoch < pair[1].epoch)
                && epochs.iter().all(|each| each.epoch <= now),
            "epochs are out of order"
        );
        Ok(())
    }
}
