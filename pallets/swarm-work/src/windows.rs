//! The life of a window: opened without notice, answered, sampled, opened at drawn rows, judged.
//!
//! A window opens in block `o`; answers count up to block `o + CommitBlocks`; the VRF outputs of the
//! `SampleBlocks` blocks after that draw the rows; participants open them in turn, at most so many a
//! block; then all are judged, a few a block. Whoever has not opened right rows by then, for
//! whatever reason, has missed the window. A window in which the market stands still counts for
//! nobody: answers could not be given.

use crate::{
    pallet::{
        Admitted, Answers, Checks, Config, CurrentWindow, Entropy, Error, Event, PaceOf, Pallet,
        Participants, Proven, WindowCount,
    },
    types::{Answer, Sample, Window},
    weights::WeightInfo,
};
use codec::Encode;
use frame_support::{
    ensure,
    migrations::MultiStepMigrator,
    traits::{Get, Randomness},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    traits::{One, Saturating},
    DispatchError, DispatchResult, SaturatedConversion,
};
use swarm_capacity::{drawn_rows, identity, Opening, OpeningError, MAX_ROWS};

impl<T: Config> Pallet<T> {
    /// Takes the parent block's VRF output into the entropy. A block without output adds a
    /// constant, and the entropy changes all the same.
    pub(crate) fn stir() {
        let (output, _) = T::Randomness::random(b"swarmwork:vrf");
        Entropy::<T>::mutate(|entropy| {
            *entropy = (b"swarmwork:entropy", *entropy, output).using_encoded(blake2_256);
        });
    }

    /// A seed for one purpose, from the entropy.
    pub(crate) fn seed(purpose: &[u8], number: u32) -> [u8; 32] {
        (purpose, number, Entropy::<T>::get()).using_encoded(blake2_256)
    }

    /// Last block in which answers are accepted.
    pub(crate) fn commit_until(window: &Window<BlockNumberFor<T>>) -> BlockNumberFor<T> {
        window.opened.saturating_add(T::CommitBlocks::get())
    }

    /// Last block in which drawn rows may be opened.
    pub(crate) fn check_until(sample: &Sample<BlockNumberFor<T>>) -> BlockNumberFor<T> {
        // The first block counts.
        sample
            .since
            .saturating_add(T::CheckBlocks::get().saturating_sub(1).into())
    }

    /// Whether windows stand still: while they are stopped, and while storage is migrated over several
    /// blocks, which take no transactions.
    fn halted() -> bool {
        T::Halted::get() || T::MultiBlockMigrator::ongoing()
    }

    /// Does what is due of the running window, or opens one.
    pub(crate) fn step_window(now: BlockNumberFor<T>) -> Weight {
        let halted = Self::halted();
        let Some(mut window) = CurrentWindow::<T>::get() else {
            return if halted {
                Weight::zero()
            } else {
                Self::maybe_open(now)
            };
        };
        if halted || window.void {
            window.void = true;
            return Self::judge_some(window);
        }
        match window.sample {
            None => {
                // In block n the last output known is that of block n - 1.
                let drawn = Self::commit_until(&window)
                    .saturating_add(T::SampleBlocks::get().into())
                    .saturating_add(One::one());
                if now < drawn {
                    return Weight::zero();
                }
                let sample = Sample {
                    seed: Self::seed(b"swarmwork:sample", window.id),
                    // Nobody sees them before this block is made.
                    since: now.saturating_add(One::one()),
                };
                window.sample = Some(sample);
                CurrentWindow::<T>::put(window);
                Self::deposit_event(Event::RowsDrawn {
                    window: window.id,
                    seed: sample.seed,
                    until: Self::check_until(&sample),
                });
                T::WeightInfo::draw_rows()
            }
            Some(sample) if now <= Self::check_until(&sample) => Weight::zero(),
            Some(_) => Self::judge_some(window),
        }
    }

    /// Opens a window with the chance that gives the expected number in an epoch. Nothing that
    /// happened before tells when the next one comes.
    fn maybe_open(now: BlockNumberFor<T>) -> Weight {
        let pace = PaceOf::<T>::get();
        let id = WindowCount::<T>::get();
        let seed = Self::seed(b"swarmwork:window", id);
        let mut ticket = [0; 8];
        ticket.copy_from_slice(&seed[..8]);
        // 64 random bits against at most 32 bits of range.
        let ticket = u64::from_le_bytes(ticket) % u64::from(pace.epoch_blocks.max(1));
        if ticket >= u64::from(pace.windows) {
            return Weight::zero();
        }
        let admitted = Admitted::<T>::get();
        if admitted.is_empty() {
            return Weight::zero();
        }
        Participants::<T>::put(admitted);
        WindowCount::<T>::put(id.wrapping_add(1));
        let window = Window {
            id,
            // The ticket was drawn by the first bytes: the seed shows none of them.
            seed: (b"swarmwork:rows", seed).using_encoded(blake2_256),
            opened: now,
            sample: None,
            judged: 0,
            void: false,
        };
        CurrentWindow::<T>::put(window);
        Self::deposit_event(Event::WindowOpened {
            window: id,
            seed: window.seed,
            until: Self::commit_until(&window),
        });
        T::WeightInfo::open_window()
    }

    fn running(id: u32) -> Result<Window<BlockNumberFor<T>>, Error<T>> {
        CurrentWindow::<T>::get()
            .filter(|window| window.id == id && !window.void)
            .ok_or(Error::<T>::WindowNotRunning)
    }

    /// The answers to a window; see [`crate::Call::commit_capacity`].
    pub(crate) fn do_commit(
        who: T::AccountId,
        id: u32,
        root: [u8; 32],
        rows: u32,
    ) -> DispatchResult {
        let window = Self::running(id)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= Self::commit_until(&window), Error::<T>::TooLate);
        ensure!((1..=MAX_ROWS).contains(&rows), Error::<T>::RowsOutOfRange);
        ensure!(
            Participants::<T>::get().contains(&who),
            Error::<T>::NotAParticipant
        );
        ensure!(
            !Answers::<T>::contains_key(&who),
            Error::<T>::AlreadyCommitted
        );
        Answers::<T>::insert(
            &who,
            Answer {
                root,
                rows,
                opened_after: None,
            },
        );
        Self::deposit_event(Event::CapacityCommitted {
            window: id,
            provider: who,
            rows,
        });
        Ok(())
    }

    /// The block from which a participant may open its rows: all get a turn of their own, in an
    /// order that the sample rotates, so that no block has more than it can check.
    pub(crate) fn turn(
        sample: &Sample<BlockNumberFor<T>>,
        at: usize,
        count: usize,
    ) -> BlockNumberFor<T> {
        let mut offset = [0; 8];
        offset.copy_from_slice(&sample.seed[..8]);
        let count = (count as u64).max(1);
        let place = (at as u64).wrapping_add(u64::from_le_bytes(offset) % count) % count;
        let later = place / u64::from(T::ChecksPerBlock::get().max(1));
        sample
            .since
            .saturating_add(later.saturated_into::<u32>().into())
    }

    /// The opening of drawn rows; see [`crate::Call::open_rows`].
    pub(crate) fn do_open(who: T::AccountId, id: u32, openings: [Opening; 2]) -> DispatchResult {
        let window = Self::running(id)?;
        let sample = window.sample.ok_or(Error::<T>::TooEarly)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= Self::check_until(&sample), Error::<T>::TooLate);
        let mut answer = Answers::<T>::get(&who).ok_or(Error::<T>::NothingCommitted)?;
        ensure!(answer.opened_after.is_none(), Error::<T>::AlreadyOpened);
        let participants = Participants::<T>::get();
        let at = participants
            .iter()
            .position(|other| *other == who)
            .ok_or(Error::<T>::NotAParticipant)?;
        let turn = Self::turn(&sample, at, participants.len());
        ensure!(now >= turn, Error::<T>::NotYourTurn);
        // What is refused below leaves no trace, this count included: it has paid the fee for its
        // weight, and a block's weight bounds how many there are.
        let checks = Checks::<T>::get();
        ensure!(checks < T::ChecksPerBlock::get(), Error::<T>::BlockFull);
        Checks::<T>::put(checks.saturating_add(1));
        Self::check_rows(&who, &window.seed, &sample.seed, &answer, &openings)?;
        answer.opened_after = Some(now.saturating_sub(turn).saturated_into());
        Answers::<T>::insert(&who, answer);
        Ok(())
    }

    /// Whether openings are those of the rows that the sample draws of an answer, and the rows are
    /// what they become.
    pub(crate) fn check_rows(
        who: &T::AccountId,
        window: &[u8; 32],
        sample: &[u8; 32],
        answer: &Answer,
        openings: &[Opening; 2],
    ) -> Result<(), DispatchError> {
        let identity = identity(who);
        let rows = drawn_rows(sample, &identity, answer.rows).ok_or(Error::<T>::RowsOutOfRange)?;
        // What cannot lead to the root is not worth recomputing.
        for (row, opening) in [rows.0, rows.1].into_iter().zip(openings) {
            opening
                .check_path(&answer.root, answer.rows, row)
                .map_err(Self::opening_error)?;
        }
        let prints = swarm_capacity_host::rows::fingerprints(*window, identity, rows.0, rows.1);
        for ((row, opening), print) in [rows.0, rows.1]
            .into_iter()
            .zip(openings)
            .zip(prints.chunks_exact(16))
        {
            ensure!(
                opening.fingerprint(row) == print,
                Error::<T>::WrongFingerprint
            );
        }
        Ok(())
    }

    fn opening_error(error: OpeningError) -> Error<T> {
        match error {
            OpeningError::RowOutOfRange => Error::RowsOutOfRange,
            OpeningError::PathLength => Error::PathLength,
            OpeningError::WrongRoot => Error::WrongRoot,
        }
    }

    /// Judges the next few participants, or forgets the answers of a void window's, and the window
    /// after the last.
    fn judge_some(mut window: Window<BlockNumberFor<T>>) -> Weight {
        let participants = Participants::<T>::get();
        let from = window.judged as usize;
        let some = participants
            .iter()
            .skip(from)
            .take(T::JudgedPerBlock::get() as usize);
        let mut judged = 0u32;
        for who in some {
            let answer = Answers::<T>::take(who);
            let proven = Proven::<T>::take(who);
            if !window.void {
                Self::judge(who, window.id, answer, proven);
            }
            judged = judged.saturating_add(1);
        }
        window.judged = window.judged.saturating_add(judged);
        if window.judged as usize >= participants.len() {
            CurrentWindow::<T>::kill();
            Participants::<T>::kill();
        } else {
            CurrentWindow::<T>::put(window);
        }
        T::WeightInfo::judge(judged)
    }
}
