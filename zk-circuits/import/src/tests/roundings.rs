//! Quantised files that leave a rounding out, or ask for one that integers cannot do.

use super::onnx::*;
use crate::import;
use crate::proto::{NodeProto, TensorProto};

/// Scales and zero points under the names of tensors, weights and bounds.
fn constants() -> Vec<TensorProto> {
    let mut constants = vec![
        weights("w", &[2, 2, 1, 1]),
        floats("w_s", &[], &[0.012]),
        integers("w_z", I8, &[], &[0]),
        floats("spread", &[2], &[1.0, 1e-6]),
        floats("three", &[3], &[0.1; 3]),
        integers("wide", 6, &[], &[0]),
        integers("bias", 6, &[3], &[0; 3]),
        floats("real", &[2, 2, 1, 1], &[0.1; 4]),
        floats("minus5", &[], &[-5.0]),
        floats("minus1", &[], &[-1.0]),
        floats("nil", &[], &[0.0]),
        floats("little", &[], &[0.01]),
    ];
    for (name, step, zero) in [
        ("xq", 0.02, 0),
        ("d", 0.03, 0),
        ("e", 0.04, 0),
        ("p", 0.02, 100),
        ("tiny", 1e-9, 0),
        ("huge", 50.0, 0),
        ("y", 0.05, 0),
    ] {
        constants.extend(scale(name, step, U8, zero));
    }
    constants
}

/// What is said of a network over `[2, 4, 4]` whose weights `w` are dequantised as `wr`.
fn refused(parts: &[&[NodeProto]]) -> String {
    let mut nodes = vec![node("DequantizeLinear", &["w", "w_s", "w_z"], "wr")];
    nodes.extend(parts.concat());
    match import(&bytes(FLOAT, &[1, 2, 4, 4], constants(), nodes), None) {
        Err(error) => error.to_string(),
        Ok(_) => "nothing was refused".into(),
    }
}

fn assert_refused(parts: &[&[NodeProto]], place: &str, reason: &str) {
    let message = refused(parts);
    assert!(message.starts_with(&format!("node {place:?}")), "{message}");
    assert!(message.contains(reason), "{message} does not say {reason}");
}

fn conv(input: &str, output: &str) -> NodeProto {
    node("Conv", &[input, "wr"], output)
}

#[test]
fn every_tensor_must_be_rounded() {
    let xq = rounded("x", "xq");
    assert_eq!(
        refused(&[&xq, &[conv("xq", "c")], &rounded("c", "y")]),
        "nothing was refused"
    );
    assert_refused(
        &[&[conv("x", "c")], &rounded("c", "y")],
        "Conv_c",
        "the network's input, which is not quantised",
    );
    assert_refused(
        &[&xq, &[conv("xq", "c"), conv("c", "g")], &rounded("g", "y")],
        "Conv_g",
        "what node \"Conv_c\" (Conv) gives is not quantised",
    );
    assert_refused(
        &[
            &xq,
            &[node("Conv", &["xq", "real"], "c")],
            &rounded("c", "y"),
        ],
        "Conv_c",
        "weights \"real\" are not quantised",
    );
    assert_refused(
        &[
            &xq,
            &[
                conv("xq", "c"),
                conv("xq", "g"),
                node("Add", &["c", "g"], "s"),
            ],
            &rounded("s", "y"),
        ],
        "Add_s",
        "neither of its inputs is quantised",
    );
    assert_refused(
        &[&xq, &[conv("xq", "c"), node("Relu", &["c"], "y")]],
        "Relu_y",
        "clips the output, which is not quantised",
    );
}

#[test]
fn a_tensor_is_rounded_once() {
    assert_refused(
        &[
            &rounded("x", "xq"),
            &rounded("x", "d"),
            &[node("Add", &["xq", "d"], "s")],
            &rounded("s", "y"),
        ],
        "QuantizeLinear_d_q",
        "quantises the input otherwise",
    );
    assert_refused(
        &[
            &rounded("x", "xq"),
            &[conv("xq", "c")],
            &rounded("c", "d"),
            &rounded("c", "e"),
            &[node("Add", &["d", "e"], "s")],
            &rounded("s", "y"),
        ],
        "QuantizeLinear_d_q",
        "used elsewhere before it is quantised",
    );
}

#[test]
fn scales_that_integers_cannot_follow_are_refused() {
    let xq = rounded("x", "xq");
    let c = [conv("xq", "c")];
    assert_refused(
        &[
            &xq,
            &c,
            &[node("Add", &["c", "xq"], "s")],
            &rounded("s", "y"),
        ],
        "Add_s",
        "no whole ratio",
    );
    assert_refused(
        &[
            &xq,
            &c,
            &rounded("c", "huge"),
            &[node("Add", &["xq", "huge"], "s")],
            &rounded("s", "y"),
        ],
        "Add_s",
        "too far apart",
    );
    assert_refused(
        &[
            &xq,
            &c,
            &[
                node("QuantizeLinear", &["c", "tiny_s", "tiny_z"], "t"),
                node("DequantizeLinear", &["t", "tiny_s", "tiny_z"], "y"),
            ],
        ],
        "QuantizeLinear_t",
        "too small for what it rounds",
    );
    assert_refused(
        &[
            &xq,
            &[
                node("DequantizeLinear", &["w", "spread"], "ws").int("axis", 0),
                node("Conv", &["xq", "ws"], "c"),
            ],
            &rounded("c", "y"),
        ],
        "QuantizeLinear_y_q",
        "channel 1 has a scale",
    );
}

#[test]
fn clips_that_leave_nothing_are_refused() {
    let before = [rounded("x", "xq"), vec![conv("xq", "c")]].concat();
    assert_refused(
        &[
            &before,
            &rounded("c", "d"),
            &[node("Clip", &["d", "minus5", "minus1"], "y")],
        ],
        "Clip_y",
        "no range: values lie in 0..=255",
    );
    assert_refused(
        &[
            &before,
            &[node("Clip", &["c", "nil", "little"], "k")],
            &rounded("k", "y"),
        ],
        "QuantizeLinear_y_q",
        "less than one step",
    );
}

#[test]
fn means_over_padding_need_a_zero_that_is_zero() {
    let mean = node("AveragePool", &["p"], "m")
        .ints("kernel_shape", &[2, 2])
        .ints("pads", &[1; 4])
        .int("count_include_pad", 1);
    assert_refused(
        &[&rounded("x", "p"), &[mean], &rounded("m", "y")],
        "AveragePool_m",
        "zero point 100",
    );
}

#[test]
fn means_too_large_for_an_operand_name_who_takes_them() {
    // 17 · 17 · 255 is more than 16 bits.
    let mut constants = constants();
    constants.push(weights("m", &[1, 1]));
    let mut nodes = rounded("x", "xq");
    nodes.extend([
        node("GlobalAveragePool", &["xq"], "g"),
        node("Flatten", &["g"], "f"),
        node("DequantizeLinear", &["m", "w_s", "w_z"], "mr"),
        node("MatMul", &["f", "mr"], "y"),
    ]);
    let file = bytes(FLOAT, &[1, 1, 17, 17], constants, nodes);
    let message = import(&file, None).unwrap_err().to_string();
    assert!(
        message.starts_with("node \"MatMul_y\" (MatMul)"),
        "{message}"
    );
    assert!(message.contains("reach 73695, beyond 65535"), "{message}");
}

#[test]
fn quantisations_of_another_kind_are_refused() {
    let q = |inputs: &[&str]| node("QuantizeLinear", inputs, "q");
    let d = |inputs: &[&str]| node("DequantizeLinear", inputs, "q");
    let conv = |bias| {
        let inputs = [
            "xq_q", "xq_s", "xq_z", "w", "w_s", "w_z", "y_s", "y_z", bias,
        ];
        node("QLinearConv", &inputs, "q")
    };
    let gemm = || {
        let inputs = ["xq_q", "xq_s", "xq_z", "w", "w_s", "w_z", "", "y_s", "y_z"];
        node("com.microsoft:QGemm", &inputs, "q")
    };
    let add = node(
        "com.microsoft:QLinearAdd",
        &["xq_q", "xq_s", "xq_z", "f", "xq_s", "xq_z", "y_s", "y_z"],
        "q",
    );
    let cases = [
        (
            q(&["x", "xq_s"]).int("block_size", 2),
            "\"block_size\" is 2",
        ),
        (
            d(&["xq_q", "xq_s"]).int("block_size", 2),
            "\"block_size\" is 2",
        ),
        (q(&["real", "w_s", "wide"]), "more than 8 bits"),
        (q(&["x", "xq_s", "wide"]), "another type than uint8 or int8"),
        (q(&["x", "spread"]), "shape [2] where one value"),
        (d(&["x", "xq_s", "xq_z"]), "\"x\" is not quantised"),
        (d(&["real", "w_s"]), "\"real\" is not quantised"),
        (
            d(&["w", "three"]).int("axis", 0),
            "3 scales and 3 zero points",
        ),
        (
            d(&["w", "spread", "w_z"]).int("axis", 0),
            "2 scales and 1 zero",
        ),
        (conv("bias"), "bias \"bias\" has shape [3] for 2 outputs"),
        (gemm().float("alpha", 2.0), "\"alpha\""),
        (gemm().int("transA", 1), "\"transA\""),
        (gemm(), "must be a matrix"),
        (add, "shapes [2, 4, 4] and [32]"),
    ];
    let before = [rounded("x", "xq"), vec![node("Flatten", &["xq_q"], "f")]].concat();
    for (last, reason) in cases {
        let place = last.name.clone();
        assert_refused(&[&before, &[last]], &place, reason);
    }
    assert_refused(
        &[
            &before,
            &[
                node("DequantizeLinear", &["w", "spread"], "ws").int("axis", 1),
                node("Conv", &["xq", "ws"], "y"),
            ],
        ],
        "Conv_y",
        "2 scales along axis 1, which is not that of the outputs",
    );
}
