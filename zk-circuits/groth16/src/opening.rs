//! Opening a commitment part by part, as a chain does that holds the bases and no key file.
//!
//! That a sum of parts is the commitment shows every element: an opening is unique (SECURITY.md,
//! section 6), and each part is multiplied by the bases of its own place.

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use rayon::prelude::*;

use crate::{
    bases::{digest, encoded_digest},
    decode_g1, decode_scalar, encode_g1,
    msm::{integers, msm_g1},
    OpeningError, SegmentLayout, VerifyingKey,
};

/// Bytes of a base, and of an element.
const BYTES: usize = 32;
/// Bytes of a segment: how many bases it has, and their digest.
const SEGMENT_BYTES: usize = 8 + 32;
/// Fewest points or elements that are decoded by a task of their own.
const TASK: usize = 64;

/// Whether `bases`, compressed and one after the other, are those of segment y that a verifying key
/// names. `others` says of w, x and z, in this order, how many bases there are (64 bits,
/// little-endian), and those bases' digest.
///
/// # Errors
/// [`OpeningError`] says what is wrong: lengths, the key, a point, the digest; in this order.
pub fn check_output_bases(vk: &[u8], others: &[u8], bases: &[u8]) -> Result<(), OpeningError> {
    if others.len() != 3 * SEGMENT_BYTES || bases.is_empty() || !bases.len().is_multiple_of(BYTES) {
        return Err(OpeningError::Length);
    }
    let key = VerifyingKey::from_bytes(vk).map_err(|_| OpeningError::MalformedKey)?;
    points(bases)?;
    let mut lengths = [0usize; 3];
    let mut digests = [[0u8; 32]; 4];
    for (i, segment) in others.chunks_exact(SEGMENT_BYTES).enumerate() {
        let (length, of_bases) = segment.split_at(8);
        let mut integer = [0u8; 8];
        integer.copy_from_slice(length);
        lengths[i] =
            usize::try_from(u64::from_le_bytes(integer)).map_err(|_| OpeningError::Bases)?;
        digests[i].copy_from_slice(of_bases);
    }
    digests[3] = encoded_digest(bases);
    let layout = SegmentLayout {
        weights: lengths[0],
        input: lengths[1],
        intermediate: lengths[2],
        output: bases.len() / BYTES,
    };
    if digest(layout, &digests) != key.bases {
        return Err(OpeningError::Bases);
    }
    Ok(())
}

/// `before + sum elements[i] * bases[i]`, compressed; `before` is a commitment, or nothing.
///
/// # Errors
/// [`OpeningError`] unless there are equally many bases and elements, one at least, and all are
/// canonical.
pub fn commit_part(before: &[u8], bases: &[u8], elements: &[u8]) -> Result<[u8; 32], OpeningError> {
    if bases.is_empty() || !bases.len().is_multiple_of(BYTES) || bases.len() != elements.len() {
        return Err(OpeningError::Length);
    }
    let before = match before {
        [] => G1Affine::zero(),
        bytes => bytes
            .try_into()
            .ok()
            .and_then(decode_g1)
            .ok_or(OpeningError::MalformedSum)?,
    };
    let elements: Vec<Fr> = each(elements, decode_scalar).ok_or(OpeningError::MalformedElement)?;
    let part = msm_g1(&points(bases)?, &integers(&elements));
    Ok(encode_g1(&(part + before).into_affine()))
}

fn points(bases: &[u8]) -> Result<Vec<G1Affine>, OpeningError> {
    let point = |bytes: &[u8; BYTES]| decode_g1(bytes).filter(|point| !point.is_zero());
    each(bases, point).ok_or(OpeningError::MalformedBase)
}

/// Decodes 32 bytes each; `None` if any of them is refused.
fn each<V: Send>(
    bytes: &[u8],
    decode: impl Fn(&[u8; BYTES]) -> Option<V> + Sync,
) -> Option<Vec<V>> {
    bytes
        .par_chunks_exact(BYTES)
        .with_min_len(TASK)
        .map(|bytes| decode(bytes.try_into().ok()?))
        .collect()
}
