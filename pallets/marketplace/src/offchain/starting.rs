//! Says of jobs that must be started in time that they are: once the executor has them.

use super::{document::hex, memory, outbox, Assigned, TARGET};
use crate::pallet::{Call, Config, Starts};
use alloc::vec::Vec;
use swarmwork_offchain::{in_flight, note_sent, Sender};

/// Whether a worker key has such a transaction on its way.
pub fn waits<T: Config>(worker: &T::AccountId, now: u64) -> bool {
    in_flight(Sender::Starts, worker, outbox::nonce::<T>(worker), now)
}

/// Submits the starts of the workers that have nothing on its way; the workers that have now, and
/// whose results must wait for the next block.
pub fn send<T: Config>(ours: &[Assigned<T>], busy: &[T::AccountId], now: u64) -> Vec<T::AccountId> {
    let mut sent = Vec::new();
    for job in ours {
        let must = Starts::<T>::contains_key(job.id) && memory::record(&job.id).posted;
        if !must || busy.contains(&job.worker.id) {
            continue;
        }
        let name = hex(job.id.as_bytes());
        match outbox::sign::<T>(&job.worker, Call::start_job { job: job.id }) {
            Some(Ok(())) => {
                log::info!(target: TARGET, "job {name} is reported as started");
                let nonce = outbox::nonce::<T>(&job.worker.id);
                // Others that sign with the key wait for it as for a result.
                for sender in [Sender::Starts, Sender::Jobs] {
                    note_sent(sender, &job.worker.id, nonce, now);
                }
                if !sent.contains(&job.worker.id) {
                    sent.push(job.worker.id.clone());
                }
            }
            refused => log::warn!(
                target: TARGET,
                "job {name} cannot be reported as started: {}",
                outbox::reason(&job.worker, refused.is_some()),
            ),
        }
    }
    sent
}
