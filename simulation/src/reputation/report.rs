//! What came of it, and whether that is what reputation is for.

use anyhow::{ensure, Result};
use serde::Serialize;
use swarmwork_primitives::{
    parameters::{PRIOR, PRIOR_STRENGTH, STANDINGS},
    ProviderStanding,
};

use super::{
    market::{Kind, Market},
    score,
};
use crate::{money::tokens, svg::Plot};

/// What one kind of providers has in the end; means over them.
#[derive(Serialize)]
pub struct Row {
    pub kind: Kind,
    pub providers: usize,
    pub score: f64,
    /// The best standing of one of them.
    pub standing: String,
    /// Weight of successes, tokens.
    pub evidence: f64,
    /// Strangers' jobs, and what of them failed.
    pub jobs: f64,
    pub failed: f64,
    /// Pay for strangers' jobs, tokens.
    pub income: f64,
    /// What own jobs cost, tokens.
    pub spent: f64,
}

#[derive(Serialize)]
pub struct Reputation {
    pub jobs: u32,
    pub days: u64,
    pub kinds: Vec<Row>,
    /// Part of strangers' jobs that failed in the last half, with reputation and without.
    pub failing: f64,
    pub failing_without: f64,
    /// Part of all strangers' jobs that no one was drawn for.
    pub undrawn: f64,
    #[serde(skip)]
    pub(super) plots: Vec<(String, Plot)>,
}

/// What a kind has in block `now`, where the ring spent so much on its own jobs.
pub(super) fn row(market: &Market, kind: Kind, now: u64, spent: u128) -> Row {
    let evidence = market.of(kind, now);
    let own: Vec<_> = market.providers.iter().filter(|p| p.kind == kind).collect();
    let count = own.len() as f64;
    let best = evidence
        .iter()
        .map(|evidence| evidence.standing(PRIOR, PRIOR_STRENGTH, &STANDINGS))
        .max()
        .unwrap_or_default();
    Row {
        kind,
        providers: own.len(),
        score: evidence.iter().map(score).sum::<f64>() / count,
        standing: format!("{best:?}").to_lowercase(),
        evidence: evidence.iter().map(|e| tokens(e.good)).sum::<f64>() / count,
        jobs: own.iter().map(|p| f64::from(p.jobs)).sum::<f64>() / count,
        failed: own.iter().map(|p| f64::from(p.failed)).sum::<f64>() / count,
        income: own.iter().map(|p| tokens(p.income)).sum::<f64>() / count,
        spent: if kind == Kind::Colluding {
            tokens(spent) / count
        } else {
            0.0
        },
    }
}

impl Reputation {
    /// Every figure as a picture.
    pub fn plots(&self) -> Vec<(String, Plot)> {
        self.plots.clone()
    }

    /// Prints the table.
    pub fn print(&self) {
        eprintln!(
            "{:<10} {:>4} {:>6} {:>13} {:>9} {:>7} {:>7} {:>8} {:>8}",
            "kind", "n", "score", "standing", "evidence", "jobs", "failed", "income", "spent"
        );
        for row in &self.kinds {
            eprintln!(
                "{:<10} {:>4} {:>6.3} {:>13} {:>9.2} {:>7.1} {:>7.1} {:>8.2} {:>8.2}",
                row.kind.name(),
                row.providers,
                row.score,
                row.standing,
                row.evidence,
                row.jobs,
                row.failed,
                row.income,
                row.spent
            );
        }
        eprintln!(
            "of strangers' jobs in the last half {:.2} % failed, {:.2} % would without reputation; \
             {:.2} % of all found nobody",
            100.0 * self.failing,
            100.0 * self.failing_without,
            100.0 * self.undrawn
        );
    }

    fn of(&self, kind: Kind) -> &Row {
        let found = self.kinds.iter().find(|row| row.kind == kind);
        found.expect("there is a row for every kind")
    }

    /// What reputation is for: fails where one of it does not come true.
    pub fn check(&self) -> Result<()> {
        let [honest, lazy, ring, new, returning] = Kind::ALL.map(|kind| self.of(kind));
        ensure!(
            lazy.score + 0.2 < honest.score,
            "the lazy score {:.3}, the honest {:.3}",
            lazy.score,
            honest.score
        );
        ensure!(
            ring.income - ring.spent < honest.income,
            "a ring's provider has {:.1} tokens left, an honest one {:.1}",
            ring.income - ring.spent,
            honest.income
        );
        ensure!(
            ring.income - ring.spent < lazy.income,
            "buying evidence pays: {:.1} tokens are left of {:.1}, a lazy provider has {:.1}",
            ring.income - ring.spent,
            ring.income,
            lazy.income
        );
        ensure!(
            new.score > 0.75,
            "a newcomer that is honest scores only {:.3}",
            new.score
        );
        // Three providers each, with a few hundred jobs: a quarter is four standard deviations.
        ensure!(
            returning.income <= 1.25 * lazy.income,
            "coming back under another name pays: {:.1} tokens for {:.1}",
            returning.income,
            lazy.income
        );
        let newcomer = format!("{:?}", ProviderStanding::Newcomer).to_lowercase();
        for row in [lazy, returning] {
            ensure!(
                row.standing == newcomer,
                "a provider that is {} is {}",
                row.kind.name(),
                row.standing
            );
        }
        ensure!(
            self.failing < self.failing_without,
            "as many jobs fail with reputation as without"
        );
        Ok(())
    }
}
