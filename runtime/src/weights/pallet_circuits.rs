//! Weights of `pallet_circuits`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 50 steps of 20 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_circuits`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_circuits::WeightInfo for WeightInfo<T> {
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Development` (r:1 w:0)
    /// Proof: `Circuits::Development` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn register_circuit() -> Weight {
        // Measured:  `155`
        // Estimated: `3922`
        // Minimum execution time: 1_799_806_000 picoseconds.
        Weight::from_parts(1_820_603_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    fn attest_circuit() -> Weight {
        // Measured:  `583`
        // Estimated: `3922`
        // Minimum execution time: 29_847_000 picoseconds.
        Weight::from_parts(31_282_000, 3922)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Models::ByCircuit` (r:1 w:0)
    /// Proof: `Models::ByCircuit` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn unregister_circuit() -> Weight {
        // Measured:  `679`
        // Estimated: `3922`
        // Minimum execution time: 96_604_000 picoseconds.
        Weight::from_parts(99_293_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn verify_proof() -> Weight {
        // Measured:  `924`
        // Estimated: `4523`
        // Minimum execution time: 6_350_742_000 picoseconds.
        Weight::from_parts(6_387_704_000, 4523).saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn verify_batch(n: u32) -> Weight {
        // Measured:  `924`
        // Estimated: `4523`
        // Minimum execution time: 6_441_359_000 picoseconds.
        Weight::from_parts(6_344_031_868, 4523)
            // Standard error: 3_656_944
            .saturating_add(Weight::from_parts(725_178_414, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn refuse_batch(n: u32) -> Weight {
        // Measured:  `924`
        // Estimated: `4523`
        // Minimum execution time: 6_444_631_000 picoseconds.
        Weight::from_parts(11_320_239_600, 4523)
            // Standard error: 10_396_157
            .saturating_add(Weight::from_parts(1_323_909_965, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
}
