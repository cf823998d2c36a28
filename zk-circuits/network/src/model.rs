//! A topology with its weights, and the file that holds both.

use crate::safetensor::{self, Raw};
use crate::topology::{Weighted, MAX_MULTIPLIER, TOPOLOGY_KEY, WEIGHT_MAX, WEIGHT_MIN};
use crate::{Error, Topology};
use safetensors::tensor::Dtype;
use std::path::Path;

/// Weights of one linear layer or convolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearWeights {
    /// Row-major `[out, in]`, or `[out, in / groups, kh, kw]` of a convolution.
    pub weight: Vec<i8>,
    /// `[out]`
    pub bias: Vec<i32>,
}

/// A network that can be run: every tensor has the right shape and lies in its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    topology: Topology,
    weights: Vec<LinearWeights>,
    multipliers: Vec<Vec<u16>>,
}

impl Model {
    /// For a topology without multipliers. `weights` holds one entry per layer with weights, in
    /// order.
    pub fn new(topology: Topology, weights: Vec<LinearWeights>) -> Result<Self, Error> {
        Self::with_multipliers(topology, weights, Vec::new())
    }

    /// `weights` holds one entry per layer with weights, `multipliers` one per requant layer with
    /// multipliers, `[channels]`, both in order.
    pub fn with_multipliers(
        topology: Topology,
        weights: Vec<LinearWeights>,
        multipliers: Vec<Vec<u16>>,
    ) -> Result<Self, Error> {
        let layers: Vec<&Weighted> = topology.weighted().collect();
        if let Some(weighted) = layers.get(weights.len()) {
            return Err(Error::MissingTensor {
                tensor: weight_name(weighted),
            });
        }
        if weights.len() > layers.len() {
            return Err(Error::UnexpectedTensor {
                tensor: format!("weights of layer {} with weights", layers.len()),
            });
        }
        for (weighted, weights) in layers.into_iter().zip(&weights) {
            check_weights(weighted, weights)?;
        }
        let mut requants = topology.multiplied();
        for multipliers in &multipliers {
            let requant = requants.next().ok_or_else(|| Error::UnexpectedTensor {
                tensor: "multipliers beyond those of the last requant layer".into(),
            })?;
            if multipliers.len() != requant.multipliers() {
                return Err(Error::Shape {
                    tensor: multiplier_name(requant.layer),
                    found: vec![multipliers.len()],
                    expected: vec![requant.multipliers()],
                });
            }
        }
        if let Some(requant) = requants.next() {
            return Err(Error::MissingTensor {
                tensor: multiplier_name(requant.layer),
            });
        }
        drop(requants);
        Ok(Self {
            topology,
            weights,
            multipliers,
        })
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
        for weighted in topology.weighted() {
            let (weight, bias) = (weight_name(weighted), bias_name(weighted));
            layers.push(LinearWeights {
                weight: tensor(
                    &file,
                    &weight,
                    "I8",
                    &weighted.weight_shape(),
                    (WEIGHT_MIN, WEIGHT_MAX),
                    |v| v as i8,
                )?,
                bias: tensor(
                    &file,
                    &bias,
                    "I32",
                    &[weighted.outputs],
                    (-weighted.bias_bound, weighted.bias_bound),
                    |v| v as i32,
                )?,
            });
            known.extend([weight, bias]);
        }
        let mut multipliers = Vec::new();
        for requant in topology.multiplied() {
            let name = multiplier_name(requant.layer);
            let range = (0, MAX_MULTIPLIER);
            let shape = [requant.multipliers()];
            multipliers.push(tensor(&file, &name, "U16", &shape, range, |v| v as u16)?);
            known.push(name);
        }
        let mut names = file.names();
        names.sort_unstable();
        if let Some(name) = names.iter().find(|n| !known.iter().any(|k| k == *n)) {
            return Err(Error::UnexpectedTensor {
                tensor: name.to_string(),
            });
        }
        Self::with_multipliers(topology, layers, multipliers)
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
        for (weighted, weights) in self.topology.weighted().zip(&self.weights) {
            tensors.push(Raw {
                name: weight_name(weighted),
                dtype: Dtype::I8,
                shape: weighted.weight_shape(),
                bytes: weights.weight.iter().map(|w| *w as u8).collect(),
            });
            tensors.push(Raw {
                name: bias_name(weighted),
                dtype: Dtype::I32,
                shape: vec![weighted.outputs],
                bytes: weights.bias.iter().flat_map(|b| b.to_le_bytes()).collect(),
            });
        }
        for (requant, multipliers) in self.topology.multiplied().zip(&self.multipliers) {
            tensors.push(Raw {
                name: multiplier_name(requant.layer),
                dtype: Dtype::U16,
                shape: vec![multipliers.len()],
                bytes: multipliers.iter().flat_map(|m| m.to_le_bytes()).collect(),
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

    /// One entry per layer with weights, in the order of [`Topology::weighted`].
    pub fn weights(&self) -> &[LinearWeights] {
        &self.weights
    }

    /// Multipliers of each channel, one entry per layer of [`Topology::multiplied`], in that order.
    pub fn multipliers(&self) -> &[Vec<u16>] {
        &self.multipliers
    }

    /// Multipliers of layer `layer`, none where it has none.
    pub fn multipliers_of(&self, layer: usize) -> &[u16] {
        let mut requants = self.topology.multiplied();
        let at = requants.position(|requant| requant.layer == layer);
        at.map_or(&[], |at| &self.multipliers[at])
    }
}

fn check_weights(weighted: &Weighted, weights: &LinearWeights) -> Result<(), Error> {
    if weights.weight.len() != weighted.weight_len() {
        return Err(Error::Shape {
            tensor: weight_name(weighted),
            found: vec![weights.weight.len()],
            expected: weighted.weight_shape(),
        });
    }
    if weights.bias.len() != weighted.outputs {
        return Err(Error::Shape {
            tensor: bias_name(weighted),
            found: vec![weights.bias.len()],
            expected: vec![weighted.outputs],
        });
    }
    let bound = weighted.bias_bound;
    let outside = |b: &i32| !(-bound..=bound).contains(&i64::from(*b));
    match weights.bias.iter().position(outside) {
        None => Ok(()),
        Some(at) => Err(Error::Range {
            tensor: bias_name(weighted),
            index: vec![at],
            value: weights.bias[at].into(),
            lo: -bound,
            hi: bound,
        }),
    }
}

fn weight_name(weighted: &Weighted) -> String {
    format!("layers.{}.weight", weighted.layer)
}

fn bias_name(weighted: &Weighted) -> String {
    format!("layers.{}.bias", weighted.layer)
}

fn multiplier_name(layer: usize) -> String {
    format!("layers.{layer}.multiplier")
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
    if let Some(mut at) = found.values.iter().position(|v| !(lo..=hi).contains(v)) {
        let value = found.values[at];
        let mut index = Vec::new();
        for dim in expected_shape.iter().rev() {
            index.insert(0, at % dim);
            at /= dim;
        }
        return Err(Error::Range {
            tensor: name.into(),
            index,
            value,
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

    fn scaled() -> Topology {
        let layers = vec![
            Layer::Conv2d {
                in_channels: 2,
                out_channels: 3,
                window: crate::Window::square(2, 1),
                groups: 1,
            },
            Layer::MultiplierRequant {
                shift: 20,
                lo: 0,
                hi: 255,
            },
        ];
        Topology::new(vec![2, 2, 3], ActivationType::U8, layers).unwrap()
    }

    fn scaled_weights() -> Vec<LinearWeights> {
        vec![LinearWeights {
            weight: (0..24).map(|v| v * 5 - 60).collect(),
            bias: vec![1, -2, 3],
        }]
    }

    #[test]
    fn convolutions_and_multipliers_survive_a_round_trip() {
        let multipliers = vec![vec![0, 1, 65535]];
        let model = Model::with_multipliers(scaled(), scaled_weights(), multipliers).unwrap();
        let bytes = model.to_bytes().unwrap();
        assert_eq!(Model::from_bytes(&bytes).unwrap(), model);
        let file = safetensor::parse(&bytes).unwrap();
        let weight = file.tensor("layers.0.weight").unwrap();
        assert_eq!(weight.shape(), [3, 2, 2, 2]);
        assert_eq!(file.tensor("layers.1.multiplier").unwrap().shape(), [3]);
        assert_eq!(model.multipliers_of(1), [0, 1, 65535]);
        assert!(model.multipliers_of(0).is_empty());
    }

    #[test]
    fn multipliers_must_match() {
        let of = |multipliers: Vec<Vec<u16>>| {
            let error = Model::with_multipliers(scaled(), scaled_weights(), multipliers);
            error.unwrap_err().to_string()
        };
        assert_eq!(of(vec![]), "tensor layers.1.multiplier is missing");
        assert_eq!(
            of(vec![vec![1, 2]]),
            "tensor layers.1.multiplier has shape [2]; expected [3]"
        );
        assert!(of(vec![vec![1; 3], vec![1; 3]]).contains("belongs to no layer"));
        assert!(Model::new(scaled(), scaled_weights()).is_err());

        let weights = |values: [i32; 3]| {
            let tensors = vec![
                ("layers.0.weight", Dtype::I8, vec![3, 2, 2, 2], vec![0; 24]),
                ("layers.0.bias", Dtype::I32, vec![3], vec![0; 12]),
                (
                    "layers.1.multiplier",
                    Dtype::I32,
                    vec![3],
                    values.iter().flat_map(|v| v.to_le_bytes()).collect(),
                ),
            ];
            Model::from_parts(scaled(), &file(tensors))
        };
        assert!(weights([0, 65535, 1]).is_ok());
        for value in [-1, 65536] {
            assert_eq!(
                weights([0, value, 1]).unwrap_err().to_string(),
                format!("tensor layers.1.multiplier[1] is {value}, outside 0..=65535")
            );
        }
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
