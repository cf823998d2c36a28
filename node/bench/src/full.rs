//! Blocks as full as their weight allows, made and imported.

use anyhow::{ensure, Context, Result};
use pallet_marketplace::ResultRefusal;
use sp_runtime::{DispatchError, DispatchOutcome, OpaqueExtrinsic};
use swarmwork_primitives::MAX_BATCHES;
use swarmwork_runtime::{
    configs::{marketplace::MinJobDuration, system::MAX_BLOCK_WEIGHT},
    BlockNumber, Runtime,
};

use crate::block::{kinds, Applied, Built, Open};
use crate::calls::{opaque, share_of_block, Calls};
use crate::chain::Chain;
use crate::growth::DURATION;
use crate::population::{Deadlines, Due, Population, DIRECT};
use crate::report::{millis, FullBlock};
use crate::work::Work;

/// Cells whose jobs fall due in a measured block: 180 draws and 300 expiries, more than its hooks
/// have weight for.
const DUE_CELLS: u32 = 60;
/// Age of the jobs that fall due: longer than the shortest there may be.
pub const AGE: BlockNumber = MinJobDuration::get() + 10;
/// Milliseconds that a block's weight may add up to.
pub const LIMIT_MS: f64 = MAX_BLOCK_WEIGHT.ref_time() as f64 / 1e9;

/// The kinds of blocks.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The most jobs: one batch each.
    Submit,
    /// The most batches: as many as a job may have.
    SubmitLargest,
    /// One result, and so one proof, in each call.
    Settle,
    /// Several results in each call.
    SettleTogether,
    /// One result in each call, whose proof does not hold.
    Refuse,
    /// Several results in each call, of which the last one's proof does not hold.
    RefuseTogether,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Submit,
        Self::SubmitLargest,
        Self::Settle,
        Self::SettleTogether,
        Self::Refuse,
        Self::RefuseTogether,
    ];

    fn name(self) -> String {
        match self {
            Self::Submit => "jobs of 1 batch".into(),
            Self::SubmitLargest => format!("jobs of {MAX_BATCHES} batches"),
            Self::Settle => "results, each alone".into(),
            Self::SettleTogether => format!("results, {DIRECT} in a call"),
            Self::Refuse => "refused, each alone".into(),
            Self::RefuseTogether => format!("refused, the last of {DIRECT}"),
        }
    }

    /// What each of its calls must come to.
    fn expected(self) -> DispatchOutcome {
        let wrong: DispatchError = pallet_circuits::Error::<Runtime>::EquationFailed.into();
        match (self, wrong) {
            (Self::Refuse, wrong) => Err(wrong),
            (Self::RefuseTogether, DispatchError::Module(module)) => {
                let refusal = ResultRefusal {
                    entry: DIRECT as u8 - 1,
                    pallet: module.index,
                    error: module.error[0],
                };
                Err(pallet_marketplace::Error::<Runtime>::ResultRefused(refusal).into())
            }
            _ => Ok(()),
        }
    }

    /// The event that each of its calls has, or several of them.
    fn event(self) -> kinds::Kind {
        match self {
            Self::Submit | Self::SubmitLargest => kinds::submitted,
            Self::Settle | Self::SettleTogether => kinds::completed,
            Self::Refuse | Self::RefuseTogether => kinds::refused,
        }
    }
}

/// Where full blocks come from.
pub struct Filler<'a> {
    pub chain: &'a mut Chain,
    pub work: &'a mut Work,
    pub people: &'a mut Population,
    /// Most calls in a block, even if there is room for more.
    pub most_calls: u32,
}

impl Filler<'_> {
    /// `blocks` full blocks of each kind.
    pub fn worst_blocks(&mut self, blocks: u32) -> Result<Vec<FullBlock>> {
        let mut found = Vec::new();
        for kind in Kind::ALL {
            for _ in 0..blocks {
                let block = self.worst_block(kind);
                found.push(block.with_context(|| format!("a block full of {}", kind.name()))?);
            }
        }
        Ok(found)
    }

    /// One full block, in which also more draws and expiries are due than its hooks can serve.
    fn worst_block(&mut self, kind: Kind) -> Result<FullBlock> {
        self.fall_due()?;
        // A block finds what came before it written down: it comes a slot later.
        self.chain.rest()?;
        let calls = Calls {
            genesis: self.chain.genesis(),
        };
        let deadline = self.chain.head().number + DURATION;
        let mut open = self.chain.open()?;
        let mut count = 0;
        while count < self.most_calls {
            let cell = take_one(self.people)?;
            let extrinsic = match kind {
                Kind::Submit => calls.submit(self.work, cell, 1, deadline),
                Kind::SubmitLargest => calls.submit(self.work, cell, MAX_BATCHES, deadline),
                Kind::Settle => calls.settle(self.work, cell)?,
                Kind::SettleTogether => calls.settle_together(self.work, cell)?,
                // Of each job one at most: the third refusal would end it.
                Kind::Refuse => calls.refuse(self.work, cell)?,
                Kind::RefuseTogether => calls.refuse_together(self.work, cell)?,
            };
            ensure!(
                share_of_block(&extrinsic) <= 1.0,
                "no block has room for one of them"
            );
            match open.apply_expecting(opaque(extrinsic), kind.expected())? {
                Applied::Included(_) => count += 1,
                Applied::Full => break,
            }
        }
        let built = open.finish(self.chain)?;
        let import = self.chain.import(&built)?;
        let jobs = built.count_in_calls(kind.event());
        ensure!(count > 0 && jobs >= count, "{count} calls did {jobs} jobs");
        if kind.expected().is_err() {
            let paid = built.count_in_calls(kinds::fee_kept);
            ensure!(
                paid == count,
                "{paid} of {count} refused calls were paid for"
            );
        }
        Ok(FullBlock {
            kind: kind.name(),
            calls: count,
            jobs,
            served: built.count(kinds::assigned) + built.count(kinds::expired),
            weight_ms: weight_ms(&built),
            build_ms: millis(built.took),
            import_ms: millis(import),
        })
    }

    /// Adds jobs of which all are due in the next block: to be drawn for, or to expire.
    fn fall_due(&mut self) -> Result<()> {
        let now = self.chain.head().number + 1;
        let deadlines = Deadlines {
            direct: now,
            cancelled: now,
        };
        let clock = now - AGE;
        let draws = self
            .people
            .append(self.chain, self.work, DUE_CELLS, clock, Some(deadlines))?;
        Due {
            draws: Some(draws),
            wakes: Some(now),
        }
        .set(self.chain)
    }
}

/// Puts transactions into a block until one has no room; how many went in.
pub fn fill(
    open: &mut Open<'_>,
    extrinsics: impl IntoIterator<Item = OpaqueExtrinsic>,
) -> Result<u32> {
    let mut count = 0;
    for extrinsic in extrinsics {
        match open.apply(extrinsic)? {
            Applied::Included(_) => count += 1,
            Applied::Full => break,
        }
    }
    Ok(count)
}

pub fn take_one(people: &mut Population) -> Result<u32> {
    Ok(people.take(1)?[0])
}

fn weight_ms(built: &Built) -> f64 {
    crate::report::round(built.weight.ref_time() as f64 / 1e9)
}
