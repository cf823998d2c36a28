//! Benchmarks of the calls.

use super::*;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
    assert_ok,
    traits::{Bounded, Currency, EnsureOrigin, Get, StorePreimage, TransactionPause},
};
use frame_system::RawOrigin as SystemOrigin;
use pallet_referenda::{BoundedCallOf, ReferendumInfo, ReferendumInfoFor};

/// A call of so many bytes that no class but the gravest has.
fn call<T: Config>(len: u32) -> BoundedCallOf<T, ()> {
    let call = frame_system::Call::<T>::remark {
        remark: alloc::vec![0; len.saturating_sub(8) as usize],
    };
    let bytes = <T as frame_system::Config>::RuntimeCall::from(call).encode();
    let len = bytes.len() as u32;
    let hash = <T as pallet_referenda::Config>::Preimages::note(bytes.into()).expect("it fits");
    Bounded::Lookup { hash, len }
}

fn proposer<T: Config>() -> T::AccountId {
    let who: T::AccountId = whitelisted_caller();
    let _ = T::NativeCurrency::make_free_balance_be(&who, 1_000_000 * swarmwork_primitives::UNIT);
    who
}

fn origin_of<T: Config>(class: Class) -> T::RuntimeOrigin {
    RawOrigin::Proposal { index: 0, class }.into()
}

/// As many acts on record as there is room for: each further one makes room first.
fn fill_record<T: Config>() {
    NextAct::<T>::put(u64::from(T::RecordCapacity::get()));
    Acts::<T>::insert(
        0,
        Entry {
            at: 0u32.into(),
            actor: Actor::Clock,
            act: Act::Resumed,
        },
    );
}

fn technical<T: Config>() -> T::RuntimeOrigin {
    EnsureTechnical::<T>::try_successful_origin().expect("it is appointed")
}

/// Puts a proposal into its timelock.
fn waiting<T: Config>(index: u32, len: u32) -> BoundedCallOf<T, ()> {
    use frame_support::traits::schedule::{v3::Named, DispatchTime};
    let call = call::<T>(len);
    let origin = RawOrigin::Tabled {
        index,
        class: Class::Upgrade,
        weight: frame_support::weights::Weight::zero(),
    };
    assert!(Enactor::<T>::schedule_named(
        enactment::task_name(index),
        DispatchTime::After(100u32.into()),
        None,
        63,
        origin.into(),
        call.clone(),
    )
    .is_ok());
    call
}

/// A call of the runtime that may be paused.
fn pausable<T: Config>() -> CallName {
    T::ClockCalls::get()
        .first()
        .and_then(|(pallet, call)| name(pallet, call).ok())
        .expect("a clock stands still for some call")
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn propose(l: Linear<200, { 1024 * 1024 }>) {
        fill_record::<T>();
        let who = proposer::<T>();
        let call = call::<T>(l);

        #[extrinsic_call]
        _(SystemOrigin::Signed(who), call);

        assert_eq!(Pallet::<T>::proposals(), 1);
    }

    #[benchmark]
    fn enact(l: Linear<200, { 1024 * 1024 }>) {
        fill_record::<T>();
        let call = waiting::<T>(0, l);

        #[extrinsic_call]
        _(
            SystemOrigin::Root,
            0,
            Class::Upgrade,
            frame_support::weights::Weight::zero(),
            call,
        );

        let last = NextAct::<T>::get() - 1;
        let Some(Act::Enacted { result, .. }) = Acts::<T>::get(last).map(|entry| entry.act) else {
            panic!("it is on record");
        };
        assert_eq!(result, Ok(()));
    }

    #[benchmark]
    fn cancel() {
        fill_record::<T>();
        waiting::<T>(0, 1_000);
        let origin = technical::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0);

        assert!(!Waiting::<T>::contains_key(0));
    }

    #[benchmark]
    fn grant_role() {
        fill_record::<T>();
        let expires = Pallet::<T>::now() + 1_000u32.into();
        let holder: T::AccountId = account("new", 0, 0);
        let _: T::RuntimeOrigin = Pallet::<T>::benchmark_holder(Role::AttestCircuits);
        Roles::<T>::mutate(Role::AttestCircuits, |grants| grants.pop());

        #[extrinsic_call]
        _(
            origin_of::<T>(Class::Upgrade) as T::RuntimeOrigin,
            Role::AttestCircuits,
            holder,
            None,
            expires,
        );

        assert_eq!(
            Roles::<T>::get(Role::AttestCircuits).len() as u32,
            T::MaxHolders::get()
        );
    }

    #[benchmark]
    fn revoke_role() {
        fill_record::<T>();
        let _: T::RuntimeOrigin = Pallet::<T>::benchmark_holder(Role::AttestCircuits);
        let holder = Roles::<T>::get(Role::AttestCircuits)[0].holder.clone();

        #[extrinsic_call]
        _(
            origin_of::<T>(Class::Cancel) as T::RuntimeOrigin,
            Role::AttestCircuits,
            holder.clone(),
        );

        assert!(!Pallet::<T>::has_role(Role::AttestCircuits, &holder, None));
    }

    #[benchmark]
    fn renounce_role() {
        fill_record::<T>();
        let _: T::RuntimeOrigin = Pallet::<T>::benchmark_holder(Role::AttestCircuits);
        let holder = Roles::<T>::get(Role::AttestCircuits)[0].holder.clone();

        #[extrinsic_call]
        _(SystemOrigin::Signed(holder.clone()), Role::AttestCircuits);

        assert!(!Pallet::<T>::has_role(Role::AttestCircuits, &holder, None));
    }

    #[benchmark]
    fn stop() {
        fill_record::<T>();
        let origin = technical::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin);

        assert!(Halted::<T>::get());
    }

    #[benchmark]
    fn resume() {
        fill_record::<T>();
        assert_ok!(Pallet::<T>::stop(technical::<T>()));
        let origin = technical::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin);

        assert!(!Halted::<T>::get());
    }

    #[benchmark]
    fn pause_call() {
        fill_record::<T>();
        let origin = technical::<T>();
        let call = pausable::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, call.clone());

        assert!(T::TxPause::is_paused(call));
    }

    #[benchmark]
    fn resume_call() {
        fill_record::<T>();
        let call = pausable::<T>();
        assert_ok!(Pallet::<T>::pause_call(technical::<T>(), call.clone()));
        let origin = technical::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, call.clone());

        assert!(!T::TxPause::is_paused(call));
    }

    #[benchmark]
    fn appoint_technical() {
        fill_record::<T>();
        let who: T::AccountId = account("technical", 1, 0);

        #[extrinsic_call]
        _(
            origin_of::<T>(Class::Upgrade) as T::RuntimeOrigin,
            who.clone(),
        );

        assert_eq!(Technical::<T>::get(), Some(who));
    }

    #[benchmark]
    fn dismiss_technical() {
        fill_record::<T>();
        technical::<T>();

        #[extrinsic_call]
        _(origin_of::<T>(Class::Cancel) as T::RuntimeOrigin);

        assert_eq!(Technical::<T>::get(), None);
    }

    #[benchmark]
    fn set_price_floor() {
        fill_record::<T>();
        let origin: T::RuntimeOrigin = Pallet::<T>::benchmark_holder(Role::AdjustPrices);
        let (least, _) = T::PriceBounds::get();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, least);

        assert_eq!(PriceFloor::<T>::get(), Some(least));
    }

    /// All but the purchase itself, which has a weight of its own.
    #[benchmark]
    fn buy_public() {
        let treasury = T::TreasuryAccount::get();
        let _ = T::NativeCurrency::make_free_balance_be(
            &treasury,
            1_000_000 * swarmwork_primitives::UNIT,
        );
        let cost = swarmwork_primitives::UNIT;
        let call = T::Purchases::benchmark_purchase(cost);

        #[block]
        {
            assert_ok!(Pallet::<T>::set_aside(Balance::MAX, &call));
        }

        assert!(Paid::<T>::get().is_some_and(|month| month.paid == cost));
    }

    #[benchmark]
    fn collect_deposit() {
        let who = proposer::<T>();
        let origin: T::RuntimeOrigin = SystemOrigin::Signed(who.clone()).into();
        assert_ok!(Pallet::<T>::propose(origin, call::<T>(1_000)));
        let now = Pallet::<T>::now();
        ReferendumInfoFor::<T>::mutate(0, |info| {
            if let Some(ReferendumInfo::Ongoing(status)) = info.take() {
                let deposit = Some(status.submission_deposit);
                *info = Some(ReferendumInfo::Rejected(now, deposit, None));
            }
        });

        #[extrinsic_call]
        _(SystemOrigin::Signed(who), 0);

        let rejected = ReferendumInfoFor::<T>::get(0);
        assert!(matches!(
            rejected,
            Some(ReferendumInfo::Rejected(_, None, _))
        ));
    }

    /// Ends one pause, which is all that most blocks ever do.
    #[benchmark]
    fn end_pauses(n: Linear<0, 1>) {
        fill_record::<T>();
        if n > 0 {
            assert_ok!(Pallet::<T>::pause_call(technical::<T>(), pausable::<T>()));
        }
        let later = Pallet::<T>::now() + T::StopDuration::get() + 1u32.into();
        let ended: u32;

        #[block]
        {
            ended = Pallet::<T>::end_pauses(later);
        }

        assert_eq!(ended, n);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
