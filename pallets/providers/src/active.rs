//! The dense index of available providers.
//!
//! Whoever goes has the last one move into its place. A draw must not depend on that once its seed may
//! be known, so who was where is remembered for a while.

use crate::{Active, ActiveCount, Config, Moved, Pallet, Providers};
use frame_support::defensive;
use sp_runtime::{traits::Saturating, ArithmeticError};

/// In how many blocks a place has another provider before the first of them is forgotten. A draw is
/// made long before, unless so many are waiting for theirs.
pub const MAX_MOVES: u32 = 16;

impl<T: Config> Pallet<T> {
    /// Appends a provider and returns its index, which the caller stores in the provider's record.
    pub(crate) fn push_active(who: &T::AccountId) -> Result<u32, ArithmeticError> {
        let index = ActiveCount::<T>::get();
        let count = index.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        Active::<T>::insert(index, who);
        ActiveCount::<T>::put(count);
        Ok(index)
    }

    /// Takes an index out; the last provider moves into it. The caller clears the index in the
    /// record of the provider taken out.
    pub(crate) fn remove_active(index: u32) {
        let Some(last) = ActiveCount::<T>::get().checked_sub(1) else {
            defensive!("an index of an empty active set");
            return;
        };
        let Some(moved) = Active::<T>::take(last) else {
            defensive!("a hole in the active set");
            return;
        };
        ActiveCount::<T>::put(last);
        Self::note_move(last, &moved);
        if index != last {
            if let Some(left) = Active::<T>::get(index) {
                Self::note_move(index, &left);
            }
            Providers::<T>::mutate(&moved, |record| {
                if let Some(record) = record {
                    record.active = Some(index);
                } else {
                    defensive!("an active provider without a record");
                }
            });
            Active::<T>::insert(index, moved);
        }
    }

    /// Notes who had an index until now; the first in a block had it before that block.
    fn note_move(index: u32, before: &T::AccountId) {
        let now = Self::now();
        Moved::<T>::mutate(index, |moves| {
            if moves.last().is_some_and(|(at, _)| *at == now) {
                return;
            }
            if moves.is_full() {
                moves.remove(0);
            }
            // There is room now.
            let _ = moves.try_push((now, before.clone()));
        });
    }

    /// Who had an index before anything of the last `since` blocks, or of this one.
    pub(crate) fn place_before(index: u32, since: u32) -> Option<T::AccountId> {
        let first = Self::now().saturating_sub(since.into());
        Moved::<T>::get(index)
            .into_iter()
            .find(|(at, _)| *at >= first)
            .map(|(_, who)| who)
            .or_else(|| Active::<T>::get(index))
    }
}
