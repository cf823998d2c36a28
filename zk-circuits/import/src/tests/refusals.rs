//! Everything that is refused, and that the message says what and where.

use super::onnx::*;
use crate::proto::{NodeProto, OperatorSetId, Skipped, TensorProto};
use crate::{import, Samples};
use prost::Message;

fn samples(shape: &[usize]) -> Samples {
    let len: usize = shape.iter().product();
    Samples::new(&[&[1][..], shape].concat(), vec![0.5; len], None).unwrap()
}

/// What is said of a network over `[2, 4, 4]`.
fn refused(constants: Vec<TensorProto>, nodes: Vec<NodeProto>) -> String {
    let file = bytes(FLOAT, &[1, 2, 4, 4], constants, nodes);
    match import(&file, Some(&samples(&[2, 4, 4]))) {
        Err(error) => error.to_string(),
        Ok(_) => "nothing was refused".into(),
    }
}

fn kernel() -> TensorProto {
    floats("w", &[2, 2, 3, 3], &[0.1; 36])
}

#[test]
fn unsupported_nodes_are_named_with_what_would_help() {
    let conv = || node("Conv", &["x", "w"], "y");
    let pool = |operator| node(operator, &["x"], "y").ints("kernel_shape", &[2, 2]);
    let cases: Vec<(NodeProto, &str)> = vec![
        (
            node("HardSwish", &["x"], "y"),
            "not supported; supported are Conv",
        ),
        (node("com.microsoft:Gelu", &["x"], "y"), "com.microsoft"),
        (node("my.domain:Conv", &["x"], "y"), "my.domain"),
        (node("ConvInteger", &["x", "w"], "y"), "quantise statically"),
        (conv().ints("dilations", &[2, 2]), "dilated"),
        (conv().ints("strides", &[0, 1]), "stride is 0"),
        (
            conv().ints("strides", &[1, 1, 1]),
            "\"strides\" is [1, 1, 1]",
        ),
        (conv().ints("pads", &[0, 0, -1, 0]), "\"pads\""),
        (conv().text("auto_pad", "MIRROR"), "MIRROR"),
        (conv().int("group", 2), "2 groups do not fit"),
        (conv().int("group", 0), "0 groups"),
        (conv().int("fancy", 1), "\"fancy\""),
        (node("Conv", &["x", "x"], "y"), "computed, not a constant"),
        (node("Conv", &["x"], "y"), "input 1 is missing"),
        (node("Conv", &["w", "w"], "y"), "is a constant"),
        (node("Relu", &["nowhere"], "y"), "\"nowhere\""),
        (node("Gemm", &["x", "m"], "y"), "put a Flatten before it"),
        (
            node("Gemm", &["x", "m"], "y").float("alpha", 2.0),
            "\"alpha\"",
        ),
        (
            node("Gemm", &["x", "m"], "y").int("transA", 1),
            "\"transA\"",
        ),
        (node("MatMul", &["x", "w"], "y"), "must be a matrix"),
        (
            node("Add", &["x", "m"], "y"),
            "not one value for each channel",
        ),
        (node("Mul", &["x", "x"], "y"), "only sums of two tensors"),
        (node("Div", &["one", "x"], "y"), "divides by its input"),
        (node("Clip", &["x", "one", "one"], "y"), "clips to 1..=1"),
        (
            pool("AveragePool").ints("pads", &[1; 4]),
            "count_include_pad",
        ),
        (
            pool("AveragePool")
                .ints("strides", &[3, 3])
                .int("ceil_mode", 1),
            "ceil_mode",
        ),
        (node("MaxPool", &["x"], "y"), "kernel_shape"),
        (
            node("MaxPool", &["x"], "y").ints("kernel_shape", &[9, 9]),
            "exceeds the padded input of 4x4",
        ),
        (
            node("ReduceMean", &["x"], "y").ints("axes", &[1]),
            "height and width",
        ),
        (node("Flatten", &["x"], "y").int("axis", 2), "one row"),
        (node("Reshape", &["x", "shape"], "y"), "one row"),
        (node("Transpose", &["x"], "y"), "constant matrix"),
        (
            node(
                "BatchNormalization",
                &["x", "two", "two", "two", "minus"],
                "y",
            ),
            "variance is -1",
        ),
        (
            node(
                "BatchNormalization",
                &["x", "one", "one", "one", "one"],
                "y",
            ),
            "1 values for 2",
        ),
        (
            node(
                "BatchNormalization",
                &["x", "two", "two", "two", "two"],
                "y",
            )
            .int("training_mode", 1),
            "eval mode",
        ),
    ];
    for (node, reason) in cases {
        let constants = vec![
            kernel(),
            floats("m", &[4, 5], &[0.1; 20]),
            floats("one", &[1], &[1.0]),
            floats("two", &[2], &[1.0, 2.0]),
            floats("minus", &[2], &[1.0, -1.0]),
            longs("shape", &[1, 4, 8]),
        ];
        let operator = node.op_type.clone();
        let message = refused(constants, vec![node]);
        assert!(message.contains(reason), "{message} does not say {reason}");
        assert!(message.contains(&format!("({operator})")), "{message}");
        assert!(message.contains(&format!("\"{operator}_y\"")), "{message}");
    }
}

#[test]
fn softmax_is_left_out_at_the_end_only() {
    let end = |last: &str| {
        let mut nodes = vec![
            node("Flatten", &["x"], "f"),
            node("Gemm", &["f", "m"], "g"),
            node("Softmax", &["g"], "s"),
        ];
        nodes.push(node(last, &["s"], "y"));
        refused(vec![floats("m", &[32, 3], &[0.1; 96])], nodes)
    };
    assert_eq!(end("ArgMax"), "nothing was refused");
    assert!(end("Relu").contains("follows a softmax"), "{}", end("Relu"));
}

#[test]
fn scales_without_weights_before_them_are_refused() {
    let nodes = vec![
        node("BatchNormalization", &["x", "a", "b", "b", "a"], "n"),
        node("Conv", &["n", "w"], "y"),
    ];
    let constants = vec![
        kernel(),
        floats("a", &[2], &[1.0, 2.0]),
        floats("b", &[2], &[0.0, 1.0]),
    ];
    let message = refused(constants, nodes);
    assert!(message.contains("just before it"), "{message}");
}

#[test]
fn networks_beyond_the_bounds_name_their_node() {
    // 2^18 inputs of 255 by weights of 128 leave 32 bits.
    let inputs = 1 << 18;
    let constants = vec![floats("w", &[inputs, 1], &vec![0.01; inputs as usize])];
    let file = bytes(
        FLOAT,
        &[1, inputs],
        constants,
        vec![node("MatMul", &["x", "w"], "y")],
    );
    let error = import(&file, Some(&samples(&[inputs as usize]))).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("MatMul_y"), "{message}");
    assert!(message.contains("beyond the limit"), "{message}");
}

#[test]
fn tensors_too_large_are_refused_before_anything_is_computed() {
    let constants = vec![floats("w", &[64, 2, 1, 1], &[0.1; 128])];
    let wide = node("Conv", &["x", "w"], "y").ints("pads", &[100; 4]);
    let message = refused(constants, vec![wide]);
    assert!(message.contains("more than 1048576"), "{message}");
    assert!(message.contains("Conv_y"), "{message}");
    for side in [1 << 11, 1 << 40] {
        let input = bytes(
            FLOAT,
            &[1, side, side],
            vec![],
            vec![node("Flatten", &["x"], "y")],
        );
        let message = import(&input, None).unwrap_err().to_string();
        assert!(message.contains("more than 1048576"), "{message}");
    }
}

#[test]
fn windows_too_large_are_refused_before_anything_is_computed() {
    let long = node("Conv", &["x", "long"], "y").ints("pads", &[0, 300, 0, 300]);
    let message = refused(
        vec![floats("long", &[1, 2, 1, 300], &[0.1; 600])],
        vec![long],
    );
    assert!(
        message.contains("[1, 300] has a side above 256"),
        "{message}"
    );
    let mean = node("AveragePool", &["x"], "y")
        .ints("kernel_shape", &[256, 256])
        .ints("pads", &[255; 4])
        .ints("strides", &[256, 256])
        .int("count_include_pad", 1);
    let file = bytes(FLOAT, &[1, 32, 1, 1], vec![], vec![mean]);
    let message = import(&file, None).unwrap_err().to_string();
    assert!(message.contains("holds 2097152 values"), "{message}");
}

#[test]
fn what_is_wrong_with_the_whole_network_names_no_node() {
    let pool = || node("MaxPool", &["x"], "y").ints("kernel_shape", &[2, 2]);
    let message = refused(vec![], vec![pool()]);
    assert!(
        message.starts_with("the network has no layer with weights"),
        "{message}"
    );
    let message = refused(vec![], vec![node("Identity", &["x"], "y")]);
    assert!(message.contains("its output is its input"), "{message}");
}

#[test]
fn graphs_of_another_kind_are_refused() {
    let good = || {
        model(
            FLOAT,
            &[1, 2],
            vec![floats("w", &[1, 2], &[1.0, 1.0])],
            vec![node("Gemm", &["x", "w"], "y").int("transB", 1)],
        )
    };
    let of = |change: &dyn Fn(&mut crate::proto::ModelProto)| {
        let mut model = good();
        change(&mut model);
        match import(&model.encode_to_vec(), Some(&samples(&[2]))) {
            Err(error) => error.to_string(),
            Ok(_) => "nothing was refused".into(),
        }
    };
    assert_eq!(of(&|_| {}), "nothing was refused");
    assert!(of(&|m| m.graph = None).contains("no graph"));
    assert!(of(&|m| m.opset_import.clear()).contains("no operator set"));
    let old = OperatorSetId {
        domain: String::new(),
        version: 10,
    };
    assert!(of(&|m| m.opset_import = vec![old.clone()]).contains("version 10"));
    let graph =
        |change: &dyn Fn(&mut crate::proto::GraphProto)| of(&|m| change(m.graph.as_mut().unwrap()));
    assert!(graph(&|g| g.sparse_initializer.push(Skipped {})).contains("sparse"));
    assert!(graph(&|g| g.input.push(named("x2", FLOAT, &[1, 2]))).contains("\"x2\""));
    assert!(graph(&|g| g.output.push(named("y2", FLOAT, &[1, 2]))).contains("\"y2\""));
    assert!(graph(&|g| g.input.clear()).contains("inputs"));
    assert!(graph(&|g| g.input[0] = named("x", FLOAT, &[1, -1])).contains("only the batch"));
    assert!(graph(&|g| g.input[0] = named("x", FLOAT, &[1])).contains("only the batch"));
    assert!(graph(&|g| g.input[0] = named("x", 7, &[1, 2])).contains("type 7"));
    assert!(graph(&|g| g.output[0].name = "w".into()).contains("no node computes it"));
    assert!(graph(&|g| g.node.clear()).contains("no node computes it"));
    assert!(import(b"no protocol buffer", None).is_err());
}

#[test]
fn data_of_another_kind_is_refused() {
    let file = bytes(
        FLOAT,
        &[1, 2],
        vec![floats("w", &[1, 2], &[1.0, 1.0])],
        vec![node("Gemm", &["x", "w"], "y").int("transB", 1)],
    );
    assert!(import(&file, None)
        .unwrap_err()
        .to_string()
        .contains("--calibrate"));
    let message = import(&file, Some(&samples(&[3]))).unwrap_err().to_string();
    assert!(message.contains("3 values; the model takes 2"), "{message}");
    let raw = bytes(
        U8,
        &[1, 2],
        vec![
            integers("w", I8, &[2, 1], &[1, 1]),
            floats("s", &[], &[0.1]),
            integers("u", U8, &[], &[0]),
            integers("z", I8, &[], &[0]),
        ],
        vec![node(
            "QLinearMatMul",
            &["x", "s", "u", "w", "s", "z", "s", "u"],
            "y",
        )],
    );
    for (value, fits) in [(255.0, true), (256.0, false), (-1.0, false), (0.5, false)] {
        let data = Samples::new(&[1, 2], vec![0.0, value], None).unwrap();
        let message = import(&raw, Some(&data)).err().map(|e| e.to_string());
        assert_eq!(message.is_none(), fits, "{value}: {message:?}");
        let named = format!("[0, 1] is {value}; the model takes integers in 0..=255");
        assert!(message.is_none_or(|m| m.contains(&named)));
    }
    let labelled = Samples::new(&[1, 2], vec![0.0; 2], Some(vec![1])).unwrap();
    let message = import(&file, Some(&labelled)).unwrap_err().to_string();
    assert!(message.contains("label 0 is 1"), "{message}");
    for (shape, values, labels, reason) in [
        (&[0, 2][..], vec![], None, "rows of inputs"),
        (&[], vec![], None, "rows of inputs"),
        (&[2, 2], vec![0.0; 3], None, "3 values"),
        (&[1, 2], vec![0.0, f64::NAN], None, "[0, 1] is NaN"),
        (
            &[1, 2],
            vec![0.0; 2],
            Some(vec![0, 0]),
            "2 labels for 1 rows",
        ),
    ] {
        let error = Samples::new(shape, values, labels).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn tensors_of_other_scales_are_refused() {
    let constants = |scale: f32, weights: TensorProto| {
        vec![
            weights,
            floats("s", &[], &[0.1]),
            floats("t", &[], &[scale]),
            integers("z", U8, &[], &[0]),
            integers("zi", I8, &[], &[0]),
        ]
    };
    let of = |scale: f32, kind: i32| {
        let file = bytes(
            kind,
            &[1, 2],
            constants(scale, integers("w", I8, &[2, 2], &[1, 2, 3, 4])),
            vec![
                node("DequantizeLinear", &["w", "s", "zi"], "wr"),
                node("QuantizeLinear", &["x", "s", "z"], "q"),
                node("DequantizeLinear", &["q", "t", "z"], "d"),
                node("MatMul", &["d", "wr"], "m"),
                node("QuantizeLinear", &["m", "s", "z"], "y"),
            ],
        );
        match import(&file, None) {
            Err(error) => error.to_string(),
            Ok(_) => "nothing was refused".into(),
        }
    };
    assert_eq!(of(0.1, FLOAT), "nothing was refused");
    assert!(of(0.2, FLOAT).contains("reads \"q\" with scale"));
    assert!(of(-0.1, FLOAT).contains("scale is -0.1"));
    assert!(of(0.1, U8).contains("computes on integers"));
}
