//! Jobs as those see them who judge the work on them.

use crate::{
    pallet::{BalanceOf, Config, Error, Inputs, Jobs, Pallet, Passed, Results},
    weights::WeightInfo,
};
use frame_support::{ensure, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;
use swarmwork_primitives::{Circuits, Commitment, JobId, JobState, Mode, ProofContext, Work};

impl<T: Config> swarmwork_primitives::Jobs<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>
    for Pallet<T>
{
    fn is_stored(id: &JobId) -> bool {
        Jobs::<T>::contains_key(id)
    }

    fn work(
        id: &JobId,
        provider: &T::AccountId,
    ) -> Option<Work<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        let job = Jobs::<T>::get(id)?;
        let most = job.max_price;
        let last = match job.state {
            JobState::Assigned {
                provider, price, ..
            }
            | JobState::Completed {
                provider, price, ..
            } => Some((provider, price)),
            JobState::Expired { provider, .. } | JobState::Cancelled { provider, .. } => {
                provider.map(|provider| (provider, most))
            }
            JobState::Failed { provider, .. } => Some((provider, most)),
            // Nothing was ever one provider's alone: its panel has judged it.
            JobState::Open
            | JobState::Shared { .. }
            | JobState::Agreed { .. }
            | JobState::Undecided { .. } => None,
        };
        // Whoever gives a job back answers for what its key has signed about it all the same.
        let gave_back = || {
            let passed = Passed::<T>::get(id).contains(provider);
            passed.then(|| (provider.clone(), most))
        };
        let (provider, price) = match last {
            Some((last, price)) if last == *provider => (last, price),
            last => gave_back().or(last)?,
        };
        Some(Work {
            provider,
            price: Self::value_of(&job.currency, price)?,
            batches: job.batches,
            submitted: Self::chain_block(job.submitted),
            attested: T::Circuits::info(&job.circuit)?.attested,
        })
    }

    fn proven(id: &JobId, batch: u32) -> Option<Commitment> {
        Results::<T>::get(id, batch).map(|result| result.commitment)
    }

    fn prove(
        id: &JobId,
        batch: u32,
        prover: &T::AccountId,
        proof: &[u8],
    ) -> Result<Commitment, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        // The input of a batch that is in a root alone is not known here.
        ensure!(job.mode == Mode::Proven, Error::<T>::PathsMissing);
        let input = Inputs::<T>::get(id)
            .and_then(|input| input.commitments.listed().get(batch as usize).copied())
            .ok_or(Error::<T>::BatchOutOfRange)?;
        T::Circuits::verify(
            &job.circuit,
            ProofContext {
                job: id,
                batch,
                provider: prover,
                weights: &job.weights,
                input: &input,
            },
            proof,
        )?;
        Self::output_commitment(proof)
    }

    fn prove_weight() -> Weight {
        // Job and input are read as for a result, of which more is written besides.
        T::WeightInfo::submit_result().saturating_add(T::Circuits::verify_weight())
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_job(provider: &T::AccountId, answer: Commitment) -> JobId {
        crate::benchmarking::given::<T>(provider, answer)
    }
}
