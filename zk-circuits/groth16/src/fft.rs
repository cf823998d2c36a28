//! Fourier transforms over BN254's scalar field on `2^k`, `3·2^k` and `9·2^k` points.
//!
//! [`Transform::apart`] takes values in their order to coefficients in an order of its own, and
//! [`Transform::together`] takes those back to values in their order: nothing is permuted between
//! the two. Roots are kept.

use ark_bn254::Fr;
use ark_ff::{FftField, Field};
use rayon::prelude::*;

/// Up to this many values a transform is done by one thread: they fit its cache.
const SERIAL: usize = 1 << 12;
/// Pieces of a pass over many values.
const PIECE: usize = 1 << 11;
/// Largest power of three in a size: the field has roots of unity of order 9, not 27.
const MAX_THREES: u32 = 2;

/// The smallest size of a transform that is at least `rows`; `None` if there is none.
pub(crate) fn size_for(rows: usize) -> Option<usize> {
    (0..=MAX_THREES)
        .filter_map(|threes| {
            let three = 3usize.pow(threes);
            let two = rows.div_ceil(three).checked_next_power_of_two()?;
            (two.trailing_zeros() < Fr::TWO_ADICITY).then(|| three * two)
        })
        .min()
}

/// One level of a transform: how `radix · part` values come from `radix` transforms of `part`.
#[derive(Clone, Debug)]
struct Level {
    radix: usize,
    part: usize,
    /// `ω^j` for the level's own root and j below `part`.
    roots: Vec<Fr>,
    /// `ω^2j`, where the radix is three.
    squares: Vec<Fr>,
}

/// Transforms of one size.
#[derive(Clone, Debug)]
pub(crate) struct Transform {
    size: usize,
    /// From the whole to pairs.
    levels: Vec<Level>,
    places: Vec<u32>,
    /// A root of unity of order three.
    third: Fr,
}

impl Transform {
    /// Transforms for a `root` of order `size`, which [`size_for`] gave.
    pub fn new(size: usize, root: Fr) -> Self {
        let mut levels = Vec::new();
        let (mut left, mut root) = (size, root);
        let mut third = Fr::ONE;
        while left > 1 {
            let radix = if left % 3 == 0 { 3 } else { 2 };
            let part = left / radix;
            let roots = powers(root, Fr::ONE, part);
            let squares = match radix {
                3 => roots.par_iter().map(|r| r.square()).collect(),
                _ => Vec::new(),
            };
            if radix == 3 {
                third = root.pow([part as u64]);
            }
            root = root.pow([radix as u64]);
            levels.push(Level {
                radix,
                part,
                roots,
                squares,
            });
            left = part;
        }
        let mut places = vec![0];
        for level in levels.iter().rev() {
            // That of radix·k + q is k's within the part q.
            let part = level.part as u32;
            places = places
                .iter()
                .flat_map(|place| (0..level.radix as u32).map(move |q| q * part + place))
                .collect();
        }
        Self {
            size,
            levels,
            places,
            third,
        }
    }

    /// `Σ_j values[j]·ω^(jk)` for every k, in the places of [`Self::places`].
    pub fn apart(&self, values: &mut [Fr]) {
        assert_eq!(values.len(), self.size, "a value for every point");
        self.split(&self.levels, values);
    }

    /// `Σ_k values[k]·ω^(jk)` for every j in order, where the values are in the order of
    /// [`Self::in_order`].
    pub fn together(&self, values: &mut [Fr]) {
        assert_eq!(values.len(), self.size, "a value for every point");
        self.join(&self.levels, values);
    }

    /// Where [`Self::apart`] leaves the result for each k.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// `factor·x^k` for every k, in the places of [`Self::places`].
    pub fn powers(&self, x: Fr, factor: Fr) -> Vec<Fr> {
        let mut steps = Vec::new();
        let mut x = x;
        for level in &self.levels {
            steps.push((x, level.radix));
            x = x.pow([level.radix as u64]);
        }
        let mut powers = Vec::with_capacity(self.size);
        powers.push(factor);
        for (x, radix) in steps.into_iter().rev() {
            let part = powers.len();
            let mut step = x;
            for _ in 1..radix {
                let next = powers[..part]
                    .par_iter()
                    .with_min_len(PIECE)
                    .map(|p| *p * step);
                let next: Vec<Fr> = next.collect();
                powers.extend(next);
                step *= x;
            }
        }
        powers
    }

    fn split(&self, levels: &[Level], values: &mut [Fr]) {
        if values.len() <= SERIAL {
            for level in levels {
                for chunk in values.chunks_exact_mut(level.radix * level.part) {
                    self.pass(level, chunk, split_two, split_three);
                }
            }
            return;
        }
        let (level, rest) = levels.split_first().expect("more than one value; qed");
        self.parallel_pass(level, values, split_two, split_three);
        values
            .par_chunks_exact_mut(level.part)
            .for_each(|part| self.split(rest, part));
    }

    fn join(&self, levels: &[Level], values: &mut [Fr]) {
        if values.len() <= SERIAL {
            for level in levels.iter().rev() {
                for chunk in values.chunks_exact_mut(level.radix * level.part) {
                    self.pass(level, chunk, join_two, join_three);
                }
            }
            return;
        }
        let (level, rest) = levels.split_first().expect("more than one value; qed");
        values
            .par_chunks_exact_mut(level.part)
            .for_each(|part| self.join(rest, part));
        self.parallel_pass(level, values, join_two, join_three);
    }

    /// One level, all of it by this thread.
    #[inline]
    fn pass(
        &self,
        level: &Level,
        values: &mut [Fr],
        two: impl Fn([&mut Fr; 2], &Fr),
        three: impl Fn([&mut Fr; 3], [&Fr; 3]),
    ) {
        let (a, rest) = values.split_at_mut(level.part);
        if level.radix == 2 && level.part == 1 {
            // Both ways the same, and no root to multiply with.
            let difference = a[0] - rest[0];
            a[0] += rest[0];
            rest[0] = difference;
        } else if level.radix == 2 {
            for ((a, b), root) in a.iter_mut().zip(rest).zip(&level.roots) {
                two([a, b], root);
            }
        } else {
            let (b, c) = rest.split_at_mut(level.part);
            let roots = level.roots.iter().zip(&level.squares);
            for (((a, b), c), (root, square)) in a.iter_mut().zip(b).zip(c).zip(roots) {
                three([a, b, c], [root, square, &self.third]);
            }
        }
    }

    /// One level, piece by piece.
    fn parallel_pass(
        &self,
        level: &Level,
        values: &mut [Fr],
        two: impl Fn([&mut Fr; 2], &Fr) + Sync,
        three: impl Fn([&mut Fr; 3], [&Fr; 3]) + Sync,
    ) {
        let (a, rest) = values.split_at_mut(level.part);
        if level.radix == 2 {
            a.par_chunks_mut(PIECE)
                .zip(rest.par_chunks_mut(PIECE))
                .zip(level.roots.par_chunks(PIECE))
                .for_each(|((a, b), roots)| {
                    for ((a, b), root) in a.iter_mut().zip(b).zip(roots) {
                        two([a, b], root);
                    }
                });
        } else {
            let (b, c) = rest.split_at_mut(level.part);
            let roots = level.roots.par_chunks(PIECE);
            a.par_chunks_mut(PIECE)
                .zip(b.par_chunks_mut(PIECE))
                .zip(c.par_chunks_mut(PIECE))
                .zip(roots.zip(level.squares.par_chunks(PIECE)))
                .for_each(|(((a, b), c), (roots, squares))| {
                    let roots = roots.iter().zip(squares);
                    for (((a, b), c), (root, square)) in a.iter_mut().zip(b).zip(c).zip(roots) {
                        three([a, b, c], [root, square, &self.third]);
                    }
                });
        }
    }
}

fn split_two([a, b]: [&mut Fr; 2], root: &Fr) {
    let difference = *a - *b;
    *a += *b;
    *b = difference * root;
}

fn join_two([a, b]: [&mut Fr; 2], root: &Fr) {
    let turned = *b * root;
    *b = *a - turned;
    *a += turned;
}

/// The sums of three values times 1, t^q, t^2q, for a third root of unity t: as t^2 = -1 - t, one
/// multiplication.
fn thirds(a: Fr, b: Fr, c: Fr, third: &Fr) -> [Fr; 3] {
    let turned = (b - c) * third;
    [a + b + c, a - c + turned, a - b - turned]
}

fn split_three([a, b, c]: [&mut Fr; 3], [root, square, third]: [&Fr; 3]) {
    let [x, y, z] = thirds(*a, *b, *c, third);
    *a = x;
    *b = y * root;
    *c = z * square;
}

fn join_three([a, b, c]: [&mut Fr; 3], [root, square, third]: [&Fr; 3]) {
    [*a, *b, *c] = thirds(*a, *b * root, *c * square, third);
}

/// `scale, scale·x, scale·x², ..` of the given length.
pub(crate) fn powers(x: Fr, scale: Fr, count: usize) -> Vec<Fr> {
    (0..count.div_ceil(PIECE))
        .into_par_iter()
        .flat_map_iter(|piece| {
            let start = piece * PIECE;
            let first = scale * x.pow([start as u64]);
            std::iter::successors(Some(first), move |power| Some(*power * x))
                .take(PIECE.min(count - start))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{UniformRand, Zero};
    use ark_poly::{EvaluationDomain, MixedRadixEvaluationDomain, Radix2EvaluationDomain};
    use rand::{rngs::StdRng, SeedableRng};

    const SIZES: [usize; 14] = [1, 2, 3, 4, 6, 8, 9, 12, 18, 36, 64, 4608, 6144, 8192];

    fn root(size: usize) -> Fr {
        Fr::get_root_of_unity(size as u64).expect("the field has it")
    }

    fn random(size: usize) -> Vec<Fr> {
        let mut rng = StdRng::seed_from_u64(size as u64);
        (0..size).map(|_| Fr::rand(&mut rng)).collect()
    }

    #[test]
    fn sizes_are_the_smallest_that_hold_the_rows() {
        for rows in 1..5000 {
            let size = size_for(rows).unwrap();
            let fits = |n: &usize| {
                let odd = n >> n.trailing_zeros();
                *n >= rows && [1, 3, 9].contains(&odd)
            };
            assert_eq!(Some(size), (1..=8192).find(fits), "{rows}");
        }
        assert_eq!(size_for(309_092), Some(3 << 17));
        assert_eq!(size_for(131_073), Some(9 << 14));
        assert_eq!(size_for(usize::MAX), None);
    }

    #[test]
    fn transforms_equal_those_of_arkworks() {
        for size in SIZES {
            let transform = Transform::new(size, root(size));
            let values = random(size);
            let domain = MixedRadixEvaluationDomain::<Fr>::new(size).unwrap();
            assert_eq!((domain.size(), domain.group_gen), (size, root(size)));
            let expected = domain.fft(&values);
            let places = transform.places();

            let mut apart = values.clone();
            transform.apart(&mut apart);
            let found: Vec<Fr> = places.iter().map(|p| apart[*p as usize]).collect();
            assert_eq!(found, expected, "{size} apart");

            let mut together = vec![Fr::zero(); size];
            for (value, place) in values.iter().zip(places) {
                together[*place as usize] = *value;
            }
            transform.together(&mut together);
            assert_eq!(together, expected, "{size} together");
            if size.is_power_of_two() {
                let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
                assert_eq!(domain.fft(&values), expected);
            }
        }
    }

    #[test]
    fn powers_are_in_the_order_of_a_transform() {
        let (x, factor) = (Fr::from(3u64), Fr::from(5u64));
        for size in SIZES {
            let transform = Transform::new(size, root(size));
            let found = transform.powers(x, factor);
            let expected = powers(x, factor, size);
            for (place, expected) in transform.places().iter().zip(expected) {
                assert_eq!(found[*place as usize], expected, "{size}");
            }
        }
    }

    #[test]
    fn powers_start_at_the_scale_and_cross_pieces() {
        let (x, scale) = (Fr::from(3u64), Fr::from(5u64));
        let values = powers(x, scale, 5000);
        assert_eq!(values.len(), 5000);
        assert_eq!(values[0], scale);
        assert_eq!(values[4999], scale * x.pow([4999u64]));
        assert!(values.windows(2).all(|pair| pair[1] == pair[0] * x));
    }
}
