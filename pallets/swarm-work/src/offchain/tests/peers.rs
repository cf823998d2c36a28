//! Bandwidth of peers, measured and reported by the node.

use super::fake::{Mood, Node, RATE};
use crate::{
    mock::*,
    offchain::{memory, outbox::MAX_ATTEMPTS},
    pallet::*,
    Pace,
};
use sp_runtime::testing::UintAuthorityId;
use swarm_capacity::identity;
use swarmwork_offchain::hex;

/// A node of providers that name an endpoint; no windows open.
fn node(mood: Mood, providers: u64) -> Node {
    let node = Node::new(mood, providers);
    node.execute(|| {
        (1..=providers).for_each(set_endpoint);
        PaceOf::<Test>::mutate(|pace: &mut Pace| pace.windows = 0);
    });
    node
}

/// Lets the rest of an epoch pass but its last block.
fn epoch(node: &Node) {
    while node.execute(|| (System::block_number() + 1) % EPOCH) != 0 {
        node.block();
    }
}

/// All reports of the running epoch: of whom, by whom, how much.
fn reports(node: &Node) -> Vec<(u64, u64, u32)> {
    node.execute(|| {
        let current = CurrentEpoch::<Test>::get();
        let mut all: Vec<_> = Bandwidths::<Test>::iter()
            .filter(|(_, record)| record.epoch == current)
            .flat_map(|(of, record)| {
                let reports = record.reports.into_inner().into_iter();
                reports.map(move |(by, rate)| (of, by, rate))
            })
            .collect();
        all.sort_unstable();
        all
    })
}

fn asked(node: &Node) -> usize {
    let about = |request: &&super::fake::Seen| request.path.starts_with("/v1/bandwidth");
    node.seen().iter().filter(about).count()
}

#[test]
fn peers_are_measured_once_and_reported_by_all_who_are_drawn() {
    let node = node(Mood::Honest, 4);
    epoch(&node);
    let pairs = (1..=4u64).flat_map(|of| (1..=4u64).map(move |by| (of, by, RATE)));
    let expected: Vec<_> = pairs.filter(|(of, by, _)| of != by).collect();
    assert_eq!(reports(&node), expected);
    assert_eq!(node.included().len(), expected.len());
    // One executor measures each of them once, at the endpoint that it has registered.
    let seed = node.execute(EpochSeed::<Test>::get);
    let mut orders = node.orders();
    orders.sort_by_key(|order| order["url"].to_string());
    let expected: Vec<_> = (1..=4u64)
        .map(|who| {
            serde_json::json!({
                "seed": hex(&seed),
                "identity": hex(&identity(&who)),
                "url": format!("http://provider-{who}.example"),
            })
        })
        .collect();
    assert_eq!(orders, expected);
    // It counts in the next epoch, in which all of it is done again.
    node.block();
    node.block();
    assert_eq!(node.execute(|| Work::bandwidth_of(&1, 1)), Some(RATE));
    epoch(&node);
    assert_eq!(reports(&node).len(), 12);
}

#[test]
fn it_is_spread_over_the_epoch() {
    let node = node(Mood::Honest, 8);
    for _ in 0..3 {
        node.block();
    }
    let early = asked(&node);
    epoch(&node);
    assert!(early < asked(&node) / 3, "{early} of {}", asked(&node));
    assert_eq!(reports(&node).len(), 56);
}

#[test]
fn who_cannot_be_measured_has_no_bandwidth() {
    let node = node(Mood::Fails, 2);
    epoch(&node);
    assert_eq!(reports(&node), [(1, 2, 0), (2, 1, 0)]);
}

#[test]
fn one_peer_at_a_time_is_measured() {
    let node = node(Mood::Slow, 4);
    UintAuthorityId::set_all_keys([1 + WORKER]);
    epoch(&node);
    assert_eq!(node.orders().len(), 1);
    assert!(reports(&node).is_empty());
}

#[test]
fn an_executor_that_does_not_help_is_no_reason_to_report_anything() {
    for mood in [Mood::Babbles, Mood::Refuses, Mood::Down, Mood::Hangs] {
        let node = node(mood, 2);
        epoch(&node);
        assert!(asked(&node) > 0 && reports(&node).is_empty(), "{mood:?}");
    }
}

#[test]
fn nobody_is_measured_while_a_window_runs() {
    let node = Node::new(Mood::Honest, 2);
    node.execute(|| (1..=2).for_each(set_endpoint));
    node.open_window();
    while node.execute(|| CurrentWindow::<Test>::get().is_some()) {
        assert_eq!(asked(&node), 0);
        node.block();
    }
}

#[test]
fn a_report_that_the_pool_refuses_is_handed_over_again_but_not_for_ever() {
    let node = node(Mood::Honest, 2);
    UintAuthorityId::set_all_keys([1 + WORKER]);
    node.refuse(true);
    epoch(&node);
    let sent = node.execute(|| {
        let seed = EpochSeed::<Test>::get();
        memory::peer(&identity(&1u64), &identity(&2u64), &seed).sent
    });
    assert_eq!(sent, MAX_ATTEMPTS);
    assert!(reports(&node).is_empty());
}
