//! A key with a real proof under it.

use rand::{rngs::StdRng, Rng, SeedableRng};
use swarm_groth16::VerifyingKey;
use swarm_network::{BatchInput, LinearWeights, Matrix, Model, Topology};
use swarm_prover::{setup_development, Proof, StatementTag};

const BATCH: usize = 3;
const TOPOLOGY: &str = r#"{"format":"swarmwork-network","version":1,
    "input":{"shape":[6],"dtype":"u8"},
    "layers":[{"type":"linear","in":6,"out":4},
              {"type":"requant","shift":8,"lo":0,"hi":255},
              {"type":"linear","in":4,"out":2}]}"#;
/// Inputs and outputs of the layers with weights.
const LAYERS: [(usize, usize); 2] = [(6, 4), (4, 2)];

/// A verifying key and what a prover made for it.
pub struct Sample {
    pub vk: Vec<u8>,
    pub proof: Proof,
}

impl Sample {
    /// Sets up, runs and proves a small network with random weights and inputs.
    pub fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let topology = Topology::from_json(TOPOLOGY).unwrap();
        let keys = setup_development(&topology, BATCH, &mut rng).unwrap();
        let weights = LAYERS
            .map(|(inputs, outputs)| LinearWeights {
                weight: (0..inputs * outputs).map(|_| rng.gen()).collect(),
                bias: (0..outputs)
                    .map(|_| rng.gen_range(-30_000..=30_000))
                    .collect(),
            })
            .to_vec();
        let model = Model::new(topology.clone(), weights).unwrap();
        let values = (0..BATCH * topology.input_len())
            .map(|_| rng.gen_range(0..=255))
            .collect();
        let rows = Matrix::new(BATCH, topology.input_len(), values).unwrap();
        let input = BatchInput::public(rows);
        let output = model.run_batch(&input).unwrap();
        let job = StatementTag {
            genesis: rng.gen(),
            job: rng.gen(),
            batch: 0x0102_0304,
            provider: rng.gen(),
        };
        let proof = keys
            .proving
            .prove(&model, &input, &output, &job, &mut rng, &mut |_| ())
            .unwrap();
        Self {
            vk: keys.verifying,
            proof,
        }
    }

    pub fn key(&self) -> VerifyingKey {
        VerifyingKey::from_bytes(&self.vk).unwrap()
    }

    pub fn source(&self) -> String {
        swarm_evm::solidity(&self.key())
    }

    pub fn calldata(&self) -> Vec<u8> {
        swarm_evm::calldata(&self.proof.statement, &self.proof.bytes).unwrap()
    }
}
