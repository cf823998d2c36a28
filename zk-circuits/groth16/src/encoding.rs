//! Canonical encodings of points and scalars: one byte string per value, everything else refused.
//!
//! Points are compressed as arkworks does: the little-endian x coordinate with two flags in the
//! top bits of the last byte (0x80: y is the larger root, 0x40: infinity).

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, BigInteger, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};

/// Decodes a compressed G1 point, infinity included; `None` unless canonical and on the curve.
///
/// G1 of BN254 has cofactor one, so a point of the curve is a point of the group.
pub fn decode_g1(bytes: &[u8; 32]) -> Option<G1Affine> {
    let point = G1Affine::deserialize_compressed(&bytes[..]).ok()?;
    (encode_g1(&point) == *bytes).then_some(point)
}

/// Decodes a compressed G2 point, infinity included; `None` unless canonical, on the curve and in
/// the subgroup of order r.
pub fn decode_g2(bytes: &[u8; 64]) -> Option<G2Affine> {
    let point = G2Affine::deserialize_compressed(&bytes[..]).ok()?;
    (encode_g2(&point) == *bytes).then_some(point)
}

/// Decodes a little-endian scalar; `None` if it is not below r.
pub fn decode_scalar(bytes: &[u8; 32]) -> Option<Fr> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut word = [0u8; 8];
        word.copy_from_slice(chunk);
        *limb = u64::from_le_bytes(word);
    }
    Fr::from_bigint(BigInt::new(limbs))
}

/// The canonical compressed encoding of a G1 point.
pub fn encode_g1(point: &G1Affine) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    point
        .serialize_compressed(&mut bytes[..])
        .expect("a compressed G1 point is 32 bytes; qed");
    bytes
}

/// The canonical compressed encoding of a G2 point.
pub fn encode_g2(point: &G2Affine) -> [u8; 64] {
    let mut bytes = [0u8; 64];
    point
        .serialize_compressed(&mut bytes[..])
        .expect("a compressed G2 point is 64 bytes; qed");
    bytes
}

/// The little-endian encoding of a scalar.
pub fn encode_scalar(scalar: &Fr) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes.copy_from_slice(&scalar.into_bigint().to_bytes_le());
    bytes
}
