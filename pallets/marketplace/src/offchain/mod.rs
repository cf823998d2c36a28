//! The offchain worker: hands this node's jobs to its executor and the proofs to the chain.
//!
//! It runs after every imported block. Each job whose provider's worker key is in the keystore is
//! posted to the executor once, polled, and each proven batch is submitted in a transaction signed
//! by the worker key, with others where several are ready ([`outbox`]). A job with a root is posted
//! after every block, with what the chain asks for by then ([`rooted`], [`panels`]). Jobs that must be
//! started in time are reported as started ([`starting`]), inputs that cannot be had as missing
//! ([`inputs`]), and outputs that requesters miss are published ([`publishing`]). What a run does is bounded
//! in time, one run works at a time, and everything it must remember lies in the node's persistent
//! storage ([`memory`]); so a dead or lying executor, a restart or a reorganisation costs time, but
//! neither wedges the worker nor makes it pay twice. Decisions without input or output are in
//! [`dispatch`].

mod client;
mod dispatch;
mod document;
mod inputs;
mod memory;
mod outbox;
mod panels;
mod publishing;
mod rooted;
mod starting;
#[cfg(test)]
mod tests;

use crate::{
    pallet::{Config, Inputs, Jobs, Pallet, Panels, Results, Running, Stages},
    types::Report,
    JobOf, PanelOf,
};
use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use client::{printable, Client};
use codec::Encode;
use dispatch::{fresh, stuck, Ask, Record, MAX_CANCEL_ATTEMPTS};
use document::{hex, BatchProof, Document, Order, Rooted};
use frame_support::BoundedVec;
use frame_system::{
    offchain::{Account, Signer},
    pallet_prelude::BlockNumberFor,
};
use memory::Health;
use outbox::{Item, Ready};
use sp_core::offchain::Duration;
use sp_runtime::{
    offchain::storage_lock::{BlockAndTime, StorageLock},
    traits::{UniqueSaturatedInto, Zero},
};
use swarmwork_primitives::{Circuits, JobId, JobStage, JobState, Mode, Models, Providers};

const TARGET: &str = "swarmwork::offchain";

/// Longest that one run may talk to the executor. Runs of later blocks are skipped meanwhile.
const RUN_TIME: Duration = Duration::from_millis(8_000);
/// When a lock left by a killed node is broken: later than any run can last.
const LOCK_TIME: Duration = Duration::from_millis(12_000);
const LOCK_BLOCKS: u32 = 1;

/// A job of a provider whose worker key this node holds.
struct Assigned<T: Config> {
    id: JobId,
    job: JobOf<T>,
    provider: T::AccountId,
    worker: Account<T>,
    /// How far it is, if its provider has committed to results.
    stage: Option<JobStage<BlockNumberFor<T>>>,
    /// Those that work on it, if they are several.
    panel: Option<PanelOf<T>>,
    /// Batches whose proofs the chain waits for.
    awaited: BTreeSet<u32>,
}

impl<T: Config> Assigned<T> {
    fn is_rooted(&self) -> bool {
        self.job.mode != Mode::Proven
    }

    /// What is remembered of it, less what is on chain by now.
    fn record(&self, now: u64) -> Record {
        let mut record = memory::record(&self.id);
        record.settle(&self.awaited, now);
        let (committed, revealed) = match &self.panel {
            Some(panel) => panels::on_chain::<T>(panel, &self.provider),
            None => (self.stage.is_some(), true),
        };
        record.settle_commitment(committed, now);
        record.settle_reveal(revealed, now);
        record
    }

    /// Batches that are or were to be proven, of a job with a root.
    fn asked(&self) -> Vec<u32> {
        match (&self.panel, &self.stage) {
            (Some(_), _) => self.awaited.iter().copied().collect(),
            (None, Some(stage)) => stage.asked(),
            (None, None) => Vec::new(),
        }
    }

    /// Batches that need no proof any more, of those that were to be proven.
    fn done(&self) -> Vec<u32> {
        let asked = match &self.stage {
            Some(stage) => stage.asked(),
            None if self.is_rooted() => Vec::new(),
            // At most MAX_BATCHES.
            None => (0..self.job.batches).collect(),
        };
        let is_done = |batch: &u32| !self.awaited.contains(batch);
        asked.into_iter().filter(is_done).collect()
    }
}

/// Does what is to be done after block `now`.
pub fn run<T: Config>(now: BlockNumberFor<T>) {
    let Some(endpoint) = memory::endpoint() else {
        return;
    };
    // What cannot be read yet would look like jobs that are no longer ours, to be cancelled.
    if Pallet::<T>::awaits_migration() {
        log::debug!(target: TARGET, "storage is not yet that of the new code");
        return;
    }
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
    let now: u64 = now.unique_saturated_into();
    let ours: Vec<Assigned<T>> = assigned_jobs(Signer::<T, T::AuthorityId>::keystore_accounts());
    let busy = busy_workers(&ours, now);
    // Whatever becomes of the executor: it has no part in this.
    panels::reveal(&ours, &busy, now);
    let mut health = memory::health(&endpoint);
    if health.pause.lasts(now) {
        return;
    }
    let end = sp_io::offchain::timestamp().add(RUN_TIME);
    let outcome =
        Client::new(&endpoint, end).and_then(|client| serve::<T>(&client, ours, busy, now));
    note_health(&mut health, outcome, now);
}

/// Pauses all requests after a failure that concerns them all, and says so; ends the pause when
/// the executor was heard again.
fn note_health(health: &mut Health, outcome: Result<bool, client::Error>, now: u64) {
    match outcome {
        Err(error) => {
            health.pause.extend(now);
            memory::set_health(health);
            log::error!(
                target: TARGET,
                "{error}; next attempt at block {}", health.pause.until,
            );
        }
        Ok(true) if health.pause.failures > 0 => {
            log::info!(target: TARGET, "the executor answers again");
            health.pause = Default::default();
            memory::set_health(health);
        }
        Ok(_) => {}
    }
}

/// The jobs that these worker keys may report on, each once: a keystore names a key twice that it
/// holds in memory and on disk. Bounded by the keys times the jobs one provider may have.
fn assigned_jobs<T: Config>(keys: impl Iterator<Item = Account<T>>) -> Vec<Assigned<T>> {
    let mut workers: Vec<_> = keys.collect();
    workers.sort_by(|a, b| a.id.cmp(&b.id));
    workers.dedup_by(|a, b| a.id == b.id);
    let mut ours = Vec::new();
    for worker in workers {
        let Some(provider) = T::Providers::controller_of(&worker.id) else {
            continue;
        };
        for id in Running::<T>::get(&provider) {
            let Some(job) = Jobs::<T>::get(id) else {
                continue;
            };
            let stage = Stages::<T>::get(id);
            let panel = Panels::<T>::get(id);
            let awaited = match (&panel, job.mode) {
                (Some(panel), _) => panels::awaited::<T>(&id, panel, &provider),
                (None, Mode::Proven) => (0..job.batches)
                    .filter(|batch| !Results::<T>::contains_key(id, batch))
                    .collect(),
                _ => rooted::awaited::<T>(&id, stage.as_ref()),
            };
            ours.push(Assigned {
                id,
                job,
                provider: provider.clone(),
                worker: worker.clone(),
                stage,
                panel,
                awaited,
            });
        }
    }
    ours
}

/// Serves every job of ours and takes leave of those that no longer are, submitting nothing of workers
/// that were busy before this run; whether the executor was heard. Stops at the first failure that concerns all requests.
fn serve<T: Config>(
    client: &Client,
    mut ours: Vec<Assigned<T>>,
    mut busy: Vec<T::AccountId>,
    now: u64,
) -> Result<bool, client::Error> {
    let mut heard = false;
    for id in memory::known_jobs() {
        if ours.iter().all(|job| job.id != id) {
            heard |= leave::<T>(client, id, now)?;
        }
    }
    // What is submitted while the market stands still fails, for a fee.
    let halted = Pallet::<T>::halted();
    // A slow executor may not get through all jobs in one run: let another be the first each time.
    if let Some(jobs) = u64::try_from(ours.len()).ok().filter(|jobs| *jobs > 0) {
        ours.rotate_left((now % jobs) as usize);
    }
    let mut outbox = Vec::new();
    let mut failed = None;
    for job in &ours {
        if !client.has_time() {
            log::warn!(target: TARGET, "the executor is slow: some jobs wait for the next block");
            break;
        }
        let mut record = job.record(now);
        let may_submit = !halted && !busy.contains(&job.worker.id);
        match serve_job(client, job, &mut record, may_submit, &mut outbox, now) {
            Ok(answered) => heard |= answered,
            Err(error) => {
                let all = error.concerns_all();
                if !all {
                    record.pause.extend(now);
                    log::warn!(
                        target: TARGET,
                        "job {}: {error}; next attempt at block {}",
                        hex(job.id.as_bytes()), record.pause.until,
                    );
                }
                memory::set_record(&job.id, &record);
                if all {
                    failed = Some(error);
                    break;
                }
                heard = true;
            }
        }
    }
    if !halted {
        let showing: Vec<_> = outbox.iter().map(|ready| *ready.item.job()).collect();
        let mut saying = inputs::send(&ours, &busy, &showing, now);
        busy.extend(saying.iter().cloned());
        saying.extend(starting::send(&ours, &busy, now));
        busy.extend(saying.iter().cloned());
        if failed.is_none() {
            let showing: Vec<_> = outbox.iter().map(|ready| ready.worker.id.clone()).collect();
            let (publishing, error) = publishing::send(client, &ours, &busy, &showing, now);
            saying.extend(publishing);
            failed = error;
        }
        outbox.retain(|ready| !saying.contains(&ready.worker.id));
    }
    outbox::send(outbox, now);
    failed.map_or(Ok(heard), Err)
}

/// The worker accounts with a transaction that may still be on its way: the nonce of the next one
/// is unknown until it is in a block.
fn busy_workers<T: Config>(ours: &[Assigned<T>], now: u64) -> Vec<T::AccountId> {
    ours.iter()
        .filter(|job| {
            job.record(now).in_flight()
                || outbox::others_wait::<T>(&job.worker.id, now)
                || starting::waits::<T>(&job.worker.id, now)
                || publishing::waits::<T>(&job.worker.id, now)
        })
        .map(|job| job.worker.id.clone())
        .collect()
}

/// Posts or polls one job and adds what is proven to the outbox; whether the executor was asked.
fn serve_job<T: Config>(
    client: &Client,
    job: &Assigned<T>,
    record: &mut Record,
    may_submit: bool,
    outbox: &mut Vec<Ready<T>>,
    now: u64,
) -> Result<bool, client::Error> {
    let document = match record.ask(now) {
        Ask::Nothing => return Ok(false),
        Ask::Post => post(client, job, record)?,
        // What is asked for may have changed. Posted again, the job goes on.
        Ask::Poll if job.is_rooted() => post(client, job, record)?,
        Ask::Poll => match client.get(&job.id, job.job.batches)? {
            Some(document) => document,
            None => {
                log::info!(
                    target: TARGET,
                    "the executor has forgotten job {}; it is posted again", hex(job.id.as_bytes()),
                );
                record.posted = false;
                post(client, job, record)?
            }
        },
    };
    inputs::note(job, record, &document);
    inputs::hand_over(client, job, &document)?;
    let mut sound = true;
    if let Some(advice) = stuck(&document) {
        sound = false;
        record.posted = false;
        log::warn!(
            target: TARGET,
            "job {} is stuck at the executor: {advice} ({})",
            hex(job.id.as_bytes()),
            printable(document.error.as_deref().unwrap_or("no details")),
        );
    }
    let last = if job.is_rooted() {
        rooted::last_block(job)
    } else {
        job.job.deadline
    };
    let last: u64 = Pallet::<T>::chain_block(last).unique_saturated_into();
    // The transaction is in a later block than this.
    if may_submit && last > now {
        let alone = record.goes_alone(last, now);
        sound &= if let Some(panel) = &job.panel {
            panels::collect(client, job, panel, &document, outbox)?
        } else if job.is_rooted() {
            rooted::collect(job, &document, alone, outbox)
        } else {
            collect(job, &document, alone, outbox)
        };
    }
    if sound {
        record.pause = Default::default();
    } else {
        record.pause.extend(now);
    }
    memory::set_record(&job.id, record);
    Ok(true)
}

/// Adds what is proven to the outbox; whether the chain would take all of it.
fn collect<T: Config>(
    job: &Assigned<T>,
    document: &Document,
    alone: bool,
    outbox: &mut Vec<Ready<T>>,
) -> bool {
    let mut sound = true;
    for batch in fresh(document, &job.awaited) {
        if is_sound(job, batch) {
            outbox.push(ready(job, batch, alone));
        } else {
            sound = false;
        }
    }
    sound
}

/// Gives a job to the executor.
fn post<T: Config>(
    client: &Client,
    job: &Assigned<T>,
    record: &mut Record,
) -> Result<Document, client::Error> {
    let body = order(job).map_err(client::Error::Malformed)?;
    let document = client.post(&job.id, job.job.batches, body)?;
    if !record.posted {
        record.posted = true;
        memory::set_record(&job.id, record);
        log::info!(target: TARGET, "the executor has job {}", hex(job.id.as_bytes()));
    }
    Ok(document)
}

/// The body that describes a job, from chain state alone.
fn order<T: Config>(assigned: &Assigned<T>) -> Result<Vec<u8>, String> {
    let job = &assigned.job;
    let missing = |what: &str| format!("the chain has no {what} for this job");
    let input = Inputs::<T>::get(assigned.id).ok_or_else(|| missing("input"))?;
    let model = T::Models::info(&job.model).ok_or_else(|| missing("model"))?;
    let (verifying_key, proving_key, commitment_key) =
        T::Circuits::keys(&job.circuit).ok_or_else(|| missing("circuit"))?;
    let done = assigned.done();
    let asked = assigned.asked();
    let rooted = input.commitments.root().map(|root| Rooted {
        batches: job.batches,
        root,
        asked: &asked,
    });
    Order {
        id: assigned.id,
        genesis: frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref(),
        provider: &assigned.provider.encode(),
        circuit: job.circuit,
        verifying_key: &verifying_key,
        proving_key: &proving_key,
        commitment_key: &commitment_key,
        model: job.model,
        weights: &job.weights,
        content: &model.content,
        input: &input.locator,
        commitments: input.commitments.listed(),
        rooted,
        done: &done,
    }
    .to_json()
}

/// Whether the chain would take a proof: a refused one costs the worker its fee. Asked of the state
/// that the transaction would meet.
fn is_sound<T: Config>(job: &Assigned<T>, batch: &BatchProof) -> bool {
    let checked = Pallet::<T>::check_result(&job.worker.id, job.id, batch.index, batch.proof());
    if let Err(error) = &checked {
        log::error!(
            target: TARGET,
            "batch {} of job {}: the chain would refuse the executor's proof ({error:?}); look at \
             the executor's log, and at its keys and model files",
            batch.index,
            hex(job.id.as_bytes()),
        );
    }
    checked.is_ok()
}

/// What to submit of a proven batch.
fn ready<T: Config>(job: &Assigned<T>, batch: &BatchProof, alone: bool) -> Ready<T> {
    Ready {
        worker: job.worker.clone(),
        item: Item::Result(Report {
            job: job.id,
            batch: batch.index,
            // A proof has less than half of the bytes that the argument takes.
            proof: BoundedVec::truncate_from(batch.proof().to_vec()),
            output: batch.output(),
        }),
        alone,
    }
}

/// Takes leave of a job that is no longer ours: a completed one is only forgotten, since its
/// outputs are still to be fetched; any other is cancelled at the executor. Whether that was
/// asked.
fn leave<T: Config>(client: &Client, id: JobId, now: u64) -> Result<bool, client::Error> {
    let completed = Jobs::<T>::get(id).is_some_and(|job| {
        matches!(
            job.state,
            JobState::Completed { .. } | JobState::Shared { .. } | JobState::Agreed { .. }
        )
    });
    if completed {
        memory::forget(&id);
        return Ok(false);
    }
    let mut record = memory::record(&id);
    if record.pause.lasts(now) {
        return Ok(false);
    }
    let name = hex(id.as_bytes());
    match client.cancel(&id) {
        Ok(()) => {
            log::info!(target: TARGET, "job {name} is no longer ours and is cancelled");
            memory::forget(&id);
            Ok(true)
        }
        Err(error) if error.concerns_all() => Err(error),
        Err(error) => {
            record.pause.extend(now);
            if record.pause.failures < MAX_CANCEL_ATTEMPTS {
                log::warn!(target: TARGET, "job {name} cannot be cancelled: {error}");
                memory::set_record(&id, &record);
            } else {
                log::error!(
                    target: TARGET,
                    "job {name} cannot be cancelled and is given up: {error}",
                );
                memory::forget(&id);
            }
            Ok(true)
        }
    }
}
