//! `swarm job show` and `swarm job cancel`.

use anyhow::{bail, Result};
use serde_json::{json, Value};
use sp_core::H256;
use subxt::utils::Static;
use swarmwork_primitives::{JobCurrency, Mode};

use super::submit::{merge, state_report};
use crate::{
    app::{off_chain, url_text, App},
    chain::JobState,
    output::Report,
    record::Records,
    transact::{account_of, send},
    units::{address, hex, Price},
};

pub async fn run(app: &App, job: H256) -> Result<Report> {
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let record = Records::open(&app.folders.data).find(chain.genesis(), job)?;
    let (state, state_lines) = state_report(&chain, &view, job).await?;
    let batches: Vec<Value> = view
        .result_batches()
        .into_iter()
        .zip(&view.results)
        .map(|(batch, result)| {
            json!({
                "batch": batch,
                // None where the chain has a root of them.
                "input_commitment": view.commitments.get(batch as usize).map(hex),
                "proven_in_block": result.map(|r| r.at),
                "output_commitment": result.map(|r| hex(r.commitment)),
                "output": result.map(|r| off_chain(r.output).to_string()),
            })
        })
        .collect();
    let mut object = json!({
        "job": format!("{job:?}"),
        "requester": address(&view.requester),
        "model": format!("{:?}", view.model),
        "mode": mode(view.mode),
        "circuit": format!("{:?}", view.circuit),
        "input": off_chain(view.input.content).to_string(),
        "input_source": url_text(&view.input.source),
        "max_price": view.max_price.to_string(),
        "asset": asset(&view.currency),
        "submitted": view.submitted,
        "deadline": view.deadline,
        "endpoint": view.endpoint.as_ref().and_then(url_text),
        "rows": record.as_ref().map(|r| r.rows),
        "batches": batches,
    });
    merge(&mut object, state);
    let proven = view.results.iter().flatten().count();
    Ok(Report::new(object)
        .line("job", format!("{job:?}"))
        .lines(state_lines)
        .line("requester", address(&view.requester))
        .line("model", format!("{:?}", view.model))
        .line("circuit", format!("{:?}", view.circuit))
        .line("results are", mode(view.mode))
        .line("input", off_chain(view.input.content))
        .line("maximum price", Price::of(&view.currency, view.max_price))
        .line("submitted", format!("block {}", view.submitted))
        .line("deadline", format!("block {}", view.deadline))
        .line("batches proven", format!("{proven} of {}", view.batches))
        .lines(record.map(|r| ("rows given".to_string(), r.rows.to_string()))))
}

/// How a job's results are checked.
fn mode(mode: Mode) -> String {
    match mode {
        Mode::Proven => "proven".into(),
        Mode::Sampled { samples } => format!("proven in {samples} drawn batches"),
        Mode::Optimistic => "proven where challenged".into(),
    }
}

pub async fn cancel(app: &App, job: H256) -> Result<Report> {
    let key = app.key()?;
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let who = account_of(&key);
    if view.requester != who {
        bail!(
            "job {job:?} belongs to {}; {} cannot cancel it",
            address(&view.requester),
            address(&who)
        );
    }
    let included = send(
        &chain,
        &key,
        "Marketplace",
        "cancel_job",
        (Static(job),),
        app.certainty(),
    )
    .await?;
    let JobState::Cancelled { paid, .. } = chain.job(job).await?.state else {
        bail!("job {job:?} was withdrawn, and the chain does not say so");
    };
    let refunded = view.max_price.saturating_sub(paid);
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "state": "cancelled",
        "block": included.number,
        "paid": paid.to_string(),
        "refunded": refunded.to_string(),
    }))
    .line("cancelled", format!("{job:?} in block {}", included.number))
    .line("that cost", Price::of(&view.currency, paid))
    .line("refunded", Price::of(&view.currency, refunded)))
}

/// The number of an asset, or nothing for tokens.
fn asset(currency: &JobCurrency) -> Option<u32> {
    match currency {
        JobCurrency::Native => None,
        JobCurrency::WithId(asset) => Some(*asset),
    }
}
