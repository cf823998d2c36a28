//! Shapes, bounds, and what is refused.

use super::*;

const DIGITS: &str = r#"{"format":"swarmwork-network","version":1,"input":{"shape":[64],"dtype":"u8"},"layers":[{"type":"linear","in":64,"out":32},{"type":"requant","shift":8,"lo":0,"hi":255},{"type":"linear","in":32,"out":10}]}"#;

fn error_of(from: &str, to: &str) -> String {
    assert!(DIGITS.contains(from), "{from} is not in the example");
    let json = DIGITS.replace(from, to);
    Topology::from_json(&json).unwrap_err().to_string()
}

#[test]
fn json_survives_a_round_trip() {
    let topology = Topology::from_json(DIGITS).unwrap();
    assert_eq!(topology.to_json(), DIGITS);
    assert_eq!(topology.label(), "64-32-10");
    assert_eq!(topology.macs(), 64 * 32 + 32 * 10);
    assert_eq!(topology.input_len(), 64);
    assert_eq!(topology.output_len(), 10);
}

#[test]
fn bounds_are_the_worst_case() {
    let topology = Topology::from_json(DIGITS).unwrap();
    let [first, second] = topology.weighted().collect::<Vec<_>>()[..] else {
        panic!("two layers with weights")
    };
    assert_eq!(first.bias_bound, 64 * 128 * 255);
    assert_eq!(first.acc_bound, 2 * 64 * 128 * 255);
    assert_eq!(second.operand, 255);
    assert_eq!(
        topology.output_range(),
        (-2 * 32 * 128 * 255, 2 * 32 * 128 * 255)
    );
}

#[test]
fn clamps_decide_the_activation_type() {
    let of = |lo, hi| {
        let layers = vec![
            Layer::Linear {
                inputs: 1,
                outputs: 1,
            },
            Layer::Requant { shift: 8, lo, hi },
        ];
        let topology = Topology::new(vec![1], ActivationType::U8, layers)?;
        Ok(topology.output().activation_type().unwrap())
    };
    assert_eq!(of(0, 255), Ok(ActivationType::U8));
    assert_eq!(of(0, 127), Ok(ActivationType::U8));
    assert_eq!(of(-128, 127), Ok(ActivationType::I8));
    assert_eq!(of(-1, 0), Ok(ActivationType::I8));
    for (lo, hi) in [(-129, 0), (-1, 128), (0, 256), (-128, 255)] {
        assert!(matches!(of(lo, hi), Err(Error::ClampType { .. })));
    }
}

#[test]
fn errors_name_the_layer() {
    let cases = [
        (
            r#""in":32"#,
            r#""in":31"#,
            "layer 2 (linear): takes 31 inputs but the layer before it gives 32",
        ),
        (
            r#""shift":8"#,
            r#""shift":31"#,
            "layer 1 (requant): shift 31 is outside 0..=30",
        ),
        (
            r#""lo":0"#,
            r#""lo":255"#,
            "layer 1 (requant): lo 255 must be less than hi 255",
        ),
        (
            r#""hi":255"#,
            r#""hi":256"#,
            "layer 1 (requant): lo 0, hi 256 fit neither u8 (0..=255) nor i8 (-128..=127)",
        ),
        (
            r#""type":"requant""#,
            r#""type":"gelu""#,
            "layer 1: unknown layer type \"gelu\"; known are \"linear\", \"conv2d\", \
             \"requant\", \"avgpool\", \"maxpool\", \"add\" and \"flatten\"",
        ),
        (
            r#""out":10"#,
            r#""out":0"#,
            "layer 2 (linear): width 0 is outside 1..=1048576",
        ),
        (
            r#"{"type":"requant","shift":8,"lo":0,"hi":255},"#,
            "",
            "layer 1 (linear): its inputs are not 8-bit activations; put a requant layer before it",
        ),
        (
            "\"version\":1",
            "\"version\":2",
            "the topology has version 2; this program reads version 1",
        ),
        (
            "swarmwork-network",
            "onnx",
            "the topology's format is \"onnx\"; this program reads \"swarmwork-network\"",
        ),
        (
            "[64]",
            "[0]",
            "input: shape [0] must hold between 1 and 1048576 values",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(error_of(from, to), message);
    }
    assert!(error_of(r#""out":10"#, r#""out":10,"stride":2"#).contains("layer 2: (linear)"));
    assert!(error_of("u8", "f32").contains("f32"));
}

#[test]
fn accumulators_must_fit_i32() {
    let layers = |inputs| vec![Layer::Linear { inputs, outputs: 1 }];
    let most = i32::MAX as usize / (2 * 128 * 255);
    assert!(Topology::new(vec![most], ActivationType::U8, layers(most)).is_ok());
    assert!(matches!(
        Topology::new(vec![most + 1], ActivationType::U8, layers(most + 1)),
        Err(Error::AccumulatorBound { layer: 0, .. })
    ));
}

/// A residual block with every kind of layer.
const RESIDUAL: &str = r#"{"format":"swarmwork-network","version":1,"input":{"shape":[3,8,8],"dtype":"u8"},"layers":[{"type":"conv2d","in_channels":3,"out_channels":4,"kernel":[3,3],"stride":[1,1],"padding":[1,1,1,1],"groups":1},{"type":"avgpool","kernel":[2,2],"stride":[2,2],"padding":[0,0,0,0]},{"type":"requant","shift":12,"lo":0,"hi":255},{"type":"conv2d","in_channels":4,"out_channels":4,"kernel":[3,3],"stride":[1,1],"padding":[1,1,1,1],"groups":2},{"type":"add","with":2,"scale":[1,300]},{"type":"requant","shift":24,"multiplier":true,"lo":-128,"hi":127},{"type":"maxpool","kernel":[3,2],"stride":[1,2],"padding":[1,0,0,1]},{"type":"requant","shifts":[1,2,0,1],"lo":0,"hi":127,"from":2},{"type":"avgpool","kernel":[4,4],"stride":[1,1],"padding":[0,0,0,0]},{"type":"flatten"},{"type":"linear","in":4,"out":4},{"type":"requant","shift":7,"lo":0,"hi":127},{"type":"flatten","from":6},{"type":"linear","in":24,"out":4},{"type":"add","with":11,"scale":[1,1]}]}"#;

fn residual_error(from: &str, to: &str) -> String {
    assert!(RESIDUAL.contains(from), "{from} is not in the example");
    let json = RESIDUAL.replacen(from, to, 1);
    Topology::from_json(&json).unwrap_err().to_string()
}

#[test]
fn graphs_survive_a_round_trip() {
    let topology = Topology::from_json(RESIDUAL).unwrap();
    assert_eq!(topology.to_json(), RESIDUAL);
    assert_eq!(topology.label(), "3x8x8-4c3-a2-4c3-+-m3x2-a4-4-4-+");
    let macs = 4 * 27 * 64 + 4 * 18 * 16 + 4 * 4 + 24 * 4;
    assert_eq!(topology.macs(), macs);
    let shapes: Vec<_> = topology
        .nodes()
        .iter()
        .map(|n| n.output.shape.clone())
        .collect();
    assert_eq!(shapes[0], [4, 8, 8]);
    assert_eq!(shapes[1], [4, 4, 4]);
    assert_eq!(shapes[3], [4, 4, 4]);
    // Rows -1..=3 of height 3, columns 0..=4 of width 2 and stride 2.
    assert_eq!(shapes[6], [4, 3, 2]);
    assert_eq!(shapes[14], [4]);
}

#[test]
fn fields_that_say_nothing_may_be_left_out() {
    let short = RESIDUAL
        .replace(r#","padding":[0,0,0,0]"#, "")
        .replace(r#","scale":[1,1]"#, "")
        .replace(r#","groups":1"#, "");
    assert_eq!(Topology::from_json(&short).unwrap().to_json(), RESIDUAL);
}

#[test]
fn bounds_of_graphs_are_the_worst_case() {
    let topology = Topology::from_json(RESIDUAL).unwrap();
    let range = |layer: usize| {
        let output = &topology.nodes()[layer].output;
        (output.lo, output.hi)
    };
    let conv = 2 * 27 * 128 * 255;
    assert_eq!(range(0), (-conv, conv));
    assert_eq!(range(1), (-4 * conv, 4 * conv));
    let grouped = 2 * 18 * 128 * 255;
    assert_eq!(range(4), (-grouped, grouped + 300 * 255));
    assert_eq!(range(6), (-128, 127));
    assert_eq!(range(8), (0, 16 * 127));
    // A linear layer on the sums of a pool.
    let linear = 2 * 4 * 128 * 16 * 127;
    assert_eq!(range(10), (-linear, linear));
}

#[test]
fn errors_in_graphs_name_the_layer() {
    let cases = [
        (
            r#""in_channels":3"#,
            r#""in_channels":2"#,
            "layer 0 (conv2d): takes 2 channels but the layer before it gives 3",
        ),
        (
            r#""groups":2"#,
            r#""groups":3"#,
            "layer 3 (conv2d): 3 groups must divide the 4 input and 4 output channels",
        ),
        (
            r#""groups":2"#,
            r#""groups":0"#,
            "layer 3 (conv2d): 0 groups must divide the 4 input and 4 output channels",
        ),
        (
            r#""shape":[3,8,8]"#,
            r#""shape":[192]"#,
            "layer 0 (conv2d): it takes a tensor [channels, height, width], not [192]",
        ),
        (
            r#""kernel":[2,2]"#,
            r#""kernel":[9,2]"#,
            "layer 1 (avgpool): the kernel's height 9 exceeds the padded input's 8",
        ),
        (
            r#""kernel":[2,2]"#,
            r#""kernel":[2,0]"#,
            "layer 1 (avgpool): the kernel's width 0 is outside 1..=256",
        ),
        (
            r#""stride":[2,2]"#,
            r#""stride":[2,0]"#,
            "layer 1 (avgpool): the stride 0 along its width is outside 1..=1048576",
        ),
        (
            r#""padding":[1,0,0,1]"#,
            r#""padding":[1,0,0,2]"#,
            "layer 6 (maxpool): padding 2 along its width must be less than the kernel's 2, or a \
             window could lie in the padding alone",
        ),
        (
            r#""with":2,"scale":[1,300]"#,
            r#""with":0,"scale":[1,300]"#,
            "layer 4 (add): its tensors have shapes [4, 4, 4] and [4, 8, 8]",
        ),
        (
            r#""with":2,"scale":[1,300]"#,
            r#""with":1,"scale":[1,300]"#,
            "layer 4 (add): both its inputs are accumulators; put a requant layer before one",
        ),
        (
            r#""with":2,"scale":[1,300]"#,
            r#""with":4,"scale":[1,300]"#,
            "layer 4 (add): layer 4 does not come before it",
        ),
        (
            r#""scale":[1,300]"#,
            r#""scale":[1,65536]"#,
            "layer 4 (add): scale 65536 is outside 1..=65535",
        ),
        (
            r#""scale":[1,300]"#,
            r#""scale":[0,300]"#,
            "layer 4 (add): scale 0 is outside 1..=65535",
        ),
        (
            r#""scale":[1,300]"#,
            r#""scale":[2000,1]"#,
            "layer 4 (add): its output could reach 2350080000, beyond the limit 2147483647; use \
             fewer inputs or a requant layer before it",
        ),
        (
            r#""shift":24"#,
            r#""shift":47"#,
            "layer 5 (requant): shift 47 is outside 0..=46",
        ),
        (
            "[1,2,0,1]",
            "[1,2,0]",
            "layer 7 (requant): 3 shifts for 4 channels",
        ),
        (
            "[1,2,0,1]",
            "[1,2,0,17]",
            "layer 7 (requant): its shifts differ by 17; 16 is allowed",
        ),
        (
            r#""shifts":[1,2,0,1]"#,
            r#""shift":3,"shifts":[1,2,0,1]"#,
            "layer 7: (requant): it takes \"shift\", with or without \"multiplier\", or \
             \"shifts\" alone",
        ),
        (
            r#""hi":127,"from":2}"#,
            r#""hi":127,"from":7}"#,
            "layer 7 (requant): layer 7 does not come before it",
        ),
        (
            r#""hi":127,"from":2}"#,
            r#""hi":127,"from":1}"#,
            "layer 1: its accumulators are taken by layer 2 and by layer 7; put a requant layer \
             after it",
        ),
        (
            r#"{"type":"flatten","from":6}"#,
            r#"{"type":"flatten","from":8}"#,
            "layer 13 (linear): takes 24 inputs but the layer before it gives 4",
        ),
        (
            r#""in":24,"out":4},{"type":"add","with":11,"scale":[1,1]}"#,
            r#""in":24,"out":4}"#,
            "layer 11: no layer takes its output; leave it out",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(residual_error(from, to), message);
    }
    assert!(residual_error(r#""with":2"#, r#""with":-1"#).contains("-1 is neither"));
}

#[test]
fn kinds_of_tensors_are_told_apart() {
    let of = |layers: Vec<Layer>| {
        let error = Topology::new(vec![2, 4, 4], ActivationType::I8, layers).unwrap_err();
        error.to_string()
    };
    let conv = Layer::Conv2d {
        in_channels: 2,
        out_channels: 2,
        window: Window::square(1, 1),
        groups: 1,
    };
    let pool = Window::square(2, 2);
    let multiplied = Layer::MultiplierRequant {
        shift: 20,
        lo: 0,
        hi: 9,
    };
    let needs = |layer: usize, kind: &str| {
        format!(
            "layer {layer} ({kind}): its inputs are not 8-bit activations; put a requant layer \
             before it"
        )
    };
    // Accumulators, and sums beyond eight bits.
    let maxpool = Layer::MaxPool { window: pool };
    assert_eq!(of(vec![conv.clone(), maxpool.clone()]), needs(1, "maxpool"));
    assert_eq!(of(vec![conv.clone(), conv.clone()]), needs(1, "conv2d"));
    let avgpool = Layer::AvgPool { window: pool };
    let sums = vec![avgpool.clone(), maxpool, conv.clone()];
    assert_eq!(of(sums), needs(1, "maxpool"));
    let scaled = Layer::Add {
        with: Source::Input,
        scale: [300, 300],
    };
    assert_eq!(
        of(vec![scaled, conv.clone()]),
        "layer 1 (conv2d): its inputs reach 76800, beyond 65535; put a requant layer before it"
    );
    assert_eq!(
        of(vec![conv, Layer::Flatten, multiplied]),
        "layer 2 (requant): a scale for each channel needs the channels; put the flatten layer \
         after it"
    );
    assert_eq!(
        of(vec![avgpool, Layer::Flatten]),
        "the network has no layer with weights; add a linear or a conv2d layer"
    );
    let huge = Layer::Conv2d {
        in_channels: 2,
        out_channels: MAX_WIDTH,
        window: Window::square(1, 1),
        groups: 1,
    };
    assert_eq!(
        of(vec![huge]),
        "layer 0 (conv2d): its output [1048576, 4, 4] holds more than 1048576 values"
    );
}

#[test]
fn windows_cover_what_they_should() {
    let window = Window {
        kernel: [2, 3],
        stride: [2, 1],
        padding: [1, 2, 0, 1],
    };
    let windows = Windows::new(0, "maxpool", &[1, 3, 4], window).unwrap();
    assert_eq!(windows.output, [2, 5]);
    assert_eq!(windows.padded_width(), 7);
    // The first window has one cell in the tensor, the next row of windows starts at row 1.
    assert_eq!(windows.covered(0).collect::<Vec<_>>(), [0]);
    assert_eq!(windows.covered(4).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(windows.covered(7).collect::<Vec<_>>(), [4, 5, 6, 8, 9, 10]);
    for position in 0..windows.positions() {
        assert!(windows.covered(position).next().is_some());
    }
}
