//! Coming, going, and the records between.

use crate::{
    BalanceOf, Changed, Config, ConsentOf, Controllers, DailySlashes, Error, Event, FormerWorker,
    FormerWorkers, HoldReason, LeaseOffers, Leases, Offenders, Pallet, Profiles, Provider,
    ProviderOf, Providers, Strikes, Tier, Unbonding,
};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, DispatchResult,
};
use swarmwork_primitives::{is_base_url, Url};

impl<T: Config> Pallet<T> {
    /// The current block.
    pub(crate) fn now() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number()
    }

    /// The tier of a provider that has not unregistered.
    pub fn tier(who: &T::AccountId) -> Option<Tier> {
        Self::staying(who)
            .ok()
            .map(|record| Self::tier_of(record.bond))
    }

    pub(crate) fn tier_of(bond: BalanceOf<T>) -> Tier {
        if bond >= T::SupernodeBond::get() {
            Tier::Supernode
        } else if bond >= T::ValidatorBond::get() {
            Tier::Validator
        } else {
            Tier::Entry
        }
    }

    /// A provider that has not unregistered.
    pub(crate) fn staying(who: &T::AccountId) -> Result<ProviderOf<T>, Error<T>> {
        let record = Providers::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
        ensure!(record.leaving.is_none(), Error::<T>::AlreadyLeaving);
        Ok(record)
    }

    pub(crate) fn try_mutate_staying<R>(
        who: &T::AccountId,
        change: impl FnOnce(&mut ProviderOf<T>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        let mut record = Self::staying(who)?;
        let result = change(&mut record)?;
        Providers::<T>::insert(who, record);
        Ok(result)
    }

    pub(crate) fn ensure_may_register(
        provider: &T::AccountId,
        worker: &T::AccountId,
        bond: BalanceOf<T>,
        endpoint: &Url,
    ) -> Result<(), Error<T>> {
        ensure!(
            !Providers::<T>::contains_key(provider),
            Error::<T>::AlreadyRegistered
        );
        // Leaving and coming back makes nobody's offences undone.
        let strikes = Offenders::<T>::get(provider).unwrap_or_default();
        ensure!(
            bond >= Self::least_bond_after(strikes),
            Error::<T>::BondTooSmall
        );
        ensure!(is_base_url(endpoint), Error::<T>::InvalidEndpoint);
        Self::ensure_worker_fits(provider, worker)
    }

    /// Registers a provider whose worker key has given its consent.
    pub(crate) fn do_register(
        provider: T::AccountId,
        worker: T::AccountId,
        bond: BalanceOf<T>,
        ask: BalanceOf<T>,
        endpoint: Url,
        unattested: bool,
    ) -> DispatchResult {
        T::Currency::hold(&HoldReason::Bond.into(), &provider, bond)?;
        Controllers::<T>::insert(&worker, &provider);
        let active = Some(Self::push_active(&provider)?);
        Providers::<T>::insert(
            &provider,
            Provider {
                worker: worker.clone(),
                bond,
                reserved: Zero::zero(),
                owed: Zero::zero(),
                running: 0,
                ask,
                endpoint,
                unattested,
                active,
                leaving: None,
                strikes: Offenders::<T>::take(&provider).unwrap_or_default(),
                maintenance: None,
                rested: Zero::zero(),
                slots: T::MaxConcurrentJobs::get(),
                lent: 0,
                leased: 0,
            },
        );
        Self::deposit_event(Event::ProviderRegistered {
            provider,
            worker,
            bond,
            tier: Self::tier_of(bond),
        });
        Ok(())
    }

    fn ensure_worker_fits(
        controller: &T::AccountId,
        worker: &T::AccountId,
    ) -> Result<(), Error<T>> {
        ensure!(worker != controller, Error::<T>::WorkerIsController);
        ensure!(
            !Controllers::<T>::contains_key(worker),
            Error::<T>::WorkerAlreadyUsed
        );
        Ok(())
    }

    /// See [`crate::Call::rotate_worker`].
    pub(crate) fn do_rotate(
        provider: T::AccountId,
        worker: T::AccountId,
        consent: ConsentOf<T>,
    ) -> DispatchResult {
        Self::try_mutate_staying(&provider, |record| {
            Self::ensure_worker_fits(&provider, &worker)?;
            Self::ensure_consent(&provider, &worker, &consent)?;
            let old = core::mem::replace(&mut record.worker, worker.clone());
            Controllers::<T>::remove(&old);
            Controllers::<T>::insert(&worker, &provider);
            Self::remember_worker(&provider, old)
        })?;
        Self::deposit_event(Event::WorkerRotated { provider, worker });
        Ok(())
    }

    /// Keeps a replaced key for as long as there may be evidence of what it signed.
    fn remember_worker(provider: &T::AccountId, worker: T::AccountId) -> DispatchResult {
        let now = Self::now();
        FormerWorkers::<T>::try_mutate(provider, |former| {
            former.retain(|old| old.rotated.saturating_add(T::UnbondingPeriod::get()) > now);
            former
                .try_push(FormerWorker {
                    worker,
                    rotated: now,
                })
                .map_err(|_| Error::<T>::TooManyRotations.into())
        })
    }

    /// See [`crate::Call::unregister`].
    pub(crate) fn do_unregister(provider: T::AccountId) -> DispatchResult {
        let mut record = Self::staying(&provider)?;
        ensure!(record.running == 0, Error::<T>::JobsRunning);
        ensure!(
            record.lent == 0 && !Leases::<T>::contains_key(&provider),
            Error::<T>::LeaseRunning
        );
        // A block that no chain reaches is no earlier than what it stands for.
        let withdrawable = Self::now().saturating_add(T::UnbondingPeriod::get());
        if let Some(index) = record.active.take() {
            Self::remove_active(index);
        }
        record.leaving = Some(withdrawable);
        Providers::<T>::insert(&provider, record);
        LeaseOffers::<T>::remove(&provider);
        Self::deposit_event(Event::ProviderLeaving {
            provider,
            withdrawable,
        });
        Ok(())
    }

    /// Gives all back to a provider that has left, and forgets it but for its offences.
    pub(crate) fn finish_leaving(provider: T::AccountId, record: ProviderOf<T>) -> DispatchResult {
        let amount = Self::stake(&provider, &record);
        T::Currency::release(
            &HoldReason::Bond.into(),
            &provider,
            amount,
            Precision::Exact,
        )?;
        let count = Self::strikes(record.strikes);
        if count > 0 {
            let since = Self::now();
            Offenders::<T>::insert(&provider, Strikes { count, since });
        }
        Controllers::<T>::remove(&record.worker);
        Unbonding::<T>::remove(&provider);
        FormerWorkers::<T>::remove(&provider);
        DailySlashes::<T>::remove(&provider);
        Profiles::<T>::remove(&provider);
        Changed::<T>::remove(&provider);
        Providers::<T>::remove(&provider);
        Self::deposit_event(Event::BondWithdrawn { provider, amount });
        Ok(())
    }
}
