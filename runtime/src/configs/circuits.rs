//! pallet-circuits: verifying keys and the check of proofs.

use crate::{
    currency::UNIT, weights, AccountId, Balance, Balances, Models, Runtime, RuntimeHoldReason,
};
use frame_support::parameter_types;
use frame_system::EnsureRoot;

parameter_types! {
    pub const CircuitDeposit: Balance = 10 * UNIT;
}

impl pallet_circuits::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    // Until there is governance to give it to.
    type AttestOrigin = EnsureRoot<AccountId>;
    type Deposit = CircuitDeposit;
    type InUse = Models;
    type WeightInfo = weights::pallet_circuits::WeightInfo<Runtime>;
}
