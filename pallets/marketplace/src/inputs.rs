//! Inputs that nobody can have: a requester that withholds one would hold its provider's slot for
//! nothing, and a provider that says so falsely would be rid of its job.
//!
//! Soon after its assignment a provider may report that it cannot have the input. Then the requester
//! publishes it on chain within a while, which settles the matter for whoever can read the chain, or
//! has to pay the time of the slot. The provider is harmed in neither case: the time until the
//! publication is given back to it.
//!
//! An input in pieces, as jobs with a root have it, is not published: one file of it does not show
//! that the others can be had. Its requester hands it over, or pays. Of several providers one may
//! report it for all; those that seal nothing then have not failed, and are paid for their slots if
//! none of them has sealed anything.

use crate::{
    pallet::{Config, Error, Event, Inputs, Jobs, Pallet, Panels, Published, Stages, Withheld},
    JobOf,
};
use frame_support::{
    ensure,
    traits::{ConstU32, Get},
    BoundedVec,
};
use sp_runtime::{traits::Saturating, DispatchResult};
use swarmwork_primitives::{JobId, JobState, Providers, MAX_INPUT_BYTES};

/// An input file that is published on chain.
pub type InputBytes = BoundedVec<u8, ConstU32<MAX_INPUT_BYTES>>;

impl<T: Config> Pallet<T> {
    /// Books that a provider cannot have its input; see [`crate::Call::report_input`].
    pub(crate) fn book_report(worker: &T::AccountId, id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        if let JobState::Shared { .. } = job.state {
            Self::place_of(&Self::panel_of(&id)?, worker)?;
        } else {
            let (provider, ..) = Self::assignment(&job)?;
            ensure!(
                T::Providers::worker_of(&provider).as_ref() == Some(worker),
                Error::<T>::NotTheWorker
            );
        }
        ensure!(
            !Published::<T>::contains_key(id),
            Error::<T>::InputIsPublished
        );
        ensure!(
            !Withheld::<T>::contains_key(id),
            Error::<T>::AlreadyReported
        );
        let now = Self::now();
        let assigned = job.assigned().unwrap_or(now);
        let in_time = now <= assigned.saturating_add(T::ReportTime::get());
        ensure!(
            in_time && Self::untouched(&id, &job),
            Error::<T>::TooLateToReport
        );
        let until = now.saturating_add(T::PublishTime::get()).min(job.deadline);
        Withheld::<T>::insert(id, until);
        // It attends to the job, whatever becomes of that.
        Self::note_started(&id);
        Self::deposit_event(Event::InputReported { job: id, until });
        Ok(())
    }

    /// Publishes the input of a job; see [`crate::Call::publish_input`].
    pub(crate) fn publish(
        requester: &T::AccountId,
        id: JobId,
        bytes: InputBytes,
    ) -> DispatchResult {
        let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(job.requester == *requester, Error::<T>::NotTheRequester);
        let until = Withheld::<T>::get(id).ok_or(Error::<T>::NothingReported)?;
        let now = Self::now();
        ensure!(now <= until, Error::<T>::DeadlinePassed);
        let input = Inputs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        ensure!(
            input.commitments.root().is_none(),
            Error::<T>::InputInPieces
        );
        ensure!(
            *blake3::hash(&bytes).as_bytes() == input.locator.content.0,
            Error::<T>::InputMismatch
        );
        // What passed so far was not the provider's.
        let lost = now.saturating_sub(job.assigned().unwrap_or(now));
        job.deadline = job.deadline.saturating_add(lost);
        Jobs::<T>::insert(id, job);
        Withheld::<T>::remove(id);
        Published::<T>::insert(id, bytes);
        Self::deposit_event(Event::InputPublished { job: id });
        Ok(())
    }

    /// Ends a job whose input was not published in time; see [`crate::Call::close_report`].
    pub(crate) fn end_withheld(id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let shared = matches!(job.state, JobState::Shared { .. });
        if !shared {
            Self::assignment(&job)?;
        }
        let until = Withheld::<T>::get(id).ok_or(Error::<T>::NothingReported)?;
        let now = Self::now();
        ensure!(now > until, Error::<T>::ReportStands);
        ensure!(Self::untouched(&id, &job), Error::<T>::NothingReported);
        if shared {
            return Self::end_idle_panel(id, now);
        }
        Self::end_paid_slot(id, job, now)
    }

    /// Whether a job's provider waits in vain for its input: whoever has shown results has it.
    pub(crate) fn is_withheld(id: &JobId, job: &JobOf<T>) -> bool {
        Withheld::<T>::contains_key(id) && Self::untouched(id, job)
    }

    /// Whether nothing was reported, committed to or sealed of a job.
    fn untouched(id: &JobId, job: &JobOf<T>) -> bool {
        let sealed = Panels::<T>::get(id).is_some_and(|panel| panel.has_seals());
        job.proven == 0 && !Stages::<T>::contains_key(id) && !sealed
    }

    /// Forgets what a job's end leaves of its input.
    pub(crate) fn forget_report(id: &JobId) {
        Withheld::<T>::remove(id);
        Published::<T>::remove(id);
    }
}
