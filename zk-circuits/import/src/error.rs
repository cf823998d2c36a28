//! What can be wrong with a file, and what cannot be imported.

use std::fmt;

/// A node of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name, or that of its first output.
    pub node: Box<str>,
    pub operator: Box<str>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {:?} ({})", self.node, self.operator)
    }
}

/// Every variant names what was wrong and what would help.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    #[error("this is no ONNX model: {0}")]
    NotOnnx(String),
    #[error(
        "the model uses version {found} of ONNX's operators; versions from {least} are read: \
         export it with opset_version={least} or newer"
    )]
    Opset { found: i64, least: i64 },
    #[error("{what}: {reason}; {help}")]
    Graph {
        what: String,
        reason: String,
        help: String,
    },
    #[error("{place}: {reason}; {help}")]
    Node {
        place: Place,
        reason: String,
        help: String,
    },
    #[error("{place}: {tensor}{index:?} is {value}, outside {lo}..={hi}; {help}")]
    Element {
        place: Place,
        tensor: String,
        index: Vec<usize>,
        value: f64,
        lo: i64,
        hi: i64,
        help: &'static str,
    },
    #[error("{place}: as {source}")]
    Layer {
        place: Place,
        source: swarm_network::Error,
    },
    #[error(transparent)]
    Network(#[from] swarm_network::Error),
    #[error(
        "the model is not quantised; give typical inputs with --calibrate, from which the ranges \
         of its tensors are found, or quantise it first (onnxruntime's quantize_static)"
    )]
    NeedsSamples,
    #[error("{0}")]
    Samples(String),
}
