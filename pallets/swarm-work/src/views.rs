//! What readers are shown.

use crate::{
    economics,
    pallet::{Config, Credits, CurrentEpoch, Epochs, Measures, OldestEpoch, Pallet},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Zero;
use swarmwork_primitives::{CapacityView, EpochView, RewardView, RewardsView};

impl<T: Config> Pallet<T> {
    /// An epoch; without a number, the running one.
    pub fn epoch_view(index: Option<u32>) -> Option<EpochView<u128, BlockNumberFor<T>>> {
        let index = index.unwrap_or_else(CurrentEpoch::<T>::get);
        Epochs::<T>::get(index).map(|epoch| EpochView {
            index,
            started: epoch.started,
            ended: epoch.ended,
            budget: epoch.budget,
            burned: epoch.burned,
            credited: epoch.credited.saturating_sub(epoch.clawed),
            paid: epoch.paid,
            scale: economics::scale(epoch.burned, epoch.budget),
        })
    }

    /// What a provider has earned in the epochs that are kept, and what is measured of it.
    pub fn rewards_view(who: &T::AccountId) -> RewardsView<u128> {
        let now = frame_system::Pallet::<T>::block_number();
        let current = CurrentEpoch::<T>::get();
        let capacity = Measures::<T>::get(who).map(|measure| CapacityView {
            rows: measure.rows,
            streak: measure.streak,
            windows: measure.windows,
            missed: measure.missed,
            latency: measure.latency,
            bandwidth: Self::bandwidth_of(who, current),
        });
        let epochs = (OldestEpoch::<T>::get()..=current)
            .filter_map(|index| {
                let grant = Credits::<T>::try_get(index, who).ok()?;
                let epoch = Epochs::<T>::get(index)?;
                let (payable, vested) = Self::entitled(&grant, &epoch, now);
                Some(RewardView {
                    epoch: index,
                    earned: grant.earned,
                    payable,
                    vested,
                    claimed: grant.claimed,
                })
            })
            .collect();
        let earned = Credits::<T>::get(current, who).earned;
        RewardsView {
            // No job: nothing delivered.
            rate: Self::factors(who, 0, Zero::zero(), earned).rate(),
            capacity,
            epochs,
        }
    }
}
