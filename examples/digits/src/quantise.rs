//! From floats to the chain's integers: `i8` weights, `u8` activations, a power-of-two shift.

use anyhow::{bail, Result};
use swarm_network::{ActivationType, Layer, LinearWeights, Matrix, Model, Topology};

use crate::{
    data::{Images, BRIGHTEST, CLASSES, PIXELS},
    train::{FloatLayer, FloatNetwork, HIDDEN},
};

/// A pixel 0..=16 becomes 0..=240: the most of `u8` that a whole factor gives.
pub const PIXEL_FACTOR: u8 = 15;
/// Integer input for a float input of 1.0 (the brightest pixel).
const INPUT_SCALE: f64 = (PIXEL_FACTOR * BRIGHTEST) as f64;
const WEIGHT_LIMIT: f64 = 127.0;
const SHIFTS: std::ops::RangeInclusive<u32> = 1..=16;

/// The images as the network's input rows, `[len, 64]`.
pub fn input(images: &Images) -> Result<Matrix> {
    let values = images
        .pixels
        .iter()
        .map(|&p| i32::from(p * PIXEL_FACTOR))
        .collect();
    Ok(Matrix::new(images.len(), PIXELS, values)?)
}

/// Quantises, with the shift whose logits come closest to the float network's on `calibration`.
pub fn quantise(float: &FloatNetwork, calibration: &Images) -> Result<Model> {
    let wanted = float.logits(calibration);
    let rows = input(calibration)?;
    let mut best: Option<(f64, Model)> = None;
    let mut refused = None;
    for shift in SHIFTS {
        // With too small a shift the second layer's biases leave their range.
        let (model, logit_scale) = match with_shift(float, shift) {
            Ok(candidate) => candidate,
            Err(e) => {
                refused = Some(e);
                continue;
            }
        };
        let found = model.run(&rows)?;
        let error: f64 = wanted
            .iter()
            .enumerate()
            .flat_map(|(row, logits)| logits.iter().zip(found.row(row)))
            .map(|(wanted, found)| (f64::from(*found) / logit_scale - wanted).abs())
            .sum();
        if best.as_ref().is_none_or(|(least, _)| error < *least) {
            best = Some((error, model));
        }
    }
    match (best, refused) {
        (Some((_, model)), _) => Ok(model),
        (None, Some(e)) => Err(e.context("no shift gives a valid network")),
        (None, None) => bail!("no shift was tried"),
    }
}

/// The network with this shift, and the integer logit for a float logit of 1.0.
fn with_shift(float: &FloatNetwork, shift: u32) -> Result<(Model, f64)> {
    let topology = Topology::new(
        vec![PIXELS],
        ActivationType::U8,
        vec![
            Layer::Linear {
                inputs: PIXELS,
                outputs: HIDDEN,
            },
            Layer::Requant {
                shift,
                lo: 0,
                hi: 255,
            },
            Layer::Linear {
                inputs: HIDDEN,
                outputs: CLASSES,
            },
        ],
    )?;
    let (mut hidden, accumulator_scale) = integers(&float.hidden, INPUT_SCALE);
    // The shift rounds down; half a step in the bias makes it round to nearest.
    for bias in &mut hidden.bias {
        *bias += 1 << (shift - 1);
    }
    let activation_scale = accumulator_scale / f64::from(1u32 << shift);
    let (output, logit_scale) = integers(&float.output, activation_scale);
    Ok((Model::new(topology, vec![hidden, output])?, logit_scale))
}

/// A layer's integers for inputs of this scale, and the scale of its accumulators.
fn integers(layer: &FloatLayer, input_scale: f64) -> (LinearWeights, f64) {
    let largest = layer.weight.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    let weight_scale = if largest > 0.0 {
        WEIGHT_LIMIT / largest
    } else {
        1.0
    };
    let scale = weight_scale * input_scale;
    let weights = LinearWeights {
        weight: layer
            .weight
            .iter()
            .map(|w| (w * weight_scale).round() as i8)
            .collect(),
        bias: layer
            .bias
            .iter()
            .map(|b| (b * scale).round() as i32)
            .collect(),
    };
    (weights, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(labels: Vec<u8>) -> Images {
        Images {
            pixels: (0..labels.len() * PIXELS)
                .map(|i| (i * 7 % 17) as u8)
                .collect(),
            labels,
        }
    }

    fn network() -> FloatNetwork {
        let layer = |inputs: usize, outputs: usize| FloatLayer {
            inputs,
            weight: (0..inputs * outputs)
                .map(|i| ((i * 37 % 101) as f64 - 50.0) / 100.0)
                .collect(),
            bias: (0..outputs).map(|i| i as f64 / 10.0 - 0.3).collect(),
        };
        FloatNetwork {
            hidden: layer(PIXELS, HIDDEN),
            output: layer(HIDDEN, CLASSES),
        }
    }

    #[test]
    fn chosen_shift_follows_the_float_network() {
        let images = images(vec![0; 40]);
        let float = network();
        let model = quantise(&float, &images).unwrap();
        let Layer::Requant { shift, .. } = model.topology().layers()[1] else {
            panic!("the second layer is no requant layer");
        };
        let (same, scale) = with_shift(&float, shift).unwrap();
        assert_eq!(same, model);
        let found = model.run(&input(&images).unwrap()).unwrap();
        let wanted = float.logits(&images);
        let spread = wanted
            .iter()
            .flatten()
            .fold(0.0f64, |m, logit| m.max(logit.abs()));
        for (row, logits) in wanted.iter().enumerate() {
            for (wanted, found) in logits.iter().zip(found.row(row)) {
                let error = (f64::from(*found) / scale - wanted).abs();
                assert!(error < 0.03 * spread, "{found} / {scale} is not {wanted}");
            }
        }
    }

    #[test]
    fn weights_use_the_whole_range_and_stay_inside_it() {
        let (weights, scale) = integers(&network().hidden, INPUT_SCALE);
        assert_eq!(
            weights.weight.iter().map(|w| w.unsigned_abs()).max(),
            Some(127)
        );
        assert!((scale - INPUT_SCALE * 127.0 / 0.5).abs() < 1e-6);
    }

    #[test]
    fn brightest_pixel_fits_the_input_type() {
        let mut one = images(vec![3]);
        one.pixels[5] = BRIGHTEST;
        assert_eq!(input(&one).unwrap().get(0, 5), 240);
    }
}
