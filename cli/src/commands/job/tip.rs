//! `swarm job tip`.

use anyhow::{ensure, Result};
use serde_json::json;
use sp_core::H256;
use subxt::utils::Static;

use crate::{
    app::App,
    chain::JobState,
    failure::Failure,
    output::Report,
    transact::send,
    units::{address, Price},
};

pub async fn run(app: &App, job: H256, amount: &Price) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let JobState::Completed { provider, .. } = &view.state else {
        anyhow::bail!(Failure::Ended(format!(
            "job {job:?} is not completed: there is nobody to tip"
        )));
    };
    ensure!(
        amount.currency == view.currency,
        "job {job:?} cost at most {}: a tip is in the same",
        Price::of(&view.currency, view.max_price)
    );
    let args = (Static(job), Static(amount.amount));
    let included = send(&chain, &key, "Marketplace", "tip", args, app.certainty()).await?;
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "provider": address(provider),
        "amount": amount.amount.to_string(),
        "block": included.number,
    }))
    .line("tipped", amount)
    .line("to", address(provider))
    .line("block", included.number))
}
