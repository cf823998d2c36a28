//! What can be wrong with a topology, a model or a batch.

use thiserror::Error as ThisError;

/// Every variant names what was wrong and, where it is not obvious, what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    #[error("cannot read {path}: {reason}")]
    Read { path: String, reason: String },
    #[error("cannot write {path}: {reason}")]
    Write { path: String, reason: String },
    #[error("the topology is not valid: {0}")]
    Json(String),
    #[error("the topology's format is {found:?}; this program reads \"swarmwork-network\"")]
    Format { found: String },
    #[error("the topology has version {found}; this program reads version 1")]
    Version { found: u64 },
    #[error("input: {0}")]
    Input(String),
    #[error("the network has {found} layers; it needs between 1 and {max}")]
    LayerCount { found: usize, max: usize },
    #[error(
        "layer {layer}: unknown layer type {found:?}; known are \"linear\", \"conv2d\", \
         \"requant\", \"avgpool\", \"maxpool\", \"add\" and \"flatten\""
    )]
    UnknownLayer { layer: usize, found: String },
    #[error("layer {layer}: {reason}")]
    LayerFields { layer: usize, reason: String },
    #[error("the network has no layer with weights; add a linear or a conv2d layer")]
    NoWeights,
    #[error("layer {layer} ({kind}): layer {found} does not come before it")]
    NotEarlier {
        layer: usize,
        kind: &'static str,
        found: usize,
    },
    #[error("layer {layer}: no layer takes its output; leave it out")]
    Unused { layer: usize },
    #[error(
        "layer {layer}: its accumulators are taken by layer {} and by layer {}; put a requant \
         layer after it", by[0], by[1]
    )]
    AccumulatorsUsedTwice { layer: usize, by: [usize; 2] },
    #[error("layer {layer} ({kind}): width {found} is outside 1..={max}")]
    Width {
        layer: usize,
        kind: &'static str,
        found: usize,
        max: usize,
    },
    #[error(
        "layer {layer} (linear): takes {expected} inputs but the layer before it gives {found}"
    )]
    WidthMismatch {
        layer: usize,
        expected: usize,
        found: usize,
    },
    #[error(
        "layer {layer} (conv2d): takes {expected} channels but the layer before it gives {found}"
    )]
    ChannelMismatch {
        layer: usize,
        expected: usize,
        found: usize,
    },
    #[error(
        "layer {layer} (conv2d): {groups} groups must divide the {} input and {} output channels",
        channels[0], channels[1]
    )]
    Groups {
        layer: usize,
        groups: usize,
        channels: [usize; 2],
    },
    #[error("layer {layer} ({kind}): it takes a tensor [channels, height, width], not {shape:?}")]
    NotAnImage {
        layer: usize,
        kind: &'static str,
        shape: Vec<usize>,
    },
    #[error("layer {layer} ({kind}): {reason}")]
    Window {
        layer: usize,
        kind: &'static str,
        reason: String,
    },
    #[error("layer {layer} ({kind}): its output {shape:?} holds more than {max} values")]
    TensorSize {
        layer: usize,
        kind: &'static str,
        shape: Vec<usize>,
        max: usize,
    },
    #[error(
        "layer {layer} ({kind}): its inputs are not 8-bit activations; put a requant layer before \
         it"
    )]
    NeedsActivations { layer: usize, kind: &'static str },
    #[error(
        "layer {layer} ({kind}): its inputs reach {found}, beyond {max}; put a requant layer \
         before it"
    )]
    Operand {
        layer: usize,
        kind: &'static str,
        found: i64,
        max: i64,
    },
    #[error("layer {layer} (add): its tensors have shapes {:?} and {:?}", shapes[0], shapes[1])]
    AddShapes {
        layer: usize,
        shapes: [Vec<usize>; 2],
    },
    #[error("layer {layer} (add): scale {found} is outside 1..={max}")]
    AddScale { layer: usize, found: u32, max: u32 },
    #[error(
        "layer {layer} (add): both its inputs are accumulators; put a requant layer before one"
    )]
    AddAccumulators { layer: usize },
    #[error("layer {layer} (requant): shift {found} is outside 0..={max}")]
    Shift { layer: usize, found: u32, max: u32 },
    #[error("layer {layer} (requant): {found} shifts for {channels} channels")]
    ShiftCount {
        layer: usize,
        found: usize,
        channels: usize,
    },
    #[error("layer {layer} (requant): its shifts differ by {found}; {max} is allowed")]
    ShiftSpread { layer: usize, found: u32, max: u32 },
    #[error(
        "layer {layer} (requant): a scale for each channel needs the channels; put the flatten \
         layer after it"
    )]
    ScaleAfterFlatten { layer: usize },
    #[error("layer {layer} (requant): lo {lo} must be less than hi {hi}")]
    EmptyClamp { layer: usize, lo: i32, hi: i32 },
    #[error(
        "layer {layer} (requant): lo {lo}, hi {hi} fit neither u8 (0..=255) nor i8 (-128..=127)"
    )]
    ClampType { layer: usize, lo: i32, hi: i32 },
    #[error(
        "layer {layer} ({kind}): its output could reach {bound}, beyond the limit {limit}; use \
         fewer inputs or a requant layer before it"
    )]
    AccumulatorBound {
        layer: usize,
        kind: &'static str,
        bound: i64,
        limit: i64,
    },
    #[error("not a safetensors file: {0}")]
    Safetensors(String),
    #[error(
        "the file's metadata has no {key:?}; give the topology as a separate JSON file or write \
         the model again with this program"
    )]
    NoTopology { key: &'static str },
    #[error("tensor {tensor} is missing")]
    MissingTensor { tensor: String },
    #[error("tensor {tensor} belongs to no layer of this network")]
    UnexpectedTensor { tensor: String },
    #[error("tensor {tensor} has shape {found:?}; expected {expected:?}")]
    Shape {
        tensor: String,
        found: Vec<usize>,
        expected: Vec<usize>,
    },
    #[error("tensor {tensor} has type {found}; expected {expected}")]
    Type {
        tensor: String,
        found: String,
        expected: &'static str,
    },
    #[error("tensor {tensor}{index:?} is {value}, outside {lo}..={hi}")]
    Range {
        tensor: String,
        index: Vec<usize>,
        value: i64,
        lo: i64,
        hi: i64,
    },
    #[error("batch size {found} is outside 1..={max}")]
    BatchSize { found: usize, max: usize },
    #[error(
        "tensor input has {rows} rows, which is not a whole number of batches of {batch}; pad the \
         last batch with zero rows"
    )]
    PartialBatch { rows: usize, batch: usize },
    #[error("batch {index} does not exist; the input has {batches} batches")]
    NoSuchBatch { index: usize, batches: usize },
}
