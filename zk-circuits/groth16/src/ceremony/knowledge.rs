//! Proofs that a contributor knew a factor: Schnorr's, in G2, made non-interactive by hashing.
//!
//! In G2 only: a proof in G1, as ceremonies for plain Groth16 use it, would publish the factor's
//! multiple of the generator there, and with it value could be moved between segments.

use ark_bn254::{Fr, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use ark_std::rand::{CryptoRng, RngCore};
use zeroize::Zeroize;

use super::Trapdoor;
use crate::{
    challenge::{keccak256, masked, padded},
    encoding::encode_g2,
};

const DOMAIN: [u8; 32] = padded(b"swarmwork/ceremony/knowledge/1");

/// Knowledge of `d` with `after = d * before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Knowledge {
    /// `k * before` for a random `k`.
    pub commitment: G2Affine,
    /// `k + c * d` for the hashed challenge `c`.
    pub response: Fr,
}

impl Knowledge {
    /// `message` covers `before`, `after` and everything else that the proof is bound to.
    pub fn prove<R: RngCore + CryptoRng>(
        before: G2Affine,
        factor: Fr,
        message: &[u8; 32],
        trapdoor: Trapdoor,
        rng: &mut R,
    ) -> Self {
        let mut nonce = Fr::rand(rng);
        let commitment = (before * nonce).into_affine();
        let response = nonce + challenge(message, trapdoor, &commitment) * factor;
        nonce.zeroize();
        Self {
            commitment,
            response,
        }
    }

    pub fn holds(
        &self,
        before: G2Affine,
        after: G2Affine,
        message: &[u8; 32],
        trapdoor: Trapdoor,
    ) -> bool {
        before * self.response
            == after * challenge(message, trapdoor, &self.commitment) + self.commitment
    }
}

fn challenge(message: &[u8; 32], trapdoor: Trapdoor, commitment: &G2Affine) -> Fr {
    let mut bytes = [0u8; 32 + 32 + 1 + 64];
    bytes[..32].copy_from_slice(&DOMAIN);
    bytes[32..64].copy_from_slice(message);
    bytes[64] = trapdoor.index() as u8;
    bytes[65..].copy_from_slice(&encode_g2(commitment));
    masked(keccak256(&bytes))
}
