//! Networks against the arithmetic of their files, for zero points and forms of every kind.

use super::onnx::*;
use crate::proto::{NodeProto, TensorProto};
use crate::{import, Comparison, Error, Import, Samples};
use swarm_network::Layer;

const ROWS: usize = 40;

fn samples(shape: &[usize], times: f32, plus: f32) -> Samples {
    let len: usize = shape.iter().product();
    let values = noise(7, ROWS * len);
    let values = values.iter().map(|v| f64::from(v * times + plus)).collect();
    Samples::new(&[&[ROWS][..], shape].concat(), values, None).unwrap()
}

fn compared(bytes: &[u8], samples: &Samples) -> (Import, Comparison) {
    let import = import(bytes, Some(samples)).unwrap_or_else(|e| panic!("{e}"));
    let comparison = import.report.comparison.clone().unwrap();
    (import, comparison)
}

/// All outputs equal but for a few that a last bit of a multiplier moves by one step.
fn assert_close(comparison: &Comparison) {
    let steps = comparison.steps.unwrap();
    assert_eq!(steps.by_more, 0, "{comparison:?}");
    assert!(steps.by_one * 25 <= steps.equal, "{comparison:?}");
    assert!(steps.equal > 0);
}

/// A convolution of `[2, 6, 6]` to `[3, ..]` between roundings of these types and zero points.
fn conv(kind: i32, zeros: [i32; 2], padding: i64) -> Vec<u8> {
    let mut constants = vec![
        weights("w", &[3, 2, 3, 3]),
        floats("w_s", &[3], &[0.01, 0.002, 0.02]),
        integers("w_z", I8, &[3], &[0; 3]),
        floats("b", &[3], &[0.5, -0.3, 0.1]),
    ];
    constants.extend(scale("xq", 0.02, kind, zeros[0]));
    constants.extend(scale("y", 0.05, kind, zeros[1]));
    let mut nodes = rounded("x", "xq");
    nodes.push(node("DequantizeLinear", &["w", "w_s", "w_z"], "wr").int("axis", 0));
    nodes.push(node("Conv", &["xq", "wr", "b"], "c").ints("pads", &[padding; 4]));
    nodes.extend(rounded("c", "y"));
    bytes(FLOAT, &[-1, 2, 6, 6], constants, nodes)
}

#[test]
fn zero_points_are_folded_into_the_biases() {
    for (kind, zeros, padding) in [
        (U8, [0, 0], 1),
        (U8, [128, 128], 1),
        (U8, [128, 30], 1),
        (U8, [100, 30], 0),
        (I8, [0, 0], 1),
        (I8, [-128, -128], 1),
        (I8, [7, -9], 0),
    ] {
        let plus = match zeros[0] {
            0 | -128 => 2.0,
            _ => 0.0,
        };
        let (import, comparison) =
            compared(&conv(kind, zeros, padding), &samples(&[2, 6, 6], 2.0, plus));
        assert_close(&comparison);
        // Two layers and no more.
        assert_eq!(import.report.layers.len(), 2, "{zeros:?}");
    }
}

#[test]
fn zero_points_at_the_edge_are_refused() {
    for (kind, zero) in [(U8, 100), (I8, 7)] {
        let error = import(&conv(kind, [zero, 0], 1), None).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("Conv_c"), "{message}");
        assert!(message.contains(&format!("zero point {zero}")), "{message}");
    }
}

#[test]
fn largest_error_of_a_layer_is_told_in_steps() {
    let (import, _) = compared(&conv(U8, [0, 0], 1), &samples(&[2, 6, 6], 2.0, 2.0));
    let requant = &import.report.layers[1];
    assert!(requant.max_steps.unwrap() < 1.5, "{requant:?}");
    assert!(requant.multiplier_error.unwrap() < 1e-3, "{requant:?}");
    assert_eq!(requant.clamp, Some([0, 255]));
}

#[test]
fn unsigned_weights_keep_their_zero_point() {
    let file = |weights: [i32; 4]| {
        let mut constants = vec![integers("w", U8, &[2, 2], &weights)];
        constants.extend(scale("x", 0.05, U8, 0));
        constants.extend(scale("w", 0.01, U8, 128));
        constants.extend(scale("y", 0.04, U8, 100));
        let inputs = ["x", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z"];
        bytes(
            U8,
            &[1, 2],
            constants,
            vec![node("QLinearMatMul", &inputs, "y")],
        )
    };
    let pixels: Vec<f64> = (0..2 * ROWS).map(|v| (v * 41 % 256) as f64).collect();
    let samples = Samples::new(&[ROWS, 2], pixels, None).unwrap();
    let (import, comparison) = compared(&file([0, 255, 7, 128]), &samples);
    assert_close(&comparison);
    // A matrix product has its weights as [in, out]: they are turned round.
    assert_eq!(import.model.weights()[0].weight, [-128, -121, 127, 0]);

    // With another zero point a weight leaves int8.
    let mut constants = vec![integers("w", U8, &[2, 2], &[0, 1, 2, 200])];
    constants.extend(scale("x", 0.05, U8, 0));
    constants.extend(scale("w", 0.01, U8, 3));
    constants.extend(scale("y", 0.04, U8, 100));
    let inputs = ["x", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z"];
    let nodes = vec![node("QLinearMatMul", &inputs, "y")];
    let error = crate::import(&bytes(U8, &[1, 2], constants, nodes), None).unwrap_err();
    assert!(matches!(&error, Error::Element { index, value, .. }
        if *index == [1, 1] && *value == 197.0));
    assert!(error.to_string().contains("w[1, 1] is 197"), "{error}");
}

#[test]
fn biases_beyond_their_bound_are_named() {
    let mut constants = vec![
        weights("w", &[2, 4]),
        integers("b", 6, &[2], &[0, 1_000_000]),
    ];
    constants.extend(scale("x", 0.05, U8, 0));
    constants.extend(scale("w", 0.01, I8, 0));
    constants.extend(scale("y", 0.04, U8, 100));
    let inputs = ["x", "x_s", "x_z", "w", "w_s", "w_z", "b", "y_s", "y_z"];
    let gemm = node("com.microsoft:QGemm", &inputs, "y").int("transB", 1);
    let error = import(&bytes(U8, &[1, 4], constants, vec![gemm]), None).unwrap_err();
    let message = error.to_string();
    for part in ["QGemm_y", "\"w\"[1]", "-130560..=130560"] {
        assert!(message.contains(part), "{message}");
    }
}

/// Sums, pools and changes of scale of two quantised tensors.
fn branches(nodes: Vec<NodeProto>, more: Vec<TensorProto>) -> Vec<u8> {
    let mut constants = vec![
        weights("w", &[2, 2, 1, 1]),
        floats("w_s", &[], &[0.012]),
        integers("w_z", I8, &[], &[0]),
    ];
    constants.extend(scale("xq", 0.0211, U8, 0));
    constants.extend(scale("c", 0.01337, U8, 90));
    constants.extend(more);
    let mut all = rounded("x", "xq");
    all.push(node("DequantizeLinear", &["w", "w_s", "w_z"], "wr"));
    all.push(node("Conv", &["xq", "wr"], "conv"));
    all.extend(rounded("conv", "c"));
    all.extend(nodes);
    bytes(FLOAT, &[1, 2, 6, 6], constants, all)
}

#[test]
fn sums_of_two_scales_and_zero_points_are_rounded_once() {
    for (s, kind, zero) in [(0.05, U8, 40), (0.03, I8, -20), (0.031, U8, 128)] {
        let mut nodes = vec![node("Add", &["c", "xq"], "sum")];
        nodes.extend(rounded("sum", "y"));
        let file = branches(nodes, scale("y", s, kind, zero));
        let (import, comparison) = compared(&file, &samples(&[2, 6, 6], 2.0, 2.0));
        assert_close(&comparison);
        let layers = import.model.topology().layers();
        let add = |l: &Layer| matches!(l, Layer::Add { .. });
        assert_eq!(layers.iter().filter(|l| add(l)).count(), 1);
    }
}

#[test]
fn means_clips_and_new_scales_are_rounded_to_nearest() {
    let mut pool = vec![node("AveragePool", &["c"], "p")
        .ints("kernel_shape", &[2, 2])
        .ints("strides", &[2, 2])];
    pool.extend(rounded("p", "y"));
    let mut mean = vec![node("ReduceMean", &["c"], "m")
        .ints("axes", &[-1, -2])
        .int("keepdims", 0)];
    mean.extend(rounded("m", "y"));
    let mut clip = vec![
        node("Relu", &["c"], "r"),
        node("MaxPool", &["r"], "p")
            .ints("kernel_shape", &[3, 3])
            .int("ceil_mode", 1)
            .ints("strides", &[2, 2]),
    ];
    clip.extend(rounded("p", "y"));
    let mut plain = Vec::new();
    plain.extend(rounded("c", "y"));
    for nodes in [pool, mean, clip, plain] {
        for (s, kind, zero) in [(0.02, U8, 60), (0.017, I8, 0)] {
            let file = branches(nodes.clone(), scale("y", s, kind, zero));
            let (_, comparison) = compared(&file, &samples(&[2, 6, 6], 2.0, 2.0));
            assert_close(&comparison);
        }
    }
}

#[test]
fn equal_scales_need_no_layer() {
    let mut nodes = vec![node("MaxPool", &["c"], "p").ints("kernel_shape", &[2, 2])];
    nodes.extend(rounded("p", "c2"));
    nodes.push(node("Flatten", &["c2"], "y"));
    let more = scale("c2", 0.01337, U8, 90);
    let (import, comparison) = compared(&branches(nodes, more), &samples(&[2, 6, 6], 2.0, 2.0));
    assert_close(&comparison);
    let kinds: Vec<_> = import.report.layers.iter().map(|l| l.kind).collect();
    assert_eq!(kinds, ["conv2d", "requant", "maxpool", "flatten"]);
}

#[test]
fn rows_are_added_rounding_down() {
    let mut constants = vec![weights("w", &[4, 4])];
    constants.extend(scale("xq", 0.02, U8, 0));
    constants.extend(scale("w", 0.01, I8, 0));
    constants.extend(scale("c", 0.013, I8, 0));
    constants.extend(scale("y", 0.03, I8, 0));
    let mut nodes = rounded("x", "xq");
    nodes.push(node("DequantizeLinear", &["w", "w_s", "w_z"], "wr"));
    nodes.push(node("MatMul", &["xq", "wr"], "m"));
    nodes.extend(rounded("m", "c"));
    nodes.push(node("Add", &["c", "xq"], "sum"));
    nodes.extend(rounded("sum", "y"));
    let file = bytes(FLOAT, &[1, 4], constants.clone(), nodes.clone());
    let (import, comparison) = compared(&file, &samples(&[4], 2.0, 2.0));
    assert_eq!(comparison.steps.unwrap().by_more, 0);
    assert!(comparison.steps.unwrap().by_one > 0);
    let last = import.report.layers.last().unwrap();
    assert!(last.note.contains("rounded down"), "{last:?}");

    // Zero points would need a bias.
    let zero = constants.iter_mut().find(|t| t.name == "c_z").unwrap();
    zero.int32_data = vec![5];
    let error = import_error(&bytes(FLOAT, &[1, 4], constants, nodes));
    assert!(error.contains("no bias"), "{error}");
}

fn import_error(bytes: &[u8]) -> String {
    import(bytes, None).unwrap_err().to_string()
}

#[test]
fn negative_data_is_quantised_with_a_sign() {
    let constants = vec![
        floats("w", &[3, 4], &noise(5, 12)),
        floats("b", &[3], &[0.1, 40.0, -0.2]),
    ];
    let nodes = vec![
        node("Gemm", &["x", "w", "b"], "g").int("transB", 1),
        node("Gemm", &["g", "w2", "b"], "y").int("transB", 1),
    ];
    let constants = [constants, vec![floats("w2", &[3, 3], &noise(9, 9))]].concat();
    let file = bytes(FLOAT, &[1, 4], constants, nodes);
    let (import, comparison) = compared(&file, &samples(&[4], 1.0, 0.0));
    assert_eq!(import.report.input.kind, "i8");
    assert!(import.report.calibrated);
    assert!(comparison.steps.is_none());
    assert_eq!(import.report.output.kind, "i32");
    assert!(comparison.max_error < 1.5, "{comparison:?}");
    assert!(comparison.same_answer >= ROWS - 1, "{comparison:?}");
}
