//! Registered models: which weights, committed under which circuit, in which file, and whose.
//!
//! Anyone may register a model for a held deposit; anyone can recompute its commitment from the
//! published weights. Models stay, so that jobs and results always find what they were about.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{
            fungible::{self, MutateHold},
            Contains, Get,
        },
    };
    use frame_system::pallet_prelude::*;
    use swarmwork_primitives::{
        model_id, CircuitId, Circuits, Commitment, Locator, ModelId, ModelInfo,
    };

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token.
        type Currency: fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>;
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// Registered circuits.
        type Circuits: Circuits<Self::AccountId>;
        /// Held from the owner of a model.
        #[pallet::constant]
        type Deposit: Get<BalanceOf<Self>>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;
    }

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Why this pallet holds funds.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The deposit for registered models.
        Deposit,
    }

    /// Registered models.
    #[pallet::storage]
    pub type Models<T: Config> =
        StorageMap<_, Identity, ModelId, Registration<T::AccountId, BalanceOf<T>>>;

    /// How many models each circuit has.
    #[pallet::storage]
    pub type ByCircuit<T: Config> = StorageMap<_, Identity, CircuitId, u32, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model has been registered.
        ModelRegistered {
            /// Its id.
            model: ModelId,
            /// Who registered it and earns its share.
            owner: T::AccountId,
            /// The circuit it runs under.
            circuit: CircuitId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No circuit is registered under this id; register its verifying key first.
        UnknownCircuit,
        /// The caller has registered this very model before.
        ModelAlreadyRegistered,
        /// The source is neither empty nor an http(s) base URL without trailing slash.
        InvalidSource,
        /// The circuit has as many models as can be counted.
        TooManyModels,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers a model under a registered circuit. `weights_commitment` is the compressed
        /// point that the circuit's commitment key gives for the weights in the file `content`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_model())]
        pub fn register_model(
            origin: OriginFor<T>,
            circuit: CircuitId,
            weights_commitment: Commitment,
            content: Locator,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            ensure!(
                T::Circuits::info(&circuit).is_some(),
                Error::<T>::UnknownCircuit
            );
            ensure!(content.is_well_formed(), Error::<T>::InvalidSource);
            T::Circuits::check_commitment(&weights_commitment)?;
            Self::insert(owner, circuit, weights_commitment, content)?;
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        fn insert(
            owner: T::AccountId,
            circuit: CircuitId,
            weights: Commitment,
            content: Locator,
        ) -> Result<ModelId, DispatchError> {
            let model = model_id(&owner, &circuit, &weights, &content.content);
            ensure!(
                !Models::<T>::contains_key(model),
                Error::<T>::ModelAlreadyRegistered
            );
            let count = ByCircuit::<T>::get(circuit)
                .checked_add(1)
                .ok_or(Error::<T>::TooManyModels)?;
            let deposit = T::Deposit::get();
            T::Currency::hold(&HoldReason::Deposit.into(), &owner, deposit)?;
            ByCircuit::<T>::insert(circuit, count);
            Models::<T>::insert(
                model,
                Registration {
                    info: ModelInfo {
                        owner: owner.clone(),
                        circuit,
                        weights,
                        content,
                    },
                    deposit,
                },
            );
            Self::deposit_event(Event::ModelRegistered {
                model,
                owner,
                circuit,
            });
            Ok(model)
        }

        /// Ids follow from contents, every circuit exists, the counts and the held deposits add up.
        #[cfg(any(feature = "try-runtime", feature = "std"))]
        pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            use frame_support::traits::fungible::InspectHold;
            use sp_runtime::traits::{CheckedAdd, Zero};

            let mut held = alloc::collections::BTreeMap::<T::AccountId, BalanceOf<T>>::new();
            let mut counts = alloc::collections::BTreeMap::<CircuitId, u32>::new();
            for (id, Registration { info, deposit }) in Models::<T>::iter() {
                ensure!(
                    id == model_id(
                        &info.owner,
                        &info.circuit,
                        &info.weights,
                        &info.content.content
                    ),
                    "a model's id does not follow from its contents"
                );
                ensure!(
                    T::Circuits::info(&info.circuit).is_some(),
                    "a model's circuit is not registered"
                );
                let count = counts.entry(info.circuit).or_default();
                *count = count.checked_add(1).ok_or("too many models")?;
                let sum = held.entry(info.owner).or_insert_with(Zero::zero);
                *sum = sum.checked_add(&deposit).ok_or("the deposits overflow")?;
            }
            ensure!(
                counts == ByCircuit::<T>::iter().collect(),
                "the models by circuit are miscounted"
            );
            for (owner, deposits) in held {
                ensure!(
                    T::Currency::balance_on_hold(&HoldReason::Deposit.into(), &owner) == deposits,
                    "an owner's held deposits do not add up to those of its models"
                );
            }
            Ok(())
        }
    }

    impl<T: Config> swarmwork_primitives::Models<T::AccountId> for Pallet<T> {
        fn info(id: &ModelId) -> Option<ModelInfo<T::AccountId>> {
            Models::<T>::get(id).map(|registration| registration.info)
        }

        #[cfg(feature = "runtime-benchmarks")]
        fn benchmark_model(owner: &T::AccountId, circuit: CircuitId) -> ModelId {
            crate::benchmarking::fund::<T>(owner);
            Self::insert(
                owner.clone(),
                circuit,
                T::Circuits::benchmark_proof().weights,
                Locator::default(),
            )
            .expect("the owner was funded and has no such model")
        }
    }

    /// Whether a circuit has models, and therefore must stay.
    impl<T: Config> Contains<CircuitId> for Pallet<T> {
        fn contains(circuit: &CircuitId) -> bool {
            ByCircuit::<T>::contains_key(circuit)
        }
    }
}
