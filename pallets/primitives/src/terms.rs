//! How a job finds its provider beyond who that may be: when, how fast, and what that says of prices.

use crate::{
    Assignment, AssignmentKind, JobCurrency, Mode, ModelId, RejectionCounts, Requirements,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most bids that an auction keeps: the lowest.
pub const MAX_BIDS: u32 = 12;

/// Where a job stands among those that wait for their draw. A fee is burned for being treated as if
/// it had waited for some time already, so that no job waits for ever behind others that pay.
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
pub enum Priority {
    /// In order of submission.
    #[default]
    Normal,
    /// Ahead, for a fee.
    High,
    /// Four times as far ahead, for four times the fee.
    Urgent,
}

impl Priority {
    /// How many times fee and age of [`Priority::High`] it is.
    pub fn multiple(self) -> u32 {
        match self {
            Self::Normal => 0,
            Self::High => 1,
            Self::Urgent => 4,
        }
    }
}

/// What a requester says beyond model, input and price. The default says nothing.
#[derive(
    Clone,
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
pub struct Terms {
    /// What the provider must and should have.
    pub requirements: Requirements,
    /// Whether one block's output is enough for the draw: sooner, and easier to steer.
    pub fast: bool,
    /// Where the job stands among those that wait.
    pub priority: Priority,
    /// Blocks in which the provider must start; who does not loses the job to another.
    pub start_within: Option<u32>,
    /// Whether the provider is paid only once the requester has had time to say that it has no
    /// output, and then publishes it on chain. The bytes are prepaid.
    pub deliver: bool,
}

/// How a job finds its provider.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Placement<AccountId> {
    /// By whom or what it is chosen.
    pub assignment: Assignment<AccountId>,
    /// What else is asked.
    pub terms: Terms,
}

impl<AccountId> From<Assignment<AccountId>> for Placement<AccountId> {
    fn from(assignment: Assignment<AccountId>) -> Self {
        Self {
            assignment,
            terms: Terms::default(),
        }
    }
}

/// A job that nobody has submitted, to ask who would take it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Enquiry<Balance> {
    /// The model to run.
    pub model: ModelId,
    /// How many batches there are.
    pub batches: u32,
    /// How results are checked.
    pub mode: Mode,
    /// Most that is paid, in `currency`; to all providers together, where there are several.
    pub max_price: Balance,
    /// What it is paid in.
    pub currency: JobCurrency,
    /// What is asked of the provider.
    pub requirements: Requirements,
}

/// What a job would cost now.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Quote<Balance> {
    /// Multiply-accumulates that the job is priced at.
    pub macs: u128,
    /// Providers looked at, evenly over the active set.
    pub judged: u32,
    /// How many of them would take it.
    pub fitting: u32,
    /// Why the others would not.
    pub rejected: RejectionCounts,
    /// The least, the median and the largest price among those that would.
    pub prices: Option<(Balance, Balance, Balance)>,
    /// What jobs of this compute class were settled at lately, per 10^9 multiply-accumulates.
    pub average: Option<Balance>,
    /// What this job would cost at that.
    pub at_average: Option<Balance>,
}

/// What jobs of a compute class were settled at.
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
pub struct ClearingPrice<Balance> {
    /// Per 10^9 multiply-accumulates, the latest weighing a sixteenth.
    pub average: Balance,
    /// How many jobs.
    pub jobs: u32,
}

/// A bid as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct BidView<AccountId, Balance, BlockNumber> {
    /// Who.
    pub provider: AccountId,
    /// For how much.
    pub price: Balance,
    /// In which block.
    pub at: BlockNumber,
}

/// How a job finds its provider, as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct PlacementView<AccountId, Balance, BlockNumber> {
    /// By whom or what its provider was to be chosen. A job that nobody has bid for is drawn for.
    pub assignment: AssignmentKind,
    /// What was asked when it was submitted.
    pub terms: Terms,
    /// Whether its provider has it by its bid.
    pub won: bool,
    /// Draws that found nobody, and providers that gave it back.
    pub draws: u32,
    /// Last block for bids, while there is an auction.
    pub bids_until: Option<BlockNumber>,
    /// Its bids, oldest first.
    pub bids: Vec<BidView<AccountId, Balance, BlockNumber>>,
    /// Last block in which its provider may start, while it has not.
    pub start_by: Option<BlockNumber>,
    /// Who declined it, or missed its start.
    pub passed: Vec<AccountId>,
}
