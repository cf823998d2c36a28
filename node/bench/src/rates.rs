//! How much the chain takes: lifecycles of jobs, and plain transfers.
//!
//! What blocks hold of lifecycles is more than the draws of a network's chain let through, so both are
//! measured, and what needs no draw.
//!
//! Transfers are measured as sTPS (paritytech/polkadot-stps) defines them: between two accounts
//! that exist, neither of which has been touched before, none created or reaped; counted by the
//! blocks they are in, over the time of these blocks.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{anyhow, ensure, Result};
use frame_support::dispatch::DispatchClass;
use pallet_marketplace::{Config, Jobs, Report, Running};
use swarmwork_primitives::{Assignment, JobId, JobState};
use swarmwork_runtime::{
    configs::providers::{MAX_CONCURRENT_JOBS, PRICE_FLOOR},
    AccountId, Balance, BlockNumber, Nonce, Runtime, UncheckedExtrinsic,
};

use crate::block::kinds;
use crate::calls::{opaque, share_of_block, share_of_class, Calls};
use crate::full::{fill, take_one, Filler};
use crate::people::{account, pair, Role};
use crate::population::{draw_window, set_price_floor, Due, JOBS, LOWEST_FLOOR, MAX_PRICE};
use crate::report::{Paced, Rate};

/// Blocks that jobs may take: so few that a price at the floor pays for the provider's slot.
const DURATION: BlockNumber = 500;

/// Whose lifecycles are measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifecycle {
    /// Jobs that are drawn for and cost next to nothing: so many as blocks hold.
    Held,
    /// Jobs that are drawn for at the price floor of a network: so many as its draws let through.
    Drawn,
    /// Jobs whose requester names a provider, at that floor: nothing is drawn.
    Direct,
}

impl Lifecycle {
    /// The least price of a job.
    fn price_floor(self) -> Balance {
        match self {
            Self::Held => LOWEST_FLOOR,
            Self::Drawn | Self::Direct => PRICE_FLOOR,
        }
    }

    /// What a job offers.
    fn max_price(self) -> Balance {
        match self {
            // A draw is put off by what its job might cost: who offers the least is drawn soonest.
            Self::Drawn => PRICE_FLOOR,
            Self::Held | Self::Direct => MAX_PRICE,
        }
    }

    /// How a cell's job finds its provider.
    fn assignment(self, cell: u32) -> Assignment<AccountId> {
        match self {
            Self::Held | Self::Drawn => Assignment::Swarm,
            Self::Direct => Assignment::Direct(account(&pair(Role::Controller, cell))),
        }
    }

    /// Blocks from a job's submission to the first that can hold its result.
    fn pipeline_blocks(self) -> u32 {
        match self {
            // The draw's window, one in which the draw is made, and the next.
            Self::Held | Self::Drawn => draw_window() + 2,
            Self::Direct => 1,
        }
    }

    /// Most jobs in a block, whatever there is room for.
    fn at_most(self) -> u32 {
        match self {
            Self::Drawn => drawn_in_a_window() / draw_window(),
            Self::Held | Self::Direct => u32::MAX,
        }
    }
}

/// How many jobs at the price floor are drawn at most in as many blocks as share an output.
fn drawn_in_a_window() -> u32 {
    let jobs = <Runtime as Config>::MaxDrawn::get() / PRICE_FLOOR;
    u32::try_from(jobs).unwrap_or(u32::MAX)
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
    /// settled, which came in [`Lifecycle::pipeline_blocks`] before, have found their provider on chain
    /// and are proven.
    pub fn lifecycles(&mut self, of: Lifecycle, blocks: u32) -> Result<Rate> {
        set_price_floor(self.chain, of.price_floor())?;
        self.agendas_up_to_date()?;
        let mut pipeline = Pipeline {
            of,
            calls: Calls {
                genesis: self.chain.genesis(),
            },
            waiting: Vec::new(),
            ready: Vec::new(),
            nonces: HashMap::new(),
        };
        let jobs = self.lifecycles_in_a_block(&pipeline)?;
        let mut found = Vec::new();
        for block in 0..of.pipeline_blocks() + blocks {
            let paced = self.lifecycle_block(&mut pipeline, jobs)?;
            if block >= of.pipeline_blocks() {
                found.push(paced);
            }
        }
        set_price_floor(self.chain, LOWEST_FLOOR)?;
        let rate = Rate::new(&found, self.slot());
        ensure!(rate.done > 0, "no job was settled in {blocks} blocks");
        Ok(rate)
    }

    /// One block: results of all that is ready, then new jobs; and proofs for the next one.
    fn lifecycle_block(&mut self, pipeline: &mut Pipeline, jobs: u32) -> Result<Paced> {
        let count = pipeline.ready.len().min(jobs as usize);
        let results: Vec<_> = pipeline.ready.drain(..count).map(opaque).collect();
        let cells = self.cells(pipeline.of, jobs)?;
        let submit = |cell: &u32| opaque(self.submission(pipeline, *cell));
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
            let extrinsic = pipeline.calls.result(cell, nonce, report);
            pipeline.ready.push(extrinsic);
        }
        Ok(())
    }

    /// How many jobs may come in and be settled in a block, by what the transactions of one weigh in a
    /// block that is thrown away. Before each is made, there must be room for all that it declares.
    fn lifecycles_in_a_block(&mut self, pipeline: &Pipeline) -> Result<u32> {
        let of = pipeline.of;
        let cell = self.cells(of, 1)?[0];
        // One of the jobs that the cell's provider has from the first.
        let report = pipeline
            .calls
            .report(self.work, cell, 0, Role::Controller)?;
        let nonce = self.worker_nonce(cell)?;
        let settle = pipeline.calls.result(cell, nonce, report);
        let declared = share_of_block(&settle);
        let sample = vec![opaque(self.submission(pipeline, cell)), opaque(settle)];
        let mut open = self.chain.open()?;
        let done = fill(&mut open, sample)?;
        ensure!(done == 2, "an empty block has room for {done} of 2 calls");
        let spent = open.finish(self.chain)?.spent();
        let share = share_of_class(DispatchClass::Normal, spent);
        let room = self.at_most((1.0 - declared) / share);
        Ok(room.min(of.at_most().max(1)))
    }

    /// A cell's job, its requester's first transaction.
    fn submission(&self, pipeline: &Pipeline, cell: u32) -> UncheckedExtrinsic {
        let of = pipeline.of;
        let deadline = self.chain.head().number + DURATION;
        let assignment = of.assignment(cell);
        pipeline
            .calls
            .submit_for(self.work, cell, 1, deadline, of.max_price(), assignment)
    }

    /// Cells that are not used yet; where they name their own provider, it has room for another job.
    fn cells(&mut self, of: Lifecycle, count: u32) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        while found.len() < count as usize {
            let cell = take_one(self.people)?;
            if of != Lifecycle::Direct || self.has_room(cell)? {
                found.push(cell);
            }
        }
        Ok(found)
    }

    /// Whether a cell's provider may be given another job.
    fn has_room(&self, cell: u32) -> Result<bool> {
        let provider = account(&pair(Role::Controller, cell));
        let running = self
            .chain
            .read(|| Running::<Runtime>::get(&provider).len())?;
        Ok(running < MAX_CONCURRENT_JOBS as usize)
    }

    /// The nonce of the next transaction of a cell's worker, in the state of the last block.
    fn worker_nonce(&self, cell: u32) -> Result<Nonce> {
        let worker = account(&pair(Role::Worker, cell));
        self.chain
            .read(|| swarmwork_runtime::System::account_nonce(&worker))
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
    of: Lifecycle,
    calls: Calls,
    /// Submitted, with no provider yet.
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
            None => filler.worker_nonce(cell)?,
        };
        self.nonces.insert(cell, nonce + 1);
        Ok(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_take_in_all_that_the_draws_of_a_window_let_through() {
        let each = Lifecycle::Drawn.at_most();
        assert!(each > 0);
        // Or the rate would be less than the bound.
        assert_eq!(each * draw_window(), drawn_in_a_window());
        // A price at the floor is for the slot, too.
        let slot = <Runtime as Config>::SlotPrice::get() * Balance::from(DURATION);
        assert!(slot <= PRICE_FLOOR);
    }
}
