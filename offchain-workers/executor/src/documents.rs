//! Jobs as the API shows them.

use serde::Serialize;

use crate::{
    queue::{BatchResult, FailureKind, Job, JobState, Opening, ResultRoot},
    spec::{Artifact, Bytes32, JobId},
};

/// Most openings in one document: with 20 hashes in each path they have about 110 KiB. Those that
/// are on chain are left out, so all are shown in the end.
pub const MAX_OPENINGS: usize = 32;

/// A blob that a job waits for.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    pub what: Artifact,
    /// CID to PUT it under.
    pub cid: String,
    /// What the places that were asked answered.
    pub reason: String,
    /// Since when it is missed, in Unix seconds.
    pub since: u64,
    /// Whether this executor's own store is why, whatever others have.
    pub local: bool,
}

/// How a job at work has its input, or the pieces of it that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputState {
    /// It is not here, and none of it comes.
    Missing,
    /// It is being received.
    Arriving,
    Here,
}

/// A job as the API shows it.
#[derive(Debug, Serialize)]
pub struct JobDocument {
    id: JobId,
    state: JobState,
    /// 0.0 to 1.0.
    progress: f64,
    device: Option<String>,
    /// Of a job with a root: those that are asked for.
    batches: Vec<BatchDocument>,
    /// Of a job with a root: what all results have come to, once they are computed.
    results: Option<ResultRoot>,
    error: Option<String>,
    error_kind: Option<FailureKind>,
    priority: i32,
    batches_total: u32,
    /// Blobs that are missing; PUT them, or cancel the job.
    waiting_for: Vec<Waiting>,
    /// None where that cannot be said.
    input: Option<InputState>,
}

/// A proven batch as the API shows it.
#[derive(Debug, Serialize)]
pub struct BatchDocument {
    index: u32,
    proof: String,
    /// BLAKE3 of the output file, hex.
    output: String,
    /// Of a job with a root: what leads to the roots.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<OpeningDocument>,
}

/// What leads from a batch to the roots.
#[derive(Debug, Serialize)]
pub struct OpeningDocument {
    /// `C_x`.
    input: Bytes32,
    input_path: Vec<Bytes32>,
    result_path: Vec<Bytes32>,
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
    pub fn new(
        job: &Job,
        progress: f64,
        waiting_for: Vec<Waiting>,
        input: Option<InputState>,
    ) -> Self {
        let record = &job.record;
        let fetching = record.state == JobState::Fetching;
        let batches = match &record.spec.rooted {
            None => job.results.iter().map(BatchDocument::new).collect(),
            Some(rooted) => rooted
                .asked
                .iter()
                .filter(|batch| !record.spec.done.contains(batch))
                .filter_map(|batch| job.results.get_key_value(batch))
                .take(MAX_OPENINGS)
                .map(BatchDocument::new)
                .collect(),
        };
        Self {
            id: record.spec.id,
            state: record.state,
            progress,
            device: record.device.clone(),
            batches,
            results: record.results,
            error: record.failure.as_ref().map(|f| f.message.clone()),
            error_kind: record.failure.as_ref().map(|f| f.kind),
            priority: record.spec.priority,
            batches_total: record.spec.batches(),
            waiting_for: waiting_for.into_iter().filter(|_| fetching).collect(),
            input,
        }
    }
}

impl BatchDocument {
    fn new((index, result): (&u32, &BatchResult)) -> Self {
        Self {
            index: *index,
            proof: format!("0x{}", hex::encode(result.proof)),
            output: Bytes32(*result.output.digest()).to_string(),
            opening: result.opening.as_ref().map(OpeningDocument::new),
        }
    }
}

impl OpeningDocument {
    fn new(opening: &Opening) -> Self {
        let hashes = |path: &[[u8; 32]]| path.iter().copied().map(Bytes32).collect();
        Self {
            input: Bytes32(opening.input),
            input_path: hashes(&opening.input_path),
            result_path: hashes(&opening.result_path),
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
