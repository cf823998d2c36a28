//! `swarm job show` and `swarm job cancel`.

use anyhow::{bail, Result};
use serde_json::{json, Value};
use sp_core::H256;
use subxt::utils::Static;
use swarmwork_primitives::Mode;

use super::submit::{merge, state_report};
use crate::{
    app::{off_chain, url_text, App},
    chain::{JobState, PlacementView},
    failure::Failure,
    output::Report,
    record::Records,
    transact::{account_of, send},
    units::{address, hex, Amount},
};

/// How the job finds its provider, where there is something to say.
fn placement_lines(placement: &PlacementView) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push((name.to_string(), value));
    if let Some(until) = placement.bids_until {
        line("bids are taken until", format!("block {until}"));
    }
    for bid in &placement.bids {
        let (price, who) = (Amount(bid.price), address(&bid.provider));
        line("bid", format!("{price} by {who} in block {}", bid.at));
    }
    if let Some(block) = placement.start_by {
        line("must be started by", format!("block {block}"));
    }
    for who in &placement.passed {
        line("given back by", address(who));
    }
    lines
}

pub async fn run(app: &App, job: H256) -> Result<Report> {
    let chain = app.chain().await?;
    let view = chain.job(job).await?;
    let record = Records::open(&app.folders.data).find(chain.genesis(), job)?;
    let placement = chain.placement(job).await?;
    let (state, state_lines) = state_report(&chain, &view.state, job).await?;
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
        "submitted": view.submitted,
        "deadline": view.deadline,
        "endpoint": view.endpoint.as_ref().and_then(url_text),
        "bids_until": placement.bids_until,
        "bids": placement
            .bids
            .iter()
            .map(|bid| {
                json!({
                    "provider": address(&bid.provider),
                    "price": bid.price.to_string(),
                    "block": bid.at,
                })
            })
            .collect::<Vec<_>>(),
        "start_by": placement.start_by,
        "draws": placement.draws,
        "gave_it_back": placement.passed.iter().map(address).collect::<Vec<_>>(),
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
        .line("maximum price", Amount(view.max_price))
        .lines(placement_lines(&placement))
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
    if let JobState::Assigned { provider, .. } = &view.state {
        bail!(Failure::Ended(format!(
            "{} works on job {job:?} already; if no result comes, the price is refunded after \
             block {}",
            address(provider),
            view.deadline
        )));
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
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "state": "cancelled",
        "block": included.number,
        "refunded": view.max_price.to_string(),
    }))
    .line("cancelled", format!("{job:?} in block {}", included.number))
    .line("refunded", Amount(view.max_price)))
}
