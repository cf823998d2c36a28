//! Weights of `pallet_providers`: rough upper bounds until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Rough weights of `pallet_providers`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_providers::WeightInfo for WeightInfo<T> {
    fn register_provider() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn update_provider() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn set_available() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn rotate_worker() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn bond_extra() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn unregister() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
    fn withdraw_bond() -> Weight {
        Weight::from_parts(1_000_000_000, 0)
    }
}
