//! What must hold of panels between any two calls.

use crate::{
    pallet::{Agendas, BalanceOf, Config, Jobs, Pallet, Panels, RevealedAnswers},
    types::Agenda,
    JobOf, PanelOf,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, Zero},
    TryRuntimeError,
};
use swarmwork_primitives::{JobCurrency, JobId, JobState, Mode, PanelStage};

impl<T: Config> Pallet<T> {
    /// What is still held for a job that has not ended.
    pub(crate) fn held_for(id: &JobId, job: &JobOf<T>) -> Result<BalanceOf<T>, TryRuntimeError> {
        let spent = Panels::<T>::get(id).map_or_else(Zero::zero, |panel| panel.spent);
        ensure!(spent <= job.max_price, "a panel spent more than is held");
        // No more, as just seen.
        Ok(job.max_price - spent)
    }

    /// The members of a panel that have still reserved something for its job.
    pub(crate) fn seated(
        panel: &PanelOf<T>,
    ) -> &[swarmwork_primitives::Member<T::AccountId, BalanceOf<T>>] {
        let done = match panel.stage {
            PanelStage::Judged { done, .. } => done as usize,
            _ => 0,
        };
        panel.members.get(done..).unwrap_or_default()
    }

    /// Panels agree with their jobs and with the agendas.
    pub(crate) fn try_panels() -> Result<(), TryRuntimeError> {
        let mut closes = BTreeSet::<(JobId, BlockNumberFor<T>)>::new();
        let mut draws = BTreeSet::<JobId>::new();
        for ((agenda, block, _), id) in Agendas::<T>::iter() {
            match agenda {
                Agenda::Close => {
                    closes.insert((id, block));
                }
                Agenda::Draw | Agenda::High | Agenda::Urgent | Agenda::Fast => {
                    draws.insert(id);
                }
                Agenda::Wake | Agenda::Start => {}
            }
        }
        for (id, job) in Jobs::<T>::iter() {
            let panel = Panels::<T>::get(id);
            let has_one = matches!(
                job.state,
                JobState::Shared { .. } | JobState::Agreed { .. } | JobState::Undecided { .. }
            );
            ensure!(panel.is_some() == has_one, "a panel does not fit its job");
            let Some(panel) = panel else {
                continue;
            };
            Self::try_panel(&job, &panel)?;
            let live = job.ended().is_none();
            ensure!(
                live != Self::seated(&panel).is_empty(),
                "a job and its panel do not end together"
            );
            if !live {
                continue;
            }
            let due = match panel.stage {
                PanelStage::Sealing { until }
                | PanelStage::Auditing { until }
                | PanelStage::Revealing { until, .. }
                | PanelStage::Disputed { until, .. } => closes.contains(&(id, until)),
                PanelStage::Drawing { .. } => draws.contains(&id),
                PanelStage::Judged { .. } => closes.iter().any(|(other, _)| *other == id),
            };
            ensure!(due, "the stage of a panel would never be over");
        }
        let mut stored = 0usize;
        for (id, panel) in Panels::<T>::iter() {
            let done = panel
                .members
                .len()
                .saturating_sub(Self::seated(&panel).len());
            for (place, member) in panel.members.iter().enumerate().skip(done) {
                let answers = RevealedAnswers::<T>::get(id, place as u32);
                ensure!(
                    answers.is_some() == member.revealed.is_some(),
                    "the answers of a member are not those that it has revealed"
                );
                stored = stored.saturating_add(usize::from(answers.is_some()));
            }
        }
        ensure!(
            stored == RevealedAnswers::<T>::iter().count(),
            "answers are stored that nobody needs"
        );
        for id in Panels::<T>::iter_keys() {
            ensure!(Jobs::<T>::contains_key(id), "a panel has no job");
        }
        ensure!(
            Self::audit_share() <= T::MaxAuditShare::get(),
            "more is audited than may be"
        );
        Ok(())
    }

    fn try_panel(job: &JobOf<T>, panel: &PanelOf<T>) -> Result<(), TryRuntimeError> {
        let Mode::Redundant { providers } = job.mode else {
            return Err("a job has a panel that asked for none".into());
        };
        let asked = panel.members.iter().filter(|each| !each.auditor);
        ensure!(
            asked.clone().count() == providers as usize
                && panel.members.len() <= providers as usize + 1,
            "a panel has not the members that were asked for"
        );
        let names: BTreeSet<_> = panel.members.iter().map(|each| &each.provider).collect();
        ensure!(
            names.len() == panel.members.len(),
            "a provider has two seats on a panel"
        );
        let mut price = BalanceOf::<T>::zero();
        for member in asked {
            price = price
                .checked_add(&member.price)
                .ok_or("the prices of a panel overflow")?;
        }
        ensure!(price <= job.max_price, "a panel costs more than is held");
        ensure!(panel.spent <= price, "a panel was paid more than it costs");
        // Of an asset tokens are burned, which count otherwise.
        ensure!(
            job.currency != JobCurrency::Native || panel.burned <= panel.spent,
            "more was burned of a panel's price than was paid"
        );
        let shown = !matches!(
            panel.stage,
            PanelStage::Sealing { .. } | PanelStage::Drawing { .. } | PanelStage::Auditing { .. }
        );
        for member in &panel.members {
            ensure!(
                member.revealed.is_none() || (member.sealed.is_some() && shown),
                "results were revealed that were not sealed, or too early"
            );
            ensure!(
                member.refuted_by.is_none() || member.revealed.is_some(),
                "results were refuted that were not revealed"
            );
        }
        Ok(())
    }
}
