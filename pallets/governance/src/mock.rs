//! A runtime with governance and what it is made of, around a few things to govern.

mod acting;
mod doubles;
pub mod governed;

pub use acting::*;
pub use doubles::*;

use crate::{
    self as pallet_governance, class, Balance, Budgeted, Enactor, EnsureClass, EnsureProposer,
    EnsureSpend, Names, Polls, ReputationHooks, Tracks, Turnout, VotingCurrency, WeightedTally,
    WholeDays, MAX_NAME_BYTES,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{
        fungible::HoldConsideration,
        tokens::{PayFromAccount, UnityAssetBalanceConversion},
        ConstU128, ConstU32, ConstU64, EqualPrivilegeOnly, InsideBoth, LinearStoragePrice,
        NeverEnsureOrigin,
    },
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{traits::IdentityLookup, Permill};
use swarmwork_primitives::UNIT;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Preimage: pallet_preimage,
        Scheduler: pallet_scheduler,
        SafeMode: pallet_safe_mode,
        TxPause: pallet_tx_pause,
        Utility: pallet_utility,
        Multisig: pallet_multisig,
        Proxy: pallet_proxy,
        Treasury: pallet_treasury,
        ConvictionVoting: pallet_conviction_voting,
        Referenda: pallet_referenda,
        Governance: pallet_governance,
        Governed: governed,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountId = u64;
    type Lookup = IdentityLookup<u64>;
    type AccountData = pallet_balances::AccountData<Balance>;
    type BaseCallFilter = InsideBoth<SafeMode, TxPause>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type AccountStore = System;
    type ExistentialDeposit = ConstU128<1>;
    type RuntimeHoldReason = RuntimeHoldReason;
    type MaxLocks = ConstU32<10>;
}

parameter_types! {
    pub const PreimageHold: RuntimeHoldReason =
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
    pub const MaxTask: Weight = Weight::from_parts(1_000_000_000_000, u64::MAX);
    pub const TreasuryPalletId: PalletId = PalletId(*b"py/trsry");
    pub TreasuryAccount: u64 = Treasury::account_id();
    pub const SpendPeriod: u64 = 1_000;
    pub const Bonus: Permill = Permill::from_percent(50);
    pub const Prior: Permill = Permill::from_percent(50);
    pub const SpendLimit: Balance = 1_000 * UNIT;
    pub const MonthlyShare: Permill = Permill::from_percent(10);
    pub const PriceBounds: (Balance, Balance) = (UNIT / 10, 1_000 * UNIT);
    pub const ClockCalls: &'static [(&'static str, &'static str)] = &[("Governed", "job")];
}

impl pallet_preimage::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type Currency = Balances;
    type ManagerOrigin = EnsureClass<Test, class::Upgrade>;
    type Consideration = HoldConsideration<
        u64,
        Balances,
        PreimageHold,
        LinearStoragePrice<ConstU128<1>, ConstU128<1>, Balance>,
    >;
}

impl pallet_scheduler::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeOrigin = RuntimeOrigin;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type MaximumWeight = MaxTask;
    type ScheduleOrigin = EnsureRoot<u64>;
    type MaxScheduledPerBlock = ConstU32<100>;
    type WeightInfo = ();
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}

impl pallet_safe_mode::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = WhileStopped;
    type EnterDuration = ConstU64<0>;
    type ExtendDuration = ConstU64<0>;
    type EnterDepositAmount = ();
    type ExtendDepositAmount = ();
    type ForceEnterOrigin = NeverEnsureOrigin<u64>;
    type ForceExtendOrigin = NeverEnsureOrigin<u64>;
    type ForceExitOrigin = NeverEnsureOrigin<()>;
    type ForceDepositOrigin = NeverEnsureOrigin<()>;
    type Notify = ();
    type ReleaseDelay = ();
    type WeightInfo = ();
}

impl pallet_tx_pause::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = NeverEnsureOrigin<()>;
    type UnpauseOrigin = NeverEnsureOrigin<()>;
    type WhitelistedCalls = NeverPaused;
    type MaxNameLen = ConstU32<MAX_NAME_BYTES>;
    type WeightInfo = ();
}

impl pallet_utility::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = ();
}

impl pallet_multisig::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type DepositBase = ConstU128<1>;
    type DepositFactor = ConstU128<1>;
    type MaxSignatories = ConstU32<5>;
    type WeightInfo = ();
    type BlockNumberProvider = System;
}

impl pallet_proxy::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = AnyCall;
    type ProxyDepositBase = ConstU128<1>;
    type ProxyDepositFactor = ConstU128<1>;
    type MaxProxies = ConstU32<4>;
    type WeightInfo = ();
    type CallHasher = sp_runtime::traits::BlakeTwo256;
    type MaxPending = ConstU32<2>;
    type AnnouncementDepositBase = ConstU128<1>;
    type AnnouncementDepositFactor = ConstU128<1>;
    type BlockNumberProvider = System;
}

impl pallet_treasury::Config for Test {
    type Currency = Balances;
    type RejectOrigin = EnsureClass<Test, class::Cancel>;
    type RuntimeEvent = RuntimeEvent;
    type SpendPeriod = SpendPeriod;
    type Burn = ();
    type PalletId = TreasuryPalletId;
    type BurnDestination = ();
    type WeightInfo = ();
    type SpendFunds = ();
    type MaxApprovals = ConstU32<10>;
    type SpendOrigin = EnsureSpend<Test>;
    type AssetKind = ();
    type Beneficiary = u64;
    type BeneficiaryLookup = IdentityLookup<u64>;
    type Paymaster = Budgeted<Test, PayFromAccount<Balances, TreasuryAccount>>;
    type BalanceConverter = UnityAssetBalanceConversion;
    type PayoutPeriod = ConstU64<1_000_000>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type BlockNumberProvider = System;
}

impl pallet_conviction_voting::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type Currency = VotingCurrency<Test>;
    type Polls = Polls<Test>;
    type MaxTurnout = Turnout<Test>;
    type MaxVotes = ConstU32<8>;
    type VoteLockingPeriod = WholeDays<Test, 14>;
    type BlockNumberProvider = System;
    type VotingHooks = ReputationHooks<Test>;
}

impl pallet_referenda::Config for Test {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type Scheduler = Enactor<Test>;
    type Currency = Balances;
    type SubmitOrigin = EnsureProposer<Test>;
    type CancelOrigin = EnsureClass<Test, class::Cancel>;
    type KillOrigin = EnsureClass<Test, class::Upgrade>;
    type Slash = ();
    type Votes = Balance;
    type Tally = WeightedTally<Turnout<Test>>;
    type SubmissionDeposit = ConstU128<{ 100 * UNIT }>;
    type MaxQueued = ConstU32<10>;
    type UndecidingTimeout = WholeDays<Test, 14>;
    type AlarmInterval = ConstU64<1>;
    type Tracks = Tracks<Test>;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}

impl pallet_governance::Config for Test {
    type NativeCurrency = Balances;
    type Escrow = Escrows;
    type Reputation = Scores;
    type ClassOf = Classes;
    type Purchases = Shop;
    type Tasks = Scheduler;
    type SafeMode = SafeMode;
    type TxPause = TxPause;
    type CallNames = Names<RuntimeCall>;
    type ClockCalls = ClockCalls;
    type TreasuryAccount = TreasuryAccount;
    type PriceBounds = PriceBounds;
    type DefaultPriceFloor = ConstU128<UNIT>;
    type WeightInfo = ();
    type MaxBonus = Bonus;
    type PriorScore = Prior;
    type SpendLimit = SpendLimit;
    type MonthlyShare = MonthlyShare;
    type StopDuration = WholeDays<Test, 1>;
    type MaxEnactment = MaxTask;
    type MaxHolders = ConstU32<3>;
    type MaxPaused = ConstU32<3>;
    type MaxActs = ConstU32<20>;
    type RecordCapacity = ConstU32<40>;
}

impl governed::Config for Test {}
