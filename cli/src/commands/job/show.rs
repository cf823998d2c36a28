//! `swarm job show` and `swarm job cancel`.

use anyhow::{bail, Result};
use serde_json::{json, Value};
use sp_core::H256;
use subxt::utils::Static;
use swarmwork_primitives::{AssignmentKind, Mode};

use super::{
    published, rooted,
    submit::{merge, state_report},
    withheld,
};
use crate::{
    app::{off_chain, url_text, App},
    chain::{JobState, JobView, Panel, PanelStage, PlacementView},
    failure::Failure,
    output::Report,
    record::Records,
    transact::{account_of, send},
    units::{address, asset_of, hex, Amount, Price},
};

/// How the job finds its provider, where there is something to say.
fn placement_lines(placement: &PlacementView) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push((name.to_string(), value));
    let chosen = match placement.assignment {
        AssignmentKind::Swarm => "by a draw",
        AssignmentKind::Direct => "by name",
        AssignmentKind::Auction if placement.won => "by bids, of which one has won",
        AssignmentKind::Auction => "by bids, or a draw if none wins",
    };
    line("provider is chosen", chosen.into());
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
        "asset": asset_of(&view.currency),
        "submitted": view.submitted,
        "deadline": view.deadline,
        "endpoint": view.endpoint.as_ref().and_then(url_text),
        "assignment": format!("{:?}", placement.assignment).to_lowercase(),
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
        "batches_total": view.batches,
        "batches": batches,
        "input_root": view.input_root.map(|root| format!("{root:?}")),
        "result_root": view.stage.as_ref().map(|stage| format!("{:?}", stage.results().root)),
        "result_list": view.stage.as_ref().map(|s| off_chain(s.results().list).to_string()),
        "stage": rooted::describe(&view).or_else(|| published::describe(&view)),
        "input_due": view.input_due,
        "input_published": view.input_published,
    });
    merge(&mut object, state);
    let panel = match view.mode {
        Mode::Redundant { .. } => chain.panel(job).await?,
        Mode::Proven | Mode::Sampled { .. } | Mode::Optimistic => None,
    };
    if let Some(panel) = &panel {
        object["panel"] = panel_json(panel);
    }
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
        .lines(placement_lines(&placement))
        .line("submitted", format!("block {}", view.submitted))
        .line("deadline", format!("block {}", view.deadline))
        .line(
            "batches proven",
            match view.input_root {
                None => format!("{proven} of {}", view.batches),
                Some(_) => format!(
                    "{proven} of {} asked for, of {} in all",
                    view.results.len(),
                    view.batches
                ),
            },
        )
        .lines(
            rooted::describe(&view)
                .or_else(|| published::describe(&view))
                .map(|stage| ("stage".to_string(), stage)),
        )
        .lines(withheld::describe(&view).map(|input| ("input is".to_string(), input)))
        .lines(record.map(|r| ("rows given".to_string(), r.rows.to_string())))
        .lines(panel.iter().flat_map(panel_lines)))
}

fn stage_text(stage: &PanelStage) -> String {
    match stage {
        PanelStage::Sealing { until } => format!("sealing, until block {until}"),
        PanelStage::Drawing { since } => format!("an audit is drawn, since block {since}"),
        PanelStage::Auditing { until } => format!("audited, until block {until}"),
        PanelStage::Revealing { opens, until } => {
            format!("revealing, from block {opens} to {until}")
        }
        PanelStage::Disputed { until } => format!("may be disputed until block {until}"),
        PanelStage::Judged { .. } => "judged".into(),
    }
}

fn panel_json(panel: &Panel) -> Value {
    let members: Vec<Value> = panel
        .members
        .iter()
        .map(|member| {
            json!({
                "provider": address(&member.provider),
                "auditor": member.auditor,
                "price": member.price.to_string(),
                "sealed": member.sealed.map(|hash| format!("{hash:?}")),
                "root": member.root().map(|root| format!("{root:?}")),
                "list": member.revealed.map(|results| off_chain(results.list).to_string()),
                "refuted_by": member.refuted_by.as_ref().map(address),
            })
        })
        .collect();
    json!({ "stage": stage_text(&panel.stage), "members": members })
}

fn panel_lines(panel: &Panel) -> Vec<(String, String)> {
    let mut lines = vec![("panel".to_string(), stage_text(&panel.stage))];
    for member in &panel.members {
        let role = if member.auditor {
            "auditor"
        } else {
            "provider"
        };
        let said = match (member.root(), member.sealed) {
            (Some(root), _) if member.refuted_by.is_some() => format!("root {root:?}, refuted"),
            (Some(root), _) => format!("root {root:?}"),
            (None, Some(_)) => "results sealed".into(),
            (None, None) => "nothing sealed".into(),
        };
        lines.push((
            role.to_string(),
            format!("{}: {said}", address(&member.provider)),
        ));
    }
    lines
}

/// How a job's results are checked.
fn mode(mode: Mode) -> String {
    match mode {
        Mode::Proven => "proven".into(),
        Mode::Sampled { samples } => format!("proven in {samples} drawn batches"),
        Mode::Optimistic => "proven where challenged".into(),
        Mode::Redundant { providers } => format!("agreed on by most of {providers} providers"),
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
    if let JobState::Shared { .. } = &view.state {
        bail!(Failure::Ended(format!(
            "several providers work on job {job:?} already; if no result comes, the price is refunded"
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
    let JobState::Cancelled { paid, .. } = chain.job(job).await?.state else {
        bail!("job {job:?} was withdrawn, and the chain does not say so");
    };
    let refunded = refund(&view, paid);
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

/// What comes back of a job that is withdrawn for so much: what is left of its price, and what was
/// prepaid for the bytes of its output.
fn refund(view: &JobView, paid: u128) -> u128 {
    let prepaid = view
        .delivery
        .as_ref()
        .map_or(0, |delivery| delivery.prepaid);
    view.max_price.saturating_sub(paid).saturating_add(prepaid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rooted_view;
    use swarm_store::ContentId;
    use swarmwork_primitives::{Delivery, DeliveryStage};

    #[test]
    fn what_was_prepaid_comes_back_with_the_price() {
        let mut view = rooted_view(ContentId::of(b"manifest"), 1, H256::zero());
        view.max_price = 100;
        assert_eq!(refund(&view, 1), 99);
        view.delivery = Some(Delivery {
            prepaid: 20,
            elements: 2,
            stage: DeliveryStage::Asked,
        });
        assert_eq!(refund(&view, 1), 119);
    }
}
