//! How much the chain takes: lifecycles of jobs, and plain transfers.
//!
//! Transfers are measured as sTPS (paritytech/polkadot-stps) defines them: between two accounts
//! that exist, neither of which has been touched before, none created or reaped; counted by the
//! blocks they are in, over the time of these blocks.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{anyhow, ensure, Result};
use frame_support::dispatch::DispatchClass;
use pallet_marketplace::{Jobs, Report};
use swarmwork_primitives::{JobId, JobState};
use swarmwork_runtime::{AccountId, Nonce, Runtime, UncheckedExtrinsic};

use crate::block::kinds;
use crate::calls::{opaque, share_of_block, share_of_class, Calls};
use crate::full::{fill, Filler};
use crate::growth::DURATION;
use crate::people::{account, pair, Role};
use crate::population::{draw_window, Due, JOBS};
use crate::report::{Paced, Rate};

/// Blocks from a job's submission to the first that can hold its result: the draw's window, one
/// in which the draw is made, and the next.
fn pipeline_blocks() -> u32 {
    draw_window() + 2
}

impl Filler<'_> {
    /// Blocks full of plain transfers.
    pub fn transfers(&mut self, blocks: u32) -> Result<Rate> {
        self.agendas_up_to_date()?;
        let calls = Calls {
            genesis: self.chain.genesis(),
        };
        let mut found = Vec::new();
        for _ in 0..blocks {
            // More than are declared to fit, since what is not used of a weight is given back.
            let most = self.at_most(1.25 / share_of_block(&calls.transfer(0)));
            let cells = self.people.take(most)?;
            let extrinsics: Vec<_> = cells
                .into_iter()
                .map(|cell| opaque(calls.transfer(cell)))
                .collect();
            let mut open = self.chain.open()?;
            let done = fill(&mut open, extrinsics)?;
            let built = open.finish(self.chain)?;
            ensure!(
                built.count_in_calls(kinds::transferred) == done,
                "a block of {done} transfers made {}",
                built.count_in_calls(kinds::transferred)
            );
            let import = self.chain.import(&built)?;
            found.push(Paced {
                done,
                build: built.took,
                import,
            });
        }
        Ok(Rate::new(&found, self.slot()))
    }

    /// Blocks full of the transactions of whole lifecycles: in each as many jobs come in as are
    /// settled, which came in [`pipeline_blocks`] before, were drawn for on chain and are proven.
    pub fn lifecycles(&mut self, blocks: u32) -> Result<Rate> {
        self.agendas_up_to_date()?;
        let mut pipeline = Pipeline {
            calls: Calls {
                genesis: self.chain.genesis(),
            },
            waiting: Vec::new(),
            ready: Vec::new(),
            nonces: HashMap::new(),
        };
        let jobs = self.lifecycles_in_a_block(&pipeline.calls)?;
        let mut found = Vec::new();
        for block in 0..pipeline_blocks() + blocks {
            let paced = self.lifecycle_block(&mut pipeline, jobs)?;
            if block >= pipeline_blocks() {
                found.push(paced);
            }
        }
        let rate = Rate::new(&found, self.slot());
        ensure!(rate.done > 0, "no job was settled in {blocks} blocks");
        Ok(rate)
    }

    /// One block: results of all that is ready, then new jobs; and proofs for the next one.
    fn lifecycle_block(&mut self, pipeline: &mut Pipeline, jobs: u32) -> Result<Paced> {
        let deadline = self.chain.head().number + DURATION;
        let count = pipeline.ready.len().min(jobs as usize);
        let results: Vec<_> = pipeline.ready.drain(..count).map(opaque).collect();
        let cells = self.people.take(jobs)?;
        let submit = |cell: &u32| opaque(pipeline.calls.submit(self.work, *cell, 1, deadline));
        let submissions: Vec<_> = cells.iter().map(submit).collect();

        let mut open = self.chain.open()?;
        let settled = fill(&mut open, results)?;
        let submitted = fill(&mut open, submissions)?;
        ensure!(
            settled as usize == count && submitted == jobs,
            "a block has room for {settled} of {count} results and {submitted} of {jobs} jobs"
        );
        let built = open.finish(self.chain)?;
        let done = built.count_in_calls(kinds::completed);
        ensure!(done == settled, "{settled} results settled {done} jobs");
        let import = self.chain.import(&built)?;

        // Each cell's requester has submitted its first jobs when the state was written.
        let id = |cell: u32| self.work.job(&account(&pair(Role::Requester, cell)), JOBS);
        pipeline.waiting.extend(cells.into_iter().map(id));
        self.prove_assigned(pipeline)?;
        Ok(Paced {
            done,
            build: built.took,
            import,
        })
    }

    /// Proves the jobs that have found a provider by now.
    fn prove_assigned(&mut self, pipeline: &mut Pipeline) -> Result<()> {
        let assigned: Vec<Option<AccountId>> = self.chain.read(|| {
            let provider = |id: &JobId| match Jobs::<Runtime>::get(id)?.state {
                JobState::Assigned { provider, .. } => Some(provider),
                _ => None,
            };
            pipeline.waiting.iter().map(provider).collect()
        })?;
        let waiting = std::mem::take(&mut pipeline.waiting);
        for (job, provider) in waiting.into_iter().zip(assigned) {
            let Some(provider) = provider else {
                pipeline.waiting.push(job);
                continue;
            };
            let cell = self.people.cell_of(&provider);
            let cell = cell.ok_or_else(|| anyhow!("a job was drawn for an unknown provider"))?;
            let report = Report {
                job,
                batch: 0,
                proof: self.work.prove(job, &provider)?,
                output: self.work.result(),
            };
            let nonce = pipeline.next_nonce(self, cell)?;
            let extrinsic = pipeline.calls.report_drawn(cell, nonce, report);
            pipeline.ready.push(extrinsic);
        }
        Ok(())
    }

    /// How many jobs may come in and be settled in a block, by what the transactions of one weigh in a
    /// block that is thrown away. Before each is made, there must be room for all that it declares.
    fn lifecycles_in_a_block(&mut self, calls: &Calls) -> Result<u32> {
        let deadline = self.chain.head().number + DURATION;
        let settle = calls.settle(self.work, 0)?;
        let declared = share_of_block(&settle);
        let sample = vec![
            opaque(calls.submit(self.work, 0, 1, deadline)),
            opaque(settle),
        ];
        let mut open = self.chain.open()?;
        let done = fill(&mut open, sample)?;
        ensure!(done == 2, "an empty block has room for {done} of 2 calls");
        let spent = open.finish(self.chain)?.spent();
        let share = share_of_class(DispatchClass::Normal, spent);
        Ok(self.at_most((1.0 - declared) / share))
    }

    /// Both agendas go on from the next block, with nothing overdue.
    fn agendas_up_to_date(&mut self) -> Result<()> {
        Due::nothing_before_next(self.chain)
    }

    /// So many calls, of which there is at least one and at most the limit of a block.
    fn at_most(&self, calls: f64) -> u32 {
        // As a cast, it saturates; rounding down leaves room for the block's own weight.
        (calls.floor() as u32).clamp(1, self.most_calls)
    }

    fn slot(&self) -> Duration {
        Duration::from_millis(self.chain.slot_millis())
    }
}

/// Jobs on their way.
struct Pipeline {
    calls: Calls,
    /// Submitted and not yet drawn for.
    waiting: Vec<JobId>,
    /// Results that the next block may hold.
    ready: Vec<UncheckedExtrinsic>,
    /// Of workers that have reported.
    nonces: HashMap<u32, Nonce>,
}

impl Pipeline {
    /// The nonce of a worker's next transaction, which must then be sent.
    fn next_nonce(&mut self, filler: &Filler<'_>, cell: u32) -> Result<Nonce> {
        let nonce = match self.nonces.get(&cell) {
            Some(nonce) => *nonce,
            None => {
                let worker = account(&pair(Role::Worker, cell));
                filler
                    .chain
                    .read(|| swarmwork_runtime::System::account_nonce(&worker))?
            }
        };
        self.nonces.insert(cell, nonce + 1);
        Ok(nonce)
    }
}
