//! Checks that many points of the twist lie in the subgroup of order r, together.
//!
//! A random combination with coefficients below 2^13 of points of which one is outside the
//! subgroup is itself outside, except with probability 2^-13: every prime factor of the cofactor
//! is larger than 2^13 (the smallest is 10069). Ten independent combinations leave 2^-130. The
//! coefficients are hashed from the points, so whoever made them cannot choose around them.

use ark_bn254::{g2::Config, G2Affine, G2Projective};
use ark_ec::{short_weierstrass::Bucket, CurveGroup};
use ark_serialize::CanonicalSerialize;
use rayon::prelude::*;
use tiny_keccak::{Hasher, Keccak};

use crate::challenge::keccak256;

const BITS: usize = 13;
const ROUNDS: u8 = 10;
/// Below this many points, checking each is as fast.
const FEW: usize = 256;

/// Whether all points, which are on the curve, have order r or are zero.
pub(crate) fn all_in_g2(points: &[G2Affine]) -> bool {
    if points.len() < FEW {
        return points
            .par_iter()
            .all(|p| p.is_in_correct_subgroup_assuming_on_curve());
    }
    let seed = digest(points);
    (0..ROUNDS)
        .into_par_iter()
        .all(|round| combination(points, &seed, round).is_in_correct_subgroup_assuming_on_curve())
}

fn digest(points: &[G2Affine]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    let mut bytes = Vec::with_capacity(128);
    for point in points {
        bytes.clear();
        point
            .serialize_uncompressed(&mut bytes)
            .expect("writing to memory does not fail; qed");
        hasher.update(&bytes);
    }
    let mut seed = [0u8; 32];
    hasher.finalize(&mut seed);
    seed
}

fn combination(points: &[G2Affine], seed: &[u8; 32], round: u8) -> G2Affine {
    let mut buckets = vec![Bucket::<Config>::ZERO; 1 << BITS];
    for (block, chunk) in (0u64..).zip(points.chunks(16)) {
        let mut message = [0u8; 41];
        message[..32].copy_from_slice(seed);
        message[32] = round;
        message[33..].copy_from_slice(&block.to_le_bytes());
        for (point, pair) in chunk.iter().zip(keccak256(&message).chunks_exact(2)) {
            let coefficient = u16::from_le_bytes([pair[0], pair[1]]) as usize % (1 << BITS);
            buckets[coefficient] += point;
        }
    }
    let mut running = Bucket::ZERO;
    let mut sum = Bucket::ZERO;
    for bucket in buckets[1..].iter().rev() {
        running += bucket;
        sum += &running;
    }
    // Through projective coordinates: ark-ec 0.6 converts a bucket to affine ones wrongly.
    G2Projective::from(sum).into_affine()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, Fq2, Fr};
    use ark_ec::{AffineRepr, CurveConfig};
    use ark_ff::{Field, UniformRand};

    fn outside() -> G2Affine {
        (1u64..)
            .filter_map(|i| {
                G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(i), Fq::ONE), true)
            })
            .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
            .unwrap()
    }

    #[test]
    fn no_small_prime_divides_the_cofactor() {
        for divisor in 2u128..1 << BITS {
            let remainder = Config::COFACTOR
                .iter()
                .rev()
                .fold(0u128, |acc, limb| ((acc << 64) + *limb as u128) % divisor);
            assert_ne!(remainder, 0, "{divisor}");
        }
    }

    #[test]
    fn one_point_outside_is_found_among_many() {
        let mut rng = ark_std::test_rng();
        let g = G2Affine::generator();
        for count in [FEW - 1, FEW, 3 * FEW] {
            let mut points: Vec<G2Affine> = (0..count)
                .map(|_| (g * Fr::rand(&mut rng)).into_affine())
                .collect();
            points[1] = G2Affine::zero();
            assert!(all_in_g2(&points));
            for at in [0, 1, count / 2, count - 1] {
                let good = core::mem::replace(&mut points[at], outside());
                assert!(!all_in_g2(&points), "{count} points, outsider at {at}");
                points[at] = good;
            }
        }
    }

    #[test]
    fn a_point_of_the_smallest_order_is_found() {
        // The cofactor is 10069 * m: a point times r * m has order 10069 or one.
        let mut quotient = [0u64; 4];
        let mut remainder = 0u128;
        for i in (0..4).rev() {
            let value = (remainder << 64) + Config::COFACTOR[i] as u128;
            quotient[i] = (value / 10069) as u64;
            remainder = value % 10069;
        }
        assert_eq!(remainder, 0);
        let small = outside()
            .mul_bigint(quotient)
            .into_affine()
            .mul_bigint(<Fr as ark_ff::PrimeField>::MODULUS)
            .into_affine();
        assert!(!small.is_zero());
        assert!(small.mul_bigint([10069u64]).into_affine().is_zero());
        let mut points = vec![G2Affine::generator(); FEW];
        points[7] = small;
        assert!(!all_in_g2(&points));
    }
}
