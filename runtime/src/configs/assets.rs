//! pallet-assets and pallet-assets-holder: tokens that others issue, such as stable-coins; and, apart
//! from those, the shares of pools.
//!
//! Anyone may issue one for a deposit. Jobs are paid in those that governance has listed; see
//! pallet-marketplace.

use crate::{
    currency::deposit, AccountId, AssetsHolder, Balance, Balances, Runtime, RuntimeEvent,
    RuntimeHoldReason,
};
use frame_support::{
    parameter_types,
    traits::{AsEnsureOriginWithArg, ConstU128, ConstU32},
};
use frame_system::{EnsureNever, EnsureSigned};
use pallet_governance::{class, EnsureClass};
use swarmwork_primitives::AssetId;

parameter_types! {
    pub const AssetDeposit: Balance = deposit(1, 190);
    pub const AssetAccountDeposit: Balance = deposit(1, 16);
    pub const MetadataDepositBase: Balance = deposit(1, 68);
    pub const MetadataDepositPerByte: Balance = deposit(0, 1);
    pub const ApprovalDeposit: Balance = deposit(1, 52);
}

impl pallet_assets::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Balance = Balance;
    type RemoveItemsLimit = ConstU32<200>;
    type AssetId = AssetId;
    type AssetIdParameter = AssetId;
    type ReserveData = ();
    type Currency = Balances;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    type ForceOrigin = EnsureClass<Runtime, class::Upgrade>;
    type AssetDeposit = AssetDeposit;
    type AssetAccountDeposit = AssetAccountDeposit;
    type MetadataDepositBase = MetadataDepositBase;
    type MetadataDepositPerByte = MetadataDepositPerByte;
    type ApprovalDeposit = ApprovalDeposit;
    type StringLimit = ConstU32<50>;
    type Freezer = ();
    type Holder = AssetsHolder;
    type Extra = ();
    type CallbackHandle = ();
    type AssetIdAllocator = ();
    type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

/// The shares of pools are assets of their own, which pallet-asset-conversion alone makes.
pub type PoolInstance = pallet_assets::Instance1;

impl pallet_assets::Config<PoolInstance> for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Balance = Balance;
    type RemoveItemsLimit = ConstU32<200>;
    type AssetId = AssetId;
    type AssetIdParameter = AssetId;
    type ReserveData = ();
    type Currency = Balances;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
    type ForceOrigin = EnsureClass<Runtime, class::Upgrade>;
    // What a pool takes of the state is paid for by its fee.
    type AssetDeposit = ConstU128<0>;
    type AssetAccountDeposit = AssetAccountDeposit;
    type MetadataDepositBase = MetadataDepositBase;
    type MetadataDepositPerByte = MetadataDepositPerByte;
    type ApprovalDeposit = ApprovalDeposit;
    type StringLimit = ConstU32<50>;
    type Freezer = ();
    type Holder = ();
    type Extra = ();
    type CallbackHandle = ();
    type AssetIdAllocator = ();
    type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

impl pallet_assets_holder::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeEvent = RuntimeEvent;
}
