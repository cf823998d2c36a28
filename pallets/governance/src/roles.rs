//! Roles: given and taken by proposal, for a time. And which class has which of this pallet's powers.

use crate::{
    pallet::{Call, Config, Error, Pallet, Roles},
    tracks, Act, Actor, Class, Grant, Role,
};
use frame_support::{ensure, traits::Get};
use pallet_referenda::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// Longest term of a role, in days.
pub(crate) const MAX_TERM: (u32, u32) = (365, 1);

impl<T: Config> Pallet<T> {
    /// The class of a call of this pallet, for [`ClassOf`](crate::ClassOf).
    pub fn class_of_call(call: &Call<T>) -> Class {
        match call {
            Call::cancel { .. }
            | Call::revoke_role { .. }
            | Call::dismiss_technical { .. }
            | Call::resume { .. }
            | Call::resume_call { .. } => Class::Cancel,
            Call::set_price_floor { .. } => Class::Parameter,
            Call::buy_public { call }
                if Self::cost(call).is_some_and(|cost| cost <= T::SpendLimit::get()) =>
            {
                Class::Treasury
            }
            Call::grant_role { role, .. } => role.class(),
            _ => Class::Upgrade,
        }
    }

    pub(crate) fn do_grant(
        actor: Actor<T::AccountId>,
        role: Role,
        grant: Grant<T::AccountId, BlockNumberFor<T, ()>>,
    ) -> DispatchResult {
        if let Actor::Proposal { class, .. } = actor {
            ensure!(class >= role.class(), Error::<T>::ClassTooLight);
        }
        let now = Self::now();
        ensure!(grant.expires > now, Error::<T>::TermOver);
        ensure!(
            grant.expires <= now.saturating_add(tracks::days::<T>(MAX_TERM)),
            Error::<T>::TermTooLong
        );
        Roles::<T>::try_mutate(role, |grants| {
            grants.retain(|other| other.holder != grant.holder && other.expires > now);
            grants
                .try_push(grant.clone())
                .map_err(|_| Error::<T>::TooManyHolders)
        })?;
        Self::record(actor, Act::RoleGranted { role, grant });
        Ok(())
    }

    pub(crate) fn do_revoke(
        actor: Actor<T::AccountId>,
        role: Role,
        holder: T::AccountId,
    ) -> DispatchResult {
        Roles::<T>::try_mutate(role, |grants| {
            let before = grants.len();
            grants.retain(|grant| grant.holder != holder);
            ensure!(grants.len() < before, Error::<T>::NotHolder);
            Ok::<_, DispatchError>(())
        })?;
        Self::forget_acts(&holder);
        Self::record(actor, Act::RoleRevoked { role, holder });
        Ok(())
    }
}
