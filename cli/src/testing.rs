//! What tests share: keys and a model of a very small network, folders, an HTTP server.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex, OnceLock},
};

use clap::Parser;
use rand::{rngs::StdRng, SeedableRng};
use swarm_network::{ActivationType, BatchInput, Layer, LinearWeights, Matrix, Model, Topology};
use swarm_prover::{setup_development, Keys};

use sp_core::{crypto::AccountId32, H256};
use swarm_store::ContentId;
use swarmwork_primitives::{JobCurrency, Mode};

use crate::{
    app::{locator, App, Common},
    chain::{JobState, JobView},
};

/// Inferences per proof of [`keys`].
pub const BATCH: usize = 2;

fn topology() -> Topology {
    let layers = vec![Layer::Linear {
        inputs: 3,
        outputs: 2,
    }];
    Topology::new(vec![3], ActivationType::U8, layers).unwrap()
}

/// A linear layer of 3-2.
pub fn model() -> Model {
    let weights = LinearWeights {
        weight: vec![1, -2, 3, 4, 5, -6],
        bias: vec![7, -8],
    };
    Model::new(topology(), vec![weights]).unwrap()
}

/// Keys of that network, made once.
pub fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut rng = StdRng::seed_from_u64(7);
        setup_development(&topology(), BATCH, &mut rng).unwrap()
    })
}

/// A batch whose output's blind is `blind`.
pub fn batch_input(blind: u8) -> BatchInput {
    let mut blind_y = [0; 32];
    blind_y[0] = blind;
    BatchInput {
        rows: Matrix::new(BATCH, 3, vec![1, 2, 3, 255, 0, 9]).unwrap(),
        blind_x: [0; 32],
        blind_y,
    }
}

/// An assigned job of so many batches under a root, with this manifest.
pub fn rooted_view(manifest: ContentId, batches: u32, root: H256) -> JobView {
    let account = AccountId32::new([1; 32]);
    JobView {
        requester: account.clone(),
        model: H256::zero(),
        circuit: H256::zero(),
        input: locator(manifest, "").unwrap(),
        batches,
        mode: Mode::Optimistic,
        commitments: vec![],
        input_root: Some(root),
        max_price: 1,
        currency: JobCurrency::Native,
        submitted: 1,
        deadline: 100,
        state: JobState::Assigned {
            provider: account,
            price: 1,
            collateral: 1,
            at: 2,
        },
        stage: None,
        results: vec![],
        endpoint: None,
        delivery: None,
        input_due: None,
        input_published: false,
    }
}

/// An HTTP server that answers every request with `response`, and what it was asked.
pub fn server(response: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let keep = asked.clone();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            while !complete(&request) {
                match connection.read(&mut piece).unwrap() {
                    0 => break,
                    read => request.extend_from_slice(&piece[..read]),
                }
            }
            keep.lock()
                .unwrap()
                .push(String::from_utf8_lossy(&request).into_owned());
            connection.write_all(response.as_bytes()).unwrap();
        }
    });
    (base, asked)
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .split_once("content-length: ")
        .and_then(|(_, rest)| rest.lines().next()?.trim().parse().ok())
        .unwrap_or(0);
    body.len() >= length
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    common: Common,
}

/// A command's surroundings with its folders in `folder`.
pub fn app(folder: &std::path::Path) -> App {
    crate::install_crypto();
    let common = Arguments::parse_from(["swarm"]).common;
    let mut app = App::new(common).unwrap();
    app.folders.cache = folder.join("cache");
    app.folders.data = folder.join("data");
    app
}
