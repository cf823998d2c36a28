//! What must hold of deliveries between any two calls.

use crate::{
    pallet::{Agendas, Config, Delivered, Deliveries, Jobs, Pallet},
    types::Agenda,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;
use swarmwork_primitives::{DeliveryStage, JobId, Mode, MAX_OUTPUT_ELEMENTS};

impl<T: Config> Pallet<T> {
    /// Deliveries are as far as their jobs, and would be ended; outputs are published of them alone.
    pub(crate) fn try_deliveries() -> Result<(), TryRuntimeError> {
        let closes: BTreeSet<JobId> = Agendas::<T>::iter()
            .filter(|((agenda, ..), _)| *agenda == Agenda::Close)
            .map(|(_, id)| id)
            .collect();
        for (id, delivery) in Deliveries::<T>::iter() {
            let job = Jobs::<T>::get(id).ok_or("a delivery has no job")?;
            ensure!(
                job.mode == Mode::Proven,
                "an output is delivered that is not proven"
            );
            ensure!(
                delivery.elements > 0
                    && delivery.elements.saturating_mul(job.batches) <= MAX_OUTPUT_ELEMENTS,
                "an output is delivered that is too large, or empty"
            );
            let all = delivery.batch_parts().saturating_mul(job.batches);
            let complete = job.proven == job.proofs();
            let published = match &delivery.stage {
                DeliveryStage::Asked => {
                    ensure!(
                        job.ended().is_none() && !complete,
                        "nobody waits for a word on a job that is done"
                    );
                    0
                }
                DeliveryStage::Waiting { .. } | DeliveryStage::Disputed { .. } => {
                    ensure!(
                        Self::assignment(&job).is_ok() && complete,
                        "a word is waited for on a job that goes on"
                    );
                    ensure!(closes.contains(&id), "a delivery would never be over");
                    match &delivery.stage {
                        DeliveryStage::Disputed { parts, sum, .. } => {
                            ensure!(*parts < all, "all is published and nobody is paid");
                            ensure!(
                                sum.is_some() == (parts % delivery.batch_parts() > 0),
                                "the sum of a batch's parts is not of those that there are"
                            );
                            *parts
                        }
                        _ => 0,
                    }
                }
                DeliveryStage::Over { parts } => {
                    ensure!(
                        job.ended().is_some(),
                        "the delivery of a job is over that goes on"
                    );
                    *parts
                }
            };
            ensure!(published <= all, "more is published than there is");
        }
        for (id, part, elements) in Delivered::<T>::iter() {
            let delivery = Deliveries::<T>::get(id).ok_or("an output has no delivery")?;
            let of_batch = delivery.batch_parts();
            ensure!(
                delivery.part_bytes(part % of_batch) == elements.len() as u32,
                "a part of an output has another length"
            );
            let published = match delivery.stage {
                DeliveryStage::Disputed { parts, .. } | DeliveryStage::Over { parts } => parts,
                _ => 0,
            };
            // Of a batch that was begun anew there may be more.
            ensure!(
                part / of_batch <= published / of_batch,
                "a part is published of a batch that is not begun"
            );
        }
        Ok(())
    }
}
