//! A proof is the last word: one of one batch overturns any majority.
//!
//! All answers that were revealed are stored until the job is settled. So everybody can see where they
//! differ, and any provider may prove the right answer there: whoever has another one was wrong,
//! whatever most of them say. Whoever proves it first gets a part of what those lose.

use crate::{
    pallet::{Config, Error, Event, Inputs, Jobs, Pallet, Panels, RevealedAnswers},
    types::{Agenda, Dispute},
    PanelOf,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};
use swarm_merkle::{contains, input_leaf};
use swarmwork_primitives::{Circuits, JobId, PanelStage, ProofContext, Providers};

impl<T: Config> Pallet<T> {
    /// Lets what was revealed be disputed. Where nothing was, there is nothing to prove.
    pub(super) fn open_disputes(id: JobId, panel: &mut PanelOf<T>, now: BlockNumberFor<T>) {
        if panel.members.iter().all(|member| member.revealed.is_none()) {
            return Self::conclude(id, panel, now);
        }
        let until = now.saturating_add(T::DisputePeriod::get());
        panel.stage = PanelStage::Disputed { until };
        Self::schedule(Agenda::Close, until, id);
        Self::deposit_event(Event::DisputesOpen {
            job: id,
            majority: panel.majority(),
            until: Self::chain_block(until),
        });
    }

    /// Whether a batch may be disputed now, as far as that needs no proof: the panel, with those
    /// refuted that have another answer, and who proves it.
    pub(crate) fn check_dispute(
        worker: &T::AccountId,
        dispute: &Dispute,
    ) -> Result<(PanelOf<T>, T::AccountId), DispatchError> {
        let id = dispute.job;
        let mut panel = Self::panel_of(&id)?;
        let PanelStage::Disputed { until } = panel.stage else {
            return Err(Error::<T>::NothingToDispute.into());
        };
        ensure!(Self::now() <= until, Error::<T>::DisputesOver);
        let prover = T::Providers::controller_of(worker).ok_or(Error::<T>::NotTheWorker)?;
        let input = Inputs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let batches = input.commitments.batches();
        ensure!(dispute.batch < batches, Error::<T>::BatchOutOfRange);
        let root = input
            .commitments
            .root()
            .ok_or(Error::<T>::NothingToDispute)?;
        let leaf = input_leaf(&dispute.input);
        ensure!(
            contains(&root.0, batches, dispute.batch, &leaf, &dispute.input_path),
            Error::<T>::InputNotInRoot
        );
        let right = Self::output_commitment(&dispute.proof)?;
        let mut refuted = false;
        for (place, member) in (0u32..).zip(panel.members.iter_mut()) {
            if member.revealed.is_none() || member.refuted_by.is_some() {
                continue;
            }
            let answers = RevealedAnswers::<T>::get(id, place).unwrap_or_default();
            if answers.get(dispute.batch as usize) != Some(&right) {
                member.refuted_by = Some(prover.clone());
                refuted = true;
            }
        }
        // A proof that changes nothing is not worth its while.
        ensure!(refuted, Error::<T>::NothingRefuted);
        Ok((panel, prover))
    }

    /// Whether a dispute would be accepted now, its proof included.
    pub(crate) fn check_dispute_proof(
        worker: &T::AccountId,
        dispute: &Dispute,
    ) -> Result<(PanelOf<T>, T::AccountId), DispatchError> {
        let (panel, prover) = Self::check_dispute(worker, dispute)?;
        let job = Jobs::<T>::get(dispute.job).ok_or(Error::<T>::JobUnknown)?;
        T::Circuits::verify(
            &job.circuit,
            ProofContext {
                job: &dispute.job,
                batch: dispute.batch,
                provider: &prover,
                weights: &job.weights,
                input: &dispute.input,
            },
            &dispute.proof,
        )?;
        Ok((panel, prover))
    }

    /// Books who was wrong about a batch that is proven; see [`crate::Call::dispute_results`].
    pub(crate) fn dispute(worker: &T::AccountId, dispute: &Dispute) -> DispatchResult {
        let (panel, prover) = Self::check_dispute_proof(worker, dispute)?;
        Self::book_dispute(dispute, panel, prover);
        Ok(())
    }

    fn book_dispute(dispute: &Dispute, panel: PanelOf<T>, prover: T::AccountId) {
        Panels::<T>::insert(dispute.job, panel);
        Self::deposit_event(Event::ResultsRefuted {
            job: dispute.job,
            batch: dispute.batch,
            prover,
        });
    }

    /// A dispute without its proof, which is measured apart.
    #[cfg(feature = "runtime-benchmarks")]
    pub(crate) fn dispute_unproven(
        worker: &T::AccountId,
        dispute: &Dispute,
    ) -> Result<(), DispatchError> {
        let (panel, prover) = Self::check_dispute(worker, dispute)?;
        Jobs::<T>::get(dispute.job).ok_or(Error::<T>::JobUnknown)?;
        Self::book_dispute(dispute, panel, prover);
        Ok(())
    }
}
