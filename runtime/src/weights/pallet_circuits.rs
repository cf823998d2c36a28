//! Weights of `pallet_circuits`: rough upper bounds until `scripts/weights.sh` has measured them.

use core::marker::PhantomData;
use frame_support::weights::Weight;

/// Rough weights of `pallet_circuits`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_circuits::WeightInfo for WeightInfo<T> {
    fn register_circuit() -> Weight {
        Weight::from_parts(20_000_000_000, 0)
    }
    fn attest_circuit() -> Weight {
        Weight::from_parts(500_000_000, 0)
    }
    fn unregister_circuit() -> Weight {
        Weight::from_parts(500_000_000, 0)
    }
    fn verify_proof() -> Weight {
        Weight::from_parts(10_000_000_000, 0)
    }
}
