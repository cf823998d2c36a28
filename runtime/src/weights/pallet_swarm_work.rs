//! Weights of `pallet_swarm_work`, counted by hand from what each call reads, writes and computes:
//! to be replaced by what `scripts/weights.sh pallet_swarm_work` measures.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_swarm_work`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    /// So many microseconds of computation, reads and writes.
    fn of(micros: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), 0)
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> pallet_swarm_work::WeightInfo for WeightInfo<T> {
    // Entropy, VRF output, checks, epoch, its number, pace, window, window count, admitted.
    fn idle_block() -> Weight {
        Self::of(40, 9, 2)
    }
    fn roll_epoch() -> Weight {
        Self::of(40, 1, 4)
    }
    fn open_window() -> Weight {
        Self::of(60, 1, 3)
    }
    fn draw_rows() -> Weight {
        Self::of(30, 1, 1)
    }
    // Each: answer, proven, measure, bond, admitted, bandwidth.
    fn judge(participants: u32) -> Weight {
        Self::of(40, 1, 2).saturating_add(Self::of(40, 6, 5).saturating_mul(participants.into()))
    }
    fn forget() -> Weight {
        Self::of(300, 36, 36)
    }
    // Each: grant, measure, bandwidth, lock, proven.
    fn settled(providers: u32) -> Weight {
        Self::of(40, 4, 1).saturating_add(Self::of(40, 5, 2).saturating_mul(providers.into()))
    }
    fn slashed() -> Weight {
        Self::of(400, 66, 33)
    }
    fn admit() -> Weight {
        Self::of(60, 4, 4)
    }
    fn dismiss() -> Weight {
        Self::of(60, 3, 3)
    }
    fn commit_capacity() -> Weight {
        Self::of(60, 4, 1)
    }
    // Two rows take 1 ms and less; making the matrices of a new seed, once a window, 3 ms more.
    fn open_rows() -> Weight {
        Self::of(2_500, 6, 2)
    }
    fn report_bandwidth() -> Weight {
        Self::of(60, 5, 1)
    }
    fn lock_up() -> Weight {
        Self::of(80, 3, 3)
    }
    fn unlock() -> Weight {
        Self::of(80, 3, 3)
    }
    fn claim(epochs: u32) -> Weight {
        Self::of(80, 6, 5).saturating_add(Self::of(20, 2, 2).saturating_mul(epochs.into()))
    }
}
