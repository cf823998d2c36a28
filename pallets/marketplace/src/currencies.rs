//! What jobs are paid in: the chain's token, or an asset that governance has listed.
//!
//! Providers ask for tokens, and what they have at stake are tokens. A listing says what a unit of its
//! asset is worth in them; at that rate a price is converted when a job finds its provider. A provider
//! says for which assets it works, and up to which rate: who lists an asset, or issues it, has no
//! power over those who did not choose it. A listing is never removed, only closed, so that every job
//! has one.

use crate::pallet::{AcceptedAssets, BalanceOf, Config, Error, Event, Listings, Pallet};
use frame_support::{
    ensure,
    traits::{fungibles::Inspect, Get},
};
use sp_arithmetic::{
    traits::Zero,
    FixedPointNumber, FixedU128, MultiplyRational,
    Rounding::{Down, Up},
};
use sp_core::H256;
use sp_runtime::DispatchResult;
use swarmwork_primitives::{AssetId, JobCurrency, Listing, Providers, Rejection};

/// What a role to list assets is limited to where it is for one of them: its number, big-endian, in
/// the last bytes.
pub fn listing_scope(asset: AssetId) -> H256 {
    let mut scope = H256::zero();
    scope.0[28..].copy_from_slice(&asset.to_be_bytes());
    scope
}

/// The asset that a job is paid in and its rate, or nothing where it is paid in tokens.
pub(crate) type Paid = Option<(AssetId, FixedU128)>;

impl<T: Config> Pallet<T> {
    /// Lists an asset, or lists it again at another rate.
    pub(crate) fn list(asset: AssetId, rate: FixedU128) -> DispatchResult {
        ensure!(!rate.is_zero(), Error::<T>::RateZero);
        ensure!(
            T::Funds::asset_exists(JobCurrency::WithId(asset)),
            Error::<T>::AssetUnknown
        );
        ensure!(
            Listings::<T>::contains_key(asset) || Listings::<T>::count() < T::MaxListed::get(),
            Error::<T>::TooManyListed
        );
        Listings::<T>::insert(asset, Listing { rate, open: true });
        Self::deposit_event(Event::AssetListed { asset, rate });
        Ok(())
    }

    /// Takes no more jobs that are paid in an asset.
    pub(crate) fn close_listing(asset: AssetId) -> DispatchResult {
        Listings::<T>::try_mutate(asset, |listing| {
            let listing = listing.as_mut().ok_or(Error::<T>::AssetNotListed)?;
            ensure!(listing.open, Error::<T>::AssetNotListed);
            listing.open = false;
            Self::deposit_event(Event::AssetClosed { asset });
            Ok(())
        })
    }

    /// Books up to which rate a provider works for an asset.
    pub(crate) fn book_asset(
        who: &T::AccountId,
        asset: AssetId,
        up_to: Option<FixedU128>,
    ) -> DispatchResult {
        match up_to {
            Some(rate) => {
                ensure!(
                    T::Providers::worker_of(who).is_some(),
                    Error::<T>::ProviderNotRegistered
                );
                ensure!(
                    Listings::<T>::contains_key(asset),
                    Error::<T>::AssetNotListed
                );
                ensure!(!rate.is_zero(), Error::<T>::RateZero);
                AcceptedAssets::<T>::insert(who, asset, rate);
            }
            None => AcceptedAssets::<T>::remove(who, asset),
        }
        Self::deposit_event(Event::AssetAccepted {
            provider: who.clone(),
            asset,
            up_to,
        });
        Ok(())
    }

    /// Whether new jobs may be paid in a currency.
    pub(crate) fn ensure_listed(currency: &JobCurrency) -> DispatchResult {
        match currency {
            JobCurrency::Native => Ok(()),
            JobCurrency::WithId(asset) => {
                let open = Listings::<T>::get(asset).is_some_and(|listing| listing.open);
                ensure!(open, Error::<T>::AssetNotListed);
                Ok(())
            }
        }
    }

    /// A currency that jobs are paid in, as providers are asked about it.
    pub(crate) fn paid(currency: &JobCurrency) -> Paid {
        match currency {
            JobCurrency::Native => None,
            // Without a listing nobody accepts it.
            JobCurrency::WithId(asset) => Some((
                *asset,
                Listings::<T>::get(asset)
                    .map_or(FixedU128::from_inner(u128::MAX), |listing| listing.rate),
            )),
        }
    }

    /// Whether a provider works for what a job is paid in.
    pub(crate) fn check_accepted(who: &T::AccountId, paid: &Paid) -> Result<(), Rejection> {
        match paid {
            None => Ok(()),
            Some((asset, rate)) => match AcceptedAssets::<T>::get(who, asset) {
                Some(up_to) if *rate <= up_to => Ok(()),
                _ => Err(Rejection::Currency),
            },
        }
    }

    /// What an amount of a currency is worth in tokens, rounded down; `None` if nobody listed it, or
    /// that is out of range.
    pub fn value_of(currency: &JobCurrency, amount: BalanceOf<T>) -> Option<BalanceOf<T>> {
        let JobCurrency::WithId(asset) = currency else {
            return Some(amount);
        };
        let rate = Listings::<T>::get(asset)?.rate.into_inner();
        let amount: u128 = amount.try_into().ok()?;
        amount
            .multiply_rational(rate, FixedU128::DIV, Down)?
            .try_into()
            .ok()
    }

    /// The least amount of a currency that is worth so many tokens; `None` as for
    /// [`Pallet::value_of`].
    ///
    /// What `value_of` says of an amount never costs more than that amount.
    pub fn price_in(currency: &JobCurrency, tokens: BalanceOf<T>) -> Option<BalanceOf<T>> {
        let JobCurrency::WithId(asset) = currency else {
            return Some(tokens);
        };
        let rate = Listings::<T>::get(asset)?.rate.into_inner();
        let tokens: u128 = tokens.try_into().ok()?;
        tokens
            .multiply_rational(FixedU128::DIV, rate, Up)?
            .try_into()
            .ok()
    }
}
