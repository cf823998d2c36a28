//! Spare capacity let to another provider, for a part of what it earns.
//!
//! A lease moves places for jobs and nothing else. The operator is drawn, reserves its own bond for
//! the jobs, answers for them with that bond, and pays the lessor its part at settlement; the
//! lessor's bond covers no job of the operator's, nor shields it. Of what the operator earns, as
//! much counts as earned on leased capacity as there is of it in its capacity.

use crate::{
    BalanceOf, Config, Error, Event, Lease, LeaseOffer, LeaseOffers, Leases, Pallet, Providers,
};
use frame_support::{defensive, ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Permill, Rounding};
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::offer_lease`].
    pub(crate) fn do_offer_lease(
        lessor: T::AccountId,
        operator: T::AccountId,
        slots: u32,
        share: Permill,
    ) -> DispatchResult {
        let record = Self::staying(&lessor)?;
        ensure!(operator != lessor, Error::<T>::LeaseToSelf);
        ensure!(slots > 0, Error::<T>::NoSlots);
        ensure!(slots <= T::MaxLeasedSlots::get(), Error::<T>::TooManySlots);
        ensure!(share <= T::MaxLeaseShare::get(), Error::<T>::ShareTooLarge);
        ensure!(
            slots <= record.slots.saturating_sub(record.lent),
            Error::<T>::NoSpareCapacity
        );
        LeaseOffers::<T>::insert(
            &lessor,
            LeaseOffer {
                operator: operator.clone(),
                slots,
                share,
            },
        );
        Self::deposit_event(Event::LeaseOffered {
            lessor,
            operator,
            slots,
            share,
        });
        Ok(())
    }

    /// See [`crate::Call::accept_lease`].
    pub(crate) fn do_accept_lease(
        operator: T::AccountId,
        lessor: T::AccountId,
        slots: u32,
        share: Permill,
    ) -> DispatchResult {
        let mut taker = Self::staying(&operator)?;
        let mut giver = Self::staying(&lessor)?;
        let offer = LeaseOffers::<T>::get(&lessor)
            .filter(|offer| offer.operator == operator)
            .ok_or(Error::<T>::NoLeaseOffer)?;
        ensure!(
            (offer.slots, offer.share) == (slots, share),
            Error::<T>::LeaseOfferChanged
        );
        ensure!(
            !Leases::<T>::contains_key(&operator),
            Error::<T>::AlreadyLeasing
        );
        // Spare is what neither others have nor the lessor's own jobs are on.
        giver.lent = giver.lent.saturating_add(slots);
        ensure!(
            giver.lent <= giver.slots && giver.running <= Self::capacity(&giver),
            Error::<T>::NoSpareCapacity
        );
        taker.leased = slots;
        Providers::<T>::insert(&lessor, giver);
        Providers::<T>::insert(&operator, taker);
        LeaseOffers::<T>::remove(&lessor);
        Leases::<T>::insert(
            &operator,
            Lease {
                lessor: lessor.clone(),
                slots,
                share,
                ends: None,
            },
        );
        Self::deposit_event(Event::LeaseBegun {
            lessor,
            operator,
            slots,
            share,
        });
        Ok(())
    }

    /// See [`crate::Call::end_lease`].
    pub(crate) fn do_end_lease(party: T::AccountId, operator: T::AccountId) -> DispatchResult {
        let mut lease = Leases::<T>::get(&operator).ok_or(Error::<T>::NoLease)?;
        ensure!(
            party == operator || party == lease.lessor,
            Error::<T>::NotPartyToLease
        );
        ensure!(lease.ends.is_none(), Error::<T>::LeaseEndingAlready);
        let ends = Self::now().saturating_add(T::LeaseNotice::get());
        lease.ends = Some(ends);
        let lessor = lease.lessor.clone();
        Leases::<T>::insert(&operator, lease);
        // No new jobs come onto capacity that has to be given back.
        Providers::<T>::mutate(&operator, |record| match record {
            Some(record) => record.leased = 0,
            None => {
                defensive!("a lease of nobody");
            }
        });
        Self::deposit_event(Event::LeaseEnding {
            lessor,
            operator,
            ends,
        });
        Ok(())
    }

    /// See [`crate::Call::close_lease`].
    pub(crate) fn do_close_lease(operator: &T::AccountId) -> DispatchResult {
        let lease = Leases::<T>::get(operator).ok_or(Error::<T>::NoLease)?;
        ensure!(Self::is_over(&lease.ends), Error::<T>::LeaseRunning);
        Leases::<T>::remove(operator);
        Providers::<T>::mutate(&lease.lessor, |record| match record {
            Some(record) => record.lent = record.lent.saturating_sub(lease.slots),
            None => {
                defensive!("a lease from nobody");
            }
        });
        Self::deposit_event(Event::LeaseClosed {
            lessor: lease.lessor,
            operator: operator.clone(),
        });
        Ok(())
    }

    fn is_over(ends: &Option<BlockNumberFor<T>>) -> bool {
        ends.is_some_and(|ends| ends <= Self::now())
    }

    /// The lessor of a provider and its part of so much earned, rounded down.
    pub(crate) fn part_of_lessor(
        operator: &T::AccountId,
        earned: BalanceOf<T>,
    ) -> Option<(T::AccountId, BalanceOf<T>)> {
        let lease = Leases::<T>::get(operator).filter(|lease| !Self::is_over(&lease.ends))?;
        let record = Providers::<T>::get(operator)?;
        let capacity = record
            .slots
            .saturating_sub(record.lent)
            .saturating_add(lease.slots);
        let on_leased = multiply_by_rational_with_rounding(
            earned.try_into().ok()?,
            lease.slots.into(),
            capacity.into(),
            Rounding::Down,
        )?;
        let on_leased = BalanceOf::<T>::try_from(on_leased).ok()?;
        Some((lease.lessor, lease.share.mul_floor(on_leased)))
    }
}
