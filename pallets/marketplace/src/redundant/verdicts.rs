//! How a panel ends: with one member after the other, and then the job.

use crate::{
    pallet::{BalanceOf, Config, Error, Event, Jobs, Pallet, Panels, RevealedAnswers, Withheld},
    types::Agenda,
    JobOf, PanelOf,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{DefensiveSaturating, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchResult,
};
use swarmwork_primitives::{
    Circuits, JobId, JobState, Member, Outcome, PanelStage, Providers, Reputation, Settlement,
    SlashReason, SwarmWork, UnpaidReason, Verdict,
};

impl<T: Config> Pallet<T> {
    /// All is said: from the next block on it is settled with the members.
    pub(super) fn conclude(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        let shown = matches!(
            panel.stage,
            PanelStage::Revealing { .. } | PanelStage::Disputed { .. }
        );
        panel.stage = PanelStage::Judged {
            agreed: panel.majority(),
            shown,
            done: 0,
        };
        Self::schedule(Agenda::Close, now, id);
    }

    /// Ends a job of whose panel nobody has sealed anything, because they cannot have the input.
    pub(crate) fn end_idle_panel(id: JobId, now: BlockNumberFor<T>) -> DispatchResult {
        let mut panel = Self::panel_of(&id)?;
        ensure!(
            matches!(panel.stage, PanelStage::Sealing { .. }),
            Error::<T>::NothingReported
        );
        Self::conclude(id, &mut panel, now);
        Panels::<T>::insert(id, panel);
        Ok(())
    }

    /// Settles with the next member; with the last, the job ends.
    pub(super) fn settle_next(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        let PanelStage::Judged {
            agreed,
            shown,
            done,
        } = panel.stage
        else {
            return;
        };
        let Some(job) = Jobs::<T>::get(id).filter(|job| job.ended().is_none()) else {
            return;
        };
        let Some(member) = panel.members.get(done as usize).cloned() else {
            frame_support::defensive!("a job goes on after the last of its panel");
            return;
        };
        Self::unseat(&id, &member.provider, member.collateral);
        RevealedAnswers::<T>::remove(id, done);
        // What it burns, or would have burned, is what the evidence weighs.
        let burns = if member.auditor {
            job.split.divide(member.price).burned
        } else {
            Self::weight_of_failure(&job, member.price)
        };
        let outcome = match PanelOf::<T>::verdict(&member, agreed, shown) {
            Verdict::Right if member.auditor => {
                Self::pay_auditor(id, &member);
                Some((Outcome::Succeeded, burns))
            }
            Verdict::Right => {
                Self::note_price(&id, &job, member.price);
                let burned = Self::pay_member(id, &job, &member, member.price);
                // Each price is a part of what is held, and what is burned of it a part of that, or
                // tokens that were issued.
                panel.spent = panel.spent.defensive_saturating_add(member.price);
                panel.burned = panel.burned.defensive_saturating_add(burned);
                Some((Outcome::Succeeded, burned))
            }
            Verdict::Wrong(reason) => {
                Self::slash_member(id, &member, reason);
                Some((Outcome::Failed, burns))
            }
            Verdict::Missed if Withheld::<T>::contains_key(id) => {
                if panel.has_seals() {
                    Self::pass_over(id, &member, UnpaidReason::InputMissing);
                } else {
                    // None of its price is spent on it yet.
                    let slot = Self::slot_price(&job, member.price, now).min(member.price);
                    let burned = Self::pay_member(id, &job, &member, slot);
                    panel.spent = panel.spent.defensive_saturating_add(slot);
                    panel.burned = panel.burned.defensive_saturating_add(burned);
                }
                None
            }
            Verdict::Missed => {
                Self::pass_over(id, &member, UnpaidReason::Missed);
                Some((Outcome::Failed, burns))
            }
            Verdict::Unclear => {
                Self::pass_over(id, &member, UnpaidReason::Unclear);
                None
            }
        };
        if let Some((outcome, weight)) = outcome {
            T::Reputation::record(&member.provider, &job.requester, id, outcome, weight);
        }
        let done = done.saturating_add(1);
        panel.stage = PanelStage::Judged {
            agreed,
            shown,
            done,
        };
        if (done as usize) < panel.members.len() {
            Self::schedule(Agenda::Close, now, id);
        } else {
            Self::end_panel(id, job, panel, agreed, now);
        }
    }

    /// Distributes so much to one member and the others that have a share of it; what of it was
    /// burned.
    fn pay_member(
        id: JobId,
        job: &JobOf<T>,
        member: &Member<T::AccountId, BalanceOf<T>>,
        price: BalanceOf<T>,
    ) -> BalanceOf<T> {
        let shares = Self::distribute(id, job, &member.provider, price);
        Self::deposit_event(Event::MemberPaid {
            job: id,
            provider: member.provider.clone(),
            paid_provider: shares.provider,
            paid_treasury: shares.treasury,
            burned: shares.burned,
            paid_owner: shares.owner,
        });
        shares.burned
    }

    /// Says why a member is neither paid nor slashed.
    fn pass_over(id: JobId, member: &Member<T::AccountId, BalanceOf<T>>, why: UnpaidReason) {
        Self::deposit_event(Event::MemberUnpaid {
            job: id,
            provider: member.provider.clone(),
            why,
        });
    }

    /// Takes a member's collateral, which it has just been given back. Who showed that it was wrong
    /// gets a part of it.
    fn slash_member(id: JobId, member: &Member<T::AccountId, BalanceOf<T>>, reason: SlashReason) {
        let (who, amount) = (&member.provider, member.collateral);
        let slashed = match &member.refuted_by {
            None => T::Providers::slash(who, amount, reason, id),
            Some(informer) => {
                let share = T::ChallengerShare::get();
                let (slashed, reward) =
                    T::Providers::slash_informed(who, amount, reason, id, informer, share);
                if !reward.is_zero() {
                    Self::deposit_event(Event::ChallengerRewarded {
                        job: id,
                        challenger: informer.clone(),
                        reward,
                    });
                }
                slashed
            }
        };
        Self::deposit_event(Event::MemberSlashed {
            job: id,
            provider: who.clone(),
            reason,
            slashed,
        });
    }

    /// Returns what the job did not cost, and ends it.
    fn end_panel(
        id: JobId,
        mut job: JobOf<T>,
        panel: &PanelOf<T>,
        agreed: Option<H256>,
        now: BlockNumberFor<T>,
    ) {
        Self::forget_report(&id);
        let refunded = job.max_price.defensive_saturating_sub(panel.spent);
        Self::refund(id, &job.currency, &job.requester, refunded);
        let Some(root) = agreed else {
            job.state = JobState::Undecided { at: now };
            Jobs::<T>::insert(id, job);
            Self::deposit_event(Event::JobUndecided { job: id, refunded });
            return;
        };
        let right: Vec<_> = panel
            .members
            .iter()
            .filter(|each| {
                !each.auditor && PanelOf::<T>::verdict(each, agreed, true) == Verdict::Right
            })
            .map(|each| each.provider.clone())
            .collect();
        if let Some(circuit) = T::Circuits::info(&job.circuit) {
            T::SwarmWork::settled(Settlement {
                job: &id,
                providers: &right,
                burned: panel.burned,
                attested: circuit.attested,
                // What is agreed on and not proven may not have been computed.
                macs: 0,
                blocks: now.saturating_sub(job.assigned().unwrap_or(now)),
            });
        }
        job.state = JobState::Agreed {
            price: panel.spent,
            at: now,
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobAgreed {
            job: id,
            root,
            paid: panel.spent,
            refunded,
        });
    }
}
