//! The offchain worker: has this node's executor answer capacity windows, and hands its answers to
//! the chain.
//!
//! It runs after every imported block; while no window is open it has peers measured ([`peers`]). For
//! each participant whose worker key is in the keystore the executor is told the window's seed once,
//! and how long it may compute; the root it then gives is committed to, signed by the worker key; when
//! rows are drawn it gives the two, which are recomputed here before they are submitted, so that a lying
//! executor costs the window but no fee. An executor that was restarted is told again. Every request
//! has a deadline, one run works at a time, and nothing remembered is believed against the chain.

mod document;
mod memory;
mod outbox;
mod peers;
#[cfg(test)]
mod tests;

use crate::{
    pallet::{Admitted, Answers, Call, Config, CurrentWindow, Pallet, Participants},
    types::{Answer, Sample, Window},
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use document::{Document, Order, Stage};
use frame_support::traits::Get;
use frame_system::{
    offchain::{Account, Signer},
    pallet_prelude::BlockNumberFor,
};
use memory::Record;
use outbox::submit;
use sp_core::offchain::Duration;
use sp_runtime::{
    offchain::storage_lock::{BlockAndTime, StorageLock},
    traits::{Saturating, UniqueSaturatedInto},
};
use swarm_capacity::{drawn_rows, identity};
use swarmwork_offchain::{endpoint, hex, printable, status, Client, Error, Method};
use swarmwork_primitives::Providers;

const TARGET: &str = "swarmwork::capacity";

/// Longest that one run may talk to the executor. Runs of later blocks are skipped meanwhile.
const RUN_TIME: Duration = Duration::from_millis(6_000);
/// When a lock left by a killed node is broken: later than any run can last.
const LOCK_TIME: Duration = Duration::from_millis(10_000);
const LOCK_BLOCKS: u32 = 1;
/// One in so many blocks of the time to answer is kept for fetching and submitting the answer.
const KEPT_PART: u64 = 5;

/// A provider in windows whose worker key this node holds.
struct Ours<T: Config> {
    provider: T::AccountId,
    worker: Account<T>,
    identity: [u8; 32],
}

/// Does what is to be done after block `now`.
pub fn run<T: Config>(now: BlockNumberFor<T>) {
    let window = CurrentWindow::<T>::get();
    if window.is_some_and(|window| window.void) {
        return;
    }
    let Some(endpoint) = endpoint(TARGET) else {
        return;
    };
    let mut lock =
        StorageLock::<BlockAndTime<frame_system::Pallet<T>>>::with_block_and_time_deadline(
            memory::LOCK,
            LOCK_BLOCKS,
            LOCK_TIME,
        );
    let Ok(_guard) = lock.try_lock() else {
        log::debug!(target: TARGET, "an earlier run is still at work");
        return;
    };
    let among = match window {
        Some(_) => Participants::<T>::get(),
        None => Admitted::<T>::get(),
    };
    let ours = ours::<T>(Signer::<T, T::AuthorityId>::keystore_accounts(), &among);
    if ours.is_empty() {
        return;
    }
    let end = sp_io::offchain::timestamp().add(RUN_TIME);
    let outcome = Client::new(&endpoint, end).and_then(|client| {
        ours.iter().try_for_each(|ours| match &window {
            Some(window) => serve::<T>(&client, window, ours, now),
            None => peers::serve::<T>(&client, ours, now),
        })
    });
    if let Err(error) = outcome {
        match window {
            Some(window) => log::error!(target: TARGET, "window {}: {error}", window.id),
            None => log::error!(target: TARGET, "peers are not measured: {error}"),
        }
    }
}

/// The providers among some that these worker keys report for, each once: a keystore names a key
/// twice that it holds in memory and on disk.
fn ours<T: Config>(keys: impl Iterator<Item = Account<T>>, among: &[T::AccountId]) -> Vec<Ours<T>> {
    let mut workers: Vec<_> = keys.collect();
    workers.sort_by(|a, b| a.id.cmp(&b.id));
    workers.dedup_by(|a, b| a.id == b.id);
    workers
        .into_iter()
        .filter_map(|worker| {
            let provider = T::Providers::controller_of(&worker.id)?;
            among.contains(&provider).then(|| Ours {
                identity: identity(&provider),
                provider,
                worker,
            })
        })
        .collect()
}

/// Does what is due for one participant. Fails where every other request would fail alike.
fn serve<T: Config>(
    client: &Client,
    window: &Window<BlockNumberFor<T>>,
    ours: &Ours<T>,
    now: BlockNumberFor<T>,
) -> Result<(), Error> {
    if !client.has_time() {
        log::warn!(target: TARGET, "the executor is slow: some answers wait for the next block");
        return Ok(());
    }
    let mut record = memory::record(&ours.identity, &window.seed);
    let answer = Answers::<T>::get(&ours.provider);
    let outcome = match (window.sample, answer) {
        (None, None) => commit::<T>(client, window, ours, &mut record, now),
        (Some(sample), Some(answer)) if answer.opened_after.is_none() => {
            let drawn = Drawn { sample, answer };
            open::<T>(client, window, ours, &drawn, &mut record, now)
        }
        _ => return Ok(()),
    };
    memory::set_record(&ours.identity, &record);
    match outcome {
        Err(error) if !error.concerns_all() => {
            log::warn!(target: TARGET, "window {}: {error}", window.id);
            Ok(())
        }
        outcome => outcome,
    }
}

/// Has the answer computed, and commits to it when it is.
fn commit<T: Config>(
    client: &Client,
    window: &Window<BlockNumberFor<T>>,
    ours: &Ours<T>,
    record: &mut Record,
    now: BlockNumberFor<T>,
) -> Result<(), Error> {
    let until = Pallet::<T>::commit_until(window);
    // The transaction is in a later block than this.
    if now >= until {
        return Ok(());
    }
    let most = T::ReferenceRows::get();
    let known = if record.posted {
        get::<T>(client, window, ours)?
    } else {
        None
    };
    let document = match known {
        Some(document) => document,
        None => {
            let allowed: u64 = T::CommitBlocks::get().unique_saturated_into();
            let left: u64 = until.saturating_sub(now).unique_saturated_into();
            let blocks = left.saturating_sub(allowed.div_ceil(KEPT_PART));
            if blocks == 0 {
                log::warn!(
                    target: TARGET,
                    "window {} is missed: too little time is left to compute", window.id,
                );
                return Ok(());
            }
            post::<T>(client, window, ours, record, most, blocks)?
        }
    };
    match document.result(most).map_err(malformed)? {
        Stage::Computing => {}
        Stage::Failed(why) => {
            record.posted = false;
            log::warn!(
                target: TARGET,
                "the executor cannot answer window {}: {}; look at its log",
                window.id,
                printable(&why),
            );
        }
        Stage::Ready { rows, root } => {
            let call = Call::commit_capacity {
                window: window.id,
                root,
                rows,
            };
            let what = format!("{rows} rows in window {}", window.id);
            submit::<T>(&ours.worker, call, &what, &mut record.committed, now);
        }
    }
    Ok(())
}

/// What is to be opened.
struct Drawn<BlockNumber> {
    sample: Sample<BlockNumber>,
    answer: Answer,
}

/// Fetches the drawn rows, checks them as the chain will, and opens them in the participant's turn.
fn open<T: Config>(
    client: &Client,
    window: &Window<BlockNumberFor<T>>,
    ours: &Ours<T>,
    drawn: &Drawn<BlockNumberFor<T>>,
    record: &mut Record,
    now: BlockNumberFor<T>,
) -> Result<(), Error> {
    let Drawn { sample, answer } = drawn;
    let until = Pallet::<T>::check_until(sample);
    if now >= until || record.wrong {
        return Ok(());
    }
    let Some(rows) = drawn_rows(&sample.seed, &ours.identity, answer.rows) else {
        return Ok(());
    };
    let path = format!("{}/rows/{}/{}", path::<T>(window, ours), rows.0, rows.1);
    let openings = match client.request(Method::Get, &path, None)? {
        (200, body) => document::openings(&body).map_err(malformed)?,
        // It is computing again.
        (409, _) => return Ok(()),
        (404, _) => {
            // Rows are made from the seed: the same number of them has the same root.
            let left = until.saturating_sub(now).unique_saturated_into();
            post::<T>(client, window, ours, record, answer.rows, left)?;
            return Ok(());
        }
        (code, body) => return Err(status(code, &body)),
    };
    let checked = Pallet::<T>::check_rows(
        &ours.provider,
        &window.seed,
        &sample.seed,
        answer,
        &openings,
    );
    if let Err(error) = checked {
        record.wrong = true;
        log::error!(
            target: TARGET,
            "window {} is missed: the executor's rows are wrong ({error:?}); look at its log and at \
             its devices",
            window.id,
        );
        return Ok(());
    }
    if now.saturating_add(1u32.into()) < turn::<T>(sample, &ours.provider) {
        return Ok(());
    }
    let [first, second] = openings;
    let call = Call::open_rows {
        window: window.id,
        first: Box::new(first),
        second: Box::new(second),
    };
    let what = format!("rows {} and {} in window {}", rows.0, rows.1, window.id);
    submit::<T>(&ours.worker, call, &what, &mut record.opened, now);
    Ok(())
}

/// The block from which a participant may open its rows.
fn turn<T: Config>(
    sample: &Sample<BlockNumberFor<T>>,
    provider: &T::AccountId,
) -> BlockNumberFor<T> {
    let participants = Participants::<T>::get();
    let at = participants.iter().position(|other| other == provider);
    Pallet::<T>::turn(sample, at.unwrap_or_default(), participants.len())
}

fn path<T: Config>(window: &Window<BlockNumberFor<T>>, ours: &Ours<T>) -> String {
    format!("/v1/capacity/{}/{}", hex(&window.seed), hex(&ours.identity))
}

/// What an answer is called that makes no sense.
fn malformed(why: String) -> Error {
    Error::Malformed(printable(&why))
}

/// How far the executor is; `None` if it does not know of the window.
fn get<T: Config>(
    client: &Client,
    window: &Window<BlockNumberFor<T>>,
    ours: &Ours<T>,
) -> Result<Option<Document>, Error> {
    match client.request(Method::Get, &path::<T>(window, ours), None)? {
        (200, body) => Document::parse(&body, &window.seed, &ours.identity)
            .map(Some)
            .map_err(malformed),
        (404, _) => Ok(None),
        (code, body) => Err(status(code, &body)),
    }
}

/// Tells the executor to compute at most so many rows for so many blocks' time.
fn post<T: Config>(
    client: &Client,
    window: &Window<BlockNumberFor<T>>,
    ours: &Ours<T>,
    record: &mut Record,
    rows: u32,
    blocks: u64,
) -> Result<Document, Error> {
    let order = Order {
        seed: hex(&window.seed),
        identity: hex(&ours.identity),
        rows,
        millis: blocks.saturating_mul(T::BlockMillis::get()),
    };
    let body = order.to_json().map_err(malformed)?;
    match client.request(Method::Post, "/v1/capacity", Some(body))? {
        (200 | 202, body) => {
            record.posted = true;
            log::info!(target: TARGET, "the executor computes for window {}", window.id);
            Document::parse(&body, &window.seed, &ours.identity).map_err(malformed)
        }
        (code, body) => Err(status(code, &body)),
    }
}
