//! The network that is measured: a stack of linear layers with random weights.

use anyhow::{ensure, Context, Result};
use rand::{rngs::StdRng, Rng, SeedableRng};
use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Model, Topology};

/// Shift of the activations between layers.
const SHIFT: u32 = 8;

/// The topology of widths joined by dashes, with an 8-bit ReLU between layers.
pub fn topology(widths: &str) -> Result<Topology> {
    let widths: Vec<usize> = widths
        .split('-')
        .map(|w| w.parse().with_context(|| format!("{w:?} is not a width")))
        .collect::<Result<_>>()?;
    ensure!(
        widths.len() >= 2,
        "a network needs at least two widths, such as 784-128-10"
    );
    let mut layers = Vec::new();
    for (i, pair) in widths.windows(2).enumerate() {
        if i > 0 {
            layers.push(Layer::Requant {
                shift: SHIFT,
                lo: 0,
                hi: 255,
            });
        }
        layers.push(Layer::Linear {
            inputs: pair[0],
            outputs: pair[1],
        });
    }
    Ok(Topology::new(vec![widths[0]], ActivationType::U8, layers)?)
}

/// Random weights over their whole range; the same for the same seed.
pub fn model(topology: &Topology, seed: u64) -> Result<Model> {
    let mut rng = StdRng::seed_from_u64(seed);
    let weights = topology
        .weighted()
        .map(|weighted| LinearWeights {
            weight: (0..weighted.weight_len()).map(|_| rng.gen()).collect(),
            bias: (0..weighted.outputs)
                .map(|_| rng.gen_range(-30_000..=30_000))
                .collect(),
        })
        .collect();
    Ok(Model::new(topology.clone(), weights)?)
}

/// Random input rows over the whole range.
pub fn rows(topology: &Topology, batch: usize, seed: u64) -> Result<Matrix> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (lo, hi) = (topology.input_type().min(), topology.input_type().max());
    let values = (0..batch * topology.input_len())
        .map(|_| rng.gen_range(lo as i32..=hi as i32))
        .collect();
    Ok(Matrix::new(batch, topology.input_len(), values)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_make_a_network_of_that_label() {
        let topology = topology("12-7-5-3").unwrap();
        assert_eq!(topology.label(), "12-7-5-3");
        assert_eq!(topology.layers().len(), 5);
        let model = model(&topology, 1).unwrap();
        let rows = rows(&topology, 4, 2).unwrap();
        assert_eq!(model.run(&rows).unwrap().shape(), [4, 3]);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for widths in ["", "784", "784-x-10", "784--10", "0-5"] {
            assert!(topology(widths).is_err(), "{widths}");
        }
    }
}
