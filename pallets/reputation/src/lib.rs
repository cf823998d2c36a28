//! Beta reputation with decay: what burned fees say of a provider's reliability.
//!
//! A score is the mean of a Beta distribution (Jøsang & Ismail, "The Beta Reputation System", 2002)
//! over evidence weighed in burned tokens. Evidence halves over a fixed time, so that a score falls
//! back towards that of a newcomer, which is also the least there is: a new identity gains nothing.
//! This pallet has no calls; the marketplace records what happened.
//!
//! Beside the score there is a standing, which needs evidence enough besides a high score, and what
//! can be read up on: the last outcomes of every provider, and sums by epoch.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod decay;
mod history;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod types;

pub use pallet::*;
pub use types::*;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{tokens::Balance, Get},
    };
    use frame_system::pallet_prelude::*;
    use sp_arithmetic::Permill;
    use sp_runtime::{
        traits::{Saturating, Zero},
        SaturatedConversion,
    };
    use swarmwork_primitives::{
        EpochOutcomes, JobId, Outcome, PastOutcome, ProviderStanding, Reputation,
    };

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Amounts of the token.
        type Balance: Balance;
        /// Blocks after which evidence weighs half.
        #[pallet::constant]
        type HalfLife: Get<BlockNumberFor<Self>>;
        /// A newcomer's score, and the least.
        #[pallet::constant]
        type Prior: Get<Permill>;
        /// Burned tokens that the prior weighs as much as.
        #[pallet::constant]
        type PriorStrength: Get<Self::Balance>;
        /// Least score and least weight of successes, decayed, of each standing above
        /// [`ProviderStanding::Newcomer`], ascending.
        type Standings: Get<[(Permill, Self::Balance); 3]>;
        /// Outcomes that are remembered singly of each provider.
        #[pallet::constant]
        type RecentOutcomes: Get<u32>;
        /// Blocks whose outcomes are added up together.
        #[pallet::constant]
        type EpochLength: Get<BlockNumberFor<Self>>;
        /// Epochs that are remembered, of each provider and of all together.
        #[pallet::constant]
        type RecentEpochs: Get<u32>;
    }

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Evidence by provider.
    #[pallet::storage]
    pub type Providers<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Evidence<BlockNumberFor<T>>>;

    /// Influence by requester.
    #[pallet::storage]
    pub type Requesters<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Influence<T::AccountId, BlockNumberFor<T>>,
        ValueQuery,
    >;

    /// The last outcomes of each provider, oldest first.
    #[pallet::storage]
    pub type Recent<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<PastOutcome<BlockNumberFor<T>>, <T as Config>::RecentOutcomes>,
        ValueQuery,
    >;

    /// The last epochs in which there was an outcome of a provider, oldest first.
    #[pallet::storage]
    pub type Epochs<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<EpochOutcomes, <T as Config>::RecentEpochs>,
        ValueQuery,
    >;

    /// The last epochs in which there was an outcome of anybody, oldest first.
    #[pallet::storage]
    pub type Network<T: Config> =
        StorageValue<_, BoundedVec<EpochOutcomes, <T as Config>::RecentEpochs>, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(fn deposit_event)]
    pub enum Event<T: Config> {
        /// Something has been learnt of a provider.
        ReputationChanged {
            /// Its controller.
            provider: T::AccountId,
            /// In which job.
            job: JobId,
            /// What happened.
            outcome: Outcome,
            /// Burned tokens that this weighs as much as.
            weight: u128,
            /// Its score now.
            score: Permill,
        },
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(!T::HalfLife::get().is_zero(), "evidence needs a half-life");
            assert!(
                !T::PriorStrength::get().is_zero(),
                "a score without evidence is the prior, which needs a weight"
            );
            assert!(
                T::Prior::get() < Permill::one(),
                "no score is above a perfect prior"
            );
            let [reliable, trusted, distinguished] = T::Standings::get();
            assert!(
                T::Prior::get() < reliable.0
                    && reliable.0 <= trusted.0
                    && trusted.0 <= distinguished.0
                    && reliable.1 <= trusted.1
                    && trusted.1 <= distinguished.1,
                "standings must ascend from a newcomer's"
            );
            assert!(
                T::RecentOutcomes::get() > 0 && T::RecentEpochs::get() > 0,
                "a history needs room"
            );
            assert!(
                !T::EpochLength::get().is_zero(),
                "an epoch is at least a block"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        /// Jobs that a provider completed and failed, ever.
        pub fn jobs(provider: &T::AccountId) -> (u32, u32) {
            Providers::<T>::get(provider).map_or((0, 0), |e| (e.completed, e.failed))
        }

        /// Evidence about a provider as it weighs now.
        pub(crate) fn evidence(provider: &T::AccountId) -> Evidence<BlockNumberFor<T>> {
            let mut evidence = Providers::<T>::get(provider).unwrap_or_default();
            let (elapsed, half_life) = Self::since(evidence.updated);
            evidence.age(elapsed, half_life);
            evidence.updated = frame_system::Pallet::<T>::block_number();
            evidence
        }

        /// Blocks since another, and the half-life in blocks.
        fn since(block: BlockNumberFor<T>) -> (u64, u64) {
            let elapsed = frame_system::Pallet::<T>::block_number().saturating_sub(block);
            (
                elapsed.saturated_into(),
                T::HalfLife::get().saturated_into(),
            )
        }

        pub(crate) fn score_of(evidence: &Evidence<BlockNumberFor<T>>) -> Permill {
            evidence.score(T::Prior::get(), T::PriorStrength::get().saturated_into())
        }

        pub(crate) fn standing_of(evidence: &Evidence<BlockNumberFor<T>>) -> ProviderStanding {
            let thresholds =
                T::Standings::get().map(|(score, weight)| (score, weight.saturated_into()));
            evidence.standing(
                T::Prior::get(),
                T::PriorStrength::get().saturated_into(),
                &thresholds,
            )
        }
    }

    impl<T: Config> Reputation<T::AccountId, T::Balance> for Pallet<T> {
        fn record(
            provider: &T::AccountId,
            requester: &T::AccountId,
            job: JobId,
            outcome: Outcome,
            burned: T::Balance,
        ) {
            let now = frame_system::Pallet::<T>::block_number();
            let weight = Requesters::<T>::mutate(requester, |influence| {
                let (elapsed, half_life) = Self::since(influence.updated);
                influence.age(elapsed, half_life);
                influence.updated = now;
                influence.grant(provider, outcome, burned.saturated_into())
            });
            let mut evidence = Self::evidence(provider);
            evidence.add(outcome, weight);
            let score = Self::score_of(&evidence);
            Providers::<T>::insert(provider, evidence);
            let entry = PastOutcome {
                at: now,
                outcome,
                weight,
                score,
            };
            Self::remember(provider, entry);
            Self::deposit_event(Event::ReputationChanged {
                provider: provider.clone(),
                job,
                outcome,
                weight,
                score,
            });
        }

        fn score(provider: &T::AccountId) -> Permill {
            Self::score_of(&Self::evidence(provider))
        }

        fn standing(provider: &T::AccountId) -> ProviderStanding {
            Self::standing_of(&Self::evidence(provider))
        }

        #[cfg(feature = "runtime-benchmarks")]
        fn benchmark_standing(provider: &T::AccountId) {
            let mut evidence = Self::evidence(provider);
            // Far more than any standing asks for, and far from overflowing a score.
            evidence.good = u128::from(u64::MAX);
            Providers::<T>::insert(provider, evidence);
        }
    }
}
