//! The table of classes: what a proposal of each must reach, and how long it takes.
//!
//! Times are in parts of a day, and genesis says how many blocks a day has: a development chain
//! goes the same road faster. A graver class is nowhere easier or quicker than a lighter one, so
//! that hiding a grave call behind a light one gains nothing even if the classing were wrong.

use crate::{
    origins::RawOrigin,
    pallet::{Config, DayLength},
    Balance, Class,
};
use alloc::borrow::Cow;
use core::marker::PhantomData;
use frame_support::traits::{Get, OriginTrait};
use pallet_referenda::{BlockNumberFor, Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{
    traits::{One, Saturating},
    Perbill, SaturatedConversion,
};
use swarmwork_primitives::UNIT;

/// A time, as a fraction of days: numerator and denominator.
type Days = (u32, u32);

/// What a class asks for.
pub(crate) struct Terms {
    name: &'static str,
    max_deciding: u32,
    decision_deposit: Balance,
    prepare: Days,
    decide: Days,
    confirm: Days,
    timelock: Days,
    /// Percent of ayes among the weighed votes, at the start of the vote and at its end.
    approval: (u32, u32),
    /// Percent of the tokens that can vote which must stand behind it, likewise.
    support: (u32, u32),
}

/// The row of a class.
pub(crate) const fn terms(class: Class) -> Terms {
    match class {
        Class::Cancel => Terms {
            name: "cancel",
            max_deciding: 20,
            decision_deposit: 1_000 * UNIT,
            prepare: (1, 24),
            decide: (3, 1),
            confirm: (1, 8),
            timelock: (1, 24),
            approval: (75, 50),
            support: (10, 2),
        },
        Class::Parameter => Terms {
            name: "parameter",
            max_deciding: 10,
            decision_deposit: 2_000 * UNIT,
            prepare: (1, 4),
            decide: (7, 1),
            confirm: (1, 1),
            timelock: (2, 1),
            approval: (80, 50),
            support: (20, 2),
        },
        Class::Treasury => Terms {
            name: "treasury",
            max_deciding: 10,
            decision_deposit: 5_000 * UNIT,
            prepare: (1, 1),
            decide: (14, 1),
            confirm: (2, 1),
            timelock: (3, 1),
            approval: (85, 50),
            support: (25, 3),
        },
        Class::Attest => Terms {
            name: "attest",
            max_deciding: 10,
            decision_deposit: 10_000 * UNIT,
            prepare: (1, 1),
            decide: (14, 1),
            confirm: (2, 1),
            timelock: (7, 1),
            approval: (90, 60),
            support: (30, 5),
        },
        Class::Upgrade => Terms {
            name: "upgrade",
            max_deciding: 2,
            decision_deposit: 50_000 * UNIT,
            prepare: (2, 1),
            decide: (28, 1),
            confirm: (3, 1),
            timelock: (14, 1),
            approval: (100, 67),
            support: (50, 10),
        },
    }
}

/// Blocks in so many days, at least one.
pub(crate) fn days<T: Config>((numerator, denominator): Days) -> BlockNumberFor<T, ()> {
    let blocks = u64::from(DayLength::<T>::get())
        .saturating_mul(numerator.into())
        .checked_div(denominator.into())
        .unwrap_or(0);
    blocks
        .saturated_into::<BlockNumberFor<T, ()>>()
        .max(One::one())
}

/// So many whole days, in blocks.
pub struct WholeDays<T, const N: u32>(PhantomData<T>);
impl<T: Config, const N: u32> Get<BlockNumberFor<T, ()>> for WholeDays<T, N> {
    fn get() -> BlockNumberFor<T, ()> {
        days::<T>((N, 1))
    }
}

/// Falls in a straight line over the whole vote.
const fn line((start, end): (u32, u32)) -> Curve {
    Curve::LinearDecreasing {
        length: Perbill::one(),
        floor: Perbill::from_percent(end),
        ceil: Perbill::from_percent(start),
    }
}

/// The classes as the tracks of referenda.
pub struct Tracks<T>(PhantomData<T>);
impl<T: Config> Tracks<T> {
    fn track(class: Class) -> TrackInfo<Balance, BlockNumberFor<T, ()>> {
        let terms = terms(class);
        let mut name = [0; 25];
        name[..terms.name.len()].copy_from_slice(terms.name.as_bytes());
        TrackInfo {
            name,
            max_deciding: terms.max_deciding,
            decision_deposit: terms.decision_deposit,
            prepare_period: days::<T>(terms.prepare),
            decision_period: days::<T>(terms.decide),
            confirm_period: days::<T>(terms.confirm),
            min_enactment_period: days::<T>(terms.timelock),
            min_approval: line(terms.approval),
            min_support: line(terms.support),
        }
    }

    /// Blocks from proposing to enacting where everybody is for it at once.
    pub fn quickest(class: Class) -> BlockNumberFor<T, ()> {
        let track = Self::track(class);
        track
            .prepare_period
            .saturating_add(track.confirm_period)
            .saturating_add(track.min_enactment_period)
    }
}

impl<T: Config> TracksInfo<Balance, BlockNumberFor<T, ()>> for Tracks<T> {
    type Id = u16;
    type RuntimeOrigin = <<T as frame_system::Config>::RuntimeOrigin as OriginTrait>::PalletsOrigin;

    fn tracks(
    ) -> impl Iterator<Item = Cow<'static, Track<Self::Id, Balance, BlockNumberFor<T, ()>>>> {
        Class::ALL.into_iter().map(|class| {
            Cow::Owned(Track {
                id: class.track(),
                info: Self::track(class),
            })
        })
    }

    fn track_for(origin: &Self::RuntimeOrigin) -> Result<Self::Id, ()> {
        match origin.clone().try_into() {
            Ok(RawOrigin::Tabled { class, .. }) => Ok(class.track()),
            _ => Err(()),
        }
    }
}
