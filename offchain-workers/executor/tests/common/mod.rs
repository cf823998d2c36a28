//! What the tests share: a small network with development keys, jobs for it, and executors.

#![allow(dead_code, reason = "no test file uses all of it")]

use std::{
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};

use rand::{rngs::StdRng, Rng, SeedableRng};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{json, Value};
use swarm_executor::{
    config::{FetchLimits, JobLimits},
    device::{DeviceChoice, DeviceId},
    start,
    token::Token,
    Config, Running,
};
use swarm_groth16::{inspect_key, verify, Statement};
use swarm_network::{
    ActivationType, BatchOutput, JobInput, Layer, LinearWeights, Matrix, Model, Topology,
};
use swarm_prover::Keys;
use swarm_store::{ContentId, Store};

pub const TOKEN: &str = "a-token-for-tests-only";
pub const BATCH: usize = 3;
pub const GENESIS: [u8; 32] = [0xaa; 32];
pub const PROVIDER: [u8; 32] = [0xbb; 32];
/// More than any step here takes, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A network, its keys and its model file.
pub struct Fixture {
    pub keys: Keys,
    pub model: Model,
    pub model_file: Vec<u8>,
    pub commitment: [u8; 32],
    pub proving_key: Vec<u8>,
    pub commitment_key: Vec<u8>,
    pub vk: Vec<u8>,
}

/// Made once for each test program.
pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let topology = topology(12, 9, 4);
        let mut rng = StdRng::seed_from_u64(1);
        let keys = swarm_prover::setup_development(&topology, BATCH, &mut rng).unwrap();
        let model = model(&topology, 2);
        Fixture {
            commitment: keys.commitment.commit_weights(&model).unwrap(),
            model_file: model.to_bytes().unwrap(),
            proving_key: proving_key_file(&keys),
            commitment_key: keys.commitment.to_bytes(),
            vk: keys.verifying.clone(),
            model,
            keys,
        }
    })
}

/// The bytes of the proving key's file.
pub fn proving_key_file(keys: &Keys) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    keys.proving.write(file.path()).unwrap();
    std::fs::read(file.path()).unwrap()
}

pub fn topology(inputs: usize, hidden: usize, outputs: usize) -> Topology {
    let layers = vec![
        Layer::Linear {
            inputs,
            outputs: hidden,
        },
        Layer::Requant {
            shift: 8,
            lo: 0,
            hi: 255,
        },
        Layer::Linear {
            inputs: hidden,
            outputs,
        },
    ];
    Topology::new(vec![inputs], ActivationType::U8, layers).unwrap()
}

/// Convolutions with padding, strides and groups, both pools, a residual add, and scales of each
/// channel.
pub fn residual_topology() -> Topology {
    let json = r#"{"format":"swarmwork-network","version":1,"input":{"shape":[3,9,10],"dtype":"u8"},"layers":[
        {"type":"conv2d","in_channels":3,"out_channels":8,"kernel":[3,3],"stride":[1,1],"padding":[1,1,1,1]},
        {"type":"avgpool","kernel":[2,2],"stride":[2,2]},
        {"type":"requant","shift":26,"multiplier":true,"lo":0,"hi":255},
        {"type":"conv2d","in_channels":8,"out_channels":8,"kernel":[3,2],"stride":[1,1],"padding":[1,1,1,0],"groups":4},
        {"type":"add","with":2,"scale":[1,77]},
        {"type":"requant","shifts":[8,9,10,11,8,7,9,10],"lo":-128,"hi":127},
        {"type":"maxpool","kernel":[3,3],"stride":[2,2],"padding":[1,1,1,1]},
        {"type":"flatten"},
        {"type":"linear","in":48,"out":10}]}"#;
    Topology::from_json(json).unwrap()
}

/// A model with random weights.
pub fn model(topology: &Topology, seed: u64) -> Model {
    let mut rng = StdRng::seed_from_u64(seed);
    let weights: Vec<_> = topology
        .weighted()
        .map(|weighted| LinearWeights {
            weight: (0..weighted.weight_len()).map(|_| rng.gen()).collect(),
            bias: (0..weighted.outputs)
                .map(|_| rng.gen_range(-5000..5000))
                .collect(),
        })
        .collect();
    let multipliers = topology
        .multiplied()
        .map(|requant| (0..requant.multipliers()).map(|_| rng.gen()).collect())
        .collect();
    Model::with_multipliers(topology.clone(), weights, multipliers).unwrap()
}

/// A job for the fixture's network, and its blobs.
pub struct Job {
    pub id: [u8; 32],
    pub input: JobInput,
    pub input_file: Vec<u8>,
    pub body: Value,
}

impl Job {
    /// A job of so many batches with random input. Odd seeds hide input and output.
    pub fn new(seed: u8, batches: usize) -> Self {
        let fixture = fixture();
        let topology = fixture.model.topology();
        let mut rng = StdRng::seed_from_u64(seed.into());
        let rows = batches * BATCH;
        let values = (0..rows * topology.input_len())
            .map(|_| rng.gen_range(0..=255))
            .collect();
        let rows = Matrix::new(rows, topology.input_len(), values).unwrap();
        let mut blinds = || -> Vec<[u8; 32]> {
            if seed.is_multiple_of(2) {
                return Vec::new();
            }
            // Small enough to be canonical scalars whatever the low bytes.
            let blind = |mut bytes: [u8; 32]| {
                bytes[31] = 0;
                bytes
            };
            (0..batches).map(|_| blind(rng.gen())).collect()
        };
        let input = JobInput::new(rows, BATCH, blinds(), blinds()).unwrap();
        let input_file = input.to_bytes(topology.input_type()).unwrap();
        let commit = |batch| {
            let batch = input.get(batch).unwrap();
            hex32(fixture.keys.commitment.commit_input(&batch).unwrap())
        };
        let commitments: Vec<String> = (0..batches).map(commit).collect();
        let id = [seed; 32];
        let content = |bytes: &[u8]| ContentId::of(bytes).to_hex();
        let body = json!({
            "id": hex32(id),
            "genesis": hex32(GENESIS),
            "provider": hex32(PROVIDER),
            "circuit": {
                "id": hex32(inspect_key(&fixture.vk).unwrap().id),
                "vk": format!("0x{}", hex::encode(&fixture.vk)),
                "proving_key": {"content": content(&fixture.proving_key), "source": ""},
                "commitment_key": {"content": content(&fixture.commitment_key), "source": ""},
            },
            "model": {
                "id": hex32([7; 32]),
                "commitment": hex32(fixture.commitment),
                "content": content(&fixture.model_file),
                "source": "",
            },
            "input": {"content": content(&input_file), "source": ""},
            "commitments": commitments,
            "done": [],
            "priority": 0,
        });
        Self {
            id,
            input,
            input_file,
            body,
        }
    }

    pub fn hex_id(&self) -> String {
        hex32(self.id)
    }

    pub fn path(&self) -> String {
        format!("/v1/jobs/{}", self.hex_id())
    }

    /// Puts every blob of the job into the store that an executor will open.
    pub fn provide(&self, data: &Path) {
        provide_keys_and_model(data);
        Store::open(data, u64::MAX)
            .unwrap()
            .put(&self.input_file)
            .unwrap();
    }

    /// Checks a finished job: every batch asked for has a proof that verifies against the
    /// commitments, and an output file that is the reference's and opens the proof's `C_y`.
    pub fn check(&self, document: &Value, data: &Path, batches: &[u64]) {
        let fixture = fixture();
        assert_eq!(document["state"], "done", "{document}");
        assert_eq!(document["progress"], 1.0);
        assert_eq!(document["error"], Value::Null);
        let store = Store::open(data, u64::MAX).unwrap();
        let found: Vec<u64> = document["batches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|batch| batch["index"].as_u64().unwrap())
            .collect();
        assert_eq!(found, batches);
        for batch in document["batches"].as_array().unwrap() {
            let index = batch["index"].as_u64().unwrap() as usize;
            let proof = hex::decode(&batch["proof"].as_str().unwrap()[2..]).unwrap();
            let c_x = hex::decode(&self.body["commitments"][index].as_str().unwrap()[2..]).unwrap();
            let statement = Statement {
                genesis: GENESIS,
                job: self.id,
                batch: index as u32,
                provider: PROVIDER,
                c_w: fixture.commitment,
                c_x: c_x.try_into().unwrap(),
            };
            verify(&fixture.vk, &statement, &proof).unwrap();
            let other = Statement {
                provider: [0; 32],
                ..statement
            };
            assert!(verify(&fixture.vk, &other, &proof).is_err());

            let content = ContentId::from_hex(batch["output"].as_str().unwrap()).unwrap();
            let file = store.get(&content).unwrap().expect("the output is served");
            let topology = fixture.model.topology();
            let output = BatchOutput::from_bytes(&file, topology, BATCH).unwrap();
            let input = self.input.get(index).unwrap();
            assert_eq!(output, fixture.model.run_batch(&input).unwrap());
            let c_y = fixture.keys.commitment.commit_output(&output).unwrap();
            assert_eq!(
                proof[160..192],
                c_y,
                "the delivered output does not open the proof"
            );
        }
    }
}

pub fn hex32(bytes: [u8; 32]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Puts the fixture's keys and model into the store that an executor will open.
pub fn provide_keys_and_model(data: &Path) {
    let fixture = fixture();
    let store = Store::open(data, u64::MAX).unwrap();
    for blob in [
        &fixture.proving_key,
        &fixture.commitment_key,
        &fixture.model_file,
    ] {
        store.put(blob).unwrap();
    }
}

/// Settings for a test: a free port, the CPU, quick retries.
pub fn config(data: &Path) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_path_buf(),
        token: Token::new(TOKEN).unwrap(),
        devices: DeviceChoice::These(vec![DeviceId::Cpu]),
        allow_private_sources: false,
        peers: Vec::new(),
        max_blob_bytes: 64 << 20,
        cache_bytes: 256 << 20,
        fetch: FetchLimits {
            retry_first: Duration::from_millis(200),
            retry_most: Duration::from_secs(1),
            ..FetchLimits::default()
        },
        jobs: JobLimits::default(),
    }
}

/// An executor in this process, with a client that has its token.
pub struct Server {
    pub running: Running,
    pub api: Api,
}

impl Server {
    pub async fn start(config: Config) -> Self {
        let running = start(config).await.unwrap();
        let api = Api::new(format!("http://{}", running.address()), TOKEN);
        Self { running, api }
    }
}

/// A client of one executor.
#[derive(Clone)]
pub struct Api {
    pub base: String,
    token: String,
    client: Client,
}

impl Api {
    pub fn new(base: String, token: &str) -> Self {
        swarm_executor::install_crypto();
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            base,
            token: token.into(),
            client,
        }
    }

    /// A request without token.
    pub fn open(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.open(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, "/v1/jobs").json(body)).await
    }

    pub async fn metrics(&self) -> String {
        self.open(Method::GET, "/metrics")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    /// Polls a job until `reached`, panicking when it takes too long.
    pub async fn wait(&self, path: &str, reached: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let (status, document) = self.get(path).await;
            assert_eq!(status, StatusCode::OK, "{document}");
            if reached(&document) {
                return document;
            }
            assert!(began.elapsed() < PATIENCE, "waited too long: {document}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Polls a job until it is done, failed or cancelled.
    pub async fn wait_for_end(&self, path: &str) -> Value {
        self.wait(path, |job| {
            ["done", "failed", "cancelled"].contains(&job["state"].as_str().unwrap())
        })
        .await
    }
}

/// Status and JSON body of an answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text:?}"));
    (status, body)
}
