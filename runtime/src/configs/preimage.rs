//! pallet-preimage: calls by their hash, for a deposit.

use crate::{
    currency::deposit, AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason,
};
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, LinearStoragePrice},
};
use pallet_governance::{class, EnsureClass};

parameter_types! {
    pub const PreimageBase: Balance = deposit(2, 64);
    pub const PreimageByte: Balance = deposit(0, 1);
    pub const PreimageHold: RuntimeHoldReason =
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type ManagerOrigin = EnsureClass<Runtime, class::Upgrade>;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        PreimageHold,
        LinearStoragePrice<PreimageBase, PreimageByte, Balance>,
    >;
}
