//! A proof is the last word: one of one batch overturns any majority.
//!
//! Each member may prove one batch of what it has revealed. Every other root must then be shown to
//! hold that answer at that place, which takes a path and no proof: a root that is not was wrong, or
//! stands for nothing. So who revealed garbage that no path leads to has lost as well, without its
//! list being known to anyone; and since each member has a proof of its own, nobody can use up those
//! of the others.

use crate::{
    pallet::{Config, Error, Event, Inputs, Jobs, Pallet, Panels},
    types::{Agenda, Opening, Path, Report},
    PanelOf,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};
use swarm_merkle::{answer_leaf, contains, input_leaf};
use swarmwork_primitives::{Circuits, JobId, PanelStage, ProofContext, ProvenBatch};

impl<T: Config> Pallet<T> {
    /// Lets what was revealed be disputed. Where nothing was, there is nothing to prove.
    pub(super) fn open_disputes(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        if panel.members.iter().all(|member| member.revealed.is_none()) {
            return Self::judge(id, panel, now);
        }
        let until = now.saturating_add(T::DisputePeriod::get());
        panel.stage = PanelStage::Disputed {
            open_until: until,
            until,
        };
        Self::schedule(Agenda::Close, until, id);
        Self::deposit_event(Event::DisputesOpen {
            job: id,
            majority: panel.majority(),
            until,
        });
    }

    /// Notes that all members with this root have the answer of the member at a place.
    fn note_answers(panel: &mut PanelOf<T>, root: H256, place: usize) {
        for member in panel.members.iter_mut() {
            if member.root() == Some(root) {
                member.note_answer(place);
            }
        }
    }

    /// Books a batch that a member has proven; see [`crate::Call::dispute_results`].
    pub(crate) fn dispute(worker: &T::AccountId, opening: &Opening) -> DispatchResult {
        let Report {
            job: id,
            batch,
            proof,
            ..
        } = &opening.report;
        let provider = Self::dispute_unproven(worker, opening)?;
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        T::Circuits::verify(
            &job.circuit,
            ProofContext {
                job: id,
                batch: *batch,
                provider: &provider,
                weights: &job.weights,
                input: &opening.input,
            },
            proof,
        )
    }

    /// All of that but the proof, whose refusal takes it back; who has made it.
    pub(crate) fn dispute_unproven(
        worker: &T::AccountId,
        opening: &Opening,
    ) -> Result<T::AccountId, DispatchError> {
        let Report {
            job: id,
            batch,
            proof,
            ..
        } = &opening.report;
        let mut panel = Self::panel_of(id)?;
        let place = Self::place_of(&panel, worker)?;
        let PanelStage::Disputed { open_until, until } = panel.stage else {
            return Err(Error::<T>::NothingToDispute.into());
        };
        let now = Self::now();
        ensure!(now <= open_until, Error::<T>::DisputesOver);
        let member = &mut panel.members[place];
        let root = member.root().ok_or(Error::<T>::NotRevealed)?;
        ensure!(member.proven.is_none(), Error::<T>::AlreadyDisputed);
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let commitment = Self::output_commitment(proof)?;
        ensure!(
            contains(
                &root.0,
                job.batches,
                *batch,
                &answer_leaf(&commitment),
                &opening.result_path
            ),
            Error::<T>::ResultNotInRoot
        );
        let inputs = Inputs::<T>::get(id)
            .and_then(|input| input.commitments.root())
            .ok_or(Error::<T>::NothingToCommit)?;
        ensure!(
            contains(
                &inputs.0,
                job.batches,
                *batch,
                &input_leaf(&opening.input),
                &opening.input_path
            ),
            Error::<T>::InputNotInRoot
        );
        member.proven = Some(ProvenBatch {
            batch: *batch,
            commitment,
        });
        let provider = member.provider.clone();
        Self::note_answers(&mut panel, root, place);
        let needed = now.saturating_add(T::RevealPeriod::get());
        if needed > until {
            Self::schedule(Agenda::Close, needed, *id);
        }
        let until = until.max(needed);
        panel.stage = PanelStage::Disputed { open_until, until };
        Panels::<T>::insert(id, panel);
        Self::deposit_event(Event::ResultsDisputed {
            job: *id,
            batch: *batch,
            provider: provider.clone(),
            // There are few.
            place: place as u32,
            until,
        });
        Ok(provider)
    }

    /// Books that a member's root holds what another has proven; see
    /// [`crate::Call::answer_dispute`].
    pub(crate) fn answer_dispute_of(
        worker: &T::AccountId,
        id: JobId,
        place: u32,
        path: &Path,
    ) -> DispatchResult {
        let mut panel = Self::panel_of(&id)?;
        let own = Self::place_of(&panel, worker)?;
        let PanelStage::Disputed { until, .. } = panel.stage else {
            return Err(Error::<T>::NothingToDispute.into());
        };
        ensure!(Self::now() <= until, Error::<T>::DisputesOver);
        let place = place as usize;
        let proven = panel
            .members
            .get(place)
            .and_then(|member| member.proven)
            .ok_or(Error::<T>::NothingProven)?;
        let member = &panel.members[own];
        let root = member.root().ok_or(Error::<T>::NotRevealed)?;
        ensure!(!member.has_answered(place), Error::<T>::AlreadyAnswered);
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(
            contains(
                &root.0,
                job.batches,
                proven.batch,
                &answer_leaf(&proven.commitment),
                path
            ),
            Error::<T>::ResultNotInRoot
        );
        Self::note_answers(&mut panel, root, place);
        Panels::<T>::insert(id, panel);
        Self::deposit_event(Event::DisputeAnswered {
            job: id,
            // There are few.
            place: place as u32,
            root,
        });
        Ok(())
    }
}
