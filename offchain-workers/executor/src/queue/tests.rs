//! The queue against reopening, repetition and cancelling.

use std::{collections::BTreeSet, time::Duration};

use swarm_groth16::PROOF_BYTES;
use swarm_store::ContentId;

use super::*;
use crate::spec::{CircuitSpec, Locator, ModelSpec, RootedSpec};

fn spec(id: u8) -> JobSpec {
    let locator = |byte| Locator {
        content: ContentId::from_digest([byte; 32]),
        source: String::new(),
    };
    JobSpec {
        id: Bytes32([id; 32]),
        genesis: Bytes32([1; 32]),
        provider: Bytes32([2; 32]),
        circuit: CircuitSpec {
            id: Bytes32([3; 32]),
            vk: vec![4; 10],
            proving_key: locator(5),
            commitment_key: locator(6),
        },
        model: ModelSpec {
            id: Bytes32([7; 32]),
            commitment: Bytes32([8; 32]),
            file: locator(9),
        },
        input: locator(10),
        commitments: vec![Bytes32([11; 32]); 3],
        rooted: None,
        done: BTreeSet::new(),
        priority: 0,
    }
}

fn result(byte: u8) -> BatchResult {
    BatchResult {
        proof: [byte; PROOF_BYTES],
        output: ContentId::from_digest([byte; 32]),
        opening: None,
    }
}

/// A job with a root of which these batches are asked for.
fn rooted(id: u8, asked: &[u32]) -> JobSpec {
    JobSpec {
        commitments: Vec::new(),
        rooted: Some(RootedSpec {
            batches: 40,
            root: Bytes32([12; 32]),
            asked: asked.to_vec(),
        }),
        ..spec(id)
    }
}

const ROOT: ResultRoot = ResultRoot {
    root: Bytes32([13; 32]),
    list: Bytes32([14; 32]),
};

fn queue() -> (tempfile::TempDir, Queue) {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    (folder, queue)
}

#[test]
fn everything_survives_reopening_and_unfinished_jobs_are_queued_again() {
    let (folder, queue) = queue();
    for id in 1..=7 {
        assert_eq!(queue.submit(spec(id)).unwrap(), Submission::Accepted);
    }
    let id = |byte| Bytes32([byte; 32]);
    queue.set_state(&id(1), 0, JobState::Proving).unwrap();
    queue.set_device(&id(1), 0, "cpu").unwrap();
    assert!(queue.add_result(&id(1), 0, 2, result(42)).unwrap());
    queue.set_state(&id(2), 1, JobState::Done).unwrap();
    let failure = Failure::new(FailureKind::InputInvalid, "batch 1 is odd");
    queue.fail(&id(3), 2, failure.clone()).unwrap();
    queue.cancel(&id(4)).unwrap();
    queue.set_state(&id(5), 4, JobState::Fetching).unwrap();
    for (job, attempt) in [(6, 5), (7, 6)] {
        let trouble = Failure::new(FailureKind::Internal, "the disk is full");
        queue.fail(&id(job), attempt, trouble).unwrap();
    }
    queue.cancel(&id(7)).unwrap();
    drop(queue);

    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    let states: Vec<_> = queue.list().iter().map(|job| job.record.state).collect();
    use JobState::{Cancelled, Done, Failed, Queued};
    assert_eq!(
        states,
        [Queued, Done, Failed, Cancelled, Queued, Queued, Cancelled]
    );
    assert_eq!(queue.job(&id(6)).unwrap().record.failure, None);
    let first = queue.job(&id(1)).unwrap();
    assert_eq!(first.record.spec, spec(1));
    assert_eq!(first.record.device.as_deref(), Some("cpu"));
    assert_eq!(first.results, BTreeMap::from([(2, result(42))]));
    assert_eq!(first.missing(), [0, 1]);
    assert_eq!(queue.job(&id(3)).unwrap().record.failure, Some(failure));
    queue.submit(spec(8)).unwrap();
    assert_eq!(
        queue.job(&id(8)).unwrap().record.attempt,
        7,
        "attempts go on where they were"
    );
}

#[test]
fn a_second_process_is_told_that_the_folder_is_in_use() {
    let (folder, _queue) = queue();
    let error = Queue::open(&folder.path().join("queue.redb"))
        .err()
        .unwrap();
    assert!(matches!(error, QueueError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("--data"), "{error}");
}

#[test]
fn the_same_job_twice_is_one_job() {
    let (_folder, queue) = queue();
    assert_eq!(queue.submit(spec(1)).unwrap(), Submission::Accepted);
    let id = spec(1).id;
    queue.add_result(&id, 0, 0, result(1)).unwrap();
    let mut again = spec(1);
    again.done = BTreeSet::from([1]);
    again.input.source = "http://new.example".into();
    again.priority = 7;
    assert_eq!(queue.submit(again).unwrap(), Submission::Known);
    let job = queue.job(&id).unwrap();
    assert_eq!((job.record.attempt, job.record.spec.priority), (0, 0));
    assert_eq!(
        job.missing(),
        [2],
        "a batch found on chain is not proven again"
    );
    assert_eq!(job.record.spec.input.source, "http://new.example");
    assert_eq!(queue.list().len(), 1);
    assert_eq!(queue.submit(spec(1)).unwrap(), Submission::Known);
    assert_eq!(
        queue.job(&id).unwrap().missing(),
        [2],
        "what is on chain is not forgotten"
    );
}

#[test]
fn another_job_under_the_same_id_waits_until_the_first_is_finished() {
    let (folder, queue) = queue();
    queue.submit(spec(1)).unwrap();
    let id = spec(1).id;
    queue.add_result(&id, 0, 0, result(1)).unwrap();
    let mut other = spec(1);
    other.provider = Bytes32([99; 32]);
    let error = queue.submit(other.clone()).unwrap_err();
    assert!(
        matches!(error, QueueError::Conflict(i) if i == id),
        "{error}"
    );
    queue.cancel(&id).unwrap();
    assert_eq!(queue.submit(other.clone()).unwrap(), Submission::Accepted);
    assert!(
        queue.job(&id).unwrap().results.is_empty(),
        "proofs for another provider were kept"
    );
    drop(queue);
    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    let job = queue.job(&id).unwrap();
    assert_eq!(job.record.spec, other);
    assert!(job.results.is_empty());
}

#[test]
fn a_cancelled_job_starts_over_with_what_it_had_proven() {
    let (_folder, queue) = queue();
    queue.submit(spec(1)).unwrap();
    let id = spec(1).id;
    queue.add_result(&id, 0, 1, result(1)).unwrap();
    assert_eq!(queue.cancel(&id).unwrap().record.state, JobState::Cancelled);
    assert!(
        !queue.set_state(&id, 0, JobState::Done).unwrap(),
        "a cancelled run went on"
    );
    assert!(!queue.add_result(&id, 0, 2, result(2)).unwrap());
    assert_eq!(queue.submit(spec(1)).unwrap(), Submission::Accepted);
    let job = queue.job(&id).unwrap();
    assert_eq!(
        (job.record.state, job.record.attempt),
        (JobState::Queued, 1)
    );
    assert_eq!(job.missing(), [0, 2]);
    assert!(
        !queue.set_state(&id, 0, JobState::Done).unwrap(),
        "the old run changed the new"
    );
    assert!(!queue.add_result(&id, 0, 2, result(2)).unwrap());
    assert!(queue.set_state(&id, 1, JobState::Done).unwrap());
    assert_eq!(
        queue.cancel(&id).unwrap().record.state,
        JobState::Done,
        "done stays done"
    );
}

#[test]
fn a_failed_job_is_only_tried_again_after_it_was_deleted() {
    let (_folder, queue) = queue();
    queue.submit(spec(1)).unwrap();
    let id = spec(1).id;
    queue
        .fail(&id, 0, Failure::new(FailureKind::Internal, "no"))
        .unwrap();
    assert_eq!(queue.submit(spec(1)).unwrap(), Submission::Known);
    assert_eq!(queue.job(&id).unwrap().record.state, JobState::Failed);
    queue.cancel(&id).unwrap();
    assert_eq!(queue.submit(spec(1)).unwrap(), Submission::Accepted);
    assert_eq!(queue.job(&id).unwrap().record.failure, None);
}

#[test]
fn an_unknown_job_cannot_be_cancelled() {
    let (_folder, queue) = queue();
    let error = queue.cancel(&Bytes32([1; 32])).unwrap_err();
    assert!(matches!(error, QueueError::Unknown(_)), "{error}");
}

#[test]
fn a_record_that_does_not_read_is_named() {
    let (folder, queue) = queue();
    let transaction = queue.database.begin_write().unwrap();
    transaction
        .open_table(JOBS)
        .unwrap()
        .insert(&[7; 32], &b"{}"[..])
        .unwrap();
    transaction.commit().unwrap();
    drop(queue);
    let error = Queue::open(&folder.path().join("queue.redb"))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains(&Bytes32([7; 32]).to_string()), "{error}");
}

#[test]
fn the_oldest_finished_jobs_are_forgotten() {
    let (_folder, queue) = queue();
    let id = |n: usize| Bytes32(*ContentId::of(&n.to_le_bytes()).digest());
    for n in 0..MAX_FINISHED + 3 {
        queue
            .submit(JobSpec {
                id: id(n),
                ..spec(0)
            })
            .unwrap();
        queue.add_result(&id(n), n as u64, 0, result(0)).unwrap();
        queue.set_state(&id(n), n as u64, JobState::Done).unwrap();
    }
    // What a job with a root has committed to may still be asked for.
    queue.submit(rooted(1, &[])).unwrap();
    let other = rooted(1, &[]).id;
    queue
        .set_state(&other, (MAX_FINISHED + 3) as u64, JobState::Done)
        .unwrap();
    queue.forget_finished(Duration::from_secs(3600)).unwrap();
    assert_eq!(queue.list().len(), MAX_FINISHED + 1);
    assert!(queue.job(&other).is_some());
    assert!(queue.job(&id(2)).is_none());
    assert!(queue.job(&id(3)).is_some());
    let transaction = queue.database.begin_read().unwrap();
    assert_eq!(
        transaction
            .open_table(RESULTS)
            .unwrap()
            .iter()
            .unwrap()
            .count(),
        MAX_FINISHED
    );
}

#[test]
fn a_forgotten_job_is_remembered_until_its_blobs_are_evicted() {
    let (folder, queue) = queue();
    for id in 1..=3 {
        queue.submit(spec(id)).unwrap();
    }
    let id = |byte| Bytes32([byte; 32]);
    queue.add_result(&id(1), 0, 2, result(9)).unwrap();
    queue.set_state(&id(1), 0, JobState::Done).unwrap();
    queue.cancel(&id(2)).unwrap();
    queue.forget_finished(Duration::from_secs(3600)).unwrap();
    assert_eq!(queue.list().len(), 3, "its time was not over");
    queue.forget_finished(Duration::ZERO).unwrap();
    assert_eq!(queue.list().len(), 1, "one at work was forgotten");
    drop(queue);

    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    assert!(queue.job(&id(1)).is_none() && queue.job(&id(3)).is_some());
    let forgotten = queue.forgotten().unwrap();
    assert_eq!(forgotten.len(), 2);
    assert_eq!(forgotten[0].record.spec, spec(1));
    assert_eq!(forgotten[0].outputs, [id(9)]);
    queue.evicted(&id(1)).unwrap();
    assert_eq!(queue.forgotten().unwrap().len(), 1);
}

#[test]
fn results_that_were_committed_to_are_proven_whenever_they_are_asked_for() {
    let (folder, queue) = queue();
    let id = Bytes32([1; 32]);
    assert_eq!(queue.submit(rooted(1, &[])).unwrap(), Submission::Accepted);
    let job = |queue: &Queue| queue.job(&id).unwrap();
    assert!(!job(&queue).is_complete() && !job(&queue).is_urgent());
    assert!(queue.set_computed(&id, 0, 16, None).unwrap());
    assert_eq!(queue.submit(rooted(1, &[])).unwrap(), Submission::Known);
    assert_eq!(job(&queue).record.computed, 16);
    assert!(queue.set_computed(&id, 0, 40, Some(ROOT)).unwrap());
    assert!(job(&queue).is_complete());
    queue.set_state(&id, 0, JobState::Done).unwrap();
    assert_eq!(queue.submit(rooted(1, &[])).unwrap(), Submission::Known);

    // Asked for: it is taken up again, with what it has.
    assert_eq!(
        queue.submit(rooted(1, &[7, 30])).unwrap(),
        Submission::Accepted
    );
    assert_eq!(job(&queue).missing(), [7, 30]);
    assert!(job(&queue).is_urgent());
    assert_eq!(job(&queue).record.results, Some(ROOT));
    queue.add_result(&id, 1, 7, result(1)).unwrap();
    drop(queue);
    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    assert_eq!(job(&queue).missing(), [30]);
    assert_eq!(job(&queue).record.results, Some(ROOT));

    // A trouble that may pass is tried again: collateral depends on the proof.
    let trouble = Failure::new(FailureKind::Internal, "the disk is full");
    queue.fail(&id, 1, trouble).unwrap();
    assert_eq!(
        queue.submit(rooted(1, &[7, 30])).unwrap(),
        Submission::Accepted
    );
    assert_eq!(job(&queue).record.results, Some(ROOT));
    // Another is not tried again for the same, but does not stand in the way of more.
    let trouble = Failure::new(FailureKind::KeyInvalid, "no");
    queue.fail(&id, 2, trouble).unwrap();
    assert_eq!(
        queue.submit(rooted(1, &[7, 30])).unwrap(),
        Submission::Known
    );
    assert_eq!(
        queue.submit(rooted(1, &[7, 30, 31])).unwrap(),
        Submission::Accepted
    );
    assert_eq!(job(&queue).missing(), [30, 31]);
    // What another fork asked for and this one does not is not proven.
    let mut elsewhere = rooted(1, &[5]);
    elsewhere.done = BTreeSet::from([30]);
    queue.submit(elsewhere).unwrap();
    assert_eq!(job(&queue).missing(), [5]);
    // Nor is a batch taken for proven whose proof a fork has lost.
    queue.submit(rooted(1, &[5, 30])).unwrap();
    assert_eq!(job(&queue).missing(), [5, 30]);
    // Whoever asks for others later does not push in before them.
    queue.submit(rooted(1, &[30, 5, 2])).unwrap();
    assert_eq!(job(&queue).missing(), [30, 5, 2]);
    drop(queue);
    let queue = Queue::open(&folder.path().join("queue.redb")).unwrap();
    assert_eq!(job(&queue).missing(), [30, 5, 2]);
}
