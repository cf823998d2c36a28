//! pallet-circuits: verifying keys and the check of proofs.

use crate::{currency::UNIT, weights, Balance, Balances, Models, Runtime, RuntimeHoldReason};
use frame_support::parameter_types;
use pallet_governance::{role, EnsureRole};

parameter_types! {
    pub const CircuitDeposit: Balance = 10 * UNIT;
}

impl pallet_circuits::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type AttestOrigin = EnsureRole<Runtime, role::AttestCircuits>;
    type Deposit = CircuitDeposit;
    type InUse = Models;
    type WeightInfo = weights::pallet_circuits::WeightInfo<Runtime>;
}
