//! Offences that the chain judges itself, from what a worker key has signed.
//!
//! A claim ([`swarmwork_primitives::Claim`]) names its provider, so it counts against that one
//! whatever keys or registrations came after. A replaced key answers only for jobs that were there
//! before it was replaced: otherwise whoever stole it could go on convicting its owner. Against a
//! claim, a proof is the last word.

use crate::{
    BalanceOf, Config, Error, Event, FormerWorkers, GivenProof, Judged, Pallet, Providers,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{Verify, Zero},
    DispatchResult,
};
use swarmwork_primitives::{claim_message, Answered, Claim, Jobs, SlashReason, Work};

/// The work that evidence is about.
type WorkOf<T> = Work<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::report_equivocation`].
    pub(crate) fn convict_of_equivocation(
        reporter: T::AccountId,
        answered: Answered<T::AccountId>,
        first: Claim<T::Signature>,
        second: Claim<T::Signature>,
    ) -> DispatchResult {
        ensure!(first.commitment != second.commitment, Error::<T>::NoOffence);
        let work = Self::work_of(&answered, SlashReason::Equivocation)?;
        Self::ensure_claimed(&answered, &first)?;
        Self::ensure_claimed(&answered, &second)?;
        Self::convict(reporter, answered, SlashReason::Equivocation, work)
    }

    /// See [`crate::Call::report_false_claim`].
    pub(crate) fn convict_of_forgery(
        reporter: T::AccountId,
        answered: Answered<T::AccountId>,
        claim: Claim<T::Signature>,
        proof: Option<GivenProof<T::AccountId>>,
    ) -> DispatchResult {
        let work = Self::work_of(&answered, SlashReason::Forgery)?;
        ensure!(work.attested, Error::<T>::Unattested);
        Self::ensure_claimed(&answered, &claim)?;
        let Answered { job, batch, .. } = &answered;
        let truth = match (T::Jobs::proven(job, *batch), proof) {
            (Some(truth), _) => truth,
            (None, Some(given)) => T::Jobs::prove(job, *batch, &given.prover, &given.proof)?,
            (None, None) => return Err(Error::<T>::ProofNeeded.into()),
        };
        ensure!(truth != claim.commitment, Error::<T>::NoOffence);
        Self::convict(reporter, answered, SlashReason::Forgery, work)
    }

    /// What evidence is about, if its key can be held to it and nobody was punished for it.
    fn work_of(
        answered: &Answered<T::AccountId>,
        reason: SlashReason,
    ) -> Result<WorkOf<T>, Error<T>> {
        let Answered {
            provider,
            worker,
            job,
            batch,
        } = answered;
        ensure!(
            !Judged::<T>::contains_key(provider, (job, batch, reason)),
            Error::<T>::AlreadyJudged
        );
        let work = T::Jobs::work(job, provider).ok_or(Error::<T>::JobUnknown)?;
        ensure!(work.provider == *provider, Error::<T>::NotTheProvider);
        ensure!(*batch < work.batches, Error::<T>::BatchOutOfRange);
        let record = Providers::<T>::get(provider).ok_or(Error::<T>::NotRegistered)?;
        let former = || {
            FormerWorkers::<T>::get(provider)
                .iter()
                .any(|old| old.worker == *worker && work.submitted <= old.rotated)
        };
        ensure!(
            record.worker == *worker || former(),
            Error::<T>::NotTheWorker
        );
        Ok(work)
    }

    /// What it weighs to find who has given a job back.
    pub(crate) fn passed_on_weight() -> Weight {
        T::DbWeight::get().reads(1)
    }

    fn ensure_claimed(
        answered: &Answered<T::AccountId>,
        claim: &Claim<T::Signature>,
    ) -> Result<(), Error<T>> {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let message = claim_message(
            &genesis,
            &answered.provider,
            &answered.job,
            answered.batch,
            &claim.commitment,
        );
        ensure!(
            claim.signature.verify(&message[..], &answered.worker),
            Error::<T>::ClaimInvalid
        );
        Ok(())
    }

    fn convict(
        reporter: T::AccountId,
        answered: Answered<T::AccountId>,
        reason: SlashReason,
        work: WorkOf<T>,
    ) -> DispatchResult {
        let Answered {
            provider,
            job,
            batch,
            ..
        } = answered;
        Self::punish(&provider, reason, job, work.price)?;
        Judged::<T>::insert(&provider, (job, batch, reason), ());
        Self::deposit_event(Event::OffenceProven {
            provider,
            reason,
            job,
            batch,
            reporter,
        });
        Ok(())
    }
}
