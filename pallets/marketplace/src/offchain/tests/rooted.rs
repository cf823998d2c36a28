//! Jobs with a root: committed to once, and proven as they are asked for.

use super::fake::{rooted_answer, Node, Refuses, Reply, COMMITMENT};
use crate::{
    mock::{rooted::*, *},
    offchain::{document::hex, memory},
    pallet::Stages,
};
use frame_support::assert_ok;
use serde_json::{json, Value};
use sp_core::H256;
use swarm_merkle::Tree;
use swarmwork_offchain::{MAX_BODY_BYTES, RESUBMIT_BLOCKS};
use swarmwork_primitives::{JobStage, JobState};

/// A node whose provider takes such jobs.
fn node() -> Node {
    let node = Node::new();
    node.execute(|| {
        assert_ok!(Marketplace::accept_rooted_work(
            RuntimeOrigin::signed(provider(0)),
            true
        ));
    });
    node
}

/// One with a job of five batches of which two are drawn, and what it comes to.
fn node_with_sampled() -> (Node, H256, Tree) {
    let node = node();
    let id = node.execute(|| sampled(0, 5, 2));
    (node, id, results(5))
}

fn reply(node: &Node, id: H256, results: Option<&Tree>, batches: &[u32]) {
    let answer = rooted_answer(id, "done", results, batches);
    node.reply(Reply::Answer(200, answer));
}

/// The bodies of what was posted.
fn posted(node: &Node) -> Vec<Value> {
    let posts = node.seen().into_iter().filter(|seen| seen.method == "POST");
    posts
        .map(|seen| serde_json::from_slice(&seen.body).expect("it is JSON"))
        .collect()
}

/// Lets the worker commit, and blocks pass until the draw is made; what is drawn.
fn commit_and_draw(node: &Node, id: H256, tree: &Tree) -> Vec<u32> {
    reply(node, id, Some(tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    for _ in 0..20 {
        if node.execute(|| !drawn(id).is_empty()) {
            break;
        }
        reply(node, id, Some(tree), &[]);
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    node.execute(|| drawn(id))
}

#[test]
fn a_job_is_posted_with_its_root_and_with_what_is_asked_for() {
    let (node, id, tree) = node_with_sampled();
    reply(&node, id, None, &[]);
    node.block();
    let first = posted(&node).remove(0);
    assert_eq!(first["id"], hex(id.as_bytes()));
    assert_eq!(first["commitments"], json!([]));
    let root = hex(&inputs(5).root());
    assert_eq!(
        first["rooted"],
        json!({"batches": 5, "root": root, "asked": []})
    );
    assert_eq!(first["done"], json!([]));
    assert_eq!(node.submitted(), vec![]);

    let asked = commit_and_draw(&node, id, &tree);
    assert_eq!(asked.len(), 2);
    reply(&node, id, Some(&tree), &asked[..1]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, asked[0])]);
    assert_eq!(node.include(), 1);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    let last = posted(&node).pop().expect("it is posted after every block");
    assert_eq!(last["rooted"]["asked"], json!(asked));
    assert_eq!(last["done"], json!([asked[0]]));
    assert!(node.seen().iter().all(|seen| seen.method == "POST"));
}

#[test]
fn a_sample_is_committed_to_drawn_proven_together_and_paid() {
    let (node, id, tree) = node_with_sampled();
    let asked = commit_and_draw(&node, id, &tree);
    reply(&node, id, Some(&tree), &asked);
    node.block();
    let mut sorted = asked.clone();
    sorted.sort();
    let expected: Vec<_> = sorted.into_iter().map(|batch| (id, batch)).collect();
    assert_eq!(node.transactions(), vec![expected]);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
    // Its outputs are still to be fetched: it is only forgotten.
    node.block();
    node.execute(|| assert!(memory::known_jobs().is_empty()));
    assert!(node.seen().iter().all(|seen| seen.method == "POST"));
}

#[test]
fn a_commitment_is_made_once_and_again_only_when_it_must_be_lost() {
    let (node, id, tree) = node_with_sampled();
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    node.drop_pool();
    for _ in 1..RESUBMIT_BLOCKS {
        reply(&node, id, Some(&tree), &[]);
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    // It is refused, and so no longer on its way: the next block tries again.
    node.refuse_transactions(Refuses::Everything);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![]);
    node.refuse_transactions(Refuses::Nothing);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        let stage = Stages::<Test>::get(id).expect("it is committed to");
        assert_eq!(*stage.results(), result_root(&tree));
    });
}

#[test]
fn a_commitment_that_comes_too_late_is_not_submitted() {
    let (node, id, tree) = node_with_sampled();
    node.execute(|| {
        let end = crate::Pallet::<Test>::work_ends(&job(id));
        run_to(end);
    });
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![]);
}

#[test]
fn a_challenged_batch_is_proven_in_time() {
    let node = node();
    let id = node.execute(|| optimistic(0, 40));
    let tree = results(40);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    // Nobody asks for anything: nothing is proven.
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.submitted(), vec![]);
    node.execute(|| {
        assert_ok!(challenge(account(3), id, 33));
        assert_ok!(challenge(account(3), id, 2));
    });
    reply(&node, id, Some(&tree), &[]);
    node.block();
    let asked = posted(&node).pop().expect("it is posted")["rooted"]["asked"].clone();
    assert_eq!(asked, json!([33, 2]));
    reply(&node, id, Some(&tree), &[2, 33]);
    node.block();
    // The older first; and there is no time left to try again what one spoils for the other.
    assert_eq!(node.transactions(), vec![vec![(id, 33)], vec![(id, 2)]]);
    assert_eq!(node.include(), 2);
    node.execute(|| {
        let until = until(id);
        assert!(crate::Challenges::<Test>::get(id).is_empty());
        let Some(JobStage::Standing { challenged, .. }) = Stages::<Test>::get(id) else {
            panic!("the results do not stand");
        };
        assert_eq!(challenged.to_vec(), [33, 2]);
        run_to(until + 1);
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

#[test]
fn what_the_chain_would_refuse_is_not_submitted() {
    let (node, id, tree) = node_with_sampled();
    let asked = commit_and_draw(&node, id, &tree);
    let good = rooted_answer(id, "done", Some(&tree), &asked);
    let other = (0..5)
        .find(|batch| !asked.contains(batch))
        .expect("five are more than two");
    let document: Value = serde_json::from_str(&good).expect("it is JSON");
    let opened = |batch: u32| {
        let answer = rooted_answer(id, "done", Some(&tree), &[batch]);
        let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
        answer["batches"][0].clone()
    };
    let spoils: [&dyn Fn(&mut Value); 5] = [
        // Not asked for, and so not looked at.
        &|d| d["batches"] = json!([opened(other)]),
        // Another's proof.
        &|d| {
            d["batches"] = json!([opened(asked[0])]);
            d["batches"][0]["proof"] = opened(other)["proof"].clone();
        },
        // Another's path.
        &|d| {
            d["batches"] = json!([opened(asked[0])]);
            let path = opened(other)["opening"]["result_path"].clone();
            d["batches"][0]["opening"]["result_path"] = path;
        },
        // No path at all.
        &|d| {
            d["batches"] = json!([opened(asked[0])]);
            d["batches"][0]["opening"] = Value::Null;
        },
        // Another's input.
        &|d| {
            d["batches"] = json!([opened(asked[0])]);
            d["batches"][0]["opening"]["input"] = opened(other)["opening"]["input"].clone();
        },
    ];
    for spoil in spoils {
        let mut spoilt = document.clone();
        spoil(&mut spoilt);
        // Failures make the worker pause.
        node.forget_replies();
        node.reply(Reply::Answer(200, spoilt.to_string()));
        node.execute(|| {
            let mut record = memory::record(&id);
            record.pause = Default::default();
            memory::set_record(&id, &record);
            Node::work();
        });
        assert_eq!(node.submitted(), vec![]);
    }
    node.execute(|| {
        let mut record = memory::record(&id);
        record.pause = Default::default();
        memory::set_record(&id, &record);
    });
    node.forget_replies();
    node.reply(Reply::Answer(200, good));
    node.block();
    assert_eq!(node.submitted().len(), 2);
    assert_eq!(node.include(), 1);
}

#[test]
fn an_answer_with_as_many_openings_as_the_executor_shows_is_read() {
    // 32 proofs with 20 hashes in each of two paths, as the executor writes them.
    let hash = format!("\"{}\"", hex(&[9; 32]));
    let path = vec![hash.clone(); 20].join(",");
    let opening = format!(
        r#"{{"index":1048575,"proof":"{}","output":{hash},"opening":{{"input":{hash},"input_path":[{path}],"result_path":[{path}]}}}}"#,
        hex(&[9; 192]),
    );
    assert!(opening.len() * 32 + 4_096 < MAX_BODY_BYTES);
}

#[test]
fn a_job_whose_provider_failed_is_cancelled_at_the_executor() {
    let node = node();
    let id = node.execute(|| optimistic(0, 5));
    let tree = results(5);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert_ok!(challenge(account(3), id, 3));
        run_to(until(id) + 1);
        assert!(matches!(job(id).state, JobState::Failed { .. }));
    });
    node.reply(Reply::Answer(200, "{}".into()));
    node.block();
    assert_eq!(node.seen().pop().map(|r| r.method), Some("DELETE".into()));
    node.execute(|| assert!(memory::known_jobs().is_empty()));
}

/// What fails costs a fee, and the job has failed whatever is proven of it.
#[test]
fn no_answer_is_submitted_after_another_is_overdue() {
    let node = node();
    let id = node.execute(|| optimistic(0, 40));
    let tree = results(40);
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert_ok!(challenge(account(3), id, 33));
        assert_ok!(challenge(account(3), id, 2));
        let oldest = crate::Challenges::<Test>::get(id)[0].until;
        // The last block in which the first answer could count is the current one.
        run_to(oldest);
    });
    reply(&node, id, Some(&tree), &[2]);
    node.execute(Node::work);
    assert_eq!(node.submitted(), vec![]);
}

/// A job of the largest tree costs the worker no more than one of a few batches.
#[test]
fn a_large_job_is_served_as_a_small_one() {
    let node = node();
    let (id, tree) = node.execute(|| {
        let to = swarmwork_primitives::Assignment::Direct(provider(0));
        let mode = swarmwork_primitives::Mode::Optimistic;
        (submit_rooted(4_096, mode, 100_000, 150, to), results(4_096))
    });
    reply(&node, id, Some(&tree), &[]);
    node.block();
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert_ok!(challenge(account(3), id, 4_095));
    });
    reply(&node, id, Some(&tree), &[4_095]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, 4_095)]);
    assert_eq!(node.include(), 1);
}
