//! The ledger through which every burned token leaves supply, and in which every minted one is
//! booked: `issuance = genesis + minted - burned`, always.
//!
//! A burn is booked by what it took out of total issuance, measured, so that the books cannot say
//! more than the currency did. A mint is booked by whoever makes it.
#![cfg_attr(not(feature = "std"), no_std)]

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
            fungible,
            tokens::{Fortitude, Precision, Preservation},
            DefensiveSaturating, Imbalance,
        },
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::traits::{Saturating, Zero};
    use swarmwork_primitives::{
        BurnLedger, BurnSource, BurnTotals, MintLedger, MintSource, MintTotals, SupplyView,
    };

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The token.
        type Currency: fungible::Balanced<Self::AccountId>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;
    }

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What has left supply, by source.
    #[pallet::storage]
    pub type BySource<T: Config> =
        StorageMap<_, Twox64Concat, BurnSource, BalanceOf<T>, ValueQuery>;

    /// What has left supply in all.
    #[pallet::storage]
    pub type Total<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

    /// What has come into supply since the chain began, by source.
    #[pallet::storage]
    pub type MintedBySource<T: Config> =
        StorageMap<_, Twox64Concat, MintSource, BalanceOf<T>, ValueQuery>;

    /// What has come into supply since the chain began, in all.
    #[pallet::storage]
    pub type TotalMinted<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

    /// What had been issued when the chain began.
    #[pallet::storage]
    pub type GenesisIssuance<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

    /// Records what the pallets before this one have issued.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            GenesisIssuance::<T>::put(Pallet::<T>::issuance());
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(fn deposit_event)]
    pub enum Event<T: Config> {
        /// Tokens have left supply.
        Burned {
            /// Why.
            source: BurnSource,
            /// How many.
            amount: BalanceOf<T>,
        },
        /// Tokens have come into supply.
        Minted {
            /// Why.
            source: MintSource,
            /// How many.
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// Nothing to burn: the amount is zero.
        ZeroAmount,
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
        /// Burns free tokens of the caller, whose account stays alive.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::burn())]
        pub fn burn(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
            let credit = <T::Currency as fungible::Balanced<T::AccountId>>::withdraw(
                &who,
                amount,
                Precision::Exact,
                Preservation::Preserve,
                Fortitude::Polite,
            )?;
            <Self as BurnLedger<_>>::burn(BurnSource::Voluntary, credit);
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        /// What has left supply, by source.
        pub fn totals() -> BurnTotals<BalanceOf<T>> {
            BurnTotals {
                job_fees: BySource::<T>::get(BurnSource::JobFee),
                transaction_fees: BySource::<T>::get(BurnSource::TransactionFee),
                slashes: BySource::<T>::get(BurnSource::Slash),
                voluntary: BySource::<T>::get(BurnSource::Voluntary),
            }
        }

        /// Supply, and where it comes from.
        pub fn supply() -> SupplyView<BalanceOf<T>> {
            SupplyView {
                issuance: Self::issuance(),
                genesis: GenesisIssuance::<T>::get(),
                minted: MintTotals {
                    staking: MintedBySource::<T>::get(MintSource::Staking),
                    staking_remainder: MintedBySource::<T>::get(MintSource::StakingRemainder),
                    swarm_work: MintedBySource::<T>::get(MintSource::SwarmWork),
                },
                burned: Self::totals(),
            }
        }

        fn issuance() -> BalanceOf<T> {
            <T::Currency as fungible::Inspect<T::AccountId>>::total_issuance()
        }

        /// The sources add up to the totals, and nothing came into supply or left it but through
        /// this ledger: what is issued now and what was burned are together what the chain began
        /// with and what was minted.
        #[cfg(any(feature = "try-runtime", feature = "std"))]
        pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            use sp_runtime::traits::CheckedAdd;

            let mut burned = BalanceOf::<T>::zero();
            for (_, amount) in BySource::<T>::iter() {
                burned = burned
                    .checked_add(&amount)
                    .ok_or("the burns by source overflow")?;
            }
            ensure!(
                burned == Total::<T>::get(),
                "the burns by source do not add up to the total"
            );
            let mut minted = BalanceOf::<T>::zero();
            for (_, amount) in MintedBySource::<T>::iter() {
                minted = minted
                    .checked_add(&amount)
                    .ok_or("the mints by source overflow")?;
            }
            ensure!(
                minted == TotalMinted::<T>::get(),
                "the mints by source do not add up to the total"
            );
            let left = Self::issuance().checked_add(&burned);
            let came = GenesisIssuance::<T>::get().checked_add(&minted);
            ensure!(
                left.is_some() && left == came,
                "issuance is not genesis and what was minted less what was burned"
            );
            Ok(())
        }
    }

    impl<T: Config> MintLedger<BalanceOf<T>> for Pallet<T> {
        fn minted(source: MintSource, amount: BalanceOf<T>) {
            if amount.is_zero() {
                return;
            }
            MintedBySource::<T>::mutate(source, |sum| *sum = sum.defensive_saturating_add(amount));
            TotalMinted::<T>::mutate(|sum| *sum = sum.defensive_saturating_add(amount));
            Self::deposit_event(Event::Minted { source, amount });
        }
    }

    /// Any imbalance whose dropping lowers issuance: the credit of a fungible, or the negative
    /// imbalance that staking and treasury still hand out.
    impl<T, I> BurnLedger<I> for Pallet<T>
    where
        T: Config,
        I: Imbalance<BalanceOf<T>>,
    {
        fn burn(source: BurnSource, credit: I) {
            let before = Self::issuance();
            drop(credit);
            // Issuance is no higher after than before; were it, nothing would have been burned.
            let amount = before.saturating_sub(Self::issuance());
            if amount.is_zero() {
                return;
            }
            // More than a balance can count has never been issued.
            BySource::<T>::mutate(source, |sum| *sum = sum.defensive_saturating_add(amount));
            Total::<T>::mutate(|sum| *sum = sum.defensive_saturating_add(amount));
            Self::deposit_event(Event::Burned { source, amount });
        }
    }
}
