//! What to do next for a job, decided without input or output.

use super::document::{BatchProof, Document, FailureKind, Stage};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, Encode};

pub use swarmwork_offchain::RESUBMIT_BLOCKS;

/// Longest pause after failures, in blocks.
pub const MAX_PAUSE_BLOCKS: u64 = 16;
/// How often cancelling a job that is no longer ours is tried.
pub const MAX_CANCEL_ATTEMPTS: u32 = 8;

/// A result handed to the transaction pool.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug)]
pub struct Submission {
    /// Which batch.
    pub batch: u32,
    /// The block at which it was handed over.
    pub at: u64,
    /// Whether it was so with others in one transaction.
    pub together: bool,
}

/// A pause after failures.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub struct Pause {
    /// Failures since the last success.
    pub failures: u32,
    /// First block in which to try again.
    pub until: u64,
}

impl Pause {
    /// Whether it lasts at a block. One that reaches further than any pause does belongs to a
    /// longer chain than this and is void.
    pub fn lasts(&self, now: u64) -> bool {
        now < self.until && self.until <= now.saturating_add(MAX_PAUSE_BLOCKS)
    }

    /// Pauses longer: 1, 2, 4, … blocks.
    pub fn extend(&mut self, now: u64) {
        let pause = 1u64 << self.failures.min(MAX_PAUSE_BLOCKS.ilog2());
        self.failures = self.failures.saturating_add(1);
        self.until = now.saturating_add(pause);
    }
}

/// What is remembered of a dispatched job across blocks and restarts.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub struct Record {
    /// Whether the executor has been given the job.
    pub posted: bool,
    /// After failures.
    pub pause: Pause,
    /// Results handed to the pool.
    pub submitted: Vec<Submission>,
    /// Whether one was lost that shared its transaction with others: any of those may have been why
    /// the chain refused it.
    pub alone: bool,
    /// The block at which the commitment to all results was handed to the pool.
    pub committing: Option<u64>,
    /// The block at which sealed results were.
    pub revealing: Option<u64>,
    /// What the executor said of the input.
    pub input: Heard,
}

/// What the executor said of a job's input, and when, on the market's clock.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub enum Heard {
    /// Nothing that is certain.
    #[default]
    Nothing,
    /// That it cannot have it.
    Lacking {
        /// First, and ever since.
        since: u64,
        /// Last.
        last: u64,
    },
    /// That it has it.
    Here {
        /// Last.
        last: u64,
    },
    /// That what it has is not what the requester committed to, which no later word changes: the file
    /// is named by its content.
    Invalid,
}

impl Heard {
    /// Whether the executor lacks the input by what it said at block `now`, for more than half of the
    /// blocks in which that may be reported.
    pub fn lacks_for_most(&self, report_time: u64, now: u64) -> bool {
        match self {
            Self::Lacking { since, last } => {
                *last == now && now.saturating_sub(*since).saturating_mul(2) > report_time
            }
            _ => false,
        }
    }

    /// Whether the executor said at block `now` that it has the input.
    pub fn is_here(&self, now: u64) -> bool {
        *self == Self::Here { last: now }
    }
}

/// What to ask of the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// Nothing yet.
    Nothing,
    /// To take the job.
    Post,
    /// How far it is.
    Poll,
}

impl Record {
    /// What to ask now.
    pub fn ask(&self, now: u64) -> Ask {
        if self.pause.lasts(now) {
            Ask::Nothing
        } else if self.posted {
            Ask::Poll
        } else {
            Ask::Post
        }
    }

    /// Forgets submissions that are on chain, and so not awaited there, or that must be taken for
    /// lost.
    pub fn settle(&mut self, awaited: &BTreeSet<u32>, now: u64) {
        let mut alone = self.alone;
        self.submitted.retain(|submission| {
            let on_chain = !awaited.contains(&submission.batch);
            let waits = waits(submission.at, now);
            alone |= submission.together && !on_chain && !waits;
            !on_chain && waits
        });
        self.alone = alone;
    }

    /// Forgets a commitment that is on chain, or that must be taken for lost.
    pub fn settle_commitment(&mut self, on_chain: bool, now: u64) {
        self.committing = self.committing.filter(|at| !on_chain && waits(*at, now));
    }

    /// Forgets sealed results that are on chain, or that must be taken for lost.
    pub fn settle_reveal(&mut self, on_chain: bool, now: u64) {
        self.revealing = self.revealing.filter(|at| !on_chain && waits(*at, now));
    }

    /// Whether a result must not share a transaction: one of this job was lost so before, or there
    /// would be no time left to try it again.
    pub fn goes_alone(&self, deadline: u64, now: u64) -> bool {
        self.alone || deadline <= now.saturating_add(RESUBMIT_BLOCKS)
    }

    /// Whether a submitted result may still be on its way. While one is, the worker key's nonce is
    /// unknown and nothing else is submitted under it.
    pub fn in_flight(&self) -> bool {
        !self.submitted.is_empty() || self.committing.is_some() || self.revealing.is_some()
    }

    /// Notes that a result is handed over, before it is.
    pub fn submitting(&mut self, batch: u32, together: bool, at: u64) {
        self.submitted.push(Submission {
            batch,
            at,
            together,
        });
    }

    /// Takes the note back: the pool refused.
    pub fn refused(&mut self, batch: u32) {
        self.submitted.retain(|s| s.batch != batch);
    }
}

/// Whether what was handed over at a block may still be on its way.
fn waits(at: u64, now: u64) -> bool {
    let lost = now >= at.saturating_add(RESUBMIT_BLOCKS);
    // Handed over at a later block than any fork of this chain has.
    let void = at > now.saturating_add(RESUBMIT_BLOCKS);
    !lost && !void
}

/// The proven batches of a document that the chain awaits, lowest first.
pub fn fresh<'a>(document: &'a Document, awaited: &BTreeSet<u32>) -> Vec<&'a BatchProof> {
    let mut fresh: Vec<_> = document
        .batches
        .iter()
        .filter(|batch| awaited.contains(&batch.index))
        .collect();
    fresh.sort_by_key(|batch| batch.index);
    fresh
}

/// Whether the executor will not go on by itself, and what to tell the operator.
pub fn stuck(document: &Document) -> Option<&'static str> {
    match (document.state, document.error_kind) {
        (Stage::Cancelled, _) => Some("it was cancelled there and is posted again"),
        (Stage::Failed, Some(FailureKind::InputUnavailable)) => Some(
            "the input cannot be fetched: the requester must serve it, or put it to this executor",
        ),
        (Stage::Failed, Some(FailureKind::InputInvalid)) => Some(
            "the input is not what the requester committed to: it is reported while there is time \
                 for that, and otherwise the job will expire",
        ),
        (Stage::Failed, Some(FailureKind::ModelUnavailable)) => Some(
            "the model cannot be fetched: put the model file to this executor, or ask its owner \
             to serve it",
        ),
        (Stage::Failed, Some(FailureKind::ModelInvalid)) => {
            Some("the model file is not what was registered: the job will expire")
        }
        (Stage::Failed, Some(FailureKind::KeyInvalid)) => Some(
            "the proving key is not the circuit's: put the right key file to this executor, or \
             set the provider unavailable",
        ),
        (Stage::Failed, Some(FailureKind::TimeLimit)) => Some(
            "it took longer than the executor allows: restart it with higher limits, it goes on \
             from what it has",
        ),
        (Stage::Failed, Some(FailureKind::Internal) | None) => {
            Some("look at the executor's log, restart it if needed")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;
    use sp_core::H256;

    fn document(state: &str, kind: &str, batches: &[u32]) -> Document {
        let job = H256::repeat_byte(1);
        let batches: Vec<_> = batches
            .iter()
            .map(|index| {
                serde_json::json!({
                    "index": index,
                    "proof": super::super::document::hex(&[0; 192]),
                    "output": super::super::document::hex(&[0; 32]),
                })
            })
            .collect();
        let json = serde_json::json!({
            "id": super::super::document::hex(job.as_bytes()),
            "state": state,
            "batches": batches,
            "error_kind": (!kind.is_empty()).then_some(kind),
        });
        Document::parse(json.to_string().as_bytes(), &job, 64).expect("well-formed")
    }

    #[test]
    fn a_job_is_posted_once_and_then_polled() {
        let mut record = Record::default();
        assert_eq!(record.ask(5), Ask::Post);
        record.posted = true;
        assert_eq!(record.ask(5), Ask::Poll);
        record.pause.extend(5);
        assert_eq!(record.ask(5), Ask::Nothing);
        assert_eq!(record.ask(6), Ask::Poll);
    }

    #[test]
    fn pauses_double_to_a_limit() {
        let mut pause = Pause::default();
        let lengths: Vec<u64> = (0..7)
            .map(|_| {
                pause.extend(100);
                pause.until - 100
            })
            .collect();
        assert_eq!(lengths, vec![1, 2, 4, 8, 16, 16, 16]);
        assert!(pause.lasts(115) && !pause.lasts(116));
    }

    #[test]
    fn a_pause_from_a_longer_chain_is_void() {
        let mut pause = Pause::default();
        pause.extend(1_000_000);
        assert!(!pause.lasts(10));
    }

    /// The batches that the chain awaits where these are proven.
    fn awaited(proven: &[bool]) -> BTreeSet<u32> {
        let open = (0u32..).zip(proven).filter(|(_, proven)| !**proven);
        open.map(|(batch, _)| batch).collect()
    }

    #[test]
    fn a_commitment_waits_until_it_is_on_chain_or_lost() {
        for (on_chain, now, waits) in [
            (false, 101, true),
            (true, 101, false),
            (false, 100 + RESUBMIT_BLOCKS - 1, true),
            (false, 100 + RESUBMIT_BLOCKS, false),
            // A small step back by a fork, and another chain.
            (false, 95, true),
            (false, 5, false),
        ] {
            let mut record = Record {
                committing: Some(100),
                ..Default::default()
            };
            record.settle_commitment(on_chain, now);
            assert_eq!(record.in_flight(), waits, "{on_chain} at {now}");
            let mut record = Record {
                revealing: Some(100),
                ..Default::default()
            };
            record.settle_reveal(on_chain, now);
            assert_eq!(record.in_flight(), waits, "revealed: {on_chain} at {now}");
        }
    }

    #[test]
    fn an_input_lacks_for_most_of_the_time_if_it_still_does() {
        let lacking = |since, last| Heard::Lacking { since, last };
        for (heard, now, lacks) in [
            (lacking(100, 108), 108, true),
            (lacking(100, 107), 107, false),
            // Not heard in this block.
            (lacking(100, 108), 109, false),
            (Heard::Here { last: 108 }, 108, false),
            (Heard::Nothing, 108, false),
        ] {
            assert_eq!(heard.lacks_for_most(15, now), lacks, "{heard:?} at {now}");
        }
        assert!(Heard::Here { last: 5 }.is_here(5));
        assert!(!Heard::Here { last: 5 }.is_here(6));
        assert!(!lacking(1, 5).is_here(5));
    }

    fn alone(batch: u32, at: u64) -> Submission {
        Submission {
            batch,
            at,
            together: false,
        }
    }

    #[test]
    fn a_submission_waits_until_it_is_on_chain_or_lost() {
        let mut record = Record::default();
        record.submitting(0, false, 100);
        record.submitting(1, false, 100);
        record.settle(&awaited(&[false, false]), 101);
        assert_eq!(record.submitted.len(), 2);
        record.settle(&awaited(&[true, false]), 102);
        assert_eq!(record.submitted, vec![alone(1, 100)]);
        record.settle(&awaited(&[true, false]), 100 + RESUBMIT_BLOCKS - 1);
        assert!(record.in_flight());
        record.settle(&awaited(&[true, false]), 100 + RESUBMIT_BLOCKS);
        assert!(!record.in_flight());
    }

    #[test]
    fn a_submission_survives_a_small_step_back_but_not_another_chain() {
        let mut record = Record::default();
        record.submitting(0, false, 100);
        record.settle(&awaited(&[false]), 95);
        assert!(record.in_flight());
        record.settle(&awaited(&[false]), 5);
        assert!(!record.in_flight());
    }

    #[test]
    fn a_refused_submission_is_not_remembered() {
        let mut record = Record::default();
        record.submitting(0, false, 1);
        record.submitting(1, false, 1);
        record.refused(0);
        assert_eq!(record.submitted, vec![alone(1, 1)]);
    }

    #[test]
    fn what_was_lost_among_others_goes_alone_and_what_arrived_does_not() {
        let far = 1_000;
        for (together, arrives, goes_alone) in [
            (true, false, true),
            (true, true, false),
            (false, false, false),
        ] {
            let mut record = Record::default();
            record.submitting(0, together, 100);
            record.settle(&awaited(&[arrives]), 100 + RESUBMIT_BLOCKS - 1);
            assert!(!record.goes_alone(far, 112));
            record.settle(&awaited(&[arrives]), 100 + RESUBMIT_BLOCKS);
            assert_eq!(record.goes_alone(far, 112), goes_alone);
            // And stays so.
            record.submitting(1, false, 112);
            record.settle(&awaited(&[arrives, true]), 113);
            assert_eq!(record.goes_alone(far, 113), goes_alone);
        }
    }

    #[test]
    fn a_result_without_time_for_another_attempt_goes_alone() {
        let record = Record::default();
        assert!(record.goes_alone(100 + RESUBMIT_BLOCKS, 100));
        assert!(!record.goes_alone(101 + RESUBMIT_BLOCKS, 100));
    }

    #[test]
    fn only_what_is_not_on_chain_is_fresh_and_in_order() {
        let document = document("proving", "", &[3, 0, 2]);
        let indices = |proven: &[bool]| -> Vec<u32> {
            fresh(&document, &awaited(proven))
                .iter()
                .map(|b| b.index)
                .collect()
        };
        assert_eq!(indices(&[false; 4]), vec![0, 2, 3]);
        assert_eq!(indices(&[true, false, true, false]), vec![3]);
        assert_eq!(indices(&[true, true]), Vec::<u32>::new());
    }

    #[test]
    fn every_way_to_be_stuck_has_its_own_advice() {
        let mut seen = Vec::new();
        for (state, kind) in [
            ("cancelled", ""),
            ("failed", "input_unavailable"),
            ("failed", "input_invalid"),
            ("failed", "model_unavailable"),
            ("failed", "model_invalid"),
            ("failed", "key_invalid"),
            ("failed", "time_limit"),
            ("failed", "internal"),
        ] {
            let advice = stuck(&document(state, kind, &[])).expect("it is stuck");
            assert!(!seen.contains(&advice), "{kind}");
            seen.push(advice);
        }
        assert_eq!(stuck(&document("failed", "", &[])), seen.pop());
        for state in ["queued", "fetching", "running", "proving", "done"] {
            assert_eq!(stuck(&document(state, "", &[])), None, "{state}");
        }
    }

    proptest! {
        /// Whatever happens, a batch is in flight at most once.
        #[test]
        fn no_batch_is_in_flight_twice(
            events in prop::collection::vec((0u32..4, any::<bool>(), 0u64..20), 1..60),
        ) {
            let mut record = Record::default();
            let mut proven = [false; 4];
            let mut now = 0u64;
            for (batch, lands, blocks) in events {
                now += blocks;
                record.settle(&awaited(&proven), now);
                if !record.in_flight() && !proven[batch as usize] {
                    record.submitting(batch, now.is_multiple_of(2), now);
                }
                prop_assert!(record.submitted.len() <= 1);
                prop_assert!(record.submitted.iter().all(|s| now < s.at + RESUBMIT_BLOCKS));
                if lands {
                    proven[batch as usize] = true;
                }
            }
        }
    }
}
