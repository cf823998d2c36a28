//! What the marketplace asks of providers: offers, capacity, keys.

use crate::{
    Active, ActiveCount, BalanceOf, Changed, Config, Controllers, Error, Pallet, Profiles,
    ProviderOf, Providers,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Permill, Rounding};
use sp_runtime::{
    traits::{CheckedAdd, CheckedSub, Saturating, UniqueSaturatedInto},
    DispatchResult,
};
use swarmwork_primitives::{
    Demand, Features, JobId, Offer, OnSlashed as _, ProviderView, Rejection, SlashReason, Url,
};

/// Multiply-accumulates that an ask is the price of.
const MACS_PER_ASK: u128 = 1_000_000_000;

impl<T: Config> Pallet<T> {
    /// Price of so much work at an ask: rounded up, at least the least price. `None` if no balance
    /// can hold it.
    fn price(ask: BalanceOf<T>, macs: u128) -> Option<BalanceOf<T>> {
        let ask: u128 = ask.try_into().ok()?;
        let price = multiply_by_rational_with_rounding(ask, macs, MACS_PER_ASK, Rounding::Up)?;
        let price = BalanceOf::<T>::try_from(price).ok()?;
        Some(price.max(T::MinimumPrice::get()))
    }

    fn judge(
        record: &ProviderOf<T>,
        demand: &Demand<BalanceOf<T>>,
    ) -> Result<Offer<BalanceOf<T>>, Rejection> {
        ensure!(record.active.is_some(), Rejection::Unavailable);
        ensure!(!Self::in_maintenance(record), Rejection::Maintenance);
        ensure!(record.running < Self::capacity(record), Rejection::Busy);
        ensure!(demand.attested || record.unattested, Rejection::Unattested);
        let price = match demand.agreed {
            Some(agreed) => Some(agreed.max(T::MinimumPrice::get())),
            None => Self::price(record.ask, demand.macs),
        };
        let price = price
            .filter(|price| *price <= demand.max_price)
            .ok_or(Rejection::TooExpensive)?;
        let collateral = price
            .checked_add(&T::SlashFraction::get().mul_ceil(price))
            .and_then(|collateral| Self::raised(collateral, Self::strikes(record.strikes)))
            .ok_or(Rejection::BondTooSmall)?;
        ensure!(
            Self::reserved_with(record, collateral).is_some(),
            Rejection::BondTooSmall
        );
        Ok(Offer { price, collateral })
    }

    /// What would be reserved with so much more; `None` if the bond does not cover it.
    fn reserved_with(record: &ProviderOf<T>, collateral: BalanceOf<T>) -> Option<BalanceOf<T>> {
        record
            .reserved
            .checked_add(&collateral)
            .filter(|reserved| *reserved <= record.bond)
    }

    /// A provider as readers see it; its score and its counts of jobs completed and failed come
    /// from its reputation.
    pub fn view(
        who: &T::AccountId,
        score: Permill,
        jobs: (u32, u32),
    ) -> Option<ProviderView<T::AccountId, BalanceOf<T>>> {
        Providers::<T>::get(who).map(|record| ProviderView {
            available: record.active.is_some() && !Self::in_maintenance(&record),
            worker: record.worker,
            ask: record.ask,
            bond: record.bond,
            reserved: record.reserved,
            running: record.running,
            unattested: record.unattested,
            endpoint: record.endpoint,
            score,
            jobs,
        })
    }
}

impl<T: Config> swarmwork_primitives::Bonds<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn bond(who: &T::AccountId) -> Option<BalanceOf<T>> {
        Self::staying(who).ok().map(|record| record.bond)
    }
}

impl<T: Config> swarmwork_primitives::Providers<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn active_count() -> u32 {
        ActiveCount::<T>::get()
    }

    fn active_at(index: u32) -> Option<T::AccountId> {
        Active::<T>::get(index)
    }

    fn active_before(index: u32, since: u32) -> Option<T::AccountId> {
        Self::place_before(index, since)
    }

    fn offer(
        who: &T::AccountId,
        demand: &Demand<BalanceOf<T>>,
    ) -> Result<Offer<BalanceOf<T>>, Rejection> {
        let record = Self::staying(who).map_err(|_| Rejection::NotRegistered)?;
        Self::judge(&record, demand)
    }

    fn features(who: &T::AccountId) -> Features {
        let said = Profiles::<T>::get(who).unwrap_or_default().capabilities;
        Features {
            gpu_memory_mib: said.gpu_memory_mib,
            class: said.class,
            region: said.region,
            enclaves: said.enclaves,
            tier: Self::tier(who).unwrap_or_default(),
        }
    }

    fn settled(who: &T::AccountId) -> u32 {
        Changed::<T>::get(who).map_or(u32::MAX, |at| {
            Self::now().saturating_sub(at).unique_saturated_into()
        })
    }

    fn load(who: &T::AccountId) -> (u32, u32) {
        Providers::<T>::get(who).map_or((0, 0), |record| (record.running, Self::capacity(&record)))
    }

    fn reserve(who: &T::AccountId, collateral: BalanceOf<T>) -> DispatchResult {
        let mut record = Self::staying(who)?;
        ensure!(!Self::in_maintenance(&record), Error::<T>::InMaintenance);
        ensure!(
            record.running < Self::capacity(&record),
            Error::<T>::TooManyJobs
        );
        record.reserved =
            Self::reserved_with(&record, collateral).ok_or(Error::<T>::FreeBondTooSmall)?;
        // Below the most jobs that a provider may have, as checked above.
        record.running = record.running.saturating_add(1);
        Providers::<T>::insert(who, record);
        Ok(())
    }

    fn release(who: &T::AccountId, collateral: BalanceOf<T>) -> DispatchResult {
        let mut record = Providers::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
        record.running = record
            .running
            .checked_sub(1)
            .ok_or(Error::<T>::NotReserved)?;
        record.reserved = record
            .reserved
            .checked_sub(&collateral)
            .ok_or(Error::<T>::NotReserved)?;
        // The last job takes all that is reserved with it.
        ensure!(
            record.running > 0 || record.reserved == BalanceOf::<T>::default(),
            Error::<T>::NotReserved
        );
        Self::collect(who, &mut record);
        Providers::<T>::insert(who, record);
        Ok(())
    }

    fn slash(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        job: JobId,
    ) -> BalanceOf<T> {
        let amount = Self::within_the_day(who, amount, reason);
        Self::do_slash(who, amount, reason, Some(job)).taken
    }

    fn slash_informed(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        job: JobId,
        informer: &T::AccountId,
        share: Permill,
    ) -> (BalanceOf<T>, BalanceOf<T>) {
        let amount = Self::within_the_day(who, amount, reason);
        let (slashed, reward) =
            Self::slash_and_reward(who, amount, reason, Some(job), Some((informer, share)));
        (slashed.taken, reward)
    }

    fn slashed_weight() -> Weight {
        // What was slashed today, where the offence is capped.
        T::OnSlashed::slashed_weight().saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }

    fn controller_of(worker: &T::AccountId) -> Option<T::AccountId> {
        Controllers::<T>::get(worker)
    }

    fn worker_of(controller: &T::AccountId) -> Option<T::AccountId> {
        Providers::<T>::get(controller).map(|record| record.worker)
    }

    fn endpoint(controller: &T::AccountId) -> Option<Url> {
        Providers::<T>::get(controller).map(|record| record.endpoint)
    }

    fn lessor_share(
        who: &T::AccountId,
        earned: BalanceOf<T>,
    ) -> Option<(T::AccountId, BalanceOf<T>)> {
        Self::part_of_lessor(who, earned)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_provider(controller: &T::AccountId, worker: &T::AccountId) {
        crate::benchmarking::register_leasing::<T>(controller, worker);
    }
}
