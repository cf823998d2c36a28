//! One node of the file: its inputs and attributes, and refusals that name it.

use super::constant::{Constant, Element};
use crate::error::{Error, Place};
use crate::graph::Quantisation;
use crate::proto::{Attribute, NodeProto};
use std::collections::HashMap;

/// What a name in the file stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Constant(Constant),
    /// A tensor of the graph: real numbers.
    Real(usize),
    /// A tensor of the graph as the integers of its quantisation.
    Quantised(usize, Quantisation),
    /// The file's input where it is integers whose scale is not known yet.
    RawInput(Element),
    /// Follows from a tensor by what is left out, such as a softmax at the end.
    Dropped(usize),
}

pub struct Call<'a> {
    pub node: &'a NodeProto,
    pub values: &'a HashMap<String, Value>,
    pub place: Place,
}

impl<'a> Call<'a> {
    pub fn new(node: &'a NodeProto, values: &'a HashMap<String, Value>) -> Self {
        let named = [&node.name].into_iter().chain(&node.output);
        let node_name = named.into_iter().find(|name| !name.is_empty());
        Self {
            node,
            values,
            place: Place {
                node: node_name.map_or("", |name| name).into(),
                operator: node.op_type.as_str().into(),
            },
        }
    }

    pub fn refuse(&self, reason: impl Into<String>, help: impl Into<String>) -> Error {
        Error::Node {
            place: self.place.clone(),
            reason: reason.into(),
            help: help.into(),
        }
    }

    /// Input `index`, if the node has it.
    pub fn optional(&self, index: usize) -> Result<Option<&'a Value>, Error> {
        match self.node.input.get(index) {
            None => Ok(None),
            Some(name) if name.is_empty() => Ok(None),
            Some(name) => match self.values.get(name) {
                Some(value) => Ok(Some(value)),
                None => Err(self.refuse(
                    format!("its input {name:?} comes from no node before it"),
                    "write the file again (onnx.checker.check_model says more)",
                )),
            },
        }
    }

    pub fn value(&self, index: usize) -> Result<&'a Value, Error> {
        self.optional(index)?.ok_or_else(|| {
            self.refuse(
                format!("its input {index} is missing"),
                "write the file again",
            )
        })
    }

    pub fn constant(&self, index: usize) -> Result<&'a Constant, Error> {
        match self.value(index)? {
            Value::Constant(constant) => Ok(constant),
            _ => Err(self.refuse(
                format!(
                    "its input {:?} is computed, not a constant",
                    self.node.input[index]
                ),
                "weights, shapes and scales must be in the file",
            )),
        }
    }

    pub fn optional_constant(&self, index: usize) -> Result<Option<&'a Constant>, Error> {
        match self.optional(index)? {
            None => Ok(None),
            Some(_) => self.constant(index).map(Some),
        }
    }

    /// A constant of one value.
    pub fn scalar(&self, index: usize) -> Result<f64, Error> {
        let constant = self.constant(index)?;
        constant.scalar().ok_or_else(|| {
            self.refuse(
                format!(
                    "tensor {:?} has shape {:?} where one value is supported",
                    constant.name, constant.shape
                ),
                "quantise activations per tensor",
            )
        })
    }

    /// A tensor of real numbers that the graph computes.
    pub fn real(&self, index: usize) -> Result<usize, Error> {
        match self.value(index)? {
            Value::Real(tensor) => Ok(*tensor),
            Value::Constant(constant) => Err(self.refuse(
                format!("its input {:?} is a constant", constant.name),
                "fold constants when exporting (do_constant_folding=True)",
            )),
            Value::Dropped(_) => Err(self.refuse(
                "it follows a softmax or an argmax",
                "only as the last operators can those be left out; cut the model before them",
            )),
            Value::Quantised(..) | Value::RawInput(_) => Err(self.refuse(
                "it computes on integers",
                "put a DequantizeLinear before it, or give the model a float input",
            )),
        }
    }

    fn attribute(&self, name: &str) -> Option<&'a Attribute> {
        self.node.attribute.iter().find(|a| a.name == name)
    }

    /// Refuses every attribute that is not among these.
    pub fn only(&self, known: &[&str]) -> Result<(), Error> {
        let strange = |a: &&Attribute| !known.contains(&a.name.as_str());
        match self.node.attribute.iter().find(strange) {
            None => Ok(()),
            Some(found) => Err(self.refuse(
                format!("its attribute {:?} is not supported", found.name),
                "export the model without it",
            )),
        }
    }

    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |a| a.i)
    }

    pub fn float(&self, name: &str, default: f64) -> f64 {
        self.attribute(name).map_or(default, |a| a.f.into())
    }

    pub fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|a| &a.ints[..])
    }

    pub fn text(&self, name: &str) -> String {
        let bytes = self.attribute(name).map_or(&[][..], |a| &a.s);
        String::from_utf8_lossy(bytes).into_owned()
    }

    pub fn tensor(&self, name: &str) -> Result<Constant, Error> {
        let tensor = self.attribute(name).and_then(|a| a.t.as_ref());
        let tensor = tensor.ok_or_else(|| {
            self.refuse(
                format!("it has no attribute {name:?} with a tensor"),
                "store the constant as a tensor",
            )
        })?;
        Constant::from_proto(tensor)
    }

    /// Refuses an integer attribute of another value than `only`.
    pub fn fixed(&self, name: &str, only: i64, help: &str) -> Result<(), Error> {
        match self.int(name, only) {
            found if found == only => Ok(()),
            found => Err(self.refuse(
                format!("its attribute {name:?} is {found}; {only} is supported"),
                help,
            )),
        }
    }

    /// The quantisation by a scale and a zero point among the inputs.
    pub fn quantisation(&self, scale: usize, zero: usize) -> Result<Quantisation, Error> {
        let element = match self.optional_constant(zero)? {
            Some(zero) => zero.element,
            None => Element::U8,
        };
        self.quantisation_as(scale, zero, element)
    }

    /// The same where the type is known otherwise.
    pub fn quantisation_as(
        &self,
        scale: usize,
        zero: usize,
        element: Element,
    ) -> Result<Quantisation, Error> {
        let (lo, hi) = element.range().ok_or_else(|| {
            self.refuse(
                "it quantises activations to another type than uint8 or int8",
                "quantise to 8 bits",
            )
        })?;
        let zero = match self.optional(zero)? {
            Some(_) => self.scalar(zero)? as i64,
            None => 0,
        };
        Ok(Quantisation {
            scale: self.positive(self.scalar(scale)?)?,
            zero,
            lo,
            hi,
        })
    }

    pub fn positive(&self, scale: f64) -> Result<f64, Error> {
        // Also as the file's tools see it, in 32 bits.
        match scale.is_finite() && scale as f32 > 0.0 {
            true => Ok(scale),
            false => Err(self.refuse(
                format!("its scale is {scale}"),
                "quantise the model again: a scale must be positive",
            )),
        }
    }
}
