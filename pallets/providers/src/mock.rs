//! A runtime with balances and providers.

use crate as pallet_providers;
use frame_support::{
    derive_impl, parameter_types,
    traits::{
        fungible::Credit, tokens::imbalance::ResolveTo, ConstU32, ConstU64, Contains, Imbalance,
    },
    weights::Weight,
};
use frame_system::EnsureRoot;
use sp_runtime::{
    testing::TestSignature, traits::Convert, BuildStorage, DispatchError, Perbill, Permill,
};
use std::collections::BTreeMap;
use swarmwork_primitives::{
    BurnLedger, BurnSource, CircuitId, Commitment, JobId, Jobs, OnSlashed, Penalty, SlashReason,
    Work,
};

pub type Balance = u128;
pub const ENDOWMENT: Balance = 100_000;
pub const ACCOUNTS: u64 = 5;
pub const MINIMUM_BOND: Balance = 1_000;
pub const UNBONDING: u64 = 10;
pub const CONSENT: u64 = 5;
/// What the double says that telling of a slash weighs.
pub const SLASHED_WEIGHT: Weight = Weight::from_parts(33_000_000, 3_000);
pub const QUEUE: u32 = 3;
pub const STRIKE: u64 = 40;
pub const STRIKES: u32 = 3;
pub const SLASH_DAY: u64 = 7;
pub const NOTICE: u64 = 4;
pub const MAINTENANCE: u64 = 6;
pub const INTERVAL: u64 = 20;
pub const LEASE_NOTICE: u64 = 8;
pub const LEASED_SLOTS: u32 = 2;
pub const CONCURRENT: u32 = 3;
/// What the double says that checking a proof weighs.
pub const PROVE_WEIGHT: Weight = Weight::from_parts(44_000_000, 4_000);
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
    pub const MaxConcurrentJobs: u32 = CONCURRENT;
    pub const MinimumPrice: Balance = 10;
    pub const TreasuryAccount: u64 = TREASURY;
    /// What the ledger was given.
    pub static Burned: Balance = 0;
    /// Whose slashes were told of.
    pub static Slashed: Vec<u64> = Vec::new();
    // A test spoils it to see that the integrity test notices.
    pub static SlashBurned: Permill = Permill::from_percent(50);
    pub const ConsentPeriod: u64 = CONSENT;
    pub const SlashFraction: Perbill = Perbill::from_percent(10);
    pub const CollateralRise: Perbill = Perbill::from_percent(50);
    pub const DailySlash: Perbill = Perbill::from_percent(10);
    pub const MaxLeaseShare: Permill = Permill::from_percent(50);
    // A test spoils it to see that the integrity test notices.
    pub static MaxStrikes: u32 = STRIKES;
    /// The jobs that there are.
    pub static Given: BTreeMap<JobId, Work<u64, Balance, u64>> = BTreeMap::new();
    /// The answers that are proven on chain.
    pub static Proven: BTreeMap<(JobId, u32), Commitment> = BTreeMap::new();
}

/// Forgery takes a fifth of all and the price; equivocation a twentieth, within a day's cap.
pub struct Table;

impl Convert<SlashReason, Penalty> for Table {
    fn convert(reason: SlashReason) -> Penalty {
        let (stake, price, capped) = match reason {
            SlashReason::Governance | SlashReason::Unproven | SlashReason::Withdrawn => {
                (0, 0, false)
            }
            SlashReason::Forgery => (20, 100, false),
            SlashReason::Equivocation => (6, 0, true),
        };
        Penalty {
            stake: Perbill::from_percent(stake),
            price: Perbill::from_percent(price),
            strikes: 1,
            capped,
        }
    }
}

/// A circuit is known if its first byte is below this.
pub struct Below128;

impl Contains<CircuitId> for Below128 {
    fn contains(circuit: &CircuitId) -> bool {
        circuit.0[0] < 128
    }
}

/// Answers from [`Given`] and [`Proven`]; a proof is the commitment that it proves.
pub struct Works;

impl Jobs<u64, Balance, u64> for Works {
    fn is_stored(job: &JobId) -> bool {
        Given::get().contains_key(job)
    }
    fn work(job: &JobId, _: &u64) -> Option<Work<u64, Balance, u64>> {
        Given::get().get(job).copied()
    }
    fn proven(job: &JobId, batch: u32) -> Option<Commitment> {
        Proven::get().get(&(*job, batch)).copied()
    }
    fn prove(_: &JobId, _: u32, _: &u64, proof: &[u8]) -> Result<Commitment, DispatchError> {
        proof.try_into().map_err(|_| DispatchError::Corruption)
    }
    fn prove_weight() -> Weight {
        PROVE_WEIGHT
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_job(provider: &u64, answer: Commitment) -> JobId {
        let job = JobId::repeat_byte(1);
        give(job, *provider, 100);
        Proven::mutate(|proven| proven.insert((job, 0), answer));
        job
    }
}

/// Gives a provider a job of two batches in this block.
pub fn give(job: JobId, provider: u64, price: Balance) {
    let work = Work {
        provider,
        price,
        batches: 2,
        submitted: System::block_number(),
        attested: true,
    };
    Given::mutate(|given| given.insert(job, work));
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
    type MaxUnbonding = ConstU32<QUEUE>;
    type CollateralRise = CollateralRise;
    type MaxStrikes = MaxStrikes;
    type StrikePeriod = ConstU64<STRIKE>;
    type Penalties = Table;
    type DailySlash = DailySlash;
    type SlashDay = ConstU64<SLASH_DAY>;
    type MaxSlashes = ConstU32<3>;
    type MaxFormerWorkers = ConstU32<2>;
    type Jobs = Works;
    type KnownCircuits = Below128;
    type MaintenanceNotice = ConstU64<NOTICE>;
    type MaxMaintenance = ConstU64<MAINTENANCE>;
    type MaintenanceInterval = ConstU64<INTERVAL>;
    type MaxLeasedSlots = ConstU32<LEASED_SLOTS>;
    type MaxLeaseShare = MaxLeaseShare;
    type LeaseNotice = ConstU64<LEASE_NOTICE>;
    type SlashOrigin = EnsureRoot<u64>;
    type SlashBurned = SlashBurned;
    type BurnLedger = Ledger;
    type SlashDestination = ResolveTo<TreasuryAccount, Balances>;
    type OnSlashed = Ledger;
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
    fn sign_again(worker: &u64, message: &[u8]) -> TestSignature {
        TestSignature(*worker, message.to_vec())
    }
    fn circuits(count: u32) -> Vec<CircuitId> {
        (0..count)
            .map(|index| CircuitId::repeat_byte(index as u8))
            .collect()
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

impl OnSlashed<u64> for Ledger {
    fn slashed(provider: &u64) {
        Slashed::mutate(|slashed| slashed.push(*provider));
    }
    fn slashed_weight() -> Weight {
        SLASHED_WEIGHT
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
    Given::set(BTreeMap::new());
    Proven::set(BTreeMap::new());
    ext.execute_with(|| System::set_block_number(1));
    ext
}
