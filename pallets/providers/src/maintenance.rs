//! Maintenance: announced, bounded, and no way round a job.
//!
//! During its maintenance a provider is given no job, so none fails and its score stays. Notice is
//! longer than any draw can be foreseen, and the jobs it has are still to be done.

use crate::{Config, Error, Event, Pallet, ProviderOf, Window};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Whether a provider is in maintenance now.
    pub(crate) fn in_maintenance(record: &ProviderOf<T>) -> bool {
        record
            .maintenance
            .is_some_and(|window| window.contains(Self::now()))
    }

    /// See [`crate::Call::announce_maintenance`].
    pub(crate) fn do_announce_maintenance(
        provider: T::AccountId,
        from: BlockNumberFor<T>,
        until: BlockNumberFor<T>,
    ) -> DispatchResult {
        let now = Self::now();
        Self::try_mutate_staying(&provider, |record| {
            if let Some(last) = record.maintenance {
                ensure!(last.until <= now, Error::<T>::MaintenancePending);
                record.rested = last.until.saturating_add(T::MaintenanceInterval::get());
            }
            ensure!(
                from >= now.saturating_add(T::MaintenanceNotice::get()),
                Error::<T>::MaintenanceTooSoon
            );
            ensure!(from >= record.rested, Error::<T>::MaintenanceTooOften);
            ensure!(until > from, Error::<T>::MaintenanceEmpty);
            ensure!(
                until.saturating_sub(from) <= T::MaxMaintenance::get(),
                Error::<T>::MaintenanceTooLong
            );
            record.maintenance = Some(Window { from, until });
            Ok(())
        })?;
        Self::deposit_event(Event::MaintenanceAnnounced {
            provider,
            from,
            until,
        });
        Ok(())
    }

    /// See [`crate::Call::end_maintenance`].
    pub(crate) fn do_end_maintenance(provider: T::AccountId) -> DispatchResult {
        let now = Self::now();
        Self::try_mutate_staying(&provider, |record| {
            let window = record
                .maintenance
                .filter(|window| now < window.until)
                .ok_or(Error::<T>::NoMaintenance)?;
            // What has begun counts as had: it is followed by the same interval.
            record.maintenance = (window.from < now).then_some(Window {
                from: window.from,
                until: now,
            });
            Ok(())
        })?;
        Self::deposit_event(Event::MaintenanceEnded { provider });
        Ok(())
    }
}
