//! What the treasury buys itself, by proposal: public jobs.
//!
//! Credit needs jobs that burn, and before there is demand somebody has to buy them. A proposal names
//! the purchase, which is then made as the treasury's account would make it: a job like others, whose
//! refund goes back to the treasury. It counts against the month's part as every payment does, at
//! the most that it may cost; so nothing is gained by asking for it this way.

use crate::{
    pallet::{Config, Error, Pallet},
    Balance, CallOf,
};
use frame_support::{
    dispatch_context::with_context,
    ensure,
    traits::{Currency, Get},
};
use frame_system::RawOrigin as SystemOrigin;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};

/// What a treasury may buy, and at what cost.
pub trait Purchases<Call> {
    /// Most that a call takes from whoever makes it; `None` for what is not for sale.
    fn cost(call: &Call) -> Option<Balance>;

    /// A call of that cost.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_purchase(cost: Balance) -> Call;
}

/// What the proposal that is being enacted has bought so far: a batch spends no more than one call.
#[derive(Default)]
struct Bought(Balance);

impl<T: Config> Pallet<T> {
    /// Most that a purchase takes from the treasury; `None` for what it does not buy.
    pub(crate) fn cost(call: &CallOf<T>) -> Option<Balance> {
        T::Purchases::cost(call)
    }

    /// See [`crate::Call::buy_public`].
    pub(crate) fn do_buy(limit: Balance, call: CallOf<T>) -> DispatchResult {
        let cost = Self::set_aside(limit, &call)?;
        let treasury = T::TreasuryAccount::get();
        let free = || <T::NativeCurrency as Currency<T::AccountId>>::free_balance(&treasury);
        let before = free();
        let origin: T::RuntimeOrigin = SystemOrigin::Signed(treasury.clone()).into();
        // Filtered as everybody's: nothing is bought while the market is stopped.
        call.dispatch(origin).map_err(|failed| failed.error)?;
        ensure!(
            before.saturating_sub(free()) <= cost,
            Error::<T>::CostsMoreThanSaid
        );
        Ok(())
    }

    /// Takes what a purchase costs at most out of the month's allowance; how much that is.
    pub(crate) fn set_aside(limit: Balance, call: &CallOf<T>) -> Result<Balance, DispatchError> {
        let cost = Self::cost(call).ok_or(Error::<T>::NotForSale)?;
        let bought = with_context::<Bought, _>(|value| {
            let Bought(sum) = value.or_default();
            *sum = sum.saturating_add(cost);
            *sum
        });
        ensure!(bought.unwrap_or(cost) <= limit, Error::<T>::BeyondLimit);
        Self::spend_budget(cost)?;
        Ok(cost)
    }
}
