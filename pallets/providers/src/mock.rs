//! A runtime with balances and providers.

use crate as pallet_providers;
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Credit, tokens::imbalance::ResolveTo, Imbalance},
};
use frame_system::EnsureRoot;
use sp_runtime::{testing::TestSignature, BuildStorage, Perbill, Permill};
use swarmwork_primitives::{BurnLedger, BurnSource};

pub type Balance = u128;
pub const ENDOWMENT: Balance = 100_000;
pub const ACCOUNTS: u64 = 5;
pub const MINIMUM_BOND: Balance = 1_000;
pub const UNBONDING: u64 = 10;
pub const CONSENT: u64 = 5;
/// Exists, and is no provider.
pub const TREASURY: u64 = 90;

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
    pub type Registry = pallet_providers::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
}

parameter_types! {
    pub static ExistentialDeposit: Balance = 1;
    pub const MinimumBond: Balance = MINIMUM_BOND;
    pub const ValidatorBond: Balance = 10 * MINIMUM_BOND;
    pub const SupernodeBond: Balance = 50 * MINIMUM_BOND;
    pub const UnbondingPeriod: u64 = UNBONDING;
    pub const MaxConcurrentJobs: u32 = 3;
    pub const MinimumPrice: Balance = 10;
    pub const TreasuryAccount: u64 = TREASURY;
    /// What the ledger was given.
    pub static Burned: Balance = 0;
    // A test spoils it to see that the integrity test notices.
    pub static SlashBurned: Permill = Permill::from_percent(50);
    pub const ConsentPeriod: u64 = CONSENT;
    pub const SlashFraction: Perbill = Perbill::from_percent(10);
}

impl pallet_providers::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type MinimumBond = MinimumBond;
    type ValidatorBond = ValidatorBond;
    type SupernodeBond = SupernodeBond;
    type UnbondingPeriod = UnbondingPeriod;
    type MaxConcurrentJobs = MaxConcurrentJobs;
    type MinimumPrice = MinimumPrice;
    type SlashFraction = SlashFraction;
    type SlashOrigin = EnsureRoot<u64>;
    type SlashBurned = SlashBurned;
    type BurnLedger = Ledger;
    type SlashDestination = ResolveTo<TreasuryAccount, Balances>;
    type Signature = TestSignature;
    type ConsentPeriod = ConsentPeriod;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = WorkerKeys;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct WorkerKeys;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64, TestSignature> for WorkerKeys {
    fn sign(message: &[u8]) -> (u64, TestSignature) {
        (99, TestSignature(99, message.to_vec()))
    }
}

/// Counts what it burns.
pub struct Ledger;

impl BurnLedger<Credit<u64, Balances>> for Ledger {
    fn burn(source: BurnSource, credit: Credit<u64, Balances>) {
        assert_eq!(source, BurnSource::Slash);
        Burned::mutate(|burned| *burned += credit.peek());
    }
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: (1..=ACCOUNTS)
            .chain([TREASURY])
            .map(|who| (who, ENDOWMENT))
            .collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}
