//! The worker against a scripted executor, a real keystore and a pool.

mod fake;
mod inputs;
mod panels;
mod rooted;

use super::{
    assigned_jobs,
    dispatch::{MAX_CANCEL_ATTEMPTS, RESUBMIT_BLOCKS},
    document::hex,
    memory,
};
use crate::{mock::*, pallet::Starts};
use fake::{answer, failure, Node, Refuses, Reply};
use frame_support::{assert_ok, storage::unhashed};
use frame_system::{offchain::Signer, LastRuntimeUpgrade, LastRuntimeUpgradeInfo};
use proptest::prelude::*;
use sp_core::{offchain::Duration, H256};
use sp_runtime::offchain::storage::StorageValueRef;
use swarmwork_offchain::{in_flight, note_sent, Sender, MAX_BODY_BYTES};
use swarmwork_primitives::{
    Assignment, ExecutorEndpoint, JobState, Providers as _, Terms, EXECUTOR_ENDPOINT_KEY,
    PART_ELEMENTS,
};

/// A node whose provider has one job of two batches and all the time it needs.
fn node_with_job() -> (Node, H256) {
    let node = Node::new();
    let id = node.execute(|| submit(2, 1_000, 900, Assignment::Direct(provider(0))));
    (node, id)
}

/// A node whose provider has jobs of so many batches and all the time it needs.
fn node_with_jobs<const N: usize>(batches: [u32; N]) -> (Node, [H256; N]) {
    let node = Node::new();
    let ids = node.execute(|| {
        batches.map(|batches| submit(batches, 2_000, 900, Assignment::Direct(provider(0))))
    });
    (node, ids)
}

/// Lets the executor say what is proven of each job, once.
fn proven<const N: usize>(node: &Node, ids: [H256; N], batches: [&[u32]; N]) {
    for (id, batches) in ids.into_iter().zip(batches) {
        node.reply_by_path(id, Reply::Answer(200, answer(id, "proving", batches)));
    }
}

/// The same with twenty blocks of time.
fn node_with_short_job() -> (Node, H256) {
    let node = Node::new();
    let id = node.execute(|| assigned(0, 2, 1_000));
    (node, id)
}

#[test]
fn a_job_is_dispatched_once_over_many_blocks() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    for _ in 0..8 {
        node.reply(Reply::Answer(200, answer(id, "proving", &[])));
    }
    for _ in 0..9 {
        node.block();
    }
    let seen = node.seen();
    assert_eq!(seen.len(), 9);
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path.as_str()),
        ("POST", "/v1/jobs")
    );
    for request in &seen[1..] {
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, format!("/v1/jobs/{}", hex(id.as_bytes())));
        assert!(request.body.is_empty());
    }
    assert!(seen.iter().all(|request| {
        request
            .headers
            .contains(&("Authorization".into(), "Bearer secret".into()))
    }));
}

#[test]
fn what_is_posted_is_the_job_as_the_chain_has_it() {
    let (node, id) = node_with_job();
    node.execute(|| {
        assert_ok!(node.prove(id, 1));
    });
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    let body: serde_json::Value =
        serde_json::from_slice(&node.seen()[0].body).expect("the body is JSON");
    assert_eq!(body["id"], hex(id.as_bytes()));
    assert_eq!(body["genesis"], hex(&[0x69; 32]));
    assert_eq!(body["provider"], hex(provider(0).as_ref()));
    assert_eq!(body["circuit"]["id"], hex(&[1; 32]));
    assert_eq!(body["circuit"]["vk"], "0x010203");
    assert_eq!(body["model"]["commitment"], hex(&[0x55; 32]));
    assert_eq!(body["input"]["content"], hex(&[0x44; 32]));
    assert_eq!(body["input"]["source"], "http://requester:9955");
    assert_eq!(
        body["commitments"],
        serde_json::json!([hex(&[0; 32]), hex(&[1; 32])])
    );
    assert_eq!(body["done"], serde_json::json!([1]));
}

#[test]
fn two_batches_in_one_poll_are_one_transaction() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.reply(Reply::Answer(200, answer(id, "done", &[1, 0])));
    node.block();
    node.block();
    assert_eq!(node.transactions(), vec![vec![(id, 0), (id, 1)]]);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
    // A completed job is only forgotten: its outputs are still to be fetched.
    node.block();
    assert_eq!(node.seen().len(), 2);
    node.execute(|| assert!(memory::known_jobs().is_empty()));
}

#[test]
fn a_key_that_the_keystore_names_twice_reports_once() {
    let (node, _) = node_with_job();
    node.execute(|| {
        let keys = || Signer::<Test, <Test as crate::Config>::AuthorityId>::keystore_accounts();
        assert_eq!(keys().count(), 1);
        assert_eq!(assigned_jobs(keys().chain(keys())).len(), 1);
    });
}

#[test]
fn batches_are_submitted_as_they_are_proven() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "proving", &[1])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 1)]);
    assert_eq!(node.include(), 1);
    node.reply(Reply::Answer(200, answer(id, "done", &[1, 0])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0)]);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
}

#[test]
fn a_submitted_result_is_not_submitted_again_until_it_must_be_lost() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.submitted().len(), 2);
    node.drop_pool();
    for _ in 1..RESUBMIT_BLOCKS {
        node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
    node.block();
    // What was lost together is tried alone.
    assert_eq!(node.transactions(), vec![vec![(id, 0)], vec![(id, 1)]]);
    assert_eq!(node.include(), 2);
}

/// The executor works on through an emergency; what it proves is submitted after it, rather than
/// refused for a fee.
#[test]
fn results_wait_while_the_market_stands_still() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    Halted::set(true);
    for _ in 0..RESUBMIT_BLOCKS + 3 {
        node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
        node.block();
    }
    assert_eq!(node.submitted(), vec![]);
    Halted::set(false);
    node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.transactions(), vec![vec![(id, 0), (id, 1)]]);
    assert_eq!(node.include(), 1);
}

/// Between new code and the end of its migrations a job may be unreadable. It is not taken for one
/// that is lost, and so is not cancelled at the executor, which works on.
#[test]
fn nothing_is_done_before_storage_is_that_of_the_code() {
    let new_code = || {
        LastRuntimeUpgrade::<Test>::put(LastRuntimeUpgradeInfo {
            spec_version: codec::Compact(0),
            spec_name: "older".into(),
        })
    };
    let begins: [fn(); 2] = [|| Migrating::set(true), new_code];
    for begin in begins {
        let (node, id) = node_with_job();
        node.reply(Reply::Answer(202, answer(id, "proving", &[])));
        node.block();
        let key = crate::Jobs::<Test>::hashed_key_for(id);
        let stored = node.execute(|| {
            let stored = unhashed::get_raw(&key).expect("it is stored");
            unhashed::put_raw(&key, &[0]);
            begin();
            stored
        });
        for _ in 0..3 {
            node.pass(Duration::from_millis(1_000));
            node.execute(Node::work);
        }
        assert_eq!(node.seen().len(), 1, "the executor was not troubled");
        node.execute(|| {
            assert_eq!(memory::known_jobs(), vec![id]);
            assert_eq!(crate::Pallet::<Test>::job_view(id), None);
            unhashed::put_raw(&key, &stored);
            Migrating::set(false);
            LastRuntimeUpgrade::<Test>::kill();
        });
        node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
        node.block();
        assert_eq!(node.transactions(), vec![vec![(id, 0), (id, 1)]]);
        assert_eq!(node.include(), 1);
    }
}

/// A result that an emergency cut off is taken for lost by the chain's blocks, and so is submitted
/// again as soon as the market goes on, with the time that its job had left.
#[test]
fn what_a_stop_cut_off_is_submitted_again_at_once() {
    let node = Node::new();
    let id = node.execute(|| {
        submit(
            1,
            1_000,
            RESUBMIT_BLOCKS + 3,
            Assignment::Direct(provider(0)),
        )
    });
    node.reply(Reply::Answer(202, answer(id, "done", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0)]);
    node.drop_pool();
    Halted::set(true);
    for _ in 0..3 * RESUBMIT_BLOCKS {
        node.reply(Reply::Answer(200, answer(id, "done", &[0])));
        node.block();
    }
    assert_eq!(node.submitted(), vec![]);
    Halted::set(false);
    node.reply(Reply::Answer(200, answer(id, "done", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0)]);
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
}

#[test]
fn nothing_else_is_submitted_while_a_nonce_is_unknown() {
    let (node, [first, second]) = node_with_jobs([2, 2]);
    node.reply_by_path(first, Reply::Answer(202, answer(first, "proving", &[0])));
    node.reply_by_path(second, Reply::Answer(202, answer(second, "queued", &[])));
    node.block();
    assert_eq!(node.submitted(), vec![(first, 0)]);
    node.reply_by_path(first, Reply::Answer(200, answer(first, "proving", &[0, 1])));
    node.reply_by_path(second, Reply::Answer(200, answer(second, "proving", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![]);
    assert_eq!(node.include(), 1);
    node.reply_by_path(first, Reply::Answer(200, answer(first, "proving", &[0, 1])));
    node.reply_by_path(second, Reply::Answer(200, answer(second, "proving", &[0])));
    node.block();
    let mut submitted = node.submitted();
    submitted.sort();
    let mut expected = vec![(first, 1), (second, 0)];
    expected.sort();
    assert_eq!(submitted, expected);
    assert_eq!(node.include(), 1);
}

#[test]
fn a_job_that_must_be_started_is_reported_as_such_before_its_results() {
    let node = Node::new();
    let id = node.execute(|| {
        let terms = Terms {
            start_within: Some(50),
            ..Default::default()
        };
        submit_with(1, 1_000, Assignment::Direct(provider(0)), terms)
    });
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    assert_eq!(node.transactions(), vec![vec![]]);
    // Results have to wait: the next nonce is not known.
    node.reply(Reply::Answer(200, answer(id, "done", &[0])));
    node.block();
    assert_eq!(node.transactions(), Vec::<Vec<_>>::new());
    assert_eq!(node.include(), 1);
    node.execute(|| assert!(!Starts::<Test>::contains_key(id)));
    node.reply(Reply::Answer(200, answer(id, "done", &[0])));
    node.block();
    assert_eq!(node.transactions(), vec![vec![(id, 0)]]);
    assert_eq!(node.include(), 1);
}

/// A missed output is published part by part, each once the one before is on chain.
#[test]
fn a_missed_output_is_published_from_the_executor() {
    const ELEMENTS: u32 = PART_ELEMENTS + 3;
    DeliveryWindow::set(100);
    let node = Node::new();
    let id = node.execute(|| {
        doubles::OutputElements::<Test>::put(ELEMENTS);
        let terms = Terms {
            deliver: true,
            ..Default::default()
        };
        submit_with(1, 1_000, Assignment::Direct(provider(0)), terms)
    });
    node.execute(|| {
        assert_ok!(node.prove(id, 0));
    });
    let done = || Reply::Answer(202, answer(id, "done", &[0]));
    node.reply(done());
    node.block();
    assert_eq!(node.include(), 0);
    node.execute(|| {
        assert_ok!(dispatch(
            requester(),
            crate::Call::dispute_delivery { job: id }
        ));
    });
    let parts = doubles::opening(0, ELEMENTS);
    let known = || Reply::Answer(200, answer(id, "done", &[0]));
    // What the chain would refuse is not submitted.
    node.reply(known());
    node.reply(Reply::Blob(parts[1].clone()));
    node.block();
    assert_eq!(node.include(), 0);
    // Neither is what the executor has not got.
    node.reply(known());
    node.reply(failure(404, "the output is not kept any more"));
    node.block();
    assert_eq!(node.include(), 0);
    for (part, first) in [(0, 0), (1, PART_ELEMENTS)] {
        node.reply(known());
        node.reply(Reply::Blob(parts[part].clone()));
        node.block();
        let asked = node.seen().last().expect("it was asked").path.clone();
        let expected = format!(
            "/v1/jobs/{}/openings/0?first={first}&count={PART_ELEMENTS}",
            hex(id.as_bytes())
        );
        assert_eq!(asked, expected);
        // Not twice while it is on its way.
        node.reply(known());
        node.block();
        assert_eq!(node.include(), 1);
    }
    node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
    DeliveryWindow::set(8);
}

/// Who has an output published may have challenged a batch elsewhere, whose answer is due before the
/// last part.
#[test]
fn parts_of_a_missed_output_and_results_take_turns() {
    const ELEMENTS: u32 = PART_ELEMENTS + 3;
    DeliveryWindow::set(100);
    let node = Node::new();
    let (missed, other) = node.execute(|| {
        doubles::OutputElements::<Test>::put(ELEMENTS);
        let terms = Terms {
            deliver: true,
            ..Default::default()
        };
        let direct = || Assignment::Direct(provider(0));
        let missed = submit_with(1, 1_000, direct(), terms);
        (missed, submit(1, 1_000, 900, direct()))
    });
    node.execute(|| {
        assert_ok!(node.prove(missed, 0));
        assert_ok!(dispatch(
            requester(),
            crate::Call::dispute_delivery { job: missed }
        ));
    });
    let parts = doubles::opening(0, ELEMENTS);
    let says = |id, batches: &[u32]| {
        node.reply_by_path(id, Reply::Answer(200, answer(id, "done", batches)));
    };
    let publishes = |part: usize| {
        says(missed, &[0]);
        node.reply_by_path(missed, Reply::Blob(parts[part].clone()));
    };
    publishes(0);
    says(other, &[0]);
    node.block();
    assert_eq!(node.transactions(), vec![vec![]]);
    assert_eq!(node.include(), 1);
    // The result is next, and the other part after it.
    says(missed, &[0]);
    says(other, &[0]);
    node.block();
    assert_eq!(node.transactions(), vec![vec![(other, 0)]]);
    assert_eq!(node.include(), 1);
    publishes(1);
    node.block();
    assert_eq!(node.transactions(), vec![vec![]]);
    assert_eq!(node.include(), 1);
    node.execute(|| {
        for id in [missed, other] {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
    DeliveryWindow::set(8);
}

/// Who cannot begin does not say that it has.
#[test]
fn a_job_is_not_started_that_the_executor_does_not_take() {
    let node = Node::new();
    let id = node.execute(|| {
        let terms = Terms {
            start_within: Some(50),
            ..Default::default()
        };
        submit_with(1, 1_000, Assignment::Direct(provider(0)), terms)
    });
    node.reply(failure(503, "full"));
    node.block();
    assert_eq!(node.transactions(), Vec::<Vec<_>>::new());
    node.execute(|| assert!(Starts::<Test>::contains_key(id)));
}

#[test]
fn results_wait_for_what_another_pallet_has_sent_with_the_key() {
    let (node, id) = node_with_job();
    let worker = node.execute(|| {
        let worker = Doubles::worker_of(&provider(0)).expect("it is registered");
        note_sent(Sender::Capacity, &worker, 1, System::block_number());
        worker
    });
    node.reply(Reply::Answer(202, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.submitted(), vec![]);
    node.execute(|| System::inc_account_nonce(&worker));
    node.reply(Reply::Answer(200, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0), (id, 1)]);
    assert_eq!(node.include(), 1);
    // And the other pallet's worker waits for these.
    node.execute(|| assert!(in_flight(Sender::Jobs, &worker, 1, System::block_number())));
}

#[test]
fn a_result_that_the_pool_refuses_is_tried_in_the_next_block() {
    let (node, id) = node_with_job();
    node.refuse_transactions(Refuses::Everything);
    node.reply(Reply::Answer(202, answer(id, "proving", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![]);
    node.refuse_transactions(Refuses::Nothing);
    node.reply(Reply::Answer(200, answer(id, "proving", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0)]);
}

#[test]
fn results_of_several_jobs_share_a_transaction_of_bounded_size() {
    let (node, [first, second]) = node_with_jobs([4, 3]);
    proven(&node, [first, second], [&[0, 1, 2, 3], &[0, 1, 2]]);
    node.block();
    let transactions = node.transactions();
    let sizes: Vec<_> = transactions.iter().map(Vec::len).collect();
    assert_eq!(sizes, vec![5, 2]);
    let mut results = transactions.concat();
    results.sort();
    let mut expected: Vec<_> = (0..4).map(|batch| (first, batch)).collect();
    expected.extend((0..3).map(|batch| (second, batch)));
    expected.sort();
    assert_eq!(results, expected);
    assert_eq!(node.include(), 2);
    node.execute(|| {
        for id in [first, second] {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
}

#[test]
fn one_result_more_than_a_transaction_takes_goes_alone() {
    let (node, [first, second]) = node_with_jobs([4, 2]);
    proven(&node, [first, second], [&[0, 1, 2, 3], &[0, 1]]);
    node.block();
    let sizes: Vec<_> = node.transactions().iter().map(Vec::len).collect();
    assert_eq!(sizes, vec![5, 1]);
    assert_eq!(node.include(), 2);
}

#[test]
fn what_the_pool_refuses_together_is_submitted_one_by_one_at_once() {
    let (node, [first, second]) = node_with_jobs([2, 1]);
    node.refuse_transactions(Refuses::Together);
    proven(&node, [first, second], [&[0, 1], &[0]]);
    node.block();
    let transactions = node.transactions();
    assert_eq!(transactions.len(), 3);
    assert!(transactions.iter().all(|results| results.len() == 1));
    assert_eq!(node.include(), 3);
    // That says nothing about the results: the next ones may go together again.
    node.execute(|| assert!(!memory::record(&first).alone));
}

#[test]
fn a_result_that_spoils_its_transaction_blocks_no_other() {
    let (node, [first, second, third]) = node_with_jobs([2, 2, 1]);
    proven(&node, [first, second, third], [&[0], &[0], &[]]);
    node.block();
    assert_eq!(node.transactions().concat().len(), 2);
    // Another node with the same key is faster with one of them: the whole transaction fails.
    node.execute(|| {
        assert_ok!(node.prove(first, 0));
    });
    let outcomes = node.execute_pool();
    assert!(outcomes.len() == 1 && outcomes[0].is_err(), "{outcomes:?}");
    // The other counts as on its way until it must be lost, and is then submitted alone.
    for _ in 1..RESUBMIT_BLOCKS {
        proven(&node, [first, second, third], [&[0], &[0], &[]]);
        node.block();
        assert_eq!(node.submitted(), vec![]);
    }
    proven(&node, [first, second, third], [&[0, 1], &[0, 1], &[0]]);
    node.block();
    let mut transactions = node.transactions();
    assert_eq!(node.include(), 3);
    assert_eq!(transactions.remove(0), vec![(second, 0)]);
    assert_eq!(transactions.remove(0), vec![(second, 1)]);
    // Jobs that never lost a result go on sharing.
    let mut shared = transactions.concat();
    shared.sort();
    let mut expected = vec![(first, 1), (third, 0)];
    expected.sort();
    assert_eq!(shared, expected);
}

#[test]
fn a_bad_proof_is_left_out_and_the_others_go_together() {
    let (node, [first, second]) = node_with_jobs([3, 1]);
    let bad =
        answer(first, "proving", &[0, 1, 2]).replace(&hex(&node.proof(first, 1)), &hex(&[7; 192]));
    node.reply_by_path(first, Reply::Answer(200, bad));
    proven(&node, [second], [&[0]]);
    node.block();
    let mut results = node.transactions();
    assert_eq!(results.len(), 1);
    results[0].sort();
    let mut expected = vec![(first, 0), (first, 2), (second, 0)];
    expected.sort();
    assert_eq!(results, vec![expected]);
    assert_eq!(node.include(), 1);
}

#[test]
fn a_job_with_little_time_left_shares_no_transaction() {
    let node = Node::new();
    let (short, long) = node.execute(|| {
        run_to(START + 1);
        let long = submit(2, 1_000, 900, Assignment::Direct(provider(0)));
        (
            submit(
                2,
                1_000,
                RESUBMIT_BLOCKS + 1,
                Assignment::Direct(provider(0)),
            ),
            long,
        )
    });
    proven(&node, [short, long], [&[0, 1], &[0, 1]]);
    node.block();
    let mut transactions = node.transactions();
    // The urgent ones come first.
    assert_eq!(transactions.remove(0), vec![(short, 0)]);
    assert_eq!(transactions.remove(0), vec![(short, 1)]);
    assert_eq!(transactions, vec![vec![(long, 0), (long, 1)]]);
    assert_eq!(node.include(), 3);
}

#[test]
fn what_was_proven_before_the_executor_broke_down_is_submitted() {
    let (node, [first, second]) = node_with_jobs([1, 1]);
    proven(&node, [first], [&[0]]);
    node.reply_by_path(second, Reply::Refuse);
    node.block();
    assert_eq!(node.seen().len(), 2);
    assert_eq!(node.submitted(), vec![(first, 0)]);
}

#[test]
fn a_proof_that_the_chain_would_refuse_is_never_submitted() {
    let (node, id) = node_with_job();
    let bad = answer(id, "proving", &[0]).replace(&hex(&node.proof(id, 0)), &hex(&[7; 192]));
    node.reply(Reply::Answer(202, bad.clone()));
    node.block();
    // One block of pause is none; after the second failure there is one.
    node.reply(Reply::Answer(200, bad));
    node.block();
    node.block();
    assert_eq!(node.seen().len(), 2);
    assert_eq!(node.submitted(), vec![]);
    // When the executor mends its ways the good proof goes out.
    node.reply(Reply::Answer(200, answer(id, "proving", &[0])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 0)]);
}

#[test]
fn nothing_is_submitted_in_the_block_of_the_deadline() {
    let (node, id) = node_with_short_job();
    node.execute(|| run_to(START + 20 - 1));
    node.reply(Reply::Answer(202, answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.submitted(), vec![]);
}

#[test]
fn an_executor_that_is_down_is_asked_less_and_less_and_then_served() {
    let (node, id) = node_with_job();
    let mut asked = Vec::new();
    for _ in 0..5 {
        node.reply(Reply::Refuse);
    }
    for number in 1..=31u64 {
        let before = node.seen().len();
        node.block();
        if node.seen().len() > before {
            asked.push(number);
        }
    }
    // Pauses of 1, 2, 4, 8 and 16 blocks.
    assert_eq!(asked, vec![1, 2, 4, 8, 16]);
    // The last pause is over; the executor is there and is asked in every block again.
    for _ in 0..3 {
        node.reply(Reply::Answer(200, answer(id, "proving", &[0])));
        node.block();
    }
    assert_eq!(node.seen().len(), 8);
    assert_eq!(node.submitted(), vec![(id, 0)]);
}

#[test]
fn one_refusal_spares_the_other_jobs_their_requests() {
    let node = Node::new();
    node.execute(|| {
        for _ in 0..3 {
            assigned(0, 1, 1_000);
        }
    });
    node.reply(Reply::Refuse);
    node.block();
    assert_eq!(node.seen().len(), 1);
}

#[test]
fn an_executor_that_hangs_costs_three_seconds_and_no_lock() {
    let (node, id) = node_with_job();
    let before = node.time();
    node.reply(Reply::Hang);
    node.block();
    // A second of block time, and the three of the request.
    assert_eq!(node.time() - before, 4_000);
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    assert_eq!(node.seen().len(), 2);
}

#[test]
fn a_slow_executor_serves_every_job_in_turn() {
    let node = Node::new();
    let ids = node.execute(|| [(); 3].map(|()| assigned(0, 1, 1_000)));
    node.slow(4_000);
    for id in ids {
        for _ in 0..3 {
            node.reply_by_path(id, Reply::Answer(200, answer(id, "queued", &[])));
        }
    }
    // Eight seconds of one run are two requests of four, and the next run begins elsewhere.
    node.block();
    assert_eq!(node.seen().len(), 2);
    for _ in 0..2 {
        node.block();
    }
    let posted: std::collections::BTreeSet<_> = node
        .seen()
        .into_iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.body)
        .collect();
    assert_eq!(posted.len(), 3);
}

#[test]
fn a_status_of_trouble_pauses_that_job_only() {
    let node = Node::new();
    let (bad, good) = node.execute(|| (assigned(0, 1, 1_000), assigned(0, 1, 1_000)));
    for _ in 0..4 {
        node.reply_by_path(bad, failure(500, "disk full"));
        node.reply_by_path(good, Reply::Answer(200, answer(good, "queued", &[])));
    }
    for _ in 0..4 {
        node.block();
    }
    let count = |id: H256| {
        node.seen()
            .iter()
            .filter(|request| request.speaks_of(&id))
            .count()
    };
    assert_eq!(count(good), 4);
    assert_eq!(count(bad), 3);
}

#[test]
fn garbage_is_refused_and_asked_again_later() {
    for garbage in [
        "",
        "null",
        "[]",
        "<html>it works</html>",
        "{\"id\":\"0x00\"}",
        "{\"state\":\"done\"}",
        "\u{0}\u{1}\u{2}",
    ] {
        let (node, id) = node_with_job();
        node.reply(Reply::Answer(202, garbage.into()));
        node.block();
        assert_eq!(node.submitted(), vec![], "{garbage}");
        // What was posted may have arrived or not: it is posted again, which is idempotent.
        node.reply(Reply::Answer(200, answer(id, "proving", &[0])));
        node.block();
        assert_eq!(node.seen()[1].method, "POST");
        assert_eq!(node.submitted(), vec![(id, 0)]);
    }
}

#[test]
fn an_answer_about_another_job_is_refused() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.reply(Reply::Answer(
        200,
        answer(H256::repeat_byte(9), "done", &[]),
    ));
    node.block();
    node.block();
    assert_eq!(node.submitted(), vec![]);
}

#[test]
fn an_oversized_answer_is_refused_before_it_is_read() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    let mut long = answer(id, "done", &[0, 1]);
    long.push_str(&" ".repeat(MAX_BODY_BYTES * 50));
    node.reply(Reply::Answer(200, long));
    node.block();
    node.block();
    assert_eq!(node.submitted(), vec![]);
    assert!(node.bytes_read() <= MAX_BODY_BYTES + 2 * 4096);
    // Blanks up to the bound are fine.
    let mut padded = answer(id, "done", &[0, 1]);
    padded.push_str(&" ".repeat(MAX_BODY_BYTES - padded.len()));
    node.reply(Reply::Answer(200, padded));
    node.block();
    assert_eq!(node.submitted().len(), 2);
}

#[test]
fn a_body_that_breaks_off_is_no_answer() {
    let (node, id) = node_with_job();
    node.reply(Reply::Break(answer(id, "done", &[0, 1])));
    node.block();
    assert_eq!(node.submitted(), vec![]);
}

#[test]
fn a_forgotten_job_is_posted_again_at_once() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.reply(failure(404, "unknown job"));
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    node.block();
    let methods: Vec<_> = node.seen().into_iter().map(|r| r.method).collect();
    assert_eq!(methods, vec!["POST", "GET", "POST"]);
}

#[test]
fn a_job_that_failed_or_was_cancelled_there_is_posted_again_after_a_pause() {
    for state in ["failed", "cancelled"] {
        let (node, id) = node_with_job();
        node.reply(Reply::Answer(202, answer(id, state, &[])));
        node.reply(Reply::Answer(200, answer(id, state, &[])));
        node.block();
        node.block();
        node.block();
        node.reply(Reply::Answer(200, answer(id, "queued", &[])));
        node.block();
        let methods: Vec<_> = node.seen().into_iter().map(|r| r.method).collect();
        assert_eq!(methods, vec!["POST", "POST", "POST"]);
    }
}

#[test]
fn what_a_failed_job_had_proven_is_submitted() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "failed", &[1])));
    node.block();
    assert_eq!(node.submitted(), vec![(id, 1)]);
}

#[test]
fn a_wrong_token_stops_everything_until_it_is_corrected() {
    for code in [401, 403] {
        let node = Node::new();
        let id = node.execute(|| {
            assigned(0, 1, 1_000);
            assigned(0, 1, 1_000)
        });
        node.reply(failure(code, "who are you"));
        node.reply(failure(code, "who are you"));
        for _ in 0..3 {
            node.block();
        }
        assert_eq!(node.seen().len(), 2);
        // Another token is another endpoint: the pause is over.
        node.execute(|| {
            StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).set(&ExecutorEndpoint {
                url: b"http://127.0.0.1:9955".to_vec(),
                token: b"right".to_vec(),
            })
        });
        node.reply(failure(500, "x"));
        node.reply(Reply::Answer(202, answer(id, "queued", &[])));
        node.execute(Node::work);
        assert_eq!(node.seen().len(), 4);
    }
}

#[test]
fn without_an_endpoint_nothing_is_done() {
    let (node, _) = node_with_job();
    node.execute(|| StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).clear());
    node.block();
    node.execute(|| StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).set(&7u8));
    node.block();
    // Not text: said, not tried.
    node.execute(|| {
        StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).set(&ExecutorEndpoint {
            url: vec![0xff],
            token: vec![],
        })
    });
    node.block();
    assert!(node.seen().is_empty());
}

#[test]
fn jobs_of_other_providers_are_left_alone() {
    let node = Node::new();
    node.execute(|| {
        register(1, 300);
        assigned(1, 1, 1_000);
    });
    node.block();
    assert!(node.seen().is_empty());
}

#[test]
fn a_job_that_a_reorganisation_took_away_is_cancelled() {
    let node = Node::new();
    // The job is in this block's state only; the next best block is on another fork.
    let id = node.on_fork(|| {
        let id = assigned(0, 2, 1_000);
        node.reply(Reply::Answer(202, answer(id, "queued", &[])));
        Node::work();
        id
    });
    node.reply(Reply::Answer(204, String::new()));
    node.block();
    let last = node.seen().pop().expect("it was asked");
    assert_eq!(last.method, "DELETE");
    assert_eq!(last.path, format!("/v1/jobs/{}", hex(id.as_bytes())));
    node.execute(|| assert!(memory::known_jobs().is_empty()));
    // And if it comes back, it is a new job.
    let again = node.execute(|| assigned(0, 2, 1_000));
    assert_eq!(again, id);
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    assert_eq!(node.seen().pop().map(|r| r.method), Some("POST".into()));
}

#[test]
fn an_expired_job_is_cancelled() {
    let (node, id) = node_with_short_job();
    node.reply(Reply::Answer(202, answer(id, "running", &[])));
    node.block();
    node.execute(|| run_to(START + 21));
    node.reply(failure(404, "unknown job"));
    node.block();
    assert_eq!(node.seen().pop().map(|r| r.method), Some("DELETE".into()));
    node.execute(|| assert!(memory::known_jobs().is_empty()));
    node.block();
    assert_eq!(node.seen().len(), 2);
}

#[test]
fn cancelling_is_given_up_in_the_end() {
    let (node, id) = node_with_short_job();
    node.reply(Reply::Answer(202, answer(id, "running", &[])));
    node.block();
    node.execute(|| run_to(START + 21));
    for _ in 0..MAX_CANCEL_ATTEMPTS {
        node.reply(failure(500, "no"));
    }
    for _ in 0..200 {
        node.block();
    }
    assert_eq!(node.seen().len() as u32, 1 + MAX_CANCEL_ATTEMPTS);
    node.execute(|| assert!(memory::known_jobs().is_empty()));
}

#[test]
fn a_run_that_still_works_keeps_the_next_one_out_and_a_dead_one_does_not() {
    use sp_core::offchain::Timestamp;
    use sp_runtime::offchain::storage_lock::BlockAndTimeDeadline;
    let (node, id) = node_with_job();
    let deadline = node.time() + 12_000;
    node.execute(|| {
        StorageValueRef::persistent(memory::LOCK).set(&BlockAndTimeDeadline::<System> {
            block_number: System::block_number() + 1,
            timestamp: Timestamp::from_unix_millis(deadline),
        })
    });
    node.block();
    node.block();
    assert!(node.seen().is_empty());
    // The node was killed: its lock breaks when block and time are past.
    node.pass(Duration::from_millis(12_001));
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    assert_eq!(node.seen().len(), 1);
    // And the run gave its own lock back.
    node.reply(Reply::Answer(200, answer(id, "queued", &[])));
    node.block();
    assert_eq!(node.seen().len(), 2);
}

#[test]
fn records_that_cannot_be_read_are_taken_for_none() {
    let (node, id) = node_with_job();
    node.reply(Reply::Answer(202, answer(id, "queued", &[])));
    node.block();
    node.scramble();
    node.reply(Reply::Answer(200, answer(id, "proving", &[0])));
    node.block();
    assert_eq!(node.seen().pop().map(|r| r.method), Some("POST".into()));
    assert_eq!(node.submitted(), vec![(id, 0)]);
}

/// What an executor may do to the worker.
fn noise() -> impl Strategy<Value = u8> {
    0u8..9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the executor does and whenever blocks take transactions, the worker neither stops
    /// nor pays twice; and when the executor is well again, the job gets done.
    #[test]
    fn noise_neither_wedges_the_worker_nor_makes_it_pay_twice(
        steps in prop::collection::vec((noise(), any::<bool>(), 0u32..3), 1..30),
    ) {
        let node = Node::new();
        let id = node.execute(|| submit(
            3, 1_000, 900, Assignment::Direct(provider(0)),
        ));
        let every = [0u32, 1, 2];
        for (kind, include, upto) in steps {
            node.forget_replies();
            for _ in 0..2 {
                let some = &every[..=upto as usize];
                node.reply(match kind {
                    0 => Reply::Refuse,
                    1 => Reply::Hang,
                    2 => Reply::Break(answer(id, "done", &every)),
                    3 => failure(500, "no"),
                    4 => failure(404, "unknown job"),
                    5 => Reply::Answer(200, "nonsense".into()),
                    6 => Reply::Answer(200, answer(id, "failed", some)),
                    7 => Reply::Answer(200, answer(id, "done", &every).replace(
                        &hex(&node.proof(id, 0)), &hex(&[1; 192]),
                    )),
                    _ => Reply::Answer(200, answer(id, "proving", some)),
                });
            }
            node.block();
            if include {
                // Every included transaction succeeds: none is a repetition.
                node.include();
            }
        }
        for _ in 0..60 {
            node.forget_replies();
            node.reply(Reply::Answer(200, answer(id, "done", &every)));
            node.reply(Reply::Answer(200, answer(id, "done", &every)));
            node.block();
            node.include();
        }
        node.execute(|| assert!(matches!(job(id).state, JobState::Completed { .. })));
        node.execute(|| assert!(memory::known_jobs().is_empty()));
    }
}
