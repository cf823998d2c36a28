//! What must hold between any two calls. Linear in the state: for tests and off-chain checks.

use crate::{
    pallet::{
        Agendas, BalanceOf, BucketLen, Claims, Config, Cursors, HoldReason, Inputs, Jobs, Pallet,
        Results, Running, Stages, TotalHeld, Windows,
    },
    types::Agenda,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::{
    traits::{CheckedAdd, Zero},
    TryRuntimeError,
};
use swarmwork_primitives::{JobState, Mode, Stage};

impl<T: Config> Pallet<T> {
    /// Asserts every invariant of the pallet's storage.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_money()?;
        Self::try_jobs()?;
        Self::try_agendas()
    }

    /// What is held in each account is what its open jobs and the claims on it add up to, and the
    /// running total is the sum.
    fn try_money() -> Result<(), TryRuntimeError> {
        let mut held = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        for job in Jobs::<T>::iter_values().filter(|job| job.ended().is_none()) {
            let sum = held.entry(job.requester).or_default();
            *sum = sum
                .checked_add(&job.max_price)
                .ok_or("an account's escrow overflows")?;
        }
        for (_, payer, owed) in Claims::<T>::iter() {
            ensure!(!owed.is_zero(), "a claim of nothing is stored");
            let sum = held.entry(payer).or_default();
            *sum = sum
                .checked_add(&owed)
                .ok_or("an account's escrow overflows")?;
        }
        let mut total = BalanceOf::<T>::zero();
        for (who, sum) in held {
            ensure!(
                T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &who) == sum,
                "an account's escrow is not the sum of its open jobs and the claims on it"
            );
            total = total
                .checked_add(&sum)
                .ok_or("the escrows overflow in all")?;
        }
        ensure!(
            TotalHeld::<T>::get() == total,
            "the running total of escrow is not the sum of escrows"
        );
        Ok(())
    }

    /// Jobs agree with their inputs, their results and the lists of running jobs.
    fn try_jobs() -> Result<(), TryRuntimeError> {
        let mut running = BTreeMap::<T::AccountId, BTreeSet<_>>::new();
        for (id, job) in Jobs::<T>::iter() {
            let input = Inputs::<T>::get(id).ok_or("a job has no input")?;
            ensure!(
                job.batches == input.commitments.batches() && job.batches > 0,
                "a job's batches are not its commitments"
            );
            ensure!(
                input.commitments.root().is_some() == (job.mode != Mode::Proven),
                "a job's mode does not fit its commitments"
            );
            let provable: BTreeSet<_> = Self::proven_batches(&id, &job).into_iter().collect();
            let mut proven = 0;
            for (batch, _) in Results::<T>::iter_prefix(id) {
                ensure!(batch < job.batches, "a result has no batch");
                ensure!(provable.contains(&batch), "a result was not asked for");
                proven += 1;
            }
            ensure!(job.proven == proven, "a job's count of results is wrong");
            let stage = Stages::<T>::get(id);
            if let Some(stage) = &stage {
                ensure!(job.mode != Mode::Proven, "a proven job has a stage");
                match stage {
                    Stage::Committed { .. } => ensure!(
                        matches!(job.state, JobState::Assigned { .. }),
                        "a job whose draw is due is not assigned"
                    ),
                    Stage::Drawn { drawn, until, .. } => {
                        ensure!(
                            provable.len() == drawn.len() && drawn.len() == job.proofs() as usize,
                            "not as many batches are drawn as are to be proven"
                        );
                        ensure!(*until >= job.deadline, "a drawn job ends early");
                    }
                }
            }
            match job.state {
                JobState::Open | JobState::Cancelled { .. } => {
                    ensure!(proven == 0, "a job nobody had has results");
                    ensure!(stage.is_none(), "a job nobody had has a stage");
                }
                JobState::Assigned {
                    provider, price, ..
                } => {
                    ensure!(proven < job.proofs(), "a job with all results goes on");
                    ensure!(price <= job.max_price, "a job costs more than is held");
                    running.entry(provider).or_default().insert(id);
                }
                JobState::Completed { price, .. } => {
                    ensure!(proven == job.proofs(), "a completed job lacks results");
                    ensure!(price <= job.max_price, "a job cost more than was held");
                }
                JobState::Expired { .. } => {
                    ensure!(proven < job.proofs(), "a job with all results expired");
                    ensure!(
                        stage.is_none(),
                        "a job expired after its provider committed"
                    );
                }
                JobState::Failed { .. } => {
                    ensure!(proven < job.proofs(), "a job with all results failed");
                    ensure!(
                        matches!(stage, Some(Stage::Drawn { .. })),
                        "a job failed without a draw"
                    );
                }
            }
        }
        ensure!(
            Inputs::<T>::iter_keys().count() == Jobs::<T>::iter_keys().count(),
            "an input has no job"
        );
        for (id, _, _) in Results::<T>::iter() {
            ensure!(Jobs::<T>::contains_key(id), "a result has no job");
        }
        for id in Stages::<T>::iter_keys() {
            ensure!(Jobs::<T>::contains_key(id), "a stage has no job");
        }
        for (provider, list) in Running::<T>::iter() {
            let expected = running.remove(&provider).unwrap_or_default();
            ensure!(
                list.len() == expected.len() && list.iter().all(|id| expected.contains(id)),
                "a provider's list is not its assigned jobs"
            );
        }
        ensure!(running.is_empty(), "an assigned job is in no list");
        Ok(())
    }

    /// Every stored job is to be woken exactly once, no open job is to be drawn twice, and nothing
    /// lies where the cursors have been.
    fn try_agendas() -> Result<(), TryRuntimeError> {
        let mut woken = BTreeSet::new();
        let mut drawn = BTreeSet::new();
        for ((agenda, block, index), id) in Agendas::<T>::iter() {
            ensure!(
                index < BucketLen::<T>::get(agenda, block),
                "an agenda entry is beyond its bucket"
            );
            if let Some(cursor) = Cursors::<T>::get(agenda) {
                ensure!((block, index) >= cursor, "a cursor left an entry behind");
            }
            match agenda {
                Agenda::Wake => {
                    let job = Jobs::<T>::get(id).ok_or("a job to be woken is gone")?;
                    ensure!(woken.insert(id), "a job is to be woken twice");
                    // One that is committed to may outlast its deadline.
                    let late = Stages::<T>::contains_key(id) && block > job.deadline;
                    ensure!(
                        job.ended().is_some() || block == job.deadline || late,
                        "a job would end at another block than its last"
                    );
                }
                Agenda::Draw => {
                    let open = Jobs::<T>::get(id).is_some_and(|job| job.state == JobState::Open);
                    let committed = matches!(Stages::<T>::get(id), Some(Stage::Committed { .. }));
                    ensure!(
                        !(open || committed) || drawn.insert(id),
                        "a job is to be drawn twice"
                    );
                }
            }
        }
        for (id, stage) in Stages::<T>::iter() {
            ensure!(
                drawn.contains(&id) || matches!(stage, Stage::Drawn { .. }),
                "the batches of a job would never be drawn"
            );
        }
        ensure!(
            woken.len() == Jobs::<T>::iter_keys().count(),
            "a job would never be woken"
        );
        for (agenda, block, _) in BucketLen::<T>::iter() {
            if let Some((cursor, _)) = Cursors::<T>::get(agenda) {
                ensure!(block >= cursor, "a cursor left a bucket behind");
            }
        }
        for block in Windows::<T>::iter_keys() {
            ensure!(
                !BucketLen::<T>::get(Agenda::Draw, block).is_zero(),
                "a window is kept for no draw"
            );
        }
        Ok(())
    }
}
