//! How often one account acts on its own decision.
//!
//! The record is bounded, and acting costs whoever has a role or is the technical account no more than
//! a fee. Without a limit the holder of the narrowest role could have its own acts take the place of
//! everybody's. With it, taking the power from whoever tries is quicker than that.

use crate::{
    pallet::{ActsOfDay, Config, Error, Pallet},
    tracks::days,
    Act, Actor,
};
use frame_support::{ensure, traits::Get};
use pallet_referenda::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Counts an act of an account.
    ///
    /// # Errors
    /// [`Error::TooManyActs`] if it has made [`Config::MaxActs`] within a day.
    pub(crate) fn count_act(who: &T::AccountId) -> DispatchResult {
        let now = Self::now();
        ActsOfDay::<T>::try_mutate(who, |acts| {
            let (since, count) = acts
                .take()
                .filter(|&(since, _)| now < since.saturating_add(days::<T>((1, 1))))
                .unwrap_or((now, 0));
            ensure!(count < T::MaxActs::get(), Error::<T>::TooManyActs);
            *acts = Some((since, count.saturating_add(1)));
            Ok::<_, DispatchError>(())
        })
    }

    /// Forgets what was counted of an account that has lost a power.
    pub(crate) fn forget_acts(who: &T::AccountId) {
        ActsOfDay::<T>::remove(who);
    }

    /// Puts an act on record, and counts it if the technical account decided it.
    pub(crate) fn record_decision(
        actor: Actor<T::AccountId>,
        act: Act<T::AccountId, BlockNumberFor<T, ()>>,
    ) -> DispatchResult {
        if let Actor::Technical(who) = &actor {
            Self::count_act(who)?;
        }
        Self::record(actor, act);
        Ok(())
    }
}
