//! Who and what is in the state: cells of one requester, one provider and ten jobs each.
//!
//! Everything is written by the pallets' own calls, so records, holds, agendas and indices are what
//! they would be had the calls come in transactions.

use std::collections::HashMap;

use anyhow::{anyhow, ensure, Result};
use frame_support::{
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use pallet_governance::PriceFloor;
use pallet_marketplace::{Agenda, BucketLen, Config, Cursors, Snapshot, Snapshots, Windows};
use rand::{rngs::StdRng, seq::SliceRandom, SeedableRng};
use sp_core::Pair;
use sp_runtime::DispatchError;
use swarmwork_primitives::{worker_message, Assignment, Providers as _, Url, WorkerConsent, UNIT};
use swarmwork_runtime::{
    configs::providers::MinimumBond, AccountId, Balance, Balances, BlockNumber, Hash, Marketplace,
    Providers, Runtime, RuntimeOrigin, Signature, System,
};

use crate::chain::Chain;
use crate::people::{account, pair, Role};
use crate::work::Work;

/// Jobs of a cell that its own provider works on. They are its requester's first.
pub const DIRECT: u32 = 5;
/// Jobs of a cell that wait for a draw.
pub const OPEN: u32 = 3;
/// Jobs of a cell that were withdrawn, and are kept for readers.
pub const CANCELLED: u32 = 2;
/// Jobs of a cell.
pub const JOBS: u32 = DIRECT + OPEN + CANCELLED;

/// What a job may cost at most: far above what it will, so that settling also refunds; enough for the
/// slot until any deadline but those far away; and so little that it puts no draw off.
pub const MAX_PRICE: Balance = UNIT;
/// The price floor while blocks are filled: far lower than governance can set it, or a few draws would
/// decide on all that an output may.
pub const LOWEST_FLOOR: Balance = 1;
/// Tokens per 10^9 multiply-accumulates.
const ASK: Balance = UNIT;
const REQUESTER_FUNDS: Balance = 300 * UNIT;
const WORKER_FUNDS: Balance = 10 * UNIT;
/// Cells that one block of written state brings.
const CELLS_PER_BLOCK: u32 = 5_000;
/// First deadline of jobs that are not to end while this runs, and how many share one.
const FAR_DEADLINE: BlockNumber = 8_000;
const JOBS_PER_DEADLINE: u32 = 1_024;
/// A block in which nothing is due: an agenda whose cursor is there rests.
const NEVER: BlockNumber = BlockNumber::MAX / 2;

/// Blocks after its own whose VRF outputs seed a draw; it is made in the one after them.
pub fn draw_window() -> BlockNumber {
    <Runtime as Config>::DrawWindow::get()
}

/// Most steps of an agenda that a block serves before its transactions.
pub fn served_first() -> u32 {
    let draws: u32 = <Runtime as Config>::DrawsPerBlock::get();
    draws.max(<Runtime as Config>::WakesPerBlock::get())
}

/// Sets the least price of a job, in a block of its own.
pub fn set_price_floor(chain: &mut Chain, price: Balance) -> Result<()> {
    let clock = chain.head().number + 1;
    chain.write(clock, || {
        PriceFloor::<Runtime>::put(price);
        Ok(())
    })
}

/// When the jobs of new cells end.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Of those that a provider works on.
    pub direct: BlockNumber,
    /// Of those that were withdrawn.
    pub cancelled: BlockNumber,
}

/// Where the entries of new cells begin in the agenda of draws.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    pub block: BlockNumber,
    pub index: u32,
}

#[derive(Default)]
pub struct Population {
    cells: u32,
    /// By the provider's controller account.
    cell_of: HashMap<AccountId, u32>,
    /// Cells whose accounts have sent nothing yet.
    fresh: Vec<u32>,
}

impl Population {
    /// Jobs in the state, but for those that measurements have added.
    pub fn jobs(&self) -> u32 {
        self.cells * JOBS
    }

    /// How many cells there are: the number of the next one.
    pub fn cells(&self) -> u32 {
        self.cells
    }

    /// The cell of a provider.
    pub fn cell_of(&self, provider: &AccountId) -> Option<u32> {
        self.cell_of.get(provider).copied()
    }

    /// Brings the state to so many jobs, none of which ends while this runs.
    pub fn grow(&mut self, chain: &mut Chain, work: &Work, jobs: u32) -> Result<()> {
        let target = jobs / JOBS;
        while self.cells < target {
            let from = self.cells;
            let count = CELLS_PER_BLOCK.min(target - from);
            let clock = chain.head().number + 1;
            self.append(chain, work, count, clock, None)?;
            self.fresh.extend(from..from + count);
        }
        self.fresh.shuffle(&mut StdRng::seed_from_u64(2));
        Ok(())
    }

    /// Adds cells in one block, written as if in block `clock`. Jobs that run and jobs that were
    /// withdrawn have their deadline when `deadlines` says, or else none while this runs.
    pub fn append(
        &mut self,
        chain: &mut Chain,
        work: &Work,
        count: u32,
        clock: BlockNumber,
        deadlines: Option<Deadlines>,
    ) -> Result<Draws> {
        let genesis = chain.genesis();
        let first = self.cells;
        let draws = chain.write(clock, || {
            let index = BucketLen::<Runtime>::get(Agenda::Draw, clock);
            for cell in first..first + count {
                // Long enough before its jobs to be drawn for them.
                let freeze = <Runtime as Config>::FreezeRound::get();
                System::set_block_number(clock.saturating_sub(freeze));
                write_provider(&genesis, clock, cell)?;
                System::set_block_number(clock);
                for index in 0..DIRECT + OPEN {
                    write_job(work, cell, index, deadlines)?;
                }
            }
            // Last, so that the draws of jobs that wait for one come first in their bucket.
            for cell in first..first + count {
                for index in DIRECT + OPEN..JOBS {
                    write_job(work, cell, index, deadlines)?;
                }
            }
            Ok(Draws {
                block: clock,
                index,
            })
        })?;
        for cell in first..first + count {
            self.cell_of
                .insert(account(&pair(Role::Controller, cell)), cell);
        }
        self.cells += count;
        Ok(draws)
    }

    /// Cells anywhere in the state whose accounts have sent nothing yet; each is given once.
    pub fn take(&mut self, count: u32) -> Result<Vec<u32>> {
        let left = self.fresh.len();
        ensure!(
            count as usize <= left,
            "{count} unused cells of {JOBS} jobs are needed, and {left} are left: let the last of \
             --entries be larger"
        );
        Ok(self.fresh.split_off(left - count as usize))
    }
}

/// The agendas' cursors: what the next block finds due.
pub struct Due {
    /// Draws from here on, seeded by this window.
    pub draws: Option<Draws>,
    /// Jobs to look at again, from this block on.
    pub wakes: Option<BlockNumber>,
}

impl Due {
    /// All agendas rest.
    pub const NOTHING: Self = Self {
        draws: None,
        wakes: None,
    };

    /// All agendas go on from the next block: what is due before it is left behind.
    pub fn nothing_before_next(chain: &mut Chain) -> Result<()> {
        let clock = chain.head().number + 1;
        chain.write(clock, || {
            for agenda in [Agenda::Draw, Agenda::Start, Agenda::Close, Agenda::Wake] {
                Cursors::<Runtime>::insert(agenda, (clock, 0));
            }
            Ok(())
        })
    }

    /// Sets the cursors in a block of their own.
    pub fn set(&self, chain: &mut Chain) -> Result<()> {
        let clock = chain.head().number + 1;
        chain.write(clock, || {
            match self.draws {
                Some(Draws { block, index }) => {
                    Cursors::<Runtime>::insert(Agenda::Draw, (block, index));
                    let outputs = vec![Hash::repeat_byte(1); draw_window() as usize];
                    Windows::<Runtime>::insert(block, BoundedVec::truncate_from(outputs));
                    // Of the active set as it is, so that every provider can be drawn.
                    let snapshot = Snapshot {
                        count: Providers::active_count(),
                        block: clock,
                    };
                    Snapshots::<Runtime>::insert(block, snapshot);
                }
                None => Cursors::<Runtime>::insert(Agenda::Draw, (NEVER, 0)),
            }
            // No results stand to be challenged, and no job must be started in time.
            Cursors::<Runtime>::insert(Agenda::Close, (NEVER, 0));
            Cursors::<Runtime>::insert(Agenda::Start, (NEVER, 0));
            Cursors::<Runtime>::insert(Agenda::Wake, (self.wakes.unwrap_or(NEVER), 0));
            Ok(())
        })
    }
}

/// A cell's accounts, and its provider's registration.
fn write_provider(genesis: &Hash, clock: BlockNumber, cell: u32) -> Result<()> {
    let requester = account(&pair(Role::Requester, cell));
    let controller = account(&pair(Role::Controller, cell));
    let worker_pair = pair(Role::Worker, cell);
    let worker = account(&worker_pair);
    for (who, amount) in [
        (&requester, REQUESTER_FUNDS),
        (&controller, MinimumBond::get() + UNIT),
        (&worker, WORKER_FUNDS),
    ] {
        Balances::mint_into(who, amount).map_err(|error| unwritten(cell, error))?;
    }
    let message = worker_message(genesis, &controller, u64::from(clock));
    let consent = WorkerConsent {
        until: clock,
        signature: Signature::Sr25519(worker_pair.sign(&message)),
    };
    Providers::register_provider(
        RuntimeOrigin::signed(controller),
        worker,
        consent,
        MinimumBond::get(),
        ASK,
        Url::truncate_from(format!("https://provider-{cell}.example.org").into_bytes()),
        false,
    )
    .map_err(|error| unwritten(cell, error))
}

/// The `index`-th job of a cell.
fn write_job(work: &Work, cell: u32, index: u32, deadlines: Option<Deadlines>) -> Result<()> {
    let requester = account(&pair(Role::Requester, cell));
    let direct = index < DIRECT;
    let withdrawn = index >= DIRECT + OPEN;
    let deadline = match deadlines {
        Some(deadlines) if direct => deadlines.direct,
        Some(deadlines) if withdrawn => deadlines.cancelled,
        _ => FAR_DEADLINE + (cell * JOBS + index) / JOBS_PER_DEADLINE,
    };
    let slot = <Runtime as Config>::SlotPrice::get() * Balance::from(deadline);
    let assignment = if direct {
        Assignment::Direct(account(&pair(Role::Controller, cell)))
    } else {
        Assignment::Swarm
    };
    Marketplace::submit_job(
        RuntimeOrigin::signed(requester.clone()),
        work.model(),
        work.input(),
        work.commitments(1),
        MAX_PRICE.max(slot),
        deadline,
        assignment,
    )
    .map_err(|error| unwritten(cell, error))?;
    if withdrawn {
        let job = work.job(&requester, index);
        Marketplace::cancel_job(RuntimeOrigin::signed(requester), job)
            .map_err(|error| unwritten(cell, error))?;
    }
    Ok(())
}

fn unwritten(cell: u32, error: DispatchError) -> anyhow::Error {
    anyhow!("cell {cell} of the state cannot be written: {error:?}")
}
