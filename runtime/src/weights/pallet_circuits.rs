//! Weights of `pallet_circuits`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
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
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn register_circuit() -> Weight {
        // Measured:  `254`
        // Estimated: `3922`
        // Minimum execution time: 1_806_429_000 picoseconds.
        Weight::from_parts(1_836_995_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Governance::Roles` (r:1 w:0)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:1)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn attest_circuit() -> Weight {
        // Measured:  `1410`
        // Estimated: `4579`
        // Minimum execution time: 68_404_000 picoseconds.
        Weight::from_parts(77_367_000, 4579)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Models::ByCircuit` (r:1 w:0)
    /// Proof: `Models::ByCircuit` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Outputs` (r:1 w:0)
    /// Proof: `Circuits::Outputs` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn unregister_circuit() -> Weight {
        // Measured:  `778`
        // Estimated: `3922`
        // Minimum execution time: 100_712_000 picoseconds.
        Weight::from_parts(108_503_000, 3922)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn verify_proof() -> Weight {
        // Measured:  `1023`
        // Estimated: `4523`
        // Minimum execution time: 6_390_556_000 picoseconds.
        Weight::from_parts(6_438_355_000, 4523).saturating_add(T::DbWeight::get().reads(2))
    }
    /// `n` lies in `[1, 8192]`.
    fn check_output_bases(n: u32) -> Weight {
        // Measured:  `0`
        // Estimated: `0`
        // Minimum execution time: 1_711_511_000 picoseconds.
        Weight::from_parts(2_479_794_952, 0)
            // Standard error: 57_194
            .saturating_add(Weight::from_parts(5_722_811, 0).saturating_mul(n.into()))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn verify_batch(n: u32) -> Weight {
        // Measured:  `1023`
        // Estimated: `4523`
        // Minimum execution time: 6_515_048_000 picoseconds.
        Weight::from_parts(6_359_659_579, 4523)
            // Standard error: 959_544
            .saturating_add(Weight::from_parts(734_739_486, 0).saturating_mul(n.into()))
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
        // Minimum execution time: 6_548_931_000 picoseconds.
        Weight::from_parts(8_137_573_785, 4523)
            // Standard error: 57_076_285
            .saturating_add(Weight::from_parts(1_705_486_356, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
}
