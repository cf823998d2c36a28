//! What readers see beyond what the market asks.

use crate::{
    BalanceOf, Config, LeaseOffers, Leases, Pallet, Profiles, Providers, Slashes, Unbonding,
};
use frame_system::pallet_prelude::BlockNumberFor;
use swarmwork_primitives::{LeaseOfferView, LeaseView, ProviderDetails};

impl<T: Config> Pallet<T> {
    /// What there is to know of a provider besides [`Pallet::view`].
    pub fn details(
        who: &T::AccountId,
    ) -> Option<ProviderDetails<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        let record = Providers::<T>::get(who)?;
        Some(ProviderDetails {
            profile: Profiles::<T>::get(who),
            capacity: Self::capacity(&record),
            slots: record.slots,
            unbonding: Unbonding::<T>::get(who)
                .iter()
                .map(|chunk| (chunk.amount, chunk.at))
                .collect(),
            leaving: record.leaving,
            owed: record.owed,
            strikes: Self::strikes(record.strikes),
            least_bond: Self::least_bond(&record),
            maintenance: record.maintenance.map(|window| (window.from, window.until)),
            lent: record.lent,
            lease: Leases::<T>::get(who).map(|lease| LeaseView {
                lessor: lease.lessor,
                slots: lease.slots,
                share: lease.share,
                ends: lease.ends,
            }),
            offered: LeaseOffers::<T>::get(who).map(|offer| LeaseOfferView {
                operator: offer.operator,
                slots: offer.slots,
                share: offer.share,
            }),
            slashes: Slashes::<T>::get(who).into_inner(),
        })
    }
}
