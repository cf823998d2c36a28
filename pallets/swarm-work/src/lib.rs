//! Proof-of-swarm-work: who earns emission, and how much.
//!
//! Validators keep consensus; this pallet mints to those whose proven jobs burned tokens. The
//! credit of a job is at most nine tenths of the native tokens the job burned ([`economics`]), so
//! nobody gains by buying from himself. Within that cap measurements decide: several unannounced
//! windows an epoch in which every admitted provider shows its rate ([`swarm_capacity`]), what jobs
//! delivered, uptime, latency, bandwidth as peers see it, and lock-ups. An epoch pays at most its
//! budget; credit vests and is claimed, and a slash takes back what has not vested. The offchain
//! worker has the node's executor answer the windows.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod admission;
mod bandwidth;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod claims;
mod credit;
pub mod economics;
mod epochs;
mod integrity;
mod locks;
mod measures;
#[cfg(test)]
mod mock;
mod offchain;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
mod views;
pub mod weights;
mod windows;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use frame_support::{
        migrations::MultiStepMigrator,
        pallet_prelude::*,
        traits::{
            fungible::{Balanced, MutateHold},
            Randomness,
        },
    };
    use frame_system::{
        offchain::{AppCrypto, CreateSignedTransaction},
        pallet_prelude::*,
    };
    use sp_runtime::{Perbill, Permill};
    use swarm_capacity::Opening;
    use swarmwork_primitives::{Bonds, JobId, LockTerm, MintLedger, Providers};

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config + CreateSignedTransaction<Call<Self>> {
        /// The token.
        type Currency: Balanced<Self::AccountId, Balance = u128>
            + MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>;
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// Registered providers.
        type Providers: Providers<Self::AccountId, u128> + Bonds<Self::AccountId, u128>;
        /// The ledger of what comes into supply.
        type MintLedger: MintLedger<u128>;
        /// The parent block's VRF output, as `pallet_babe::ParentBlockRandomness` gives it.
        type Randomness: Randomness<Option<Self::Hash>, BlockNumberFor<Self>>;
        /// Whether the market is stopped, or a window cannot be answered: then none counts.
        type Halted: Get<bool>;
        /// The worker key with which the offchain worker signs.
        type AuthorityId: AppCrypto<Self::Public, Self::Signature>;
        /// Milliseconds between two blocks: what an executor's time is counted in.
        type BlockMillis: Get<u64>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;

        /// Pace where genesis says nothing.
        type DefaultPace: Get<Pace>;
        /// Budget of the first epoch.
        #[pallet::constant]
        type InitialBudget: Get<u128>;
        /// What each epoch's budget is lower than the one before, as a part of it.
        #[pallet::constant]
        type BudgetDecay: Get<Perbill>;
        /// Epochs after whose end unclaimed credit lapses.
        #[pallet::constant]
        type Retention: Get<u32>;
        /// Most epochs that one claim looks at.
        #[pallet::constant]
        type MaxClaims: Get<u32>;

        /// Least bond of who takes part in windows.
        #[pallet::constant]
        type AdmissionBond: Get<u128>;
        /// Most providers that take part in windows.
        #[pallet::constant]
        type MaxAdmitted: Get<u32>;
        /// Blocks after the one that opens a window in which answers are accepted: at least two.
        type CommitBlocks: Get<BlockNumberFor<Self>>;
        /// Blocks after the last answer whose VRF outputs draw the rows.
        #[pallet::constant]
        type SampleBlocks: Get<u32>;
        /// Blocks in which drawn rows may be opened.
        #[pallet::constant]
        type CheckBlocks: Get<u32>;
        /// Most openings checked in one block.
        #[pallet::constant]
        type ChecksPerBlock: Get<u32>;
        /// Most participants judged in one block.
        #[pallet::constant]
        type JudgedPerBlock: Get<u32>;
        /// Windows missed in a row after which a provider is no longer admitted.
        #[pallet::constant]
        type MaxAbsent: Get<u32>;

        /// Windows answered in a row that show an uptime above 99.9 %.
        #[pallet::constant]
        type UptimeStreak: Get<u32>;
        /// Rows in a window that earn the whole compute factor.
        #[pallet::constant]
        type ReferenceRows: Get<u32>;
        /// Multiply-accumulates per block from assignment to settlement that earn it.
        #[pallet::constant]
        type ReferenceDelivery: Get<u128>;
        /// Plain multiply-accumulates that proving one is as much work as.
        #[pallet::constant]
        type ProvingOverhead: Get<u32>;
        /// Blocks until drawn rows are opened that still earn the latency factor, in thousandths.
        #[pallet::constant]
        type ReferenceLatency: Get<u32>;
        /// Agreed bandwidth that earns the bandwidth factor, KiB/s.
        #[pallet::constant]
        type ReferenceBandwidth: Get<u32>;
        /// Peers expected to be drawn to report a provider's bandwidth.
        #[pallet::constant]
        type BandwidthPeers: Get<u32>;
        /// Reports without which nothing is agreed.
        #[pallet::constant]
        type BandwidthQuorum: Get<u32>;

        /// Least lock-up.
        #[pallet::constant]
        type MinimumLock: Get<u128>;
        /// Blocks of six months.
        #[pallet::constant]
        type HalfYear: Get<BlockNumberFor<Self>>;
    }

    /// Why this pallet holds funds.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Locked up for a higher credit.
        LockUp,
    }

    #[pallet::type_value]
    pub fn DefaultPace<T: Config>() -> Pace {
        T::DefaultPace::get()
    }

    /// How fast the economy runs. Only genesis writes it.
    #[pallet::storage]
    pub type PaceOf<T: Config> = StorageValue<_, Pace, ValueQuery, DefaultPace<T>>;

    /// Every VRF output so far, hashed into one. An author knows its own outputs an epoch ahead,
    /// but not the others' before its block.
    #[pallet::storage]
    pub type Entropy<T: Config> = StorageValue<_, [u8; 32], ValueQuery>;

    /// The running epoch.
    #[pallet::storage]
    pub type CurrentEpoch<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// The oldest epoch that is kept.
    #[pallet::storage]
    pub type OldestEpoch<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// What the running epoch's peers are drawn by.
    #[pallet::storage]
    pub type EpochSeed<T: Config> = StorageValue<_, [u8; 32], ValueQuery>;

    /// Epochs that are kept.
    #[pallet::storage]
    pub type Epochs<T: Config> = StorageMap<_, Twox64Concat, u32, Epoch<BlockNumberFor<T>>>;

    /// Credit by epoch and provider.
    #[pallet::storage]
    pub type Credits<T: Config> =
        StorageDoubleMap<_, Twox64Concat, u32, Blake2_128Concat, T::AccountId, Grant, ValueQuery>;

    /// All that was ever claimed: all that this pallet ever minted.
    #[pallet::storage]
    pub type TotalClaimed<T: Config> = StorageValue<_, u128, ValueQuery>;

    /// What of it was claimed for epochs that are no longer kept.
    #[pallet::storage]
    pub type ForgottenClaims<T: Config> = StorageValue<_, u128, ValueQuery>;

    /// Who takes part in windows.
    #[pallet::storage]
    pub type Admitted<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, <T as Config>::MaxAdmitted>, ValueQuery>;

    /// What windows have shown, of those who take part.
    #[pallet::storage]
    pub type Measures<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Measure>;

    /// The running window.
    #[pallet::storage]
    pub type CurrentWindow<T: Config> = StorageValue<_, Window<BlockNumberFor<T>>>;

    /// How many windows there were.
    #[pallet::storage]
    pub type WindowCount<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// Who was admitted when the running window opened.
    #[pallet::storage]
    pub type Participants<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, <T as Config>::MaxAdmitted>, ValueQuery>;

    /// Answers in the running window.
    #[pallet::storage]
    pub type Answers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Answer>;

    /// Multiply-accumulates that participants proved while answers were accepted.
    #[pallet::storage]
    pub type Proven<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u128, ValueQuery>;

    /// Openings checked in this block.
    #[pallet::storage]
    pub type Checks<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// What peers reported of bandwidths.
    #[pallet::storage]
    pub type Bandwidths<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Bandwidth<T::AccountId>>;

    /// Lock-ups.
    #[pallet::storage]
    pub type Locks<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, LockUp<BlockNumberFor<T>>>;

    /// How fast the economy runs; nothing for the runtime's own pace.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// See [`Pace`].
        pub pace: Option<Pace>,
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(pace) = self.pace {
                if let Err(wrong) = crate::integrity::check_pace(&pace) {
                    panic!("{wrong}");
                }
                PaceOf::<T>::put(pace);
            }
            Pallet::<T>::start_epoch(0, Default::default(), T::InitialBudget::get());
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A settled job was credited to a provider.
        Credited {
            /// The job.
            job: JobId,
            /// The provider's controller.
            provider: T::AccountId,
            /// What it may earn.
            credit: u128,
            /// Credit per token burned.
            rate: Permill,
        },
        /// An epoch has ended and another has begun.
        EpochEnded {
            /// The one that ended.
            epoch: u32,
            /// Burned by the jobs credited in it.
            burned: u128,
            /// Their credit.
            credited: u128,
            /// Part of each credit that will be paid.
            scale: Permill,
            /// Budget of the one that begins.
            next_budget: u128,
        },
        /// A provider has claimed vested credit, which was minted.
        Claimed {
            /// Its controller.
            provider: T::AccountId,
            /// How much.
            amount: u128,
        },
        /// A slash has taken back what had not vested.
        ClawedBack {
            /// The provider's controller.
            provider: T::AccountId,
            /// How much will not be paid.
            amount: u128,
        },
        /// Credit of an epoch can no longer be claimed.
        EpochLapsed {
            /// The epoch.
            epoch: u32,
        },
        /// A provider takes part in windows from now on.
        Admitted {
            /// Its controller.
            provider: T::AccountId,
            /// Who had to make room.
            displaced: Option<T::AccountId>,
        },
        /// A provider no longer takes part in windows.
        Dismissed {
            /// Its controller.
            provider: T::AccountId,
        },
        /// A window has opened: rows made from this seed are to be committed to.
        WindowOpened {
            /// Its number.
            window: u32,
            /// The seed.
            seed: [u8; 32],
            /// Last block in which an answer counts.
            until: BlockNumberFor<T>,
        },
        /// A participant has answered.
        CapacityCommitted {
            /// The window.
            window: u32,
            /// The participant's controller.
            provider: T::AccountId,
            /// Rows.
            rows: u32,
        },
        /// The rows to open are drawn.
        RowsDrawn {
            /// The window.
            window: u32,
            /// What they are drawn by.
            seed: [u8; 32],
            /// Last block in which they may be opened.
            until: BlockNumberFor<T>,
        },
        /// A participant's drawn rows were right.
        CapacityShown {
            /// The window.
            window: u32,
            /// The participant's controller.
            provider: T::AccountId,
            /// Rows, with what jobs of the same minute count as.
            rows: u32,
        },
        /// A participant did not answer, or could not open what it had committed to.
        WindowMissed {
            /// The window.
            window: u32,
            /// The participant's controller.
            provider: T::AccountId,
        },
        /// A peer has reported a provider's bandwidth.
        BandwidthReported {
            /// Whose.
            provider: T::AccountId,
            /// By whom.
            peer: T::AccountId,
            /// KiB/s.
            rate: u32,
        },
        /// Tokens are locked up.
        LockedUp {
            /// Whose.
            provider: T::AccountId,
            /// How many in all.
            amount: u128,
            /// For how long.
            term: LockTerm,
            /// First block in which they may be had back.
            until: BlockNumberFor<T>,
        },
        /// A lock-up is over and its tokens are free.
        Unlocked {
            /// Whose.
            provider: T::AccountId,
            /// How many.
            amount: u128,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The account is no registered provider.
        NotRegistered,
        /// The bond is below what taking part in windows needs.
        BondTooSmall,
        /// The provider takes part in windows already.
        AlreadyAdmitted,
        /// The provider does not take part in windows.
        NotAdmitted,
        /// As many as can take part do: name one with a smaller bond to displace.
        NoRoom,
        /// The provider to be displaced has no smaller bond.
        BondNotHigher,
        /// The provider still has the bond that taking part needs.
        StillBonded,
        /// The account is no provider's worker key.
        NotAWorker,
        /// This window is not the running one.
        WindowNotRunning,
        /// The provider was not admitted when the window opened.
        NotAParticipant,
        /// Answers to this window are no longer accepted.
        TooLate,
        /// The rows of this window are not drawn yet.
        TooEarly,
        /// The provider has answered already.
        AlreadyCommitted,
        /// An answer has at least one row and at most 2^30.
        RowsOutOfRange,
        /// The provider has not answered in this window.
        NothingCommitted,
        /// The provider has opened its rows already.
        AlreadyOpened,
        /// The provider's turn to open its rows has not come yet.
        NotYourTurn,
        /// As many openings as a block takes were checked in this one: try the next.
        BlockFull,
        /// A path is not as long as the tree of so many rows is high.
        PathLength,
        /// A leaf and its path do not lead to the committed root.
        WrongRoot,
        /// A committed fingerprint is not what the row becomes.
        WrongFingerprint,
        /// The peer was not drawn to report this provider in this epoch.
        NotDrawn,
        /// The peer has reported this provider in this epoch already.
        AlreadyReported,
        /// This provider has as many reports in this epoch as are taken.
        ReportsFull,
        /// The lock-up is smaller than the least one.
        LockTooSmall,
        /// A lock-up can only be made larger, and longer.
        LockShrinks,
        /// The account has nothing locked up.
        NothingLocked,
        /// The lock-up is not over.
        StillLocked,
        /// Nothing that has vested in these epochs is unclaimed.
        NothingToClaim,
        /// The reward is below the existential deposit and the account does not exist: fund it
        /// first.
        CannotReceive,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::stir();
            Checks::<T>::kill();
            // What lies in storage cannot all be read while it is migrated: epochs wait.
            let rolled = if T::MultiBlockMigrator::ongoing() {
                Weight::zero()
            } else {
                Self::roll(now)
            };
            T::WeightInfo::idle_block()
                // Whether windows stand still.
                .saturating_add(T::DbWeight::get().reads(3))
                .saturating_add(rolled)
                .saturating_add(Self::step_window(now))
        }

        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            Self::forget(remaining)
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
        /// Takes part in capacity windows from the next one on. Where as many as can do already,
        /// `displaced` names one with a smaller bond, whose place the caller takes.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::admit())]
        pub fn admit(origin: OriginFor<T>, displaced: Option<T::AccountId>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_admit(provider, displaced)
        }

        /// Takes part in no more windows. What was measured is forgotten.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::dismiss())]
        pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_dismiss(&provider)
        }

        /// Removes from the windows a provider that has lost the bond for it. Anyone may.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::dismiss())]
        pub fn expel(origin: OriginFor<T>, provider: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            ensure!(!Self::has_bond(&provider), Error::<T>::StillBonded);
            Self::do_dismiss(&provider)
        }

        /// Answers the running window, signed by the provider's worker key: the root over the
        /// fingerprints of rows 0 to `rows - 1`. Costs nothing when it succeeds.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::commit_capacity())]
        pub fn commit_capacity(
            origin: OriginFor<T>,
            window: u32,
            root: [u8; 32],
            rows: u32,
        ) -> DispatchResultWithPostInfo {
            let provider = Self::controller(origin)?;
            Self::do_commit(provider, window, root, rows)?;
            Ok(Pays::No.into())
        }

        /// Opens the two drawn rows of the caller's answer, which are recomputed; signed by the
        /// provider's worker key. Costs nothing when it succeeds.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::open_rows())]
        pub fn open_rows(
            origin: OriginFor<T>,
            window: u32,
            first: Box<Opening>,
            second: Box<Opening>,
        ) -> DispatchResultWithPostInfo {
            let provider = Self::controller(origin)?;
            Self::do_open(provider, window, [*first, *second])?;
            Ok(Pays::No.into())
        }

        /// Reports another provider's bandwidth in KiB/s, signed by the worker key of a peer that
        /// was drawn for it in this epoch.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::report_bandwidth())]
        pub fn report_bandwidth(
            origin: OriginFor<T>,
            provider: T::AccountId,
            rate: u32,
        ) -> DispatchResult {
            let peer = Self::controller(origin)?;
            Self::do_report(provider, peer, rate)
        }

        /// Locks up so many of the caller's tokens in all, for a higher credit. A lock-up can be
        /// made larger and longer, never smaller or shorter.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::lock_up())]
        pub fn lock_up(origin: OriginFor<T>, amount: u128, term: LockTerm) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_lock(provider, amount, term)
        }

        /// Frees the caller's lock-up once it is over.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::unlock())]
        pub fn unlock(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_unlock(provider)
        }

        /// Mints to the caller what has vested of its credit in the epochs from `from` on, at most
        /// `count` (and [`Config::MaxClaims`]) of them.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::claim(T::MaxClaims::get().min(*count)))]
        pub fn claim(origin: OriginFor<T>, from: u32, count: u32) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_claim(provider, from, count.min(T::MaxClaims::get()))
        }
    }

    impl<T: Config> Pallet<T> {
        /// The provider that the signer is the worker key of.
        fn controller(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
            let worker = ensure_signed(origin)?;
            Ok(T::Providers::controller_of(&worker).ok_or(Error::<T>::NotAWorker)?)
        }
    }
}
