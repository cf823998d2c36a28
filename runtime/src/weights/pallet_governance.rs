//! Weights of `pallet_governance`, estimated: to be measured by `scripts/weights.sh`.
//!
//! Counted by hand from what each call reads and writes, with computation set above that of the
//! measured calls of our other pallets that do as much (about 0.1 ms); each figure is of the branch
//! that does most. Putting an act on record is one read and three writes.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Estimated weights of `pallet_governance`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    fn of(micros: u64, proof: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros.saturating_mul(1_000_000), proof)
            .saturating_add(T::DbWeight::get().reads(reads))
            .saturating_add(T::DbWeight::get().writes(writes))
    }
}

impl<T: frame_system::Config> pallet_governance::WeightInfo for WeightInfo<T> {
    /// The preimage and its status, the count of referenda, the proposer, a day's length, the
    /// agenda and the record; a byte of the call takes some nanoseconds to read.
    fn propose(len: u32) -> Weight {
        Self::of(250, 50_000, 9, 9)
            .saturating_add(Weight::from_parts(4_000, 1).saturating_mul(len.into()))
    }
    /// What waits, the preimage and its status, the record; a byte of the call as above.
    fn enact(len: u32) -> Weight {
        Self::of(250, 50_000, 5, 7)
            .saturating_add(Weight::from_parts(4_000, 1).saturating_mul(len.into()))
    }
    /// What waits or the referendum, the agenda and its index, the preimage's status, the count of
    /// the track, the technical account and what it did today, and the record.
    fn cancel() -> Weight {
        Self::of(300, 100_000, 10, 11)
    }
    /// The role, a day's length, the record.
    fn grant_role() -> Weight {
        Self::of(150, 10_000, 3, 4)
    }
    /// The role, what its holder did today, the record.
    fn revoke_role() -> Weight {
        Self::of(150, 10_000, 2, 5)
    }
    /// The role, what its holder did today, the record.
    fn renounce_role() -> Weight {
        Self::of(150, 10_000, 2, 5)
    }
    /// The technical account and what it did today, a day's length, the end of the stop, the record.
    fn stop() -> Weight {
        Self::of(150, 10_000, 5, 5)
    }
    /// The technical account and what it did today, a day's length, the end of the stop, the record.
    fn resume() -> Weight {
        Self::of(150, 10_000, 5, 5)
    }
    /// The technical account and what it did today, a day's length, the list of pauses, the pause,
    /// the record.
    fn pause_call() -> Weight {
        Self::of(300, 20_000, 6, 6)
    }
    /// The technical account and what it did today, a day's length, the list of pauses, the pause,
    /// the record.
    fn resume_call() -> Weight {
        Self::of(200, 20_000, 6, 6)
    }
    /// The account, what it did today, the record.
    fn appoint_technical() -> Weight {
        Self::of(150, 10_000, 2, 5)
    }
    /// The account, what it did today, the record.
    fn dismiss_technical() -> Weight {
        Self::of(150, 10_000, 2, 5)
    }
    /// The role and what its holder did today, a day's length, its use on record, the price, the
    /// record.
    fn set_price_floor() -> Weight {
        Self::of(200, 10_000, 5, 8)
    }
    /// What was paid in the month, a day's length, the treasury's account.
    fn buy_public() -> Weight {
        Self::of(100, 10_000, 3, 1)
    }
    /// The referendum, the proposer's account, the treasury's account.
    fn collect_deposit() -> Weight {
        Self::of(150, 20_000, 3, 3)
    }
    /// The list of pauses; for each that ends the list, the pause and the record.
    fn end_pauses(ended: u32) -> Weight {
        Self::of(10, 10_000, 1, 0)
            .saturating_add(Self::of(200, 20_000, 3, 5).saturating_mul(ended.into()))
    }
}
