//! The durable queue: every job, its state and its proven batches, in one redb file.
//!
//! A change is on disk before anyone is told of it, so killing the process at any point loses at
//! most the work in hand. All records are mirrored in memory; reads never touch the disk.

mod forget;
mod row;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{SystemTime, UNIX_EPOCH},
};

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::spec::{Bytes32, JobId, JobSpec};

pub use forget::Forgotten;
pub use row::{BatchResult, Opening};

const JOBS: TableDefinition<&[u8; 32], &[u8]> = TableDefinition::new("jobs.v1");
const RESULTS: TableDefinition<(&[u8; 32], u32), &[u8]> = TableDefinition::new("results.v1");

/// Most jobs that are not finished; more are refused.
const MAX_ACTIVE: usize = 10_000;
/// Finished jobs without a root that are remembered; the oldest are forgotten first.
const MAX_FINISHED: usize = 1_000;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Everything is here; waiting for its turn.
    Queued,
    /// Blobs are missing.
    Fetching,
    /// Keys, model and input are being checked and the network computed.
    Running,
    Proving,
    Done,
    Failed,
    Cancelled,
}

impl JobState {
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Fetching,
        Self::Running,
        Self::Proving,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// As it is written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Fetching => "fetching",
            Self::Running => "running",
            Self::Proving => "proving",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen to the job by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What is to blame for a failed job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    InputUnavailable,
    InputInvalid,
    ModelUnavailable,
    ModelInvalid,
    KeyInvalid,
    TimeLimit,
    Internal,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
}

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// Whether the same job might succeed at another start of the executor.
    fn may_pass(&self) -> bool {
        match self.kind {
            FailureKind::InputInvalid | FailureKind::ModelInvalid | FailureKind::KeyInvalid => {
                false
            }
            FailureKind::InputUnavailable
            | FailureKind::ModelUnavailable
            | FailureKind::TimeLimit
            | FailureKind::Internal => true,
        }
    }
}

/// What a provider commits to of a job with a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRoot {
    /// Root of the Merkle tree of the results.
    pub root: Bytes32,
    /// Content id of the list of results.
    pub list: Bytes32,
}

/// A job as the queue keeps it.
#[derive(Clone, Debug)]
pub struct Job {
    pub record: JobRecord,
    pub results: BTreeMap<u32, BatchResult>,
}

/// The part of a job that is one row on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobRecord {
    pub spec: JobSpec,
    pub state: JobState,
    /// Number of the submission that started this run; the order among equal priorities, and what
    /// tells a run that was cancelled from the one that replaced it.
    pub attempt: u64,
    /// The devices it ran on.
    #[serde(default)]
    pub device: Option<String>,
    /// Of a job with a root: how many batches, from the first on, have their results on disk.
    #[serde(default)]
    pub computed: u32,
    /// Of a job with a root: what all results have come to.
    #[serde(default)]
    pub results: Option<ResultRoot>,
    #[serde(default)]
    pub failure: Option<Failure>,
    /// Unix time, seconds.
    #[serde(default)]
    pub finished_at: Option<u64>,
}

impl JobRecord {
    /// Whether this attempt is the one at work, and not finished.
    pub(crate) fn is_at_work(&self, attempt: u64) -> bool {
        self.attempt == attempt && !self.state.is_final()
    }
}

impl Job {
    /// Batches that still have to be proven here, in order; those that are asked for as they are due.
    pub fn missing(&self) -> Vec<u32> {
        self.missing_of(&self.record.spec)
    }

    /// Those that would still have to be if the job were so described.
    fn missing_of(&self, spec: &JobSpec) -> Vec<u32> {
        let here = |batch: &u32| !self.results.contains_key(batch) && !spec.done.contains(batch);
        match &spec.rooted {
            None => (0..spec.batches()).filter(here).collect(),
            Some(rooted) => rooted.asked.iter().copied().filter(here).collect(),
        }
    }

    /// Whether nothing is left to be done: no proof, and no result to be committed to.
    pub fn is_complete(&self) -> bool {
        let committed = self.record.spec.rooted.is_none() || self.record.results.is_some();
        committed && self.missing().is_empty()
    }

    /// Whether results were committed to and a proof of one of them is missing: collateral is lost
    /// if it comes late.
    pub fn is_urgent(&self) -> bool {
        self.record.results.is_some() && !self.missing().is_empty()
    }

    /// Whether a job that has ended has to be taken up again to be what is described now: proofs are
    /// asked for that were not before.
    fn starts_over(&self, spec: &JobSpec) -> bool {
        let missing = self.missing_of(spec);
        match self.record.state {
            JobState::Cancelled => true,
            JobState::Done => spec.rooted.is_some() && !missing.is_empty(),
            JobState::Failed => {
                let before = self.missing();
                let more = missing.iter().any(|batch| !before.contains(batch));
                // Collateral is lost without the proof: a trouble that may pass is tried again.
                let committed = self.record.results.is_some() && !missing.is_empty();
                let may_pass = self.record.failure.as_ref().is_some_and(Failure::may_pass);
                spec.rooted.is_some() && (more || (committed && may_pass))
            }
            JobState::Queued | JobState::Fetching | JobState::Running | JobState::Proving => false,
        }
    }
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The job is to be worked on from now on.
    Accepted,
    /// It was known before; nothing new is to be done.
    Known,
}

/// Why the queue did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(
        "{path} is in use: another swarm-executor works in this folder; give each its own --data"
    )]
    InUse { path: String },
    #[error("cannot open the queue {path}: {source}")]
    Open {
        path: String,
        source: Box<redb::Error>,
    },
    #[error("the queue cannot be read or written: {0}")]
    Database(Box<redb::Error>),
    #[error("the queue's record of job {job} does not read ({reason}): it was written by another version")]
    Record { job: Bytes32, reason: String },
    #[error("job {0} is at work with another content; DELETE it first")]
    Conflict(JobId),
    #[error("the queue is full: {MAX_ACTIVE} jobs are waiting")]
    Full,
    #[error("there is no job {0}")]
    Unknown(JobId),
}

impl<E: Into<redb::Error>> From<E> for QueueError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

/// The queue on disk and its mirror.
pub struct Queue {
    database: Database,
    jobs: RwLock<BTreeMap<JobId, Job>>,
    /// Number of the next submission; held while anything is written.
    writing: Mutex<u64>,
}

impl Queue {
    /// Opens or makes the queue file. Jobs that were at work when the process ended are queued
    /// again, with the batches they had proven; so are those that failed by the executor's own
    /// limits or troubles, which a new start may have mended.
    pub fn open(path: &Path) -> Result<Self, QueueError> {
        let shown = path.display().to_string();
        let database = Database::create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => QueueError::InUse {
                path: shown.clone(),
            },
            other => QueueError::Open {
                path: shown.clone(),
                source: Box::new(other.into()),
            },
        })?;
        let jobs = read_all(&database)?;
        let next = jobs
            .values()
            .map(|job| job.record.attempt + 1)
            .max()
            .unwrap_or(0);
        let queue = Self {
            database,
            jobs: RwLock::new(jobs),
            writing: Mutex::new(next),
        };
        for job in queue.list() {
            let record = &job.record;
            let may_pass = record.failure.as_ref().is_some_and(Failure::may_pass);
            if !record.state.is_final() || (record.state == JobState::Failed && may_pass) {
                let again = |record: &mut JobRecord| {
                    record.state = JobState::Queued;
                    record.failure = None;
                    record.finished_at = None;
                };
                queue.change(&record.spec.id, |_| true, again)?;
            }
        }
        Ok(queue)
    }

    /// Takes a job in. The same job again changes nothing, except that a cancelled one starts
    /// over (keeping what it had proven), as does one with a root of which further batches are to be
    /// proven, and that newly named sources, batches asked for and batches found on chain are noted.
    pub fn submit(&self, spec: JobSpec) -> Result<Submission, QueueError> {
        let mut next = self.lock_writing();
        let known = self.job(&spec.id);
        let attempt = *next;
        let fresh = |spec: JobSpec| JobRecord {
            spec,
            state: JobState::Queued,
            attempt,
            device: None,
            computed: 0,
            results: None,
            failure: None,
            finished_at: None,
        };
        let (record, submission, keep_results) = match known {
            None => (fresh(spec), Submission::Accepted, false),
            Some(job) if job.record.spec.same_work(&spec) => {
                let mut merged = spec;
                // What a reorganisation took off the chain is shown again, where not all is shown.
                if merged.rooted.is_none() {
                    merged.done.extend(&job.record.spec.done);
                }
                if job.starts_over(&merged) {
                    let record = JobRecord {
                        computed: job.record.computed,
                        results: job.record.results,
                        ..fresh(merged)
                    };
                    (record, Submission::Accepted, true)
                } else {
                    merged.priority = job.record.spec.priority;
                    if merged == job.record.spec {
                        return Ok(Submission::Known);
                    }
                    let record = JobRecord {
                        spec: merged,
                        ..job.record
                    };
                    (record, Submission::Known, true)
                }
            }
            Some(job) if job.record.state.is_final() => (fresh(spec), Submission::Accepted, false),
            Some(job) => return Err(QueueError::Conflict(job.record.spec.id)),
        };
        if submission == Submission::Accepted {
            if self.count(|state| !state.is_final()) >= MAX_ACTIVE {
                return Err(QueueError::Full);
            }
            *next += 1;
        }
        let id = record.spec.id;
        let transaction = self.database.begin_write()?;
        write_record(&transaction, &record)?;
        if !keep_results {
            remove_results(&transaction, &id)?;
        }
        transaction.commit()?;
        let mut jobs = self.write();
        let results = jobs
            .remove(&id)
            .filter(|_| keep_results)
            .map(|job| job.results);
        jobs.insert(
            id,
            Job {
                record,
                results: results.unwrap_or_default(),
            },
        );
        Ok(submission)
    }

    /// Moves the given attempt of a job to another state. `false`, and nothing done, where the job
    /// is finished already or is on a later attempt.
    pub fn set_state(&self, id: &JobId, attempt: u64, state: JobState) -> Result<bool, QueueError> {
        self.change(
            id,
            |record| record.is_at_work(attempt),
            |record| record.state = state,
        )
    }

    /// Notes the devices a job runs on.
    pub fn set_device(&self, id: &JobId, attempt: u64, device: &str) -> Result<bool, QueueError> {
        let note = |record: &mut JobRecord| record.device = Some(device.into());
        self.change(id, |record| record.is_at_work(attempt), note)
    }

    /// Notes how many results of a job with a root are on disk, and what they come to once all are.
    pub fn set_computed(
        &self,
        id: &JobId,
        attempt: u64,
        computed: u32,
        results: Option<ResultRoot>,
    ) -> Result<bool, QueueError> {
        let note = |record: &mut JobRecord| {
            record.computed = computed;
            record.results = results;
        };
        self.change(id, |record| record.is_at_work(attempt), note)
    }

    /// Ends the given attempt of a job as failed.
    pub fn fail(&self, id: &JobId, attempt: u64, failure: Failure) -> Result<bool, QueueError> {
        let end = |record: &mut JobRecord| {
            record.state = JobState::Failed;
            record.failure = Some(failure);
        };
        self.change(id, |record| record.is_at_work(attempt), end)
    }

    /// Cancels whatever attempt of a job is at work; a job that is done stays done, a failed one
    /// becomes cancelled so that it can be submitted again.
    pub fn cancel(&self, id: &JobId) -> Result<Job, QueueError> {
        let open = |record: &JobRecord| record.state != JobState::Done;
        self.change(id, open, |record| record.state = JobState::Cancelled)?;
        self.job(id).ok_or(QueueError::Unknown(*id))
    }

    /// Adds a proven batch of the given attempt; it is never proven again once this returns.
    pub fn add_result(
        &self,
        id: &JobId,
        attempt: u64,
        batch: u32,
        result: BatchResult,
    ) -> Result<bool, QueueError> {
        let _writing = self.lock_writing();
        if !self
            .job(id)
            .is_some_and(|job| job.record.is_at_work(attempt))
        {
            return Ok(false);
        }
        let row = result.to_row();
        let transaction = self.database.begin_write()?;
        transaction
            .open_table(RESULTS)?
            .insert((&id.0, batch), &row[..])?;
        transaction.commit()?;
        if let Some(job) = self.write().get_mut(id) {
            job.results.insert(batch, result);
        }
        Ok(true)
    }

    /// A job with its proven batches.
    pub fn job(&self, id: &JobId) -> Option<Job> {
        self.read().get(id).cloned()
    }

    /// All jobs, in the order they were submitted.
    pub fn list(&self) -> Vec<Job> {
        let mut jobs: Vec<Job> = self.read().values().cloned().collect();
        jobs.sort_by_key(|job| job.record.attempt);
        jobs
    }

    /// Number of jobs in states that `wanted` names.
    pub fn count(&self, wanted: impl Fn(JobState) -> bool) -> usize {
        self.read()
            .values()
            .filter(|job| wanted(job.record.state))
            .count()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<JobId, Job>> {
        // The mirror is only replaced entry by entry, so it is whole even after a panic.
        self.jobs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<JobId, Job>> {
        self.jobs.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_writing(&self) -> std::sync::MutexGuard<'_, u64> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies `change` to a job's record where `allowed`; says whether it was.
    fn change(
        &self,
        id: &JobId,
        allowed: impl FnOnce(&JobRecord) -> bool,
        change: impl FnOnce(&mut JobRecord),
    ) -> Result<bool, QueueError> {
        let _writing = self.lock_writing();
        let record = self.read().get(id).map(|job| job.record.clone());
        let Some(mut record) = record.filter(allowed) else {
            return Ok(false);
        };
        change(&mut record);
        if record.state.is_final() {
            record.finished_at.get_or_insert_with(unix_seconds);
        }
        let transaction = self.database.begin_write()?;
        write_record(&transaction, &record)?;
        transaction.commit()?;
        if let Some(job) = self.write().get_mut(id) {
            job.record = record;
        }
        Ok(true)
    }
}

/// The time, in seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn write_record(
    transaction: &redb::WriteTransaction,
    record: &JobRecord,
) -> Result<(), QueueError> {
    let job = record.spec.id;
    let row = serde_json::to_vec(record).map_err(|e| QueueError::Record {
        job,
        reason: e.to_string(),
    })?;
    transaction.open_table(JOBS)?.insert(&job.0, &row[..])?;
    Ok(())
}

fn remove_results(transaction: &redb::WriteTransaction, id: &JobId) -> Result<(), QueueError> {
    let mut table = transaction.open_table(RESULTS)?;
    table.retain_in((&id.0, 0)..=(&id.0, u32::MAX), |_, _| false)?;
    Ok(())
}

fn read_all(database: &Database) -> Result<BTreeMap<JobId, Job>, QueueError> {
    let transaction = database.begin_write()?;
    transaction.open_table(JOBS)?;
    transaction.open_table(RESULTS)?;
    transaction.open_table(forget::FORGOTTEN)?;
    transaction.commit()?;
    let transaction = database.begin_read()?;
    let mut jobs = BTreeMap::new();
    for row in transaction.open_table(JOBS)?.iter()? {
        let (key, value) = row?;
        let id = Bytes32(*key.value());
        let record: JobRecord =
            serde_json::from_slice(value.value()).map_err(|e| QueueError::Record {
                job: id,
                reason: e.to_string(),
            })?;
        jobs.insert(
            id,
            Job {
                record,
                results: BTreeMap::new(),
            },
        );
    }
    for row in transaction.open_table(RESULTS)?.iter()? {
        let (key, value) = row?;
        let (job, batch) = key.value();
        let id = Bytes32(*job);
        let row = value.value();
        let Some(result) = BatchResult::from_row(row) else {
            let reason = format!("batch {batch} has {} bytes", row.len());
            return Err(QueueError::Record { job: id, reason });
        };
        if let Some(job) = jobs.get_mut(&id) {
            job.results.insert(batch, result);
        }
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests;
