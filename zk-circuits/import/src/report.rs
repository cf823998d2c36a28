//! What an import did, layer by layer, and how far the network is from its file.

use crate::error::Error;
use crate::evaluate;
use crate::graph::Graph;
use crate::lower::{Built, LayerNote, Scaling, Values};
use crate::samples::Samples;
use serde::Serialize;
use swarm_network::{ActivationType, Layer, Matrix, Model};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Whether ranges were found from data; else the file's own quantisation was taken over.
    pub calibrated: bool,
    pub input: Boundary,
    pub output: Boundary,
    pub layers: Vec<LayerReport>,
    /// What was left out.
    pub notes: Vec<String>,
    pub comparison: Option<Comparison>,
}

/// What the integers of the network's input or output stand for: `scale · (integer − zero)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Boundary {
    /// Of one batch item.
    pub shape: Vec<usize>,
    /// `u8`, `i8` or `i32`.
    pub kind: &'static str,
    /// One, or one for each channel.
    pub scale: Vec<f64>,
    pub zero: f64,
}

/// One layer of the network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerReport {
    pub layer: usize,
    pub kind: &'static str,
    /// The file's node it comes from.
    pub node: String,
    pub operator: String,
    /// What was done, where the layer does not say so.
    pub note: String,
    /// Of its output, for one batch item.
    pub shape: Vec<usize>,
    /// What its integers stand for, where the file has that tensor.
    pub scale: Option<Vec<f64>>,
    pub zero: Option<f64>,
    /// Of a requant layer.
    pub shift: Option<u32>,
    pub clamp: Option<[i32; 2]>,
    /// The least and the largest.
    pub multipliers: Option<[u16; 2]>,
    /// Largest relative error of a multiplier.
    pub multiplier_error: Option<f64>,
    /// Largest difference from the file's tensor on the data.
    pub max_error: Option<f64>,
    /// The same in steps of the scale.
    pub max_steps: Option<f64>,
}

/// The network beside its file, on the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub rows: usize,
    /// Largest and mean difference of an output.
    pub max_error: f64,
    pub mean_error: f64,
    /// Rows whose largest output is the same one.
    pub same_answer: usize,
    /// Rows whose largest output is their label, by the file and by the network.
    pub correct: Option<[usize; 2]>,
    /// Outputs by their difference, where they are 8 bits in the file too.
    pub steps: Option<Steps>,
}

/// Numbers of outputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Steps {
    pub equal: usize,
    pub by_one: usize,
    pub by_more: usize,
}

/// The report without what needs data.
pub fn report(graph: &Graph, calibrated: bool, built: &Built) -> Report {
    let topology = built.model.topology();
    let output = topology.output();
    let layers = topology.layers().iter().zip(&built.notes).enumerate();
    Report {
        calibrated,
        input: Boundary {
            shape: topology.input_shape().to_vec(),
            kind: kind(Some(topology.input_type())),
            scale: vec![built.input.scale],
            zero: built.input.zero,
        },
        output: Boundary {
            shape: output.shape.clone(),
            kind: kind(output.activation_type()),
            scale: built.output.scale.clone(),
            zero: built.output.zero,
        },
        layers: layers
            .map(|(index, (layer, note))| described(&built.model, index, layer, note))
            .collect(),
        notes: graph.notes.clone(),
        comparison: None,
    }
}

fn kind(activations: Option<ActivationType>) -> &'static str {
    match activations {
        Some(ActivationType::U8) => "u8",
        Some(ActivationType::I8) => "i8",
        None => "i32",
    }
}

fn described(model: &Model, index: usize, layer: &Layer, note: &LayerNote) -> LayerReport {
    let (shift, clamp) = match *layer {
        Layer::Requant { shift, lo, hi } | Layer::MultiplierRequant { shift, lo, hi } => {
            (Some(shift), Some([lo, hi]))
        }
        _ => (None, None),
    };
    let multipliers = model.multipliers_of(index);
    let range = (multipliers.iter().min(), multipliers.iter().max());
    let scaling = note.tensor.as_ref().map(|(_, scaling)| scaling);
    LayerReport {
        layer: index,
        kind: layer.kind(),
        node: note.place.node.to_string(),
        operator: note.place.operator.to_string(),
        note: note.note.clone(),
        shape: model.topology().nodes()[index].output.shape.clone(),
        scale: scaling.map(|s| s.scale.clone()),
        zero: scaling.map(|s| s.zero),
        shift,
        clamp,
        multipliers: match range {
            (Some(least), Some(most)) => Some([*least, *most]),
            _ => None,
        },
        multiplier_error: note.multiplier_error,
        max_error: None,
        max_steps: None,
    }
}

/// Runs the file's graph and the network on the data. `origins` gives, for each tensor of the
/// graph that was lowered, that of the file's.
pub fn compare(
    report: &mut Report,
    graph: &Graph,
    origins: &[usize],
    built: &Built,
    samples: &Samples,
) -> Result<(), Error> {
    let mut errors = vec![0.0f64; built.notes.len()];
    let mut total = Totals::default();
    let labels = samples.labels();
    for (index, row) in samples.rows().enumerate() {
        let wanted = evaluate::run(graph, row);
        let input = integers(&built.input, &wanted[0]);
        let trace = built.model.trace(&input)?;
        for ((layer, note), error) in trace.layers().iter().zip(&built.notes).zip(&mut errors) {
            if let Some((tensor, scaling)) = &note.tensor {
                let real = reals(scaling, layer.values());
                *error = error.max(difference(&real, &wanted[origins[*tensor]]));
            }
        }
        let found = reals(&built.output, trace.output().values());
        let label = labels.map(|labels| labels[index]);
        total.count(&wanted[graph.output], &found, &built.output, label);
    }
    for ((layer, note), error) in report.layers.iter_mut().zip(&built.notes).zip(errors) {
        if let Some((_, scaling)) = &note.tensor {
            layer.max_error = Some(error);
            layer.max_steps = match scaling.scale[..] {
                [scale] => Some(error / scale),
                _ => None,
            };
        }
    }
    let in_steps = !report.calibrated && report.output.kind != "i32";
    report.comparison = Some(Comparison {
        rows: samples.len(),
        max_error: total.max,
        mean_error: total.sum / total.outputs.max(1) as f64,
        same_answer: total.same_answer,
        correct: labels.map(|_| total.correct),
        steps: in_steps.then_some(total.steps),
    });
    Ok(())
}

/// The network's input row for real numbers.
fn integers(input: &Values, real: &[f64]) -> Matrix {
    let of = |value: &f64| {
        // In 32 bits, as the files' tools divide.
        let steps = (*value as f32 / input.scale as f32).round_ties_even();
        let integer = f64::from(steps) + input.zero;
        integer.clamp(input.lo as f64, input.hi as f64) as i32
    };
    let values: Vec<i32> = real.iter().map(of).collect();
    Matrix::new(1, values.len(), values).expect("one value for each column; qed")
}

/// What integers stand for; with a scale for each channel, channels are the slowest axis.
fn reals(scaling: &Scaling, integers: &[i32]) -> Vec<f64> {
    let positions = (integers.len() / scaling.scale.len()).max(1);
    let of = |(at, value): (usize, &i32)| {
        let scale = scaling.scale[at / positions % scaling.scale.len()];
        scale * (f64::from(*value) - scaling.zero)
    };
    integers.iter().enumerate().map(of).collect()
}

fn difference(a: &[f64], b: &[f64]) -> f64 {
    let of = |(a, b): (&f64, &f64)| (a - b).abs();
    a.iter().zip(b).map(of).fold(0.0, f64::max)
}

/// The first of the largest.
fn answer(values: &[f64]) -> usize {
    let better = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (0..values.len()).fold(0, better)
}

#[derive(Debug, Default)]
struct Totals {
    max: f64,
    sum: f64,
    outputs: usize,
    same_answer: usize,
    correct: [usize; 2],
    steps: Steps,
}

impl Totals {
    fn count(&mut self, wanted: &[f64], found: &[f64], scaling: &Scaling, label: Option<usize>) {
        self.max = self.max.max(difference(wanted, found));
        for (wanted, found) in wanted.iter().zip(found) {
            let error = (wanted - found).abs();
            self.sum += error;
            self.outputs += 1;
            match (error / scaling.scale[0]).round() as u64 {
                0 => self.steps.equal += 1,
                1 => self.steps.by_one += 1,
                _ => self.steps.by_more += 1,
            }
        }
        let answers = [answer(wanted), answer(found)];
        self.same_answer += usize::from(answers[0] == answers[1]);
        for (correct, answer) in self.correct.iter_mut().zip(answers) {
            *correct += usize::from(Some(answer) == label);
        }
    }
}
