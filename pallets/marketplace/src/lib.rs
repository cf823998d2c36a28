//! Jobs: escrow, assignment, results, settlement, expiry; and the offchain worker that does them.
//!
//! A job is submitted with its maximum price held, finds a provider (drawn by the VRF outputs of
//! the blocks after its inclusion, or named), is proven batch by batch or in a sample of batches
//! that the provider has committed to, and is settled by the last proof. A job that is not finished
//! by its deadline expires by itself and is refunded. Or several are drawn, and what most of them agree
//! on is paid: see [`redundant`] and [`audits`]. See [`agenda`] for what happens when,
//! [`assignment`] for the draw, [`sampling`] for samples, [`settlement`] for the money and
//! [`currencies`] for what it may be.
#![cfg_attr(not(feature = "std"), no_std)]
// Tuples over the runtime's associated types read as complex whatever they are called.
#![allow(clippy::type_complexity)]

extern crate alloc;

mod agenda;
mod assignment;
mod auctions;
mod audits;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod buying;
mod cancellation;
mod challenges;
mod claims;
mod clock;
mod currencies;
mod delivery;
#[cfg(any(test, feature = "upgrade-drill"))]
pub mod drill;
mod extension;
mod field;
mod inputs;
mod integrity;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod invariants;
mod lanes;
mod matching;
#[cfg(test)]
mod mock;
mod offchain;
mod prices;
mod redundant;
mod results;
mod sampling;
mod settlement;
mod starts;
mod submission;
mod terms;
#[cfg(test)]
mod tests;
mod tips;
mod together;
mod trust;
mod types;
mod views;
pub mod weights;
mod work;

pub use currencies::listing_scope;
#[cfg(feature = "upgrade-drill")]
pub use drill::Job;
pub use extension::{CheckResults, MAX_REFUSED};
pub use inputs::{InputBytes, Reports};
pub use pallet::*;
pub use swarm_scoring::{Lottery, ScoreParameters};
#[cfg(not(feature = "upgrade-drill"))]
pub use types::Job;
pub use types::{
    Agenda, Auction, Bid, Challenge, Commitments, Dispute, FastWindow, InputCommitments, JobInput,
    OpenChallenges, Opening, Path, ProofBytes, Report, ResultRefusal, RootedInput, Snapshot,
    Special,
};
pub use views::MAX_CANDIDATES;
pub use weights::WeightInfo;

use swarmwork_primitives::Panel;

/// A job record of a runtime.
pub type JobOf<T> = Job<
    <T as frame_system::Config>::AccountId,
    BalanceOf<T>,
    frame_system::pallet_prelude::BlockNumberFor<T>,
>;

/// The providers of a job that is given to several.
pub type PanelOf<T> = Panel<
    <T as frame_system::Config>::AccountId,
    BalanceOf<T>,
    frame_system::pallet_prelude::BlockNumberFor<T>,
>;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        dispatch::PostDispatchInfo,
        pallet_prelude::*,
        traits::{
            fungible::{BalancedHold, Credit, Inspect, Mutate, MutateHold},
            fungibles, EnsureOriginWithArg, Randomness,
        },
        weights::WeightMeter,
    };
    use frame_system::{
        offchain::{AppCrypto, CreateSignedTransaction},
        pallet_prelude::*,
    };
    use sp_arithmetic::FixedU128;
    use sp_core::H256;
    use sp_runtime::Permill;
    use swarmwork_primitives::{
        Answers, AssetId, Assignment, Budget, BurnLedger, CancellationReason, Circuits,
        ClearingPrice, ComputeClass, ContentId, Delivery, Exchange, FailureReason, JobCurrency,
        JobId, JobStage, Listing, Locator, Mode, ModelId, Models, OnEscrow, OutputBases,
        OutputPart, Placement, Priority, Providers, RejectionCounts, Reputation, ResultRoot,
        ResultView, Samples, SlashReason, SwarmWork, UnpaidReason,
    };

    /// Balance type of the pallet's currency.
    pub type BalanceOf<T> =
        <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
    /// What is burned.
    pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion =
        StorageVersion::new(if cfg!(feature = "upgrade-drill") {
            1
        } else {
            0
        });

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config + CreateSignedTransaction<Call<Self>> {
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// The chain's token: what is burned, and what bonds are in.
        type Currency: Mutate<Self::AccountId>
            + MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>
            + BalancedHold<Self::AccountId>;
        /// What jobs are paid in: the same token, and assets.
        type Funds: fungibles::MutateHold<
            Self::AccountId,
            AssetId = JobCurrency,
            Balance = BalanceOf<Self>,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;
        /// Who may list assets: asked about each with its [`listing_scope`].
        type ListOrigin: EnsureOriginWithArg<Self::RuntimeOrigin, H256>;
        /// Where benchmarks get assets from.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkAssets: fungibles::Create<Self::AccountId, AssetId = AssetId, Balance = BalanceOf<Self>>
            + fungibles::Mutate<Self::AccountId>;
        /// Registered circuits.
        type Circuits: Circuits<Self::AccountId>;
        /// The bases of their commitments to outputs.
        type OutputBases: OutputBases;
        /// Registered models.
        type Models: Models<Self::AccountId>;
        /// Registered providers.
        type Providers: Providers<Self::AccountId, BalanceOf<Self>>;
        /// Scores, and where evidence goes.
        type Reputation: Reputation<Self::AccountId, BalanceOf<Self>>;
        /// Where settled jobs earn emission.
        type SwarmWork: SwarmWork<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;
        /// The ledger of what leaves supply.
        type BurnLedger: BurnLedger<CreditOf<Self>>;
        /// Where tokens are bought for what is to be burned of a price in an asset.
        type Exchange: Exchange<Self::AccountId, BalanceOf<Self>>;
        /// Told when more of a requester's funds go into escrow.
        type OnEscrow: OnEscrow<Self::AccountId>;
        /// Whether the market is stopped: then no block counts towards a deadline.
        type Halted: Get<bool>;
        /// The parent block's VRF output, as `pallet_babe::ParentBlockRandomness` gives it.
        type Randomness: Randomness<Option<Self::Hash>, BlockNumberFor<Self>>;
        /// The worker key with which the offchain worker signs.
        type AuthorityId: AppCrypto<Self::Public, Self::Signature>;
        /// Measured weights.
        type WeightInfo: WeightInfo;

        /// Receives the treasury's share and the remainders of rounding.
        type TreasuryAccount: Get<Self::AccountId>;
        /// The provider's part of a price.
        #[pallet::constant]
        type ProviderShare: Get<Permill>;
        /// The treasury's part of a price, before burning.
        #[pallet::constant]
        type TreasuryShare: Get<Permill>;
        /// The part of a price that is burned, taken out of the treasury's.
        #[pallet::constant]
        type BurnedShare: Get<Permill>;
        /// The model owner's part of a price.
        #[pallet::constant]
        type OwnerShare: Get<Permill>;
        /// Of an asset's liquidity that the treasury has, the most that one block sells.
        #[pallet::constant]
        type SoldShare: Get<Permill>;
        /// Least part of its price that withdrawing a job costs; of the most that it may cost, while
        /// its provider is drawn.
        #[pallet::constant]
        type CancelShare: Get<Permill>;
        /// What a block of a provider's slot is worth, in tokens: the least that a job must be able to
        /// pay for each block until its deadline, and that withdrawing it costs for each that was
        /// taken.
        #[pallet::constant]
        type SlotPrice: Get<BalanceOf<Self>>;
        /// Blocks after its assignment in which a provider may report that it cannot have the input.
        #[pallet::constant]
        type ReportTime: Get<BlockNumberFor<Self>>;
        /// Blocks in which the requester may publish an input that is reported.
        #[pallet::constant]
        type PublishTime: Get<BlockNumberFor<Self>>;
        /// Blocks after its last proof in which a requester may say that it has no output.
        #[pallet::constant]
        type DeliveryWindow: Get<BlockNumberFor<Self>>;
        /// Blocks in which a provider may publish an output that is missed.
        #[pallet::constant]
        type DeliveryTime: Get<BlockNumberFor<Self>>;
        /// What is prepaid for each byte of an output that may have to be published, in tokens.
        #[pallet::constant]
        type BytePrice: Get<BalanceOf<Self>>;
        /// What is prepaid besides for each part of it.
        #[pallet::constant]
        type PartPrice: Get<BalanceOf<Self>>;
        /// Most assets that are ever listed.
        #[pallet::constant]
        type MaxListed: Get<u32>;
        /// Least maximum price of a job, in tokens.
        #[pallet::constant]
        type MinimumPrice: Get<BalanceOf<Self>>;
        /// Least distance of a deadline, in blocks.
        #[pallet::constant]
        type MinJobDuration: Get<BlockNumberFor<Self>>;
        /// Largest distance of a deadline, in blocks.
        #[pallet::constant]
        type MaxJobDuration: Get<BlockNumberFor<Self>>;
        /// How long an ended job can still be read, in blocks.
        #[pallet::constant]
        type Retention: Get<BlockNumberFor<Self>>;
        /// How many blocks' VRF outputs seed a draw.
        #[pallet::constant]
        type DrawWindow: Get<u32>;
        /// Most that the jobs may cost together that one block's output has a part in drawing, and
        /// so each of them: it bounds what withholding a block gains. Larger work is split into more
        /// jobs, or given to a named provider.
        #[pallet::constant]
        type MaxDrawn: Get<BalanceOf<Self>>;
        /// Most that a job may cost for which a provider is drawn, by its standing, ascending. The
        /// least price of a job is within everybody's reach.
        type Entrusted: Get<[BalanceOf<Self>; 4]>;
        /// How many candidates a draw samples.
        #[pallet::constant]
        type DrawSample: Get<u32>;
        /// How often one job is drawn for at most.
        #[pallet::constant]
        type MaxDraws: Get<u32>;
        /// Blocks before the first repeated draw; the distance doubles up to 64 times this.
        #[pallet::constant]
        type RedrawInterval: Get<BlockNumberFor<Self>>;
        /// Most jobs one provider may be assigned at once.
        #[pallet::constant]
        type MaxRunning: Get<u32>;
        /// Most results that one [`Pallet::submit_results`] reports, at most
        /// [`swarmwork_primitives::MAX_RESULTS`].
        #[pallet::constant]
        type MaxResults: Get<u32>;
        /// What a batch costs that is computed and committed to but not proven, as a part of what
        /// a proven one costs.
        #[pallet::constant]
        type UnprovenShare: Get<Permill>;
        /// Blocks that a provider has for each drawn batch, at least, and for each challenged one after
        /// those that are due before it.
        #[pallet::constant]
        type AnswerTime: Get<BlockNumberFor<Self>>;
        /// Blocks in which results that stand may be challenged.
        #[pallet::constant]
        type ChallengePeriod: Get<BlockNumberFor<Self>>;
        /// Least bond of a challenge.
        #[pallet::constant]
        type ChallengeBond: Get<BalanceOf<Self>>;
        /// The part that a challenger gets, of what is not burned of a slash.
        #[pallet::constant]
        type ChallengerShare: Get<Permill>;
        /// May set the part of the jobs given to several providers that is audited.
        type AuditOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Largest such part: audits must not cost the treasury more than jobs bring it.
        #[pallet::constant]
        type MaxAuditShare: Get<Permill>;
        /// Blocks that an auditor has for its work.
        #[pallet::constant]
        type AuditTime: Get<BlockNumberFor<Self>>;
        /// Blocks after which what was sealed is final, so that it may be revealed.
        #[pallet::constant]
        type RevealDelay: Get<BlockNumberFor<Self>>;
        /// Blocks in which sealed results are revealed.
        #[pallet::constant]
        type RevealPeriod: Get<BlockNumberFor<Self>>;
        /// Blocks in which revealed results may be disputed.
        #[pallet::constant]
        type DisputePeriod: Get<BlockNumberFor<Self>>;
        /// Steps of the closing agenda in every block.
        #[pallet::constant]
        type ClosesPerBlock: Get<u32>;
        /// Steps of the draw agenda in every block.
        #[pallet::constant]
        type DrawsPerBlock: Get<u32>;
        /// Steps of the wake agenda in every block.
        #[pallet::constant]
        type WakesPerBlock: Get<u32>;
        /// Most steps of each agenda that one [`Pallet::poke`] serves.
        #[pallet::constant]
        type MaxPoke: Get<u32>;
        /// Most payers that one [`Pallet::claim`] collects from.
        #[pallet::constant]
        type MaxClaims: Get<u32>;
        /// Who sets what counts in a score.
        type ScoringOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Blocks before a draw's seed for which prices, capabilities and availability must have
        /// stood.
        #[pallet::constant]
        type FreezeRound: Get<u32>;
        /// Most that the fast draws by one block's output cost together.
        #[pallet::constant]
        type MaxFastDrawn: Get<BalanceOf<Self>>;
        /// Steps of the agenda of fast draws in every block.
        #[pallet::constant]
        type FastDrawsPerBlock: Get<u32>;
        /// Steps of the agenda of starts in every block.
        #[pallet::constant]
        type StartsPerBlock: Get<u32>;
        /// Fewest blocks that a requester may give its provider to start.
        #[pallet::constant]
        type MinStart: Get<u32>;
        /// What is burned for [`Priority::High`].
        #[pallet::constant]
        type PriorityFee: Get<BalanceOf<Self>>;
        /// As if it had waited for so many blocks already is a job of [`Priority::High`] drawn for.
        #[pallet::constant]
        type PriorityAge: Get<BlockNumberFor<Self>>;
        /// Fewest and most blocks for bids.
        #[pallet::constant]
        type AuctionBlocks: Get<(u32, u32)>;
        /// What of its bid a provider loses that wins an auction and gives the job back, cannot
        /// prove it or lets it expire.
        #[pallet::constant]
        type BidForfeit: Get<Permill>;
    }

    /// Why funds are held.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// For open jobs, and for shares of ended ones that could not be paid yet.
        Escrow,
    }

    /// Jobs, until they are pruned.
    #[pallet::storage]
    pub type Jobs<T: Config> = StorageMap<_, Identity, JobId, JobOf<T>>;

    /// Blocks in which the market stood still. Every block number that is stored with a job counts
    /// without them: see [`Pallet::now`].
    #[pallet::storage]
    pub type Lost<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    /// Each job's input.
    #[pallet::storage]
    pub type Inputs<T: Config> = StorageMap<_, Identity, JobId, JobInput>;

    /// Proven batches.
    #[pallet::storage]
    pub type Results<T: Config> =
        StorageDoubleMap<_, Identity, JobId, Twox64Concat, u32, ResultView<BlockNumberFor<T>>>;

    /// How many proofs of the provider that has a job were refused.
    #[pallet::storage]
    pub type Refused<T: Config> = StorageMap<_, Identity, JobId, u8, ValueQuery>;

    /// What the providers of jobs have committed to, of those that are not proven batch by batch.
    #[pallet::storage]
    pub type Stages<T: Config> = StorageMap<_, Identity, JobId, JobStage<BlockNumberFor<T>>>;

    /// The challenges that are not answered.
    #[pallet::storage]
    pub type Challenges<T: Config> = StorageMap<
        _,
        Identity,
        JobId,
        OpenChallenges<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        ValueQuery,
    >;

    /// The providers of the jobs that are given to several, until those are pruned.
    #[pallet::storage]
    pub type Panels<T: Config> = StorageMap<_, Identity, JobId, PanelOf<T>>;

    /// The answers that the providers of a job have revealed, by their place, until it is settled with
    /// each.
    #[pallet::storage]
    pub type RevealedAnswers<T: Config> =
        StorageDoubleMap<_, Identity, JobId, Twox64Concat, u32, Answers>;

    /// The part of the jobs given to several providers that is audited.
    #[pallet::storage]
    pub type AuditShare<T: Config> = StorageValue<_, Permill, ValueQuery>;

    /// The providers that commit to results that they do not prove.
    #[pallet::storage]
    pub type RootedWork<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ()>;

    /// How many jobs an account has submitted.
    #[pallet::storage]
    pub type Nonces<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// The jobs assigned to each provider, in order of assignment.
    #[pallet::storage]
    pub type Running<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<JobId, <T as Config>::MaxRunning>,
        ValueQuery,
    >;

    /// What is held in all of each currency: for open jobs, for bonds and for claims.
    #[pallet::storage]
    pub type TotalHeld<T: Config> =
        StorageMap<_, Twox64Concat, JobCurrency, BalanceOf<T>, ValueQuery>;

    /// Shares that could not be paid, by beneficiary, currency and the account in which they are
    /// held.
    #[pallet::storage]
    pub type Claims<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Blake2_128Concat, T::AccountId>,
            NMapKey<Twox64Concat, JobCurrency>,
            NMapKey<Blake2_128Concat, T::AccountId>,
        ),
        BalanceOf<T>,
        ValueQuery,
    >;

    /// The assets that jobs may be paid in, or once could.
    #[pallet::storage]
    pub type Listings<T: Config> = CountedStorageMap<_, Twox64Concat, AssetId, Listing>;

    /// What of each asset was sold for tokens to burn, in the block in which some was sold last.
    #[pallet::storage]
    pub type Sold<T: Config> =
        StorageMap<_, Twox64Concat, AssetId, (BlockNumberFor<T>, BalanceOf<T>), ValueQuery>;

    /// Jobs whose providers cannot have the input, and the last block in which it may be published.
    #[pallet::storage]
    pub type Withheld<T: Config> = StorageMap<_, Identity, JobId, BlockNumberFor<T>>;

    /// Who has reported of a job that it cannot have the input, until it has another provider or ends,
    /// and whether that stands.
    #[pallet::storage]
    pub type Reporters<T: Config> =
        StorageMap<_, Identity, JobId, Reports<T::AccountId>, ValueQuery>;

    /// Inputs that were published because of such a report, while their jobs go on.
    #[pallet::storage]
    pub type Published<T: Config> = StorageMap<_, Identity, JobId, InputBytes>;

    /// The deliveries that were asked for with jobs.
    #[pallet::storage]
    pub type Deliveries<T: Config> =
        StorageMap<_, Identity, JobId, Delivery<BalanceOf<T>, BlockNumberFor<T>>>;

    /// Outputs that were published because they were missed, by job and part: batch by batch, the
    /// elements of each opening. They stay as long as their jobs.
    #[pallet::storage]
    pub type Delivered<T: Config> =
        StorageDoubleMap<_, Identity, JobId, Twox64Concat, u32, OutputPart>;

    /// Up to which rate providers work for an asset.
    #[pallet::storage]
    pub type AcceptedAssets<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, AssetId, FixedU128>;

    /// The last VRF outputs, oldest first.
    #[pallet::storage]
    pub type Outputs<T: Config> =
        StorageValue<_, BoundedVec<T::Hash, <T as Config>::DrawWindow>, ValueQuery>;

    /// The VRF outputs of the blocks after a block whose draws are not all made.
    #[pallet::storage]
    pub type Windows<T: Config> = StorageMap<
        _,
        Twox64Concat,
        BlockNumberFor<T>,
        BoundedVec<T::Hash, <T as Config>::DrawWindow>,
    >;

    /// What the jobs cost together that were drawn so far by the outputs after a block.
    #[pallet::storage]
    pub type Decided<T: Config> =
        StorageMap<_, Twox64Concat, BlockNumberFor<T>, BalanceOf<T>, ValueQuery>;

    /// Jobs by agenda, block and index.
    #[pallet::storage]
    pub type Agendas<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, Agenda>,
            NMapKey<Twox64Concat, BlockNumberFor<T>>,
            NMapKey<Twox64Concat, u32>,
        ),
        JobId,
    >;

    /// What counts how much in the draw of a provider.
    #[pallet::storage]
    pub type Scoring<T: Config> = StorageValue<_, ScoreParameters, ValueQuery>;

    /// What was asked with jobs beyond the default.
    #[pallet::storage]
    pub type Specials<T: Config> = StorageMap<_, Identity, JobId, Special>;

    /// The active set when the outputs began that a block's draws are made by.
    #[pallet::storage]
    pub type Snapshots<T: Config> =
        StorageMap<_, Twox64Concat, BlockNumberFor<T>, Snapshot<BlockNumberFor<T>>>;

    /// As [`Windows`], for fast draws.
    #[pallet::storage]
    pub type FastWindows<T: Config> = StorageMap<
        _,
        Twox64Concat,
        BlockNumberFor<T>,
        FastWindow<T::Hash, BalanceOf<T>, BlockNumberFor<T>>,
    >;

    /// How many jobs wait in each agenda whose cursor skips empty blocks.
    #[pallet::storage]
    pub type Queued<T: Config> = StorageMap<_, Twox64Concat, Agenda, u32, ValueQuery>;

    /// The last block in which the provider of a job may start, of those that must and have not.
    #[pallet::storage]
    pub type Starts<T: Config> = StorageMap<_, Identity, JobId, BlockNumberFor<T>>;

    /// Who declined a job or missed its start.
    #[pallet::storage]
    pub type Passed<T: Config> =
        StorageMap<_, Identity, JobId, BoundedVec<T::AccountId, T::MaxDraws>, ValueQuery>;

    /// Jobs that bids are taken for.
    #[pallet::storage]
    pub type Auctions<T: Config> = StorageMap<
        _,
        Identity,
        JobId,
        Auction<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
    >;

    /// What jobs were settled at lately that found their provider by a draw or an auction.
    #[pallet::storage]
    pub type Clearing<T: Config> =
        StorageMap<_, Twox64Concat, ComputeClass, ClearingPrice<BalanceOf<T>>, ValueQuery>;

    /// How many entries a block's bucket was given.
    #[pallet::storage]
    pub type BucketLen<T: Config> =
        StorageDoubleMap<_, Twox64Concat, Agenda, Twox64Concat, BlockNumberFor<T>, u32, ValueQuery>;

    /// The next entry of each agenda.
    #[pallet::storage]
    pub type Cursors<T: Config> = StorageMap<_, Twox64Concat, Agenda, (BlockNumberFor<T>, u32)>;

    /// What happened. Blocks are the chain's, if the market stands still no more before them.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A job was submitted and its maximum price is held.
        JobSubmitted {
            /// The job's id.
            job: JobId,
            /// Who pays.
            requester: T::AccountId,
            /// The model to run.
            model: ModelId,
            /// How many batches.
            batches: u32,
            /// What is held.
            escrow: BalanceOf<T>,
            /// What it is paid in.
            currency: JobCurrency,
        },
        /// A provider works on a job from now on.
        JobAssigned {
            /// The job.
            job: JobId,
            /// The provider's controller account.
            provider: T::AccountId,
            /// What the job will cost.
            price: BalanceOf<T>,
            /// What the provider reserved of its bond.
            collateral: BalanceOf<T>,
        },
        /// A draw found nobody.
        NoProvider {
            /// The job.
            job: JobId,
            /// How many candidates failed, by reason.
            rejected: RejectionCounts,
            /// The block whose successors seed the next draw, if there will be one.
            redraw: Option<BlockNumberFor<T>>,
        },
        /// A job was not drawn, because it might cost more than these outputs may still decide on.
        DrawPutOff {
            /// The job.
            job: JobId,
            /// The block whose successors seed the next draw, if there will be one.
            redraw: Option<BlockNumberFor<T>>,
        },
        /// A batch was proven.
        BatchProven {
            /// The job.
            job: JobId,
            /// Which batch.
            batch: u32,
            /// The output file.
            output: ContentId,
        },
        /// A provider takes jobs in which it commits to results that it does not prove, or takes
        /// no more of them.
        RootedWorkAccepted {
            /// The provider's controller account.
            provider: T::AccountId,
            /// Whether it takes them.
            accepted: bool,
        },
        /// A provider has committed to all results of a job.
        ResultsCommitted {
            /// The job.
            job: JobId,
            /// To what.
            results: ResultRoot,
        },
        /// Batches were drawn that are to be proven.
        BatchesDrawn {
            /// The job.
            job: JobId,
            /// Which batches.
            batches: Samples,
            /// Last block in which a proof counts.
            until: BlockNumberFor<T>,
        },
        /// Somebody wants to see a batch proven.
        BatchChallenged {
            /// The job.
            job: JobId,
            /// Which batch.
            batch: u32,
            /// Who.
            challenger: T::AccountId,
            /// What is held for it.
            bond: BalanceOf<T>,
            /// Last block in which the proof counts.
            until: BlockNumberFor<T>,
        },
        /// A challenged batch was proven: the challenger has lost its bond.
        ChallengeAnswered {
            /// The job.
            job: JobId,
            /// Which batch.
            batch: u32,
            /// Who had challenged it.
            challenger: T::AccountId,
            /// What of the bond left supply.
            burned: BalanceOf<T>,
            /// What of it the provider gets.
            paid: BalanceOf<T>,
        },
        /// A challenger got a part of what a provider was slashed by.
        ChallengerRewarded {
            /// The job.
            job: JobId,
            /// Who.
            challenger: T::AccountId,
            /// How much.
            reward: BalanceOf<T>,
        },
        /// Every batch that was to be proven is, and the price was distributed.
        JobCompleted {
            /// The job.
            job: JobId,
            /// Who worked.
            provider: T::AccountId,
            /// The provider's share, its lessor's part included.
            paid_provider: BalanceOf<T>,
            /// The treasury's share after burning.
            paid_treasury: BalanceOf<T>,
            /// What left supply, in tokens whatever the job was paid in.
            burned: BalanceOf<T>,
            /// The model owner's share.
            paid_owner: BalanceOf<T>,
            /// What went back to the requester.
            refunded: BalanceOf<T>,
        },
        /// A deadline passed; the requester has its money back.
        JobExpired {
            /// The job.
            job: JobId,
            /// What went back.
            refunded: BalanceOf<T>,
            /// Who had been assigned, if anyone.
            provider: Option<T::AccountId>,
            /// What that one lost of its bond, having bid for the job.
            forfeited: BalanceOf<T>,
        },
        /// A proof of a job was refused, which its provider has paid for.
        ProofRefused {
            /// The job.
            job: JobId,
            /// Who works on it.
            provider: T::AccountId,
            /// How many of its proofs were by now: with [`MAX_REFUSED`] the job ends.
            refused: u8,
        },
        /// A provider committed to results and did not prove what was asked of them, or too many of
        /// its proofs were refused.
        JobFailed {
            /// The job.
            job: JobId,
            /// Who had been assigned.
            provider: T::AccountId,
            /// Why.
            why: FailureReason,
            /// What went back.
            refunded: BalanceOf<T>,
            /// What the provider lost.
            slashed: BalanceOf<T>,
        },
        /// One of several providers has sealed its results.
        ResultsSealed {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// What it is bound to.
            sealed: H256,
        },
        /// Nobody seals results of a job any more; who has shows them.
        RevealsDue {
            /// The job.
            job: JobId,
            /// First block in which that counts.
            opens: BlockNumberFor<T>,
            /// Last block in which it does.
            until: BlockNumberFor<T>,
        },
        /// One of several providers has shown the results that it had sealed.
        ResultsRevealed {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// Which.
            results: ResultRoot,
        },
        /// The results that several providers have revealed may be disputed.
        DisputesOpen {
            /// The job.
            job: JobId,
            /// The root that most of them agree on, if they do.
            majority: Option<H256>,
            /// Last block in which a batch may be proven.
            until: BlockNumberFor<T>,
        },
        /// A batch was proven, and some of several providers had another answer to it.
        ResultsRefuted {
            /// The job.
            job: JobId,
            /// Which batch.
            batch: u32,
            /// Who proved it.
            prover: T::AccountId,
        },
        /// One of several providers was right, and its price was distributed; or none could have the
        /// input, and what its slot costs was.
        MemberPaid {
            /// The job.
            job: JobId,
            /// Who worked.
            provider: T::AccountId,
            /// The provider's share, its lessor's part included.
            paid_provider: BalanceOf<T>,
            /// The treasury's share after burning.
            paid_treasury: BalanceOf<T>,
            /// What left supply.
            burned: BalanceOf<T>,
            /// The model owner's share.
            paid_owner: BalanceOf<T>,
        },
        /// One of several providers has lost its collateral.
        MemberSlashed {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// Why.
            reason: SlashReason,
            /// How much.
            slashed: BalanceOf<T>,
        },
        /// One of several providers is not paid, and loses nothing of its bond either.
        MemberUnpaid {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// Why.
            why: UnpaidReason,
        },
        /// It is settled with all providers of a job, most of which agreed.
        JobAgreed {
            /// The job.
            job: JobId,
            /// What they agreed on.
            root: H256,
            /// What was distributed.
            paid: BalanceOf<T>,
            /// What went back to the requester.
            refunded: BalanceOf<T>,
        },
        /// It is settled with all providers of a job, and most of them did not agree, or were wrong.
        JobUndecided {
            /// The job.
            job: JobId,
            /// What went back to the requester.
            refunded: BalanceOf<T>,
        },
        /// A provider was drawn to audit a job.
        AuditorDrawn {
            /// The job.
            job: JobId,
            /// Who.
            auditor: T::AccountId,
            /// Last block in which it may seal its results.
            until: BlockNumberFor<T>,
        },
        /// A job was to be audited, and nobody was drawn who may and can.
        NoAuditor {
            /// The job.
            job: JobId,
            /// How many candidates failed, by reason.
            rejected: RejectionCounts,
        },
        /// An auditor was right.
        AuditorPaid {
            /// The job.
            job: JobId,
            /// Who.
            auditor: T::AccountId,
            /// What the treasury could pay it: its price or nothing.
            amount: BalanceOf<T>,
        },
        /// Another part of the jobs given to several providers is audited.
        AuditShareSet {
            /// Which.
            share: Permill,
        },
        /// A job was withdrawn, or its input withheld.
        JobCancelled {
            /// The job.
            job: JobId,
            /// Who had been assigned, if anyone.
            provider: Option<T::AccountId>,
            /// Why.
            why: CancellationReason,
            /// What that cost: divided as a price if there was a provider, the treasury's otherwise.
            paid: BalanceOf<T>,
            /// The provider's share, its lessor's part included.
            paid_provider: BalanceOf<T>,
            /// The treasury's share after burning.
            paid_treasury: BalanceOf<T>,
            /// What left supply, in tokens whatever the job was paid in.
            burned: BalanceOf<T>,
            /// The model owner's share.
            paid_owner: BalanceOf<T>,
            /// What went back.
            refunded: BalanceOf<T>,
        },
        /// A provider cannot have the input of its job.
        InputReported {
            /// The job.
            job: JobId,
            /// Who reports it.
            provider: T::AccountId,
            /// Last block in which the requester may publish it.
            until: BlockNumberFor<T>,
        },
        /// A provider has the input of its job after all, and the job goes on.
        ReportWithdrawn {
            /// The job.
            job: JobId,
            /// Who had reported it.
            provider: T::AccountId,
        },
        /// The input of a job is on chain now.
        InputPublished {
            /// The job.
            job: JobId,
        },
        /// Every batch of a job is proven, and its pay waits for its requester's word.
        DeliveryAwaited {
            /// The job.
            job: JobId,
            /// Last block for it; then the provider is paid.
            until: BlockNumberFor<T>,
        },
        /// A requester has no output of a job.
        DeliveryDisputed {
            /// The job.
            job: JobId,
            /// Last block in which the provider may publish it.
            until: BlockNumberFor<T>,
        },
        /// A part of a job's output is on chain now.
        OutputPublished {
            /// The job.
            job: JobId,
            /// Which part, of all batches in their order.
            part: u32,
        },
        /// A provider was paid for the bytes of a disputed output.
        BytesPaid {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// A disputed output was not published in time.
        OutputWithheld {
            /// The job.
            job: JobId,
        },
        /// A requester gave a tip, in what the job was paid in.
        Tipped {
            /// The job.
            job: JobId,
            /// Who got it.
            provider: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// Jobs may be paid in an asset from now on, or at another rate.
        AssetListed {
            /// The asset.
            asset: AssetId,
            /// What its smallest unit is worth, in the token's smallest unit.
            rate: FixedU128,
        },
        /// Of a price in an asset, a part was sold, and the tokens that it bought were burned.
        TokensBought {
            /// The job.
            job: JobId,
            /// The asset.
            asset: AssetId,
            /// How much of it was sold.
            sold: BalanceOf<T>,
            /// How many tokens were bought and burned.
            burned: BalanceOf<T>,
        },
        /// No new jobs may be paid in an asset.
        AssetClosed {
            /// The asset.
            asset: AssetId,
        },
        /// A provider works for an asset, or does not any more.
        AssetAccepted {
            /// The provider's controller account.
            provider: T::AccountId,
            /// The asset.
            asset: AssetId,
            /// The highest rate at which it does.
            up_to: Option<FixedU128>,
        },
        /// An ended job was removed from the state.
        JobPruned {
            /// The job.
            job: JobId,
        },
        /// A share could not be paid and waits, held, for its owner to claim it.
        ClaimRecorded {
            /// The job that it comes from.
            job: JobId,
            /// Whose it is.
            beneficiary: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
            /// Of what.
            currency: JobCurrency,
        },
        /// Waiting shares were paid.
        Claimed {
            /// Who got them.
            beneficiary: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
            /// Of what.
            currency: JobCurrency,
            /// In whose accounts they were held.
            payers: Vec<T::AccountId>,
        },
        /// Something else counts in the draw of a provider from now on.
        ScoringSet {
            /// What.
            parameters: ScoreParameters,
        },
        /// A fee was burned for a job to be drawn for earlier.
        PriorityPaid {
            /// The job.
            job: JobId,
            /// How much earlier.
            priority: Priority,
            /// What left supply.
            burned: BalanceOf<T>,
        },
        /// A provider has started on a job that it had to start on in time.
        JobStarted {
            /// The job.
            job: JobId,
            /// Who works.
            provider: T::AccountId,
        },
        /// A job was taken from its provider, to be given to another.
        JobReturned {
            /// The job.
            job: JobId,
            /// Who had it.
            provider: T::AccountId,
            /// Whether it missed its start; else it declined.
            missed: bool,
            /// What it lost of its bond, having bid for the job.
            forfeited: BalanceOf<T>,
            /// The block whose successors seed the next draw, if there will be one.
            redraw: Option<BlockNumberFor<T>>,
        },
        /// A provider has bid for a job.
        BidPlaced {
            /// The job.
            job: JobId,
            /// Who.
            provider: T::AccountId,
            /// For how much, in tokens.
            price: BalanceOf<T>,
            /// What it reserved of its bond.
            collateral: BalanceOf<T>,
        },
        /// A bid was dropped for a lower one, the book being full.
        BidDropped {
            /// The job.
            job: JobId,
            /// Whose it was.
            provider: T::AccountId,
        },
        /// The time for bids is over.
        AuctionClosed {
            /// The job.
            job: JobId,
            /// How many bids there were.
            bids: u32,
            /// The last block whose bids count, drawn afterwards.
            ended: BlockNumberFor<T>,
        },
        /// A part of the provider's share went to whose capacity it leases.
        RevenueShared {
            /// The job that it comes from.
            job: JobId,
            /// Who worked.
            provider: T::AccountId,
            /// Whose capacity it is.
            lessor: T::AccountId,
            /// The lessor's part.
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No model is registered under this id.
        ModelUnknown,
        /// The model's circuit is not registered.
        CircuitUnknown,
        /// A job needs at least one batch: one input commitment each.
        NoBatches,
        /// An input commitment is not the canonical encoding of a curve point.
        MalformedCommitment,
        /// The input's source is not UTF-8.
        SourceNotUtf8,
        /// The maximum price is below the least price of a job.
        PriceTooLow,
        /// The maximum price is more than the account can have held.
        InsufficientBalance,
        /// The deadline is past.
        DeadlinePassed,
        /// The deadline leaves less than the least duration of a job.
        DeadlineTooSoon,
        /// The deadline is further away than the longest duration of a job.
        DeadlineTooFar,
        /// Whoever made the circuit's key alone could forge: name a provider that accepts that.
        UnattestedNeedsDirect,
        /// The named provider is not registered.
        ProviderNotRegistered,
        /// The named provider is not available.
        ProviderUnavailable,
        /// The named provider works on as many jobs as it may.
        ProviderBusy,
        /// The named provider asks more than the maximum price.
        ProviderTooExpensive,
        /// The named provider's free bond does not cover the job.
        ProviderBondTooSmall,
        /// The named provider takes no work under unattested keys.
        ProviderRefusesUnattested,
        /// The named provider does not commit to results that it does not prove.
        ProviderRefusesMode,
        /// No job has this id, or it was pruned.
        JobUnknown,
        /// The job has no provider yet.
        JobNotAssigned,
        /// The job was completed, expired, failed or cancelled.
        JobEnded,
        /// Only the requester may do that.
        NotTheRequester,
        /// Results of this job are accepted from its provider's worker key only.
        NotTheWorker,
        /// The job has fewer batches.
        BatchOutOfRange,
        /// This batch is proven already.
        BatchAlreadyProven,
        /// The proof is too short to hold an output commitment.
        ProofTooShort,
        /// Nothing is owed to the account.
        NothingToClaim,
        /// What is owed is below the existential deposit and the account does not exist: fund it
        /// first.
        CannotReceive,
        /// What is owed is not held any more.
        EscrowMissing,
        /// A call that reports results needs at least one.
        NoResults,
        /// The same batch of the same job is reported twice in one call.
        ResultRepeated,
        /// A job whose batches are all proven lists its commitments, any other has a root of them.
        ModeNeedsOtherCommitments,
        /// More batches than the largest Merkle tree has leaves.
        TooManyBatches,
        /// A sample is of at least one batch and at most [`swarmwork_primitives::MAX_SAMPLES`].
        SamplesOutOfRange,
        /// Whoever made the circuit's key alone could forge whatever is drawn: have every batch
        /// proven.
        UnattestedNeedsProofs,
        /// Every batch of this job is proven as it is: there is no root to commit to.
        NothingToCommit,
        /// The provider has committed to results of this job already.
        AlreadyCommitted,
        /// The time that is left is too short to draw or to challenge, and to prove what is asked.
        TooLateToCommit,
        /// The provider commits to all results of this job before any is proven.
        ResultsNotCommitted,
        /// A batch of this job is proven with its paths to the roots.
        PathsMissing,
        /// The batches to be proven are not drawn yet.
        BatchesNotDrawn,
        /// This batch was neither drawn nor challenged.
        BatchNotAskedFor,
        /// There are no results of this job that stand.
        NothingToChallenge,
        /// The time for challenges of this job is over, or an answer to one is overdue.
        ChallengesOver,
        /// This batch was challenged already.
        BatchAlreadyChallenged,
        /// As many batches of this job were challenged as may be.
        TooManyChallenges,
        /// The proven result is not what the provider committed to for this batch.
        ResultNotInRoot,
        /// The input is not what the requester committed to for this batch.
        InputNotInRoot,
        /// One of the results is refused, and so none is accepted: `entry` is its place, counted
        /// from 0, `pallet` and `error` are the indices of the error that it gets alone. Submit the
        /// others without it.
        ResultRefused(ResultRefusal),
        /// The named provider is in the maintenance that it announced.
        ProviderInMaintenance,
        /// The provider's standing is too low for a job of this price.
        ProviderStandingTooLow,
        /// A job is given to an odd number of providers, at most
        /// [`swarmwork_primitives::MAX_REDUNDANCY`].
        RedundancyOutOfRange,
        /// The providers of a job that is given to several are drawn: named ones prove nothing by
        /// agreeing.
        RedundantNeedsDraw,
        /// Several providers work on this job: each seals its results and reveals them.
        SeveralProviders,
        /// This job was not given to several providers.
        NoPanel,
        /// The time to seal results of this job is over, or has not come for this provider.
        SealingOver,
        /// Results of this job are revealed once nobody can seal any more and that is final.
        TooEarlyToReveal,
        /// The time to reveal results of this job is over.
        RevealsOver,
        /// The provider has revealed its results of this job already.
        AlreadyRevealed,
        /// These results and this salt are not what the provider has sealed for this job.
        NotWhatWasSealed,
        /// There are no results of this job that may be disputed.
        NothingToDispute,
        /// The time for disputes of this job is over.
        DisputesOver,
        /// Nobody has another answer to this batch than the proven one.
        NothingRefuted,
        /// An answer is revealed for each batch of the job, and for no other.
        AnswersMissing,
        /// No larger part of the jobs may be audited.
        AuditShareTooLarge,
        /// The named provider does not work for this asset, or not at what it is worth now.
        ProviderRefusesAsset,
        /// No asset has this number.
        AssetUnknown,
        /// Jobs cannot be paid in this asset.
        AssetNotListed,
        /// As many assets were listed as may be.
        TooManyListed,
        /// An asset that is worth nothing pays nobody.
        RateZero,
        /// The market is stopped: a job that a provider works on goes on after that.
        MarketStopped,
        /// Only a completed job's provider gets a tip.
        JobNotCompleted,
        /// A tip is more than nothing.
        TipZero,
        /// The maximum price does not pay for a provider's slot until the deadline: choose a nearer
        /// one, or a higher price. What a job does not cost comes back.
        PriceBelowSlot,
        /// A provider reports soon after its assignment, and before any result, that it cannot have
        /// the input.
        TooLateToReport,
        /// The provider has reported that it cannot have the input.
        AlreadyReported,
        /// The input is on chain.
        InputIsPublished,
        /// Nobody waits for the input of this job.
        NothingReported,
        /// These bytes are not the input file.
        InputMismatch,
        /// The input of a job with a root is in pieces: hand all of them over to the provider.
        InputInPieces,
        /// The requester may still publish the input.
        ReportStands,
        /// The provider's GPUs have less memory than the job asks for.
        ProviderLacksMemory,
        /// The provider's compute class is below what the job asks for.
        ProviderClassTooLow,
        /// The provider does not say that it computes in a region that the job asks for.
        ProviderElsewhere,
        /// The provider's tier is below what the job asks for.
        ProviderTierTooLow,
        /// The provider says of no enclave that the job asks for that it has it.
        ProviderLacksEnclave,
        /// The provider's reputation is below what the job asks for.
        ProviderReputationTooLow,
        /// The provider has just changed its terms.
        ProviderUnsettled,
        /// The provider has given this job back before.
        ProviderDeclined,
        /// Requirements name regions as ascending two-letter codes, and known enclaves.
        MalformedRequirements,
        /// Only draws by the default number of blocks have a priority.
        PriorityNeedsDraw,
        /// Only draws are fast.
        FastNeedsDraw,
        /// A provider needs more time than that to start.
        StartTooSoon,
        /// Only where one provider works on a job it can be made to start in time.
        StartNeedsOneProvider,
        /// An auction takes bids for more blocks than that, or for fewer.
        AuctionBlocksOutOfRange,
        /// By these parameters nothing would count.
        ScoringEmpty,
        /// The job asks for no start, or its provider has started.
        NothingToStart,
        /// The time to start is over.
        StartMissed,
        /// The caller is neither the job's provider nor its worker key.
        NotTheProvider,
        /// Results of this job are proven or committed to: it cannot be given back.
        WorkUnderWay,
        /// No bids are taken for this job.
        NotAnAuction,
        /// The time for bids is over.
        BidsOver,
        /// The provider has bid for this job.
        AlreadyBid,
        /// The bid is below the least price of a job.
        BidTooLow,
        /// The second half of the auction takes no more bids: there are as many as are kept.
        BookFull,
        /// The bid is above what the job may cost, or not below the bids that are kept.
        BidTooHigh,
        /// Providers have bid for this job and have reserved their bond: it goes on.
        BidsStand,
        /// Only an output of which every batch is proven can be checked by the chain.
        DeliveryNeedsProofs,
        /// The bases of the circuit's outputs are not on chain: register them first.
        OutputBasesMissing,
        /// The job's output is too large to be published: submit several jobs, or one without
        /// delivery.
        OutputTooLarge,
        /// No delivery was asked for with this job, or not every batch of it is proven.
        NothingDelivered,
        /// The requester has said that it has no output.
        AlreadyDisputed,
        /// The time to say that there is no output is over.
        DeliveryOver,
        /// Nobody misses the output of this job.
        DeliveryNotDisputed,
        /// Parts of an output are published in their order.
        PartOutOfOrder,
        /// What is published of a batch is not the output that was proven.
        OutputMismatch,
        /// Every batch of the job is proven: acknowledge or dispute its delivery.
        AllProven,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            let mut meter = WeightMeter::new();
            meter.consume(T::WeightInfo::record_output());
            // Whether it stands still, and how long it did.
            meter.consume(T::DbWeight::get().reads_writes(4, 1));
            if Self::halted() {
                Self::lose_block();
                return meter.consumed();
            }
            let now = Self::now();
            Self::record_output(now);
            Self::serve(Agenda::Fast, now, T::FastDrawsPerBlock::get(), &mut meter);
            Self::serve_draws(now, T::DrawsPerBlock::get(), &mut meter);
            Self::serve(Agenda::Start, now, T::StartsPerBlock::get(), &mut meter);
            Self::serve(Agenda::Close, now, T::ClosesPerBlock::get(), &mut meter);
            Self::serve(Agenda::Wake, now, T::WakesPerBlock::get(), &mut meter);
            meter.consumed()
        }

        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let mut meter = WeightMeter::with_limit(remaining);
            // Looks at the cursors find out that nothing is due.
            if meter.try_consume(T::WeightInfo::poke()).is_ok() && !Self::halted() {
                let now = Self::now();
                Self::serve_all(now, u32::MAX, &mut meter);
            }
            meter.consumed()
        }

        fn offchain_worker(now: BlockNumberFor<T>) {
            crate::offchain::run::<T>(now);
        }

        fn integrity_test() {
            Self::assert_constants();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Submits a job: the model is run on the input file, in as many batches as there are
        /// commitments to their inputs, for at most `max_price`, which is held. Results count up
        /// to and including block `deadline`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::submit_job(commitments.len() as u32))]
        pub fn submit_job(
            origin: OriginFor<T>,
            model: ModelId,
            input: Locator,
            commitments: Commitments,
            max_price: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
            assignment: Assignment<T::AccountId>,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            let input = JobInput {
                locator: input,
                commitments: InputCommitments::Listed(commitments),
            };
            let budget = Budget {
                currency: JobCurrency::Native,
                max_price,
            };
            Self::submit(
                requester,
                model,
                input,
                Mode::Proven,
                budget,
                deadline,
                assignment.into(),
            )
        }

        /// Withdraws a job and returns what is held for it, less what it has cost so far: a part of
        /// the maximum price while its provider is drawn, and the time of the provider's slot, or the
        /// batches that are proven, once there is one. Costs nothing where no draw is to come, or
        /// where the market is stopped and the job has no provider.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::cancel_job()
            .saturating_add(Pallet::<T>::legs_weight()))]
        pub fn cancel_job(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::withdraw(&requester, job)
        }

        /// Proves one batch, signed by the assigned provider's worker key; `output` names the
        /// output file. The last batch settles the job. Costs nothing when it succeeds.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::result_weight(true)
            .max(T::WeightInfo::submit_result())
            .saturating_add(T::Circuits::verify_weight()))]
        pub fn submit_result(
            origin: OriginFor<T>,
            job: JobId,
            batch: u32,
            proof: ProofBytes,
            output: ContentId,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            let (record, commitment) = Self::check_result(&worker, job, batch, &proof)?;
            let currency = record.currency.clone();
            let settled = Self::accept_result(job, record, batch, commitment, output)?;
            let spent = Self::stored_weight(Self::result_weight(settled), settled, &currency);
            Ok(PostDispatchInfo {
                actual_weight: Some(spent.saturating_add(T::Circuits::verify_weight())),
                pays_fee: Pays::No,
            })
        }

        /// Serves what is overdue of the agendas, at most `limit` (and [`Config::MaxPoke`]) steps
        /// of each. Blocks do that by themselves; this helps when they fall behind.
        #[pallet::call_index(3)]
        #[pallet::weight({
            let limit = u64::from(T::MaxPoke::get().min(*limit));
            T::WeightInfo::poke()
                .saturating_add(Pallet::<T>::worst_round().saturating_mul(limit))
        })]
        pub fn poke(origin: OriginFor<T>, limit: u32) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let now = Self::now();
            let limit = limit.min(T::MaxPoke::get());
            let mut meter = WeightMeter::new();
            meter.consume(T::WeightInfo::poke());
            Self::serve_all(now, limit, &mut meter);
            Ok(Some(meter.consumed()).into())
        }

        /// Pays the caller the tokens that could not be paid when they fell due, from at most
        /// [`Config::MaxClaims`] payers; call it again for more.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::claim(T::MaxClaims::get()))]
        pub fn claim(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let payers = Self::collect(&who, &JobCurrency::Native)?;
            Ok(Some(T::WeightInfo::claim(payers)).into())
        }

        /// As [`Pallet::claim`], for an account that cannot sign, such as the treasury's.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::claim(T::MaxClaims::get()))]
        pub fn claim_for(
            origin: OriginFor<T>,
            beneficiary: T::AccountId,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let payers = Self::collect(&beneficiary, &JobCurrency::Native)?;
            Ok(Some(T::WeightInfo::claim(payers)).into())
        }

        /// Proves several batches, of any jobs of the provider whose worker key signs, as so many
        /// [`Pallet::submit_result`] in this order would. Proofs under one key are checked together,
        /// in far less time than one by one. One that is refused refuses all, and the error names
        /// it. Costs nothing when it succeeds.
        #[pallet::call_index(6)]
        #[pallet::weight(Pallet::<T>::worst_results::<Report>(results.len() as u32))]
        pub fn submit_results(
            origin: OriginFor<T>,
            results: BoundedVec<Report, T::MaxResults>,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            let spent = Self::accept_results(&worker, &results)?;
            Ok(PostDispatchInfo {
                actual_weight: Some(spent),
                pays_fee: Pays::No,
            })
        }

        /// Submits a job of which not every batch is proven, or that has too many batches for their
        /// commitments to be stored: they are committed to by the root of a Merkle tree.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::submit_rooted_job())]
        pub fn submit_rooted_job(
            origin: OriginFor<T>,
            model: ModelId,
            input: RootedInput,
            mode: Mode,
            max_price: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
            assignment: Assignment<T::AccountId>,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            let RootedInput {
                locator,
                batches,
                root,
            } = input;
            let input = JobInput {
                locator,
                commitments: InputCommitments::Root { batches, root },
            };
            let budget = Budget {
                currency: JobCurrency::Native,
                max_price,
            };
            let placement = assignment.into();
            Self::submit(requester, model, input, mode, budget, deadline, placement)
        }

        /// Says whether the caller, a provider, takes jobs in which it commits to results that it
        /// does not prove. It loses its collateral where it does not prove what is asked of them.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::accept_rooted_work())]
        pub fn accept_rooted_work(origin: OriginFor<T>, accept: bool) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::book_rooted_work(&provider, accept)
        }

        /// Commits to all results of a job, signed by the assigned provider's worker key. The
        /// batches to be proven are drawn after that, or may be challenged. Costs nothing when it
        /// succeeds.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::commit_results())]
        pub fn commit_results(
            origin: OriginFor<T>,
            job: JobId,
            results: ResultRoot,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::commit(&worker, job, results)?;
            Ok(Pays::No.into())
        }

        /// Proves batches that were drawn or challenged, of any jobs of the provider whose worker
        /// key signs; as with [`Pallet::submit_results`], all are accepted or none. The last that
        /// was drawn settles its job. Costs nothing when it succeeds.
        #[pallet::call_index(10)]
        #[pallet::weight(Pallet::<T>::worst_results::<Opening>(openings.len() as u32))]
        pub fn open_batches(
            origin: OriginFor<T>,
            openings: BoundedVec<Opening, T::MaxResults>,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            let spent = Self::accept_results(&worker, &openings)?;
            Ok(PostDispatchInfo {
                actual_weight: Some(spent),
                pays_fee: Pays::No,
            })
        }

        /// Has the provider of a job whose results stand prove one of its batches. A bond is held
        /// from the caller: it is lost if the batch is proven, and comes back with a part of what
        /// the provider loses if it is not, [`Config::AnswerTime`] after the answers due before it.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::challenge())]
        pub fn challenge(origin: OriginFor<T>, job: JobId, batch: u32) -> DispatchResult {
            let challenger = ensure_signed(origin)?;
            Self::demand_proof(challenger, job, batch)
        }

        /// Submits a job of any mode that is paid in any currency, with what else there is to say of
        /// how it finds its provider: requirements, a fast draw, a priority, bids, a time to start.
        #[pallet::call_index(30)]
        #[pallet::weight(Pallet::<T>::order_weight(
            input.commitments.listed().len() as u32,
            placement.terms.deliver,
        ))]
        pub fn submit_order(
            origin: OriginFor<T>,
            model: ModelId,
            input: JobInput,
            mode: Mode,
            budget: Budget<BalanceOf<T>>,
            deadline: BlockNumberFor<T>,
            placement: Placement<T::AccountId>,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::submit(requester, model, input, mode, budget, deadline, placement)
        }

        /// Says what counts how much when a provider is drawn, and the least reputation for it.
        #[pallet::call_index(31)]
        #[pallet::weight(T::WeightInfo::set_scoring())]
        pub fn set_scoring(origin: OriginFor<T>, parameters: ScoreParameters) -> DispatchResult {
            T::ScoringOrigin::ensure_origin(origin)?;
            ensure!(parameters.is_sound(), Error::<T>::ScoringEmpty);
            Scoring::<T>::put(parameters);
            Self::deposit_event(Event::ScoringSet { parameters });
            Ok(())
        }

        /// Says that the provider has a job in hand that must be started in time, signed by its
        /// worker key or its controller. The first result says so, too. Costs nothing when it
        /// succeeds.
        #[pallet::call_index(32)]
        #[pallet::weight(T::WeightInfo::start_job())]
        pub fn start_job(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::start(&who, job)?;
            Ok(Pays::No.into())
        }

        /// Gives a job back of which nothing is proven or committed to, for another to have it. That
        /// costs the caller, its provider, a quarter of the reputation that failing would, and a part
        /// of the price if it had bid for the job.
        #[pallet::call_index(33)]
        #[pallet::weight(T::WeightInfo::decline_job()
            .saturating_add(T::Providers::slashed_weight()))]
        pub fn decline_job(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::decline(&provider, job)
        }

        /// Bids for a job, as a provider, with a price for all of it. A bid is final, and its
        /// collateral and place are reserved until the auction is over. The lowest wins, the
        /// earlier of two, among those made by a block that is drawn from the second half of the
        /// auction afterwards.
        #[pallet::call_index(34)]
        #[pallet::weight(T::WeightInfo::bid())]
        pub fn bid(origin: OriginFor<T>, job: JobId, price: BalanceOf<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::place_bid(provider, job, price)
        }

        /// Lets jobs be paid in an asset whose smallest unit is worth `rate` of the token's, or
        /// changes that. Jobs that have a provider keep their price.
        #[pallet::call_index(41)]
        #[pallet::weight(T::WeightInfo::list_asset())]
        pub fn list_asset(origin: OriginFor<T>, asset: AssetId, rate: FixedU128) -> DispatchResult {
            T::ListOrigin::ensure_origin(origin, &listing_scope(asset))?;
            Self::list(asset, rate)
        }

        /// Takes no more jobs that are paid in an asset; those that there are go on.
        #[pallet::call_index(42)]
        #[pallet::weight(T::WeightInfo::close_asset())]
        pub fn close_asset(origin: OriginFor<T>, asset: AssetId) -> DispatchResult {
            T::ListOrigin::ensure_origin(origin, &listing_scope(asset))?;
            Self::close_listing(asset)
        }

        /// Says up to which rate the caller, a provider, works for an asset; without one, it does
        /// not.
        #[pallet::call_index(43)]
        #[pallet::weight(T::WeightInfo::accept_asset())]
        pub fn accept_asset(
            origin: OriginFor<T>,
            asset: AssetId,
            up_to: Option<FixedU128>,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::book_asset(&provider, asset, up_to)
        }

        /// Pays an account the shares in an asset that could not be paid when they fell due, from at
        /// most [`Config::MaxClaims`] payers; anyone may ask for it.
        #[pallet::call_index(44)]
        #[pallet::weight(T::WeightInfo::claim_asset(T::MaxClaims::get()))]
        pub fn claim_asset(
            origin: OriginFor<T>,
            asset: AssetId,
            beneficiary: T::AccountId,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let payers = Self::collect(&beneficiary, &JobCurrency::WithId(asset))?;
            Ok(Some(T::WeightInfo::claim_asset(payers)).into())
        }

        /// Gives the provider of a completed job something beside the price, in what the job was paid
        /// in. Nothing of it is divided or burned, and it earns no credit.
        #[pallet::call_index(45)]
        #[pallet::weight(T::WeightInfo::tip())]
        pub fn tip(origin: OriginFor<T>, job: JobId, amount: BalanceOf<T>) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::give_tip(&requester, job, amount)
        }

        /// Says that the provider whose worker key signs cannot have the input of its job, soon after
        /// its assignment. The requester publishes it then, or pays the time of the slot. Each of
        /// several providers says so for itself, once. Costs nothing when it succeeds.
        #[pallet::call_index(46)]
        #[pallet::weight(T::WeightInfo::report_input())]
        pub fn report_input(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::book_report(&worker, job)?;
            Ok(Pays::No.into())
        }

        /// Publishes the input file of a job whose provider has reported that it cannot have it. The
        /// provider gets as many blocks more as have passed since its assignment.
        #[pallet::call_index(47)]
        #[pallet::weight(T::WeightInfo::publish_input(bytes.len() as u32))]
        pub fn publish_input(
            origin: OriginFor<T>,
            job: JobId,
            bytes: InputBytes,
        ) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::publish(&requester, job, bytes)
        }

        /// Ends a job whose input was not published in time, as if its requester had withdrawn it:
        /// the provider is paid for its slot. A job of one provider ends so by itself; for one of
        /// several, this ends what nobody has sealed anything of.
        #[pallet::call_index(48)]
        #[pallet::weight(T::WeightInfo::cancel_job()
            .saturating_add(Pallet::<T>::legs_weight()))]
        pub fn close_report(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::end_withheld(job)
        }

        /// Withdraws the report of the provider whose worker key signs, who has the input by now: the
        /// job goes on, with no more time than it had. It cannot be reported again. Costs nothing when
        /// it succeeds.
        #[pallet::call_index(49)]
        #[pallet::weight(T::WeightInfo::withdraw_report())]
        pub fn withdraw_report(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::book_withdrawal(&worker, job)?;
            Ok(Pays::No.into())
        }

        /// Says that the requester has the output of a job whose batches are all proven: its provider
        /// is paid at once.
        #[pallet::call_index(50)]
        #[pallet::weight(Pallet::<T>::acknowledge_weight())]
        pub fn acknowledge(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::accept_delivery(&requester, job)
        }

        /// Says that the requester has no output of a job whose batches are all proven, with which it
        /// has asked for delivery. The provider publishes it on chain, for everybody to read, and gets
        /// what was prepaid for that; or the requester has everything back.
        #[pallet::call_index(51)]
        #[pallet::weight(T::WeightInfo::dispute_delivery())]
        pub fn dispute_delivery(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            let requester = ensure_signed(origin)?;
            Self::demand_output(&requester, job)
        }

        /// Publishes a part of a disputed output, signed by the provider or its worker key: the
        /// `elements` that open the commitments to the outputs, batch by batch, of each batch
        /// [`swarmwork_primitives::PART_ELEMENTS`] at a time. The last part of a batch is accepted
        /// only if all of them open the commitment that was proven; its first may be published anew.
        #[pallet::call_index(52)]
        #[pallet::weight(Pallet::<T>::part_weight(elements.len() as u32, true))]
        pub fn publish_output(
            origin: OriginFor<T>,
            job: JobId,
            part: u32,
            elements: OutputPart,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            // At most as many as are measured.
            let bytes = elements.len() as u32;
            let last = Self::take_part(&who, job, part, elements)?;
            Ok(Some(Self::part_weight(bytes, last)).into())
        }

        /// Seals the results of one of several providers, signed by its worker key: `sealed` is
        /// [`swarmwork_primitives::seal`] of them. Who seals and does not reveal loses its
        /// collateral. Costs nothing when it succeeds.
        #[pallet::call_index(60)]
        #[pallet::weight(T::WeightInfo::seal_results())]
        pub fn seal_results(
            origin: OriginFor<T>,
            job: JobId,
            sealed: H256,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::seal(&worker, job, sealed)?;
            Ok(Pays::No.into())
        }

        /// Reveals the results that one of several providers has sealed, signed by its worker key:
        /// the commitments to all outputs, and the file that lists them with the output files. What
        /// was sealed has the root of their tree ([`swarm_merkle::answer_leaf`]). Costs nothing when
        /// it succeeds.
        #[pallet::call_index(61)]
        #[pallet::weight(T::WeightInfo::reveal_results(answers.len() as u32))]
        pub fn reveal_results(
            origin: OriginFor<T>,
            job: JobId,
            answers: Answers,
            list: ContentId,
            salt: [u8; 32],
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::reveal(&worker, job, answers, list, salt)?;
            Ok(Pays::No.into())
        }

        /// Proves a batch of a job whose results are revealed, signed by the worker key of any
        /// provider: whoever has another answer to it was wrong, be they most of them. Costs nothing
        /// when it succeeds.
        #[pallet::call_index(62)]
        #[pallet::weight(
            T::WeightInfo::dispute_results().saturating_add(T::Circuits::verify_weight())
        )]
        pub fn dispute_results(
            origin: OriginFor<T>,
            dispute: Dispute,
        ) -> DispatchResultWithPostInfo {
            let worker = ensure_signed(origin)?;
            Self::dispute(&worker, &dispute)?;
            Ok(Pays::No.into())
        }

        /// Sets the part of the jobs given to several providers that is audited, at most
        /// [`Config::MaxAuditShare`].
        #[pallet::call_index(63)]
        #[pallet::weight(T::WeightInfo::set_audit_share())]
        pub fn set_audit_share(origin: OriginFor<T>, share: Permill) -> DispatchResult {
            T::AuditOrigin::ensure_origin(origin)?;
            Self::book_audit_share(share)
        }
    }
}
