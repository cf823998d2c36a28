//! pallet-staking: nominated proof of stake, elected on chain.
//!
//! An era is six epochs; stake unbonds after 28 eras and slashes can be cancelled by proposal for 7.
//! Upstream points new chains at the asynchronous, multi-block successor made for a split between
//! relay chain and asset hub; this chain is one chain, and its bounded on-chain election fits a
//! block (the tests check it).

use super::treasury::ToTreasury;
use crate::{
    AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason, Session, Staking,
    Timestamp, VoterList,
};
use frame_election_provider_support::{
    bounds::{ElectionBounds, ElectionBoundsBuilder},
    onchain, SequentialPhragmen,
};
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, Nothing},
};
use pallet_governance::{class, EnsureClass};
use sp_runtime::{curve::PiecewiseLinear, Perbill};
use sp_staking::{currency_to_vote::U128CurrencyToVote, EraIndex, SessionIndex};
use swarmwork_primitives::BurnSource;

pallet_staking_reward_curve::build! {
    const REWARD_CURVE: PiecewiseLinear<'static> = curve!(
        min_inflation: 0_025_000,
        max_inflation: 0_100_000,
        ideal_stake: 0_500_000,
        falloff: 0_050_000,
        max_piece_count: 40,
        test_precision: 0_005_000,
    );
}

/// Most voters that one election looks at.
pub const MAX_ELECTING_VOTERS: u32 = 1_000;
/// Most candidates that one election looks at.
pub const MAX_ELECTABLE_TARGETS: u32 = 200;
/// Most validators one nominator may back.
pub const MAX_NOMINATIONS: u32 = 16;

parameter_types! {
    pub const SessionsPerEra: SessionIndex = 6;
    pub const BondingDuration: EraIndex = 28;
    pub const SlashDeferDuration: EraIndex = 7;
    pub const MaxValidators: u32 = 100;
    pub const MaxExposurePageSize: u32 = 256;
    pub const RewardCurve: &'static PiecewiseLinear<'static> = &REWARD_CURVE;
    pub const SlashSource: BurnSource = BurnSource::Slash;
    pub Bounds: ElectionBounds = ElectionBoundsBuilder::default()
        .voters_count(MAX_ELECTING_VOTERS.into())
        .targets_count(MAX_ELECTABLE_TARGETS.into())
        .build();
}

/// Sequential Phragmén in the block that ends a session.
pub struct OnChainPhragmen;
impl onchain::Config for OnChainPhragmen {
    type Sort = ConstBool<true>;
    type System = Runtime;
    type Solver = SequentialPhragmen<AccountId, Perbill>;
    type MaxBackersPerWinner = ConstU32<MAX_ELECTING_VOTERS>;
    type MaxWinnersPerPage = MaxValidators;
    type DataProvider = Staking;
    type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
    type Bounds = Bounds;
}

/// Sizes of the pallet's benchmarks.
pub struct BenchmarkingConfig;
impl pallet_staking::BenchmarkingConfig for BenchmarkingConfig {
    type MaxValidators = MaxValidators;
    type MaxNominators = ConstU32<MAX_ELECTING_VOTERS>;
}

impl pallet_staking::Config for Runtime {
    type OldCurrency = Balances;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type CurrencyBalance = Balance;
    type UnixTime = Timestamp;
    type CurrencyToVote = U128CurrencyToVote;
    type ElectionProvider = onchain::OnChainExecution<OnChainPhragmen>;
    type GenesisElectionProvider = Self::ElectionProvider;
    type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
    type HistoryDepth = ConstU32<84>;
    type RewardRemainder = ToTreasury;
    type RuntimeEvent = RuntimeEvent;
    // Slashed stake leaves supply: nobody, the treasury's spenders included, gains by a slash.
    type Slash = pallet_burn::ToBurn<Runtime, SlashSource>;
    // Rewards are minted by the pallet.
    type Reward = ();
    type SessionsPerEra = SessionsPerEra;
    type BondingDuration = BondingDuration;
    type SlashDeferDuration = SlashDeferDuration;
    type AdminOrigin = EnsureClass<Runtime, class::Upgrade>;
    type SessionInterface = Self;
    type EraPayout = pallet_staking::ConvertCurve<RewardCurve>;
    type NextNewSession = Session;
    type MaxExposurePageSize = MaxExposurePageSize;
    type MaxValidatorSet = MaxValidators;
    type VoterList = VoterList;
    type TargetList = pallet_staking::UseValidatorsMap<Self>;
    type MaxUnlockingChunks = ConstU32<32>;
    type MaxControllersInDeprecationBatch = ConstU32<1>;
    type EventListeners = ();
    type Filter = Nothing;
    type BenchmarkingConfig = BenchmarkingConfig;
    type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
