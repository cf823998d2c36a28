//! Finding a provider: the draw of a Swarm job, and the one path by which any job is assigned.

use crate::{
    currencies::Paid,
    field::Field,
    lanes::Seed,
    matching::Wanted,
    pallet::{
        BalanceOf, Config, Decided, Error, Event, FastWindows, Jobs, Pallet, Refused, RootedWork,
        Running, Starts,
    },
    types::Agenda,
    JobOf,
};
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedSub, One, Saturating, Zero},
    DispatchError, DispatchResult,
};
use swarm_scoring::Lottery;
use swarmwork_primitives::{Circuits, Demand, JobId, JobState, Mode, Offer, Providers, Rejection};

/// Longest distance between draws, as a power of two of the redraw interval.
const MAX_REDRAW_DOUBLINGS: u32 = 6;

impl<T: Config> Pallet<T> {
    /// What a job asks of a provider, prices in tokens; `None` if its circuit or the listing of its
    /// currency is gone, which they never are.
    pub(crate) fn demand(job: &JobOf<T>) -> Option<Demand<BalanceOf<T>>> {
        let circuit = T::Circuits::info(&job.circuit)?;
        Some(Demand {
            macs: Self::priced_macs(circuit.macs, job.mode, job.batches),
            max_price: Self::value_of(&job.currency, job.max_price)?,
            attested: circuit.attested,
            agreed: None,
        })
    }

    /// The multiply-accumulates that so many batches are priced at: an ask is for proven work, and
    /// what is not proven costs the provider a part of that.
    pub(crate) fn priced_macs(macs: u64, mode: Mode, batches: u32) -> u128 {
        // 64 bits times 32 bits.
        let all_of = |batches: u32| u128::from(macs).saturating_mul(u128::from(batches));
        let proven = mode.proofs(batches);
        let unproven = all_of(batches.saturating_sub(proven));
        all_of(proven).saturating_add(T::UnprovenShare::get().mul_ceil(unproven))
    }

    /// Whether a provider fits a demand, and at what price.
    pub(crate) fn consider(
        who: &T::AccountId,
        mode: Mode,
        paid: &Paid,
        demand: &Demand<BalanceOf<T>>,
    ) -> Result<Offer<BalanceOf<T>>, Rejection> {
        let offer = T::Providers::offer(who, demand)?;
        Self::check_accepted(who, paid)?;
        if mode != Mode::Proven && !RootedWork::<T>::contains_key(who) {
            return Err(Rejection::Mode);
        }
        if offer.price > demand.max_price {
            return Err(Rejection::TooExpensive);
        }
        if Running::<T>::decode_len(who).unwrap_or(0) >= T::MaxRunning::get() as usize {
            return Err(Rejection::Busy);
        }
        Ok(offer)
    }

    /// Assigns an open job: takes the provider's slot and collateral, or leaves no trace.
    pub(crate) fn assign(
        id: JobId,
        job: JobOf<T>,
        provider: T::AccountId,
        offer: Offer<BalanceOf<T>>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        with_storage_layer(|| {
            T::Providers::reserve(&provider, offer.collateral)?;
            Self::hand_over(id, job, provider, offer, now)
        })
    }

    /// Assigns an open job to a provider whose slot and collateral are reserved, or leaves no trace.
    pub(crate) fn hand_over(
        id: JobId,
        mut job: JobOf<T>,
        provider: T::AccountId,
        offer: Offer<BalanceOf<T>>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        with_storage_layer(|| {
            Running::<T>::try_append(&provider, id).map_err(|()| Error::<T>::ProviderBusy)?;
            // What it is worth in tokens was offered; no more than the maximum price can come of it.
            let price = Self::price_in(&job.currency, offer.price)
                .filter(|price| *price <= job.max_price)
                .ok_or(Error::<T>::AssetNotListed)?;
            job.state = JobState::Assigned {
                provider: provider.clone(),
                price,
                collateral: offer.collateral,
                at: now,
            };
            Jobs::<T>::insert(id, job);
            Self::expect_start(id, now);
            Self::deposit_event(Event::JobAssigned {
                job: id,
                provider,
                price,
                collateral: offer.collateral,
            });
            Ok(())
        })
    }

    /// Takes a job from its provider, with what waits for that one alone.
    pub(crate) fn unassign(id: &JobId, provider: &T::AccountId, collateral: BalanceOf<T>) {
        Self::forget_report(id);
        Starts::<T>::remove(id);
        Refused::<T>::remove(id);
        Self::unseat(id, provider, collateral);
    }

    /// Takes a job from a provider: the slot, the collateral and the entry in its list.
    pub(crate) fn unseat(id: &JobId, provider: &T::AccountId, collateral: BalanceOf<T>) {
        Running::<T>::mutate_exists(provider, |running| {
            if let Some(list) = running {
                list.retain(|job| job != id);
                if list.is_empty() {
                    *running = None;
                }
            }
        });
        if let Err(error) = T::Providers::release(provider, collateral) {
            // The job ends all the same: no end of a job depends on another pallet's mood.
            frame_support::defensive!(error, "what was reserved for a job could not be released");
        }
    }

    /// Assigns a named provider or says why it does not fit.
    pub(crate) fn assign_direct(
        id: JobId,
        job: JobOf<T>,
        provider: T::AccountId,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let demand = Self::demand(&job).ok_or(Error::<T>::CircuitUnknown)?;
        let wanted = Wanted::named(id, &job, demand);
        let candidate = Self::judge(&provider, &wanted).map_err(Self::rejected)?;
        Self::assign(id, job, provider, candidate.offer, now)
    }

    pub(crate) fn rejected(reason: Rejection) -> DispatchError {
        match reason {
            Rejection::NotRegistered => Error::<T>::ProviderNotRegistered,
            Rejection::Unavailable => Error::<T>::ProviderUnavailable,
            Rejection::Busy => Error::<T>::ProviderBusy,
            Rejection::TooExpensive => Error::<T>::ProviderTooExpensive,
            Rejection::BondTooSmall => Error::<T>::ProviderBondTooSmall,
            Rejection::Unattested => Error::<T>::ProviderRefusesUnattested,
            Rejection::Maintenance => Error::<T>::ProviderInMaintenance,
            Rejection::Mode => Error::<T>::ProviderRefusesMode,
            Rejection::Standing => Error::<T>::ProviderStandingTooLow,
            Rejection::Currency => Error::<T>::ProviderRefusesAsset,
            Rejection::Memory => Error::<T>::ProviderLacksMemory,
            Rejection::Class => Error::<T>::ProviderClassTooLow,
            Rejection::Region => Error::<T>::ProviderElsewhere,
            Rejection::Tier => Error::<T>::ProviderTierTooLow,
            Rejection::Enclave => Error::<T>::ProviderLacksEnclave,
            Rejection::Reputation => Error::<T>::ProviderReputationTooLow,
            Rejection::Unsettled => Error::<T>::ProviderUnsettled,
            Rejection::Declined => Error::<T>::ProviderDeclined,
        }
        .into()
    }

    /// Draws a provider for a job that is still open and has time left, from a sample of the
    /// active set as it was before the outputs; without one, the job waits for its next draw. An
    /// auction is closed instead, and drawn for only if nobody has bid.
    ///
    /// An author can withhold its block for other outputs, and changes every window that the block
    /// would be in. So what those decide on is bounded in all: a job that may cost more than what is
    /// left of the bound is put off. One that finds nobody takes nothing of it.
    pub(crate) fn draw(id: JobId, seed: &Seed<T>, now: BlockNumberFor<T>) {
        let Some(job) = Jobs::<T>::get(id).filter(|job| job.state == JobState::Open) else {
            return;
        };
        let time = Self::leaves_time(&job, now);
        if Self::close_auction(id, &job, seed.outputs, time, now) || !time {
            return;
        }
        let Some(mut demand) = Self::demand(&job) else {
            return;
        };
        let most = Self::most_drawn(seed);
        demand.max_price = demand.max_price.min(most);
        if demand.max_price > most.saturating_sub(Self::decided_beside(seed)) {
            let redraw = Self::redraw(id, job, now);
            Self::deposit_event(Event::DrawPutOff { job: id, redraw });
            return;
        }
        let wanted = Wanted::<T>::drawn(id, &job, demand, &seed.frozen);
        let mut lottery = Lottery::new(&id, seed.outputs);
        let mut field = Field::sample(&mut lottery, &wanted, &seed.frozen, |_| Ok(true));
        while let Some((who, offer)) = field.choose() {
            let price = offer.price;
            match Self::assign(id, job.clone(), who, offer, now) {
                Ok(()) => return Self::note_decided(seed, price),
                Err(_) => field.rejected.add(Rejection::Busy),
            }
        }
        let rejected = field.rejected;
        let redraw = Self::redraw(id, job, now);
        Self::deposit_event(Event::NoProvider {
            job: id,
            rejected,
            redraw,
        });
    }

    /// Most that the draws cost together that an output has a part in.
    pub(crate) fn most_drawn(seed: &Seed<T>) -> BalanceOf<T> {
        if seed.fast {
            T::MaxFastDrawn::get()
        } else {
            T::MaxDrawn::get()
        }
    }

    /// What the draws have cost so far that share an output with one.
    pub(crate) fn decided_beside(seed: &Seed<T>) -> BalanceOf<T> {
        if seed.fast {
            FastWindows::<T>::get(seed.block).map_or_else(Zero::zero, |window| window.drawn)
        } else {
            Self::decided(seed.block)
        }
    }

    pub(crate) fn note_decided(seed: &Seed<T>, price: BalanceOf<T>) {
        if seed.fast {
            FastWindows::<T>::mutate(seed.block, |window| {
                if let Some(window) = window {
                    window.drawn = window.drawn.saturating_add(price);
                }
            });
        } else {
            Decided::<T>::mutate(seed.block, |sum| *sum = sum.saturating_add(price));
        }
    }

    /// What the windows decided on that share an output with that of a block: its own, those of the
    /// blocks before it, and those after it, of which jobs of a priority may be served already.
    fn decided(block: BlockNumberFor<T>) -> BalanceOf<T> {
        (1..T::DrawWindow::get())
            .map(|ahead| Decided::<T>::get(block.saturating_add(ahead.into())))
            .fold(Self::decided_until(block), |sum, decided| {
                sum.saturating_add(decided)
            })
    }

    /// What the windows decided on that hold the output of the block after this.
    pub(crate) fn decided_until(block: BlockNumberFor<T>) -> BalanceOf<T> {
        (0..T::DrawWindow::get())
            .filter_map(|back| block.checked_sub(&back.into()))
            .map(Decided::<T>::get)
            .fold(Zero::zero(), |sum: BalanceOf<T>, decided| {
                sum.saturating_add(decided)
            })
    }

    /// Puts a job that nobody was drawn for on the agenda again, at doubling distances; the block of
    /// the chain whose successors seed the next draw, if there will be one.
    pub(crate) fn redraw(
        id: JobId,
        mut job: JobOf<T>,
        now: BlockNumberFor<T>,
    ) -> Option<BlockNumberFor<T>> {
        let doublings = job.draws.min(MAX_REDRAW_DOUBLINGS);
        // Far fewer are made; and a block past the last number would be after every deadline.
        job.draws = job.draws.saturating_add(1);
        let at = now.saturating_add(
            T::RedrawInterval::get().saturating_mul(BlockNumberFor::<T>::from(1u32 << doublings)),
        );
        let made = at
            .saturating_add(T::DrawWindow::get().into())
            .saturating_add(One::one());
        let redraw =
            (job.draws < T::MaxDraws::get() && Self::leaves_time(&job, made)).then_some(at);
        if let Some(at) = redraw {
            Self::schedule(Agenda::Draw, at, id);
        }
        Jobs::<T>::insert(id, job);
        redraw.map(Self::chain_block)
    }

    /// Whether a job that nobody has may still be drawn for.
    pub(crate) fn may_be_drawn(id: &JobId, job: &JobOf<T>, now: BlockNumberFor<T>) -> bool {
        Self::is_market(id, job) && job.draws < T::MaxDraws::get() && Self::leaves_time(job, now)
    }

    /// Whether a provider assigned in block `now` gets as long as the shortest possible job gives
    /// it after an undelayed draw. Later, an assignment would only be a trap.
    pub(crate) fn leaves_time(job: &JobOf<T>, now: BlockNumberFor<T>) -> bool {
        // No time is left of an end that is past.
        Self::work_ends(job).saturating_sub(now) >= Self::least_work_time()
    }

    /// Blocks that a drawn provider has at least.
    pub(crate) fn least_work_time() -> BlockNumberFor<T> {
        // The integrity test refuses constants that leave none.
        T::MinJobDuration::get()
            .saturating_sub(T::DrawWindow::get().into())
            .saturating_sub(One::one())
    }

    /// The provider, price and collateral of an assigned job.
    pub(crate) fn assignment(
        job: &JobOf<T>,
    ) -> Result<(T::AccountId, BalanceOf<T>, BalanceOf<T>), DispatchError> {
        match &job.state {
            JobState::Assigned {
                provider,
                price,
                collateral,
                ..
            } => Ok((provider.clone(), *price, *collateral)),
            JobState::Shared { .. } => Err(Error::<T>::SeveralProviders.into()),
            other => {
                ensure!(!other.is_terminal(), Error::<T>::JobEnded);
                Err(Error::<T>::JobNotAssigned.into())
            }
        }
    }
}
