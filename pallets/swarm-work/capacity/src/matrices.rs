//! The layers: matrices of a window, and what a row becomes under them.

use crate::{
    prg::{Activation, Stream, MATRIX_VALUES},
    Fingerprint, FOLDS, LAYERS, SHIFT, WIDTH,
};
use alloc::{boxed::Box, vec};

/// How rows are computed. All methods give the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Portable integer arithmetic: the reference.
    Scalar,
    /// 256-bit integer vectors of x86-64.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    Avx2,
}

impl Method {
    /// The fastest that this machine has.
    pub fn detect() -> Self {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        if std::is_x86_feature_detected!("avx2") {
            return Self::Avx2;
        }
        Self::Scalar
    }
}

/// The matrices of one window: four of 1024 × 1024 `i8`, stored by output so that each output is
/// one dot product of consecutive values, and a thin one of 4 × 1024. 4 MiB.
pub struct Matrices {
    values: Box<[i8]>,
}

impl Matrices {
    /// The matrices of a window's seed.
    pub fn new(seed: &[u8; 32]) -> Self {
        let mut values = vec![0; MATRIX_VALUES].into_boxed_slice();
        Stream::matrices(seed).fill(0, &mut values);
        Self { values }
    }

    /// Layer `layer` below [`LAYERS`]: 1024 outputs of 1024 values each.
    pub fn layer(&self, layer: usize) -> &[i8] {
        &self.values[layer * WIDTH * WIDTH..(layer + 1) * WIDTH * WIDTH]
    }

    /// The thin layer: [`FOLDS`] outputs of 1024 values each.
    pub fn thin(&self) -> &[i8] {
        &self.values[LAYERS * WIDTH * WIDTH..]
    }

    /// What one row becomes.
    pub fn fingerprint(&self, stream: &Stream, row: u32, method: Method) -> Fingerprint {
        let [print] = self.fold([stream.row(row)], method);
        print
    }

    /// What two rows become; cheaper than one after the other, because each matrix is read once.
    pub fn fingerprints(
        &self,
        stream: &Stream,
        (first, second): (u32, u32),
        method: Method,
    ) -> [Fingerprint; 2] {
        self.fold([stream.row(first), stream.row(second)], method)
    }

    fn fold<const N: usize>(&self, mut rows: [Activation; N], method: Method) -> [Fingerprint; N] {
        for layer in 0..LAYERS {
            let mut next = [[0; WIDTH]; N];
            outputs(self.layer(layer), &rows, method, |output, sums| {
                for (row, sum) in next.iter_mut().zip(sums) {
                    row[output] = requantise(sum);
                }
            });
            rows = next;
        }
        let mut prints = [[0; 16]; N];
        outputs(self.thin(), &rows, method, |output, sums| {
            for (print, sum) in prints.iter_mut().zip(sums) {
                print[4 * output..4 * output + 4].copy_from_slice(&sum.to_le_bytes());
            }
        });
        debug_assert_eq!(self.thin().len(), FOLDS * WIDTH);
        prints
    }
}

/// Back from an accumulator to an activation: an arithmetic shift, which rounds down, and a clamp.
fn requantise(sum: i32) -> i8 {
    (sum >> SHIFT).clamp(i8::MIN.into(), i8::MAX.into()) as i8
}

/// Every output of a matrix for some rows.
fn outputs<const N: usize>(
    matrix: &[i8],
    rows: &[Activation; N],
    method: Method,
    mut give: impl FnMut(usize, [i32; N]),
) {
    let weights = matrix.chunks_exact(WIDTH).enumerate();
    match method {
        Method::Scalar => weights.for_each(|(output, weights)| give(output, dots(weights, rows))),
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        Method::Avx2 => crate::simd::outputs(weights, rows, give),
    }
}

/// Dot products of 1024 values each: at most 2^24 in magnitude.
fn dots<const N: usize>(weights: &[i8], rows: &[Activation; N]) -> [i32; N] {
    let mut sums = [0; N];
    for (sum, row) in sums.iter_mut().zip(rows) {
        *sum = weights
            .iter()
            .zip(row)
            .map(|(w, x)| i32::from(*w) * i32::from(*x))
            .sum();
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn requantising_rounds_down_and_clamps() {
        assert_eq!(requantise(0), 0);
        assert_eq!(requantise(2_047), 0);
        assert_eq!(requantise(2_048), 1);
        assert_eq!(requantise(-1), -1);
        assert_eq!(requantise(1 << 24), 127);
        assert_eq!(requantise(-(1 << 24)), -128);
    }

    #[test]
    fn extreme_values_do_not_overflow_and_stay_exact_in_f32() {
        let rows = [[i8::MIN; WIDTH]];
        let weights = [i8::MIN; WIDTH];
        assert_eq!(dots(&weights, &rows), [1 << 24]);
        assert_eq!((1u32 << 24) as f32 as u32, 1 << 24);
        let matrices = Matrices {
            values: vec![i8::MIN; MATRIX_VALUES].into_boxed_slice(),
        };
        let scalar = matrices.fold(rows, Method::Scalar);
        assert_eq!(scalar, matrices.fold(rows, Method::detect()));
        // -128·-128·1024 clamps to 127, then 127·-128·1024 to -128, and again twice.
        assert_eq!(scalar[0][..4], (1i32 << 24).to_le_bytes());
    }

    /// Values of an independent implementation of the module's text: nothing of the arithmetic may
    /// change under a running chain.
    #[test]
    fn the_work_is_what_it_always_was() {
        let matrices = Matrices::new(&[1; 32]);
        let stream = Stream::rows(&[1; 32], &crate::identity(&7u64));
        assert_eq!(matrices.layer(0)[..4], FIRST_WEIGHTS);
        assert_eq!(
            matrices.fingerprint(&stream, 3, Method::Scalar),
            FINGERPRINT
        );
    }
    const FIRST_WEIGHTS: [i8; 4] = [67, -28, -82, 22];
    const FINGERPRINT: Fingerprint = [
        182, 106, 253, 255, 149, 94, 3, 0, 154, 10, 3, 0, 12, 233, 1, 0,
    ];

    #[test]
    fn no_layer_dies_out() {
        let matrices = Matrices::new(&[5; 32]);
        let mut rows = [Stream::rows(&[5; 32], &[6; 32]).row(0)];
        for layer in 0..LAYERS {
            let mut next = [[0; WIDTH]];
            outputs(matrices.layer(layer), &rows, Method::Scalar, |at, [sum]| {
                next[0][at] = requantise(sum);
            });
            rows = next;
            let saturated = rows[0].iter().filter(|x| **x == 127 || **x == -128).count();
            let distinct = rows[0].iter().collect::<std::collections::BTreeSet<_>>();
            assert!(
                saturated < WIDTH / 2,
                "layer {layer}: {saturated} saturated"
            );
            assert!(
                distinct.len() > 150,
                "layer {layer}: {} values",
                distinct.len()
            );
        }
    }

    #[test]
    fn another_seed_account_or_row_is_another_fingerprint() {
        let matrices = Matrices::new(&[1; 32]);
        let stream = |seed, identity| Stream::rows(&[seed; 32], &[identity; 32]);
        let method = Method::detect();
        let base = matrices.fingerprint(&stream(1, 1), 0, method);
        assert_ne!(base, matrices.fingerprint(&stream(1, 1), 1, method));
        assert_ne!(base, matrices.fingerprint(&stream(1, 2), 0, method));
        assert_ne!(base, matrices.fingerprint(&stream(2, 1), 0, method));
        let others = Matrices::new(&[2; 32]);
        assert_ne!(base, others.fingerprint(&stream(1, 1), 0, method));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_method_gives_the_same_bytes(
            seed: [u8; 32], identity: [u8; 32], first: u32, second: u32,
        ) {
            let matrices = Matrices::new(&seed);
            let stream = Stream::rows(&seed, &identity);
            let reference = [first, second].map(|row| matrices.fingerprint(&stream, row, Method::Scalar));
            for method in [Method::Scalar, Method::detect()] {
                prop_assert_eq!(matrices.fingerprints(&stream, (first, second), method), reference);
                prop_assert_eq!(matrices.fingerprint(&stream, second, method), reference[1]);
            }
        }
    }
}
