//! Where the money goes: settlement, refunds, and claims for legs that could not be paid.
//!
//! A job's money lies under one aggregated hold in its requester's account until it moves. A leg
//! that cannot be paid (an account that does not exist and would get less than the existential
//! deposit, say) moves nothing: the amount stays under the same hold and is booked as owed to its
//! beneficiary, who claims it. So no end of a job depends on a transfer, and what is held always
//! equals what open jobs and claims add up to.

use crate::{
    pallet::{
        BalanceOf, Claims, Config, CreditOf, Error, Event, HoldReason, Inputs, Jobs, Pallet,
        Passed, Results, Specials, Stages, TotalHeld,
    },
    JobOf,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::{Balanced, BalancedHold, MutateHold},
        tokens::{Fortitude, Precision, Restriction},
        DefensiveSaturating, Get, Imbalance,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, CheckedSub, Saturating, Zero},
    ArithmeticError, DispatchError, DispatchResult,
};
use swarmwork_primitives::{
    BurnLedger, BurnSource, Circuits, JobId, JobState, OnEscrow, Outcome, Providers, Reputation,
    Settlement, Split, SwarmWork,
};

impl<T: Config> Pallet<T> {
    /// How the price of a job submitted now will be divided.
    pub fn split() -> Split {
        Split {
            provider: T::ProviderShare::get(),
            treasury: T::TreasuryShare::get(),
            burned: T::BurnedShare::get(),
            owner: T::OwnerShare::get(),
        }
    }

    /// Holds a job's maximum price.
    pub(crate) fn escrow(requester: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        let total = TotalHeld::<T>::get()
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&HoldReason::Escrow.into(), requester, amount)?;
        TotalHeld::<T>::put(total);
        T::OnEscrow::escrowed(requester);
        Ok(())
    }

    /// Pays everybody, burns, returns what the job did not cost and ends it.
    pub(crate) fn settle(
        id: JobId,
        mut job: JobOf<T>,
        now: BlockNumberFor<T>,
    ) -> Result<(), DispatchError> {
        let (provider, price, collateral) = Self::assignment(&job)?;
        let refund = job
            .max_price
            .checked_sub(&price)
            .ok_or(ArithmeticError::Underflow)?;
        let blocks = now.saturating_sub(job.assigned().unwrap_or(now));
        Self::note_price(&id, &job, price);
        let payer = job.requester.clone();
        let mut shares = job.split.divide(price);
        let burned = Self::burn(BurnSource::JobFee, &payer, shares.burned);
        // No more is burned than was to be, and both are parts of the price.
        shares.treasury = shares
            .treasury
            .defensive_saturating_add(shares.burned.defensive_saturating_sub(burned));

        Self::pay_provider(id, &payer, &provider, shares.provider);
        Self::pay(id, &payer, &job.owner, shares.owner);
        Self::pay(id, &payer, &T::TreasuryAccount::get(), shares.treasury);
        Self::refund(id, &payer, refund);

        Self::unassign(&id, &provider, collateral);
        if job.swarm {
            T::Reputation::record(&provider, &payer, Outcome::Succeeded, burned);
        }
        if let Some(circuit) = T::Circuits::info(&job.circuit) {
            T::SwarmWork::settled(Settlement {
                job: &id,
                providers: core::slice::from_ref(&provider),
                burned,
                attested: circuit.attested,
                // What is committed to and not proven may not have been computed.
                macs: u128::from(circuit.macs).saturating_mul(job.proven.into()),
                blocks,
            });
        }
        job.state = JobState::Completed {
            provider: provider.clone(),
            price,
            at: now,
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobCompleted {
            job: id,
            provider,
            paid_provider: shares.provider,
            paid_treasury: shares.treasury,
            burned,
            paid_owner: shares.owner,
            refunded: refund,
        });
        Ok(())
    }

    /// Ends a job whose deadline is past: everything goes back, and a drawn provider's failure is
    /// recorded at what the job would have burned.
    pub(crate) fn expire(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
        let assigned = Self::assignment(&job).ok();
        Self::drop_auction(&id);
        Self::refund(id, &job.requester, job.max_price);
        if let Some((provider, price, collateral)) = &assigned {
            Self::unassign(&id, provider, *collateral);
            if job.swarm {
                let burned = job.split.divide(*price).burned;
                T::Reputation::record(provider, &job.requester, Outcome::Failed, burned);
            }
        }
        let provider = assigned.map(|(provider, ..)| provider);
        job.state = JobState::Expired {
            provider: provider.clone(),
            at: now,
        };
        let refunded = job.max_price;
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobExpired {
            job: id,
            refunded,
            provider,
        });
    }

    /// Forgets a job that ended long ago.
    pub(crate) fn prune(id: JobId, job: &JobOf<T>) {
        for batch in Self::proven_batches(&id, job) {
            Results::<T>::remove(id, batch);
        }
        Stages::<T>::remove(id);
        Specials::<T>::remove(id);
        Passed::<T>::remove(id);
        Inputs::<T>::remove(id);
        Jobs::<T>::remove(id);
        Self::deposit_event(Event::JobPruned { job: id });
    }

    /// The provider's share, less what is its lessor's.
    fn pay_provider(
        job: JobId,
        payer: &T::AccountId,
        provider: &T::AccountId,
        share: BalanceOf<T>,
    ) {
        // No more is divided than there is, whatever the lessor is said to get.
        let part = T::Providers::lessor_share(provider, share)
            .map(|(lessor, amount)| (lessor, amount.min(share)))
            .filter(|(_, amount)| !amount.is_zero());
        let Some((lessor, amount)) = part else {
            return Self::pay(job, payer, provider, share);
        };
        Self::pay(job, payer, provider, share.defensive_saturating_sub(amount));
        Self::pay(job, payer, &lessor, amount);
        Self::deposit_event(Event::RevenueShared {
            job,
            provider: provider.clone(),
            lessor,
            amount,
        });
    }

    /// One leg, paid now or owed.
    pub(crate) fn pay(job: JobId, payer: &T::AccountId, to: &T::AccountId, amount: BalanceOf<T>) {
        if amount.is_zero() {
            return;
        }
        let paid = with_storage_layer(|| {
            T::Currency::transfer_on_hold(
                &HoldReason::Escrow.into(),
                payer,
                to,
                amount,
                Precision::Exact,
                Restriction::Free,
                // What was held for a job stays promised, whatever is frozen over it later.
                Fortitude::Force,
            )
        });
        Self::book(job, payer, to, amount, paid);
    }

    /// The part of a job's money that goes back, now or as a claim.
    pub(crate) fn refund(job: JobId, payer: &T::AccountId, amount: BalanceOf<T>) {
        if amount.is_zero() {
            return;
        }
        let paid = with_storage_layer(|| {
            T::Currency::release(&HoldReason::Escrow.into(), payer, amount, Precision::Exact)
        });
        Self::book(job, payer, payer, amount, paid);
    }

    /// Books a leg: what moved is no longer held, what could not move is owed. A leg is a part of
    /// what is held in all, and claims are held too, so neither figure leaves the currency's range.
    fn book(
        job: JobId,
        payer: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
        paid: Result<BalanceOf<T>, DispatchError>,
    ) {
        if paid.is_ok() {
            TotalHeld::<T>::mutate(|total| total.defensive_saturating_reduce(amount));
            return;
        }
        Claims::<T>::mutate(to, payer, |owed| owed.defensive_saturating_accrue(amount));
        Self::deposit_event(Event::ClaimRecorded {
            job,
            beneficiary: to.clone(),
            amount,
        });
    }

    /// Burns of what is held for a job; how much that was.
    pub(crate) fn burn(
        source: BurnSource,
        payer: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> BalanceOf<T> {
        let (credit, _) = T::Currency::slash(&HoldReason::Escrow.into(), payer, amount);
        let burned = credit.peek();
        // It was held until now.
        TotalHeld::<T>::mutate(|total| total.defensive_saturating_reduce(burned));
        T::BurnLedger::burn(source, credit);
        burned
    }

    /// Pays what is owed to an account, from at most [`Config::MaxClaims`] payers; how many.
    pub(crate) fn collect(who: &T::AccountId) -> Result<u32, DispatchError> {
        let owed: Vec<_> = Claims::<T>::iter_prefix(who)
            .take(T::MaxClaims::get() as usize)
            .collect();
        ensure!(!owed.is_empty(), Error::<T>::NothingToClaim);
        let mut total = CreditOf::<T>::zero();
        let payers = owed.len() as u32;
        for (payer, amount) in owed {
            Claims::<T>::remove(who, &payer);
            let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), &payer, amount);
            ensure!(missing.is_zero(), Error::<T>::EscrowMissing);
            total = total.merge(credit);
        }
        let amount = total.peek();
        let held = TotalHeld::<T>::get().checked_sub(&amount);
        TotalHeld::<T>::put(held.ok_or(Error::<T>::EscrowMissing)?);
        T::Currency::resolve(who, total).map_err(|_| Error::<T>::CannotReceive)?;
        Self::deposit_event(Event::Claimed {
            beneficiary: who.clone(),
            amount,
        });
        Ok(payers)
    }
}
