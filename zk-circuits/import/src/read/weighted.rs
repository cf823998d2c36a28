//! Operators with weights: convolutions and products with constant matrices.

use super::call::{Call, Value};
use super::constant::Constant;
use super::windows::{self, window};
use super::Builder;
use crate::error::Error;
use crate::graph::{IntegerWeights, Op, Weights};
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
