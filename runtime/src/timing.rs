//! Slot and epoch length, fixed once by genesis.
//!
//! BABE and the timestamp pallet take both as `Get` constants of the runtime. One runtime serves
//! chains of different pace (1 s slots on a development chain, 2 s elsewhere), so the constants
//! read two storage values that only a genesis configuration can write: this pallet has no calls
//! and no hooks that change state. That they can never change afterwards is what makes it sound:
//! BABE derives epoch boundaries from `(slot - genesis slot) / epoch length` and a block's slot
//! from `timestamp / slot duration`, hence a change on a running chain would stop it. Nodes learn
//! both from the chain itself by `BabeApi::configuration`.

pub use pallet::*;

use crate::Runtime;
use frame_support::traits::Get;

/// Slot duration where genesis says nothing, in milliseconds.
pub const DEFAULT_SLOT_MILLIS: u64 = 2_000;
/// Epoch length where genesis says nothing, in slots.
pub const DEFAULT_EPOCH_SLOTS: u64 = 60;
/// Shortest slot in which a block can be built, sent and imported, in milliseconds.
pub const MIN_SLOT_MILLIS: u64 = 500;
/// Longest sensible slot, in milliseconds.
pub const MAX_SLOT_MILLIS: u64 = 60_000;
/// Shortest epoch, in slots: GRANDPA should finalise well within one.
pub const MIN_EPOCH_SLOTS: u64 = 10;

#[frame_support::pallet]
pub mod pallet {
    use super::{
        DEFAULT_EPOCH_SLOTS, DEFAULT_SLOT_MILLIS, MAX_SLOT_MILLIS, MIN_EPOCH_SLOTS, MIN_SLOT_MILLIS,
    };
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::type_value]
    pub fn DefaultSlotMillis() -> u64 {
        DEFAULT_SLOT_MILLIS
    }

    #[pallet::type_value]
    pub fn DefaultEpochSlots() -> u64 {
        DEFAULT_EPOCH_SLOTS
    }

    /// Length of a slot, in milliseconds.
    #[pallet::storage]
    pub type SlotMillis<T> = StorageValue<_, u64, ValueQuery, DefaultSlotMillis>;

    /// Length of an epoch, in slots.
    #[pallet::storage]
    pub type EpochSlots<T> = StorageValue<_, u64, ValueQuery, DefaultEpochSlots>;

    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of a slot, in milliseconds; even.
        pub slot_millis: u64,
        /// Length of an epoch, in slots.
        pub epoch_slots: u64,
        #[serde(skip)]
        pub _config: PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                slot_millis: DEFAULT_SLOT_MILLIS,
                epoch_slots: DEFAULT_EPOCH_SLOTS,
                _config: PhantomData,
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Err(why) = check(self.slot_millis, self.epoch_slots) {
                panic!(
                    "genesis timing (slotMillis {}, epochSlots {}): {why}",
                    self.slot_millis, self.epoch_slots
                );
            }
            SlotMillis::<T>::put(self.slot_millis);
            EpochSlots::<T>::put(self.epoch_slots);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            check(SlotMillis::<T>::get(), EpochSlots::<T>::get()).map_err(Into::into)
        }
    }

    /// What makes a pace acceptable. The slot must be even because the timestamp pallet keeps half
    /// of it and BABE doubles that again.
    pub(super) fn check(slot_millis: u64, epoch_slots: u64) -> Result<(), &'static str> {
        if !(MIN_SLOT_MILLIS..=MAX_SLOT_MILLIS).contains(&slot_millis) {
            return Err("slotMillis must lie between 500 and 60000");
        }
        if !slot_millis.is_multiple_of(2) {
            return Err("slotMillis must be even");
        }
        if epoch_slots < MIN_EPOCH_SLOTS {
            return Err("epochSlots must be at least 10");
        }
        Ok(())
    }
}

/// Length of a slot, in milliseconds.
pub struct SlotDuration;
impl Get<u64> for SlotDuration {
    fn get() -> u64 {
        SlotMillis::<Runtime>::get()
    }
}

/// Half a slot, as the timestamp pallet wants it, in milliseconds.
pub struct MinimumPeriod;
impl Get<u64> for MinimumPeriod {
    fn get() -> u64 {
        SlotMillis::<Runtime>::get() / 2
    }
}

/// Length of an epoch, in slots.
pub struct EpochDuration;
impl Get<u64> for EpochDuration {
    fn get() -> u64 {
        EpochSlots::<Runtime>::get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frame_support::traits::BuildGenesisConfig;

    #[test]
    fn only_a_workable_pace_is_accepted() {
        assert_eq!(
            pallet::check(DEFAULT_SLOT_MILLIS, DEFAULT_EPOCH_SLOTS),
            Ok(())
        );
        assert_eq!(pallet::check(1_000, 30), Ok(()));
        assert!(pallet::check(MIN_SLOT_MILLIS - 2, 30).is_err());
        assert!(pallet::check(MAX_SLOT_MILLIS + 2, 30).is_err());
        assert!(pallet::check(1_001, 30).is_err());
        assert!(pallet::check(1_000, MIN_EPOCH_SLOTS - 1).is_err());
    }

    #[test]
    fn genesis_sets_what_the_constants_answer() {
        sp_io::TestExternalities::default().execute_with(|| {
            assert_eq!(SlotDuration::get(), DEFAULT_SLOT_MILLIS);
            GenesisConfig::<Runtime> {
                slot_millis: 1_000,
                epoch_slots: 30,
                ..Default::default()
            }
            .build();
            assert_eq!(SlotDuration::get(), 1_000);
            assert_eq!(MinimumPeriod::get(), 500);
            assert_eq!(EpochDuration::get(), 30);
            assert_eq!(pallet_babe::Pallet::<Runtime>::slot_duration(), 1_000);
        });
    }

    #[test]
    #[should_panic(expected = "slotMillis must be even")]
    fn an_odd_slot_is_refused_at_genesis() {
        sp_io::TestExternalities::default().execute_with(|| {
            GenesisConfig::<Runtime> {
                slot_millis: 1_001,
                epoch_slots: 30,
                ..Default::default()
            }
            .build();
        });
    }
}
