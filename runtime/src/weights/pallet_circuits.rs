//! Weights of `pallet_circuits`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 30 steps of 10 repetitions,
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
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn register_circuit() -> Weight {
        // Measured:  `254`
        // Estimated: `3922`
        // Minimum execution time: 1_806_257_000 picoseconds.
        Weight::from_parts(1_830_309_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Governance::Roles` (r:1 w:0)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:1)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn attest_circuit() -> Weight {
        // Measured:  `1373`
        // Estimated: `4579`
        // Minimum execution time: 58_773_000 picoseconds.
        Weight::from_parts(64_512_000, 4579)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Models::ByCircuit` (r:1 w:0)
    /// Proof: `Models::ByCircuit` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn unregister_circuit() -> Weight {
        // Measured:  `778`
        // Estimated: `3922`
        // Minimum execution time: 99_354_000 picoseconds.
        Weight::from_parts(109_042_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn verify_proof() -> Weight {
        // Measured:  `1023`
        // Estimated: `4523`
        // Minimum execution time: 6_374_639_000 picoseconds.
        Weight::from_parts(6_490_586_000, 4523).saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn verify_batch(n: u32) -> Weight {
        // Measured:  `1023`
        // Estimated: `4523`
        // Minimum execution time: 6_505_392_000 picoseconds.
        Weight::from_parts(6_293_879_602, 4523)
            // Standard error: 1_297_474
            .saturating_add(Weight::from_parts(738_051_252, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn refuse_batch(n: u32) -> Weight {
        // Measured:  `1023`
        // Estimated: `4523`
        // Minimum execution time: 6_494_391_000 picoseconds.
        Weight::from_parts(11_359_201_605, 4523)
            // Standard error: 17_494_236
            .saturating_add(Weight::from_parts(1_382_815_413, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
    // Not measured yet: decoding and multiplying points by the figures of the prover's benchmarks.
    // `scripts/weights.sh pallet_circuits` replaces them.
    /// `n` lies in `[1, 8192]`.
    fn check_output_bases(n: u32) -> Weight {
        Weight::from_parts(3_000_000_000, 0)
            .saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(n.into()))
    }
}
