//! Weights of `pallet_burn`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_burn`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_burn::WeightInfo for WeightInfo<T> {
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn burn() -> Weight {
        // Measured:  `213`
        // Estimated: `3490`
        // Minimum execution time: 59_452_000 picoseconds.
        Weight::from_parts(61_869_000, 3490)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
