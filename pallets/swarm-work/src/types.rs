//! What is stored of windows, measurements, epochs and credit.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use swarmwork_primitives::LockTerm;

/// Most reports of one provider's bandwidth that an epoch takes.
pub const MAX_REPORTS: u32 = 64;
/// Most epochs whose credit can be vesting at one time; what a slash has to look at.
pub const MAX_VESTING_EPOCHS: u32 = 31;

/// How fast the economy runs, fixed at genesis.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pace {
    /// Blocks of an epoch.
    pub epoch_blocks: u32,
    /// Blocks over which an epoch's credit vests.
    pub vesting_blocks: u32,
    /// Windows expected in an epoch.
    pub windows: u32,
}

/// One epoch.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Epoch<BlockNumber> {
    /// Its first block.
    pub started: BlockNumber,
    /// The first block after it.
    pub ended: Option<BlockNumber>,
    /// Most that its credit may pay.
    pub budget: u128,
    /// Burned by the jobs that were credited.
    pub burned: u128,
    /// Credit given.
    pub credited: u128,
    /// Of it, taken back before the epoch ended.
    pub clawed: u128,
    /// Claimed so far.
    pub paid: u128,
}

/// What one provider earned in one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Grant {
    /// Credit.
    pub earned: u128,
    /// Tokens minted for it so far.
    pub claimed: u128,
    /// All it will ever pay, if a slash has taken back the rest.
    pub frozen: Option<u128>,
}

/// The drawing of rows in a window.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Sample<BlockNumber> {
    /// What rows are drawn by.
    pub seed: [u8; 32],
    /// First block in which they may be opened.
    pub since: BlockNumber,
}

/// The running capacity window.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Window<BlockNumber> {
    /// Its number, from 0.
    pub id: u32,
    /// What matrices and rows are made from.
    pub seed: [u8; 32],
    /// Its first block.
    pub opened: BlockNumber,
    /// Which rows are to be opened, once answers are in and outputs after them known.
    pub sample: Option<Sample<BlockNumber>>,
    /// Participants that have been judged.
    pub judged: u32,
    /// Whether it counts for nobody.
    pub void: bool,
}

/// What a provider committed to in the running window.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Answer {
    /// Root over the fingerprints of all rows.
    pub root: [u8; 32],
    /// How many rows.
    pub rows: u32,
    /// Blocks that it took to open the drawn rows, once it has.
    pub opened_after: Option<u32>,
}

/// What windows have shown of an admitted provider.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Measure {
    /// Rows in a window: moving average over about eight.
    pub rows: u32,
    /// Blocks until drawn rows were opened, in thousandths: moving average over about eight.
    pub latency: u32,
    /// Windows answered in a row.
    pub streak: u32,
    /// Windows there were for it.
    pub windows: u32,
    /// Of them, those it missed.
    pub missed: u32,
    /// Those it missed last, in a row.
    pub absent: u32,
}

/// What peers reported of one provider's bandwidth.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Bandwidth<AccountId> {
    /// The epoch of the reports.
    pub epoch: u32,
    /// Each peer's figure, KiB/s.
    pub reports: BoundedVec<(AccountId, u32), ConstU32<MAX_REPORTS>>,
    /// How many reports of others the provider has given in that epoch.
    pub given: u32,
    /// What was agreed in the epoch before, if the provider had given enough itself.
    pub last: Option<u32>,
}

/// Tokens locked up for a factor.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct LockUp<BlockNumber> {
    /// How many.
    pub amount: u128,
    /// For how long.
    pub term: LockTerm,
    /// First block in which they may be had back.
    pub until: BlockNumber,
}
