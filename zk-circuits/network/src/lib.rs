//! Quantised networks: topology, weights, integer semantics and their file formats.
//!
//! A network is integers all the way: `u8`/`i8` activations, `i8` weights, `i32` biases and
//! accumulators, and between linear layers `q = clamp(floor(acc / 2^shift), lo, hi)`. Integer
//! addition is associative, so every backend that does not overflow gives the same bits as
//! [`Model::run`], which is the reference. Bounds follow from the topology alone (the worst case
//! over all weights and inputs in range); a model or a batch that could leave them is refused with
//! an error that names the layer, the tensor, the index and the range.

mod batch;
mod error;
mod interpreter;
mod model;
mod safetensor;
mod tensor;
mod topology;

pub use batch::{BatchInput, BatchOutput, JobInput, NO_BLIND};
pub use error::Error;
pub use interpreter::{requantise, Trace};
pub use model::{LinearWeights, Model};
pub use tensor::Matrix;
pub use topology::{
    ActivationType, Layer, Linear, Requant, Stage, Topology, FORMAT, MAX_BATCH, MAX_LAYERS,
    MAX_SHIFT, MAX_WIDTH, TOPOLOGY_KEY, VERSION, WEIGHT_MAX, WEIGHT_MIN,
};
