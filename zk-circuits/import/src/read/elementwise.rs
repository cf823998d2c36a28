//! Operators on each value by itself, and sums of two tensors.

use super::call::{Call, Value};
use super::constant::Constant;
use super::Builder;
use crate::error::Error;
use crate::graph::{channels, Op};

impl Builder {
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
        Ok(Value::Real(self.sum_of(call, inputs)?))
    }

    /// The sum of two tensors of one shape.
    pub(super) fn sum_of(&mut self, call: &Call, inputs: [usize; 2]) -> Result<usize, Error> {
        let [shape, other] = inputs.map(|t| self.graph.shape(t).to_vec());
        if shape != other {
            return Err(call.refuse(
                format!("its tensors have shapes {shape:?} and {other:?}"),
                "only tensors of one shape can be added",
            ));
        }
        Ok(self.push(&call.place, Op::Add, inputs.to_vec(), shape))
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
