//! The JSON form of a topology.

use super::{ActivationType, Layer, Source, Topology, Window, FORMAT, VERSION};
use crate::Error;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Names of all layer types.
const KINDS: [&str; 7] = [
    "linear", "conv2d", "requant", "avgpool", "maxpool", "add", "flatten",
];

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
    layers: Vec<LayerFile>,
}

/// One layer; `from` is left out where it is the layer before.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum LayerFile {
    Linear {
        #[serde(rename = "in")]
        inputs: usize,
        #[serde(rename = "out")]
        outputs: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    Conv2d {
        in_channels: usize,
        out_channels: usize,
        kernel: [usize; 2],
        stride: [usize; 2],
        #[serde(default)]
        padding: [usize; 4],
        #[serde(default = "one")]
        groups: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    Requant {
        #[serde(skip_serializing_if = "Option::is_none")]
        shift: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        shifts: Option<Vec<u32>>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        multiplier: bool,
        lo: i32,
        hi: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    AvgPool {
        kernel: [usize; 2],
        stride: [usize; 2],
        #[serde(default)]
        padding: [usize; 4],
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    MaxPool {
        kernel: [usize; 2],
        stride: [usize; 2],
        #[serde(default)]
        padding: [usize; 4],
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    Add {
        with: Source,
        #[serde(default = "ones")]
        scale: [u32; 2],
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
    Flatten {
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Source>,
    },
}

fn one() -> usize {
    1
}

fn ones() -> [u32; 2] {
    [1; 2]
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Input => serializer.serialize_str("input"),
            Self::Layer(layer) => serializer.serialize_u64(*layer as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let layer = value.as_u64().and_then(|v| usize::try_from(v).ok());
        match (layer, value.as_str()) {
            (Some(layer), _) => Ok(Self::Layer(layer)),
            (_, Some("input")) => Ok(Self::Input),
            _ => Err(D::Error::custom(format!(
                "{value} is neither \"input\" nor the index of a layer"
            ))),
        }
    }
}

impl LayerFile {
    fn new(index: usize, layer: &Layer, source: Source) -> Self {
        let from = (source != Source::before(index)).then_some(source);
        match layer.clone() {
            Layer::Linear { inputs, outputs } => Self::Linear {
                inputs,
                outputs,
                from,
            },
            Layer::Conv2d {
                in_channels,
                out_channels,
                window,
                groups,
            } => Self::Conv2d {
                in_channels,
                out_channels,
                kernel: window.kernel,
                stride: window.stride,
                padding: window.padding,
                groups,
                from,
            },
            Layer::Requant { shift, lo, hi } => Self::Requant {
                shift: Some(shift),
                shifts: None,
                multiplier: false,
                lo,
                hi,
                from,
            },
            Layer::MultiplierRequant { shift, lo, hi } => Self::Requant {
                shift: Some(shift),
                shifts: None,
                multiplier: true,
                lo,
                hi,
                from,
            },
            Layer::ChannelRequant { shifts, lo, hi } => Self::Requant {
                shift: None,
                shifts: Some(shifts),
                multiplier: false,
                lo,
                hi,
                from,
            },
            Layer::AvgPool { window } => Self::AvgPool {
                kernel: window.kernel,
                stride: window.stride,
                padding: window.padding,
                from,
            },
            Layer::MaxPool { window } => Self::MaxPool {
                kernel: window.kernel,
                stride: window.stride,
                padding: window.padding,
                from,
            },
            Layer::Add { with, scale } => Self::Add { with, scale, from },
            Layer::Flatten => Self::Flatten { from },
        }
    }

    fn into_layer(self, index: usize) -> Result<(Layer, Source), Error> {
        let window = |kernel, stride, padding| Window {
            kernel,
            stride,
            padding,
        };
        let (layer, from) = match self {
            Self::Linear {
                inputs,
                outputs,
                from,
            } => (Layer::Linear { inputs, outputs }, from),
            Self::Conv2d {
                in_channels,
                out_channels,
                kernel,
                stride,
                padding,
                groups,
                from,
            } => {
                let layer = Layer::Conv2d {
                    in_channels,
                    out_channels,
                    window: window(kernel, stride, padding),
                    groups,
                };
                (layer, from)
            }
            Self::Requant {
                shift,
                shifts,
                multiplier,
                lo,
                hi,
                from,
            } => {
                let layer = match (shift, shifts, multiplier) {
                    (Some(shift), None, false) => Layer::Requant { shift, lo, hi },
                    (Some(shift), None, true) => Layer::MultiplierRequant { shift, lo, hi },
                    (None, Some(shifts), false) => Layer::ChannelRequant { shifts, lo, hi },
                    _ => {
                        return Err(Error::LayerFields {
                            layer: index,
                            reason: "(requant): it takes \"shift\", with or without \
                                     \"multiplier\", or \"shifts\" alone"
                                .into(),
                        })
                    }
                };
                (layer, from)
            }
            Self::AvgPool {
                kernel,
                stride,
                padding,
                from,
            } => {
                let window = window(kernel, stride, padding);
                (Layer::AvgPool { window }, from)
            }
            Self::MaxPool {
                kernel,
                stride,
                padding,
                from,
            } => {
                let window = window(kernel, stride, padding);
                (Layer::MaxPool { window }, from)
            }
            Self::Add { with, scale, from } => (Layer::Add { with, scale }, from),
            Self::Flatten { from } => (Layer::Flatten, from),
        };
        Ok((layer, from.unwrap_or(Source::before(index))))
    }
}

pub(super) fn parse(json: &str) -> Result<Topology, Error> {
    let file: TopologyFile = serde_json::from_str(json).map_err(|e| Error::Json(e.to_string()))?;
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
        .map(|(index, value)| parse_layer(index, value))
        .collect::<Result<_, _>>()?;
    Topology::graph(file.input.shape, file.input.dtype, layers)
}

pub(super) fn write(topology: &Topology) -> String {
    let layers = topology.layers().iter().zip(topology.nodes());
    let file = TopologyFileRef {
        format: FORMAT,
        version: VERSION,
        input: InputFile {
            shape: topology.input_shape().to_vec(),
            dtype: topology.input_type(),
        },
        layers: layers
            .enumerate()
            .map(|(index, (layer, node))| LayerFile::new(index, layer, node.source))
            .collect(),
    };
    serde_json::to_string(&file).expect("strings and integers only; qed")
}

fn parse_layer(layer: usize, value: Value) -> Result<(Layer, Source), Error> {
    let kind = match value.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        _ => {
            return Err(Error::LayerFields {
                layer,
                reason: "has no \"type\"".into(),
            })
        }
    };
    if !KINDS.contains(&kind.as_str()) {
        return Err(Error::UnknownLayer { layer, found: kind });
    }
    let file: LayerFile = serde_json::from_value(value).map_err(|e| Error::LayerFields {
        layer,
        reason: format!("({kind}): {e}"),
    })?;
    file.into_layer(layer)
}
