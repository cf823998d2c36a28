//! Weights of `pallet_models`: rough upper bounds until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Rough weights of `pallet_models`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_models::WeightInfo for WeightInfo<T> {
    fn register_model() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
}
