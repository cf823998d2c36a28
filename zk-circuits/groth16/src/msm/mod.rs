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
use ark_ff::{AdditiveGroup, BigInt, BigInteger, PrimeField, Zero};
use rayon::prelude::*;

mod buckets;
mod groups;
mod repeats;
mod windows;

use buckets::Buckets;
use groups::sum_groups;
use windows::{Recoded, Signed, Windows};

/// Fewest terms of a window for a task of their own.
const PART: usize = 1024;
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
    match repeats::merged(bases, &signed) {
        Some((bases, signed)) => by_windows(&bases, &signed),
        None => by_windows(bases, &signed),
    }
}

/// Pippenger's algorithm, windows in parallel.
fn by_windows<P: SWCurveConfig>(bases: &[Affine<P>], scalars: &[Signed]) -> Projective<P> {
    let windows = Windows::choose(scalars);
    let recoded: Vec<Recoded> = scalars.par_iter().map(|s| windows.recode(s)).collect();
    // Few windows (small scalars) are split by terms to occupy every thread.
    let parts = rayon::current_num_threads()
        .div_ceil(windows.count.max(1))
        .min(bases.len() / PART + 1);
    let length = bases.len().div_ceil(parts);
    let sums: Vec<Projective<P>> = (0..windows.count * parts)
        .into_par_iter()
        .with_max_len(1)
        .map(|task| {
            let (window, part) = (task / parts, task % parts);
            let range = (part * length).min(bases.len())..((part + 1) * length).min(bases.len());
            let digits = recoded[range.clone()]
                .iter()
                .map(|r| windows.digit(r, window));
            let terms = digits.zip(&bases[range]).filter_map(|(digit, base)| {
                let point = if digit < 0 { -*base } else { *base };
                (digit != 0 && !base.is_zero()).then_some((digit.unsigned_abs(), point))
            });
            let buckets = 1 << (windows.bits - 1);
            if buckets < Buckets::<P>::MIN {
                sorted(buckets, terms)
            } else {
                one_by_one(buckets, terms)
            }
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

/// `sum d * point` over terms `(d, point)` with d from 1 to `buckets`, for many terms a bucket.
fn sorted<P: SWCurveConfig>(
    buckets: usize,
    terms: impl Iterator<Item = (u32, Affine<P>)> + Clone,
) -> Projective<P> {
    // Counting sort: `ends[b]` is where bucket b ends once all terms are placed.
    let mut ends = vec![0u32; buckets + 2];
    for (digit, _) in terms.clone() {
        ends[digit as usize + 1] += 1;
    }
    for bucket in 0..=buckets {
        ends[bucket + 1] += ends[bucket];
    }
    let mut points = vec![Affine::<P>::zero(); ends[buckets + 1] as usize];
    for (digit, point) in terms {
        let slot = &mut ends[digit as usize];
        points[*slot as usize] = point;
        *slot += 1;
    }
    ends.truncate(buckets + 1);
    let sums = sum_groups(points, ends);
    // From the largest digit down.
    let mut running = Bucket::<P>::ZERO;
    let mut total = Bucket::<P>::ZERO;
    for sum in sums[1..].iter().rev() {
        running += sum;
        total += &running;
    }
    total.into()
}

/// The same for many buckets.
fn one_by_one<P: SWCurveConfig>(
    buckets: usize,
    terms: impl Iterator<Item = (u32, Affine<P>)>,
) -> Projective<P> {
    let mut buckets = Buckets::new(buckets);
    for (digit, point) in terms {
        buckets.add(digit - 1, point);
    }
    buckets.weighted_sum().into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::{Field, UniformRand};
    use rand::{rngs::StdRng, Rng, SeedableRng};

    pub(crate) fn naive<P: SWCurveConfig<ScalarField = Fr>>(
        bases: &[Affine<P>],
        scalars: &[Fr],
    ) -> Projective<P> {
        bases.iter().zip(scalars).map(|(b, s)| *b * s).sum()
    }

    pub(crate) fn points<P: SWCurveConfig<ScalarField = Fr>>(
        count: usize,
        rng: &mut StdRng,
    ) -> Vec<Affine<P>> {
        (0..count)
            .map(|_| (Affine::<P>::generator() * Fr::rand(rng)).into_affine())
            .collect()
    }

    /// Scalars of every length, both signs, and the corners.
    pub(crate) fn scalars(count: usize, rng: &mut StdRng) -> Vec<Fr> {
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

    pub(crate) fn check<P: SWCurveConfig<ScalarField = Fr>>(bases: &[Affine<P>], scalars: &[Fr]) {
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
}
