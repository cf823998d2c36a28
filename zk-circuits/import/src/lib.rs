//! From an ONNX file to a provable network.
//!
//! - A file that is quantised (`QuantizeLinear` and `DequantizeLinear` around its operators, or
//!   operators such as `QLinearConv`) keeps its integers: scales become multipliers of 16 bits and
//!   a shift, zero points and the rounding go into the biases.
//! - A file of real numbers is quantised here, from typical inputs.
//!
//! Either way the report says for every layer what was done and how far its output is from the
//! file's on the data given, and what cannot be imported is refused by the name of its node.
//!
//! The operators are those of <https://onnx.ai/onnx/operators/> from version 11, and some of
//! onnxruntime's own (domain `com.microsoft`).

mod calibrate;
mod error;
mod evaluate;
mod graph;
mod lower;
mod proto;
mod read;
mod report;
mod samples;

pub use error::{Error, Place};
pub use report::{Boundary, Comparison, LayerReport, Report, Steps};
pub use samples::Samples;
use swarm_network::Model;

/// A network and how it came about.
#[derive(Debug, Clone)]
pub struct Import {
    pub model: Model,
    pub report: Report,
}

/// Reads an ONNX file. A file that is not quantised needs `samples`; for others they only measure
/// the difference.
pub fn import(onnx: &[u8], samples: Option<&Samples>) -> Result<Import, Error> {
    let graph = read::graph(onnx)?;
    if let Some(samples) = samples {
        let range = graph.input.quantised.map(|q| (q.lo, q.hi));
        let (inputs, outputs) = (graph.len_of(0), graph.len_of(graph.output));
        samples.check(inputs, outputs, range)?;
    }
    let quantised = graph.is_quantised();
    let (lowered, origins) = match (quantised, samples) {
        (true, _) => (graph.clone(), (0..=graph.steps.len()).collect()),
        (false, Some(samples)) => calibrate::calibrate(&graph, samples)?,
        (false, None) => return Err(Error::NeedsSamples),
    };
    let built = lower::lower(&lowered)?;
    let mut report = report::report(&graph, !quantised, &built);
    if let Some(samples) = samples {
        report::compare(&mut report, &graph, &origins, &built, samples)?;
    }
    Ok(Import {
        model: built.model,
        report,
    })
}

#[cfg(test)]
mod tests;
