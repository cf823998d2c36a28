//! `swarm job list`: the jobs that were submitted from this machine.

use anyhow::Result;
use serde_json::{json, Value};

use crate::{
    app::App,
    chain::{JobState, JobView},
    output::Report,
    record::{JobRecord, Records},
    units::{asset_of, parse_id, Price},
};

pub async fn run(app: &App, last: usize) -> Result<Report> {
    let chain = app.chain().await?;
    let records = Records::open(&app.folders.data).all(chain.genesis())?;
    let mut jobs = Vec::new();
    let mut lines = Vec::new();
    for record in &records[records.len().saturating_sub(last)..] {
        let job = parse_id(&record.job).map_err(anyhow::Error::msg)?;
        let view = chain.find_job(job).await?;
        lines.push((record.job.clone(), text(record, view.as_ref())));
        jobs.push(entry(record, view.as_ref()));
    }
    Ok(Report::new(json!({ "known": records.len(), "jobs": jobs })).lines(lines))
}

/// The name of a job's state, as `swarm job show` gives it.
fn state(view: &JobView) -> &'static str {
    match view.state {
        JobState::Open => "open",
        JobState::Assigned { .. } => "assigned",
        JobState::Completed { .. } => "completed",
        JobState::Expired { .. } => "expired",
        JobState::Failed { .. } => "failed",
        JobState::Shared { .. } => "shared",
        JobState::Agreed { .. } => "agreed",
        JobState::Undecided { .. } => "undecided",
        JobState::Cancelled { .. } => "cancelled",
    }
}

/// How the job stands, in words; the chain forgets jobs some time after their end.
fn text(record: &JobRecord, view: Option<&JobView>) -> String {
    let rows = record.rows;
    match view {
        None => format!("{rows} rows, forgotten by the chain"),
        Some(view) => {
            let since = match (view.state.ended(), view.state.assigned()) {
                (Some(at), _) | (None, Some(at)) => format!("in block {at}"),
                (None, None) => format!("until block {}", view.deadline),
            };
            let most = Price::of(&view.currency, view.max_price);
            format!("{} {since}, {rows} rows, at most {most}", state(view))
        }
    }
}

fn entry(record: &JobRecord, view: Option<&JobView>) -> Value {
    json!({
        "job": record.job,
        "requester": record.requester,
        "model": record.model,
        "rows": record.rows,
        "submitted_ms": record.submitted_ms,
        "state": view.map(state),
        "ended": view.and_then(|view| view.state.ended()),
        "deadline": view.map(|view| view.deadline),
        "max_price": view.map(|view| view.max_price.to_string()),
        "asset": view.and_then(|view| asset_of(&view.currency)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rooted_view;
    use sp_core::H256;
    use swarm_store::ContentId;

    #[test]
    fn a_job_is_told_by_what_the_chain_knows_of_it() {
        let record = JobRecord {
            job: format!("{:?}", H256::repeat_byte(1)),
            genesis: format!("{:?}", H256::zero()),
            requester: "5Grw".into(),
            model: "0x".into(),
            input: "bafk".into(),
            rows: 7,
            hidden: false,
            submitted_ms: 5,
        };
        let mut view = rooted_view(ContentId::of(b""), 2, H256::zero());
        assert!(text(&record, Some(&view)).starts_with("assigned in block 2, 7 rows"));
        assert_eq!(entry(&record, Some(&view))["ended"], Value::Null);
        view.state = JobState::Open;
        assert!(text(&record, Some(&view)).starts_with("open until block 100"));
        view.state = JobState::Undecided { at: 9 };
        let entry_of_ended = entry(&record, Some(&view));
        assert_eq!(entry_of_ended["state"], "undecided");
        assert_eq!(entry_of_ended["ended"], 9);
        assert!(text(&record, None).contains("forgotten"));
        assert_eq!(entry(&record, None)["state"], Value::Null);
        assert_eq!(entry(&record, None)["rows"], 7);
    }
}
