//! What calls cost as the state grows.
//!
//! At each size every call is made many times on the same state, each time by and about others, in
//! blocks that are thrown away: with the trie's nodes that they need in memory, where a node that runs has
//! most of a state like these; then with none of them before each call, as after a restart.

use std::time::Duration;

use anyhow::{bail, ensure, Context, Result};
use swarmwork_runtime::{configs::marketplace::Retention, BlockNumber, UncheckedExtrinsic};

use crate::block::{
    kinds::{self, Kind},
    Applied,
};
use crate::calls::{opaque, Calls};
use crate::chain::Chain;
use crate::population::{draw_window, served_first, Deadlines, Draws, Due, Population, JOBS};
use crate::report::Growth;
use crate::work::Work;

/// Deadlines of the jobs that are to expire and of those that are to be forgotten: far from those
/// of all others.
const EXPIRE_AT: BlockNumber = 200_000;
const PRUNE_AT: BlockNumber = 210_000;
/// Blocks for which measured jobs may take.
pub const DURATION: BlockNumber = 1_000;

/// Cells that the measurements at one size use: also for what a block serves before what is
/// measured.
pub fn cells_needed(samples: u32) -> u32 {
    samples + served_first()
}

/// Brings the state to `jobs` jobs and measures there. `step` counts the sizes.
pub fn measure(
    chain: &mut Chain,
    work: &mut Work,
    people: &mut Population,
    (step, jobs): (u32, u32),
    samples: u32,
) -> Result<Vec<Growth>> {
    let first = people.cells();
    let clock = chain.head().number + 1;
    let deadlines = Deadlines {
        direct: EXPIRE_AT + step,
        cancelled: PRUNE_AT + step,
    };
    let count = cells_needed(samples);
    let draws = people.append(chain, work, count, clock, Some(deadlines))?;
    people.grow(chain, work, jobs)?;
    ensure!(
        people.jobs() == jobs,
        "the state has {} jobs and should have {jobs}: sizes must ascend, be multiples of {JOBS} \
         and leave room for {count} cells each",
        people.jobs()
    );
    let mut series = Series {
        calls: Calls {
            genesis: chain.genesis(),
        },
        chain,
        work,
        first,
        samples,
        jobs,
        found: Vec::new(),
    };
    series.transactions()?;
    series.draws(draws)?;
    series.wakes(
        "expire",
        deadlines.direct,
        deadlines.direct + 1,
        kinds::expired,
    )?;
    let forgotten = deadlines.cancelled.max(clock + Retention::get()) + 1;
    series.wakes("prune", deadlines.cancelled, forgotten, kinds::pruned)?;
    Due::NOTHING.set(series.chain)?;
    Ok(series.found)
}

/// The measurements at one size.
struct Series<'a> {
    chain: &'a mut Chain,
    work: &'a mut Work,
    calls: Calls,
    first: u32,
    samples: u32,
    jobs: u32,
    found: Vec<Growth>,
}

impl Series<'_> {
    /// Calls that depend on no agenda.
    fn transactions(&mut self) -> Result<()> {
        Due::NOTHING.set(self.chain)?;
        let next = self.chain.head().number + 1;
        let cells = self.cells();
        let calls = cells.clone().map(|cell| self.calls.remark(cell)).collect();
        self.time("remark", next, calls, kinds::charged)?;
        let calls = cells
            .clone()
            .map(|cell| self.calls.transfer(cell))
            .collect();
        self.time("transfer", next, calls, kinds::transferred)?;
        let deadline = next + DURATION;
        let submit = |cell| self.calls.submit(self.work, cell, 1, deadline);
        let calls = cells.clone().map(submit).collect();
        self.time("submit", next, calls, kinds::submitted)?;
        let mut calls = Vec::new();
        for cell in cells {
            calls.push(self.calls.settle(self.work, cell)?);
        }
        self.time("settle", next, calls, kinds::completed)
    }

    /// Draws over a full sample of providers, with the assignment.
    fn draws(&mut self, draws: Draws) -> Result<()> {
        let due = Due {
            draws: Some(draws),
            wakes: None,
        };
        due.set(self.chain)?;
        let number = self.chain.head().number + draw_window() + 1;
        self.time("assign", number, self.pokes(), kinds::assigned)
    }

    /// What happens to the jobs of one deadline in block `number`.
    fn wakes(
        &mut self,
        call: &str,
        deadline: BlockNumber,
        number: BlockNumber,
        kind: Kind,
    ) -> Result<()> {
        let due = Due {
            draws: None,
            wakes: Some(deadline),
        };
        due.set(self.chain)?;
        self.time(call, number, self.pokes(), kind)
    }

    /// A call each, of which each serves one step of the agenda that has something due.
    fn pokes(&self) -> Vec<UncheckedExtrinsic> {
        self.cells().map(|cell| self.calls.poke(cell)).collect()
    }

    fn cells(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.samples
    }

    /// Times calls, each of which must have one event of the kind: as a node that runs finds the state,
    /// and as one does that has just been started.
    fn time(
        &mut self,
        call: &str,
        number: BlockNumber,
        calls: Vec<UncheckedExtrinsic>,
        kind: Kind,
    ) -> Result<()> {
        if number > self.chain.head().number + 1 {
            self.chain.jump_to(number)?;
        }
        self.chain.rest()?;
        // What is in memory of a state that was written at once is not what running leaves there.
        self.pass(call, number, &calls, kind, Cache::Kept)?;
        let times = self.pass(call, number, &calls, kind, Cache::Kept)?;
        let cold = self.pass(call, number, &calls, kind, Cache::Emptied)?;
        self.found.push(Growth::new(call, self.jobs, times, cold));
        Ok(())
    }

    /// Times calls in a block that is thrown away.
    fn pass(
        &self,
        call: &str,
        number: BlockNumber,
        calls: &[UncheckedExtrinsic],
        kind: Kind,
        cache: Cache,
    ) -> Result<Vec<Duration>> {
        let named = || format!("measuring {call} at {} jobs", self.jobs);
        let mut open = self.chain.open_at(number).with_context(named)?;
        let mut times = Vec::new();
        for extrinsic in calls {
            if cache == Cache::Emptied {
                self.chain.forget_cache();
            }
            match open.apply(opaque(extrinsic.clone())).with_context(named)? {
                Applied::Included(took) => times.push(took),
                Applied::Full => bail!(
                    "{}: a block holds only {} of these calls; give a smaller --samples",
                    named(),
                    times.len()
                ),
            }
        }
        let events = open.finish(self.chain)?.count_in_calls(kind);
        ensure!(
            events == self.samples,
            "{}: {events} of {} calls did what is measured",
            named(),
            self.samples
        );
        Ok(times)
    }
}

/// What is there of the trie in memory before a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cache {
    /// What the calls before have left there, which were the same.
    Kept,
    /// Nothing.
    Emptied,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::full::AGE;
    use crate::run::chain_with_model;

    #[test]
    fn only_what_was_to_be_measured_is() {
        let folder = tempfile::tempdir().unwrap();
        let (mut chain, mut work) = chain_with_model(folder.path()).unwrap();
        assert!(chain.head().number > AGE);
        let mut people = Population::default();
        people.grow(&mut chain, &work, 40).unwrap();
        assert_eq!(people.jobs(), 40);
        assert!(people.take(5).unwrap_err().to_string().contains("5 unused"));
        assert_eq!(people.take(4).unwrap().len(), 4);

        Due::NOTHING.set(&mut chain).unwrap();
        let next = chain.head().number + 1;
        let mut series = Series {
            calls: Calls {
                genesis: chain.genesis(),
            },
            chain: &mut chain,
            work: &mut work,
            first: 0,
            samples: 2,
            jobs: 40,
            found: Vec::new(),
        };
        // Transfers are no submissions; nothing is due to be drawn; and nobody sends twice with
        // one nonce.
        let transfers: Vec<_> = (0..2).map(|cell| series.calls.transfer(cell)).collect();
        let measured = series.time("submit", next, transfers.clone(), kinds::submitted);
        let error = measured.unwrap_err().to_string();
        assert!(error.contains("0 of 2 calls"), "{error}");
        let pokes = series.pokes();
        assert!(series.time("assign", next, pokes, kinds::assigned).is_err());
        let twice = vec![transfers[0].clone(), transfers[0].clone()];
        assert!(series
            .time("transfer", next, twice, kinds::transferred)
            .is_err());
        assert!(series.found.is_empty());
        series
            .time("transfer", next, transfers, kinds::transferred)
            .unwrap();
        assert_eq!(series.found.len(), 1);
    }
}
