//! What reputation adds to votes.
//!
//! Stake, conviction, delegation and locks are those of `pallet_conviction_voting`. On top of them a
//! vote that an account casts itself weighs more by its reputation, up to a bound. What others
//! delegate to it does not, nor does what it delegates: reputation cannot be lent. The bonus counts
//! for approval, never for support, and is fixed by each vote, so that a score which changes later
//! moves no tally by itself.

use crate::{
    pallet::{Bonuses, Config, Error, Pallet, PollBonus},
    Balance,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    ensure,
    traits::{Get, PollStatus, Polling, VoteTally},
    CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use pallet_conviction_voting::{AccountVote, Status, TallyOf, VotingHooks};
use scale_info::TypeInfo;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult, Perbill, Permill};
use swarmwork_primitives::{ProviderStanding, Reputation};

/// Votes that reputation added.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub struct Bonus {
    /// To ayes.
    pub ayes: Balance,
    /// To nays.
    pub nays: Balance,
}

/// A tally of stake times conviction, and what reputation adds to it.
#[derive(
    CloneNoBound,
    PartialEqNoBound,
    EqNoBound,
    DebugNoBound,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
#[scale_info(skip_type_params(Total))]
#[codec(mel_bound())]
#[codec(encode_bound())]
#[codec(decode_bound())]
#[codec(decode_with_mem_tracking_bound())]
pub struct WeightedTally<Total: 'static> {
    /// Stake times conviction.
    pub stake: pallet_conviction_voting::Tally<Balance, Total>,
    /// What reputation adds.
    pub bonus: Bonus,
}

impl<Total> WeightedTally<Total> {
    /// All ayes and all nays.
    pub(crate) fn votes(&self) -> (Balance, Balance) {
        // Nothing saturates, nor where both are added up: conviction makes stake six times as much at
        // most, and reputation that half as much again.
        (
            self.stake.ayes.saturating_add(self.bonus.ayes),
            self.stake.nays.saturating_add(self.bonus.nays),
        )
    }
}

impl<Class: Copy, Total: Get<Balance>> VoteTally<Balance, Class> for WeightedTally<Total> {
    fn new(class: Class) -> Self {
        Self {
            stake: VoteTally::new(class),
            bonus: Bonus::default(),
        }
    }

    fn ayes(&self, _: Class) -> Balance {
        self.votes().0
    }

    fn support(&self, class: Class) -> Perbill {
        self.stake.support(class)
    }

    fn approval(&self, _: Class) -> Perbill {
        let (ayes, nays) = self.votes();
        let all = ayes.saturating_add(nays);
        if all == 0 {
            return Perbill::zero();
        }
        Perbill::from_rational(ayes, all)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn unanimity(class: Class) -> Self {
        Self {
            stake: VoteTally::unanimity(class),
            bonus: Bonus::default(),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn rejection(class: Class) -> Self {
        Self {
            stake: VoteTally::rejection(class),
            bonus: Bonus::default(),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn from_requirements(support: Perbill, approval: Perbill, class: Class) -> Self {
        Self {
            stake: VoteTally::from_requirements(support, approval, class),
            bonus: Bonus::default(),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn setup(_: Class, _: Perbill) {}
}

impl<T: Config> Pallet<T> {
    /// What reputation adds to the votes of an account, as a part of them: nothing to a newcomer,
    /// [`Config::MaxBonus`] to a perfect score, in proportion between. A few jobs make a high score
    /// cheap, so it takes the evidence of a standing besides.
    pub fn vote_bonus(who: &T::AccountId) -> Permill {
        if T::Reputation::standing(who) < ProviderStanding::Reliable {
            return Permill::zero();
        }
        let prior = T::PriorScore::get();
        let above = T::Reputation::score(who)
            .deconstruct()
            .saturating_sub(prior.deconstruct());
        let room = Permill::one().saturating_sub(prior).deconstruct();
        if room == 0 {
            return Permill::zero();
        }
        T::MaxBonus::get().saturating_mul(Permill::from_rational(above, room))
    }

    /// Books the bonus of a vote, in place of that of the same account's earlier vote.
    fn book_bonus(who: &T::AccountId, poll: u32, new: Bonus) {
        let old = Bonuses::<T>::take(poll, who).unwrap_or_default();
        if new != Bonus::default() {
            Bonuses::<T>::insert(poll, who, new);
        }
        PollBonus::<T>::mutate_exists(poll, |sum| {
            let all = sum.unwrap_or_default();
            let all = Bonus {
                // What is taken was added before.
                ayes: all.ayes.saturating_sub(old.ayes).saturating_add(new.ayes),
                nays: all.nays.saturating_sub(old.nays).saturating_add(new.nays),
            };
            *sum = (all != Bonus::default()).then_some(all);
        });
    }
}

/// Keeps the bonuses of direct votes.
pub struct ReputationHooks<T>(PhantomData<T>);
impl<T: Config> VotingHooks<T::AccountId, u32, Balance> for ReputationHooks<T> {
    fn on_before_vote(who: &T::AccountId, poll: u32, vote: AccountVote<Balance>) -> DispatchResult {
        ensure!(vote.balance() > 0, Error::<T>::EmptyVote);
        let bonus = match vote {
            AccountVote::Standard { vote, balance } => {
                let votes =
                    Pallet::<T>::vote_bonus(who).mul_floor(vote.conviction.votes(balance).votes);
                if vote.aye {
                    Bonus {
                        ayes: votes,
                        nays: 0,
                    }
                } else {
                    Bonus {
                        ayes: 0,
                        nays: votes,
                    }
                }
            }
            // Whoever is of two minds needs no extra weight.
            AccountVote::Split { .. } | AccountVote::SplitAbstain { .. } => Bonus::default(),
        };
        Pallet::<T>::book_bonus(who, poll, bonus);
        Ok(())
    }

    fn on_remove_vote(who: &T::AccountId, poll: u32, _: Status) {
        Pallet::<T>::book_bonus(who, poll, Bonus::default());
    }

    fn lock_balance_on_unsuccessful_vote(_: &T::AccountId, _: u32) -> Option<Balance> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn on_vote_worst_case(_: &T::AccountId) {}

    #[cfg(feature = "runtime-benchmarks")]
    fn on_remove_vote_worst_case(_: &T::AccountId) {}
}

/// Referenda as conviction voting sees them: polls with a tally of stake. After each change the
/// bonus that is on the books goes into the tally, for the hook of a removal runs while the tally is
/// in use.
pub struct Polls<T>(PhantomData<T>);

type Referenda<T> = pallet_referenda::Pallet<T>;
type PollMoment<T> = pallet_referenda::BlockNumberFor<T, ()>;

impl<T: Config> Polls<T> {
    fn view<R>(
        poll: u32,
        status: PollStatus<
            &mut WeightedTally<<T as pallet_conviction_voting::Config>::MaxTurnout>,
            PollMoment<T>,
            u16,
        >,
        f: impl FnOnce(PollStatus<&mut TallyOf<T>, PollMoment<T>, u16>) -> R,
    ) -> R {
        match status {
            PollStatus::Ongoing(tally, class) => {
                let result = f(PollStatus::Ongoing(&mut tally.stake, class));
                tally.bonus = PollBonus::<T>::get(poll).unwrap_or_default();
                result
            }
            PollStatus::Completed(end, approved) => f(PollStatus::Completed(end, approved)),
            PollStatus::None => f(PollStatus::None),
        }
    }
}

impl<T: Config> Polling<TallyOf<T>> for Polls<T> {
    type Index = u32;
    type Votes = Balance;
    type Class = u16;
    type Moment = PollMoment<T>;

    fn classes() -> alloc::vec::Vec<u16> {
        Referenda::<T>::classes()
    }

    fn as_ongoing(poll: u32) -> Option<(TallyOf<T>, u16)> {
        Referenda::<T>::as_ongoing(poll).map(|(tally, class)| (tally.stake, class))
    }

    fn access_poll<R>(
        poll: u32,
        f: impl FnOnce(PollStatus<&mut TallyOf<T>, PollMoment<T>, u16>) -> R,
    ) -> R {
        Referenda::<T>::access_poll(poll, |status| Self::view(poll, status, f))
    }

    fn try_access_poll<R>(
        poll: u32,
        f: impl FnOnce(PollStatus<&mut TallyOf<T>, PollMoment<T>, u16>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        Referenda::<T>::try_access_poll(poll, |status| Self::view(poll, status, f))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_ongoing(class: u16) -> Result<u32, ()> {
        Referenda::<T>::create_ongoing(class)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn end_ongoing(poll: u32, approved: bool) -> Result<(), ()> {
        Referenda::<T>::end_ongoing(poll, approved)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn max_ongoing() -> (u16, u32) {
        Referenda::<T>::max_ongoing()
    }
}
