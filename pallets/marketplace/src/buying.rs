//! Buying tokens for what is to be burned of a price in an asset, and burning them.
//!
//! Credit is bounded by what a job burned, and only tokens are burned. So a job's burned share of an
//! asset is sold on the chain's own market when the job is settled, and what that buys is burned and
//! counts as burned by the job. Whoever moves the price for it gains nothing in credit: what is burned
//! was bought at that price, from who made it.
//!
//! What others pay for moving the price is bounded besides: a block sells no more of an asset than
//! [`Config::SoldShare`] of the liquidity that the treasury has there, which nobody can add to for a
//! moment. The rest, and all of it where there is no market, is the treasury's, as it is: it burns
//! nothing and earns nothing.

use crate::{
    pallet::{BalanceOf, Config, Event, Listings, Pallet, Sold, TotalHeld},
    weights::{WeightInfo, LEGS},
};
use frame_support::{
    storage::with_storage_layer,
    traits::{
        fungible::Balanced,
        tokens::{Fortitude, Precision, Preservation},
        Get,
    },
    weights::Weight,
};
use sp_arithmetic::{traits::Saturating, FixedPointNumber};
use sp_runtime::{
    traits::{CheckedAdd, CheckedSub, Zero},
    ArithmeticError, DispatchError,
};
use swarmwork_primitives::{AssetId, BurnLedger, BurnSource, Exchange, JobCurrency, JobId};

impl<T: Config> Pallet<T> {
    /// Sells so much of what is held of an asset for a job, or as much of it as this block may, and
    /// burns the tokens that it buys. How much was sold, and how many tokens were burned: nothing and
    /// none where anything of it fails, which then leaves no trace.
    pub(crate) fn buy_and_burn(
        job: JobId,
        payer: &T::AccountId,
        asset: AssetId,
        amount: BalanceOf<T>,
    ) -> (BalanceOf<T>, BalanceOf<T>) {
        let amount = amount.min(Self::sellable(asset));
        if amount.is_zero() {
            return Default::default();
        }
        let Ok(burned) = with_storage_layer(|| Self::try_buy(payer, asset, amount)) else {
            return Default::default();
        };
        Self::deposit_event(Event::TokensBought {
            job,
            asset,
            sold: amount,
            burned,
        });
        (amount, burned)
    }

    /// How much of an asset this block may still sell.
    pub(crate) fn sellable(asset: AssetId) -> BalanceOf<T> {
        let most = T::SoldShare::get().mul_floor(Self::own_side(asset).unwrap_or_default());
        most.saturating_sub(Self::sold_now(asset))
    }

    /// The treasury's liquidity of an asset, in that asset: at a price `p` the geometric mean of both
    /// sides is `√p` times this one. By the listed rate and not by the market's own price, which can
    /// be moved.
    fn own_side(asset: AssetId) -> Option<BalanceOf<T>> {
        let rate = Listings::<T>::get(asset)?.rate;
        let both: u128 = T::Exchange::liquidity(asset).try_into().ok()?;
        let side = rate.checked_sqrt()?.reciprocal()?.checked_mul_int(both)?;
        side.try_into().ok()
    }

    /// How much of an asset this block has sold.
    fn sold_now(asset: AssetId) -> BalanceOf<T> {
        let (block, sold) = Sold::<T>::get(asset);
        if block == frame_system::Pallet::<T>::block_number() {
            sold
        } else {
            Zero::zero()
        }
    }

    fn try_buy(
        payer: &T::AccountId,
        asset: AssetId,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        let currency = JobCurrency::WithId(asset);
        let treasury = T::TreasuryAccount::get();
        Self::move_held(&currency, payer, &treasury, amount)?;
        TotalHeld::<T>::try_mutate(&currency, |total| {
            *total = total
                .checked_sub(&amount)
                .ok_or(ArithmeticError::Underflow)?;
            Ok::<_, DispatchError>(())
        })?;
        let bought = T::Exchange::sell(&treasury, asset, amount)?;
        let credit = T::Currency::withdraw(
            &treasury,
            bought,
            Precision::Exact,
            Preservation::Preserve,
            Fortitude::Polite,
        )?;
        T::BurnLedger::burn(BurnSource::JobFee, credit);
        let sold = Self::sold_now(asset)
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        Sold::<T>::insert(asset, (frame_system::Pallet::<T>::block_number(), sold));
        Ok(bought)
    }

    /// What paying the legs of a settlement in an asset weighs at most, one of which is sold, beside
    /// what the settlement does in tokens.
    pub(crate) fn legs_weight() -> Weight {
        T::WeightInfo::asset_legs(LEGS)
            .saturating_add(T::Exchange::weight())
            // The listing, what was sold; the treasury's tokens, and two books of the burn.
            .saturating_add(T::DbWeight::get().reads_writes(5, 4))
    }
}
