//! Checking a proof: seven Miller loops against a prepared key.

use alloc::vec::Vec;
use ark_bn254::{Bn254, Config, Fq12, Fr, G1Affine, G2Affine};
use ark_ec::{
    bn::BnConfig,
    pairing::{MillerLoopOutput, Pairing, PairingOutput},
    AffineRepr, CurveGroup,
};
use ark_ff::Field;

use crate::{
    challenge::{challenge, tag},
    encoding::decode_g1,
    KeyError, KeyInfo, Proof, Statement, VerifyError, VerifyingKey,
};

pub(crate) type G2Prepared = <Bn254 as Pairing>::G2Prepared;

/// A verifying key with everything that does not depend on the proof computed once.
#[derive(Clone, Debug)]
pub struct PreparedKey {
    info: KeyInfo,
    pub(crate) ic: [G1Affine; 3],
    pub(crate) alpha_beta: PairingOutput<Bn254>,
    /// gamma, gamma_w, gamma_x, gamma_z, gamma_y, delta, each negated.
    pub(crate) negated: Vec<G2Prepared>,
}

/// A proof and its statement after every check but the equation.
pub(crate) struct Checked {
    pub(crate) proof: Proof,
    pub(crate) c_w: G1Affine,
    pub(crate) c_x: G1Affine,
    pub(crate) rho: Fr,
    pub(crate) tag: Fr,
}

impl PreparedKey {
    /// Reads, checks and prepares the canonical bytes of a verifying key.
    pub fn from_bytes(vk: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(&VerifyingKey::from_bytes(vk)?))
    }

    /// Prepares a key without checking it; keys from outside go through [`Self::from_bytes`].
    pub fn new(key: &VerifyingKey) -> Self {
        let points = &key.points;
        let [w, x, z, y] = points.segments;
        Self {
            info: key.info(),
            ic: points.ic,
            alpha_beta: Bn254::pairing(points.alpha, points.beta),
            negated: [points.gamma, w, x, z, y, points.delta]
                .into_iter()
                .map(|p: G2Affine| G2Prepared::from(-p))
                .collect(),
        }
    }

    /// Id and descriptor of the key.
    pub fn info(&self) -> &KeyInfo {
        &self.info
    }

    /// Checks a proof of a statement.
    ///
    /// Order of checks: length, A, B, C, C_z, C_y, C_w, C_x, challenge, equation.
    pub fn verify(&self, statement: &Statement, proof: &[u8]) -> Result<(), VerifyError> {
        let Checked {
            proof,
            c_w,
            c_x,
            rho,
            tag,
        } = self.check(statement, proof)?;
        if self.equation_holds(&proof, &c_w, &c_x, rho, tag) {
            Ok(())
        } else {
            Err(VerifyError::EquationFailed)
        }
    }

    /// Every check but the equation: length, A, B, C, C_z, C_y, C_w, C_x, challenge.
    pub(crate) fn check(
        &self,
        statement: &Statement,
        proof: &[u8],
    ) -> Result<Checked, VerifyError> {
        let parsed = Proof::from_bytes(proof)?;
        let c_w = decode_g1(&statement.c_w).ok_or(VerifyError::MalformedCw)?;
        let c_x = decode_g1(&statement.c_x).ok_or(VerifyError::MalformedCx)?;
        let rho = challenge(
            &self.info.id,
            statement,
            &point_bytes(proof, 128),
            &point_bytes(proof, 160),
        )?;
        Ok(Checked {
            proof: parsed,
            c_w,
            c_x,
            rho,
            tag: tag(statement),
        })
    }

    /// The pairing equation for given points, challenge and tag.
    pub(crate) fn equation_holds(
        &self,
        proof: &Proof,
        c_w: &G1Affine,
        c_x: &G1Affine,
        rho: Fr,
        tag: Fr,
    ) -> bool {
        let public = (self.ic[1] * rho + self.ic[2] * tag + self.ic[0]).into_affine();
        let b = G2Prepared::from(proof.b);
        let points = [proof.a, public, *c_w, *c_x, proof.c_z, proof.c_y, proof.c];
        self.product_equals(
            points.iter().zip(core::iter::once(&b).chain(&self.negated)),
            self.alpha_beta,
        )
    }

    /// Whether the product of the pairings of all pairs is the expected one.
    pub(crate) fn product_equals<'a>(
        &self,
        pairs: impl Iterator<Item = (&'a G1Affine, &'a G2Prepared)>,
        expected: PairingOutput<Bn254>,
    ) -> bool {
        Bn254::final_exponentiation(MillerLoopOutput(miller_loops(pairs)))
            .is_some_and(|product| product == expected)
    }
}

/// The product of the Miller loops of all pairs, sharing the squarings.
///
/// In one thread on purpose: arkworks' own splits the pairs over a thread pool, and on a machine
/// whose cores are busy (a provider's) waiting for the pool costs more than the loops.
fn miller_loops<'a>(pairs: impl Iterator<Item = (&'a G1Affine, &'a G2Prepared)>) -> Fq12 {
    let mut pairs: Vec<_> = pairs
        .filter(|(p, q)| !p.is_zero() && !q.is_zero())
        .map(|(p, q)| (p, q.ell_coeffs.iter()))
        .collect();
    let mut product = Fq12::ONE;
    let mut lines = |product: &mut Fq12| {
        for (p, lines) in pairs.iter_mut() {
            let (mut c0, mut c1, c2) = *lines.next().expect("one line per step; qed");
            c0.mul_assign_by_fp(&p.y);
            c1.mul_assign_by_fp(&p.x);
            product.mul_by_034(&c0, &c1, &c2);
        }
    };
    // BN254: positive parameter, twist of type D.
    for (step, bit) in Config::ATE_LOOP_COUNT.iter().rev().skip(1).enumerate() {
        if step > 0 {
            product.square_in_place();
        }
        lines(&mut product);
        if *bit != 0 {
            lines(&mut product);
        }
    }
    // The two Frobenius lines.
    lines(&mut product);
    lines(&mut product);
    product
}

fn point_bytes(proof: &[u8], at: usize) -> [u8; 32] {
    let mut field = [0u8; 32];
    field.copy_from_slice(&proof[at..at + 32]);
    field
}

/// Checks a proof of a statement under a key given as canonical bytes.
///
/// Callers that check many proofs under one key keep a [`PreparedKey`].
pub fn verify(vk: &[u8], statement: &Statement, proof: &[u8]) -> Result<(), VerifyError> {
    PreparedKey::from_bytes(vk)
        .map_err(|_| VerifyError::MalformedKey)?
        .verify(statement, proof)
}

/// Reads and checks a verifying key, and says what it is for.
pub fn inspect_key(vk: &[u8]) -> Result<KeyInfo, KeyError> {
    VerifyingKey::from_bytes(vk).map(|key| key.info())
}

/// Checks that a commitment is a canonical point of G1 (zero included); `MalformedCw` if not.
pub fn check_commitment(point: &[u8; 32]) -> Result<(), VerifyError> {
    decode_g1(point).map(|_| ()).ok_or(VerifyError::MalformedCw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;

    #[test]
    fn miller_loops_equal_those_of_arkworks() {
        let mut rng = ark_std::test_rng();
        for count in 0..8 {
            let mut g1: Vec<G1Affine> = (0..count).map(|_| G1Affine::rand(&mut rng)).collect();
            let g2: Vec<G2Prepared> = (0..count)
                .map(|_| G2Prepared::from(G2Affine::rand(&mut rng)))
                .collect();
            if count > 5 {
                g1[count - 2] = G1Affine::zero();
            }
            let theirs = Bn254::multi_miller_loop(g1.clone(), g2.clone());
            assert_eq!(miller_loops(g1.iter().zip(&g2)), theirs.0);
        }
    }
}
