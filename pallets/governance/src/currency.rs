//! The token as votes see it: each unit counts once.
//!
//! What is staked or bonded votes along with what is free, for it stays with its owner. What is in
//! escrow does not: a settlement pays it to somebody else, who could vote with it again. A lock
//! leaves room under what is held, so it is laid over the escrow as well; [`Pallet::escrowed`] does
//! the same where the escrow comes after the vote.

use crate::{
    pallet::{Config, Pallet},
    Balance,
};
use core::marker::PhantomData;
use frame_support::traits::{
    fungible,
    tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
    BalanceStatus, Currency, ExistenceRequirement, Get, LockIdentifier, LockableCurrency,
    ReservableCurrency, WithdrawReasons,
};
use sp_runtime::{DispatchError, DispatchResult};
use swarmwork_primitives::OnEscrow;

/// The lock of `pallet_conviction_voting`.
const VOTE_LOCK: LockIdentifier = *b"pyconvot";

/// What is held of an account that a settlement may pay to others.
pub trait Escrow<AccountId> {
    /// How much.
    fn escrow(who: &AccountId) -> Balance;
}

impl<AccountId> Escrow<AccountId> for () {
    fn escrow(_: &AccountId) -> Balance {
        0
    }
}

impl<T: Config> OnEscrow<T::AccountId> for Pallet<T> {
    fn escrowed(who: &T::AccountId) {
        let votes = pallet_conviction_voting::ClassLocksFor::<T>::get(who)
            .iter()
            .map(|(_, amount)| *amount)
            .max()
            .unwrap_or(0);
        if votes > 0 {
            VotingCurrency::<T>::extend_lock(
                VOTE_LOCK,
                who,
                votes,
                WithdrawReasons::except(WithdrawReasons::RESERVE),
            );
        }
    }
}

/// [`Config::NativeCurrency`], whose escrow cannot vote.
pub struct VotingCurrency<T>(PhantomData<T>);
type Inner<T> = <T as Config>::NativeCurrency;

impl<T: Config> VotingCurrency<T> {
    /// What an account can vote with.
    fn votable(who: &T::AccountId) -> Balance {
        // Escrow is held, and what is held is part of the balance.
        <Inner<T> as Currency<T::AccountId>>::total_balance(who)
            .saturating_sub(T::Escrow::escrow(who))
    }

    fn with_escrow(who: &T::AccountId, amount: Balance) -> Balance {
        amount.saturating_add(T::Escrow::escrow(who))
    }
}

impl<T: Config> fungible::Inspect<T::AccountId> for VotingCurrency<T> {
    type Balance = Balance;

    fn total_issuance() -> Balance {
        <Inner<T> as fungible::Inspect<T::AccountId>>::total_issuance()
    }
    fn active_issuance() -> Balance {
        <Inner<T> as fungible::Inspect<T::AccountId>>::active_issuance()
    }
    fn minimum_balance() -> Balance {
        <Inner<T> as fungible::Inspect<T::AccountId>>::minimum_balance()
    }
    fn total_balance(who: &T::AccountId) -> Balance {
        Self::votable(who)
    }
    fn balance(who: &T::AccountId) -> Balance {
        Inner::<T>::balance(who)
    }
    fn reducible_balance(
        who: &T::AccountId,
        preservation: Preservation,
        force: Fortitude,
    ) -> Balance {
        Inner::<T>::reducible_balance(who, preservation, force)
    }
    fn can_deposit(
        who: &T::AccountId,
        amount: Balance,
        provenance: Provenance,
    ) -> DepositConsequence {
        Inner::<T>::can_deposit(who, amount, provenance)
    }
    fn can_withdraw(who: &T::AccountId, amount: Balance) -> WithdrawConsequence<Balance> {
        Inner::<T>::can_withdraw(who, amount)
    }
}

impl<T: Config> Currency<T::AccountId> for VotingCurrency<T> {
    type Balance = Balance;
    type PositiveImbalance = <Inner<T> as Currency<T::AccountId>>::PositiveImbalance;
    type NegativeImbalance = <Inner<T> as Currency<T::AccountId>>::NegativeImbalance;

    fn total_balance(who: &T::AccountId) -> Balance {
        Self::votable(who)
    }
    fn can_slash(who: &T::AccountId, value: Balance) -> bool {
        Inner::<T>::can_slash(who, value)
    }
    fn total_issuance() -> Balance {
        <Inner<T> as Currency<T::AccountId>>::total_issuance()
    }
    fn active_issuance() -> Balance {
        <Inner<T> as Currency<T::AccountId>>::active_issuance()
    }
    fn minimum_balance() -> Balance {
        <Inner<T> as Currency<T::AccountId>>::minimum_balance()
    }
    fn burn(amount: Balance) -> Self::PositiveImbalance {
        <Inner<T> as Currency<T::AccountId>>::burn(amount)
    }
    fn issue(amount: Balance) -> Self::NegativeImbalance {
        <Inner<T> as Currency<T::AccountId>>::issue(amount)
    }
    fn free_balance(who: &T::AccountId) -> Balance {
        Inner::<T>::free_balance(who)
    }
    fn ensure_can_withdraw(
        who: &T::AccountId,
        amount: Balance,
        reasons: WithdrawReasons,
        new_balance: Balance,
    ) -> DispatchResult {
        Inner::<T>::ensure_can_withdraw(who, amount, reasons, new_balance)
    }
    fn transfer(
        source: &T::AccountId,
        dest: &T::AccountId,
        value: Balance,
        existence: ExistenceRequirement,
    ) -> DispatchResult {
        <Inner<T> as Currency<T::AccountId>>::transfer(source, dest, value, existence)
    }
    fn slash(who: &T::AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
        <Inner<T> as Currency<T::AccountId>>::slash(who, value)
    }
    fn deposit_into_existing(
        who: &T::AccountId,
        value: Balance,
    ) -> Result<Self::PositiveImbalance, DispatchError> {
        Inner::<T>::deposit_into_existing(who, value)
    }
    fn deposit_creating(who: &T::AccountId, value: Balance) -> Self::PositiveImbalance {
        Inner::<T>::deposit_creating(who, value)
    }
    fn withdraw(
        who: &T::AccountId,
        value: Balance,
        reasons: WithdrawReasons,
        liveness: ExistenceRequirement,
    ) -> Result<Self::NegativeImbalance, DispatchError> {
        <Inner<T> as Currency<T::AccountId>>::withdraw(who, value, reasons, liveness)
    }
    fn make_free_balance_be(
        who: &T::AccountId,
        balance: Balance,
    ) -> frame_support::traits::SignedImbalance<Balance, Self::PositiveImbalance> {
        Inner::<T>::make_free_balance_be(who, balance)
    }
}

impl<T: Config> ReservableCurrency<T::AccountId> for VotingCurrency<T> {
    fn can_reserve(who: &T::AccountId, value: Balance) -> bool {
        Inner::<T>::can_reserve(who, value)
    }
    fn slash_reserved(who: &T::AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
        Inner::<T>::slash_reserved(who, value)
    }
    fn reserved_balance(who: &T::AccountId) -> Balance {
        Inner::<T>::reserved_balance(who)
    }
    fn reserve(who: &T::AccountId, value: Balance) -> DispatchResult {
        Inner::<T>::reserve(who, value)
    }
    fn unreserve(who: &T::AccountId, value: Balance) -> Balance {
        Inner::<T>::unreserve(who, value)
    }
    fn repatriate_reserved(
        slashed: &T::AccountId,
        beneficiary: &T::AccountId,
        value: Balance,
        status: BalanceStatus,
    ) -> Result<Balance, DispatchError> {
        Inner::<T>::repatriate_reserved(slashed, beneficiary, value, status)
    }
}

impl<T: Config> LockableCurrency<T::AccountId> for VotingCurrency<T> {
    type Moment = <Inner<T> as LockableCurrency<T::AccountId>>::Moment;
    type MaxLocks = <Inner<T> as LockableCurrency<T::AccountId>>::MaxLocks;

    fn set_lock(id: LockIdentifier, who: &T::AccountId, amount: Balance, reasons: WithdrawReasons) {
        Inner::<T>::set_lock(id, who, Self::with_escrow(who, amount), reasons);
    }
    fn extend_lock(
        id: LockIdentifier,
        who: &T::AccountId,
        amount: Balance,
        reasons: WithdrawReasons,
    ) {
        Inner::<T>::extend_lock(id, who, Self::with_escrow(who, amount), reasons);
    }
    fn remove_lock(id: LockIdentifier, who: &T::AccountId) {
        Inner::<T>::remove_lock(id, who);
    }
}

/// The tokens that could vote: all but the treasury's.
pub struct Turnout<T>(PhantomData<T>);
impl<T: Config> Get<Balance> for Turnout<T> {
    fn get() -> Balance {
        <Inner<T> as Currency<T::AccountId>>::total_issuance()
            .saturating_sub(<Inner<T> as Currency<T::AccountId>>::total_balance(
                &T::TreasuryAccount::get(),
            ))
            .max(1)
    }
}
