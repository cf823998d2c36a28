//! One run: the state grows and is measured at each size, then full blocks are made on the largest.

use std::path::Path;
use std::time::Instant;

use anyhow::{bail, ensure, Context, Result};

use crate::block::Applied;
use crate::calls::opaque;
use crate::chain::{Chain, AUTHOR};
use crate::full::{Filler, AGE, LIMIT_MS};
use crate::growth;
use crate::people::sign;
use crate::population::{set_price_floor, Population, JOBS, LOWEST_FLOOR};
use crate::rates::Lifecycle;
use crate::report::{Rates, Report};
use crate::storage;
use crate::work::Work;

/// What to measure.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sizes of the state in jobs, ascending.
    entries: Vec<u32>,
    /// Calls of each kind at each size.
    samples: u32,
    /// Full blocks of each kind.
    blocks: u32,
    /// Most calls in a block, even if there is room for more.
    most_calls: u32,
}

impl Settings {
    /// Checks that there is something to measure and room for it.
    pub fn new(entries: Vec<u32>, samples: u32, blocks: u32) -> Result<Self> {
        ensure!(samples > 0, "--samples must be at least 1");
        ensure!(blocks > 0, "--blocks must be at least 1");
        ensure!(!entries.is_empty(), "--entries needs at least one size");
        let least = growth::cells_needed(samples) * JOBS;
        let mut before = 0;
        for size in &entries {
            ensure!(
                size % JOBS == 0,
                "--entries: {size} is not a multiple of {JOBS}"
            );
            ensure!(
                *size >= before + least,
                "--entries: {size} must be at least {}, since each size needs {least} jobs of its \
                 own to measure with",
                before + least
            );
            before = *size;
        }
        Ok(Self {
            entries,
            samples,
            blocks,
            most_calls: u32::MAX,
        })
    }
}

/// Measures everything; `say` tells how far it is.
pub fn run(settings: &Settings, folder: &Path, say: &mut dyn FnMut(String)) -> Result<Report> {
    let began = Instant::now();
    let mut say = |what: String| say(format!("[{:>5.0} s] {what}", began.elapsed().as_secs_f64()));
    let (mut chain, mut work) = chain_with_model(folder)?;
    let mut people = Population::default();
    let mut growth = Vec::new();
    for (step, jobs) in (0u32..).zip(settings.entries.iter().copied()) {
        say(format!("growing the state to {jobs} jobs, then measuring"));
        let size = (step, jobs);
        growth.extend(growth::measure(
            &mut chain,
            &mut work,
            &mut people,
            size,
            settings.samples,
        )?);
    }

    say("reading and writing keys".into());
    let storage = storage::measure(&mut chain)?;
    let mut filler = Filler {
        chain: &mut chain,
        work: &mut work,
        people: &mut people,
        most_calls: settings.most_calls,
    };
    say("measuring full blocks".into());
    let worst = filler.worst_blocks(settings.blocks)?;
    say("measuring transfers".into());
    let transfers = filler.transfers(settings.blocks)?;
    say("measuring lifecycles".into());
    let mut lifecycles = |of| filler.lifecycles(of, settings.blocks);
    let rates = Rates {
        held: lifecycles(Lifecycle::Held)?,
        drawn: lifecycles(Lifecycle::Drawn)?,
        direct: lifecycles(Lifecycle::Direct)?,
        transfers,
    };
    say("done".into());
    let limits = (LIMIT_MS, chain.slot_millis());
    Ok(Report::new(growth, storage, worst, rates, limits))
}

/// A new chain on which the model is registered, old enough for jobs past their deadline and for
/// draws with their seeds.
pub fn chain_with_model(folder: &Path) -> Result<(Chain, Work)> {
    let mut chain = Chain::new(folder)?;
    let work = Work::new(chain.genesis(), &AUTHOR.to_account_id())?;
    register(&mut chain, &work)?;
    set_price_floor(&mut chain, LOWEST_FLOOR)?;
    chain.pass(AGE)?;
    Ok((chain, work))
}

/// Registers the circuit and the model by transactions of their owner.
fn register(chain: &mut Chain, work: &Work) -> Result<()> {
    let calls = work.registration()?;
    let mut open = chain.open()?;
    for (nonce, call) in (0u32..).zip(calls) {
        let extrinsic = sign(chain.genesis(), &AUTHOR.pair(), nonce, call);
        let applied = open.apply(opaque(extrinsic));
        if let Applied::Full = applied.context("registering the model")? {
            bail!("an empty block has no room to register a model");
        }
    }
    let built = open.finish(chain)?;
    chain.import(&built)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarmwork_runtime::Runtime;

    /// Draws and expiries that every block serves before its transactions.
    fn every_block_serves() -> u32 {
        use frame_support::traits::Get;
        let draws: u32 = <Runtime as pallet_marketplace::Config>::DrawsPerBlock::get();
        let wakes: u32 = <Runtime as pallet_marketplace::Config>::WakesPerBlock::get();
        draws + wakes
    }

    #[test]
    fn a_small_run_measures_everything() {
        let mut settings = Settings::new(vec![200, 1_500], 4, 1).unwrap();
        settings.most_calls = 3;
        let folder = tempfile::tempdir().unwrap();
        let mut steps = 0;
        let report = run(&settings, folder.path(), &mut |_| steps += 1).unwrap();

        let calls = [
            "remark", "transfer", "submit", "settle", "assign", "expire", "prune",
        ];
        let measured: Vec<_> = report
            .growth
            .iter()
            .map(|g| (g.call.as_str(), g.entries))
            .collect();
        let expected: Vec<_> = [200, 1_500]
            .into_iter()
            .flat_map(|size| calls.map(|call| (call, size)))
            .collect();
        assert_eq!(measured, expected);
        assert!(report.growth.iter().all(|g| g.us > 0.0 && g.cold_us > 0.0));
        // A proof is checked in settling, and in nothing else.
        let us = |call: &str| report.growth.iter().find(|g| g.call == call).unwrap().us;
        assert!(us("settle") > 2.0 * us("remark"), "{:?}", report.growth);

        let storage = report.storage;
        assert!(
            storage.keys > 0 && storage.booked_read_us > 0.0,
            "{storage:?}"
        );

        assert_eq!(report.worst_blocks.len(), 6);
        for block in &report.worst_blocks {
            assert_eq!(block.calls, 3, "{block:?}");
            assert!(block.served >= every_block_serves(), "{block:?}");
            assert!(block.import_ms > 0.0 && block.import_ms <= report.worst_block_ms);
            assert!(block.weight_ms <= LIMIT_MS, "{block:?}");
        }
        // Of the results in a call all are accepted, or the one is named that is refused.
        let jobs = report.worst_blocks.iter().map(|block| block.jobs);
        assert_eq!(jobs.collect::<Vec<_>>(), [3, 3, 3, 15, 3, 3]);
        assert_eq!((report.transfers.done, report.transfers.blocks), (3, 1));
        assert_eq!((report.lifecycles.done, report.lifecycles.blocks), (3, 1));
        let direct = report.direct_lifecycles;
        assert_eq!((direct.done, direct.blocks), (3, 1));
        // At the price floor the draws of a block leave room for two.
        let drawn = report.drawn_lifecycles;
        assert_eq!((drawn.done, drawn.blocks), (2, 1));
        // Three in a block of 2 s, unless this machine takes longer.
        assert!(report.transfers_per_s <= 1.5 && report.lifecycles_per_s <= 1.5);
        assert!(report.direct_lifecycles_per_s <= 1.5 && report.drawn_lifecycles_per_s <= 1.0);
        assert!(steps > 0 && !report.lines().is_empty());
    }

    #[test]
    fn settings_that_cannot_be_measured_are_refused_by_name() {
        let refused = |entries: &[u32], samples, blocks| {
            let settings = Settings::new(entries.to_vec(), samples, blocks);
            settings.unwrap_err().to_string()
        };
        assert!(refused(&[1_000], 0, 1).contains("--samples"));
        assert!(refused(&[1_000], 4, 0).contains("--blocks"));
        assert!(refused(&[], 4, 1).contains("--entries"));
        assert!(refused(&[1_001], 4, 1).contains("multiple of 10"));
        let least = growth::cells_needed(4) * JOBS;
        let said = |size| format!("at least {size}");
        assert!(refused(&[least - JOBS], 4, 1).contains(&said(least)));
        assert!(refused(&[1_000, 1_010], 4, 1).contains(&said(1_000 + least)));
        assert!(Settings::new(vec![least, 2 * least], 4, 1).is_ok());
    }
}
