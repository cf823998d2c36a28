//! Outputs that a requester says it has not got: a proof shows that its provider has them.
//!
//! A requester may ask for delivery with a job that is proven batch by batch, and prepays the bytes.
//! When the last batch is proven the pay waits. The requester acknowledges, or says nothing until the
//! window ends: the provider is paid, and the bytes go back. Or it disputes: then the provider
//! publishes the output on chain, part by part in their order, and each batch's parts must add up to
//! the commitment that was proven of it. With the last part the provider is paid, for the bytes, too;
//! if it does not come in time the requester has everything back.
//!
//! A dispute costs the bytes, whatever comes of it short of a failure: who disputes and acknowledges
//! then has still made its provider publish. Publishing costs fees as anything does, because who
//! disputes with itself would have its blocks for nothing otherwise.

#[cfg(any(feature = "try-runtime", feature = "std"))]
mod invariants;

use crate::{
    pallet::{BalanceOf, Config, Delivered, Deliveries, Error, Event, Jobs, Pallet, Results},
    types::Agenda,
    weights::WeightInfo,
    JobOf,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, CheckedMul, Saturating, Zero},
    ArithmeticError, DispatchError, DispatchResult,
};
use swarmwork_primitives::{
    CircuitId, Delivery, DeliveryStage, JobCurrency, JobId, Mode, OutputBases, OutputPart,
    Providers, SwarmWork, ELEMENT_BYTES, MAX_OUTPUT_ELEMENTS,
};

/// A delivery of a runtime.
pub(crate) type DeliveryOf<T> = Delivery<BalanceOf<T>, BlockNumberFor<T>>;

/// What is left of a delivery when its job ends.
pub(crate) struct Ended<T: Config> {
    /// What was held for the bytes.
    pub prepaid: BalanceOf<T>,
    /// Whether the requester had disputed it.
    pub disputed: bool,
    /// The block of the last proof, if all came.
    pub proven: Option<BlockNumberFor<T>>,
}

impl<T: Config> Pallet<T> {
    /// What is kept of a delivery that is asked for with a job now.
    pub(crate) fn ask_delivery(
        circuit: &CircuitId,
        mode: Mode,
        batches: u32,
        currency: &JobCurrency,
    ) -> Result<DeliveryOf<T>, DispatchError> {
        ensure!(mode == Mode::Proven, Error::<T>::DeliveryNeedsProofs);
        let elements = T::OutputBases::elements(circuit).ok_or(Error::<T>::OutputBasesMissing)?;
        let all = elements
            .checked_mul(batches)
            .filter(|all| (1..=MAX_OUTPUT_ELEMENTS).contains(all))
            .ok_or(Error::<T>::OutputTooLarge)?;
        let mut delivery = Delivery {
            prepaid: Zero::zero(),
            elements,
            stage: DeliveryStage::Asked,
        };
        let bytes = BalanceOf::<T>::from(all.saturating_mul(ELEMENT_BYTES));
        let parts = BalanceOf::<T>::from(delivery.batch_parts().saturating_mul(batches));
        let tokens = T::BytePrice::get()
            .checked_mul(&bytes)
            .zip(T::PartPrice::get().checked_mul(&parts))
            .and_then(|(bytes, parts)| bytes.checked_add(&parts))
            .ok_or(ArithmeticError::Overflow)?;
        delivery.prepaid = Self::price_in(currency, tokens).ok_or(ArithmeticError::Overflow)?;
        Ok(delivery)
    }

    /// Blocks that a delivery takes a provider's slot for after its last proof, at most.
    pub(crate) fn delivery_time() -> BlockNumberFor<T> {
        T::DeliveryWindow::get().saturating_add(T::DeliveryTime::get())
    }

    /// Waits for the requester's word on a job whose last batch is proven, if it asked for that.
    pub(crate) fn await_word(id: JobId, job: &JobOf<T>, now: BlockNumberFor<T>) -> bool {
        let Some(mut delivery) = Deliveries::<T>::get(id) else {
            return false;
        };
        let until = now.saturating_add(T::DeliveryWindow::get());
        delivery.stage = DeliveryStage::Waiting { proven: now, until };
        Deliveries::<T>::insert(id, delivery);
        Self::schedule(Agenda::Close, until, id);
        Self::note_work(job);
        Self::deposit_event(Event::DeliveryAwaited {
            job: id,
            until: Self::chain_block(until),
        });
        true
    }

    /// Whether a job's batches are all proven, and its pay waits for its requester's word or for the
    /// output.
    pub(crate) fn is_delivering(id: &JobId) -> bool {
        Deliveries::<T>::get(id).is_some_and(|delivery| delivery.is_due())
    }

    /// See [`crate::Call::acknowledge`].
    pub(crate) fn accept_delivery(requester: &T::AccountId, id: JobId) -> DispatchResult {
        let (job, _) = Self::delivery_of(id, requester)?;
        Self::settle(id, job, Self::now())
    }

    /// See [`crate::Call::dispute_delivery`].
    pub(crate) fn demand_output(requester: &T::AccountId, id: JobId) -> DispatchResult {
        let (_, mut delivery) = Self::delivery_of(id, requester)?;
        let DeliveryStage::Waiting { proven, until } = delivery.stage else {
            return Err(Error::<T>::AlreadyDisputed.into());
        };
        let now = Self::now();
        ensure!(now <= until, Error::<T>::DeliveryOver);
        // Not before what is on the agenda.
        let until = until.max(now.saturating_add(T::DeliveryTime::get()));
        delivery.stage = DeliveryStage::Disputed {
            proven,
            until,
            parts: 0,
            sum: None,
        };
        Deliveries::<T>::insert(id, delivery);
        Self::deposit_event(Event::DeliveryDisputed {
            job: id,
            until: Self::chain_block(until),
        });
        Ok(())
    }

    /// The job of a requester whose pay waits, and its delivery.
    fn delivery_of(
        id: JobId,
        requester: &T::AccountId,
    ) -> Result<(JobOf<T>, DeliveryOf<T>), DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.requester == *requester, Error::<T>::NotTheRequester);
        Self::assignment(&job)?;
        let delivery = Deliveries::<T>::get(id)
            .filter(|delivery| delivery.is_due())
            .ok_or(Error::<T>::NothingDelivered)?;
        Ok((job, delivery))
    }

    /// Stores a part of an output; whether it was the last and the job is settled. See
    /// [`crate::Call::publish_output`].
    pub(crate) fn take_part(
        who: &T::AccountId,
        id: JobId,
        part: u32,
        elements: OutputPart,
    ) -> Result<bool, DispatchError> {
        let (job, delivery, last) = Self::check_part(who, id, part, &elements)?;
        Deliveries::<T>::insert(id, delivery);
        Delivered::<T>::insert(id, part, elements);
        Self::deposit_event(Event::OutputPublished { job: id, part });
        if last {
            Self::settle(id, job, Self::now())?;
        }
        Ok(last)
    }

    /// Whether a part would be accepted now: the job, its delivery with this part, and whether it is
    /// the last.
    pub(crate) fn check_part(
        who: &T::AccountId,
        id: JobId,
        part: u32,
        elements: &OutputPart,
    ) -> Result<(JobOf<T>, DeliveryOf<T>, bool), DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(
            *who == provider || T::Providers::worker_of(&provider).as_ref() == Some(who),
            Error::<T>::NotTheProvider
        );
        let mut delivery = Deliveries::<T>::get(id).ok_or(Error::<T>::DeliveryNotDisputed)?;
        let of_batch = delivery.batch_parts();
        let DeliveryStage::Disputed {
            until, parts, sum, ..
        } = &mut delivery.stage
        else {
            return Err(Error::<T>::DeliveryNotDisputed.into());
        };
        ensure!(Self::now() <= *until, Error::<T>::DeadlinePassed);
        // A batch has one at least, as there are elements.
        let within = part.checked_rem(of_batch).unwrap_or_default();
        let batch = part.checked_div(of_batch).unwrap_or_default();
        // The next one; or the first of its batch again, of which another part was wrong.
        let begins = within == 0 && parts.checked_div(of_batch) == Some(batch);
        ensure!(part == *parts || begins, Error::<T>::PartOutOfOrder);
        let before = sum.filter(|_| within > 0);
        let commitment =
            T::OutputBases::commit_part(&job.circuit, within, before.as_ref(), elements)?;
        let complete = within.saturating_add(1) == of_batch;
        if complete {
            let proven = Results::<T>::get(id, batch).map(|result| result.commitment);
            ensure!(proven == Some(commitment), Error::<T>::OutputMismatch);
        }
        *sum = (!complete).then_some(commitment);
        *parts = part.saturating_add(1);
        let last = complete && batch.saturating_add(1) == job.batches;
        Ok((job, delivery, last))
    }

    /// Ends a job whose time for a word, or for its output, is over.
    pub(crate) fn close_delivery(
        id: JobId,
        job: JobOf<T>,
        delivery: &DeliveryOf<T>,
        now: BlockNumberFor<T>,
    ) {
        match delivery.stage {
            DeliveryStage::Waiting { until, .. } | DeliveryStage::Disputed { until, .. }
                if now <= until =>
            {
                Self::schedule(Agenda::Close, until, id)
            }
            DeliveryStage::Disputed { .. } => {
                Self::deposit_event(Event::OutputWithheld { job: id });
                Self::expire(id, job, now)
            }
            _ => {
                if let Err(error) = Self::settle(id, job, now) {
                    frame_support::defensive!(error, "a delivered job could not be settled");
                }
            }
        }
    }

    /// Ends the delivery of a job that ends. Whoever ends it returns or pays what was held.
    pub(crate) fn end_delivery(id: &JobId) -> Ended<T> {
        let none = Ended {
            prepaid: Zero::zero(),
            disputed: false,
            proven: None,
        };
        Deliveries::<T>::mutate_extant(id, |delivery| {
            let (proven, disputed, parts) = match delivery.stage {
                DeliveryStage::Asked => (None, false, 0),
                DeliveryStage::Waiting { proven, .. } => (Some(proven), false, 0),
                DeliveryStage::Disputed { proven, parts, .. } => (Some(proven), true, parts),
                DeliveryStage::Over { .. } => return None,
            };
            delivery.stage = DeliveryStage::Over { parts };
            Some(Ended {
                prepaid: delivery.prepaid,
                disputed,
                proven,
            })
        })
        .unwrap_or(none)
    }

    /// What the slot costs that a delivery has taken since the last proof, up to the maximum price: who
    /// waits for its requester gets no less.
    pub(crate) fn waiting_price(
        job: &JobOf<T>,
        delivery: &Ended<T>,
        now: BlockNumberFor<T>,
    ) -> BalanceOf<T> {
        let Some(proven) = delivery.proven else {
            return Zero::zero();
        };
        let cost = Self::slot_cost(now.saturating_sub(proven));
        let price = Self::price_in(&job.currency, cost).unwrap_or_default();
        price.min(job.max_price)
    }

    /// Forgets what was published of an ended job's output; whether there was anything.
    pub(crate) fn forget_output(id: &JobId, job: &JobOf<T>) -> bool {
        let Some(mut delivery) = Deliveries::<T>::get(id) else {
            return false;
        };
        if !matches!(delivery.stage, DeliveryStage::Over { parts } if parts > 0) {
            return false;
        }
        // At most `MAX_OUTPUT_PARTS`. Of a batch that was begun anew there may be more than counted.
        for part in 0..delivery.batch_parts().saturating_mul(job.batches) {
            Delivered::<T>::remove(id, part);
        }
        delivery.stage = DeliveryStage::Over { parts: 0 };
        Deliveries::<T>::insert(id, delivery);
        true
    }

    /// What an order of so many listed batches weighs; with delivery, how large its output is, and what
    /// is kept of that.
    pub(crate) fn order_weight(batches: u32, deliver: bool) -> Weight {
        let order = T::WeightInfo::submit_order(batches);
        if deliver {
            order.saturating_add(T::DbWeight::get().reads_writes(1, 1))
        } else {
            order
        }
    }

    /// What [`crate::Call::acknowledge`] weighs.
    pub(crate) fn acknowledge_weight() -> Weight {
        T::WeightInfo::acknowledge()
            .saturating_add(Self::legs_weight())
            .saturating_add(T::WeightInfo::asset_legs(1))
            .saturating_add(T::SwarmWork::settled_weight(1))
    }

    /// What a part of so many bytes weighs, the last of its job or not.
    pub(crate) fn part_weight(bytes: u32, last: bool) -> Weight {
        let stored = T::WeightInfo::publish_output(bytes);
        if last {
            stored.saturating_add(Self::acknowledge_weight())
        } else {
            stored
        }
    }
}
