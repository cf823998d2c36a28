//! Bad input: every wrong thing is answered by what was wrong with it.

mod common;

use common::{answer, config, fixture, hex32, Job, Server, BATCH};
use rand::{rngs::StdRng, SeedableRng};
use reqwest::{Method, StatusCode};
use serde_json::{json, Value};
use swarm_executor::Config;
use swarm_network::{JobInput, Matrix};
use swarm_store::{ContentId, Store};

/// Runs a job to its failure and checks kind and message.
async fn fails(server: &Server, job: &Job, kind: &str, message: &str) {
    let (status, document) = server.api.post(&job.body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{document}");
    let document = server.api.wait_for_end(&job.path()).await;
    assert_eq!(document["state"], "failed", "{document}");
    assert_eq!(document["error_kind"], kind, "{document}");
    let error = document["error"].as_str().unwrap();
    assert!(
        error.contains(message),
        "{error:?} does not say {message:?}"
    );
    assert_eq!(document["batches"], json!([]));
}

/// Replaces a blob of the job by other bytes.
fn replace(data: &std::path::Path, locator: &mut Value, bytes: &[u8]) {
    let id = Store::open(data, u64::MAX).unwrap().put(bytes).unwrap();
    locator["content"] = json!(id.to_hex());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_inputs() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let topology = fixture().model.topology();
    let file = |rows: usize, cols: usize| {
        let rows = Matrix::zeros(rows, cols);
        let batch = rows.rows();
        let input = JobInput::new(rows, batch, vec![], vec![]).unwrap();
        input.to_bytes(topology.input_type()).unwrap()
    };
    let mut seed = 20;
    let mut job = |bytes: &[u8]| {
        seed += 2;
        let mut job = Job::new(seed, 2);
        job.provide(data.path());
        replace(data.path(), &mut job.body["input"], bytes);
        job
    };
    let shape = job(&file(2 * BATCH, 11));
    fails(
        &server,
        &shape,
        "input_invalid",
        "tensor input has shape [6, 11]; expected [6, 12]",
    )
    .await;
    let partial = job(&file(2 * BATCH - 1, 12));
    fails(
        &server,
        &partial,
        "input_invalid",
        "not a whole number of batches of 3",
    )
    .await;
    let few = job(&file(BATCH, 12));
    fails(
        &server,
        &few,
        "input_invalid",
        "has 1 batches of 3 rows, the job has 2 commitments",
    )
    .await;
    let junk = job(b"junk");
    fails(&server, &junk, "input_invalid", "not a safetensors file").await;
    let other = job(&Job::new(200, 2).input_file);
    fails(
        &server,
        &other,
        "input_invalid",
        "batch 0 of the input has the commitment 0x",
    )
    .await;

    let mut second = Job::new(18, 2);
    second.provide(data.path());
    second.body["commitments"][1] = second.body["commitments"][0].clone();
    fails(&server, &second, "input_invalid", "batch 1 of the input").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_models() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let mut seed = 20;
    let mut job = |bytes: &[u8]| {
        seed += 2;
        let mut job = Job::new(seed, 1);
        job.provide(data.path());
        replace(data.path(), &mut job.body["model"], bytes);
        job
    };
    let file = &fixture().model_file;
    let truncated = job(&file[..file.len() - 1]);
    fails(
        &server,
        &truncated,
        "model_invalid",
        "not a safetensors file",
    )
    .await;
    let input_for_model = job(&Job::new(2, 1).input_file);
    fails(
        &server,
        &input_for_model,
        "model_invalid",
        "swarmwork.topology",
    )
    .await;
    let other_weights = common::model(fixture().model.topology(), 77)
        .to_bytes()
        .unwrap();
    let other = job(&other_weights);
    fails(
        &server,
        &other,
        "model_invalid",
        "the file's weights have the commitment 0x",
    )
    .await;
    let other_shape = common::model(&common::topology(12, 8, 4), 2)
        .to_bytes()
        .unwrap();
    let shape = job(&other_shape);
    fails(&server, &shape, "model_invalid", "12-8-4").await;

    // A weight that int8 cannot hold: the tensor is declared wider, the value is 128.
    let wide = widened(file, "layers.0.weight", 128);
    let range = job(&wide);
    fails(&server, &range, "model_invalid", "tensor layers.0.weight").await;
}

/// A safetensors file whose named I8 tensor is I16, its first value replaced.
fn widened(file: &[u8], name: &str, first: i16) -> Vec<u8> {
    let header_len = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
    let mut header: Value = serde_json::from_slice(&file[8..8 + header_len]).unwrap();
    let data = &file[8 + header_len..];
    let mut tensors: Vec<(String, Value)> = header
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| *key != "__metadata__")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // The wide tensor first, so that every offset stays aligned.
    tensors.sort_by_key(|(key, value)| (key != name, value["data_offsets"][0].as_u64()));
    let mut bytes = Vec::new();
    for (key, tensor) in tensors {
        let offset = |n: usize| tensor["data_offsets"][n].as_u64().unwrap() as usize;
        let own = &data[offset(0)..offset(1)];
        let from = bytes.len();
        if key == name {
            let mut values: Vec<i16> = own.iter().map(|v| i16::from(*v as i8)).collect();
            values[0] = first;
            bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
            header[&key]["dtype"] = json!("I16");
        } else {
            bytes.extend_from_slice(own);
        }
        header[&key]["data_offsets"] = json!([from, bytes.len()]);
    }
    let mut text = serde_json::to_vec(&header).unwrap();
    text.resize(text.len().next_multiple_of(8), b' ');
    [&(text.len() as u64).to_le_bytes()[..], &text, &bytes].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let fixture = fixture();
    let job = |seed: u8| {
        let job = Job::new(seed, 1);
        job.provide(data.path());
        job
    };
    let mut other_id = job(20);
    other_id.body["circuit"]["id"] = json!(hex32([9; 32]));
    fails(
        &server,
        &other_id,
        "key_invalid",
        "the job names circuit 0x0909",
    )
    .await;

    let mut broken_vk = job(22);
    broken_vk.body["circuit"]["vk"] = json!(format!("0x{}", hex::encode(&fixture.vk[1..])));
    fails(&server, &broken_vk, "key_invalid", "verifying key").await;

    let mut swapped = job(24);
    replace(
        data.path(),
        &mut swapped.body["circuit"]["proving_key"],
        &fixture.commitment_key,
    );
    fails(&server, &swapped, "key_invalid", "proving key").await;

    let mut truncated = job(26);
    let cut = &fixture.commitment_key[..fixture.commitment_key.len() - 1];
    replace(
        data.path(),
        &mut truncated.body["circuit"]["commitment_key"],
        cut,
    );
    fails(&server, &truncated, "key_invalid", "commitment key").await;

    // Keys of another setup of the same circuit.
    let mut rng = StdRng::seed_from_u64(2);
    let topology = fixture.model.topology();
    let others = swarm_prover::setup_development(topology, BATCH, &mut rng).unwrap();
    let mut mixed = job(28);
    let bytes = others.commitment.to_bytes();
    replace(
        data.path(),
        &mut mixed.body["circuit"]["commitment_key"],
        &bytes,
    );
    fails(
        &server,
        &mixed,
        "key_invalid",
        "commitment key belongs to another verifying key",
    )
    .await;
    let mut mixed = job(30);
    let bytes = common::proving_key_file(&others);
    replace(
        data.path(),
        &mut mixed.body["circuit"]["proving_key"],
        &bytes,
    );
    fails(
        &server,
        &mixed,
        "key_invalid",
        "proving key belongs to another verifying key",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_over_the_limit() {
    let places = tempfile::tempdir().unwrap();
    let (far, near) = (places.path().join("far"), places.path().join("near"));
    let job = Job::new(2, 1);
    job.provide(&far);
    let source = Server::start(config(&far)).await;
    let limited = Config {
        max_blob_bytes: job.input_file.len() as u64 - 1,
        allow_private_sources: true,
        ..config(&near)
    };
    let server = Server::start(limited).await;
    let mut large = job;
    large.body["input"]["source"] = json!(source.api.base);
    fails(&server, &large, "input_unavailable", "--max-blob-bytes").await;

    let path = format!("/blobs/{}", ContentId::of(&large.input_file));
    let put = server
        .api
        .request(Method::PUT, &path)
        .body(large.input_file.clone());
    let (status, body) = answer(put).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        body["error"].as_str().unwrap().contains("--max-blob-bytes"),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let api = &server.api;
    let unknown = format!("/v1/jobs/{}", hex32([1; 32]));
    for (status, body) in [api.get(&unknown).await, api.delete(&unknown).await] {
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(
            body["error"]
                .as_str()
                .unwrap()
                .contains("there is no job 0x0101"),
            "{body}"
        );
    }
    let (status, body) = api.get("/v1/jobs/12").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        body["error"].as_str().unwrap().contains("64 hex digits"),
        "{body}"
    );
    let (status, _) = api.get("/v2/jobs").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = answer(api.request(Method::PATCH, "/v1/jobs")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    for cid in ["nonsense", "..%2f..%2fetc%2fpasswd", "0x12"] {
        let (status, _) = answer(api.open(Method::GET, &format!("/blobs/{cid}"))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{cid}");
    }
    let absent = format!("/blobs/{}", ContentId::of(b"absent"));
    let (status, _) = answer(api.open(Method::GET, &absent)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let good = Job::new(2, 1).body;
    let refused = |change: fn(&mut Value), status: StatusCode, message: &'static str| {
        let mut body = good.clone();
        change(&mut body);
        async move {
            let (found, answer) = api.post(&body).await;
            assert_eq!(found, status, "{answer}");
            let error = answer["error"].as_str().unwrap();
            assert!(
                error.contains(message),
                "{error:?} does not say {message:?}"
            );
        }
    };
    use StatusCode as S;
    refused(
        |b| b["commitments"] = json!([]),
        S::BAD_REQUEST,
        "1 to 64 batches, found 0",
    )
    .await;
    refused(
        |b| b["done"] = json!([1]),
        S::BAD_REQUEST,
        "batch 1 is not one of",
    )
    .await;
    refused(
        |b| b["id"] = json!("0x1"),
        S::UNPROCESSABLE_ENTITY,
        "id: expected 0x and 64 hex",
    )
    .await;
    let vk = |b: &mut Value| b["circuit"]["vk"] = json!("zz");
    refused(vk, S::UNPROCESSABLE_ENTITY, "circuit.vk: expected 0x").await;
    let gone = |b: &mut Value| {
        b.as_object_mut().unwrap().remove("input");
    };
    refused(gone, S::UNPROCESSABLE_ENTITY, "missing field `input`").await;
    let request = api.request(Method::POST, "/v1/jobs").body("{\"id\":");
    let (status, _) = answer(request.header("content-type", "application/json")).await;
    assert_eq!(status, S::BAD_REQUEST);
    let long = json!({"padding": "x".repeat(100_000)});
    let (status, _) = api.post(&long).await;
    assert_eq!(status, S::PAYLOAD_TOO_LARGE);
    assert_eq!(api.get("/v1/jobs").await.1["jobs"], json!([]));
}
