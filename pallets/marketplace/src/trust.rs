//! What a provider's standing gives it: drawn jobs up to a price.

use crate::{
    currencies::Paid,
    pallet::{BalanceOf, Config, Pallet},
};
use frame_support::{ensure, traits::Get};
use swarmwork_primitives::{Demand, Mode, Offer, ProviderStanding, Rejection, Reputation};

impl<T: Config> Pallet<T> {
    /// As [`Pallet::consider`], for a provider that a draw would choose. Who names a provider answers
    /// for the choice; who leaves it to the lottery is not given a newcomer for a large job.
    pub(crate) fn consider_drawn(
        who: &T::AccountId,
        mode: Mode,
        paid: &Paid,
        demand: &Demand<BalanceOf<T>>,
    ) -> Result<Offer<BalanceOf<T>>, Rejection> {
        let offer = Self::consider(who, mode, paid, demand)?;
        Self::ensure_entrusted(who, offer.price)?;
        Ok(offer)
    }

    /// Whether a provider may be drawn for a job that costs so much.
    pub(crate) fn ensure_entrusted(
        who: &T::AccountId,
        price: BalanceOf<T>,
    ) -> Result<(), Rejection> {
        let most = Self::entrusted(T::Reputation::standing(who));
        ensure!(price <= most, Rejection::Standing);
        Ok(())
    }

    /// Most that a drawn job may cost at a standing. Were the least price above it, a market without
    /// evidence could never come by any.
    fn entrusted(standing: ProviderStanding) -> BalanceOf<T> {
        let [newcomer, reliable, trusted, distinguished] = T::Entrusted::get();
        let most = match standing {
            ProviderStanding::Newcomer => newcomer,
            ProviderStanding::Reliable => reliable,
            ProviderStanding::Trusted => trusted,
            ProviderStanding::Distinguished => distinguished,
        };
        most.max(T::MinimumPrice::get())
    }
}
