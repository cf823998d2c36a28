//! Jobs of several providers: sealed once, revealed when that is safe, and disputed.

use super::fake::{rooted_answer, Node, Reply, COMMITMENT};
use crate::{
    mock::{panels::*, rooted::batch_output, *},
    offchain::memory,
    pallet::RevealedAnswers,
};
use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::offchain::storage::StorageValueRef;
use swarm_merkle::Tree;
use swarmwork_primitives::{Answers, FinalisedBlock, JobState, PanelStage, FINALISED_KEY};

/// A node of provider 0, who shares a job with the providers 1 and 2.
fn node() -> (Node, H256) {
    let node = Node::new();
    let id = node.execute(|| {
        assert_ok!(Marketplace::accept_rooted_work(
            RuntimeOrigin::signed(provider(0)),
            true
        ));
        rooted::register_rooted(1, ASK);
        rooted::register_rooted(2, ASK);
        drawn_of_three()
    });
    (node, id)
}

/// The executor's list of these answers.
fn list(answers: &Answers) -> Vec<u8> {
    let entry = |(batch, answer): (u32, &[u8; 32])| [*answer, batch_output(batch).0].concat();
    (0u32..).zip(answers).flat_map(entry).collect()
}

/// The executor has all results, and a proof of these batches.
fn reply(node: &Node, id: H256, batches: &[u32]) {
    let answer = rooted_answer(id, "done", Some(&tree()), batches);
    node.reply(Reply::Answer(200, answer));
}

/// What the executor commits to; here only its list matters.
fn tree() -> Tree {
    rooted::results(BATCHES)
}

/// Says that the block before this one is final.
fn finalise(node: &Node) {
    node.execute(|| {
        let number = System::block_number() - 1;
        let block = FinalisedBlock {
            number,
            hash: System::block_hash(number),
        };
        StorageValueRef::persistent(FINALISED_KEY).set(&block);
    });
}

/// Gives the block before this one a hash, as a chain does.
fn name_parent(node: &Node) {
    node.execute(|| {
        let number = System::block_number() - 1;
        let hash = H256::from_low_u64_be(number + 1_000);
        frame_system::BlockHash::<Test>::insert(number, hash);
    });
}

/// Lets the node seal these answers, and the others seal those; what it has kept.
fn seal_all(node: &Node, id: H256, own: &Answers, others: &Answers) {
    reply(node, id, &[]);
    node.reply(Reply::Blob(list(own)));
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert_ok!(seal_as(id, 1, others));
        assert_ok!(seal_as(id, 2, others));
        assert!(matches!(panel(id).stage, PanelStage::Revealing { .. }));
    });
}

#[test]
fn results_are_sealed_revealed_once_that_is_final_and_paid() {
    let (node, id) = node();
    reply_nothing_yet(&node, id);
    node.block();
    assert_eq!(node.submitted(), vec![]);
    let right = answers();
    seal_all(&node, id, &right, &right);
    let kept = node.execute(|| memory::kept(&id)).expect("it is sealed");
    assert_eq!((&kept.answers, kept.list), (&right, LIST));
    // It may be revealed from the second block on, and is not before that is final.
    for _ in 0..3 {
        reply(&node, id, &[]);
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    name_parent(&node);
    finalise(&node);
    reply(&node, id, &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        let place = (0..3)
            .find(|place| numbers(id)[*place as usize] == 0)
            .expect("it has a seat");
        assert_eq!(RevealedAnswers::<Test>::get(id, place), Some(right.clone()));
        assert_ok!(reveal_as(id, 1, &right));
        assert_ok!(reveal_as(id, 2, &right));
    });
    // Nobody differs: nothing is to be proven.
    reply(&node, id, &[]);
    node.block();
    assert_eq!(node.submitted(), vec![]);
    node.execute(|| assert!(matches!(run_to_end(id), JobState::Agreed { .. })));
    // Its outputs are still to be fetched: it is only forgotten, with what was sealed.
    node.block();
    node.execute(|| {
        assert!(memory::known_jobs().is_empty());
        assert_eq!(memory::kept(&id), None);
    });
}

fn reply_nothing_yet(node: &Node, id: H256) {
    let answer = rooted_answer(id, "running", None, &[]);
    node.reply(Reply::Answer(200, answer));
}

/// What is to be revealed is in the node.
#[test]
fn results_are_revealed_although_the_executor_is_away() {
    let (node, id) = node();
    let right = answers();
    seal_all(&node, id, &right, &right);
    node.forget_replies();
    for _ in 0..4 {
        node.reply(Reply::Refuse);
    }
    for _ in 0..3 {
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    name_parent(&node);
    finalise(&node);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    // Not twice.
    node.reply(Reply::Refuse);
    node.block();
    assert_eq!(node.submitted(), vec![]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        let members = panel(id).members;
        let revealed = members.iter().filter(|member| member.revealed.is_some());
        assert_eq!(revealed.count(), 1);
    });
}

/// It would be refused, for a fee.
#[test]
fn what_is_not_what_was_sealed_is_not_revealed() {
    let (node, id) = node();
    let right = answers();
    seal_all(&node, id, &right, &right);
    node.execute(|| {
        let mut kept = memory::kept(&id).expect("it is sealed");
        kept.salt[0] ^= 1;
        memory::keep(&id, &kept);
    });
    for _ in 0..5 {
        reply(&node, id, &[]);
        name_parent(&node);
        finalise(&node);
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
}

/// A final block of another fork says nothing about this one.
#[test]
fn what_is_final_elsewhere_does_not_count() {
    let (node, id) = node();
    let right = answers();
    seal_all(&node, id, &right, &right);
    for _ in 0..3 {
        reply(&node, id, &[]);
        node.block();
    }
    assert_eq!(node.submitted(), vec![]);
    name_parent(&node);
    node.execute(|| {
        let block = FinalisedBlock {
            number: System::block_number() - 1,
            hash: H256::repeat_byte(9),
        };
        StorageValueRef::persistent(FINALISED_KEY).set(&block);
    });
    reply(&node, id, &[]);
    node.block();
    assert_eq!(node.submitted(), vec![]);
}

/// Not to reveal costs the collateral for sure.
#[test]
fn without_finality_results_are_revealed_in_the_end() {
    let (node, id) = node();
    let right = answers();
    seal_all(&node, id, &right, &right);
    let PanelStage::Revealing { opens, until } = node.execute(|| panel(id).stage) else {
        panic!("all have sealed");
    };
    for _ in 0..20 {
        reply(&node, id, &[]);
        node.block();
        if !node.submitted().is_empty() {
            break;
        }
    }
    let now = node.execute(System::block_number);
    assert_eq!(now, opens + (until - opens) / 2);
    assert_eq!(node.include(), 1);
}

/// A list that came to another length later, or another salt, would make what was sealed worthless.
#[test]
fn what_is_sealed_is_never_replaced() {
    let (node, id) = node();
    let right = answers();
    reply(&node, id, &[]);
    node.reply(Reply::Blob(list(&right)));
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    let kept = node.execute(|| memory::kept(&id));
    assert!(kept.is_some());
    // It is lost, and submitted again without another look at the list.
    node.drop_pool();
    for _ in 0..20 {
        reply(&node, id, &[]);
        node.block();
        if !node.submitted().is_empty() {
            break;
        }
    }
    assert_eq!(node.execute(|| memory::kept(&id)), kept);
    assert_eq!(node.include(), 1);
}

#[test]
fn a_list_of_another_length_is_not_sealed() {
    let (node, id) = node();
    let mut short = list(&answers());
    short.pop();
    reply(&node, id, &[]);
    node.reply(Reply::Blob(short));
    node.block();
    assert_eq!(node.submitted(), vec![]);
    assert_eq!(node.execute(|| memory::kept(&id)), None);
}

/// Where another differs the first such batch is asked for, proven and disputed.
#[test]
fn who_differs_is_refuted() {
    let (node, id) = node();
    let (right, wrong) = (answers(), wrong_answers(7, 1));
    seal_all(&node, id, &right, &wrong);
    for _ in 0..3 {
        reply(&node, id, &[]);
        node.block();
    }
    name_parent(&node);
    finalise(&node);
    reply(&node, id, &[]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, COMMITMENT)]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        assert_ok!(reveal_as(id, 1, &wrong));
        assert_ok!(reveal_as(id, 2, &wrong));
    });
    reply(&node, id, &[]);
    node.block();
    let posted = node.seen().pop().expect("it is posted after every block");
    let body: serde_json::Value = serde_json::from_slice(&posted.body).expect("it is JSON");
    assert_eq!(body["rooted"]["asked"], serde_json::json!([7]));
    assert_eq!(node.submitted(), vec![]);
    reply(&node, id, &[7]);
    node.block();
    assert_eq!(node.submitted(), vec![(id, 7)]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        let refuted = panel(id).members;
        let refuted = refuted.iter().filter(|member| member.refuted_by.is_some());
        assert_eq!(refuted.count(), 2);
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
    });
}
