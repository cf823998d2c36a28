//! Proven results on their way to the chain: several in one transaction where several are ready.
//!
//! A transaction of several is refused as a whole, so nothing depends on it: what the pool refuses
//! together is handed over one by one at once, and what is lost together is submitted alone later.
//! Every result is noted before it is handed over, so none is on its way twice.

use super::{document::hex, memory, TARGET};
use crate::{
    pallet::{Call, Config},
    types::Report,
};
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use frame_support::{traits::Get, BoundedVec};
use frame_system::{
    offchain::{Account, ForAny, SendSignedTransaction, Signer},
    Pallet as System,
};
use sp_runtime::traits::UniqueSaturatedInto;
use swarmwork_offchain::Sender;

/// A result that the chain would take now.
pub struct Ready<T: Config> {
    /// Who signs.
    pub worker: Account<T>,
    /// The result.
    pub report: Report,
    /// Whether it must not share a transaction with others.
    pub alone: bool,
}

/// Hands results to the transaction pool, worker by worker.
pub fn send<T: Config>(mut ready: Vec<Ready<T>>, now: u64) {
    while let Some(worker) = ready.first().map(|first| first.worker.clone()) {
        let (own, others): (Vec<_>, Vec<_>) = ready
            .into_iter()
            .partition(|each| each.worker.id == worker.id);
        ready = others;
        let before = nonce::<T>(&worker.id);
        let (alone, shared): (Vec<_>, Vec<_>) = own.into_iter().partition(|each| each.alone);
        for each in alone {
            send_one::<T>(&worker, &each.report, now);
        }
        let mut shared: Vec<_> = shared.into_iter().map(|each| each.report).collect();
        while !shared.is_empty() {
            let rest = shared.split_off(shared.len().min(T::MaxResults::get() as usize));
            send_together::<T>(&worker, shared, now);
            shared = rest;
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

fn send_together<T: Config>(worker: &Account<T>, reports: Vec<Report>, now: u64) {
    if let [report] = &reports[..] {
        return send_one::<T>(worker, report, now);
    }
    note(&reports, true, now);
    // At most as many as a call takes.
    let results = BoundedVec::truncate_from(reports.clone());
    match sign::<T>(worker, Call::submit_results { results }) {
        Some(Ok(())) => {
            let names: Vec<_> = reports.iter().map(name).collect();
            log::info!(target: TARGET, "submitted together: {}", names.join(", "));
        }
        refused => {
            take_back(&reports);
            log::warn!(
                target: TARGET,
                "{} results cannot be submitted together ({}); they are submitted one by one",
                reports.len(),
                reason(worker, refused.is_some()),
            );
            for report in &reports {
                send_one::<T>(worker, report, now);
            }
        }
    }
}

fn send_one<T: Config>(worker: &Account<T>, report: &Report, now: u64) {
    let one = core::slice::from_ref(report);
    note(one, false, now);
    let Report {
        job,
        batch,
        proof,
        output,
    } = report.clone();
    let call = Call::submit_result {
        job,
        batch,
        proof,
        output,
    };
    match sign::<T>(worker, call) {
        Some(Ok(())) => log::info!(target: TARGET, "{} is submitted", name(report)),
        refused => {
            take_back(one);
            log::warn!(
                target: TARGET,
                "{} cannot be submitted: {}", name(report), reason(worker, refused.is_some()),
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
fn note(reports: &[Report], together: bool, now: u64) {
    for report in reports {
        let mut record = memory::record(&report.job);
        record.submitting(report.batch, together, now);
        memory::set_record(&report.job, &record);
    }
}

fn take_back(reports: &[Report]) {
    for report in reports {
        let mut record = memory::record(&report.job);
        record.refused(report.batch);
        memory::set_record(&report.job, &record);
    }
}

fn name(report: &Report) -> String {
    format!(
        "batch {} of job {}",
        report.batch,
        hex(report.job.as_bytes())
    )
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
