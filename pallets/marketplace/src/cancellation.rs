//! Withdrawing a job, and what that costs: the time that others have spent on it.
//!
//! Who could withdraw a job for nothing while its provider is drawn would look at the outputs as they
//! come, and try again until it likes who is drawn. So a job that may still be drawn costs a part of
//! its price, which is the treasury's. One that has a provider costs as much of its price as the
//! provider's slot has been taken of the time until the deadline, or as batches were proven of those
//! that are to be, whichever is more; it is divided as any price, so that ending a job early saves
//! nobody a share. It earns neither credit nor reputation.
//!
//! A slot has a price of its own besides, block by block: a job must be able to pay it until its
//! deadline, so that nobody fills a rival's slots with dust that it never means to have done.

use crate::{
    pallet::{BalanceOf, Config, Error, Event, Jobs, Pallet, Stages},
    JobOf,
};
use frame_support::{
    ensure,
    traits::{DefensiveSaturating, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{One, Saturating, Zero},
    DispatchResult, Perbill, SaturatedConversion,
};
use swarmwork_primitives::{CancellationReason, JobId, JobState, Mode, Shares};

/// What a cancelled job cost.
struct Cost<T: Config> {
    /// Who had been assigned.
    provider: Option<T::AccountId>,
    /// In all.
    paid: BalanceOf<T>,
    /// How that is divided.
    shares: Shares<BalanceOf<T>>,
}

impl<T: Config> Pallet<T> {
    /// Withdraws a job; see [`crate::Call::cancel_job`].
    pub(crate) fn withdraw(requester: &T::AccountId, id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.requester == *requester, Error::<T>::NotTheRequester);
        ensure!(job.ended().is_none(), Error::<T>::JobEnded);
        let now = Self::now();
        if job.state == JobState::Open {
            Self::cancel_auction(&id)?;
            let cost = Self::pay_draw(id, &job, now);
            Self::end_cancelled(id, job, cost, CancellationReason::Withdrawn, now);
            return Ok(());
        }
        // No time passes that could be paid, and nobody can work.
        ensure!(!Self::halted(), Error::<T>::MarketStopped);
        // By then its end is near, and depends on the provider alone.
        ensure!(!Stages::<T>::contains_key(id), Error::<T>::AlreadyCommitted);
        ensure!(!Self::is_delivering(&id), Error::<T>::AllProven);
        Self::end_paid_slot(id, job, CancellationReason::Withdrawn, now, now)
    }

    /// Cancels an assigned job whose provider is to be paid for the time of its slot, until a block.
    pub(crate) fn end_paid_slot(
        id: JobId,
        job: JobOf<T>,
        why: CancellationReason,
        until: BlockNumberFor<T>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let (provider, price, collateral) = Self::assignment(&job)?;
        let paid = Self::slot_price(&job, price, until).min(job.max_price);
        let shares = Self::distribute(id, &job, &provider, paid);
        Self::unassign(&id, &provider, collateral);
        let cost = Cost {
            provider: Some(provider),
            paid,
            shares,
        };
        Self::end_cancelled(id, job, cost, why, now);
        Ok(())
    }

    /// What withdrawing a job costs that has a provider at this price.
    pub(crate) fn slot_price(
        job: &JobOf<T>,
        price: BalanceOf<T>,
        now: BlockNumberFor<T>,
    ) -> BalanceOf<T> {
        let assigned = job.assigned().unwrap_or(now);
        // Both the block of the assignment and the current one count.
        let blocks =
            |until: BlockNumberFor<T>| until.saturating_sub(assigned).saturating_add(One::one());
        let time = Perbill::from_rational(blocks(now), blocks(job.deadline));
        let work = Perbill::from_rational(job.proven, job.proofs().max(1));
        let least = T::CancelShare::get().mul_ceil(price);
        let slot = Self::price_in(&job.currency, Self::slot_cost(blocks(now)));
        time.max(work)
            .mul_ceil(price)
            .max(least)
            .max(slot.unwrap_or_default())
    }

    /// Blocks that a job takes a provider's slot for at the requester's will: not those for an audit,
    /// which is drawn.
    pub(crate) fn slot_time(mode: Mode, duration: BlockNumberFor<T>) -> BlockNumberFor<T> {
        match mode {
            Mode::Redundant { .. } => duration.saturating_sub(T::AuditTime::get()),
            Mode::Proven | Mode::Sampled { .. } | Mode::Optimistic => duration,
        }
    }

    /// What so many blocks of a slot cost, in tokens.
    pub(crate) fn slot_cost(blocks: BlockNumberFor<T>) -> BalanceOf<T> {
        let blocks = blocks.saturated_into::<u128>().saturated_into();
        T::SlotPrice::get().saturating_mul(blocks)
    }

    /// Pays for the draw that a job withdraws from, if there is one to come.
    fn pay_draw(id: JobId, job: &JobOf<T>, now: BlockNumberFor<T>) -> Cost<T> {
        let paid = if Self::may_be_drawn(&id, job, now) && !Self::halted() {
            T::CancelShare::get().mul_ceil(job.max_price)
        } else {
            Zero::zero()
        };
        let treasury = T::TreasuryAccount::get();
        Self::pay(id, &job.currency, &job.requester, &treasury, paid);
        Cost {
            provider: None,
            paid,
            shares: Shares {
                provider: Zero::zero(),
                treasury: paid,
                burned: Zero::zero(),
                owner: Zero::zero(),
            },
        }
    }

    fn end_cancelled(
        id: JobId,
        mut job: JobOf<T>,
        cost: Cost<T>,
        why: CancellationReason,
        now: BlockNumberFor<T>,
    ) {
        let Cost {
            provider,
            paid,
            shares,
        } = cost;
        let refunded = job
            .max_price
            .defensive_saturating_sub(paid)
            .defensive_saturating_add(Self::end_delivery(&id).prepaid);
        Self::refund(id, &job.currency, &job.requester, refunded);
        job.state = JobState::Cancelled {
            provider: provider.clone(),
            why,
            paid,
            at: now,
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobCancelled {
            job: id,
            provider,
            why,
            paid,
            paid_provider: shares.provider,
            paid_treasury: shares.treasury,
            burned: shares.burned,
            paid_owner: shares.owner,
            refunded,
        });
    }
}
