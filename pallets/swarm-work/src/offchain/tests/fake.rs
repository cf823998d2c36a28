//! A node for tests: chain state, worker keys, transaction pool, and an executor of many moods.

use crate::mock::*;
use codec::{Decode, Encode};
use frame_support::storage::{with_transaction, TransactionOutcome};
use sp_core::{
    offchain::{
        testing::TestOffchainExt, DbExternalities, Duration, Externalities, HttpError,
        HttpRequestId, HttpRequestStatus, OffchainDbExt, OffchainWorkerExt, OpaqueNetworkState,
        StorageKind, Timestamp, TransactionPool, TransactionPoolExt,
    },
    OpaquePeerId,
};
use sp_runtime::{
    generic::Preamble,
    offchain::storage::StorageValueRef,
    testing::UintAuthorityId,
    traits::{Dispatchable, Verify},
    DispatchError,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};
use swarm_capacity::{Matrices, Method, Opening, Stream, Tree};
use swarmwork_offchain::hex;
use swarmwork_primitives::{ExecutorEndpoint, EXECUTOR_ENDPOINT_KEY};

/// Rows that the executor computes in its time.
pub const ROWS: u32 = 20;
/// What it measures of peers, KiB/s.
pub const RATE: u32 = 2_000;

/// How the executor answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    /// As agreed: computing when it is told, ready when it is asked.
    Honest,
    /// It never gets ready.
    Slow,
    /// It makes rows up.
    Lies,
    /// It cannot compute.
    Fails,
    /// It answers what nobody asked.
    Babbles,
    /// It wants another token.
    Refuses,
    /// It is not there.
    Down,
    /// It never answers.
    Hangs,
}

/// A request as the executor saw it.
#[derive(Clone, Default, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
}

struct Wire {
    mood: Mood,
    requests: Vec<Seen>,
    bodies: BTreeMap<u16, VecDeque<u8>>,
    known: BTreeMap<String, Tree>,
    peers: BTreeSet<String>,
}

impl Wire {
    /// Status and body; nothing where there is no connection.
    fn reply(&mut self, request: &Seen) -> (u16, String) {
        match self.mood {
            Mood::Babbles => return (200, "{\"state\":\"\u{7}fine\"}".into()),
            Mood::Refuses => return (401, "{\"error\":\"no\"}".into()),
            _ => {}
        }
        if let Some(path) = request.path.strip_prefix("/v1/bandwidth") {
            return self.peer(request, path);
        }
        let path = request
            .path
            .strip_prefix("/v1/capacity")
            .expect("nothing else is asked for");
        if request.method == "POST" {
            let order: serde_json::Value =
                serde_json::from_slice(&request.body).expect("the body is JSON");
            let text = |key: &str| order[key].as_str().expect("text").to_string();
            let (seed, identity) = (text("seed"), text("identity"));
            let rows = order["rows"].as_u64().expect("a number").min(ROWS.into()) as u32;
            let tree = self.compute(&seed, &identity, rows);
            let path = format!("/{seed}/{identity}");
            self.known.insert(path.clone(), tree);
            return (202, self.document(&path, "computing"));
        }
        let (path, rows) = match path.split_once("/rows/") {
            Some((path, rows)) => (path, Some(rows)),
            None => (path, None),
        };
        let Some(tree) = self.known.get(path) else {
            return (404, "{\"error\":\"unknown\"}".into());
        };
        let Some(rows) = rows else {
            let state = match self.mood {
                Mood::Slow => "computing",
                Mood::Fails => "failed",
                _ => "ready",
            };
            return (200, self.document(path, state));
        };
        let (first, second) = rows.split_once('/').expect("two rows");
        let open = |row: &str| {
            let opening: Opening = tree
                .open(row.parse().expect("a row"))
                .expect("it is one of the rows");
            serde_json::json!({
                "leaf": hex(&opening.leaf.concat()),
                "path": opening.path.iter().map(|hash| hex(hash)).collect::<Vec<_>>(),
            })
        };
        let body = serde_json::json!({"openings": [open(first), open(second)]});
        (200, body.to_string())
    }

    /// What is measured of a peer: something, nothing, or it takes for ever.
    fn peer(&mut self, request: &Seen, path: &str) -> (u16, String) {
        let path = if request.method == "POST" {
            let order: serde_json::Value =
                serde_json::from_slice(&request.body).expect("the body is JSON");
            let text = |key: &str| order[key].as_str().expect("text").to_string();
            let path = format!("/{}/{}", text("seed"), text("identity"));
            self.peers.insert(path.clone());
            path
        } else if self.peers.contains(path) {
            path.to_string()
        } else {
            return (404, "{\"error\":\"unknown\"}".into());
        };
        let done = request.method == "GET" && self.mood != Mood::Slow;
        let rate = match self.mood {
            Mood::Fails => 0,
            _ => RATE,
        };
        let (seed, identity) = path[1..].split_once('/').expect("seed and identity");
        let document = serde_json::json!({
            "seed": seed,
            "identity": identity,
            "state": if done { "done" } else { "measuring" },
            "kib_per_second": done.then_some(rate),
            "error": (done && rate == 0).then_some("no answer"),
        });
        (200, document.to_string())
    }

    fn compute(&self, seed: &str, identity: &str, rows: u32) -> Tree {
        let bytes = |text: &str| -> [u8; 32] {
            let digits = text.strip_prefix("0x").expect("hexadecimal").as_bytes();
            let pairs = digits.chunks(2).map(|pair| {
                let pair = std::str::from_utf8(pair).expect("ASCII");
                u8::from_str_radix(pair, 16).expect("two digits")
            });
            pairs.collect::<Vec<_>>().try_into().expect("32 bytes")
        };
        let (seed, identity) = (bytes(seed), bytes(identity));
        let matrices = Matrices::new(&seed);
        let stream = Stream::rows(&seed, &identity);
        let print = |row| match self.mood {
            Mood::Lies => [row as u8; 16],
            _ => matrices.fingerprint(&stream, row, Method::detect()),
        };
        Tree::new((0..rows).map(print).collect()).expect("there are rows")
    }

    fn document(&self, path: &str, state: &str) -> String {
        let (seed, identity) = path[1..].split_once('/').expect("seed and identity");
        let tree = &self.known[path];
        let root = (state == "ready").then(|| hex(&tree.root()));
        serde_json::json!({
            "seed": seed,
            "identity": identity,
            "state": state,
            "rows": tree.rows(),
            "root": root,
            "error": (state == "failed").then_some("no device"),
        })
        .to_string()
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
        _: HttpRequestId,
        name: &str,
        value: &str,
    ) -> Result<(), ()> {
        if name == "Authorization" {
            assert_eq!(value, "Bearer secret");
        }
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
        let mood = wire.mood;
        ids.iter()
            .map(|id| match mood {
                Mood::Down => HttpRequestStatus::IoError,
                Mood::Hangs => {
                    self.inner.0.write().timestamp = deadline;
                    HttpRequestStatus::DeadlineReached
                }
                _ => {
                    let request = wire.requests[id.0 as usize].clone();
                    let (code, body) = wire.reply(&request);
                    wire.bodies.insert(id.0, body.into_bytes().into());
                    HttpRequestStatus::Finished(code)
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
        let body = wire.bodies.get_mut(&id.0).ok_or(HttpError::Invalid)?;
        let count = body.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(body.drain(..count)) {
            *place = byte;
        }
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

#[derive(Default)]
struct PoolState {
    pending: Vec<Extrinsic>,
    refuses: bool,
}

#[derive(Clone, Default)]
struct Pool(Arc<Mutex<PoolState>>);

/// Signer and nonce of a transaction.
fn signer(extrinsic: &Extrinsic) -> (u64, u32) {
    let Preamble::Signed(account, signature, nonce) = &extrinsic.preamble else {
        panic!("an answer is signed");
    };
    let payload = (&extrinsic.function, nonce.0).encode();
    assert!(signature.verify(&payload[..], account));
    (*account, nonce.0)
}

impl TransactionPool for Pool {
    fn submit_transaction(&mut self, extrinsic: Vec<u8>) -> Result<(), ()> {
        let extrinsic = Extrinsic::decode(&mut &extrinsic[..]).expect("it is one of ours");
        let mut state = lock(&self.0);
        // A second transaction of the same nonce and priority is refused.
        let known = |other: &Extrinsic| signer(other) == signer(&extrinsic);
        if state.refuses || state.pending.iter().any(known) {
            return Err(());
        }
        state.pending.push(extrinsic);
        Ok(())
    }
}

/// The node of some providers.
pub struct Node {
    ext: RefCell<sp_io::TestExternalities>,
    wire: Arc<Mutex<Wire>>,
    clock: TestOffchainExt,
    pool: Pool,
    included: RefCell<Vec<(u64, &'static str)>>,
}

impl Node {
    /// The node of providers 1 to `providers`, all admitted, with an executor.
    pub fn new(mood: Mood, providers: u64) -> Self {
        let (inner, _) = TestOffchainExt::new();
        inner.0.write().timestamp = Timestamp::from_unix_millis(1_000_000);
        let clock = inner.clone();
        let wire = Arc::new(Mutex::new(Wire {
            mood,
            requests: Vec::new(),
            bodies: BTreeMap::new(),
            known: BTreeMap::new(),
            peers: BTreeSet::new(),
        }));
        let line = Line {
            inner,
            wire: wire.clone(),
        };
        let pool = Pool::default();
        let mut ext = new_test_ext();
        ext.register_extension(OffchainDbExt::new(line.clone()));
        ext.register_extension(OffchainWorkerExt::new(line));
        ext.register_extension(TransactionPoolExt::new(pool.clone()));
        UintAuthorityId::set_all_keys((1..=providers).map(|who| who + WORKER));
        let node = Self {
            ext: RefCell::new(ext),
            wire,
            clock,
            pool,
            included: RefCell::default(),
        };
        node.execute(|| {
            (1..=providers).for_each(admit);
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

    /// Runs until a window opens and lets the worker see it.
    pub fn open_window(&self) -> crate::Window<u64> {
        self.execute(|| {
            let window = open_window();
            Self::work();
            window
        })
    }

    /// One run of the worker on the current block. Its writes to the chain's state are lost, as
    /// those of any offchain worker.
    fn work() {
        use frame_support::traits::Hooks;
        let _ = with_transaction(|| {
            Work::offchain_worker(System::block_number());
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
        });
    }

    /// The next block with what is in the pool, and the worker after it. Every transaction must
    /// succeed: nothing is submitted that the chain refuses.
    pub fn block(&self) {
        self.pass(Duration::from_millis(BLOCK_MILLIS));
        let pending = std::mem::take(&mut lock(&self.pool.0).pending);
        self.execute(|| {
            next_block();
            for extrinsic in pending {
                let (account, nonce) = signer(&extrinsic);
                assert_eq!(nonce, System::account_nonce(account));
                System::inc_account_nonce(account);
                let name = match &extrinsic.function {
                    RuntimeCall::Work(crate::Call::commit_capacity { .. }) => "commit",
                    RuntimeCall::Work(crate::Call::open_rows { .. }) => "open",
                    RuntimeCall::Work(crate::Call::report_bandwidth { .. }) => "report",
                    other => panic!("the worker answers and reports only: {other:?}"),
                };
                let outcome = extrinsic.function.dispatch(RuntimeOrigin::signed(account));
                assert!(outcome.is_ok(), "{name}: {outcome:?}");
                self.included.borrow_mut().push((account - WORKER, name));
            }
            check();
            Self::work();
        });
    }

    /// Blocks until the running window is over.
    pub fn end_window(&self) {
        while self.execute(crate::CurrentWindow::<Test>::exists) {
            self.block();
        }
    }

    /// What got into blocks so far: providers, and what their workers did.
    pub fn included(&self) -> Vec<(u64, &'static str)> {
        self.included.borrow().clone()
    }

    /// How many transactions are in the pool.
    pub fn pending(&self) -> usize {
        lock(&self.pool.0).pending.len()
    }

    /// Loses what is in the pool.
    pub fn drop_pool(&self) {
        lock(&self.pool.0).pending.clear();
    }

    /// Lets the pool refuse, or take again.
    pub fn refuse(&self, refuses: bool) {
        lock(&self.pool.0).refuses = refuses;
    }

    /// Changes the executor's mood.
    pub fn mood(&self, mood: Mood) {
        lock(&self.wire).mood = mood;
    }

    /// Restarts the executor, which forgets everything.
    pub fn restart_executor(&self) {
        let mut wire = lock(&self.wire);
        wire.known.clear();
        wire.peers.clear();
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.wire).requests.clone()
    }

    /// The bodies of the orders so far.
    pub fn orders(&self) -> Vec<serde_json::Value> {
        self.seen()
            .iter()
            .filter(|request| request.method == "POST")
            .map(|request| serde_json::from_slice(&request.body).expect("the body is JSON"))
            .collect()
    }

    /// Lets time pass.
    fn pass(&self, time: Duration) {
        let mut state = self.clock.0.write();
        state.timestamp = state.timestamp.add(time);
    }
}
