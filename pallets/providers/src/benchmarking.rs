//! Benchmarks of the calls.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{
    fungible::{Inspect, Mutate},
    EnsureOrigin, Get,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::traits::{Saturating, Zero};
use swarmwork_primitives::Url;

/// Signs as a worker key.
pub trait BenchmarkHelper<AccountId, Signature> {
    /// A key that no provider has, and its signature of a message.
    fn sign(message: &[u8]) -> (AccountId, Signature);
}

/// A worker key that gives a controller its consent.
fn consenting<T: Config>(controller: &T::AccountId) -> (T::AccountId, ConsentOf<T>) {
    // Longer than a block: calls are measured in the block after the one in which this runs.
    let until = frame_system::Pallet::<T>::block_number() + T::ConsentPeriod::get();
    let message = Pallet::<T>::consent_message(controller, until);
    let (worker, signature) = T::BenchmarkHelper::sign(&message);
    (worker, ConsentOf::<T> { until, signature })
}

/// A URL as long as may be.
fn longest_url() -> Url {
    let mut url = b"http://".to_vec();
    url.resize(Url::bound(), b'a');
    url.try_into().expect("resized to the bound")
}

/// Funds an account with twice a bond and registers it, available and taking any demand.
pub(crate) fn register<T: Config>(
    controller: &T::AccountId,
    worker: &T::AccountId,
    bond: BalanceOf<T>,
) {
    fund::<T>(controller, bond);
    Pallet::<T>::do_register(
        controller.clone(),
        worker.clone(),
        bond,
        Zero::zero(),
        longest_url(),
        true,
    )
    .expect("a funded account can register");
}

fn fund<T: Config>(who: &T::AccountId, bond: BalanceOf<T>) {
    let minimum = T::Currency::minimum_balance();
    T::Currency::set_balance(who, minimum + bond + bond);
}

/// The caller and another provider behind it in the active set.
fn two_providers<T: Config>() -> T::AccountId {
    let caller: T::AccountId = whitelisted_caller();
    register::<T>(&caller, &account("worker", 0, 0), T::MinimumBond::get());
    register::<T>(
        &account("controller", 1, 0),
        &account("worker", 1, 0),
        T::MinimumBond::get(),
    );
    caller
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_provider() {
        let caller: T::AccountId = whitelisted_caller();
        let (worker, consent) = consenting::<T>(&caller);
        let bond = T::MinimumBond::get();
        let ask: BalanceOf<T> = Zero::zero();
        fund::<T>(&caller, bond);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller.clone()),
            worker,
            consent,
            bond,
            ask,
            longest_url(),
            true,
        );

        assert!(Providers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn update_provider() {
        let caller = two_providers::<T>();
        let ask: BalanceOf<T> = 7u32.into();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), ask, longest_url(), false);

        assert!(!Providers::<T>::get(caller).expect("registered").unattested);
    }

    #[benchmark]
    fn set_available() {
        let caller = two_providers::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), false);

        assert_eq!(ActiveCount::<T>::get(), 1);
    }

    #[benchmark]
    fn rotate_worker() {
        let caller = two_providers::<T>();
        let (worker, consent) = consenting::<T>(&caller);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), worker.clone(), consent);

        assert_eq!(Controllers::<T>::get(worker), Some(caller));
    }

    #[benchmark]
    fn bond_extra() {
        let caller = two_providers::<T>();
        let amount = T::MinimumBond::get() / 2u32.into();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), amount);

        assert_eq!(
            Providers::<T>::get(caller).expect("registered").bond,
            T::MinimumBond::get() + amount
        );
    }

    #[benchmark]
    fn unregister() {
        let caller = two_providers::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert_eq!(ActiveCount::<T>::get(), 1);
    }

    #[benchmark]
    fn withdraw_bond() {
        let caller = two_providers::<T>();
        Pallet::<T>::unregister(RawOrigin::Signed(caller.clone()).into())
            .expect("no jobs are running");
        let over = frame_system::Pallet::<T>::block_number()
            .saturating_add(T::UnbondingPeriod::get())
            .saturating_add(BlockNumberFor::<T>::from(1u32));
        frame_system::Pallet::<T>::set_block_number(over);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert!(!Providers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn slash_provider() -> Result<(), BenchmarkError> {
        let origin =
            T::SlashOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let provider = two_providers::<T>();

        // What is left is too little to stay available.
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            provider.clone(),
            T::MinimumBond::get() / 2u32.into(),
        );

        assert!(Providers::<T>::get(provider).is_some_and(|record| record.active.is_none()));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
