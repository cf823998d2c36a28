//! From a preimage to its class, and from an approved referendum to its call.

use crate::{
    origins::RawOrigin,
    pallet::{Config, Error, Pallet, Waiting},
    Act, Actor, Class,
};
use codec::{DecodeLimit, Encode};
use core::marker::PhantomData;
use frame_support::{
    ensure,
    traits::{
        schedule::{
            v3::{Anon, Named, TaskName},
            DispatchTime, Period, Priority,
        },
        Bounded, BoundedInline, OriginTrait, QueryPreimage, UnfilteredDispatchable,
    },
    weights::Weight,
    MAX_EXTRINSIC_DEPTH,
};
use pallet_referenda::{BlockNumberFor, BoundedCallOf, PalletsOriginOf};
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// A call of the runtime.
pub type CallOf<T> = <T as pallet_referenda::Config>::RuntimeCall;
type Inner<T> = <T as Config>::Tasks;
type Preimages<T> = <T as pallet_referenda::Config>::Preimages;

/// The gravest class of anything that a call would do.
pub trait ClassOf<Call> {
    /// The class. What is not known takes the gravest, and what wraps other calls the gravest of
    /// them.
    fn class_of(call: &Call) -> Class;
}

/// Blocks by which an enactment is put off at most where the agendas of those before are full.
const MOST_DELAY: u32 = 32;

/// The name under which referenda schedules an enactment.
pub(crate) fn task_name(index: u32) -> TaskName {
    (*b"assembly", "enactment", index).using_encoded(sp_io::hashing::blake2_256)
}

/// When a task under this name will be dispatched.
pub(crate) fn enacted_at<T: Config>(id: TaskName) -> Result<BlockNumberFor<T, ()>, DispatchError> {
    <Inner<T> as Named<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>>>::next_dispatch_time(
        id,
    )
}

/// Reads a call, no deeper nested than a transaction may be.
pub(crate) fn decode<T: Config>(bytes: &[u8]) -> Option<CallOf<T>> {
    CallOf::<T>::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..]).ok()
}

/// Fetches and reads the call that a proposal names.
pub(crate) fn fetch<T: Config>(call: &BoundedCallOf<T, ()>) -> Result<CallOf<T>, DispatchError> {
    let missing = |_| DispatchError::from(Error::<T>::PreimageMissing);
    let call = match call {
        Bounded::Inline(bytes) => decode::<T>(bytes),
        Bounded::Lookup { hash, len } => {
            decode::<T>(&Preimages::<T>::fetch(hash, Some(*len)).map_err(missing)?)
        }
        // Read at whatever length, it would be charged for another.
        Bounded::Legacy { .. } => return Err(Error::<T>::LengthMissing.into()),
    };
    call.ok_or_else(|| Error::<T>::NotACall.into())
}

pub(crate) fn hash<T: Config>(call: &BoundedCallOf<T, ()>) -> H256 {
    H256::from_slice(call.hash().as_ref())
}

/// What the scheduler dispatches after a proposal's timelock; it keeps so many bytes by value.
pub(crate) fn task<T: Config>(
    index: u32,
    class: Class,
    weight: Weight,
    call: &BoundedCallOf<T, ()>,
) -> Result<BoundedInline, Error<T>> {
    let enact = crate::Call::<T>::enact {
        index,
        class,
        weight,
        call: call.clone(),
    };
    CallOf::<T>::from(enact)
        .encode()
        .try_into()
        .map_err(|_| Error::<T>::InlineTooLong)
}

impl<T: Config> Pallet<T> {
    /// Dispatches an approved call: with root's powers if it was approved as of the gravest class,
    /// otherwise with those of its class. A call that by now is of a graver class than voters knew
    /// is refused.
    pub(crate) fn dispatch_approved(
        index: u32,
        class: Class,
        call: &BoundedCallOf<T, ()>,
    ) -> DispatchResult {
        let fetched = fetch::<T>(call);
        Preimages::<T>::drop(call);
        let inner = fetched?;
        ensure!(
            T::ClassOf::class_of(&inner) <= class,
            Error::<T>::GraverThanApproved
        );
        let mut origin = <T as frame_system::Config>::RuntimeOrigin::root();
        if class < Class::Upgrade {
            origin.set_caller(RawOrigin::Proposal { index, class }.into());
        }
        // A stop of the market must not stop governance: the filter is for accounts.
        frame_support::storage::with_storage_layer(|| inner.dispatch_bypass_filter(origin))
            .map(|_| ())
            .map_err(|failed| failed.error)
    }
}

/// The scheduler of referenda. An enactment is scheduled as a call of this pallet around the approved
/// one, which checks the class once more and records how it ended.
pub struct Enactor<T>(PhantomData<T>);

impl<T: Config> Named<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>> for Enactor<T> {
    type Address =
        <Inner<T> as Named<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>>>::Address;
    type Hasher = T::Hashing;

    fn schedule_named(
        id: TaskName,
        when: DispatchTime<BlockNumberFor<T, ()>>,
        periodic: Option<Period<BlockNumberFor<T, ()>>>,
        priority: Priority,
        origin: PalletsOriginOf<T>,
        call: Bounded<CallOf<T>, Self::Hasher>,
    ) -> Result<Self::Address, DispatchError> {
        let Ok(RawOrigin::Tabled {
            index,
            class,
            weight,
        }) = origin.try_into()
        else {
            return Err(DispatchError::BadOrigin);
        };
        let bytes = task::<T>(index, class, weight, &call)?;
        let schedule = |when| {
            Inner::<T>::schedule_named(
                id,
                when,
                periodic,
                priority,
                frame_system::RawOrigin::Root.into(),
                Bounded::Inline(bytes.clone()),
            )
        };
        // Referenda asks once. Whoever fills a block's agenda with the alarms of other proposals must
        // not keep this one from being enacted.
        let first = when.evaluate(Pallet::<T>::now());
        let address = (0..=MOST_DELAY)
            .find_map(|delay| schedule(DispatchTime::At(first.saturating_add(delay.into()))).ok())
            .ok_or(DispatchError::Exhausted)?;
        // Nobody may take the call away while it waits.
        Preimages::<T>::hold(&call);
        let enacted_at = enacted_at::<T>(id)?;
        Pallet::<T>::record(
            Actor::Proposal { index, class },
            Act::Approved {
                call: hash::<T>(&call),
                enacted_at,
            },
        );
        Waiting::<T>::insert(index, (class, call));
        Ok(address)
    }

    fn cancel_named(id: TaskName) -> DispatchResult {
        Inner::<T>::cancel_named(id)
    }

    fn reschedule_named(
        id: TaskName,
        when: DispatchTime<BlockNumberFor<T, ()>>,
    ) -> Result<Self::Address, DispatchError> {
        Inner::<T>::reschedule_named(id, when)
    }

    fn next_dispatch_time(id: TaskName) -> Result<BlockNumberFor<T, ()>, DispatchError> {
        enacted_at::<T>(id)
    }
}

/// Alarms of referenda pass through.
impl<T: Config> Anon<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>> for Enactor<T> {
    type Address =
        <Inner<T> as Anon<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>>>::Address;
    type Hasher = T::Hashing;

    fn schedule(
        when: DispatchTime<BlockNumberFor<T, ()>>,
        periodic: Option<Period<BlockNumberFor<T, ()>>>,
        priority: Priority,
        origin: PalletsOriginOf<T>,
        call: Bounded<CallOf<T>, Self::Hasher>,
    ) -> Result<Self::Address, DispatchError> {
        Inner::<T>::schedule(when, periodic, priority, origin, call)
    }

    fn cancel(address: Self::Address) -> DispatchResult {
        Inner::<T>::cancel(address)
    }

    fn reschedule(
        address: Self::Address,
        when: DispatchTime<BlockNumberFor<T, ()>>,
    ) -> Result<Self::Address, DispatchError> {
        Inner::<T>::reschedule(address, when)
    }

    fn next_dispatch_time(address: Self::Address) -> Result<BlockNumberFor<T, ()>, DispatchError> {
        <Inner<T> as Anon<BlockNumberFor<T, ()>, CallOf<T>, PalletsOriginOf<T>>>::next_dispatch_time(
            address,
        )
    }
}

impl<T: Config> Pallet<T> {
    /// What referenda is told to cancel with, after it was checked who asks.
    fn canceller() -> <T as frame_system::Config>::RuntimeOrigin {
        RawOrigin::Proposal {
            index: u32::MAX,
            class: Class::Cancel,
        }
        .into()
    }

    /// Takes a proposal back: its vote if that goes on, its enactment if that waits.
    pub(crate) fn take_back(index: u32, actor: Actor<T::AccountId>) -> DispatchResult {
        let technical = matches!(actor, Actor::Technical(_));
        // What reins the technical account in is beyond its reach.
        let may = |class: Class| {
            ensure!(
                !technical || class != Class::Cancel,
                Error::<T>::BeyondTechnical
            );
            Ok::<_, DispatchError>(())
        };
        if let Some((class, call)) = Waiting::<T>::get(index) {
            may(class)?;
            Inner::<T>::cancel_named(task_name(index))?;
            Preimages::<T>::drop(&call);
            Waiting::<T>::remove(index);
        } else {
            let status = pallet_referenda::Pallet::<T>::ensure_ongoing(index)?;
            may(Class::of_track(status.track).ok_or(Error::<T>::UnknownProposal)?)?;
            pallet_referenda::Pallet::<T>::cancel(Self::canceller(), index)?;
        }
        Self::record_decision(actor, Act::Cancelled { index })
    }
}
