//! What the worker remembers in the node's persistent local storage.
//!
//! That storage knows no forks, so nothing here is believed against the chain: it only says what
//! this node has already asked of its executor and of its transaction pool.

use super::{
    dispatch::{Pause, Record},
    panels::Kept,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_io::hashing::blake2_256;
use sp_runtime::offchain::storage::StorageValueRef;
use swarmwork_primitives::{ExecutorEndpoint, JobId};

/// Key of the lock under which one run at a time works.
pub const LOCK: &[u8] = b"swarmwork/lock";
const JOBS: &[u8] = b"swarmwork/jobs";
const HEALTH: &[u8] = b"swarmwork/health";

/// How the executor has been answering, whichever job was asked about.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub struct Health {
    endpoint: [u8; 32],
    /// After failures that concern every request.
    pub pause: Pause,
}

/// Where the node says its executor is, if it has one.
pub fn endpoint() -> Option<ExecutorEndpoint> {
    swarmwork_offchain::endpoint(super::TARGET)
}

/// The health of the executor at this endpoint; a corrected endpoint starts afresh.
pub fn health(endpoint: &ExecutorEndpoint) -> Health {
    let endpoint = endpoint.using_encoded(blake2_256);
    match StorageValueRef::persistent(HEALTH).get::<Health>() {
        Ok(Some(health)) if health.endpoint == endpoint => health,
        _ => Health {
            endpoint,
            pause: Pause::default(),
        },
    }
}

/// Stores the executor's health.
pub fn set_health(health: &Health) {
    StorageValueRef::persistent(HEALTH).set(health);
}

/// The jobs that have a record.
pub fn known_jobs() -> Vec<JobId> {
    StorageValueRef::persistent(JOBS)
        .get()
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// A job's record, empty if there is none.
pub fn record(job: &JobId) -> Record {
    StorageValueRef::persistent(&key(job))
        .get()
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// Stores a job's record and lists the job, in an order that loses no record.
pub fn set_record(job: &JobId, record: &Record) {
    let mut jobs = known_jobs();
    if !jobs.contains(job) {
        jobs.push(*job);
        StorageValueRef::persistent(JOBS).set(&jobs);
    }
    StorageValueRef::persistent(&key(job)).set(record);
}

/// What was sealed for a job, if anything was.
pub fn kept(job: &JobId) -> Option<Kept> {
    let stored = StorageValueRef::persistent(&seal_key(job)).get();
    stored.ok().flatten()
}

/// Remembers what is sealed for a job.
pub fn keep(job: &JobId, kept: &Kept) {
    StorageValueRef::persistent(&seal_key(job)).set(kept);
}

/// Removes a job's record, and what was sealed for it.
pub fn forget(job: &JobId) {
    StorageValueRef::persistent(&key(job)).clear();
    StorageValueRef::persistent(&seal_key(job)).clear();
    let mut jobs = known_jobs();
    jobs.retain(|known| known != job);
    StorageValueRef::persistent(JOBS).set(&jobs);
}

fn seal_key(job: &JobId) -> Vec<u8> {
    (b"swarmwork/seal/", job).encode()
}

fn key(job: &JobId) -> Vec<u8> {
    (b"swarmwork/job/", job).encode()
}
