//! Proven results on their way to the chain: several in one transaction where several are ready.
//!
//! A transaction of several is refused as a whole, so nothing depends on it: what the pool refuses
//! together is handed over one by one at once, and what is lost together is submitted alone later.
//! Everything is noted before it is handed over, so nothing is on its way twice.

use super::{document::hex, memory, panels::Kept, TARGET};
use crate::{
    pallet::{Call, Config},
    types::{Dispute, Opening, Report},
};
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use frame_support::{traits::Get, BoundedVec};
use frame_system::{
    offchain::{Account, ForAny, SendSignedTransaction, Signer},
    Pallet as System,
};
use sp_core::H256;
use sp_runtime::traits::UniqueSaturatedInto;
use swarmwork_offchain::Sender;
use swarmwork_primitives::{JobId, ResultRoot};

/// What the chain would take now.
#[derive(Clone)]
pub enum Item {
    /// The commitment to all results of a job.
    Commit(JobId, ResultRoot),
    /// A proven batch.
    Result(Report),
    /// A proven batch with its paths.
    Opening(Opening),
    /// What the results of one of several providers are bound to.
    Seal(JobId, H256),
    /// Those results.
    Reveal(JobId, Kept),
    /// A proven batch to which another has another answer.
    Dispute(Dispute),
}

/// Something that is to be submitted.
pub struct Ready<T: Config> {
    /// Who signs.
    pub worker: Account<T>,
    /// What.
    pub item: Item,
    /// Whether it must not share a transaction with others.
    pub alone: bool,
}

impl Item {
    /// The job of which it shows something.
    pub fn job(&self) -> &JobId {
        match self {
            Self::Commit(job, _) | Self::Seal(job, _) | Self::Reveal(job, _) => job,
            Self::Dispute(dispute) => &dispute.job,
            Self::Result(report) => &report.job,
            Self::Opening(opening) => &opening.report.job,
        }
    }

    /// Which batch it proves, if it does.
    fn batch(&self) -> Option<u32> {
        match self {
            Self::Commit(..) | Self::Seal(..) | Self::Reveal(..) => None,
            Self::Dispute(dispute) => Some(dispute.batch),
            Self::Result(report) => Some(report.batch),
            Self::Opening(opening) => Some(opening.report.batch),
        }
    }

    fn name(&self) -> String {
        let job = hex(self.job().as_bytes());
        match (self, self.batch()) {
            (Self::Seal(..), _) => format!("the seal of the results of job {job}"),
            (Self::Reveal(..), _) => format!("the sealed results of job {job}"),
            (_, None) => format!("the commitment to the results of job {job}"),
            (_, Some(batch)) => format!("batch {batch} of job {job}"),
        }
    }

    /// The call that submits it alone.
    fn call<T: Config>(self) -> Call<T> {
        match self {
            Self::Commit(job, results) => Call::commit_results { job, results },
            Self::Seal(job, sealed) => Call::seal_results { job, sealed },
            Self::Reveal(
                job,
                Kept {
                    salt,
                    answers,
                    list,
                },
            ) => Call::reveal_results {
                job,
                answers,
                list,
                salt,
            },
            Self::Dispute(dispute) => Call::dispute_results { dispute },
            Self::Result(Report {
                job,
                batch,
                proof,
                output,
            }) => Call::submit_result {
                job,
                batch,
                proof,
                output,
            },
            Self::Opening(opening) => Call::open_batches {
                openings: BoundedVec::truncate_from(alloc::vec![opening]),
            },
        }
    }
}

/// Hands everything to the transaction pool, worker by worker.
pub fn send<T: Config>(mut ready: Vec<Ready<T>>, now: u64) {
    while let Some(worker) = ready.first().map(|first| first.worker.clone()) {
        let (own, others): (Vec<_>, Vec<_>) = ready
            .into_iter()
            .partition(|each| each.worker.id == worker.id);
        ready = others;
        let before = nonce::<T>(&worker.id);
        let (mut results, mut openings) = (Vec::new(), Vec::new());
        for each in own {
            match each.item {
                item if each.alone => send_one::<T>(&worker, &item, now),
                Item::Result(report) => results.push(report),
                Item::Opening(opening) => openings.push(opening),
                item => send_one::<T>(&worker, &item, now),
            }
        }
        let most = T::MaxResults::get().max(1) as usize;
        for some in results.chunks(most) {
            // At most as many as a call takes.
            let call = Call::submit_results {
                results: BoundedVec::truncate_from(some.to_vec()),
            };
            let items: Vec<_> = some.iter().cloned().map(Item::Result).collect();
            send_together::<T>(&worker, items, call, now);
        }
        for some in openings.chunks(most) {
            let call = Call::open_batches {
                openings: BoundedVec::truncate_from(some.to_vec()),
            };
            let items: Vec<_> = some.iter().cloned().map(Item::Opening).collect();
            send_together::<T>(&worker, items, call, now);
        }
        let after = nonce::<T>(&worker.id);
        if after > before {
            swarmwork_offchain::note_sent(Sender::Jobs, &worker.id, after, now);
        }
    }
}

/// Whether another pallet's worker has a transaction under this key on its way.
pub fn others_wait<T: Config>(worker: &T::AccountId, now: u64) -> bool {
    swarmwork_offchain::in_flight(Sender::Capacity, worker, nonce::<T>(worker), now)
}

/// What the next transaction's nonce would be: those that were handed over in this run count.
pub fn nonce<T: Config>(account: &T::AccountId) -> u64 {
    System::<T>::account_nonce(account).unique_saturated_into()
}

/// Hands over what `call` submits.
fn send_together<T: Config>(worker: &Account<T>, items: Vec<Item>, call: Call<T>, now: u64) {
    if let [item] = &items[..] {
        return send_one::<T>(worker, item, now);
    }
    note(&items, true, now);
    match sign::<T>(worker, call) {
        Some(Ok(())) => {
            let names: Vec<_> = items.iter().map(Item::name).collect();
            log::info!(target: TARGET, "submitted together: {}", names.join(", "));
        }
        refused => {
            take_back(&items);
            log::warn!(
                target: TARGET,
                "{} results cannot be submitted together ({}); they are submitted one by one",
                items.len(),
                reason(worker, refused.is_some()),
            );
            for item in &items {
                send_one::<T>(worker, item, now);
            }
        }
    }
}

fn send_one<T: Config>(worker: &Account<T>, item: &Item, now: u64) {
    let one = core::slice::from_ref(item);
    note(one, false, now);
    match sign::<T>(worker, item.clone().call::<T>()) {
        Some(Ok(())) => log::info!(target: TARGET, "{} is submitted", item.name()),
        refused => {
            take_back(one);
            log::warn!(
                target: TARGET,
                "{} cannot be submitted: {}", item.name(), reason(worker, refused.is_some()),
            );
        }
    }
}

/// Signs and hands over; `None` if that key cannot sign.
pub fn sign<T: Config>(worker: &Account<T>, call: Call<T>) -> Option<Result<(), ()>> {
    Signer::<T, T::AuthorityId, ForAny>::any_account()
        .with_filter(alloc::vec![worker.public.clone()])
        .send_signed_transaction(|_| call.clone())
        .map(|(_, result)| result)
}

/// Noted first: if the node dies in between, a result is late but not paid for twice.
fn note(items: &[Item], together: bool, now: u64) {
    for item in items {
        let mut record = memory::record(item.job());
        match (item, item.batch()) {
            (Item::Reveal(..), _) => record.revealing = Some(now),
            (_, None) => record.committing = Some(now),
            (_, Some(batch)) => record.submitting(batch, together, now),
        }
        memory::set_record(item.job(), &record);
    }
}

fn take_back(items: &[Item]) {
    for item in items {
        let mut record = memory::record(item.job());
        match (item, item.batch()) {
            (Item::Reveal(..), _) => record.revealing = None,
            (_, None) => record.committing = None,
            (_, Some(batch)) => record.refused(batch),
        }
        memory::set_record(item.job(), &record);
    }
}

pub fn reason<T: Config>(worker: &Account<T>, signed: bool) -> String {
    if signed {
        format!(
            "the transaction pool refuses; give the worker account {} enough to cover the fee (it \
             is returned), or wait for its pending transaction",
            hex(&worker.id.encode()),
        )
    } else {
        "nothing can be signed; is the worker key still in the keystore?".into()
    }
}
