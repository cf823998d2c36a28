//! Jobs whose results stand unless somebody challenges them.
//!
//! For a while after the provider has committed to all results, anyone may have a batch proven for a
//! bond. An answer costs the challenger its bond. Silence costs the provider its collateral, as soon as
//! the answer is overdue. Answers are due one after the other, in the order of the challenges, so that
//! the oldest is always the first to be overdue. A bond is held in the challenger's own account, beside
//! what it holds for jobs. Bonds are tokens, whatever the job is paid in.

use crate::{
    pallet::{BalanceOf, Challenges, Config, Deliveries, Error, Event, Jobs, Pallet, Stages},
    types::{Agenda, Challenge},
    JobOf,
};
use frame_support::{
    ensure,
    traits::{DefensiveSaturating, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedMul, Saturating, Zero},
    ArithmeticError, DispatchResult, Permill,
};
use swarmwork_primitives::{
    BurnSource, JobCurrency, JobId, JobStage, JobState, Mode, Providers, ResultRoot, Samples,
    SlashReason, MAX_CHALLENGES,
};

/// The first challenge of a job costs at least this part of its price. Using up all of them then
/// costs a hundred thousand times what could be gained by that.
const LEAST_PART_OF_PRICE: u32 = 64;

/// What is burned of a lost bond: a provider that challenges itself loses that.
const BURNED_OF_BOND: Permill = Permill::from_percent(50);

impl<T: Config> Pallet<T> {
    /// Lets results stand, to be challenged.
    pub(crate) fn stand(id: JobId, results: ResultRoot, now: BlockNumberFor<T>) {
        let until = now.saturating_add(T::ChallengePeriod::get());
        Stages::<T>::insert(
            id,
            JobStage::Standing {
                results,
                challenged: Samples::default(),
                open_until: until,
                until,
            },
        );
        Self::schedule(Agenda::Close, until, id);
    }

    /// What the challenge after so many others of a job costs if it is answered. The first: twice
    /// what a proof is paid with, since half of it goes to who proves, or more. Each of the others:
    /// twice the one before.
    pub(crate) fn challenge_bond(job: &JobOf<T>, made: u32) -> Option<BalanceOf<T>> {
        let (_, price, _) = Self::assignment(job).ok()?;
        let price = Self::value_of(&job.currency, price)?;
        // The price of the job's batches, were all of them proven.
        let proven = T::UnprovenShare::get().saturating_reciprocal_mul_ceil(price);
        let batches = BalanceOf::<T>::from(job.batches.max(1));
        let proof = proven / batches;
        let part = price / BalanceOf::<T>::from(LEAST_PART_OF_PRICE);
        let least = T::ChallengeBond::get()
            .max(proof.saturating_add(proof))
            .max(part);
        least.checked_mul(&BalanceOf::<T>::from(1u32.checked_shl(made)?))
    }

    /// Has a batch proven; see [`crate::Call::challenge`].
    pub(crate) fn demand_proof(challenger: T::AccountId, id: JobId, batch: u32) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        Self::assignment(&job)?;
        let Some(JobStage::Standing {
            results,
            mut challenged,
            open_until,
            until,
        }) = Stages::<T>::get(id)
        else {
            return Err(Error::<T>::NothingToChallenge.into());
        };
        let now = Self::now();
        let mut open = Challenges::<T>::get(id);
        // Who owes an answer has failed, however late that is looked at.
        let overdue = open.first().is_some_and(|oldest| oldest.until < now);
        ensure!(now <= open_until && !overdue, Error::<T>::ChallengesOver);
        ensure!(batch < job.batches, Error::<T>::BatchOutOfRange);
        ensure!(
            !challenged.contains(&batch),
            Error::<T>::BatchAlreadyChallenged
        );
        // At most MAX_CHALLENGES.
        let made = challenged.len() as u32;
        ensure!(made < MAX_CHALLENGES, Error::<T>::TooManyChallenges);
        let bond = Self::challenge_bond(&job, made).ok_or(ArithmeticError::Overflow)?;
        Self::escrow(&JobCurrency::Native, &challenger, bond)?;
        // The time for one answer begins when the one before is due: they are proven in this order.
        let begins = open.last().map_or(now, |last| last.until);
        let due = begins.saturating_add(T::AnswerTime::get());
        open.try_push(Challenge {
            challenger: challenger.clone(),
            batch,
            bond,
            until: due,
        })
        .map_err(|_| Error::<T>::TooManyChallenges)?;
        Challenges::<T>::insert(id, open);
        Self::schedule(Agenda::Close, due, id);
        challenged
            .try_push(batch)
            .map_err(|_| Error::<T>::TooManyChallenges)?;
        Stages::<T>::insert(
            id,
            JobStage::Standing {
                results,
                challenged,
                open_until,
                until: until.max(due),
            },
        );
        Self::deposit_event(Event::BatchChallenged {
            job: id,
            batch,
            challenger,
            bond,
            until: Self::chain_block(due),
        });
        Ok(())
    }

    /// Last block in which answers count of a job whose results stand until `until`: with the oldest
    /// challenge all of it is overdue.
    pub(crate) fn answers_until(id: &JobId, until: BlockNumberFor<T>) -> BlockNumberFor<T> {
        let open = Challenges::<T>::get(id);
        open.first().map_or(until, |oldest| oldest.until)
    }

    /// Settles the challenge of a batch that is proven now, if the job is one of those.
    pub(crate) fn answer_challenge(id: JobId, job: &JobOf<T>, batch: u32) {
        if job.mode != Mode::Optimistic {
            return;
        }
        let Ok((provider, ..)) = Self::assignment(job) else {
            return;
        };
        let answered = Challenges::<T>::mutate_exists(id, |stored| {
            let open = stored.as_mut()?;
            let place = open.iter().position(|each| each.batch == batch)?;
            let challenge = open.remove(place);
            if open.is_empty() {
                *stored = None;
            }
            Some(challenge)
        });
        let Some(Challenge {
            challenger, bond, ..
        }) = answered
        else {
            frame_support::defensive!("a batch was proven that nobody challenged");
            return;
        };
        let burned = Self::burn(
            BurnSource::Slash,
            &challenger,
            BURNED_OF_BOND.mul_ceil(bond),
        );
        // No more is burned than was to be.
        let paid = bond.defensive_saturating_sub(burned);
        Self::pay(id, &JobCurrency::Native, &challenger, &provider, paid);
        Self::deposit_event(Event::ChallengeAnswered {
            job: id,
            batch,
            challenger,
            burned,
            paid,
        });
    }

    /// Ends a job whose results stood: it has failed when an answer is overdue, and is paid when
    /// nothing can be asked for any more. It is looked at when the period is over and when each answer
    /// is due, the last of which is its end. One with a panel moves on, and one whose input was not
    /// published in time ends.
    pub(crate) fn close(id: JobId, now: BlockNumberFor<T>) {
        let Some(job) = Jobs::<T>::get(id).filter(|job| job.ended().is_none()) else {
            return;
        };
        // One that is not due has nothing to be closed yet but a report of its input.
        if let Some(delivery) = Deliveries::<T>::get(id).filter(|delivery| delivery.is_due()) {
            return Self::close_delivery(id, job, &delivery, now);
        }
        let Some(JobStage::Standing { until, .. }) = Stages::<T>::get(id) else {
            return match job.state {
                JobState::Shared { .. } => Self::serve_panel(id, now),
                _ => Self::close_withheld(id, job, now),
            };
        };
        let open = Challenges::<T>::get(id);
        if open.first().is_some_and(|oldest| oldest.until < now) {
            return Self::fail(id, job, now);
        }
        // Before its end there is nothing else to be done: at its end it is looked at again.
        if now <= until {
            return;
        }
        if let Err(error) = Self::settle(id, job, now) {
            frame_support::defensive!(error, "a job whose results stand could not be settled");
        }
    }

    /// Slashes a provider that did not prove what was asked of it, and gives its challengers their
    /// bonds back; the first of those that waited gets a reward. How much was slashed.
    pub(crate) fn convict(
        id: JobId,
        provider: &T::AccountId,
        collateral: BalanceOf<T>,
    ) -> BalanceOf<T> {
        let open = Challenges::<T>::take(id);
        for Challenge {
            challenger, bond, ..
        } in &open
        {
            Self::refund(id, &JobCurrency::Native, challenger, *bond);
        }
        let Some(first) = open.first() else {
            return T::Providers::slash(provider, collateral, SlashReason::Unproven, id);
        };
        let (slashed, reward) = T::Providers::slash_informed(
            provider,
            collateral,
            SlashReason::Unproven,
            id,
            &first.challenger,
            T::ChallengerShare::get(),
        );
        if !reward.is_zero() {
            Self::deposit_event(Event::ChallengerRewarded {
                job: id,
                challenger: first.challenger.clone(),
                reward,
            });
        }
        slashed
    }
}
