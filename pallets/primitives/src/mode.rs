//! How the results of a job are checked, and how far that has come.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;

use crate::ContentId;

/// Most batches that one [`Mode::Sampled`] job may have proven.
pub const MAX_SAMPLES: u32 = 64;

/// Most batches that are challenged of one [`Mode::Optimistic`] job. Each costs twice what the one
/// before did, so that nobody can use them all up to keep others from challenging.
pub const MAX_CHALLENGES: u32 = 24;

const _: () = assert!(MAX_CHALLENGES <= MAX_SAMPLES);

/// Batches that are to be proven, in the order in which they were asked for.
pub type Samples = BoundedVec<u32, ConstU32<MAX_SAMPLES>>;

/// What makes a job's results count; chosen when it is submitted.
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
pub enum Mode {
    /// Every batch is proven.
    Proven,
    /// The provider commits to all results by a Merkle root; then so many batches are drawn, and
    /// those are proven, or the provider loses its collateral.
    Sampled {
        /// How many are drawn, all if there are no more.
        samples: u32,
    },
    /// The provider commits to all results by a Merkle root; then anyone may challenge a batch for
    /// a bond, and those are proven, or the provider loses its collateral.
    Optimistic,
    /// Drawn providers, mostly several, work on all of it, each by itself, and seal their results before any
    /// shows them. What most of them agree on is paid, unless a proof shows that it is wrong; who
    /// differs loses its collateral.
    Redundant {
        /// How many: odd, at most [`crate::MAX_REDUNDANCY`]. One alone is held to what it has sealed by
        /// audits and disputes.
        providers: u32,
    },
}

impl Mode {
    /// How many of a job's batches are proven before it is paid, whoever challenges others.
    pub fn proofs(&self, batches: u32) -> u32 {
        match self {
            Self::Proven => batches,
            Self::Sampled { samples } => batches.min(*samples),
            Self::Optimistic | Self::Redundant { .. } => 0,
        }
    }

    /// How many providers a job is given to.
    pub fn providers(&self) -> u32 {
        match self {
            Self::Proven | Self::Sampled { .. } | Self::Optimistic => 1,
            Self::Redundant { providers } => *providers,
        }
    }
}

/// How far a job is whose provider has committed to its results.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum JobStage<BlockNumber> {
    /// The draw is due once the VRF outputs of the blocks after this are known.
    Committed {
        /// What was committed to.
        results: ResultRoot,
        /// The block of the commitment.
        at: BlockNumber,
    },
    /// Batches were drawn and are to be proven.
    Drawn {
        /// What was committed to.
        results: ResultRoot,
        /// Which batches; those without a result are still to be proven.
        drawn: Samples,
        /// Last block in which a proof counts.
        until: BlockNumber,
    },
    /// Batches may be challenged, and are to be proven then.
    Standing {
        /// What was committed to.
        results: ResultRoot,
        /// Which batches were challenged; those without a result are still to be proven.
        challenged: Samples,
        /// Last block in which a batch may be challenged.
        open_until: BlockNumber,
        /// Last block in which anything counts; then the job is paid. It has failed before if a proof
        /// is overdue, of which each has its own time.
        until: BlockNumber,
    },
}

/// A provider's commitment to all results of a job.
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
pub struct ResultRoot {
    /// Root of the Merkle tree of the results, in the order of the batches.
    pub root: H256,
    /// The file that lists them: per batch the commitment to the output, 32 bytes, and the output
    /// file's content id, 32 bytes.
    pub list: ContentId,
}

impl<BlockNumber> JobStage<BlockNumber> {
    /// What was committed to.
    pub fn results(&self) -> &ResultRoot {
        match self {
            Self::Committed { results, .. }
            | Self::Drawn { results, .. }
            | Self::Standing { results, .. } => results,
        }
    }

    /// The same, with its blocks counted otherwise.
    pub fn with_blocks(self, count: impl Fn(BlockNumber) -> BlockNumber) -> Self {
        match self {
            Self::Committed { results, at } => Self::Committed {
                results,
                at: count(at),
            },
            Self::Drawn {
                results,
                drawn,
                until,
            } => Self::Drawn {
                results,
                drawn,
                until: count(until),
            },
            Self::Standing {
                results,
                challenged,
                open_until,
                until,
            } => Self::Standing {
                results,
                challenged,
                open_until: count(open_until),
                until: count(until),
            },
        }
    }

    /// The batches that are or were to be proven.
    pub fn asked(&self) -> Vec<u32> {
        match self {
            Self::Committed { .. } => Vec::new(),
            Self::Drawn { drawn, .. } => drawn.to_vec(),
            Self::Standing { challenged, .. } => challenged.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_proven_than_there_is() {
        assert_eq!(Mode::Proven.proofs(64), 64);
        assert_eq!(Mode::Sampled { samples: 8 }.proofs(1 << 20), 8);
        assert_eq!(Mode::Sampled { samples: 8 }.proofs(3), 3);
        assert_eq!(Mode::Optimistic.proofs(1 << 20), 0);
        assert_eq!(Mode::Redundant { providers: 3 }.proofs(1 << 20), 0);
    }
}
