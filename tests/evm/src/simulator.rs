//! Accepted proofs of anything at all, made with a key's secrets.
//!
//! Who knows the logarithms of a key's points solves the equation for C. Such proofs exercise the
//! verifier on statements that no circuit would give, and on challenges of the forger's choice.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField, UniformRand};
use rand::rngs::StdRng;
use revm::primitives::keccak256;
use swarm_groth16::{encode_g1, KeyPoints, Proof, Statement, VerifyingKey};

/// The logarithms of a key's points.
#[derive(Clone)]
pub struct Secrets {
    pub alpha: Fr,
    pub beta: Fr,
    pub gamma: Fr,
    pub delta: Fr,
    pub segments: [Fr; 4],
    pub ic: [Fr; 3],
}

/// C_w, C_x, C_z and C_y.
pub type Commitments = [G1Affine; 4];

impl Secrets {
    pub fn random(rng: &mut StdRng) -> Self {
        let mut draw = || Fr::rand(rng);
        Self {
            alpha: draw(),
            beta: draw(),
            gamma: draw(),
            delta: draw(),
            segments: [draw(), draw(), draw(), draw()],
            ic: [draw(), draw(), draw()],
        }
    }

    /// The key with these secrets and the descriptor of another.
    pub fn key(&self, other: &VerifyingKey) -> VerifyingKey {
        let mut key = *other;
        key.points = KeyPoints {
            alpha: g1(self.alpha),
            beta: g2(self.beta),
            gamma: g2(self.gamma),
            delta: g2(self.delta),
            segments: self.segments.map(g2),
            ic: self.ic.map(g1),
        };
        key
    }

    /// A proof whose equation holds for this challenge and tag.
    pub fn prove(&self, of: &Commitments, rho: Fr, tag: Fr, rng: &mut StdRng) -> Proof {
        let (a, b) = (Fr::rand(rng), Fr::rand(rng));
        let public = self.ic[0] + self.ic[1] * rho + self.ic[2] * tag;
        let known = a * b - self.alpha * self.beta - public * self.gamma;
        let committed: G1Projective = of.iter().zip(&self.segments).map(|(c, s)| *c * s).sum();
        let rest = G1Affine::generator() * known - committed;
        Proof {
            a: g1(a),
            b: g2(b),
            c: (rest * self.delta.inverse().unwrap()).into_affine(),
            c_z: of[2],
            c_y: of[3],
        }
    }
}

/// The generator times this.
pub fn g1(logarithm: Fr) -> G1Affine {
    (G1Affine::generator() * logarithm).into_affine()
}

fn g2(logarithm: Fr) -> G2Affine {
    (G2Affine::generator() * logarithm).into_affine()
}

/// A statement about these commitments.
pub fn statement(job: &Statement, of: &Commitments) -> Statement {
    Statement {
        c_w: encode_g1(&of[0]),
        c_x: encode_g1(&of[1]),
        ..*job
    }
}

/// keccak256 read as a big-endian integer of 253 bits.
pub fn hashed(bytes: &[u8]) -> Fr {
    let mut digest = keccak256(bytes).0;
    digest[0] &= 0x1f;
    Fr::from_be_bytes_mod_order(&digest)
}
