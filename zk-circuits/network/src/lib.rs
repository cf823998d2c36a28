//! Quantised networks: topology, weights, integer semantics and their file formats.
//!
//! A network is integers all the way: `u8`/`i8` activations, `i8` weights, `i32` biases and
//! accumulators, and after layers with weights `q = clamp(floor(acc / 2^shift), lo, hi)`. Integer
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
pub use interpreter::Trace;
pub use model::{LinearWeights, Model};
pub use tensor::Matrix;
pub use topology::{
    ActivationType, Add, Content, Conv2d, Layer, Node, Operation, Requant, Scale, Source,
    TensorType, Topology, Weighted, Window, Windows, FORMAT, MAX_BATCH, MAX_KERNEL, MAX_LAYERS,
    MAX_MULTIPLIER, MAX_MULTIPLIER_SHIFT, MAX_OPERAND, MAX_SCALE, MAX_SHIFT, MAX_SHIFT_SPREAD,
    MAX_WIDTH, TOPOLOGY_KEY, VERSION, WEIGHT_MAX, WEIGHT_MIN,
};
