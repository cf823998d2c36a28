//! A quantised network on a Burn device, in integers exactly.

mod requant;
mod weights;
mod windows;

use std::panic::{catch_unwind, AssertUnwindSafe};

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use requant::BurnRequant;
use serde::Serialize;
use swarm_network::{Matrix, Model, Operation, Source};
use weights::BurnWeighted;
use windows::BurnPool;

/// How a device multiplies matrices of small integers without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// `i32` products and sums.
    I32,
    /// `f32` over slices of the inner dimension so short that every partial sum stays below 2^24,
    /// where `f32` is exact; the slices are added in `i32`.
    SplitF32,
}

/// Most values of one tensor on a device.
const VALUES_AT_ONCE: usize = 1 << 26;

/// A device that could not do the work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DeviceFailure(String);

impl DeviceFailure {
    pub fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// A model's weights on a device.
pub struct BurnNetwork {
    device: Device,
    layers: Vec<BurnLayer>,
    output_len: usize,
    /// Most rows of one pass.
    rows_at_once: usize,
}

struct BurnLayer {
    source: Source,
    operation: BurnOperation,
    /// Layers whose output no layer after this one takes.
    last_uses: Vec<usize>,
}

// One value per layer of a loaded model: a box would save nothing worth its indirection.
#[allow(clippy::large_enum_variant)]
enum BurnOperation {
    Weighted(BurnWeighted),
    Requant(BurnRequant),
    Pool(BurnPool),
    Add { with: Source, scale: [i32; 2] },
    Flatten,
}

impl BurnNetwork {
    /// Copies the weights to the device.
    ///
    /// # Errors
    /// Where the device fails: out of memory, lost, or without the operations that are needed.
    pub fn load(model: &Model, device: &Device, method: Method) -> Result<Self, DeviceFailure> {
        let topology = model.topology();
        guarded(|| {
            let mut weights = model.weights().iter();
            let mut widest = topology.input_len();
            let mut layers = Vec::with_capacity(topology.nodes().len());
            for (layer, node) in topology.nodes().iter().enumerate() {
                let taken = topology.tensor(node.source);
                widest = widest.max(node.output.len());
                let operation = match &node.operation {
                    Operation::Weighted(weighted) => {
                        let weights = weights.next().expect("one for each such layer; qed");
                        let loaded = BurnWeighted::load(weighted, weights, device, method);
                        widest = widest.max(loaded.gathered());
                        BurnOperation::Weighted(loaded)
                    }
                    Operation::Requant(requant) => {
                        let multipliers = model.multipliers_of(layer);
                        BurnOperation::Requant(BurnRequant::load(
                            requant,
                            multipliers,
                            &node.output,
                            device,
                        ))
                    }
                    Operation::AvgPool(windows) => {
                        BurnOperation::Pool(BurnPool::sum(windows, taken.len(), device))
                    }
                    Operation::MaxPool(windows) => {
                        BurnOperation::Pool(BurnPool::max(windows, device))
                    }
                    Operation::Add(add) => BurnOperation::Add {
                        with: add.with,
                        scale: add.scale.map(|scale| scale as i32),
                    },
                    Operation::Flatten => BurnOperation::Flatten,
                };
                layers.push(BurnLayer {
                    source: node.source,
                    operation,
                    last_uses: Vec::new(),
                });
            }
            let rows_at_once = (VALUES_AT_ONCE / widest.max(1)).max(1);
            Ok(Self {
                device: device.clone(),
                layers: with_last_uses(layers),
                output_len: topology.output_len(),
                rows_at_once,
            })
        })
    }

    /// Most rows that one pass takes.
    pub fn rows_at_once(&self) -> usize {
        self.rows_at_once
    }

    /// Output of every row of `input` (`[rows, in]`), `[rows, out]`. Shape and range of the input
    /// are the caller's to check.
    ///
    /// # Errors
    /// Where the device fails.
    pub fn run(&self, input: &Matrix) -> Result<Matrix, DeviceFailure> {
        guarded(|| {
            let mut output = Vec::with_capacity(input.rows() * self.output_len);
            for rows in input
                .values()
                .chunks(self.rows_at_once.saturating_mul(input.cols()))
            {
                let count = rows.len() / input.cols();
                let data = TensorData::new(rows.to_vec(), [count, input.cols()]);
                let x = Tensor::<2, Int>::from_data(data, (&self.device, DType::I32));
                let values = self.pass(x).try_into_vec_as::<i32>();
                output.extend(values.map_err(DeviceFailure::new)?);
            }
            Matrix::new(input.rows(), self.output_len, output).map_err(DeviceFailure::new)
        })
    }

    /// `[rows, in]` to `[rows, out]`
    fn pass(&self, input: Tensor<2, Int>) -> Tensor<2, Int> {
        let mut given: Vec<Option<Tensor<2, Int>>> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let of = |source: Source| match source {
                Source::Input => input.clone(),
                Source::Layer(layer) => given[layer].clone().expect("it is still needed; qed"),
            };
            let x = of(layer.source);
            let y = match &layer.operation {
                BurnOperation::Weighted(weighted) => weighted.run(x),
                BurnOperation::Requant(requant) => requant.run(x),
                BurnOperation::Pool(pool) => pool.run(x),
                BurnOperation::Add { with, scale } => {
                    x.mul_scalar(scale[0]) + of(*with).mul_scalar(scale[1])
                }
                BurnOperation::Flatten => x,
            };
            given.push(Some(y));
            for used in &layer.last_uses {
                given[*used] = None;
            }
        }
        let last = given.pop().flatten();
        last.expect("nobody takes the last layer's output; qed")
    }
}

/// Notes at each layer which tensors no later one takes.
fn with_last_uses(mut layers: Vec<BurnLayer>) -> Vec<BurnLayer> {
    let mut seen = vec![false; layers.len()];
    for layer in layers.iter_mut().rev() {
        let with = match layer.operation {
            BurnOperation::Add { with, .. } => Some(with),
            _ => None,
        };
        for source in [Some(layer.source), with].into_iter().flatten() {
            if let Source::Layer(used) = source {
                if !std::mem::replace(&mut seen[used], true) {
                    layer.last_uses.push(used);
                }
            }
        }
    }
    layers
}

/// Burn reports most failures of a device by panicking.
pub(crate) fn guarded<T>(
    work: impl FnOnce() -> Result<T, DeviceFailure>,
) -> Result<T, DeviceFailure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(DeviceFailure(panic_message(panic.as_ref()))))
}

/// What a panic said.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown panic")
        .to_string()
}

#[cfg(test)]
mod tests;
