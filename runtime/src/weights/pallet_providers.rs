//! Weights of `pallet_providers`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-22, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_providers`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_providers::WeightInfo for WeightInfo<T> {
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Offenders` (r:1 w:0)
    /// Proof: `Providers::Offenders` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:1 w:1)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:0 w:1)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn register_provider() -> Weight {
        // Measured:  `284`
        // Estimated: `3783`
        // Minimum execution time: 229_805_000 picoseconds.
        Weight::from_parts(243_136_000, 3783)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Changed` (r:0 w:1)
    /// Proof: `Providers::Changed` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn update_provider() -> Weight {
        // Measured:  `641`
        // Estimated: `3783`
        // Minimum execution time: 42_467_000 picoseconds.
        Weight::from_parts(44_660_000, 3783)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:2 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Moved` (r:2 w:2)
    /// Proof: `Providers::Moved` (`max_values`: None, `max_size`: Some(589), added: 3064, mode: `MaxEncodedLen`)
    fn set_available() -> Weight {
        // Measured:  `1005`
        // Estimated: `7118`
        // Minimum execution time: 77_817_000 picoseconds.
        Weight::from_parts(80_220_000, 7118)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(7))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:1 w:2)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::FormerWorkers` (r:1 w:1)
    /// Proof: `Providers::FormerWorkers` (`max_values`: None, `max_size`: Some(625), added: 3100, mode: `MaxEncodedLen`)
    fn rotate_worker() -> Weight {
        // Measured:  `750`
        // Estimated: `4090`
        // Minimum execution time: 158_987_000 picoseconds.
        Weight::from_parts(167_303_000, 4090)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    fn bond_extra() -> Weight {
        // Measured:  `768`
        // Estimated: `3783`
        // Minimum execution time: 114_705_000 picoseconds.
        Weight::from_parts(118_155_000, 3783)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Leases` (r:1 w:0)
    /// Proof: `Providers::Leases` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:2 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Moved` (r:2 w:2)
    /// Proof: `Providers::Moved` (`max_values`: None, `max_size`: Some(589), added: 3064, mode: `MaxEncodedLen`)
    /// Storage: `Providers::LeaseOffers` (r:0 w:1)
    /// Proof: `Providers::LeaseOffers` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
    fn unregister() -> Weight {
        // Measured:  `1005`
        // Estimated: `7118`
        // Minimum execution time: 85_095_000 picoseconds.
        Weight::from_parts(87_727_000, 7118)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:1)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `Providers::DailySlashes` (r:0 w:1)
    /// Proof: `Providers::DailySlashes` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Controllers` (r:0 w:1)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Changed` (r:0 w:1)
    /// Proof: `Providers::Changed` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Profiles` (r:0 w:1)
    /// Proof: `Providers::Profiles` (`max_values`: None, `max_size`: Some(1279), added: 3754, mode: `MaxEncodedLen`)
    /// Storage: `Providers::FormerWorkers` (r:0 w:1)
    /// Proof: `Providers::FormerWorkers` (`max_values`: None, `max_size`: Some(625), added: 3100, mode: `MaxEncodedLen`)
    fn withdraw_bond() -> Weight {
        // Measured:  `1195`
        // Estimated: `3834`
        // Minimum execution time: 126_972_000 picoseconds.
        Weight::from_parts(131_463_000, 3834)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:0)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Penalties` (r:1 w:0)
    /// Proof: `Providers::Penalties` (`max_values`: None, `max_size`: Some(19), added: 2494, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:2 w:2)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Moved` (r:2 w:2)
    /// Proof: `Providers::Moved` (`max_values`: None, `max_size`: Some(589), added: 3064, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Slashes` (r:1 w:1)
    /// Proof: `Providers::Slashes` (`max_values`: None, `max_size`: Some(913), added: 3388, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:0)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:1 w:0)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    fn slash_provider() -> Weight {
        // Measured:  `1891`
        // Estimated: `7118`
        // Minimum execution time: 220_478_000 picoseconds.
        Weight::from_parts(226_377_000, 7118)
            .saturating_add(T::DbWeight::get().reads(17))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:1)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    fn unbond() -> Weight {
        // Measured:  `641`
        // Estimated: `3834`
        // Minimum execution time: 44_656_000 picoseconds.
        Weight::from_parts(46_677_000, 3834)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:1)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    fn rebond() -> Weight {
        // Measured:  `1035`
        // Estimated: `3834`
        // Minimum execution time: 49_662_000 picoseconds.
        Weight::from_parts(51_735_000, 3834)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Providers` (r:1 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:32 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Changed` (r:0 w:1)
    /// Proof: `Providers::Changed` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Profiles` (r:0 w:1)
    /// Proof: `Providers::Profiles` (`max_values`: None, `max_size`: Some(1279), added: 3754, mode: `MaxEncodedLen`)
    /// `c` lies in `[0, 32]`.
    fn set_profile(c: u32) -> Weight {
        // Measured:  `1190 + c * (33 ±0)`
        // Estimated: `3783 + c * (2932 ±0)`
        // Minimum execution time: 46_288_000 picoseconds.
        Weight::from_parts(59_453_942, 3783)
            // Standard error: 14_343
            .saturating_add(Weight::from_parts(4_642_393, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(2))
            .saturating_add(Weight::from_parts(0, 2932).saturating_mul(c.into()))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    fn announce_maintenance() -> Weight {
        // Measured:  `641`
        // Estimated: `3783`
        // Minimum execution time: 36_962_000 picoseconds.
        Weight::from_parts(38_668_000, 3783)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    fn end_maintenance() -> Weight {
        // Measured:  `649`
        // Estimated: `3783`
        // Minimum execution time: 35_837_000 picoseconds.
        Weight::from_parts(37_328_000, 3783)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::Providers` (r:1 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::LeaseOffers` (r:0 w:1)
    /// Proof: `Providers::LeaseOffers` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
    fn offer_lease() -> Weight {
        // Measured:  `641`
        // Estimated: `3783`
        // Minimum execution time: 35_570_000 picoseconds.
        Weight::from_parts(37_006_000, 3783)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::LeaseOffers` (r:1 w:1)
    /// Proof: `Providers::LeaseOffers` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
    fn withdraw_lease_offer() -> Weight {
        // Measured:  `381`
        // Estimated: `3553`
        // Minimum execution time: 28_785_000 picoseconds.
        Weight::from_parts(29_910_000, 3553)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::Providers` (r:2 w:2)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `Providers::LeaseOffers` (r:1 w:1)
    /// Proof: `Providers::LeaseOffers` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Leases` (r:1 w:1)
    /// Proof: `Providers::Leases` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
    fn accept_lease() -> Weight {
        // Measured:  `1034`
        // Estimated: `6576`
        // Minimum execution time: 63_987_000 picoseconds.
        Weight::from_parts(66_774_000, 6576)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Providers::Leases` (r:1 w:1)
    /// Proof: `Providers::Leases` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    fn end_lease() -> Weight {
        // Measured:  `754`
        // Estimated: `3783`
        // Minimum execution time: 47_905_000 picoseconds.
        Weight::from_parts(49_623_000, 3783)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Leases` (r:1 w:1)
    /// Proof: `Providers::Leases` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    fn close_lease() -> Weight {
        // Measured:  `758`
        // Estimated: `3783`
        // Minimum execution time: 47_220_000 picoseconds.
        Weight::from_parts(49_095_000, 3783)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Judged` (r:1 w:1)
    /// Proof: `Providers::Judged` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:1 w:0)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(324), added: 2799, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Penalties` (r:1 w:0)
    /// Proof: `Providers::Penalties` (`max_values`: None, `max_size`: Some(19), added: 2494, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:0)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    /// Storage: `Providers::DailySlashes` (r:1 w:1)
    /// Proof: `Providers::DailySlashes` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:1 w:1)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Moved` (r:1 w:1)
    /// Proof: `Providers::Moved` (`max_values`: None, `max_size`: Some(589), added: 3064, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Slashes` (r:1 w:1)
    /// Proof: `Providers::Slashes` (`max_values`: None, `max_size`: Some(913), added: 3388, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:0)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:1 w:0)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    fn report_equivocation() -> Weight {
        // Measured:  `2805`
        // Estimated: `6196`
        // Minimum execution time: 470_542_000 picoseconds.
        Weight::from_parts(487_899_000, 6196)
            .saturating_add(T::DbWeight::get().reads(21))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    /// Storage: `Providers::Judged` (r:1 w:1)
    /// Proof: `Providers::Judged` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:1 w:0)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(324), added: 2799, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:1 w:0)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Penalties` (r:1 w:0)
    /// Proof: `Providers::Penalties` (`max_values`: None, `max_size`: Some(19), added: 2494, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Unbonding` (r:1 w:0)
    /// Proof: `Providers::Unbonding` (`max_values`: None, `max_size`: Some(369), added: 2844, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:1)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:1 w:1)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Moved` (r:1 w:1)
    /// Proof: `Providers::Moved` (`max_values`: None, `max_size`: Some(589), added: 3064, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Slashes` (r:1 w:1)
    /// Proof: `Providers::Slashes` (`max_values`: None, `max_size`: Some(913), added: 3388, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:0)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:1 w:0)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    fn report_false_claim() -> Weight {
        // Measured:  `2909`
        // Estimated: `6196`
        // Minimum execution time: 397_276_000 picoseconds.
        Weight::from_parts(409_501_000, 6196)
            .saturating_add(T::DbWeight::get().reads(21))
            .saturating_add(T::DbWeight::get().writes(11))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:0)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(324), added: 2799, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Judged` (r:1 w:1)
    /// Proof: `Providers::Judged` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    fn forget_offence() -> Weight {
        // Measured:  `344`
        // Estimated: `3789`
        // Minimum execution time: 27_871_000 picoseconds.
        Weight::from_parts(29_200_000, 3789)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::Penalties` (r:0 w:1)
    /// Proof: `Providers::Penalties` (`max_values`: None, `max_size`: Some(19), added: 2494, mode: `MaxEncodedLen`)
    fn set_penalty() -> Weight {
        // Measured:  `0`
        // Estimated: `0`
        // Minimum execution time: 16_731_000 picoseconds.
        Weight::from_parts(17_958_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
}
