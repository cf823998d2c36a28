//! Publishes outputs that requesters miss, one part after the other, from the executor.
//!
//! Parts and results take turns: an output has many parts, and who has it published may have asked for
//! results that are due before the last of them.

use super::{
    client::{Client, Error},
    document::hex,
    outbox, Assigned, TARGET,
};
use crate::pallet::{Call, Config, Deliveries, Pallet};
use alloc::vec::Vec;
use sp_runtime::traits::UniqueSaturatedInto;
use swarmwork_offchain::{in_flight, note_sent, was_last, Sender};
use swarmwork_primitives::{DeliveryStage, JobId, OutputPart, PART_ELEMENTS};

/// Whether a worker key has such a transaction on its way.
pub fn waits<T: Config>(worker: &T::AccountId, now: u64) -> bool {
    in_flight(Sender::Outputs, worker, outbox::nonce::<T>(worker), now)
}

/// Submits the next part of each disputed output, of the workers that have nothing on its way, and of
/// those in `showing`, whose results are ready, unless a part was what they sent last. The workers that
/// have something on its way now, and whose results must wait for the next block; and the error that
/// it stopped at, if one concerns every request to the executor.
pub fn send<T: Config>(
    client: &Client,
    ours: &[Assigned<T>],
    busy: &[T::AccountId],
    showing: &[T::AccountId],
    now: u64,
) -> (Vec<T::AccountId>, Option<Error>) {
    let mut sent = Vec::new();
    for job in ours {
        let worker = &job.worker.id;
        if busy.contains(worker) || sent.contains(worker) || !client.has_time() {
            continue;
        }
        let nonce = outbox::nonce::<T>(worker);
        if showing.contains(worker) && was_last(Sender::Outputs, worker, nonce, now) {
            continue;
        }
        let Some(part) = next_part::<T>(&job.id, now) else {
            continue;
        };
        let name = hex(job.id.as_bytes());
        let elements = match fetch::<T>(client, &job.id, part) {
            Ok(elements) => elements,
            Err(error) if error.concerns_all() => return (sent, Some(error)),
            Err(error) => {
                log::error!(
                    target: TARGET,
                    "part {part} of the output of job {name}, which its requester misses, is not at \
                     the executor: {error}; `swarm job publish-output` publishes it from elsewhere",
                );
                continue;
            }
        };
        // A refused one costs the worker its fee, and so does an accepted one.
        if let Err(error) = Pallet::<T>::check_part(worker, job.id, part, &elements) {
            log::error!(
                target: TARGET,
                "part {part} of the output of job {name}: the chain would refuse it ({error:?})",
            );
            continue;
        }
        let call = Call::publish_output {
            job: job.id,
            part,
            elements,
        };
        match outbox::sign::<T>(&job.worker, call) {
            Some(Ok(())) => {
                log::info!(target: TARGET, "part {part} of the output of job {name} is published");
                let nonce = outbox::nonce::<T>(worker);
                // Others that sign with the key wait for it as for a result.
                for sender in [Sender::Outputs, Sender::Jobs] {
                    note_sent(sender, worker, nonce, now);
                }
                sent.push(worker.clone());
            }
            refused => log::warn!(
                target: TARGET,
                "part {part} of the output of job {name} cannot be published: {}",
                outbox::reason(&job.worker, refused.is_some()),
            ),
        }
    }
    (sent, None)
}

/// The part of a job's output that the chain waits for, if it does after block `now`.
fn next_part<T: Config>(id: &JobId, now: u64) -> Option<u32> {
    let DeliveryStage::Disputed { until, parts, .. } = Deliveries::<T>::get(id)?.stage else {
        return None;
    };
    let until: u64 = Pallet::<T>::chain_block(until).unique_saturated_into();
    (until > now).then_some(parts)
}

/// A part of an output as the executor has it.
fn fetch<T: Config>(client: &Client, id: &JobId, part: u32) -> Result<OutputPart, Error> {
    let missing = || Error::Malformed("the chain has forgotten the delivery".into());
    let delivery = Deliveries::<T>::get(id).ok_or_else(missing)?;
    let of_batch = delivery.batch_parts().max(1);
    let first = (part % of_batch).saturating_mul(PART_ELEMENTS);
    let bytes = client.opening(id, part / of_batch, first, PART_ELEMENTS)?;
    OutputPart::try_from(bytes)
        .map_err(|_| Error::Malformed("more elements than were asked for".into()))
}
