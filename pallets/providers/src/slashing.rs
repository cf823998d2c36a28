//! What a provider loses, why, and where it goes.
//!
//! A slash takes what is free of the bond, then what is unbonding. What running jobs have reserved
//! stays with them, but is owed: it is taken the moment they release it, so that nobody hides its
//! bond behind jobs of its own.

use crate::{
    BalanceOf, Config, CreditOf, DailySlashed, DailySlashes, Error, Event, HoldReason, Pallet,
    Penalties, ProviderOf, Providers, Slashed, Slashes, Strikes,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{Balanced, BalancedHold},
        tokens::imbalance::OnUnbalanced,
        DefensiveSaturating, Get, Imbalance,
    },
};
use sp_runtime::{
    traits::{CheckedAdd, Convert, Saturating, Zero},
    ArithmeticError, DispatchResult, Permill,
};
use swarmwork_primitives::{
    BurnLedger, BurnSource, JobId, OnSlashed, PastSlash, Penalty, SlashReason,
};

/// What was taken of a stake.
#[derive(Default)]
struct Taken<Balance> {
    /// All of it.
    amount: Balance,
    /// What left supply.
    burned: Balance,
    /// What an informer got.
    reward: Balance,
}

impl<T: Config> Pallet<T> {
    /// What an offence costs.
    pub fn penalty(reason: SlashReason) -> Penalty {
        Penalties::<T>::get(reason).unwrap_or_else(|| T::Penalties::convert(reason))
    }

    /// Slashes for an offence in a job of that price, by the table of penalties.
    pub(crate) fn punish(
        who: &T::AccountId,
        reason: SlashReason,
        job: JobId,
        price: BalanceOf<T>,
    ) -> DispatchResult {
        let record = Providers::<T>::get(who).ok_or(Error::<T>::NotRegistered)?;
        let penalty = Self::penalty(reason);
        let stake = Self::stake(who, &record);
        let mut amount = penalty
            .stake
            .mul_ceil(stake)
            .checked_add(&penalty.price.mul_ceil(price))
            .ok_or(ArithmeticError::Overflow)?;
        if penalty.capped {
            amount = Self::book_today(who, stake, amount)?;
        }
        let slashed = Self::do_slash(who, amount, reason, Some(job));
        ensure!(!slashed.is_zero(), Error::<T>::NothingToSlash);
        Ok(())
    }

    /// What of an amount that is decided with the slash is left by the cap, if the offence has one.
    pub(crate) fn within_the_day(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
    ) -> BalanceOf<T> {
        if !Self::penalty(reason).capped {
            return amount;
        }
        let Some(record) = Providers::<T>::get(who) else {
            return Zero::zero();
        };
        let stake = Self::stake(who, &record);
        // What is out of range is more than anybody has.
        Self::book_today(who, stake, amount).unwrap_or_default()
    }

    /// Books a capped penalty; what of it is left by the cap.
    fn book_today(
        who: &T::AccountId,
        stake: BalanceOf<T>,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, ArithmeticError> {
        let now = Self::now();
        let mut today = DailySlashes::<T>::get(who)
            .filter(|day| now < day.since.saturating_add(T::SlashDay::get()))
            .unwrap_or(DailySlashed {
                since: now,
                taken: Zero::zero(),
            });
        let before = stake
            .checked_add(&today.taken)
            .ok_or(ArithmeticError::Overflow)?;
        let left = T::DailySlash::get()
            .mul_floor(before)
            .saturating_sub(today.taken);
        let amount = amount.min(left);
        today.taken = today
            .taken
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        DailySlashes::<T>::insert(who, today);
        Ok(amount)
    }

    /// Slashes at most `amount` of what a provider has at stake; what was taken and what is owed.
    pub(crate) fn do_slash(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        job: Option<JobId>,
    ) -> Slashed<BalanceOf<T>> {
        Self::slash_and_reward(who, amount, reason, job, None).0
    }

    /// As [`Self::do_slash`]; an informer gets its share of what is taken and not burned, if it can
    /// receive that, and how much that was is the second figure. Nothing of what is owed is its.
    pub(crate) fn slash_and_reward(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        job: Option<JobId>,
        informer: Option<(&T::AccountId, Permill)>,
    ) -> (Slashed<BalanceOf<T>>, BalanceOf<T>) {
        let Some(mut record) = Providers::<T>::get(who) else {
            return (Slashed::default(), Zero::zero());
        };
        let Taken {
            amount: taken,
            burned,
            reward,
        } = Self::take(who, &mut record, amount, informer);
        // No more is owed than is reserved.
        let room = record.reserved.defensive_saturating_sub(record.owed);
        let owed = amount.defensive_saturating_sub(taken).min(room);
        let slashed = Slashed { taken, owed };
        if slashed.is_zero() {
            return (slashed, reward);
        }
        record.owed = record.owed.defensive_saturating_add(owed);
        Self::strike(&mut record, Self::penalty(reason).strikes);
        let stops = Self::stop_if_too_small(&mut record);
        let bond = record.bond;
        Providers::<T>::insert(who, record);
        Self::remember_slash(who, taken.defensive_saturating_add(owed), reason, job);
        T::OnSlashed::slashed(who);
        Self::deposit_event(Event::ProviderSlashed {
            provider: who.clone(),
            reason,
            job,
            amount: taken,
            burned,
            owed,
            bond,
        });
        Self::announce_stop(who, stops);
        (slashed, reward)
    }

    /// Takes what is owed of what has come free. The caller stores the record.
    pub(crate) fn collect(who: &T::AccountId, record: &mut ProviderOf<T>) {
        if record.owed.is_zero() {
            return;
        }
        let owed = record.owed;
        let Taken { amount, burned, .. } = Self::take(who, record, owed, None);
        if amount.is_zero() {
            return;
        }
        record.owed = record.owed.defensive_saturating_sub(amount);
        let stops = Self::stop_if_too_small(record);
        Self::deposit_event(Event::OwedTaken {
            provider: who.clone(),
            amount,
            burned,
            bond: record.bond,
        });
        Self::announce_stop(who, stops);
    }

    /// Takes at most `amount` of what is free of a bond, and of what is unbonding. The caller stores
    /// the record.
    fn take(
        who: &T::AccountId,
        record: &mut ProviderOf<T>,
        amount: BalanceOf<T>,
        informer: Option<(&T::AccountId, Permill)>,
    ) -> Taken<BalanceOf<T>> {
        // What is reserved never exceeds the bond, which is a part of the stake.
        let free = record.bond.defensive_saturating_sub(record.reserved);
        let reach = Self::stake(who, record).defensive_saturating_sub(record.reserved);
        let (credit, _) = T::Currency::slash(&HoldReason::Bond.into(), who, amount.min(reach));
        let taken = credit.peek();
        if taken.is_zero() {
            return Taken::default();
        }
        let of_bond = taken.min(free);
        record.bond = record.bond.defensive_saturating_sub(of_bond);
        let of_queue = taken.defensive_saturating_sub(of_bond);
        if !of_queue.is_zero() {
            Self::dequeue_latest(who, of_queue);
        }
        let burned = T::SlashBurned::get().mul_ceil(taken);
        let (to_burn, rest) = credit.split(burned);
        T::BurnLedger::burn(BurnSource::Slash, to_burn);
        let (reward, rest) = Self::reward(rest, informer);
        T::SlashDestination::on_unbalanced(rest);
        Taken {
            amount: taken,
            burned,
            reward,
        }
    }

    /// Adds strikes to those that have not lapsed.
    fn strike(record: &mut ProviderOf<T>, more: u8) {
        if more == 0 {
            return;
        }
        record.strikes = Strikes {
            count: Self::strikes(record.strikes)
                .saturating_add(more.into())
                .min(T::MaxStrikes::get()),
            since: Self::now(),
        };
    }

    /// Takes a provider whose bond is below the least one out of the active set; whether it did.
    fn stop_if_too_small(record: &mut ProviderOf<T>) -> bool {
        if record.bond >= Self::least_bond(record) {
            return false;
        }
        let Some(index) = record.active.take() else {
            return false;
        };
        Self::remove_active(index);
        true
    }

    fn announce_stop(who: &T::AccountId, stops: bool) {
        if stops {
            Self::deposit_event(Event::AvailabilityChanged {
                provider: who.clone(),
                available: false,
            });
        }
    }

    fn remember_slash(
        who: &T::AccountId,
        amount: BalanceOf<T>,
        reason: SlashReason,
        job: Option<JobId>,
    ) {
        Slashes::<T>::mutate(who, |slashes| {
            if slashes.is_full() && !slashes.is_empty() {
                slashes.remove(0);
            }
            // There is room now: the integrity test refuses a history without any.
            let _ = slashes.try_push(PastSlash {
                at: Self::now(),
                reason,
                amount,
                job,
            });
        });
    }

    /// Pays an informer; how much that was, and what is left.
    fn reward(
        rest: CreditOf<T>,
        informer: Option<(&T::AccountId, Permill)>,
    ) -> (BalanceOf<T>, CreditOf<T>) {
        let Some((informer, share)) = informer else {
            return (Zero::zero(), rest);
        };
        let reward = share.mul_floor(rest.peek());
        let (credit, rest) = rest.split(reward);
        match T::Currency::resolve(informer, credit) {
            Ok(()) => (reward, rest),
            // Below the existential deposit of an account that does not exist.
            Err(credit) => (Zero::zero(), rest.merge(credit)),
        }
    }
}
