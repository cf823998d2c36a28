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
    #[error("layer {layer}: unknown layer type {found:?}; known are \"linear\" and \"requant\"")]
    UnknownLayer { layer: usize, found: String },
    #[error("layer {layer}: {reason}")]
    LayerFields { layer: usize, reason: String },
    #[error("layer {layer} (linear): width {found} is outside 1..={max}")]
    Width {
        layer: usize,
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
        "layer {layer} (linear): its inputs are i32 accumulators; put a requant layer before it"
    )]
    LinearNeedsActivations { layer: usize },
    #[error("layer {layer} (requant): it must follow a linear layer")]
    RequantNeedsAccumulators { layer: usize },
    #[error("layer {layer} (requant): shift {found} is outside 0..={max}")]
    Shift { layer: usize, found: u32, max: u32 },
    #[error("layer {layer} (requant): lo {lo} must be less than hi {hi}")]
    EmptyClamp { layer: usize, lo: i32, hi: i32 },
    #[error(
        "layer {layer} (requant): lo {lo}, hi {hi} fit neither u8 (0..=255) nor i8 (-128..=127)"
    )]
    ClampType { layer: usize, lo: i32, hi: i32 },
    #[error(
        "layer {layer} (linear): accumulators could reach {bound}, beyond the limit {limit}; \
         use fewer inputs"
    )]
    AccumulatorBound {
        layer: usize,
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
