//! Ranges of what layers give, for values in range.

use swarm_network::{Model, Node, Operation, Source, TensorType, Weighted};

/// The layers of a model's topology with the ranges that its own weights leave.
pub(super) fn nodes(model: &Model) -> Vec<Node> {
    let topology = model.topology();
    let mut nodes: Vec<Node> = Vec::with_capacity(topology.nodes().len());
    for node in topology.nodes() {
        let tensor = |source: Source| match source {
            Source::Input => topology.tensor(source),
            Source::Layer(layer) => &nodes[layer].output,
        };
        let mut node = node.clone();
        let (lo, hi) = match &mut node.operation {
            Operation::Weighted(weighted) => {
                let (lo, hi) = sums(model, weighted, tensor(node.source));
                weighted.acc_bound = hi.max(-lo);
                (lo, hi)
            }
            _ => of(&node, tensor),
        };
        (node.output.lo, node.output.hi) = (lo, hi);
        nodes.push(node);
    }
    nodes
}

/// Range of the sums that a layer with the weights of `model` gives for values `x`.
pub(super) fn sums(model: &Model, weighted: &Weighted, x: &TensorType) -> (i64, i64) {
    let mut layers = model.topology().weighted();
    let at = layers.position(|other| other.layer == weighted.layer);
    let weights = &model.weights()[at.expect("a plan's layers are the model's; qed")];
    let padded = weighted
        .conv
        .is_some_and(|conv| conv.windows.window.padding != [0; 4]);
    // Where a tap lies in the padding it adds nothing.
    let rest = |value: i64| if padded { 0 } else { value };
    let range = |output: usize| {
        let own = &weights.weight[output * weighted.inputs..][..weighted.inputs];
        let bias = i64::from(weights.bias[output]);
        own.iter().fold((bias, bias), |(lo, hi), weight| {
            let ends = [x.lo, x.hi].map(|value| value * i64::from(*weight));
            let (least, most) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            (lo + least.min(rest(least)), hi + most.max(rest(most)))
        })
    };
    (0..weighted.outputs)
        .map(range)
        .reduce(|(lo, hi), (low, high)| (lo.min(low), hi.max(high)))
        .expect("a layer has outputs; qed")
}

/// Range of what a layer without weights gives.
pub(super) fn of<'a>(node: &Node, tensor: impl Fn(Source) -> &'a TensorType) -> (i64, i64) {
    let x = tensor(node.source);
    match &node.operation {
        Operation::Requant(requant) => (requant.lo.into(), requant.hi.into()),
        Operation::AvgPool(windows) => {
            let taps = windows.taps() as i64;
            let padded = windows.window.padding != [0; 4];
            let zero = |value: i64| if padded { 0 } else { value };
            (taps * x.lo.min(zero(x.lo)), taps * x.hi.max(zero(x.hi)))
        }
        Operation::Add(add) => {
            let y = tensor(add.with);
            let [a, b] = add.scale;
            (a * x.lo + b * y.lo, a * x.hi + b * y.hi)
        }
        Operation::Weighted(_) | Operation::MaxPool(_) | Operation::Flatten => (x.lo, x.hi),
    }
}
