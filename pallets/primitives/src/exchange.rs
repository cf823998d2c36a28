//! The market on which tokens are bought for what jobs pay in assets.

use crate::AssetId;
use frame_support::weights::Weight;
use sp_runtime::DispatchError;

/// A constant-product market between the token and each asset.
pub trait Exchange<AccountId, Balance> {
    /// How much liquidity of an asset's market belongs to the treasury: the geometric mean of what it
    /// has on both sides, in their smallest units. Trading does not change it, and nobody else adds to
    /// it without giving it away. Zero where there is no market, or one that charges too little.
    fn liquidity(asset: AssetId) -> Balance;
    /// Sells exactly so much of what an account has of an asset; how many tokens it got, at least one.
    /// May have done a part of it where it fails.
    fn sell(seller: &AccountId, asset: AssetId, amount: Balance) -> Result<Balance, DispatchError>;
    /// Weight of asking for the liquidity and of one sale.
    fn weight() -> Weight;
}
