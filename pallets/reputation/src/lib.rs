//! Beta reputation with decay: what burned fees say of a provider's reliability.
//!
//! A score is the mean of a Beta distribution (Jøsang & Ismail, "The Beta Reputation System", 2002)
//! over evidence weighed in burned tokens. Evidence halves over a fixed time, so that a score falls
//! back towards that of a newcomer, which is also the least there is: a new identity gains nothing.
//! This pallet has no calls; the marketplace records what happened.
#![cfg_attr(not(feature = "std"), no_std)]

mod decay;
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
    use crate::decay::Decay;
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
    use swarmwork_primitives::{Outcome, Reputation};

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

    #[pallet::event]
    #[pallet::generate_deposit(fn deposit_event)]
    pub enum Event<T: Config> {
        /// Something has been learnt of a provider.
        ReputationChanged {
            /// Its controller.
            provider: T::AccountId,
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
        fn evidence(provider: &T::AccountId) -> Evidence<BlockNumberFor<T>> {
            let mut evidence = Providers::<T>::get(provider).unwrap_or_default();
            evidence.decay(Self::decay_since(evidence.updated));
            evidence.updated = frame_system::Pallet::<T>::block_number();
            evidence
        }

        fn decay_since(block: BlockNumberFor<T>) -> Decay {
            let elapsed = frame_system::Pallet::<T>::block_number().saturating_sub(block);
            Decay::after(
                elapsed.saturated_into(),
                T::HalfLife::get().saturated_into(),
            )
        }

        fn score_of(evidence: &Evidence<BlockNumberFor<T>>) -> Permill {
            evidence.score(T::Prior::get(), T::PriorStrength::get().saturated_into())
        }

        /// No requester weighs more than its share, and none is remembered twice.
        #[cfg(any(feature = "try-runtime", test))]
        pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            let now = frame_system::Pallet::<T>::block_number();
            for evidence in Providers::<T>::iter_values() {
                ensure!(evidence.updated <= now, "evidence from the future");
                ensure!(
                    evidence.completed > 0 || evidence.good == 0,
                    "good evidence without a completed job"
                );
                ensure!(
                    evidence.failed > 0 || evidence.bad == 0,
                    "bad evidence without a failed job"
                );
            }
            for influence in Requesters::<T>::iter_values() {
                ensure!(influence.updated <= now, "influence from the future");
                ensure!(
                    influence.burned <= influence.offered,
                    "a requester burned more than it offered"
                );
                let good = influence.burned / REQUESTER_SHARE;
                let bad = influence.offered / REQUESTER_SHARE;
                ensure!(
                    influence.forgotten_good <= good && influence.forgotten_bad <= bad,
                    "a requester weighed too much for a forgotten provider"
                );
                for (at, entry) in influence.given.iter().enumerate() {
                    ensure!(
                        entry.good <= good && entry.bad <= bad,
                        "a requester weighed too much for a provider"
                    );
                    ensure!(
                        !influence.given[..at]
                            .iter()
                            .any(|other| other.provider == entry.provider),
                        "a provider is remembered twice"
                    );
                }
            }
            Ok(())
        }
    }

    impl<T: Config> Reputation<T::AccountId, T::Balance> for Pallet<T> {
        fn record(
            provider: &T::AccountId,
            requester: &T::AccountId,
            outcome: Outcome,
            burned: T::Balance,
        ) {
            let now = frame_system::Pallet::<T>::block_number();
            let weight = Requesters::<T>::mutate(requester, |influence| {
                influence.decay(Self::decay_since(influence.updated));
                influence.updated = now;
                influence.grant(provider, outcome, burned.saturated_into())
            });
            let mut evidence = Self::evidence(provider);
            evidence.add(outcome, weight);
            let score = Self::score_of(&evidence);
            Providers::<T>::insert(provider, evidence);
            Self::deposit_event(Event::ReputationChanged {
                provider: provider.clone(),
                outcome,
                weight,
                score,
            });
        }

        fn score(provider: &T::AccountId) -> Permill {
            Self::score_of(&Self::evidence(provider))
        }
    }
}
