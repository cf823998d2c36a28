//! A proof with its two fresh commitments, and its 192 bytes on the wire.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;

use crate::{
    encoding::{decode_g1, decode_g2, encode_g1, encode_g2},
    VerifyError,
};

/// A 32, B 64, C 32, C_z 32, C_y 32, compressed.
pub const PROOF_BYTES: usize = 192;

/// Groth16 elements and the commitments that came with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
    /// Commitment to the intermediate values.
    pub c_z: G1Affine,
    /// Commitment to the output.
    pub c_y: G1Affine,
}

impl Proof {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
        let mut bytes = [0u8; PROOF_BYTES];
        bytes[..32].copy_from_slice(&encode_g1(&self.a));
        bytes[32..96].copy_from_slice(&encode_g2(&self.b));
        bytes[96..128].copy_from_slice(&encode_g1(&self.c));
        bytes[128..160].copy_from_slice(&encode_g1(&self.c_z));
        bytes[160..].copy_from_slice(&encode_g1(&self.c_y));
        bytes
    }

    /// Reads canonical bytes, each element in turn: length, A, B, C, C_z, C_y.
    ///
    /// A commitment may be zero (an all-zero tensor without a blind); A, B and C may not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VerifyError> {
        let bytes: &[u8; PROOF_BYTES] = bytes.try_into().map_err(|_| VerifyError::ProofLength)?;
        let g1 = |at: usize| {
            let mut field = [0u8; 32];
            field.copy_from_slice(&bytes[at..at + 32]);
            decode_g1(&field)
        };
        let mut b = [0u8; 64];
        b.copy_from_slice(&bytes[32..96]);
        Ok(Self {
            a: g1(0)
                .filter(|p| !p.is_zero())
                .ok_or(VerifyError::MalformedA)?,
            b: decode_g2(&b)
                .filter(|p| !p.is_zero())
                .ok_or(VerifyError::MalformedB)?,
            c: g1(96)
                .filter(|p| !p.is_zero())
                .ok_or(VerifyError::MalformedC)?,
            c_z: g1(128).ok_or(VerifyError::MalformedCz)?,
            c_y: g1(160).ok_or(VerifyError::MalformedCy)?,
        })
    }
}
