//! Forgetting jobs that ended long ago, in two steps: the job first, then what it leaves on disk.
//!
//! A forgotten job's record is kept until its blobs are evicted, so that a process killed in
//! between leaves nothing behind.

use std::time::Duration;

use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};

use super::{
    remove_results, unix_seconds, Bytes32, Job, JobId, JobRecord, Queue, QueueError, JOBS,
    MAX_FINISHED,
};

pub(super) const FORGOTTEN: TableDefinition<&[u8; 32], &[u8]> =
    TableDefinition::new("forgotten.v1");

/// A job that is no longer known, whose blobs are still to be evicted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Forgotten {
    pub record: JobRecord,
    /// Content ids of the output files of proven batches.
    pub outputs: Vec<Bytes32>,
}

impl From<Job> for Forgotten {
    fn from(job: Job) -> Self {
        let outputs = job.results.values().map(|r| Bytes32(*r.output.digest()));
        Self {
            outputs: outputs.collect(),
            record: job.record,
        }
    }
}

impl Queue {
    /// Forgets the jobs that ended `retention` ago, and the oldest of the jobs without a root beyond
    /// the number that is remembered: what those with one have committed to may still be asked for.
    ///
    /// # Errors
    /// Where the queue cannot be written.
    pub fn forget_finished(&self, retention: Duration) -> Result<(), QueueError> {
        let _writing = self.lock_writing();
        let overdue = self.overdue(retention);
        if overdue.is_empty() {
            return Ok(());
        }
        let transaction = self.database.begin_write()?;
        for job in &overdue {
            let id = job.record.spec.id;
            let forgotten = Forgotten::from(job.clone());
            let row = serde_json::to_vec(&forgotten).map_err(|e| QueueError::Record {
                job: id,
                reason: e.to_string(),
            })?;
            transaction.open_table(FORGOTTEN)?.insert(&id.0, &row[..])?;
            transaction.open_table(JOBS)?.remove(&id.0)?;
            remove_results(&transaction, &id)?;
        }
        transaction.commit()?;
        let mut jobs = self.write();
        for job in &overdue {
            jobs.remove(&job.record.spec.id);
        }
        Ok(())
    }

    /// The forgotten jobs whose blobs are still to be evicted.
    ///
    /// # Errors
    /// Where the queue cannot be read.
    pub fn forgotten(&self) -> Result<Vec<Forgotten>, QueueError> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(FORGOTTEN)?;
        let mut found = Vec::new();
        for row in table.iter()? {
            let (key, value) = row?;
            let forgotten =
                serde_json::from_slice(value.value()).map_err(|e| QueueError::Record {
                    job: Bytes32(*key.value()),
                    reason: e.to_string(),
                })?;
            found.push(forgotten);
        }
        Ok(found)
    }

    /// Nothing is left of a forgotten job.
    ///
    /// # Errors
    /// Where the queue cannot be written.
    pub fn evicted(&self, id: &JobId) -> Result<(), QueueError> {
        let transaction = self.database.begin_write()?;
        transaction.open_table(FORGOTTEN)?.remove(&id.0)?;
        transaction.commit()?;
        Ok(())
    }

    fn overdue(&self, retention: Duration) -> Vec<Job> {
        let jobs = self.read();
        let mut finished: Vec<&Job> = jobs
            .values()
            .filter(|job| job.record.state.is_final())
            .collect();
        finished.sort_unstable_by_key(|job| {
            let record = &job.record;
            (record.finished_at, record.attempt, record.spec.id)
        });
        let listed = finished
            .iter()
            .filter(|job| job.record.spec.rooted.is_none())
            .count();
        let mut excess = listed.saturating_sub(MAX_FINISHED);
        let now = unix_seconds();
        let mut overdue = Vec::new();
        for job in finished {
            let ended = job.record.finished_at.unwrap_or(now);
            if job.record.spec.rooted.is_none() && excess > 0 {
                excess -= 1;
                overdue.push(job.clone());
            } else if ended.saturating_add(retention.as_secs()) <= now {
                overdue.push(job.clone());
            }
        }
        overdue
    }
}
