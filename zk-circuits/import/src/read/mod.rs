//! From the file's nodes to a [`Graph`].

mod call;
mod constant;
mod elementwise;
mod pools;
mod quantised;
mod shapes;
mod weighted;
mod windows;

use crate::error::{Error, Place};
use crate::graph::{Graph, Input, Op, Quantisation, Step};
use crate::proto::{GraphProto, ModelProto, ValueInfo};
use call::{Call, Value};
use constant::{Constant, Element};
use prost::Message;
use std::collections::HashMap;
use swarm_network::MAX_WIDTH;

/// Since this version, the bounds of `Clip` are inputs, and all operators read here mean the same.
const LEAST_OPSET: i64 = 11;

/// Operators that are read, for the message that refuses others.
const KNOWN: &str = "supported are Conv, Gemm, MatMul, BatchNormalization, Relu, Clip, MaxPool, \
    AveragePool, GlobalAveragePool, ReduceMean over height and width, Add, Flatten, Reshape to one \
    row, their quantised forms, and Softmax or ArgMax at the end";

/// Reads a model file.
pub fn graph(bytes: &[u8]) -> Result<Graph, Error> {
    let model = ModelProto::decode(bytes).map_err(|e| Error::NotOnnx(e.to_string()))?;
    let main = |domain: &str| domain.is_empty() || domain == "ai.onnx";
    let opset = model.opset_import.iter().find(|o| main(&o.domain));
    let graph = model
        .graph
        .ok_or_else(|| Error::NotOnnx("it has no graph".into()))?;
    match opset {
        None => return Err(Error::NotOnnx("it names no operator set".into())),
        Some(opset) if opset.version < LEAST_OPSET => {
            return Err(Error::Opset {
                found: opset.version,
                least: LEAST_OPSET,
            })
        }
        Some(_) => {}
    }
    if !graph.sparse_initializer.is_empty() {
        return Err(Error::Graph {
            what: "the graph".into(),
            reason: "it has sparse tensors".into(),
            help: "store them densely".into(),
        });
    }
    read(&graph)?.normalised()
}

fn read(proto: &GraphProto) -> Result<Graph, Error> {
    let mut values = HashMap::new();
    for tensor in &proto.initializer {
        let constant = Constant::from_proto(tensor)?;
        values.insert(tensor.name.clone(), Value::Constant(constant));
    }
    let inputs: Vec<&ValueInfo> = proto
        .input
        .iter()
        .filter(|i| !values.contains_key(&i.name))
        .collect();
    let (input, outputs) = (
        one("input", &inputs)?,
        proto.output.iter().collect::<Vec<_>>(),
    );
    let output = one("output", &outputs)?;
    let (shape, element) = input_type(input)?;
    let value = match element {
        Element::Float => Value::Real(0),
        _ => Value::RawInput(element),
    };
    values.insert(input.name.clone(), value);

    let mut builder = Builder {
        graph: Graph {
            input: Input {
                name: input.name.clone(),
                shape,
                quantised: None,
            },
            steps: Vec::new(),
            output: 0,
            notes: Vec::new(),
        },
    };
    check_sizes(&builder.graph, 0)?;
    for node in &proto.node {
        let call = Call::new(node, &values);
        let known = builder.graph.steps.len() + 1;
        let given = builder.operator(&call)?;
        check_sizes(&builder.graph, known)?;
        if let Some(name) = node.output.first() {
            values.insert(name.clone(), given);
        }
    }
    match values.get(&output.name) {
        Some(Value::Real(tensor) | Value::Quantised(tensor, _) | Value::Dropped(tensor)) => {
            builder.graph.output = *tensor;
            Ok(builder.graph)
        }
        _ => Err(Error::Graph {
            what: format!("output {:?}", output.name),
            reason: "no node computes it from the input".into(),
            help: "write the file again".into(),
        }),
    }
}

/// Refuses tensors larger than a network's, beginning with tensor `first`, before anything is
/// computed of them.
fn check_sizes(graph: &Graph, first: usize) -> Result<(), Error> {
    let large = |tensor: &usize| {
        let sizes = graph.shape(*tensor).iter();
        let len = sizes.fold(1usize, |len, size| len.saturating_mul(*size));
        len > MAX_WIDTH
    };
    let Some(tensor) = (first..=graph.steps.len()).find(large) else {
        return Ok(());
    };
    let reason = format!(
        "it gives a tensor {:?}, more than {MAX_WIDTH} values",
        graph.shape(tensor)
    );
    let help = "use a smaller network".to_string();
    Err(match graph.step(tensor) {
        Some(step) => Error::Node {
            place: step.place.clone(),
            reason,
            help,
        },
        None => Error::Graph {
            what: format!("input {:?}", graph.input.name),
            reason,
            help,
        },
    })
}

fn one<'a>(what: &str, found: &[&'a ValueInfo]) -> Result<&'a ValueInfo, Error> {
    match found {
        [one] => Ok(one),
        _ => Err(Error::Graph {
            what: format!("the graph's {what}s"),
            reason: format!(
                "there are {}: {:?}",
                found.len(),
                found.iter().map(|v| &v.name).collect::<Vec<_>>()
            ),
            help: format!("export the model with one {what}"),
        }),
    }
}

/// Shape of one batch item, and the type. The first axis is the batch.
fn input_type(input: &ValueInfo) -> Result<(Vec<usize>, Element), Error> {
    let refuse = |reason: String, help: &str| Error::Graph {
        what: format!("input {:?}", input.name),
        reason,
        help: help.into(),
    };
    let tensor = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let (shape, kind) = match tensor {
        Some(tensor) => (tensor.shape.as_ref(), tensor.elem_type),
        None => (None, 0),
    };
    let element = match Element::from_onnx(kind) {
        Some(element @ (Element::Float | Element::U8 | Element::I8)) => element,
        _ => {
            return Err(refuse(
                format!("it has ONNX's type {kind}"),
                "it must be a tensor of float, uint8 or int8",
            ))
        }
    };
    let dims = shape.map_or(&[][..], |s| &s.dim);
    let sizes = dims.iter().skip(1).map(|dim| {
        let size = dim.dim_value.and_then(|v| usize::try_from(v).ok());
        size.filter(|size| *size > 0)
    });
    match sizes.collect::<Option<Vec<usize>>>() {
        Some(sizes) if !sizes.is_empty() => Ok((sizes, element)),
        _ => Err(refuse(
            "its shape is not known".into(),
            "export it with fixed sizes [batch, ..]; only the batch may be open",
        )),
    }
}

/// Puts steps together, node by node.
struct Builder {
    graph: Graph,
}

impl Builder {
    fn operator(&mut self, call: &Call) -> Result<Value, Error> {
        let node = call.node;
        match (node.domain.as_str(), node.op_type.as_str()) {
            ("" | "ai.onnx", operator) => match operator {
                "Constant" => {
                    call.only(&["value"])?;
                    let mut constant = call.tensor("value")?;
                    constant.name = call.node.output.first().cloned().unwrap_or_default();
                    Ok(Value::Constant(constant))
                }
                "Identity" | "Dropout" => Ok(call.value(0)?.clone()),
                "Transpose" => self.transpose(call),
                "Conv" => self.conv(call),
                "Gemm" => self.gemm(call),
                "MatMul" => self.matmul(call),
                "BatchNormalization" => self.batch_normalisation(call),
                "Add" => self.add(call),
                "Sub" | "Mul" | "Div" => self.arithmetic(call),
                "Relu" | "Clip" => self.clip(call),
                "MaxPool" => self.max_pool(call),
                "AveragePool" => self.average_pool(call),
                "GlobalAveragePool" => self.global_average_pool(call),
                "ReduceMean" => self.reduce_mean(call),
                "Flatten" | "Reshape" => self.flatten(call),
                "Softmax" | "LogSoftmax" | "ArgMax" => self.drop(call),
                "QuantizeLinear" => self.quantise_linear(call),
                "DequantizeLinear" => self.dequantise_linear(call),
                "QLinearConv" => self.qlinear_conv(call),
                "QLinearMatMul" => self.qlinear_matmul(call),
                "ConvInteger" | "MatMulInteger" | "DynamicQuantizeLinear" => Err(call.refuse(
                    "its scales depend on the input, which integers alone cannot follow",
                    "quantise statically (onnxruntime's quantize_static)",
                )),
                _ => Err(call.refuse("the operator is not supported", KNOWN)),
            },
            ("com.microsoft", operator) => match operator {
                "QuantizeLinear" => self.quantise_linear(call),
                "DequantizeLinear" => self.dequantise_linear(call),
                "QGemm" => self.qgemm(call),
                "QLinearAdd" => self.qlinear_add(call),
                "QLinearAveragePool" => self.qlinear_average_pool(call),
                "QLinearGlobalAveragePool" => self.qlinear_global_average_pool(call),
                "QLinearSoftmax" => self.drop(call),
                _ => Err(call.refuse("this operator of com.microsoft is not supported", KNOWN)),
            },
            (domain, _) => Err(call.refuse(
                format!("operators of the domain {domain:?} are not supported"),
                KNOWN,
            )),
        }
    }

    fn push(&mut self, place: &Place, op: Op, inputs: Vec<usize>, shape: Vec<usize>) -> usize {
        self.graph.steps.push(Step {
            place: place.clone(),
            op,
            inputs,
            shape,
        });
        self.graph.steps.len()
    }

    /// Leaves an operator out that keeps the order of the classes.
    fn drop(&mut self, call: &Call) -> Result<Value, Error> {
        let tensor = match call.value(0)? {
            Value::Dropped(tensor) => *tensor,
            Value::Quantised(tensor, _) => *tensor,
            _ => call.real(0)?,
        };
        self.graph.notes.push(format!(
            "{} is left out: the largest output before it is the largest after it",
            call.place
        ));
        Ok(Value::Dropped(tensor))
    }

    /// The graph's tensor behind the integers of input `index`, which must be of this scale and
    /// zero point.
    fn of_integers(
        &mut self,
        call: &Call,
        index: usize,
        as_given: Quantisation,
    ) -> Result<usize, Error> {
        let mismatch = |known: Quantisation| {
            call.refuse(
                format!(
                    "it reads {:?} with scale {} and zero point {}, which was written with {} and \
                     {}",
                    call.node.input[index], as_given.scale, as_given.zero, known.scale, known.zero
                ),
                "quantise the model again",
            )
        };
        match call.value(index)? {
            Value::Quantised(tensor, known) => {
                match (known.scale, known.zero) == (as_given.scale, as_given.zero) {
                    true => Ok(*tensor),
                    false => Err(mismatch(*known)),
                }
            }
            Value::RawInput(element) => {
                let range = element.range();
                let (lo, hi) = range.ok_or_else(|| {
                    call.refuse(
                        "its input is no uint8 or int8",
                        "quantise the input to 8 bits",
                    )
                })?;
                let found = Quantisation { lo, hi, ..as_given };
                match self.graph.input.quantised {
                    Some(known) if known != found => Err(mismatch(known)),
                    _ => {
                        self.graph.input.quantised = Some(found);
                        Ok(0)
                    }
                }
            }
            _ => Err(call.refuse(
                format!("its input {:?} is not quantised", call.node.input[index]),
                "put a QuantizeLinear before it",
            )),
        }
    }
}
