//! The dense index of available providers.

use crate::{Active, ActiveCount, Config, Pallet, Providers};
use frame_support::defensive;
use sp_runtime::ArithmeticError;

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
        if index != last {
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
}
