//! The work of capacity windows: what a device computes to show its rate, and how that is
//! committed to and checked.
//!
//! A window's seed gives four square matrices and one thin one, the same for everybody
//! ([`Matrices`]). Row `i` of a provider starts at a pseudo-random vector of its own
//! ([`Stream::row`]) and passes four layers `clamp((B·x) >> 11)`; the thin matrix then folds 1024
//! values to a fingerprint of 16 bytes ([`Matrices::fingerprint`]). Sixteen fingerprints are a leaf
//! of the tree whose root is committed to ([`Tree`]). Whoever checks two drawn rows recomputes
//! them: 8.4 million multiply-accumulates.
//!
//! All sums stay within 2^24, so a device may compute in `f32`: every partial sum of 1024 products
//! of two `i8` is exact. Everything here is part of consensus and integer arithmetic; the scalar
//! code and the AVX2 code return the same bytes.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod matrices;
mod merkle;
mod prg;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod simd;

pub use matrices::{Matrices, Method};
pub use merkle::{path_len, Opening, OpeningError, Tree, MAX_PATH};
pub use prg::{Activation, Stream};

use codec::Encode;
use sp_crypto_hashing::blake2_256;

/// Values of an activation, and rows and columns of each square matrix.
pub const WIDTH: usize = 1024;
/// Square layers that a row passes.
pub const LAYERS: usize = 4;
/// Sums of the thin layer.
pub const FOLDS: usize = 4;
/// Right shift of an accumulator before it is clamped to `i8`. Products of uniform `i8` have a
/// standard deviation of about 5500, their sum over 1024 about 175,000, hence after the shift about
/// 85: a third of the values saturate, none of the layers dies out.
pub const SHIFT: u32 = 11;
/// Fingerprints of a leaf.
pub const LEAF_ROWS: u32 = 16;
/// Most rows of one answer: what 75·10^12 multiply-accumulates a second give in a minute.
pub const MAX_ROWS: u32 = 1 << 30;
/// Multiply-accumulates of one row.
pub const MACS_PER_ROW: u64 = (LAYERS * WIDTH * WIDTH + FOLDS * WIDTH) as u64;

/// What a row's result is recognised by: four sums of the thin layer, little-endian `i32` each.
pub type Fingerprint = [u8; 16];

/// Which stream of rows a provider has: blake2-256 over `"swarmwork:rows"` and its account. Rows
/// are the account's own, so that copied answers are wrong answers.
pub fn identity<AccountId: Encode>(account: &AccountId) -> [u8; 32] {
    (b"swarmwork:rows", account).using_encoded(blake2_256)
}

/// The rows to open: two numbers below `rows`, different if there are two, drawn by the seed of the
/// sample. `None` if there are no rows.
pub fn drawn_rows(sample: &[u8; 32], identity: &[u8; 32], rows: u32) -> Option<(u32, u32)> {
    let (first, second): ([u8; 16], [u8; 16]) = {
        let bytes = (b"swarmwork:sample", sample, identity).using_encoded(blake2_256);
        let mut halves = ([0; 16], [0; 16]);
        halves.0.copy_from_slice(&bytes[..16]);
        halves.1.copy_from_slice(&bytes[16..]);
        halves
    };
    // 128 random bits against at most 30 bits of range: the bias is below 2^-96.
    let below = |bytes, bound: u32| (u128::from_le_bytes(bytes) % u128::from(bound)) as u32;
    match rows {
        0 => None,
        1 => Some((0, 0)),
        _ => {
            let first = below(first, rows);
            let second = below(second, rows - 1);
            Some((first, if second < first { second } else { second + 1 }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identities_are_the_accounts_own() {
        assert_ne!(identity(&1u64), identity(&2u64));
        assert_eq!(identity(&1u64), identity(&1u64));
    }

    #[test]
    fn no_rows_none_drawn() {
        assert_eq!(drawn_rows(&[1; 32], &[2; 32], 0), None);
        assert_eq!(drawn_rows(&[1; 32], &[2; 32], 1), Some((0, 0)));
    }

    #[test]
    fn every_row_is_drawn_about_equally_often() {
        let mut hits = [0u32; 10];
        for tag in 0..5_000u64 {
            let sample = tag.using_encoded(blake2_256);
            let (first, second) = drawn_rows(&sample, &[7; 32], 10).unwrap();
            hits[first as usize] += 1;
            hits[second as usize] += 1;
        }
        // Expectation 1000, standard deviation about 27.
        for (row, hits) in hits.iter().enumerate() {
            assert!((860..1_140).contains(hits), "row {row}: {hits}");
        }
    }

    proptest! {
        #[test]
        fn drawn_rows_are_two_of_the_rows(sample: [u8; 32], identity: [u8; 32], rows in 2u32..=MAX_ROWS) {
            let (first, second) = drawn_rows(&sample, &identity, rows).unwrap();
            prop_assert!(first < rows && second < rows && first != second);
        }

        #[test]
        fn the_draw_depends_on_the_sample_and_on_the_identity(
            a: [u8; 32], b: [u8; 32], identity: [u8; 32],
        ) {
            prop_assume!(a != b);
            prop_assert_ne!(
                drawn_rows(&a, &identity, MAX_ROWS),
                drawn_rows(&b, &identity, MAX_ROWS)
            );
            prop_assert_ne!(
                drawn_rows(&identity, &a, MAX_ROWS),
                drawn_rows(&identity, &b, MAX_ROWS)
            );
        }
    }
}
