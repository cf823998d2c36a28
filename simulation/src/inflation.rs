//! Supply over ten years: staking by its curve, swarm work by its credit and budget, burns by what
//! the market does.

use pallet_staking::inflation::compute_total_payout;
use pallet_swarm_work::economics::{next_budget, payable};
use serde::Serialize;
use sp_arithmetic::Permill;
use swarmwork_primitives::parameters::{
    BUDGET_DECAY, FEE_BURN_PERCENT, GENESIS, INITIAL_BUDGET, REWARD_CURVE, SPLIT,
};

use crate::{
    money::{tokens, units, FEE},
    svg::{Plot, Series},
};

const YEARS: u32 = 10;
const DAYS: u32 = 365;
const DAY_MILLIS: u64 = 24 * 3_600 * 1_000;
/// Credit per token burned of a provider of middling figures: half the reference speed, no uptime
/// proof yet, good latency, half a year's lock-up.
const MEAN_RATE: Permill = Permill::from_parts(252_000);
/// Days in which the market turns over as many tokens as there are, at the fastest: the more tokens
/// are burned, the more each of the rest buys, so volume in tokens cannot outgrow supply.
const FASTEST_TURNOVER: u128 = 200;
/// Price of a typical job, and transactions that it takes.
const JOB_PRICE: u64 = 2;
const TRANSACTIONS_PER_JOB: u128 = 4;

/// One year, in parts of the supply at its beginning.
#[derive(Clone, Serialize)]
pub struct Year {
    pub year: u32,
    /// Supply at its beginning, tokens.
    pub supply: f64,
    /// Minted for validators, nominators and, of what the curve leaves, the treasury.
    pub staking: f64,
    /// Minted for swarm work.
    pub swarm_work: f64,
    /// Burned by jobs and transaction fees.
    pub burned: f64,
    /// Minted: bounded by the curve and the budget.
    pub gross: f64,
    /// Minted less burned.
    pub net: f64,
}

pub struct Scenario {
    pub name: &'static str,
    pub years: Vec<Year>,
}

/// A market whose daily volume starts at some tokens and grows by some percent a year, with so much
/// of supply staked.
fn course(name: &'static str, volume: u64, growth: u32, staked: u32) -> Scenario {
    let mut supply = GENESIS;
    let mut volume = units(volume);
    let mut budget = INITIAL_BUDGET;
    let mut years = Vec::new();
    for year in 1..=YEARS {
        let begin = supply;
        let (mut staking, mut swarm, mut burned) = (0u128, 0u128, 0u128);
        for _ in 0..DAYS {
            let bonded = Permill::from_percent(staked).mul_floor(supply);
            // What the curve does not give to stake goes to the treasury: minted all the same.
            let (_, most) = compute_total_payout(&REWARD_CURVE, bonded, supply, DAY_MILLIS);
            let volume = volume.min(supply / FASTEST_TURNOVER);
            let job_burn = SPLIT.divide(volume).burned;
            let fees = volume / units(JOB_PRICE) * TRANSACTIONS_PER_JOB * FEE;
            let fee_burn = fees * u128::from(FEE_BURN_PERCENT) / 100;
            let paid = payable(MEAN_RATE.mul_floor(job_burn), job_burn, budget);
            budget = next_budget(budget, BUDGET_DECAY);
            staking += most;
            swarm += paid;
            burned += job_burn + fee_burn;
            supply = (supply + most + paid)
                .checked_sub(job_burn + fee_burn)
                .expect("a day burns a small part of supply");
        }
        let part = |amount: u128| amount as f64 / begin as f64;
        years.push(Year {
            year,
            supply: tokens(begin),
            staking: part(staking),
            swarm_work: part(swarm),
            burned: part(burned),
            gross: part(staking + swarm),
            net: part(staking + swarm) - part(burned),
        });
        volume += volume * u128::from(growth) / 100;
    }
    Scenario { name, years }
}

/// The scenarios; the first is the one reported in the JSON object.
pub fn scenarios() -> [Scenario; 4] {
    [
        course("growing", 20_000, 60, 50),
        course("idle", 0, 0, 50),
        course("steady", 100_000, 0, 50),
        course("booming", 100_000, 60, 30),
    ]
}

/// Most that staking mints in a year, in parts of the supply at its beginning: a tenth by the curve,
/// compounded daily.
fn most_staking() -> f64 {
    (1.0f64 + 0.1 / f64::from(DAYS)).powi(DAYS as i32) - 1.0
}

/// Most that is minted in a year that begins with no less than genesis: for staking, and all of the
/// first year's budget.
fn most_minted() -> f64 {
    most_staking() + f64::from(DAYS) * tokens(INITIAL_BUDGET) / tokens(GENESIS)
}

/// What every scenario mints less what it burns, what the first one mints, and the bound on that.
pub fn plot(scenarios: &[Scenario]) -> (String, Plot) {
    let line = |name: &str, scenario: &Scenario, part: fn(&Year) -> f64| Series {
        name: name.to_string(),
        points: scenario
            .years
            .iter()
            .map(|year| (f64::from(year.year), part(year) * 100.0))
            .collect(),
    };
    let mut series: Vec<_> = scenarios
        .iter()
        .map(|scenario| line(scenario.name, scenario, |year| year.net))
        .collect();
    if let Some(base) = scenarios.first() {
        series.push(line("minted at most", base, |_| most_minted()));
        series.push(line(&format!("{}, minted", base.name), base, |year| {
            year.gross
        }));
    }
    let plot = Plot {
        title: "inflation by year: net, and minted".into(),
        x: "year".into(),
        y: "% of supply".into(),
        series,
    };
    ("inflation".into(), plot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gross_inflation_is_bounded_by_curve_and_budget() {
        let most = most_minted();
        assert!((0.1134..0.1135).contains(&most), "{most}");
        assert!((0.105..0.1052).contains(&most_staking()));
        for scenario in scenarios() {
            for year in &scenario.years {
                assert!(year.gross <= most, "{}: {}", scenario.name, year.gross);
                assert!(year.swarm_work <= 0.9 * year.burned + 1e-9);
                // So what is not staking's takes more than it brings, whatever supply has become.
                assert!(
                    year.net <= most_staking(),
                    "{}: {}",
                    scenario.name,
                    year.net
                );
            }
        }
    }

    #[test]
    fn the_chart_shows_every_scenario_and_the_bound() {
        let scenarios = scenarios();
        let (name, plot) = plot(&scenarios);
        assert_eq!(name, "inflation");
        let named = |name: &str| plot.series.iter().find(|series| series.name == name);
        assert!(scenarios
            .iter()
            .all(|scenario| named(scenario.name).is_some()));
        let minted = named("growing, minted").expect("what is minted is drawn");
        let most = named("minted at most").expect("the bound is drawn");
        assert_eq!(minted.points.len(), YEARS as usize);
        let below = |(own, bound): (&(f64, f64), &(f64, f64))| own.0 == bound.0 && own.1 <= bound.1;
        assert!(minted.points.iter().zip(&most.points).all(below));
    }

    #[test]
    fn an_idle_market_is_minted_nothing() {
        let scenarios = scenarios();
        let idle = scenarios.iter().find(|s| s.name == "idle").unwrap();
        assert!(idle.years.iter().all(|year| year.swarm_work == 0.0));
    }
}
