//! What a provider's standing gives it: drawn jobs up to a price.

use crate::pallet::{BalanceOf, Config, Pallet};
use frame_support::{ensure, traits::Get};
use swarmwork_primitives::{ProviderStanding, Rejection, Reputation};

impl<T: Config> Pallet<T> {
    /// Whether a provider may be drawn for a job that costs so much. Who names a provider answers for
    /// the choice; who leaves it to the lottery is not given a newcomer for a large job.
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
