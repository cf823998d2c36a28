//! Weights of `pallet_providers`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 50 steps of 20 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_providers`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_providers::WeightInfo for WeightInfo<T> {
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:1 w:1)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:0 w:1)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn register_provider() -> Weight {
        // Measured:  `185`
        // Estimated: `3738`
        // Minimum execution time: 231_629_000 picoseconds.
        Weight::from_parts(258_288_000, 6738)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    fn update_provider() -> Weight {
        // Measured:  `505`
        // Estimated: `3738`
        // Minimum execution time: 35_876_000 picoseconds.
        Weight::from_parts(44_174_000, 3738)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:1 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn set_available() -> Weight {
        // Measured:  `817`
        // Estimated: `6486`
        // Minimum execution time: 58_083_000 picoseconds.
        Weight::from_parts(66_487_000, 6486)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:1 w:2)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn rotate_worker() -> Weight {
        // Measured:  `614`
        // Estimated: `3738`
        // Minimum execution time: 151_163_000 picoseconds.
        Weight::from_parts(179_435_000, 6738)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    fn bond_extra() -> Weight {
        // Measured:  `632`
        // Estimated: `3738`
        // Minimum execution time: 106_908_000 picoseconds.
        Weight::from_parts(122_325_000, 6738)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:1 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn unregister() -> Weight {
        // Measured:  `817`
        // Estimated: `6486`
        // Minimum execution time: 58_312_000 picoseconds.
        Weight::from_parts(73_074_000, 9486)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:0 w:1)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    fn withdraw_bond() -> Weight {
        // Measured:  `632`
        // Estimated: `3738`
        // Minimum execution time: 95_405_000 picoseconds.
        Weight::from_parts(131_877_000, 6738)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(10))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:1 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn slash_provider() -> Weight {
        // Measured:  `1088`
        // Estimated: `6486`
        // Minimum execution time: 153_369_000 picoseconds.
        Weight::from_parts(220_927_000, 9486)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    fn unbond() -> Weight {
        Weight::from_parts(70_000_000, 4000)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn rebond() -> Weight {
        Weight::from_parts(75_000_000, 4000)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn announce_maintenance() -> Weight {
        Weight::from_parts(45_000_000, 3900)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn end_maintenance() -> Weight {
        Weight::from_parts(45_000_000, 3900)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn offer_lease() -> Weight {
        Weight::from_parts(45_000_000, 3900)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn withdraw_lease_offer() -> Weight {
        Weight::from_parts(35_000_000, 3600)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn accept_lease() -> Weight {
        Weight::from_parts(80_000_000, 7500)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn end_lease() -> Weight {
        Weight::from_parts(60_000_000, 3900)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn close_lease() -> Weight {
        Weight::from_parts(60_000_000, 3900)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn report_equivocation() -> Weight {
        Weight::from_parts(480_000_000, 20000)
            .saturating_add(T::DbWeight::get().reads(18))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    fn report_false_claim() -> Weight {
        Weight::from_parts(430_000_000, 24000)
            .saturating_add(T::DbWeight::get().reads(20))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    fn forget_offence() -> Weight {
        Weight::from_parts(40_000_000, 3700)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn set_penalty() -> Weight {
        Weight::from_parts(20_000_000, 3500)
            .saturating_add(T::DbWeight::get().reads(0))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn set_profile(c: u32) -> Weight {
        Weight::from_parts(50_000_000, 3900)
            .saturating_add(Weight::from_parts(9_000_000, 2900).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().reads(c.into()))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
