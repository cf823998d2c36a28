//! Jobs with a root over real HTTP: computed in pieces, committed to, proven as they are asked for.

mod common;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use common::{
    answer, config, fixture, hex32, provide_keys_and_model, Job, Server, BATCH, GENESIS, PATIENCE,
    PROVIDER,
};
use reqwest::{Method, StatusCode};
use serde_json::{json, Value};
use swarm_executor::{
    queue::{Queue, Submission},
    spec::{Bytes32, JobSpec},
    Config, JobLimits,
};
use swarm_groth16::{verify, Statement};
use swarm_merkle::{contains, input_leaf, result_leaf};
use swarm_network::{JobInput, Matrix};
use swarm_rooted::{Commitments, Entry, Manifest, ResultList};
use swarm_store::{ContentId, Store};

const BATCHES: u32 = 40;
const PER_PIECE: u32 = 16;

/// A job of 40 batches in three pieces, and its files.
struct Rooted {
    job: Job,
    commitments: Commitments,
    pieces: Vec<Vec<u8>>,
    manifest: Vec<u8>,
}

impl Rooted {
    fn new(seed: u8) -> Self {
        let mut job = Job::new(seed, BATCHES as usize);
        let listed = job.body["commitments"].take();
        let commitments = listed.as_array().unwrap().iter().map(|text| {
            let bytes = hex::decode(&text.as_str().unwrap()[2..]).unwrap();
            <[u8; 32]>::try_from(bytes).unwrap()
        });
        let commitments = Commitments::new(commitments.collect());
        let pieces: Vec<Vec<u8>> = (0..BATCHES)
            .step_by(PER_PIECE as usize)
            .map(|from| piece(&job.input, from, BATCHES.min(from + PER_PIECE)))
            .collect();
        job.body["commitments"] = json!([]);
        job.body["rooted"] = json!({
            "batches": BATCHES,
            "root": hex32(commitments.tree().unwrap().root()),
            "asked": [],
        });
        let mut rooted = Self {
            job,
            commitments,
            pieces,
            manifest: Vec::new(),
        };
        rooted.name_pieces();
        rooted
    }

    /// Writes the manifest of the pieces and commitments as they are.
    fn name_pieces(&mut self) {
        let pieces = self.pieces.iter().map(|piece| ContentId::of(piece));
        let list = ContentId::of(&self.commitments.to_bytes());
        let manifest = Manifest::new(BATCHES, PER_PIECE, list, pieces.collect()).unwrap();
        self.manifest = manifest.to_bytes();
        self.job.body["input"]["content"] = json!(ContentId::of(&self.manifest).to_hex());
    }

    fn blobs(&self) -> Vec<Vec<u8>> {
        let mut blobs = vec![self.manifest.clone(), self.commitments.to_bytes()];
        blobs.extend(self.pieces.iter().cloned());
        blobs
    }

    /// Puts everything into the store that an executor will open.
    fn provide(&self, data: &Path) {
        provide_keys_and_model(data);
        let store = Store::open(data, u64::MAX).unwrap();
        for blob in self.blobs() {
            store.put(&blob).unwrap();
        }
    }

    fn asking(&self, asked: &[u32], done: &[u32]) -> Value {
        let mut body = self.job.body.clone();
        body["rooted"]["asked"] = json!(asked);
        body["done"] = json!(done);
        body
    }

    /// What an honest provider commits to.
    fn results(&self) -> ResultList {
        ResultList::new((0..BATCHES as usize).map(|batch| {
            let input = self.job.input.get(batch).unwrap();
            let output = fixture().model.run_batch(&input).unwrap();
            Entry {
                commitment: fixture().keys.commitment.commit_output(&output).unwrap(),
                output: ContentId::of(&output.to_bytes().unwrap()),
            }
        }))
    }

    /// Checks that the document commits to the right results, all served, and has a proof with paths
    /// of each of these batches.
    fn check(&self, document: &Value, data: &Path, proven: &[u32]) {
        assert_eq!(document["state"], "done", "{document}");
        let expected = self.results();
        let tree = expected.tree().unwrap();
        assert_eq!(document["results"]["root"], hex32(tree.root()));
        let store = Store::open(data, u64::MAX).unwrap();
        let list = ContentId::from_hex(document["results"]["list"].as_str().unwrap()).unwrap();
        let list = store.get(&list).unwrap().expect("the list is served");
        assert_eq!(ResultList::from_bytes(&list, BATCHES).unwrap(), expected);
        assert!(expected.entries().all(|entry| store.has(&entry.output)));

        let batches = document["batches"].as_array().unwrap();
        let found: Vec<u32> = batches
            .iter()
            .map(|batch| batch["index"].as_u64().unwrap() as u32)
            .collect();
        assert_eq!(found, proven);
        for (batch, index) in batches.iter().zip(found) {
            let bytes = |value: &Value| hex::decode(&value.as_str().unwrap()[2..]).unwrap();
            let hash = |value: &Value| <[u8; 32]>::try_from(bytes(value)).unwrap();
            let path = |value: &Value| -> Vec<[u8; 32]> {
                value.as_array().unwrap().iter().map(hash).collect()
            };
            let proof = bytes(&batch["proof"]);
            let opening = &batch["opening"];
            let c_x = hash(&opening["input"]);
            let statement = Statement {
                genesis: GENESIS,
                job: self.job.id,
                batch: index,
                provider: PROVIDER,
                c_w: fixture().commitment,
                c_x,
            };
            verify(&fixture().vk, &statement, &proof).unwrap();
            let c_y: [u8; 32] = proof[160..192].try_into().unwrap();
            let leaf = result_leaf(&c_y, &hash(&batch["output"]));
            let upward = path(&opening["result_path"]);
            assert!(contains(&tree.root(), BATCHES, index, &leaf, &upward));
            let root = self.commitments.tree().unwrap().root();
            let upward = path(&opening["input_path"]);
            assert!(contains(&root, BATCHES, index, &input_leaf(&c_x), &upward));
        }
    }
}

/// Some batches of an input, as an input file of their own.
fn piece(input: &JobInput, from: u32, to: u32) -> Vec<u8> {
    let batches: Vec<_> = (from..to)
        .map(|batch| input.get(batch as usize).unwrap())
        .collect();
    let values = batches
        .iter()
        .flat_map(|batch| batch.rows.values().to_vec())
        .collect();
    let rows = Matrix::new(batches.len() * BATCH, input.rows().cols(), values).unwrap();
    let blind_x = batches.iter().map(|batch| batch.blind_x).collect();
    let blind_y = batches.iter().map(|batch| batch.blind_y).collect();
    JobInput::new(rows, BATCH, blind_x, blind_y)
        .unwrap()
        .to_bytes(fixture().model.topology().input_type())
        .unwrap()
}

/// Waits until what `reached` looks for is so.
async fn until(what: &str, reached: impl Fn() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < PATIENCE, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_batches_are_committed_to_and_those_that_are_asked_for_are_proven() {
    let data = tempfile::tempdir().unwrap();
    // Odd: input and output are hidden.
    let rooted = Rooted::new(31);
    rooted.provide(data.path());
    let server = Server::start(config(data.path())).await;
    let path = rooted.job.path();
    let (status, document) = server.api.post(&rooted.asking(&[], &[])).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{document}");
    let document = server.api.wait_for_end(&path).await;
    rooted.check(&document, data.path(), &[]);
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_computed_total 40"));
    assert!(metrics.contains("swarm_executor_batches_proven_total 0"));
    assert!(
        !data
            .path()
            .join("rooted")
            .join(hex::encode(rooted.job.id))
            .exists(),
        "the list is kept twice"
    );

    let asking = rooted.asking(&[39, 3, 17], &[]);
    assert_eq!(server.api.post(&asking).await.0, StatusCode::ACCEPTED);
    let document = server.api.wait_for_end(&path).await;
    rooted.check(&document, data.path(), &[39, 3, 17]);
    // The same again changes nothing; what is on chain is left out; what is asked for later is proven.
    assert_eq!(server.api.post(&asking).await.0, StatusCode::OK);
    let (status, document) = server.api.post(&rooted.asking(&[39, 3, 17], &[3])).await;
    assert_eq!(status, StatusCode::OK);
    rooted.check(&document, data.path(), &[39, 17]);
    let more = rooted.asking(&[39, 3, 17, 20], &[3]);
    assert_eq!(server.api.post(&more).await.0, StatusCode::ACCEPTED);
    let document = server.api.wait_for_end(&path).await;
    rooted.check(&document, data.path(), &[39, 17, 20]);
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_computed_total 40"));
    assert!(metrics.contains("swarm_executor_batches_proven_total 4"));
    assert!(server.running.shut_down(PATIENCE).await);

    // A new start has the results, and proves from them.
    let server = Server::start(config(data.path())).await;
    let later = rooted.asking(&[39, 3, 17, 20, 0], &[3, 17, 20, 39]);
    assert_eq!(server.api.post(&later).await.0, StatusCode::ACCEPTED);
    let document = server.api.wait_for_end(&path).await;
    rooted.check(&document, data.path(), &[0]);
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_computed_total 0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_behind_the_results_on_disk() {
    let data = tempfile::tempdir().unwrap();
    let rooted = Rooted::new(32);
    rooted.provide(data.path());
    let spec: JobSpec = serde_json::from_value(rooted.asking(&[], &[])).unwrap();
    let queue = Queue::open(&data.path().join("queue.redb")).unwrap();
    assert_eq!(queue.submit(spec).unwrap(), Submission::Accepted);
    // As it was when the process was killed: 20 results are noted, more were being written.
    let id = Bytes32(rooted.job.id);
    assert!(queue.set_computed(&id, 0, 20, None).unwrap());
    drop(queue);
    let results = rooted.results();
    let store = Store::open(data.path(), u64::MAX).unwrap();
    for batch in 0..20 {
        let input = rooted.job.input.get(batch).unwrap();
        let output = fixture().model.run_batch(&input).unwrap();
        store.put(&output.to_bytes().unwrap()).unwrap();
    }
    let folder = data.path().join("rooted");
    std::fs::create_dir_all(&folder).unwrap();
    let mut bytes = results.to_bytes()[..20 * 64].to_vec();
    bytes.extend([7; 100]);
    std::fs::write(folder.join(hex::encode(rooted.job.id)), bytes).unwrap();

    let server = Server::start(config(data.path())).await;
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    rooted.check(&document, data.path(), &[]);
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_computed_total 20"));

    // Where the list itself is lost, everything is computed again, and comes to the same.
    let list = ContentId::from_hex(document["results"]["list"].as_str().unwrap()).unwrap();
    store.remove(&list).unwrap();
    server.api.post(&rooted.asking(&[5], &[])).await;
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    rooted.check(&document, data.path(), &[5]);
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_computed_total 60"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_are_waited_for_and_uploaded_in_any_order() {
    let data = tempfile::tempdir().unwrap();
    provide_keys_and_model(data.path());
    let rooted = Rooted::new(33);
    let server = Server::start(config(data.path())).await;
    server.api.post(&rooted.asking(&[1], &[])).await;
    let mut blobs = rooted.blobs();
    let waits_for = |document: &Value, blob: &[u8]| {
        let cid = ContentId::of(blob).to_string();
        let waiting = document["waiting_for"].as_array().unwrap();
        waiting.iter().any(|each| each["cid"] == cid)
    };
    // Nothing but the manifest is known of, until it is here.
    let manifest = blobs.remove(0);
    let path = rooted.job.path();
    let document = server
        .api
        .wait(&path, |job| waits_for(job, &manifest))
        .await;
    assert_eq!(document["waiting_for"].as_array().unwrap().len(), 1);
    let put = |blob: Vec<u8>| {
        let path = format!("/blobs/{}", ContentId::of(&blob));
        answer(server.api.open(Method::PUT, &path).body(blob))
    };
    assert_eq!(put(blobs[3].clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(put(manifest).await.0, StatusCode::CREATED);
    blobs.reverse();
    for blob in blobs {
        let document = server.api.wait(&path, |job| waits_for(job, &blob)).await;
        assert_eq!(document["state"], "fetching");
        assert_eq!(document["waiting_for"][0]["what"], "input_piece");
        assert_eq!(put(blob).await.0, StatusCode::CREATED);
    }
    let document = server.api.wait_for_end(&path).await;
    rooted.check(&document, data.path(), &[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_inputs_are_named() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let mut seed = 40;
    let mut bad = |spoil: &dyn Fn(&mut Rooted)| {
        seed += 2;
        let mut rooted = Rooted::new(seed);
        spoil(&mut rooted);
        rooted.provide(data.path());
        rooted
    };
    let swap = |rooted: &mut Rooted, a: u32, b: u32| {
        let batch = |n: u32| rooted.job.input.get(n as usize).unwrap().rows;
        let (mut first, mut second) = (batch(a), batch(b));
        std::mem::swap(&mut first, &mut second);
        assert_ne!(first, second);
        let mut values = rooted.job.input.rows().values().to_vec();
        let size = first.values().len();
        values[a as usize * size..][..size].copy_from_slice(first.values());
        values[b as usize * size..][..size].copy_from_slice(second.values());
        let rows = Matrix::new(BATCHES as usize * BATCH, first.cols(), values).unwrap();
        let input = JobInput::new(rows, BATCH, vec![], vec![]).unwrap();
        rooted.pieces[1] = piece(&input, PER_PIECE, 2 * PER_PIECE);
        rooted.name_pieces();
    };
    let cases = [
        (
            bad(&|r| {
                r.manifest = b"{}".to_vec();
                r.job.body["input"]["content"] = json!(ContentId::of(b"{}").to_hex());
            }),
            "the manifest does not read",
        ),
        (
            bad(&|r| {
                let commitments = (0..BATCHES).map(|n| *r.commitments.get(n ^ 1).unwrap());
                r.commitments = Commitments::new(commitments.collect());
                r.name_pieces();
            }),
            "the list of input commitments has the root 0x",
        ),
        (
            bad(&|r| {
                r.commitments = Commitments::new(vec![[1; 32]; 39]);
                r.name_pieces();
            }),
            "40 batches need",
        ),
        (
            bad(&|r| {
                r.pieces[2] = r.pieces[1].clone();
                r.name_pieces();
            }),
            "piece 2 of the input: it has 16 batches of 3 rows, not 8",
        ),
        (
            bad(&|r| {
                r.pieces[1] = b"junk".to_vec();
                r.name_pieces();
            }),
            "piece 1 of the input: not a safetensors file",
        ),
        (bad(&|r| swap(r, 20, 22)), "batch 20 of the input: it has"),
    ];
    for (rooted, message) in cases {
        let (status, document) = server.api.post(&rooted.job.body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{document}");
        let document = server.api.wait_for_end(&rooted.job.path()).await;
        assert_eq!(document["state"], "failed", "{document}");
        assert_eq!(document["error_kind"], "input_invalid", "{document}");
        let error = document["error"].as_str().unwrap();
        assert!(error.contains(message), "{error:?} lacks {message:?}");
        // Nothing is committed to that an honest proof could not be asked for.
        assert_eq!(document["results"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_that_never_comes_ends_the_wait_and_nothing_is_lost() {
    let data = tempfile::tempdir().unwrap();
    let rooted = Rooted::new(34);
    rooted.provide(data.path());
    let missing = ContentId::of(&rooted.pieces[2]);
    let store = Store::open(data.path(), u64::MAX).unwrap();
    store.remove(&missing).unwrap();
    let hasty = Config {
        jobs: JobLimits {
            wait: Duration::from_secs(1),
            ..JobLimits::default()
        },
        ..config(data.path())
    };
    let server = Server::start(hasty).await;
    server.api.post(&rooted.job.body).await;
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    assert_eq!(document["error_kind"], "input_unavailable", "{document}");
    let error = document["error"].as_str().unwrap();
    assert!(error.contains(&missing.to_string()), "{error}");
    assert!(error.contains("--max-wait-hours"), "{error}");
    assert!(server.running.shut_down(PATIENCE).await);

    store.put(&rooted.pieces[2]).unwrap();
    let server = Server::start(config(data.path())).await;
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    rooted.check(&document, data.path(), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_goes_before_everything_else() {
    let data = tempfile::tempdir().unwrap();
    let rooted = Rooted::new(36);
    rooted.provide(data.path());
    let server = Server::start(config(data.path())).await;
    server.api.post(&rooted.asking(&[], &[])).await;
    server.api.wait_for_end(&rooted.job.path()).await;

    let long = Job::new(38, 60);
    long.provide(data.path());
    let mut body = long.body.clone();
    body["priority"] = json!(1_000);
    server.api.post(&body).await;
    server
        .api
        .wait(&long.path(), |job| job["batches"][0].is_object())
        .await;
    server.api.post(&rooted.asking(&[11], &[])).await;
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    rooted.check(&document, data.path(), &[11]);
    let (_, other) = server.api.get(&long.path()).await;
    assert_ne!(other["state"], "done", "collateral waited for another job");
    // It goes on from what it had.
    let done = server.api.wait_for_end(&long.path()).await;
    long.check(&done, data.path(), &(0..60).collect::<Vec<_>>());
    let metrics = server.api.metrics().await;
    assert!(metrics.contains("swarm_executor_batches_proven_total 61"));
}

/// However much priority jobs are given, only proofs that are asked for interrupt another.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_the_highest_priority_do_not_let_each_other_go_first_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let jobs = [Job::new(60, 20), Job::new(62, 20)];
    for job in &jobs {
        job.provide(data.path());
        let mut body = job.body.clone();
        body["priority"] = json!(i32::MAX);
        server.api.post(&body).await;
    }
    for job in &jobs {
        let document = server.api.wait_for_end(&job.path()).await;
        job.check(&document, data.path(), &(0..20).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_has_its_time_and_a_higher_limit_lets_it_go_on() {
    let data = tempfile::tempdir().unwrap();
    let plain = Job::new(50, 2);
    let rooted = Rooted::new(52);
    plain.provide(data.path());
    rooted.provide(data.path());
    let hasty = Config {
        jobs: JobLimits {
            work: Duration::ZERO,
            ..JobLimits::default()
        },
        ..config(data.path())
    };
    let server = Server::start(hasty).await;
    for (body, path) in [
        (&plain.body, plain.path()),
        (&rooted.job.body, rooted.job.path()),
    ] {
        server.api.post(body).await;
        let document = server.api.wait_for_end(&path).await;
        assert_eq!(document["error_kind"], "time_limit", "{document}");
        let error = document["error"].as_str().unwrap();
        assert!(error.contains("--max-work-hours"), "{error}");
    }
    assert!(server.running.shut_down(PATIENCE).await);

    let server = Server::start(config(data.path())).await;
    let document = server.api.wait_for_end(&plain.path()).await;
    plain.check(&document, data.path(), &[0, 1]);
    let document = server.api.wait_for_end(&rooted.job.path()).await;
    rooted.check(&document, data.path(), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_go_with_the_job_that_brought_them_unless_another_needs_them() {
    let data = tempfile::tempdir().unwrap();
    let (plain, shared, rooted) = (Job::new(54, 2), Job::new(56, 1), Rooted::new(58));
    for job in [&plain, &shared] {
        job.provide(data.path());
    }
    rooted.provide(data.path());
    let store = Store::open(data.path(), u64::MAX).unwrap();
    let own = store.put(b"put here by the operator").unwrap();
    let server = Server::start(config(data.path())).await;
    for job in [&plain, &shared] {
        server.api.post(&job.body).await;
        server.api.wait_for_end(&job.path()).await;
    }
    server.api.post(&rooted.asking(&[4], &[])).await;
    server.api.wait_for_end(&rooted.job.path()).await;
    // It waits for a model, with the input of a job that has ended.
    let mut waiting = shared.body.clone();
    waiting["id"] = json!(hex32([99; 32]));
    waiting["model"]["content"] = json!(ContentId::of(b"no model").to_hex());
    server.api.post(&waiting).await;
    assert!(server.running.shut_down(PATIENCE).await);
    assert!(store.list().unwrap().len() > 40, "outputs went early");

    let strict = Config {
        jobs: JobLimits {
            retention: Duration::ZERO,
            ..JobLimits::default()
        },
        ..config(data.path())
    };
    let server = Server::start(strict).await;
    let fixture = fixture();
    let mut expected = vec![
        ContentId::of(&fixture.proving_key),
        ContentId::of(&fixture.commitment_key),
        ContentId::of(&fixture.model_file),
        ContentId::of(&shared.input_file),
        own,
    ];
    expected.sort_unstable();
    let left = || -> Vec<ContentId> {
        store
            .list()
            .unwrap()
            .into_iter()
            .map(|(id, _)| id)
            .collect()
    };
    until("blobs to be evicted", || left() == expected).await;
    let (_, list) = server.api.get("/v1/jobs").await;
    assert_eq!(list["jobs"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["jobs"][0]["id"], hex32([99; 32]));
    let (status, _) = server.api.get(&rooted.job.path()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
