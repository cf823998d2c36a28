//! Weights of `pallet_marketplace`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 30 steps of 10 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_marketplace`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_marketplace::WeightInfo for WeightInfo<T> {
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PriceFloor` (r:1 w:0)
    /// Proof: `Governance::PriceFloor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Models::Models` (r:1 w:0)
    /// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `ConvictionVoting::ClassLocksFor` (r:1 w:0)
    /// Proof: `ConvictionVoting::ClassLocksFor` (`max_values`: None, `max_size`: Some(131), added: 2606, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Nonces` (r:1 w:1)
    /// Proof: `Marketplace::Nonces` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:1 w:1)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Running` (r:1 w:1)
    /// Proof: `Marketplace::Running` (`max_values`: None, `max_size`: Some(305), added: 2780, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:0 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:0 w:1)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Agendas` (r:0 w:1)
    /// Proof: `Marketplace::Agendas` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// `b` lies in `[1, 64]`.
    fn submit_job(b: u32) -> Weight {
        // Measured:  `1518`
        // Estimated: `3922`
        // Minimum execution time: 238_700_000 picoseconds.
        Weight::from_parts(245_804_117, 3922)
            // Standard error: 10_512
            .saturating_add(Weight::from_parts(11_205_452, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(11))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn cancel_job() -> Weight {
        // Measured:  `526`
        // Estimated: `3763`
        // Minimum execution time: 104_803_000 picoseconds.
        Weight::from_parts(112_580_000, 3763)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:1 w:1)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:1 w:0)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    fn submit_result() -> Weight {
        // Measured:  `3303`
        // Estimated: `5709`
        // Minimum execution time: 61_864_000 picoseconds.
        Weight::from_parts(66_168_000, 5709)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:1 w:1)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:1 w:0)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:4 w:4)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Burn::BySource` (r:1 w:1)
    /// Proof: `Burn::BySource` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Burn::Total` (r:1 w:1)
    /// Proof: `Burn::Total` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Running` (r:1 w:1)
    /// Proof: `Marketplace::Running` (`max_values`: None, `max_size`: Some(305), added: 2780, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Requesters` (r:1 w:1)
    /// Proof: `Reputation::Requesters` (`max_values`: None, `max_size`: Some(1141), added: 3616, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Providers` (r:1 w:1)
    /// Proof: `Reputation::Providers` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
    fn submit_result_last() -> Weight {
        // Measured:  `4930`
        // Estimated: `11402`
        // Minimum execution time: 433_780_000 picoseconds.
        Weight::from_parts(455_725_000, 11402)
            .saturating_add(T::DbWeight::get().reads(16))
            .saturating_add(T::DbWeight::get().writes(14))
    }
    /// Storage: `Marketplace::Lost` (r:1 w:0)
    /// Proof: `Marketplace::Lost` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Cursors` (r:2 w:0)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    fn poke() -> Weight {
        // Measured:  `70`
        // Estimated: `5974`
        // Minimum execution time: 23_596_000 picoseconds.
        Weight::from_parts(25_018_000, 5974).saturating_add(T::DbWeight::get().reads(3))
    }
    /// Storage: `Marketplace::Claims` (r:16 w:15)
    /// Proof: `Marketplace::Claims` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:15 w:15)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:15 w:15)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 16]`.
    fn claim(n: u32) -> Weight {
        // Measured:  `88 + n * (232 ±0)`
        // Estimated: `3577 + n * (2704 ±0)`
        // Minimum execution time: 114_011_000 picoseconds.
        Weight::from_parts(79_999_845, 3577)
            // Standard error: 52_147
            .saturating_add(Weight::from_parts(44_608_951, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2704).saturating_mul(n.into()))
    }
    /// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
    /// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Outputs` (r:1 w:1)
    /// Proof: `Marketplace::Outputs` (`max_values`: Some(1), `max_size`: Some(193), added: 688, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:1 w:0)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Windows` (r:0 w:1)
    /// Proof: `Marketplace::Windows` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    fn record_output() -> Weight {
        // Measured:  `478`
        // Estimated: `3490`
        // Minimum execution time: 29_411_000 picoseconds.
        Weight::from_parts(30_773_000, 3490)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `Marketplace::Cursors` (r:1 w:1)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:1 w:1)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Windows` (r:0 w:1)
    /// Proof: `Marketplace::Windows` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    fn advance() -> Weight {
        // Measured:  `126`
        // Estimated: `3490`
        // Minimum execution time: 22_681_000 picoseconds.
        Weight::from_parts(23_861_000, 3490)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Marketplace::Cursors` (r:1 w:1)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:1 w:0)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Agendas` (r:1 w:1)
    /// Proof: `Marketplace::Agendas` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Windows` (r:1 w:0)
    /// Proof: `Marketplace::Windows` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Providers::ActiveCount` (r:1 w:0)
    /// Proof: `Providers::ActiveCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Active` (r:16 w:0)
    /// Proof: `Providers::Active` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:16 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Governance::PriceFloor` (r:1 w:0)
    /// Proof: `Governance::PriceFloor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Running` (r:16 w:1)
    /// Proof: `Marketplace::Running` (`max_values`: None, `max_size`: Some(305), added: 2780, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Providers` (r:16 w:0)
    /// Proof: `Reputation::Providers` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
    fn draw() -> Weight {
        // Measured:  `7019`
        // Estimated: `45470`
        // Minimum execution time: 467_213_000 picoseconds.
        Weight::from_parts(488_413_000, 45470)
            .saturating_add(T::DbWeight::get().reads(72))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    /// Storage: `Marketplace::Cursors` (r:1 w:1)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:2 w:1)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Agendas` (r:1 w:2)
    /// Proof: `Marketplace::Agendas` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Running` (r:1 w:1)
    /// Proof: `Marketplace::Running` (`max_values`: None, `max_size`: Some(305), added: 2780, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Requesters` (r:1 w:1)
    /// Proof: `Reputation::Requesters` (`max_values`: None, `max_size`: Some(1141), added: 3616, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Providers` (r:1 w:1)
    /// Proof: `Reputation::Providers` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
    fn expire() -> Weight {
        // Measured:  `1693`
        // Estimated: `5990`
        // Minimum execution time: 196_435_000 picoseconds.
        Weight::from_parts(206_139_000, 5990)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(12))
    }
    /// Storage: `Marketplace::Cursors` (r:1 w:1)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::BucketLen` (r:1 w:0)
    /// Proof: `Marketplace::BucketLen` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Agendas` (r:1 w:1)
    /// Proof: `Marketplace::Agendas` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:0 w:64)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:0 w:1)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    fn prune() -> Weight {
        // Measured:  `622`
        // Estimated: `3763`
        // Minimum execution time: 191_850_000 picoseconds.
        Weight::from_parts(200_623_000, 3763)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(68))
    }
}
