//! Who may do what: the origins through which other pallets are governed.
//!
//! Each of them records its use, in the same transaction as the call that it admits: a call that
//! fails later takes its line in the record back with it.

use crate::{
    pallet::{Config, Pallet, Technical},
    Act, Actor, Balance, Class, Role,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    traits::{EnsureOrigin, EnsureOriginWithArg, Get},
    weights::Weight,
};
use frame_system::RawOrigin as SystemOrigin;
use scale_info::TypeInfo;
use sp_core::H256;

/// Origins that only this pallet makes.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum RawOrigin<AccountId> {
    /// An approved proposal.
    Proposal {
        /// Its number.
        index: u32,
        /// Its class.
        class: Class,
    },
    /// An account whose call was classed: only this may open a referendum.
    Proposer(AccountId),
    /// A proposal that is voted on. It has no power; referenda keeps it until the proposal is
    /// approved.
    Tabled {
        /// Its number.
        index: u32,
        /// Its class.
        class: Class,
        /// What its call weighs.
        weight: Weight,
    },
}

/// The least class that a power asks for, as a type.
pub trait AtLeast {
    /// The class.
    const CLASS: Class;
}

/// A role, as a type.
pub trait IsRole {
    /// The role.
    const ROLE: Role;
}

macro_rules! classes {
    ($($name:ident)*) => { $(
        #[doc = concat!("[`Class::", stringify!($name), "`] or a graver one.")]
        pub struct $name;
        impl AtLeast for $name {
            const CLASS: Class = Class::$name;
        }
    )* };
}

/// Classes as types.
pub mod class {
    use super::{AtLeast, Class};
    classes!(Cancel Parameter Treasury Attest Upgrade);
}

macro_rules! roles {
    ($($name:ident)*) => { $(
        #[doc = concat!("[`Role::", stringify!($name), "`].")]
        pub struct $name;
        impl IsRole for $name {
            const ROLE: Role = Role::$name;
        }
    )* };
}

/// Roles as types.
pub mod role {
    use super::{IsRole, Role};
    roles!(AttestCircuits AdjustPrices ListAssets DrawAudits);
}

/// What the origins of a runtime must be able to show.
pub trait GovernedOrigin<AccountId>:
    Clone
    + Into<Result<SystemOrigin<AccountId>, Self>>
    + Into<Result<RawOrigin<AccountId>, Self>>
    + From<SystemOrigin<AccountId>>
    + From<RawOrigin<AccountId>>
{
}
impl<AccountId, O> GovernedOrigin<AccountId> for O where
    O: Clone
        + Into<Result<SystemOrigin<AccountId>, O>>
        + Into<Result<RawOrigin<AccountId>, O>>
        + From<SystemOrigin<AccountId>>
        + From<RawOrigin<AccountId>>
{
}

/// The proposal, or the root, behind an origin, if it has at least the class.
fn authority<O: GovernedOrigin<AccountId>, AccountId>(
    origin: O,
    least: Class,
) -> Result<Actor<AccountId>, O> {
    let system: Result<SystemOrigin<AccountId>, O> = origin.into();
    let origin = match system {
        Ok(SystemOrigin::Root) => return Ok(Actor::Root),
        Ok(other) => return Err(other.into()),
        Err(origin) => origin,
    };
    let own: Result<RawOrigin<AccountId>, O> = origin.into();
    match own? {
        RawOrigin::Proposal { index, class } if class >= least => {
            Ok(Actor::Proposal { index, class })
        }
        other => Err(other.into()),
    }
}

/// A proposal of class `C` or a graver one, or root, which only proposals of the gravest class are.
pub struct EnsureClass<T, C>(PhantomData<(T, C)>);
impl<T: Config, C: AtLeast, O: GovernedOrigin<T::AccountId>> EnsureOrigin<O> for EnsureClass<T, C> {
    type Success = Actor<T::AccountId>;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        authority(origin, C::CLASS)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(RawOrigin::Proposal {
            index: 0,
            class: C::CLASS,
        }
        .into())
    }
}

/// As [`EnsureClass`] for [`Class::Treasury`]: how much one proposal may spend, without a limit where
/// it is of the gravest class. What the treasury pays in a month is bounded all the same: see
/// [`Budgeted`](crate::Budgeted).
pub struct EnsureSpend<T>(PhantomData<T>);
impl<T: Config, O: GovernedOrigin<T::AccountId>> EnsureOrigin<O> for EnsureSpend<T> {
    type Success = Balance;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        authority(origin, Class::Treasury).map(|actor| match actor {
            Actor::Root
            | Actor::Proposal {
                class: Class::Upgrade,
                ..
            } => Balance::MAX,
            _ => T::SpendLimit::get(),
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(RawOrigin::Proposal {
            index: 0,
            class: Class::Treasury,
        }
        .into())
    }
}

/// The holder of role `R` whose scope covers the argument and whose term is not over, or a proposal
/// of the role's class.
pub struct EnsureRole<T, R>(PhantomData<(T, R)>);
impl<T: Config, R: IsRole> EnsureRole<T, R> {
    fn check<O: GovernedOrigin<T::AccountId>>(
        origin: O,
        scope: Option<H256>,
    ) -> Result<Actor<T::AccountId>, O> {
        let origin = match authority(origin, R::ROLE.class()) {
            Ok(actor) => return Ok(actor),
            Err(origin) => origin,
        };
        let system: Result<SystemOrigin<T::AccountId>, O> = origin.into();
        match system? {
            SystemOrigin::Signed(who) if Pallet::<T>::has_role(R::ROLE, &who, scope) => {
                // What cannot go on record is not allowed.
                if Pallet::<T>::count_act(&who).is_err() {
                    return Err(SystemOrigin::Signed(who).into());
                }
                let actor = Actor::Holder(who);
                Pallet::<T>::record(
                    actor.clone(),
                    Act::RoleUsed {
                        role: R::ROLE,
                        scope,
                    },
                );
                Ok(actor)
            }
            other => Err(other.into()),
        }
    }
}

impl<T: Config, R: IsRole, O: GovernedOrigin<T::AccountId>> EnsureOriginWithArg<O, H256>
    for EnsureRole<T, R>
{
    type Success = Actor<T::AccountId>;

    fn try_origin(origin: O, scope: &H256) -> Result<Self::Success, O> {
        Self::check(origin, Some(*scope))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(_: &H256) -> Result<O, ()> {
        Ok(Pallet::<T>::benchmark_holder(R::ROLE))
    }
}

/// Without an argument only a role without scope fits.
impl<T: Config, R: IsRole, O: GovernedOrigin<T::AccountId>> EnsureOrigin<O> for EnsureRole<T, R> {
    type Success = Actor<T::AccountId>;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        Self::check(origin, None)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(Pallet::<T>::benchmark_holder(R::ROLE))
    }
}

/// The technical account. It can stop things and nothing else.
pub struct EnsureTechnical<T>(PhantomData<T>);
impl<T: Config, O: GovernedOrigin<T::AccountId>> EnsureOrigin<O> for EnsureTechnical<T> {
    type Success = Actor<T::AccountId>;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        let system: Result<SystemOrigin<T::AccountId>, O> = origin.into();
        match system? {
            SystemOrigin::Signed(who) if Technical::<T>::get().as_ref() == Some(&who) => {
                Ok(Actor::Technical(who))
            }
            other => Err(other.into()),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        let who: T::AccountId = frame_benchmarking::account("technical", 0, 0);
        Technical::<T>::put(&who);
        Ok(SystemOrigin::Signed(who).into())
    }
}

/// Only an account whose call [`Pallet::propose`](crate::Call::propose) has classed.
pub struct EnsureProposer<T>(PhantomData<T>);
impl<T: Config, O: GovernedOrigin<T::AccountId>, A> EnsureOriginWithArg<O, A>
    for EnsureProposer<T>
{
    type Success = T::AccountId;

    fn try_origin(origin: O, _: &A) -> Result<Self::Success, O> {
        let own: Result<RawOrigin<T::AccountId>, O> = origin.into();
        match own? {
            RawOrigin::Proposer(who) => Ok(who),
            other => Err(other.into()),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(_: &A) -> Result<O, ()> {
        Ok(RawOrigin::Proposer(frame_benchmarking::whitelisted_caller()).into())
    }
}
