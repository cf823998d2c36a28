//! The worker against an executor of many moods, and a pool.

mod fake;
mod peers;

use super::outbox::MAX_ATTEMPTS;
use crate::{mock::*, pallet::*, Measure};
use fake::{Mood, Node, ROWS};
use sp_runtime::{offchain::storage::StorageValueRef, testing::UintAuthorityId};
use swarm_capacity::identity;
use swarmwork_offchain::{hex, note_sent, Sender};
use swarmwork_primitives::EXECUTOR_ENDPOINT_KEY;

const BOTH: [(u64, &str); 2] = [(1, "commit"), (1, "open")];

fn measure(node: &Node, who: u64) -> Measure {
    node.execute(|| Measures::<Test>::get(who).expect("it is admitted"))
}

/// Rows, streak and windows missed of provider 1.
fn shown(node: &Node) -> (u32, u32, u32) {
    let measure = measure(node, 1);
    (measure.rows, measure.streak, measure.missed)
}

#[test]
fn a_window_is_answered_from_beginning_to_end() {
    let node = Node::new(Mood::Honest, 1);
    let window = node.open_window();
    node.end_window();
    assert_eq!(node.included(), BOTH);
    assert_eq!(shown(&node), (ROWS, 1, 0));
    assert_eq!(measure(&node, 1).latency, 0);
    // Told once, of no more than counts, and to be done a block before the last.
    assert_eq!(
        node.orders(),
        vec![serde_json::json!({
            "seed": hex(&window.seed),
            "identity": hex(&identity(&1u64)),
            "rows": 100,
            "millis": (COMMIT - 1) * BLOCK_MILLIS,
        })]
    );
    // And the next one too.
    node.open_window();
    node.end_window();
    assert_eq!(shown(&node), (ROWS, 2, 0));
}

#[test]
fn each_of_many_participants_opens_in_its_turn() {
    let node = Node::new(Mood::Honest, 8);
    node.open_window();
    node.end_window();
    for who in 1..=8 {
        let measure = measure(&node, who);
        assert_eq!((measure.streak, measure.latency), (1, 0), "{who}");
    }
}

#[test]
fn without_a_window_or_a_key_or_an_endpoint_nothing_is_asked() {
    let node = Node::new(Mood::Honest, 1);
    node.block();
    assert!(node.seen().is_empty());
    UintAuthorityId::set_all_keys([2 + WORKER]);
    node.open_window();
    node.end_window();
    assert!(node.seen().is_empty());
    UintAuthorityId::set_all_keys([1 + WORKER]);
    node.execute(|| StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).clear());
    node.open_window();
    node.end_window();
    assert!(node.seen().is_empty());
    assert_eq!(shown(&node).2, 2);
}

#[test]
fn a_key_that_the_keystore_names_twice_answers_once() {
    let node = Node::new(Mood::Honest, 1);
    UintAuthorityId::set_all_keys([1 + WORKER, 1 + WORKER]);
    node.open_window();
    assert_eq!(node.orders().len(), 1);
    node.end_window();
    assert_eq!(node.included(), BOTH);
}

#[test]
fn an_executor_that_comes_late_has_the_time_that_is_left() {
    let node = Node::new(Mood::Down, 1);
    node.open_window();
    node.block();
    assert_eq!(node.orders().len(), 2);
    node.mood(Mood::Honest);
    node.block();
    assert_eq!(node.orders()[2]["millis"], (COMMIT - 3) * BLOCK_MILLIS);
    node.end_window();
    assert_eq!(shown(&node), (ROWS, 1, 0));
}

#[test]
fn an_executor_that_comes_too_late_is_not_asked_to_compute() {
    let node = Node::new(Mood::Down, 1);
    let window = node.open_window();
    while node.execute(System::block_number) < window.opened + COMMIT - 2 {
        node.block();
    }
    node.mood(Mood::Honest);
    let before = node.orders().len();
    node.end_window();
    assert_eq!(node.orders().len(), before);
    assert!(node.included().is_empty());
    assert_eq!(shown(&node), (0, 0, 1));
}

#[test]
fn an_executor_that_never_helps_costs_the_window_and_nothing_else() {
    for mood in [
        Mood::Slow,
        Mood::Fails,
        Mood::Babbles,
        Mood::Refuses,
        Mood::Down,
        Mood::Hangs,
    ] {
        let node = Node::new(mood, 1);
        node.open_window();
        node.end_window();
        assert!(node.included().is_empty(), "{mood:?}");
        assert_eq!(shown(&node).2, 1, "{mood:?}");
        // The next window finds it well.
        node.mood(Mood::Honest);
        node.open_window();
        node.end_window();
        assert_eq!(node.included(), BOTH, "{mood:?}");
        assert_eq!(shown(&node).1, 1, "{mood:?}");
    }
}

#[test]
fn an_executor_that_hangs_costs_one_run_three_seconds() {
    let node = Node::new(Mood::Hangs, 3);
    node.open_window();
    // The others would hang alike.
    assert_eq!(node.seen().len(), 1);
    node.mood(Mood::Honest);
    node.block();
    assert_eq!(node.orders().len(), 4);
    node.end_window();
    for who in 1..=3 {
        assert_eq!(measure(&node, who).streak, 1);
    }
}

#[test]
fn rows_that_are_made_up_are_never_submitted() {
    let node = Node::new(Mood::Lies, 1);
    node.open_window();
    node.end_window();
    // A root tells nothing; the rows under it do.
    assert_eq!(node.included(), [(1, "commit")]);
    assert_eq!(shown(&node), (0, 0, 1));
    // Once seen through, it is not asked again.
    let asked = |request: &&fake::Seen| request.path.contains("/rows/");
    assert_eq!(node.seen().iter().filter(asked).count(), 1);
}

#[test]
fn an_executor_that_was_restarted_computes_the_same_rows_again() {
    let node = Node::new(Mood::Honest, 1);
    node.open_window();
    node.restart_executor();
    while node.included().is_empty() {
        node.block();
    }
    node.restart_executor();
    node.end_window();
    let rows: Vec<_> = node.orders().iter().map(|o| o["rows"].clone()).collect();
    assert_eq!(rows, [100, 100, ROWS]);
    assert_eq!(node.included(), BOTH);
    assert_eq!(measure(&node, 1).streak, 1);
}

#[test]
fn an_answer_that_the_pool_refuses_is_handed_over_again_but_not_for_ever() {
    let node = Node::new(Mood::Honest, 1);
    let window = node.open_window();
    node.refuse(true);
    node.block();
    assert_eq!(node.pending(), 0);
    node.refuse(false);
    node.block();
    assert_eq!(node.pending(), 1);
    node.refuse(true);
    node.end_window();
    assert_eq!(node.included(), [(1, "commit")]);
    let opened = node.execute(|| super::memory::record(&identity(&1u64), &window.seed).opened);
    assert_eq!(opened, MAX_ATTEMPTS);
}

#[test]
fn an_answer_on_its_way_is_not_sent_twice() {
    let node = Node::new(Mood::Honest, 1);
    node.open_window();
    node.block();
    assert_eq!(node.pending(), 1);
    node.drop_pool();
    node.block();
    assert_eq!(node.pending(), 0);
}

#[test]
fn an_answer_waits_for_results_of_jobs_that_the_key_has_sent() {
    let node = Node::new(Mood::Honest, 1);
    node.open_window();
    node.execute(|| note_sent(Sender::Jobs, &(1 + WORKER), 1, System::block_number()));
    node.block();
    assert_eq!(node.pending(), 0);
    node.execute(|| System::inc_account_nonce(1 + WORKER));
    node.block();
    assert_eq!(node.pending(), 1);
    node.end_window();
    assert_eq!(node.included(), BOTH);
}

#[test]
fn a_void_window_is_answered_no_further() {
    // One more than are judged in a block, so that the window lasts.
    let node = Node::new(Mood::Honest, 4);
    node.open_window();
    let asked = node.seen().len();
    Halted::set(true);
    node.block();
    node.execute(|| assert!(CurrentWindow::<Test>::get().is_some_and(|window| window.void)));
    assert_eq!(node.seen().len(), asked);
    node.end_window();
    assert!(node.included().is_empty());
    assert_eq!(measure(&node, 1), Measure::default());
}
