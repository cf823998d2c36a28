//! Jobs whose results are committed to by a root, and of which drawn batches are proven.
//!
//! The provider names a root over all results; the VRF outputs of the blocks after that draw batches;
//! those are proven, each with its path to the provider's root and its input's path to the
//! requester's. Whoever committed and does not prove in time what was drawn has forged, or might have:
//! silence is answered as a forgery is. What is stored does not depend on how many batches a job has.

use crate::{
    lanes::Seed,
    pallet::{Config, Error, Event, Inputs, Jobs, Pallet, Panels, Results, RootedWork, Stages},
    together::{Checked, Entry},
    types::{Agenda, Opening, Report},
    weights::WeightInfo,
    JobOf,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{One, Saturating},
    DispatchError, DispatchResult,
};
use swarm_merkle::{contains, input_leaf, result_leaf};
use swarm_scoring::Lottery;
use swarmwork_primitives::{
    Circuits, FailureReason, JobId, JobStage, JobState, Mode, Outcome, ProofContext, Providers,
    Reputation, ResultRoot, Samples, SwarmWork, MAX_CHALLENGES,
};

impl<T: Config> Pallet<T> {
    /// Blocks from a commitment to the block in which its draw is made, unless draws are late.
    pub(crate) fn draw_delay() -> BlockNumberFor<T> {
        BlockNumberFor::<T>::from(T::DrawWindow::get()).saturating_add(One::one())
    }

    /// Blocks that a provider has for proving so many drawn batches, at least.
    pub(crate) fn answer_time(samples: u32) -> BlockNumberFor<T> {
        T::AnswerTime::get().saturating_mul(samples.into())
    }

    /// Blocks at the end of a job that its draw or its challenges and its proofs need.
    fn closing_time(mode: Mode, batches: u32) -> BlockNumberFor<T> {
        match mode {
            Mode::Proven => Default::default(),
            Mode::Sampled { .. } => {
                Self::draw_delay().saturating_add(Self::answer_time(mode.proofs(batches)))
            }
            Mode::Optimistic => {
                T::ChallengePeriod::get().saturating_add(Self::answer_time(MAX_CHALLENGES))
            }
            Mode::Redundant { .. } => Self::panel_time(),
        }
    }

    /// Least distance of a deadline.
    pub(crate) fn least_duration(mode: Mode, batches: u32) -> BlockNumberFor<T> {
        T::MinJobDuration::get().saturating_add(Self::closing_time(mode, batches))
    }

    /// Last block in which the provider may report what it worked out: a proof or a root.
    pub(crate) fn work_ends(job: &JobOf<T>) -> BlockNumberFor<T> {
        // The duration that was asked for at submission leaves time before.
        let closing = Self::closing_time(job.mode, job.batches);
        job.deadline.saturating_sub(closing)
    }

    /// Last block of a job that has not ended.
    pub(crate) fn ends(
        job: &JobOf<T>,
        stage: Option<&JobStage<BlockNumberFor<T>>>,
        now: BlockNumberFor<T>,
    ) -> BlockNumberFor<T> {
        match stage {
            // All are proven: its delivery ends it.
            None if job.mode == Mode::Proven && job.proven == job.proofs() => {
                job.deadline.max(now.saturating_add(Self::draw_delay()))
            }
            // Its panel ends it, however late that is looked at.
            None if matches!(job.state, JobState::Shared { .. }) => {
                job.deadline.max(now.saturating_add(Self::draw_delay()))
            }
            None => job.deadline,
            // A late draw, or a late look at what stands, is nobody's fault: it is waited for.
            Some(JobStage::Committed { .. } | JobStage::Standing { .. }) => {
                job.deadline.max(now.saturating_add(Self::draw_delay()))
            }
            Some(JobStage::Drawn { until, .. }) => *until,
        }
    }

    /// The batches that may have a result.
    pub(crate) fn proven_batches(id: &JobId, job: &JobOf<T>) -> Vec<u32> {
        match job.mode {
            Mode::Proven => (0..job.batches).collect(),
            Mode::Redundant { .. } => Vec::new(),
            Mode::Sampled { .. } | Mode::Optimistic => {
                Stages::<T>::get(id).map_or_else(Vec::new, |stage| stage.asked())
            }
        }
    }

    /// Books whether a provider commits to results that it does not prove.
    pub(crate) fn book_rooted_work(who: &T::AccountId, accept: bool) -> DispatchResult {
        if accept {
            ensure!(
                T::Providers::worker_of(who).is_some(),
                Error::<T>::ProviderNotRegistered
            );
            RootedWork::<T>::insert(who, ());
        } else {
            RootedWork::<T>::remove(who);
        }
        Self::deposit_event(Event::RootedWorkAccepted {
            provider: who.clone(),
            accepted: accept,
        });
        Ok(())
    }

    /// Whether a provider may commit to results of a job now.
    pub(crate) fn check_commit(
        worker: &T::AccountId,
        id: JobId,
    ) -> Result<JobOf<T>, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(
            T::Providers::worker_of(&provider).as_ref() == Some(worker),
            Error::<T>::NotTheWorker
        );
        ensure!(job.mode != Mode::Proven, Error::<T>::NothingToCommit);
        ensure!(!Stages::<T>::contains_key(id), Error::<T>::AlreadyCommitted);
        ensure!(
            Self::now() <= Self::work_ends(&job),
            Error::<T>::TooLateToCommit
        );
        Ok(job)
    }

    /// Books what a provider commits to, and the draw.
    pub(crate) fn commit(worker: &T::AccountId, id: JobId, results: ResultRoot) -> DispatchResult {
        let job = Self::check_commit(worker, id)?;
        let now = Self::now();
        Self::note_started(&id);
        match job.mode {
            Mode::Optimistic => Self::stand(id, results, now),
            // No job of the last has an assignment of its own, and so none comes here.
            Mode::Proven | Mode::Sampled { .. } | Mode::Redundant { .. } => {
                Stages::<T>::insert(id, JobStage::Committed { results, at: now });
                Self::schedule(Agenda::Draw, now, id);
            }
        }
        Self::deposit_event(Event::ResultsCommitted { job: id, results });
        Ok(())
    }

    /// Makes the draw that a job waits for: of batches, of an auditor, or of who works on it.
    pub(crate) fn serve_draw(id: JobId, seed: &Seed<T>, now: BlockNumberFor<T>) {
        match Stages::<T>::get(id) {
            Some(JobStage::Committed { results, .. }) => {
                Self::draw_samples(id, results, seed.outputs, now)
            }
            Some(JobStage::Drawn { .. } | JobStage::Standing { .. }) => {
                frame_support::defensive!("a job has a draw that it does not wait for");
            }
            None => match (Panels::<T>::get(id), Jobs::<T>::get(id)) {
                (Some(panel), _) => Self::draw_audit(id, panel, seed, now),
                (None, Some(job)) if matches!(job.mode, Mode::Redundant { .. }) => {
                    Self::draw_panel(id, job, seed, now)
                }
                _ => Self::draw(id, seed, now),
            },
        }
    }

    fn draw_samples(id: JobId, results: ResultRoot, outputs: &[T::Hash], now: BlockNumberFor<T>) {
        let Some(job) = Jobs::<T>::get(id) else {
            return;
        };
        let batches = Lottery::of_batches(&id, &results, outputs).sample(job.batches, job.proofs());
        // No mode has more than that.
        let drawn = Samples::truncate_from(batches);
        let until = now
            .saturating_add(Self::answer_time(job.proofs()))
            .max(job.deadline);
        Stages::<T>::insert(
            id,
            JobStage::Drawn {
                results,
                drawn: drawn.clone(),
                until,
            },
        );
        Self::deposit_event(Event::BatchesDrawn {
            job: id,
            batches: drawn,
            until: Self::chain_block(until),
        });
    }

    /// Everything about an opening that can be checked before the proof, cheapest first.
    pub(crate) fn check_opening(
        worker: &T::AccountId,
        opening: &Opening,
    ) -> Result<Checked<T>, DispatchError> {
        let Report {
            job: id,
            batch,
            proof,
            output,
        } = &opening.report;
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
        let (provider, ..) = Self::assignment(&job)?;
        ensure!(
            T::Providers::worker_of(&provider).as_ref() == Some(worker),
            Error::<T>::NotTheWorker
        );
        ensure!(job.mode != Mode::Proven, Error::<T>::NothingToCommit);
        let stage = Stages::<T>::get(id).ok_or(Error::<T>::ResultsNotCommitted)?;
        let (results, asked, until) = match stage {
            JobStage::Committed { .. } => return Err(Error::<T>::BatchesNotDrawn.into()),
            JobStage::Drawn {
                results,
                drawn,
                until,
            } => (results, drawn, until),
            JobStage::Standing {
                results,
                challenged,
                until,
                ..
            } => (results, challenged, Self::answers_until(id, until)),
        };
        ensure!(Self::now() <= until, Error::<T>::DeadlinePassed);
        ensure!(asked.contains(batch), Error::<T>::BatchNotAskedFor);
        ensure!(
            !Results::<T>::contains_key(id, batch),
            Error::<T>::BatchAlreadyProven
        );
        let commitment = Self::output_commitment(proof)?;
        let leaf = result_leaf(&commitment, &output.0);
        ensure!(
            contains(
                &results.root.0,
                job.batches,
                *batch,
                &leaf,
                &opening.result_path
            ),
            Error::<T>::ResultNotInRoot
        );
        let root = Inputs::<T>::get(id)
            .and_then(|input| input.commitments.root())
            .ok_or(Error::<T>::NothingToCommit)?;
        let leaf = input_leaf(&opening.input);
        ensure!(
            contains(&root.0, job.batches, *batch, &leaf, &opening.input_path),
            Error::<T>::InputNotInRoot
        );
        Ok((job, provider, opening.input))
    }

    /// Whether an opening would be accepted now, its proof included.
    pub(crate) fn check_opening_proof(
        worker: &T::AccountId,
        opening: &Opening,
    ) -> Result<(), DispatchError> {
        let (job, provider, input) = Self::check_opening(worker, opening)?;
        T::Circuits::verify(
            &job.circuit,
            ProofContext {
                job: &opening.report.job,
                batch: opening.report.batch,
                provider: &provider,
                weights: &job.weights,
                input: &input,
            },
            &opening.report.proof,
        )
    }

    /// Ends a job whose provider committed to results and did not prove what was asked of them:
    /// everything goes back, and the provider loses what it had reserved.
    pub(crate) fn fail(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) {
        let Ok((provider, price, collateral)) = Self::assignment(&job) else {
            frame_support::defensive!("a job failed that nobody worked on");
            return;
        };
        let refunded = job.max_price;
        Self::refund(id, &job.currency, &job.requester, refunded);
        Self::unassign(&id, &provider, collateral);
        // Given back just now, so that it is free.
        let slashed = Self::convict(id, &provider, collateral);
        if job.swarm {
            let burned = Self::weight_of_failure(&job, price);
            T::Reputation::record(&provider, &job.requester, id, Outcome::Failed, burned);
        }
        let why = match job.mode {
            Mode::Optimistic => FailureReason::ChallengeUnanswered,
            // Of no other is anything asked that it has committed to.
            Mode::Proven | Mode::Sampled { .. } | Mode::Redundant { .. } => {
                FailureReason::SampleUnproven
            }
        };
        job.state = JobState::Failed {
            provider: provider.clone(),
            why,
            slashed,
            at: now,
        };
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobFailed {
            job: id,
            provider,
            why,
            refunded,
            slashed,
        });
    }
}

impl<T: Config> Entry<T> for Opening {
    fn report(&self) -> &Report {
        &self.report
    }

    fn check(&self, worker: &T::AccountId) -> Result<Checked<T>, DispatchError> {
        Pallet::<T>::check_opening(worker, self)
    }

    fn weight(settled: bool) -> Weight {
        if settled {
            T::WeightInfo::open_batch_last()
                .saturating_add(Pallet::<T>::legs_weight())
                .saturating_add(T::SwarmWork::settled_weight(1))
        } else {
            T::WeightInfo::open_batch().max(T::WeightInfo::answer_challenge())
        }
    }
}
