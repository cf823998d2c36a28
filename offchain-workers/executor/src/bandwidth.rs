//! Bandwidth between providers: a timed download from a peer's executor, and the noise that peers
//! download from here.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{rejection::JsonRejection, Path, State},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    Json, Router,
};
use futures::{stream, StreamExt};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout_at, Instant},
};
use url::Url;

use crate::{
    api::ApiError,
    capacity::{parse_key, Key},
    fetch::{FetchError, Fetcher},
    jobs::Executor,
    spec::Bytes32,
};

/// Bytes of one download: two seconds of a line of 128 Mbit/s.
pub const MOST_BYTES: usize = 32 << 20;
/// Longest that a download is timed; what has come by then counts.
const MOST_TIME: Duration = Duration::from_secs(5);
/// Bytes of a piece of noise.
const PIECE: usize = 64 << 10;
/// Downloads served at one time.
const PLACES: usize = 2;
/// How long each takes up a place, however fast it is: strangers draw no more than this.
const PLACE_TIME: Duration = Duration::from_secs(10);
/// How often a peer whose places are taken is asked.
const TRIES: u32 = 16;
/// How long what was measured is kept; the node reports it within minutes.
const KEPT: Duration = Duration::from_secs(3_600);
/// Most peers that are measured or wait for it.
const MOST_WAITING: usize = 256;

/// The peers that were measured lately, and places for those who measure us.
pub struct Bandwidth {
    peers: Mutex<HashMap<Key, Peer>>,
    /// One at a time: two downloads would share the line.
    turn: Semaphore,
    places: Arc<Semaphore>,
    noise: Bytes,
}

struct Peer {
    asked: Instant,
    measured: Option<Measured>,
}

#[derive(Clone, Debug)]
struct Measured {
    /// KiB/s; 0 where the peer could not be measured.
    rate: u32,
    error: Option<String>,
}

/// The body of `POST /v1/bandwidth`.
#[derive(Clone, Debug, Deserialize)]
pub struct BandwidthOrder {
    /// The seed of the epoch.
    pub seed: Bytes32,
    /// Which peer.
    pub identity: Bytes32,
    /// Base URL of its executor, as it has registered it.
    pub url: String,
}

/// A measurement as it is shown.
#[derive(Debug, Serialize)]
pub struct BandwidthDocument {
    seed: Bytes32,
    identity: Bytes32,
    state: &'static str,
    kib_per_second: Option<u32>,
    error: Option<String>,
}

impl Default for Bandwidth {
    fn default() -> Self {
        // What a line or a proxy cannot compress.
        let mut noise = vec![0; PIECE];
        rand::thread_rng().fill_bytes(&mut noise);
        Self {
            peers: Mutex::default(),
            turn: Semaphore::new(1),
            places: Arc::new(Semaphore::new(PLACES)),
            noise: noise.into(),
        }
    }
}

impl Bandwidth {
    /// What is known of a peer.
    fn document(&self, key: &Key) -> Option<BandwidthDocument> {
        self.lock().get(key).map(|peer| {
            let measured = peer.measured.clone();
            BandwidthDocument {
                seed: key.seed,
                identity: key.identity,
                state: match measured {
                    Some(_) => "done",
                    None => "measuring",
                },
                kib_per_second: measured.as_ref().map(|measured| measured.rate),
                error: measured.and_then(|measured| measured.error),
            }
        })
    }

    /// Notes that a peer is to be measured; `None` if too many are, otherwise whether it was not
    /// known.
    fn enter(&self, key: Key) -> Option<bool> {
        let mut peers = self.lock();
        peers.retain(|_, peer| peer.measured.is_none() || peer.asked.elapsed() < KEPT);
        if peers.contains_key(&key) {
            return Some(false);
        }
        let waiting = peers.values().filter(|peer| peer.measured.is_none());
        if waiting.count() >= MOST_WAITING {
            return None;
        }
        let peer = Peer {
            asked: Instant::now(),
            measured: None,
        };
        peers.insert(key, peer);
        Some(true)
    }

    fn leave(&self, key: &Key, measured: Measured) {
        if let Some(peer) = self.lock().get_mut(key) {
            peer.measured = Some(measured);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Executor {
    /// Measures a peer when its turn has come. Whatever keeps it from being measured, it has no
    /// bandwidth that others could use.
    async fn measure(&self, order: &BandwidthOrder) -> Measured {
        // Never closed, so a permit always comes.
        let _turn = self.bandwidth.turn.acquire().await.ok();
        let peer = match Url::parse(&order.url) {
            Ok(peer) => peer,
            Err(error) => return unmeasured(format!("{:?} is no URL: {error}", order.url)),
        };
        let limits = &self.config.fetch;
        let mut pause = limits.retry_first;
        for _ in 1..TRIES {
            match rate(&self.fetcher, &peer).await {
                Ok(rate) => return Measured { rate, error: None },
                Err(FetchError::Status { status: 503, .. }) => {}
                Err(error) => return unmeasured(error.to_string()),
            }
            sleep(pause).await;
            pause = (pause * 2).min(limits.retry_most);
        }
        match rate(&self.fetcher, &peer).await {
            Ok(rate) => Measured { rate, error: None },
            Err(error) => unmeasured(error.to_string()),
        }
    }
}

fn unmeasured(error: String) -> Measured {
    Measured {
        rate: 0,
        error: Some(error),
    }
}

/// KiB/s of a download from a peer. It counts in whole only, or up to the longest time: the first
/// few bytes come out of buffers.
async fn rate(fetcher: &Fetcher, peer: &Url) -> Result<u32, FetchError> {
    let answer = fetcher.open(peer, "bandwidth").await?;
    let began = Instant::now();
    let mut pieces = answer.bytes_stream();
    let mut bytes = 0;
    let failed = |reason: String| FetchError::Transfer {
        place: peer.to_string(),
        reason,
    };
    while bytes < MOST_BYTES {
        match timeout_at(began + MOST_TIME, pieces.next()).await {
            Ok(Some(Ok(piece))) => bytes = bytes.saturating_add(piece.len()),
            Ok(Some(Err(error))) => return Err(failed(error.to_string())),
            Ok(None) => return Err(failed(format!("it ends after {bytes} bytes"))),
            Err(_) => break,
        }
    }
    Ok(kib_per_second(bytes as u64, began.elapsed()))
}

fn kib_per_second(bytes: u64, time: Duration) -> u32 {
    let millis = time.as_millis().max(1);
    let rate = u128::from(bytes) * 1_000 / 1_024 / millis;
    u32::try_from(rate).unwrap_or(u32::MAX)
}

/// The routes by which the node has peers measured; the caller guards them.
pub fn router() -> Router<Arc<Executor>> {
    Router::new()
        .route("/v1/bandwidth", post(begin))
        .route("/v1/bandwidth/{seed}/{identity}", get(show))
}

/// The route by which peers measure us.
pub fn public_router() -> Router<Arc<Executor>> {
    Router::new().route("/bandwidth", get(serve))
}

async fn begin(
    State(executor): State<Arc<Executor>>,
    body: Result<Json<BandwidthOrder>, JsonRejection>,
) -> Result<(StatusCode, Json<BandwidthDocument>), ApiError> {
    let Json(order) = body.map_err(|e| ApiError::new(e.status(), e.body_text()))?;
    let key = Key {
        seed: order.seed,
        identity: order.identity,
    };
    let new = executor.bandwidth.enter(key).ok_or_else(|| {
        let message = format!("{MOST_WAITING} peers wait to be measured; try again later");
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    if new {
        let executor = executor.clone();
        tokio::spawn(async move {
            let measured = executor.measure(&order).await;
            let (rate, error) = (measured.rate, measured.error.as_deref());
            tracing::info!(peer = %order.identity, url = order.url, rate, error, "peer measured");
            executor.bandwidth.leave(&key, measured);
        });
    }
    let status = if new {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(known(&executor, &key)?)))
}

async fn show(
    State(executor): State<Arc<Executor>>,
    Path((seed, identity)): Path<(String, String)>,
) -> Result<Json<BandwidthDocument>, ApiError> {
    let key = parse_key(&seed, &identity)?;
    Ok(Json(known(&executor, &key)?))
}

fn known(executor: &Executor, key: &Key) -> Result<BandwidthDocument, ApiError> {
    executor.bandwidth.document(key).ok_or_else(|| {
        let message = format!("peer {} was not asked for; POST it", key.identity);
        ApiError::new(StatusCode::NOT_FOUND, message)
    })
}

async fn serve(State(executor): State<Arc<Executor>>) -> Result<Response, ApiError> {
    let Ok(place) = executor.bandwidth.places.clone().try_acquire_owned() else {
        let message = "others are measuring this line; try again in some seconds";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message));
    };
    tokio::spawn(async move {
        sleep(PLACE_TIME).await;
        drop(place);
    });
    let piece = executor.bandwidth.noise.clone();
    let pieces = (0..MOST_BYTES / PIECE).map(move |_| Ok::<_, Infallible>(piece.clone()));
    let headers = [
        (header::CONTENT_LENGTH, MOST_BYTES.to_string()),
        (header::CONTENT_TYPE, "application/octet-stream".to_string()),
        (header::CACHE_CONTROL, "no-store".to_string()),
    ];
    Ok((headers, Body::from_stream(stream::iter(pieces))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tag: u8) -> Key {
        Key {
            seed: Bytes32([1; 32]),
            identity: Bytes32([tag; 32]),
        }
    }

    #[test]
    fn rates_are_in_kib_a_second() {
        assert_eq!(kib_per_second(2 << 20, Duration::from_secs(2)), 1_024);
        assert_eq!(kib_per_second(0, Duration::from_secs(1)), 0);
        assert_eq!(kib_per_second(1_024, Duration::ZERO), 1_000);
        assert_eq!(kib_per_second(u64::MAX, Duration::ZERO), u32::MAX);
    }

    #[test]
    fn a_peer_is_measured_once() {
        let bandwidth = Bandwidth::default();
        assert!(bandwidth.document(&key(1)).is_none());
        assert_eq!(bandwidth.enter(key(1)), Some(true));
        assert_eq!(bandwidth.enter(key(1)), Some(false));
        let document = bandwidth.document(&key(1)).unwrap();
        assert_eq!(
            (document.state, document.kib_per_second),
            ("measuring", None)
        );
        bandwidth.leave(&key(1), unmeasured("gone".into()));
        let document = bandwidth.document(&key(1)).unwrap();
        assert_eq!((document.state, document.kib_per_second), ("done", Some(0)));
        assert_eq!(document.error, Some("gone".into()));
        assert_eq!(bandwidth.enter(key(1)), Some(false));
    }

    #[test]
    fn so_many_wait_at_one_time() {
        let bandwidth = Bandwidth::default();
        for tag in 0..=u8::MAX {
            assert_eq!(bandwidth.enter(key(tag)), Some(true));
        }
        let other = Key {
            seed: Bytes32([2; 32]),
            identity: Bytes32([0; 32]),
        };
        assert_eq!(bandwidth.enter(other), None);
        bandwidth.leave(&key(0), unmeasured("gone".into()));
        assert_eq!(bandwidth.enter(other), Some(true));
    }
}
