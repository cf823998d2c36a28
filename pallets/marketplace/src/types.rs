//! What the pallet stores about a job.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use scale_info::TypeInfo;
use swarmwork_primitives::{
    CircuitId, Commitment, ContentId, JobId, JobState, Locator, ModelId, Split, MAX_BATCHES,
    MAX_PROOF_BYTES,
};

/// One input commitment per batch.
pub type Commitments = BoundedVec<Commitment, ConstU32<MAX_BATCHES>>;

/// A proof as it is submitted.
pub type ProofBytes = BoundedVec<u8, ConstU32<MAX_PROOF_BYTES>>;

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
    /// How many batches there are.
    pub batches: u32,
    /// How many of them are proven.
    pub proven: u32,
    /// What is held for the job while it is open or assigned.
    pub max_price: Balance,
    /// How its price will be divided, whatever the shares are by then.
    pub split: Split,
    /// Block of inclusion.
    pub submitted: BlockNumber,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Whether its provider is drawn (otherwise it was named). Only draws are evidence of
    /// reputation: counterparties are free accounts.
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
}

/// The part of a job that never changes and that only readers and proofs need.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct JobInput {
    /// The input file.
    pub locator: Locator,
    /// Commitments to the input of each batch.
    pub commitments: Commitments,
}

/// The two agendas.
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
    /// Jobs to draw a provider for, by the block whose successors' VRF outputs are the seed.
    Draw,
    /// Jobs to look at again: expired once their deadline is past, pruned after retention. Every
    /// stored job has exactly one entry here.
    Wake,
}
