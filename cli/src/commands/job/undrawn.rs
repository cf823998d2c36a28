//! Why a job has no provider: what its last draw found.
//!
//! The chain keeps how often it has drawn for a job; why nobody was drawn is in the event of each draw
//! alone. The block of the last one is found by bisecting over that number, so that a job that has
//! waited for a day costs a few dozen reads and no scan.

use std::future::Future;

use codec::Decode;
use serde_json::{json, Value};
use sp_core::H256;
use swarmwork_primitives::RejectionCounts;

use super::quote::{reasons, reasons_json};
use crate::chain::Chain;

/// A draw that gave a job no provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDraw {
    /// Its block.
    block: u32,
    /// Whom it looked at and why they did not fit; nothing where it was put off.
    rejected: Option<RejectionCounts>,
    /// The block whose successors decide the next one, if there will be one.
    redraw: Option<u32>,
}

impl LastDraw {
    /// As `--json` prints it.
    pub fn json(&self) -> Value {
        json!({
            "block": self.block,
            "put_off": self.rejected.is_none(),
            "rejected": self.rejected.as_ref().map(reasons_json).unwrap_or_default(),
            "redraw": self.redraw,
        })
    }

    /// What it found, in words.
    pub fn text(&self) -> String {
        let Some(counts) = &self.rejected else {
            return format!(
                "in block {}, put off: the job may cost more than one draw may still decide on then",
                self.block
            );
        };
        let reasons: Vec<String> = reasons(counts)
            .into_iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        if reasons.is_empty() {
            return format!("in block {}, found no provider to look at", self.block);
        }
        format!(
            "in block {}, found nobody: {}",
            self.block,
            reasons.join(", ")
        )
    }

    /// When there will be another, in words.
    pub fn next(&self) -> String {
        match self.redraw {
            Some(block) => format!("by the blocks after {block}"),
            None => "none: too little time is left, or it was drawn for often enough".to_string(),
        }
    }

    fn read(block: u32, event: &str, mut fields: &[u8]) -> Option<(H256, Self)> {
        let (job, rejected, redraw) = match event {
            "NoProvider" => {
                let (job, rejected, redraw) =
                    <(H256, RejectionCounts, Option<u32>)>::decode(&mut fields).ok()?;
                (job, Some(rejected), redraw)
            }
            "DrawPutOff" => {
                let (job, redraw) = <(H256, Option<u32>)>::decode(&mut fields).ok()?;
                (job, None, redraw)
            }
            _ => return None,
        };
        let draw = Self {
            block,
            rejected,
            redraw,
        };
        Some((job, draw))
    }
}

/// The last of a job's draws that gave it no provider, where `draws` of them have not; `None` where
/// there was none, or the node has dropped the state of its block.
///
/// The job was submitted in the block `submitted` or later.
pub async fn last_draw(
    chain: &Chain,
    job: H256,
    submitted: u32,
    mut draws: u32,
) -> Option<LastDraw> {
    let mut until = chain.best_number().await.ok()?;
    while draws > 0 {
        let reached = |block| async move {
            chain
                .draws_at(job, block)
                .await
                .is_some_and(|at| at >= draws)
        };
        let block = first(submitted, until, reached).await;
        if let Some(draw) = draw_in(chain, block, job).await {
            return Some(draw);
        }
        // A provider that gives a job back counts as a draw too.
        until = block.checked_sub(1)?;
        draws = chain
            .draws_at(job, until)
            .await
            .filter(|earlier| *earlier < draws)?;
    }
    None
}

/// The first number of a range from which on something is so, if it is so of the last.
async fn first<F: Future<Output = bool>>(
    mut from: u32,
    mut until: u32,
    is_so: impl Fn(u32) -> F,
) -> u32 {
    while from < until {
        let middle = from + (until - from) / 2;
        if is_so(middle).await {
            until = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

async fn draw_in(chain: &Chain, block: u32, job: H256) -> Option<LastDraw> {
    let events = chain
        .at_number(block)
        .await
        .ok()?
        .events()
        .fetch()
        .await
        .ok()?;
    let found = events
        .iter()
        .filter_map(Result::ok)
        .filter(|e| e.pallet_name() == "Marketplace")
        .filter_map(|e| LastDraw::read(block, e.event_name(), e.field_bytes()))
        .find(|(of, _)| *of == job);
    found.map(|(_, draw)| draw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    const JOB: H256 = H256::repeat_byte(7);

    fn counts() -> RejectionCounts {
        RejectionCounts {
            busy: 2,
            memory: 1,
            ..Default::default()
        }
    }

    #[test]
    fn a_draw_that_found_nobody_says_whom_it_looked_at() {
        let fields = (JOB, counts(), Some(50u32)).encode();
        let (job, draw) = LastDraw::read(12, "NoProvider", &fields).unwrap();
        assert_eq!(job, JOB);
        assert_eq!(
            draw.text(),
            "in block 12, found nobody: 2 busy, 1 too little GPU memory"
        );
        assert!(draw.next().contains("after 50"));
        let json = draw.json();
        assert_eq!((&json["block"], &json["redraw"]), (&json!(12), &json!(50)));
        assert_eq!(json["put_off"], false);
        assert_eq!(
            json["rejected"][1],
            json!({ "reason": "too little GPU memory", "providers": 1 })
        );

        let fields = (JOB, RejectionCounts::default(), None::<u32>).encode();
        let (_, draw) = LastDraw::read(12, "NoProvider", &fields).unwrap();
        assert!(draw.text().contains("no provider to look at"));
        assert!(draw.next().starts_with("none"));
    }

    #[test]
    fn a_draw_that_was_put_off_says_so() {
        let fields = (JOB, Some(50u32)).encode();
        let (job, draw) = LastDraw::read(12, "DrawPutOff", &fields).unwrap();
        assert_eq!(job, JOB);
        assert!(draw.text().contains("put off"), "{}", draw.text());
        assert_eq!(draw.json()["put_off"], true);
        assert_eq!(draw.json()["rejected"], json!([]));
        assert_eq!(LastDraw::read(12, "JobAssigned", &fields), None);
        assert_eq!(LastDraw::read(12, "DrawPutOff", &fields[..20]), None);
    }

    #[tokio::test]
    async fn the_first_of_a_range_is_found() {
        for reached in 3..=20 {
            let is_so = |block: u32| async move { block >= reached };
            assert_eq!(first(3, 20, is_so).await, reached);
        }
        assert_eq!(first(3, 3, |_| async { true }).await, 3);
    }
}
