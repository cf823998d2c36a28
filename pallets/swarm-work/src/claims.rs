//! Claims: credit is minted to whoever fetches it, when it has vested.

use crate::pallet::{Config, Credits, Epochs, Error, Event, Pallet, TotalClaimed};
use frame_support::{ensure, traits::fungible::Balanced};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use swarmwork_primitives::{MintLedger, MintSource};

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::claim`].
    pub(crate) fn do_claim(who: T::AccountId, from: u32, count: u32) -> DispatchResult {
        let last = from.saturating_add(count);
        let mut amount = 0u128;
        for index in from..last {
            amount = amount
                .checked_add(Self::collect(&who, index)?)
                .ok_or(ArithmeticError::Overflow)?;
        }
        ensure!(amount > 0, Error::<T>::NothingToClaim);
        let credit = T::Currency::issue(amount);
        T::Currency::resolve(&who, credit).map_err(|_| Error::<T>::CannotReceive)?;
        T::MintLedger::minted(MintSource::SwarmWork, amount);
        let total = TotalClaimed::<T>::get()
            .checked_add(amount)
            .ok_or(ArithmeticError::Overflow)?;
        TotalClaimed::<T>::put(total);
        Self::deposit_event(Event::Claimed {
            provider: who,
            amount,
        });
        Ok(())
    }

    /// Books what has vested of one epoch's grant as claimed; how much it is.
    fn collect(who: &T::AccountId, index: u32) -> Result<u128, DispatchError> {
        let now = frame_system::Pallet::<T>::block_number();
        let (Some(mut epoch), Ok(mut grant)) =
            (Epochs::<T>::get(index), Credits::<T>::try_get(index, who))
        else {
            return Ok(0);
        };
        let (_, vested) = Self::entitled(&grant, &epoch, now);
        let due = vested.saturating_sub(grant.claimed);
        if due == 0 {
            return Ok(0);
        }
        grant.claimed = vested;
        epoch.paid = epoch
            .paid
            .checked_add(due)
            .ok_or(ArithmeticError::Overflow)?;
        Credits::<T>::insert(index, who, grant);
        Epochs::<T>::insert(index, epoch);
        Ok(due)
    }
}
