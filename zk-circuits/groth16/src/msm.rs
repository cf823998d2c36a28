//! Multi-scalar multiplication: Pippenger's buckets summed in affine coordinates.
//!
//! Sums of affine points share their inversions in batches, which costs about six field
//! multiplications an addition instead of the ten of a mixed one. Scalars above r/2 are negated
//! together with their base, and digits are signed, so small values of either sign (bytes, bits,
//! differences) cost their own length and nothing above it.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{
    short_weierstrass::{Affine, Bucket, Projective, SWCurveConfig},
    AffineRepr,
};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero};
use rayon::prelude::*;

/// Additions that share one inversion.
const BATCH: usize = 1024;
/// Cost of folding one bucket into the result, in affine additions.
const BUCKET_COST: u64 = 4;
/// Below this many terms, tables and threads cost more than they save.
const FEW: usize = 32;

/// Scalars as integers, the form multiplication works on.
pub(crate) fn integers(scalars: &[Fr]) -> Vec<BigInt<4>> {
    scalars.par_iter().map(|s| s.into_bigint()).collect()
}

/// The integers at some columns.
pub(crate) fn gather(integers: &[BigInt<4>], columns: &[u32]) -> Vec<BigInt<4>> {
    columns.par_iter().map(|c| integers[*c as usize]).collect()
}

/// `sum scalars[i] * bases[i]`; both have the same length.
pub(crate) fn msm_g1(bases: &[G1Affine], scalars: &[BigInt<4>]) -> G1Projective {
    msm(bases, scalars)
}

/// `sum scalars[i] * bases[i]`; both have the same length.
pub(crate) fn msm_g2(bases: &[G2Affine], scalars: &[BigInt<4>]) -> G2Projective {
    msm(bases, scalars)
}

/// `sum scalars[i] * bases[i]` on either curve; both have the same length.
pub(crate) fn msm<P: SWCurveConfig<ScalarField = Fr>>(
    bases: &[Affine<P>],
    scalars: &[BigInt<4>],
) -> Projective<P> {
    assert_eq!(bases.len(), scalars.len(), "one scalar per base");
    if bases.len() < FEW {
        return bases
            .iter()
            .zip(scalars)
            .filter(|(_, scalar)| !scalar.is_zero())
            .map(|(base, scalar)| P::mul_affine(base, scalar.as_ref()))
            .sum();
    }
    let signed: Vec<Signed> = scalars.par_iter().map(Signed::of).collect();
    let windows = Windows::choose(&signed);
    let digits: Vec<[u64; 4]> = signed.par_iter().map(|s| windows.recode(s)).collect();
    let negated = |i: usize| signed[i].negative;

    // Few windows (small scalars) are split by terms to occupy every thread.
    let parts = rayon::current_num_threads()
        .div_ceil(windows.count.max(1))
        .min(bases.len() / BATCH + 1);
    let length = bases.len().div_ceil(parts);
    let sums: Vec<Projective<P>> = (0..windows.count * parts)
        .into_par_iter()
        .with_max_len(1)
        .map(|task| {
            let (window, part) = (task / parts, task % parts);
            let range = (part * length).min(bases.len())..((part + 1) * length).min(bases.len());
            windows.sum(window, range, bases, &digits, &negated)
        })
        .collect();
    sums.chunks(parts)
        .rev()
        .fold(Projective::zero(), |mut total, window| {
            for _ in 0..windows.bits {
                total.double_in_place();
            }
            total + window.iter().sum::<Projective<P>>()
        })
}

/// A scalar as sign and magnitude of at most 253 bits.
struct Signed {
    magnitude: BigInt<4>,
    negative: bool,
}

impl Signed {
    fn of(scalar: &BigInt<4>) -> Self {
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

/// How scalars are cut into digits of `bits` bits.
struct Windows {
    bits: usize,
    count: usize,
    /// `2^(bits-1)` in every window but the top one: adding it makes digits carry-free, a digit
    /// being the bits of the sum less `2^(bits-1)`.
    offset: BigInt<4>,
}

impl Windows {
    /// The cut with the fewest additions for the lengths that occur.
    fn choose(scalars: &[Signed]) -> Self {
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

    fn new(bits: usize, count: usize) -> Self {
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

    /// The scalar with the offset added: at most 254 bits.
    fn recode(&self, scalar: &Signed) -> [u64; 4] {
        let mut sum = scalar.magnitude;
        sum.add_with_carry(&self.offset);
        sum.0
    }

    /// The signed digit of a window, between `-2^(bits-1)` and `2^(bits-1)`.
    fn digit(&self, recoded: &[u64; 4], window: usize) -> i32 {
        let at = window * self.bits;
        let (limb, shift) = (at / 64, at % 64);
        let mut value = recoded[limb] >> shift;
        if shift + self.bits > 64 && limb < 3 {
            value |= recoded[limb + 1] << (64 - shift);
        }
        let digit = (value & ((1 << self.bits) - 1)) as i32;
        if window + 1 < self.count {
            digit - (1 << (self.bits - 1))
        } else {
            digit
        }
    }

    /// `sum digit_i * bases_i` over a range of terms, for one window.
    fn sum<P: SWCurveConfig>(
        &self,
        window: usize,
        range: std::ops::Range<usize>,
        bases: &[Affine<P>],
        digits: &[[u64; 4]],
        negated: &(impl Fn(usize) -> bool + Sync),
    ) -> Projective<P> {
        let buckets = (1 << (self.bits - 1)) + 1;
        // Counting sort by bucket: `ends[b]` is where bucket b ends once all terms are placed.
        let mut ends = vec![0u32; buckets + 1];
        let term = |i: usize| {
            let digit = self.digit(&digits[i], window);
            (digit != 0 && !bases[i].is_zero()).then_some(digit)
        };
        for i in range.clone() {
            if let Some(digit) = term(i) {
                ends[digit.unsigned_abs() as usize + 1] += 1;
            }
        }
        for bucket in 0..buckets {
            ends[bucket + 1] += ends[bucket];
        }
        let mut points = vec![Affine::<P>::zero(); ends[buckets] as usize];
        for i in range {
            if let Some(digit) = term(i) {
                let slot = &mut ends[digit.unsigned_abs() as usize];
                points[*slot as usize] = if (digit < 0) != negated(i) {
                    -bases[i]
                } else {
                    bases[i]
                };
                *slot += 1;
            }
        }
        ends.truncate(buckets);
        let sums = sum_groups(points, ends);
        // sum b * bucket_b, from the largest index down.
        let mut running = Bucket::<P>::ZERO;
        let mut total = Bucket::<P>::ZERO;
        for sum in sums[1..].iter().rev() {
            running += sum;
            total += &running;
        }
        total.into()
    }
}

/// Sums consecutive groups of points; group g ends at `ends[g]`. Halves every group until each
/// has one point or none.
fn sum_groups<P: SWCurveConfig>(mut points: Vec<Affine<P>>, mut ends: Vec<u32>) -> Vec<Affine<P>> {
    let mut halved = Vec::with_capacity(points.len() / 2 + ends.len());
    let mut adder = Adder::new();
    loop {
        let mut done = true;
        let mut start = 0usize;
        halved.clear();
        for end in ends.iter_mut() {
            let group = &points[start..*end as usize];
            start = *end as usize;
            let pairs = group.chunks_exact(2);
            let odd = pairs.remainder();
            for pair in pairs {
                adder.push(pair[0], pair[1], &mut halved);
            }
            halved.extend_from_slice(odd);
            done &= group.len() <= 2;
            *end = halved.len() as u32;
        }
        adder.finish(&mut halved);
        std::mem::swap(&mut points, &mut halved);
        if done {
            break;
        }
    }
    let mut start = 0;
    ends.into_iter()
        .map(|end| {
            let sum = points[start..end as usize].first().copied();
            start = end as usize;
            sum.unwrap_or_else(Affine::zero)
        })
        .collect()
}

/// Adds pairs of affine points, inverting once per batch.
struct Adder<P: SWCurveConfig> {
    pairs: Vec<(Affine<P>, Affine<P>)>,
    /// Where each sum goes.
    slots: Vec<usize>,
    /// Products of the denominators before each pair.
    products: Vec<P::BaseField>,
    denominators: Vec<P::BaseField>,
}

impl<P: SWCurveConfig> Adder<P> {
    fn new() -> Self {
        Self {
            pairs: Vec::with_capacity(BATCH),
            slots: Vec::with_capacity(BATCH),
            products: Vec::with_capacity(BATCH),
            denominators: Vec::with_capacity(BATCH),
        }
    }

    /// Appends `p + q` to `sums`, now or when the batch is full.
    fn push(&mut self, p: Affine<P>, q: Affine<P>, sums: &mut Vec<Affine<P>>) {
        let denominator = if p.is_zero() {
            sums.push(q);
            return;
        } else if q.is_zero() {
            sums.push(p);
            return;
        } else if p.x != q.x {
            q.x - p.x
        } else if p.y == q.y && !p.y.is_zero() {
            p.y.double()
        } else {
            sums.push(Affine::zero());
            return;
        };
        let product = match (self.products.last(), self.denominators.last()) {
            (Some(product), Some(last)) => *product * last,
            _ => P::BaseField::ONE,
        };
        self.products.push(product);
        self.denominators.push(denominator);
        self.pairs.push((p, q));
        self.slots.push(sums.len());
        sums.push(Affine::zero());
        if self.pairs.len() == BATCH {
            self.finish(sums);
        }
    }

    /// Computes the sums still open.
    fn finish(&mut self, sums: &mut [Affine<P>]) {
        let (Some(product), Some(last)) = (self.products.last(), self.denominators.last()) else {
            return;
        };
        let mut inverse = (*product * last)
            .inverse()
            .expect("no denominator is zero; qed");
        for (i, (p, q)) in self.pairs.iter().enumerate().rev() {
            let inverted = inverse * self.products[i];
            inverse *= self.denominators[i];
            let slope = if p.x == q.x {
                let square = p.x.square();
                (square.double() + square + P::COEFF_A) * inverted
            } else {
                (q.y - p.y) * inverted
            };
            let x = slope.square() - p.x - q.x;
            let y = slope * (p.x - x) - p.y;
            sums[self.slots[i]] = Affine::new_unchecked(x, y);
        }
        self.pairs.clear();
        self.slots.clear();
        self.products.clear();
        self.denominators.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;
    use rand::{rngs::StdRng, Rng, SeedableRng};

    fn naive<P: SWCurveConfig<ScalarField = Fr>>(
        bases: &[Affine<P>],
        scalars: &[Fr],
    ) -> Projective<P> {
        bases.iter().zip(scalars).map(|(b, s)| *b * s).sum()
    }

    fn points<P: SWCurveConfig<ScalarField = Fr>>(
        count: usize,
        rng: &mut StdRng,
    ) -> Vec<Affine<P>> {
        (0..count)
            .map(|_| (Affine::<P>::generator() * Fr::rand(rng)).into_affine())
            .collect()
    }

    /// Scalars of every length, both signs, and the corners.
    fn scalars(count: usize, rng: &mut StdRng) -> Vec<Fr> {
        let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
        let corners = [
            Fr::from(0u64),
            Fr::from(1u64),
            -Fr::from(1u64),
            half,
            half + Fr::from(1u64),
            Fr::from(128u64),
            Fr::from(u64::MAX),
            -Fr::from(255u64),
        ];
        (0..count)
            .map(|i| match i % 4 {
                0 => corners[(i / 4) % corners.len()],
                1 => Fr::rand(rng),
                2 => Fr::from(rng.gen::<u8>()),
                _ => -Fr::from(rng.gen::<u64>() >> (i % 64)),
            })
            .collect()
    }

    fn check<P: SWCurveConfig<ScalarField = Fr>>(bases: &[Affine<P>], scalars: &[Fr]) {
        assert_eq!(msm(bases, &integers(scalars)), naive(bases, scalars));
    }

    #[test]
    fn equals_the_plain_sum_at_many_sizes() {
        let mut rng = StdRng::seed_from_u64(1);
        for count in [0, 1, 2, FEW - 1, FEW, FEW + 1, 100, 1000, 5000] {
            check::<ark_bn254::g1::Config>(&points(count, &mut rng), &scalars(count, &mut rng));
        }
        for count in [1, FEW, 300] {
            check::<ark_bn254::g2::Config>(&points(count, &mut rng), &scalars(count, &mut rng));
        }
    }

    #[test]
    fn equals_the_plain_sum_for_each_length_of_scalars() {
        let mut rng = StdRng::seed_from_u64(2);
        let bases = points::<ark_bn254::g1::Config>(200, &mut rng);
        for bits in [1u64, 2, 7, 8, 16, 31, 63, 64, 65, 127, 128, 200, 252] {
            let top = Fr::from(2u64).pow([bits]);
            let scalars: Vec<Fr> = (0..200u64)
                .map(|i| match i % 3 {
                    0 => top - Fr::from(i),
                    1 => Fr::from(i) - top,
                    _ => top,
                })
                .collect();
            check(&bases, &scalars);
        }
        check(&bases, &vec![Fr::zero(); 200]);
    }

    #[test]
    fn equal_opposite_and_zero_bases_are_summed() {
        let mut rng = StdRng::seed_from_u64(3);
        let p = points::<ark_bn254::g1::Config>(2, &mut rng);
        let bases: Vec<G1Affine> = (0..400)
            .map(|i| match i % 5 {
                0 | 1 => p[0],
                2 => -p[0],
                3 => G1Affine::zero(),
                _ => p[1],
            })
            .collect();
        check(&bases, &vec![Fr::from(3u64); 400]);
        check(&bases, &scalars(400, &mut rng));
        // Everything cancels.
        let pairs: Vec<G1Affine> = (0..400)
            .map(|i| if i % 2 == 0 { p[0] } else { -p[0] })
            .collect();
        check(&pairs, &vec![Fr::from(77u64); 400]);
    }

    #[test]
    fn digits_add_up_to_the_scalar() {
        let mut rng = StdRng::seed_from_u64(4);
        let signed: Vec<Signed> = integers(&scalars(64, &mut rng))
            .iter()
            .map(Signed::of)
            .collect();
        for bits in 3..=16 {
            let count = 254usize.div_ceil(bits);
            let windows = Windows::new(bits, count);
            for scalar in &signed {
                let recoded = windows.recode(scalar);
                let mut sum = Fr::zero();
                for window in (0..count).rev() {
                    let digit = windows.digit(&recoded, window);
                    assert!(digit.unsigned_abs() <= 1 << (bits - 1));
                    sum *= Fr::from(1u64 << bits);
                    sum += Fr::from(digit);
                }
                assert_eq!(sum.into_bigint(), scalar.magnitude);
            }
        }
    }
}
