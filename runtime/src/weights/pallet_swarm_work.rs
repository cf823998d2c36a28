//! Weights of `pallet_swarm_work`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-22, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_swarm_work`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_swarm_work::WeightInfo for WeightInfo<T> {
    /// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
    /// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Entropy` (r:1 w:1)
    /// Proof: `SwarmWork::Entropy` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:0)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::PaceOf` (r:1 w:0)
    /// Proof: `SwarmWork::PaceOf` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:0)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
    /// Proof: `MultiBlockMigrations::Cursor` (`max_values`: Some(1), `max_size`: Some(65550), added: 66045, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::WindowCount` (r:1 w:0)
    /// Proof: `SwarmWork::WindowCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Checks` (r:0 w:1)
    /// Proof: `SwarmWork::Checks` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn idle_block() -> Weight {
        // Measured:  `817`
        // Estimated: `67035`
        // Minimum execution time: 61_784_000 picoseconds.
        Weight::from_parts(64_246_000, 67035)
            .saturating_add(T::DbWeight::get().reads(10))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:1)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:2)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::PaceOf` (r:1 w:0)
    /// Proof: `SwarmWork::PaceOf` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Entropy` (r:1 w:0)
    /// Proof: `SwarmWork::Entropy` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::EpochSeed` (r:0 w:1)
    /// Proof: `SwarmWork::EpochSeed` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn roll_epoch() -> Weight {
        // Measured:  `220`
        // Estimated: `3566`
        // Minimum execution time: 30_851_000 picoseconds.
        Weight::from_parts(32_439_000, 3566)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:0)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
    /// Proof: `MultiBlockMigrations::Cursor` (`max_values`: Some(1), `max_size`: Some(65550), added: 66045, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:1)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::PaceOf` (r:1 w:0)
    /// Proof: `SwarmWork::PaceOf` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::WindowCount` (r:1 w:1)
    /// Proof: `SwarmWork::WindowCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Entropy` (r:1 w:0)
    /// Proof: `SwarmWork::Entropy` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Admitted` (r:1 w:0)
    /// Proof: `SwarmWork::Admitted` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `Timing::SlotMillis` (r:1 w:0)
    /// Proof: `Timing::SlotMillis` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Participants` (r:0 w:1)
    /// Proof: `SwarmWork::Participants` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    fn open_window() -> Weight {
        // Measured:  `4686`
        // Estimated: `67035`
        // Minimum execution time: 57_998_000 picoseconds.
        Weight::from_parts(60_365_000, 67035)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:0)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
    /// Proof: `MultiBlockMigrations::Cursor` (`max_values`: Some(1), `max_size`: Some(65550), added: 66045, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:1)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `Timing::SlotMillis` (r:1 w:0)
    /// Proof: `Timing::SlotMillis` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Entropy` (r:1 w:0)
    /// Proof: `SwarmWork::Entropy` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn draw_rows() -> Weight {
        // Measured:  `699`
        // Estimated: `67035`
        // Minimum execution time: 48_162_000 picoseconds.
        Weight::from_parts(50_151_000, 67035)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:0)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `MultiBlockMigrations::Cursor` (r:1 w:0)
    /// Proof: `MultiBlockMigrations::Cursor` (`max_values`: Some(1), `max_size`: Some(65550), added: 66045, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:1)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Participants` (r:1 w:1)
    /// Proof: `SwarmWork::Participants` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Answers` (r:4 w:4)
    /// Proof: `SwarmWork::Answers` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Proven` (r:4 w:4)
    /// Proof: `SwarmWork::Proven` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Measures` (r:4 w:4)
    /// Proof: `SwarmWork::Measures` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Admitted` (r:1 w:1)
    /// Proof: `SwarmWork::Admitted` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Bandwidths` (r:0 w:4)
    /// Proof: `SwarmWork::Bandwidths` (`max_values`: None, `max_size`: Some(2367), added: 4842, mode: `MaxEncodedLen`)
    /// `p` lies in `[0, 4]`.
    fn judge(p: u32) -> Weight {
        // Measured:  `651 + p * (280 ±0)`
        // Estimated: `67035 + p * (2564 ±0)`
        // Minimum execution time: 26_999_000 picoseconds.
        Weight::from_parts(33_387_957, 67035)
            // Standard error: 96_349
            .saturating_add(Weight::from_parts(43_741_668, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(2))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 2564).saturating_mul(p.into()))
    }
    /// Storage: `SwarmWork::OldestEpoch` (r:1 w:1)
    /// Proof: `SwarmWork::OldestEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:32 w:32)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:1)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::ForgottenClaims` (r:1 w:1)
    /// Proof: `SwarmWork::ForgottenClaims` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn forget() -> Weight {
        // Measured:  `3009`
        // Estimated: `83678`
        // Minimum execution time: 89_133_000 picoseconds.
        Weight::from_parts(91_501_000, 83678)
            .saturating_add(T::DbWeight::get().reads(36))
            .saturating_add(T::DbWeight::get().writes(35))
    }
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `Timing::SlotMillis` (r:1 w:0)
    /// Proof: `Timing::SlotMillis` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Participants` (r:1 w:0)
    /// Proof: `SwarmWork::Participants` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Proven` (r:16 w:16)
    /// Proof: `SwarmWork::Proven` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:1 w:1)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:16 w:16)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Locks` (r:16 w:0)
    /// Proof: `SwarmWork::Locks` (`max_values`: None, `max_size`: Some(69), added: 2544, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Measures` (r:16 w:0)
    /// Proof: `SwarmWork::Measures` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Bandwidths` (r:16 w:0)
    /// Proof: `SwarmWork::Bandwidths` (`max_values`: None, `max_size`: Some(2367), added: 4842, mode: `MaxEncodedLen`)
    /// `p` lies in `[1, 16]`.
    fn settled(p: u32) -> Weight {
        // Measured:  `2787 + p * (273 ±0)`
        // Estimated: `5583 + p * (4842 ±0)`
        // Minimum execution time: 83_717_000 picoseconds.
        Weight::from_parts(47_000_684, 5583)
            // Standard error: 33_043
            .saturating_add(Weight::from_parts(41_297_211, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 4842).saturating_mul(p.into()))
    }
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Epochs` (r:32 w:1)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:32 w:32)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::PaceOf` (r:1 w:0)
    /// Proof: `SwarmWork::PaceOf` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
    fn slashed() -> Weight {
        // Measured:  `4927`
        // Estimated: `83678`
        // Minimum execution time: 512_906_000 picoseconds.
        Weight::from_parts(527_553_000, 83678)
            .saturating_add(T::DbWeight::get().reads(66))
            .saturating_add(T::DbWeight::get().writes(33))
    }
    /// Storage: `Providers::Providers` (r:2 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Admitted` (r:1 w:1)
    /// Proof: `SwarmWork::Admitted` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Measures` (r:0 w:2)
    /// Proof: `SwarmWork::Measures` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Bandwidths` (r:0 w:1)
    /// Proof: `SwarmWork::Bandwidths` (`max_values`: None, `max_size`: Some(2367), added: 4842, mode: `MaxEncodedLen`)
    fn admit() -> Weight {
        // Measured:  `4980`
        // Estimated: `6576`
        // Minimum execution time: 64_488_000 picoseconds.
        Weight::from_parts(67_708_000, 6576)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Providers::Providers` (r:1 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(318), added: 2793, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Admitted` (r:1 w:1)
    /// Proof: `SwarmWork::Admitted` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Measures` (r:0 w:1)
    /// Proof: `SwarmWork::Measures` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Bandwidths` (r:0 w:1)
    /// Proof: `SwarmWork::Bandwidths` (`max_values`: None, `max_size`: Some(2367), added: 4842, mode: `MaxEncodedLen`)
    fn dismiss() -> Weight {
        // Measured:  `4448`
        // Estimated: `5583`
        // Minimum execution time: 43_647_000 picoseconds.
        Weight::from_parts(46_261_000, 5583)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Providers::Controllers` (r:1 w:0)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `Timing::SlotMillis` (r:1 w:0)
    /// Proof: `Timing::SlotMillis` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Participants` (r:1 w:0)
    /// Proof: `SwarmWork::Participants` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Answers` (r:1 w:1)
    /// Proof: `SwarmWork::Answers` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
    fn commit_capacity() -> Weight {
        // Measured:  `4883`
        // Estimated: `5583`
        // Minimum execution time: 63_867_000 picoseconds.
        Weight::from_parts(66_143_000, 5583)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Providers::Controllers` (r:1 w:0)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentWindow` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentWindow` (`max_values`: Some(1), `max_size`: Some(82), added: 577, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Answers` (r:1 w:1)
    /// Proof: `SwarmWork::Answers` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Participants` (r:1 w:0)
    /// Proof: `SwarmWork::Participants` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Checks` (r:1 w:1)
    /// Proof: `SwarmWork::Checks` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn open_rows() -> Weight {
        // Measured:  `4928`
        // Estimated: `5583`
        // Minimum execution time: 484_607_000 picoseconds.
        Weight::from_parts(561_369_000, 5583)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Providers::Controllers` (r:1 w:0)
    /// Proof: `Providers::Controllers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Admitted` (r:1 w:0)
    /// Proof: `SwarmWork::Admitted` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::EpochSeed` (r:1 w:0)
    /// Proof: `SwarmWork::EpochSeed` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::CurrentEpoch` (r:1 w:0)
    /// Proof: `SwarmWork::CurrentEpoch` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Bandwidths` (r:2 w:2)
    /// Proof: `SwarmWork::Bandwidths` (`max_values`: None, `max_size`: Some(2367), added: 4842, mode: `MaxEncodedLen`)
    fn report_bandwidth() -> Weight {
        // Measured:  `3080`
        // Estimated: `10674`
        // Minimum execution time: 69_173_000 picoseconds.
        Weight::from_parts(72_125_000, 10674)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `SwarmWork::Locks` (r:1 w:1)
    /// Proof: `SwarmWork::Locks` (`max_values`: None, `max_size`: Some(69), added: 2544, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    fn lock_up() -> Weight {
        // Measured:  `317`
        // Estimated: `3712`
        // Minimum execution time: 104_460_000 picoseconds.
        Weight::from_parts(107_449_000, 3712)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `SwarmWork::Locks` (r:1 w:1)
    /// Proof: `SwarmWork::Locks` (`max_values`: None, `max_size`: Some(69), added: 2544, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    fn unlock() -> Weight {
        // Measured:  `317`
        // Estimated: `3712`
        // Minimum execution time: 90_368_000 picoseconds.
        Weight::from_parts(93_090_000, 3712)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `SwarmWork::Epochs` (r:31 w:31)
    /// Proof: `SwarmWork::Epochs` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::Credits` (r:31 w:31)
    /// Proof: `SwarmWork::Credits` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::PaceOf` (r:1 w:0)
    /// Proof: `SwarmWork::PaceOf` (`max_values`: Some(1), `max_size`: Some(12), added: 507, mode: `MaxEncodedLen`)
    /// Storage: `Burn::MintedBySource` (r:1 w:1)
    /// Proof: `Burn::MintedBySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::TotalMinted` (r:1 w:1)
    /// Proof: `Burn::TotalMinted` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `SwarmWork::TotalClaimed` (r:1 w:1)
    /// Proof: `SwarmWork::TotalClaimed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// `e` lies in `[1, 31]`.
    fn claim(e: u32) -> Weight {
        // Measured:  `443 + e * (146 ±0)`
        // Estimated: `3490 + e * (2584 ±0)`
        // Minimum execution time: 102_017_000 picoseconds.
        Weight::from_parts(88_118_233, 3490)
            // Standard error: 14_165
            .saturating_add(Weight::from_parts(19_783_023, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(e.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(e.into())))
            .saturating_add(Weight::from_parts(0, 2584).saturating_mul(e.into()))
    }
}
