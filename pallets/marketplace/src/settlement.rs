//! Where the money goes: settlement and refunds.
//!
//! A job's money lies under one aggregated hold of its currency in its requester's account until it
//! moves. A leg that cannot be paid (an account that does not exist and would get less than the
//! existential deposit, one that is blocked, an asset that is frozen) moves nothing: the amount stays
//! under the same hold and is booked as owed to its beneficiary, who claims it. So no end of a job
//! depends on a transfer, and what is held always equals what open jobs and claims add up to.

use crate::{
    pallet::{
        BalanceOf, Claims, Config, Deliveries, Error, Event, HoldReason, Inputs, Jobs, Pallet,
        Panels, Passed, Results, Specials, Stages, TotalHeld,
    },
    JobOf,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::BalancedHold,
        fungibles::{Inspect, MutateHold},
        tokens::{Fortitude, Precision, Preservation, Restriction},
        DefensiveSaturating, Get, Imbalance,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, Saturating, Zero},
    ArithmeticError, DispatchError, DispatchResult,
};
use swarmwork_primitives::{
    BurnLedger, BurnSource, Circuits, JobCurrency, JobId, JobState, OnEscrow, Outcome, Providers,
    Reputation, Settlement, Shares, Split, SwarmWork,
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

    /// Holds a job's maximum price, or a bond: no more than can be spent, because a hold would also
    /// take what is frozen (vesting, say).
    pub(crate) fn escrow(
        currency: &JobCurrency,
        who: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        ensure!(
            Self::spendable(currency, who) >= amount,
            Error::<T>::InsufficientBalance
        );
        let total = TotalHeld::<T>::get(currency)
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        T::Funds::hold(currency.clone(), &HoldReason::Escrow.into(), who, amount)?;
        TotalHeld::<T>::insert(currency, total);
        if *currency == JobCurrency::Native {
            T::OnEscrow::escrowed(who);
        }
        Ok(())
    }

    /// What an account can have held.
    pub(crate) fn spendable(currency: &JobCurrency, who: &T::AccountId) -> BalanceOf<T> {
        T::Funds::reducible_balance(
            currency.clone(),
            who,
            Preservation::Protect,
            Fortitude::Polite,
        )
    }

    /// Pays everybody, burns, returns what the job did not cost and ends it.
    pub(crate) fn settle(
        id: JobId,
        mut job: JobOf<T>,
        now: BlockNumberFor<T>,
    ) -> Result<(), DispatchError> {
        let (provider, asked, collateral) = Self::assignment(&job)?;
        ensure!(asked <= job.max_price, ArithmeticError::Underflow);
        let delivery = Self::end_delivery(&id);
        // Neither is more than the maximum price.
        let price = asked.max(Self::waiting_price(&job, &delivery, now));
        let refund = job.max_price.defensive_saturating_sub(price);
        // Waiting for the requester is not the provider's.
        let blocks = delivery
            .proven
            .unwrap_or(now)
            .saturating_sub(job.assigned().unwrap_or(now));
        Self::note_price(&id, &job, asked);
        let payer = job.requester.clone();
        let shares = Self::distribute(id, &job, &provider, price);
        let burned = shares.burned;
        let refund = if delivery.disputed {
            Self::pay_bytes(id, &job, &provider, delivery.prepaid);
            refund
        } else {
            refund.defensive_saturating_add(delivery.prepaid)
        };
        Self::refund(id, &job.currency, &payer, refund);

        Self::unassign(&id, &provider, collateral);
        if job.swarm {
            T::Reputation::record(&provider, &payer, id, Outcome::Succeeded, burned);
        }
        if delivery.proven.is_none() {
            Self::note_work(&job);
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

    /// Has what the provider of a job has proven counted now, whenever it is paid.
    pub(crate) fn note_work(job: &JobOf<T>) {
        let circuit = T::Circuits::info(&job.circuit).filter(|circuit| circuit.attested);
        if let (Some(circuit), Ok((provider, ..))) = (circuit, Self::assignment(job)) {
            let macs = u128::from(circuit.macs).saturating_mul(job.proven.into());
            T::SwarmWork::proven(&provider, macs);
        }
    }

    /// Divides so much of what is held for a job: burns, and pays provider, owner and treasury. What
    /// each of them got, in what the job is paid in; and what was burned, in tokens.
    ///
    /// Only the chain's own token is burned: for an asset's share tokens are bought ([`crate::buying`]).
    /// What that does not spend is the treasury's, too.
    pub(crate) fn distribute(
        id: JobId,
        job: &JobOf<T>,
        provider: &T::AccountId,
        price: BalanceOf<T>,
    ) -> Shares<BalanceOf<T>> {
        let payer = &job.requester;
        let mut shares = job.split.divide(price);
        let (spent, burned) = match job.currency {
            JobCurrency::Native => {
                let burned = Self::burn(BurnSource::JobFee, payer, shares.burned);
                (burned, burned)
            }
            JobCurrency::WithId(asset) => Self::buy_and_burn(id, payer, asset, shares.burned),
        };
        // No more is spent than was to be, and both are parts of the price.
        shares.treasury = shares
            .treasury
            .defensive_saturating_add(shares.burned.defensive_saturating_sub(spent));
        shares.burned = burned;
        Self::pay_provider(id, job, provider, shares.provider);
        Self::pay(id, &job.currency, payer, &job.owner, shares.owner);
        let treasury = T::TreasuryAccount::get();
        Self::pay(id, &job.currency, payer, &treasury, shares.treasury);
        shares
    }

    /// What a job of that price burns, or would if it were paid in tokens: what its provider's
    /// failure weighs.
    pub(crate) fn weight_of_failure(job: &JobOf<T>, price: BalanceOf<T>) -> BalanceOf<T> {
        let value = Self::value_of(&job.currency, price).unwrap_or_default();
        job.split.divide(value).burned
    }

    /// Ends a job whose deadline is past: everything goes back, a drawn provider's failure is
    /// recorded at what the job would have burned, and one that has won an auction loses a part of its
    /// bid.
    pub(crate) fn expire(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
        let assigned = Self::assignment(&job).ok();
        Self::drop_auction(&id);
        let delivery = Self::end_delivery(&id);
        let refunded = job.max_price.defensive_saturating_add(delivery.prepaid);
        Self::refund(id, &job.currency, &job.requester, refunded);
        let mut forfeited = BalanceOf::<T>::zero();
        let excused = Self::is_published(&id);
        if let Some((provider, price, collateral)) = &assigned {
            Self::unassign(&id, provider, *collateral);
            if job.swarm {
                let burned = Self::weight_of_failure(&job, *price);
                T::Reputation::record(provider, &job.requester, id, Outcome::Failed, burned);
            }
            // Who has proven all of it and keeps the output back has worked for nothing already.
            if delivery.proven.is_none() {
                forfeited = Self::forfeit_bid(&id, &job.currency, provider, *price, excused);
            }
        }
        let provider = assigned.map(|(provider, ..)| provider);
        job.state = JobState::Expired {
            provider: provider.clone(),
            at: now,
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobExpired {
            job: id,
            refunded,
            provider,
            forfeited,
        });
    }

    /// Forgets a job that ended long ago.
    pub(crate) fn prune(id: JobId, job: &JobOf<T>) {
        for batch in Self::proven_batches(&id, job) {
            Results::<T>::remove(id, batch);
        }
        Stages::<T>::remove(id);
        Panels::<T>::remove(id);
        Specials::<T>::remove(id);
        Passed::<T>::remove(id);
        Inputs::<T>::remove(id);
        Deliveries::<T>::remove(id);
        Jobs::<T>::remove(id);
        Self::deposit_event(Event::JobPruned { job: id });
    }

    /// Pays a provider for the bytes that it published: what that cost it, so that nobody shares it.
    fn pay_bytes(id: JobId, job: &JobOf<T>, provider: &T::AccountId, amount: BalanceOf<T>) {
        Self::pay(id, &job.currency, &job.requester, provider, amount);
        Self::deposit_event(Event::BytesPaid {
            job: id,
            provider: provider.clone(),
            amount,
        });
    }

    /// The provider's share, less what is its lessor's.
    fn pay_provider(id: JobId, job: &JobOf<T>, provider: &T::AccountId, share: BalanceOf<T>) {
        let (currency, payer) = (&job.currency, &job.requester);
        // No more is divided than there is, whatever the lessor is said to get.
        let part = T::Providers::lessor_share(provider, share)
            .map(|(lessor, amount)| (lessor, amount.min(share)))
            .filter(|(_, amount)| !amount.is_zero());
        let Some((lessor, amount)) = part else {
            return Self::pay(id, currency, payer, provider, share);
        };
        let rest = share.defensive_saturating_sub(amount);
        Self::pay(id, currency, payer, provider, rest);
        Self::pay(id, currency, payer, &lessor, amount);
        Self::deposit_event(Event::RevenueShared {
            job: id,
            provider: provider.clone(),
            lessor,
            amount,
        });
    }

    /// One leg, paid now or owed.
    pub(crate) fn pay(
        job: JobId,
        currency: &JobCurrency,
        payer: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        if amount.is_zero() {
            return;
        }
        let paid = with_storage_layer(|| Self::move_held(currency, payer, to, amount));
        Self::book(job, currency, payer, to, amount, paid);
    }

    /// Gives what one account has on hold to another, or fails and may have done a part of it.
    pub(crate) fn move_held(
        currency: &JobCurrency,
        payer: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        T::Funds::transfer_on_hold(
            currency.clone(),
            &HoldReason::Escrow.into(),
            payer,
            to,
            amount,
            Precision::Exact,
            Restriction::Free,
            // What was held for a job stays promised, whatever is frozen over it later.
            Fortitude::Force,
        )
    }

    /// The part of a job's money that goes back, now or as a claim.
    pub(crate) fn refund(
        job: JobId,
        currency: &JobCurrency,
        payer: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        if amount.is_zero() {
            return;
        }
        let paid = with_storage_layer(|| {
            T::Funds::release(
                currency.clone(),
                &HoldReason::Escrow.into(),
                payer,
                amount,
                Precision::Exact,
            )
        });
        Self::book(job, currency, payer, payer, amount, paid);
    }

    /// Books a leg: what moved is no longer held, what could not move is owed. A leg is a part of
    /// what is held in all, and claims are held too, so neither figure leaves the currency's range.
    fn book(
        job: JobId,
        currency: &JobCurrency,
        payer: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
        paid: Result<BalanceOf<T>, DispatchError>,
    ) {
        if paid.is_ok() {
            TotalHeld::<T>::mutate(currency, |total| total.defensive_saturating_reduce(amount));
            return;
        }
        let key = (to.clone(), currency.clone(), payer.clone());
        Claims::<T>::mutate(key, |owed| owed.defensive_saturating_accrue(amount));
        Self::deposit_event(Event::ClaimRecorded {
            job,
            beneficiary: to.clone(),
            amount,
            currency: currency.clone(),
        });
    }

    /// Burns tokens of what is held for a job; how many that were.
    pub(crate) fn burn(
        source: BurnSource,
        payer: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> BalanceOf<T> {
        let (credit, _) = T::Currency::slash(&HoldReason::Escrow.into(), payer, amount);
        let burned = credit.peek();
        // It was held until now.
        TotalHeld::<T>::mutate(JobCurrency::Native, |total| {
            total.defensive_saturating_reduce(burned)
        });
        T::BurnLedger::burn(source, credit);
        burned
    }
}
