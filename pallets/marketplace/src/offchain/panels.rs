//! Jobs of several providers: results are sealed, revealed once nobody can copy them, and disputed
//! where another's differ.
//!
//! What was sealed is remembered before it is handed over, with its salt, and never replaced: who
//! cannot reveal what it has sealed loses its collateral. For the same reason it is revealed from there,
//! whether or not the executor answers.

use super::{
    client::{self, Client},
    dispatch::fresh,
    document::{hex, Document},
    memory,
    outbox::{self, Item, Ready},
    Assigned, TARGET,
};
use crate::{
    pallet::{BalanceOf, Config, Pallet, RevealedAnswers},
    types::Dispute,
    PanelOf,
};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{traits::Get, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
    offchain::storage::StorageValueRef,
    traits::{UniqueSaturatedFrom, UniqueSaturatedInto},
};
use swarm_merkle::{answer_leaf, Tree};
use swarmwork_primitives::{
    seal, Answers, ContentId, FinalisedBlock, JobId, Member, PanelStage, ResultRoot, FINALISED_KEY,
};

/// Bytes of a batch in the list of results: `C_y`, and the output file's digest.
const ENTRY_BYTES: usize = 64;

/// A member of a runtime's panels.
type SeatOf<T> = Member<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// What was sealed, and is to be revealed.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug)]
pub struct Kept {
    /// Random.
    pub salt: [u8; 32],
    /// The answers to all batches.
    pub answers: Answers,
    /// The file that lists them.
    pub list: ContentId,
}

impl Kept {
    /// What is named on chain for it.
    fn seal<AccountId: Encode>(&self, job: &JobId, provider: &AccountId) -> Option<H256> {
        let leaves = self.answers.iter().map(answer_leaf).collect();
        let results = ResultRoot {
            root: H256(Tree::new(leaves).ok()?.root()),
            list: self.list,
        };
        Some(seal(job, provider, &results, &self.salt))
    }
}

/// What to do next.
enum Step {
    /// Nothing yet.
    Wait,
    /// To submit this.
    Submit(Item),
    /// Something is wrong, and was said in the log.
    Unsound,
}

/// Whether a provider's seal is on chain and whether its results are, or it is too late for them.
pub fn on_chain<T: Config>(panel: &PanelOf<T>, provider: &T::AccountId) -> (bool, bool) {
    let mut members = panel.members.iter();
    let member = members.find(|each| each.provider == *provider);
    let (sealed, revealed) = member.map_or((true, true), |member| {
        (member.sealed.is_some(), member.revealed.is_some())
    });
    let (before, now) = match panel.stage {
        PanelStage::Sealing { .. } | PanelStage::Drawing { .. } | PanelStage::Auditing { .. } => {
            (true, false)
        }
        PanelStage::Revealing { .. } => (false, true),
        PanelStage::Disputed { .. } | PanelStage::Judged { .. } => (false, false),
    };
    (sealed || !before, revealed || !now)
}

/// The batches whose proofs show that others were wrong, if this provider was right: of each root
/// that differs from its own, the first in which it does.
pub fn awaited<T: Config>(
    id: &JobId,
    panel: &PanelOf<T>,
    provider: &T::AccountId,
) -> BTreeSet<u32> {
    let mut batches = BTreeSet::new();
    if !matches!(panel.stage, PanelStage::Disputed { .. }) {
        return batches;
    }
    let stands = |member: &Member<_, _>| member.revealed.is_some() && member.refuted_by.is_none();
    let answers = |place: u32| RevealedAnswers::<T>::get(id, place).unwrap_or_default();
    let own = (0u32..)
        .zip(&panel.members)
        .find(|(_, member)| member.provider == *provider && stands(member));
    let Some((place, own)) = own else {
        return batches;
    };
    let right = answers(place);
    for (place, member) in (0u32..).zip(&panel.members) {
        if !stands(member) || member.root() == own.root() {
            continue;
        }
        let theirs = answers(place);
        let differs = (0u32..)
            .zip(right.iter().zip(theirs.iter()))
            .find(|(_, (right, theirs))| right != theirs);
        batches.extend(differs.map(|(batch, _)| batch));
    }
    batches
}

/// The last block of the market's clock in which what the job waits for counts.
pub fn last_block<T: Config>(panel: &PanelOf<T>, deadline: BlockNumberFor<T>) -> BlockNumberFor<T> {
    match panel.stage {
        PanelStage::Sealing { until }
        | PanelStage::Auditing { until }
        | PanelStage::Revealing { until, .. }
        | PanelStage::Disputed { until } => until,
        PanelStage::Drawing { .. } | PanelStage::Judged { .. } => deadline,
    }
}

/// Adds what can be submitted to the outbox; whether everything that the executor gives is sound.
pub fn collect<T: Config>(
    client: &Client,
    job: &Assigned<T>,
    panel: &PanelOf<T>,
    document: &Document,
    outbox: &mut Vec<Ready<T>>,
) -> Result<bool, client::Error> {
    let Some(member) = own_seat(job, panel) else {
        return Ok(true);
    };
    let seals = match panel.stage {
        PanelStage::Sealing { .. } => !member.auditor,
        PanelStage::Auditing { .. } => member.auditor,
        _ => false,
    };
    let step = match panel.stage {
        _ if seals && member.sealed.is_none() => sealing(client, job, document)?,
        PanelStage::Revealing { .. } if is_forgotten(job, member) => {
            log::error!(
                target: TARGET,
                "job {}: this node does not remember what was sealed for it; reveal it from the \
                 node that did, or the collateral is lost",
                hex(job.id.as_bytes()),
            );
            Step::Unsound
        }
        PanelStage::Disputed { .. } => return Ok(disputing(job, document, outbox)),
        _ => Step::Wait,
    };
    match step {
        Step::Wait => Ok(true),
        Step::Unsound => Ok(false),
        Step::Submit(item) => {
            outbox.push(ready(job, item));
            Ok(true)
        }
    }
}

fn ready<T: Config>(job: &Assigned<T>, item: Item) -> Ready<T> {
    Ready {
        worker: job.worker.clone(),
        item,
        // Collateral depends on it: nothing else may spoil its transaction.
        alone: true,
    }
}

fn sealing<T: Config>(
    client: &Client,
    job: &Assigned<T>,
    document: &Document,
) -> Result<Step, client::Error> {
    let Some(results) = document.results() else {
        return Ok(Step::Wait);
    };
    let kept = match memory::kept(&job.id) {
        Some(kept) => kept,
        None => {
            let list = client.blob(&results.list)?;
            let Some(answers) = answers_in(&list, job.job.batches) else {
                log::error!(
                    target: TARGET,
                    "job {}: the executor's list of results has {} bytes for {} batches",
                    hex(job.id.as_bytes()), list.len(), job.job.batches,
                );
                return Ok(Step::Unsound);
            };
            let kept = Kept {
                salt: sp_io::offchain::random_seed(),
                answers,
                list: results.list,
            };
            memory::keep(&job.id, &kept);
            kept
        }
    };
    Ok(match kept.seal(&job.id, &job.provider) {
        Some(sealed) => Step::Submit(Item::Seal(job.id, sealed)),
        None => Step::Unsound,
    })
}

/// The answers in a list of results.
fn answers_in(list: &[u8], batches: u32) -> Option<Answers> {
    let batches = usize::try_from(batches).ok()?;
    if list.len() != batches.checked_mul(ENTRY_BYTES)? {
        return None;
    }
    let answer = |entry: &[u8]| <[u8; 32]>::try_from(entry.get(..32)?).ok();
    let answers: Option<Vec<_>> = list.chunks_exact(ENTRY_BYTES).map(answer).collect();
    answers?.try_into().ok()
}

/// Submits what was sealed and is to be revealed now, but of busy workers: those that have something on
/// its way.
pub fn reveal<T: Config>(ours: &[Assigned<T>], busy: &[T::AccountId], now: u64) {
    // What is submitted while the market stands still fails, for a fee.
    if Pallet::<T>::halted() {
        return;
    }
    let mut outbox = Vec::new();
    for job in ours.iter().filter(|job| !busy.contains(&job.worker.id)) {
        let Some(panel) = &job.panel else {
            continue;
        };
        let kept = own_seat(job, panel).and_then(|member| kept_of(job, member));
        if let Some(kept) = kept.filter(|_| may_reveal(job, panel, now)) {
            outbox.push(ready(job, Item::Reveal(job.id, kept)));
        }
    }
    outbox::send(outbox, now);
}

/// The member that this provider is.
fn own_seat<'a, T: Config>(job: &Assigned<T>, panel: &'a PanelOf<T>) -> Option<&'a SeatOf<T>> {
    let mut members = panel.members.iter();
    members.find(|each| each.provider == job.provider)
}

/// What a member has sealed and not revealed, if this node remembers it.
fn kept_of<T: Config>(job: &Assigned<T>, member: &SeatOf<T>) -> Option<Kept> {
    if member.sealed.is_none() || member.revealed.is_some() {
        return None;
    }
    memory::kept(&job.id).filter(|kept| kept.seal(&job.id, &job.provider) == member.sealed)
}

/// Whether a member has sealed something that it has yet to reveal, and this node does not know it.
fn is_forgotten<T: Config>(job: &Assigned<T>, member: &SeatOf<T>) -> bool {
    member.sealed.is_some() && member.revealed.is_none() && kept_of(job, member).is_none()
}

/// Whether what was sealed for a job counts and nobody can copy it, or there is no time to wait for
/// that.
fn may_reveal<T: Config>(job: &Assigned<T>, panel: &PanelOf<T>, now: u64) -> bool {
    let PanelStage::Revealing { opens, until } = panel.stage else {
        return false;
    };
    let chain = |block| -> u64 { Pallet::<T>::chain_block(block).unique_saturated_into() };
    let (opens, until) = (chain(opens), chain(until));
    // The transaction is in a later block than this.
    if now.saturating_add(1) < opens || until <= now {
        return false;
    }
    let delay: u64 = T::RevealDelay::get().unique_saturated_into();
    if is_final::<T>(opens.saturating_sub(delay)) {
        return true;
    }
    // On a fork without what the others have sealed, somebody could copy this.
    if now < opens.saturating_add(until.saturating_sub(opens) / 2) {
        return false;
    }
    log::warn!(
        target: TARGET,
        "job {}: its results are revealed although what was sealed is not final: otherwise the \
         collateral would be lost",
        hex(job.id.as_bytes()),
    );
    true
}

/// Whether a block of this chain is final, as far as this node knows.
fn is_final<T: Config>(block: u64) -> bool {
    let known: Option<FinalisedBlock> = StorageValueRef::persistent(FINALISED_KEY)
        .get()
        .ok()
        .flatten();
    known.is_some_and(|last| {
        let number = BlockNumberFor::<T>::unique_saturated_from(last.number);
        let hash = frame_system::Pallet::<T>::block_hash(number);
        last.number >= block && hash.as_ref() == last.hash.as_bytes()
    })
}

fn disputing<T: Config>(
    job: &Assigned<T>,
    document: &Document,
    outbox: &mut Vec<Ready<T>>,
) -> bool {
    let mut sound = true;
    for batch in fresh(document, &job.awaited) {
        let Some((input, input_path, _)) = batch.opening() else {
            sound = false;
            continue;
        };
        let dispute = Dispute {
            job: job.id,
            batch: batch.index,
            input,
            input_path,
            // A proof has less than half of the bytes that the argument takes.
            proof: BoundedVec::truncate_from(batch.proof().to_vec()),
        };
        match Pallet::<T>::check_dispute_proof(&job.worker.id, &dispute) {
            Ok(_) => outbox.push(ready(job, Item::Dispute(dispute))),
            Err(error) => {
                sound = false;
                log::error!(
                    target: TARGET,
                    "job {}: batch {}, to which another has another answer, is not proven ({error:?})",
                    hex(job.id.as_bytes()), batch.index,
                );
            }
        }
    }
    sound
}
