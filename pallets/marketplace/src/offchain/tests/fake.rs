//! A node for tests: chain state, keystore, transaction pool, and an executor that answers by
//! script.

use super::super::{dispatch::Record, document::hex};
use crate::mock::*;
use codec::{Decode, Encode};
use frame_support::{
    dispatch::DispatchResultWithPostInfo,
    storage::{with_transaction, TransactionOutcome},
    traits::Hooks,
};
use sp_core::{
    offchain::{
        testing::TestOffchainExt, DbExternalities, Duration, Externalities, HttpError,
        HttpRequestId, HttpRequestStatus, OffchainDbExt, OffchainWorkerExt, OpaqueNetworkState,
        StorageKind, Timestamp, TransactionPool, TransactionPoolExt,
    },
    OpaquePeerId, H256,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
    generic::Preamble,
    offchain::storage::StorageValueRef,
    traits::{Dispatchable, Verify},
    DispatchError,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};
use swarmwork_primitives::{ContentId, ExecutorEndpoint, EXECUTOR_ENDPOINT_KEY, WORKER_KEY_TYPE};

/// What the executor does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers with a status and a body.
    Answer(u16, String),
    /// Answers with a blob.
    Blob(Vec<u8>),
    /// Answers, but the connection breaks within the body.
    Break(String),
    /// Is not there.
    Refuse,
    /// Never answers.
    Hang,
}

/// An error as the executor words it.
pub fn failure(code: u16, text: &str) -> Reply {
    Reply::Answer(code, serde_json::json!({ "error": text }).to_string())
}

/// A document with good proofs of some batches of a job of provider 0.
pub fn answer(id: H256, state: &str, batches: &[u32]) -> String {
    let batches: Vec<_> = batches
        .iter()
        .map(|batch| {
            serde_json::json!({
                "index": batch,
                "proof": hex(&proof(id, *batch, &provider(0))),
                "output": hex(&[*batch as u8; 32]),
            })
        })
        .collect();
    serde_json::json!({
        "id": hex(id.as_bytes()),
        "state": state,
        "progress": 0.25,
        "device": null,
        "batches": batches,
        "error": null,
        "error_kind": null,
    })
    .to_string()
}

/// A document of a job of provider 0 with a root: what its results have come to, if they have, and
/// good proofs of some batches with their paths.
pub fn rooted_answer(
    id: H256,
    state: &str,
    results: Option<&swarm_merkle::Tree>,
    batches: &[u32],
) -> String {
    let opened: Vec<_> = batches
        .iter()
        .map(|batch| {
            let tree = results.expect("what is proven was committed to");
            let opening = rooted::opening(id, *batch, 0, tree);
            let path = |path: &[swarm_merkle::Hash]| -> Vec<_> {
                path.iter().map(|hash| hex(hash)).collect()
            };
            serde_json::json!({
                "index": batch,
                "proof": hex(&opening.report.proof),
                "output": hex(&opening.report.output.0),
                "opening": {
                    "input": hex(&opening.input),
                    "input_path": path(&opening.input_path),
                    "result_path": path(&opening.result_path),
                },
            })
        })
        .collect();
    let root = results.map(|tree| {
        let root = rooted::result_root(tree);
        serde_json::json!({"root": hex(&root.root.0), "list": hex(&root.list.0)})
    });
    let mut document: serde_json::Value =
        serde_json::from_str(&answer(id, state, &[])).expect("it is JSON");
    document["batches"] = opened.into();
    document["results"] = root.into();
    document.to_string()
}

/// A request as the executor saw it.
#[derive(Clone, Default, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    /// Whether a job is named in path or body.
    pub fn speaks_of(&self, id: &H256) -> bool {
        let name = hex(id.as_bytes());
        self.path.contains(&name) || String::from_utf8_lossy(&self.body).contains(&name)
    }
}

/// The executor's side of the connection.
#[derive(Default)]
struct Wire {
    requests: Vec<Seen>,
    replies: VecDeque<Reply>,
    by_job: BTreeMap<H256, VecDeque<Reply>>,
    bodies: BTreeMap<u16, (VecDeque<u8>, bool)>,
    bytes_read: usize,
    delay: u64,
}

impl Wire {
    fn reply_to(&mut self, request: &Seen) -> Reply {
        let named = self
            .by_job
            .iter_mut()
            .find(|(id, replies)| request.speaks_of(id) && !replies.is_empty())
            .and_then(|(_, replies)| replies.pop_front());
        named
            .or_else(|| self.replies.pop_front())
            .unwrap_or_else(|| panic!("an unexpected request: {request:?}"))
    }
}

/// The externalities that lead there; storage and clock are the SDK's own double.
#[derive(Clone)]
struct Line {
    inner: TestOffchainExt,
    wire: Arc<Mutex<Wire>>,
}

impl Externalities for Line {
    fn is_validator(&self) -> bool {
        self.inner.is_validator()
    }
    fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
        self.inner.network_state()
    }
    fn timestamp(&mut self) -> Timestamp {
        self.inner.timestamp()
    }
    fn sleep_until(&mut self, deadline: Timestamp) {
        self.inner.sleep_until(deadline)
    }
    fn random_seed(&mut self) -> [u8; 32] {
        self.inner.random_seed()
    }
    fn http_request_start(
        &mut self,
        method: &str,
        uri: &str,
        _: &[u8],
    ) -> Result<HttpRequestId, ()> {
        let path = uri
            .strip_prefix("http://127.0.0.1:9955")
            .expect("requests go to the endpoint");
        let mut wire = lock(&self.wire);
        wire.requests.push(Seen {
            method: method.into(),
            path: path.into(),
            ..Default::default()
        });
        Ok(HttpRequestId(wire.requests.len() as u16 - 1))
    }
    fn http_request_add_header(
        &mut self,
        id: HttpRequestId,
        name: &str,
        value: &str,
    ) -> Result<(), ()> {
        let mut wire = lock(&self.wire);
        let request = wire.requests.get_mut(id.0 as usize).ok_or(())?;
        request.headers.push((name.into(), value.into()));
        Ok(())
    }
    fn http_request_write_body(
        &mut self,
        id: HttpRequestId,
        chunk: &[u8],
        deadline: Option<Timestamp>,
    ) -> Result<(), HttpError> {
        assert!(deadline.is_some(), "every step has a deadline");
        let mut wire = lock(&self.wire);
        let request = wire
            .requests
            .get_mut(id.0 as usize)
            .ok_or(HttpError::Invalid)?;
        request.body.extend_from_slice(chunk);
        Ok(())
    }
    fn http_response_wait(
        &mut self,
        ids: &[HttpRequestId],
        deadline: Option<Timestamp>,
    ) -> Vec<HttpRequestStatus> {
        let deadline = deadline.expect("every step has a deadline");
        let mut wire = lock(&self.wire);
        ids.iter()
            .map(|id| {
                let request = wire.requests[id.0 as usize].clone();
                let mut state = self.inner.0.write();
                state.timestamp = state.timestamp.add(Duration::from_millis(wire.delay));
                match wire.reply_to(&request) {
                    Reply::Answer(code, body) => {
                        wire.bodies.insert(id.0, (body.into_bytes().into(), false));
                        HttpRequestStatus::Finished(code)
                    }
                    Reply::Blob(bytes) => {
                        wire.bodies.insert(id.0, (bytes.into(), false));
                        HttpRequestStatus::Finished(200)
                    }
                    Reply::Break(body) => {
                        wire.bodies.insert(id.0, (body.into_bytes().into(), true));
                        HttpRequestStatus::Finished(200)
                    }
                    Reply::Refuse => HttpRequestStatus::IoError,
                    Reply::Hang => {
                        state.timestamp = deadline;
                        HttpRequestStatus::DeadlineReached
                    }
                }
            })
            .collect()
    }
    fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }
    fn http_response_read_body(
        &mut self,
        id: HttpRequestId,
        buffer: &mut [u8],
        deadline: Option<Timestamp>,
    ) -> Result<usize, HttpError> {
        assert!(deadline.is_some(), "every step has a deadline");
        let mut wire = lock(&self.wire);
        let (body, breaks) = wire.bodies.get_mut(&id.0).ok_or(HttpError::Invalid)?;
        if *breaks && body.len() < 100 {
            return Err(HttpError::IoError);
        }
        let count = body.len().min(buffer.len()).min(4096);
        // A body that breaks is given in small pieces, so that some of it arrives.
        let count = if *breaks { count.min(50) } else { count };
        for (place, byte) in buffer.iter_mut().zip(body.drain(..count)) {
            *place = byte;
        }
        wire.bytes_read += count;
        Ok(count)
    }
    fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}

impl DbExternalities for Line {
    fn local_storage_set(&mut self, kind: StorageKind, key: &[u8], value: &[u8]) {
        self.inner.local_storage_set(kind, key, value)
    }
    fn local_storage_clear(&mut self, kind: StorageKind, key: &[u8]) {
        self.inner.local_storage_clear(kind, key)
    }
    fn local_storage_compare_and_set(
        &mut self,
        kind: StorageKind,
        key: &[u8],
        old: Option<&[u8]>,
        new: &[u8],
    ) -> bool {
        self.inner
            .local_storage_compare_and_set(kind, key, old, new)
    }
    fn local_storage_get(&mut self, kind: StorageKind, key: &[u8]) -> Option<Vec<u8>> {
        self.inner.local_storage_get(kind, key)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics while it holds a lock")
}

/// The nonce of a signed transaction.
fn nonce(extrinsic: &Extrinsic) -> u32 {
    match &extrinsic.preamble {
        Preamble::Signed(_, _, nonce) => nonce.0,
        other => panic!("a result is signed: {other:?}"),
    }
}

/// Stands for a batch where a commitment to all results is submitted.
pub const COMMITMENT: u32 = u32::MAX;

/// The jobs and batches that a transaction reports.
fn results_of(extrinsic: &Extrinsic) -> Vec<(H256, u32)> {
    match &extrinsic.function {
        RuntimeCall::Marketplace(crate::Call::submit_result { job, batch, .. }) => {
            vec![(*job, *batch)]
        }
        RuntimeCall::Marketplace(crate::Call::submit_results { results }) => {
            assert!(results.len() > 1, "one result goes alone");
            results.iter().map(|each| (each.job, each.batch)).collect()
        }
        RuntimeCall::Marketplace(crate::Call::open_batches { openings }) => openings
            .iter()
            .map(|each| (each.report.job, each.report.batch))
            .collect(),
        RuntimeCall::Marketplace(
            crate::Call::commit_results { job, .. }
            | crate::Call::seal_results { job, .. }
            | crate::Call::reveal_results { job, .. },
        ) => vec![(*job, COMMITMENT)],
        RuntimeCall::Marketplace(crate::Call::dispute_results { dispute }) => {
            vec![(dispute.job, dispute.batch)]
        }
        RuntimeCall::Marketplace(
            crate::Call::start_job { .. }
            | crate::Call::report_input { .. }
            | crate::Call::withdraw_report { .. }
            | crate::Call::publish_output { .. },
        ) => vec![],
        other => panic!("the worker submits results, outputs and what is said of jobs: {other:?}"),
    }
}

/// A pool of one account's transactions.
#[derive(Clone)]
struct Pool {
    local: TestOffchainExt,
    pending: Arc<Mutex<Vec<Extrinsic>>>,
    refuses: Arc<Mutex<Refuses>>,
}

/// What the pool does not take.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Refuses {
    #[default]
    Nothing,
    /// Several results in one transaction, whose fee is large until it is returned.
    Together,
    Everything,
}

impl TransactionPool for Pool {
    fn submit_transaction(&mut self, extrinsic: Vec<u8>) -> Result<(), ()> {
        let extrinsic = Extrinsic::decode(&mut &extrinsic[..]).expect("it is one of ours");
        let results = results_of(&extrinsic);
        let refused = match *lock(&self.refuses) {
            Refuses::Nothing => false,
            Refuses::Together => results.len() > 1,
            Refuses::Everything => true,
        };
        if refused {
            return Err(());
        }
        let mut pending = lock(&self.pending);
        // A second transaction of the same nonce and priority is refused.
        if pending
            .iter()
            .any(|other| nonce(other) == nonce(&extrinsic))
        {
            return Err(());
        }
        // A node may die right after this: what it did must have been noted before.
        for (job, batch) in &results {
            let noted = self
                .local
                .local_storage_get(StorageKind::PERSISTENT, &(b"swarmwork/job/", job).encode())
                .and_then(|bytes| Record::decode(&mut &bytes[..]).ok())
                .is_some_and(|record| {
                    let together = results.len() > 1;
                    if *batch == COMMITMENT {
                        return record.committing.is_some() || record.revealing.is_some();
                    }
                    let mut notes = record.submitted.iter();
                    notes.any(|s| s.batch == *batch && s.together == together)
                });
            assert!(noted, "batch {batch} is submitted without a note");
        }
        pending.push(extrinsic);
        Ok(())
    }
}

/// A provider's node.
pub struct Node {
    ext: RefCell<sp_io::TestExternalities>,
    wire: Arc<Mutex<Wire>>,
    clock: TestOffchainExt,
    pool: Pool,
    listed: RefCell<usize>,
    worker: AccountId,
}

impl Node {
    /// A node of provider 0, whose worker key is in the keystore.
    pub fn new() -> Self {
        let (inner, _) = TestOffchainExt::new();
        inner.0.write().timestamp = Timestamp::from_unix_millis(1_000_000);
        let clock = inner.clone();
        let wire = Arc::new(Mutex::new(Wire::default()));
        let line = Line {
            inner,
            wire: wire.clone(),
        };
        let pool = Pool {
            local: clock.clone(),
            pending: Arc::default(),
            refuses: Arc::default(),
        };
        let keystore = MemoryKeystore::new();
        let key = keystore
            .sr25519_generate_new(WORKER_KEY_TYPE, Some("//Worker"))
            .expect("the seed is well-formed");
        let worker = AccountId::new(key.0);
        let mut ext = new_test_ext();
        ext.register_extension(OffchainDbExt::new(line.clone()));
        ext.register_extension(OffchainWorkerExt::new(line));
        ext.register_extension(TransactionPoolExt::new(pool.clone()));
        ext.register_extension(KeystoreExt::new(keystore));
        let node = Self {
            ext: RefCell::new(ext),
            wire,
            clock,
            pool,
            listed: RefCell::new(0),
            worker: worker.clone(),
        };
        node.execute(|| {
            register(0, 300);
            doubles::Pallet::<Test>::change(&provider(0), |p| p.worker = worker);
            StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).set(&ExecutorEndpoint {
                url: b"http://127.0.0.1:9955/".to_vec(),
                token: b"secret".to_vec(),
            });
        });
        node
    }

    /// Runs something on the chain.
    pub fn execute<R>(&self, run: impl FnOnce() -> R) -> R {
        self.ext.borrow_mut().execute_with(run)
    }

    /// Runs something on a fork that is abandoned.
    pub fn on_fork<R>(&self, run: impl FnOnce() -> R) -> R {
        self.execute(|| {
            with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(run())))
                .expect("nothing fails")
        })
    }

    /// One run of the worker on the current block. Its writes to the chain's state are lost, as
    /// those of any offchain worker.
    pub fn work() {
        let _ = with_transaction(|| {
            Marketplace::offchain_worker(System::block_number());
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
        });
    }

    /// The next block, and the worker after it.
    pub fn block(&self) {
        self.pass(Duration::from_millis(1_000));
        self.execute(|| {
            next_block();
            Self::work();
        });
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let mut state = self.clock.0.write();
        state.timestamp = state.timestamp.add(time);
    }

    /// The clock, in milliseconds.
    pub fn time(&self) -> u64 {
        self.clock.0.read().timestamp.unix_millis()
    }

    /// Lets every answer take so many milliseconds.
    pub fn slow(&self, delay: u64) {
        lock(&self.wire).delay = delay;
    }

    /// Adds to the script.
    pub fn reply(&self, reply: Reply) {
        lock(&self.wire).replies.push_back(reply);
    }

    /// Adds to the script for requests that name a job.
    pub fn reply_by_path(&self, id: H256, reply: Reply) {
        lock(&self.wire)
            .by_job
            .entry(id)
            .or_default()
            .push_back(reply);
    }

    /// Empties the script.
    pub fn forget_replies(&self) {
        lock(&self.wire).replies.clear();
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.wire).requests.clone()
    }

    /// How many bytes of bodies were read.
    pub fn bytes_read(&self) -> usize {
        lock(&self.wire).bytes_read
    }

    /// Lets the pool refuse.
    pub fn refuse_transactions(&self, refuses: Refuses) {
        *lock(&self.pool.refuses) = refuses;
    }

    /// Results that entered the pool since the last call, transaction by transaction.
    pub fn transactions(&self) -> Vec<Vec<(H256, u32)>> {
        let pending = lock(&self.pool.pending);
        let mut listed = self.listed.borrow_mut();
        let new = pending[(*listed).min(pending.len())..]
            .iter()
            .map(results_of)
            .collect();
        *listed = pending.len();
        new
    }

    /// Results that entered the pool since the last call.
    pub fn submitted(&self) -> Vec<(H256, u32)> {
        self.transactions().concat()
    }

    /// Loses what is in the pool.
    pub fn drop_pool(&self) {
        lock(&self.pool.pending).clear();
        *self.listed.borrow_mut() = 0;
    }

    /// Puts what is in the pool into the block, in order, as the pool would: signed well, by the
    /// worker, one nonce after the other. Each must succeed. How many there were.
    pub fn include(&self) -> usize {
        let outcomes = self.execute_pool();
        for outcome in &outcomes {
            assert!(
                outcome.is_ok(),
                "nothing is submitted that the chain refuses: {outcome:?}"
            );
        }
        outcomes.len()
    }

    /// As [`Node::include`], whatever comes of it.
    pub fn execute_pool(&self) -> Vec<DispatchResultWithPostInfo> {
        let pending = std::mem::take(&mut *lock(&self.pool.pending));
        *self.listed.borrow_mut() = 0;
        self.execute(|| {
            let execute = |extrinsic: Extrinsic| {
                let Preamble::Signed(account, signature, nonce) = extrinsic.preamble else {
                    panic!("a result is signed");
                };
                assert_eq!(account, self.worker);
                assert_eq!(nonce.0, System::account_nonce(&account));
                let payload = (&extrinsic.function, nonce.0).encode();
                assert!(signature.verify(&payload[..], &account));
                System::inc_account_nonce(&account);
                extrinsic.function.dispatch(RuntimeOrigin::signed(account))
            };
            let outcomes = pending.into_iter().map(execute).collect();
            check();
            outcomes
        })
    }

    /// Proves a batch past the worker.
    pub fn prove(&self, id: H256, batch: u32) -> DispatchResultWithPostInfo {
        Marketplace::submit_result(
            RuntimeOrigin::signed(self.worker.clone()),
            id,
            batch,
            self.proof(id, batch).try_into().expect("short"),
            ContentId::default(),
        )
    }

    /// A good proof.
    pub fn proof(&self, id: H256, batch: u32) -> Vec<u8> {
        proof(id, batch, &provider(0))
    }

    /// Spoils everything that the worker remembers.
    pub fn scramble(&self) {
        self.execute(|| {
            let known = super::super::memory::known_jobs();
            let mut keys = vec![b"swarmwork/jobs".to_vec(), b"swarmwork/health".to_vec()];
            keys.extend(known.iter().map(|id| (b"swarmwork/job/", id).encode()));
            for key in keys {
                sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, &key, &[0xff; 3]);
            }
        });
    }
}
