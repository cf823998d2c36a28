//! A new job: what is checked, held and stored.

use crate::{
    pallet::{BalanceOf, Config, Deliveries, Error, Event, Inputs, Jobs, Nonces, Pallet},
    types::{Agenda, InputCommitments, JobInput},
    Job,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, Saturating, Zero},
    ArithmeticError, DispatchResult,
};
use swarmwork_primitives::{
    job_id, rooted_job_id, Assignment, Budget, Circuits, JobId, JobState, Mode, ModelId, Models,
    Placement, MAX_ANSWERS, MAX_REDUNDANCY, MAX_SAMPLES,
};

impl<T: Config> Pallet<T> {
    /// Submits a job; see [`crate::Call::submit_job`], [`crate::Call::submit_rooted_job`] and
    /// [`crate::Call::submit_order`].
    pub(crate) fn submit(
        requester: T::AccountId,
        model: ModelId,
        input: JobInput,
        mode: Mode,
        budget: Budget<BalanceOf<T>>,
        deadline: BlockNumberFor<T>,
        placement: Placement<T::AccountId>,
    ) -> DispatchResult {
        let Budget {
            currency,
            max_price,
        } = budget;
        let now = Self::now();
        let deadline = Self::market_block(deadline);
        let batches = input.commitments.batches();
        ensure!(batches > 0, Error::<T>::NoBatches);
        Self::check_mode(&input.commitments, mode)?;
        Self::check_placement(&placement)?;
        let Placement { assignment, terms } = placement;
        ensure!(deadline > now, Error::<T>::DeadlinePassed);
        let bidding = match assignment {
            Assignment::Auction { blocks } => blocks,
            Assignment::Swarm | Assignment::Direct(_) => 0,
        };
        let duration = deadline.saturating_sub(now);
        ensure!(
            duration >= Self::least_duration(mode, batches).saturating_add(bidding.into()),
            Error::<T>::DeadlineTooSoon
        );
        ensure!(
            duration <= T::MaxJobDuration::get(),
            Error::<T>::DeadlineTooFar
        );
        Self::ensure_listed(&currency)?;
        let value = Self::value_of(&currency, max_price).ok_or(ArithmeticError::Overflow)?;
        // Each of several providers is paid, and each gives a slot.
        let providers = BalanceOf::<T>::from(mode.providers());
        ensure!(
            value >= T::MinimumPrice::get().saturating_mul(providers),
            Error::<T>::PriceTooLow
        );
        let mut slot = Self::slot_time(mode, duration);
        if terms.deliver {
            slot = slot.saturating_add(Self::delivery_time());
        }
        ensure!(
            value >= Self::slot_cost(slot).saturating_mul(providers),
            Error::<T>::PriceBelowSlot
        );
        ensure!(
            core::str::from_utf8(&input.locator.source).is_ok(),
            Error::<T>::SourceNotUtf8
        );
        let registered = T::Models::info(&model).ok_or(Error::<T>::ModelUnknown)?;
        let circuit = T::Circuits::info(&registered.circuit).ok_or(Error::<T>::CircuitUnknown)?;
        let named = matches!(assignment, Assignment::Direct(_));
        ensure!(circuit.attested || named, Error::<T>::UnattestedNeedsDirect);
        let swarm = assignment == Assignment::Swarm && !terms.fast;
        if let Mode::Redundant { .. } = mode {
            ensure!(swarm, Error::<T>::RedundantNeedsDraw);
            ensure!(
                terms.start_within.is_none(),
                Error::<T>::StartNeedsOneProvider
            );
        }
        ensure!(
            circuit.attested || mode == Mode::Proven,
            Error::<T>::UnattestedNeedsProofs
        );
        let delivery = terms
            .deliver
            .then(|| Self::ask_delivery(&registered.circuit, mode, batches, &currency))
            .transpose()?;
        for commitment in input.commitments.listed() {
            T::Circuits::check_commitment(commitment)
                .map_err(|_| Error::<T>::MalformedCommitment)?;
        }
        let prepaid = delivery
            .as_ref()
            .map_or_else(Zero::zero, |asked| asked.prepaid);
        let escrow = max_price
            .checked_add(&prepaid)
            .ok_or(ArithmeticError::Overflow)?;
        Self::escrow(&currency, &requester, escrow)?;

        let nonce = Nonces::<T>::get(&requester);
        Nonces::<T>::insert(
            &requester,
            nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?,
        );
        let id = Self::id_of(&requester, nonce, &model, &input, mode);
        let job = Job {
            requester: requester.clone(),
            model,
            owner: registered.owner,
            circuit: registered.circuit,
            weights: registered.weights,
            mode,
            batches,
            proven: 0,
            max_price,
            currency: currency.clone(),
            split: Self::split(),
            submitted: now,
            deadline,
            swarm,
            draws: 0,
            state: JobState::Open,
        };
        Jobs::<T>::insert(id, &job);
        Inputs::<T>::insert(id, input);
        if let Some(delivery) = delivery {
            Deliveries::<T>::insert(id, delivery);
        }
        Self::schedule(Agenda::Wake, deadline, id);
        Self::deposit_event(Event::JobSubmitted {
            job: id,
            requester: requester.clone(),
            model,
            batches,
            escrow,
            currency,
        });
        Self::pay_priority(&requester, id, terms.priority)?;
        let lane = Self::lane(terms.fast, terms.priority);
        Self::keep_terms(id, terms, bidding > 0);
        match assignment {
            Assignment::Swarm => Self::schedule(lane, now, id),
            Assignment::Direct(provider) => Self::assign_direct(id, job, provider, now)?,
            Assignment::Auction { blocks } => Self::open_auction(id, blocks, now),
        }
        Ok(())
    }

    /// Whether a mode fits how the input is committed to.
    fn check_mode(commitments: &InputCommitments, mode: Mode) -> Result<(), Error<T>> {
        match (commitments, mode) {
            (InputCommitments::Listed(_), Mode::Proven) => Ok(()),
            (InputCommitments::Root { batches, .. }, Mode::Sampled { samples }) => {
                ensure!(
                    *batches <= swarm_merkle::MAX_LEAVES,
                    Error::<T>::TooManyBatches
                );
                ensure!(
                    (1..=MAX_SAMPLES).contains(&samples),
                    Error::<T>::SamplesOutOfRange
                );
                Ok(())
            }
            (InputCommitments::Root { batches, .. }, Mode::Optimistic) => {
                ensure!(
                    *batches <= swarm_merkle::MAX_LEAVES,
                    Error::<T>::TooManyBatches
                );
                Ok(())
            }
            (InputCommitments::Root { batches, .. }, Mode::Redundant { providers }) => {
                ensure!(*batches <= MAX_ANSWERS, Error::<T>::TooManyBatches);
                ensure!(
                    (1..=MAX_REDUNDANCY).contains(&providers) && providers % 2 == 1,
                    Error::<T>::RedundancyOutOfRange
                );
                Ok(())
            }
            (InputCommitments::Root { .. }, Mode::Proven)
            | (
                InputCommitments::Listed(_),
                Mode::Sampled { .. } | Mode::Optimistic | Mode::Redundant { .. },
            ) => Err(Error::<T>::ModeNeedsOtherCommitments),
        }
    }

    fn id_of(
        requester: &T::AccountId,
        nonce: u32,
        model: &ModelId,
        input: &JobInput,
        mode: Mode,
    ) -> JobId {
        let content = &input.locator.content;
        match &input.commitments {
            InputCommitments::Listed(commitments) => {
                job_id(requester, nonce, model, content, commitments)
            }
            InputCommitments::Root { batches, root } => {
                rooted_job_id(requester, nonce, model, content, *batches, root, &mode)
            }
        }
    }
}
