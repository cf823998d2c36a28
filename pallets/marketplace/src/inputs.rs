//! Inputs that nobody can have: a requester that withholds one would hold its provider's slot for
//! nothing, and a provider that says so falsely would be rid of its job.
//!
//! Soon after its assignment a provider may report that it cannot have the input. Then the requester
//! publishes it on chain within a while, which settles the matter for whoever can read the chain, or
//! pays the time of the slot, and the job ends. The provider is harmed in neither case: the time until
//! the publication is given back to it.
//!
//! A provider that gets the input after all withdraws its report, or shows results, and the job goes
//! on. Nothing is given back for that: who could have had the input all the time would gain by
//! reporting and withdrawing. Each reports once of a job, so that it costs no more than two calls.
//!
//! An input in pieces, as jobs with a root have it, is not published: one file of it does not show
//! that the others can be had. Its requester hands it over, or pays. Of several providers, while a
//! report of one stands, those that seal nothing have not failed, and are paid for their slots if none
//! of them has sealed anything. Their job goes on until somebody closes it: what one of them cannot
//! have others may be working on.

use crate::{
    pallet::{
        Config, Error, Event, Inputs, Jobs, Pallet, Panels, Published, Reporters, Stages, Withheld,
    },
    types::Agenda,
    JobOf,
};
use frame_support::{
    ensure,
    traits::{ConstU32, Get},
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{One, Saturating},
    DispatchError, DispatchResult,
};
use swarmwork_primitives::{
    CancellationReason, JobId, JobState, PanelStage, Providers, MAX_INPUT_BYTES, MAX_REDUNDANCY,
};

/// An input file that is published on chain.
pub type InputBytes = BoundedVec<u8, ConstU32<MAX_INPUT_BYTES>>;
/// Providers that have reported an input, and whether the report of each stands.
pub type Reports<AccountId> = BoundedVec<(AccountId, bool), ConstU32<MAX_REDUNDANCY>>;

impl<T: Config> Pallet<T> {
    /// The provider that may report the input of a job as missing under this worker key, now.
    pub(crate) fn check_missing_input(
        worker: &T::AccountId,
        id: JobId,
    ) -> Result<T::AccountId, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let provider = Self::at_work(&id, &job, worker)?;
        ensure!(
            !Published::<T>::contains_key(id),
            Error::<T>::InputIsPublished
        );
        let reports = Reporters::<T>::get(id);
        ensure!(
            reports.iter().all(|(who, _)| *who != provider),
            Error::<T>::AlreadyReported
        );
        let now = Self::now();
        let assigned = job.assigned().unwrap_or(now);
        let in_time = now <= assigned.saturating_add(T::ReportTime::get()) && now <= job.deadline;
        ensure!(
            in_time && Self::untouched(&id, &job),
            Error::<T>::TooLateToReport
        );
        Ok(provider)
    }

    /// Books that a provider cannot have its input; see [`crate::Call::report_input`].
    pub(crate) fn book_report(worker: &T::AccountId, id: JobId) -> DispatchResult {
        let provider = Self::check_missing_input(worker, id)?;
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        // As many as a job may be given to.
        Reporters::<T>::try_mutate(id, |reports| reports.try_push((provider.clone(), true)))
            .map_err(|_| Error::<T>::AlreadyReported)?;
        let latest = Self::now()
            .saturating_add(T::PublishTime::get())
            .min(job.deadline);
        let until = Withheld::<T>::get(id).unwrap_or(latest);
        Withheld::<T>::insert(id, until);
        if !matches!(job.state, JobState::Shared { .. }) {
            Self::schedule(Agenda::Close, until, id);
        }
        // It attends to the job, whatever becomes of that.
        Self::note_started(&id);
        Self::deposit_event(Event::InputReported {
            job: id,
            provider,
            until: Self::chain_block(until),
        });
        Ok(())
    }

    /// The provider whose report of a job stands, and that may withdraw it under this worker key, now.
    pub(crate) fn check_withdrawal(
        worker: &T::AccountId,
        id: JobId,
    ) -> Result<T::AccountId, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let provider = Self::at_work(&id, &job, worker)?;
        let reports = Reporters::<T>::get(id);
        let stands = reports
            .iter()
            .any(|(who, stands)| *stands && *who == provider);
        ensure!(
            stands && Self::is_withheld(&id, &job),
            Error::<T>::NothingReported
        );
        let now = Self::now();
        // What it was reported for has come about, whether or not the chain has looked.
        let last = match Panels::<T>::get(id).map(|panel| panel.stage) {
            None => Withheld::<T>::get(id).unwrap_or(job.deadline),
            Some(PanelStage::Sealing { until }) => until,
            Some(_) => return Err(Error::<T>::DeadlinePassed.into()),
        };
        ensure!(now <= last, Error::<T>::DeadlinePassed);
        Ok(provider)
    }

    /// Books that a provider has its input after all; see [`crate::Call::withdraw_report`].
    pub(crate) fn book_withdrawal(worker: &T::AccountId, id: JobId) -> DispatchResult {
        let provider = Self::check_withdrawal(worker, id)?;
        let mut reports = Reporters::<T>::get(id);
        for (who, stands) in reports.iter_mut() {
            *stands &= *who != provider;
        }
        // What others have reported stands.
        if reports.iter().all(|(_, stands)| !stands) {
            Withheld::<T>::remove(id);
        }
        Reporters::<T>::insert(id, reports);
        Self::deposit_event(Event::ReportWithdrawn { job: id, provider });
        Ok(())
    }

    /// The provider that works on a job under this worker key.
    fn at_work(
        id: &JobId,
        job: &JobOf<T>,
        worker: &T::AccountId,
    ) -> Result<T::AccountId, DispatchError> {
        if let JobState::Shared { .. } = job.state {
            let panel = Self::panel_of(id)?;
            let place = Self::place_of(&panel, worker)?;
            let member = panel.members.get(place);
            return member
                .map(|member| member.provider.clone())
                .ok_or(Error::<T>::NotTheWorker.into());
        }
        let (provider, ..) = Self::assignment(job)?;
        ensure!(
            T::Providers::worker_of(&provider).as_ref() == Some(worker),
            Error::<T>::NotTheWorker
        );
        Ok(provider)
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
        // Who shows results has the input: it gets no time for it.
        ensure!(Self::untouched(&id, &job), Error::<T>::NothingReported);
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
        Reporters::<T>::remove(id);
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
        Self::end_waiting(id, job, now)
    }

    /// Ends a job whose input was not published in time, if it is one: by itself, so that nobody is
    /// paid for waiting on.
    pub(crate) fn close_withheld(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) {
        // Of a report that was withdrawn, or answered, there is nothing left; and one that another
        // provider has made since has an entry of its own.
        let over = Withheld::<T>::get(id).is_some_and(|until| now > until);
        if over && Self::untouched(&id, &job) {
            Self::end_by_itself(id, job, now);
        }
    }

    /// As [`Self::end_waiting`], of a job that is known to have a provider.
    pub(crate) fn end_by_itself(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) {
        if let Err(error) = Self::end_waiting(id, job, now) {
            frame_support::defensive!(error, "a job without input could not be ended");
        }
    }

    /// Ends a job whose provider waits for its input. Its slot is paid until the block after the time to
    /// publish, however late that is looked at.
    fn end_waiting(id: JobId, job: JobOf<T>, now: BlockNumberFor<T>) -> DispatchResult {
        let published_by =
            Withheld::<T>::get(id).map_or(now, |until| until.saturating_add(One::one()));
        let until = now.min(published_by);
        Self::end_paid_slot(id, job, CancellationReason::InputWithheld, until, now)
    }

    /// Whether a job's provider waits in vain for its input: whoever has shown results has it.
    pub(crate) fn is_withheld(id: &JobId, job: &JobOf<T>) -> bool {
        Withheld::<T>::contains_key(id) && Self::untouched(id, job)
    }

    /// Whether a job's input was published because its provider could not have it. The chain cannot
    /// tell whether such a file is what the requester has committed to, so who does not work on it is
    /// not to lose by that.
    pub(crate) fn is_published(id: &JobId) -> bool {
        Published::<T>::contains_key(id)
    }

    /// Whether nothing was reported, committed to or sealed of a job.
    fn untouched(id: &JobId, job: &JobOf<T>) -> bool {
        let sealed = Panels::<T>::get(id).is_some_and(|panel| panel.has_seals());
        job.proven == 0 && !Stages::<T>::contains_key(id) && !sealed
    }

    /// Forgets what a job's end leaves of its input.
    pub(crate) fn forget_report(id: &JobId) {
        Withheld::<T>::remove(id);
        Reporters::<T>::remove(id);
        Published::<T>::remove(id);
    }
}
