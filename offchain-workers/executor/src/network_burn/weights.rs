//! Linear layers and convolutions: one product of matrices for each group of channels.

use burn::tensor::{DType, Device, FloatDType, Int, IntDType, Tensor, TensorData};
use swarm_network::{LinearWeights, Weighted, WEIGHT_MIN};

use super::windows::{indices, with_zero};
use super::Method;

/// All of `f32`'s integers up to here are exact.
pub(super) const F32_EXACT: i64 = 1 << 24;

/// A layer with weights on a device.
pub(super) struct BurnWeighted {
    groups: Vec<Group>,
    /// `[1, out]`
    bias: Tensor<2, Int>,
    positions: usize,
    /// Weights of one output channel.
    inputs: usize,
    /// Whether the values are gathered by position first.
    gathers: bool,
}

/// A group of channels.
struct Group {
    /// For each position and weight of a channel the value that they meet, `[positions · weights]`;
    /// the one after the last is zero. `None` where the values are taken as they are.
    operands: Option<Tensor<1, Int>>,
    weights: Weights,
}

// One value per layer of a loaded model: a box would save nothing worth its indirection.
#[allow(clippy::large_enum_variant)]
enum Weights {
    /// `[in, out]`
    I32(Tensor<2, Int>),
    /// `[len, out]` each, `len` being `slice` but for the last.
    SplitF32 { parts: Vec<Tensor<2>>, slice: usize },
}

impl BurnWeighted {
    pub fn load(
        weighted: &Weighted,
        weights: &LinearWeights,
        device: &Device,
        method: Method,
    ) -> Self {
        let (positions, inputs) = (weighted.positions(), weighted.inputs);
        let per_group = weighted.outputs / weighted.groups();
        let groups = (0..weighted.groups()).map(|group| {
            let zero = weighted.input_len();
            let operands = weighted.conv.map(|_| {
                let all = (0..positions * inputs).map(|at| {
                    let operand = weighted.operand_of(group, at % inputs, at / inputs);
                    operand.unwrap_or(zero)
                });
                indices(all, device)
            });
            let own = &weights.weight[group * per_group * inputs..][..per_group * inputs];
            Group {
                operands,
                weights: Weights::load(weighted, own, device, method),
            }
        });
        let bias = TensorData::new(weights.bias.clone(), [1, weighted.outputs]);
        Self {
            groups: groups.collect(),
            bias: Tensor::from_data(bias, (device, DType::I32)),
            positions,
            inputs,
            gathers: weighted.conv.is_some(),
        }
    }

    /// Values gathered for one row.
    pub fn gathered(&self) -> usize {
        match self.gathers {
            true => self.positions * self.inputs,
            false => 0,
        }
    }

    /// `[rows, in]` to `[rows, out · positions]`
    pub fn run(&self, x: Tensor<2, Int>) -> Tensor<2, Int> {
        if !self.gathers {
            return self.groups[0].weights.multiply(x) + self.bias.clone();
        }
        let [rows, _] = x.dims();
        let x = with_zero(x);
        let of = |group: &Group| {
            let operands = group.operands.clone().expect("loaded with them; qed");
            let shape = [rows * self.positions, self.inputs];
            group
                .weights
                .multiply(x.clone().select(1, operands).reshape(shape))
        };
        // [rows · positions, out]
        let products = Tensor::cat(self.groups.iter().map(of).collect(), 1) + self.bias.clone();
        let [_, outputs] = products.dims();
        products
            .reshape::<3, _>([rows, self.positions, outputs])
            .swap_dims(1, 2)
            .reshape([rows, outputs * self.positions])
    }
}

impl Weights {
    /// `weights` are `[out, in]`; the product wants `[in, out]`.
    fn load(weighted: &Weighted, weights: &[i8], device: &Device, method: Method) -> Self {
        let inputs = weighted.inputs;
        let outputs = weights.len() / inputs;
        let transposed = |from: usize, to: usize| {
            (from..to).flat_map(move |i| (0..outputs).map(move |o| weights[o * inputs + i]))
        };
        match method {
            Method::I32 => {
                let values: Vec<i32> = transposed(0, inputs).map(i32::from).collect();
                let data = TensorData::new(values, [inputs, outputs]);
                Self::I32(Tensor::from_data(data, (device, DType::I32)))
            }
            Method::SplitF32 => {
                let slice = exact_slice(weighted);
                let part = |from: usize| {
                    let to = inputs.min(from + slice);
                    let values: Vec<f32> = transposed(from, to).map(f32::from).collect();
                    let data = TensorData::new(values, [to - from, outputs]);
                    Tensor::from_data(data, (device, DType::F32))
                };
                let parts = (0..inputs).step_by(slice).map(part).collect();
                Self::SplitF32 { parts, slice }
            }
        }
    }

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
pub(super) fn exact_slice(weighted: &Weighted) -> usize {
    let largest_product = -WEIGHT_MIN * weighted.operand.max(1);
    ((F32_EXACT - 1) / largest_product) as usize
}
