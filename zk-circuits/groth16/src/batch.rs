//! Checking many proofs under one key together: N + 6 Miller loops instead of 7 N.
//!
//! Proof `i` claims that `E_i = 1`, where `E_i` is the quotient of the two sides of its equation.
//! The verifier draws coefficients `r_i` and checks `prod E_i^(r_i) = 1` instead:
//!
//! ```text
//! prod_i e(r_i*A_i, B_i) = e(alpha, beta)^R * e(R*IC_0 + (sum r_i*rho_i)*IC_1 + (sum r_i*tag_i)*IC_2, gamma)
//!                        * prod_s e(sum r_i*C_(s,i), gamma_s) * e(sum r_i*C_i, delta),    R = sum r_i
//! ```
//!
//! This is the small-exponent test of Bellare, Garay and Rabin ("Fast Batch Verification for
//! Modular Exponentiation and Digital Signatures", EUROCRYPT 1998), used with pairings by
//! Camenisch, Hohenberger and Pedersen ("Batch Verification of Short Signatures", EUROCRYPT 2007).
//!
//! **Soundness.** Every `E_i` is `g^(e_i)` in the target group of prime order r, because every point
//! was checked to lie in its group of order r: the subgroup check of each B is as necessary here as
//! for a single proof. Let some `e_i` differ from zero. If that is so for an `i > 0`, then, the
//! other coefficients fixed, `sum r_j*e_j` vanishes for at most one of the 2^128 values of `r_i`,
//! which are distinct modulo r. If it is so for `i = 0` only, the sum is `r_0*e_0`, which never
//! vanishes for `r_0 = 1`. So `r_0` may be 1 (only the ratios of coefficients matter), and a batch
//! with a false proof passes with probability 2^-128.
//!
//! The coefficients are hashed, so whoever puts a batch together can try others: about 2^128 of
//! them before one passes. That holds because each coefficient depends on every byte of the batch.
//! If `r_i` came from proof `i` alone, terms `r_i*e_i` could be collected and combined to zero with
//! a generalised birthday search (Wagner, CRYPTO 2002) at a small part of that cost.

use alloc::vec::Vec;
use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::AffineRepr;
use ark_ff::{serial_batch_inversion_and_mul, AdditiveGroup, BigInt, BigInteger, Field, Zero};
use core::ops::Range;
use tiny_keccak::{Hasher, Keccak};

use crate::{
    challenge::{keccak256, padded},
    verifier::{Checked, G2Prepared},
    BatchError, PreparedKey, Statement, VerifyError,
};

/// Most proofs in one batch. Each takes about 20 KB while it is checked.
pub const MAX_BATCH: usize = 256;

/// Domain of the hash of a batch, padded with zeros to 32 bytes; the digit is the version.
const BATCH_DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/batch/1");
/// Domain of each coefficient, padded with zeros to 32 bytes; the digit is the version.
const COEFFICIENT_DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/coefficient/1");

/// Width of the signed digits (wNAF) of a coefficient: non-zero ones are odd and below 2^3.
const WINDOW: usize = 4;
/// A point times 1, 3, 5 and 7.
type Multiples = [G1Affine; 1 << (WINDOW - 2)];

impl PreparedKey {
    /// Checks up to [`MAX_BATCH`] proofs, each with its own statement; no proof is fine too.
    ///
    /// Accepts if [`PreparedKey::verify`] accepts each of them, and otherwise with probability
    /// 2^-128 at most. The error names a proof with the error that `verify` gives for it: the first
    /// one that fails before the equation, or, if none does, one whose equation fails. The latter
    /// is never a proof that holds, and is the first one that does not, except with probability
    /// 2^-128; finding it takes about as long as checking the batch once more.
    ///
    /// The same proof, or proofs of the same job, may occur more than once: whether that is
    /// allowed is for the caller to say.
    pub fn verify_batch(&self, batch: &[(Statement, &[u8])]) -> Result<(), BatchError> {
        if batch.len() > MAX_BATCH {
            return Err(BatchError::TooManyProofs);
        }
        let checked = self.checked(batch)?;
        let coefficients = coefficients(&self.info().id, batch);
        match Combination::new(self, &checked, &coefficients).first_failing() {
            None => Ok(()),
            Some(index) => Err(BatchError::proof(index, VerifyError::EquationFailed)),
        }
    }

    /// Every check but the equations, in the order of the batch.
    pub(crate) fn checked(&self, batch: &[(Statement, &[u8])]) -> Result<Vec<Checked>, BatchError> {
        let check = |(index, (statement, proof)): (usize, &(Statement, &[u8]))| {
            self.check(statement, proof)
                .map_err(|error| BatchError::proof(index, error))
        };
        batch.iter().enumerate().map(check).collect()
    }
}

/// The coefficients of a batch under the key with this id: 1, then 128 bits of a hash each.
///
/// Keccak256 over a domain, the id, the number of proofs and each statement followed by its proof
/// gives the seed; each coefficient is the first half, little-endian, of keccak256 over another
/// domain, the seed and its index. The proofs must have their fixed length, so that no two batches
/// are hashed from the same bytes.
pub(crate) fn coefficients(vk_id: &[u8; 32], batch: &[(Statement, &[u8])]) -> Vec<u128> {
    let mut hasher = Keccak::v256();
    hasher.update(&BATCH_DOMAIN);
    hasher.update(vk_id);
    hasher.update(&(batch.len() as u32).to_le_bytes());
    for (statement, proof) in batch {
        hasher.update(&statement.to_bytes());
        hasher.update(proof);
    }
    let mut preimage = [0u8; 32 + 32 + 4];
    preimage[..32].copy_from_slice(&COEFFICIENT_DOMAIN);
    hasher.finalize(&mut preimage[32..64]);
    let mut hashed = |index: usize| {
        preimage[64..].copy_from_slice(&(index as u32).to_le_bytes());
        let mut half = [0u8; 16];
        half.copy_from_slice(&keccak256(&preimage)[..16]);
        u128::from_le_bytes(half)
    };
    (0..batch.len())
        .map(|index| if index == 0 { 1 } else { hashed(index) })
        .collect()
}

/// A batch with its coefficients, ready to be combined over any range of its proofs.
pub(crate) struct Combination<'k> {
    key: &'k PreparedKey,
    /// Each coefficient alone, times the challenge and times the tag: the scalars of `ic`.
    public: Vec<[Fr; 3]>,
    /// Signed digits of each coefficient, lowest first.
    digits: Vec<Vec<i64>>,
    /// Each A times its coefficient.
    a: Vec<G1Affine>,
    b: Vec<G2Prepared>,
    /// Multiples of each C_w, C_x, C_z, C_y and C: the order of the key's prepared points.
    columns: [Vec<Multiples>; 5],
}

impl<'k> Combination<'k> {
    /// One coefficient for each proof.
    pub(crate) fn new(key: &'k PreparedKey, batch: &[Checked], coefficients: &[u128]) -> Self {
        let digits: Vec<Vec<i64>> = coefficients.iter().map(|r| signed_digits(*r)).collect();
        let a: Vec<G1Projective> = multiples(batch.iter().map(|c| c.proof.a))
            .iter()
            .zip(&digits)
            .map(|(a, digits)| combine(core::slice::from_ref(a), core::slice::from_ref(digits)))
            .collect();
        let columns: [fn(&Checked) -> G1Affine; 5] = [
            |c| c.c_w,
            |c| c.c_x,
            |c| c.proof.c_z,
            |c| c.proof.c_y,
            |c| c.proof.c,
        ];
        Self {
            key,
            public: batch
                .iter()
                .zip(coefficients)
                .map(|(c, r)| [Fr::from(*r), c.rho * Fr::from(*r), c.tag * Fr::from(*r)])
                .collect(),
            digits,
            a: affine(&a),
            b: batch.iter().map(|c| c.proof.b.into()).collect(),
            columns: columns.map(|column| multiples(batch.iter().map(column))),
        }
    }

    /// Whether the combined equation of a range of the proofs holds.
    pub(crate) fn holds(&self, range: Range<usize>) -> bool {
        let mut sums = [Fr::zero(); 3];
        for scalars in &self.public[range.clone()] {
            for (sum, scalar) in sums.iter_mut().zip(scalars) {
                *sum += scalar;
            }
        }
        let ic = &self.key.ic;
        let mut points = Vec::with_capacity(1 + self.columns.len());
        points.push(ic[0] * sums[0] + ic[1] * sums[1] + ic[2] * sums[2]);
        for column in &self.columns {
            points.push(combine(&column[range.clone()], &self.digits[range.clone()]));
        }
        let points = affine(&points);
        let own = self.a[range.clone()].iter().zip(&self.b[range]);
        let aggregated = points.iter().zip(&self.key.negated);
        self.key
            .product_equals(own.chain(aggregated), self.key.alpha_beta * sums[0])
    }

    /// The first proof whose equation fails, found by halving; `None` if the whole batch holds.
    ///
    /// If a range fails and its first half holds, its second half fails, whatever the coefficients:
    /// the proof that is left at the end does fail.
    pub(crate) fn first_failing(&self) -> Option<usize> {
        let mut range = 0..self.a.len();
        if range.is_empty() || self.holds(range.clone()) {
            return None;
        }
        while range.len() > 1 {
            let middle = range.start + range.len() / 2;
            if self.holds(range.start..middle) {
                range.start = middle;
            } else {
                range.end = middle;
            }
        }
        Some(range.start)
    }
}

/// The wNAF of a coefficient, lowest digit first: 129 digits at most, one in five not zero.
fn signed_digits(coefficient: u128) -> Vec<i64> {
    // A third limb for the carry of the last digit.
    BigInt::<3>::new([coefficient as u64, (coefficient >> 64) as u64, 0])
        .find_wnaf(WINDOW)
        .expect("the window is within 2..64; qed")
}

/// The odd multiples of each point that digits select.
fn multiples(points: impl ExactSizeIterator<Item = G1Affine>) -> Vec<Multiples> {
    let mut all = Vec::with_capacity(points.len() << (WINDOW - 2));
    for point in points {
        let mut multiple = point.into_group();
        let double = multiple.double();
        all.push(multiple);
        for _ in 1..1 << (WINDOW - 2) {
            multiple += double;
            all.push(multiple);
        }
    }
    affine(&all)
        .chunks_exact(1 << (WINDOW - 2))
        .map(|chunk| core::array::from_fn(|i| chunk[i]))
        .collect()
}

/// The sum of each point times its coefficient, all sharing the doublings (Straus): as many as the
/// coefficients have bits, half of what full scalars take. Variable time: everything is public.
fn combine(multiples: &[Multiples], digits: &[Vec<i64>]) -> G1Projective {
    let length = digits.iter().map(Vec::len).max().unwrap_or(0);
    let mut sum = G1Projective::zero();
    for at in (0..length).rev() {
        sum.double_in_place();
        for (multiples, digits) in multiples.iter().zip(digits) {
            let digit = digits.get(at).copied().unwrap_or(0);
            let multiple = &multiples[(digit.unsigned_abs() / 2) as usize];
            if digit > 0 {
                sum += multiple;
            } else if digit < 0 {
                sum -= multiple;
            }
        }
    }
    sum
}

/// Affine coordinates of all points with one inversion, in one thread as the Miller loops are.
fn affine(points: &[G1Projective]) -> Vec<G1Affine> {
    let mut inverses: Vec<Fq> = points.iter().map(|p| p.z).collect();
    // Leaves the zeros, that is infinity, as they are.
    serial_batch_inversion_and_mul(&mut inverses, &Fq::ONE);
    points
        .iter()
        .zip(inverses)
        .map(|(p, inverse)| {
            if p.is_zero() {
                return G1Affine::zero();
            }
            let square = inverse.square();
            G1Affine::new_unchecked(p.x * square, p.y * square * inverse)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;

    #[test]
    fn sums_equal_the_plain_ones_and_take_128_doublings() {
        let mut rng = ark_std::test_rng();
        let mut scalars = [
            0,
            1,
            2,
            7,
            8,
            9,
            1 << 64,
            1 << 127,
            u128::MAX,
            u128::MAX - 6,
        ]
        .to_vec();
        scalars.extend((0..20).map(|_| u128::rand(&mut rng)));
        let mut points: Vec<G1Affine> = scalars.iter().map(|_| G1Affine::rand(&mut rng)).collect();
        points[3] = G1Affine::zero();
        points[5] = points[4];
        points[6] = -points[4];
        let digits: Vec<Vec<i64>> = scalars.iter().map(|r| signed_digits(*r)).collect();
        assert!(digits.iter().all(|d| d.len() <= 129));
        let table = multiples(points.iter().copied());
        for end in 0..=scalars.len() {
            let plain: G1Projective = points[..end]
                .iter()
                .zip(&scalars)
                .map(|(p, r)| *p * Fr::from(*r))
                .sum();
            assert_eq!(combine(&table[..end], &digits[..end]), plain);
        }
        for i in 0..scalars.len() {
            let alone = combine(&table[i..=i], &digits[i..=i]);
            assert_eq!(alone, points[i] * Fr::from(scalars[i]));
        }
    }

    #[test]
    fn affine_coordinates_are_those_of_arkworks() {
        let mut rng = ark_std::test_rng();
        let mut points: Vec<G1Projective> = (0..9).map(|_| G1Projective::rand(&mut rng)).collect();
        points[4] = G1Projective::zero();
        let plain: Vec<G1Affine> = points.iter().map(|p| p.into_affine()).collect();
        assert_eq!(affine(&points), plain);
        assert!(affine(&[]).is_empty());
    }
}
