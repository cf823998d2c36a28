//! Writes ONNX files node by node, for what no exporter writes.

use crate::proto::*;
use prost::Message;

pub const FLOAT: i32 = 1;
pub const U8: i32 = 2;
pub const I8: i32 = 3;

pub fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: FLOAT,
        float_data: values.to_vec(),
        ..Default::default()
    }
}

pub fn integers(name: &str, kind: i32, dims: &[i64], values: &[i32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: kind,
        int32_data: values.to_vec(),
        ..Default::default()
    }
}

pub fn longs(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: vec![values.len() as i64],
        data_type: 7,
        int64_data: values.to_vec(),
        ..Default::default()
    }
}

/// A node that is named after its operator and its output.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    let (domain, op_type) = operator.rsplit_once(':').unwrap_or(("", operator));
    NodeProto {
        input: inputs.iter().map(|name| name.to_string()).collect(),
        output: vec![output.into()],
        name: format!("{op_type}_{output}"),
        op_type: op_type.into(),
        domain: domain.into(),
        attribute: Vec::new(),
    }
}

impl NodeProto {
    pub fn int(self, name: &str, i: i64) -> Self {
        self.with(Attribute {
            name: name.into(),
            i,
            ..Default::default()
        })
    }

    pub fn ints(self, name: &str, ints: &[i64]) -> Self {
        self.with(Attribute {
            name: name.into(),
            ints: ints.to_vec(),
            ..Default::default()
        })
    }

    pub fn float(self, name: &str, f: f32) -> Self {
        self.with(Attribute {
            name: name.into(),
            f,
            ..Default::default()
        })
    }

    pub fn text(self, name: &str, text: &str) -> Self {
        self.with(Attribute {
            name: name.into(),
            s: text.into(),
            ..Default::default()
        })
    }

    fn with(mut self, attribute: Attribute) -> Self {
        self.attribute.push(attribute);
        self
    }
}

/// A tensor's name, type and sizes; a negative one is open.
pub fn named(name: &str, elem_type: i32, dims: &[i64]) -> ValueInfo {
    let dim = dims.iter().map(|dim| Dimension {
        dim_value: (*dim >= 0).then_some(*dim),
    });
    let shape = TensorShape { dim: dim.collect() };
    let tensor = TensorTypeProto {
        elem_type,
        shape: Some(shape),
    };
    ValueInfo {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(tensor),
        }),
    }
}

/// A model from input `x` to output `y`.
pub fn model(
    kind: i32,
    shape: &[i64],
    constants: Vec<TensorProto>,
    nodes: Vec<NodeProto>,
) -> ModelProto {
    ModelProto {
        graph: Some(GraphProto {
            node: nodes,
            initializer: constants,
            input: vec![named("x", kind, shape)],
            output: vec![named("y", kind, &[])],
            sparse_initializer: Vec::new(),
        }),
        opset_import: vec![OperatorSetId {
            domain: String::new(),
            version: 17,
        }],
    }
}

pub fn bytes(
    kind: i32,
    shape: &[i64],
    constants: Vec<TensorProto>,
    nodes: Vec<NodeProto>,
) -> Vec<u8> {
    model(kind, shape, constants, nodes).encode_to_vec()
}

/// Numbers that look random, in `-1..1`.
pub fn noise(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Quantised weights that look random.
pub fn weights(name: &str, dims: &[i64]) -> TensorProto {
    let count: i64 = dims.iter().product();
    let values: Vec<i32> = noise(3, count as usize)
        .iter()
        .map(|v| (v * 127.0) as i32)
        .collect();
    integers(name, I8, dims, &values)
}

/// A scale and a zero point under names that end in `_s` and `_z`.
pub fn scale(name: &str, scale: f32, kind: i32, zero: i32) -> Vec<TensorProto> {
    vec![
        floats(&format!("{name}_s"), &[], &[scale]),
        integers(&format!("{name}_z"), kind, &[], &[zero]),
    ]
}

/// `name`: the input, rounded to the scale of that name.
pub fn rounded(input: &str, name: &str) -> Vec<NodeProto> {
    let (s, z) = (format!("{name}_s"), format!("{name}_z"));
    let q = format!("{name}_q");
    vec![
        node("QuantizeLinear", &[input, &s, &z], &q),
        node("DequantizeLinear", &[&q, &s, &z], name),
    ]
}
