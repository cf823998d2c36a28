//! What is stored of a provider's evidence and of a requester's influence.

use crate::decay::Decay;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;
use swarmwork_primitives::{Outcome, ProviderStanding};

/// How much more a failure weighs than a success.
pub const FAILURE_WEIGHT: u128 = 4;
/// One requester weighs at most one part in so many of its burn for any one provider.
pub const REQUESTER_SHARE: u128 = 5;
/// Providers that a requester's ledger remembers singly. More than [`REQUESTER_SHARE`], so that
/// what is assumed of the others stays below the limit.
pub const REMEMBERED: u32 = 16;

/// Evidence about one provider. Weights are burned tokens, decayed to the block `updated`.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Default)]
pub struct Evidence<BlockNumber> {
    /// Weight of its successes.
    pub good: u128,
    /// Weight of its failures, each counted once.
    pub bad: u128,
    /// Jobs completed, ever.
    pub completed: u32,
    /// Jobs failed, ever.
    pub failed: u32,
    /// Block that the weights are decayed to.
    pub updated: BlockNumber,
}

impl<BlockNumber> Evidence<BlockNumber> {
    /// Lets so much time pass, in the unit of the half-life.
    pub fn age(&mut self, elapsed: u64, half_life: u64) {
        let decay = Decay::after(elapsed, half_life);
        self.good = decay.of(self.good);
        self.bad = decay.of(self.bad);
    }

    /// Books an outcome of some weight. Evidence is no money: at the end of the range, which decaying
    /// amounts of one token do not reach, more of it would change no score.
    pub fn add(&mut self, outcome: Outcome, weight: u128) {
        let (sum, count) = match outcome {
            Outcome::Succeeded => (&mut self.good, &mut self.completed),
            Outcome::Failed => (&mut self.bad, &mut self.failed),
        };
        *sum = sum.saturating_add(weight);
        *count = count.saturating_add(1);
    }

    /// Mean of the Beta distribution that starts as the prior, which is also the floor.
    ///
    /// The prior weighs as much as `strength` burned tokens.
    pub fn score(&self, prior: Permill, strength: u128) -> Permill {
        let good = prior.mul_floor(strength).saturating_add(self.good);
        let all = strength
            .saturating_add(self.good)
            .saturating_add(self.bad.saturating_mul(FAILURE_WEIGHT));
        Permill::from_rational(good, all).max(prior)
    }

    /// What the evidence entitles to. `thresholds` are the least score and the least weight of
    /// successes of each standing above [`ProviderStanding::Newcomer`], ascending.
    pub fn standing(
        &self,
        prior: Permill,
        strength: u128,
        thresholds: &[(Permill, u128); 3],
    ) -> ProviderStanding {
        let score = self.score(prior, strength);
        let enough = |(least, weight): &(Permill, u128)| score >= *least && self.good >= *weight;
        let [reliable, trusted, distinguished] = thresholds;
        if enough(distinguished) {
            ProviderStanding::Distinguished
        } else if enough(trusted) {
            ProviderStanding::Trusted
        } else if enough(reliable) {
            ProviderStanding::Reliable
        } else {
            ProviderStanding::Newcomer
        }
    }
}

/// What one requester has weighed for one provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Given<AccountId> {
    /// The provider.
    pub provider: AccountId,
    /// Weight of successes.
    pub good: u128,
    /// Weight of failures.
    pub bad: u128,
}

/// One requester's burns and whom they have weighed for, decayed to the block `updated`.
///
/// Only [`REMEMBERED`] providers have an entry of their own. Whoever has none is taken to have been
/// given as much as anyone who was ever dropped (the space-saving sketch of Metwally et al., 2005),
/// so forgetting never raises the limit.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Influence<AccountId, BlockNumber> {
    /// Burned by its completed jobs.
    pub burned: u128,
    /// The same and what its failed jobs would have burned.
    pub offered: u128,
    /// The providers remembered singly.
    pub given: BoundedVec<Given<AccountId>, ConstU32<REMEMBERED>>,
    /// Upper bound of `good` for every other provider.
    pub forgotten_good: u128,
    /// Upper bound of `bad` for every other provider.
    pub forgotten_bad: u128,
    /// Block that the weights are decayed to.
    pub updated: BlockNumber,
}

impl<AccountId, BlockNumber: Default> Default for Influence<AccountId, BlockNumber> {
    fn default() -> Self {
        Self {
            burned: 0,
            offered: 0,
            given: BoundedVec::new(),
            forgotten_good: 0,
            forgotten_bad: 0,
            updated: Default::default(),
        }
    }
}

impl<AccountId: Clone + PartialEq, BlockNumber> Influence<AccountId, BlockNumber> {
    /// Lets so much time pass, in the unit of the half-life.
    pub fn age(&mut self, elapsed: u64, half_life: u64) {
        let decay = Decay::after(elapsed, half_life);
        self.burned = decay.of(self.burned);
        self.offered = decay.of(self.offered);
        for entry in self.given.iter_mut() {
            entry.good = decay.of(entry.good);
            entry.bad = decay.of(entry.bad);
        }
        self.forgotten_good = decay.of(self.forgotten_good);
        self.forgotten_bad = decay.of(self.forgotten_bad);
    }

    /// Books a job and returns how much of it may weigh for the provider.
    ///
    /// Failed jobs widen the limit for failures only: they burn nothing, so they must not buy
    /// weight for successes. Sums stay within the range as in [`Evidence::add`]; a limit used up
    /// leaves nothing.
    pub fn grant(&mut self, provider: &AccountId, outcome: Outcome, burned: u128) -> u128 {
        self.offered = self.offered.saturating_add(burned);
        let limit = match outcome {
            Outcome::Succeeded => {
                self.burned = self.burned.saturating_add(burned);
                self.burned / REQUESTER_SHARE
            }
            Outcome::Failed => self.offered / REQUESTER_SHARE,
        };
        let mut entry = self.take_entry(provider);
        let given = match outcome {
            Outcome::Succeeded => &mut entry.good,
            Outcome::Failed => &mut entry.bad,
        };
        let weight = burned.min(limit.saturating_sub(*given));
        *given = given.saturating_add(weight);
        self.put_entry(entry);
        weight
    }

    fn take_entry(&mut self, provider: &AccountId) -> Given<AccountId> {
        match self.given.iter().position(|e| e.provider == *provider) {
            Some(at) => self.given.swap_remove(at),
            None => Given {
                provider: provider.clone(),
                good: self.forgotten_good,
                bad: self.forgotten_bad,
            },
        }
    }

    fn put_entry(&mut self, entry: Given<AccountId>) {
        let Err(entry) = self.given.try_push(entry) else {
            return;
        };
        let least = self
            .given
            .iter_mut()
            .min_by_key(|e| e.good.saturating_add(e.bad));
        if let Some(least) = least {
            let dropped = core::mem::replace(least, entry);
            self.forgotten_good = self.forgotten_good.max(dropped.good);
            self.forgotten_bad = self.forgotten_bad.max(dropped.bad);
        }
    }
}
