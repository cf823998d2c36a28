//! `swarm job challenge`.

use anyhow::{bail, Result};
use serde_json::json;
use sp_core::H256;
use subxt::utils::Static;
use swarmwork_primitives::JobStage;

use crate::{
    app::App,
    output::Report,
    transact::{account_of, send},
    units::{address, Amount},
};

pub async fn run(app: &App, job: H256, batch: u32) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    if !matches!(view.stage, Some(JobStage::Standing { .. })) {
        bail!("job {job:?} has no results that stand: there is nothing to challenge");
    }
    if batch >= view.batches {
        bail!(
            "job {job:?} has the batches 0 to {}, not {batch}",
            view.batches.saturating_sub(1)
        );
    }
    let before = chain.funds(&account_of(&key)).await?.held;
    let included = send(
        &chain,
        &key,
        "Marketplace",
        "challenge",
        (Static(job), Static(batch)),
        app.certainty(),
    )
    .await?;
    let held = chain.funds(&account_of(&key)).await?.held;
    let bond = Amount(held.saturating_sub(before));
    let until = match chain.job(job).await?.stage {
        Some(JobStage::Standing { until, .. }) => Some(until),
        _ => None,
    };
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "batch": batch,
        "challenger": address(&account_of(&key)),
        "bond": bond.0.to_string(),
        "block": included.number,
        "answer_until": until,
    }))
    .line("challenged", format!("batch {batch} of {job:?}"))
    .line("block", included.number)
    .line("bond", bond)
    .lines(until.map(|block| ("answer due".to_string(), format!("block {block}")))))
}
