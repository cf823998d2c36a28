//! The shape of a network: its layers, what may follow what, and the bounds that follow.
//!
//! Layers form a graph without cycles: each takes the output of the layer before it, or of another
//! earlier one that it names, and the last gives the network's output. Values are of two kinds.
//! *Values* are activations (8 bits), or sums of a few (pools, adds); *accumulators* are sums in
//! which weights have a part.
//!
//! | layer | takes | gives |
//! |---|---|---|
//! | linear, conv2d | values of at most 16 bits | accumulators |
//! | requant | anything | activations |
//! | avgpool (a sum), flatten | anything | the same kind |
//! | add | two of the same shape, at most one of them accumulators | accumulators if one is |
//! | maxpool | activations | activations |
//!
//! Accumulators are used exactly once, so that a circuit can carry several in one element from the
//! layer that gives them to the requant (or output) that takes them.

mod derive;
mod file;
mod layer;
mod node;
mod windows;

use crate::{Error, Matrix};
pub use layer::{ActivationType, Layer, Source, Window};
pub use node::{Add, Content, Conv2d, Node, Operation, Requant, Scale, TensorType, Weighted};
pub use windows::Windows;

/// Value of the topology's `format` field.
pub const FORMAT: &str = "swarmwork-network";
/// Value of the topology's `version` field.
pub const VERSION: u64 = 1;
/// Key under which a model file's metadata holds the topology.
pub const TOPOLOGY_KEY: &str = "swarmwork.topology";

pub const WEIGHT_MIN: i64 = -128;
pub const WEIGHT_MAX: i64 = 127;
/// Largest shift of a requant layer; accumulators are `i32`.
pub const MAX_SHIFT: u32 = 30;
/// Largest multiplier of a requant layer.
pub const MAX_MULTIPLIER: i64 = u16::MAX as i64;
/// Largest shift of a requant layer with multipliers.
pub const MAX_MULTIPLIER_SHIFT: u32 = MAX_SHIFT + 16;
/// Largest difference between the shifts of the channels of one requant layer.
pub const MAX_SHIFT_SPREAD: u32 = 16;
/// Largest absolute value that a layer with weights may take.
pub const MAX_OPERAND: i64 = u16::MAX as i64;
/// Largest scale of an add layer.
pub const MAX_SCALE: u32 = u16::MAX as u32;
/// Largest height and width of a window.
pub const MAX_KERNEL: usize = 256;
pub const MAX_LAYERS: usize = 256;
/// Largest number of values of one batch item in any tensor.
pub const MAX_WIDTH: usize = 1 << 20;
/// Largest number of batch items that one proof may cover.
pub const MAX_BATCH: usize = 1 << 16;

/// A checked network shape: what a circuit key is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    input: TensorType,
    input_type: ActivationType,
    layers: Vec<Layer>,
    nodes: Vec<Node>,
}

impl Topology {
    /// Layers that each take the output of the one before. Checks them against each other and
    /// derives all bounds.
    pub fn new(
        input_shape: Vec<usize>,
        input_type: ActivationType,
        layers: Vec<Layer>,
    ) -> Result<Self, Error> {
        let before = |(index, layer)| (layer, Source::before(index));
        let layers = layers.into_iter().enumerate().map(before).collect();
        Self::graph(input_shape, input_type, layers)
    }

    /// Layers with the tensors they take.
    pub fn graph(
        input_shape: Vec<usize>,
        input_type: ActivationType,
        layers: Vec<(Layer, Source)>,
    ) -> Result<Self, Error> {
        let input = derive::input(&input_shape, input_type)?;
        let nodes = derive::nodes(&input, &layers)?;
        Ok(Self {
            input,
            input_type,
            layers: layers.into_iter().map(|(layer, _)| layer).collect(),
            nodes,
        })
    }

    pub fn from_json(json: &str) -> Result<Self, Error> {
        file::parse(json)
    }

    /// Compact JSON, the same bytes for equal topologies.
    pub fn to_json(&self) -> String {
        file::write(self)
    }

    pub fn read(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let json = std::fs::read_to_string(path).map_err(|e| Error::Read {
            path: path.display().to_string(),
            reason: e.to_string(),
        })?;
        Self::from_json(&json)
    }

    pub fn input_shape(&self) -> &[usize] {
        &self.input.shape
    }

    pub fn input_type(&self) -> ActivationType {
        self.input_type
    }

    /// Number of values of one input row.
    pub fn input_len(&self) -> usize {
        self.input.len()
    }

    /// Shape and range of the output.
    pub fn output(&self) -> &TensorType {
        &self.last().output
    }

    /// Number of values of one output row.
    pub fn output_len(&self) -> usize {
        self.output().len()
    }

    /// Range of every output value: the clamp of a last requant, else what the layers' ranges allow.
    pub fn output_range(&self) -> (i64, i64) {
        (self.output().lo, self.output().hi)
    }

    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// One for each layer; never empty.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Shape and range of what `source` gives. Panics where there is no such layer.
    pub fn tensor(&self, source: Source) -> &TensorType {
        match source {
            Source::Input => &self.input,
            Source::Layer(layer) => &self.nodes[layer].output,
        }
    }

    /// The layers with weights, in order.
    pub fn weighted(&self) -> impl DoubleEndedIterator<Item = &Weighted> + Clone {
        self.nodes.iter().filter_map(|node| match &node.operation {
            Operation::Weighted(weighted) => Some(weighted),
            _ => None,
        })
    }

    /// The requant layers with multipliers, in order.
    pub fn multiplied(&self) -> impl DoubleEndedIterator<Item = &Requant> + Clone {
        let requants = self.nodes.iter().filter_map(|node| match &node.operation {
            Operation::Requant(requant) => Some(requant),
            _ => None,
        });
        requants.filter(|requant| requant.multipliers() > 0)
    }

    /// Refuses an input (`[any, in]`) of another width or with a value outside the input type.
    pub fn check_input(&self, input: &Matrix) -> Result<(), Error> {
        input.check_shape("input", [input.rows(), self.input_len()])?;
        input.check_range("input", self.input_type.min(), self.input_type.max())
    }

    /// Refuses an output of another shape than `[batch, out]`, or with a value that the network
    /// cannot give.
    pub fn check_output(&self, output: &Matrix, batch: usize) -> Result<(), Error> {
        output.check_shape("output", [batch, self.output_len()])?;
        let (lo, hi) = self.output_range();
        output.check_range("output", lo, hi)
    }

    /// Multiply-accumulates of one inference.
    pub fn macs(&self) -> u64 {
        self.weighted().map(Weighted::macs).sum()
    }

    /// The layers in short, such as `784-128-10` or `1x28x28-6c5-m2-16c5-m2-120-84-10`: widths of
    /// linear layers, channels and kernels of convolutions (`s` for a stride), average and max
    /// pools, and `+` for an add.
    pub fn label(&self) -> String {
        let mut label = match self.layers[0] {
            Layer::Linear { .. } => self.input_len().to_string(),
            _ => self
                .input
                .shape
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join("x"),
        };
        let pair = |[a, b]: [usize; 2]| match a == b {
            true => a.to_string(),
            false => format!("{a}x{b}"),
        };
        for layer in &self.layers {
            let part = match layer {
                Layer::Linear { outputs, .. } => outputs.to_string(),
                Layer::Conv2d {
                    out_channels,
                    window,
                    ..
                } => {
                    let stride = match window.stride {
                        [1, 1] => String::new(),
                        stride => format!("s{}", pair(stride)),
                    };
                    format!("{out_channels}c{}{stride}", pair(window.kernel))
                }
                Layer::AvgPool { window } => format!("a{}", pair(window.kernel)),
                Layer::MaxPool { window } => format!("m{}", pair(window.kernel)),
                Layer::Add { .. } => "+".into(),
                _ => continue,
            };
            label.push('-');
            label.push_str(&part);
        }
        label
    }

    fn last(&self) -> &Node {
        self.nodes.last().expect("checked on construction; qed")
    }
}

#[cfg(test)]
mod tests;
