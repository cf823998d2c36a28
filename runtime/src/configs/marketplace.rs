//! pallet-marketplace: jobs, from escrow to settlement.

use super::{
    asset_conversion::Market,
    providers::{MinimumPrice, MAX_RUNNING_JOBS},
    treasury::TreasuryAccount,
};
use crate::{
    currency::{MICRO, UNIT},
    weights, AccountId, AssetsHolder, Balance, Balances, BlockNumber, Burn, Circuits, Governance,
    Models, Providers, Reputation, Runtime, RuntimeHoldReason, SwarmWork,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::{NativeFromLeft, UnionOf},
        ConstU32,
    },
};
use pallet_governance::{class, role, EnsureClass, EnsureRole, Halted};
use sp_runtime::Permill;
use swarmwork_primitives::{
    parameters::{self, SPLIT},
    JobCurrency, MAX_RESULTS,
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
    pub const SoldShare: Permill = parameters::SOLD_SHARE;
    /// Far more than anybody gains by having its provider drawn again.
    pub const CancelShare: Permill = Permill::from_percent(1);
    /// About four tokens a day for each slot.
    pub const SlotPrice: Balance = 100 * MICRO;
    /// Enough to look for an input wherever it may be.
    pub const ReportTime: BlockNumber = 15;
    /// Two minutes to see a report and to publish.
    pub const PublishTime: BlockNumber = 60;
    /// An hour to see that an output does not come.
    pub const DeliveryWindow: BlockNumber = DAY / 24;
    /// Ten minutes: who has proven an output has it.
    pub const DeliveryTime: BlockNumber = 300;
    /// With the price of a part, above what the fees of publishing are where blocks are not full.
    pub const BytePrice: Balance = 30 * MICRO;
    pub const PartPrice: Balance = UNIT / 10;
    pub const MinJobDuration: BlockNumber = 30;
    pub const MaxJobDuration: BlockNumber = 7 * DAY;
    /// How long an ended job stays readable.
    pub const Retention: BlockNumber = 7 * DAY;
    pub const RedrawInterval: BlockNumber = 5;
    pub const MaxDrawn: Balance = parameters::MAX_DRAWN;
    pub const Entrusted: [Balance; 4] = parameters::ENTRUSTED;
    /// Committing to an input and an output takes about a hundredth of what proving takes.
    pub const UnprovenShare: Permill = Permill::from_percent(1);
    /// A minute for each drawn or challenged batch: a proof takes seconds, of the largest batches half a
    /// minute, and may have to wait for others and for a pause after failures.
    pub const AnswerTime: BlockNumber = 30;
    /// Time to fetch the list of results and to compute what seems wrong of it.
    pub const ChallengePeriod: BlockNumber = DAY / 4;
    pub const ChallengeBond: Balance = UNIT;
    /// What the treasury keeps of each price after burning pays for so many auditors.
    pub const MaxAuditShare: Permill = Permill::from_percent(10);
    /// As long as anyone has to look for what to challenge.
    pub const AuditTime: BlockNumber = DAY / 4;
    /// A minute: GRANDPA finalises within seconds where it finalises at all.
    pub const RevealDelay: BlockNumber = 30;
    /// Five minutes, for one transaction of what is known already.
    pub const RevealPeriod: BlockNumber = 150;
    /// Five minutes: who may dispute has all answers, and proves one.
    pub const DisputePeriod: BlockNumber = 150;
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

/// What jobs are paid in: the token, and assets.
pub type Funds = UnionOf<Balances, AssetsHolder, NativeFromLeft, JobCurrency, AccountId>;

impl pallet_marketplace::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Funds = Funds;
    type ListOrigin = EnsureRole<Runtime, role::ListAssets>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkAssets = crate::Assets;
    type Circuits = Circuits;
    type OutputBases = Circuits;
    type Models = Models;
    type Providers = Providers;
    type Reputation = Reputation;
    type SwarmWork = SwarmWork;
    type BurnLedger = Burn;
    type Exchange = Market;
    type OnEscrow = Governance;
    type Halted = Halted<Runtime>;
    type Randomness = pallet_babe::ParentBlockRandomness<Runtime>;
    type AuthorityId = swarmwork_primitives::WorkerAuthority;
    type TreasuryAccount = TreasuryAccount;
    type ProviderShare = ProviderShare;
    type TreasuryShare = TreasuryShare;
    type BurnedShare = BurnedShare;
    type OwnerShare = OwnerShare;
    type SoldShare = SoldShare;
    type CancelShare = CancelShare;
    type SlotPrice = SlotPrice;
    type ReportTime = ReportTime;
    type PublishTime = PublishTime;
    type DeliveryWindow = DeliveryWindow;
    type DeliveryTime = DeliveryTime;
    type BytePrice = BytePrice;
    type PartPrice = PartPrice;
    type MaxListed = ConstU32<64>;
    type MinimumPrice = MinimumPrice;
    type MinJobDuration = MinJobDuration;
    type MaxJobDuration = MaxJobDuration;
    type Retention = Retention;
    type DrawWindow = ConstU32<6>;
    type MaxDrawn = MaxDrawn;
    type Entrusted = Entrusted;
    type DrawSample = ConstU32<{ parameters::DRAW_SAMPLE }>;
    type MaxDraws = ConstU32<20>;
    type RedrawInterval = RedrawInterval;
    type MaxRunning = ConstU32<MAX_RUNNING_JOBS>;
    type UnprovenShare = UnprovenShare;
    type AnswerTime = AnswerTime;
    type ChallengePeriod = ChallengePeriod;
    type ChallengeBond = ChallengeBond;
    type ChallengerShare = ChallengerShare;
    type AuditOrigin = EnsureRole<Runtime, role::DrawAudits>;
    type MaxAuditShare = MaxAuditShare;
    type AuditTime = AuditTime;
    type RevealDelay = RevealDelay;
    type RevealPeriod = RevealPeriod;
    type DisputePeriod = DisputePeriod;
    type ClosesPerBlock = ConstU32<2>;
    type MaxResults = ConstU32<MAX_RESULTS>;
    type DrawsPerBlock = ConstU32<3>;
    type WakesPerBlock = ConstU32<2>;
    type MaxPoke = ConstU32<12>;
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
