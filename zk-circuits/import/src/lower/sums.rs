//! Sums that await their rounding: weights with what is added to them.

use super::{Form, Lowering, Values};
use crate::error::Error;
use crate::graph::{channels, Op};
use swarm_network::{Layer, Source, Window, MAX_SCALE};

/// Weight of a convolution that only carries a bias: large enough that half a step of the rounding
/// after it is an integer.
const CARRIER: i8 = 64;
/// Carrier weights tried for the ratio of two scales.
const RATIOS: std::ops::RangeInclusive<i64> = 32..=127;

/// `real = unit · (Σ + bias)`, and `Σ` a layer's sums, or those of an add.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    pub base: Base,
    /// For each channel, or one for all.
    pub unit: Vec<f64>,
    /// For each channel, in units.
    pub bias: Vec<f64>,
    /// Added after the layer with weights: another layer's values, times this.
    pub add: Option<(Source, u32)>,
    /// Range of the real numbers.
    pub clip: (f64, f64),
    /// The step of the weights.
    pub step: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Base {
    Weighted {
        layer: Layer,
        source: Source,
        weights: Vec<i8>,
        note: &'static str,
    },
    /// The sums of an add of values in one row: no layer with a bias can come between.
    Bare { source: Source, times: u32 },
}

impl Lowering<'_> {
    /// A convolution or a linear layer.
    pub(super) fn weighted(&mut self, index: usize, x: Values) -> Result<Sums, Error> {
        let step = &self.graph.steps[index];
        let Some(weights) = step.op.weights() else {
            return Err(self.refuse(index, "it has no weights", "write the file again"));
        };
        let Some(integers) = &weights.integers else {
            return Err(self.refuse(
                index,
                format!("its weights {:?} are not quantised", weights.name),
                "quantise the whole model, or none of it and give --calibrate",
            ));
        };
        let fan_in = weights.fan_in();
        let mut bytes = Vec::with_capacity(integers.values.len());
        for (at, value) in integers.values.iter().enumerate() {
            bytes.push(i8::try_from(*value).map_err(|_| Error::Element {
                place: step.place.clone(),
                tensor: weights.name.clone(),
                index: index_of(at, &weights.shape),
                value: *value as f64,
                lo: i8::MIN.into(),
                hi: i8::MAX.into(),
                help: "less their zero point, weights must fit int8: quantise them symmetrically",
            })?);
        }
        let layer = match &step.op {
            Op::Conv { window, groups, .. } => {
                if window.padding != [0; 4] && x.zero != 0.0 {
                    return Err(self.zero_at_the_edge(index, x.zero));
                }
                Layer::Conv2d {
                    in_channels: self.graph.shape(step.inputs[0])[0],
                    out_channels: weights.outputs(),
                    window: *window,
                    groups: *groups,
                }
            }
            _ => Layer::Linear {
                inputs: fan_in,
                outputs: weights.outputs(),
            },
        };
        let rows = || integers.values.chunks_exact(fan_in.max(1));
        let mut unit: Vec<f64> = integers.scale.iter().map(|scale| x.scale * scale).collect();
        // A channel without weights may have any scale, which must not cost the others precision.
        let used = |(unit, row): (&f64, &[i64])| row.iter().any(|w| *w != 0).then_some(*unit);
        let least = unit.iter().zip(rows()).filter_map(used).reduce(f64::min);
        for (unit, row) in unit.iter_mut().zip(rows()) {
            if row.iter().all(|w| *w == 0) {
                *unit = least.unwrap_or(x.scale);
            }
        }
        let of = |(row, (bias, unit)): (&[i64], (&f64, &f64))| {
            bias / unit - x.zero * row.iter().sum::<i64>() as f64
        };
        let bias = rows().zip(weights.bias.iter().zip(&unit)).map(of).collect();
        Ok(Sums {
            base: Base::Weighted {
                layer,
                source: x.source,
                weights: bytes,
                note: "",
            },
            unit,
            bias,
            add: None,
            clip: UNCLIPPED,
            step: index,
        })
    }

    /// The values, or the means of their windows, as sums with a bias.
    pub(super) fn carried(&mut self, index: usize, x: Values, window: Option<Window>) -> Sums {
        let tensor = self.graph.steps[index].inputs[0];
        let note = match window {
            Some(_) => "mean, as a convolution with equal weights",
            None => "new scale, as a convolution with equal weights",
        };
        let weight = match self.graph.shape(tensor).len() {
            3 => CARRIER,
            _ => 1,
        };
        self.carried_by(index, tensor, x, window, weight, note)
    }

    fn carried_by(
        &self,
        index: usize,
        tensor: usize,
        x: Values,
        window: Option<Window>,
        weight: i8,
        note: &'static str,
    ) -> Sums {
        let window = window.unwrap_or(Window::square(1, 1));
        let taps = window.kernel[0] * window.kernel[1];
        let shape = self.graph.shape(tensor);
        let count = channels(shape);
        let times = f64::from(weight);
        let (base, unit, zero) = match shape {
            [channels, _, _] => {
                let layer = Layer::Conv2d {
                    in_channels: *channels,
                    out_channels: *channels,
                    window,
                    groups: *channels,
                };
                let base = Base::Weighted {
                    layer,
                    source: x.source,
                    weights: vec![weight; channels * taps],
                    note,
                };
                (
                    base,
                    x.scale / (taps as f64 * times),
                    x.zero * taps as f64 * times,
                )
            }
            _ => {
                let base = Base::Bare {
                    source: x.source,
                    times: weight as u32,
                };
                (base, x.scale / times, x.zero * times)
            }
        };
        Sums {
            base,
            unit: vec![unit; count],
            bias: vec![-zero; count],
            add: None,
            clip: UNCLIPPED,
            step: index,
        }
    }

    pub(super) fn add(&mut self, index: usize) -> Result<Form, Error> {
        let tensors = [0, 1].map(|input| self.graph.steps[index].inputs[input]);
        let sums = tensors.map(|tensor| matches!(self.forms[tensor], Form::Sums(_)));
        match sums {
            [true, true] => Err(self.refuse(
                index,
                "neither of its inputs is quantised",
                "quantise at least one of them",
            )),
            [false, false] => self.add_values(index, tensors),
            [first, _] => {
                let (tensor, other) = if first { (0, 1) } else { (1, 0) };
                let y = self.values(index, other)?;
                let tensor = tensors[tensor];
                let Form::Sums(sums) = self.forms[tensor].clone() else {
                    return Err(self.refuse(index, "its input is taken", "write the file again"));
                };
                self.take(index, tensor)?;
                self.add_to_sums(index, sums, y).map(Form::Sums)
            }
        }
    }

    /// `Σ + k · y` where `k` units are the scale of `y`.
    fn add_to_sums(&self, index: usize, mut sums: Sums, y: Values) -> Result<Sums, Error> {
        let unit = sums.unit[0];
        let times = (y.scale / unit).round();
        let exact = (y.scale / unit - times).abs() <= 1e-6 * times;
        let same = sums.unit.iter().all(|u| *u == unit);
        let fits = (1.0..=f64::from(MAX_SCALE)).contains(&times);
        if !exact || !same || !fits || sums.add.is_some() || sums.clip != UNCLIPPED {
            return Err(self.refuse(
                index,
                "it adds sums and values whose scales have no whole ratio",
                "quantise both its inputs",
            ));
        }
        for bias in &mut sums.bias {
            *bias -= times * y.zero;
        }
        sums.add = Some((y.source, times as u32));
        Ok(sums)
    }

    /// Two quantised tensors: the one of the finer scale gets a weight and a bias.
    fn add_values(&mut self, index: usize, tensors: [usize; 2]) -> Result<Form, Error> {
        let operands = [self.values(index, 0)?, self.values(index, 1)?];
        let (fine, coarse) = match operands[0].scale <= operands[1].scale {
            true => (0, 1),
            false => (1, 0),
        };
        let (x, y) = (operands[fine], operands[coarse]);
        let ratio = y.scale / x.scale;
        let error = |weight: &i64| {
            let exact = *weight as f64 * ratio;
            (exact.round() / exact - 1.0).abs()
        };
        let weight = RATIOS
            .min_by(|a, b| error(a).total_cmp(&error(b)))
            .unwrap_or(CARRIER.into());
        let times = (weight as f64 * ratio).round();
        if times > f64::from(MAX_SCALE) {
            return Err(self.refuse(
                index,
                format!(
                    "its inputs' scales {} and {} are too far apart",
                    x.scale, y.scale
                ),
                "quantise the model again",
            ));
        }
        let mut sums = self.carried_by(
            index,
            tensors[fine],
            x,
            None,
            weight as i8,
            "first part of a sum",
        );
        for bias in &mut sums.bias {
            *bias -= times * y.zero;
        }
        sums.add = Some((y.source, times as u32));
        Ok(Form::Sums(sums))
    }
}

pub(super) const UNCLIPPED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// Index of value `at` in a tensor.
fn index_of(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|dim| {
            let place = at % (*dim).max(1);
            at /= (*dim).max(1);
            place
        })
        .collect();
    index.reverse();
    index
}
