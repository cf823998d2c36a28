//! Benchmarks of the calls.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{
    fungible::{Inspect, Mutate},
    Get,
};
use frame_system::RawOrigin;
use swarmwork_primitives::{Circuits, Locator, Url};

/// Gives an account enough for a deposit.
pub(crate) fn fund<T: Config>(who: &T::AccountId) {
    let minimum = T::Currency::minimum_balance();
    T::Currency::set_balance(who, minimum + T::Deposit::get() + T::Deposit::get());
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_model() {
        let caller: T::AccountId = whitelisted_caller();
        let circuit = T::Circuits::benchmark_circuit(&caller);
        fund::<T>(&caller);
        let mut source = b"http://".to_vec();
        source.resize(Url::bound(), b'a');
        let content = Locator {
            source: source.try_into().expect("resized to the bound"),
            ..Default::default()
        };
        let weights = T::Circuits::benchmark_proof().weights;

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), circuit, weights, content);

        assert_eq!(ByCircuit::<T>::get(circuit), 1);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
