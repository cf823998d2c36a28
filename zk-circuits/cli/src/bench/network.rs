//! The networks that are measured, with random weights.

use anyhow::{ensure, Context, Result};
use rand::{rngs::StdRng, Rng, SeedableRng};
use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Model, Topology, Window};

/// One hidden layer.
pub const SMALL: &str = "784-128-10";
/// LeNet-5 with padding, 8-bit ReLU and average pools: 6,508 activations.
pub const LENET: &str = "lenet5";
/// The same with each pool before its ReLU: 1,780 activations.
pub const LENET_POOL_FIRST: &str = "lenet5-pool-first";
/// Two million weights.
pub const LARGE: &str = "784-2000-60-4000-10";
/// All that are measured where none is named.
pub const SUITE: [&str; 4] = [SMALL, LENET, LENET_POOL_FIRST, LARGE];

/// Shift of the activations between linear layers.
const SHIFT: u32 = 8;

/// Batch sizes that are measured where none are given.
pub fn batches(name: &str) -> &'static [usize] {
    match name {
        LENET | LENET_POOL_FIRST => &[1, 16],
        LARGE => &[64],
        _ => &[3, 63, 255],
    }
}

/// Whether its committed keys stay in their files.
pub fn streamed(name: &str) -> bool {
    name == LARGE
}

/// A network by its name, or of widths joined by dashes, with an 8-bit ReLU between layers.
pub fn topology(name: &str) -> Result<Topology> {
    match name {
        LENET => lenet(false),
        LENET_POOL_FIRST => lenet(true),
        widths => stack(widths),
    }
}

fn relu(shift: u32) -> Layer {
    Layer::Requant {
        shift,
        lo: 0,
        hi: 255,
    }
}

fn stack(widths: &str) -> Result<Topology> {
    let unknown = |w: &str| {
        format!("{w:?} is not a width, and networks with names are {LENET} and {LENET_POOL_FIRST}")
    };
    let widths: Vec<usize> = widths
        .split('-')
        .map(|w| w.parse().with_context(|| unknown(w)))
        .collect::<Result<_>>()?;
    ensure!(
        widths.len() >= 2,
        "a network needs at least two widths, such as 784-128-10"
    );
    let mut layers = Vec::new();
    for (i, pair) in widths.windows(2).enumerate() {
        if i > 0 {
            layers.push(relu(SHIFT));
        }
        layers.push(Layer::Linear {
            inputs: pair[0],
            outputs: pair[1],
        });
    }
    Ok(Topology::new(vec![widths[0]], ActivationType::U8, layers)?)
}

/// LeCun, Bottou, Bengio, Haffner, 1998, with ReLU and without the table of connections.
fn lenet(pool_first: bool) -> Result<Topology> {
    let conv = |in_channels, out_channels, window| Layer::Conv2d {
        in_channels,
        out_channels,
        window,
        groups: 1,
    };
    let pool = Layer::AvgPool {
        window: Window::square(2, 2),
    };
    // A pool adds up four values, which costs two bits.
    let clamped = |shift| match pool_first {
        true => [pool.clone(), relu(shift + 2)],
        false => [relu(shift), pool.clone()],
    };
    let mut layers = vec![conv(1, 6, Window::square(5, 1).padded(2))];
    layers.extend(clamped(10));
    layers.push(conv(6, 16, Window::square(5, 1)));
    layers.extend(clamped(12));
    layers.push(Layer::Flatten);
    for (inputs, outputs, shift) in [(400, 120, Some(10)), (120, 84, Some(8)), (84, 10, None)] {
        layers.push(Layer::Linear { inputs, outputs });
        layers.extend(shift.map(relu));
    }
    Ok(Topology::new(vec![1, 28, 28], ActivationType::U8, layers)?)
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
        for widths in ["", "784", "784-x-10", "784--10", "0-5", "lenet6"] {
            assert!(topology(widths).is_err(), "{widths}");
        }
    }

    #[test]
    fn lenet_has_the_activations_it_is_known_for() {
        for (name, activations, label) in [
            (LENET, 6508, "1x28x28-6c5-a2-16c5-a2-120-84-10"),
            (LENET_POOL_FIRST, 1780, "1x28x28-6c5-a2-16c5-a2-120-84-10"),
        ] {
            let topology = topology(name).unwrap();
            assert_eq!(topology.label(), label);
            let nodes = topology.nodes().iter().zip(topology.layers());
            let clamped = nodes.filter(|(_, layer)| matches!(layer, Layer::Requant { .. }));
            let found: usize = clamped.map(|(node, _)| node.output.len()).sum();
            assert_eq!(found, activations, "{name}");
        }
    }

    #[test]
    fn every_network_of_the_suite_exists() {
        for name in SUITE {
            let topology = topology(name).unwrap();
            assert!(topology.macs() > 100_000, "{name}");
            assert!(!batches(name).is_empty());
        }
    }
}
