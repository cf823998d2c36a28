//! The small traits the pallets meet through.

use crate::{CircuitId, Commitment, JobId, Locator, ModelId, ProviderStanding, Rejection};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::{Perbill, Permill};
use sp_runtime::{DispatchError, DispatchResult};

/// What others need to know of a registered circuit.
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
pub struct CircuitInfo {
    /// Whether nobody alone can forge under this key (or the chain is a development chain).
    pub attested: bool,
    /// Inferences per proof.
    pub batch: u32,
    /// Values per input row.
    pub input_len: u32,
    /// Values per output row.
    pub output_len: u32,
    /// Multiply-accumulates per proof.
    pub macs: u64,
}

/// What a proof is bound to. The genesis hash is the pallet's own to add.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProofContext<'a, AccountId> {
    /// The job proven.
    pub job: &'a JobId,
    /// Which batch of the job.
    pub batch: u32,
    /// The provider's controller account.
    pub provider: &'a AccountId,
    /// Commitment to the model's weights, from chain state.
    pub weights: &'a Commitment,
    /// Commitment to the batch's input, from chain state.
    pub input: &'a Commitment,
}

/// One of several proofs checked together, and why it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProofRefusal {
    /// Its place among them, counted from 0.
    pub index: usize,
    /// What [`Circuits::verify`] says of it alone.
    pub error: DispatchError,
}

/// A statement and a valid proof of it under [`Circuits::benchmark_circuit`].
#[cfg(feature = "runtime-benchmarks")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BenchmarkProof<AccountId> {
    /// The job that the proof is for.
    pub job: JobId,
    /// Which batch of the job.
    pub batch: u32,
    /// The provider's controller account.
    pub provider: AccountId,
    /// Commitment to the model's weights.
    pub weights: Commitment,
    /// Commitment to the batch's input.
    pub input: Commitment,
    /// The proof.
    pub proof: alloc::vec::Vec<u8>,
}

/// Registered circuits and the one call that checks a proof.
pub trait Circuits<AccountId> {
    /// The circuit, if registered.
    fn info(id: &CircuitId) -> Option<CircuitInfo>;
    /// Verifying key bytes and the locators of proving and commitment key.
    fn keys(id: &CircuitId) -> Option<(alloc::vec::Vec<u8>, Locator, Locator)>;
    /// Whether 32 bytes are a canonical commitment; the error says why not.
    fn check_commitment(point: &Commitment) -> DispatchResult;
    /// Verifies one proof; each way to fail has its own error.
    fn verify(id: &CircuitId, context: ProofContext<AccountId>, proof: &[u8]) -> DispatchResult;
    /// Benchmarked weight of [`Circuits::verify`].
    fn verify_weight() -> Weight;
    /// Verifies proofs under one circuit together, at a fraction of the cost of each alone. Accepts
    /// what [`Circuits::verify`] accepts of each (or, with probability 2^-128, more); a refusal
    /// names a proof that it does not accept. Whether a proof may occur twice is for the caller to
    /// say.
    fn verify_batch(
        id: &CircuitId,
        batch: &[(ProofContext<AccountId>, &[u8])],
    ) -> Result<(), ProofRefusal>;
    /// Benchmarked weight of a [`Circuits::verify_batch`] that accepts so many proofs.
    fn verify_batch_weight(proofs: u32) -> Weight;
    /// Benchmarked weight of a [`Circuits::verify_batch`] that refuses so many proofs: finding the
    /// one to name takes longer than accepting all.
    fn refuse_batch_weight(proofs: u32) -> Weight;
    /// Registers an attested circuit whose [`Circuits::verify`] can be exercised, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_circuit(owner: &AccountId) -> CircuitId;
    /// What [`Circuits::verify`] accepts under [`Circuits::benchmark_circuit`]. The job id is the
    /// fixture's own: a benchmark stores its job under it.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_proof() -> BenchmarkProof<AccountId>;
}

/// What others need to know of a registered model.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct ModelInfo<AccountId> {
    /// Who registered it and earns its share.
    pub owner: AccountId,
    /// The circuit it runs under.
    pub circuit: CircuitId,
    /// Commitment to its weights.
    pub weights: Commitment,
    /// The model file.
    pub content: Locator,
}

/// Registered models.
pub trait Models<AccountId> {
    /// The model, if registered.
    fn info(id: &ModelId) -> Option<ModelInfo<AccountId>>;
    /// Registers a model under a circuit, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model(owner: &AccountId, circuit: CircuitId) -> ModelId;
}

/// What a job asks of a provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Demand<Balance> {
    /// Multiply-accumulates of the whole job.
    pub macs: u128,
    /// Most the requester pays.
    pub max_price: Balance,
    /// Whether the job's circuit is attested.
    pub attested: bool,
    /// The price that the provider has named for this job, if its ask does not count.
    pub agreed: Option<Balance>,
}

/// An accepted demand.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Offer<Balance> {
    /// What the job will cost the requester.
    pub price: Balance,
    /// What the provider must reserve of its bond (price plus slash).
    pub collateral: Balance,
}

/// Why a provider loses a part of its bond.
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
pub enum SlashReason {
    /// The privileged origin has decided so.
    Governance,
    /// Its worker key signed an answer that a proof shows to be wrong.
    Forgery,
    /// Its worker key signed two different answers to one batch.
    Equivocation,
    /// It committed to results and did not prove what was asked of them.
    Unproven,
    /// It gave back a job that it had bid for, could not prove it or let it expire.
    Withdrawn,
}

/// What an offence costs. The sum of both parts is taken.
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
pub struct Penalty {
    /// Of everything that the provider has at stake, unbonding included.
    pub stake: Perbill,
    /// Of the price of the job that it concerns.
    pub price: Perbill,
    /// How many steps the collateral asked of the provider rises by.
    pub strikes: u8,
    /// Whether such penalties together stay within a part of the stake per day: for faults that a
    /// stolen worker key can commit without its owner.
    pub capped: bool,
}

/// What a provider was given to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work<AccountId, Balance, BlockNumber> {
    /// Who was assigned.
    pub provider: AccountId,
    /// What the job costs, or the most that it could have, once it has ended or was given back without.
    pub price: Balance,
    /// How many batches there are.
    pub batches: u32,
    /// Block of the chain in which the job was submitted, or a later one.
    pub submitted: BlockNumber,
    /// Whether nobody alone can forge proofs of it.
    pub attested: bool,
}

/// Jobs as those see them who judge the work on them.
pub trait Jobs<AccountId, Balance, BlockNumber> {
    /// Whether the job is stored.
    fn is_stored(job: &JobId) -> bool;
    /// What was given to `provider`, if it gave the job back, or else to whoever has the job or had it
    /// last; as long as the job is stored.
    fn work(job: &JobId, provider: &AccountId) -> Option<Work<AccountId, Balance, BlockNumber>>;
    /// Commitment to the exact answer to a batch, once it was proven on chain.
    fn proven(job: &JobId, batch: u32) -> Option<Commitment>;
    /// Commitment to the exact answer to a batch, from a proof that `prover` made of it.
    fn prove(
        job: &JobId,
        batch: u32,
        prover: &AccountId,
        proof: &[u8],
    ) -> Result<Commitment, DispatchError>;
    /// Benchmarked weight of [`Jobs::prove`].
    fn prove_weight() -> Weight;
    /// Stores a job of one batch that is assigned to a provider, under an attested circuit, with
    /// this answer proven, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_job(provider: &AccountId, answer: Commitment) -> JobId;
}

/// Registered providers, their capacity and their bonds.
pub trait Providers<AccountId, Balance> {
    /// How many providers are registered and available: indices `0..active_count()`.
    fn active_count() -> u32;
    /// The provider at an index of the active set.
    fn active_at(index: u32) -> Option<AccountId>;
    /// As [`Providers::active_at`], before anything of the last `since` blocks, or of this one:
    /// whoever has come or gone in them changes nothing.
    fn active_before(index: u32, since: u32) -> Option<AccountId>;
    /// Whether the provider fits, and at what price; otherwise why not.
    fn offer(who: &AccountId, demand: &Demand<Balance>) -> Result<Offer<Balance>, Rejection>;
    /// What a provider has to show for a job's requirements.
    fn features(who: &AccountId) -> crate::Features;
    /// How many blocks ago a provider last changed what a draw depends on: its price, what it says
    /// of itself, whether it is there. The largest number if it never did.
    fn settled(who: &AccountId) -> u32;
    /// How many jobs a provider works on, and how many it may at a time.
    fn load(who: &AccountId) -> (u32, u32);
    /// Takes one slot and the collateral of a provider for a job.
    fn reserve(who: &AccountId, collateral: Balance) -> DispatchResult;
    /// Gives slot and collateral back.
    fn release(who: &AccountId, collateral: Balance) -> DispatchResult;
    /// Takes so much of a provider's bond for what it did in a job, or what there is of it, and says
    /// how much that was. What running jobs have reserved is not taken before they release it:
    /// release it first.
    fn slash(who: &AccountId, amount: Balance, reason: SlashReason, job: JobId) -> Balance;
    /// As [`Providers::slash`], for what an informer found: it gets so much of what is not burned.
    /// What was slashed, and what the informer got of it.
    fn slash_informed(
        who: &AccountId,
        amount: Balance,
        reason: SlashReason,
        job: JobId,
        informer: &AccountId,
        share: Permill,
    ) -> (Balance, Balance);
    /// What those weigh who are told of a slash; the slash itself is measured with whatever slashes.
    fn slashed_weight() -> Weight;
    /// The provider that a worker key reports for.
    fn controller_of(worker: &AccountId) -> Option<AccountId>;
    /// The worker key of a provider.
    fn worker_of(controller: &AccountId) -> Option<AccountId>;
    /// Where the provider's executor answers the public.
    fn endpoint(controller: &AccountId) -> Option<crate::Url>;
    /// Who lets capacity to the provider, and what of so much earned is the lessor's: never more
    /// than was earned.
    fn lessor_share(who: &AccountId, earned: Balance) -> Option<(AccountId, Balance)>;
    /// Registers an available provider that takes any demand, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_provider(controller: &AccountId, worker: &AccountId);
}

/// What an event says of a provider.
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
pub enum Outcome {
    /// It delivered and was proven right.
    Succeeded,
    /// It was assigned, and the job expired or it was wrong.
    Failed,
}

/// Where evidence of work goes, and where scores come from.
///
/// Evidence is what happened to a provider that was drawn for a job under an attested key, or what
/// an audit found. A named provider's job is none: its requester may be itself.
pub trait Reputation<AccountId, Balance> {
    /// Records evidence of a job, weighted by the tokens that it burned or, for a failure, would have
    /// burned. `requester` lets one requester's influence be bounded.
    fn record(
        provider: &AccountId,
        requester: &AccountId,
        job: JobId,
        outcome: Outcome,
        burned: Balance,
    );
    /// Current score.
    fn score(provider: &AccountId) -> Permill;
    /// What its record entitles it to now.
    fn standing(provider: &AccountId) -> ProviderStanding;
    /// Gives a provider the record of the highest standing, for benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_standing(provider: &AccountId);
}

/// The ways tokens leave supply.
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
pub enum BurnSource {
    /// The burned share of a job's price, and what is burned for a priority.
    JobFee,
    /// The burned share of transaction fees.
    TransactionFee,
    /// Slashed funds.
    Slash,
    /// Burned by their owner.
    Voluntary,
}

/// The ledger of every burn. `Credit` is an imbalance already taken from its owner.
pub trait BurnLedger<Credit> {
    /// Takes the credit out of issuance and books it under its source.
    fn burn(source: BurnSource, credit: Credit);
}

/// Told when more of an account's funds go into escrow, which may end up with somebody else.
pub trait OnEscrow<AccountId> {
    /// The account's escrow has grown.
    fn escrowed(who: &AccountId);
}

impl<AccountId> OnEscrow<AccountId> for () {
    fn escrowed(_: &AccountId) {}
}
