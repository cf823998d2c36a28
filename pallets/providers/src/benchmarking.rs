//! Benchmarks of the calls.

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        EnsureOrigin, Get,
    },
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{
    traits::{Saturating, Zero},
    Perbill, Permill,
};
use swarmwork_primitives::{
    claim_message, Answered, Backends, Capabilities, CircuitId, Claim, Commitment, JobId, Jobs,
    Penalty, Profile, SlashReason, Url, MAX_HELD_CIRCUITS, MAX_PROFILE_NAME_BYTES,
};

/// Signs as a worker key.
pub trait BenchmarkHelper<AccountId, Signature> {
    /// A key that no provider has, and its signature of a message.
    fn sign(message: &[u8]) -> (AccountId, Signature);
    /// The signature of such a key of another message.
    fn sign_again(worker: &AccountId, message: &[u8]) -> Signature;
    /// So many registered circuits, ascending.
    fn circuits(count: u32) -> Vec<CircuitId>;
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

/// Makes the queue of a provider as long as may be, of one unit at a time.
fn fill_queue<T: Config>(who: &T::AccountId) {
    let origin = || RawOrigin::Signed(who.clone()).into();
    let one: BalanceOf<T> = 1u32.into();
    for _ in 0..T::MaxUnbonding::get() {
        let next = frame_system::Pallet::<T>::block_number().saturating_add(1u32.into());
        frame_system::Pallet::<T>::set_block_number(next);
        Pallet::<T>::bond_extra(origin(), one).expect("the account is funded");
        Pallet::<T>::unbond(origin(), one).expect("the least bond is left");
    }
}

/// A provider with a full queue that has claimed these answers to a batch, of which the first is
/// proven; the job's batch and the claims.
fn claims<T: Config, const N: usize>(
    commitments: [Commitment; N],
) -> (Answered<T::AccountId>, [Claim<T::Signature>; N]) {
    let provider: T::AccountId = account("controller", 0, 0);
    let (worker, _) = consenting::<T>(&provider);
    register::<T>(&provider, &worker, T::MinimumBond::get());
    fill_queue::<T>(&provider);
    let job = T::Jobs::benchmark_job(&provider, commitments[0]);
    let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
    let claims = commitments.map(|commitment| {
        let message = claim_message(&genesis, &provider, &job, 0, &commitment);
        Claim {
            commitment,
            signature: T::BenchmarkHelper::sign_again(&worker, &message),
        }
    });
    let answered = Answered {
        provider,
        worker,
        job,
        batch: 0,
    };
    (answered, claims)
}

fn lease_share() -> Permill {
    Permill::from_percent(10)
}

/// Lets one place of a provider to another.
fn lease<T: Config>(lessor: &T::AccountId, operator: &T::AccountId) {
    Pallet::<T>::offer_lease(
        RawOrigin::Signed(lessor.clone()).into(),
        operator.clone(),
        1,
        lease_share(),
    )
    .expect("it has capacity");
    Pallet::<T>::accept_lease(
        RawOrigin::Signed(operator.clone()).into(),
        lessor.clone(),
        1,
        lease_share(),
    )
    .expect("it was offered");
}

/// Two providers, of which the second leases one place of the first.
fn leased<T: Config>() -> (T::AccountId, T::AccountId) {
    let lessor = two_providers::<T>();
    let operator: T::AccountId = account("controller", 1, 0);
    lease::<T>(&lessor, &operator);
    (lessor, operator)
}

/// As [`register`] with the largest bond, and with what makes a provider's jobs dearest to settle:
/// it works on capacity of another, which takes no jobs itself.
pub(crate) fn register_leasing<T: Config>(controller: &T::AccountId, worker: &T::AccountId) {
    register::<T>(controller, worker, T::SupernodeBond::get());
    let number = ActiveCount::<T>::get();
    let lessor: T::AccountId = account("lessor", number, 0);
    register::<T>(
        &lessor,
        &account("lessor worker", number, 0),
        T::MinimumBond::get(),
    );
    lease::<T>(&lessor, controller);
    Pallet::<T>::set_available(RawOrigin::Signed(lessor).into(), false).expect("it is registered");
}

/// A maintenance that may be announced now.
fn window<T: Config>() -> (BlockNumberFor<T>, BlockNumberFor<T>) {
    // Longer than a block: calls are measured in the block after the one in which this runs.
    let from = frame_system::Pallet::<T>::block_number()
        .saturating_add(T::MaintenanceNotice::get())
        .saturating_add(10u32.into());
    (from, from.saturating_add(T::MaxMaintenance::get()))
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
        _(
            RawOrigin::Signed(caller.clone()),
            ask,
            longest_url(),
            false,
            1,
        );

        let record = Providers::<T>::get(caller).expect("registered");
        assert!(!record.unattested && record.slots == 1);
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
        fill_queue::<T>(&caller);
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
        fill_queue::<T>(&provider);

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

    #[benchmark]
    fn unbond() {
        let caller = two_providers::<T>();
        let amount: BalanceOf<T> = 7u32.into();
        Pallet::<T>::bond_extra(RawOrigin::Signed(caller.clone()).into(), amount)
            .expect("the account is funded");

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), amount);

        assert_eq!(Unbonding::<T>::get(caller).len(), 1);
    }

    #[benchmark]
    fn rebond() {
        let caller = two_providers::<T>();
        fill_queue::<T>(&caller);
        let amount: BalanceOf<T> = T::MaxUnbonding::get().into();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), amount);

        assert!(!Unbonding::<T>::contains_key(caller));
    }

    #[benchmark]
    fn set_profile(c: Linear<0, MAX_HELD_CIRCUITS>) {
        let caller = two_providers::<T>();
        let profile = Profile {
            name: BoundedVec::truncate_from(alloc::vec![b'a'; MAX_PROFILE_NAME_BYTES as usize]),
            website: longest_url(),
            capabilities: Capabilities {
                gpu_memory_mib: u32::MAX,
                backends: Backends(1),
                circuits: BoundedVec::truncate_from(T::BenchmarkHelper::circuits(c)),
                ..Default::default()
            },
        };

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), profile);

        assert!(Profiles::<T>::contains_key(caller));
    }

    #[benchmark]
    fn announce_maintenance() {
        let caller = two_providers::<T>();
        let (from, until) = window::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), from, until);

        assert!(Providers::<T>::get(caller).is_some_and(|record| record.maintenance.is_some()));
    }

    #[benchmark]
    fn end_maintenance() {
        let caller = two_providers::<T>();
        let (from, until) = window::<T>();
        Pallet::<T>::announce_maintenance(RawOrigin::Signed(caller.clone()).into(), from, until)
            .expect("it is announced in time");

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert!(Providers::<T>::get(caller).is_some_and(|record| record.maintenance.is_none()));
    }

    #[benchmark]
    fn offer_lease() {
        let caller = two_providers::<T>();
        let operator: T::AccountId = account("controller", 1, 0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller.clone()),
            operator,
            1,
            lease_share(),
        );

        assert!(LeaseOffers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn withdraw_lease_offer() {
        let caller = two_providers::<T>();
        let operator: T::AccountId = account("controller", 1, 0);
        Pallet::<T>::offer_lease(
            RawOrigin::Signed(caller.clone()).into(),
            operator,
            1,
            lease_share(),
        )
        .expect("it has capacity");

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert!(!LeaseOffers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn accept_lease() {
        let lessor = two_providers::<T>();
        let operator: T::AccountId = account("controller", 1, 0);
        Pallet::<T>::offer_lease(
            RawOrigin::Signed(lessor.clone()).into(),
            operator.clone(),
            1,
            lease_share(),
        )
        .expect("it has capacity");

        #[extrinsic_call]
        _(
            RawOrigin::Signed(operator.clone()),
            lessor,
            1,
            lease_share(),
        );

        assert!(Leases::<T>::contains_key(operator));
    }

    #[benchmark]
    fn end_lease() {
        let (lessor, operator) = leased::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(lessor), operator.clone());

        assert!(Leases::<T>::get(operator).is_some_and(|lease| lease.ends.is_some()));
    }

    #[benchmark]
    fn close_lease() {
        let (lessor, operator) = leased::<T>();
        Pallet::<T>::end_lease(RawOrigin::Signed(lessor.clone()).into(), operator.clone())
            .expect("it is a party to it");
        let over = frame_system::Pallet::<T>::block_number()
            .saturating_add(T::LeaseNotice::get())
            .saturating_add(1u32.into());
        frame_system::Pallet::<T>::set_block_number(over);

        #[extrinsic_call]
        _(RawOrigin::Signed(lessor), operator.clone());

        assert!(!Leases::<T>::contains_key(operator));
    }

    #[benchmark]
    fn report_equivocation() {
        let (answered, [first, second]) = claims::<T, 2>([[1; 32], [2; 32]]);
        let reporter: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(reporter), answered.clone(), first, second);

        assert_eq!(Slashes::<T>::get(&answered.provider).len(), 1);
    }

    /// Without a proof: what checking one weighs is added where it is charged.
    #[benchmark]
    fn report_false_claim() {
        let (answered, [_, claim]) = claims::<T, 2>([[1; 32], [2; 32]]);
        let reporter: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(reporter), answered.clone(), claim, None);

        assert_eq!(Slashes::<T>::get(&answered.provider).len(), 1);
    }

    #[benchmark]
    fn forget_offence() {
        let provider: T::AccountId = account("controller", 0, 0);
        let job = JobId::repeat_byte(7);
        Judged::<T>::insert(&provider, (job, 0u32, SlashReason::Forgery), ());

        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller),
            provider.clone(),
            job,
            0,
            SlashReason::Forgery,
        );

        assert!(!Judged::<T>::contains_key(
            &provider,
            (job, 0u32, SlashReason::Forgery)
        ));
    }

    #[benchmark]
    fn set_penalty() -> Result<(), BenchmarkError> {
        let origin =
            T::SlashOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let penalty = Penalty {
            stake: Perbill::one(),
            price: Perbill::one(),
            strikes: 1,
            capped: true,
        };

        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            SlashReason::Equivocation,
            penalty,
        );

        assert_eq!(Pallet::<T>::penalty(SlashReason::Equivocation), penalty);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
