//! What is remembered of a provider's work, for readers.

use crate::Outcome;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

/// What a provider's record entitles it to, ascending.
#[derive(
    Clone,
    Copy,
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
    Default,
)]
pub enum ProviderStanding {
    /// Nothing speaks for it yet, or too much against it: it is drawn for small jobs only, and its
    /// score adds nothing to its votes.
    #[default]
    Newcomer,
    /// It has worked well for a while: its score counts in votes.
    Reliable,
    /// It has worked well for long: it may audit others.
    Trusted,
    /// There is hardly anything to be said against it.
    Distinguished,
}

/// One outcome of a provider's work.
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
)]
pub struct PastOutcome<BlockNumber> {
    /// Block in which it was recorded.
    pub at: BlockNumber,
    /// What happened.
    pub outcome: Outcome,
    /// Burned tokens that it weighed as much as.
    pub weight: u128,
    /// The score after it.
    pub score: Permill,
}

/// What happened in one epoch.
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
    Default,
)]
pub struct EpochOutcomes {
    /// Which epoch: block number over epoch length.
    pub epoch: u32,
    /// Jobs completed.
    pub completed: u32,
    /// Jobs failed.
    pub failed: u32,
    /// What the completed jobs weighed, in burned tokens.
    pub good: u128,
    /// What the failed jobs weighed, each counted once.
    pub bad: u128,
}

/// A provider's reputation and what it rests on.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct ReputationView<BlockNumber> {
    /// Current score.
    pub score: Permill,
    /// What it entitles to.
    pub standing: ProviderStanding,
    /// Weight of its successes, decayed to the current block.
    pub good: u128,
    /// Weight of its failures, decayed to the current block, each counted once.
    pub bad: u128,
    /// Jobs completed, ever.
    pub completed: u32,
    /// Jobs failed, ever.
    pub failed: u32,
    /// The last outcomes, oldest first.
    pub recent: Vec<PastOutcome<BlockNumber>>,
    /// The last epochs in which there were any, oldest first.
    pub epochs: Vec<EpochOutcomes>,
}
