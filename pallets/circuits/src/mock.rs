//! A runtime with balances and circuits.

use crate as pallet_circuits;
use frame_support::{
    derive_impl, parameter_types,
    traits::{AsEnsureOriginWithArg, Contains},
};
use frame_system::EnsureRoot;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};
use swarmwork_primitives::CircuitId;

pub type Balance = u64;
pub const ENDOWMENT: Balance = 1_000;
pub const DEPOSIT: Balance = 100;
pub const BYTE_DEPOSIT: Balance = 2;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Registry = pallet_circuits::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
}

parameter_types! {
    pub const Deposit: Balance = DEPOSIT;
    pub const ByteDeposit: Balance = BYTE_DEPOSIT;
    pub static UsedCircuits: Vec<CircuitId> = Vec::new();
}

/// The circuits in [`UsedCircuits`].
pub struct InUse;

impl Contains<CircuitId> for InUse {
    fn contains(circuit: &CircuitId) -> bool {
        UsedCircuits::get().contains(circuit)
    }
}

impl pallet_circuits::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type AttestOrigin = AsEnsureOriginWithArg<EnsureRoot<AccountId32>>;
    type Deposit = Deposit;
    type ByteDeposit = ByteDeposit;
    type InUse = InUse;
    type WeightInfo = ();
}

/// One of four accounts with funds, or another.
pub fn account(seed: u8) -> AccountId32 {
    AccountId32::new([seed; 32])
}

fn ext(development: bool) -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: (1..=4).map(|who| (account(who), ENDOWMENT)).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    pallet_circuits::GenesisConfig::<Test> {
        development,
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

/// A chain with value on it.
pub fn new_test_ext() -> sp_io::TestExternalities {
    ext(false)
}

/// A development chain.
pub fn development_ext() -> sp_io::TestExternalities {
    ext(true)
}
