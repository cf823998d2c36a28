//! What is due when: agendas of jobs by block, each served by a cursor in bounded steps.
//!
//! A bucket is never one vector: entries are keyed by block and index, so a block with many
//! entries costs no more per step than one with few, and serving can stop anywhere.

use crate::{
    lanes::Seed,
    pallet::{
        Agendas, BucketLen, Config, Cursors, Decided, Jobs, Outputs, Pallet, Snapshots, Stages,
        Windows,
    },
    types::Agenda,
    weights::WeightInfo,
};
use frame_support::{
    traits::{Get, Randomness},
    weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{CheckedSub, One, Saturating};
use swarmwork_primitives::{JobId, Providers, SwarmWork, MAX_REDUNDANCY};

/// One unit of service. Each has its own benchmark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// A bucket was exhausted and left behind.
    Advanced,
    /// A draw was made (or found to be moot), or an auction closed.
    Drawn,
    /// A fast draw was made (or found to be moot).
    FastDrawn,
    /// A provider that had to start was looked at.
    Started,
    /// A job whose results stood was ended, or looked at too early.
    Closed,
    /// A job was ended, pruned or moved to a later block.
    Woken,
}

impl<T: Config> Pallet<T> {
    /// Appends a job to a block's bucket. The block must not lie before the agenda's cursor, which
    /// holds for every block from the current one on.
    pub(crate) fn schedule(agenda: Agenda, at: BlockNumberFor<T>, job: JobId) {
        let index = BucketLen::<T>::mutate(agenda, at, |len| {
            let index = *len;
            // A block holds far fewer than 2^32 calls.
            *len = len.saturating_add(1);
            index
        });
        Self::enqueue(agenda, at, index);
        Agendas::<T>::insert((agenda, at, index), job);
    }

    /// Books the parent's VRF output and, if the draws of a block have their whole window now,
    /// keeps that window for them: however late a draw is served, its seed is the same.
    ///
    /// In `on_initialize` of block `now`, BABE still shows the output that `on_finalize` of block
    /// `now - 1` stored, wherever the two pallets stand in the runtime. After it is booked, the
    /// last k outputs are those of `now - k ..= now - 1`: the window of block `now - 1 - k`.
    pub(crate) fn record_output(now: BlockNumberFor<T>) {
        let (output, _) = T::Randomness::random(b"swarmwork:vrf");
        let outputs = Outputs::<T>::mutate(|outputs| {
            if outputs.is_full() {
                outputs.remove(0);
            }
            // A block without output (the genesis block has none) contributes a constant: draws
            // lose the entropy of that one block, but are made.
            let _ = outputs.try_push(output.unwrap_or_default());
            outputs.clone()
        });
        Self::take_snapshot(now);
        Self::open_fast_window(now, outputs.last());
        if let Some(block) = Self::last_due(Agenda::Draw, now) {
            if Self::waits_for_window(block) {
                if outputs.is_full() {
                    Windows::<T>::insert(block, outputs);
                }
            } else {
                Snapshots::<T>::remove(block);
            }
        }
    }

    /// The last bucket that may be served in block `now`: a deadline's own block still belongs to
    /// the provider, and a draw needs the outputs of k blocks after its own.
    pub(crate) fn last_due(agenda: Agenda, now: BlockNumberFor<T>) -> Option<BlockNumberFor<T>> {
        let parent = now.checked_sub(&One::one())?;
        match agenda {
            Agenda::Close | Agenda::Wake | Agenda::Start => Some(parent),
            Agenda::Draw | Agenda::High | Agenda::Urgent => {
                parent.checked_sub(&T::DrawWindow::get().into())
            }
            Agenda::Fast => parent.checked_sub(&One::one()),
        }
    }

    /// Serves at most `limit` steps while the meter has room for the worst of them; how many it
    /// served.
    pub(crate) fn serve(
        agenda: Agenda,
        now: BlockNumberFor<T>,
        limit: u32,
        meter: &mut WeightMeter,
    ) -> u32 {
        Self::serve_by(|| agenda, now, limit, meter)
    }

    /// Serves the draws by whole windows, in order of age and priority.
    pub(crate) fn serve_draws(now: BlockNumberFor<T>, limit: u32, meter: &mut WeightMeter) -> u32 {
        Self::serve_by(|| Self::next_lane(now), now, limit, meter)
    }

    /// Serves at most `limit` steps of each agenda.
    pub(crate) fn serve_all(now: BlockNumberFor<T>, limit: u32, meter: &mut WeightMeter) {
        Self::serve(Agenda::Fast, now, limit, meter);
        Self::serve_draws(now, limit, meter);
        for agenda in [Agenda::Start, Agenda::Close, Agenda::Wake] {
            Self::serve(agenda, now, limit, meter);
        }
    }

    /// What one step of each agenda may cost together; the draws by whole windows are one.
    pub(crate) fn worst_round() -> Weight {
        [
            Agenda::Fast,
            Agenda::Draw,
            Agenda::Start,
            Agenda::Close,
            Agenda::Wake,
        ]
        .into_iter()
        .map(Self::worst_step)
        .fold(Weight::zero(), Weight::saturating_add)
    }

    fn serve_by(
        next: impl Fn() -> Agenda,
        now: BlockNumberFor<T>,
        limit: u32,
        meter: &mut WeightMeter,
    ) -> u32 {
        let mut served = 0;
        while served < limit {
            let agenda = next();
            if !meter.can_consume(Self::worst_step(agenda)) {
                break;
            }
            match Self::step(agenda, now) {
                Some(step) => meter.consume(Self::step_weight(step)),
                None => break,
            }
            served += 1;
        }
        served
    }

    /// What one step of an agenda may cost.
    pub(crate) fn worst_step(agenda: Agenda) -> Weight {
        let entry = match agenda {
            Agenda::Draw | Agenda::High | Agenda::Urgent => Step::Drawn,
            Agenda::Fast => Step::FastDrawn,
            Agenda::Close => Step::Closed,
            Agenda::Wake => Step::Woken,
            Agenda::Start => Step::Started,
        };
        Self::step_weight(entry).max(Self::step_weight(Step::Advanced))
    }

    fn step_weight(step: Step) -> Weight {
        match step {
            // What was decided on is noted, and forgotten with the active set as it was.
            Step::Advanced => T::WeightInfo::advance().saturating_add(T::DbWeight::get().writes(3)),
            Step::Drawn => {
                let several = T::WeightInfo::draw_panel().max(T::WeightInfo::draw_audit());
                Self::draw_weight(T::WeightInfo::draw().max(several))
                    .max(T::WeightInfo::draw_samples())
                    .max(T::WeightInfo::close_auction().saturating_add(Self::draw_overhead()))
            }
            Step::FastDrawn => Self::draw_weight(T::WeightInfo::draw()),
            Step::Started => {
                T::WeightInfo::miss_start().saturating_add(T::Providers::slashed_weight())
            }
            Step::Closed => T::WeightInfo::close_paid()
                .saturating_add(T::SwarmWork::settled_weight(1))
                .saturating_add(Self::legs_weight())
                .max(Self::acknowledge_weight())
                .max(T::WeightInfo::cancel_job().saturating_add(Self::legs_weight()))
                .max(
                    T::WeightInfo::close_failed()
                        .saturating_add(T::WeightInfo::asset_legs(1))
                        .saturating_add(T::Providers::slashed_weight()),
                )
                .max(
                    T::WeightInfo::settle_member()
                        .saturating_add(Self::legs_weight())
                        .saturating_add(T::Providers::slashed_weight())
                        .saturating_add(T::SwarmWork::settled_weight(MAX_REDUNDANCY)),
                ),
            Step::Woken => T::WeightInfo::expire()
                // A bid that is lost, as in giving the job back.
                .saturating_add(T::WeightInfo::miss_start())
                .saturating_add(T::Providers::slashed_weight())
                .max(T::WeightInfo::expire_auction())
                .max(T::WeightInfo::cancel_job().saturating_add(Self::legs_weight()))
                .max(T::WeightInfo::fail().saturating_add(T::Providers::slashed_weight()))
                .saturating_add(T::WeightInfo::asset_legs(1))
                .max(T::WeightInfo::prune())
                .max(T::WeightInfo::forget_output()),
        }
    }

    /// One draw of providers that costs so much where all work is proven and paid in tokens.
    /// Candidates may have to take other work, and an asset that is worth something; what was decided
    /// on is summed over the windows on either side.
    fn draw_weight(plain: Weight) -> Weight {
        let windows = u64::from(T::DrawWindow::get()).saturating_mul(2);
        let sample = u64::from(T::DrawSample::get()).saturating_mul(2);
        let reads = windows.saturating_add(sample).saturating_add(1);
        plain
            .saturating_add(T::DbWeight::get().reads_writes(reads, 1))
            .saturating_add(Self::draw_overhead())
    }

    /// Finding the next draw among the lanes, and leaving its lane if it was the last there; noting
    /// that an auction that nobody has bid for is over.
    fn draw_overhead() -> Weight {
        T::DbWeight::get().reads_writes(5, 4)
    }

    /// Serves the next entry of one agenda, or leaves an exhausted bucket; `None` if nothing is due.
    fn step(agenda: Agenda, now: BlockNumberFor<T>) -> Option<Step> {
        if Self::rests(agenda) {
            return None;
        }
        let Some((block, index)) = Cursors::<T>::get(agenda) else {
            // Nothing was scheduled before the first block that this pallet saw.
            Cursors::<T>::insert(agenda, (now, 0));
            return None;
        };
        if block > Self::last_due(agenda, now)? {
            return None;
        }
        if index >= BucketLen::<T>::get(agenda, block) {
            Self::leave_bucket(agenda, block);
            if agenda == Agenda::Draw {
                Windows::<T>::remove(block);
                Snapshots::<T>::remove(block);
                // The next window shares no output with that of this block.
                let apart = T::DrawWindow::get().saturating_sub(1);
                if let Some(apart) = block.checked_sub(&apart.into()) {
                    Decided::<T>::remove(apart);
                }
            }
            Cursors::<T>::insert(agenda, (block.saturating_add(One::one()), 0));
            return Some(Step::Advanced);
        }
        Cursors::<T>::insert(agenda, (block, index.saturating_add(1)));
        let Some(job) = Agendas::<T>::take((agenda, block, index)) else {
            frame_support::defensive!("an agenda entry below its bucket's length is missing");
            return Some(Step::Advanced);
        };
        let step = match agenda {
            Agenda::Draw | Agenda::High | Agenda::Urgent => {
                match (Windows::<T>::get(block), Snapshots::<T>::get(block)) {
                    (Some(outputs), Some(frozen)) => {
                        let seed = Seed {
                            block,
                            outputs: &outputs,
                            frozen,
                            fast: false,
                        };
                        Self::serve_draw(job, &seed, now);
                    }
                    // The window was lost, which only a changed window length can do: wait for
                    // another one.
                    _ => Self::schedule(Agenda::Draw, now, job),
                }
                Step::Drawn
            }
            Agenda::Fast => {
                Self::serve_fast(job, block, now);
                Step::FastDrawn
            }
            Agenda::Start => {
                Self::miss_start(job, now);
                Step::Started
            }
            Agenda::Close => {
                Self::close(job, now);
                Step::Closed
            }
            Agenda::Wake => {
                Self::wake(job, now);
                Step::Woken
            }
        };
        Self::dequeue(agenda, block);
        Some(step)
    }

    /// Looks at a job again: ends it if its time is over, forgets it if it ended long ago.
    ///
    /// Block numbers saturate at one that no chain reaches.
    pub(crate) fn wake(id: JobId, now: BlockNumberFor<T>) {
        let Some(job) = Jobs::<T>::get(id) else {
            return;
        };
        let later = match job.ended() {
            Some(ended) => {
                let until = ended.saturating_add(T::Retention::get());
                if now < until {
                    until
                } else if Self::forget_output(&id, &job) {
                    // The rest in another step.
                    now
                } else {
                    return Self::prune(id, &job);
                }
            }
            None => {
                let stage = Stages::<T>::get(id);
                let ends = Self::ends(&job, stage.as_ref(), now);
                if now > ends {
                    match stage {
                        None if Self::is_withheld(&id, &job) => Self::end_by_itself(id, job, now),
                        None => Self::expire(id, job, now),
                        Some(_) => Self::fail(id, job, now),
                    }
                    now.saturating_add(T::Retention::get())
                } else {
                    ends
                }
            }
        };
        Self::schedule(Agenda::Wake, later.max(now), id);
    }
}
