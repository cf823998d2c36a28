//! Providers: registration, bonds, worker keys, availability and capacity.
//!
//! A provider's controller holds the bond and is paid; its worker key may only report, and signs
//! that it will, so that nobody registers a key of somebody else. Assignment
//! reserves a part of the bond, and the sum reserved never exceeds it. Available providers have a
//! dense index, so that one can be drawn by number.
//!
//! What is unbonded waits in a queue for the whole lock, and is slashed there as the bond is
//! ([`bonds`], [`slashing`]). Offences are a table of penalties; where a worker key's signatures
//! convict it the chain checks them itself ([`evidence`]), and each raises the collateral asked for
//! ([`collateral`]). A provider may announce maintenance ([`maintenance`]) and let spare capacity to
//! another for a part of its revenue ([`leases`]).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod active;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bonds;
mod collateral;
mod consent;
mod evidence;
mod leases;
mod maintenance;
mod market;
#[cfg(test)]
mod mock;
mod profile;
mod registration;
mod slashing;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, tokens::imbalance::OnUnbalanced, Contains, EnsureOrigin, Get},
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::{
        traits::{Convert, IdentifyAccount, Verify, Zero},
        Perbill, Permill,
    };
    use swarmwork_primitives::{
        is_base_url, Answered, BurnLedger, CircuitId, Claim, JobId, Jobs, OnSlashed, PastSlash,
        Penalty, Profile, SlashReason, Url, WorkerConsent,
    };

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token.
        type Currency: fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>
            + fungible::BalancedHold<Self::AccountId>;
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// Least bond of a provider: [`Tier::Entry`].
        #[pallet::constant]
        type MinimumBond: Get<BalanceOf<Self>>;
        /// Least bond of [`Tier::Validator`].
        #[pallet::constant]
        type ValidatorBond: Get<BalanceOf<Self>>;
        /// Least bond of [`Tier::Supernode`].
        #[pallet::constant]
        type SupernodeBond: Get<BalanceOf<Self>>;
        /// Blocks that a bond is locked for at least: between unbonding, or unregistering, and
        /// withdrawing.
        #[pallet::constant]
        type UnbondingPeriod: Get<BlockNumberFor<Self>>;
        /// Parts of a bond that may wait in the queue at a time.
        #[pallet::constant]
        type MaxUnbonding: Get<u32>;
        /// Most jobs that one provider works on at a time.
        #[pallet::constant]
        type MaxConcurrentJobs: Get<u32>;
        /// Least price of a job.
        #[pallet::constant]
        type MinimumPrice: Get<BalanceOf<Self>>;
        /// What a provider can lose over a job besides the job's price, as a part of that price.
        /// Price and slash together are reserved while the job runs.
        #[pallet::constant]
        type SlashFraction: Get<Perbill>;
        /// By how much the collateral of a job and the least bond rise with each strike.
        #[pallet::constant]
        type CollateralRise: Get<Perbill>;
        /// Most strikes that count.
        #[pallet::constant]
        type MaxStrikes: Get<u32>;
        /// Blocks without an offence after which a strike lapses.
        #[pallet::constant]
        type StrikePeriod: Get<BlockNumberFor<Self>>;
        /// What each offence costs, until [`Config::SlashOrigin`] says otherwise.
        type Penalties: Convert<SlashReason, Penalty>;
        /// Most of a stake that penalties which are capped take within [`Config::SlashDay`].
        #[pallet::constant]
        type DailySlash: Get<Perbill>;
        /// Blocks that [`Config::DailySlash`] is for.
        #[pallet::constant]
        type SlashDay: Get<BlockNumberFor<Self>>;
        /// Slashes of a provider that are remembered for readers.
        #[pallet::constant]
        type MaxSlashes: Get<u32>;
        /// Replaced worker keys whose claims still count. So often may a key be replaced within
        /// [`Config::UnbondingPeriod`].
        #[pallet::constant]
        type MaxFormerWorkers: Get<u32>;
        /// Jobs, to judge claims about them.
        type Jobs: Jobs<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;
        /// The registered circuits.
        type KnownCircuits: Contains<CircuitId>;
        /// Blocks between announcing maintenance and its first one: more than any draw of a
        /// provider can be foreseen.
        #[pallet::constant]
        type MaintenanceNotice: Get<BlockNumberFor<Self>>;
        /// Most blocks of one maintenance.
        #[pallet::constant]
        type MaxMaintenance: Get<BlockNumberFor<Self>>;
        /// Least blocks between the end of a maintenance and the next one.
        #[pallet::constant]
        type MaintenanceInterval: Get<BlockNumberFor<Self>>;
        /// Most jobs at a time whose capacity one provider leases from another.
        #[pallet::constant]
        type MaxLeasedSlots: Get<u32>;
        /// Largest part of the revenue of leased capacity that a lessor may ask.
        #[pallet::constant]
        type MaxLeaseShare: Get<Permill>;
        /// Blocks that a lease goes on for after either side has given notice. At least as long as
        /// a job, so that whatever ran before is shared.
        #[pallet::constant]
        type LeaseNotice: Get<BlockNumberFor<Self>>;
        /// Who may slash a provider.
        type SlashOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The part of what is slashed that is burned; at least half, so that nobody gains by
        /// bringing a slash upon itself.
        #[pallet::constant]
        type SlashBurned: Get<Permill>;
        /// The ledger of what leaves supply.
        type BurnLedger: BurnLedger<CreditOf<Self>>;
        /// Receives what is slashed and not burned.
        type SlashDestination: OnUnbalanced<CreditOf<Self>>;
        /// Is told of each slash of a provider, even if all of it is owed.
        type OnSlashed: OnSlashed<Self::AccountId>;
        /// Signatures of worker keys.
        type Signature: Parameter + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;
        /// Most blocks for which a worker key's consent counts.
        #[pallet::constant]
        type ConsentPeriod: Get<BlockNumberFor<Self>>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;
        /// Signs for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId, Self::Signature>;
    }

    /// What is slashed.
    pub type CreditOf<T> =
        fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

    /// A worker key's consent, as this pallet takes it.
    pub type ConsentOf<T> = WorkerConsent<<T as Config>::Signature, BlockNumberFor<T>>;

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Why this pallet holds funds.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A provider's bond.
        Bond,
    }

    /// Registered providers by controller.
    #[pallet::storage]
    pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderOf<T>>;

    /// The controller that each worker key reports for.
    #[pallet::storage]
    pub type Controllers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId>;

    /// The available providers, densely numbered.
    #[pallet::storage]
    pub type Active<T: Config> = StorageMap<_, Twox64Concat, u32, T::AccountId>;

    /// How many providers are available.
    #[pallet::storage]
    pub type ActiveCount<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// Who had an index of the active set before it was another's, and since when it is, oldest
    /// first.
    #[pallet::storage]
    pub type Moved<T: Config> = StorageMap<
        _,
        Twox64Concat,
        u32,
        BoundedVec<(BlockNumberFor<T>, T::AccountId), ConstU32<{ active::MAX_MOVES }>>,
        ValueQuery,
    >;

    /// What waits to be withdrawn of each provider's bond, oldest first.
    #[pallet::storage]
    pub type Unbonding<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<ChunkOf<T>, <T as Config>::MaxUnbonding>,
        ValueQuery,
    >;

    /// Strikes of accounts that are no providers any more, should they come back.
    #[pallet::storage]
    pub type Offenders<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Strikes<BlockNumberFor<T>>>;

    /// The last slashes of each provider, oldest first.
    #[pallet::storage]
    pub type Slashes<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<PastSlash<BalanceOf<T>, BlockNumberFor<T>>, <T as Config>::MaxSlashes>,
        ValueQuery,
    >;

    /// What capped penalties have taken of each provider lately.
    #[pallet::storage]
    pub type DailySlashes<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        DailySlashed<BalanceOf<T>, BlockNumberFor<T>>,
    >;

    /// Penalties that the privileged origin has set.
    #[pallet::storage]
    pub type Penalties<T: Config> = StorageMap<_, Twox64Concat, SlashReason, Penalty>;

    /// Offences that evidence was accepted of, by provider: each is punished once.
    #[pallet::storage]
    pub type Judged<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Blake2_128Concat,
        (JobId, u32, SlashReason),
        (),
    >;

    /// The worker keys that each provider has replaced lately, oldest first.
    #[pallet::storage]
    pub type FormerWorkers<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<
            FormerWorker<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>,
            <T as Config>::MaxFormerWorkers,
        >,
        ValueQuery,
    >;

    /// What providers say of themselves.
    #[pallet::storage]
    pub type Profiles<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Profile>;

    /// When each provider last changed what a draw depends on.
    #[pallet::storage]
    pub type Changed<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BlockNumberFor<T>>;

    /// Capacity that a provider, the key, leases from another.
    #[pallet::storage]
    pub type Leases<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, LeaseOf<T>>;

    /// The lease that a provider, the key, offers.
    #[pallet::storage]
    pub type LeaseOffers<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, LeaseOffer<T::AccountId>>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A provider has registered and is available.
        ProviderRegistered {
            /// Its controller.
            provider: T::AccountId,
            /// The key that reports.
            worker: T::AccountId,
            /// What it holds.
            bond: BalanceOf<T>,
            /// What the bond qualifies for.
            tier: Tier,
        },
        /// A provider has changed its terms.
        ProviderUpdated {
            /// Its controller.
            provider: T::AccountId,
            /// Tokens per 10^9 multiply-accumulates.
            ask: BalanceOf<T>,
            /// Where its executor answers the public.
            endpoint: Url,
            /// Whether it takes jobs under unattested keys.
            unattested: bool,
            /// How many jobs it works on at a time on capacity of its own.
            slots: u32,
        },
        /// A provider has become available, or has stopped being so.
        AvailabilityChanged {
            /// Its controller.
            provider: T::AccountId,
            /// Whether it takes jobs.
            available: bool,
        },
        /// A provider has a new worker key.
        WorkerRotated {
            /// Its controller.
            provider: T::AccountId,
            /// The key that reports from now on.
            worker: T::AccountId,
        },
        /// A provider has added to its bond.
        BondIncreased {
            /// Its controller.
            provider: T::AccountId,
            /// What it holds now.
            bond: BalanceOf<T>,
            /// What the bond qualifies for.
            tier: Tier,
        },
        /// A provider has unregistered.
        ProviderLeaving {
            /// Its controller.
            provider: T::AccountId,
            /// Block from which it may withdraw its bond.
            withdrawable: BlockNumberFor<T>,
        },
        /// A provider that unregistered has its bond back.
        BondWithdrawn {
            /// Its controller.
            provider: T::AccountId,
            /// What was released.
            amount: BalanceOf<T>,
        },
        /// A provider has lost a part of its bond.
        ProviderSlashed {
            /// Its controller.
            provider: T::AccountId,
            /// Why.
            reason: SlashReason,
            /// The job that it concerns.
            job: Option<JobId>,
            /// What was taken.
            amount: BalanceOf<T>,
            /// Of it, what left supply.
            burned: BalanceOf<T>,
            /// What will be taken besides, as soon as running jobs release it.
            owed: BalanceOf<T>,
            /// What it holds now.
            bond: BalanceOf<T>,
        },
        /// What a slashed provider owed was taken, now that running jobs have released it.
        OwedTaken {
            /// Its controller.
            provider: T::AccountId,
            /// What was taken.
            amount: BalanceOf<T>,
            /// Of it, what left supply.
            burned: BalanceOf<T>,
            /// What it holds now.
            bond: BalanceOf<T>,
        },
        /// A part of a bond has begun to wait for its withdrawal.
        BondUnbonding {
            /// Its controller.
            provider: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
            /// Block from which it may be withdrawn.
            withdrawable: BlockNumberFor<T>,
            /// What still counts as its bond.
            bond: BalanceOf<T>,
        },
        /// Evidence of an offence was accepted.
        OffenceProven {
            /// Whose offence it is.
            provider: T::AccountId,
            /// What it did.
            reason: SlashReason,
            /// In which job.
            job: JobId,
            /// In which batch of it.
            batch: u32,
            /// Who brought the evidence.
            reporter: T::AccountId,
        },
        /// An offence costs something else from now on.
        PenaltySet {
            /// The offence.
            reason: SlashReason,
            /// What it costs.
            penalty: Penalty,
        },
        /// A provider says something else of itself.
        ProfileSet {
            /// Its controller.
            provider: T::AccountId,
        },
        /// A provider will take no jobs for a while.
        MaintenanceAnnounced {
            /// Its controller.
            provider: T::AccountId,
            /// First block of it.
            from: BlockNumberFor<T>,
            /// First block after it.
            until: BlockNumberFor<T>,
        },
        /// A maintenance was called off, or ended early.
        MaintenanceEnded {
            /// Its controller.
            provider: T::AccountId,
        },
        /// A provider offers capacity to another.
        LeaseOffered {
            /// Whose capacity it is.
            lessor: T::AccountId,
            /// Who may accept.
            operator: T::AccountId,
            /// How many jobs at a time.
            slots: u32,
            /// The lessor's part of what is earned on them.
            share: Permill,
        },
        /// An offer of capacity was taken back.
        LeaseOfferWithdrawn {
            /// Who had made it.
            lessor: T::AccountId,
        },
        /// A provider has leased capacity.
        LeaseBegun {
            /// Whose capacity it is.
            lessor: T::AccountId,
            /// Who works with it.
            operator: T::AccountId,
            /// How many jobs at a time.
            slots: u32,
            /// The lessor's part of what is earned on them.
            share: Permill,
        },
        /// One side of a lease has given notice: no new jobs come onto its capacity.
        LeaseEnding {
            /// Whose capacity it is.
            lessor: T::AccountId,
            /// Who works with it.
            operator: T::AccountId,
            /// First block in which nothing is shared any more.
            ends: BlockNumberFor<T>,
        },
        /// A lease is over and its capacity is the lessor's again.
        LeaseClosed {
            /// Whose capacity it is.
            lessor: T::AccountId,
            /// Who worked with it.
            operator: T::AccountId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The caller is registered already, or has not withdrawn its bond yet.
        AlreadyRegistered,
        /// The account is not a registered provider.
        NotRegistered,
        /// The provider has unregistered.
        AlreadyLeaving,
        /// The provider has not unregistered.
        NotLeaving,
        /// The unbonding period is not over.
        StillUnbonding,
        /// The bond is below the least one.
        BondTooSmall,
        /// Nothing to bond: the amount is zero.
        ZeroAmount,
        /// The worker key must be another account than the controller.
        WorkerIsController,
        /// The worker key already reports for a provider.
        WorkerAlreadyUsed,
        /// The endpoint is no http(s) base URL without trailing slash.
        InvalidEndpoint,
        /// The provider works on jobs; wait until they have ended.
        JobsRunning,
        /// The provider works on as many jobs as it may.
        TooManyJobs,
        /// What is free of the bond does not cover the collateral.
        FreeBondTooSmall,
        /// More is to be given back than was reserved.
        NotReserved,
        /// The worker key's consent counted until an earlier block: have it sign again.
        ConsentExpired,
        /// The worker key's consent would count for longer than any may.
        ConsentTooLong,
        /// This is not what the worker key signs for this controller, on this chain, until that
        /// block.
        ConsentInvalid,
        /// The provider has nothing left to take, or no more today.
        NothingToSlash,
        /// As many parts of the bond are unbonding as may: withdraw, or wait for the next.
        TooManyUnbonding,
        /// Less than that is unbonding.
        NotUnbonding,
        /// Worker keys were replaced so often lately that no more can be remembered.
        TooManyRotations,
        /// No job has this id any more.
        JobUnknown,
        /// The job still stands: evidence about it could come again.
        JobStands,
        /// The job was not this provider's.
        NotTheProvider,
        /// The key was not this provider's worker key at the time.
        NotTheWorker,
        /// The job has fewer batches.
        BatchOutOfRange,
        /// The worker key has not signed this claim.
        ClaimInvalid,
        /// The claims agree, or the claim is right.
        NoOffence,
        /// The job's answer is not proven on chain: bring a proof.
        ProofNeeded,
        /// Whoever made the circuit's key alone could forge proofs: they convict nobody.
        Unattested,
        /// This offence was punished already.
        AlreadyJudged,
        /// No evidence of this offence was accepted.
        NotJudged,
        /// A penalty may not raise more than the most strikes there are.
        TooManyStrikes,
        /// The name is not UTF-8.
        NameNotUtf8,
        /// The website is no http(s) base URL without trailing slash.
        InvalidWebsite,
        /// One of the backends is unknown.
        UnknownBackend,
        /// The circuits are not in ascending order, each once.
        CircuitsNotSorted,
        /// One of the circuits is not registered.
        UnknownCircuit,
        /// The maintenance begins sooner than its notice allows.
        MaintenanceTooSoon,
        /// The maintenance ends before it begins.
        MaintenanceEmpty,
        /// The maintenance is longer than any may be.
        MaintenanceTooLong,
        /// The maintenance follows the last one too closely.
        MaintenanceTooOften,
        /// A maintenance is announced or under way already.
        MaintenancePending,
        /// No maintenance is announced or under way.
        NoMaintenance,
        /// The provider is in maintenance.
        InMaintenance,
        /// Nobody leases from itself.
        LeaseToSelf,
        /// No capacity, of one's own or as a lease.
        NoSlots,
        /// More capacity than one may have, or a lease may be of.
        TooManySlots,
        /// The lessor asks a larger part than it may.
        ShareTooLarge,
        /// The lessor has not so much capacity to spare, or would keep less than it lends.
        NoSpareCapacity,
        /// There is no such offer.
        NoLeaseOffer,
        /// The offer is of other capacity, or for another part, than was accepted.
        LeaseOfferChanged,
        /// The provider leases capacity already.
        AlreadyLeasing,
        /// The provider leases no capacity.
        NoLease,
        /// Only lessor and operator may end a lease.
        NotPartyToLease,
        /// Notice was given already.
        LeaseEndingAlready,
        /// A lease, as lessor or operator, is not closed: give notice, wait, close it.
        LeaseRunning,
        /// A region is named by the two capital letters of its country's ISO 3166-1 code.
        InvalidRegion,
        /// The profile names an enclave that there is not.
        UnknownEnclave,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::MinimumBond::get() <= T::ValidatorBond::get()
                    && T::ValidatorBond::get() <= T::SupernodeBond::get(),
                "the tiers' bonds must ascend"
            );
            assert!(
                T::SlashBurned::get() >= Permill::from_percent(50),
                "at least half of a slash must be burned"
            );
            assert!(
                T::MaxConcurrentJobs::get() > 0,
                "a provider must be able to work"
            );
            assert!(
                T::MaxUnbonding::get() > 0
                    && T::MaxSlashes::get() > 0
                    && T::MaxFormerWorkers::get() > 0,
                "what is remembered of a provider needs room"
            );
            assert!(
                !T::StrikePeriod::get().is_zero() && !T::SlashDay::get().is_zero(),
                "strikes and daily slashes need time to lapse"
            );
            for reason in [
                SlashReason::Governance,
                SlashReason::Forgery,
                SlashReason::Equivocation,
                SlashReason::Unproven,
                SlashReason::Withdrawn,
            ] {
                assert!(
                    u32::from(T::Penalties::convert(reason).strikes) <= T::MaxStrikes::get(),
                    "a penalty of more strikes than count"
                );
            }
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers the caller as a provider, available at once. `consent` is the worker key's, see
        /// [`WorkerConsent`]; `ask` is its price in tokens per 10^9 multiply-accumulates; `endpoint`
        /// is where its executor answers the public.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_provider())]
        pub fn register_provider(
            origin: OriginFor<T>,
            worker: T::AccountId,
            consent: ConsentOf<T>,
            bond: BalanceOf<T>,
            ask: BalanceOf<T>,
            endpoint: Url,
            unattested: bool,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::ensure_may_register(&provider, &worker, bond, &endpoint)?;
            Self::ensure_consent(&provider, &worker, &consent)?;
            Self::do_register(provider, worker, bond, ask, endpoint, unattested)
        }

        /// Changes the caller's terms for jobs not yet assigned. Another price, another word on
        /// unattested keys, or another number of jobs keeps it out of draws for a while. `slots` is how
        /// many jobs it works on at a time on capacity of its own, those that it lends among them.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::update_provider())]
        pub fn update_provider(
            origin: OriginFor<T>,
            ask: BalanceOf<T>,
            endpoint: Url,
            unattested: bool,
            slots: u32,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            ensure!(is_base_url(&endpoint), Error::<T>::InvalidEndpoint);
            ensure!(slots > 0, Error::<T>::NoSlots);
            ensure!(
                slots <= T::MaxConcurrentJobs::get(),
                Error::<T>::TooManySlots
            );
            let changes = Self::try_mutate_staying(&provider, |record| {
                ensure!(record.lent <= slots, Error::<T>::NoSpareCapacity);
                let changes =
                    record.ask != ask || record.unattested != unattested || record.slots != slots;
                record.slots = slots;
                record.ask = ask;
                record.endpoint = endpoint.clone();
                record.unattested = unattested;
                Ok(changes)
            })?;
            if changes {
                Self::note_change(&provider);
            }
            Self::deposit_event(Event::ProviderUpdated {
                provider,
                ask,
                endpoint,
                unattested,
                slots,
            });
            Ok(())
        }

        /// Says whether the caller takes new jobs, for which its bond must be the least one at
        /// least. Running jobs are not touched.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::set_available())]
        pub fn set_available(origin: OriginFor<T>, available: bool) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            let mut record = Self::staying(&provider)?;
            ensure!(
                record.bond >= Self::least_bond(&record) || !available,
                Error::<T>::BondTooSmall
            );
            match (record.active, available) {
                (None, true) => {
                    record.active = Some(Self::push_active(&provider)?);
                    Self::note_change(&provider);
                }
                (Some(index), false) => {
                    Self::remove_active(index);
                    record.active = None;
                }
                _ => return Ok(()),
            }
            Providers::<T>::insert(&provider, record);
            Self::deposit_event(Event::AvailabilityChanged {
                provider,
                available,
            });
            Ok(())
        }

        /// Replaces the caller's worker key at once, with the new one's consent; the old one can
        /// report no more, but answers for what it signed about jobs that were there before.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::rotate_worker())]
        pub fn rotate_worker(
            origin: OriginFor<T>,
            worker: T::AccountId,
            consent: ConsentOf<T>,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_rotate(provider, worker, consent)
        }

        /// Adds to the caller's bond.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::bond_extra())]
        pub fn bond_extra(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_bond_extra(provider, amount)
        }

        /// Ends the caller's service. Refused while jobs run or leases do: become unavailable and
        /// close them first. The bond stays held until the unbonding period is over.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::unregister())]
        pub fn unregister(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_unregister(provider)
        }

        /// Gives the caller what has waited long enough of its bond: after unregistering all of it.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::withdraw_bond())]
        pub fn withdraw_bond(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_withdraw(provider)
        }

        /// Takes so much of a provider's bond, or what of it no running job has reserved, and
        /// burns at least half of that. Who has less than the least bond left takes no new jobs
        /// until it adds to it.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::slash_provider()
            .saturating_add(T::OnSlashed::slashed_weight()))]
        pub fn slash_provider(
            origin: OriginFor<T>,
            provider: T::AccountId,
            amount: BalanceOf<T>,
        ) -> DispatchResult {
            T::SlashOrigin::ensure_origin(origin)?;
            ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
            ensure!(
                Providers::<T>::contains_key(&provider),
                Error::<T>::NotRegistered
            );
            let slashed = Self::do_slash(&provider, amount, SlashReason::Governance, None);
            ensure!(!slashed.is_zero(), Error::<T>::NothingToSlash);
            Ok(())
        }

        /// Has a part of the caller's bond wait for its withdrawal. What is left must be the least
        /// bond at least, and cover what running jobs have reserved; to take all, unregister.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::unbond())]
        pub fn unbond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_unbond(provider, amount)
        }

        /// Takes so much of what waits, the latest first, back into the caller's bond.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::rebond())]
        pub fn rebond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_rebond(provider, amount)
        }

        /// Says what the caller is called and what it computes with, which keeps it out of draws for
        /// a while.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::set_profile(profile.capabilities.circuits.len() as u32))]
        pub fn set_profile(origin: OriginFor<T>, profile: Profile) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_set_profile(provider, profile)
        }

        /// Announces that the caller takes no new jobs from block `from` until before `until`. Jobs
        /// that it has are still to be done.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::announce_maintenance())]
        pub fn announce_maintenance(
            origin: OriginFor<T>,
            from: BlockNumberFor<T>,
            until: BlockNumberFor<T>,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_announce_maintenance(provider, from, until)
        }

        /// Calls the caller's maintenance off, or ends it now.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::end_maintenance())]
        pub fn end_maintenance(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_end_maintenance(provider)
        }

        /// Offers another provider the capacity for so many jobs at a time, for a part of what it
        /// earns on them. Replaces the caller's last offer.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::offer_lease())]
        pub fn offer_lease(
            origin: OriginFor<T>,
            operator: T::AccountId,
            slots: u32,
            share: Permill,
        ) -> DispatchResult {
            let lessor = ensure_signed(origin)?;
            Self::do_offer_lease(lessor, operator, slots, share)
        }

        /// Takes the caller's offer back.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::withdraw_lease_offer())]
        pub fn withdraw_lease_offer(origin: OriginFor<T>) -> DispatchResult {
            let lessor = ensure_signed(origin)?;
            LeaseOffers::<T>::take(&lessor).ok_or(Error::<T>::NoLeaseOffer)?;
            Self::deposit_event(Event::LeaseOfferWithdrawn { lessor });
            Ok(())
        }

        /// Accepts an offer made to the caller, at these terms.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::accept_lease())]
        pub fn accept_lease(
            origin: OriginFor<T>,
            lessor: T::AccountId,
            slots: u32,
            share: Permill,
        ) -> DispatchResult {
            let operator = ensure_signed(origin)?;
            Self::do_accept_lease(operator, lessor, slots, share)
        }

        /// Gives notice of the lease by which `operator` works, as the operator or as the lessor.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::end_lease())]
        pub fn end_lease(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
            let party = ensure_signed(origin)?;
            Self::do_end_lease(party, operator)
        }

        /// Gives the capacity of a lease that is over back to its lessor. Anyone may.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::close_lease())]
        pub fn close_lease(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_close_lease(&operator)
        }

        /// Shows that a worker key has signed two different answers to one batch. Costs nothing
        /// when it is so.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::report_equivocation()
            .saturating_add(Pallet::<T>::passed_on_weight())
            .saturating_add(T::OnSlashed::slashed_weight()))]
        pub fn report_equivocation(
            origin: OriginFor<T>,
            answered: Answered<T::AccountId>,
            first: Claim<T::Signature>,
            second: Claim<T::Signature>,
        ) -> DispatchResultWithPostInfo {
            let reporter = ensure_signed(origin)?;
            Self::convict_of_equivocation(reporter, answered, first, second)?;
            Ok(Pays::No.into())
        }

        /// Shows that a worker key has signed an answer that is not the one proven: on chain, or by
        /// the given proof. Costs nothing when it is so.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::report_false_claim()
            .saturating_add(Pallet::<T>::passed_on_weight())
            .saturating_add(T::OnSlashed::slashed_weight())
            .saturating_add(
                proof.as_ref().map_or(Weight::zero(), |_| T::Jobs::prove_weight())
            ))]
        pub fn report_false_claim(
            origin: OriginFor<T>,
            answered: Answered<T::AccountId>,
            claim: Claim<T::Signature>,
            proof: Option<GivenProof<T::AccountId>>,
        ) -> DispatchResultWithPostInfo {
            let reporter = ensure_signed(origin)?;
            Self::convict_of_forgery(reporter, answered, claim, proof)?;
            Ok(Pays::No.into())
        }

        /// Forgets that an offence was punished, once the job it was committed in is forgotten too.
        /// Anyone may.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::forget_offence())]
        pub fn forget_offence(
            origin: OriginFor<T>,
            provider: T::AccountId,
            job: JobId,
            batch: u32,
            reason: SlashReason,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            ensure!(!T::Jobs::is_stored(&job), Error::<T>::JobStands);
            Judged::<T>::take(&provider, (job, batch, reason)).ok_or(Error::<T>::NotJudged)?;
            Ok(())
        }

        /// Says what an offence costs from now on.
        #[pallet::call_index(21)]
        #[pallet::weight(T::WeightInfo::set_penalty())]
        pub fn set_penalty(
            origin: OriginFor<T>,
            reason: SlashReason,
            penalty: Penalty,
        ) -> DispatchResult {
            T::SlashOrigin::ensure_origin(origin)?;
            ensure!(
                u32::from(penalty.strikes) <= T::MaxStrikes::get(),
                Error::<T>::TooManyStrikes
            );
            Penalties::<T>::insert(reason, penalty);
            Self::deposit_event(Event::PenaltySet { reason, penalty });
            Ok(())
        }
    }
}
