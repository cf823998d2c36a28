//! Operators on quantised tensors: each becomes its real-valued counterpart and a rounding.

use super::call::{Call, Value};
use super::constant::{Constant, Element, QuantisedValues};
use super::weighted::oriented;
use super::Builder;
use crate::error::Error;
use crate::graph::{Op, Quantisation, Weights};

impl Builder {
    fn quantise(&mut self, call: &Call, x: usize, quantisation: Quantisation) -> Value {
        let shape = self.graph.shape(x).to_vec();
        let op = Op::Quantise(quantisation);
        let rounded = self.push(&call.place, op, vec![x], shape);
        Value::Quantised(rounded, quantisation)
    }

    pub(super) fn quantise_linear(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[
            "axis",
            "saturate",
            "block_size",
            "output_dtype",
            "precision",
        ])?;
        call.fixed("block_size", 0, "quantise per tensor or per channel")?;
        match call.value(0)? {
            Value::Dropped(tensor) => Ok(Value::Dropped(*tensor)),
            Value::Constant(constant) => {
                let scales = scales(call, &constant.shape)?;
                let (lo, hi) = scales.element.range().ok_or_else(|| {
                    call.refuse("it quantises a constant to more than 8 bits", "use int8")
                })?;
                let of = |(at, value): (usize, &f64)| {
                    let channel = scales.channel(at);
                    let quantisation = Quantisation {
                        scale: scales.scale[channel],
                        zero: scales.zero[channel],
                        lo,
                        hi,
                    };
                    quantisation.integer(*value) as f64
                };
                Ok(Value::Constant(Constant {
                    name: constant.name.clone(),
                    shape: constant.shape.clone(),
                    values: constant.values.iter().enumerate().map(of).collect(),
                    element: scales.element,
                    quantised: None,
                }))
            }
            _ => {
                let element = match (call.optional_constant(2)?, call.int("output_dtype", 0)) {
                    (Some(zero), _) => zero.element,
                    (None, 0) => Element::U8,
                    (None, kind) => Element::from_onnx(kind as i32).unwrap_or(Element::Float),
                };
                let quantisation = call.quantisation_as(1, 2, element)?;
                let x = call.real(0)?;
                Ok(self.quantise(call, x, quantisation))
            }
        }
    }

    pub(super) fn dequantise_linear(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["axis", "block_size", "output_dtype"])?;
        call.fixed("block_size", 0, "quantise per tensor or per channel")?;
        match call.value(0)? {
            Value::Dropped(tensor) => Ok(Value::Dropped(*tensor)),
            Value::Constant(constant) => {
                dequantised(call, constant, scales(call, &constant.shape)?).map(Value::Constant)
            }
            _ => {
                // The type is that of the tensor; only the scale and the zero point matter.
                let given = call.quantisation_as(1, 2, Element::U8)?;
                self.of_integers(call, 0, given).map(Value::Real)
            }
        }
    }

    pub(super) fn qlinear_conv(&mut self, call: &Call) -> Result<Value, Error> {
        let input = call.quantisation(1, 2)?;
        let x = self.of_integers(call, 0, input)?;
        let weight = with_scales(call, 3, 0)?;
        let (weights, groups, window, shape) = self.conv_parts(call, x, &weight)?;
        let weights = with_integer_bias(call, weights, 8, input.scale)?;
        let op = Op::Conv {
            weights,
            window,
            groups,
        };
        let y = self.push(&call.place, op, vec![x], shape);
        Ok(self.quantise(call, y, call.quantisation(6, 7)?))
    }

    pub(super) fn qlinear_matmul(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[])?;
        let x = self.of_integers(call, 0, call.quantisation(1, 2)?)?;
        let weight = oriented(call, &with_scales(call, 3, 1)?, false)?;
        let weights = self.linear_weights(call, x, &weight)?;
        let y = self.linear(call, x, weights);
        Ok(self.quantise(call, y, call.quantisation(6, 7)?))
    }

    pub(super) fn qgemm(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&["alpha", "transA", "transB"])?;
        call.fixed("transA", 0, "transpose the input's axes when exporting")?;
        if call.float("alpha", 1.0) != 1.0 {
            return Err(call.refuse(
                "its attribute \"alpha\" is not 1",
                "fold the factor into the scale of the weights",
            ));
        }
        let input = call.quantisation(1, 2)?;
        let x = self.of_integers(call, 0, input)?;
        let transposed = call.int("transB", 0) != 0;
        let weight = with_scales(call, 3, if transposed { 0 } else { 1 })?;
        let weight = oriented(call, &weight, transposed)?;
        let weights = self.linear_weights(call, x, &weight)?;
        let weights = with_integer_bias(call, weights, 6, input.scale)?;
        let y = self.linear(call, x, weights);
        match call.optional(7)? {
            None => Ok(Value::Real(y)),
            Some(_) => Ok(self.quantise(call, y, call.quantisation(7, 8)?)),
        }
    }

    pub(super) fn qlinear_add(&mut self, call: &Call) -> Result<Value, Error> {
        call.only(&[])?;
        let a = self.of_integers(call, 0, call.quantisation(1, 2)?)?;
        let b = self.of_integers(call, 3, call.quantisation(4, 5)?)?;
        let y = self.sum_of(call, [a, b])?;
        Ok(self.quantise(call, y, call.quantisation(6, 7)?))
    }

    pub(super) fn qlinear_average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = self.of_integers(call, 0, call.quantisation(1, 2)?)?;
        let y = self.average(call, x)?;
        Ok(self.quantise(call, y, call.quantisation(3, 4)?))
    }

    pub(super) fn qlinear_global_average_pool(&mut self, call: &Call) -> Result<Value, Error> {
        let x = self.of_integers(call, 0, call.quantisation(1, 2)?)?;
        let y = self.global_average(call, x)?;
        Ok(self.quantise(call, y, call.quantisation(3, 4)?))
    }
}

/// Scales and zero points of a constant, one or one for each index along an axis.
struct Scales {
    scale: Vec<f64>,
    zero: Vec<i64>,
    element: Element,
    axis: usize,
    /// Values from one index along the axis to the next.
    stride: usize,
}

impl Scales {
    /// Which scale value `at` of the constant has.
    fn channel(&self, at: usize) -> usize {
        at / self.stride % self.scale.len()
    }
}

/// Those of `QuantizeLinear` and `DequantizeLinear`, whose axis is an attribute.
fn scales(call: &Call, shape: &[usize]) -> Result<Scales, Error> {
    let axis = call.int("axis", 1);
    let rank = shape.len() as i64;
    let axis = if axis < 0 { axis + rank } else { axis };
    scales_of(call, shape, [1, 2], usize::try_from(axis).unwrap_or(0))
}

fn scales_of(
    call: &Call,
    shape: &[usize],
    [scale, zero]: [usize; 2],
    axis: usize,
) -> Result<Scales, Error> {
    let scale = call.constant(scale)?;
    let zero = call.optional_constant(zero)?;
    let count = scale.values.len();
    let expected = match count {
        1 => 1,
        _ => shape.get(axis).copied().unwrap_or(0),
    };
    let zeros = zero.map_or(count, |zero| zero.values.len());
    if count == 0 || count != expected || zeros != count {
        return Err(call.refuse(
            format!(
                "{count} scales and {zeros} zero points do not fit a tensor of shape {shape:?} \
                 along axis {axis}"
            ),
            "quantise the model again",
        ));
    }
    for scale in &scale.values {
        call.positive(*scale)?;
    }
    Ok(Scales {
        scale: scale.values.clone(),
        zero: match zero {
            None => vec![0; count],
            Some(zero) => zero.values.iter().map(|v| *v as i64).collect(),
        },
        element: zero.map_or(Element::U8, |zero| zero.element),
        axis,
        stride: match count {
            1 => 1,
            _ => shape[axis + 1..].iter().product::<usize>().max(1),
        },
    })
}

fn dequantised(call: &Call, constant: &Constant, scales: Scales) -> Result<Constant, Error> {
    if constant.element == Element::Float {
        return Err(call.refuse(
            format!("{:?} is not quantised", constant.name),
            "write the file again",
        ));
    }
    let integer = |(at, value): (usize, &f64)| *value as i64 - scales.zero[scales.channel(at)];
    let integers: Vec<i64> = constant.values.iter().enumerate().map(integer).collect();
    let real = |(at, value): (usize, &i64)| *value as f64 * scales.scale[scales.channel(at)];
    Ok(Constant {
        name: constant.name.clone(),
        shape: constant.shape.clone(),
        values: integers.iter().enumerate().map(real).collect(),
        element: Element::Float,
        quantised: Some(QuantisedValues {
            integers,
            scale: scales.scale,
            axis: scales.axis,
        }),
    })
}

/// Constant input `index` with the scale and the zero point after it, along `axis`.
fn with_scales(call: &Call, index: usize, axis: usize) -> Result<Constant, Error> {
    let constant = call.constant(index)?;
    let scales = scales_of(call, &constant.shape, [index + 1, index + 2], axis)?;
    dequantised(call, constant, scales)
}

/// An integer bias, whose scale is that of the input times that of the weights.
fn with_integer_bias(
    call: &Call,
    mut weights: Weights,
    index: usize,
    input_scale: f64,
) -> Result<Weights, Error> {
    let Some(bias) = call.optional_constant(index)? else {
        return Ok(weights);
    };
    let outputs = weights.outputs();
    if bias.values.len() != outputs {
        return Err(call.refuse(
            format!(
                "its bias {:?} has shape {:?} for {outputs} outputs",
                bias.name, bias.shape
            ),
            "write the file again",
        ));
    }
    if let Some(integers) = &weights.integers {
        let real = |(value, scale): (&f64, &f64)| value * input_scale * scale;
        weights.bias = bias.values.iter().zip(&integers.scale).map(real).collect();
    }
    Ok(weights)
}
