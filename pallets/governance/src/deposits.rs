//! What proposals lose that came to nothing.
//!
//! Referenda gives the submission deposit of an approved or a cancelled proposal back, to whoever asks
//! for it. That of a rejected one, and of one that nobody backed, it keeps reserved for good: lost to
//! its owner, of use to nobody, and still a vote. Here it goes where slashed deposits go.

use crate::pallet::{Config, Error, Pallet};
use frame_support::traits::{OnUnbalanced, ReservableCurrency};
use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
use sp_runtime::DispatchResult;

type CurrencyOf<T> = <T as pallet_referenda::Config>::Currency;
type SlashOf<T> = <T as pallet_referenda::Config>::Slash;

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::collect_deposit`].
    pub(crate) fn do_collect(index: u32) -> DispatchResult {
        let deposit = ReferendumInfoFor::<T>::try_mutate(index, |info| match info {
            Some(
                ReferendumInfo::Rejected(_, deposit, _) | ReferendumInfo::TimedOut(_, deposit, _),
            ) => deposit.take().ok_or(Error::<T>::NoDeposit),
            _ => Err(Error::<T>::NoDeposit),
        })?;
        let (lost, _) = CurrencyOf::<T>::slash_reserved(&deposit.who, deposit.amount);
        SlashOf::<T>::on_unbalanced(lost);
        Ok(())
    }
}
