//! Draws that go their own way: fast ones, and those that a fee was burned for.
//!
//! Jobs of a priority wait in agendas of their own, whose next is served before an ordinary one that
//! has not waited for as much longer as the fee bought: so whoever waits is overtaken only by those
//! that came shortly after. These agendas, and that of fast draws, are mostly empty, and are entered
//! in the current block only; their cursors rest while they are, and cost the others no step.

use crate::{
    pallet::{BalanceOf, BucketLen, Config, Cursors, FastWindows, Pallet, Queued, Snapshots},
    types::{Agenda, FastWindow, Snapshot},
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{CheckedSub, One, Saturating, Zero};
use swarmwork_primitives::{JobId, Priority, Providers};

/// What a draw is made by.
pub(crate) struct Seed<'a, T: Config> {
    /// The block before the outputs.
    pub block: BlockNumberFor<T>,
    /// The outputs, oldest first.
    pub outputs: &'a [T::Hash],
    /// The active set before them.
    pub frozen: Snapshot<BlockNumberFor<T>>,
    /// Whether there is but one output.
    pub fast: bool,
}

impl<T: Config> Pallet<T> {
    /// The agenda of the first draw of a job.
    pub(crate) fn lane(fast: bool, priority: Priority) -> Agenda {
        match (fast, priority) {
            (true, _) => Agenda::Fast,
            (false, Priority::Normal) => Agenda::Draw,
            (false, Priority::High) => Agenda::High,
            (false, Priority::Urgent) => Agenda::Urgent,
        }
    }

    /// Whether an agenda's cursor rests while nothing waits there.
    fn is_sparse(agenda: Agenda) -> bool {
        matches!(agenda, Agenda::Fast | Agenda::High | Agenda::Urgent)
    }

    /// Whether nothing waits in an agenda whose cursor rests then.
    pub(crate) fn rests(agenda: Agenda) -> bool {
        Self::is_sparse(agenda) && Queued::<T>::get(agenda).is_zero()
    }

    /// Counts an entry that is made now. In an agenda at rest the cursor is moved to it: all that
    /// come after it are made in this block or a later one.
    pub(crate) fn enqueue(agenda: Agenda, at: BlockNumberFor<T>, index: u32) {
        if !Self::is_sparse(agenda) {
            return;
        }
        Queued::<T>::mutate(agenda, |queued| {
            if queued.is_zero() {
                Cursors::<T>::insert(agenda, (at, index));
            }
            // A block holds far fewer than 2^32 calls, and each is served.
            *queued = queued.saturating_add(1);
        });
    }

    /// Counts an entry out that was served; the last leaves nothing behind.
    pub(crate) fn dequeue(agenda: Agenda, block: BlockNumberFor<T>) {
        if !Self::is_sparse(agenda) {
            return;
        }
        let left = Queued::<T>::mutate_exists(agenda, |queued| {
            let left = queued.unwrap_or_default().saturating_sub(1);
            *queued = (!left.is_zero()).then_some(left);
            left
        });
        if left.is_zero() {
            Self::leave_bucket(agenda, block);
        }
    }

    /// Forgets an exhausted bucket.
    pub(crate) fn leave_bucket(agenda: Agenda, block: BlockNumberFor<T>) {
        BucketLen::<T>::remove(agenda, block);
        if agenda == Agenda::Fast {
            FastWindows::<T>::remove(block);
        }
    }

    /// The agenda whose next draw is due first, as old as its fee makes it.
    pub(crate) fn next_lane(now: BlockNumberFor<T>) -> Agenda {
        let mut first = Agenda::Draw;
        let mut oldest = Cursors::<T>::get(Agenda::Draw).map_or(now, |(block, _)| block);
        let due = Self::last_due(Agenda::Draw, now);
        for priority in [Priority::High, Priority::Urgent] {
            let lane = Self::lane(false, priority);
            if Self::rests(lane) {
                continue;
            }
            let Some((block, _)) = Cursors::<T>::get(lane) else {
                continue;
            };
            let age = Self::bought_age(priority);
            if due.is_some_and(|due| block <= due) && block.saturating_sub(age) <= oldest {
                first = lane;
                oldest = block.saturating_sub(age);
            }
        }
        first
    }

    /// As if it had waited for so many blocks already is a job drawn for.
    fn bought_age(priority: Priority) -> BlockNumberFor<T> {
        T::PriorityAge::get().saturating_mul(priority.multiple().into())
    }

    /// Notes the active set as the last block left it, before the first output that a draw of that
    /// block is made by can be acted on.
    pub(crate) fn take_snapshot(now: BlockNumberFor<T>) {
        let Some(parent) = now.checked_sub(&One::one()) else {
            return;
        };
        let snapshot = Snapshot {
            count: T::Providers::active_count(),
            block: frame_system::Pallet::<T>::block_number(),
        };
        Snapshots::<T>::insert(parent, snapshot);
    }

    /// Keeps what the fast draws of a block are made by, once it is known.
    pub(crate) fn open_fast_window(now: BlockNumberFor<T>, output: Option<&T::Hash>) {
        let Some(block) = Self::last_due(Agenda::Fast, now) else {
            return;
        };
        if BucketLen::<T>::get(Agenda::Fast, block).is_zero() {
            return;
        }
        if let (Some(output), Some(frozen)) = (output, Snapshots::<T>::get(block)) {
            let window = FastWindow {
                output: *output,
                frozen,
                drawn: BalanceOf::<T>::zero(),
            };
            FastWindows::<T>::insert(block, window);
        }
    }

    /// Whether draws wait for the window of a block.
    pub(crate) fn waits_for_window(block: BlockNumberFor<T>) -> bool {
        [Agenda::Draw, Agenda::High, Agenda::Urgent]
            .into_iter()
            .any(|lane| !BucketLen::<T>::get(lane, block).is_zero())
    }

    /// Makes a fast draw. What it is made by was lost only if the storage was changed: then the job
    /// waits for an ordinary one.
    pub(crate) fn serve_fast(job: JobId, block: BlockNumberFor<T>, now: BlockNumberFor<T>) {
        let Some(window) = FastWindows::<T>::get(block) else {
            return Self::schedule(Agenda::Draw, now, job);
        };
        let seed = Seed {
            block,
            outputs: core::slice::from_ref(&window.output),
            frozen: window.frozen,
            fast: true,
        };
        Self::serve_draw(job, &seed, now);
    }

    /// How many entries an agenda holds, counted; for the invariants.
    #[cfg(any(feature = "try-runtime", feature = "std"))]
    pub(crate) fn counted(agenda: Agenda) -> Option<u32> {
        Self::is_sparse(agenda).then(|| {
            let entries =
                crate::pallet::Agendas::<T>::iter_keys().filter(|(each, ..)| *each == agenda);
            entries.count() as u32
        })
    }
}
