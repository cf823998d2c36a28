//! The record of privileged acts, and readings of who may do what.

use crate::{
    enactment,
    pallet::{Acts, Config, Event, NextAct, Pallet, PriceFloor, Roles},
    Act, Actor, Balance, Class, ClassOf, Entry, Grant, Role,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::Get;
use pallet_referenda::BlockNumberFor;
use sp_core::H256;

/// Most acts that one reading returns.
pub const MAX_READ: u32 = 1_000;

/// An act on record, with its number.
pub type NumberedActOf<T> = (
    u64,
    Entry<<T as frame_system::Config>::AccountId, BlockNumberFor<T, ()>>,
);
/// A role, with who has it.
pub type GrantedOf<T> = (
    Role,
    Grant<<T as frame_system::Config>::AccountId, BlockNumberFor<T, ()>>,
);

impl<T: Config> Pallet<T> {
    /// Puts an act on record; the oldest makes room if the record is full.
    pub(crate) fn record(
        actor: Actor<T::AccountId>,
        act: Act<T::AccountId, BlockNumberFor<T, ()>>,
    ) {
        let number = NextAct::<T>::get();
        NextAct::<T>::put(number.saturating_add(1));
        Acts::<T>::insert(
            number,
            Entry {
                at: Self::now(),
                actor: actor.clone(),
                act: act.clone(),
            },
        );
        if let Some(oldest) = number.checked_sub(T::RecordCapacity::get().into()) {
            Acts::<T>::remove(oldest);
        }
        Self::deposit_event(Event::ActRecorded { number, actor, act });
    }

    /// The numbers on record: the first, and one past the last.
    pub fn recorded() -> (u64, u64) {
        let next = NextAct::<T>::get();
        (next.saturating_sub(T::RecordCapacity::get().into()), next)
    }

    /// The acts from a number on, at most `limit` and [`MAX_READ`] of them, with their numbers.
    pub fn acts(start: u64, limit: u32) -> Vec<NumberedActOf<T>> {
        let (first, next) = Self::recorded();
        let start = start.max(first);
        let end = start.saturating_add(limit.min(MAX_READ).into()).min(next);
        (start..end)
            .filter_map(|number| Some((number, Acts::<T>::get(number)?)))
            .collect()
    }

    /// The roles in force.
    pub fn roles() -> Vec<GrantedOf<T>> {
        let now = Self::now();
        Role::ALL
            .into_iter()
            .flat_map(|role| {
                Roles::<T>::get(role)
                    .into_iter()
                    .filter(|grant| now < grant.expires)
                    .map(move |grant| (role, grant))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Whether an account has a role now, on a thing; only a role without scope is on no thing in
    /// particular.
    pub fn has_role(role: Role, who: &T::AccountId, thing: Option<H256>) -> bool {
        let now = Self::now();
        Roles::<T>::get(role).iter().any(|grant| {
            grant.holder == *who
                && now < grant.expires
                && grant.scope.is_none_or(|scope| thing == Some(scope))
        })
    }

    /// The class of an encoded call.
    pub fn class_of(call: &[u8]) -> Option<Class> {
        enactment::decode::<T>(call).map(|call| T::ClassOf::class_of(&call))
    }

    /// An account with a role, as many others having it as may.
    #[cfg(feature = "runtime-benchmarks")]
    pub(crate) fn benchmark_holder<O: crate::origins::GovernedOrigin<T::AccountId>>(
        role: Role,
    ) -> O {
        let holder = |n| frame_benchmarking::account("holder", n, 0);
        let expires = Self::now() + 1_000_000u32.into();
        let grants: Vec<_> = (0..T::MaxHolders::get())
            .map(|n| Grant {
                holder: holder(n),
                scope: None,
                expires,
            })
            .collect();
        Roles::<T>::insert(role, frame_support::BoundedVec::truncate_from(grants));
        let last: T::AccountId = holder(T::MaxHolders::get().saturating_sub(1));
        frame_system::RawOrigin::Signed(last).into()
    }
}

/// The least price of a job.
pub struct PriceFloorOf<T>(PhantomData<T>);
impl<T: Config> Get<Balance> for PriceFloorOf<T> {
    fn get() -> Balance {
        PriceFloor::<T>::get().unwrap_or_else(T::DefaultPriceFloor::get)
    }
}
