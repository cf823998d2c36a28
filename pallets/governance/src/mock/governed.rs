//! A pallet with something for each class to do.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use crate::{role, Balance, EnsureRole};
    use frame_support::{
        pallet_prelude::*,
        traits::{Currency, EnsureOriginWithArg, ExistenceRequirement},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;

    #[pallet::config]
    pub trait Config: frame_system::Config + crate::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Attested things.
    #[pallet::storage]
    pub type Attested<T> = StorageMap<_, Identity, H256, ()>;

    /// Audits drawn.
    #[pallet::storage]
    pub type Audits<T> = StorageValue<_, u32, ValueQuery>;

    /// Ordinary calls made.
    #[pallet::storage]
    pub type Jobs<T> = StorageValue<_, u32, ValueQuery>;

    #[pallet::error]
    pub enum Error<T> {
        /// It is attested already.
        Twice,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        #[pallet::call_index(0)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn attest(origin: OriginFor<T>, thing: H256) -> DispatchResult {
            <EnsureRole<T, role::AttestCircuits> as EnsureOriginWithArg<_, H256>>::ensure_origin(
                origin, &thing,
            )?;
            ensure!(!Attested::<T>::contains_key(thing), Error::<T>::Twice);
            Attested::<T>::insert(thing, ());
            Ok(())
        }

        #[pallet::call_index(1)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn draw_audit(origin: OriginFor<T>) -> DispatchResult {
            <EnsureRole<T, role::DrawAudits> as EnsureOrigin<_>>::ensure_origin(origin)?;
            Audits::<T>::mutate(|n| *n += 1);
            Ok(())
        }

        #[pallet::call_index(2)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn job(origin: OriginFor<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Jobs::<T>::mutate(|n| *n += 1);
            Ok(())
        }

        #[pallet::call_index(3)]
        #[pallet::weight(Weight::from_parts(1_000_000, 0))]
        pub fn buy(
            origin: OriginFor<T>,
            shop: T::AccountId,
            price: Balance,
            tip: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let sum = price.saturating_add(tip);
            T::NativeCurrency::transfer(&who, &shop, sum, ExistenceRequirement::KeepAlive)
        }
    }
}
