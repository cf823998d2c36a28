//! Inputs that the executor cannot have: reported late and once, withdrawn, and handed over.

use super::fake::{answer, Node, Reply};
use crate::{
    mock::*,
    offchain::document::hex,
    pallet::{Inputs, Published, Reporters, Withheld},
    Call,
};
use frame_support::assert_ok;
use sp_core::H256;
use swarmwork_primitives::{Assignment, ContentId, JobState};

const FILE: &[u8] = b"rows";
/// As the runtime has it.
const REPORT_TIME: u64 = 15;
const PUBLISH_TIME: u64 = 60;
/// When a report is made after the assignment, at the earliest.
const REPORTED: u64 = 10;

/// A node whose provider has a job of two batches for so many blocks, assigned in the block at which
/// the chain stands.
fn node_with_job(duration: u64) -> (Node, H256) {
    ReportTime::set(REPORT_TIME);
    PublishTime::set(PUBLISH_TIME);
    let node = Node::new();
    let id = node.execute(|| {
        let id = submit(2, 1_000, duration, Assignment::Direct(provider(0)));
        Inputs::<Test>::mutate(id, |input| {
            let content = ContentId(*blake3::hash(FILE).as_bytes());
            input.as_mut().expect("it is stored").locator.content = content;
        });
        id
    });
    (node, id)
}

/// The executor says this of a job's input while it gathers.
fn says(node: &Node, id: H256, input: &str) {
    let mut document: serde_json::Value =
        serde_json::from_str(&answer(id, "fetching", &[])).expect("it is JSON");
    document["input"] = input.into();
    document["waiting_for"] = serde_json::json!([
        {"what": "input", "cid": "x", "reason": "nobody has it", "since": 7, "local": false},
    ]);
    node.reply(Reply::Answer(200, document.to_string()));
}

/// Blocks after each of which the executor says so; the transactions that came of them.
fn blocks(node: &Node, id: H256, input: &str, count: u64) -> usize {
    let mut sent = 0;
    for _ in 0..count {
        says(node, id, input);
        node.block();
        sent += node.transactions().len();
    }
    sent
}

/// Blocks until the input is reported on chain, in the first that it can be.
fn reported(duration: u64) -> (Node, H256) {
    let (node, id) = node_with_job(duration);
    assert_eq!(blocks(&node, id, "missing", REPORTED), 1);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(Withheld::<Test>::contains_key(id)));
    (node, id)
}

#[test]
fn an_input_that_nobody_gives_is_reported_late_and_once() {
    let (node, id) = node_with_job(900);
    assert_eq!(blocks(&node, id, "missing", REPORTED - 1), 0);
    assert_eq!(blocks(&node, id, "missing", 1), 1);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert!(Withheld::<Test>::contains_key(id));
        let reports = Reporters::<Test>::get(id).into_inner();
        assert_eq!(reports, vec![(provider(0), true)]);
    });
    assert_eq!(blocks(&node, id, "missing", REPORT_TIME), 0);
}

#[test]
fn what_was_missed_for_less_than_most_of_the_time_is_not_reported() {
    let half = REPORT_TIME / 2;
    for before in ["here", "arriving"] {
        let (node, id) = node_with_job(900);
        assert_eq!(blocks(&node, id, "missing", 1), 0);
        assert_eq!(blocks(&node, id, before, half - 1), 0);
        assert_eq!(blocks(&node, id, "missing", 2 * REPORT_TIME), 0, "{before}");
    }
}

#[test]
fn what_the_executor_may_have_is_not_reported() {
    for input in ["here", "arriving", "unsaid"] {
        let (node, id) = node_with_job(900);
        if input == "unsaid" {
            for _ in 0..2 * REPORT_TIME {
                node.reply(Reply::Answer(200, answer(id, "fetching", &[])));
                node.block();
            }
        } else {
            blocks(&node, id, input, 2 * REPORT_TIME);
        }
        node.execute(|| assert!(!Withheld::<Test>::contains_key(id)));
        assert_eq!(node.transactions(), Vec::<Vec<_>>::new(), "{input}");
    }
}

/// Posted again, the executor says at first that it has it.
#[test]
fn an_input_that_is_not_what_was_committed_to_is_reported_as_well() {
    let (node, id) = node_with_job(900);
    let mut document: serde_json::Value =
        serde_json::from_str(&answer(id, "failed", &[])).expect("it is JSON");
    document["error"] = "batch 0 has another commitment".into();
    document["error_kind"] = "input_invalid".into();
    node.reply(Reply::Answer(200, document.to_string()));
    node.block();
    assert_eq!(node.transactions().len(), 0);
    assert_eq!(blocks(&node, id, "here", REPORTED - 2), 0);
    assert_eq!(blocks(&node, id, "here", 1), 1);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(Withheld::<Test>::contains_key(id)));
    // Nor is the report withdrawn.
    assert_eq!(blocks(&node, id, "here", REPORT_TIME), 0);
    node.execute(|| {
        let bytes = FILE.to_vec().try_into().expect("short");
        let call = Call::publish_input { job: id, bytes };
        assert_ok!(dispatch(requester(), call));
    });
    // It has that file.
    let before = node.seen().len();
    node.forget_replies();
    for _ in 0..4 {
        node.reply(Reply::Answer(200, document.to_string()));
        node.block();
    }
    assert!(node.seen()[before..]
        .iter()
        .all(|request| !request.path.starts_with("/blobs")));
}

/// It may have the input by now.
#[test]
fn an_executor_that_is_not_heard_has_nothing_reported() {
    let (node, id) = node_with_job(900);
    assert_eq!(blocks(&node, id, "missing", REPORTED - 1), 0);
    for _ in REPORTED..=REPORT_TIME {
        node.forget_replies();
        node.reply(Reply::Refuse);
        node.block();
        assert_eq!(node.transactions(), Vec::<Vec<_>>::new());
    }
}

#[test]
fn nothing_is_said_of_inputs_while_the_market_stands_still() {
    let (node, id) = node_with_job(900);
    assert_eq!(blocks(&node, id, "missing", REPORTED - 1), 0);
    Halted::set(true);
    assert_eq!(blocks(&node, id, "missing", 3 * REPORT_TIME), 0);
    Halted::set(false);
    // No block of it was on the market's clock.
    assert_eq!(blocks(&node, id, "missing", 1), 1);
    assert_eq!(node.include(), 1);
    Halted::set(true);
    assert_eq!(blocks(&node, id, "here", 3), 0);
    Halted::set(false);
    assert_eq!(blocks(&node, id, "here", 1), 1);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(!Withheld::<Test>::contains_key(id)));
}

#[test]
fn a_report_is_withdrawn_once_the_input_is_there_and_not_made_again() {
    let (node, id) = reported(900);
    let deadline = node.execute(|| job(id).deadline);
    assert_eq!(blocks(&node, id, "arriving", 2), 0);
    assert_eq!(blocks(&node, id, "here", 1), 1);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert!(!Withheld::<Test>::contains_key(id));
        assert_eq!(job(id).deadline, deadline);
    });
    assert_eq!(blocks(&node, id, "here", 3), 0);
    assert_eq!(blocks(&node, id, "missing", REPORT_TIME), 0);
}

/// A requester that gives the input when most of the time is gone would have its provider fail.
#[test]
fn a_report_stands_where_more_time_is_gone_than_left() {
    for (late, withdrawn) in [(0, 1), (1, 0)] {
        let duration = 40;
        let (node, id) = reported(duration);
        assert_eq!(
            blocks(&node, id, "missing", duration / 2 - REPORTED - 1 + late),
            0
        );
        assert_eq!(blocks(&node, id, "here", 1), withdrawn);
    }
}

#[test]
fn results_are_not_held_up_by_a_report() {
    let (node, id) = reported(900);
    node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.transactions(), vec![vec![(id, 0), (id, 1)]]);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
}

#[test]
fn an_input_that_is_published_is_handed_to_the_executor() {
    let (node, id) = reported(900);
    node.execute(|| {
        let bytes = FILE.to_vec().try_into().expect("short");
        assert_ok!(dispatch(
            requester(),
            Call::publish_input { job: id, bytes }
        ));
        assert!(Published::<Test>::contains_key(id));
    });
    // What the executor does not take is handed over again.
    for code in [507, 201] {
        says(&node, id, "missing");
        node.reply(Reply::Answer(code, "{}".into()));
        node.block();
        let put = node.seen().pop().expect("it was asked");
        assert_eq!(put.method, "PUT");
        let content = blake3::hash(FILE);
        assert_eq!(put.path, format!("/blobs/{}", hex(content.as_bytes())));
        assert_eq!(put.body, FILE);
        assert!(put
            .headers
            .contains(&("Authorization".into(), "Bearer secret".into())));
        let seen = |request: &&super::fake::Seen| request.method == "PUT";
        assert_eq!(
            node.seen().iter().filter(seen).count(),
            if code == 507 { 1 } else { 2 }
        );
    }
    let before = node.seen().len();
    assert_eq!(blocks(&node, id, "here", 2), 0);
    assert!(node.seen()[before..]
        .iter()
        .all(|request| request.method == "GET"));
}
