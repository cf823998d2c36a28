//! The executor's jobs over HTTP.

use super::document::{hex, Document};
use alloc::{format, string::String, vec::Vec};
use sp_core::offchain::Timestamp;
use swarmwork_offchain::{status, Method};
use swarmwork_primitives::{ContentId, ExecutorEndpoint, JobId};

pub use swarmwork_offchain::{printable, Error};

/// An executor, for one run of the worker.
pub struct Client<'a>(swarmwork_offchain::Client<'a>);

impl<'a> Client<'a> {
    /// Talks to the endpoint until `end`.
    pub fn new(endpoint: &'a ExecutorEndpoint, end: Timestamp) -> Result<Self, Error> {
        swarmwork_offchain::Client::new(endpoint, end).map(Self)
    }

    /// Whether there is time for another request with all the time it may take.
    pub fn has_time(&self) -> bool {
        self.0.has_time()
    }

    /// Posts a job; the executor knows it afterwards, whether or not it did before.
    pub fn post(&self, job: &JobId, batches: u32, body: Vec<u8>) -> Result<Document, Error> {
        match self.0.request(Method::Post, "/v1/jobs", Some(body))? {
            (200 | 202, answer) => parse(&answer, job, batches),
            (code, answer) => Err(status(code, &answer)),
        }
    }

    /// The job's document; `None` if the executor does not know the job.
    pub fn get(&self, job: &JobId, batches: u32) -> Result<Option<Document>, Error> {
        match self.0.request(Method::Get, &path(job), None)? {
            (200, answer) => parse(&answer, job, batches).map(Some),
            (404, _) => Ok(None),
            (code, answer) => Err(status(code, &answer)),
        }
    }

    /// A blob of the executor's.
    pub fn blob(&self, content: &ContentId) -> Result<Vec<u8>, Error> {
        let path = format!("/blobs/{}", hex(&content.0));
        match self.0.request(Method::Get, &path, None)? {
            (200, bytes) => Ok(bytes),
            (code, answer) => Err(status(code, &answer)),
        }
    }

    /// Gives a blob to the executor.
    pub fn put_blob(&self, content: &ContentId, bytes: Vec<u8>) -> Result<(), Error> {
        let path = format!("/blobs/{}", hex(&content.0));
        match self.0.put(&path, bytes)? {
            (200..=299, _) => Ok(()),
            (code, answer) => Err(status(code, &answer)),
        }
    }

    /// So many elements of the opening of a batch's output, from one on; fewer at its end.
    pub fn opening(
        &self,
        job: &JobId,
        batch: u32,
        first: u32,
        count: u32,
    ) -> Result<Vec<u8>, Error> {
        let path = format!("{}/openings/{batch}?first={first}&count={count}", path(job));
        match self.0.request(Method::Get, &path, None)? {
            (200, bytes) => Ok(bytes),
            (code, answer) => Err(status(code, &answer)),
        }
    }

    /// Cancels a job, if the executor knows it.
    pub fn cancel(&self, job: &JobId) -> Result<(), Error> {
        match self.0.request(Method::Delete, &path(job), None)? {
            (200..=299 | 404, _) => Ok(()),
            (code, answer) => Err(status(code, &answer)),
        }
    }
}

fn path(job: &JobId) -> String {
    format!("/v1/jobs/{}", hex(job.as_bytes()))
}

fn parse(answer: &[u8], job: &JobId, batches: u32) -> Result<Document, Error> {
    Document::parse(answer, job, batches).map_err(|why| Error::Malformed(printable(&why)))
}
