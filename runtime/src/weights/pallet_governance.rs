//! Weights of `pallet_governance`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 20 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_governance`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_governance::WeightInfo for WeightInfo<T> {
    /// Storage: `Preimage::PreimageFor` (r:1 w:0)
    /// Proof: `Preimage::PreimageFor` (`max_values`: None, `max_size`: Some(4194344), added: 4196819, mode: `MaxEncodedLen`)
    /// Storage: `Referenda::ReferendumCount` (r:1 w:1)
    /// Proof: `Referenda::ReferendumCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::StatusFor` (r:1 w:0)
    /// Proof: `Preimage::StatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::RequestStatusFor` (r:1 w:0)
    /// Proof: `Preimage::RequestStatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Scheduler::Agenda` (r:1 w:1)
    /// Proof: `Scheduler::Agenda` (`max_values`: None, `max_size`: Some(107022), added: 109497, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Referenda::ReferendumInfoFor` (r:0 w:1)
    /// Proof: `Referenda::ReferendumInfoFor` (`max_values`: None, `max_size`: Some(398), added: 2873, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    /// `l` lies in `[200, 1048576]`.
    fn propose(l: u32) -> Weight {
        // Measured:  `481 + l * (1 ±0)`
        // Estimated: `4197809`
        // Minimum execution time: 124_743_000 picoseconds.
        Weight::from_parts(90_213_772, 4197809)
            // Standard error: 4
            .saturating_add(Weight::from_parts(1_848, 0).saturating_mul(l.into()))
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    /// Storage: `Governance::Waiting` (r:1 w:1)
    /// Proof: `Governance::Waiting` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::PreimageFor` (r:1 w:0)
    /// Proof: `Preimage::PreimageFor` (`max_values`: None, `max_size`: Some(4194344), added: 4196819, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::StatusFor` (r:1 w:0)
    /// Proof: `Preimage::StatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
    /// Proof: `Preimage::RequestStatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    /// `l` lies in `[200, 1048576]`.
    fn enact(l: u32) -> Weight {
        // Measured:  `378 + l * (1 ±0)`
        // Estimated: `4197809`
        // Minimum execution time: 75_662_000 picoseconds.
        Weight::from_parts(38_156_225, 4197809)
            // Standard error: 4
            .saturating_add(Weight::from_parts(1_834, 0).saturating_mul(l.into()))
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Waiting` (r:1 w:1)
    /// Proof: `Governance::Waiting` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    /// Storage: `Scheduler::Lookup` (r:1 w:1)
    /// Proof: `Scheduler::Lookup` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Scheduler::Agenda` (r:1 w:1)
    /// Proof: `Scheduler::Agenda` (`max_values`: None, `max_size`: Some(107022), added: 109497, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::StatusFor` (r:1 w:0)
    /// Proof: `Preimage::StatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Preimage::RequestStatusFor` (r:1 w:1)
    /// Proof: `Preimage::RequestStatusFor` (`max_values`: None, `max_size`: Some(91), added: 2566, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn cancel() -> Weight {
        // Measured:  `566`
        // Estimated: `110487`
        // Minimum execution time: 95_318_000 picoseconds.
        Weight::from_parts(98_764_000, 110487)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Roles` (r:1 w:1)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn grant_role() -> Weight {
        // Measured:  `754`
        // Estimated: `4579`
        // Minimum execution time: 42_536_000 picoseconds.
        Weight::from_parts(46_923_000, 4579)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Roles` (r:1 w:1)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:0 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn revoke_role() -> Weight {
        // Measured:  `791`
        // Estimated: `4579`
        // Minimum execution time: 43_023_000 picoseconds.
        Weight::from_parts(46_027_000, 4579)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Roles` (r:1 w:1)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:0 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn renounce_role() -> Weight {
        // Measured:  `791`
        // Estimated: `4579`
        // Minimum execution time: 42_937_000 picoseconds.
        Weight::from_parts(46_934_000, 4579)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn stop() -> Weight {
        // Measured:  `227`
        // Estimated: `3521`
        // Minimum execution time: 52_703_000 picoseconds.
        Weight::from_parts(56_488_000, 3521)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn resume() -> Weight {
        // Measured:  `332`
        // Estimated: `3521`
        // Minimum execution time: 56_772_000 picoseconds.
        Weight::from_parts(59_246_000, 3521)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:1)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn pause_call() -> Weight {
        // Measured:  `189`
        // Estimated: `5838`
        // Minimum execution time: 61_534_000 picoseconds.
        Weight::from_parts(64_820_000, 5838)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:1)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn resume_call() -> Weight {
        // Measured:  `388`
        // Estimated: `5838`
        // Minimum execution time: 68_617_000 picoseconds.
        Weight::from_parts(71_641_000, 5838)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    /// Storage: `Governance::Technical` (r:1 w:1)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:0 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn appoint_technical() -> Weight {
        // Measured:  `185`
        // Estimated: `1517`
        // Minimum execution time: 37_363_000 picoseconds.
        Weight::from_parts(39_818_000, 1517)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:1)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:0 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn dismiss_technical() -> Weight {
        // Measured:  `185`
        // Estimated: `1517`
        // Minimum execution time: 36_940_000 picoseconds.
        Weight::from_parts(39_079_000, 1517)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Roles` (r:1 w:0)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::ActsOfDay` (r:1 w:1)
    /// Proof: `Governance::ActsOfDay` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PriceFloor` (r:0 w:1)
    /// Proof: `Governance::PriceFloor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:4)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn set_price_floor() -> Weight {
        // Measured:  `791`
        // Estimated: `4579`
        // Minimum execution time: 57_069_000 picoseconds.
        Weight::from_parts(59_772_000, 4579)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(7))
    }
    /// Storage: `Governance::Paid` (r:1 w:1)
    /// Proof: `Governance::Paid` (`max_values`: Some(1), `max_size`: Some(36), added: 531, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:0)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn buy_public() -> Weight {
        // Measured:  `206`
        // Estimated: `3593`
        // Minimum execution time: 16_786_000 picoseconds.
        Weight::from_parts(17_833_000, 3593)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Referenda::ReferendumInfoFor` (r:1 w:1)
    /// Proof: `Referenda::ReferendumInfoFor` (`max_values`: None, `max_size`: Some(398), added: 2873, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn collect_deposit() -> Weight {
        // Measured:  `403`
        // Estimated: `3863`
        // Minimum execution time: 71_031_000 picoseconds.
        Weight::from_parts(74_183_000, 3863)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Governance::PausedUntil` (r:1 w:1)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    /// `n` lies in `[0, 1]`.
    fn end_pauses(n: u32) -> Weight {
        // Measured:  `148 + n * (177 ±0)`
        // Estimated: `5838 + n * (1807 ±0)`
        // Minimum execution time: 5_481_000 picoseconds.
        Weight::from_parts(6_095_003, 5838)
            // Standard error: 4_545
            .saturating_add(Weight::from_parts(44_936_094, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 1807).saturating_mul(n.into()))
    }
}
