//! pallet-swarm-work: emission for proven work. The figures and their reasons: docs/economics.md.

use super::marketplace::DAY;
use crate::{
    currency::UNIT, timing::SlotDuration, weights, Balance, Balances, BlockNumber, Burn, Providers,
    Runtime, RuntimeHoldReason, TxPause,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Get},
};
use pallet_governance::{name, Halted, PausedUntil};
use pallet_swarm_work::Pace;
use sp_runtime::Perbill;
use swarmwork_primitives::parameters;

/// Time to answer a window, in milliseconds.
const COMMIT_MILLIS: u64 = 60_000;

/// A day an epoch, credit vests over thirty, a window an hour.
pub const PACE: Pace = Pace {
    epoch_blocks: parameters::EPOCH_BLOCKS,
    vesting_blocks: parameters::VESTING_BLOCKS,
    windows: parameters::WINDOWS,
};

/// The pace of networks on which nothing is at stake: epochs of two minutes at slots of a second.
pub const DEV_PACE: Pace = Pace {
    epoch_blocks: 120,
    vesting_blocks: 600,
    windows: 1,
};

parameter_types! {
    pub const DefaultPace: Pace = PACE;
    pub const InitialBudget: Balance = parameters::INITIAL_BUDGET;
    pub const BudgetDecay: Perbill = parameters::BUDGET_DECAY;
    pub const AdmissionBond: Balance = parameters::ENTRY_BOND;
    pub const ReferenceDelivery: u128 = parameters::REFERENCE_DELIVERY;
    pub const MinimumLock: Balance = 100 * UNIT;
    /// 182 days and a half.
    pub const HalfYear: BlockNumber = 365 * DAY / 2;
}

/// A minute, whatever the slots.
pub struct CommitBlocks;
impl Get<BlockNumber> for CommitBlocks {
    fn get() -> BlockNumber {
        let blocks = COMMIT_MILLIS.div_ceil(SlotDuration::get().max(1));
        BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX)
    }
}

/// The calls without which nobody can answer a window.
pub const ANSWERS: [(&str, &str); 2] =
    [("SwarmWork", "commit_capacity"), ("SwarmWork", "open_rows")];

/// Whether windows stand still: while the market does, and while what answers them is paused, which
/// does not stop the market.
pub struct WindowsHalted;
impl Get<bool> for WindowsHalted {
    fn get() -> bool {
        Halted::<Runtime>::get()
            || (PausedUntil::<Runtime>::decode_len().is_some_and(|paused| paused > 0)
                && ANSWERS.iter().any(|(pallet, call)| {
                    name(pallet, call).is_ok_and(|call| TxPause::is_paused(&call))
                }))
    }
}

impl pallet_swarm_work::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Providers = Providers;
    type MintLedger = Burn;
    type Randomness = pallet_babe::ParentBlockRandomness<Runtime>;
    type Halted = WindowsHalted;
    type AuthorityId = swarmwork_primitives::WorkerAuthority;
    type BlockMillis = SlotDuration;
    type WeightInfo = weights::pallet_swarm_work::WeightInfo<Runtime>;
    type DefaultPace = DefaultPace;
    type InitialBudget = InitialBudget;
    type BudgetDecay = BudgetDecay;
    type Retention = ConstU32<180>;
    type MaxClaims = ConstU32<31>;
    type AdmissionBond = AdmissionBond;
    type MaxAdmitted = ConstU32<{ parameters::MAX_ADMITTED }>;
    type CommitBlocks = CommitBlocks;
    type SampleBlocks = ConstU32<12>;
    type CheckBlocks = ConstU32<64>;
    type ChecksPerBlock = ConstU32<4>;
    type JudgedPerBlock = ConstU32<4>;
    type MaxAbsent = ConstU32<24>;
    type UptimeStreak = ConstU32<{ parameters::UPTIME_STREAK }>;
    type ReferenceRows = ConstU32<{ parameters::REFERENCE_ROWS }>;
    type ReferenceDelivery = ReferenceDelivery;
    type ProvingOverhead = ConstU32<{ parameters::PROVING_OVERHEAD }>;
    type ReferenceLatency = ConstU32<2_000>;
    type ReferenceBandwidth = ConstU32<{ 12 * 1024 }>;
    type BandwidthPeers = ConstU32<{ parameters::BANDWIDTH_PEERS }>;
    type BandwidthQuorum = ConstU32<{ parameters::BANDWIDTH_QUORUM }>;
    type MinimumLock = MinimumLock;
    type HalfYear = HalfYear;
}
