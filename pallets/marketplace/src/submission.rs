//! A new job: what is checked, held and stored.

use crate::{
    pallet::{BalanceOf, Config, Error, Event, Inputs, Jobs, Nonces, Pallet},
    types::{Agenda, Commitments, JobInput},
    Job,
};
use frame_support::{
    ensure,
    traits::{
        fungible::Inspect,
        tokens::{Fortitude, Preservation},
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Saturating, ArithmeticError, DispatchResult};
use swarmwork_primitives::{Assignment, Circuits, JobState, Locator, ModelId, Models};

impl<T: Config> Pallet<T> {
    /// Submits a job; see [`crate::Call::submit_job`].
    pub(crate) fn submit(
        requester: T::AccountId,
        model: ModelId,
        input: Locator,
        commitments: Commitments,
        max_price: BalanceOf<T>,
        deadline: BlockNumberFor<T>,
        assignment: Assignment<T::AccountId>,
    ) -> DispatchResult {
        let now = Self::now();
        let deadline = Self::market_block(deadline);
        ensure!(!commitments.is_empty(), Error::<T>::NoBatches);
        ensure!(deadline > now, Error::<T>::DeadlinePassed);
        let duration = deadline.saturating_sub(now);
        ensure!(
            duration >= T::MinJobDuration::get(),
            Error::<T>::DeadlineTooSoon
        );
        ensure!(
            duration <= T::MaxJobDuration::get(),
            Error::<T>::DeadlineTooFar
        );
        ensure!(max_price >= T::MinimumPrice::get(), Error::<T>::PriceTooLow);
        ensure!(
            core::str::from_utf8(&input.source).is_ok(),
            Error::<T>::SourceNotUtf8
        );
        let registered = T::Models::info(&model).ok_or(Error::<T>::ModelUnknown)?;
        let circuit = T::Circuits::info(&registered.circuit).ok_or(Error::<T>::CircuitUnknown)?;
        let swarm = assignment == Assignment::Swarm;
        ensure!(
            circuit.attested || !swarm,
            Error::<T>::UnattestedNeedsDirect
        );
        for commitment in &commitments {
            T::Circuits::check_commitment(commitment)
                .map_err(|_| Error::<T>::MalformedCommitment)?;
        }
        // A hold would also take what is frozen (vesting, say): that cannot be spent on jobs.
        ensure!(
            T::Currency::reducible_balance(&requester, Preservation::Protect, Fortitude::Polite)
                >= max_price,
            Error::<T>::InsufficientBalance
        );
        Self::escrow(&requester, max_price)?;

        let nonce = Nonces::<T>::get(&requester);
        Nonces::<T>::insert(
            &requester,
            nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?,
        );
        let id =
            swarmwork_primitives::job_id(&requester, nonce, &model, &input.content, &commitments);
        let batches = commitments.len() as u32;
        let job = Job {
            requester: requester.clone(),
            model,
            owner: registered.owner,
            circuit: registered.circuit,
            weights: registered.weights,
            batches,
            proven: 0,
            max_price,
            split: Self::split(),
            submitted: now,
            deadline,
            swarm,
            draws: 0,
            state: JobState::Open,
        };
        Jobs::<T>::insert(id, &job);
        Inputs::<T>::insert(
            id,
            JobInput {
                locator: input,
                commitments,
            },
        );
        Self::schedule(Agenda::Wake, deadline, id);
        Self::deposit_event(Event::JobSubmitted {
            job: id,
            requester,
            model,
            batches,
            escrow: max_price,
        });
        match assignment {
            Assignment::Swarm => Self::schedule(Agenda::Draw, now, id),
            Assignment::Direct(provider) => Self::assign_direct(id, job, provider, now)?,
        }
        Ok(())
    }
}
