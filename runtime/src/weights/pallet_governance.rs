//! Weights of `pallet_governance`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 30 steps of 10 repetitions,
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
        // Measured:  `444 + l * (1 ±0)`
        // Estimated: `4197809`
        // Minimum execution time: 122_976_000 picoseconds.
        Weight::from_parts(81_469_538, 4197809)
            // Standard error: 4
            .saturating_add(Weight::from_parts(1_868, 0).saturating_mul(l.into()))
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
        // Measured:  `341 + l * (1 ±0)`
        // Estimated: `4197809`
        // Minimum execution time: 69_535_000 picoseconds.
        Weight::from_parts(18_056_642, 4197809)
            // Standard error: 4
            .saturating_add(Weight::from_parts(1_922, 0).saturating_mul(l.into()))
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
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn cancel() -> Weight {
        // Measured:  `529`
        // Estimated: `110487`
        // Minimum execution time: 87_132_000 picoseconds.
        Weight::from_parts(90_211_000, 110487)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(7))
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
        // Measured:  `717`
        // Estimated: `4579`
        // Minimum execution time: 40_473_000 picoseconds.
        Weight::from_parts(42_691_000, 4579)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Roles` (r:1 w:1)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn revoke_role() -> Weight {
        // Measured:  `754`
        // Estimated: `4579`
        // Minimum execution time: 37_656_000 picoseconds.
        Weight::from_parts(39_858_000, 4579)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn stop() -> Weight {
        // Measured:  `190`
        // Estimated: `1517`
        // Minimum execution time: 45_167_000 picoseconds.
        Weight::from_parts(47_448_000, 1517)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `SafeMode::EnteredUntil` (r:1 w:1)
    /// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn resume() -> Weight {
        // Measured:  `217`
        // Estimated: `1517`
        // Minimum execution time: 44_925_000 picoseconds.
        Weight::from_parts(46_974_000, 1517)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::DayLength` (r:1 w:0)
    /// Proof: `Governance::DayLength` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:1)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn pause_call() -> Weight {
        // Measured:  `152`
        // Estimated: `5838`
        // Minimum execution time: 53_699_000 picoseconds.
        Weight::from_parts(56_788_000, 5838)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::Technical` (r:1 w:0)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PausedUntil` (r:1 w:1)
    /// Proof: `Governance::PausedUntil` (`max_values`: Some(1), `max_size`: Some(4353), added: 4848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn resume_call() -> Weight {
        // Measured:  `270`
        // Estimated: `5838`
        // Minimum execution time: 56_024_000 picoseconds.
        Weight::from_parts(58_418_000, 5838)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Technical` (r:0 w:1)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn appoint_technical() -> Weight {
        // Measured:  `129`
        // Estimated: `1493`
        // Minimum execution time: 29_568_000 picoseconds.
        Weight::from_parts(31_513_000, 1493)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Technical` (r:1 w:1)
    /// Proof: `Governance::Technical` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:2)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn dismiss_technical() -> Weight {
        // Measured:  `148`
        // Estimated: `1517`
        // Minimum execution time: 32_140_000 picoseconds.
        Weight::from_parts(34_105_000, 1517)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `Governance::Roles` (r:1 w:0)
    /// Proof: `Governance::Roles` (`max_values`: None, `max_size`: Some(1114), added: 3589, mode: `MaxEncodedLen`)
    /// Storage: `Governance::NextAct` (r:1 w:1)
    /// Proof: `Governance::NextAct` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PriceFloor` (r:0 w:1)
    /// Proof: `Governance::PriceFloor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Governance::Acts` (r:0 w:4)
    /// Proof: `Governance::Acts` (`max_values`: None, `max_size`: Some(223), added: 2698, mode: `MaxEncodedLen`)
    fn set_price_floor() -> Weight {
        // Measured:  `754`
        // Estimated: `4579`
        // Minimum execution time: 49_338_000 picoseconds.
        Weight::from_parts(52_251_000, 4579)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(6))
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
        // Measured:  `111 + n * (140 ±0)`
        // Estimated: `5838 + n * (1772 ±34_093_462_415_342_636)`
        // Minimum execution time: 4_544_000 picoseconds.
        Weight::from_parts(5_050_440, 5838)
            // Standard error: 5_707
            .saturating_add(Weight::from_parts(43_715_761, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 1772).saturating_mul(n.into()))
    }
}
