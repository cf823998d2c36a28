//! Which blobs go: the input and the results of jobs that are forgotten, unless a job that is known
//! names them too. Keys and models stay, and what no job ever brought.

use std::{collections::HashSet, sync::Arc, time::Duration};

use swarm_rooted::ResultList;
use swarm_store::{ContentId, StoreError};

use crate::{
    jobs::Executor,
    queue::{Forgotten, JobRecord, QueueError},
    rooted::{read_manifest, Partial},
    spec::JobId,
};

/// Between two looks at what is to be forgotten, besides those after a job's end.
const INTERVAL: Duration = Duration::from_secs(600);

/// Why blobs could not be evicted; the next look tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvictError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the results on disk of job {job}: {source}")]
    Partial { job: JobId, source: std::io::Error },
}

/// Forgets and evicts, again and again.
pub(crate) async fn keep_evicting(executor: Arc<Executor>) {
    loop {
        let at_work = executor.clone();
        match tokio::task::spawn_blocking(move || evict(&at_work)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "blobs of forgotten jobs cannot be evicted"),
            Err(error) => tracing::error!(%error, "eviction ended early"),
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = executor.ended.notified() => {}
        }
    }
}

/// Forgets the jobs whose time is over, and removes what they leave.
pub(crate) fn evict(executor: &Executor) -> Result<(), EvictError> {
    let queue = &executor.queue;
    queue.forget_finished(executor.config.jobs.retention)?;
    for forgotten in queue.forgotten()? {
        let id = forgotten.record.spec.id;
        let manifest = forgotten.record.spec.input.content;
        let mut leaving = left_by(executor, &forgotten)?;
        for job in queue.list() {
            for content in job.record.spec.locators().map(|(_, blob)| blob.content) {
                leaving.remove(&content);
            }
            for result in job.results.values() {
                leaving.remove(&result.output);
            }
            if !leaving.is_empty() {
                for content in named_by(executor, &job.record)? {
                    leaving.remove(&content);
                }
            }
        }
        // What names the others goes last: a process killed before that finds them again.
        let last = leaving.remove(&manifest);
        let list = forgotten
            .record
            .results
            .map(|r| ContentId::from_digest(r.list.0));
        let list = list.filter(|list| leaving.remove(list));
        let blobs = leaving
            .into_iter()
            .chain(list)
            .chain(last.then_some(manifest));
        let mut removed = 0;
        for content in blobs {
            removed += u64::from(executor.store.remove(&content)?);
        }
        if queue.job(&id).is_none() {
            Partial::forget(&executor.config.data, &id)
                .map_err(|source| EvictError::Partial { job: id, source })?;
        }
        queue.evicted(&id)?;
        executor.metrics.blobs_evicted.inc_by(removed);
        tracing::info!(job = %id, blobs = removed, "forgotten, and its blobs evicted");
    }
    Ok(())
}

/// What a forgotten job alone would have needed, keys and model aside.
fn left_by(executor: &Executor, job: &Forgotten) -> Result<HashSet<ContentId>, EvictError> {
    let outputs = job.outputs.iter().map(|id| ContentId::from_digest(id.0));
    let mut left: HashSet<ContentId> = outputs.collect();
    left.insert(job.record.spec.input.content);
    left.extend(named_by(executor, &job.record)?);
    Ok(left)
}

/// What is named by the files of a job with a root: the pieces of its input, its list of results, and
/// the outputs in that. Nothing for other jobs.
fn named_by(executor: &Executor, record: &JobRecord) -> Result<Vec<ContentId>, EvictError> {
    let spec = &record.spec;
    let Some(rooted) = &spec.rooted else {
        return Ok(Vec::new());
    };
    let mut named = Vec::new();
    match read_manifest(&executor.store, &spec.input, rooted.batches) {
        Ok(Some(manifest)) => named.extend(manifest.blobs()),
        Ok(None) => {}
        // It names nothing then.
        Err(error) => tracing::debug!(job = %spec.id, %error, "no manifest"),
    }
    let partial = Partial::left_by(&executor.config.data, &spec.id).map_err(|source| {
        EvictError::Partial {
            job: spec.id,
            source,
        }
    })?;
    named.extend(partial.into_iter().map(|entry| entry.output));
    let Some(results) = &record.results else {
        return Ok(named);
    };
    let list = ContentId::from_digest(results.list.0);
    named.push(list);
    let bytes = match executor.store.get(&list) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(StoreError::Damaged { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    match ResultList::from_bytes(&bytes, rooted.batches) {
        Ok(list) => named.extend(list.entries().map(|entry| entry.output)),
        Err(error) => tracing::debug!(job = %spec.id, %error, "no list of results"),
    }
    Ok(named)
}
