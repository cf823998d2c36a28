//! Jobs with a root: the commitment to all results, and proofs of the batches that are asked for.

use super::{
    dispatch::fresh,
    document::{hex, BatchProof, Document},
    outbox::{Item, Ready},
    panels, Assigned, TARGET,
};
use crate::{
    pallet::{Config, Pallet, Results},
    types::{Opening, Report},
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::BoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;
use swarmwork_primitives::{JobId, JobStage};

/// The batches that were asked for and are not proven. As many as a mode asks for, however many the
/// job has.
pub fn awaited<T: Config>(
    id: &JobId,
    stage: Option<&JobStage<BlockNumberFor<T>>>,
) -> BTreeSet<u32> {
    let asked = stage.map_or_else(Vec::new, JobStage::asked);
    let open = |batch: &u32| !Results::<T>::contains_key(id, batch);
    asked.into_iter().filter(open).collect()
}

/// The last block of the market's clock in which what the job waits for counts.
pub fn last_block<T: Config>(job: &Assigned<T>) -> BlockNumberFor<T> {
    if let Some(panel) = &job.panel {
        return panels::last_block::<T>(panel, job.job.deadline);
    }
    match &job.stage {
        None => Pallet::<T>::work_ends(&job.job),
        Some(JobStage::Committed { .. }) => job.job.deadline,
        Some(JobStage::Drawn { until, .. }) => *until,
        Some(JobStage::Standing { until, .. }) => Pallet::<T>::answers_until(&job.id, *until),
    }
}

/// Adds what can be submitted to the outbox; whether everything that the executor gives is sound.
pub fn collect<T: Config>(
    job: &Assigned<T>,
    document: &Document,
    alone: bool,
    outbox: &mut Vec<Ready<T>>,
) -> bool {
    let ready = |item, alone| Ready {
        worker: job.worker.clone(),
        item,
        alone,
    };
    if job.stage.is_none() {
        let Some(results) = document.results() else {
            return true;
        };
        let checked = Pallet::<T>::check_commit(&job.worker.id, job.id);
        if let Err(error) = checked {
            log::error!(
                target: TARGET,
                "job {}: the chain would refuse the commitment to its results ({error:?})",
                hex(job.id.as_bytes()),
            );
            return false;
        }
        // The draw and all proofs depend on it: nothing else may spoil its transaction.
        outbox.push(ready(Item::Commit(job.id, results), true));
        return true;
    }
    let mut batches = fresh(document, &job.awaited);
    if let Some(JobStage::Standing { challenged, .. }) = &job.stage {
        // The oldest challenge is due first.
        batches.sort_by_key(|batch| challenged.iter().position(|asked| *asked == batch.index));
    }
    let mut sound = true;
    for batch in batches {
        match opening(job, batch) {
            Ok(opening) => outbox.push(ready(Item::Opening(opening), alone)),
            Err(reason) => {
                sound = false;
                log::error!(
                    target: TARGET,
                    "batch {} of job {}: the chain would refuse the executor's proof ({reason}); \
                     collateral is lost if no other comes in time: look at the executor's log",
                    batch.index,
                    hex(job.id.as_bytes()),
                );
            }
        }
    }
    sound
}

/// A proven batch with its paths, if the chain would take it now: a refused one costs the worker its
/// fee.
fn opening<T: Config>(
    job: &Assigned<T>,
    batch: &BatchProof,
) -> Result<Opening, alloc::string::String> {
    let (input, input_path, result_path) = batch
        .opening()
        .ok_or("it has no paths to the roots, or too long ones")?;
    let opening = Opening {
        report: Report {
            job: job.id,
            batch: batch.index,
            // A proof has less than half of the bytes that the argument takes.
            proof: BoundedVec::truncate_from(batch.proof().to_vec()),
            output: batch.output(),
        },
        result_path,
        input,
        input_path,
    };
    Pallet::<T>::check_opening_proof(&job.worker.id, &opening)
        .map_err(|error: DispatchError| alloc::format!("{error:?}"))?;
    Ok(opening)
}
