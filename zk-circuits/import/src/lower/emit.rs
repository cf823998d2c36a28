//! Collects layers with their weights, and makes the model of them.

use super::{Scaling, Values};
use crate::error::{Error, Place};
use swarm_network::{ActivationType, Layer, LinearWeights, Model, Source, Topology, Weighted};

/// What a layer was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNote {
    pub place: Place,
    /// What was done, where the layer does not say so.
    pub note: String,
    /// The graph's tensor that its output is, and how.
    pub tensor: Option<(usize, Scaling)>,
    /// Largest relative error of a multiplier.
    pub multiplier_error: Option<f64>,
}

/// A network, and what its integers stand for.
#[derive(Debug, Clone)]
pub struct Built {
    pub model: Model,
    pub input: Values,
    pub output: Scaling,
    /// One for each layer.
    pub notes: Vec<LayerNote>,
}

#[derive(Debug, Default)]
pub(super) struct Emitter {
    pub input: Option<Values>,
    layers: Vec<(Layer, Source)>,
    notes: Vec<LayerNote>,
    weights: Vec<Emitted>,
    multipliers: Vec<Vec<u16>>,
}

#[derive(Debug)]
struct Emitted {
    layer: usize,
    name: String,
    weight: Vec<i8>,
    bias: Vec<f64>,
}

impl Emitter {
    pub fn emit(&mut self, place: Place, layer: Layer, source: Source, note: &str) -> Source {
        self.layers.push((layer, source));
        self.notes.push(LayerNote {
            place,
            note: note.into(),
            tensor: None,
            multiplier_error: None,
        });
        Source::Layer(self.layers.len() - 1)
    }

    /// The weights of the last layer; `name` is that of the file.
    pub fn weighted(&mut self, weight: Vec<i8>, bias: Vec<f64>, name: String) {
        self.weights.push(Emitted {
            layer: self.layers.len().saturating_sub(1),
            name,
            weight,
            bias,
        });
    }

    /// The multipliers of the last layer.
    pub fn multiplied(&mut self, multipliers: Vec<u16>, error: f64) {
        self.multipliers.push(multipliers);
        if let Some(note) = self.notes.last_mut() {
            note.multiplier_error = Some(error);
        }
    }

    /// What the last layer's output is.
    pub fn stands_for(&mut self, tensor: usize, scaling: Scaling) {
        if let Some(note) = self.notes.last_mut() {
            note.tensor = Some((tensor, scaling));
        }
    }

    pub fn build(self, shape: Vec<usize>, output: Scaling) -> Result<Built, Error> {
        let unquantised = || Error::Graph {
            what: "the network's input".into(),
            reason: "it is not quantised".into(),
            help: "put a QuantizeLinear at the beginning".into(),
        };
        let input = self.input.ok_or_else(unquantised)?;
        let dtype = ActivationType::holding(input.lo, input.hi).ok_or_else(unquantised)?;
        let topology = Topology::graph(shape.clone(), dtype, self.layers.clone())
            .map_err(|source| self.placed(&shape, dtype, source))?;
        let mut weights = Vec::new();
        for (emitted, weighted) in self.weights.iter().zip(topology.weighted()) {
            weights.push(LinearWeights {
                weight: emitted.weight.clone(),
                bias: self.bias(emitted, weighted)?,
            });
        }
        let model = Model::with_multipliers(topology, weights, self.multipliers)?;
        Ok(Built {
            model,
            input,
            output,
            notes: self.notes,
        })
    }

    /// The integers of a bias, each in its bound.
    fn bias(&self, emitted: &Emitted, weighted: &Weighted) -> Result<Vec<i32>, Error> {
        let bound = weighted.bias_bound.min(i32::MAX.into());
        let of = |(at, value): (usize, &f64)| match value.abs() <= bound as f64 {
            true => Ok(*value as i32),
            false => Err(Error::Element {
                place: self.notes[emitted.layer].place.clone(),
                tensor: format!("the bias of {:?}", emitted.name),
                index: vec![at],
                value: *value,
                lo: -bound,
                hi: bound,
                help: "with its zero points, a bias may be as large as the sum it is added to can \
                       be: quantise the model again with typical data",
            }),
        };
        emitted.bias.iter().enumerate().map(of).collect()
    }

    /// An error of the topology with the node that its layer comes from: the first layer with which
    /// the network is refused in this way. What is wrong with the network as a whole has none.
    fn placed(
        &self,
        shape: &[usize],
        dtype: ActivationType,
        source: swarm_network::Error,
    ) -> Error {
        use swarm_network::Error as E;
        if matches!(source, E::Input(_) | E::LayerCount { .. } | E::NoWeights) {
            return Error::Network(source);
        }
        let refused = |layers: &usize| {
            let first = self.layers[..*layers].to_vec();
            Topology::graph(shape.to_vec(), dtype, first).as_ref() == Err(&source)
        };
        match (1..=self.layers.len()).find(refused) {
            Some(layers) => Error::Layer {
                place: self.notes[layers - 1].place.clone(),
                source,
            },
            None => Error::Network(source),
        }
    }
}
