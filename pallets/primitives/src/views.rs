//! What the runtime API shows to readers.

use crate::{
    CircuitId, CircuitInfo, Commitment, ContentId, Delivery, JobCurrency, JobId, JobStage,
    JobState, Locator, Mode, ModelId, Profile, SlashReason, Url,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
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
    /// What it is paid in.
    pub currency: JobCurrency,
    /// Block of inclusion.
    pub submitted: BlockNumber,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Where it stands.
    pub state: JobState<AccountId, Balance, BlockNumber>,
    /// The provider's commitment to results that are not all proven, and what was asked of them.
    pub stage: Option<JobStage<BlockNumber>>,
    /// Per batch, or per batch asked for if there is a root: what was proven, once it was.
    pub results: Vec<Option<ResultView<BlockNumber>>>,
    /// Where the assigned provider's executor answers.
    pub endpoint: Option<Url>,
    /// The delivery that was asked for, if one was.
    pub delivery: Option<Delivery<Balance, BlockNumber>>,
    /// Last block in which its input may be published, while a provider says that it cannot have it.
    pub input_due: Option<BlockNumber>,
    /// Whether its input is on the chain, because of such a report.
    pub input_published: bool,
}

impl<AccountId, Balance, BlockNumber> JobView<AccountId, Balance, BlockNumber> {
    /// The batches that [`JobView::results`] are of, in its order.
    pub fn result_batches(&self) -> Vec<u32> {
        match (self.mode, &self.stage) {
            (Mode::Proven, _) => (0..self.batches).collect(),
            (Mode::Sampled { .. } | Mode::Optimistic, Some(stage)) => stage.asked(),
            (Mode::Sampled { .. } | Mode::Optimistic, None) | (Mode::Redundant { .. }, _) => {
                Vec::new()
            }
        }
    }
}

/// As much of a job as one needs to wait for it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct JobSummary<AccountId, Balance, BlockNumber> {
    /// Who pays.
    pub requester: AccountId,
    /// The model to run.
    pub model: ModelId,
    /// How many batches there are.
    pub batches: u32,
    /// How many of them are proven.
    pub proven: u32,
    /// Held for the job.
    pub max_price: Balance,
    /// Last block in which a result counts.
    pub deadline: BlockNumber,
    /// Where it stands.
    pub state: JobState<AccountId, Balance, BlockNumber>,
    /// What it is paid in.
    pub currency: JobCurrency,
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

/// What else there is to know of a provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct ProviderDetails<AccountId, Balance, BlockNumber> {
    /// What it says of itself, if anything.
    pub profile: Option<Profile>,
    /// Jobs that it may work on at a time.
    pub capacity: u32,
    /// How many it may on capacity of its own, those that it lends among them.
    pub slots: u32,
    /// What is unbonding, oldest first: how much, and from which block on it may be withdrawn.
    pub unbonding: Vec<(Balance, BlockNumber)>,
    /// Block from which the whole bond may be withdrawn, once it has unregistered.
    pub leaving: Option<BlockNumber>,
    /// Slashed, and to be taken as soon as running jobs release it.
    pub owed: Balance,
    /// Offences that still raise what is asked of it.
    pub strikes: u32,
    /// Least bond with which it takes jobs now.
    pub least_bond: Balance,
    /// Its maintenance, first block and the first one after it, running or announced or past.
    pub maintenance: Option<(BlockNumber, BlockNumber)>,
    /// Jobs' worth of capacity that it lets to others.
    pub lent: u32,
    /// The capacity let to it.
    pub lease: Option<LeaseView<AccountId, BlockNumber>>,
    /// The lease that it has offered.
    pub offered: Option<LeaseOfferView<AccountId>>,
    /// Its last slashes, oldest first.
    pub slashes: Vec<PastSlash<Balance, BlockNumber>>,
}

/// A lease as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct LeaseView<AccountId, BlockNumber> {
    /// Whose capacity it is.
    pub lessor: AccountId,
    /// How many jobs at a time.
    pub slots: u32,
    /// The lessor's part of what is earned on them.
    pub share: Permill,
    /// First block after it, once one side has given notice.
    pub ends: Option<BlockNumber>,
}

/// An offer of a lease as readers see it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct LeaseOfferView<AccountId> {
    /// Who may accept it.
    pub operator: AccountId,
    /// How many jobs at a time.
    pub slots: u32,
    /// The lessor's part of what is earned on them.
    pub share: Permill,
}

/// One slash of a provider.
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
pub struct PastSlash<Balance, BlockNumber> {
    /// Block in which it was decided.
    pub at: BlockNumber,
    /// Why.
    pub reason: SlashReason,
    /// How much in all, what was owed at first included.
    pub amount: Balance,
    /// The job that it concerns.
    pub job: Option<JobId>,
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
