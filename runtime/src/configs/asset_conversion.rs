//! pallet-asset-conversion: constant-product pools of the token and assets, on which anyone trades and
//! anyone provides liquidity. What is to be burned of prices in assets is sold here.

use super::{assets::PoolInstance, treasury::TreasuryAccount};
use crate::{
    currency::{deposit, UNIT},
    AccountId, AssetConversion, Assets, Balance, Balances, PoolAssets, Runtime, RuntimeEvent,
};
use alloc::vec;
use frame_support::{
    parameter_types,
    traits::{
        fungible::{NativeFromLeft, UnionOf},
        tokens::imbalance::ResolveAssetTo,
        ConstU128, ConstU32, Get,
    },
    weights::Weight,
    PalletId,
};
use pallet_asset_conversion::{
    AccountIdConverter, Config, PoolLocator, Pools, Swap, WeightInfo, WithFirstAsset,
};
use pallet_governance::{class, EnsureClass};
use sp_runtime::{DispatchError, Permill};
use swarmwork_primitives::{parameters, AssetId, Exchange, JobCurrency};

parameter_types! {
    pub const AssetConversionPalletId: PalletId = PalletId(*b"py/ascon");
    pub const Native: JobCurrency = JobCurrency::Native;
    pub const SwapFee: Permill = parameters::SWAP_FEE;
    pub const MaxSwapFee: Permill = Permill::from_percent(5);
    /// For the pool's record, its asset of shares and its accounts.
    pub const PoolSetupFee: Balance = UNIT + deposit(4, 512);
    pub const NoWithdrawalFee: Permill = Permill::zero();
}

/// What pools trade: the token, and assets.
pub type Traded = UnionOf<Balances, Assets, NativeFromLeft, JobCurrency, AccountId>;
/// The two that a pool trades, the token first.
pub type PoolId = (JobCurrency, JobCurrency);
/// Every pool has the token on one side.
pub type Locator = WithFirstAsset<
    Native,
    AccountId,
    JobCurrency,
    AccountIdConverter<AssetConversionPalletId, PoolId>,
>;

impl Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Balance = Balance;
    type HigherPrecisionBalance = sp_core::U256;
    type AssetKind = JobCurrency;
    type Assets = Traded;
    type PoolId = PoolId;
    type PoolLocator = Locator;
    type PoolAssetId = AssetId;
    type PoolAssets = PoolAssets;
    type LPFee = SwapFee;
    type AdminOrigin = EnsureClass<Runtime, class::Upgrade>;
    type MaxSwapFee = MaxSwapFee;
    type PoolSetupFee = PoolSetupFee;
    type PoolSetupFeeAsset = Native;
    type PoolSetupFeeTarget = ResolveAssetTo<TreasuryAccount, Traded>;
    type LiquidityWithdrawalFee = NoWithdrawalFee;
    type MintMinLiquidity = ConstU128<100>;
    type MaxSwapPathLength = ConstU32<3>;
    type PalletId = AssetConversionPalletId;
    type WeightInfo = pallet_asset_conversion::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = pallet_asset_conversion::NativeOrWithIdFactory<AssetId>;
}

/// Where tokens are bought for what jobs pay in assets.
pub struct Market;
impl Exchange<AccountId, Balance> for Market {
    /// The treasury's shares: of a pool's shares as many were made as the geometric mean of what both
    /// its sides were given, and fees only make them worth more.
    fn liquidity(asset: AssetId) -> Balance {
        let id = Locator::pool_id(&JobCurrency::Native, &JobCurrency::WithId(asset));
        let Some((id, pool)) = id
            .ok()
            .and_then(|id| Pools::<Runtime>::get(&id).map(|pool| (id, pool)))
        else {
            return 0;
        };
        // A lower one, which an upgrade may set, would not pay for what is sold in a block.
        if AssetConversion::pool_fee(&id) < SwapFee::get() {
            return 0;
        }
        pallet_assets::Pallet::<Runtime, PoolInstance>::balance(
            pool.lp_token,
            TreasuryAccount::get(),
        )
    }

    fn sell(seller: &AccountId, asset: AssetId, amount: Balance) -> Result<Balance, DispatchError> {
        <AssetConversion as Swap<AccountId>>::swap_exact_tokens_for_tokens(
            seller.clone(),
            vec![JobCurrency::WithId(asset), JobCurrency::Native],
            amount,
            Some(1),
            seller.clone(),
            // All that an account has of the asset may be sold.
            false,
        )
    }

    fn weight() -> Weight {
        <Runtime as Config>::WeightInfo::swap_exact_tokens_for_tokens(2)
            // The pool, its fee and the treasury's shares.
            .saturating_add(<Runtime as frame_system::Config>::DbWeight::get().reads(3))
    }
}
