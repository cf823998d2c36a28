//! pallet-models: registered models.

use crate::{currency::UNIT, weights, Balance, Balances, Circuits, Runtime, RuntimeHoldReason};
use frame_support::parameter_types;

parameter_types! {
    pub const ModelDeposit: Balance = UNIT;
}

impl pallet_models::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Circuits = Circuits;
    type Deposit = ModelDeposit;
    type WeightInfo = weights::pallet_models::WeightInfo<Runtime>;
}
