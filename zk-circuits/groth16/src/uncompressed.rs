//! Uncompressed points, as files hold them: `x | y`, 32 little-endian bytes a coordinate of the
//! base field; zero is all zeros.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField, Zero};

pub(crate) const G1_BYTES: usize = 64;
pub(crate) const G2_BYTES: usize = 128;

/// Writes a point into 64 bytes that are zero.
pub(crate) fn write_g1(point: &G1Affine, bytes: &mut [u8]) {
    if let Some((x, y)) = point.xy() {
        write_coordinates(&[x, y], bytes);
    }
}

/// Writes a point into 128 bytes that are zero.
pub(crate) fn write_g2(point: &G2Affine, bytes: &mut [u8]) {
    if let Some((x, y)) = point.xy() {
        write_coordinates(&[x.c0, x.c1, y.c0, y.c1], bytes);
    }
}

fn write_coordinates(coordinates: &[Fq], bytes: &mut [u8]) {
    for (coordinate, bytes) in coordinates.iter().zip(bytes.chunks_exact_mut(32)) {
        for (limb, bytes) in coordinate
            .into_bigint()
            .0
            .iter()
            .zip(bytes.chunks_exact_mut(8))
        {
            bytes.copy_from_slice(&limb.to_le_bytes());
        }
    }
}

/// How 32 bytes are read as a coordinate.
pub(crate) type Coordinate = fn(&[u8]) -> Option<Fq>;

fn limbs(bytes: &[u8]) -> Option<BigInt<4>> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().ok()?);
    }
    Some(BigInt::new(limbs))
}

/// The integer itself, which must be below the modulus.
pub(crate) fn canonical(bytes: &[u8]) -> Option<Fq> {
    Fq::from_bigint(limbs(bytes)?)
}

/// The integer times 2^256 modulo the modulus, below it: the form in which arithmetic is done.
#[cfg(any(test, feature = "ceremony"))]
pub(crate) fn montgomery(bytes: &[u8]) -> Option<Fq> {
    let limbs = limbs(bytes)?;
    (limbs < Fq::MODULUS).then(|| Fq::new_unchecked(limbs))
}

/// Reads 64 bytes; `None` unless the coordinates are and the point is on the curve.
pub(crate) fn read_g1(bytes: &[u8], coordinate: Coordinate) -> Option<G1Affine> {
    let (x, y) = (coordinate(&bytes[..32])?, coordinate(&bytes[32..])?);
    if x.is_zero() && y.is_zero() {
        return Some(G1Affine::zero());
    }
    let point = G1Affine::new_unchecked(x, y);
    point.is_on_curve().then_some(point)
}

/// Reads 128 bytes; `None` unless the coordinates are and the point is on the curve. Whether it is
/// in the subgroup of order r remains to be checked.
pub(crate) fn read_g2(bytes: &[u8], coordinate: Coordinate) -> Option<G2Affine> {
    let c = |at: usize| coordinate(&bytes[at..at + 32]);
    let (x, y) = (Fq2::new(c(0)?, c(32)?), Fq2::new(c(64)?, c(96)?));
    if x.is_zero() && y.is_zero() {
        return Some(G2Affine::zero());
    }
    let point = G2Affine::new_unchecked(x, y);
    point.is_on_curve().then_some(point)
}
