//! Weights of `pallet_marketplace`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-21, frame-benchmarking-cli 64.0.0, 50 steps of 20 repetitions,
//! database cache 1024, CPU `Intel(R) Xeon(R) Processor @ 2.50GHz`.
#![allow(unused_parens, unused_imports, clippy::all)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_marketplace`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_marketplace::WeightInfo for WeightInfo<T> {
    /// Storage: `Models::Models` (r:1 w:0)
    /// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
    /// Storage: `Circuits::Circuits` (r:1 w:0)
    /// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(457), added: 2932, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
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
        // Measured:  `1348`
        // Estimated: `3922`
        // Minimum execution time: 226_259_000 picoseconds.
        Weight::from_parts(223_823_294, 3922)
            // Standard error: 18_168
            .saturating_add(Weight::from_parts(11_318_121, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    // Not measured yet for a job that has a provider.
    fn cancel_job() -> Weight {
        Weight::from_parts(450_000_000, 11402)
            .saturating_add(T::DbWeight::get().reads(17))
            .saturating_add(T::DbWeight::get().writes(15))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:0)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:1 w:1)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:1 w:0)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    fn submit_result() -> Weight {
        // Measured:  `3204`
        // Estimated: `5709`
        // Minimum execution time: 58_193_000 picoseconds.
        Weight::from_parts(63_196_000, 5709)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `Marketplace::Jobs` (r:1 w:1)
    /// Proof: `Marketplace::Jobs` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
    /// Storage: `Providers::Providers` (r:1 w:1)
    /// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(273), added: 2748, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Results` (r:1 w:1)
    /// Proof: `Marketplace::Results` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::Inputs` (r:1 w:0)
    /// Proof: `Marketplace::Inputs` (`max_values`: None, `max_size`: Some(2244), added: 4719, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
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
        // Measured:  `4796`
        // Estimated: `11402`
        // Minimum execution time: 427_743_000 picoseconds.
        Weight::from_parts(591_133_000, 14402)
            .saturating_add(T::DbWeight::get().reads(25))
            .saturating_add(T::DbWeight::get().writes(21))
    }
    /// Storage: `Marketplace::Cursors` (r:2 w:0)
    /// Proof: `Marketplace::Cursors` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
    fn poke() -> Weight {
        // Measured:  `70`
        // Estimated: `5974`
        // Minimum execution time: 21_529_000 picoseconds.
        Weight::from_parts(23_050_000, 5974).saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `Marketplace::Claims` (r:17 w:16)
    /// Proof: `Marketplace::Claims` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:16 w:16)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:16 w:16)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Marketplace::TotalHeld` (r:1 w:1)
    /// Proof: `Marketplace::TotalHeld` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// `n` lies in `[1, 16]`.
    fn claim(n: u32) -> Weight {
        // Measured:  `90 + n * (231 ±0)`
        // Estimated: `3577 + n * (2668 ±0)`
        // Minimum execution time: 109_429_000 picoseconds.
        Weight::from_parts(76_132_093, 3577)
            // Standard error: 23_997
            .saturating_add(Weight::from_parts(43_985_362, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2668).saturating_mul(n.into()))
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
        // Measured:  `444`
        // Estimated: `3490`
        // Minimum execution time: 28_088_000 picoseconds.
        Weight::from_parts(29_938_000, 3490)
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
        // Minimum execution time: 22_674_000 picoseconds.
        Weight::from_parts(23_789_000, 3490)
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
    /// Storage: `Marketplace::Running` (r:16 w:1)
    /// Proof: `Marketplace::Running` (`max_values`: None, `max_size`: Some(305), added: 2780, mode: `MaxEncodedLen`)
    /// Storage: `Reputation::Providers` (r:16 w:0)
    /// Proof: `Reputation::Providers` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
    fn draw() -> Weight {
        // Measured:  `6819`
        // Estimated: `45470`
        // Minimum execution time: 442_988_000 picoseconds.
        Weight::from_parts(560_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(126))
            .saturating_add(T::DbWeight::get().writes(12))
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
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
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
        // Measured:  `1560`
        // Estimated: `5990`
        // Minimum execution time: 191_365_000 picoseconds.
        Weight::from_parts(257_794_000, 8990)
            .saturating_add(T::DbWeight::get().reads(16))
            .saturating_add(T::DbWeight::get().writes(16))
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
        // Minimum execution time: 185_802_000 picoseconds.
        Weight::from_parts(195_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(72))
    }
    // Not measured yet: storage as the calls access it, computing time after the calls above that do
    // the same. `scripts/weights.sh pallet_marketplace` replaces them.
    fn submit_rooted_job() -> Weight {
        Weight::from_parts(300_000_000, 5709)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    fn accept_rooted_work() -> Weight {
        Weight::from_parts(50_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn commit_results() -> Weight {
        Weight::from_parts(100_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    fn open_batch() -> Weight {
        Weight::from_parts(250_000_000, 5709)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn open_batch_last() -> Weight {
        Weight::from_parts(840_000_000, 14709)
            .saturating_add(T::DbWeight::get().reads(29))
            .saturating_add(T::DbWeight::get().writes(23))
    }
    fn draw_samples() -> Weight {
        Weight::from_parts(300_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn fail() -> Weight {
        Weight::from_parts(460_000_000, 9922)
            .saturating_add(T::DbWeight::get().reads(23))
            .saturating_add(T::DbWeight::get().writes(20))
    }
    fn challenge() -> Weight {
        Weight::from_parts(220_000_000, 6462)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(7))
    }
    fn answer_challenge() -> Weight {
        Weight::from_parts(500_000_000, 5709)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    fn close_paid() -> Weight {
        Weight::from_parts(740_000_000, 12922)
            .saturating_add(T::DbWeight::get().reads(27))
            .saturating_add(T::DbWeight::get().writes(22))
    }
    fn close_failed() -> Weight {
        Weight::from_parts(2_460_000_000, 71000)
            .saturating_add(T::DbWeight::get().reads(66))
            .saturating_add(T::DbWeight::get().writes(61))
    }
    // As a draw of one, with a panel, its entry in the agenda, and four seats more.
    fn draw_panel() -> Weight {
        Weight::from_parts(620_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(146))
            .saturating_add(T::DbWeight::get().writes(17))
    }
    fn draw_audit() -> Weight {
        Weight::from_parts(620_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(148))
            .saturating_add(T::DbWeight::get().writes(8))
    }
    fn seal_results() -> Weight {
        Weight::from_parts(100_000_000, 4709)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    // Two hashes for each batch.
    fn reveal_results(b: u32) -> Weight {
        Weight::from_parts(110_000_000, 4709)
            .saturating_add(Weight::from_parts(1_500_000, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    // The answers of all, 8 KiB each.
    fn dispute_results() -> Weight {
        Weight::from_parts(350_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Paid and the last; who is told of the settlement, and of a slash, is added.
    fn settle_member() -> Weight {
        Weight::from_parts(760_000_000, 14922)
            .saturating_add(T::DbWeight::get().reads(35))
            .saturating_add(T::DbWeight::get().writes(26))
    }
    // The share, and the role that is looked up and its use recorded.
    fn set_audit_share() -> Weight {
        Weight::from_parts(60_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn asset_legs(n: u32) -> Weight {
        Weight::from_parts(20_000_000, 3922)
            .saturating_add(Weight::from_parts(45_000_000, 2668).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
    }
    /// `b` lies in `[0, 64]`.
    fn submit_order(b: u32) -> Weight {
        Weight::from_parts(400_000_000, 6500)
            .saturating_add(Weight::from_parts(11_400_000, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(23))
            .saturating_add(T::DbWeight::get().writes(17))
    }
    fn list_asset() -> Weight {
        Weight::from_parts(60_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn close_asset() -> Weight {
        Weight::from_parts(50_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn accept_asset() -> Weight {
        Weight::from_parts(50_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// `n` lies in `[1, 16]`.
    fn claim_asset(n: u32) -> Weight {
        Weight::from_parts(80_000_000, 3922)
            .saturating_add(Weight::from_parts(80_000_000, 2668).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
    }
    fn tip() -> Weight {
        Weight::from_parts(160_000_000, 5990)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    fn report_input() -> Weight {
        Weight::from_parts(75_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(10))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    fn withdraw_report() -> Weight {
        Weight::from_parts(70_000_000, 3922)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// `b` lies in `[0, 262144]`.
    fn publish_input(b: u32) -> Weight {
        Weight::from_parts(120_000_000, 5709)
            .saturating_add(Weight::from_parts(6_000, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn acknowledge() -> Weight {
        Weight::from_parts(420_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(20))
            .saturating_add(T::DbWeight::get().writes(18))
    }
    fn dispute_delivery() -> Weight {
        Weight::from_parts(60_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// `b` lies in `[0, 32768]`.
    fn publish_output(b: u32) -> Weight {
        Weight::from_parts(4_120_000_000, 36_000)
            .saturating_add(Weight::from_parts(1_250_000, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn forget_output() -> Weight {
        Weight::from_parts(200_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(75))
    }
    fn set_scoring() -> Weight {
        Weight::from_parts(15_000_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    fn start_job() -> Weight {
        Weight::from_parts(60_000_000, 3763)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn decline_job() -> Weight {
        Weight::from_parts(330_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(17))
            .saturating_add(T::DbWeight::get().writes(15))
    }
    fn bid() -> Weight {
        Weight::from_parts(220_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(14))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn miss_start() -> Weight {
        Weight::from_parts(340_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(19))
            .saturating_add(T::DbWeight::get().writes(17))
    }
    fn close_auction() -> Weight {
        Weight::from_parts(500_000_000, 36_000)
            .saturating_add(T::DbWeight::get().reads(22))
            .saturating_add(T::DbWeight::get().writes(20))
    }
    fn expire_auction() -> Weight {
        Weight::from_parts(450_000_000, 36_000)
            .saturating_add(T::DbWeight::get().reads(20))
            .saturating_add(T::DbWeight::get().writes(22))
    }
}
