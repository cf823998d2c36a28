//! `swarm-sim`: what attacks on the token economy earn, how even honest incomes are, and how supply
//! develops. Every split, credit, budget, draw, score and payout is computed by the function that
//! the chain computes it with; what the simulation adds is behaviour.

mod attack;
mod attacks;
mod honest;
mod inflation;
mod money;
mod svg;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use serde::Serialize;

use attack::Attack;
use inflation::Year;

/// Simulates attacks, honest incomes and inflation.
#[derive(Parser)]
#[command(name = "swarm-sim", version)]
struct Args {
    /// Print one JSON object as the last line.
    #[arg(long)]
    json: bool,
    /// Folder for the plots (SVG); none are written without it.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Seed of every random choice: the same seed gives the same figures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Serialize)]
struct Outcome {
    attacks: Vec<Attack>,
    honest_income_spread: f64,
    inflation_by_year: Vec<Year>,
}

fn main() -> Result<()> {
    let args = Args::parse();
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
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let mut plots = attacks.iter().map(Attack::plot).collect::<Vec<_>>();
        plots.push(honest.plot());
        plots.push(inflation::plot(&scenarios));
        for (name, plot) in plots {
            let file = folder.join(format!("{name}.svg"));
            std::fs::write(&file, plot.to_svg())
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
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
