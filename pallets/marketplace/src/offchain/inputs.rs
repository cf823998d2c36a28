//! Inputs that the executor cannot have: reported in time, withdrawn once they are there, and handed
//! over where they are published.
//!
//! An input is reported late in the time for it, and only if the executor has asked for it in vain for
//! most of that time, or has it and it is not what was committed to: what merely comes late costs nobody
//! anything. A report is withdrawn by the results where these come first, and otherwise while there is
//! time for the job: a provider that was kept waiting for more than half of it would fail by that.

use super::{
    client::{self, printable, Client},
    dispatch::{Heard, Record},
    document::{hex, Document, FailureKind, Stage, Supply},
    memory, outbox, rooted, Assigned, TARGET,
};
use crate::pallet::{Call, Config, Inputs, Pallet, Published};
use alloc::vec::Vec;
use frame_support::traits::Get;
use sp_runtime::traits::UniqueSaturatedInto;
use swarmwork_offchain::{note_sent, Sender};
use swarmwork_primitives::JobId;

/// The last part of the time for reports in which nodes report, one in so many.
const LAST_PART: u64 = 3;

/// What to say of an input.
#[derive(Clone, Copy)]
enum Say {
    Missing,
    Here,
}

/// Remembers what the executor says of the input.
pub fn note<T: Config>(job: &Assigned<T>, record: &mut Record, document: &Document) {
    let now = market_now::<T>();
    if is_invalid(document) {
        record.input = Heard::Invalid;
    }
    record.input = match (document.supply(), record.input) {
        (_, Heard::Invalid) => Heard::Invalid,
        // A job that was given to it again says nothing until it has asked for its blobs.
        (Supply::Unknown, before) => before,
        (Supply::Arriving, _) => Heard::Nothing,
        (Supply::Here, _) => Heard::Here { last: now },
        // A later block than any fork of this chain has is of another chain.
        (Supply::Lacking(_), Heard::Lacking { since, .. }) if since <= now => {
            Heard::Lacking { since, last: now }
        }
        (Supply::Lacking(reason), _) => {
            log::warn!(
                target: TARGET,
                "job {}: the executor cannot have the input yet: {}",
                hex(job.id.as_bytes()), printable(reason),
            );
            Heard::Lacking {
                since: now,
                last: now,
            }
        }
    };
}

/// Whether the executor has failed because the input is not what the requester committed to.
fn is_invalid(document: &Document) -> bool {
    document.state == Stage::Failed && document.error_kind == Some(FailureKind::InputInvalid)
}

/// Gives the executor an input that its requester has published, if it does not have it.
pub fn hand_over<T: Config>(
    client: &Client,
    job: &Assigned<T>,
    document: &Document,
) -> Result<(), client::Error> {
    let over = matches!(document.state, Stage::Done | Stage::Cancelled);
    let there = document.supply() == Supply::Here || is_invalid(document);
    if over || there || !client.has_time() {
        return Ok(());
    }
    let Some(bytes) = Published::<T>::get(job.id) else {
        return Ok(());
    };
    let Some(input) = Inputs::<T>::get(job.id) else {
        return Ok(());
    };
    client.put_blob(&input.locator.content, bytes.into_inner())?;
    log::info!(
        target: TARGET,
        "job {}: the executor has the input that was published", hex(job.id.as_bytes()),
    );
    Ok(())
}

/// Reports and withdraws for the workers that have nothing on its way, not for the jobs that `showing`
/// names, whose results say as much; the workers that have now.
pub fn send<T: Config>(
    ours: &[Assigned<T>],
    busy: &[T::AccountId],
    showing: &[JobId],
    now: u64,
) -> Vec<T::AccountId> {
    let mut sent = Vec::new();
    for job in ours {
        let waits = busy.contains(&job.worker.id) || sent.contains(&job.worker.id);
        if waits || showing.contains(&job.id) {
            continue;
        }
        let Some(say) = to_say(job, &memory::record(&job.id)) else {
            continue;
        };
        let (id, name) = (job.id, hex(job.id.as_bytes()));
        let (call, what) = match say {
            Say::Missing => (Call::report_input { job: id }, "is reported as missing"),
            Say::Here => (Call::withdraw_report { job: id }, "is no more reported"),
        };
        match outbox::sign::<T>(&job.worker, call) {
            Some(Ok(())) => {
                log::info!(target: TARGET, "the input of job {name} {what}");
                let nonce = outbox::nonce::<T>(&job.worker.id);
                // Others that sign with the key wait for it as for a result.
                for sender in [Sender::Starts, Sender::Jobs] {
                    note_sent(sender, &job.worker.id, nonce, now);
                }
                sent.push(job.worker.id.clone());
            }
            refused => log::warn!(
                target: TARGET,
                "of the input of job {name} nothing can be said: {}",
                outbox::reason(&job.worker, refused.is_some()),
            ),
        }
    }
    sent
}

/// What there is to say of the input of a job that the chain would take.
fn to_say<T: Config>(job: &Assigned<T>, record: &Record) -> Option<Say> {
    let now = market_now::<T>();
    let assigned: u64 = job.job.assigned()?.unique_saturated_into();
    let report_time: u64 = T::ReportTime::get().unique_saturated_into();
    if record.input == Heard::Invalid || record.input.lacks_for_most(report_time, now) {
        // The transaction is in a later block than this.
        let last = assigned.saturating_add(report_time).saturating_sub(1);
        let part = (report_time / LAST_PART).max(1);
        let first = last.saturating_sub(part).saturating_add(1);
        let in_time = (first..=last).contains(&now);
        let taken = in_time && Pallet::<T>::check_missing_input(&job.worker.id, job.id).is_ok();
        return taken.then_some(Say::Missing);
    }
    if record.input.is_here(now) {
        let end = if job.is_rooted() {
            rooted::last_block(job)
        } else {
            job.job.deadline
        };
        let end: u64 = end.unique_saturated_into();
        let is_time = end.saturating_sub(now) >= now.saturating_sub(assigned);
        let taken = is_time && Pallet::<T>::check_withdrawal(&job.worker.id, job.id).is_ok();
        return taken.then_some(Say::Here);
    }
    None
}

fn market_now<T: Config>() -> u64 {
    Pallet::<T>::now().unique_saturated_into()
}
