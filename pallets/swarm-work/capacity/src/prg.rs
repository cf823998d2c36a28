//! Pseudo-random bytes by position: the mixer of SplitMix64 (Steele, Lea & Flood, "Fast splittable
//! pseudorandom number generators", 2014) over a counter, between two keys.
//!
//! Words are addressed, so a device can make any row without the ones before it. What matters is
//! that nobody knows the words before the seed and that no two accounts share them, which the
//! cryptographic hash of seed and identity gives; the mixer only spreads them.

use crate::{FOLDS, LAYERS, WIDTH};
use codec::Encode;
use sp_crypto_hashing::blake2_256;

/// 2^64 divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// One row between two layers.
pub type Activation = [i8; WIDTH];

/// A keyed sequence of 2^64 words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream {
    before: u64,
    after: u64,
}

impl Stream {
    /// The rows of an identity in a window.
    pub fn rows(seed: &[u8; 32], identity: &[u8; 32]) -> Self {
        Self::keyed(&(b"swarmwork:row", seed, identity))
    }

    /// The matrices of a window.
    pub(crate) fn matrices(seed: &[u8; 32]) -> Self {
        Self::keyed(&(b"swarmwork:matrix", seed))
    }

    fn keyed<T: Encode>(key: &T) -> Self {
        let digest = key.using_encoded(blake2_256);
        let word = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&digest[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        Self {
            before: word(0),
            after: word(8),
        }
    }

    /// The word at a position.
    pub fn word(&self, position: u64) -> u64 {
        let first = mix(self.before.wrapping_add(position.wrapping_mul(GOLDEN)));
        mix(first ^ self.after)
    }

    /// Fills a whole number of words' bytes from a word's position on, little-endian.
    pub(crate) fn fill(&self, position: u64, out: &mut [i8]) {
        for (at, chunk) in out.chunks_mut(8).enumerate() {
            let bytes = self.word(position.wrapping_add(at as u64)).to_le_bytes();
            for (value, byte) in chunk.iter_mut().zip(bytes) {
                *value = byte as i8;
            }
        }
    }

    /// Where row `row` starts: 1024 values, words `128·row` to `128·row + 127`.
    pub fn row(&self, row: u32) -> Activation {
        let mut out = [0; WIDTH];
        self.fill(u64::from(row) * (WIDTH as u64 / 8), &mut out);
        out
    }
}

/// Values of all matrices together.
pub(crate) const MATRIX_VALUES: usize = LAYERS * WIDTH * WIDTH + FOLDS * WIDTH;

/// David Stafford's variant 13 of the 64-bit finaliser: a bijection.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixer_is_splitmix64s() {
        // The published generator seeded with 0: its first outputs.
        let next = |n: u64| mix(n.wrapping_mul(GOLDEN));
        assert_eq!(next(1), 0xe220_a839_7b1d_cdaf);
        assert_eq!(next(2), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(next(3), 0x06c4_5d18_8009_454f);
    }

    #[test]
    fn streams_are_told_apart_by_seed_identity_and_purpose() {
        let base = Stream::rows(&[1; 32], &[2; 32]);
        assert_ne!(base, Stream::rows(&[3; 32], &[2; 32]));
        assert_ne!(base, Stream::rows(&[1; 32], &[3; 32]));
        assert_ne!(base, Stream::matrices(&[1; 32]));
    }

    #[test]
    fn rows_follow_each_other_without_overlap() {
        let stream = Stream::rows(&[1; 32], &[2; 32]);
        let mut two = [0i8; 2 * WIDTH];
        stream.fill(5 * 128, &mut two);
        assert_eq!(stream.row(5)[..], two[..WIDTH]);
        assert_eq!(stream.row(6)[..], two[WIDTH..]);
        assert_eq!(
            stream.row(5)[..8],
            stream.word(5 * 128).to_le_bytes().map(|b| b as i8)
        );
    }

    #[test]
    fn values_are_spread_over_the_whole_range() {
        let stream = Stream::rows(&[9; 32], &[8; 32]);
        let mut hits = [0u32; 256];
        for row in 0..256 {
            for value in stream.row(row) {
                hits[usize::from(value as u8)] += 1;
            }
        }
        // Expectation 1024, standard deviation 32.
        assert!(hits.iter().all(|hits| (860..1_190).contains(hits)));
    }
}
