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
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::VerifyingKeys` (r:0 w:1)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    fn register_circuit() -> Weight {
        // Measured:  `155`
        // Estimated: `3922`
        // Minimum execution time: 1_811_096_000 picoseconds.
        Weight::from_parts(1_863_310_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::Circuits` (r:1 w:1)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    fn attest_circuit() -> Weight {
        // Measured:  `583`
        // Estimated: `3922`
        // Minimum execution time: 31_949_000 picoseconds.
        Weight::from_parts(38_419_000, 3922)
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
        // Minimum execution time: 100_026_000 picoseconds.
        Weight::from_parts(112_351_000, 3922)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn verify_proof() -> Weight {
        // Measured:  `892`
        // Estimated: `4523`
        // Minimum execution time: 6_400_346_000 picoseconds.
        Weight::from_parts(6_670_392_000, 4523).saturating_add(T::DbWeight::get().reads(2))
    }
    // NOT MEASURED YET: derived by hand, with a margin, from `verify_proof` (6.7 ms, of which
    // preparing the key takes 3.7) and 32 proofs together in 27 ms.
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn verify_batch(n: u32) -> Weight {
        Weight::from_parts(6_500_000_000, 4523)
            .saturating_add(Weight::from_parts(900_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
    // NOT MEASURED YET: derived by hand, with a margin, as `verify_batch`, and at most six more
    // equations over as many proofs in all as the batch has.
    /// Storage: `Circuits::VerifyingKeys` (r:1 w:0)
    /// Proof: `Circuits::VerifyingKeys` (`max_values`: None, `max_size`: Some(1058), added: 3533, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 32]`.
    fn refuse_batch(n: u32) -> Weight {
        Weight::from_parts(10_000_000_000, 4523)
            .saturating_add(Weight::from_parts(2_000_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
    }
}
