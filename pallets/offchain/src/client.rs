//! HTTP to the executor, with a deadline and a size limit on everything.

use alloc::{format, string::String, vec::Vec};
use core::fmt;
use sp_core::offchain::{Duration, HttpError, Timestamp};
use sp_runtime::offchain::http::{self, Method, Request};
use swarmwork_primitives::ExecutorEndpoint;

/// Longest that one request may take.
const REQUEST_TIME: Duration = Duration::from_millis(3_000);
/// Largest answer that is read: a document with the most batches has about 40 KiB.
pub const MAX_BODY_BYTES: usize = 128 * 1024;
/// How much of an error's text is repeated in the log.
const MAX_ERROR_CHARS: usize = 200;

/// What can go wrong with a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// The endpoint left by the node is not text.
    BadEndpoint,
    /// No connection, or it broke.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The token is wrong.
    Unauthorized,
    /// Another status than asked for, with the beginning of its text.
    Status(u16, String),
    /// An answer longer than [`MAX_BODY_BYTES`].
    TooLong,
    /// An answer that is not the agreed document.
    Malformed(String),
}

impl Error {
    /// Whether every other request would fail alike, so that none should be tried.
    pub fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::BadEndpoint | Self::Unreachable | Self::TimedOut | Self::Unauthorized
        )
    }
}

/// What happened and what to do about it.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadEndpoint => {
                f.write_str("the executor's address is not text: correct the node's --executor-url")
            }
            Self::Unreachable => f.write_str(
                "the executor cannot be reached: start swarm-executor, or correct the node's \
                 --executor-url",
            ),
            Self::TimedOut => f.write_str(
                "the executor does not answer in time: look at its log and its load, restart it \
                 if it hangs",
            ),
            Self::Unauthorized => f.write_str(
                "the executor refuses the token: give the node's --executor-token-file the file \
                 that swarm-executor was started with",
            ),
            Self::Status(code, text) => write!(
                f,
                "the executor answers with status {code} ({text}): look at its log; its version \
                 must be the node's"
            ),
            Self::TooLong => write!(
                f,
                "the executor's answer is longer than {MAX_BODY_BYTES} bytes: --executor-url must \
                 name a swarm-executor of the node's version"
            ),
            Self::Malformed(why) => write!(
                f,
                "the executor's answer makes no sense ({why}): --executor-url must name a \
                 swarm-executor of the node's version"
            ),
        }
    }
}

/// An executor, for one run of the worker.
pub struct Client<'a> {
    url: &'a str,
    authorization: String,
    end: Timestamp,
}

impl<'a> Client<'a> {
    /// Talks to the endpoint until `end`.
    pub fn new(endpoint: &'a ExecutorEndpoint, end: Timestamp) -> Result<Self, Error> {
        let text = |bytes: &'a [u8]| core::str::from_utf8(bytes).map_err(|_| Error::BadEndpoint);
        Ok(Self {
            url: text(&endpoint.url)?.trim_end_matches('/'),
            authorization: format!("Bearer {}", text(&endpoint.token)?),
            end,
        })
    }

    /// Whether there is time for another request with all the time it may take.
    pub fn has_time(&self) -> bool {
        sp_io::offchain::timestamp().add(REQUEST_TIME) <= self.end
    }

    /// Asks for a path under the base URL, with a JSON body or none: status and body of the answer.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(u16, Vec<u8>), Error> {
        self.exchange(method, path, body.map(|body| ("application/json", body)))
    }

    /// Puts bytes to a path under the base URL: status and body of the answer.
    pub fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(u16, Vec<u8>), Error> {
        self.exchange(Method::Put, path, Some(("application/octet-stream", bytes)))
    }

    /// One request with a body of some type, or none.
    fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<(u16, Vec<u8>), Error> {
        let deadline = sp_io::offchain::timestamp().add(REQUEST_TIME).min(self.end);
        let url = format!("{}{path}", self.url);
        let mut request: Request<Vec<Vec<u8>>> = Request::new(&url)
            .method(method)
            .add_header("Authorization", &self.authorization)
            .deadline(deadline);
        if let Some((kind, body)) = body {
            request = request
                .add_header("Content-Type", kind)
                .body(alloc::vec![body]);
        }
        let pending = request.send().map_err(transport)?;
        let response = match pending.try_wait(deadline) {
            Ok(Ok(response)) => response,
            Ok(Err(http::Error::DeadlineReached)) | Err(_) => return Err(Error::TimedOut),
            Ok(Err(_)) => return Err(Error::Unreachable),
        };
        let mut reader = response.body();
        reader.deadline(deadline);
        let mut answer = Vec::new();
        for byte in reader.by_ref() {
            if answer.len() == MAX_BODY_BYTES {
                return Err(Error::TooLong);
            }
            answer.push(byte);
        }
        match reader.error() {
            None => Ok((response.code, answer)),
            Some(error) => Err(transport(*error)),
        }
    }
}

fn transport(error: HttpError) -> Error {
    match error {
        HttpError::DeadlineReached => Error::TimedOut,
        HttpError::IoError | HttpError::Invalid => Error::Unreachable,
    }
}

/// A status that was not hoped for, as an error.
pub fn status(code: u16, answer: &[u8]) -> Error {
    match code {
        401 | 403 => Error::Unauthorized,
        _ => Error::Status(code, printable(&String::from_utf8_lossy(answer))),
    }
}

/// The beginning of a text from outside, without what could forge or break a log line.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_ERROR_CHARS)
        .collect()
}
