//! Several results in one call, their proofs checked together where they are under one key.
//!
//! All are accepted or none: as with a single result, success is free and a refusal costs what was
//! charged, so a bad proof must not ride along with good ones. What is charged covers the costliest
//! way in which the results may turn out to be grouped, and finding the one to name; the call's
//! error says which it is and what is wrong with it.

use crate::{
    pallet::{Config, Error, Jobs, Pallet},
    types::{Report, ResultRefusal},
    weights::WeightInfo,
    JobOf,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use sp_runtime::DispatchError;
use swarmwork_primitives::{Circuits, Commitment, JobCurrency, ProofContext, SwarmWork};

/// A result that may be reported: its job as it was before the call, its provider and input.
pub(crate) type Checked<T> = (JobOf<T>, <T as frame_system::Config>::AccountId, Commitment);

/// What a call reports several of.
pub(crate) trait Entry<T: Config> {
    /// The result.
    fn report(&self) -> &Report;
    /// Everything that can be checked before the proof.
    fn check(&self, worker: &T::AccountId) -> Result<Checked<T>, DispatchError>;
    /// What storing it weighs, without its proof.
    fn weight(settled: bool) -> Weight;
}

impl<T: Config> Entry<T> for Report {
    fn report(&self) -> &Report {
        self
    }

    fn check(&self, worker: &T::AccountId) -> Result<Checked<T>, DispatchError> {
        Pallet::<T>::check_report(worker, self.job, self.batch)
    }

    fn weight(settled: bool) -> Weight {
        Pallet::<T>::result_weight(settled)
    }
}

impl<T: Config> Pallet<T> {
    /// Checks and stores results, in their order; what that weighed.
    pub(crate) fn accept_results<E: Entry<T>>(
        worker: &T::AccountId,
        entries: &[E],
    ) -> Result<Weight, DispatchError> {
        ensure!(!entries.is_empty(), Error::<T>::NoResults);
        let checked = Self::check_entries(worker, entries)?;
        let mut spent = Self::verify_together(entries, &checked)?;
        for (index, entry) in entries.iter().enumerate() {
            let report = entry.report();
            let named = |error| Self::refusal(index, error);
            let commitment = Self::output_commitment(&report.proof).map_err(named)?;
            // Read again: an earlier result of this call may have been of the same job.
            let job = Jobs::<T>::get(report.job)
                .ok_or(Error::<T>::JobUnknown.into())
                .map_err(named)?;
            let currency = job.currency.clone();
            let settled =
                Self::accept_result(report.job, job, report.batch, commitment, report.output)
                    .map_err(named)?;
            spent.saturating_accrue(Self::stored_weight(E::weight(settled), settled, &currency));
        }
        Ok(spent)
    }

    /// Everything that can be checked before the proofs, result by result.
    fn check_entries<E: Entry<T>>(
        worker: &T::AccountId,
        entries: &[E],
    ) -> Result<Vec<Checked<T>>, DispatchError> {
        let mut seen = BTreeSet::new();
        let check = |(index, entry): (usize, &E)| {
            let report = entry.report();
            let repeated = !seen.insert((report.job, report.batch));
            if repeated {
                return Err(Self::refusal(index, Error::<T>::ResultRepeated.into()));
            }
            entry
                .check(worker)
                .map_err(|error| Self::refusal(index, error))
        };
        entries.iter().enumerate().map(check).collect()
    }

    /// Checks the proofs of each circuit together; what that weighed.
    fn verify_together<E: Entry<T>>(
        entries: &[E],
        checked: &[Checked<T>],
    ) -> Result<Weight, DispatchError> {
        let mut groups = BTreeMap::<_, Vec<usize>>::new();
        for (index, (job, ..)) in checked.iter().enumerate() {
            groups.entry(job.circuit).or_default().push(index);
        }
        let mut spent = Weight::zero();
        for (circuit, members) in groups {
            let batch: Vec<_> = members
                .iter()
                .map(|index| {
                    let (job, provider, input) = &checked[*index];
                    let report = entries[*index].report();
                    let context = ProofContext {
                        job: &report.job,
                        batch: report.batch,
                        provider,
                        weights: &job.weights,
                        input,
                    };
                    (context, &report.proof[..])
                })
                .collect();
            T::Circuits::verify_batch(&circuit, &batch).map_err(|refusal| {
                let index = members.get(refusal.index).copied().unwrap_or_default();
                Self::refusal(index, refusal.error)
            })?;
            spent.saturating_accrue(T::Circuits::verify_batch_weight(batch.len() as u32));
        }
        Ok(spent)
    }

    /// Names the result that an error is about. Errors that are no pallet's, of which the checks
    /// give none, stay as they are.
    fn refusal(index: usize, error: DispatchError) -> DispatchError {
        match error {
            DispatchError::Module(module) => Error::<T>::ResultRefused(ResultRefusal {
                // At most `MAX_RESULTS` results are in a call.
                entry: u8::try_from(index).unwrap_or(u8::MAX),
                pallet: module.index,
                error: module.error[0],
            })
            .into(),
            other => other,
        }
    }

    /// What storing one result weighs, without its proof.
    pub(crate) fn result_weight(settled: bool) -> Weight {
        if settled {
            T::WeightInfo::submit_result_last()
                .saturating_add(Self::legs_weight())
                .saturating_add(T::SwarmWork::settled_weight(1))
        } else {
            T::WeightInfo::submit_result()
        }
    }

    /// What storing a result has weighed that was charged as of a job in an asset: where it has
    /// settled a job in tokens, no legs were paid in an asset and none was sold.
    pub(crate) fn stored_weight(charged: Weight, settled: bool, currency: &JobCurrency) -> Weight {
        if settled && *currency == JobCurrency::Native {
            charged.saturating_sub(Self::legs_weight())
        } else {
            charged
        }
    }

    /// The most that so many results may weigh. Each job may be settled and may have a key of its
    /// own; of the groups, one at most is refused, which is worst for the largest.
    pub(crate) fn worst_results<E: Entry<T>>(count: u32) -> Weight {
        // The worker's jobs are those that its provider is assigned.
        let jobs = count.min(T::MaxRunning::get());
        let settling = E::weight(true).max(E::weight(false));
        let storing = settling
            .saturating_mul(jobs.into())
            .saturating_add(E::weight(false).saturating_mul((count - jobs).into()));
        let check = |count: u32| {
            let accepted = T::Circuits::verify_batch_weight(count);
            accepted.max(T::Circuits::refuse_batch_weight(count))
        };
        let others = jobs.saturating_sub(1);
        let apart = T::Circuits::verify_batch_weight(1)
            .saturating_mul(others.into())
            .saturating_add(check(count - others));
        storing.saturating_add(apart.max(check(count)))
    }
}
