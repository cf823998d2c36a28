//! Epochs: one ends, the next begins with a smaller budget, and old ones lapse.

use crate::{
    economics,
    pallet::{
        Config, Credits, CurrentEpoch, EpochSeed, Epochs, Event, ForgottenClaims, OldestEpoch,
        PaceOf, Pallet,
    },
    types::Epoch,
    weights::WeightInfo,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

/// Grants of a lapsed epoch that one block removes at most.
pub(crate) const FORGET_LIMIT: u32 = 32;

impl<T: Config> Pallet<T> {
    /// Begins an epoch.
    pub(crate) fn start_epoch(index: u32, now: BlockNumberFor<T>, budget: u128) {
        CurrentEpoch::<T>::put(index);
        EpochSeed::<T>::put(Self::seed(b"swarmwork:epoch", index));
        Epochs::<T>::insert(
            index,
            Epoch {
                started: now,
                budget,
                ..Default::default()
            },
        );
    }

    /// Ends the running epoch if it is over.
    pub(crate) fn roll(now: BlockNumberFor<T>) -> Weight {
        let index = CurrentEpoch::<T>::get();
        let Some(mut epoch) = Epochs::<T>::get(index) else {
            // Only a chain that got this pallet by an upgrade has no first epoch.
            Self::start_epoch(index, now, T::InitialBudget::get());
            return T::WeightInfo::roll_epoch();
        };
        let over = epoch
            .started
            .saturating_add(PaceOf::<T>::get().epoch_blocks.into());
        if now < over {
            return Weight::zero();
        }
        epoch.ended = Some(now);
        Epochs::<T>::insert(index, epoch);
        let next_budget = economics::next_budget(epoch.budget, T::BudgetDecay::get());
        Self::start_epoch(index.saturating_add(1), now, next_budget);
        Self::deposit_event(Event::EpochEnded {
            epoch: index,
            burned: epoch.burned,
            credited: epoch.credited,
            scale: economics::scale(epoch.burned, epoch.budget),
            next_budget,
        });
        T::WeightInfo::roll_epoch()
    }

    /// Removes credit that has lapsed, as far as the weight reaches.
    pub(crate) fn forget(remaining: Weight) -> Weight {
        let weight = T::WeightInfo::forget();
        if !weight.all_lte(remaining) {
            return Weight::zero();
        }
        let oldest = OldestEpoch::<T>::get();
        let kept = oldest.saturating_add(T::Retention::get());
        if kept >= CurrentEpoch::<T>::get() {
            return T::WeightInfo::idle_block();
        }
        let removed = Credits::<T>::clear_prefix(oldest, FORGET_LIMIT, None);
        if removed.maybe_cursor.is_none() {
            let paid = Epochs::<T>::take(oldest).map_or(0, |epoch| epoch.paid);
            ForgottenClaims::<T>::mutate(|sum| *sum = sum.saturating_add(paid));
            OldestEpoch::<T>::put(oldest.saturating_add(1));
            Self::deposit_event(Event::EpochLapsed { epoch: oldest });
        }
        weight
    }
}
