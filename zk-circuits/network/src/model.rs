//! A topology with its weights, and the file that holds both.

use crate::safetensor::{self, Raw};
use crate::topology::{Linear, TOPOLOGY_KEY, WEIGHT_MAX, WEIGHT_MIN};
use crate::{Error, Topology};
use safetensors::tensor::Dtype;
use std::path::Path;

/// Weights of one linear layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearWeights {
    /// Row-major `[out, in]`.
    pub weight: Vec<i8>,
    /// `[out]`
    pub bias: Vec<i32>,
}

/// A network that can be run: every tensor has the right shape and lies in its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    topology: Topology,
    weights: Vec<LinearWeights>,
}

impl Model {
    /// `weights` holds one entry per linear layer, in order.
    pub fn new(topology: Topology, weights: Vec<LinearWeights>) -> Result<Self, Error> {
        let stages = topology.stages();
        if let Some(stage) = stages.get(weights.len()) {
            return Err(Error::MissingTensor {
                tensor: weight_name(&stage.linear),
            });
        }
        if weights.len() > stages.len() {
            return Err(Error::UnexpectedTensor {
                tensor: format!("weights of linear layer {}", stages.len()),
            });
        }
        for (stage, weights) in stages.iter().zip(&weights) {
            let linear = &stage.linear;
            if weights.weight.len() != linear.outputs * linear.inputs {
                return Err(Error::Shape {
                    tensor: weight_name(linear),
                    found: vec![weights.weight.len()],
                    expected: vec![linear.outputs, linear.inputs],
                });
            }
            if weights.bias.len() != linear.outputs {
                return Err(Error::Shape {
                    tensor: bias_name(linear),
                    found: vec![weights.bias.len()],
                    expected: vec![linear.outputs],
                });
            }
            let bound = linear.bias_bound;
            let outside = |b: &i32| !(-bound..=bound).contains(&i64::from(*b));
            if let Some(at) = weights.bias.iter().position(outside) {
                return Err(Error::Range {
                    tensor: bias_name(linear),
                    index: vec![at],
                    value: weights.bias[at].into(),
                    lo: -bound,
                    hi: bound,
                });
            }
        }
        Ok(Self { topology, weights })
    }

    /// Reads a model file: safetensors with the topology in its metadata.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let json = safetensor::metadata(bytes, TOPOLOGY_KEY)?
            .ok_or(Error::NoTopology { key: TOPOLOGY_KEY })?;
        Self::from_parts(Topology::from_json(&json)?, bytes)
    }

    /// Weights from a safetensors file, for a topology given apart; the file's metadata is not
    /// read.
    pub fn from_parts(topology: Topology, weights: &[u8]) -> Result<Self, Error> {
        let file = safetensor::parse(weights)?;
        let mut known = Vec::new();
        let mut layers = Vec::new();
        for stage in topology.stages() {
            let linear = &stage.linear;
            let (weight, bias) = (weight_name(linear), bias_name(linear));
            layers.push(LinearWeights {
                weight: tensor(
                    &file,
                    &weight,
                    "I8",
                    &[linear.outputs, linear.inputs],
                    (WEIGHT_MIN, WEIGHT_MAX),
                    |v| v as i8,
                )?,
                bias: tensor(
                    &file,
                    &bias,
                    "I32",
                    &[linear.outputs],
                    (-linear.bias_bound, linear.bias_bound),
                    |v| v as i32,
                )?,
            });
            known.extend([weight, bias]);
        }
        let mut names = file.names();
        names.sort_unstable();
        if let Some(name) = names.iter().find(|n| !known.iter().any(|k| k == *n)) {
            return Err(Error::UnexpectedTensor {
                tensor: name.to_string(),
            });
        }
        Self::new(topology, layers)
    }

    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|e| Error::Read {
            path: path.display().to_string(),
            reason: e.to_string(),
        })?;
        Self::from_bytes(&bytes)
    }

    /// The model file; equal models give equal bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut tensors = Vec::new();
        for (stage, weights) in self.topology.stages().iter().zip(&self.weights) {
            let linear = &stage.linear;
            tensors.push(Raw {
                name: weight_name(linear),
                dtype: Dtype::I8,
                shape: vec![linear.outputs, linear.inputs],
                bytes: weights.weight.iter().map(|w| *w as u8).collect(),
            });
            tensors.push(Raw {
                name: bias_name(linear),
                dtype: Dtype::I32,
                shape: vec![linear.outputs],
                bytes: weights.bias.iter().flat_map(|b| b.to_le_bytes()).collect(),
            });
        }
        safetensor::write(&tensors, Some((TOPOLOGY_KEY, self.topology.to_json())))
    }

    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        std::fs::write(path, self.to_bytes()?).map_err(|e| Error::Write {
            path: path.display().to_string(),
            reason: e.to_string(),
        })
    }

    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// One entry per linear layer, in the order of [`Topology::stages`].
    pub fn weights(&self) -> &[LinearWeights] {
        &self.weights
    }
}

fn weight_name(linear: &Linear) -> String {
    format!("layers.{}.weight", linear.layer)
}

fn bias_name(linear: &Linear) -> String {
    format!("layers.{}.bias", linear.layer)
}

fn tensor<T>(
    file: &safetensors::SafeTensors,
    name: &str,
    expected_type: &'static str,
    expected_shape: &[usize],
    (lo, hi): (i64, i64),
    convert: impl Fn(i64) -> T,
) -> Result<Vec<T>, Error> {
    let found = safetensor::integers(file, name, expected_type)?;
    if found.shape != expected_shape {
        return Err(Error::Shape {
            tensor: name.into(),
            found: found.shape,
            expected: expected_shape.to_vec(),
        });
    }
    if let Some(at) = found.values.iter().position(|v| !(lo..=hi).contains(v)) {
        let index = match expected_shape {
            [_, cols] => vec![at / cols, at % cols],
            _ => vec![at],
        };
        return Err(Error::Range {
            tensor: name.into(),
            index,
            value: found.values[at],
            lo,
            hi,
        });
    }
    Ok(found.values.into_iter().map(convert).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationType, Layer};

    fn topology() -> Topology {
        let layers = vec![
            Layer::Linear {
                inputs: 3,
                outputs: 2,
            },
            Layer::Requant {
                shift: 4,
                lo: 0,
                hi: 255,
            },
            Layer::Linear {
                inputs: 2,
                outputs: 2,
            },
        ];
        Topology::new(vec![3], ActivationType::U8, layers).unwrap()
    }

    fn model() -> Model {
        let weights = vec![
            LinearWeights {
                weight: vec![1, -128, 127, 4, 5, 6],
                bias: vec![-97920, 97920],
            },
            LinearWeights {
                weight: vec![7, 8, 9, 10],
                bias: vec![0, -5],
            },
        ];
        Model::new(topology(), weights).unwrap()
    }

    fn file(tensors: Vec<(&str, Dtype, Vec<usize>, Vec<u8>)>) -> Vec<u8> {
        let raw: Vec<_> = tensors
            .into_iter()
            .map(|(name, dtype, shape, bytes)| Raw {
                name: name.into(),
                dtype,
                shape,
                bytes,
            })
            .collect();
        safetensor::write(&raw, None).unwrap()
    }

    fn with_first(dtype: Dtype, shape: Vec<usize>, bytes: Vec<u8>) -> Vec<u8> {
        file(vec![
            ("layers.0.weight", dtype, shape, bytes),
            ("layers.0.bias", Dtype::I32, vec![2], vec![0; 8]),
            ("layers.2.weight", Dtype::I8, vec![2, 2], vec![0; 4]),
            ("layers.2.bias", Dtype::I32, vec![2], vec![0; 8]),
        ])
    }

    #[test]
    fn file_survives_a_round_trip() {
        let model = model();
        let bytes = model.to_bytes().unwrap();
        assert_eq!(Model::from_bytes(&bytes).unwrap(), model);
        assert_eq!(Model::from_parts(topology(), &bytes).unwrap(), model);
        assert_eq!(model.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn topology_is_required() {
        let bytes = with_first(Dtype::I8, vec![2, 3], vec![0; 6]);
        assert!(Model::from_parts(topology(), &bytes).is_ok());
        let err = Model::from_bytes(&bytes).unwrap_err();
        assert!(err.to_string().contains("swarmwork.topology"), "{err}");
    }

    #[test]
    fn weights_outside_int8_are_named() {
        let values: Vec<u8> = [0i16, 0, 0, 0, 0, 128]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let bytes = with_first(Dtype::I16, vec![2, 3], values);
        assert_eq!(
            Model::from_parts(topology(), &bytes)
                .unwrap_err()
                .to_string(),
            "tensor layers.0.weight[1, 2] is 128, outside -128..=127"
        );
    }

    #[test]
    fn wrong_tensors_are_named() {
        let of = |bytes: &[u8]| {
            Model::from_parts(topology(), bytes)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            of(&with_first(Dtype::I8, vec![3, 2], vec![0; 6])),
            "tensor layers.0.weight has shape [3, 2]; expected [2, 3]"
        );
        assert_eq!(
            of(&with_first(Dtype::F32, vec![2, 3], vec![0; 24])),
            "tensor layers.0.weight has type F32; expected I8"
        );
        assert_eq!(
            of(&file(vec![(
                "layers.0.bias",
                Dtype::I32,
                vec![2],
                vec![0; 8]
            )])),
            "tensor layers.0.weight is missing"
        );
        let bytes = file(vec![
            ("layers.0.weight", Dtype::I8, vec![2, 3], vec![0; 6]),
            ("layers.0.bias", Dtype::I32, vec![2], vec![0; 8]),
            ("layers.2.weight", Dtype::I8, vec![2, 2], vec![0; 4]),
            ("layers.2.bias", Dtype::I32, vec![2], vec![0; 8]),
            ("layers.3.weight", Dtype::I8, vec![1], vec![0]),
        ]);
        assert_eq!(
            of(&bytes),
            "tensor layers.3.weight belongs to no layer of this network"
        );
        assert!(of(b"not a model").contains("not a safetensors file"));
    }

    #[test]
    fn biases_beyond_the_bound_are_named() {
        let mut weights = model().weights().to_vec();
        weights[0].bias[1] += 1;
        assert_eq!(
            Model::new(topology(), weights).unwrap_err().to_string(),
            "tensor layers.0.bias[1] is 97921, outside -97920..=97920"
        );
    }

    #[test]
    fn layer_count_must_match() {
        let weights = model().weights().to_vec();
        assert!(matches!(
            Model::new(topology(), weights[..1].to_vec()),
            Err(Error::MissingTensor { .. })
        ));
        let three = [&weights[..], &weights[..1]].concat();
        assert!(matches!(
            Model::new(topology(), three),
            Err(Error::UnexpectedTensor { .. })
        ));
    }
}
