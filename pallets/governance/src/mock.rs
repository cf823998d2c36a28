//! A runtime with governance and what it is made of, around a few things to govern.

mod acting;

pub use acting::*;

use crate::{
    self as pallet_governance, class, Balance, Budgeted, Class, ClassOf, Enactor, EnsureClass,
    EnsureProposer, EnsureSpend, Escrow, Names, Polls, ReputationHooks, Tracks, Turnout,
    VotingCurrency, WeightedTally, WholeDays, MAX_NAME_BYTES,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    derive_impl, parameter_types,
    traits::{
        fungible::HoldConsideration,
        tokens::{PayFromAccount, UnityAssetBalanceConversion},
        Bounded, ConstU128, ConstU32, ConstU64, Contains, EqualPrivilegeOnly, InsideBoth,
        InstanceFilter, LinearStoragePrice, NeverEnsureOrigin,
    },
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use scale_info::TypeInfo;
use sp_runtime::{traits::IdentityLookup, BuildStorage, Permill};
use std::{cell::RefCell, collections::BTreeMap};
use swarmwork_primitives::{Outcome, Reputation, UNIT};

/// A pallet with something for each class to do.
#[frame_support::pallet]
pub mod governed {
    use crate::{role, EnsureRole};
    use frame_support::{pallet_prelude::*, traits::EnsureOriginWithArg};
    use frame_system::pallet_prelude::*;
    use sp_core::H256;

    #[pallet::config]
    pub trait Config: frame_system::Config + crate::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Attested things.
    #[pallet::storage]
    pub type Attested<T> = StorageMap<_, Identity, H256, ()>;

    /// Audits drawn.
    #[pallet::storage]
    pub type Audits<T> = StorageValue<_, u32, ValueQuery>;

    /// Ordinary calls made.
    #[pallet::storage]
    pub type Jobs<T> = StorageValue<_, u32, ValueQuery>;

    #[pallet::error]
    pub enum Error<T> {
        /// It is attested already.
        Twice,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        #[pallet::call_index(0)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn attest(origin: OriginFor<T>, thing: H256) -> DispatchResult {
            <EnsureRole<T, role::AttestCircuits> as EnsureOriginWithArg<_, H256>>::ensure_origin(
                origin, &thing,
            )?;
            ensure!(!Attested::<T>::contains_key(thing), Error::<T>::Twice);
            Attested::<T>::insert(thing, ());
            Ok(())
        }

        #[pallet::call_index(1)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn draw_audit(origin: OriginFor<T>) -> DispatchResult {
            <EnsureRole<T, role::DrawAudits> as EnsureOrigin<_>>::ensure_origin(origin)?;
            Audits::<T>::mutate(|n| *n += 1);
            Ok(())
        }

        #[pallet::call_index(2)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn job(origin: OriginFor<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Jobs::<T>::mutate(|n| *n += 1);
            Ok(())
        }
    }
}

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

/// While the market is stopped only this and governance go on.
pub struct WhileStopped;
impl Contains<RuntimeCall> for WhileStopped {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(call, RuntimeCall::Balances(..) | RuntimeCall::Governed(..))
    }
}

/// What can never be paused.
pub struct NeverPaused;
impl Contains<crate::CallName> for NeverPaused {
    fn contains((pallet, _): &crate::CallName) -> bool {
        [&b"Governance"[..], b"Referenda", b"ConvictionVoting"].contains(&pallet.as_slice())
    }
}

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

/// One kind of proxy, for everything.
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum AnyCall {
    #[default]
    Any,
}
impl InstanceFilter<RuntimeCall> for AnyCall {
    fn filter(&self, _: &RuntimeCall) -> bool {
        true
    }
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

thread_local! {
    static SCORES: RefCell<BTreeMap<u64, Permill>> = const { RefCell::new(BTreeMap::new()) };
    static ESCROWS: RefCell<BTreeMap<u64, Balance>> = const { RefCell::new(BTreeMap::new()) };
}

/// Scores that tests set.
pub struct Scores;
impl Scores {
    pub fn set(who: u64, percent: u32) {
        SCORES.with(|s| s.borrow_mut().insert(who, Permill::from_percent(percent)));
    }
}
impl Reputation<u64, Balance> for Scores {
    fn record(_: &u64, _: &u64, _: Outcome, _: Balance) {}
    fn score(who: &u64) -> Permill {
        SCORES.with(|s| s.borrow().get(who).copied().unwrap_or(Prior::get()))
    }
}

/// Escrows: the hold of the test's own, which may be paid to anybody.
pub struct Escrows;
impl Escrow<u64> for Escrows {
    fn escrow(who: &u64) -> Balance {
        ESCROWS.with(|e| e.borrow().get(who).copied().unwrap_or(0))
    }
}

/// What the mock's calls are classed as.
pub struct Classes;
impl ClassOf<RuntimeCall> for Classes {
    fn class_of(call: &RuntimeCall) -> Class {
        use pallet_utility::Call as Utility;
        match call {
            RuntimeCall::Governance(call) => Governance::class_of_call(call),
            RuntimeCall::Governed(governed::Call::attest { .. }) => Class::Attest,
            RuntimeCall::Governed(governed::Call::draw_audit { .. }) => Class::Parameter,
            RuntimeCall::Treasury(pallet_treasury::Call::spend { amount, .. })
                if *amount <= SpendLimit::get() =>
            {
                Class::Treasury
            }
            RuntimeCall::Utility(
                Utility::batch { calls }
                | Utility::batch_all { calls }
                | Utility::force_batch { calls },
            ) => calls
                .iter()
                .map(Self::class_of)
                .max()
                .unwrap_or(Class::Cancel),
            _ => Class::Upgrade,
        }
    }
}

impl pallet_governance::Config for Test {
    type NativeCurrency = Balances;
    type Escrow = Escrows;
    type Reputation = Scores;
    type ClassOf = Classes;
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
    type RecordCapacity = ConstU32<40>;
}

impl governed::Config for Test {}
