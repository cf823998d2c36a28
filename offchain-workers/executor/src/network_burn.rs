//! A quantised network on a Burn device, in integers exactly.

use std::panic::{catch_unwind, AssertUnwindSafe};

use burn::tensor::{DType, Device, FloatDType, Int, IntDType, Tensor, TensorData};
use serde::Serialize;
use swarm_network::{LinearWeights, Matrix, Model, Requant, Stage, WEIGHT_MIN};

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

/// All of `f32`'s integers up to here are exact.
const F32_EXACT: i64 = 1 << 24;
/// Most values of one tensor of activations on a device.
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
    stages: Vec<BurnStage>,
    output_len: usize,
    /// Most rows of one pass.
    rows_at_once: usize,
}

struct BurnStage {
    weights: Weights,
    /// `[1, out]`
    bias: Tensor<2, Int>,
    requant: Option<Requant>,
}

// One value per layer of a loaded model: a box would save nothing worth its indirection.
#[allow(clippy::large_enum_variant)]
enum Weights {
    /// `[in, out]`
    I32(Tensor<2, Int>),
    /// `[len, out]` each, `len` being `slice` but for the last.
    SplitF32 { parts: Vec<Tensor<2>>, slice: usize },
}

impl BurnNetwork {
    /// Copies the weights to the device.
    ///
    /// # Errors
    /// Where the device fails: out of memory, lost, or without the operations that are needed.
    pub fn load(model: &Model, device: &Device, method: Method) -> Result<Self, DeviceFailure> {
        let topology = model.topology();
        let widest = topology
            .stages()
            .iter()
            .flat_map(|s| [s.linear.inputs, s.linear.outputs]);
        let rows_at_once = (VALUES_AT_ONCE / widest.max().unwrap_or(1)).max(1);
        guarded(|| {
            let stages = topology.stages().iter().zip(model.weights());
            Ok(Self {
                device: device.clone(),
                stages: stages
                    .map(|(s, w)| BurnStage::load(s, w, device, method))
                    .collect(),
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
                let mut x = Tensor::<2, Int>::from_data(data, (&self.device, DType::I32));
                for stage in &self.stages {
                    x = stage.run(x);
                }
                let values = x.try_into_vec_as::<i32>();
                output.extend(values.map_err(DeviceFailure::new)?);
            }
            Matrix::new(input.rows(), self.output_len, output).map_err(DeviceFailure::new)
        })
    }
}

impl BurnStage {
    fn load(stage: &Stage, weights: &LinearWeights, device: &Device, method: Method) -> Self {
        let (inputs, outputs) = (stage.linear.inputs, stage.linear.outputs);
        // The file has [out, in]; the product wants [in, out].
        let transposed = |from: usize, to: usize| {
            (from..to).flat_map(move |i| (0..outputs).map(move |o| weights.weight[o * inputs + i]))
        };
        let placed = match method {
            Method::I32 => {
                let values: Vec<i32> = transposed(0, inputs).map(i32::from).collect();
                let data = TensorData::new(values, [inputs, outputs]);
                Weights::I32(Tensor::from_data(data, (device, DType::I32)))
            }
            Method::SplitF32 => {
                let slice = exact_slice(stage);
                let part = |from: usize| {
                    let to = inputs.min(from + slice);
                    let values: Vec<f32> = transposed(from, to).map(f32::from).collect();
                    let data = TensorData::new(values, [to - from, outputs]);
                    Tensor::from_data(data, (device, DType::F32))
                };
                let parts = (0..inputs).step_by(slice).map(part).collect();
                Weights::SplitF32 { parts, slice }
            }
        };
        let bias = TensorData::new(weights.bias.clone(), [1, outputs]);
        Self {
            weights: placed,
            bias: Tensor::from_data(bias, (device, DType::I32)),
            requant: stage.requant,
        }
    }

    fn run(&self, x: Tensor<2, Int>) -> Tensor<2, Int> {
        let accumulators = self.weights.multiply(x) + self.bias.clone();
        match self.requant {
            // An arithmetic shift is the floor of the division, also below zero.
            Some(r) => accumulators
                .bitwise_right_shift_scalar(r.shift as i32)
                .clamp(r.lo, r.hi),
            None => accumulators,
        }
    }
}

impl Weights {
    fn multiply(&self, x: Tensor<2, Int>) -> Tensor<2, Int> {
        match self {
            Self::I32(weights) => x.matmul(weights.clone()),
            Self::SplitF32 { parts, slice } => {
                let [rows, _] = x.dims();
                let product = |(n, part): (usize, &Tensor<2>)| {
                    let from = n * slice;
                    let [len, _] = part.dims();
                    let x = x
                        .clone()
                        .slice([0..rows, from..from + len])
                        .cast(FloatDType::F32);
                    x.matmul(part.clone()).cast(IntDType::I32)
                };
                let mut products = parts.iter().enumerate().map(product);
                let first = products.next().expect("a layer has one input or more");
                products.fold(first, |sum, product| sum + product)
            }
        }
    }
}

/// Longest slice of the inner dimension whose sums stay exact in `f32`, whatever the weights and
/// activations in range.
fn exact_slice(stage: &Stage) -> usize {
    let largest_product = -WEIGHT_MIN * stage.linear.input_type.magnitude();
    ((F32_EXACT - 1) / largest_product) as usize
}

/// Burn reports most failures of a device by panicking.
fn guarded<T>(work: impl FnOnce() -> Result<T, DeviceFailure>) -> Result<T, DeviceFailure> {
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
mod tests {
    use super::*;
    use swarm_network::{ActivationType, Layer, Topology};

    fn topology(input_type: ActivationType, inputs: usize) -> Topology {
        let layers = vec![Layer::Linear { inputs, outputs: 3 }];
        Topology::new(vec![inputs], input_type, layers).unwrap()
    }

    #[test]
    fn slices_are_as_long_as_exactness_allows() {
        for (input_type, expected) in [(ActivationType::U8, 514), (ActivationType::I8, 1023)] {
            let topology = topology(input_type, 5);
            let slice = exact_slice(&topology.stages()[0]);
            assert_eq!(slice, expected);
            let largest = slice as i64 * 128 * input_type.magnitude();
            assert!(largest < F32_EXACT && largest + 128 * input_type.magnitude() >= F32_EXACT);
        }
    }

    #[test]
    fn both_methods_agree_with_the_reference_at_the_extremes() {
        // 1029 = 2 * 514 + 1 inputs: two full slices and one of a single row.
        for (input_type, inputs) in [(ActivationType::U8, 1029), (ActivationType::I8, 1024)] {
            let topology = topology(input_type, inputs);
            let bound = topology.stages()[0].linear.bias_bound as i32;
            let odd = |i: usize| if i.is_multiple_of(2) { -128 } else { 127 };
            let weight = [
                vec![-128; inputs],
                vec![127; inputs],
                (0..inputs).map(odd).collect(),
            ];
            let weights = LinearWeights {
                weight: weight.concat(),
                bias: vec![-bound, bound, 1],
            };
            let model = Model::new(topology, vec![weights]).unwrap();
            let (lo, hi) = (input_type.min() as i32, input_type.max() as i32);
            let mixed = (0..inputs).map(|i| if i % 3 == 0 { lo } else { hi });
            let values = vec![lo; inputs]
                .into_iter()
                .chain(vec![hi; inputs])
                .chain(mixed);
            let input = Matrix::new(3, inputs, values.collect()).unwrap();
            let expected = model.run(&input).unwrap();
            for method in [Method::I32, Method::SplitF32] {
                let network = BurnNetwork::load(&model, &Device::flex(), method).unwrap();
                assert_eq!(
                    network.run(&input).unwrap(),
                    expected,
                    "{input_type:?} {method:?}"
                );
            }
        }
    }

    #[test]
    fn rows_beyond_one_pass_are_taken_in_several() {
        let topology = topology(ActivationType::U8, 2);
        let weights = LinearWeights {
            weight: vec![1, 2, 3, 4, 5, 6],
            bias: vec![0, 1, -1],
        };
        let model = Model::new(topology, vec![weights]).unwrap();
        let mut network = BurnNetwork::load(&model, &Device::flex(), Method::I32).unwrap();
        network.rows_at_once = 2;
        let input = Matrix::new(5, 2, (0..10).collect()).unwrap();
        assert_eq!(network.run(&input).unwrap(), model.run(&input).unwrap());
    }

    #[test]
    fn a_device_that_panics_is_a_failure_and_not_the_end() {
        let failure = guarded::<()>(|| panic!("out of {}", "memory")).unwrap_err();
        assert_eq!(failure.to_string(), "out of memory");
    }
}
