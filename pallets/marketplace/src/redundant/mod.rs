//! Jobs that several providers do, each by itself: what most of them agree on is paid.
//!
//! The draw seats as many providers as the job asks for. Each works and *seals* its results: names a
//! hash that is bound to the job, to itself and to a salt. Only when nobody can seal any more, and
//! what was sealed is final, do they *reveal* what it was; so nobody gains by looking at another's.
//! Then they may *dispute* ([`disputes`]): one proof of one batch overturns any majority. In the end
//! it is settled with one member after the other ([`verdicts`]), a step of the closing agenda each, so
//! that no step grows with their number.

mod disputes;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod invariants;
mod verdicts;

use crate::{
    field::Field,
    lanes::Seed,
    matching::Wanted,
    pallet::{
        AuditShare, BalanceOf, Config, Error, Event, Jobs, Pallet, Panels, RevealedAnswers, Running,
    },
    types::Agenda,
    JobOf, PanelOf,
};
use frame_support::{ensure, storage::with_storage_layer, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, DispatchResult,
};
use swarm_merkle::{answer_leaf, Tree};
use swarm_scoring::Lottery;
use swarmwork_primitives::{
    seal, Answers, ContentId, JobCurrency, JobId, JobState, Member, Members, Offer, Panel,
    PanelStage, Providers, Rejection, ResultRoot, MAX_MEMBERS,
};

/// Stages that a panel passes through after its members have worked.
const STAGES: u32 = 6;

impl<T: Config> Pallet<T> {
    /// Blocks at the end of a job in which its panel may not work any more.
    pub(crate) fn panel_time() -> BlockNumberFor<T> {
        // Each member, and each stage, takes a block to be looked at.
        let looks = BlockNumberFor::<T>::from(MAX_MEMBERS.saturating_add(STAGES));
        Self::draw_delay()
            .saturating_add(T::AuditTime::get())
            .saturating_add(T::RevealDelay::get())
            .saturating_add(T::RevealPeriod::get())
            .saturating_add(T::DisputePeriod::get())
            .saturating_add(looks)
    }

    /// Draws a panel for a job that is still open and has time left, as [`Self::draw`] draws a
    /// provider. All seats are taken at once, or none.
    pub(crate) fn draw_panel(id: JobId, mut job: JobOf<T>, seed: &Seed<T>, now: BlockNumberFor<T>) {
        if job.state != JobState::Open || !Self::leaves_time(&job, now) {
            return;
        }
        let Some(mut demand) = Self::demand(&job) else {
            return;
        };
        let seats = job.mode.providers();
        let parts = BalanceOf::<T>::from(seats.max(1));
        let bound = Self::most_drawn(seed);
        let most = demand.max_price.min(bound);
        if most > bound.saturating_sub(Self::decided_beside(seed)) {
            let redraw = Self::redraw(id, job, now);
            Self::deposit_event(Event::DrawPutOff { job: id, redraw });
            return;
        }
        // Converted part by part, so that the prices in an asset, rounded up each, fit together.
        let Some(part) = Self::value_of(&job.currency, job.max_price / parts) else {
            return;
        };
        demand.max_price = part.min(most / parts);
        let wanted = Wanted::<T>::drawn(id, &job, demand, &seed.frozen);
        let mut lottery = Lottery::new(&id, seed.outputs);
        let mut field = Field::sample(&mut lottery, &wanted, &seed.frozen, |_| Ok(true));
        let drawn = with_storage_layer(|| {
            let mut members = Members::<T::AccountId, BalanceOf<T>>::new();
            let mut decided = BalanceOf::<T>::zero();
            while members.len() < seats as usize {
                let (who, offer) = field
                    .choose()
                    .ok_or(DispatchError::from(Error::<T>::ProviderUnavailable))?;
                let tokens = offer.price;
                let Ok(member) = Self::seat(id, &job.currency, who, offer, false) else {
                    field.rejected.add(Rejection::Busy);
                    continue;
                };
                decided = decided.saturating_add(tokens);
                members
                    .try_push(member)
                    .map_err(|_| DispatchError::from(Error::<T>::RedundancyOutOfRange))?;
            }
            Ok::<_, DispatchError>((members, decided))
        });
        let Ok((members, decided)) = drawn else {
            let rejected = field.rejected;
            let redraw = Self::redraw(id, job, now);
            Self::deposit_event(Event::NoProvider {
                job: id,
                rejected,
                redraw,
            });
            return;
        };
        Self::note_decided(seed, decided);
        // Each price is at most its part of the maximum price.
        let price = members.iter().fold(BalanceOf::<T>::zero(), |sum, member| {
            sum.saturating_add(member.price)
        });
        let until = Self::work_ends(&job);
        Self::schedule(Agenda::Close, until, id);
        Panels::<T>::insert(
            id,
            Panel {
                stage: PanelStage::Sealing { until },
                members,
                spent: Zero::zero(),
                burned: Zero::zero(),
            },
        );
        job.state = JobState::Shared { price, at: now };
        Jobs::<T>::insert(id, job);
    }

    /// Takes the slot and the collateral of one provider, that is paid in this currency, or leaves
    /// no trace.
    pub(crate) fn seat(
        id: JobId,
        currency: &JobCurrency,
        provider: T::AccountId,
        offer: Offer<BalanceOf<T>>,
        auditor: bool,
    ) -> Result<Member<T::AccountId, BalanceOf<T>>, DispatchError> {
        with_storage_layer(|| {
            T::Providers::reserve(&provider, offer.collateral)?;
            Running::<T>::try_append(&provider, id).map_err(|()| Error::<T>::ProviderBusy)?;
            let price = Self::price_in(currency, offer.price).ok_or(Error::<T>::AssetNotListed)?;
            Self::deposit_event(Event::JobAssigned {
                job: id,
                provider: provider.clone(),
                price,
                collateral: offer.collateral,
            });
            Ok(Member::new(provider, auditor, price, offer.collateral))
        })
    }

    /// The panel of a job that has not ended.
    pub(crate) fn panel_of(id: &JobId) -> Result<PanelOf<T>, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.ended().is_none(), Error::<T>::JobEnded);
        Panels::<T>::get(id).ok_or(Error::<T>::NoPanel.into())
    }

    /// The place of the member that a worker key reports for.
    pub(crate) fn place_of(
        panel: &PanelOf<T>,
        worker: &T::AccountId,
    ) -> Result<usize, DispatchError> {
        let provider = T::Providers::controller_of(worker).ok_or(Error::<T>::NotTheWorker)?;
        panel
            .members
            .iter()
            .position(|member| member.provider == provider)
            .ok_or(Error::<T>::NotTheWorker.into())
    }

    /// Books what a member has sealed; see [`crate::Call::seal_results`].
    pub(crate) fn seal(worker: &T::AccountId, id: JobId, sealed: H256) -> DispatchResult {
        let mut panel = Self::panel_of(&id)?;
        let place = Self::place_of(&panel, worker)?;
        let now = Self::now();
        let auditing = match panel.stage {
            PanelStage::Sealing { until } if now <= until => false,
            PanelStage::Auditing { until } if now <= until => true,
            _ => return Err(Error::<T>::SealingOver.into()),
        };
        let member = &mut panel.members[place];
        ensure!(member.auditor == auditing, Error::<T>::SealingOver);
        ensure!(member.sealed.is_none(), Error::<T>::AlreadyCommitted);
        member.sealed = Some(sealed);
        Self::deposit_event(Event::ResultsSealed {
            job: id,
            provider: member.provider.clone(),
            sealed,
        });
        let waits = |each: &Member<_, _>| each.auditor == auditing && each.sealed.is_none();
        if !panel.members.iter().any(waits) {
            Self::end_sealing(id, &mut panel, now);
        }
        Panels::<T>::insert(id, panel);
        Ok(())
    }

    /// Goes on when everybody has sealed, or nobody may any more.
    fn end_sealing(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        let sealed = panel
            .members
            .iter()
            .filter(|member| !member.auditor && member.sealed.is_some())
            .count();
        if sealed < panel.quorum() {
            // Whatever they show, there will be no majority.
            return Self::conclude(id, panel, now);
        }
        let first = matches!(panel.stage, PanelStage::Sealing { .. });
        if first && !AuditShare::<T>::get().is_zero() {
            panel.stage = PanelStage::Drawing { since: now };
            Self::schedule(Agenda::Draw, now, id);
        } else {
            Self::open_reveals(id, panel, now);
        }
    }

    /// Has what was sealed revealed, once it is final.
    pub(crate) fn open_reveals(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        let opens = now.saturating_add(T::RevealDelay::get());
        let until = opens.saturating_add(T::RevealPeriod::get());
        panel.stage = PanelStage::Revealing { opens, until };
        Self::schedule(Agenda::Close, until, id);
        Self::deposit_event(Event::RevealsDue {
            job: id,
            opens: Self::chain_block(opens),
            until: Self::chain_block(until),
        });
    }

    /// Books what a member reveals; see [`crate::Call::reveal_results`].
    pub(crate) fn reveal(
        worker: &T::AccountId,
        id: JobId,
        answers: Answers,
        list: ContentId,
        salt: [u8; 32],
    ) -> DispatchResult {
        let mut panel = Self::panel_of(&id)?;
        let place = Self::place_of(&panel, worker)?;
        let now = Self::now();
        let (opens, until) = match panel.stage {
            PanelStage::Revealing { opens, until } => (opens, until),
            PanelStage::Sealing { .. }
            | PanelStage::Drawing { .. }
            | PanelStage::Auditing { .. } => return Err(Error::<T>::TooEarlyToReveal.into()),
            PanelStage::Disputed { .. } | PanelStage::Judged { .. } => {
                return Err(Error::<T>::RevealsOver.into())
            }
        };
        ensure!(now >= opens, Error::<T>::TooEarlyToReveal);
        ensure!(now <= until, Error::<T>::RevealsOver);
        let member = &mut panel.members[place];
        ensure!(member.revealed.is_none(), Error::<T>::AlreadyRevealed);
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(
            answers.len() == job.batches as usize,
            Error::<T>::AnswersMissing
        );
        let leaves = answers.iter().map(answer_leaf).collect();
        // There are as many as there are batches.
        let tree = Tree::new(leaves).map_err(|_| Error::<T>::AnswersMissing)?;
        let results = ResultRoot {
            root: tree.root().into(),
            list,
        };
        ensure!(
            member.sealed == Some(seal(&id, &member.provider, &results, &salt)),
            Error::<T>::NotWhatWasSealed
        );
        member.revealed = Some(results);
        // There are few places.
        RevealedAnswers::<T>::insert(id, place as u32, answers);
        Self::deposit_event(Event::ResultsRevealed {
            job: id,
            provider: member.provider.clone(),
            results,
        });
        let waits = |each: &Member<_, _>| each.sealed.is_some() && each.revealed.is_none();
        if !panel.members.iter().any(waits) {
            Self::open_disputes(id, &mut panel, now);
        }
        Panels::<T>::insert(id, panel);
        Ok(())
    }

    /// Moves a panel on whose time is over. One that is looked at too early has another entry at
    /// its time.
    pub(crate) fn serve_panel(id: JobId, now: BlockNumberFor<T>) {
        let Some(mut panel) = Panels::<T>::get(id) else {
            return;
        };
        match panel.stage {
            PanelStage::Sealing { until } | PanelStage::Auditing { until } if now > until => {
                Self::end_sealing(id, &mut panel, now)
            }
            PanelStage::Revealing { until, .. } if now > until => {
                Self::open_disputes(id, &mut panel, now)
            }
            PanelStage::Disputed { until, .. } if now > until => {
                Self::conclude(id, &mut panel, now)
            }
            PanelStage::Judged { .. } => Self::settle_next(id, &mut panel, now),
            _ => return,
        }
        Panels::<T>::insert(id, panel);
    }

    /// A job's panel as readers see it. Nothing while storage is migrated.
    pub fn panel_view(id: JobId) -> Option<PanelOf<T>> {
        if Self::awaits_migration() {
            return None;
        }
        Panels::<T>::get(id).map(|panel| panel.with_blocks(Self::chain_block))
    }
}
