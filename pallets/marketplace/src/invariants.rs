//! What must hold between any two calls. Linear in the state: for tests and off-chain checks.

use crate::{
    extension::MAX_REFUSED,
    pallet::{
        Agendas, Auctions, BalanceOf, BucketLen, Challenges, Claims, Config, Cursors, Decided,
        Deliveries, FastWindows, HoldReason, Inputs, Jobs, Listings, Pallet, Panels, Passed,
        Published, Queued, Refused, Reporters, Results, Running, Snapshots, Specials, Stages,
        Starts, TotalHeld, Windows, Withheld,
    },
    types::Agenda,
    JobOf,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use frame_support::{
    ensure,
    traits::{fungibles::InspectHold, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
    traits::{CheckedAdd, Saturating, Zero},
    TryRuntimeError,
};
use swarmwork_primitives::{JobCurrency, JobId, JobStage, JobState, Mode};

impl<T: Config> Pallet<T> {
    /// Asserts every invariant of the pallet's storage.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_money()?;
        Self::try_jobs()?;
        Self::try_panels()?;
        Self::try_placements()?;
        Self::try_deliveries()?;
        Self::try_agendas()
    }

    /// What is held of each currency in each account is what its open jobs, its open challenges and
    /// the claims on it add up to, and the running totals are the sums.
    fn try_money() -> Result<(), TryRuntimeError> {
        let mut held = BTreeMap::<(JobCurrency, T::AccountId), BalanceOf<T>>::new();
        let mut add = |currency: JobCurrency, who, amount: BalanceOf<T>| {
            let sum = held.entry((currency, who)).or_default();
            *sum = sum
                .checked_add(&amount)
                .ok_or("an account's escrow overflows")?;
            Ok::<_, TryRuntimeError>(())
        };
        for (id, job) in Jobs::<T>::iter().filter(|(_, job)| job.ended().is_none()) {
            let left = Self::held_for(&id, &job)?;
            add(job.currency.clone(), job.requester.clone(), left)?;
            // Of a job that goes on none is over, as is checked below.
            if let Some(delivery) = Deliveries::<T>::get(id) {
                add(job.currency, job.requester, delivery.prepaid)?;
            }
        }
        for challenge in Challenges::<T>::iter_values().flatten() {
            add(JobCurrency::Native, challenge.challenger, challenge.bond)?;
        }
        for ((_, currency, payer), owed) in Claims::<T>::iter() {
            ensure!(!owed.is_zero(), "a claim of nothing is stored");
            add(currency, payer, owed)?;
        }
        let mut totals = BTreeMap::<JobCurrency, BalanceOf<T>>::new();
        for ((currency, who), sum) in held {
            let reason = HoldReason::Escrow.into();
            ensure!(
                T::Funds::balance_on_hold(currency.clone(), &reason, &who) == sum,
                "an account's escrow is not the sum of its open jobs, challenges and the claims on it"
            );
            let total = totals.entry(currency).or_default();
            *total = total
                .checked_add(&sum)
                .ok_or("the escrows overflow in all")?;
        }
        for (currency, total) in TotalHeld::<T>::iter() {
            ensure!(
                totals.remove(&currency).unwrap_or_default() == total,
                "the running total of escrow is not the sum of escrows"
            );
        }
        ensure!(totals.is_empty(), "escrow of a currency is in no total");
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
            if let JobCurrency::WithId(asset) = job.currency {
                ensure!(
                    Listings::<T>::contains_key(asset),
                    "a job is paid in an asset that nobody listed"
                );
            }
            let provable: BTreeSet<_> = Self::proven_batches(&id, &job).into_iter().collect();
            let mut proven = 0;
            for (batch, _) in Results::<T>::iter_prefix(id) {
                ensure!(batch < job.batches, "a result has no batch");
                ensure!(provable.contains(&batch), "a result was not asked for");
                proven += 1;
            }
            ensure!(job.proven == proven, "a job's count of results is wrong");
            let stage = Stages::<T>::get(id);
            Self::try_stage(&id, &job, stage.as_ref())?;
            // How many results are still asked for: challenges may come to any number.
            let asked = match job.mode {
                Mode::Proven | Mode::Sampled { .. } => job.proofs(),
                Mode::Optimistic | Mode::Redundant { .. } => provable.len() as u32,
            };
            let complete = proven == asked;
            let goes_on =
                !complete || matches!(job.mode, Mode::Optimistic | Mode::Redundant { .. });
            match job.state {
                JobState::Open | JobState::Cancelled { provider: None, .. } => {
                    ensure!(proven == 0, "a job nobody had has results");
                    ensure!(stage.is_none(), "a job nobody had has a stage");
                }
                JobState::Cancelled { paid, .. } => {
                    ensure!(goes_on, "a job with all results was withdrawn");
                    ensure!(stage.is_none(), "a job was withdrawn that was committed to");
                    ensure!(paid <= job.max_price, "a job cost more than was held");
                }
                JobState::Assigned {
                    provider, price, ..
                } => {
                    ensure!(
                        goes_on || Self::is_delivering(&id),
                        "a job with all results goes on"
                    );
                    ensure!(price <= job.max_price, "a job costs more than is held");
                    running.entry(provider).or_default().insert(id);
                }
                JobState::Shared { price, .. } => {
                    ensure!(price <= job.max_price, "a job costs more than is held");
                    let panel = Panels::<T>::get(id).ok_or("a shared job has no panel")?;
                    for member in Self::seated(&panel) {
                        running
                            .entry(member.provider.clone())
                            .or_default()
                            .insert(id);
                    }
                }
                JobState::Agreed { price, .. } => {
                    ensure!(price <= job.max_price, "a job cost more than was held");
                    ensure!(stage.is_none(), "a job of several has the stage of one");
                }
                JobState::Undecided { .. } => {
                    ensure!(stage.is_none(), "a job of several has the stage of one");
                }
                JobState::Completed { price, .. } => {
                    ensure!(complete, "a completed job lacks results");
                    ensure!(price <= job.max_price, "a job cost more than was held");
                }
                JobState::Expired { .. } => {
                    ensure!(
                        goes_on || Deliveries::<T>::contains_key(id),
                        "a job with all results expired"
                    );
                    ensure!(
                        stage.is_none(),
                        "a job expired after its provider committed"
                    );
                }
                JobState::Failed { .. } => {
                    ensure!(!complete, "a job with all results failed");
                    ensure!(
                        match stage {
                            None => job.mode == Mode::Proven,
                            Some(JobStage::Committed { .. }) => false,
                            Some(JobStage::Drawn { .. } | JobStage::Standing { .. }) => true,
                        },
                        "a job failed of which nothing was asked"
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
        let missed = Withheld::<T>::iter_keys()
            .chain(Reporters::<T>::iter_keys())
            .chain(Published::<T>::iter_keys());
        for id in missed {
            let job = Jobs::<T>::get(id).ok_or("a missing input has no job")?;
            ensure!(
                matches!(
                    job.state,
                    JobState::Assigned { .. } | JobState::Shared { .. }
                ),
                "an input is missed of a job that nobody works on"
            );
            let stands = Reporters::<T>::get(id).iter().any(|(_, stands)| *stands);
            ensure!(
                stands == Withheld::<T>::contains_key(id),
                "an input is missed by nobody, or a report does not count"
            );
        }
        for (id, refused) in Refused::<T>::iter() {
            ensure!(
                (1..MAX_REFUSED).contains(&refused),
                "a job goes on whose proofs were refused"
            );
            ensure!(
                Jobs::<T>::get(id).is_some_and(|job| Self::assignment(&job).is_ok()),
                "proofs are counted of a job that nobody has"
            );
        }
        for id in Challenges::<T>::iter_keys() {
            let job = Jobs::<T>::get(id).ok_or("a challenge has no job")?;
            ensure!(job.ended().is_none(), "a challenge outlives its job");
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

    /// What is kept of how jobs find their providers belongs to jobs that still need it.
    fn try_placements() -> Result<(), TryRuntimeError> {
        for id in Specials::<T>::iter_keys().chain(Passed::<T>::iter_keys()) {
            ensure!(
                Jobs::<T>::contains_key(id),
                "terms are kept of a job that is gone"
            );
        }
        for id in Starts::<T>::iter_keys() {
            ensure!(
                Jobs::<T>::get(id).is_some_and(|job| job.assigned().is_some() && job.proven == 0)
                    && !Stages::<T>::contains_key(id),
                "a start is waited for of a job that nobody has, or that has results"
            );
        }
        for (id, auction) in Auctions::<T>::iter() {
            ensure!(
                Jobs::<T>::get(id).is_some_and(|job| job.state == JobState::Open),
                "bids are kept for a job that is not open"
            );
            ensure!(
                Specials::<T>::get(id).is_some_and(|special| special.auction),
                "bids are kept for a job that is not auctioned"
            );
            let bidders: BTreeSet<_> = auction.bids.iter().map(|bid| &bid.provider).collect();
            ensure!(
                bidders.len() == auction.bids.len(),
                "a provider has bid twice"
            );
            ensure!(
                auction.bids.iter().all(|bid| bid.at <= auction.until),
                "a bid came too late"
            );
        }
        Ok(())
    }

    /// What a provider has committed to agrees with its job, and challenges with both.
    fn try_stage(
        id: &JobId,
        job: &JobOf<T>,
        stage: Option<&JobStage<BlockNumberFor<T>>>,
    ) -> Result<(), TryRuntimeError> {
        let challenges = Challenges::<T>::get(id);
        let open: BTreeSet<_> = challenges.iter().map(|challenge| challenge.batch).collect();
        ensure!(
            open.is_empty() || matches!(stage, Some(JobStage::Standing { .. })),
            "a job is challenged whose results do not stand"
        );
        let Some(stage) = stage else {
            return Ok(());
        };
        let assigned = matches!(job.state, JobState::Assigned { .. });
        let asked: BTreeSet<_> = stage.asked().into_iter().collect();
        ensure!(
            asked.len() == stage.asked().len() && asked.iter().all(|batch| *batch < job.batches),
            "a batch is asked for that there is not, or twice"
        );
        match (job.mode, stage) {
            (Mode::Sampled { .. }, JobStage::Committed { .. }) => {
                ensure!(assigned, "a job whose draw is due is not assigned");
            }
            (Mode::Sampled { .. }, JobStage::Drawn { until, .. }) => {
                ensure!(
                    asked.len() == job.proofs() as usize,
                    "not as many batches are drawn as are to be proven"
                );
                ensure!(*until >= job.deadline, "a drawn job ends early");
            }
            (
                Mode::Optimistic,
                JobStage::Standing {
                    open_until, until, ..
                },
            ) => {
                let unanswered = asked
                    .iter()
                    .copied()
                    .filter(|batch| !Results::<T>::contains_key(id, batch));
                ensure!(
                    !assigned || unanswered.eq(open),
                    "the open challenges are not those without an answer"
                );
                ensure!(
                    open_until <= until && *until <= job.deadline,
                    "results stand for too short or too long"
                );
                ensure!(
                    challenges.is_sorted_by_key(|challenge| challenge.until)
                        && challenges.iter().all(|challenge| challenge.until <= *until),
                    "an answer is due before an older one, or after the end"
                );
            }
            _ => return Err("a job has the stage of another mode".into()),
        }
        Ok(())
    }

    /// Every stored job is to be woken exactly once, no open job is to be drawn twice, and nothing
    /// lies where the cursors have been.
    fn try_agendas() -> Result<(), TryRuntimeError> {
        let mut woken = BTreeSet::new();
        let mut drawn = BTreeSet::new();
        let mut closes = BTreeMap::<JobId, Vec<BlockNumberFor<T>>>::new();
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
                    let may_outlast = Stages::<T>::contains_key(id)
                        || Panels::<T>::contains_key(id)
                        || Self::is_delivering(&id);
                    let late = may_outlast && block > job.deadline;
                    ensure!(
                        // Sooner, from before it was given more time, is too early to end it.
                        job.ended().is_some() || block <= job.deadline || late,
                        "a job would end after its last block"
                    );
                }
                Agenda::Close => closes.entry(id).or_default().push(block),
                // One that has started, or been passed on, is looked at for nothing.
                Agenda::Start => {}
                Agenda::Draw | Agenda::High | Agenda::Urgent | Agenda::Fast => {
                    let open = Jobs::<T>::get(id).is_some_and(|job| job.state == JobState::Open);
                    let committed =
                        matches!(Stages::<T>::get(id), Some(JobStage::Committed { .. }));
                    ensure!(
                        !(open || committed) || drawn.insert(id),
                        "a job is to be drawn twice"
                    );
                }
            }
        }
        for (id, blocks) in &closes {
            // Besides the one at the end of the period, there is one for each challenge; one for each
            // provider that has reported the input; and one for each stage of a panel.
            let challenged = Stages::<T>::get(id).map_or(0, |stage| stage.asked().len());
            let reported = Passed::<T>::decode_len(id).unwrap_or(0).saturating_add(1);
            ensure!(
                blocks.len() <= challenged.saturating_add(reported).saturating_add(1)
                    || Panels::<T>::contains_key(id)
                    || !Jobs::<T>::contains_key(id),
                "a job is to be closed too often"
            );
        }
        for (id, until) in Withheld::<T>::iter() {
            let waits = Jobs::<T>::get(id)
                .is_some_and(|job| Self::assignment(&job).is_ok() && Self::is_withheld(&id, &job));
            ensure!(
                !waits
                    || closes
                        .get(&id)
                        .is_some_and(|blocks| blocks.contains(&until)),
                "a job whose input is missed would wait on"
            );
        }
        for (id, stage) in Stages::<T>::iter() {
            let looked_at = |block| {
                closes
                    .get(&id)
                    .is_some_and(|blocks| blocks.contains(&block))
            };
            let due = match stage {
                JobStage::Committed { .. } => drawn.contains(&id),
                JobStage::Drawn { .. } => true,
                JobStage::Standing { until, .. } => {
                    let answers = Challenges::<T>::get(id);
                    let all = answers.iter().all(|challenge| looked_at(challenge.until));
                    (looked_at(until) && all)
                        || Jobs::<T>::get(id).is_some_and(|job| job.ended().is_some())
                }
            };
            ensure!(due, "the stage of a job would never be over");
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
        let served = Cursors::<T>::get(Agenda::Draw).map(|(block, _)| block);
        for block in Windows::<T>::iter_keys() {
            ensure!(
                served.is_some_and(|served| served <= block),
                "a window is kept for no draw"
            );
            ensure!(
                Snapshots::<T>::contains_key(block),
                "a window is kept without the active set before it"
            );
        }
        for block in Snapshots::<T>::iter_keys() {
            let recent = Self::last_due(Agenda::Draw, Self::now()).is_none_or(|due| block > due);
            ensure!(
                recent || served.is_some_and(|served| served <= block),
                "the active set of a block is kept for no draw"
            );
        }
        for block in FastWindows::<T>::iter_keys() {
            ensure!(
                !BucketLen::<T>::get(Agenda::Fast, block).is_zero(),
                "a fast window is kept for no draw"
            );
        }
        for agenda in [Agenda::Fast, Agenda::High, Agenda::Urgent] {
            ensure!(
                Self::counted(agenda) == Some(Queued::<T>::get(agenda)),
                "an agenda's entries are miscounted"
            );
        }
        for block in Decided::<T>::iter_keys() {
            ensure!(
                served.is_some_and(
                    |served| block.saturating_add(T::DrawWindow::get().into()) > served
                ),
                "what was decided is kept too long"
            );
            ensure!(
                Self::decided_until(block) <= T::MaxDrawn::get(),
                "the windows of one output decided on more than they may"
            );
        }
        Ok(())
    }
}
