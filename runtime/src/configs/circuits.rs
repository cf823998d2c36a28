//! pallet-circuits: verifying keys and the check of proofs.

use crate::{currency::UNIT, weights, Balance, Balances, Models, Runtime, RuntimeHoldReason};
use frame_support::parameter_types;
use pallet_governance::{role, EnsureRole};

parameter_types! {
    pub const CircuitDeposit: Balance = 10 * UNIT;
    /// A full quarter of a mebibyte costs about 260 tokens.
    pub const BaseByteDeposit: Balance = UNIT / 1_000;
}

impl pallet_circuits::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type AttestOrigin = EnsureRole<Runtime, role::AttestCircuits>;
    type Deposit = CircuitDeposit;
    type ByteDeposit = BaseByteDeposit;
    type InUse = Models;
    type WeightInfo = weights::pallet_circuits::WeightInfo<Runtime>;
}
