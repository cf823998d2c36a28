//! Keys, a model and inputs of a very small network, for tests.

use std::sync::OnceLock;

use rand::{rngs::StdRng, SeedableRng};
use swarm_network::{ActivationType, BatchInput, Layer, LinearWeights, Matrix, Model, Topology};
use swarm_prover::{setup_development, Keys};

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
