//! What the pallet stores about a job.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use scale_info::TypeInfo;
use sp_core::H256;
use swarm_merkle::{Hash, MAX_DEPTH};
use swarmwork_primitives::{
    CircuitId, Commitment, ContentId, JobCurrency, JobId, JobState, Locator, Mode, ModelId, Split,
    Terms, MAX_BATCHES, MAX_BIDS, MAX_CHALLENGES, MAX_PROOF_BYTES,
};

/// One input commitment per batch.
pub type Commitments = BoundedVec<Commitment, ConstU32<MAX_BATCHES>>;

/// A proof as it is submitted.
pub type ProofBytes = BoundedVec<u8, ConstU32<MAX_PROOF_BYTES>>;

/// The siblings on the way from a leaf to a root, the leaf's own first.
pub type Path = BoundedVec<Hash, ConstU32<MAX_DEPTH>>;

/// The input of a job that has more batches than commitments are stored of, or that are not all to
/// be proven.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct RootedInput {
    /// The input file.
    pub locator: Locator,
    /// How many batches there are.
    pub batches: u32,
    /// Root of the Merkle tree of the batches' commitments.
    pub root: H256,
}

/// A proven batch of a job whose inputs and results are committed to by roots.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Opening {
    /// The proof, and the output file.
    pub report: Report,
    /// From the result to the provider's root.
    pub result_path: Path,
    /// The commitment to the batch's input.
    pub input: Commitment,
    /// From it to the requester's root.
    pub input_path: Path,
}

/// A batch that is proven to show whose answer to it was wrong.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Dispute {
    /// The job.
    pub job: JobId,
    /// Which batch of it.
    pub batch: u32,
    /// The commitment to the batch's input.
    pub input: Commitment,
    /// From it to the requester's root.
    pub input_path: Path,
    /// The proof, of the provider that disputes.
    pub proof: ProofBytes,
}

/// A result among others; the fields are the arguments of [`crate::Call::submit_result`].
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Report {
    /// The job.
    pub job: JobId,
    /// Which batch of it.
    pub batch: u32,
    /// The proof.
    pub proof: ProofBytes,
    /// The output file.
    pub output: ContentId,
}

/// Which of several results is refused, and why: the error is the one that it gets alone.
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
    PalletError,
    Debug,
)]
pub struct ResultRefusal {
    /// Its place in the call, counted from 0.
    pub entry: u8,
    /// Index of the pallet whose error it is.
    pub pallet: u8,
    /// Index of the error in that pallet's.
    pub error: u8,
}

/// A job's record. What its provider must read but no block must write lies in [`JobInput`].
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Job<AccountId, Balance, BlockNumber> {
    /// Who pays.
    pub requester: AccountId,
    /// The model to run.
    pub model: ModelId,
    /// Who earns the model's share; fixed at submission.
    pub owner: AccountId,
    /// The model's circuit.
    pub circuit: CircuitId,
    /// The model's weight commitment, which every proof of the job is bound to.
    pub weights: Commitment,
    /// How its results are checked.
    pub mode: Mode,
    /// How many batches there are.
    pub batches: u32,
    /// How many of them are proven.
    pub proven: u32,
    /// What is held for the job while it is open or assigned.
    pub max_price: Balance,
    /// What it is paid in.
    pub currency: JobCurrency,
    /// How its price will be divided, whatever the shares are by then.
    pub split: Split,
    /// Block of inclusion.
    pub submitted: BlockNumber,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Whether its provider is drawn by a whole window of outputs. Only such draws are evidence of
    /// reputation: counterparties are free accounts, and fast draws are easier to steer.
    pub swarm: bool,
    /// Draws that found nobody.
    pub draws: u32,
    /// Where it stands.
    pub state: JobState<AccountId, Balance, BlockNumber>,
}

impl<AccountId, Balance, BlockNumber: Copy> Job<AccountId, Balance, BlockNumber> {
    /// The block in which it was assigned, while it is.
    pub fn assigned(&self) -> Option<BlockNumber> {
        self.state.assigned()
    }

    /// The block in which the job ended, if it has.
    pub fn ended(&self) -> Option<BlockNumber> {
        self.state.ended()
    }

    /// How many of its batches are proven before it is paid.
    pub fn proofs(&self) -> u32 {
        self.mode.proofs(self.batches)
    }
}

/// The part of a job that never changes and that only readers and proofs need.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct JobInput {
    /// The input file.
    pub locator: Locator,
    /// What commits to the batches of it.
    pub commitments: InputCommitments,
}

/// What commits to a job's input.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub enum InputCommitments {
    /// One commitment per batch.
    Listed(Commitments),
    /// The root of their Merkle tree.
    Root {
        /// How many batches there are.
        batches: u32,
        /// The root.
        root: H256,
    },
}

impl InputCommitments {
    /// How many batches there are.
    pub fn batches(&self) -> u32 {
        match self {
            // At most MAX_BATCHES.
            Self::Listed(commitments) => commitments.len() as u32,
            Self::Root { batches, .. } => *batches,
        }
    }

    /// The commitments, if they are stored.
    pub fn listed(&self) -> &[Commitment] {
        match self {
            Self::Listed(commitments) => commitments,
            Self::Root { .. } => &[],
        }
    }

    /// The root, if there is one.
    pub fn root(&self) -> Option<H256> {
        match self {
            Self::Listed(_) => None,
            Self::Root { root, .. } => Some(*root),
        }
    }
}

/// A batch that somebody wants to see proven.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Challenge<AccountId, Balance, BlockNumber> {
    /// Who pays if it is proven.
    pub challenger: AccountId,
    /// Which batch.
    pub batch: u32,
    /// Held from the challenger.
    pub bond: Balance,
    /// Last block in which its answer counts; then the job has failed.
    pub until: BlockNumber,
}

/// The challenges of a job that are not answered, oldest first, and so by when they are due.
pub type OpenChallenges<AccountId, Balance, BlockNumber> =
    BoundedVec<Challenge<AccountId, Balance, BlockNumber>, ConstU32<MAX_CHALLENGES>>;

/// The agendas.
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
pub enum Agenda {
    /// Jobs to draw a provider for, batches to be proven, or an auditor, or whose auction is over,
    /// by the block whose successors' VRF outputs are the seed.
    Draw,
    /// Jobs whose results stand, to fail when an answer is overdue, or to be paid when the time for
    /// challenges and answers is over; jobs whose panels have to move on, whose delivery is waited for,
    /// or whose input is reported as missing.
    Close,
    /// Jobs to look at again: ended once their time is past, pruned after retention. Every stored
    /// job has exactly one entry here.
    Wake,
    /// Jobs to draw a provider for by the output of one block.
    Fast,
    /// As [`Agenda::Draw`], for a fee.
    High,
    /// As [`Agenda::Draw`], for a larger fee.
    Urgent,
    /// Jobs whose providers must have started.
    Start,
}

/// What was asked with a job beyond the default.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Special {
    /// What was asked.
    pub terms: Terms,
    /// Whether bids are, or were, taken for it.
    pub auction: bool,
    /// Whether its provider has bid for it.
    pub won: bool,
}

/// The active set as it was when the outputs of a draw began.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Snapshot<BlockNumber> {
    /// How many providers it had: those with higher indices have come since.
    pub count: u32,
    /// The block of the chain, counted as providers count, by which it was so.
    pub block: BlockNumber,
}

/// What fast draws are made by.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct FastWindow<Hash, Balance, BlockNumber> {
    /// The output of the block after theirs.
    pub output: Hash,
    /// The active set before it.
    pub frozen: Snapshot<BlockNumber>,
    /// What the jobs cost together that it has drawn for so far.
    pub drawn: Balance,
}

/// A provider's bid for a job.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Bid<AccountId, Balance, BlockNumber> {
    /// Who.
    pub provider: AccountId,
    /// For how much.
    pub price: Balance,
    /// What is reserved for it.
    pub collateral: Balance,
    /// In which block.
    pub at: BlockNumber,
}

/// A job that bids are taken for.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Auction<AccountId, Balance, BlockNumber> {
    /// For how many blocks.
    pub blocks: u32,
    /// The last of them.
    pub until: BlockNumber,
    /// The lowest bids, oldest first.
    pub bids: BoundedVec<Bid<AccountId, Balance, BlockNumber>, ConstU32<MAX_BIDS>>,
}
