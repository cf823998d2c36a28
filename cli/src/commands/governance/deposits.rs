//! `swarm governance settle`: what becomes of the deposits of a proposal that has ended.

use anyhow::{bail, Result};
use serde_json::json;
use subxt::utils::Static;
use swarmwork_primitives::Stage;

use super::show::find;
use crate::{app::App, failure::Failure, output::Report, transact::send};

/// Whose deposit it is again.
const RETURNED: &str = "given back";
/// Whose it is where it was lost.
const LOST: &str = "the treasury's";
/// There is none, or not any more.
const NONE: &str = "none left";

/// What is called for the deposit that a proposal was submitted with, and what that does with it.
fn submission(
    proposal: u32,
    stage: &Stage<u32>,
) -> Result<(&'static str, &'static str, &'static str)> {
    Ok(match stage {
        Stage::Waiting { .. } | Stage::Approved | Stage::Cancelled => {
            ("Referenda", "refund_submission_deposit", RETURNED)
        }
        Stage::Rejected | Stage::TimedOut => ("Governance", "collect_deposit", LOST),
        Stage::Killed => bail!("the deposits of proposal {proposal} were taken when it was killed"),
        Stage::Preparing { .. } | Stage::Queued | Stage::Deciding { .. } => {
            bail!("proposal {proposal} has not ended: its deposits stay until then")
        }
    })
}

pub async fn settle(app: &App, proposal: u32) -> Result<Report> {
    let chain = app.chain().await?;
    let view = find(&chain, proposal).await?;
    let first = submission(proposal, &view.stage)?;
    let second = ("Referenda", "refund_decision_deposit", RETURNED);
    let key = app.key()?;
    let mut outcomes = [NONE; 2];
    for (outcome, (pallet, call, done)) in outcomes.iter_mut().zip([first, second]) {
        let args = (Static(proposal),);
        match send(&chain, &key, pallet, call, args, app.certainty()).await {
            Ok(_) => *outcome = done,
            Err(error) => match error.downcast_ref::<Failure>() {
                Some(Failure::Refused { error: name, .. }) if name.ends_with(".NoDeposit") => {}
                _ => return Err(error),
            },
        }
    }
    let [submission, decision] = outcomes;
    Ok(Report::new(json!({
        "proposal": proposal,
        "submission_deposit": submission,
        "decision_deposit": decision,
    }))
    .line("submission deposit", submission)
    .line("decision deposit", decision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_and_what_comes_back_follows_from_the_end() {
        let call = |stage| submission(3, &stage).map(|(_, call, _)| call);
        for stage in [
            Stage::Approved,
            Stage::Cancelled,
            Stage::Waiting { enacted_at: 9 },
        ] {
            assert_eq!(call(stage).unwrap(), "refund_submission_deposit");
        }
        for stage in [Stage::Rejected, Stage::TimedOut] {
            assert_eq!(call(stage).unwrap(), "collect_deposit");
        }
        for stage in [Stage::Queued, Stage::Killed] {
            assert!(call(stage).unwrap_err().to_string().contains("proposal 3"));
        }
    }
}
