//! The digest of all commitment bases, by which a verifying key names its commitment key.
//!
//! keccak256 of a domain and, for each segment in column order, its length (64 bits, little-endian)
//! and the digest of its bases; a segment's digest is keccak256 of another domain and its bases,
//! canonically compressed. Two levels, because a commitment key leaves out the bases of the
//! intermediate segment and holds their digest instead.

use ark_bn254::G1Affine;
use rayon::prelude::*;
use tiny_keccak::{Hasher, Keccak};

use crate::{
    challenge::{keccak256, padded},
    encode_g1, Segment, SegmentLayout,
};

const DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/bases/1");
const SEGMENT_DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/segment/1");
/// Points encoded at once.
const CHUNK: usize = 1 << 12;

/// The digest of one segment's bases.
pub(crate) fn segment_digest(bases: &[G1Affine]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    hasher.update(&SEGMENT_DOMAIN);
    for chunk in bases.chunks(CHUNK) {
        let encoded: Vec<[u8; 32]> = chunk.par_iter().with_min_len(256).map(encode_g1).collect();
        hasher.update(encoded.as_flattened());
    }
    let mut digest = [0u8; 32];
    hasher.finalize(&mut digest);
    digest
}

/// The digest of one segment's bases, from their encodings one after the other.
pub(crate) fn encoded_digest(bases: &[u8]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    hasher.update(&SEGMENT_DOMAIN);
    hasher.update(bases);
    let mut digest = [0u8; 32];
    hasher.finalize(&mut digest);
    digest
}

/// The digest of all segments, from those of each in column order.
pub(crate) fn digest(layout: SegmentLayout, segments: &[[u8; 32]; 4]) -> [u8; 32] {
    let mut bytes = DOMAIN.to_vec();
    for (segment, digest) in Segment::ALL.into_iter().zip(segments) {
        bytes.extend_from_slice(&(layout.len_of(segment) as u64).to_le_bytes());
        bytes.extend_from_slice(digest);
    }
    keccak256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ff::UniformRand;

    const LAYOUT: SegmentLayout = SegmentLayout {
        weights: 2,
        input: 3,
        intermediate: 4,
        output: 5,
    };

    #[test]
    fn every_base_and_its_place_count() {
        let mut rng = ark_std::test_rng();
        let mut random = || (G1Affine::generator() * ark_bn254::Fr::rand(&mut rng)).into_affine();
        let bases: Vec<G1Affine> = (0..2 * CHUNK + 3).map(|_| random()).collect();
        let whole = segment_digest(&bases);
        for at in [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 1] {
            let mut other = bases.clone();
            other.swap(at, at + 1);
            assert_ne!(segment_digest(&other), whole, "{at}");
            other.swap(at, at + 1);
            other[at] = -other[at];
            assert_ne!(segment_digest(&other), whole, "{at}");
        }
        assert_ne!(segment_digest(&bases[1..]), whole);
        assert_ne!(segment_digest(&bases[..2 * CHUNK + 2]), whole);
    }

    #[test]
    fn every_segment_and_its_length_count() {
        let segments = [[1; 32], [2; 32], [3; 32], [4; 32]];
        let whole = digest(LAYOUT, &segments);
        for i in 0..4 {
            let mut other = segments;
            other[i][31] ^= 1;
            assert_ne!(digest(LAYOUT, &other), whole);
            for j in 0..i {
                let mut other = segments;
                other.swap(i, j);
                assert_ne!(digest(LAYOUT, &other), whole);
            }
        }
        let lengths: [fn(&mut SegmentLayout); 4] = [
            |l| l.weights += 1,
            |l| l.input += 1,
            |l| l.intermediate += 1,
            |l| l.output += 1,
        ];
        for change in lengths {
            let mut other = LAYOUT;
            change(&mut other);
            assert_ne!(digest(other, &segments), whole);
        }
    }
}
