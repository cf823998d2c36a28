//! A proven batch: who may report it, what the proof must show, and what follows from it.

use crate::{
    pallet::{Config, Error, Event, Inputs, Jobs, Pallet, Results},
    JobOf,
};
use frame_support::ensure;
use sp_runtime::DispatchError;
use swarmwork_primitives::{
    Circuits, Commitment, ContentId, JobId, Mode, ProofContext, Providers, ResultView,
};

/// Where the output commitment lies in a proof.
const OUTPUT_COMMITMENT: core::ops::Range<usize> = 160..192;

impl<T: Config> Pallet<T> {
    /// Everything about a result that can be checked before the proof, cheapest first: the job,
    /// its provider, and the commitment to the batch's input.
    pub(crate) fn check_report(
        worker: &T::AccountId,
        id: JobId,
        batch: u32,
    ) -> Result<(JobOf<T>, T::AccountId, Commitment), DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(Self::now() <= job.deadline, Error::<T>::DeadlinePassed);
        ensure!(
            T::Providers::worker_of(&provider).as_ref() == Some(worker),
            Error::<T>::NotTheWorker
        );
        ensure!(job.mode == Mode::Proven, Error::<T>::PathsMissing);
        ensure!(batch < job.batches, Error::<T>::BatchOutOfRange);
        ensure!(
            !Results::<T>::contains_key(id, batch),
            Error::<T>::BatchAlreadyProven
        );
        let input = Inputs::<T>::get(id)
            .and_then(|input| input.commitments.listed().get(batch as usize).copied())
            .ok_or(Error::<T>::BatchOutOfRange)?;
        Ok((job, provider, input))
    }

    /// Whether a result would be accepted now: the job and the output commitment it proves.
    pub(crate) fn check_result(
        worker: &T::AccountId,
        id: JobId,
        batch: u32,
        proof: &[u8],
    ) -> Result<(JobOf<T>, Commitment), DispatchError> {
        let (job, provider, input) = Self::check_report(worker, id, batch)?;
        T::Circuits::verify(
            &job.circuit,
            ProofContext {
                job: &id,
                batch,
                provider: &provider,
                weights: &job.weights,
                input: &input,
            },
            proof,
        )?;
        Ok((job, Self::output_commitment(proof)?))
    }

    /// The output commitment in a proof.
    pub(crate) fn output_commitment(proof: &[u8]) -> Result<Commitment, DispatchError> {
        let bytes = proof.get(OUTPUT_COMMITMENT);
        let commitment = bytes.and_then(|bytes| bytes.try_into().ok());
        commitment.ok_or(Error::<T>::ProofTooShort.into())
    }

    /// Stores a checked result; whether it was the last and the job is settled, or waits for its
    /// requester's word.
    pub(crate) fn accept_result(
        id: JobId,
        mut job: JobOf<T>,
        batch: u32,
        commitment: Commitment,
        output: ContentId,
    ) -> Result<bool, DispatchError> {
        let now = Self::now();
        Self::note_started(&id);
        Results::<T>::insert(
            id,
            batch,
            ResultView {
                commitment,
                output,
                at: now,
            },
        );
        Self::answer_challenge(id, &job, batch);
        // Each batch is proven once, so no more are than are to be.
        job.proven = job.proven.saturating_add(1);
        Self::deposit_event(Event::BatchProven {
            job: id,
            batch,
            output,
        });
        let last = job.proven == job.proofs();
        if last && !Self::await_word(id, &job, now) {
            Self::settle(id, job, now)?;
        } else {
            Jobs::<T>::insert(id, job);
        }
        Ok(last)
    }
}
