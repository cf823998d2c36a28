//! From a quantised graph to integers: layers, weights, biases and multipliers.
//!
//! A value `v` of the network stands for the real number `scale · (v − zero)`. Between a layer with
//! weights and the rounding after it, zero points, biases and the half that makes `floor` round to
//! nearest all go into the integer bias: `q = floor((acc + b) · m / 2^shift)`.

mod emit;
mod round;
mod sums;

use crate::error::{Error, Place};
use crate::graph::{Graph, Op, Quantisation};
use emit::Emitter;
pub use emit::{Built, LayerNote};
use sums::Sums;
use swarm_network::{ActivationType, Layer, Source, Window};

/// What a tensor of the graph has become.
#[derive(Debug, Clone)]
enum Form {
    /// The network's input before it is rounded: `real = factor · input`.
    Input {
        factor: f64,
    },
    Values(Values),
    Sums(Sums),
    /// Taken by its only user.
    Taken,
}

/// Integers of a layer that stand for `scale · (v − zero)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
    pub source: Source,
    pub scale: f64,
    pub zero: f64,
    /// Range of `v`.
    pub lo: i64,
    pub hi: i64,
}

/// What the integers of the network's input or output stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// One, or one for each channel.
    pub scale: Vec<f64>,
    pub zero: f64,
}

/// The range in which a quantisation is stored, and the zero point there: shifted to have none
/// where 8 bits allow.
fn stored(quantisation: Quantisation) -> Values {
    let Quantisation { zero, lo, hi, .. } = quantisation;
    let offset = match ActivationType::holding(lo - zero, hi - zero) {
        Some(_) => zero,
        None => 0,
    };
    Values {
        source: Source::Input,
        scale: quantisation.scale,
        zero: (zero - offset) as f64,
        lo: lo - offset,
        hi: hi - offset,
    }
}

/// Makes a network of a graph whose tensors are all quantised.
pub fn lower(graph: &Graph) -> Result<Built, Error> {
    let mut lowering = Lowering {
        graph,
        uses: graph.uses(),
        forms: vec![Form::Input { factor: 1.0 }],
        emitter: Emitter::default(),
    };
    if let Some(quantisation) = graph.input.quantised {
        lowering.forms[0] = Form::Values(lowering.input(quantisation, 1.0));
    }
    for index in 0..graph.steps.len() {
        let form = lowering.step(index)?;
        lowering.forms.push(form);
    }
    lowering.finish()
}

struct Lowering<'a> {
    graph: &'a Graph,
    uses: Vec<Vec<usize>>,
    forms: Vec<Form>,
    emitter: Emitter,
}

impl Lowering<'_> {
    fn place(&self, index: usize) -> &Place {
        &self.graph.steps[index].place
    }

    fn refuse(&self, index: usize, reason: impl Into<String>, help: &str) -> Error {
        Error::Node {
            place: self.place(index).clone(),
            reason: reason.into(),
            help: help.into(),
        }
    }

    fn step(&mut self, index: usize) -> Result<Form, Error> {
        let step = &self.graph.steps[index];
        let tensor = step.inputs[0];
        match &step.op {
            Op::Quantise(quantisation) => self.quantise(index, *quantisation),
            Op::Linear(_) | Op::Conv { .. } => {
                let x = self.values(index, 0)?;
                self.weighted(index, x).map(Form::Sums)
            }
            Op::Add => self.add(index),
            Op::Affine { scale, shift } => self.affine(index, scale, shift),
            Op::Clip { lo, hi } => self.clip(index, *lo, *hi),
            Op::MaxPool { window } => {
                let x = self.values(index, 0)?;
                let source = self.emit(index, Layer::MaxPool { window: *window }, x.source, "");
                Ok(self.describe(index, Values { source, ..x }))
            }
            Op::AvgPool { window } => self.avgpool(index, *window),
            Op::Flatten => match self.forms[tensor].clone() {
                Form::Values(x)
                    if self.graph.shape(tensor).len() > 1 && x.source != Source::Input =>
                {
                    let source = self.emit(index, Layer::Flatten, x.source, "");
                    Ok(self.describe(index, Values { source, ..x }))
                }
                Form::Sums(_) => self.values(index, 0).map(Form::Values),
                other => Ok(other),
            },
        }
    }

    fn emit(&mut self, index: usize, layer: Layer, source: Source, note: &str) -> Source {
        let place = self.place(index).clone();
        self.emitter.emit(place, layer, source, note)
    }

    /// Notes for the report what the last layer's integers stand for.
    fn describe(&mut self, index: usize, values: Values) -> Form {
        let scaling = Scaling {
            scale: vec![values.scale],
            zero: values.zero,
        };
        self.emitter.stands_for(index + 1, scaling);
        Form::Values(values)
    }

    /// The integers of an input of step `index`.
    fn values(&mut self, index: usize, input: usize) -> Result<Values, Error> {
        let tensor = self.graph.steps[index].inputs[input];
        match &self.forms[tensor] {
            Form::Values(values) => Ok(*values),
            Form::Input { .. } => Err(self.refuse(
                index,
                "it takes the network's input, which is not quantised",
                "quantise the input too (a QuantizeLinear at the beginning)",
            )),
            Form::Sums(_) | Form::Taken => {
                let before = self.graph.step(tensor).map(|s| s.place.to_string());
                Err(self.refuse(
                    index,
                    format!("what {} gives is not quantised", before.unwrap_or_default()),
                    "quantise every operator of the model, not only some",
                ))
            }
        }
    }

    /// Takes the input's quantisation as the network's input.
    fn input(&mut self, quantisation: Quantisation, factor: f64) -> Values {
        let values = stored(quantisation);
        self.emitter.input = Some(Values {
            scale: values.scale / factor,
            ..values
        });
        values
    }

    fn affine(&mut self, index: usize, scale: &[f64], shift: &[f64]) -> Result<Form, Error> {
        let (a, b) = (scale[0], shift[0]);
        let same = scale.iter().all(|v| *v == a) && shift.iter().all(|v| *v == b);
        let tensor = self.graph.steps[index].inputs[0];
        if same && a > 0.0 {
            match self.forms[tensor].clone() {
                Form::Input { factor } if b == 0.0 => {
                    return Ok(Form::Input { factor: factor * a })
                }
                Form::Values(x) => {
                    return Ok(Form::Values(Values {
                        scale: x.scale * a,
                        zero: x.zero - b / (a * x.scale),
                        ..x
                    }))
                }
                _ => {}
            }
        }
        Err(self.refuse(
            index,
            "it scales channels that come from no convolution or linear layer just before it",
            "put it directly after one, or apply it to the data before the network",
        ))
    }

    fn avgpool(&mut self, index: usize, window: Window) -> Result<Form, Error> {
        let x = self.values(index, 0)?;
        let taps = (window.kernel[0] * window.kernel[1]) as f64;
        if window.padding != [0; 4] && x.zero != 0.0 {
            return Err(self.zero_at_the_edge(index, x.zero));
        }
        let next = &self.uses[index + 1];
        let rounded = |step: &usize| matches!(self.graph.steps[*step].op, Op::Quantise(_));
        if next.len() == 1 && next.iter().all(rounded) {
            // As a convolution with ones, so that the rounding has a bias to be in.
            return Ok(Form::Sums(self.carried(index, x, Some(window))));
        }
        let source = self.emit(index, Layer::AvgPool { window }, x.source, "sum");
        let padded = |bound: i64, with: i64| match window.padding {
            [0, 0, 0, 0] => bound,
            _ => with,
        };
        let pooled = Values {
            source,
            scale: x.scale / taps,
            zero: x.zero * taps,
            lo: padded(x.lo, x.lo.min(0)) * taps as i64,
            hi: padded(x.hi, x.hi.max(0)) * taps as i64,
        };
        Ok(self.describe(index, pooled))
    }

    fn zero_at_the_edge(&self, index: usize, zero: f64) -> Error {
        self.refuse(
            index,
            format!(
                "its window reaches into the padding, and its input has the zero point {zero}, so \
                 that a padded zero is no integer zero"
            ),
            "quantise its input symmetrically, or put a ReLU before it",
        )
    }

    fn finish(mut self) -> Result<Built, Error> {
        let output = self.graph.output;
        let index = output.saturating_sub(1);
        let scaling = match std::mem::replace(&mut self.forms[output], Form::Taken) {
            Form::Sums(sums) => self.output_sums(index, sums)?,
            Form::Values(x) => Scaling {
                scale: vec![x.scale],
                zero: x.zero,
            },
            Form::Input { .. } | Form::Taken => {
                return Err(Error::NotOnnx("its output is its input".into()))
            }
        };
        let shape = self.graph.input.shape.clone();
        self.emitter.build(shape, scaling)
    }
}
