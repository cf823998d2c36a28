//! Whether a provider fits a job, all things considered, and how it scores.

use crate::{
    currencies::Paid,
    pallet::{BalanceOf, Config, Pallet, Passed, Scoring, Specials},
    types::Snapshot,
    JobOf,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto},
    Permill, SaturatedConversion,
};
use swarm_scoring::{asks, cheapness, fit, score, spare, unmet, ScoreParameters, Standing};
use swarmwork_primitives::{
    Demand, Features, JobId, Mode, Offer, Providers, Rejection, Reputation, Requirements,
};

/// What candidates are judged by. Read once, for any number of them.
pub(crate) struct Wanted<T: Config> {
    mode: Mode,
    paid: Paid,
    demand: Demand<BalanceOf<T>>,
    requirements: Requirements,
    parameters: ScoreParameters,
    /// Blocks for which a candidate must not have changed; only draws ask for that.
    settled: u32,
    /// Whether candidates are drawn, so that the least reputation for that counts, and what their
    /// standing entrusts them with.
    drawn: bool,
    /// Who has given the job back.
    passed: Vec<T::AccountId>,
}

/// A provider that fits.
pub(crate) struct Candidate<Balance> {
    /// At what price.
    pub offer: Offer<Balance>,
    /// What its weight in a draw follows from.
    pub score: Permill,
}

impl<T: Config> Wanted<T> {
    /// What a job asks of providers that are drawn for it, of those that an active set had.
    pub fn drawn(
        id: JobId,
        job: &JobOf<T>,
        demand: Demand<BalanceOf<T>>,
        frozen: &Snapshot<BlockNumberFor<T>>,
    ) -> Self {
        let since = Pallet::<T>::blocks_since(frozen);
        Self {
            settled: T::FreezeRound::get().saturating_add(since),
            drawn: true,
            passed: Passed::<T>::get(id).into_inner(),
            ..Self::named(id, job, demand)
        }
    }

    /// What a job asks of a provider that somebody has chosen.
    pub fn named(id: JobId, job: &JobOf<T>, demand: Demand<BalanceOf<T>>) -> Self {
        let requirements = Specials::<T>::get(id)
            .map(|special| special.terms.requirements)
            .unwrap_or_default();
        Self {
            paid: Pallet::<T>::paid(&job.currency),
            settled: 0,
            drawn: false,
            passed: Vec::new(),
            ..Self::new(job.mode, demand, requirements)
        }
    }

    /// The same, of who is paid in this asset, or in tokens, whatever the job is paid in.
    pub fn paid(self, paid: Paid) -> Self {
        Self { paid, ..self }
    }

    /// What a job that is paid in tokens would ask of providers that are drawn for it, were it
    /// submitted now.
    pub fn new(mode: Mode, demand: Demand<BalanceOf<T>>, requirements: Requirements) -> Self {
        Self {
            mode,
            paid: None,
            demand,
            requirements,
            parameters: Scoring::<T>::get(),
            settled: T::FreezeRound::get(),
            drawn: true,
            passed: Vec::new(),
        }
    }
}

impl<T: Config> Pallet<T> {
    /// How many blocks of the chain ago an active set was as it was noted.
    pub(crate) fn blocks_since(frozen: &Snapshot<BlockNumberFor<T>>) -> u32 {
        frame_system::Pallet::<T>::block_number()
            .saturating_sub(frozen.block)
            .unique_saturated_into()
    }

    /// Whether a provider fits, at what price and with what score; otherwise why not.
    pub(crate) fn judge(
        who: &T::AccountId,
        wanted: &Wanted<T>,
    ) -> Result<Candidate<BalanceOf<T>>, Rejection> {
        let Wanted {
            mode,
            paid,
            demand,
            requirements,
            parameters,
            ..
        } = wanted;
        let offer = Self::consider(who, *mode, paid, demand)?;
        if wanted.drawn {
            Self::ensure_entrusted(who, offer.price)?;
        }
        ensure!(!wanted.passed.contains(who), Rejection::Declined);
        ensure!(
            T::Providers::settled(who) >= wanted.settled,
            Rejection::Unsettled
        );
        let reputation = T::Reputation::score(who);
        ensure!(
            !wanted.drawn || reputation >= parameters.threshold,
            Rejection::Reputation
        );
        let prefers = asks(&requirements.soft);
        // The largest record of a provider's: left alone where nothing depends on it.
        let features = if prefers || asks(&requirements.hard) {
            T::Providers::features(who)
        } else {
            Features::default()
        };
        if let Some(lack) = unmet(&requirements.hard, &features, reputation) {
            return Err(lack);
        }
        let (running, capacity) = T::Providers::load(who);
        let standing = Standing {
            reputation,
            fit: prefers.then(|| fit(&requirements.soft, &features, reputation)),
            price: cheapness(
                offer.price.saturated_into(),
                demand.max_price.saturated_into(),
            ),
            spare: spare(running, capacity),
        };
        Ok(Candidate {
            offer,
            score: score(parameters, &standing),
        })
    }
}
