//! Weights of `pallet_marketplace`: rough upper bounds until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Rough weights of `pallet_marketplace`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_marketplace::WeightInfo for WeightInfo<T> {
    fn submit_job(b: u32) -> Weight {
        Weight::from_parts(500_000_000, 0).saturating_mul(u64::from(b) + 1)
    }
    fn cancel_job() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn submit_result() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn submit_result_last() -> Weight {
        Weight::from_parts(2_000_000_000, 0)
    }
    fn poke() -> Weight {
        Weight::from_parts(500_000_000, 0)
    }
    fn claim(n: u32) -> Weight {
        Weight::from_parts(500_000_000, 0).saturating_mul(u64::from(n) + 1)
    }
    fn record_output() -> Weight {
        Weight::from_parts(300_000_000, 0)
    }
    fn advance() -> Weight {
        Weight::from_parts(300_000_000, 0)
    }
    fn draw() -> Weight {
        Weight::from_parts(1_500_000_000, 0)
    }
    fn expire() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn prune() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
}
