//! A year of an honest market: equal providers, draws by the chain's lottery, credit by its
//! formulas.

use pallet_reputation::Evidence;
use pallet_swarm_work::economics::{payable, Factors};
use rand::{rngs::StdRng, Rng, SeedableRng};
use sp_arithmetic::Permill;
use sp_core::H256;
use swarm_scoring::Lottery;
use swarmwork_primitives::{
    parameters::{DRAW_SAMPLE, INITIAL_BUDGET, MAX_DRAWN, PRIOR, PRIOR_STRENGTH, SPLIT},
    Outcome, UNIT,
};

use crate::{
    money::{tokens, Job},
    svg::{Plot, Series},
};

const PROVIDERS: usize = 100;
const DAYS: u32 = 365;
const JOBS_A_DAY: u32 = 1_000;
/// Chance that a provider fails a job.
const FAILURE: f64 = 0.001;

pub struct Honest {
    /// 95th percentile of yearly income by the 5th.
    pub spread: f64,
    /// Incomes in ascending order.
    incomes: Vec<f64>,
}

/// Evidence as the chain books it; decay left out, which keeps scores further apart.
struct Provider {
    evidence: Evidence<u32>,
    income: u128,
    epoch_credit: u128,
}

pub fn run(seed: u64) -> Honest {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut providers: Vec<_> = (0..PROVIDERS)
        .map(|_| Provider {
            evidence: Evidence::default(),
            income: 0,
            epoch_credit: 0,
        })
        .collect();
    for _ in 0..DAYS {
        let mut burned = 0;
        for _ in 0..JOBS_A_DAY {
            let price = rng.gen_range(UNIT / 2..MAX_DRAWN);
            let mut lottery = Lottery::new(&H256(rng.gen()), &[H256::zero()]);
            let sample = lottery.sample(PROVIDERS as u32, DRAW_SAMPLE);
            let scores: Vec<_> = sample
                .iter()
                .map(|at| {
                    providers[*at as usize]
                        .evidence
                        .score(PRIOR, PRIOR_STRENGTH)
                })
                .collect();
            let Some(chosen) = lottery.choose(&scores) else {
                continue;
            };
            let provider = &mut providers[sample[chosen] as usize];
            // All have the same device: they differ in what they are drawn for.
            let factors = Factors {
                shown: Permill::one(),
                delivered: Permill::from_percent(50),
                latency: true,
                ..Default::default()
            };
            let job = Job::new(&SPLIT, price, &factors);
            if rng.gen_bool(FAILURE) {
                provider.evidence.add(Outcome::Failed, job.shares.burned);
                continue;
            }
            provider.evidence.add(Outcome::Succeeded, job.shares.burned);
            provider.income += job.shares.provider;
            provider.epoch_credit += job.credit;
            burned += job.shares.burned;
        }
        for provider in &mut providers {
            let credit = std::mem::take(&mut provider.epoch_credit);
            provider.income += payable(credit, burned, INITIAL_BUDGET);
        }
    }
    let mut incomes: Vec<f64> = providers.iter().map(|p| tokens(p.income)).collect();
    incomes.sort_by(f64::total_cmp);
    Honest {
        spread: incomes[PROVIDERS * 95 / 100] / incomes[PROVIDERS * 5 / 100],
        incomes,
    }
}

impl Honest {
    pub fn plot(&self) -> (String, Plot) {
        let points = self
            .incomes
            .iter()
            .enumerate()
            .map(|(rank, income)| (rank as f64 + 1.0, *income))
            .collect();
        let plot = Plot {
            title: "yearly income of a hundred equal providers".into(),
            x: "rank".into(),
            y: "tokens".into(),
            series: vec![Series {
                name: "income".into(),
                points,
            }],
        };
        ("honest_income".into(), plot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_providers_earn_about_the_same() {
        let spread = run(1).spread;
        assert!((1.0..1.15).contains(&spread), "{spread}");
    }
}
