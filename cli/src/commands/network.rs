//! `swarm network`: the network as a whole.

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::{json, Value};
use subxt::utils::Static;
use swarmwork_primitives::{AssetId, ComputeClass, Listing};

use crate::{
    app::App,
    output::Report,
    requirements::name_of,
    transact::send,
    units::{Amount, Rate},
};

#[derive(Subcommand)]
pub enum NetworkCommand {
    /// Supply, what was minted and burned, and an epoch of swarm work.
    Economy {
        /// The epoch; without it, the running one.
        #[arg(long, value_name = "N")]
        epoch: Option<u32>,
    },
    /// What jobs of each compute class were settled at lately, for a billion multiply-accumulates.
    Prices,
    /// The assets that jobs may be paid in besides tokens, and what they are said to be worth.
    Assets,
    /// Serve what is overdue: draws, deadlines and ends of windows. Blocks do so by themselves; this
    /// helps where they have fallen behind.
    Poke {
        /// Most steps of each kind; the chain has a bound of its own.
        #[arg(long, value_name = "N", default_value_t = 12)]
        limit: u32,
    },
}

pub async fn run(app: &App, command: NetworkCommand) -> Result<Report> {
    match command {
        NetworkCommand::Economy { epoch } => economy(app, epoch).await,
        NetworkCommand::Prices => prices(app).await,
        NetworkCommand::Assets => assets(app).await,
        NetworkCommand::Poke { limit } => poke(app, limit).await,
    }
}

async fn prices(app: &App) -> Result<Report> {
    let prices = app.chain().await?.clearing_prices().await?;
    let listed: Vec<Value> = prices
        .iter()
        .map(|(class, price)| {
            json!({
                "class": name_of(&ComputeClass::NAMES, class),
                "average": price.average.to_string(),
                "jobs": price.jobs,
            })
        })
        .collect();
    let lines = prices.iter().map(|(class, price)| {
        let of = format!(
            "{} for 10^9 MAC, of {} jobs",
            Amount(price.average),
            price.jobs
        );
        (name_of(&ComputeClass::NAMES, class).to_string(), of)
    });
    Ok(Report::new(json!({ "prices": listed })).lines(lines))
}

async fn assets(app: &App) -> Result<Report> {
    let listings = app.chain().await?.listings().await?;
    let report = Report::new(json!({ "assets": assets_json(&listings) }));
    if listings.is_empty() {
        return Ok(report.line("assets", "none is listed: jobs are paid in tokens"));
    }
    Ok(report.lines(listings.iter().map(|(asset, listing)| {
        let worth = format!(
            "its smallest unit is worth {} of the token's, {}",
            Rate(listing.rate),
            if listing.open {
                "open"
            } else {
                "closed to new jobs"
            }
        );
        (format!("asset {asset}"), worth)
    })))
}

fn assets_json(listings: &[(AssetId, Listing)]) -> Vec<Value> {
    listings
        .iter()
        .map(|(asset, listing)| {
            json!({
                "asset": asset,
                "rate": Rate(listing.rate).to_string(),
                "open": listing.open,
            })
        })
        .collect()
}

async fn poke(app: &App, limit: u32) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let args = (Static(limit),);
    let included = send(&chain, &key, "Marketplace", "poke", args, app.certainty()).await?;
    Ok(Report::new(json!({ "block": included.number })).line("served in block", included.number))
}

async fn economy(app: &App, index: Option<u32>) -> Result<Report> {
    let chain = app.chain().await?;
    let supply = chain.supply().await?;
    let epoch = chain.epoch(index).await?.with_context(|| match index {
        Some(index) => format!("the chain has no epoch {index}: it is yet to come, or has lapsed"),
        None => "the chain has no epoch of swarm work yet".to_string(),
    })?;
    let scale = f64::from(epoch.scale.deconstruct()) / 1e6;
    let (minted, burned) = (supply.minted, supply.burned);
    let text = |amount: u128| amount.to_string();
    Ok(Report::new(json!({
        "supply": {
            "issuance": text(supply.issuance),
            "genesis": text(supply.genesis),
            "minted": {
                "staking": text(minted.staking),
                "staking_remainder": text(minted.staking_remainder),
                "swarm_work": text(minted.swarm_work),
            },
            "burned": {
                "job_fees": text(burned.job_fees),
                "transaction_fees": text(burned.transaction_fees),
                "slashes": text(burned.slashes),
                "voluntary": text(burned.voluntary),
            },
        },
        "epoch": {
            "index": epoch.index,
            "started": epoch.started,
            "ended": epoch.ended,
            "budget": text(epoch.budget),
            "burned": text(epoch.burned),
            "credited": text(epoch.credited),
            "paid": text(epoch.paid),
            "scale": scale,
        },
    }))
    .line("supply", Amount(supply.issuance))
    .line("at genesis", Amount(supply.genesis))
    .line("minted for staking", Amount(minted.staking))
    .line("minted for the treasury", Amount(minted.staking_remainder))
    .line("minted for swarm work", Amount(minted.swarm_work))
    .line("burned by jobs", Amount(burned.job_fees))
    .line("burned of fees", Amount(burned.transaction_fees))
    .line("burned of slashes", Amount(burned.slashes))
    .line("burned by owners", Amount(burned.voluntary))
    .line(
        "epoch",
        match epoch.ended {
            Some(ended) => format!("{}, blocks {} to {}", epoch.index, epoch.started, ended - 1),
            None => format!("{}, since block {}", epoch.index, epoch.started),
        },
    )
    .line("its budget", Amount(epoch.budget))
    .line("burned in it", Amount(epoch.burned))
    .line("credited", Amount(epoch.credited))
    .line("claimed", Amount(epoch.paid))
    .line("paid of each credit", scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_shown_as_they_are_proposed() {
        let listing = |rate: &str, open| Listing {
            rate: rate.parse::<Rate>().unwrap().0,
            open,
        };
        let shown = assets_json(&[(7, listing("4000000", true)), (9, listing("0.25", false))]);
        assert_eq!(
            shown,
            [
                json!({ "asset": 7, "rate": "4000000", "open": true }),
                json!({ "asset": 9, "rate": "0.25", "open": false }),
            ]
        );
    }
}
