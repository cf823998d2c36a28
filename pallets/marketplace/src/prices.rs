//! What work costs: what jobs were settled at, and what a job would cost now.

use crate::{
    matching::Wanted,
    pallet::{Auctions, BalanceOf, Clearing, Config, Jobs, Pallet, Passed, Specials, Starts},
    views::MAX_CANDIDATES,
    JobOf,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::SaturatedConversion;
use swarm_scoring::{at_rate, blend, rate};
use swarmwork_primitives::{
    AssignmentKind, BidView, Circuits, ClearingPrice, ComputeClass, Demand, Enquiry, JobId, Models,
    Offer, PlacementView, Providers, Quote, Rejection, RejectionCounts,
};

impl<T: Config> Pallet<T> {
    /// Books what a job was settled at whose provider was drawn or has bid. Whoever is named may
    /// have agreed on any price.
    pub(crate) fn note_price(id: &JobId, job: &JobOf<T>, price: BalanceOf<T>) {
        if !Self::is_market(id, job) {
            return;
        }
        let Some(circuit) = T::Circuits::info(&job.circuit).filter(|circuit| circuit.attested)
        else {
            return;
        };
        let macs = Self::priced_macs(circuit.macs, job.mode, job.batches);
        let tokens = Self::value_of(&job.currency, price);
        let Some(latest) = tokens.and_then(|tokens| rate(tokens.saturated_into(), macs)) else {
            return;
        };
        let class = Specials::<T>::get(id)
            .map(|special| special.terms.requirements.hard.class)
            .unwrap_or_default();
        Clearing::<T>::mutate(class, |clearing| {
            let average = match clearing.jobs {
                0 => latest,
                _ => blend(clearing.average.saturated_into(), latest),
            };
            clearing.average = BalanceOf::<T>::saturated_from(average);
            clearing.jobs = clearing.jobs.saturating_add(1);
        });
    }

    /// What jobs of each compute class were settled at lately.
    pub fn clearing_prices() -> Vec<(ComputeClass, ClearingPrice<BalanceOf<T>>)> {
        ComputeClass::NAMES
            .iter()
            .map(|(class, _)| (*class, Clearing::<T>::get(class)))
            .collect()
    }

    /// The work of a job that nobody has submitted, and what it would ask of providers that are
    /// drawn for it. Nothing for a model that is not registered, or an asset that no new jobs may be
    /// paid in.
    fn enquire(enquiry: Enquiry<BalanceOf<T>>) -> Option<(u128, Wanted<T>)> {
        let model = T::Models::info(&enquiry.model)?;
        let circuit = T::Circuits::info(&model.circuit)?;
        Self::ensure_listed(&enquiry.currency).ok()?;
        let macs = Self::priced_macs(circuit.macs, enquiry.mode, enquiry.batches);
        // What is beyond all figures is beyond what a draw decides on.
        let most =
            Self::value_of(&enquiry.currency, enquiry.max_price).unwrap_or_else(T::MaxDrawn::get);
        let demand = Demand {
            macs,
            // That of each, where there are several; and no draw decides on more than that in all.
            max_price: most.min(T::MaxDrawn::get())
                / BalanceOf::<T>::from(enquiry.mode.providers().max(1)),
            attested: circuit.attested,
            agreed: None,
        };
        let wanted = Wanted::<T>::new(enquiry.mode, demand, enquiry.requirements)
            .paid(Self::paid(&enquiry.currency));
        Some((macs, wanted))
    }

    /// The active providers from index `start`, at most `limit` and [`MAX_CANDIDATES`] of them, as a
    /// draw would judge them now. Empty for a model that is not registered, or an asset that no new
    /// jobs may be paid in.
    pub fn eligible_providers(
        enquiry: Enquiry<BalanceOf<T>>,
        start: u32,
        limit: u32,
    ) -> Vec<(T::AccountId, Result<Offer<BalanceOf<T>>, Rejection>)> {
        let Some((_, wanted)) = Self::enquire(enquiry) else {
            return Vec::new();
        };
        // Cut off at the number of providers in any case.
        let end = start
            .saturating_add(limit.min(MAX_CANDIDATES))
            .min(T::Providers::active_count());
        (start..end)
            .filter_map(T::Providers::active_at)
            .map(|who| {
                let judged = Self::judge(&who, &wanted).map(|candidate| candidate.offer);
                (who, judged)
            })
            .collect()
    }

    /// What a job would cost now, by [`MAX_CANDIDATES`] providers at most, spread evenly over the
    /// active set, in tokens. Nothing for a model that is not registered, or an asset that no new jobs
    /// may be paid in.
    pub fn quote(enquiry: Enquiry<BalanceOf<T>>) -> Option<Quote<BalanceOf<T>>> {
        let class = enquiry.requirements.hard.class;
        let (macs, wanted) = Self::enquire(enquiry)?;
        let count = T::Providers::active_count();
        let judged = count.min(MAX_CANDIDATES);
        let mut rejected = RejectionCounts::default();
        let mut prices = Vec::new();
        for place in 0..judged {
            // Below `count`, since `place` is below `judged`.
            let index = u64::from(place) * u64::from(count) / u64::from(judged);
            let Some(who) = T::Providers::active_at(index.saturated_into()) else {
                rejected.add(Rejection::NotRegistered);
                continue;
            };
            match Self::judge(&who, &wanted) {
                Ok(candidate) => prices.push(candidate.offer.price),
                Err(reason) => rejected.add(reason),
            }
        }
        prices.sort_unstable();
        let clearing = Clearing::<T>::get(class);
        let average = (clearing.jobs > 0).then_some(clearing.average);
        let at_average = average
            .and_then(|average| at_rate(average.saturated_into(), macs))
            .and_then(|price| BalanceOf::<T>::try_from(price).ok())
            .map(|price| price.max(T::MinimumPrice::get()));
        Some(Quote {
            macs,
            judged,
            // As many as were judged, at most.
            fitting: prices.len() as u32,
            rejected,
            prices: match (prices.first(), prices.get(prices.len() / 2), prices.last()) {
                (Some(least), Some(median), Some(most)) => Some((*least, *median, *most)),
                _ => None,
            },
            average,
            at_average,
        })
    }

    /// How a job finds its provider, until it is pruned. Nothing while storage is migrated.
    pub fn placement(
        id: JobId,
    ) -> Option<PlacementView<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        if Self::awaits_migration() {
            return None;
        }
        let job = Jobs::<T>::get(id)?;
        let auction = Auctions::<T>::get(id);
        let special = Specials::<T>::get(id).unwrap_or_default();
        let assignment = if special.auction {
            AssignmentKind::Auction
        } else if job.swarm || special.terms.fast {
            AssignmentKind::Swarm
        } else {
            AssignmentKind::Direct
        };
        Some(PlacementView {
            assignment,
            terms: special.terms,
            won: special.won,
            draws: job.draws,
            bids_until: auction
                .as_ref()
                .map(|auction| Self::chain_block(auction.until)),
            bids: auction
                .map(|auction| auction.bids.into_inner())
                .unwrap_or_default()
                .into_iter()
                .map(|bid| BidView {
                    provider: bid.provider,
                    price: bid.price,
                    at: Self::chain_block(bid.at),
                })
                .collect(),
            start_by: Starts::<T>::get(id).map(Self::chain_block),
            passed: Passed::<T>::get(id).into_inner(),
        })
    }
}
