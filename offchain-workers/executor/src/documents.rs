//! Jobs as the API shows them.

use serde::Serialize;

use crate::{
    queue::{BatchResult, FailureKind, Job, JobState},
    spec::{Artifact, Bytes32, JobId},
};

/// A blob that a job waits for.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    pub what: Artifact,
    /// CID to PUT it under.
    pub cid: String,
    /// What the places that were asked answered.
    pub reason: String,
}

/// A job as the API shows it.
#[derive(Debug, Serialize)]
pub struct JobDocument {
    id: JobId,
    state: JobState,
    /// 0.0 to 1.0.
    progress: f64,
    device: Option<String>,
    batches: Vec<BatchDocument>,
    error: Option<String>,
    error_kind: Option<FailureKind>,
    priority: i32,
    batches_total: u32,
    /// Blobs that are missing; PUT them, or cancel the job.
    waiting_for: Vec<Waiting>,
}

/// A proven batch as the API shows it.
#[derive(Debug, Serialize)]
pub struct BatchDocument {
    index: u32,
    proof: String,
    /// BLAKE3 of the output file, hex.
    output: String,
}

/// A job in the list of all jobs.
#[derive(Debug, Serialize)]
pub struct JobSummary {
    id: JobId,
    state: JobState,
    progress: f64,
    priority: i32,
    batches_total: u32,
    batches_proven: usize,
    error: Option<String>,
    error_kind: Option<FailureKind>,
}

impl JobDocument {
    /// `waiting_for` is left out unless the job is fetching.
    pub fn new(job: &Job, progress: f64, waiting_for: Vec<Waiting>) -> Self {
        let record = &job.record;
        let fetching = record.state == JobState::Fetching;
        Self {
            id: record.spec.id,
            state: record.state,
            progress,
            device: record.device.clone(),
            batches: job.results.iter().map(BatchDocument::new).collect(),
            error: record.failure.as_ref().map(|f| f.message.clone()),
            error_kind: record.failure.as_ref().map(|f| f.kind),
            priority: record.spec.priority,
            batches_total: record.spec.batches(),
            waiting_for: waiting_for.into_iter().filter(|_| fetching).collect(),
        }
    }
}

impl BatchDocument {
    fn new((index, result): (&u32, &BatchResult)) -> Self {
        Self {
            index: *index,
            proof: format!("0x{}", hex::encode(result.proof)),
            output: Bytes32(*result.output.digest()).to_string(),
        }
    }
}

impl JobSummary {
    pub fn new(job: &Job, progress: f64) -> Self {
        let record = &job.record;
        Self {
            id: record.spec.id,
            state: record.state,
            progress,
            priority: record.spec.priority,
            batches_total: record.spec.batches(),
            batches_proven: job.results.len(),
            error: record.failure.as_ref().map(|f| f.message.clone()),
            error_kind: record.failure.as_ref().map(|f| f.kind),
        }
    }
}
