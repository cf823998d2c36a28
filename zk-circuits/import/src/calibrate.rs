//! Quantises a network of real numbers: ranges from typical inputs, weights to `int8`.
//!
//! Activations get one scale for each tensor (`u8` where nothing is negative, else `i8`), weights
//! one for each output channel. The sums of a last layer stay as they are, so that its weights have
//! one scale, and so do those of a convolution to which a tensor is added (their unit divides the
//! scale of that tensor).

use crate::error::Error;
use crate::evaluate;
use crate::graph::{Graph, IntegerWeights, Op, Quantisation, Step, Weights};
use crate::samples::Samples;
use std::collections::BTreeMap;

/// Values of one tensor that are looked at.
const VALUES: usize = 1 << 18;
/// Tried scales, as parts of the one that holds the largest value.
const PARTS: usize = 24;
const LEAST_PART: f64 = 0.4;
/// Weights keep off −128, so that both signs have the same range.
const WEIGHT_LIMIT: f64 = 127.0;
/// Scales of a tensor's channels differ by at most this, or the multiplier of one has few bits.
const SPREAD: f64 = 1024.0;

/// The graph with all its roundings, and the tensor of the first graph behind each of its tensors.
pub fn calibrate(graph: &Graph, samples: &Samples) -> Result<(Graph, Vec<usize>), Error> {
    let sites = Sites::of(graph).chosen;
    let mut ranges: BTreeMap<usize, Range> =
        sites.iter().map(|site| (*site, Range::default())).collect();
    for row in samples.rows() {
        let tensors = evaluate::run(graph, row);
        for (site, range) in &mut ranges {
            range.watch(&tensors[*site], samples.len());
        }
    }
    let (mut quantised, origins) = insert(graph, &ranges);
    quantise_weights(&mut quantised)?;
    Ok((quantised, origins))
}

/// Where roundings go.
struct Sites<'a> {
    graph: &'a Graph,
    uses: Vec<Vec<usize>>,
    chosen: Vec<usize>,
    /// Tensors of sums that are not rounded yet.
    open: Vec<bool>,
}

impl<'a> Sites<'a> {
    fn of(graph: &'a Graph) -> Self {
        let mut sites = Self {
            graph,
            uses: graph.uses(),
            chosen: vec![0],
            open: vec![false],
        };
        for (index, step) in graph.steps.iter().enumerate() {
            let open = sites.step(index, step);
            sites.open.push(open);
        }
        let output = graph.output;
        let kept = match graph.step(output).map(|step| &step.op) {
            Some(Op::Linear(_) | Op::Conv { .. } | Op::Add) => true,
            _ => !sites.open[output],
        };
        if !kept {
            sites.close(output);
        }
        sites
    }

    /// Whether what the step gives is open.
    fn step(&mut self, index: usize, step: &Step) -> bool {
        for tensor in &step.inputs {
            if self.uses[*tensor].len() > 1 {
                self.close(*tensor);
            }
        }
        let first = step.inputs[0];
        match step.op {
            Op::Clip { .. } => self.open[first],
            Op::Add => {
                // One operand may stay open if it is a layer's own sums; the later one.
                let own = |tensor: &&usize| {
                    let step = self.graph.step(**tensor);
                    self.open[**tensor] && step.is_some_and(|step| step.op.weights().is_some())
                };
                let kept = step.inputs.iter().filter(own).max().copied();
                for tensor in &step.inputs {
                    if Some(*tensor) != kept {
                        self.close(*tensor);
                    }
                }
                true
            }
            _ => {
                self.close(first);
                let pooled = match &step.op {
                    Op::AvgPool { window } => Some(window.kernel[0] * window.kernel[1]),
                    _ => None,
                };
                if pooled.is_some_and(|taps| !self.takes_sums(index + 1, taps)) {
                    self.chosen.push(index + 1);
                }
                step.op.weights().is_some()
            }
        }
    }

    fn close(&mut self, tensor: usize) {
        if self.open[tensor] {
            self.open[tensor] = false;
            self.chosen.push(tensor);
        }
    }

    /// Whether all that takes a tensor of sums of `taps` activations can: as the output, or in
    /// layers with weights whose accumulators still fit.
    fn takes_sums(&self, tensor: usize, taps: usize) -> bool {
        let largest = taps as f64 * 255.0;
        self.uses[tensor].iter().all(|user| {
            let step = &self.graph.steps[*user];
            match (&step.op, step.op.weights()) {
                (Op::Flatten, _) => self.takes_sums(user + 1, taps),
                (_, Some(weights)) => {
                    let sum = 2.0 * weights.fan_in() as f64 * 128.0 * largest;
                    largest <= f64::from(u16::MAX) && sum <= f64::from(i32::MAX)
                }
                _ => false,
            }
        })
    }
}

/// What a tensor's values were.
#[derive(Debug, Default)]
struct Range {
    least: f64,
    most: f64,
    values: Vec<f32>,
}

impl Range {
    /// Some values of one row, evenly spaced, so that all rows together are not too many.
    fn watch(&mut self, values: &[f64], rows: usize) {
        let step = (values.len() * rows).div_ceil(VALUES).max(1);
        for value in values {
            self.least = self.least.min(*value);
            self.most = self.most.max(*value);
        }
        let first = self.values.len() % step;
        let some = values.iter().skip(first).step_by(step);
        self.values.extend(some.map(|v| *v as f32));
    }

    /// The scale of least squared error among some.
    fn quantisation(&self) -> Quantisation {
        let (lo, hi, most) = match self.least < 0.0 {
            false => (0, 255, self.most / 255.0),
            true => (-128, 127, self.most.max(-self.least) / 127.0),
        };
        let largest = if most > 0.0 { most } else { 1.0 };
        let with = |part: usize| {
            let part = 1.0 - part as f64 / (PARTS - 1) as f64 * (1.0 - LEAST_PART);
            Quantisation {
                // What the file's tools would store.
                scale: f64::from((largest * part) as f32),
                zero: 0,
                lo,
                hi,
            }
        };
        let error = |q: &Quantisation| -> f64 {
            let of = |value: &f32| (q.real(q.integer((*value).into())) - f64::from(*value)).powi(2);
            self.values.iter().map(of).sum()
        };
        (0..PARTS)
            .map(with)
            .map(|q| (error(&q), q))
            .reduce(|best, next| if next.0 < best.0 { next } else { best })
            .map_or(with(0), |(_, q)| q)
    }
}

/// Puts a rounding after every site.
fn insert(graph: &Graph, ranges: &BTreeMap<usize, Range>) -> (Graph, Vec<usize>) {
    let mut quantised = Graph {
        steps: Vec::new(),
        ..graph.clone()
    };
    let mut origins = vec![0];
    let mut moved = Vec::new();
    for tensor in 0..=graph.steps.len() {
        if let Some(step) = graph.step(tensor) {
            let inputs = step.inputs.iter().map(|t: &usize| moved[*t]).collect();
            quantised.steps.push(Step {
                inputs,
                ..step.clone()
            });
            origins.push(tensor);
        }
        if let Some(range) = ranges.get(&tensor) {
            let place = match graph.step(tensor) {
                Some(step) => step.place.clone(),
                None => crate::Place {
                    node: graph.input.name.as_str().into(),
                    operator: "input".into(),
                },
            };
            quantised.steps.push(Step {
                place,
                op: Op::Quantise(range.quantisation()),
                inputs: vec![quantised.steps.len()],
                shape: graph.shape(tensor).to_vec(),
            });
            origins.push(tensor);
        }
        moved.push(quantised.steps.len());
    }
    quantised.output = moved[graph.output];
    (quantised, origins)
}

fn quantise_weights(graph: &mut Graph) -> Result<(), Error> {
    let scales = scales(graph);
    let uses = graph.uses();
    for index in 0..graph.steps.len() {
        let step = &graph.steps[index];
        let (Some(weights), Some(input)) = (step.op.weights(), scales[step.inputs[0]]) else {
            continue;
        };
        let added = uses[index + 1].iter().find_map(|user| {
            let user = &graph.steps[*user];
            let other = user.inputs.iter().find(|t| **t != index + 1);
            matches!(user.op, Op::Add).then(|| other.and_then(|t| scales[*t]))
        });
        let scale = match added {
            Some(other) => {
                let scale = other.and_then(|other| scale_under(weights, input, other));
                let scale = scale.ok_or_else(|| Error::Node {
                    place: step.place.clone(),
                    reason: "what is added to it is far smaller than itself".into(),
                    help: "give more typical data, or quantise the model before importing it"
                        .into(),
                })?;
                vec![scale; weights.outputs()]
            }
            None if uses[index + 1].is_empty() => {
                vec![scale_of(weights, input, 0..weights.outputs()); weights.outputs()]
            }
            None => scale_of_channels(weights, input),
        };
        let fan_in = weights.fan_in().max(1);
        let integer = |(at, value): (usize, &f64)| {
            (value / scale[at / fan_in])
                .round()
                .clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT) as i64
        };
        let values = weights.values.iter().enumerate().map(integer).collect();
        if let Some(weights) = graph.steps[index].op.weights_mut() {
            weights.integers = Some(IntegerWeights { values, scale });
        }
    }
    Ok(())
}

/// The scale of each quantised tensor and of those with the same integers.
fn scales(graph: &Graph) -> Vec<Option<f64>> {
    let mut scales = vec![None];
    for step in &graph.steps {
        let input = scales[step.inputs[0]];
        scales.push(match &step.op {
            Op::Quantise(quantisation) => Some(quantisation.scale),
            Op::Linear(_) | Op::Conv { .. } | Op::Add => None,
            Op::AvgPool { window } => {
                input.map(|s: f64| s / (window.kernel[0] * window.kernel[1]) as f64)
            }
            Op::Affine { scale, .. } => input.map(|s| s * scale[0]),
            Op::Clip { .. } | Op::MaxPool { .. } | Op::Flatten => input,
        });
    }
    scales
}

/// One scale for these channels: weights and biases fit.
fn scale_of(weights: &Weights, input: f64, channels: std::ops::Range<usize>) -> f64 {
    let fan_in = weights.fan_in();
    let values = &weights.values[channels.start * fan_in..channels.end * fan_in];
    let most = |values: &[f64]| values.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    // A bias may be as large as fan-in products of 128 and 128; a tenth less leaves room for the
    // rounding.
    let bias = most(&weights.bias[channels]) / (fan_in.max(1) as f64 * 128.0 * 128.0 * 0.9 * input);
    let scale = (most(values) / WEIGHT_LIMIT).max(bias);
    if scale > 0.0 {
        scale
    } else {
        1.0
    }
}

fn scale_of_channels(weights: &Weights, input: f64) -> Vec<f64> {
    let outputs = weights.outputs();
    let of = |channel| scale_of(weights, input, channel..channel + 1);
    let scales: Vec<f64> = (0..outputs).map(of).collect();
    let weighty = |channel: &usize| {
        let row = &weights.values[channel * weights.fan_in()..][..weights.fan_in()];
        row.iter().any(|w| *w != 0.0)
    };
    let largest = (0..outputs)
        .filter(weighty)
        .map(|c| scales[c])
        .fold(0.0, f64::max);
    scales
        .iter()
        .map(|scale| scale.max(largest / SPREAD))
        .collect()
}

/// One scale for all weights with which the scale of what is added is a whole number of units.
fn scale_under(weights: &Weights, input: f64, added: f64) -> Option<f64> {
    let least = scale_of(weights, input, 0..weights.outputs());
    let units = (added / (least * input)).floor().min(f64::from(u16::MAX));
    (units >= 1.0).then(|| added / (units * input))
}
