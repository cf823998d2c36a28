//! `swarm-sim`: what attacks on the token economy earn, how even honest incomes are, and how supply
//! develops; and what reputation becomes of how providers behave. Every split, credit, budget, draw,
//! score and payout is computed by the function that the chain computes it with; what the simulation
//! adds is behaviour.

mod attack;
mod attacks;
#[cfg(test)]
mod documents;
mod honest;
mod inflation;
mod money;
mod reputation;
mod svg;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use serde::Serialize;

use attack::Attack;
use inflation::Year;
use svg::Plot;

/// Simulates attacks, honest incomes and inflation; or reputations.
#[derive(Parser)]
#[command(name = "swarm-sim", version)]
struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// Print one JSON object as the last line.
    #[arg(long, global = true)]
    json: bool,
    /// Folder for the plots (SVG); none are written without it.
    #[arg(long, global = true, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Seed of every random choice: the same seed gives the same figures.
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
}

#[derive(Subcommand)]
enum Part {
    /// Scores, jobs and incomes of honest, lazy, colluding and new providers.
    Reputation {
        /// How many jobs.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..))]
        jobs: u32,
    },
}

#[derive(Serialize)]
struct Outcome {
    attacks: Vec<Attack>,
    honest_income_spread: f64,
    inflation_by_year: Vec<Year>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    match args.part {
        None => economy(&args),
        Some(Part::Reputation { jobs }) => reputation(&args, jobs),
    }
}

fn reputation(args: &Args, jobs: u32) -> Result<()> {
    let outcome = reputation::run(args.seed, jobs);
    outcome.print();
    if let Some(folder) = &args.plots {
        draw(folder, outcome.plots())?;
    }
    if args.json {
        println!("{}", serde_json::to_string(&outcome)?);
    }
    outcome.check()
}

/// Writes plots as files of their names.
fn draw(folder: &Path, plots: Vec<(String, Plot)>) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, plot) in plots {
        let file = folder.join(format!("{name}.svg"));
        std::fs::write(&file, plot.to_svg())
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn economy(args: &Args) -> Result<()> {
    let attacks = attacks::all(args.seed);
    let honest = honest::run(args.seed);
    let scenarios = inflation::scenarios();
    eprintln!("{:<28} {:>12}  at", "attack", "max profit");
    for attack in &attacks {
        eprintln!(
            "{:<28} {:>12.6}  {}",
            attack.name, attack.max_profit, attack.at
        );
    }
    eprintln!(
        "honest income, 95th percentile by 5th: {:.3}",
        honest.spread
    );
    for scenario in &scenarios {
        let years = &scenario.years;
        let line: Vec<_> = years
            .iter()
            .map(|y| format!("{:.2}", y.net * 100.0))
            .collect();
        eprintln!(
            "net inflation by year, %, {:<10} {}",
            scenario.name,
            line.join(" ")
        );
    }
    if let Some(folder) = &args.plots {
        let mut plots = attacks.iter().map(Attack::plot).collect::<Vec<_>>();
        plots.push(honest.plot());
        plots.push(inflation::plot(&scenarios));
        draw(folder, plots)?;
    }
    let [base, ..] = scenarios;
    let outcome = Outcome {
        attacks,
        honest_income_spread: honest.spread,
        inflation_by_year: base.years,
    };
    if args.json {
        println!("{}", serde_json::to_string(&outcome)?);
    }
    let earning: Vec<_> = outcome
        .attacks
        .iter()
        .filter(|attack| attack.max_profit > 0.0)
        .map(|attack| attack.name)
        .collect();
    anyhow::ensure!(
        earning.is_empty(),
        "these attacks earn more than they cost: {}",
        earning.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_fit_together() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let figures = |seed| {
            attacks::all(seed)
                .into_iter()
                .map(|attack| attack.max_profit)
                .collect::<Vec<_>>()
        };
        assert_eq!(figures(3), figures(3));
    }

    #[test]
    fn no_attack_earns_more_than_it_costs_whatever_the_seed() {
        for seed in 1..4 {
            for attack in attacks::all(seed) {
                assert!(
                    attack.max_profit <= 0.0,
                    "{}: {}",
                    attack.name,
                    attack.max_profit
                );
                assert!(attack.max_profit.is_finite());
            }
        }
    }
}
