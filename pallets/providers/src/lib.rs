//! Providers: registration, bonds, worker keys, availability and capacity.
//!
//! A provider's controller holds the bond and is paid; its worker key may only report, and signs
//! that it will, so that nobody registers a key of somebody else. Assignment
//! reserves a part of the bond, and the sum reserved never exceeds it. Available providers have a
//! dense index, so that one can be drawn by number.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod active;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod consent;
mod market;
#[cfg(test)]
mod mock;
mod slashing;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
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
        traits::{
            fungible::{self, MutateHold},
            tokens::{imbalance::OnUnbalanced, Precision},
            EnsureOrigin, Get,
        },
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::{
        traits::{CheckedAdd, IdentifyAccount, Saturating, Verify, Zero},
        ArithmeticError, Perbill, Permill,
    };
    use swarmwork_primitives::{
        is_base_url, BurnLedger, OnSlashed, Providers as _, SlashReason, Url, WorkerConsent,
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
        /// Blocks between unregistering and withdrawing the bond.
        #[pallet::constant]
        type UnbondingPeriod: Get<BlockNumberFor<Self>>;
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
        /// Is told of slashed providers.
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
            /// What was taken.
            amount: BalanceOf<T>,
            /// Of it, what left supply.
            burned: BalanceOf<T>,
            /// What it holds now.
            bond: BalanceOf<T>,
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
        /// Nothing of the bond is free of what running jobs have reserved.
        NothingToSlash,
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

        /// Changes the caller's terms for jobs not yet assigned.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::update_provider())]
        pub fn update_provider(
            origin: OriginFor<T>,
            ask: BalanceOf<T>,
            endpoint: Url,
            unattested: bool,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            ensure!(is_base_url(&endpoint), Error::<T>::InvalidEndpoint);
            Self::try_mutate_staying(&provider, |record| {
                record.ask = ask;
                record.endpoint = endpoint.clone();
                record.unattested = unattested;
                Ok(())
            })?;
            Self::deposit_event(Event::ProviderUpdated {
                provider,
                ask,
                endpoint,
                unattested,
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
                record.bond >= T::MinimumBond::get() || !available,
                Error::<T>::BondTooSmall
            );
            match (record.active, available) {
                (None, true) => record.active = Some(Self::push_active(&provider)?),
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
        /// report no more.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::rotate_worker())]
        pub fn rotate_worker(
            origin: OriginFor<T>,
            worker: T::AccountId,
            consent: ConsentOf<T>,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::try_mutate_staying(&provider, |record| {
                Self::ensure_worker_fits(&provider, &worker)?;
                Self::ensure_consent(&provider, &worker, &consent)?;
                Controllers::<T>::remove(&record.worker);
                Controllers::<T>::insert(&worker, &provider);
                record.worker = worker.clone();
                Ok(())
            })?;
            Self::deposit_event(Event::WorkerRotated { provider, worker });
            Ok(())
        }

        /// Adds to the caller's bond.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::bond_extra())]
        pub fn bond_extra(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
            let bond = Self::try_mutate_staying(&provider, |record| {
                record.bond = record
                    .bond
                    .checked_add(&amount)
                    .ok_or(ArithmeticError::Overflow)?;
                T::Currency::hold(&HoldReason::Bond.into(), &provider, amount)?;
                Ok(record.bond)
            })?;
            Self::deposit_event(Event::BondIncreased {
                provider,
                bond,
                tier: Self::tier_of(bond),
            });
            Ok(())
        }

        /// Ends the caller's service. Refused while jobs run: become unavailable first. The bond
        /// stays held until the unbonding period is over.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::unregister())]
        pub fn unregister(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            let mut record = Self::staying(&provider)?;
            ensure!(record.running == 0, Error::<T>::JobsRunning);
            // A block that no chain reaches is no earlier than what it stands for.
            let withdrawable =
                frame_system::Pallet::<T>::block_number().saturating_add(T::UnbondingPeriod::get());
            if let Some(index) = record.active.take() {
                Self::remove_active(index);
            }
            record.leaving = Some(withdrawable);
            Providers::<T>::insert(&provider, record);
            Self::deposit_event(Event::ProviderLeaving {
                provider,
                withdrawable,
            });
            Ok(())
        }

        /// Gives the caller its bond back, once the unbonding period is over.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::withdraw_bond())]
        pub fn withdraw_bond(origin: OriginFor<T>) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            let record = Providers::<T>::get(&provider).ok_or(Error::<T>::NotRegistered)?;
            let withdrawable = record.leaving.ok_or(Error::<T>::NotLeaving)?;
            ensure!(
                frame_system::Pallet::<T>::block_number() >= withdrawable,
                Error::<T>::StillUnbonding
            );
            T::Currency::release(
                &HoldReason::Bond.into(),
                &provider,
                record.bond,
                Precision::Exact,
            )?;
            Controllers::<T>::remove(&record.worker);
            Providers::<T>::remove(&provider);
            Self::deposit_event(Event::BondWithdrawn {
                provider,
                amount: record.bond,
            });
            Ok(())
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
            let slashed = Self::slash(&provider, amount, SlashReason::Governance);
            ensure!(!slashed.is_zero(), Error::<T>::NothingToSlash);
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        /// The tier of a provider that has not unregistered.
        pub fn tier(who: &T::AccountId) -> Option<Tier> {
            Self::staying(who)
                .ok()
                .map(|record| Self::tier_of(record.bond))
        }

        pub(crate) fn tier_of(bond: BalanceOf<T>) -> Tier {
            if bond >= T::SupernodeBond::get() {
                Tier::Supernode
            } else if bond >= T::ValidatorBond::get() {
                Tier::Validator
            } else {
                Tier::Entry
            }
        }

        /// A provider that has not unregistered.
        pub(crate) fn staying(who: &T::AccountId) -> Result<ProviderOf<T>, Error<T>> {
            let record = Providers::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
            ensure!(record.leaving.is_none(), Error::<T>::AlreadyLeaving);
            Ok(record)
        }

        fn try_mutate_staying<R>(
            who: &T::AccountId,
            change: impl FnOnce(&mut ProviderOf<T>) -> Result<R, DispatchError>,
        ) -> Result<R, DispatchError> {
            let mut record = Self::staying(who)?;
            let result = change(&mut record)?;
            Providers::<T>::insert(who, record);
            Ok(result)
        }

        fn ensure_may_register(
            provider: &T::AccountId,
            worker: &T::AccountId,
            bond: BalanceOf<T>,
            endpoint: &Url,
        ) -> Result<(), Error<T>> {
            ensure!(
                !Providers::<T>::contains_key(provider),
                Error::<T>::AlreadyRegistered
            );
            ensure!(bond >= T::MinimumBond::get(), Error::<T>::BondTooSmall);
            ensure!(is_base_url(endpoint), Error::<T>::InvalidEndpoint);
            Self::ensure_worker_fits(provider, worker)
        }

        /// Registers a provider whose worker key has given its consent.
        pub(crate) fn do_register(
            provider: T::AccountId,
            worker: T::AccountId,
            bond: BalanceOf<T>,
            ask: BalanceOf<T>,
            endpoint: Url,
            unattested: bool,
        ) -> DispatchResult {
            T::Currency::hold(&HoldReason::Bond.into(), &provider, bond)?;
            Controllers::<T>::insert(&worker, &provider);
            let active = Some(Self::push_active(&provider)?);
            Providers::<T>::insert(
                &provider,
                Provider {
                    worker: worker.clone(),
                    bond,
                    reserved: Zero::zero(),
                    running: 0,
                    ask,
                    endpoint,
                    unattested,
                    active,
                    leaving: None,
                },
            );
            Self::deposit_event(Event::ProviderRegistered {
                provider,
                worker,
                bond,
                tier: Self::tier_of(bond),
            });
            Ok(())
        }

        fn ensure_worker_fits(
            controller: &T::AccountId,
            worker: &T::AccountId,
        ) -> Result<(), Error<T>> {
            ensure!(worker != controller, Error::<T>::WorkerIsController);
            ensure!(
                !Controllers::<T>::contains_key(worker),
                Error::<T>::WorkerAlreadyUsed
            );
            Ok(())
        }
    }
}
