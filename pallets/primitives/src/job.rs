//! The public shape of a job's life.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How a job finds its provider.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum Assignment<AccountId> {
    /// Drawn from the active providers by the VRF outputs of the blocks after inclusion.
    Swarm,
    /// The named provider.
    Direct(AccountId),
    /// The lowest bid.
    Auction {
        /// For how many blocks bids are taken.
        blocks: u32,
    },
}

/// The ways in which a job finds its provider, without whom or how long.
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
pub enum AssignmentKind {
    /// See [`Assignment::Swarm`].
    Swarm,
    /// See [`Assignment::Direct`].
    Direct,
    /// See [`Assignment::Auction`].
    Auction,
}

/// Why a job of one provider has failed.
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
pub enum FailureReason {
    /// Too many of its proofs were refused.
    ProofsRefused,
    /// A batch that was drawn was not proven in time.
    SampleUnproven,
    /// A batch that was challenged was not proven in time.
    ChallengeUnanswered,
}

/// Why a job has ended without results and without a fault of its provider's.
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
pub enum CancellationReason {
    /// Its requester has withdrawn it.
    Withdrawn,
    /// Its provider could not have the input, which was not published in time.
    InputWithheld,
}

/// Where a job stands. It is open, assigned or shared, or it has ended.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum JobState<AccountId, Balance, BlockNumber> {
    /// Waiting for its draw (or, after a draw that found nobody, for the next one).
    Open,
    /// A provider works on it.
    Assigned {
        /// The provider's controller account.
        provider: AccountId,
        /// What settlement will distribute.
        price: Balance,
        /// What the provider has reserved for it.
        collateral: Balance,
        /// Block of assignment.
        at: BlockNumber,
    },
    /// Every batch was proven and the price was distributed.
    Completed {
        /// Who was paid.
        provider: AccountId,
        /// What was distributed.
        price: Balance,
        /// Block of settlement.
        at: BlockNumber,
    },
    /// The deadline passed; the requester has its money back.
    Expired {
        /// Who had been assigned, if anyone.
        provider: Option<AccountId>,
        /// Block in which it expired.
        at: BlockNumber,
    },
    /// The requester withdrew it, or withheld its input.
    Cancelled {
        /// Who had been assigned, if anyone.
        provider: Option<AccountId>,
        /// Why.
        why: CancellationReason,
        /// What that cost the requester: the time of the provider's slot, or of the draw.
        paid: Balance,
        /// Block in which it was cancelled.
        at: BlockNumber,
    },
    /// The provider committed to results and did not prove what was asked of them, and has lost its
    /// collateral; or too many of its proofs were refused. The requester has its money back.
    Failed {
        /// Who had been assigned.
        provider: AccountId,
        /// Why.
        why: FailureReason,
        /// What it lost of its bond.
        slashed: Balance,
        /// Block in which it failed.
        at: BlockNumber,
    },
    /// Several providers work on it, each by itself: its panel says who.
    Shared {
        /// What settlement will distribute at most.
        price: Balance,
        /// Block of assignment.
        at: BlockNumber,
    },
    /// Most of its providers agreed, and those were paid.
    Agreed {
        /// What was distributed.
        price: Balance,
        /// Block in which the last was paid.
        at: BlockNumber,
    },
    /// Its providers did not agree, or a proof showed that most of them were wrong: the requester
    /// has its money back.
    Undecided {
        /// Block in which that was settled.
        at: BlockNumber,
    },
}

impl<A, B, N> JobState<A, B, N> {
    /// Whether nothing can happen to the job any more.
    pub fn is_terminal(&self) -> bool {
        !matches!(
            self,
            JobState::Open | JobState::Assigned { .. } | JobState::Shared { .. }
        )
    }
}

impl<A, B, N: Copy> JobState<A, B, N> {
    /// The block in which the job was assigned, while it is.
    pub fn assigned(&self) -> Option<N> {
        match self {
            JobState::Assigned { at, .. } | JobState::Shared { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The block in which the job ended, if it has.
    pub fn ended(&self) -> Option<N> {
        match self {
            JobState::Open | JobState::Assigned { .. } | JobState::Shared { .. } => None,
            JobState::Completed { at, .. }
            | JobState::Expired { at, .. }
            | JobState::Failed { at, .. }
            | JobState::Agreed { at, .. }
            | JobState::Undecided { at }
            | JobState::Cancelled { at, .. } => Some(*at),
        }
    }
}

/// Why a provider did not fit a job.
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
pub enum Rejection {
    /// Not registered, or unregistering.
    NotRegistered,
    /// Has said that it is not available.
    Unavailable,
    /// Works on as many jobs as it may.
    Busy,
    /// Asks more than the job's maximum price.
    TooExpensive,
    /// Its free bond does not cover price plus slash.
    BondTooSmall,
    /// Does not take work under unattested keys.
    Unattested,
    /// Is in the maintenance that it has announced.
    Maintenance,
    /// Does not commit to results that it does not prove.
    Mode,
    /// Is not drawn for jobs of this price: its standing is too low.
    Standing,
    /// Does not work for the asset that the job is paid in, or not at what that is worth now.
    Currency,
    /// Its GPUs have less memory than is asked for.
    Memory,
    /// Its compute class is below the one asked for.
    Class,
    /// It computes elsewhere, or does not say where.
    Region,
    /// Its bond's tier is below the one asked for.
    Tier,
    /// It has none of the enclaves asked for.
    Enclave,
    /// Its reputation is below what is asked for, or below what any draw asks for.
    Reputation,
    /// It has changed its price or capabilities, or come back, too shortly before the draw.
    Unsettled,
    /// It has declined this job, or missed its start.
    Declined,
}

/// How many candidates of a draw failed, by reason.
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
pub struct RejectionCounts {
    /// [`Rejection::NotRegistered`]
    pub not_registered: u32,
    /// [`Rejection::Unavailable`]
    pub unavailable: u32,
    /// [`Rejection::Busy`]
    pub busy: u32,
    /// [`Rejection::TooExpensive`]
    pub too_expensive: u32,
    /// [`Rejection::BondTooSmall`]
    pub bond_too_small: u32,
    /// [`Rejection::Unattested`]
    pub unattested: u32,
    /// [`Rejection::Maintenance`]
    pub maintenance: u32,
    /// [`Rejection::Mode`]
    pub mode: u32,
    /// [`Rejection::Standing`]
    pub standing: u32,
    /// [`Rejection::Currency`]
    pub currency: u32,
    /// [`Rejection::Memory`]
    pub memory: u32,
    /// [`Rejection::Class`]
    pub class: u32,
    /// [`Rejection::Region`]
    pub region: u32,
    /// [`Rejection::Tier`]
    pub tier: u32,
    /// [`Rejection::Enclave`]
    pub enclave: u32,
    /// [`Rejection::Reputation`]
    pub reputation: u32,
    /// [`Rejection::Unsettled`]
    pub unsettled: u32,
    /// [`Rejection::Declined`]
    pub declined: u32,
}

impl RejectionCounts {
    /// Counts one rejection.
    pub fn add(&mut self, reason: Rejection) {
        let counter = match reason {
            Rejection::NotRegistered => &mut self.not_registered,
            Rejection::Unavailable => &mut self.unavailable,
            Rejection::Busy => &mut self.busy,
            Rejection::TooExpensive => &mut self.too_expensive,
            Rejection::BondTooSmall => &mut self.bond_too_small,
            Rejection::Unattested => &mut self.unattested,
            Rejection::Maintenance => &mut self.maintenance,
            Rejection::Mode => &mut self.mode,
            Rejection::Standing => &mut self.standing,
            Rejection::Currency => &mut self.currency,
            Rejection::Memory => &mut self.memory,
            Rejection::Class => &mut self.class,
            Rejection::Region => &mut self.region,
            Rejection::Tier => &mut self.tier,
            Rejection::Enclave => &mut self.enclave,
            Rejection::Reputation => &mut self.reputation,
            Rejection::Unsettled => &mut self.unsettled,
            Rejection::Declined => &mut self.declined,
        };
        // Nobody looks at more than a few hundred candidates at a time.
        *counter = counter.saturating_add(1);
    }
}
