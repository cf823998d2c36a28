//! Providers that do not start on a job, or do not want it: another is drawn.
//!
//! Starting is a provider's own act, whatever its requester does: nobody can be made to miss it. A
//! provider that has proven something, or committed to results, has started.

use crate::{
    pallet::{
        BalanceOf, Config, Error, Event, Jobs, Pallet, Passed, Specials, Stages, Starts, Withheld,
    },
    types::Agenda,
    JobOf,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchResult,
};
use swarmwork_primitives::{
    JobCurrency, JobId, JobState, Outcome, Providers, Reputation, SlashReason,
};

/// Declining costs one part in so many of what failing does: less than accepting and not delivering,
/// which costs the requester its time.
const DECLINED: u32 = 4;

impl<T: Config> Pallet<T> {
    /// Notes by when the provider of a job must have started that it is given now.
    pub(crate) fn expect_start(id: JobId, now: BlockNumberFor<T>) {
        let within = Specials::<T>::get(id).and_then(|special| special.terms.start_within);
        if let Some(blocks) = within {
            let until = now.saturating_add(blocks.into());
            Starts::<T>::insert(id, until);
            Self::schedule(Agenda::Start, until, id);
        }
    }

    /// Notes that the provider of a job works on it.
    pub(crate) fn note_started(id: &JobId) {
        if Starts::<T>::contains_key(id) {
            Starts::<T>::remove(id);
        }
    }

    /// See [`crate::Call::start_job`].
    pub(crate) fn start(who: &T::AccountId, id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(
            *who == provider || T::Providers::worker_of(&provider).as_ref() == Some(who),
            Error::<T>::NotTheProvider
        );
        let until = Starts::<T>::get(id).ok_or(Error::<T>::NothingToStart)?;
        ensure!(Self::now() <= until, Error::<T>::StartMissed);
        Starts::<T>::remove(id);
        Self::deposit_event(Event::JobStarted { job: id, provider });
        Ok(())
    }

    /// See [`crate::Call::decline_job`].
    pub(crate) fn decline(who: &T::AccountId, id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(*who == provider, Error::<T>::NotTheProvider);
        ensure!(
            job.proven == 0 && !Stages::<T>::contains_key(id),
            Error::<T>::WorkUnderWay
        );
        // That costs it nothing, and its requester the slot.
        ensure!(
            !Withheld::<T>::contains_key(id),
            Error::<T>::AlreadyReported
        );
        Self::pass_on(id, job, false, Self::now());
        Ok(())
    }

    /// Takes a job from a provider whose time to start is over.
    pub(crate) fn miss_start(id: JobId, now: BlockNumberFor<T>) {
        // One that has started since, or that another has by now, is looked at for nothing.
        if Starts::<T>::get(id).is_none_or(|until| now <= until) {
            return;
        }
        match Jobs::<T>::get(id) {
            Some(job) => Self::pass_on(id, job, true, now),
            None => {
                frame_support::defensive!("a job is gone whose provider must start");
            }
        }
    }

    /// Takes a job from its provider and has another drawn, unless this one was named: then its
    /// requester may cancel it.
    fn pass_on(id: JobId, mut job: JobOf<T>, missed: bool, now: BlockNumberFor<T>) {
        let Ok((provider, price, collateral)) = Self::assignment(&job) else {
            frame_support::defensive!("a job is passed on that nobody has");
            return;
        };
        let excused = Self::is_published(&id);
        Self::unassign(&id, &provider, collateral);
        if job.swarm {
            let burned = Self::weight_of_failure(&job, price);
            let weight = if missed {
                burned
            } else {
                burned / BalanceOf::<T>::from(DECLINED)
            };
            T::Reputation::record(&provider, &job.requester, id, Outcome::Failed, weight);
        }
        let drawn = Self::is_market(&id, &job);
        let forfeited = Self::forfeit_bid(&id, &job.currency, &provider, price, excused);
        Passed::<T>::mutate(id, |passed| {
            // Each comes of a draw, and there are no more of those.
            if passed.is_full() {
                passed.remove(0);
            }
            let _ = passed.try_push(provider.clone());
        });
        job.state = JobState::Open;
        let redraw = if drawn {
            Self::redraw(id, job, now)
        } else {
            Jobs::<T>::insert(id, job);
            None
        };
        Self::deposit_event(Event::JobReturned {
            job: id,
            provider,
            missed,
            forfeited,
            redraw,
        });
    }

    /// Takes a part of its bid from a provider that won an auction, unless it is excused; whoever is
    /// drawn next has not bid.
    pub(crate) fn forfeit_bid(
        id: &JobId,
        currency: &JobCurrency,
        provider: &T::AccountId,
        price: BalanceOf<T>,
        excused: bool,
    ) -> BalanceOf<T> {
        let won = Specials::<T>::mutate(id, |special| {
            special
                .as_mut()
                .is_some_and(|special| core::mem::take(&mut special.won))
        });
        if !won || excused {
            return Zero::zero();
        }
        let bid = Self::value_of(currency, price).unwrap_or_default();
        let amount = T::BidForfeit::get().mul_ceil(bid);
        T::Providers::slash(provider, amount, SlashReason::Withdrawn, *id)
    }
}
