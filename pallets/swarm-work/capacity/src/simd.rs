//! Dot products with AVX2.

// Loads of vectors take pointers, and a function of a target feature may only be called where the
// feature is there. Both are checked below.
#![allow(unsafe_code)]

use crate::{prg::Activation, WIDTH};
use core::arch::x86_64::{
    __m128i, __m256i, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16,
    _mm256_extracti128_si256, _mm256_madd_epi16, _mm256_setzero_si256, _mm_add_epi32,
    _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32,
};

/// Values that one load takes.
const LANES: usize = 16;

/// Every output of a matrix, given as its rows of 1024 weights, for some activations.
///
/// # Panics
/// If the machine has no AVX2, or if a row of weights has not 1024 values.
pub(crate) fn outputs<'a, const N: usize>(
    weights: impl Iterator<Item = (usize, &'a [i8])>,
    rows: &[Activation; N],
    mut give: impl FnMut(usize, [i32; N]),
) {
    assert!(
        std::is_x86_feature_detected!("avx2"),
        "Method::Avx2 needs a machine with AVX2"
    );
    for (output, weights) in weights {
        let weights: &Activation = weights
            .try_into()
            .expect("a row of weights has WIDTH values");
        // SAFETY: the feature is there, as asserted above.
        give(output, unsafe { dots(weights, rows) });
    }
}

/// One dot product per activation.
///
/// Products of two `i8` fit `i16` pairs summed to `i32`: at most 2·2^14 per lane and step, 64 steps.
#[target_feature(enable = "avx2")]
fn dots<const N: usize>(weights: &Activation, rows: &[Activation; N]) -> [i32; N] {
    let mut sums = [_mm256_setzero_si256(); N];
    for at in (0..WIDTH).step_by(LANES) {
        let w = load(weights, at);
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(w, load(row, at)));
        }
    }
    sums.map(|sum| total(sum))
}

/// Sixteen values from `at` on, widened to `i16`.
#[target_feature(enable = "avx2")]
#[inline]
fn load(values: &Activation, at: usize) -> __m256i {
    let lanes: &[i8; LANES] = values[at..at + LANES]
        .try_into()
        .expect("a slice of LANES values");
    // SAFETY: `lanes` are 16 readable bytes, and the load needs no alignment.
    let packed = unsafe { _mm_loadu_si128(lanes.as_ptr().cast::<__m128i>()) };
    _mm256_cvtepi8_epi16(packed)
}

/// The sum of eight `i32` lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn total(sum: __m256i) -> i32 {
    let four = _mm_add_epi32(
        _mm256_castsi256_si128(sum),
        _mm256_extracti128_si256::<1>(sum),
    );
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b00_00_11_10>(four));
    let one = _mm_add_epi32(two, _mm_shuffle_epi32::<0b00_00_00_01>(two));
    _mm_cvtsi128_si32(one)
}
