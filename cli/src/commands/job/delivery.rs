//! Handing inputs to assigned providers.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result};
use sp_core::{crypto::AccountId32, H256};
use swarm_store::ContentId;

use crate::{
    app::{off_chain, url_text, App},
    blobs::Put,
    chain::{JobState, JobView},
    record::Records,
};

/// For one attempt; the next one comes with the next block or second.
const ATTEMPT: Duration = Duration::from_secs(120);

/// How a hand-over stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Handed {
    /// The provider has the input, or gets it from where the chain says.
    Over,
    /// Not yet, and why.
    NotYet(String),
}

/// Inputs of jobs that this machine submitted, handed to whoever was assigned.
pub struct Deliveries<'a> {
    app: &'a App,
    genesis: H256,
    over: BTreeSet<(H256, AccountId32)>,
}

impl<'a> Deliveries<'a> {
    /// None made yet, on this chain.
    pub fn new(app: &'a App, genesis: H256) -> Self {
        Self {
            app,
            genesis,
            over: BTreeSet::new(),
        }
    }

    /// One attempt for one job.
    pub async fn attempt(&mut self, job: H256, view: &JobView) -> Result<Handed> {
        let JobState::Assigned { provider, .. } = &view.state else {
            return Ok(Handed::NotYet("no provider was drawn yet".into()));
        };
        let receiver = (job, provider.clone());
        if self.over.contains(&receiver) {
            return Ok(Handed::Over);
        }
        let handed = match self.bytes(job, view)? {
            None => Handed::Over,
            Some((id, bytes)) => self.hand(view, id, bytes).await,
        };
        if handed == Handed::Over {
            self.over.insert(receiver);
        }
        Ok(handed)
    }

    /// The input, where it is ours to hand over: the job was submitted from this machine and the
    /// chain names no other source.
    fn bytes(&self, job: H256, view: &JobView) -> Result<Option<(ContentId, Vec<u8>)>> {
        if url_text(&view.input.source).is_some() {
            return Ok(None);
        }
        let records = Records::open(&self.app.folders.data);
        if records.find(self.genesis, job)?.is_none() {
            return Ok(None);
        }
        let id = off_chain(view.input.content);
        let bytes = self.app.folders.data_store()?.get(&id)?.with_context(|| {
            format!(
                "the input {id} of job {job:?} is gone from {}; the provider waits for it",
                self.app.folders.data.display()
            )
        })?;
        Ok(Some((id, bytes)))
    }

    async fn hand(&self, view: &JobView, id: ContentId, bytes: Vec<u8>) -> Handed {
        let Some(endpoint) = view.endpoint.as_ref().and_then(url_text) else {
            return Handed::NotYet("the provider gives no usable endpoint".into());
        };
        let attempt = async {
            if self.app.blobs.has(&endpoint, id).await? {
                return Ok(Put::Stored);
            }
            self.app.blobs.put(&endpoint, None, id, bytes).await
        };
        match tokio::time::timeout(ATTEMPT, attempt).await {
            Ok(Ok(Put::Stored)) => Handed::Over,
            Ok(Ok(Put::NotWanted(reason))) => {
                Handed::NotYet(format!("the provider does not ask for it yet ({reason})"))
            }
            Ok(Err(e)) => Handed::NotYet(format!("{e:#}")),
            Err(_) => Handed::NotYet(format!("{endpoint} is too slow")),
        }
    }
}
