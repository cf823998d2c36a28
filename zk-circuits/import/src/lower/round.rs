//! Where values and sums become 8 bits: roundings, clamps, and the output.

use super::sums::{Base, Sums, UNCLIPPED};
use super::{stored, Form, Lowering, Scaling, Values};
use crate::error::Error;
use crate::graph::Quantisation;
use swarm_network::{Layer, Source, MAX_MULTIPLIER, MAX_MULTIPLIER_SHIFT};

impl Lowering<'_> {
    pub(super) fn quantise(
        &mut self,
        index: usize,
        quantisation: Quantisation,
    ) -> Result<Form, Error> {
        let tensor = self.graph.steps[index].inputs[0];
        let target = stored(quantisation);
        match self.forms[tensor].clone() {
            Form::Input { factor } => {
                let values = Values {
                    scale: target.scale / factor,
                    ..target
                };
                match self.emitter.input {
                    Some(known) if known != values => Err(self.refuse(
                        index,
                        "it quantises the input otherwise than a node before it",
                        "quantise the input once",
                    )),
                    _ => Ok(Form::Values(self.input(quantisation, factor))),
                }
            }
            Form::Values(x) if (x.scale, x.zero) == (target.scale, target.zero) => {
                self.clamped(index, x, target.lo, target.hi)
            }
            Form::Values(x) => {
                let sums = self.carried(index, x, None);
                self.requantised(index, sums, target)
            }
            Form::Sums(sums) => {
                self.take(index, tensor)?;
                self.requantised(index, sums, target)
            }
            Form::Taken => self.values(index, 0).map(Form::Values),
        }
    }

    /// Marks sums as used; they may be used once.
    pub(super) fn take(&mut self, index: usize, tensor: usize) -> Result<(), Error> {
        if self.uses[tensor].len() > 1 {
            return Err(self.refuse(
                index,
                "what it takes is used elsewhere before it is quantised",
                "quantise it once, and use the quantised tensor",
            ));
        }
        self.forms[tensor] = Form::Taken;
        Ok(())
    }

    /// The values in a range, by a layer only where it is narrower.
    fn clamped(&mut self, index: usize, x: Values, lo: i64, hi: i64) -> Result<Form, Error> {
        let (lo, hi) = (lo.max(x.lo), hi.min(x.hi));
        if (lo, hi) == (x.lo, x.hi) {
            return Ok(Form::Values(x));
        }
        if lo >= hi {
            return Err(self.refuse(
                index,
                format!("it leaves no range: values lie in {}..={}", x.lo, x.hi),
                "quantise the model again",
            ));
        }
        let layer = Layer::Requant {
            shift: 0,
            lo: lo as i32,
            hi: hi as i32,
        };
        let source = self.emit(index, layer, x.source, "clamp");
        Ok(self.describe(
            index,
            Values {
                source,
                lo,
                hi,
                ..x
            },
        ))
    }

    pub(super) fn clip(&mut self, index: usize, lo: f64, hi: f64) -> Result<Form, Error> {
        let tensor = self.graph.steps[index].inputs[0];
        match self.forms[tensor].clone() {
            Form::Sums(mut sums) => {
                self.take(index, tensor)?;
                let (least, most) = sums.clip;
                sums.clip = (least.max(lo), most.min(hi).max(lo));
                Ok(Form::Sums(sums))
            }
            _ => {
                let x = self.values(index, 0)?;
                let bound = |real: f64| (real / x.scale + x.zero).round();
                // Far beyond any integer here where a bound is infinite.
                let (lo, hi) = (bound(lo).max(-1e9) as i64, bound(hi).min(1e9) as i64);
                self.clamped(index, x, lo, hi)
            }
        }
    }

    /// Rounds sums to 8 bits: `floor((Σ + bias) · m / 2^shift)`, the half of the rounding in the
    /// bias.
    fn requantised(&mut self, index: usize, sums: Sums, target: Values) -> Result<Form, Error> {
        let factors: Vec<f64> = sums.unit.iter().map(|unit| unit / target.scale).collect();
        let largest = factors.iter().copied().fold(0.0, f64::max);
        let fits =
            |shift: &u32| (largest * 2f64.powi(*shift as i32)).round() <= MAX_MULTIPLIER as f64;
        let Some(shift) = (0..=MAX_MULTIPLIER_SHIFT).rev().find(fits) else {
            return Err(self.refuse(
                index,
                format!("its scale {} is too small for what it rounds", target.scale),
                "quantise the model again with typical data",
            ));
        };
        let power = 2f64.powi(shift as i32);
        let multipliers: Vec<u16> = factors.iter().map(|f| (f * power).round() as u16).collect();
        if let Some(channel) = multipliers.iter().position(|m| *m == 0) {
            return Err(self.refuse(
                index,
                format!(
                    "channel {channel} has a scale {:e} times the largest one, beyond what 16 bits \
                     tell apart",
                    factors[channel] / largest
                ),
                "quantise the weights per tensor",
            ));
        }
        let error = |(factor, m): (&f64, &u16)| (f64::from(*m) / power / factor - 1.0).abs();
        let worst = factors
            .iter()
            .zip(&multipliers)
            .map(error)
            .fold(0.0, f64::max);
        let extra: Vec<f64> = multipliers
            .iter()
            .map(|m| (target.zero + 0.5) * power / f64::from(*m))
            .collect();

        let (clip_lo, clip_hi) = sums.clip;
        let bound = |real: f64| (real / target.scale + target.zero).round_ties_even();
        let lo = (target.lo as f64).max(bound(clip_lo)) as i64;
        let hi = (target.hi as f64).min(bound(clip_hi)) as i64;
        if lo >= hi {
            return Err(self.refuse(
                index,
                format!(
                    "it clips to {clip_lo}..={clip_hi}, less than one step of {}",
                    target.scale
                ),
                "quantise the model again",
            ));
        }
        let (bare, zero) = (matches!(sums.base, Base::Bare { .. }), sums.bias[0]);
        if bare && zero + target.zero / factors[0] != 0.0 {
            return Err(self.refuse(
                index,
                "tensors of one row with zero points are added, for which there is no bias",
                "quantise its inputs and output symmetrically",
            ));
        }
        let rounding = if bare {
            "rounded down: a row has no bias"
        } else {
            ""
        };
        let source = self.summed(index, sums, &extra)?;
        let layer = Layer::MultiplierRequant {
            shift,
            lo: lo as i32,
            hi: hi as i32,
        };
        let source = self.emit(index, layer, source, rounding);
        self.emitter.multiplied(multipliers, worst);
        Ok(self.describe(
            index,
            Values {
                source,
                lo,
                hi,
                ..target
            },
        ))
    }

    /// Sums that are the network's output, of 32 bits.
    pub(super) fn output_sums(&mut self, index: usize, sums: Sums) -> Result<Scaling, Error> {
        if sums.clip != UNCLIPPED {
            return Err(self.refuse(
                index,
                "it clips the output, which is not quantised",
                "quantise the output",
            ));
        }
        let zero = match sums.base {
            Base::Bare { .. } => -sums.bias[0],
            Base::Weighted { .. } => 0.0,
        };
        let unit = sums.unit.clone();
        let same = unit.iter().all(|u| *u == unit[0]);
        let scale = if same { vec![unit[0]] } else { unit.clone() };
        let none = vec![0.0; unit.len()];
        self.summed(index, sums, &none)?;
        let scaling = Scaling { scale, zero };
        self.emitter.stands_for(index + 1, scaling.clone());
        Ok(scaling)
    }

    /// The layers that give the sums, with `extra` more in the bias.
    fn summed(&mut self, index: usize, sums: Sums, extra: &[f64]) -> Result<Source, Error> {
        let (source, times) = match sums.base {
            Base::Bare { source, times } => (source, times),
            Base::Weighted {
                layer,
                source,
                weights,
                note,
            } => {
                let bias = sums.bias.iter().zip(extra).map(|(b, e)| (b + e).round());
                let bias: Vec<f64> = bias.collect();
                let source = self.emit(sums.step, layer, source, note);
                let name = match self.graph.steps[sums.step].op.weights() {
                    Some(weights) => weights.name.clone(),
                    None => "its constant".into(),
                };
                self.emitter.weighted(weights, bias, name);
                (source, 1)
            }
        };
        match sums.add {
            None => Ok(source),
            Some((with, scale)) => {
                let layer = Layer::Add {
                    with,
                    scale: [times, scale],
                };
                Ok(self.emit(index, layer, source, ""))
            }
        }
    }
}
