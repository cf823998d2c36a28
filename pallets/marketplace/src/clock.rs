//! The market's clock, which stands still while the market does.
//!
//! Block numbers of jobs count only the blocks in which the market was open, so that nobody misses a
//! deadline, and no agenda runs on, while results cannot be reported. Whoever names a deadline names
//! a block of the chain; it moves back by as many blocks as are lost before it.

use crate::pallet::{Config, Lost, Pallet};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
    /// The current block, less those in which the market stood still.
    pub fn now() -> BlockNumberFor<T> {
        Self::market_block(frame_system::Pallet::<T>::block_number())
    }

    /// A block of the chain on the market's clock, if the market stands still no more before it.
    pub(crate) fn market_block(block: BlockNumberFor<T>) -> BlockNumberFor<T> {
        block.saturating_sub(Lost::<T>::get())
    }

    /// The block of the chain at which the market's clock will show `at`, if the market stands
    /// still no more before it.
    pub(crate) fn chain_block(at: BlockNumberFor<T>) -> BlockNumberFor<T> {
        at.saturating_add(Lost::<T>::get())
    }

    /// Takes the current block off the clock.
    pub(crate) fn lose_block() {
        Lost::<T>::mutate(|lost| *lost = lost.saturating_add(One::one()));
    }
}
