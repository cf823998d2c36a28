//! What is remembered of outcomes, for readers: the last ones, and sums by epoch.

use crate::{Config, Epochs, Network, Pallet, Recent};
use alloc::vec::Vec;
use frame_support::{traits::Get, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, SaturatedConversion};
use swarmwork_primitives::{EpochOutcomes, Outcome, PastOutcome, ReputationView};

impl<T: Config> Pallet<T> {
    /// A provider's reputation and what it rests on, as readers see it.
    pub fn view(provider: &T::AccountId) -> ReputationView<BlockNumberFor<T>> {
        let evidence = Self::evidence(provider);
        ReputationView {
            score: Self::score_of(&evidence),
            standing: Self::standing_of(&evidence),
            good: evidence.good,
            bad: evidence.bad,
            completed: evidence.completed,
            failed: evidence.failed,
            recent: Recent::<T>::get(provider).into_inner(),
            epochs: Epochs::<T>::get(provider).into_inner(),
        }
    }

    /// The last epochs of all providers together, oldest first.
    pub fn outcomes() -> Vec<EpochOutcomes> {
        Network::<T>::get().into_inner()
    }

    /// The epoch of a block.
    pub(crate) fn epoch(block: BlockNumberFor<T>) -> u32 {
        (block / T::EpochLength::get().max(One::one())).saturated_into()
    }

    /// Adds an outcome of this block to what is remembered.
    pub(crate) fn remember(provider: &T::AccountId, entry: PastOutcome<BlockNumberFor<T>>) {
        let epoch = Self::epoch(entry.at);
        Recent::<T>::mutate(provider, |ring| push(ring, entry));
        Epochs::<T>::mutate(provider, |epochs| {
            book(epochs, epoch, entry.outcome, entry.weight)
        });
        Network::<T>::mutate(|epochs| book(epochs, epoch, entry.outcome, entry.weight));
    }
}

/// Appends to a ring; when it is full, the oldest entry makes room.
fn push<V, Size: Get<u32>>(ring: &mut BoundedVec<V, Size>, entry: V) {
    if ring.is_full() && !ring.is_empty() {
        ring.remove(0);
    }
    // There is room now: the integrity test refuses rings without any.
    let _ = ring.try_push(entry);
}

/// Adds an outcome to the sums of its epoch, which is the last one or a new one.
fn book<Size: Get<u32>>(
    epochs: &mut BoundedVec<EpochOutcomes, Size>,
    epoch: u32,
    outcome: Outcome,
    weight: u128,
) {
    if epochs.last().is_none_or(|last| last.epoch != epoch) {
        push(
            epochs,
            EpochOutcomes {
                epoch,
                ..Default::default()
            },
        );
    }
    if let Some(last) = epochs.last_mut() {
        let (sum, count) = match outcome {
            Outcome::Succeeded => (&mut last.good, &mut last.completed),
            Outcome::Failed => (&mut last.bad, &mut last.failed),
        };
        *sum = sum.saturating_add(weight);
        *count = count.saturating_add(1);
    }
}
