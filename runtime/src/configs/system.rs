//! frame-system: block limits and basic types.

use super::migrations::SingleBlock;
use crate::{
    AccountId, Balance, Block, BlockNumber, Hash, MultiBlockMigrations, Nonce, PalletInfo, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, SafeMode, TxPause, VERSION,
};
use frame_support::{
    derive_impl,
    dispatch::DispatchClass,
    parameter_types,
    traits::{Contains, InsideBoth},
    weights::{
        constants::{
            BlockExecutionWeight, ExtrinsicBaseWeight, ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS,
        },
        Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;
use sp_version::RuntimeVersion;

/// Part of a block that ordinary transactions may fill; the rest is kept for operational ones.
pub const NORMAL_RATIO: Perbill = Perbill::from_percent(75);
/// What hooks are assumed to take of every block, off the limit of any one transaction.
pub const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(10);
/// Computation per block: 0.6 s, which leaves a 1 s slot time to author, send and import it, and is
/// under a third of the 2 s slot that real networks have.
pub const MAX_BLOCK_WEIGHT: Weight = Weight::from_parts(600 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// Bytes per block.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;
/// Blocks whose hash the chain remembers: 80 minutes of 2 s slots.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;

/// Which calls a signed account may make.
pub struct CallFilter;
impl Contains<RuntimeCall> for CallFilter {
    /// All but `balances.burn`, which would take tokens out of supply without an entry in the burn
    /// ledger; `burn.burn` does it with one.
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(
            call,
            RuntimeCall::Balances(pallet_balances::Call::burn { .. })
        )
    }
}

/// The ways to submit a job. One of them takes whatever another does.
pub const SUBMISSIONS: [(&str, &str); 3] = [
    ("Marketplace", "submit_job"),
    ("Marketplace", "submit_rooted_job"),
    ("Marketplace", "submit_order"),
];

/// While one way to submit a job is paused, all of them are.
pub struct Submissions;
impl Contains<RuntimeCall> for Submissions {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_marketplace::Call;
        let submits = matches!(
            call,
            RuntimeCall::Marketplace(
                Call::submit_job { .. }
                    | Call::submit_rooted_job { .. }
                    | Call::submit_order { .. }
            )
        );
        let paused = |(pallet, call): &(&str, &str)| {
            pallet_governance::name(pallet, call).is_ok_and(|name| TxPause::is_paused(&name))
        };
        !submits || !SUBMISSIONS.iter().any(paused)
    }
}

parameter_types! {
    pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
    pub const Version: RuntimeVersion = VERSION;
    pub const SS58Prefix: u16 = 42;
    pub RuntimeBlockLength: BlockLength = BlockLength::builder()
        .max_length(MAX_BLOCK_BYTES)
        .modify_max_length_for_class(DispatchClass::Normal, |bytes| {
            *bytes = NORMAL_RATIO * MAX_BLOCK_BYTES
        })
        .build();
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(DispatchClass::all(), |weights| {
            weights.base_extrinsic = ExtrinsicBaseWeight::get();
        })
        .for_class(DispatchClass::Normal, |weights| {
            weights.max_total = Some(NORMAL_RATIO * MAX_BLOCK_WEIGHT);
        })
        .for_class(DispatchClass::Operational, |weights| {
            weights.max_total = Some(MAX_BLOCK_WEIGHT);
            weights.reserved = Some(MAX_BLOCK_WEIGHT - NORMAL_RATIO * MAX_BLOCK_WEIGHT);
        })
        .avg_block_initialization(AVERAGE_ON_INITIALIZE_RATIO)
        .build_or_panic();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter =
        InsideBoth<InsideBoth<CallFilter, Submissions>, InsideBoth<SafeMode, TxPause>>;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type Block = Block;
    type BlockHashCount = BlockHashCount;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type DbWeight = ParityDbWeight;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
    type SS58Prefix = SS58Prefix;
    type SingleBlockMigrations = SingleBlock;
    type MultiBlockMigrator = MultiBlockMigrations;
}
