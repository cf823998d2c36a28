//! Requantisation in `i32` alone, also with factors whose products need 48 bits.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use swarm_network::{Requant, TensorType};

/// A requant layer on a device.
pub(super) struct BurnRequant {
    shift: u32,
    lo: i32,
    hi: i32,
    /// `[1, values]`; `None` where all are 1.
    factors: Option<Tensor<2, Int>>,
}

impl BurnRequant {
    pub fn load(
        requant: &Requant,
        multipliers: &[u16],
        output: &TensorType,
        device: &Device,
    ) -> Self {
        let factors = (!requant.is_uniform()).then(|| {
            let factor =
                |index: usize| requant.factor(index / output.positions(), multipliers) as i32;
            let values: Vec<i32> = (0..output.len()).map(factor).collect();
            let data = TensorData::new(values, [1, output.len()]);
            Tensor::from_data(data, (device, DType::I32))
        });
        Self {
            shift: requant.shift(),
            lo: requant.lo,
            hi: requant.hi,
            factors,
        }
    }

    pub fn run(&self, x: Tensor<2, Int>) -> Tensor<2, Int> {
        let scaled = match &self.factors {
            // An arithmetic shift is the floor of the division, also below zero.
            None => x.bitwise_right_shift_scalar(self.shift as i32),
            Some(factors) => scaled(x, factors.clone(), self.shift),
        };
        scaled.clamp(self.lo, self.hi)
    }
}

/// Bits of the parts that a product is made of. A part times a factor of 16 bits and the carry from
/// the part below fit `i32`: (2^15 − 1)·2^16 + 2^16 − 2 < 2^31.
const PART: i32 = 15;
const MASK: i32 = (1 << PART) - 1;
/// Largest value that may be put above another part. Beyond it every shift that is left, of less
/// than 15 bits, leads outside all clamps.
const TOP: i32 = (1 << PART) - 1;

/// `floor(x · factor / 2^shift)`, exact where it lies within 8 bits and otherwise beyond them on the
/// same side. Factors are 0 to 2^16.
pub(super) fn scaled(x: Tensor<2, Int>, factors: Tensor<2, Int>, shift: u32) -> Tensor<2, Int> {
    let shift = shift as i32;
    let low = x.clone().bitwise_and_scalar(MASK);
    let middle = x
        .clone()
        .bitwise_right_shift_scalar(PART)
        .bitwise_and_scalar(MASK);
    let high = x.bitwise_right_shift_scalar(2 * PART);
    // x · factor = top · 2^30 + middle · 2^15 + low, the latter two in 0..2^15.
    let product = low * factors.clone();
    let low = product.clone().bitwise_and_scalar(MASK);
    let product = middle * factors.clone() + product.bitwise_right_shift_scalar(PART);
    let middle = product.clone().bitwise_and_scalar(MASK);
    let top = high * factors + product.bitwise_right_shift_scalar(PART);
    if shift >= 2 * PART {
        return top.bitwise_right_shift_scalar(shift - 2 * PART);
    }
    let above = |top: Tensor<2, Int>, below: Tensor<2, Int>| {
        top.clamp(-TOP - 1, TOP).mul_scalar(1 << PART) + below
    };
    let upper = above(top, middle);
    if shift >= PART {
        return upper.bitwise_right_shift_scalar(shift - PART);
    }
    above(upper, low).bitwise_right_shift_scalar(shift)
}
