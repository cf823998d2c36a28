//! `swarm governance status` and `log`.

use anyhow::Result;
use serde_json::{json, Value};
use sp_core::crypto::AccountId32;
use swarmwork_primitives::{Role, Stage};

use super::{acts, Entry, Grant, ProposalView};
use crate::{app::App, chain::Chain, failure::Failure, output::Report, units::address};

/// How many of the latest proposals are shown.
const LATEST: u32 = 10;

async fn view(chain: &Chain, index: u32) -> Result<Option<ProposalView>> {
    chain.runtime_call("GovernanceApi_proposal", index).await
}

/// A proposal that there is to be.
pub async fn find(chain: &Chain, index: u32) -> Result<ProposalView> {
    let found = view(chain, index).await?;
    Ok(found.ok_or_else(|| Failure::NotFound(format!("the chain has no proposal {index}")))?)
}

pub async fn status(app: &App, proposal: Option<u32>) -> Result<Report> {
    let chain = app.chain().await?;
    match proposal {
        Some(index) => {
            let view = find(&chain, index).await?;
            Ok(Report::new(view_json(&view)).lines(view_lines(&view)))
        }
        None => overview(&chain).await,
    }
}

async fn overview(chain: &Chain) -> Result<Report> {
    let count: u32 = chain.runtime_call("GovernanceApi_proposals", ()).await?;
    let roles: Vec<(Role, Grant)> = chain.runtime_call("GovernanceApi_roles", ()).await?;
    let technical: Option<AccountId32> = chain.runtime_call("GovernanceApi_technical", ()).await?;
    let mut proposals = Vec::new();
    let mut lines = Vec::new();
    for index in count.saturating_sub(LATEST)..count {
        if let Some(view) = view(chain, index).await? {
            lines.push((format!("proposal {index}"), stage_text(&view)));
            proposals.push(view_json(&view));
        }
    }
    if lines.is_empty() {
        lines.push(("proposals".to_string(), "none yet".to_string()));
    }
    for (role, grant) in &roles {
        let scope = grant
            .scope
            .map_or_else(String::new, |thing| format!(" on {thing:?}"));
        lines.push((
            format!("{role:?}"),
            format!(
                "{}{scope}, before block {}",
                address(&grant.holder),
                grant.expires
            ),
        ));
    }
    let technical = technical.as_ref().map(address);
    lines.push((
        "technical".to_string(),
        technical.clone().unwrap_or_else(|| "nobody".to_string()),
    ));
    Ok(Report::new(json!({
        "proposals": proposals,
        "roles": roles
            .iter()
            .map(|(role, grant)| json!({
                "role": format!("{role:?}"),
                "holder": address(&grant.holder),
                "scope": grant.scope.map(|thing| format!("{thing:?}")),
                "expires": grant.expires,
            }))
            .collect::<Vec<_>>(),
        "technical": technical,
    }))
    .lines(lines))
}

pub async fn log(app: &App, last: u32, from: Option<u64>) -> Result<Report> {
    let chain = app.chain().await?;
    let start = match from {
        Some(from) => from,
        None => {
            let (_, next): (u64, u64) = chain.runtime_call("GovernanceApi_recorded", ()).await?;
            next.saturating_sub(last.into())
        }
    };
    let entries = read_from(&chain, start).await?;
    let json: Vec<Value> = entries
        .iter()
        .map(|(number, entry)| acts::entry_json(*number, entry))
        .collect();
    let mut report = Report::new(json!({ "acts": json }));
    if entries.is_empty() {
        report = report.line("acts", "none on record");
    }
    Ok(report.lines(
        entries
            .iter()
            .map(|(number, entry)| acts::entry_line(*number, entry)),
    ))
}

/// All acts from a number on: one call of the runtime returns a page of them.
async fn read_from(chain: &Chain, start: u64) -> Result<Vec<(u64, Entry)>> {
    let mut entries: Vec<(u64, Entry)> = Vec::new();
    loop {
        let next = entries.last().map_or(start, |(number, _)| number + 1);
        let page: Vec<(u64, Entry)> = chain
            .runtime_call("GovernanceApi_acts", (next, u32::MAX))
            .await?;
        if page.is_empty() {
            return Ok(entries);
        }
        entries.extend(page);
    }
}

fn stage_name(view: &ProposalView) -> &'static str {
    match view.stage {
        Stage::Preparing { .. } => "preparing",
        Stage::Queued => "queued",
        Stage::Deciding { confirmed, .. } => match confirmed {
            Some(_) => "confirming",
            None => "deciding",
        },
        Stage::Waiting { .. } => "waiting",
        Stage::Approved => "approved",
        Stage::Rejected => "rejected",
        Stage::Cancelled => "cancelled",
        Stage::TimedOut => "timed_out",
        Stage::Killed => "killed",
    }
}

fn stage_text(view: &ProposalView) -> String {
    match &view.stage {
        Stage::Preparing { deposit: false, .. } => {
            "open for votes; needs its decision deposit".into()
        }
        Stage::Preparing { until, .. } => format!("open for votes; decided from block {until} on"),
        Stage::Queued => "queued behind others of its class".into(),
        Stage::Deciding { ends, confirmed } => match confirmed {
            Some(at) => format!("passing; approved in block {at} if it still is"),
            None => format!("not passing; rejected in block {ends} unless it does"),
        },
        Stage::Waiting { enacted_at } => format!("approved; enacted in block {enacted_at}"),
        Stage::Approved => "approved; `swarm governance log` says how it ended".into(),
        Stage::Rejected => "rejected".into(),
        Stage::Cancelled => "cancelled".into(),
        Stage::TimedOut => "timed out without a decision deposit".into(),
        Stage::Killed => "killed".into(),
    }
}

fn view_json(view: &ProposalView) -> Value {
    let mut json = json!({
        "proposal": view.index,
        "class": view.class.map(|class| format!("{class:?}").to_lowercase()),
        "call": view.call.map(|call| format!("{call:?}")),
        "stage": stage_name(view),
    });
    match view.stage {
        Stage::Preparing { deposit, until } => {
            json["deposit"] = json!(deposit);
            json["until"] = json!(until);
        }
        Stage::Deciding { ends, confirmed } => {
            json["ends"] = json!(ends);
            json["confirmed"] = json!(confirmed);
        }
        Stage::Waiting { enacted_at } => json["enacted_at"] = json!(enacted_at),
        _ => {}
    }
    if let Some(standing) = &view.standing {
        json["ayes"] = json!(standing.ayes.to_string());
        json["nays"] = json!(standing.nays.to_string());
        for (name, part) in [
            ("approval", standing.approval),
            ("approval_needed", standing.approval_needed),
            ("support", standing.support),
            ("support_needed", standing.support_needed),
        ] {
            json[name] = json!(f64::from(part.deconstruct()) / 1e9);
        }
    }
    json
}

/// Weighed votes: tokens times conviction and reputation, not an amount of tokens.
fn votes_text(votes: u128) -> String {
    format!("{} votes", votes / swarmwork_primitives::UNIT)
}

fn view_lines(view: &ProposalView) -> Vec<(String, String)> {
    let mut lines = vec![
        ("proposal".to_string(), view.index.to_string()),
        ("stage".to_string(), stage_text(view)),
    ];
    if let Some(class) = view.class {
        lines.push(("class".to_string(), format!("{class:?}").to_lowercase()));
    }
    if let Some(call) = view.call {
        lines.push(("call".to_string(), format!("{call:?}")));
    }
    if let Some(standing) = &view.standing {
        lines.push(("ayes".to_string(), votes_text(standing.ayes)));
        lines.push(("nays".to_string(), votes_text(standing.nays)));
        for (name, has, needs) in [
            (
                "approval",
                standing.approval.deconstruct(),
                standing.approval_needed.deconstruct(),
            ),
            (
                "support",
                standing.support.deconstruct(),
                standing.support_needed.deconstruct(),
            ),
        ] {
            let percent = |parts: u32| f64::from(parts) / 1e7;
            lines.push((
                name.to_string(),
                format!(
                    "{:.2} % of {:.2} % needed now",
                    percent(has),
                    percent(needs)
                ),
            ));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarmwork_primitives::Class;

    fn view(stage: Stage<u32>) -> ProposalView {
        ProposalView {
            index: 4,
            class: Some(Class::Treasury),
            call: None,
            stage,
            standing: None,
        }
    }

    #[test]
    fn stages_say_what_comes_next() {
        let open = view(Stage::Preparing {
            deposit: false,
            until: 9,
        });
        assert!(stage_text(&open).contains("needs its decision deposit"));
        assert_eq!(view_json(&open)["class"], "treasury");
        let passing = view(Stage::Deciding {
            ends: 20,
            confirmed: Some(12),
        });
        assert_eq!(stage_name(&passing), "confirming");
        assert!(stage_text(&passing).contains("block 12"));
        let waiting = view(Stage::Waiting { enacted_at: 30 });
        assert_eq!(view_json(&waiting)["enacted_at"], 30);
    }
}
