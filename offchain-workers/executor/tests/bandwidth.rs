//! Peers' bandwidth over HTTP, between two executors.

mod common;

use common::{answer, config, hex32, Api, Server};
use reqwest::{Method, StatusCode};
use serde_json::{json, Value};
use swarm_executor::{bandwidth::MOST_BYTES, Config};
use tempfile::TempDir;

const SEED: [u8; 32] = [5; 32];

async fn server(change: impl FnOnce(&mut Config)) -> (TempDir, Server) {
    let data = tempfile::tempdir().unwrap();
    let mut config = config(data.path());
    change(&mut config);
    (data, Server::start(config).await)
}

fn order(peer: u8, url: &str) -> Value {
    json!({"seed": hex32(SEED), "identity": hex32([peer; 32]), "url": url})
}

fn path(peer: u8) -> String {
    format!("/v1/bandwidth/{}/{}", hex32(SEED), hex32([peer; 32]))
}

async fn post(api: &Api, body: &Value) -> (StatusCode, Value) {
    answer(api.request(Method::POST, "/v1/bandwidth").json(body)).await
}

/// Has a peer measured; the document at the end.
async fn measured(api: &Api, peer: u8, url: &str) -> Value {
    let (status, document) = post(api, &order(peer, url)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{document}");
    api.wait(&path(peer), |document| document["state"] == "done")
        .await
}

#[tokio::test]
async fn a_peers_line_is_measured_by_a_download() {
    let (_own, measuring) = server(|config| config.allow_private_sources = true).await;
    let (_other, peer) = server(|_| ()).await;
    let api = &measuring.api;
    assert_eq!(api.get(&path(1)).await.0, StatusCode::NOT_FOUND);
    let document = measured(api, 1, &peer.api.base).await;
    assert_eq!(document["error"], Value::Null, "{document}");
    // A loopback carries more than a megabyte a second.
    assert!(document["kib_per_second"].as_u64().unwrap() > 1_024);
    assert_eq!(document["identity"], hex32([1; 32]));
    let (status, again) = post(api, &order(1, "http://elsewhere.example")).await;
    assert_eq!((status, again), (StatusCode::OK, document));
}

#[tokio::test]
async fn whoever_cannot_be_measured_has_no_bandwidth() {
    let (_own, measuring) = server(|config| config.allow_private_sources = true).await;
    let (_other, careful) = server(|_| ()).await;
    let base = careful.api.base.as_str();
    let nowhere = format!("{base}/nowhere");
    for (peer, api, url, words) in [
        (1, &measuring.api, "nonsense", "is no URL"),
        (2, &measuring.api, "http://127.0.0.1:1", "did not answer"),
        (3, &measuring.api, nowhere.as_str(), "answered 404"),
        (4, &careful.api, base, "--allow-private-sources"),
    ] {
        let document = measured(api, peer, url).await;
        assert_eq!(document["kib_per_second"], 0, "{document}");
        let error = document["error"].as_str().unwrap();
        assert!(error.contains(words), "{error:?} lacks {words:?}");
    }
}

#[tokio::test]
async fn strangers_take_few_places_and_who_waits_is_measured_later() {
    let (_own, measuring) = server(|config| config.allow_private_sources = true).await;
    let (_other, peer) = server(|_| ()).await;
    let draw = || async {
        peer.api
            .open(Method::GET, "/bandwidth")
            .send()
            .await
            .unwrap()
    };
    for _ in 0..2 {
        let given = draw().await;
        assert_eq!(given.status(), StatusCode::OK);
        assert_eq!(given.bytes().await.unwrap().len(), MOST_BYTES);
    }
    // The places are taken for a while, however fast it went.
    let refused = draw().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let document = measured(&measuring.api, 1, &peer.api.base).await;
    assert_eq!(document["error"], Value::Null, "{document}");
    assert!(document["kib_per_second"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn only_the_node_has_peers_measured() {
    let (_data, server) = server(|_| ()).await;
    let without_token = server
        .api
        .open(Method::POST, "/v1/bandwidth")
        .json(&order(1, "http://peer.example"));
    assert_eq!(answer(without_token).await.0, StatusCode::UNAUTHORIZED);
    for (body, words) in [
        (json!({}), "seed"),
        (json!({"seed": "0x00"}), "64 hex digits"),
    ] {
        let (status, refused) = post(&server.api, &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert!(
            refused["error"].as_str().unwrap().contains(words),
            "{refused}"
        );
    }
    let (status, _) = server.api.get("/v1/bandwidth/0x00/0x00").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
