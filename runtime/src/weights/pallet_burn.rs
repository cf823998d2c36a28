//! Weights of `pallet_burn`: rough upper bounds until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Rough weights of `pallet_burn`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_burn::WeightInfo for WeightInfo<T> {
    fn burn() -> Weight {
        Weight::from_parts(500_000_000, 0)
    }
}
