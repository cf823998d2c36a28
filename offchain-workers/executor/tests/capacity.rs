//! Capacity windows over HTTP.

mod common;

use common::{config, hex32, Api, Server};
use reqwest::{Method, StatusCode};
use serde_json::{json, Value};
use swarm_capacity::{Matrices, Opening, Stream};

const SEED: [u8; 32] = [5; 32];
const IDENTITY: [u8; 32] = [6; 32];

fn order(rows: u64, millis: u64) -> Value {
    json!({"seed": hex32(SEED), "identity": hex32(IDENTITY), "rows": rows, "millis": millis})
}

fn path() -> String {
    format!("/v1/capacity/{}/{}", hex32(SEED), hex32(IDENTITY))
}

async fn post(api: &Api, body: &Value) -> (StatusCode, Value) {
    common::answer(api.request(Method::POST, "/v1/capacity").json(body)).await
}

fn bytes(text: &Value) -> Vec<u8> {
    hex::decode(&text.as_str().unwrap()[2..]).unwrap()
}

#[tokio::test]
async fn a_window_is_computed_committed_to_and_opened() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let api = &server.api;
    assert_eq!(api.get(&path()).await.0, StatusCode::NOT_FOUND);
    let (status, document) = post(api, &order(100, 300_000)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{document}");
    let document = api
        .wait(&path(), |document| document["state"] != "computing")
        .await;
    assert_eq!(document["state"], "ready", "{document}");
    assert_eq!(document["rows"], 100);
    assert_eq!(post(api, &order(100, 300_000)).await.0, StatusCode::OK);

    let root: [u8; 32] = bytes(&document["root"]).try_into().unwrap();
    let (status, answer) = api.get(&format!("{}/rows/99/3", path())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let matrices = Matrices::new(&SEED);
    let stream = Stream::rows(&SEED, &IDENTITY);
    for (row, json) in [99u32, 3]
        .into_iter()
        .zip(answer["openings"].as_array().unwrap())
    {
        let mut leaf = [[0; 16]; 16];
        for (print, bytes) in leaf.iter_mut().zip(bytes(&json["leaf"]).chunks_exact(16)) {
            print.copy_from_slice(bytes);
        }
        let path = json["path"].as_array().unwrap();
        let opening = Opening {
            leaf,
            path: path
                .iter()
                .map(|hash| bytes(hash).try_into().unwrap())
                .collect(),
        };
        assert_eq!(opening.check_path(&root, 100, row), Ok(()));
        let print = matrices.fingerprint(&stream, row, swarm_capacity::Method::Scalar);
        assert_eq!(*opening.fingerprint(row), print);
    }
    assert!(api
        .metrics()
        .await
        .contains("swarm_executor_capacity_rows_total 100"));
}

#[tokio::test]
async fn bad_orders_and_rows_are_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(config(data.path())).await;
    let api = &server.api;
    for (body, status, words) in [
        (order(0, 10), StatusCode::BAD_REQUEST, "rows is 0"),
        (
            order(1 << 30, 10),
            StatusCode::BAD_REQUEST,
            "rows is 1073741824",
        ),
        (order(1, 0), StatusCode::BAD_REQUEST, "millis is 0"),
        (
            order(1, 600_001),
            StatusCode::BAD_REQUEST,
            "millis is 600001",
        ),
        (order(1 << 40, 10), StatusCode::UNPROCESSABLE_ENTITY, "rows"),
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "seed"),
    ] {
        let (found, answer) = post(api, &body).await;
        assert_eq!(found, status, "{answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(words),
            "{answer}"
        );
    }
    let without_token = api.open(Method::POST, "/v1/capacity").json(&order(1, 10));
    assert_eq!(
        common::answer(without_token).await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        api.get("/v1/capacity/0x00/0x00").await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        api.get(&format!("{}/rows/0/1", path())).await.0,
        StatusCode::NOT_FOUND
    );
    post(api, &order(2, 300_000)).await;
    api.wait(&path(), |document| document["state"] == "ready")
        .await;
    let (status, answer) = api.get(&format!("{}/rows/0/2", path())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(answer["error"], "there is no row 2 of 2");
    let (status, _) = api.get(&format!("{}/rows/0/x", path())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
