//! Whole jobs over real HTTP, with proofs that verify.

mod common;

use common::{answer, config, fixture, Api, Job, Server, BATCH, PATIENCE};
use reqwest::{Method, StatusCode};
use serde_json::{json, Value};
use swarm_executor::{
    device::{DeviceChoice, Devices},
    network_burn::Method as Multiplication,
    token::Token,
    Config,
};
use swarm_network::Matrix;
use swarm_store::{ContentId, Store};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_computed_and_proven() {
    let data = tempfile::tempdir().unwrap();
    // Odd: input and output are hidden.
    let job = Job::new(1, 3);
    job.provide(data.path());
    let server = Server::start(config(data.path())).await;
    let (status, document) = server.api.post(&job.body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{document}");
    assert_eq!(document["id"], job.hex_id());
    let document = server.api.wait_for_end(&job.path()).await;
    job.check(&document, data.path(), &[0, 1, 2]);
    assert!(
        document["device"].as_str().unwrap().starts_with("cpu ("),
        "{document}"
    );

    let output = document["batches"][1]["output"].as_str().unwrap();
    let cid = ContentId::from_hex(output).unwrap();
    let served = server
        .api
        .open(Method::GET, &format!("/blobs/{cid}"))
        .send()
        .await
        .unwrap();
    assert_eq!(served.status(), StatusCode::OK);
    assert_eq!(served.headers()["etag"], format!("\"{cid}\""));
    assert_eq!(ContentId::of(&served.bytes().await.unwrap()), cid);

    // What the chain takes if the requester misses an output: all of its elements, part by part.
    let key = &fixture().keys.commitment;
    let file = Store::open(data.path(), u64::MAX)
        .unwrap()
        .get(&cid)
        .unwrap()
        .unwrap();
    let output =
        swarm_network::BatchOutput::from_bytes(&file, key.topology(), key.batch()).unwrap();
    let elements = key.output_elements(&output).unwrap();
    let opening = |query: &str| {
        let path = format!("{}/openings/{query}", job.path());
        server.api.request(Method::GET, &path).send()
    };
    let mut read = Vec::new();
    for first in (0..elements.len() / 32).step_by(2) {
        let part = opening(&format!("1?first={first}&count=2")).await.unwrap();
        assert_eq!(part.status(), StatusCode::OK);
        read.extend(part.bytes().await.unwrap());
    }
    assert_eq!(read, elements);
    let beyond = elements.len() / 32;
    for (query, status) in [
        (format!("1?first={beyond}&count=1"), StatusCode::NOT_FOUND),
        ("9?first=0&count=1".into(), StatusCode::NOT_FOUND),
        ("1?first=0&count=0".into(), StatusCode::BAD_REQUEST),
        ("1?first=0&count=9999".into(), StatusCode::BAD_REQUEST),
        ("1".into(), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(opening(&query).await.unwrap().status(), status, "{query}");
    }

    let metrics = server.api.metrics().await;
    for line in [
        "swarm_executor_jobs{state=\"done\"} 1",
        "swarm_executor_jobs{state=\"queued\"} 0",
        "swarm_executor_queue_length 0",
        "swarm_executor_batches_proven_total 3",
        "swarm_executor_prove_seconds_count 3",
        "swarm_executor_run_seconds_count 1",
        "swarm_executor_jobs_finished_total{state=\"done\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    let bytes = Store::open(data.path(), u64::MAX).unwrap().total_bytes();
    assert!(
        metrics.contains(&format!("swarm_executor_blob_bytes {bytes}")),
        "{metrics}"
    );
    assert!(server.running.shut_down(PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn posting_again_changes_nothing_and_batches_on_chain_are_left_out() {
    let data = tempfile::tempdir().unwrap();
    let mut job = Job::new(2, 3);
    job.body["done"] = json!([1]);
    job.provide(data.path());
    let server = Server::start(config(data.path())).await;
    assert_eq!(server.api.post(&job.body).await.0, StatusCode::ACCEPTED);
    assert_eq!(server.api.post(&job.body).await.0, StatusCode::OK);
    let first = server.api.wait_for_end(&job.path()).await;
    job.check(&first, data.path(), &[0, 2]);
    let (status, again) = server.api.post(&job.body).await;
    assert_eq!((status, &again), (StatusCode::OK, &first));
    let (_, list) = server.api.get("/v1/jobs").await;
    assert_eq!(list["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(list["jobs"][0]["batches_proven"], 2);
    assert!(server
        .api
        .metrics()
        .await
        .contains("batches_proven_total 2"));

    // A job whose batches are all on chain needs neither blobs nor work.
    let mut finished = Job::new(4, 2);
    finished.body["done"] = json!([0, 1]);
    server.api.post(&finished.body).await;
    let document = server.api.wait_for_end(&finished.path()).await;
    finished.check(&document, data.path(), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_job_under_a_known_id_is_a_conflict() {
    let data = tempfile::tempdir().unwrap();
    let job = Job::new(2, 1);
    let server = Server::start(config(data.path())).await;
    server.api.post(&job.body).await;
    let mut other = job.body.clone();
    other["provider"] = json!(common::hex32([1; 32]));
    let (status, body) = server.api.post(&other).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        body["error"].as_str().unwrap().contains("DELETE it first"),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_blobs_are_waited_for_and_may_be_uploaded() {
    let data = tempfile::tempdir().unwrap();
    let job = Job::new(3, 1);
    let server = Server::start(config(data.path())).await;
    let blob = |bytes: &[u8]| format!("/blobs/{}", ContentId::of(bytes));
    let upload =
        |bytes: Vec<u8>, path: String| answer(server.api.open(Method::PUT, &path).body(bytes));
    let (status, body) = upload(job.input_file.clone(), blob(&job.input_file)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "stored what nobody wanted");
    assert!(
        body["error"]
            .as_str()
            .unwrap()
            .contains("no job here is waiting"),
        "{body}"
    );

    server.api.post(&job.body).await;
    let document = server
        .api
        .wait(&job.path(), |job| job["waiting_for"][3].is_object())
        .await;
    assert_eq!(document["state"], "fetching");
    assert_eq!(document["waiting_for"][0]["what"], "input");
    assert_eq!(
        document["waiting_for"][0]["cid"],
        ContentId::of(&job.input_file).to_string()
    );
    assert!(document["waiting_for"][0]["since"].as_u64() > Some(0));
    assert_eq!(document["waiting_for"][0]["local"], false);
    assert_eq!(document["input"], "missing");

    let (status, body) = upload(b"something else".to_vec(), blob(&job.input_file)).await;
    assert_eq!(
        status,
        StatusCode::BAD_REQUEST,
        "wrong content under a wanted cid"
    );
    assert!(
        body["error"].as_str().unwrap().contains("not the bafkr4i"),
        "{body}"
    );
    let fixture = fixture();
    for bytes in [
        &job.input_file,
        &fixture.model_file,
        &fixture.commitment_key,
        &fixture.proving_key,
    ] {
        let (status, body) = upload(bytes.clone(), blob(bytes)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        assert_eq!(body["bytes"], bytes.len());
    }
    let document = server.api.wait_for_end(&job.path()).await;
    job.check(&document, data.path(), &[0]);
    assert_eq!(document["waiting_for"], json!([]));
    let (status, _) = upload(b"late".to_vec(), blob(b"late")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_no_url_does_not_keep_a_job_from_being_done() {
    let data = tempfile::tempdir().unwrap();
    common::provide_keys_and_model(data.path());
    let mut job = Job::new(12, 1);
    job.body["input"]["source"] = json!("nonsense");
    let server = Server::start(config(data.path())).await;
    assert_eq!(server.api.post(&job.body).await.0, StatusCode::ACCEPTED);
    let document = server
        .api
        .wait(&job.path(), |job| job["waiting_for"][0].is_object())
        .await;
    let reason = document["waiting_for"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("\"nonsense\" is no URL"), "{reason}");
    let path = format!("/blobs/{}", ContentId::of(&job.input_file));
    let put = server
        .api
        .open(Method::PUT, &path)
        .body(job.input_file.clone());
    assert_eq!(answer(put).await.0, StatusCode::CREATED);
    job.check(
        &server.api.wait_for_end(&job.path()).await,
        data.path(),
        &[0],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_blobs_are_fetched_from_the_source_and_from_peers() {
    let places = tempfile::tempdir().unwrap();
    let job = Job::new(4, 1);
    let at = |name: &str| places.path().join(name);
    common::provide_keys_and_model(&at("peer"));
    Store::open(at("source"), u64::MAX)
        .unwrap()
        .put(&job.input_file)
        .unwrap();
    let peer = Server::start(config(&at("peer"))).await;
    let source = Server::start(config(&at("source"))).await;
    let mut body = job.body.clone();
    body["input"]["source"] = json!(source.api.base);

    let with = |data: &str, allow_private_sources| Config {
        peers: vec![peer.api.base.parse().unwrap()],
        allow_private_sources,
        ..config(&at(data))
    };
    let careful = Server::start(with("careful", false)).await;
    careful.api.post(&body).await;
    let document = careful
        .api
        .wait(&job.path(), |job| job["waiting_for"][0].is_object())
        .await;
    let waiting = document["waiting_for"].as_array().unwrap();
    assert_eq!(
        waiting.len(),
        1,
        "what the peer has was not fetched: {document}"
    );
    let reason = waiting[0]["reason"].as_str().unwrap();
    assert!(reason.contains("--allow-private-sources"), "{reason}");
    assert!(careful
        .api
        .metrics()
        .await
        .contains("swarm_executor_blobs_fetched_total 3"));

    let open = Server::start(with("open", true)).await;
    open.api.post(&body).await;
    let document = open.api.wait_for_end(&job.path()).await;
    job.check(&document, &at("open"), &[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_cancelled_while_waiting_and_while_proving() {
    let data = tempfile::tempdir().unwrap();
    let waiting = Job::new(6, 1);
    let server = Server::start(config(data.path())).await;
    server.api.post(&waiting.body).await;
    server
        .api
        .wait(&waiting.path(), |job| job["state"] == "fetching")
        .await;
    let (status, document) = server.api.delete(&waiting.path()).await;
    assert_eq!(
        (status, &document["state"]),
        (StatusCode::OK, &json!("cancelled"))
    );
    let path = format!("/blobs/{}", ContentId::of(&waiting.input_file));
    let put = server
        .api
        .open(Method::PUT, &path)
        .body(waiting.input_file.clone());
    assert_eq!(
        answer(put).await.0,
        StatusCode::FORBIDDEN,
        "a cancelled job still wants blobs"
    );

    let proving = Job::new(8, 40);
    proving.provide(data.path());
    server.api.post(&proving.body).await;
    server
        .api
        .wait(&proving.path(), |job| job["batches"][0].is_object())
        .await;
    let (_, document) = server.api.delete(&proving.path()).await;
    assert_eq!(document["state"], "cancelled");
    // The worker is free for others at once, and the cancelled job grows no further.
    let next = Job::new(10, 1);
    next.provide(data.path());
    server.api.post(&next.body).await;
    next.check(
        &server.api.wait_for_end(&next.path()).await,
        data.path(),
        &[0],
    );
    let (_, later) = server.api.get(&proving.path()).await;
    assert_eq!(later["batches"], document["batches"]);
    assert!(later["batches"].as_array().unwrap().len() < 40);

    // Posted again it goes on from what it had.
    assert_eq!(server.api.post(&proving.body).await.0, StatusCode::ACCEPTED);
    let done = server.api.wait_for_end(&proving.path()).await;
    proving.check(&done, data.path(), &(0..40).collect::<Vec<_>>());
    assert_eq!(
        done["batches"][0], document["batches"][0],
        "a finished batch was proven again"
    );
    let (_, document) = server.api.delete(&proving.path()).await;
    assert_eq!(document["state"], "done", "a job that is done stays done");
}

#[tokio::test(flavor = "multi_thread")]
async fn higher_priority_goes_first() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let first = Job::new(2, 30);
    first.provide(data.path());
    server.api.post(&first.body).await;
    server
        .api
        .wait(&first.path(), |job| job["state"] == "proving")
        .await;
    let mut low = Job::new(4, 1);
    let mut high = Job::new(6, 1);
    low.body["priority"] = json!(-1);
    high.body["priority"] = json!(5);
    for job in [&low, &high] {
        job.provide(data.path());
        server.api.post(&job.body).await;
    }
    let state = |job: &Value| job["state"].as_str().unwrap().to_string();
    server
        .api
        .wait(&high.path(), |job| state(job) == "done")
        .await;
    let (_, low) = server.api.get(&low.path()).await;
    assert_ne!(state(&low), "done", "the job of low priority went first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_blob_is_gathered_again() {
    let data = tempfile::tempdir().unwrap();
    let job = Job::new(2, 1);
    job.provide(data.path());
    let id = ContentId::of(&job.input_file);
    let folder = data
        .path()
        .join("blobs")
        .join(format!("{:02x}", id.digest()[0]));
    std::fs::write(folder.join(id.to_string()), b"damage").unwrap();
    let server = Server::start(config(data.path())).await;
    let path = format!("/blobs/{id}");
    // The server drops the connection at the damage: before or after the head
    // of its answer has reached us.
    let read = async {
        server
            .api
            .open(Method::GET, &path)
            .send()
            .await?
            .bytes()
            .await
    }
    .await;
    assert!(read.is_err(), "a damaged blob was served");

    std::fs::write(folder.join(id.to_string()), b"damage").unwrap();
    server.api.post(&job.body).await;
    server
        .api
        .wait(&job.path(), |job| job["waiting_for"][0]["what"] == "input")
        .await;
    let put = server
        .api
        .open(Method::PUT, &path)
        .body(job.input_file.clone());
    assert_eq!(answer(put).await.0, StatusCode::CREATED);
    job.check(
        &server.api.wait_for_end(&job.path()).await,
        data.path(),
        &[0],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_jobs_go_on_after_a_graceful_stop() {
    let data = tempfile::tempdir().unwrap();
    let job = Job::new(2, 20);
    job.provide(data.path());
    let server = Server::start(config(data.path())).await;
    server.api.post(&job.body).await;
    let before = server
        .api
        .wait(&job.path(), |job| job["batches"][1].is_object())
        .await;
    assert_eq!(before["input"], "here");
    assert!(
        server.running.shut_down(PATIENCE).await,
        "the worker did not end"
    );

    let server = Server::start(config(data.path())).await;
    let done = server.api.wait_for_end(&job.path()).await;
    job.check(&done, data.path(), &(0..20).collect::<Vec<_>>());
    assert_eq!(done["batches"][0], before["batches"][0]);
    assert_eq!(done["batches"][1], before["batches"][1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_device_of_this_machine_gives_the_same_integers() {
    let all = Devices::discover(&DeviceChoice::Auto).unwrap();
    let linear = common::model(&common::topology(1037, 53, 11), 5);
    let residual = common::model(&common::residual_topology(), 6);
    for device in all.all() {
        let probe = device.probe.as_ref();
        let probe = probe.unwrap_or_else(|e| panic!("{} ({}): {e}", device.id, device.name));
        let exact = &probe.exact;
        println!(
            "{} ({}): {exact:?}, {:?}",
            device.id, device.name, probe.method
        );
        if device.backend == "flex" {
            assert_eq!(exact[..], [Multiplication::I32, Multiplication::SplitF32]);
        }
    }
    let ids: Vec<_> = all.all().iter().map(|device| device.id).collect();
    let together = Devices::discover(&DeviceChoice::These(ids.clone())).unwrap();
    for model in [linear, residual] {
        let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(9);
        let len = model.topology().input_len();
        let mut input = || {
            let values = (0..BATCH * len)
                .map(|_| rand::Rng::gen_range(&mut rng, 0..=255))
                .collect();
            Matrix::new(BATCH, len, values).unwrap()
        };
        let inputs: Vec<Matrix> = (0..7).map(|_| input()).collect();
        let inputs: Vec<&Matrix> = inputs.iter().collect();
        let expected: Vec<Matrix> = inputs
            .iter()
            .map(|input| model.run(input).unwrap())
            .collect();
        for device in all.all() {
            for method in &device.probe.as_ref().unwrap().exact {
                for (input, expected) in inputs.iter().zip(&expected) {
                    assert_eq!(device.run_by(*method, &model, input).unwrap(), *expected);
                }
            }
            let alone = Devices::discover(&DeviceChoice::These(vec![device.id])).unwrap();
            assert_eq!(
                alone.run(&model, &inputs).unwrap(),
                expected,
                "{}",
                device.name
            );
            assert!(
                alone.label().starts_with(&device.id.to_string()),
                "{} fell out",
                device.id
            );
        }
        assert_eq!(together.run(&model, &inputs).unwrap(), expected);
    }

    // And a whole job on each, through the API.
    for id in ids {
        let data = tempfile::tempdir().unwrap();
        let job = Job::new(2, 2);
        job.provide(data.path());
        let devices = DeviceChoice::These(vec![id]);
        let server = Server::start(Config {
            devices,
            ..config(data.path())
        })
        .await;
        server.api.post(&job.body).await;
        let document = server.api.wait_for_end(&job.path()).await;
        job.check(&document, data.path(), &[0, 1]);
        assert!(document["device"]
            .as_str()
            .unwrap()
            .starts_with(&id.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hardware_health_and_description_are_served() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let (status, hardware) = server.api.get("/v1/hardware").await;
    assert_eq!(status, StatusCode::OK);
    let cpu = &hardware["devices"][0];
    assert_eq!(
        (&cpu["id"], &cpu["selected"]),
        (&json!("cpu"), &json!(true))
    );
    assert!(cpu["macs_per_second"].as_f64().unwrap() > 1e6, "{hardware}");
    let (status, health) = answer(server.api.open(Method::GET, "/healthz")).await;
    assert_eq!((status, &health["status"]), (StatusCode::OK, &json!("ok")));
    let (_, description) = answer(server.api.open(Method::GET, "/v1/openapi.json")).await;
    assert_eq!(description["openapi"], "3.1.0");
    for path in description["paths"].as_object().unwrap().keys() {
        // Each described path is answered by something else than "no such path".
        let path = path.replace("{id}", "0").replace("{cid}", "0");
        let (_, body) = answer(server.api.request(Method::OPTIONS, &path)).await;
        assert!(
            body["error"].as_str().unwrap().contains("no such method"),
            "{path}: {body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_required_and_must_be_right() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let wrong = Api::new(server.api.base.clone(), "another-token-that-is-wrong");
    let job = Job::new(2, 1);
    let guarded = [
        (Method::GET, "/v1/jobs".to_string()),
        (Method::POST, "/v1/jobs".to_string()),
        (Method::GET, job.path()),
        (Method::DELETE, job.path()),
        (Method::GET, "/v1/hardware".to_string()),
    ];
    for (method, path) in guarded {
        let (status, body) = answer(wrong.open(method.clone(), &path)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert!(
            body["error"]
                .as_str()
                .unwrap()
                .contains("Authorization: Bearer"),
            "{body}"
        );
        let (status, body) = answer(wrong.request(method.clone(), &path)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert!(
            body["error"].as_str().unwrap().contains("--token-file"),
            "{body}"
        );
    }
    let put = format!("/blobs/{}", ContentId::of(b"mine"));
    let (status, _) = answer(wrong.request(Method::PUT, &put).body("mine")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = answer(server.api.request(Method::PUT, &put).body("mine")).await;
    assert_eq!(
        status,
        StatusCode::CREATED,
        "with the token anything may be stored"
    );
    assert!(Token::new(common::TOKEN).unwrap().matches(common::TOKEN));
}
