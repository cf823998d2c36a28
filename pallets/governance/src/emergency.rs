//! Stopping: the market as a whole, or single calls, and each only for a time.
//!
//! `pallet_safe_mode` and `pallet_tx_pause` filter the calls; this pallet holds the only keys to
//! them, ends every pause by itself, and puts each act on record. Neither consensus nor governance
//! is behind those filters.

use crate::{
    pallet::{Config, Error, Pallet, PausedUntil},
    Act, Actor, CallName,
};
use core::marker::PhantomData;
use frame_support::{
    ensure,
    migrations::{FailedMigrationHandler, FailedMigrationHandling},
    traits::{Get, SafeMode, TransactionPause, TransactionPauseError},
};
use pallet_referenda::BlockNumberFor;
use sp_runtime::{
    traits::{BlockNumberProvider, Bounded, Saturating, Zero},
    DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn now() -> BlockNumberFor<T, ()> {
        <T as pallet_referenda::Config>::BlockNumberProvider::current_block_number()
    }

    /// Stops the market for [`Config::StopDuration`] from now on.
    pub(crate) fn do_stop(actor: Actor<T::AccountId>) -> DispatchResult {
        Self::stop_for(actor, T::StopDuration::get())
    }

    /// Stops the market for so long from now on, or for as long as it is stopped anyway.
    fn stop_for(actor: Actor<T::AccountId>, duration: BlockNumberFor<T, ()>) -> DispatchResult {
        let remaining = T::SafeMode::remaining();
        match remaining {
            Some(remaining) => T::SafeMode::extend(duration.saturating_sub(remaining)),
            None => T::SafeMode::enter(duration),
        }
        .map_err(|_| Error::<T>::CannotStop)?;
        let lasts = remaining.map_or(duration, |remaining| duration.max(remaining));
        let until = Self::now().saturating_add(lasts);
        Self::record_decision(actor, Act::Stopped { until })
    }

    /// Ends the stop of the market. The technical account ends what it could have begun: a stop for
    /// longer is one without end, after a migration failed.
    pub(crate) fn do_resume(actor: Actor<T::AccountId>) -> DispatchResult {
        let without_end =
            T::SafeMode::remaining().is_some_and(|left| left > T::StopDuration::get());
        ensure!(
            !(without_end && matches!(actor, Actor::Technical(_))),
            Error::<T>::BeyondTechnical
        );
        T::SafeMode::exit().map_err(|_| Error::<T>::NotStopped)?;
        Self::record_decision(actor, Act::Resumed)
    }

    /// Pauses a call for [`Config::StopDuration`] from now on.
    pub(crate) fn do_pause(actor: Actor<T::AccountId>, call: CallName) -> DispatchResult {
        ensure!(T::CallNames::exists(&call), Error::<T>::UnknownCall);
        let until = Self::now().saturating_add(T::StopDuration::get());
        PausedUntil::<T>::try_mutate(|paused| {
            if let Some((_, end)) = paused.iter_mut().find(|(name, _)| *name == call) {
                *end = until;
                return Ok(());
            }
            T::TxPause::pause(call.clone()).map_err(|error| match error {
                TransactionPauseError::Unpausable => Error::<T>::NeverPaused,
                _ => Error::<T>::CannotStop,
            })?;
            paused
                .try_push((call.clone(), until))
                .map_err(|_| Error::<T>::TooManyPaused)
        })?;
        Self::record_decision(actor, Act::CallPaused { call, until })
    }

    /// Lets a paused call be made again.
    pub(crate) fn do_resume_call(actor: Actor<T::AccountId>, call: CallName) -> DispatchResult {
        PausedUntil::<T>::try_mutate(|paused| {
            let at = paused
                .iter()
                .position(|(name, _)| *name == call)
                .ok_or(Error::<T>::NotPaused)?;
            paused.swap_remove(at);
            T::TxPause::unpause(call.clone()).map_err(|_| Error::<T>::NotPaused)
        })?;
        Self::record_decision(actor, Act::CallResumed { call })
    }

    /// Ends the pauses whose time is over; how many.
    pub(crate) fn end_pauses(now: BlockNumberFor<T, ()>) -> u32 {
        let paused = PausedUntil::<T>::get();
        let mut ended = 0u32;
        for (call, _) in paused.into_iter().filter(|(_, until)| *until < now) {
            if Self::do_resume_call(Actor::Clock, call).is_err() {
                frame_support::defensive!("a pause on the list was not in force");
            }
            ended = ended.saturating_add(1);
        }
        ended
    }
}

/// Stops the market without end when a migration of storage fails: nobody touches what was left half
/// migrated, while consensus, staking and governance go on, so that a proposal can repair it and end
/// the stop. If the market cannot be stopped, the chain takes no more transactions.
pub struct StopOnFailedMigration<T>(PhantomData<T>);
impl<T: Config> FailedMigrationHandler for StopOnFailedMigration<T> {
    fn failed(_migration: Option<u32>) -> FailedMigrationHandling {
        match Pallet::<T>::stop_for(Actor::Root, Bounded::max_value()) {
            Ok(()) => FailedMigrationHandling::ForceUnstuck,
            Err(_) => FailedMigrationHandling::KeepStuck,
        }
    }
}

/// Which calls the runtime has.
pub trait CallNames {
    /// Whether there is a call of this name.
    fn exists(call: &CallName) -> bool;
}

impl<Call: frame_support::traits::GetCallMetadata> CallNames for Names<Call> {
    fn exists((pallet, call): &CallName) -> bool {
        let named = |name: &&str| name.as_bytes() == pallet.as_slice();
        Call::get_module_names()
            .iter()
            .find(|name| named(name))
            .is_some_and(|pallet| {
                Call::get_call_names(pallet)
                    .iter()
                    .any(|name| name.as_bytes() == call.as_slice())
            })
    }
}

/// The names in the metadata of a runtime's calls.
pub struct Names<Call>(PhantomData<Call>);

/// Whether the market stands still: while it is stopped, and while a call is paused without which
/// nobody can meet a deadline.
pub struct Halted<T>(PhantomData<T>);
impl<T: Config> Get<bool> for Halted<T> {
    fn get() -> bool {
        T::SafeMode::is_entered()
            || (!PausedUntil::<T>::decode_len().unwrap_or(0).is_zero()
                && T::ClockCalls::get()
                    .iter()
                    .any(|(pallet, call)| name(pallet, call).is_ok_and(T::TxPause::is_paused)))
    }
}

/// A call's name as it is stored.
pub fn name(pallet: &str, call: &str) -> Result<CallName, DispatchError> {
    let bounded = |name: &str| {
        name.as_bytes()
            .to_vec()
            .try_into()
            .map_err(|_| DispatchError::Exhausted)
    };
    Ok((bounded(pallet)?, bounded(call)?))
}
