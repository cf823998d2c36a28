//! What must hold of the providers after every block.

use crate::{Active, ActiveCount, Config, Controllers, HoldReason, Pallet, Providers};
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use sp_runtime::{traits::Zero, TryRuntimeError};

impl<T: Config> Pallet<T> {
    /// Bonds are held and cover what is reserved; worker keys and the active index agree with the
    /// records; who leaves has nothing running.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut providers = 0usize;
        let mut active = 0u32;
        for (who, record) in Providers::<T>::iter() {
            providers += 1;
            ensure!(
                T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who) == record.bond,
                "a bond differs from what is held"
            );
            ensure!(
                record.reserved <= record.bond,
                "more is reserved than bonded"
            );
            ensure!(
                record.running <= T::MaxConcurrentJobs::get(),
                "a provider has more jobs than it may"
            );
            ensure!(
                record.running > 0 || record.reserved.is_zero(),
                "collateral is reserved for no job"
            );
            ensure!(
                Controllers::<T>::get(&record.worker).as_ref() == Some(&who),
                "a worker key does not point to its controller"
            );
            ensure!(record.worker != who, "a provider is its own worker");
            if let Some(index) = record.active {
                active += 1;
                ensure!(
                    Active::<T>::get(index).as_ref() == Some(&who),
                    "the active set does not agree with a record"
                );
            }
            if record.leaving.is_some() {
                ensure!(
                    record.active.is_none() && record.running == 0,
                    "a provider that has unregistered is still at work"
                );
            }
        }
        ensure!(
            Controllers::<T>::iter_keys().count() == providers,
            "worker keys without provider"
        );
        // Every active record has its own index, so equal counts make the index dense.
        ensure!(
            ActiveCount::<T>::get() == active,
            "the active set is miscounted"
        );
        let mut entries = 0u32;
        for index in Active::<T>::iter_keys() {
            entries += 1;
            ensure!(index < active, "the active index is not dense");
        }
        ensure!(entries == active, "active entries without provider");
        Ok(())
    }
}
