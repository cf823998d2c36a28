//! Handing inputs to assigned providers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use sp_core::{crypto::AccountId32, H256};
use swarm_store::ContentId;

use super::inputs;
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
    /// How many files of an input a provider has, of those that have several.
    begun: BTreeMap<(H256, AccountId32), usize>,
}

impl<'a> Deliveries<'a> {
    /// None made yet, on this chain.
    pub fn new(app: &'a App, genesis: H256) -> Self {
        Self {
            app,
            genesis,
            over: BTreeSet::new(),
            begun: BTreeMap::new(),
        }
    }

    /// One attempt for one job.
    pub async fn attempt(&mut self, job: H256, view: &JobView) -> Result<Handed> {
        if matches!(view.state, JobState::Shared { .. }) {
            // Such a job says where its input is: nobody is handed it.
            return Ok(Handed::Over);
        }
        let JobState::Assigned { provider, .. } = &view.state else {
            return Ok(Handed::NotYet("no provider was drawn yet".into()));
        };
        let receiver = (job, provider.clone());
        if self.over.contains(&receiver) {
            return Ok(Handed::Over);
        }
        if url_text(&view.input.source).is_some() || !self.is_ours(job)? {
            self.over.insert(receiver);
            return Ok(Handed::Over);
        }
        let app = self.app;
        let store = app.folders.data_store()?;
        let gone = |id: ContentId| {
            format!(
                "the input {id} of job {job:?} is gone from {}; the provider waits for it",
                app.folders.data.display()
            )
        };
        let blobs =
            inputs::blobs(&store, view).with_context(|| gone(off_chain(view.input.content)))?;
        let begun = self.begun.get(&receiver).copied().unwrap_or(0);
        for (place, id) in blobs.iter().enumerate().skip(begun) {
            let bytes = store.get(id)?.with_context(|| gone(*id))?;
            let handed = self.hand(view, *id, bytes).await;
            if handed != Handed::Over {
                return Ok(handed);
            }
            self.begun.insert(receiver.clone(), place + 1);
        }
        self.begun.remove(&receiver);
        self.over.insert(receiver);
        Ok(Handed::Over)
    }

    /// Whether the job was submitted from this machine.
    fn is_ours(&self, job: H256) -> Result<bool> {
        let records = Records::open(&self.app.folders.data);
        Ok(records.find(self.genesis, job)?.is_some())
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
            Ok(Ok(Put::NotExpected)) => {
                Handed::NotYet("the provider does not ask for it yet".to_string())
            }
            Ok(Ok(Put::NotWanted(reason))) => Handed::NotYet(reason),
            Ok(Err(e)) => Handed::NotYet(format!("{e:#}")),
            Err(_) => Handed::NotYet(format!("{endpoint} is too slow")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{bounded_url, locator},
        record::JobRecord,
        testing::{app, server},
    };

    const INPUT: &[u8] = b"input";

    fn view(endpoint: &str, source: &str) -> JobView {
        let account = AccountId32::new([1; 32]);
        JobView {
            requester: account.clone(),
            model: H256::zero(),
            circuit: H256::zero(),
            input: locator(ContentId::of(INPUT), source).unwrap(),
            batches: 1,
            mode: swarmwork_primitives::Mode::Proven,
            commitments: vec![[0; 32]],
            input_root: None,
            max_price: 1,
            currency: swarmwork_primitives::JobCurrency::Native,
            submitted: 1,
            deadline: 100,
            state: JobState::Assigned {
                provider: account,
                price: 1,
                collateral: 1,
                at: 2,
            },
            stage: None,
            results: vec![None],
            endpoint: Some(bounded_url(endpoint).unwrap()),
            delivery: None,
            input_due: None,
            input_published: false,
        }
    }

    fn remember(app: &App, job: H256, genesis: H256) {
        let record = JobRecord {
            job: format!("{job:?}"),
            genesis: format!("{genesis:?}"),
            requester: String::new(),
            model: String::new(),
            input: String::new(),
            rows: 1,
            hidden: false,
            submitted_ms: 0,
        };
        Records::open(&app.folders.data).save(&record).unwrap();
    }

    #[tokio::test]
    async fn own_inputs_are_handed_over_and_others_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path());
        let (genesis, job) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let (refusing, asked) =
            server("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let (taking, taken) =
            server("HTTP/1.1 201 Created\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let mut deliveries = Deliveries::new(&app, genesis);

        // Not submitted from here: nobody is asked.
        let handed = deliveries.attempt(job, &view(&refusing, "")).await.unwrap();
        assert_eq!(handed, Handed::Over);
        assert!(asked.lock().unwrap().is_empty());

        let mut deliveries = Deliveries::new(&app, genesis);
        remember(&app, job, genesis);
        let error = deliveries
            .attempt(job, &view(&refusing, ""))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("is gone from"), "{error}");

        app.folders.data_store().unwrap().put(INPUT).unwrap();
        let handed = deliveries.attempt(job, &view(&refusing, "")).await.unwrap();
        assert!(matches!(handed, Handed::NotYet(reason) if reason.contains("not ask for it")));
        assert_eq!(asked.lock().unwrap().len(), 2);

        // The second attempt that succeeds is the last one.
        for _ in 0..2 {
            let handed = deliveries.attempt(job, &view(&taking, "")).await.unwrap();
            assert_eq!(handed, Handed::Over);
        }
        let taken = taken.lock().unwrap().clone();
        assert_eq!(taken.len(), 2, "{taken:?}");
        assert!(
            taken[1].starts_with("PUT") && taken[1].ends_with("input"),
            "{taken:?}"
        );

        // Where the chain names a source, the provider fetches.
        let mut deliveries = Deliveries::new(&app, genesis);
        let handed = deliveries
            .attempt(job, &view(&refusing, &taking))
            .await
            .unwrap();
        assert_eq!(handed, Handed::Over);
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn an_input_in_pieces_is_handed_over_file_by_file() {
        use crate::testing::rooted_view;
        use swarm_rooted::{Commitments, Manifest};

        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path());
        let (genesis, job) = (H256::repeat_byte(1), H256::repeat_byte(2));
        remember(&app, job, genesis);
        let store = app.folders.data_store().unwrap();
        let list = Commitments::new(vec![[1; 32]; 2]);
        let list_id = store.put(&list.to_bytes()).unwrap();
        let pieces: Vec<ContentId> = [b"first", b"other"]
            .map(|bytes| store.put(bytes).unwrap())
            .to_vec();
        let manifest = Manifest::new(2, 1, list_id, pieces.clone()).unwrap();
        let id = store.put(&manifest.to_bytes()).unwrap();
        let root = H256(list.tree().unwrap().root());
        let view = |endpoint: &str| JobView {
            endpoint: Some(bounded_url(endpoint).unwrap()),
            ..rooted_view(id, 2, root)
        };
        let (taking, taken) =
            server("HTTP/1.1 201 Created\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let mut deliveries = Deliveries::new(&app, genesis);
        let handed = deliveries.attempt(job, &view(&taking)).await.unwrap();
        assert_eq!(handed, Handed::Over);
        let puts: Vec<String> = taken
            .lock()
            .unwrap()
            .iter()
            .filter(|request| request.starts_with("PUT"))
            .map(|request| request.split_whitespace().nth(1).unwrap().to_string())
            .collect();
        let expected: Vec<String> = [id, list_id, pieces[0], pieces[1]]
            .map(|id| format!("/blobs/{id}"))
            .to_vec();
        assert_eq!(puts, expected);

        // What is refused is offered again; what the provider has is not.
        let (refusing, asked) =
            server("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let mut deliveries = Deliveries::new(&app, genesis);
        for _ in 0..2 {
            let handed = deliveries.attempt(job, &view(&refusing)).await.unwrap();
            assert!(matches!(handed, Handed::NotYet(_)));
        }
        assert_eq!(asked.lock().unwrap().len(), 4);

        store.remove(&pieces[1]).unwrap();
        let mut deliveries = Deliveries::new(&app, genesis);
        let error = deliveries.attempt(job, &view(&taking)).await.unwrap_err();
        let message = format!("{error:#}");
        assert!(message.contains(&pieces[1].to_string()), "{message}");
        assert!(message.contains("is gone from"), "{message}");
    }
}
