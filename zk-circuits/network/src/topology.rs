//! The shape of a network: its layers, what may follow what, and the bounds that follow.

use crate::{Error, Matrix};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Value of the topology's `format` field.
pub const FORMAT: &str = "swarmwork-network";
/// Value of the topology's `version` field.
pub const VERSION: u64 = 1;
/// Key under which a model file's metadata holds the topology.
pub const TOPOLOGY_KEY: &str = "swarmwork.topology";

pub const WEIGHT_MIN: i64 = -128;
pub const WEIGHT_MAX: i64 = 127;
/// Largest shift of a requant layer; accumulators are `i32`.
pub const MAX_SHIFT: u32 = 30;
pub const MAX_LAYERS: usize = 256;
/// Largest width of a layer or of the input.
pub const MAX_WIDTH: usize = 1 << 20;
/// Largest number of batch items that one proof may cover.
pub const MAX_BATCH: usize = 1 << 16;

/// Type of an 8-bit activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivationType {
    U8,
    I8,
}

impl ActivationType {
    pub fn min(self) -> i64 {
        match self {
            Self::U8 => 0,
            Self::I8 => -128,
        }
    }

    pub fn max(self) -> i64 {
        match self {
            Self::U8 => 255,
            Self::I8 => 127,
        }
    }

    /// Largest absolute value.
    pub fn magnitude(self) -> i64 {
        self.max().max(-self.min())
    }
}

/// One layer as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Layer {
    /// `acc[o] = bias[o] + Σ_i weight[o,i] · x[i]`
    Linear {
        #[serde(rename = "in")]
        inputs: usize,
        #[serde(rename = "out")]
        outputs: usize,
    },
    /// `q = clamp(floor(acc / 2^shift), lo, hi)`; `lo = 0` makes it a ReLU.
    Requant { shift: u32, lo: i32, hi: i32 },
}

/// A linear layer with everything its place in the network decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    /// Index of the layer in the topology.
    pub layer: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub input_type: ActivationType,
    /// Biases lie in `-bias_bound..=bias_bound`: as large as the sum they are added to can be.
    pub bias_bound: i64,
    /// Accumulators lie in `-acc_bound..=acc_bound`, whatever weights and inputs in range.
    pub acc_bound: i64,
}

/// A requant layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requant {
    /// Index of the layer in the topology.
    pub layer: usize,
    pub shift: u32,
    pub lo: i32,
    pub hi: i32,
    pub output_type: ActivationType,
}

/// A linear layer and the requant that may follow it. Only the last stage may go without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub linear: Linear,
    pub requant: Option<Requant>,
}

/// A checked network shape: what a circuit key is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    input_shape: Vec<usize>,
    input_type: ActivationType,
    layers: Vec<Layer>,
    stages: Vec<Stage>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputFile {
    shape: Vec<usize>,
    dtype: ActivationType,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopologyFile {
    format: String,
    version: u64,
    input: InputFile,
    layers: Vec<Value>,
}

#[derive(Serialize)]
struct TopologyFileRef<'a> {
    format: &'a str,
    version: u64,
    input: InputFile,
    layers: &'a [Layer],
}

impl Topology {
    /// Checks the layers against each other and derives all bounds.
    pub fn new(
        input_shape: Vec<usize>,
        input_type: ActivationType,
        layers: Vec<Layer>,
    ) -> Result<Self, Error> {
        let stages = stages(&input_shape, input_type, &layers)?;
        Ok(Self {
            input_shape,
            input_type,
            layers,
            stages,
        })
    }

    pub fn from_json(json: &str) -> Result<Self, Error> {
        let file: TopologyFile =
            serde_json::from_str(json).map_err(|e| Error::Json(e.to_string()))?;
        if file.format != FORMAT {
            return Err(Error::Format { found: file.format });
        }
        if file.version != VERSION {
            return Err(Error::Version {
                found: file.version,
            });
        }
        let layers = file
            .layers
            .into_iter()
            .enumerate()
            .map(|(layer, value)| parse_layer(layer, value))
            .collect::<Result<_, _>>()?;
        Self::new(file.input.shape, file.input.dtype, layers)
    }

    /// Compact JSON, the same bytes for equal topologies.
    pub fn to_json(&self) -> String {
        let file = TopologyFileRef {
            format: FORMAT,
            version: VERSION,
            input: InputFile {
                shape: self.input_shape.clone(),
                dtype: self.input_type,
            },
            layers: &self.layers,
        };
        serde_json::to_string(&file).expect("strings and integers only; qed")
    }

    pub fn read(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let json = std::fs::read_to_string(path).map_err(|e| Error::Read {
            path: path.display().to_string(),
            reason: e.to_string(),
        })?;
        Self::from_json(&json)
    }

    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    pub fn input_type(&self) -> ActivationType {
        self.input_type
    }

    /// Number of values of one input row.
    pub fn input_len(&self) -> usize {
        self.stages[0].linear.inputs
    }

    /// Number of values of one output row.
    pub fn output_len(&self) -> usize {
        self.last().linear.outputs
    }

    /// Range of every output value: the clamp of a last requant, else the accumulator bound.
    pub fn output_range(&self) -> (i64, i64) {
        let last = self.last();
        match last.requant {
            Some(requant) => (requant.lo.into(), requant.hi.into()),
            None => (-last.linear.acc_bound, last.linear.acc_bound),
        }
    }

    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Never empty.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Refuses an input (`[any, in]`) of another width or with a value outside the input type.
    pub fn check_input(&self, input: &Matrix) -> Result<(), Error> {
        input.check_shape("input", [input.rows(), self.input_len()])?;
        input.check_range("input", self.input_type.min(), self.input_type.max())
    }

    /// Refuses an output of another shape than `[batch, out]`, or with a value that the network
    /// cannot give.
    pub fn check_output(&self, output: &Matrix, batch: usize) -> Result<(), Error> {
        output.check_shape("output", [batch, self.output_len()])?;
        let (lo, hi) = self.output_range();
        output.check_range("output", lo, hi)
    }

    /// Multiply-accumulates of one inference.
    pub fn macs(&self) -> u64 {
        let of = |s: &Stage| s.linear.inputs as u64 * s.linear.outputs as u64;
        self.stages.iter().map(of).sum()
    }

    /// Widths joined by dashes, such as `784-128-10`.
    pub fn label(&self) -> String {
        let mut label = self.input_len().to_string();
        for stage in &self.stages {
            label.push('-');
            label.push_str(&stage.linear.outputs.to_string());
        }
        label
    }

    fn last(&self) -> &Stage {
        self.stages.last().expect("checked on construction; qed")
    }
}

fn parse_layer(layer: usize, value: Value) -> Result<Layer, Error> {
    let kind = match value.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        _ => {
            return Err(Error::LayerFields {
                layer,
                reason: "has no \"type\"".into(),
            })
        }
    };
    if !matches!(kind.as_str(), "linear" | "requant") {
        return Err(Error::UnknownLayer { layer, found: kind });
    }
    serde_json::from_value(value).map_err(|e| Error::LayerFields {
        layer,
        reason: format!("({kind}): {e}"),
    })
}

fn input_len(shape: &[usize]) -> Result<usize, Error> {
    let len = shape
        .iter()
        .try_fold(1usize, |len, dim| len.checked_mul(*dim));
    match len {
        Some(len) if !shape.is_empty() && (1..=MAX_WIDTH).contains(&len) => Ok(len),
        _ => Err(Error::Input(format!(
            "shape {shape:?} must hold between 1 and {MAX_WIDTH} values"
        ))),
    }
}

fn stages(
    input_shape: &[usize],
    input_type: ActivationType,
    layers: &[Layer],
) -> Result<Vec<Stage>, Error> {
    if layers.is_empty() || layers.len() > MAX_LAYERS {
        return Err(Error::LayerCount {
            found: layers.len(),
            max: MAX_LAYERS,
        });
    }
    let mut width = input_len(input_shape)?;
    let mut activations = Some(input_type);
    let mut stages: Vec<Stage> = Vec::new();
    for (layer, spec) in layers.iter().enumerate() {
        match *spec {
            Layer::Linear { inputs, outputs } => {
                let input_type = activations.ok_or(Error::LinearNeedsActivations { layer })?;
                let linear = linear(layer, width, inputs, outputs, input_type)?;
                width = outputs;
                activations = None;
                stages.push(Stage {
                    linear,
                    requant: None,
                });
            }
            Layer::Requant { shift, lo, hi } => {
                let requant = requant(layer, shift, lo, hi)?;
                match stages.last_mut() {
                    Some(stage) if stage.requant.is_none() => stage.requant = Some(requant),
                    _ => return Err(Error::RequantNeedsAccumulators { layer }),
                }
                activations = Some(requant.output_type);
            }
        }
    }
    Ok(stages)
}

fn linear(
    layer: usize,
    width: usize,
    inputs: usize,
    outputs: usize,
    input_type: ActivationType,
) -> Result<Linear, Error> {
    if inputs != width {
        return Err(Error::WidthMismatch {
            layer,
            expected: inputs,
            found: width,
        });
    }
    for found in [inputs, outputs] {
        if !(1..=MAX_WIDTH).contains(&found) {
            return Err(Error::Width {
                layer,
                found,
                max: MAX_WIDTH,
            });
        }
    }
    let sum_bound = inputs as i64 * -WEIGHT_MIN * input_type.magnitude();
    let linear = Linear {
        layer,
        inputs,
        outputs,
        input_type,
        bias_bound: sum_bound,
        acc_bound: 2 * sum_bound,
    };
    if linear.acc_bound > i32::MAX.into() {
        return Err(Error::AccumulatorBound {
            layer,
            bound: linear.acc_bound,
            limit: i32::MAX.into(),
        });
    }
    Ok(linear)
}

fn requant(layer: usize, shift: u32, lo: i32, hi: i32) -> Result<Requant, Error> {
    if shift > MAX_SHIFT {
        return Err(Error::Shift {
            layer,
            found: shift,
            max: MAX_SHIFT,
        });
    }
    if lo >= hi {
        return Err(Error::EmptyClamp { layer, lo, hi });
    }
    let output_type = if lo >= 0 && hi <= 255 {
        ActivationType::U8
    } else if lo >= -128 && hi <= 127 {
        ActivationType::I8
    } else {
        return Err(Error::ClampType { layer, lo, hi });
    };
    Ok(Requant {
        layer,
        shift,
        lo,
        hi,
        output_type,
    })
}

#[cfg(test)]
mod tests {
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
        let [first, second] = topology.stages() else {
            panic!("two stages")
        };
        assert_eq!(first.linear.bias_bound, 64 * 128 * 255);
        assert_eq!(first.linear.acc_bound, 2 * 64 * 128 * 255);
        assert_eq!(second.linear.input_type, ActivationType::U8);
        assert_eq!(
            topology.output_range(),
            (-2 * 32 * 128 * 255, 2 * 32 * 128 * 255)
        );
    }

    #[test]
    fn clamps_decide_the_activation_type() {
        let of = |lo, hi| requant(1, 8, lo, hi).map(|r| r.output_type);
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
                "layer 1: unknown layer type \"gelu\"; known are \"linear\" and \"requant\"",
            ),
            (
                r#""out":10"#,
                r#""out":0"#,
                "layer 2 (linear): width 0 is outside 1..=1048576",
            ),
            (
                r#"{"type":"requant","shift":8,"lo":0,"hi":255},"#,
                "",
                "layer 1 (linear): its inputs are i32 accumulators; put a requant layer before it",
            ),
            (
                r#"{"type":"linear","in":64,"out":32},"#,
                "",
                "layer 0 (requant): it must follow a linear layer",
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
}
