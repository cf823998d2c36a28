//! Cutting scalars into signed digits.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};

/// Cost of folding one bucket into the result, in affine additions.
const BUCKET_COST: u64 = 4;

/// A scalar as sign and magnitude of at most 253 bits.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    pub magnitude: BigInt<4>,
    pub negative: bool,
}

impl Signed {
    pub fn of(scalar: &BigInt<4>) -> Self {
        let negative = *scalar > Fr::MODULUS_MINUS_ONE_DIV_TWO;
        let mut magnitude = *scalar;
        if negative {
            magnitude = Fr::MODULUS;
            magnitude.sub_with_borrow(scalar);
        }
        Self {
            magnitude,
            negative,
        }
    }
}

/// A scalar from which digits are read.
pub(super) struct Recoded([u64; 4]);

/// How scalars are cut into digits of `bits` bits.
pub(super) struct Windows {
    pub bits: usize,
    pub count: usize,
    /// `2^(bits-1)` in every window but the top one: adding it makes digits carry-free, a digit
    /// being the bits of the sum less `2^(bits-1)`.
    offset: BigInt<4>,
}

impl Windows {
    /// The cut with the fewest additions for the lengths that occur.
    pub fn choose(scalars: &[Signed]) -> Self {
        let mut lengths = [0u64; 256];
        for scalar in scalars {
            lengths[scalar.magnitude.num_bits() as usize] += 1;
        }
        let longest = (0..256).rev().find(|l| lengths[*l] > 0).unwrap_or(0);
        // How many scalars are longer than a number of bits.
        let mut longer = [0u64; 257];
        for length in (0..256).rev() {
            longer[length] = longer[length + 1] + lengths.get(length + 1).unwrap_or(&0);
        }
        let count = |bits: usize| (longest + 1).div_ceil(bits);
        let cost = |bits: usize| -> u64 {
            (0..count(bits))
                .map(|window| {
                    // A carry makes a digit out of the bit below.
                    let terms = longer[(window * bits).saturating_sub(1)];
                    terms + (BUCKET_COST << (bits - 1))
                })
                .sum()
        };
        let bits = (3..=16).min_by_key(|bits| cost(*bits)).unwrap_or(3);
        Self::new(bits, count(bits))
    }

    pub fn new(bits: usize, count: usize) -> Self {
        let mut offset = BigInt::<4>::zero();
        for window in 0..count.saturating_sub(1) {
            let bit = window * bits + bits - 1;
            offset.0[bit / 64] |= 1 << (bit % 64);
        }
        Self {
            bits,
            count,
            offset,
        }
    }

    /// The magnitude with the offset added, at most 254 bits, and the sign in the top bit.
    pub fn recode(&self, scalar: &Signed) -> Recoded {
        let mut sum = scalar.magnitude;
        sum.add_with_carry(&self.offset);
        let [a, b, c, d] = sum.0;
        Recoded([a, b, c, d | (u64::from(scalar.negative) << 63)])
    }

    /// The signed digit of a window, between `-2^(bits-1)` and `2^(bits-1)`.
    pub fn digit(&self, Recoded(limbs): &Recoded, window: usize) -> i32 {
        let limb = |i: usize| if i == 3 { limbs[3] << 1 >> 1 } else { limbs[i] };
        let at = window * self.bits;
        let (first, shift) = (at / 64, at % 64);
        let mut value = limb(first) >> shift;
        if shift + self.bits > 64 && first < 3 {
            value |= limb(first + 1) << (64 - shift);
        }
        let mut digit = (value & ((1 << self.bits) - 1)) as i32;
        if window + 1 < self.count {
            digit -= 1 << (self.bits - 1);
        }
        if limbs[3] >> 63 == 1 {
            -digit
        } else {
            digit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msm::{integers, tests::scalars};
    use ark_ff::Zero;
    use rand::{rngs::StdRng, SeedableRng};

    #[test]
    fn digits_add_up_to_the_scalar() {
        let mut rng = StdRng::seed_from_u64(4);
        let values = scalars(64, &mut rng);
        for bits in 3..=16 {
            let count = 254usize.div_ceil(bits);
            let windows = Windows::new(bits, count);
            for (value, integer) in values.iter().zip(integers(&values)) {
                let recoded = windows.recode(&Signed::of(&integer));
                let mut sum = Fr::zero();
                for window in (0..count).rev() {
                    let digit = windows.digit(&recoded, window);
                    assert!(digit.unsigned_abs() <= 1 << (bits - 1));
                    sum *= Fr::from(1u64 << bits);
                    sum += Fr::from(digit);
                }
                assert_eq!(sum, *value);
            }
        }
    }
}
