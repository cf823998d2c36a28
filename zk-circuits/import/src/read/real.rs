//! Operators on real numbers.

use super::call::{Call, Value};
use super::constant::Constant;
use super::windows::{self, window};
use super::Builder;
use crate::error::Error;
use crate::graph::{channels, IntegerWeights, Op, Weights};
use swarm_network::Window;

impl Builder {
    pub(super) fn conv(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        let (weights, groups, window, shape) = self.conv_parts(call, x, call.constant(1)?)?;
        let bias = self.bias(call, 2, weights.outputs())?;
        let op = Op::Conv {
            weights: Weights { bias, ..weights },
            window,
            groups,
        };
        Ok(Value::Real(self.push(&call.place, op, vec![x], shape)))
    }

    /// Weights without bias, groups, window and output shape of a convolution of tensor `x`.
    pub(super) fn conv_parts(
        &self,
        call: &Call,
        x: usize,
        weight: &Constant,
    ) -> Result<(Weights, usize, Window, Vec<usize>), Error> {
        call.only(&[&windows::ATTRIBUTES[..], &["group"]].concat())?;
        let &[out, per_group, height, width] = &weight.shape[..] else {
            return Err(call.refuse(
                format!(
                    "its weights {:?} have shape {:?}",
                    weight.name, weight.shape
                ),
                "two-dimensional convolutions are supported: [out, in / groups, height, width]",
            ));
        };
        if weight.values.is_empty() {
            return Err(call.refuse(
                format!("its weights {:?} are empty", weight.name),
                "write the file again",
            ));
        }
        let input = self.graph.shape(x);
        let (window, [rows, cols]) = window(call, input, [height, width], false)?;
        let groups = usize::try_from(call.int("group", 1)).unwrap_or(0);
        let fits = per_group.checked_mul(groups) == Some(input[0]);
        if groups == 0 || !fits || out % groups != 0 {
            return Err(call.refuse(
                format!(
                    "weights {:?} and {groups} groups do not fit an input of shape {input:?}",
                    weight.shape
                ),
                "write the file again",
            ));
        }
        Ok((
            weights(call, weight)?,
            groups,
            window,
            vec![out, rows, cols],
        ))
    }

    fn bias(&self, call: &Call, index: usize, outputs: usize) -> Result<Vec<f64>, Error> {
        match call.optional_constant(index)? {
            None => Ok(vec![0.0; outputs]),
            Some(bias) if bias.values.len() == outputs => Ok(bias.values.clone()),
            Some(bias) if bias.values.len() == 1 => Ok(vec![bias.values[0]; outputs]),
            Some(bias) => Err(call.refuse(
                format!(
                    "its bias {:?} has shape {:?} for {outputs} outputs",
                    bias.name, bias.shape
                ),
                "write the file again",
            )),
        }
    }

    pub(super) fn gemm(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["alpha", "beta", "transA", "transB"])?;
        call.fixed("transA", 0, "transpose the input's axes when exporting")?;
        for name in ["alpha", "beta"] {
            if call.float(name, 1.0) != 1.0 {
                return Err(call.refuse(
                    format!("its attribute {name:?} is not 1"),
                    "fold the factor into the weights",
                ));
            }
        }
        let x = call.real(0)?;
        let weight = oriented(call, call.constant(1)?, call.int("transB", 0) != 0)?;
        let weights = self.linear_weights(call, x, &weight)?;
        let bias = self.bias(call, 2, weights.outputs())?;
        Ok(Value::Real(self.linear(
            call,
            x,
            Weights { bias, ..weights },
        )))
    }

    pub(super) fn matmul(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        let weight = oriented(call, call.constant(1)?, false)?;
        let weights = self.linear_weights(call, x, &weight)?;
        Ok(Value::Real(self.linear(call, x, weights)))
    }

    pub(super) fn linear(&mut self, call: &Call, x: usize, weights: Weights) -> usize {
        let shape = vec![weights.outputs()];
        self.push(&call.place, Op::Linear(weights), vec![x], shape)
    }

    /// Weights `[out, in]` for the rows of tensor `x`.
    pub(super) fn linear_weights(
        &self,
        call: &Call,
        x: usize,
        weight: &Constant,
    ) -> Result<Weights, Error> {
        let input = self.graph.shape(x);
        if input.len() != 1 || input[0] != weight.shape[1] || weight.shape[0] == 0 {
            return Err(call.refuse(
                format!(
                    "weights {:?} ([out, in]) do not fit rows of shape {input:?}",
                    weight.shape
                ),
                "put a Flatten before it; matrix products of more axes are not supported",
            ));
        }
        weights(call, weight)
    }

    pub(super) fn transpose(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["perm"])?;
        let swapped = match call.value(0)? {
            Value::Constant(constant) if call.ints("perm").is_none_or(|p| p == [1, 0]) => {
                constant.transposed()
            }
            _ => None,
        };
        swapped.map(Value::Constant).ok_or_else(|| {
            call.refuse(
                "only a constant matrix can be transposed",
                "keep tensors in the order [batch, channels, height, width]",
            )
        })
    }

    pub(super) fn batch_normalisation(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["epsilon", "momentum", "training_mode"])?;
        call.fixed("training_mode", 0, "export the model in eval mode")?;
        let x = call.real(0)?;
        let expected = channels(self.graph.shape(x));
        let mut vectors = Vec::new();
        for index in 1..5 {
            let constant = call.constant(index)?;
            if constant.values.len() != expected {
                return Err(call.refuse(
                    format!(
                        "{:?} has {} values for {expected} channels",
                        constant.name,
                        constant.values.len()
                    ),
                    "write the file again",
                ));
            }
            vectors.push(&constant.values);
        }
        let epsilon = call.float("epsilon", 1e-5);
        let (gamma, beta, mean, variance) = (vectors[0], vectors[1], vectors[2], vectors[3]);
        let mut scale = Vec::new();
        for (gamma, variance) in gamma.iter().zip(variance) {
            let factor = gamma / (variance + epsilon).sqrt();
            if !factor.is_finite() {
                return Err(call.refuse(
                    format!("a channel's variance is {variance}"),
                    "train the model again: variances are not negative",
                ));
            }
            scale.push(factor);
        }
        let of = |(beta, (mean, scale)): (&f64, (&f64, &f64))| beta - mean * scale;
        let shift = beta.iter().zip(mean.iter().zip(&scale)).map(of).collect();
        self.affine(call, x, scale, shift)
    }

    fn affine(
        &mut self,
        call: &Call,
        x: usize,
        scale: Vec<f64>,
        shift: Vec<f64>,
    ) -> Result<Value, Error> {
        let shape = self.graph.shape(x).to_vec();
        let op = Op::Affine { scale, shift };
        Ok(Value::Real(self.push(&call.place, op, vec![x], shape)))
    }

    pub(super) fn add(&mut self, call: &Call) -> Result<Value, Error> {
        let constant = |value: &Value| matches!(value, Value::Constant(_));
        if constant(call.value(0)?) || constant(call.value(1)?) {
            return self.arithmetic(call);
        }
        let inputs = [call.real(0)?, call.real(1)?];
        let shapes = inputs.map(|t| self.graph.shape(t).to_vec());
        if shapes[0] != shapes[1] {
            return Err(call.refuse(
                format!(
                    "its tensors have shapes {:?} and {:?}",
                    shapes[0], shapes[1]
                ),
                "only tensors of one shape can be added",
            ));
        }
        let [shape, _] = shapes;
        Ok(Value::Real(self.push(
            &call.place,
            Op::Add,
            inputs.to_vec(),
            shape,
        )))
    }

    /// A sum, difference, product or quotient with a constant for each channel.
    pub(super) fn arithmetic(&mut self, call: &Call) -> Result<Value, Error> {
        let (at, constant) = match (call.value(0)?, call.value(1)?) {
            (_, Value::Constant(constant)) => (0, constant),
            (Value::Constant(constant), _) => (1, constant),
            _ => {
                return Err(call.refuse(
                    "both its inputs depend on the network's input",
                    "only sums of two tensors are supported",
                ))
            }
        };
        let x = call.real(at)?;
        let c = per_channel(call, constant, self.graph.shape(x))?;
        let n = c.len();
        let (scale, shift): (Vec<f64>, Vec<f64>) = match (call.node.op_type.as_str(), at) {
            ("Add", _) => (vec![1.0; n], c),
            ("Sub", 0) => (vec![1.0; n], c.iter().map(|c| -c).collect()),
            ("Sub", _) => (vec![-1.0; n], c),
            ("Mul", _) => (c, vec![0.0; n]),
            ("Div", 0) if c.iter().all(|c| *c != 0.0) => {
                (c.iter().map(|c| 1.0 / c).collect(), vec![0.0; n])
            }
            _ => {
                return Err(call.refuse("it divides by its input or by zero", "write it otherwise"))
            }
        };
        self.affine(call, x, scale, shift)
    }

    pub(super) fn clip(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[])?;
        let x = call.real(0)?;
        let (lo, hi) = match call.node.op_type.as_str() {
            "Relu" => (0.0, f64::INFINITY),
            _ => {
                let bound = |index, default| match call.optional(index)? {
                    None => Ok(default),
                    Some(_) => call.scalar(index),
                };
                (bound(1, f64::NEG_INFINITY)?, bound(2, f64::INFINITY)?)
            }
        };
        if lo >= hi {
            return Err(call.refuse(
                format!("it clips to {lo}..={hi}"),
                "the lower bound must be less than the upper one",
            ));
        }
        let shape = self.graph.shape(x).to_vec();
        let op = Op::Clip { lo, hi };
        Ok(Value::Real(self.push(&call.place, op, vec![x], shape)))
    }

    /// Does the same to integers and to the real numbers they stand for.
    fn either(
        &mut self,
        call: &Call,
        of: impl FnOnce(&mut Self, usize) -> Result<usize, Error>,
    ) -> Result<Value, Error> {
        match call.value(0)? {
            Value::Quantised(tensor, quantisation) => {
                let quantisation = *quantisation;
                Ok(Value::Quantised(of(self, *tensor)?, quantisation))
            }
            // A softmax's output keeps its meaning under a change of shape only.
            _ => Ok(Value::Real(of(self, call.real(0)?)?)),
        }
    }

    pub(super) fn max_pool(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[&windows::ATTRIBUTES[..], &["ceil_mode", "storage_order"]].concat())?;
        self.either(call, |builder, x| {
            let kernel = windows::kernel(call)?;
            let ceil = call.int("ceil_mode", 0) != 0;
            let input = builder.graph.shape(x);
            // More padding at the end makes the last windows whole: it never wins.
            let (window, [rows, cols]) = window(call, input, kernel, ceil)?;
            let shape = vec![input[0], rows, cols];
            Ok(builder.push(&call.place, Op::MaxPool { window }, vec![x], shape))
        })
    }

    pub(super) fn average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        self.average(call, x).map(Value::Real)
    }

    pub(super) fn average(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        let known = ["ceil_mode", "count_include_pad", "channels_last"];
        call.only(&[&windows::ATTRIBUTES[..], &known].concat())?;
        call.fixed("channels_last", 0, "keep the channels first")?;
        let input = self.graph.shape(x);
        let (window, output) = window(call, input, windows::kernel(call)?, false)?;
        let beyond = windows::window(call, input, window.kernel, call.int("ceil_mode", 0) != 0)?;
        if beyond.1 != output {
            return Err(call.refuse(
                "its last windows reach beyond the input (ceil_mode)",
                "use ceil_mode=0",
            ));
        }
        if window.padding != [0; 4] && call.int("count_include_pad", 0) == 0 {
            return Err(call.refuse(
                "its mean leaves the padding out, so that it divides by another number at the edge",
                "use count_include_pad=1 or no padding",
            ));
        }
        let shape = vec![input[0], output[0], output[1]];
        Ok(self.push(&call.place, Op::AvgPool { window }, vec![x], shape))
    }

    pub(super) fn global_average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = call.real(0)?;
        self.global_average(call, x).map(Value::Real)
    }

    pub(super) fn global_average(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        call.only(&["channels_last"])?;
        call.fixed("channels_last", 0, "keep the channels first")?;
        self.mean(call, x)
    }

    /// The mean of each channel.
    fn mean(&mut self, call: &Call, x: usize) -> Result<usize, Error> {
        let &[channels, height, width] = self.graph.shape(x) else {
            return Err(call.refuse(
                format!(
                    "it takes [batch, channels, height, width], not {:?}",
                    self.graph.shape(x)
                ),
                "write the file again",
            ));
        };
        let window = Window {
            kernel: [height, width],
            stride: [1, 1],
            padding: [0; 4],
        };
        let shape = vec![channels, 1, 1];
        Ok(self.push(&call.place, Op::AvgPool { window }, vec![x], shape))
    }

    pub(super) fn reduce_mean(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["axes", "keepdims", "noop_with_empty_axes"])?;
        let x = call.real(0)?;
        let mut axes: Vec<i64> = match call.optional_constant(1)? {
            Some(axes) => axes.values.iter().map(|v| *v as i64).collect(),
            None => call.ints("axes").unwrap_or(&[]).to_vec(),
        };
        // Negative ones count from the end of [batch, channels, height, width].
        axes.iter_mut().filter(|a| **a < 0).for_each(|a| *a += 4);
        axes.sort_unstable();
        if axes != [2, 3] || self.graph.shape(x).len() != 3 {
            return Err(call.refuse(
                "it takes the mean over other axes than height and width",
                "only the mean of whole channels is supported",
            ));
        }
        let mean = self.mean(call, x)?;
        match call.int("keepdims", 1) {
            0 => {
                let shape = vec![self.graph.len_of(mean)];
                Ok(Value::Real(self.push(
                    &call.place,
                    Op::Flatten,
                    vec![mean],
                    shape,
                )))
            }
            _ => Ok(Value::Real(mean)),
        }
    }

    /// A reshape to one row, or to the same shape.
    pub(super) fn flatten(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["axis", "allowzero"])?;
        if let Value::Dropped(tensor) = call.value(0)? {
            return Ok(Value::Dropped(*tensor));
        }
        let reshape = call.node.op_type == "Reshape";
        self.either(call, |builder, x| {
            let (shape, len) = (builder.graph.shape(x).to_vec(), builder.graph.len_of(x));
            let (to_row, same) = match reshape {
                false => (call.int("axis", 1) == 1, false),
                true => {
                    let target = &call.constant(1)?.values;
                    let rest = target.get(1..).unwrap_or(&[]);
                    let size = |(to, from): (&f64, &usize)| *to == *from as f64;
                    let same = rest.len() == shape.len() && rest.iter().zip(&shape).all(size);
                    (rest == [-1.0] || rest == [len as f64], same)
                }
            };
            match (same || (to_row && shape.len() == 1), to_row) {
                (true, _) => Ok(x),
                (_, true) => Ok(builder.push(&call.place, Op::Flatten, vec![x], vec![len])),
                _ => Err(call.refuse(
                    format!("it gives something other than one row from [batch, {shape:?}]"),
                    "only flattening everything but the batch is supported",
                )),
            }
        })
    }
}

/// A weight matrix as `[out, in]`.
pub(super) fn oriented(call: &Call, constant: &Constant, already: bool) -> Result<Constant, Error> {
    let matrix = match (already, constant.shape.len()) {
        (true, 2) => Some(constant.clone()),
        _ => constant.transposed(),
    };
    matrix.ok_or_else(|| {
        call.refuse(
            format!(
                "its weights {:?} have shape {:?}",
                constant.name, constant.shape
            ),
            "they must be a matrix",
        )
    })
}

/// Weights without bias; the first axis of the constant is that of the outputs.
fn weights(call: &Call, constant: &Constant) -> Result<Weights, Error> {
    let outputs = constant.shape[0];
    let integers = match &constant.quantised {
        None => None,
        Some(quantised) if quantised.scale.len() == 1 => Some(IntegerWeights {
            values: quantised.integers.clone(),
            scale: vec![quantised.scale[0]; outputs],
        }),
        Some(quantised) if quantised.axis == 0 && quantised.scale.len() == outputs => {
            Some(IntegerWeights {
                values: quantised.integers.clone(),
                scale: quantised.scale.clone(),
            })
        }
        Some(quantised) => {
            return Err(call.refuse(
                format!(
                    "weights {:?} have {} scales along axis {}, which is not that of the outputs",
                    constant.name,
                    quantised.scale.len(),
                    quantised.axis
                ),
                "quantise weights per tensor or per output channel",
            ))
        }
    };
    Ok(Weights {
        name: constant.name.clone(),
        shape: constant.shape.clone(),
        values: constant.values.clone(),
        bias: vec![0.0; outputs],
        integers,
    })
}

/// One value, or one for each channel, of a constant that is broadcast over a tensor.
fn per_channel(call: &Call, constant: &Constant, shape: &[usize]) -> Result<Vec<f64>, Error> {
    let mut expected = vec![1; shape.len()];
    expected[0] = shape[0];
    let leading = constant.shape.len().saturating_sub(shape.len());
    let (batch, rest) = constant.shape.split_at(leading);
    let fits = batch.iter().all(|dim| *dim == 1) && rest == expected;
    match constant.values.len() {
        1 => Ok(constant.values.clone()),
        _ if fits => Ok(constant.values.clone()),
        _ => Err(call.refuse(
            format!(
                "its constant {:?} of shape {:?} is not one value for each channel of {shape:?}",
                constant.name, constant.shape
            ),
            "constants for each position are not supported",
        )),
    }
}
