//! What the runtime API shows to readers.

use crate::{
    CircuitId, CircuitInfo, Commitment, ContentId, JobState, Locator, Mode, ModelId, Stage, Url,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;
use sp_core::H256;

/// A job as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct JobView<AccountId, Balance, BlockNumber> {
    /// Who pays.
    pub requester: AccountId,
    /// The model to run.
    pub model: ModelId,
    /// The model's circuit.
    pub circuit: CircuitId,
    /// The input file.
    pub input: Locator,
    /// How many batches there are.
    pub batches: u32,
    /// How results are checked.
    pub mode: Mode,
    /// One commitment per batch, or none if there is a root.
    pub commitments: Vec<Commitment>,
    /// Root of the Merkle tree of the batches' commitments.
    pub input_root: Option<H256>,
    /// Held for the job.
    pub max_price: Balance,
    /// Block of inclusion.
    pub submitted: BlockNumber,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Where it stands.
    pub state: JobState<AccountId, Balance, BlockNumber>,
    /// The provider's commitment to results that are not all proven, and what was asked of them.
    pub stage: Option<Stage<BlockNumber>>,
    /// Per batch, or per batch asked for if there is a root: what was proven, once it was.
    pub results: Vec<Option<ResultView<BlockNumber>>>,
    /// Where the assigned provider's executor answers.
    pub endpoint: Option<Url>,
}

/// A proven batch.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct ResultView<BlockNumber> {
    /// Commitment to the output: what the proof showed to be the model's exact answer.
    pub commitment: Commitment,
    /// The output file.
    pub output: ContentId,
    /// Block in which the proof was verified.
    pub at: BlockNumber,
}

/// A circuit as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct CircuitView<AccountId> {
    /// Who registered it.
    pub owner: AccountId,
    /// Sizes and whether it is attested.
    pub info: CircuitInfo,
    /// Canonical verifying key bytes.
    pub verifying_key: Vec<u8>,
    /// The proving key.
    pub proving_key: Locator,
    /// What a requester needs to compute commitments.
    pub commitment_key: Locator,
}

/// A provider as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct ProviderView<AccountId, Balance> {
    /// The key that reports.
    pub worker: AccountId,
    /// Tokens per 10^9 multiply-accumulates.
    pub ask: Balance,
    /// Held bond.
    pub bond: Balance,
    /// Of it, reserved for running jobs.
    pub reserved: Balance,
    /// Jobs it works on now.
    pub running: u32,
    /// Whether it takes jobs.
    pub available: bool,
    /// Whether it takes jobs under unattested keys.
    pub unattested: bool,
    /// Where its executor answers the public.
    pub endpoint: Url,
    /// Current reputation.
    pub score: Permill,
    /// Jobs completed and failed, ever.
    pub jobs: (u32, u32),
}

/// What has left supply, by source.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug, Default)]
pub struct BurnTotals<Balance> {
    /// Of job prices.
    pub job_fees: Balance,
    /// Of transaction fees.
    pub transaction_fees: Balance,
    /// Of slashes.
    pub slashes: Balance,
    /// By their owners.
    pub voluntary: Balance,
}
