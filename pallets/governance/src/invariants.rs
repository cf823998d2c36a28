//! What the constants must satisfy, and what must hold between any two calls.

use crate::{
    pallet::{Config, DayLength, Pallet},
    tracks::Tracks,
    Class,
};
use frame_support::traits::Get;
use sp_runtime::Permill;

impl<T: Config> Pallet<T> {
    /// Panics where the runtime's constants contradict each other.
    pub(crate) fn assert_constants() {
        let (least, most) = T::PriceBounds::get();
        let default = T::DefaultPriceFloor::get();
        assert!(
            least > 0 && (least..=most).contains(&default),
            "the default price floor lies within its bounds, which exclude nothing"
        );
        assert!(
            T::PriorScore::get() < Permill::one(),
            "no score is above a perfect prior"
        );
        assert!(
            T::RecordCapacity::get() > 0 && T::MaxHolders::get() > 0 && T::MaxPaused::get() > 0,
            "there is room for a record, for holders and for pauses"
        );
        assert!(DayLength::<T>::get() > 0, "a day has at least one block");
        for class in Class::ALL.into_iter().filter(|c| *c > Class::Cancel) {
            let cancelled = Tracks::<T>::quickest(Class::Cancel);
            let enacted = Tracks::<T>::quickest(class);
            assert!(
                cancelled < enacted,
                "a proposal can be cancelled by another before it is enacted"
            );
        }
    }
}

#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state {
    use crate::{
        enactment::{enacted_at, task_name},
        pallet::{
            Acts, Bonuses, Config, Pallet, PausedUntil, PollBonus, PriceFloor, Roles, Waiting,
        },
        votes::Bonus,
    };
    use alloc::collections::{BTreeMap, BTreeSet};
    use frame_support::{
        ensure,
        traits::{Get, Polling, QueryPreimage, TransactionPause},
    };
    use sp_runtime::TryRuntimeError;

    impl<T: Config> Pallet<T> {
        /// Asserts every invariant of the pallet's storage.
        pub fn do_try_state() -> Result<(), TryRuntimeError> {
            Self::try_bonuses()?;
            for (index, (_, call)) in Waiting::<T>::iter() {
                ensure!(
                    enacted_at::<T>(task_name(index)).is_ok(),
                    "an approved proposal is not scheduled"
                );
                if let Some(hash) = call.lookup_hash() {
                    ensure!(
                        T::Preimages::is_requested(&hash),
                        "an approved proposal's call may be taken away"
                    );
                }
            }
            for (_, grants) in Roles::<T>::iter() {
                let distinct: BTreeSet<_> = grants.iter().map(|grant| &grant.holder).collect();
                ensure!(
                    distinct.len() == grants.len(),
                    "an account has a role twice"
                );
            }
            for (call, _) in PausedUntil::<T>::get() {
                ensure!(
                    T::TxPause::is_paused(call),
                    "a pause on the list is not in force"
                );
            }
            if let Some(price) = PriceFloor::<T>::get() {
                let (least, most) = T::PriceBounds::get();
                ensure!(
                    (least..=most).contains(&price),
                    "the price floor is out of its bounds"
                );
            }
            let (first, next) = Self::recorded();
            ensure!(
                Acts::<T>::iter_keys().count() as u64 == next - first
                    && Acts::<T>::iter_keys().all(|number| (first..next).contains(&number)),
                "the record has gaps or has outgrown its capacity"
            );
            Ok(())
        }

        /// The bonuses of single votes add up to those of the polls, and these are in the tallies.
        fn try_bonuses() -> Result<(), TryRuntimeError> {
            let mut sums = BTreeMap::<u32, Bonus>::new();
            for (poll, _, bonus) in Bonuses::<T>::iter() {
                ensure!(bonus != Bonus::default(), "a bonus of nothing is stored");
                let sum = sums.entry(poll).or_default();
                sum.ayes = sum.ayes.saturating_add(bonus.ayes);
                sum.nays = sum.nays.saturating_add(bonus.nays);
            }
            ensure!(
                PollBonus::<T>::iter().collect::<BTreeMap<_, _>>() == sums,
                "the bonuses of votes do not add up to those of polls"
            );
            for (poll, sum) in sums {
                if let Some((tally, _)) = pallet_referenda::Pallet::<T>::as_ongoing(poll) {
                    ensure!(tally.bonus == sum, "a bonus is missing in a tally");
                }
            }
            Ok(())
        }
    }
}
