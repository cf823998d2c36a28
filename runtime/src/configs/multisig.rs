//! pallet-multisig: accounts of several keys, such as the technical one.

use crate::{currency::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use frame_support::{parameter_types, traits::ConstU32};

parameter_types! {
    pub const MultisigBase: Balance = deposit(1, 88);
    pub const MultisigFactor: Balance = deposit(0, 32);
}

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type DepositBase = MultisigBase;
    type DepositFactor = MultisigFactor;
    type MaxSignatories = ConstU32<50>;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
    type BlockNumberProvider = System;
}
