//! What must hold of the providers after every block.

use crate::{
    Active, ActiveCount, Changed, Config, Controllers, DailySlashes, FormerWorkers, HoldReason,
    LeaseOffers, Leases, Offenders, Pallet, Profiles, ProviderOf, Providers, Unbonding,
};
use alloc::collections::BTreeMap;
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use sp_runtime::{
    traits::{Saturating, Zero},
    TryRuntimeError,
};

impl<T: Config> Pallet<T> {
    /// Asserts every invariant of the pallet's storage.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut providers = 0usize;
        let mut active = 0u32;
        for (who, record) in Providers::<T>::iter() {
            providers += 1;
            active += u32::from(record.active.is_some());
            Self::try_money(&who, &record)?;
            Self::try_record(&who, &record)?;
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
        Self::try_leases()?;
        Self::try_belongings()
    }

    /// What is held is bond and queue, each unit counted once; what is reserved is within the bond,
    /// and nothing is owed that could be taken.
    fn try_money(who: &T::AccountId, record: &ProviderOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(
            T::Currency::balance_on_hold(&HoldReason::Bond.into(), who) == Self::stake(who, record),
            "bond and queue differ from what is held"
        );
        ensure!(
            record.reserved <= record.bond,
            "more is reserved than bonded"
        );
        ensure!(
            record.owed <= record.reserved,
            "more is owed than is reserved"
        );
        let chunks = Unbonding::<T>::get(who);
        ensure!(
            record.owed.is_zero() || (record.reserved == record.bond && chunks.is_empty()),
            "something is owed that could be taken"
        );
        ensure!(
            chunks.iter().all(|chunk| !chunk.amount.is_zero())
                && chunks.windows(2).all(|pair| pair[0].at < pair[1].at),
            "the queue is out of order or waits for nothing"
        );
        ensure!(
            record
                .leaving
                .is_none_or(|at| chunks.iter().all(|chunk| chunk.at <= at)),
            "something waits longer than the provider takes to leave"
        );
        Ok(())
    }

    /// Worker key, active index and jobs agree with the record; who leaves has nothing running.
    fn try_record(who: &T::AccountId, record: &ProviderOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(
            record.running <= T::MaxConcurrentJobs::get().saturating_add(T::MaxLeasedSlots::get()),
            "a provider has more jobs than it may"
        );
        ensure!(
            (1..=T::MaxConcurrentJobs::get()).contains(&record.slots),
            "a provider has no capacity, or more than it may"
        );
        ensure!(
            record.running > 0 || record.reserved.is_zero(),
            "collateral is reserved for no job"
        );
        ensure!(
            Controllers::<T>::get(&record.worker).as_ref() == Some(who),
            "a worker key does not point to its controller"
        );
        ensure!(record.worker != *who, "a provider is its own worker");
        if let Some(index) = record.active {
            ensure!(
                Active::<T>::get(index).as_ref() == Some(who),
                "the active set does not agree with a record"
            );
        }
        if record.leaving.is_some() {
            ensure!(
                record.active.is_none() && record.running == 0,
                "a provider that has unregistered is still at work"
            );
        }
        ensure!(
            record.strikes.count <= T::MaxStrikes::get(),
            "more strikes than count"
        );
        if let Some(window) = record.maintenance {
            ensure!(
                window.from < window.until
                    && window.until.saturating_sub(window.from) <= T::MaxMaintenance::get(),
                "a maintenance is longer than any may be"
            );
        }
        Ok(())
    }

    /// Leases are between providers that stay, and the records say what is leased and lent.
    fn try_leases() -> Result<(), TryRuntimeError> {
        let mut lent = BTreeMap::<T::AccountId, u32>::new();
        for (operator, lease) in Leases::<T>::iter() {
            let taker = Self::staying(&operator).map_err(|_| "a lease of nobody")?;
            ensure!(
                Self::staying(&lease.lessor).is_ok() && lease.lessor != operator,
                "a lease from nobody, or from its operator"
            );
            ensure!(
                (1..=T::MaxLeasedSlots::get()).contains(&lease.slots)
                    && lease.share <= T::MaxLeaseShare::get(),
                "a lease is beyond its bounds"
            );
            let expected = if lease.ends.is_none() { lease.slots } else { 0 };
            ensure!(
                taker.leased == expected,
                "an operator's capacity is not what it leases"
            );
            let sum = lent.entry(lease.lessor).or_default();
            *sum = sum.saturating_add(lease.slots);
        }
        for (who, record) in Providers::<T>::iter() {
            ensure!(
                record.lent == lent.get(&who).copied().unwrap_or(0) && record.lent <= record.slots,
                "what a provider lets is not the sum of its leases"
            );
            ensure!(
                record.leased == 0 || Leases::<T>::contains_key(&who),
                "capacity leased from nobody"
            );
        }
        Ok(())
    }

    /// What is stored with providers belongs to some.
    fn try_belongings() -> Result<(), TryRuntimeError> {
        let registered = |who: T::AccountId| Providers::<T>::contains_key(who);
        ensure!(
            Unbonding::<T>::iter().all(|(who, chunks)| !chunks.is_empty() && registered(who)),
            "a queue of nobody, or of nothing"
        );
        ensure!(
            FormerWorkers::<T>::iter_keys().all(registered)
                && DailySlashes::<T>::iter_keys().all(registered)
                && Profiles::<T>::iter_keys().all(registered)
                && Changed::<T>::iter_keys().all(registered)
                && LeaseOffers::<T>::iter_keys().all(|who| Self::staying(&who).is_ok()),
            "something is kept of a provider that is none"
        );
        ensure!(
            Offenders::<T>::iter().all(|(who, strikes)| strikes.count > 0 && !registered(who)),
            "strikes are kept apart from a provider that there is"
        );
        Ok(())
    }
}
