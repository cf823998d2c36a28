//! Gathering a job's blobs: fetched from the source that the job names and from peers, or uploaded.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::join_all;
use swarm_store::ContentId;
use tokio::time::{timeout_at, Instant};

use super::Executor;
use crate::{
    documents::Waiting,
    fetch::FetchError,
    queue::{unix_seconds, Failure, FailureKind, Job, JobState},
    rooted,
    spec::{Artifact, JobId, Locator},
};

/// How gathering a job's blobs ended.
pub(super) enum Gathered {
    /// All are here.
    Ready(Box<Job>),
    /// Every batch is proven or on chain already.
    NothingToDo,
    /// The job was cancelled or replaced meanwhile.
    Abandoned,
}

impl Executor {
    /// Fetches what is missing, or waits for it to be uploaded, as long as a job may.
    pub(super) async fn gather(
        self: &Arc<Self>,
        id: JobId,
        attempt: u64,
    ) -> Result<Gathered, Failure> {
        let enter = |state| {
            let entered = self.queue.set_state(&id, attempt, state);
            entered.map_err(|e| Failure::new(FailureKind::Internal, e.to_string()))
        };
        let mut pause = self.config.fetch.retry_first;
        let give_up = Instant::now() + self.config.jobs.wait;
        let mut manifest = None;
        let mut here = 0;
        let mut missed_since = HashMap::new();
        loop {
            let at_work = |job: &Job| job.record.is_at_work(attempt);
            let Some(job) = self.queue.job(&id).filter(at_work) else {
                return Ok(Gathered::Abandoned);
            };
            if job.is_complete() {
                return Ok(Gathered::NothingToDo);
            }
            let spec = &job.record.spec;
            let mut missing: Vec<(Artifact, Locator)> = spec
                .locators()
                .into_iter()
                .filter(|(_, locator)| !self.store.has(&locator.content))
                .map(|(what, locator)| (what, locator.clone()))
                .collect();
            if let Some(root) = &spec.rooted {
                if manifest.is_none() {
                    manifest = rooted::read_manifest(&self.store, &spec.input, root.batches)?;
                }
                if let Some(manifest) = &manifest {
                    missing.extend(rooted::wanted(&self.store, &job, manifest, &mut here));
                }
            }
            let state = if missing.is_empty() {
                JobState::Queued
            } else {
                JobState::Fetching
            };
            // Before the state says so: who sees it may upload at once.
            self.note_wanted(&id, attempt, &missing);
            if job.record.state != state && !enter(state)? {
                return Ok(Gathered::Abandoned);
            }
            if missing.is_empty() {
                return Ok(Gathered::Ready(Box::new(job)));
            }
            let fetches = missing
                .iter()
                .map(|(what, locator)| self.obtain(*what, locator));
            let mut waiting = Vec::new();
            let mut absent = Vec::new();
            for (outcome, (_, locator)) in join_all(fetches).await.into_iter().zip(&missing) {
                if let Some(mut blob) = outcome? {
                    blob.since = *missed_since.entry(locator.content).or_insert(blob.since);
                    waiting.push(blob);
                    absent.push(locator.content);
                }
            }
            if absent.is_empty() {
                continue;
            }
            if Instant::now() >= give_up {
                return Err(waited_in_vain(&waiting, self.config.jobs.wait));
            }
            self.note_waiting(&id, attempt, waiting);
            let left = give_up.saturating_duration_since(Instant::now());
            self.wait_for_any(&absent, pause.min(left)).await;
            pause = (pause * 2).min(self.config.fetch.retry_most);
        }
    }

    /// One round of asking for a blob; `None` once it is here.
    async fn obtain(&self, what: Artifact, locator: &Locator) -> Result<Option<Waiting>, Failure> {
        let content = locator.content;
        let (source, problem) = match locator.base() {
            Ok(source) => (source, None),
            Err(problem) => (None, Some(format!("the job's source {problem}"))),
        };
        let errors = tokio::select! {
            fetched = self.fetcher.fetch(content, source.as_ref()) => match fetched {
                Ok(()) => {
                    self.metrics.blobs_fetched.inc();
                    return Ok(None);
                }
                Err(errors) => errors,
            },
            () = self.uploaded(&content) => return Ok(None),
        };
        self.metrics.fetch_failures.inc();
        let mut answers: Vec<String> = problem.into_iter().collect();
        answers.extend(errors.iter().map(ToString::to_string));
        if answers.is_empty() {
            answers.push("no source is named and there are no peers".into());
        }
        let reason = answers.join("; ");
        let failure = match what {
            Artifact::Input | Artifact::InputPiece => Some(FailureKind::InputUnavailable),
            Artifact::Model => Some(FailureKind::ModelUnavailable),
            // Only the operator can help, by a higher limit: the job waits for that.
            Artifact::CommitmentKey | Artifact::ProvingKey => None,
        };
        if let Some(kind) = failure.filter(|_| errors.iter().any(FetchError::is_too_large)) {
            return Err(Failure::new(kind, format!("{what} {content}: {reason}")));
        }
        tracing::debug!(%what, blob = %content, reason, "not to be had");
        Ok(Some(Waiting {
            what,
            cid: content.to_string(),
            reason,
            since: unix_seconds(),
            local: errors.iter().any(FetchError::is_local),
        }))
    }

    /// Returns once the blob is in the store.
    async fn uploaded(&self, content: &ContentId) {
        let mut arrivals = self.arrivals.subscribe();
        while !self.store.has(content) {
            if arrivals.changed().await.is_err() {
                // The sender lives as long as `self`.
                return;
            }
        }
    }

    /// Returns after `pause`, or as soon as one of the blobs is in the store.
    async fn wait_for_any(&self, absent: &[ContentId], pause: Duration) {
        let end = Instant::now() + pause;
        let mut arrivals = self.arrivals.subscribe();
        while !absent.iter().any(|content| self.store.has(content)) {
            if timeout_at(end, arrivals.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// Why a job is given up that still waits for blobs.
fn waited_in_vain(waiting: &[Waiting], limit: Duration) -> Failure {
    let first = waiting.first();
    let kind = match first.map(|blob| blob.what) {
        Some(Artifact::Input | Artifact::InputPiece) => FailureKind::InputUnavailable,
        Some(Artifact::Model) => FailureKind::ModelUnavailable,
        // Only the operator can help.
        Some(Artifact::CommitmentKey | Artifact::ProvingKey) | None => FailureKind::TimeLimit,
    };
    let blobs: Vec<String> = waiting
        .iter()
        .map(|blob| format!("{} {} ({})", blob.what, blob.cid, blob.reason))
        .collect();
    let message = format!(
        "it waited for {} s (--max-wait-hours) for: {}",
        limit.as_secs(),
        blobs.join(", ")
    );
    Failure::new(kind, message)
}
