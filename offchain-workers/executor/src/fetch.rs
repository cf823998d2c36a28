//! Getting a job's missing blobs: from the source the job names, then from the operator's peers.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, TryStreamExt};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    redirect, Client, Response,
};
use swarm_store::{ContentId, Store, StoreError};
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::{
    addresses::is_public,
    config::FetchLimits,
    ingest::{ingest, IngestError},
};

/// Downloads at one time, over all jobs.
const DOWNLOADS: usize = 16;

/// Downloads blobs into a store.
pub struct Fetcher {
    store: Store,
    /// Asks only public addresses, unless private sources are allowed.
    for_sources: Client,
    for_peers: Client,
    allow_private: bool,
    peers: Vec<Url>,
    limits: FetchLimits,
    slots: Semaphore,
    receiving: Receiving,
}

/// How many downloads of each blob have begun to arrive.
#[derive(Default)]
struct Receiving(Mutex<HashMap<ContentId, usize>>);

impl Receiving {
    fn lock(&self) -> MutexGuard<'_, HashMap<ContentId, usize>> {
        // Changed entry by entry, so it is whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One download of which something has arrived, as long as it lasts.
struct Arrival<'a>(&'a Receiving, ContentId);

impl<'a> Arrival<'a> {
    fn begin(receiving: &'a Receiving, id: ContentId) -> Self {
        *receiving.lock().entry(id).or_default() += 1;
        Self(receiving, id)
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        let mut receiving = self.0.lock();
        if let Some(count) = receiving.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                receiving.remove(&self.1);
            }
        }
    }
}

/// Why a place did not give the blob.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{place} is a loopback or private address, which a job may not name; the operator may allow it with --allow-private-sources")]
    PrivateSource { place: String },
    #[error("{place} gives the blob as larger than the limit of {limit} bytes (--max-blob-bytes)")]
    TooLarge { place: String, limit: u64 },
    #[error("{place} answered {status}")]
    Status { place: String, status: u16 },
    #[error("{place} gave other content: {found}")]
    OtherContent { place: String, found: ContentId },
    #[error("{place} did not answer: {reason}")]
    Unreachable { place: String, reason: String },
    #[error("{place}: {reason}")]
    Transfer { place: String, reason: String },
    #[error("the store: {0}")]
    Store(StoreError),
}

impl FetchError {
    /// Whether the blob is larger than this executor takes, wherever it comes from.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }

    /// Whether the blob was given, and could not be stored.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Store(_))
    }
}

impl Fetcher {
    /// # Errors
    /// Where the HTTP client cannot be set up.
    pub fn new(
        store: Store,
        peers: Vec<Url>,
        allow_private: bool,
        limits: FetchLimits,
    ) -> anyhow::Result<Self> {
        let for_peers = client(&limits, true)?;
        let for_sources = client(&limits, allow_private)?;
        let slots = Semaphore::new(DOWNLOADS);
        Ok(Self {
            store,
            for_sources,
            for_peers,
            allow_private,
            peers,
            limits,
            slots,
            receiving: Receiving::default(),
        })
    }

    /// Whether some of the blob `id` has arrived of a download that goes on.
    pub fn receives(&self, id: &ContentId) -> bool {
        self.receiving.lock().contains_key(id)
    }

    /// Asks the source and then each peer until one gives the blob `id`.
    ///
    /// # Errors
    /// What each place that was asked answered; empty where there was none to ask.
    pub async fn fetch(&self, id: ContentId, source: Option<&Url>) -> Result<(), Vec<FetchError>> {
        let mut errors = Vec::new();
        if let Some(source) = source {
            let result = match self.may_ask(source) {
                Ok(()) => self.download(&self.for_sources, source, id).await,
                Err(error) => Err(error),
            };
            match result {
                Ok(()) => return Ok(()),
                Err(error) => errors.push(error),
            }
        }
        for peer in &self.peers {
            match self.download(&self.for_peers, peer, id).await {
                Ok(()) => return Ok(()),
                Err(error) => errors.push(error),
            }
        }
        Err(errors)
    }

    /// The answer to a request of a path under a source's base URL, by the rules for sources of
    /// blobs.
    ///
    /// # Errors
    /// Where the source may not be asked, cannot be reached, or answers another status than 200.
    pub async fn open(&self, source: &Url, path: &str) -> Result<Response, FetchError> {
        self.may_ask(source)?;
        get(&self.for_sources, source, path).await
    }

    fn may_ask(&self, source: &Url) -> Result<(), FetchError> {
        if self.allow_private || !names_private_address(source) {
            return Ok(());
        }
        Err(FetchError::PrivateSource {
            place: source.to_string(),
        })
    }

    async fn download(&self, client: &Client, base: &Url, id: ContentId) -> Result<(), FetchError> {
        // Never closed, so a permit always comes.
        let _slot = self.slots.acquire().await.ok();
        let answer = get(client, base, &format!("blobs/{id}")).await?;
        let place = base.to_string();
        let limit = self.store.max_blob_bytes();
        if answer
            .content_length()
            .is_some_and(|announced| announced > limit)
        {
            return Err(FetchError::TooLarge { place, limit });
        }
        let mut arrival = None;
        let pieces = answer
            .bytes_stream()
            .inspect_ok(|_| {
                arrival.get_or_insert_with(|| Arrival::begin(&self.receiving, id));
            })
            .boxed();
        match ingest(&self.store, id, pieces, &self.limits).await {
            Ok(bytes) => {
                tracing::info!(blob = %id, bytes, from = %place, "fetched");
                Ok(())
            }
            Err(IngestError::Store(StoreError::TooLarge { limit })) => {
                Err(FetchError::TooLarge { place, limit })
            }
            Err(IngestError::Store(StoreError::OtherContent { found, .. })) => {
                Err(FetchError::OtherContent { place, found })
            }
            Err(IngestError::Store(error)) => Err(FetchError::Store(error)),
            Err(error) => Err(FetchError::Transfer {
                place,
                reason: error.to_string(),
            }),
        }
    }
}

/// The answer to a request of a path under a base URL.
async fn get(client: &Client, base: &Url, path: &str) -> Result<Response, FetchError> {
    let url = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    let place = base.to_string();
    let answer = client.get(&url).send().await.map_err(|error| {
        let reason = root_cause(&error);
        if reason == PRIVATE_NAME {
            FetchError::PrivateSource {
                place: place.clone(),
            }
        } else {
            FetchError::Unreachable {
                place: place.clone(),
                reason,
            }
        }
    })?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(FetchError::Status {
            place,
            status: answer.status().as_u16(),
        });
    }
    Ok(answer)
}

/// Whether the URL's host is an IP address that is not public. Names are judged when resolved.
fn names_private_address(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => !is_public(v4.into()),
        Some(Host::Ipv6(v6)) => !is_public(v6.into()),
        Some(Host::Domain(_)) => false,
        None => true,
    }
}

fn client(limits: &FetchLimits, allow_private: bool) -> anyhow::Result<Client> {
    let builder = || {
        let builder = Client::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.idle)
            // A redirect could lead inside, and a proxy would resolve names out of our sight.
            .redirect(redirect::Policy::none())
            .no_proxy();
        if allow_private {
            builder
        } else {
            builder.dns_resolver(Arc::new(PublicOnly))
        }
    };
    match builder().build() {
        Ok(client) => Ok(client),
        Err(error) => {
            let reason = root_cause(&error);
            tracing::warn!(
                reason,
                "no CA certificates found: https sources will fail; install ca-certificates"
            );
            Ok(builder().tls_certs_only([]).build()?)
        }
    }
}

/// What the resolver answers for a name that leads only inside.
const PRIVATE_NAME: &str = "the name has no public address";

/// Resolves names to their public addresses only. The client connects to what this returns, so a
/// name that changes between check and use gains nothing.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|a| is_public(a.ip())).collect();
            if public.is_empty() {
                return Err(PRIVATE_NAME.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The innermost error: the outer ones only say that a request was sent.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use axum::{body::Body, http::StatusCode, routing::get, Router};

    use super::*;

    const CAP: u64 = 1000;
    const CONTENT: &[u8] = b"the blob";

    /// A place that answers each path in its own way; gives its base URL.
    async fn place() -> Url {
        let endless = || async {
            Body::from_stream(futures::stream::repeat(Ok::<_, String>(vec![0u8; 100])))
        };
        let stalled =
            || async { Body::from_stream(futures::stream::pending::<Result<Vec<u8>, String>>()) };
        let begun = || async {
            let first = futures::stream::once(async { Ok::<_, String>(vec![0u8; 10]) });
            Body::from_stream(first.chain(futures::stream::pending()))
        };
        let moved = || async { (StatusCode::FOUND, [("location", "/good/blobs/x")]) };
        let router = Router::new()
            .route("/good/blobs/{cid}", get(|| async { CONTENT }))
            .route("/other/blobs/{cid}", get(|| async { "something else" }))
            .route(
                "/large/blobs/{cid}",
                get(|| async { vec![0u8; CAP as usize + 1] }),
            )
            .route("/endless/blobs/{cid}", get(endless))
            .route("/stalled/blobs/{cid}", get(stalled))
            .route("/begun/blobs/{cid}", get(begun))
            .route("/moved/blobs/{cid}", get(moved));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Url::parse(&base).unwrap()
    }

    fn fetcher(peers: Vec<Url>, allow_private: bool) -> (tempfile::TempDir, Fetcher) {
        crate::install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), CAP).unwrap();
        let limits = FetchLimits {
            idle: Duration::from_millis(200),
            ..FetchLimits::default()
        };
        (
            folder,
            Fetcher::new(store, peers, allow_private, limits).unwrap(),
        )
    }

    #[tokio::test]
    async fn the_source_is_asked_then_the_peers() {
        let base = place().await;
        let id = ContentId::of(CONTENT);
        let at = |path: &str| base.join(path).unwrap();
        let (_folder, fetcher) = fetcher(vec![at("missing"), at("good/")], true);
        fetcher.fetch(id, Some(&at("other"))).await.unwrap();
        assert_eq!(fetcher.store.get(&id).unwrap().unwrap(), CONTENT);
    }

    #[tokio::test]
    async fn each_bad_answer_has_its_own_error() {
        let base = place().await;
        let id = ContentId::of(CONTENT);
        let (_folder, fetcher) = fetcher(Vec::new(), true);
        for (path, expected) in [
            ("other", "gave other content"),
            ("large", "larger than the limit of 1000 bytes"),
            ("endless", "larger than the limit of 1000 bytes"),
            ("missing", "answered 404"),
            ("moved", "answered 302"),
            ("stalled", "stalled: "),
        ] {
            let errors = fetcher
                .fetch(id, Some(&base.join(path).unwrap()))
                .await
                .unwrap_err();
            let [error] = &errors[..] else {
                panic!("{errors:?}")
            };
            let error = error.to_string();
            assert!(
                error.contains(expected),
                "{path}: {error:?} does not say {expected:?}"
            );
        }
        let closed = Url::parse("http://127.0.0.1:1").unwrap();
        let errors = fetcher.fetch(id, Some(&closed)).await.unwrap_err();
        assert!(
            matches!(errors[..], [FetchError::Unreachable { .. }]),
            "{errors:?}"
        );
        assert!(fetcher.fetch(id, None).await.unwrap_err().is_empty());
        assert!(fetcher.store.list().unwrap().is_empty());
    }

    #[test]
    fn only_what_the_own_store_does_is_no_fault_of_others() {
        assert!(FetchError::Store(StoreError::TooLarge { limit: 1 }).is_local());
        let (place, status) = (String::new(), 404);
        assert!(!FetchError::Status { place, status }.is_local());
    }

    #[tokio::test]
    async fn private_sources_are_not_even_asked() {
        let base = place().await;
        let id = ContentId::of(CONTENT);
        let (_folder, fetcher) = fetcher(Vec::new(), false);
        let port = base.port().unwrap();
        for host in [
            "127.0.0.1",
            "[::1]",
            "localhost",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
        ] {
            let source = Url::parse(&format!("http://{host}:{port}/good")).unwrap();
            let errors = fetcher.fetch(id, Some(&source)).await.unwrap_err();
            assert!(
                matches!(errors[..], [FetchError::PrivateSource { .. }]),
                "{host}: {errors:?}"
            );
            assert!(errors[0].to_string().contains("--allow-private-sources"));
        }
        assert!(fetcher.store.list().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_peer_may_be_private() {
        let base = place().await;
        let id = ContentId::of(CONTENT);
        let (_folder, fetcher) = fetcher(vec![base.join("good").unwrap()], false);
        fetcher.fetch(id, None).await.unwrap();
    }

    #[tokio::test]
    async fn a_blob_arrives_while_something_of_it_comes() {
        let base = place().await;
        let id = ContentId::of(CONTENT);
        let (_folder, fetcher) = fetcher(Vec::new(), true);
        for (path, arrives) in [("begun", true), ("stalled", false)] {
            let source = base.join(path).unwrap();
            let fetch = fetcher.fetch(id, Some(&source));
            let look = async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                fetcher.receives(&id)
            };
            let (fetched, seen) = tokio::join!(fetch, look);
            assert!(fetched.is_err(), "{path} never ends");
            assert_eq!(seen, arrives, "{path}");
            assert!(!fetcher.receives(&id), "{path} is over");
        }
    }

    #[tokio::test]
    async fn a_stalled_download_ends() {
        let base = place().await;
        let (_folder, fetcher) = fetcher(Vec::new(), true);
        let began = Instant::now();
        let source = base.join("stalled").unwrap();
        fetcher
            .fetch(ContentId::of(CONTENT), Some(&source))
            .await
            .unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
