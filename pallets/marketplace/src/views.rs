//! What the runtime API shows.

use crate::pallet::{
    BalanceOf, Config, Deliveries, Inputs, Jobs, Pallet, Results, Stages, Withheld,
};
use frame_system::pallet_prelude::BlockNumberFor;
use swarmwork_primitives::{JobId, JobState, JobSummary, JobView, Providers};

/// Most candidates one reading of [`Pallet::eligible_providers`] or [`Pallet::quote`] judges.
pub const MAX_CANDIDATES: u32 = 256;

impl<T: Config> Pallet<T> {
    /// A job, also after it ended, until it is pruned. Nothing while storage is migrated after an
    /// upgrade: what could be read then need not be what is stored.
    pub fn job_view(id: JobId) -> Option<JobView<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        if Self::awaits_migration() {
            return None;
        }
        let job = Jobs::<T>::get(id)?;
        let input = Inputs::<T>::get(id)?;
        let missed = Self::is_withheld(&id, &job);
        let endpoint = match &job.state {
            JobState::Assigned { provider, .. } | JobState::Completed { provider, .. } => {
                T::Providers::endpoint(provider)
            }
            _ => None,
        };
        let results = Self::proven_batches(&id, &job)
            .into_iter()
            .map(|batch| Results::<T>::get(id, batch))
            .collect();
        Some(JobView {
            requester: job.requester,
            model: job.model,
            circuit: job.circuit,
            input: input.locator,
            batches: job.batches,
            mode: job.mode,
            commitments: input.commitments.listed().to_vec(),
            input_root: input.commitments.root(),
            max_price: job.max_price,
            currency: job.currency,
            submitted: job.submitted,
            deadline: Self::chain_block(job.deadline),
            state: job.state,
            stage: Stages::<T>::get(id).map(|stage| stage.with_blocks(Self::chain_block)),
            results,
            endpoint,
            delivery: Deliveries::<T>::get(id).map(|asked| asked.with_blocks(Self::chain_block)),
            input_due: Withheld::<T>::get(id)
                .filter(|_| missed)
                .map(Self::chain_block),
            input_published: Self::is_published(&id),
        })
    }

    /// The same in short, whose size no requester chooses.
    pub fn summary(id: JobId) -> Option<JobSummary<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        let job = Jobs::<T>::get(id)?;
        Some(JobSummary {
            requester: job.requester,
            model: job.model,
            batches: job.batches,
            proven: job.proven,
            max_price: job.max_price,
            deadline: Self::chain_block(job.deadline),
            state: job.state,
            currency: job.currency,
        })
    }
}
