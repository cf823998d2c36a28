//! pallet-marketplace: jobs, from escrow to settlement.

use super::{
    providers::{MinimumPrice, MAX_RUNNING_JOBS},
    treasury::TreasuryAccount,
};
use crate::{
    currency::UNIT, weights, Balance, Balances, BlockNumber, Burn, Circuits, Governance, Models,
    Providers, Reputation, Runtime, RuntimeHoldReason, SwarmWork,
};
use frame_support::{parameter_types, traits::ConstU32};
use pallet_governance::{class, EnsureClass, Halted};
use sp_runtime::Permill;
use swarmwork_primitives::{
    parameters::{self, SPLIT},
    MAX_RESULTS,
};

/// Blocks per day at 2 s slots.
pub const DAY: BlockNumber = parameters::DAY;

parameter_types! {
    pub const ProviderShare: Permill = SPLIT.provider;
    /// The burned share is taken out of it.
    pub const TreasuryShare: Permill = SPLIT.treasury;
    /// A third of the treasury's share.
    pub const BurnedShare: Permill = SPLIT.burned;
    pub const OwnerShare: Permill = SPLIT.owner;
    pub const MinJobDuration: BlockNumber = 30;
    pub const MaxJobDuration: BlockNumber = 7 * DAY;
    /// How long an ended job stays readable.
    pub const Retention: BlockNumber = 7 * DAY;
    pub const RedrawInterval: BlockNumber = 5;
    pub const MaxDrawn: Balance = parameters::MAX_DRAWN;
    /// Committing to an input and an output takes about a hundredth of what proving takes.
    pub const UnprovenShare: Permill = Permill::from_percent(1);
    /// Half a minute for each drawn batch: a proof takes seconds, and may have to wait for others.
    pub const AnswerTime: BlockNumber = 15;
    /// Time to fetch the list of results and to compute what seems wrong of it.
    pub const ChallengePeriod: BlockNumber = DAY / 4;
    pub const ChallengeBond: Balance = UNIT;
    /// With the half that is burned, challenging oneself costs three quarters of a slash.
    pub const ChallengerShare: Permill = Permill::from_percent(50);
    /// Whoever writes the one block decides alone: less than the least that a block pays.
    pub const MaxFastDrawn: Balance = parameters::MAX_FAST_DRAWN;
    pub const PriorityFee: Balance = UNIT / 10;
    /// A minute.
    pub const PriorityAge: BlockNumber = 30;
    /// Half a minute to two hours.
    pub const AuctionBlocks: (u32, u32) = (15, DAY / 12);
    pub const BidForfeit: Permill = Permill::from_percent(10);
}

impl pallet_marketplace::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Circuits = Circuits;
    type Models = Models;
    type Providers = Providers;
    type Reputation = Reputation;
    type SwarmWork = SwarmWork;
    type BurnLedger = Burn;
    type OnEscrow = Governance;
    type Halted = Halted<Runtime>;
    type Randomness = pallet_babe::ParentBlockRandomness<Runtime>;
    type AuthorityId = swarmwork_primitives::WorkerAuthority;
    type TreasuryAccount = TreasuryAccount;
    type ProviderShare = ProviderShare;
    type TreasuryShare = TreasuryShare;
    type BurnedShare = BurnedShare;
    type OwnerShare = OwnerShare;
    type MinimumPrice = MinimumPrice;
    type MinJobDuration = MinJobDuration;
    type MaxJobDuration = MaxJobDuration;
    type Retention = Retention;
    type DrawWindow = ConstU32<6>;
    type MaxDrawn = MaxDrawn;
    type DrawSample = ConstU32<{ parameters::DRAW_SAMPLE }>;
    type MaxDraws = ConstU32<20>;
    type RedrawInterval = RedrawInterval;
    type MaxRunning = ConstU32<MAX_RUNNING_JOBS>;
    type UnprovenShare = UnprovenShare;
    type AnswerTime = AnswerTime;
    type ChallengePeriod = ChallengePeriod;
    type ChallengeBond = ChallengeBond;
    type ChallengerShare = ChallengerShare;
    type ClosesPerBlock = ConstU32<2>;
    type MaxResults = ConstU32<MAX_RESULTS>;
    type DrawsPerBlock = ConstU32<7>;
    type WakesPerBlock = ConstU32<6>;
    type MaxPoke = ConstU32<24>;
    type MaxClaims = ConstU32<16>;
    type ScoringOrigin = EnsureClass<Runtime, class::Parameter>;
    // As many blocks as a window has.
    type FreezeRound = ConstU32<6>;
    type MaxFastDrawn = MaxFastDrawn;
    type FastDrawsPerBlock = ConstU32<2>;
    type StartsPerBlock = ConstU32<2>;
    type MinStart = ConstU32<30>;
    type PriorityFee = PriorityFee;
    type PriorityAge = PriorityAge;
    type AuctionBlocks = AuctionBlocks;
    type BidForfeit = BidForfeit;
    type WeightInfo = weights::pallet_marketplace::WeightInfo<Runtime>;
}
