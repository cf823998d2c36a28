//! Terms whose scalars are equal.
//!
//! Inverses that look-ups divide by, and whatever else is a function of a short value, repeat a few
//! long scalars many times. The bases of one scalar are added up first: one addition a term,
//! instead of one for each window.

use std::collections::HashMap;

use ark_ec::{
    short_weierstrass::{Affine, SWCurveConfig},
    AffineRepr,
};
use ark_ff::{BigInt, BigInteger};
use rayon::prelude::*;

use super::{groups::sum_groups, windows::Signed};

/// Bits of the longest scalar that is left alone: it has few windows, and buckets group it anyway.
const SHORT: u32 = 40;
/// Fewest long scalars to look at.
const MIN: usize = 512;
/// Scalars that are looked at first, at least, and one of how many otherwise.
const SAMPLE: usize = 4096;
const SAMPLED: usize = 16;
/// Of how many sampled scalars one must be seen before for all to be grouped.
const WORTH: usize = 8;

/// The same sum with every repeated long scalar in one term only; nothing where few are repeated.
pub(super) fn merged<P: SWCurveConfig>(
    bases: &[Affine<P>],
    scalars: &[Signed],
) -> Option<(Vec<Affine<P>>, Vec<Signed>)> {
    let is_long = |s: &Signed| s.magnitude.num_bits() > SHORT;
    let long: Vec<usize> = (0..scalars.len())
        .into_par_iter()
        .filter(|i| is_long(&scalars[*i]))
        .collect();
    if long.len() < MIN || !repeat(scalars, &long) {
        return None;
    }
    // Which group each long term belongs to, and how many terms a group has.
    let mut ids: HashMap<BigInt<4>, u32> = HashMap::new();
    let mut values: Vec<BigInt<4>> = Vec::new();
    let mut ends: Vec<u32> = vec![0];
    let groups: Vec<u32> = long
        .iter()
        .map(|i| {
            let magnitude = scalars[*i].magnitude;
            let id = *ids.entry(magnitude).or_insert_with(|| {
                values.push(magnitude);
                ends.push(0);
                values.len() as u32 - 1
            });
            ends[id as usize + 1] += 1;
            id
        })
        .collect();
    drop(ids);
    // Counting sort: `ends[g]` is where group g ends once all its points are placed.
    for id in 0..values.len() {
        ends[id + 1] += ends[id];
    }
    let mut points = vec![Affine::<P>::zero(); long.len()];
    for (i, id) in long.iter().zip(groups) {
        let slot = &mut ends[id as usize];
        points[*slot as usize] = match scalars[*i].negative {
            true => -bases[*i],
            false => bases[*i],
        };
        *slot += 1;
    }
    ends.truncate(values.len());
    let sums = in_parallel(points, &ends);

    let short = |i: &usize| !is_long(&scalars[*i]);
    let mut merged: (Vec<Affine<P>>, Vec<Signed>) = (0..scalars.len())
        .into_par_iter()
        .filter(short)
        .map(|i| (bases[i], scalars[i]))
        .unzip();
    merged.0.extend(sums);
    merged.1.extend(values.into_iter().map(|magnitude| Signed {
        magnitude,
        negative: false,
    }));
    Some(merged)
}

/// Whether enough of the terms share their scalar, judged by a sample.
fn repeat(scalars: &[Signed], terms: &[usize]) -> bool {
    let sample = (terms.len() / SAMPLED).max(SAMPLE).min(terms.len());
    let seen: std::collections::HashSet<&BigInt<4>> = (0..sample)
        .map(|i| &scalars[terms[i * terms.len() / sample]].magnitude)
        .collect();
    sample - seen.len() >= sample / WORTH
}

/// Sums of consecutive groups of points, of which group g ends at `ends[g]`.
fn in_parallel<P: SWCurveConfig>(points: Vec<Affine<P>>, ends: &[u32]) -> Vec<Affine<P>> {
    let share = points.len().div_ceil(rayon::current_num_threads()).max(1);
    // Cuts between groups: each thread gets about as many points.
    let mut parts: Vec<(usize, Vec<u32>)> = Vec::new();
    let mut start = 0;
    for end in ends {
        let full = parts
            .last()
            .is_none_or(|(from, _)| start as usize - from >= share);
        if full {
            parts.push((start as usize, Vec::new()));
        }
        if let Some((from, part)) = parts.last_mut() {
            part.push(end - *from as u32);
        }
        start = *end;
    }
    parts
        .into_par_iter()
        .flat_map_iter(|(from, ends)| {
            let to = from + *ends.last().unwrap_or(&0) as usize;
            sum_groups(points[from..to].to_vec(), ends)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msm::{
        by_windows, integers,
        tests::{naive, points, scalars},
    };
    use ark_bn254::Fr;
    use ark_ff::{Field, UniformRand};
    use rand::{rngs::StdRng, Rng, SeedableRng};

    fn signed(values: &[Fr]) -> Vec<Signed> {
        integers(values).iter().map(Signed::of).collect()
    }

    #[test]
    fn repeated_scalars_are_merged_and_the_sum_stays() {
        let mut rng = StdRng::seed_from_u64(11);
        for (count, distinct) in [(600, 1), (2000, 7), (5000, 256), (9000, 6000)] {
            let bases = points::<ark_bn254::g1::Config>(count, &mut rng);
            let rho = Fr::rand(&mut rng);
            // Inverses of either sign beside scalars of every length.
            let mut values = scalars(count, &mut rng);
            for value in values.iter_mut().skip(count / 10) {
                let entry = Fr::from(rng.gen_range(0..distinct));
                let inverse = (rho + entry).inverse().expect("not zero");
                *value = if rng.gen() { inverse } else { -inverse };
            }
            let scalars = signed(&values);
            let long = scalars.iter().filter(|s| s.magnitude.num_bits() > SHORT);
            let (long, all) = (long.count(), scalars.len());
            let (merged, left) = merged(&bases, &scalars).expect("many are equal");
            let distinct = left.len() - (all - long);
            assert!(distinct < long, "{distinct} of {long}");
            assert_eq!(by_windows(&merged, &left), naive(&bases, &values));
            assert_eq!(
                crate::msm::msm(&bases, &integers(&values)),
                naive(&bases, &values)
            );
        }
    }

    #[test]
    fn bases_of_one_scalar_may_cancel() {
        let mut rng = StdRng::seed_from_u64(12);
        let half = points::<ark_bn254::g1::Config>(400, &mut rng);
        let bases: Vec<_> = half
            .iter()
            .copied()
            .chain(half.iter().map(|p| -*p))
            .collect();
        let values = vec![Fr::rand(&mut rng); 800];
        let (merged, left) = merged(&bases, &signed(&values)).expect("all are equal");
        assert_eq!(merged.len(), 1);
        assert!(merged[0].is_zero());
        assert_eq!(by_windows(&merged, &left), naive(&bases, &values));
    }

    #[test]
    fn distinct_and_short_scalars_are_left_alone() {
        let mut rng = StdRng::seed_from_u64(13);
        let bases = points::<ark_bn254::g1::Config>(1000, &mut rng);
        let distinct: Vec<Fr> = (0..1000).map(|_| Fr::rand(&mut rng)).collect();
        assert!(merged(&bases, &signed(&distinct)).is_none());
        let short = vec![Fr::from(255u64); 1000];
        assert!(merged(&bases, &signed(&short)).is_none());
    }
}
