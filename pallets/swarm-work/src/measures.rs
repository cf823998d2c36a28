//! What windows show of a provider, and what its jobs are credited by.

use crate::{
    economics::Factors,
    pallet::{Config, CurrentEpoch, Event, Locks, Measures, Pallet},
    types::{Answer, Measure},
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{One, UniqueSaturatedInto},
    Permill,
};
use swarm_capacity::MACS_PER_ROW;
use swarmwork_primitives::LockTerm;

/// Part of the distance to a new value by which an average moves.
const MEMORY: u64 = 8;

/// A moving average, which is the first value when there was none.
fn average(old: u32, new: u32, first: bool) -> u32 {
    if first {
        return new;
    }
    // A weighted mean of two 32-bit numbers is one.
    ((u64::from(old) * (MEMORY - 1) + u64::from(new)) / MEMORY).unique_saturated_into()
}

impl Measure {
    /// Books a window in which so many rows were shown. `latency` is in blocks; without one the
    /// participant was busy with jobs and did not answer.
    fn show(&mut self, rows: u32, latency: Option<u32>) {
        let first = self.windows == 0;
        self.rows = average(self.rows, rows, first);
        if let Some(latency) = latency {
            self.latency = average(self.latency, latency.saturating_mul(1_000), first);
            self.streak = self.streak.saturating_add(1);
        }
        self.windows = self.windows.saturating_add(1);
        self.absent = 0;
    }

    /// Books a window that was missed.
    fn miss(&mut self) {
        self.rows = average(self.rows, 0, self.windows == 0);
        self.streak = 0;
        self.windows = self.windows.saturating_add(1);
        self.missed = self.missed.saturating_add(1);
        self.absent = self.absent.saturating_add(1);
    }
}

impl<T: Config> Pallet<T> {
    /// Rows that so much proven work counts as: a busy provider does not suffer by a window.
    fn rows_of(macs: u128) -> u32 {
        let rows = macs.saturating_mul(T::ProvingOverhead::get().into()) / u128::from(MACS_PER_ROW);
        rows.unique_saturated_into()
    }

    /// Books what a participant of a window has shown.
    pub(crate) fn judge(who: &T::AccountId, window: u32, answer: Option<Answer>, proven: u128) {
        // Who has left since has no measure any more.
        let Some(mut measure) = Measures::<T>::get(who) else {
            return;
        };
        let busy = Self::rows_of(proven);
        let shown = match answer {
            Some(answer) => answer
                .opened_after
                .map(|after| (answer.rows.saturating_add(busy), Some(after))),
            None => (busy > 0).then_some((busy, None)),
        };
        match shown {
            Some((rows, latency)) => {
                measure.show(rows, latency);
                Self::deposit_event(Event::CapacityShown {
                    window,
                    provider: who.clone(),
                    rows,
                });
            }
            None => {
                measure.miss();
                Self::deposit_event(Event::WindowMissed {
                    window,
                    provider: who.clone(),
                });
            }
        }
        Measures::<T>::insert(who, measure);
        if measure.absent >= T::MaxAbsent::get() || !Self::has_bond(who) {
            if let Err(error) = Self::do_dismiss(who) {
                frame_support::defensive!(error, "who has a measure is admitted");
            }
        }
    }

    /// By what a job settled now is credited: `macs` multiply-accumulates in `blocks` blocks.
    pub(crate) fn factors(
        who: &T::AccountId,
        macs: u128,
        blocks: BlockNumberFor<T>,
        to_cover: u128,
    ) -> Factors {
        let blocks: u128 = blocks.max(One::one()).unique_saturated_into();
        let lock = Self::lock_of(who, to_cover);
        let Some(measure) = Measures::<T>::get(who) else {
            return Factors {
                lock,
                ..Default::default()
            };
        };
        Factors {
            shown: Permill::from_rational(measure.rows, T::ReferenceRows::get()),
            delivered: Permill::from_rational(
                macs,
                T::ReferenceDelivery::get().saturating_mul(blocks),
            ),
            uptime: measure.streak >= T::UptimeStreak::get(),
            bandwidth: Self::bandwidth_of(who, CurrentEpoch::<T>::get())
                .is_some_and(|rate| rate >= T::ReferenceBandwidth::get()),
            latency: measure.streak > 0 && measure.latency <= T::ReferenceLatency::get(),
            lock,
        }
    }

    /// The lock-up that counts for a provider: one that is not over and covers an amount.
    fn lock_of(who: &T::AccountId, to_cover: u128) -> Option<LockTerm> {
        let now = frame_system::Pallet::<T>::block_number();
        Locks::<T>::get(who)
            .filter(|lock| now < lock.until && lock.amount >= to_cover)
            .map(|lock| lock.term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_move_by_an_eighth() {
        assert_eq!(average(0, 800, true), 800);
        assert_eq!(average(800, 0, false), 700);
        assert_eq!(average(u32::MAX, u32::MAX, false), u32::MAX);
    }

    #[test]
    fn a_busy_window_keeps_the_streak_without_adding_to_it() {
        let mut measure = Measure::default();
        measure.show(100, Some(2));
        measure.show(100, None);
        assert_eq!(
            (measure.streak, measure.windows, measure.latency),
            (1, 2, 2_000)
        );
        measure.miss();
        assert_eq!((measure.streak, measure.missed, measure.absent), (0, 1, 1));
        measure.show(100, Some(0));
        assert_eq!((measure.streak, measure.missed, measure.absent), (1, 1, 0));
    }
}
