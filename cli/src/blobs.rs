//! Blobs over HTTP: fetched by content id and verified, or handed to a store or a provider.

use std::{io::Read, path::Path, time::Duration};

use anyhow::{anyhow, bail, ensure, Context, Result};
use futures::stream;
use reqwest::{Body, Client, Response, StatusCode};
use swarm_store::{ContentId, Store};

use crate::output::Progress;

/// Bytes read from a file at once.
const PIECE: usize = 1 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For a transfer in which nothing moves.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest error text shown from a server.
const MAX_REASON: usize = 300;

/// What to do about a store that takes a blob only with its token.
pub const TOKEN_NEEDED: &str = "it wants its token; name the file with --store-token-file (it is \
    what swarm-executor was given as --token-file)";

/// What a server said to a blob it was given.
#[derive(Debug, PartialEq, Eq)]
pub enum Put {
    /// It has the blob now, or had it before.
    Stored,
    /// It waits for no such blob (yet), and no token was given.
    NotExpected,
    /// It does not take the blob now, and says why.
    NotWanted(String),
}

/// An HTTP client for blobs.
#[derive(Clone)]
pub struct Blobs {
    http: Client,
    progress: Progress,
}

impl Blobs {
    /// A client that reports its progress.
    pub fn new(progress: Progress) -> Result<Self> {
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(IDLE_TIMEOUT)
            .build()
            .context("cannot set up HTTP")?;
        Ok(Self { http, progress })
    }

    /// The HTTP client itself.
    pub fn http(&self) -> &Client {
        &self.http
    }

    /// The blob from `store`, or fetched from the first of `sources` that has it and kept in
    /// `store`. `what` names it in errors.
    pub async fn get(
        &self,
        store: &Store,
        id: ContentId,
        sources: &[String],
        limit: u64,
        what: &str,
    ) -> Result<Vec<u8>> {
        if let Some(bytes) = stored(store, &id)? {
            return Ok(bytes);
        }
        ensure!(
            !sources.is_empty(),
            "{what} ({id}) is not on this machine, and the chain names no place to fetch it from"
        );
        let mut reasons = Vec::new();
        for source in sources {
            match self.download(store, id, source, limit, what).await {
                Ok(()) => {
                    return stored(store, &id)?
                        .ok_or_else(|| anyhow!("{what} vanished from the cache while it was used"))
                }
                Err(e) => reasons.push(format!("{source}: {e:#}")),
            }
        }
        bail!("cannot fetch {what} ({id})\n  {}", reasons.join("\n  "))
    }

    async fn download(
        &self,
        store: &Store,
        id: ContentId,
        source: &str,
        limit: u64,
        what: &str,
    ) -> Result<()> {
        let mut response = self
            .http
            .get(blob_url(source, id))
            .send()
            .await
            .map_err(plain)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => bail!("it does not have the blob"),
            status => bail!("{}", reason(status, response).await),
        }
        let task = self.progress.bytes(
            response.content_length().unwrap_or(0),
            format!("fetching {what}"),
        );
        let mut writer = store.writer(Some(id), limit)?;
        while let Some(piece) = response.chunk().await.map_err(plain)? {
            writer.write(&piece)?;
            task.position(writer.written());
        }
        writer.finish().context("what it sent is something else")?;
        Ok(())
    }

    /// Whether the server has the blob.
    pub async fn has(&self, base: &str, id: ContentId) -> Result<bool> {
        let response = self
            .http
            .head(blob_url(base, id))
            .send()
            .await
            .map_err(plain)
            .with_context(|| format!("{base} does not answer"))?;
        Ok(response.status() == StatusCode::OK)
    }

    /// Gives the server a blob it may not want.
    pub async fn put(
        &self,
        base: &str,
        token: Option<&str>,
        id: ContentId,
        bytes: Vec<u8>,
    ) -> Result<Put> {
        let length = bytes.len() as u64;
        self.send(base, token, id, bytes.into(), length).await
    }

    /// Uploads a file that the server must take, unless it has it already; `id` is the file's
    /// content id. Returns whether anything was sent.
    pub async fn upload(
        &self,
        base: &str,
        token: Option<&str>,
        id: ContentId,
        path: &Path,
    ) -> Result<bool> {
        let name = path.display();
        if self.has(base, id).await? {
            return Ok(false);
        }
        let file = tokio::fs::File::open(path)
            .await
            .with_context(|| format!("cannot read {name}"))?;
        let length = file.metadata().await?.len();
        let task = self.progress.bytes(length, format!("uploading {name}"));
        let pieces = stream::try_unfold((file, 0u64, task), |(mut file, sent, task)| async move {
            use tokio::io::AsyncReadExt;
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            let sent = sent + read as u64;
            task.position(sent);
            Ok::<_, std::io::Error>((read > 0).then_some((piece, (file, sent, task))))
        });
        let body = Body::wrap_stream(pieces);
        match self.send(base, token, id, body, length).await? {
            Put::Stored => Ok(true),
            Put::NotExpected => bail!("{base} does not take {name}: {TOKEN_NEEDED}"),
            Put::NotWanted(reason) => bail!("{base} does not take {name}: {reason}"),
        }
    }

    async fn send(
        &self,
        base: &str,
        token: Option<&str>,
        id: ContentId,
        body: Body,
        length: u64,
    ) -> Result<Put> {
        let mut request = self
            .http
            .put(blob_url(base, id))
            .header("content-length", length)
            .header("content-type", "application/octet-stream")
            .body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request
            .send()
            .await
            .map_err(plain)
            .with_context(|| format!("{base} does not answer"))?;
        let status = response.status();
        if status.is_success() {
            return Ok(Put::Stored);
        }
        let refusal = reason(status, response).await;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if token.is_some() => {
                bail!("{base} refuses the token: {refusal}")
            }
            StatusCode::FORBIDDEN => Ok(Put::NotExpected),
            StatusCode::UNAUTHORIZED
            | StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE => Ok(Put::NotWanted(refusal)),
            _ => bail!("{base} refuses the blob: {refusal}"),
        }
    }
}

/// The blob, if it is in the store; a damaged one counts as missing.
fn stored(store: &Store, id: &ContentId) -> Result<Option<Vec<u8>>> {
    match store.get(id) {
        Err(swarm_store::StoreError::Damaged { .. }) => Ok(None),
        other => Ok(other?),
    }
}

/// Content id of a file, read in pieces.
pub fn id_of_file(path: &Path) -> Result<ContentId> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = std::fs::File::open(path).with_context(failed)?;
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).with_context(failed)? {
            0 => return Ok(ContentId::from_digest(*hasher.finalize().as_bytes())),
            read => {
                hasher.update(&piece[..read]);
            }
        }
    }
}

/// The first line of a token file.
pub fn read_token(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the token file {}", path.display()))?;
    let token = text.trim();
    ensure!(
        !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()),
        "{} holds no token: one line of printable characters is expected",
        path.display()
    );
    Ok(token.to_string())
}

fn blob_url(base: &str, id: ContentId) -> String {
    format!("{}/blobs/{id}", base.trim_end_matches('/'))
}

/// A reqwest error without the URL (the caller names it) and with its innermost reason.
fn plain(error: reqwest::Error) -> anyhow::Error {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    anyhow!("{cause}")
}

/// The server's own words on a refusal, cut to one short line.
async fn reason(status: StatusCode, response: Response) -> String {
    let text = response.text().await.unwrap_or_default();
    let said = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|v| v["error"].as_str().map(str::to_string))
        .unwrap_or(text);
    let said: String = said
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_REASON)
        .collect();
    match said.trim() {
        "" => status.to_string(),
        said => format!("{status}: {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::server;

    fn blobs() -> Blobs {
        crate::install_crypto();
        Blobs::new(Progress::new()).unwrap()
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), u64::MAX).unwrap();
        (folder, store)
    }

    const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

    #[tokio::test]
    async fn fetched_blobs_are_verified_and_kept() {
        let (base, asked) = server(HELLO);
        let (_folder, store) = store();
        let id = ContentId::of(b"hello");
        let sources = [base.clone()];
        for _ in 0..2 {
            let bytes = blobs()
                .get(&store, id, &sources, 10, "a greeting")
                .await
                .unwrap();
            assert_eq!(bytes, b"hello");
        }
        assert_eq!(asked.lock().unwrap().len(), 1);
        assert!(asked.lock().unwrap()[0].starts_with(&format!("GET /blobs/{id} ")));

        let other = ContentId::of(b"other");
        let error = blobs()
            .get(&store, other, &sources, 10, "a greeting")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("something else"), "{error}");
        assert!(!store.has(&other));
        let error = blobs()
            .get(&store, other, &sources, 4, "a greeting")
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("larger than the limit"),
            "{error}"
        );
        let error = blobs()
            .get(&store, other, &[], 4, "a greeting")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("no place"), "{error}");
    }

    #[tokio::test]
    async fn a_second_source_serves_when_the_first_fails() {
        let (empty, _) =
            server("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let (good, _) = server(HELLO);
        let (_folder, store) = store();
        let id = ContentId::of(b"hello");
        let both = [empty.clone(), good];
        assert_eq!(
            blobs().get(&store, id, &both, 10, "x").await.unwrap(),
            b"hello"
        );
        let (_folder, store) = self::store();
        let error = blobs()
            .get(&store, id, std::slice::from_ref(&empty), 10, "x")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("does not have"), "{error}");
        assert!(error.to_string().contains(&empty), "{error}");
    }

    #[tokio::test]
    async fn tokens_travel_and_their_refusal_is_named() {
        const REFUSED: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 23\r\nconnection: close\r\n\r\n{\"error\":\"wrong token\"}";
        let (base, asked) = server(REFUSED);
        let id = ContentId::of(b"hello");
        let error = blobs()
            .put(&base, Some("secret"), id, b"hello".to_vec())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("refuses the token"), "{error}");
        assert!(error.to_string().contains("wrong token"), "{error}");
        assert!(asked.lock().unwrap()[0].contains("Bearer secret"));
        let put = blobs()
            .put(&base, None, id, b"hello".to_vec())
            .await
            .unwrap();
        assert!(matches!(put, Put::NotWanted(reason) if reason.contains("wrong token")));
        assert!(!asked.lock().unwrap()[1].contains("Bearer"));
    }

    #[tokio::test]
    async fn files_are_streamed_whole() {
        let (base, asked) =
            server("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "x".repeat(PIECE + 7)).unwrap();
        let id = id_of_file(&path).unwrap();
        assert_eq!(id, ContentId::of("x".repeat(PIECE + 7).as_bytes()));
        let error = blobs().upload(&base, None, id, &path).await.unwrap_err();
        assert!(error.to_string().contains("--store-token-file"), "{error}");
        let asked = asked.lock().unwrap();
        assert!(asked[0].starts_with("HEAD"));
        let (head, body) = asked[1].split_once("\r\n\r\n").unwrap();
        assert!(head
            .to_lowercase()
            .contains(&format!("content-length: {}", PIECE + 7)));
        assert_eq!(body.len(), PIECE + 7);
    }

    #[test]
    fn token_files_hold_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "abc123\n").unwrap();
        assert_eq!(read_token(&path).unwrap(), "abc123");
        for bad in ["", "\n", "two words", "two\nlines"] {
            std::fs::write(&path, bad).unwrap();
            assert!(read_token(&path)
                .unwrap_err()
                .to_string()
                .contains("no token"));
        }
        assert!(read_token(&folder.path().join("none")).is_err());
    }
}
