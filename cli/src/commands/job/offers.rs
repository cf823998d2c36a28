//! `swarm job bid`, `start` and `decline`: what a provider says of a job.

use anyhow::{bail, Result};
use serde_json::json;
use sp_core::H256;
use subxt::utils::Static;
use swarmwork_primitives::JobCurrency;

use crate::{app::App, output::Report, transact::send, units::Amount};

/// Bids for a job.
pub async fn bid(app: &App, job: H256, price: Amount) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    // What an asset is worth, the chain judges.
    if view.currency == JobCurrency::Native && price.0 > view.max_price {
        bail!(
            "job {job:?} pays at most {}, less than the bid of {price}",
            Amount(view.max_price)
        );
    }
    let Some(until) = chain.placement(job).await?.bids_until else {
        bail!("no bids are taken for job {job:?}");
    };
    let args = (Static(job), Static(price.0));
    let included = send(&chain, &key, "Marketplace", "bid", args, app.certainty()).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "price": price.0.to_string(),
        "bids_until": until,
        "block": included.number,
    }))
    .line("bid", format!("{price} for {job:?}"))
    .line("bids are taken until", format!("block {until}"))
    .line("block", included.number))
}

/// Says that the provider has the job in hand.
pub async fn start(app: &App, job: H256) -> Result<Report> {
    say(app, job, "start_job", "started").await
}

/// Gives the job back.
pub async fn decline(app: &App, job: H256) -> Result<Report> {
    say(app, job, "decline_job", "declined").await
}

async fn say(app: &App, job: H256, call: &str, done: &str) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    chain.job(job).await?;
    let args = (Static(job),);
    let included = send(&chain, &key, "Marketplace", call, args, app.certainty()).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "block": included.number,
    }))
    .line(done, format!("{job:?}"))
    .line("block", included.number))
}
