//! What governance speaks of: classes of proposals, roles, the acts on record, and the runtime API
//! that reads them.

use alloc::vec::Vec;
use codec::{Codec, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::{Perbill, Permill};
use sp_core::H256;
use sp_runtime::DispatchError;

/// Longest name of a pallet or a call.
pub const MAX_NAME_BYTES: u32 = 64;
/// A pallet's and a call's name, as the metadata has them.
pub type CallName = (
    BoundedVec<u8, ConstU32<MAX_NAME_BYTES>>,
    BoundedVec<u8, ConstU32<MAX_NAME_BYTES>>,
);

/// How grave a proposal is. It follows from its call; a graver class may do what a lighter one may.
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
)]
pub enum Class {
    /// Stops something: another proposal, a role, the technical account.
    Cancel,
    /// Moves a parameter within its bounds.
    Parameter,
    /// Spends from the treasury.
    Treasury,
    /// Declares a key trusted.
    Attest,
    /// Everything else, the runtime's code included.
    Upgrade,
}

impl Class {
    /// All classes, lightest first.
    pub const ALL: [Self; 5] = [
        Self::Cancel,
        Self::Parameter,
        Self::Treasury,
        Self::Attest,
        Self::Upgrade,
    ];

    /// The voting track of the class.
    pub const fn track(self) -> u16 {
        self as u16
    }

    /// The class of a voting track.
    pub fn of_track(track: u16) -> Option<Self> {
        Self::ALL.get(usize::from(track)).copied()
    }
}

/// A narrow power that an account can be given for a time.
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
)]
pub enum Role {
    /// Declares circuits' keys trusted.
    AttestCircuits,
    /// Moves the least price of a job within its bounds.
    AdjustPrices,
    /// Lists assets that jobs may be paid in.
    ListAssets,
    /// Draws jobs for audits.
    DrawAudits,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [
        Self::AttestCircuits,
        Self::AdjustPrices,
        Self::ListAssets,
        Self::DrawAudits,
    ];

    /// The lightest class of proposal that has the same power, and that may give the role.
    pub const fn class(self) -> Class {
        match self {
            Self::AttestCircuits => Class::Attest,
            Self::AdjustPrices | Self::ListAssets | Self::DrawAudits => Class::Parameter,
        }
    }
}

/// Who has a role, on what, and how long.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Grant<AccountId, BlockNumber> {
    /// The account; that of a multisig as well as any other.
    pub holder: AccountId,
    /// The one thing that the role covers (a circuit's id, say), or everything.
    pub scope: Option<H256>,
    /// The first block in which the role is gone.
    pub expires: BlockNumber,
}

/// Who did something privileged.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum Actor<AccountId> {
    /// A proposal that was voted for.
    Proposal {
        /// Its number.
        index: u32,
        /// Its class.
        class: Class,
    },
    /// The runtime itself, or a call within a proposal of the gravest class.
    Root,
    /// The holder of a role.
    Holder(AccountId),
    /// The technical account, which can only stop things.
    Technical(AccountId),
    /// An ordinary account.
    Account(AccountId),
    /// Nobody: a time was over.
    Clock,
}

/// Something privileged that was done.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum Act<AccountId, BlockNumber> {
    /// A call was put to the vote.
    Proposed {
        /// The proposal's number.
        index: u32,
        /// Its class.
        class: Class,
        /// Which call it is.
        name: CallName,
        /// Hash of the call with its arguments.
        call: H256,
    },
    /// A proposal was approved and waits for its timelock.
    Approved {
        /// Hash of the call.
        call: H256,
        /// When it will be enacted.
        enacted_at: BlockNumber,
    },
    /// A proposal's call was dispatched.
    Enacted {
        /// Hash of the call.
        call: H256,
        /// How that ended.
        result: Result<(), DispatchError>,
    },
    /// A proposal was cancelled, while voted on or in its timelock.
    Cancelled {
        /// The proposal's number.
        index: u32,
    },
    /// A role was used.
    RoleUsed {
        /// Which.
        role: Role,
        /// On what.
        scope: Option<H256>,
    },
    /// A role was given, or its scope and term were changed.
    RoleGranted {
        /// Which.
        role: Role,
        /// To whom, on what and for how long.
        grant: Grant<AccountId, BlockNumber>,
    },
    /// A role was taken or laid down.
    RoleRevoked {
        /// Which.
        role: Role,
        /// From whom.
        holder: AccountId,
    },
    /// The market was stopped, or its stop renewed.
    Stopped {
        /// The last block of the stop.
        until: BlockNumber,
    },
    /// The stop was ended before its time.
    Resumed,
    /// A call was paused, or its pause renewed.
    CallPaused {
        /// Which.
        call: CallName,
        /// The last block of the pause.
        until: BlockNumber,
    },
    /// A call may be made again.
    CallResumed {
        /// Which.
        call: CallName,
    },
    /// An account may stop things from now on.
    TechnicalAppointed {
        /// Which.
        who: AccountId,
    },
    /// Nobody may stop things until another account is appointed.
    TechnicalDismissed,
    /// The least price of a job was moved.
    PriceFloorSet {
        /// To what.
        price: u128,
    },
}

/// One line of the record.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Entry<AccountId, BlockNumber> {
    /// When.
    pub at: BlockNumber,
    /// Who.
    pub actor: Actor<AccountId>,
    /// What.
    pub act: Act<AccountId, BlockNumber>,
}

/// How far a proposal has come.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum Stage<BlockNumber> {
    /// It can be voted on already, and waits for its decision deposit or for its time.
    Preparing {
        /// Whether the deposit is there.
        deposit: bool,
        /// The first block in which the decision can begin.
        until: BlockNumber,
    },
    /// As many proposals of its class are decided as may be; the one with most ayes is next.
    Queued,
    /// It is decided.
    Deciding {
        /// When it is rejected, unless it passes before.
        ends: BlockNumber,
        /// When it is approved, if it goes on passing until then.
        confirmed: Option<BlockNumber>,
    },
    /// It is approved and waits for its timelock.
    Waiting {
        /// When it will be enacted.
        enacted_at: BlockNumber,
    },
    /// It was approved, and was enacted or cancelled in its timelock: the record says which.
    Approved,
    /// It did not pass in its time.
    Rejected,
    /// It was cancelled.
    Cancelled,
    /// Nobody placed its decision deposit in time.
    TimedOut,
    /// It was cancelled and its deposits were taken.
    Killed,
}

/// Where the votes on a proposal stand.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Standing {
    /// Weighed votes for it.
    pub ayes: u128,
    /// Weighed votes against it.
    pub nays: u128,
    /// Part of the weighed votes that is for it.
    pub approval: Perbill,
    /// Part that it needs at this time.
    pub approval_needed: Perbill,
    /// Part of all tokens that could vote which stands behind it.
    pub support: Perbill,
    /// Part that it needs at this time.
    pub support_needed: Perbill,
}

/// A proposal as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct ProposalView<BlockNumber> {
    /// Its number.
    pub index: u32,
    /// Its class, while it is voted on or waits.
    pub class: Option<Class>,
    /// Hash of its call, likewise.
    pub call: Option<H256>,
    /// How far it has come.
    pub stage: Stage<BlockNumber>,
    /// Where the votes stand, while it is voted on.
    pub standing: Option<Standing>,
}

sp_api::decl_runtime_apis! {
    /// Reads of who may do what, and of what was done.
    pub trait GovernanceApi<AccountId, BlockNumber>
    where
        AccountId: Codec,
        BlockNumber: Codec,
    {
        /// The record of privileged acts from number `start` on, at most `limit` of them, with
        /// their numbers. What is older than the record's capacity is skipped.
        fn acts(start: u64, limit: u32) -> Vec<(u64, Entry<AccountId, BlockNumber>)>;
        /// The numbers that the record holds: the first, and one past the last.
        fn recorded() -> (u64, u64);
        /// Every role that is in force.
        fn roles() -> Vec<(Role, Grant<AccountId, BlockNumber>)>;
        /// The class that a proposal of this encoded call has; `None` if it is no call.
        fn class_of(call: Vec<u8>) -> Option<Class>;
        /// A proposal by number.
        fn proposal(index: u32) -> Option<ProposalView<BlockNumber>>;
        /// How many proposals there were; they are numbered from 0.
        fn proposals() -> u32;
        /// What reputation adds to the votes that an account casts itself.
        fn vote_bonus(who: AccountId) -> Permill;
        /// The account that may stop things.
        fn technical() -> Option<AccountId>;
    }
}
