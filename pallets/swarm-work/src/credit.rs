//! Credit of settled jobs, and what a slash takes back.

use crate::{
    economics,
    pallet::{
        Config, Credits, CurrentEpoch, CurrentWindow, Epochs, Event, PaceOf, Pallet, Participants,
        Proven,
    },
    types::{Grant, MAX_VESTING_EPOCHS},
    weights::WeightInfo,
};
use frame_support::{traits::DefensiveSaturating, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto},
    SaturatedConversion,
};
use swarmwork_primitives::{OnSlashed, Settlement, SwarmWork};

impl<T: Config> Pallet<T> {
    /// What a grant of an epoch pays in all, and what of that has vested: while the epoch runs,
    /// nothing, because its scale is not known.
    pub(crate) fn entitled(
        grant: &Grant,
        epoch: &crate::Epoch<BlockNumberFor<T>>,
        now: BlockNumberFor<T>,
    ) -> (u128, u128) {
        if let Some(frozen) = grant.frozen {
            return (frozen, frozen);
        }
        let payable = economics::payable(grant.earned, epoch.burned, epoch.budget);
        let vested = epoch.ended.map_or(0, |ended| {
            economics::vested(
                payable,
                now.saturating_sub(ended).unique_saturated_into(),
                PaceOf::<T>::get().vesting_blocks.into(),
            )
        });
        (payable, vested)
    }

    /// Books work that was proven while a window's answers were accepted.
    fn note_proven(who: &T::AccountId, macs: u128, now: BlockNumberFor<T>) {
        let running = CurrentWindow::<T>::get()
            .is_some_and(|window| window.sample.is_none() && now <= Self::commit_until(&window));
        if running && Participants::<T>::get().contains(who) {
            Proven::<T>::mutate(who, |sum| *sum = sum.saturating_add(macs));
        }
    }

    /// Takes back what of one epoch's grant has not vested; how much.
    fn claw_back(index: u32, who: &T::AccountId, now: BlockNumberFor<T>) -> u128 {
        let Some(mut epoch) = Epochs::<T>::get(index) else {
            return 0;
        };
        let Ok(mut grant) = Credits::<T>::try_get(index, who) else {
            return 0;
        };
        let (payable, vested) = Self::entitled(&grant, &epoch, now);
        let taken = payable.saturating_sub(vested);
        if epoch.ended.is_none() {
            // The job that comes after may earn again.
            epoch.clawed = epoch.clawed.defensive_saturating_add(grant.earned);
            Epochs::<T>::insert(index, epoch);
            Credits::<T>::remove(index, who);
        } else if taken > 0 {
            grant.frozen = Some(vested);
            Credits::<T>::insert(index, who, grant);
        }
        taken
    }
}

impl<T: Config> SwarmWork<T::AccountId, u128, BlockNumberFor<T>> for Pallet<T> {
    fn proven(provider: &T::AccountId, macs: u128) {
        Self::note_proven(provider, macs, frame_system::Pallet::<T>::block_number());
    }

    fn settled(settlement: Settlement<T::AccountId, u128, BlockNumberFor<T>>) {
        // Whoever made an unattested key alone can forge under it: nothing there is work.
        if !settlement.attested {
            return;
        }
        let index = CurrentEpoch::<T>::get();
        let count: u32 = settlement.providers.len().saturated_into();
        let Some(mut epoch) = Epochs::<T>::get(index) else {
            frame_support::defensive!("the running epoch has no record");
            return;
        };
        for who in settlement.providers {
            let mut grant = Credits::<T>::get(index, who);
            let share = settlement.burned / u128::from(count);
            let rate = Self::factors(
                who,
                settlement.macs,
                settlement.blocks,
                grant.earned.saturating_add(share),
            )
            .rate();
            let credit = economics::credit(settlement.burned, count, rate);
            if credit == 0 {
                continue;
            }
            // Credit is less than what was burned, and that is less than there ever was.
            grant.earned = grant.earned.defensive_saturating_add(credit);
            epoch.credited = epoch.credited.defensive_saturating_add(credit);
            Credits::<T>::insert(index, who, grant);
            Self::deposit_event(Event::Credited {
                job: *settlement.job,
                provider: who.clone(),
                credit,
                rate,
            });
        }
        if count > 0 {
            epoch.burned = epoch.burned.defensive_saturating_add(settlement.burned);
            Epochs::<T>::insert(index, epoch);
        }
    }

    fn settled_weight(providers: u32) -> Weight {
        T::WeightInfo::settled(providers)
    }
}

impl<T: Config> OnSlashed<T::AccountId> for Pallet<T> {
    fn slashed(provider: &T::AccountId) {
        let now = frame_system::Pallet::<T>::block_number();
        let current = CurrentEpoch::<T>::get();
        let amount = (current.saturating_sub(MAX_VESTING_EPOCHS)..=current)
            .map(|index| Self::claw_back(index, provider, now))
            .fold(0u128, u128::defensive_saturating_add);
        if amount > 0 {
            Self::deposit_event(Event::ClawedBack {
                provider: provider.clone(),
                amount,
            });
        }
    }

    fn slashed_weight() -> Weight {
        T::WeightInfo::slashed()
    }
}
