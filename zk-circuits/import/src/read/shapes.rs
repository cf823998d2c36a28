//! Changes of shape.

use super::call::{Call, Value};
use super::Builder;
use crate::error::Error;
use crate::graph::Op;

impl Builder {
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

    /// Does the same to integers and to the real numbers they stand for.
    pub(super) fn either(
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
