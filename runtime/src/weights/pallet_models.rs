//! Weights of `pallet_models`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-22, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_models`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_models::WeightInfo for WeightInfo<T> {
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Models::Models` (r:1 w:1)
    /// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
    /// Storage: `Models::ByCircuit` (r:1 w:1)
    /// Proof: `Models::ByCircuit` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    fn register_model() -> Weight {
        // Measured:  `772`
        // Estimated: `3922`
        // Minimum execution time: 133_226_000 picoseconds.
        Weight::from_parts(138_090_000, 3922)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
}
