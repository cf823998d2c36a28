//! A network of real numbers with the quantisations that its file asks for.
//!
//! Both quantised forms of ONNX become this one: real-valued operations with a rounding
//! ([`Op::Quantise`]) where the file has `QuantizeLinear`, or an operator that ends in one.

use crate::error::{Error, Place};
use swarm_network::Window;

/// The input is tensor 0; step `i` gives tensor `i + 1`. Every step comes after what it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub input: Input,
    pub steps: Vec<Step>,
    /// The tensor that is the network's output.
    pub output: usize,
    /// What was left out, and why that changes nothing.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    pub name: String,
    /// Of one batch item.
    pub shape: Vec<usize>,
    /// Where the file's input is integers already: what they stand for.
    pub quantised: Option<Quantisation>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub place: Place,
    pub op: Op,
    /// Tensors it takes.
    pub inputs: Vec<usize>,
    /// Of what it gives, for one batch item.
    pub shape: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// `y = W·x + b`, weights `[out, in]`.
    Linear(Weights),
    /// Cross-correlation with zeros around the tensor, weights `[out, in / groups, kh, kw]`.
    Conv {
        weights: Weights,
        window: Window,
        groups: usize,
    },
    /// `y = scale·x + shift` for each channel.
    Affine {
        scale: Vec<f64>,
        shift: Vec<f64>,
    },
    /// `y = min(max(x, lo), hi)`; a ReLU is `0..∞`.
    Clip {
        lo: f64,
        hi: f64,
    },
    MaxPool {
        window: Window,
    },
    /// The mean of each window, zeros around the tensor included.
    AvgPool {
        window: Window,
    },
    Add,
    Flatten,
    Quantise(Quantisation),
}

/// Weights as the file has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Name of the tensor.
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
    /// `[out]`, zeros where there are none.
    pub bias: Vec<f64>,
    /// The weights as integers, where they are quantised.
    pub integers: Option<IntegerWeights>,
}

/// `weight[o, ..] = scale[o] · value[o, ..]`
#[derive(Debug, Clone, PartialEq)]
pub struct IntegerWeights {
    pub values: Vec<i64>,
    /// `[out]`
    pub scale: Vec<f64>,
}

/// `x ↦ scale · (clamp(round(x / scale) + zero, lo, hi) − zero)`, ties to even.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantisation {
    pub scale: f64,
    pub zero: i64,
    pub lo: i64,
    pub hi: i64,
}

impl Quantisation {
    /// The integer for a real value. In 32-bit floats, as the files' own tools compute.
    pub fn integer(&self, value: f64) -> i64 {
        let steps = (value as f32 / self.scale as f32).round_ties_even();
        (steps as i64)
            .saturating_add(self.zero)
            .clamp(self.lo, self.hi)
    }

    /// The real value that an integer stands for.
    pub fn real(&self, integer: i64) -> f64 {
        self.scale * (integer - self.zero) as f64
    }
}

impl Weights {
    pub fn outputs(&self) -> usize {
        self.shape[0]
    }

    /// Weights of one output channel.
    pub fn fan_in(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Multiplies a channel's weights and bias; integers keep their value or change their sign.
    fn scale_channel(&mut self, channel: usize, factor: f64) {
        let range = channel * self.fan_in()..(channel + 1) * self.fan_in();
        self.values[range.clone()]
            .iter_mut()
            .for_each(|w| *w *= factor);
        self.bias[channel] *= factor;
        if let Some(integers) = &mut self.integers {
            integers.scale[channel] *= factor.abs();
            if factor < 0.0 {
                integers.values[range].iter_mut().for_each(|w| *w = -*w);
            }
        }
    }
}

impl Op {
    pub fn weights(&self) -> Option<&Weights> {
        match self {
            Op::Linear(weights) | Op::Conv { weights, .. } => Some(weights),
            _ => None,
        }
    }

    pub fn weights_mut(&mut self) -> Option<&mut Weights> {
        match self {
            Op::Linear(weights) | Op::Conv { weights, .. } => Some(weights),
            _ => None,
        }
    }
}

/// Channels of a tensor: the first axis of `[c, h, w]`, else every value is one.
pub fn channels(shape: &[usize]) -> usize {
    match *shape {
        [channels, _, _] => channels,
        _ => shape.iter().product(),
    }
}

impl Graph {
    pub fn shape(&self, tensor: usize) -> &[usize] {
        match tensor.checked_sub(1) {
            None => &self.input.shape,
            Some(step) => &self.steps[step].shape,
        }
    }

    pub fn len_of(&self, tensor: usize) -> usize {
        self.shape(tensor).iter().product()
    }

    /// The step that gives a tensor; `None` for the input.
    pub fn step(&self, tensor: usize) -> Option<&Step> {
        tensor.checked_sub(1).map(|step| &self.steps[step])
    }

    /// Steps that take each tensor, by index; none that of the output, since what no output needs
    /// is dropped.
    pub fn uses(&self) -> Vec<Vec<usize>> {
        let mut uses = vec![Vec::new(); self.steps.len() + 1];
        for (index, step) in self.steps.iter().enumerate() {
            for input in &step.inputs {
                uses[*input].push(index);
            }
        }
        uses
    }

    pub fn is_quantised(&self) -> bool {
        let quantises = |step: &Step| matches!(step.op, Op::Quantise(_));
        self.steps.iter().any(quantises)
    }

    /// Folds channel-wise scales and shifts into the weights before them, and moves clips before
    /// pools and flattens, which gives the same values. Steps that no output needs are dropped.
    pub fn normalised(mut self) -> Result<Self, Error> {
        self.drop_unused();
        self.fold_affine();
        while self.swap() {}
        match self.steps.is_empty() {
            false => Ok(self),
            true => Err(Error::NotOnnx("its output is its input".into())),
        }
    }

    fn fold_affine(&mut self) {
        let mut index = 0;
        while index < self.steps.len() {
            let uses = self.uses();
            let source = self.steps[index].inputs[0];
            let foldable = source > 0
                && uses[source].len() == 1
                && self.steps[source - 1].op.weights().is_some();
            if let (Op::Affine { scale, shift }, true) = (&self.steps[index].op, foldable) {
                let (scale, shift) = (scale.clone(), shift.clone());
                let of = |values: &[f64], channel: usize| values[channel % values.len()];
                if let Some(weights) = self.steps[source - 1].op.weights_mut() {
                    for channel in 0..weights.outputs() {
                        weights.scale_channel(channel, of(&scale, channel));
                        weights.bias[channel] += of(&shift, channel);
                    }
                }
                self.remove(index);
            } else {
                index += 1;
            }
        }
    }

    /// Takes one step out; what took its output takes its input.
    fn remove(&mut self, index: usize) {
        let source = self.steps[index].inputs[0];
        self.steps.remove(index);
        let renumbered = |tensor: usize| match tensor {
            t if t == index + 1 => source,
            t if t > index + 1 => t - 1,
            t => t,
        };
        for step in &mut self.steps {
            step.inputs.iter_mut().for_each(|t| *t = renumbered(*t));
        }
        self.output = renumbered(self.output);
    }

    /// Moves one clip before the pool or the flatten that it follows, or one rounding before a
    /// flatten: there channels are still known.
    fn swap(&mut self) -> bool {
        let uses = self.uses();
        let found = (1..self.steps.len()).find(|&index| {
            let commutes = matches!(
                (&self.steps[index - 1].op, &self.steps[index].op),
                (Op::MaxPool { .. } | Op::Flatten, Op::Clip { .. })
                    | (Op::Flatten, Op::Quantise(_))
            );
            commutes && self.steps[index].inputs == [index] && uses[index].len() == 1
        });
        let Some(index) = found else { return false };
        let source = self.steps[index - 1].inputs[0];
        let shape = self.shape(source).to_vec();
        self.steps.swap(index - 1, index);
        self.steps[index - 1].inputs = vec![source];
        self.steps[index - 1].shape = shape;
        self.steps[index].inputs = vec![index];
        true
    }

    fn drop_unused(&mut self) {
        let mut needed = vec![false; self.steps.len() + 1];
        needed[self.output] = true;
        for (index, step) in self.steps.iter().enumerate().rev() {
            if needed[index + 1] {
                step.inputs.iter().for_each(|t| needed[*t] = true);
            }
        }
        for index in (0..self.steps.len()).rev() {
            if !needed[index + 1] {
                self.remove(index);
            }
        }
    }
}
