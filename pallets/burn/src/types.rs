//! The token's amounts, and how other pallets' imbalances reach the ledger.

use crate::{Config, Pallet};
use core::marker::PhantomData;
use frame_support::traits::{fungible, Get, Imbalance, OnUnbalanced};
use swarmwork_primitives::{BurnLedger, BurnSource, MintLedger, MintSource};

/// Amounts of the token.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Burns whatever imbalance FRAME pallets hand it, booked under `Source`.
pub struct ToBurn<T, Source>(PhantomData<(T, Source)>);

impl<T, Source, I> OnUnbalanced<I> for ToBurn<T, Source>
where
    T: Config,
    Source: Get<BurnSource>,
    I: Imbalance<BalanceOf<T>>,
{
    fn on_nonzero_unbalanced(amount: I) {
        <Pallet<T> as BurnLedger<I>>::burn(Source::get(), amount);
    }
}

/// Books whatever imbalance FRAME pallets have minted under `Source`, and hands it on to `Next`.
///
/// It takes what was issued, a credit, as well as the debt of what was deposited in accounts, which
/// becomes issuance when it is dropped.
pub struct Minted<T, Source, Next = ()>(PhantomData<(T, Source, Next)>);

impl<T, Source, Next, I> OnUnbalanced<I> for Minted<T, Source, Next>
where
    T: Config,
    Source: Get<MintSource>,
    I: Imbalance<BalanceOf<T>>,
    Next: OnUnbalanced<I>,
{
    fn on_nonzero_unbalanced(amount: I) {
        <Pallet<T> as MintLedger<BalanceOf<T>>>::minted(Source::get(), amount.peek());
        Next::on_unbalanced(amount);
    }
}
