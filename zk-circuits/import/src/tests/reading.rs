//! Operators that the exporters of the test files do not write.

use super::onnx::*;
use crate::evaluate;
use crate::graph::{Graph, Op};
use crate::proto::NodeProto;
use crate::read;

fn graph(shape: &[i64], constants: Vec<crate::proto::TensorProto>, nodes: Vec<NodeProto>) -> Graph {
    read::graph(&bytes(FLOAT, shape, constants, nodes)).unwrap_or_else(|e| panic!("{e}"))
}

fn output(graph: &Graph, input: &[f64]) -> Vec<f64> {
    evaluate::run(graph, input)[graph.output].clone()
}

#[test]
fn batch_normalisation_is_folded_into_the_weights() {
    let constants = vec![
        floats("w", &[2, 1, 1, 1], &[3.0, -1.0]),
        floats("b", &[2], &[1.0, 2.0]),
        floats("gamma", &[2], &[2.0, 0.5]),
        floats("beta", &[2], &[-1.0, 4.0]),
        floats("mean", &[2], &[0.5, -2.0]),
        floats("var", &[2], &[4.0, 0.25]),
    ];
    let nodes = vec![
        node("Conv", &["x", "w", "b"], "c"),
        node(
            "BatchNormalization",
            &["c", "gamma", "beta", "mean", "var"],
            "y",
        )
        .float("epsilon", 0.0),
    ];
    let graph = graph(&[1, 1, 1, 1], constants, nodes);
    assert_eq!(graph.steps.len(), 1);
    // (3·2 + 1 − 0.5) · 2/2 − 1 and (−2 + 2 + 2) · 0.5/0.5 + 4
    assert_eq!(output(&graph, &[2.0]), [5.5, 6.0]);
}

#[test]
fn products_with_a_bias_after_them_are_one_layer() {
    let constants = vec![
        floats("w", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        floats("b", &[1, 3], &[0.5, 0.0, -0.5]),
    ];
    let nodes = vec![
        node("MatMul", &["x", "w"], "m"),
        node("Add", &["b", "m"], "y"),
    ];
    let graph = graph(&[-1, 2], constants, nodes);
    assert_eq!(graph.steps.len(), 1);
    assert_eq!(output(&graph, &[1.0, 10.0]), [41.5, 52.0, 62.5]);
}

#[test]
fn clips_move_before_pools() {
    let nodes = vec![
        node("MaxPool", &["x"], "p").ints("kernel_shape", &[2, 2]),
        node("Flatten", &["p"], "f"),
        node("Clip", &["f", "", "six"], "y"),
    ];
    let graph = graph(&[1, 1, 2, 2], vec![floats("six", &[], &[6.0])], nodes);
    let ops: Vec<_> = graph.steps.iter().map(|step| &step.op).collect();
    assert!(matches!(
        ops[..],
        [Op::Clip { .. }, Op::MaxPool { .. }, Op::Flatten]
    ));
    assert_eq!(graph.steps[0].shape, [1, 2, 2]);
    assert_eq!(output(&graph, &[1.0, 9.0, -3.0, 4.0]), [6.0]);
    assert_eq!(output(&graph, &[1.0, 2.0, -3.0, 4.0]), [4.0]);
}

#[test]
fn windows_reach_where_the_attributes_say() {
    let ones = floats("w", &[1, 1, 3, 3], &[1.0; 9]);
    let of = |conv: NodeProto, size: i64| {
        let graph = graph(&[1, 1, size, size], vec![ones.clone()], vec![conv]);
        let count = (size * size) as usize;
        (
            graph.shape(graph.output).to_vec(),
            output(&graph, &vec![1.0; count]),
        )
    };
    let conv = || node("Conv", &["x", "w"], "y");
    assert_eq!(
        of(conv().text("auto_pad", "VALID"), 4),
        (vec![1, 2, 2], vec![9.0; 4])
    );
    // 4 wide by stride 2 needs one more column: after the input, or before it.
    let same = |side| conv().text("auto_pad", side).ints("strides", &[2, 2]);
    assert_eq!(of(same("SAME_UPPER"), 4).1, [9.0, 6.0, 6.0, 4.0]);
    assert_eq!(of(same("SAME_LOWER"), 4).1, [4.0, 6.0, 6.0, 9.0]);
    let padded = conv().ints("pads", &[0, 1, 0, 0]);
    assert_eq!(of(padded, 3), (vec![1, 1, 2], vec![6.0, 9.0]));
}

#[test]
fn last_windows_of_a_max_pool_may_reach_beyond() {
    let pool = |ceil| {
        node("MaxPool", &["x"], "y")
            .ints("kernel_shape", &[2, 2])
            .ints("strides", &[2, 2])
            .int("ceil_mode", ceil)
    };
    let input: Vec<f64> = (0..9).map(f64::from).collect();
    let floor = graph(&[1, 1, 3, 3], vec![], vec![pool(0)]);
    assert_eq!(output(&floor, &input), [4.0]);
    let ceil = graph(&[1, 1, 3, 3], vec![], vec![pool(1)]);
    assert_eq!(output(&ceil, &input), [4.0, 5.0, 7.0, 8.0]);
}

#[test]
fn constants_pass_through_identities_and_roundings() {
    let constants = vec![
        floats("w", &[1, 2], &[0.24, -9.0]),
        floats("s", &[], &[0.1]),
        integers("z", I8, &[], &[0]),
    ];
    let nodes = vec![
        node("Identity", &["w"], "w1"),
        node("QuantizeLinear", &["w1", "s", "z"], "w2"),
        node("DequantizeLinear", &["w2", "s", "z"], "w3"),
        node("Dropout", &["x"], "d"),
        node("Gemm", &["d", "w3"], "y").int("transB", 1),
    ];
    let graph = graph(&[1, 2], constants, nodes);
    let weights = graph.steps[0].op.weights().unwrap();
    assert_eq!(weights.integers.as_ref().unwrap().values, [2, -90]);
}

#[test]
fn what_follows_from_no_output_is_dropped() {
    let constants = vec![floats("w", &[1, 2], &[1.0, 1.0])];
    let nodes = vec![
        node("Relu", &["x"], "unused"),
        node("Gemm", &["x", "w"], "y").int("transB", 1),
    ];
    assert_eq!(graph(&[1, 2], constants, nodes).steps.len(), 1);
}
