//! Benchmarks of the calls.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::traits::fungible::{Balanced, Inspect};
use frame_system::RawOrigin;
use sp_runtime::traits::Zero;

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn burn() {
        let caller: T::AccountId = whitelisted_caller();
        let amount = T::Currency::minimum_balance() + 1_000u32.into();
        let funds = T::Currency::issue(amount + amount);
        assert!(
            T::Currency::resolve(&caller, funds).is_ok(),
            "the caller can be funded"
        );

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), amount);

        assert!(!Total::<T>::get().is_zero());
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
