//! The lottery, without state: a seed, distinct indices, and a choice by mild weights.

use alloc::vec::Vec;
use codec::Encode;
use sp_arithmetic::{traits::UniqueSaturatedInto, Permill};
use sp_crypto_hashing::blake2_256;
use swarmwork_primitives::{JobId, ResultRoot};

/// Weight of the lowest score. The highest score's is a quarter more: the score is a threshold
/// with mild weights, not a winner, so that no figure a provider quotes of itself concentrates
/// the work.
const BASE_WEIGHT: u64 = 4_000_000;

/// Binary digits of a logarithm behind its point.
const FRACTION_BITS: u32 = 48;

/// Uniform numbers from a seed: block `i` is blake2-256 of seed and `i`.
pub struct Lottery {
    seed: [u8; 32],
    counter: u32,
}

impl Lottery {
    /// Seeded by the job and the VRF outputs of the blocks after its inclusion, oldest first.
    pub fn new<Hash: Encode>(job: &JobId, outputs: &[Hash]) -> Self {
        Self {
            seed: (b"swarmwork:draw", job, outputs).using_encoded(blake2_256),
            counter: 0,
        }
    }

    /// Seeded by the job, what its provider committed to, and the VRF outputs of the blocks after
    /// that, oldest first.
    pub fn of_batches<Hash: Encode>(job: &JobId, results: &ResultRoot, outputs: &[Hash]) -> Self {
        Self {
            seed: (b"swarmwork:samples", job, results, outputs).using_encoded(blake2_256),
            counter: 0,
        }
    }

    /// Seeded by the job and the VRF outputs of the blocks after its results were sealed, oldest
    /// first.
    pub fn of_audit<Hash: Encode>(job: &JobId, outputs: &[Hash]) -> Self {
        Self {
            seed: (b"swarmwork:audit", job, outputs).using_encoded(blake2_256),
            counter: 0,
        }
    }

    /// 128 random bits.
    fn bits(&mut self) -> u128 {
        let block = (self.seed, self.counter).using_encoded(blake2_256);
        self.counter = self.counter.wrapping_add(1);
        let mut low = [0u8; 16];
        low.copy_from_slice(&block[..16]);
        u128::from_le_bytes(low)
    }

    /// A number below `bound`, which must not be zero. 128 random bits against at most 64 bits of
    /// range: the bias of the remainder is below 2^-64.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.bits() % u128::from(bound)).unique_saturated_into()
    }

    /// A lot for [`arrival`].
    pub fn lot(&mut self) -> u64 {
        self.bits() as u64
    }

    /// `size` distinct indices below `count`, or all of them if there are no more than that; every
    /// subset of that size is equally likely (Floyd's algorithm, CACM 30:9, 1987).
    pub fn sample(&mut self, count: u32, size: u32) -> Vec<u32> {
        if count <= size {
            return (0..count).collect();
        }
        let mut chosen = Vec::new();
        for last in count - size..count {
            let pick = self.below(u64::from(last) + 1).unique_saturated_into();
            chosen.push(if chosen.contains(&pick) { last } else { pick });
        }
        chosen
    }

    /// The index of one score, drawn with weights between 1 and 1.25; `None` if there is none. Each has
    /// a [lot](Self::lot), in order.
    pub fn choose(&mut self, scores: &[Permill]) -> Option<usize> {
        let arrivals = scores.iter().map(|score| arrival(self.lot(), *score));
        // Of those that arrive together the one that stands before the others.
        let first = arrivals.enumerate().min_by_key(|(_, arrival)| *arrival);
        first.map(|(index, _)| index)
    }
}

/// When whoever drew that lot arrives; the first to arrive has won.
///
/// Arrivals are exponentially distributed at a rate of the score's [weight], so that among any
/// candidates each is the first with a probability proportional to its weight (Efraimidis and Spirakis,
/// Information Processing Letters 97:5, 2006). A candidate's arrival depends on its own lot and score
/// alone: whoever drops out, once the seed is known, moves none of the others past one another.
pub fn arrival(lot: u64, score: Permill) -> u128 {
    // At most 2^54, which leaves room for the digits that the division takes.
    (u128::from(halvings(lot)) << 64) / u128::from(weight(score))
}

/// `-log2(lot / 2^64)`, rounded up to a multiple of 2^-48 and given as so many of them. Zero counts as
/// one.
fn halvings(lot: u64) -> u64 {
    let lot = lot.max(1);
    let zeros = lot.leading_zeros();
    // In [1, 2), as so many 2^-63. Each squaring brings a binary digit of the logarithm.
    let mut mantissa = u128::from(lot) << zeros;
    let mut fraction = 0;
    for _ in 0..FRACTION_BITS {
        mantissa = (mantissa * mantissa) >> 63;
        let digit = (mantissa >> 64) as u64;
        mantissa >>= digit;
        fraction = (fraction << 1) | digit;
    }
    (u64::from(zeros + 1) << FRACTION_BITS) - fraction
}

/// A score's weight: linear from 4 to 5 parts.
pub fn weight(score: Permill) -> u64 {
    BASE_WEIGHT + u64::from(score.deconstruct())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sp_core::H256;
    use swarmwork_primitives::ContentId;

    fn lottery(tag: u64) -> Lottery {
        Lottery::new(&H256::from_low_u64_be(tag), &[H256::repeat_byte(7); 6])
    }

    #[test]
    fn the_seed_depends_on_the_job_and_on_every_output() {
        let job = H256::repeat_byte(1);
        let outputs: Vec<H256> = (0u8..6).map(H256::repeat_byte).collect();
        let base = Lottery::new(&job, &outputs).seed;
        assert_ne!(base, Lottery::new(&H256::repeat_byte(2), &outputs).seed);
        for place in 0..6 {
            let mut other = outputs.clone();
            other[place] = H256::repeat_byte(99);
            assert_ne!(base, Lottery::new(&job, &other).seed);
        }
        let mut swapped = outputs.clone();
        swapped.swap(0, 5);
        assert_ne!(base, Lottery::new(&job, &swapped).seed);
    }

    #[test]
    fn the_seed_of_an_audit_depends_on_the_job_and_on_every_output() {
        let (job, outputs) = (H256::repeat_byte(1), [H256::repeat_byte(7); 6]);
        let base = Lottery::of_audit(&job, &outputs).seed;
        assert_ne!(base, Lottery::new(&job, &outputs).seed);
        assert_ne!(
            base,
            Lottery::of_audit(&H256::repeat_byte(2), &outputs).seed
        );
        for place in 0..6 {
            let mut other = outputs;
            other[place] = H256::zero();
            assert_ne!(base, Lottery::of_audit(&job, &other).seed);
        }
    }

    #[test]
    fn the_seed_of_batches_depends_on_the_job_the_results_and_on_every_output() {
        let (job, outputs) = (H256::repeat_byte(1), [H256::repeat_byte(7); 6]);
        let results = ResultRoot {
            root: H256::repeat_byte(2),
            list: ContentId([3; 32]),
        };
        let base = Lottery::of_batches(&job, &results, &outputs).seed;
        assert_ne!(base, Lottery::new(&job, &outputs).seed);
        let other = |job: u8, root: u8, list: u8, spoilt: usize| {
            let mut outputs = outputs;
            if let Some(output) = outputs.get_mut(spoilt) {
                *output = H256::zero();
            }
            let results = ResultRoot {
                root: H256::repeat_byte(root),
                list: ContentId([list; 32]),
            };
            Lottery::of_batches(&H256::repeat_byte(job), &results, &outputs).seed
        };
        assert_eq!(base, other(1, 2, 3, 6));
        for changed in [
            other(9, 2, 3, 6),
            other(1, 9, 3, 6),
            other(1, 2, 9, 6),
            other(1, 2, 3, 0),
            other(1, 2, 3, 5),
        ] {
            assert_ne!(base, changed);
        }
    }

    #[test]
    fn every_index_is_sampled_about_equally_often() {
        let (count, size, rounds) = (40u32, 16u32, 4_000u64);
        let mut hits = [0u32; 40];
        for tag in 0..rounds {
            for index in lottery(tag).sample(count, size) {
                hits[index as usize] += 1;
            }
        }
        // Expectation 1600, standard deviation about 31.
        for (index, hits) in hits.iter().enumerate() {
            assert!((1_440..1_760).contains(hits), "index {index}: {hits}");
        }
    }

    #[test]
    fn the_best_score_wins_a_quarter_more_often_than_the_worst() {
        let scores = [Permill::zero(), Permill::one()];
        let rounds = 20_000u64;
        let best = (0..rounds)
            .filter(|tag| lottery(*tag).choose(&scores) == Some(1))
            .count() as f64;
        let ratio = best / (rounds as f64 - best);
        assert!((1.19..1.31).contains(&ratio), "{ratio}");
        assert_eq!(weight(Permill::one()) * 4, weight(Permill::zero()) * 5);
    }

    #[test]
    fn weights_hold_among_many() {
        // Weights 4, 4.5 and 5 of 44.
        let scores: Vec<Permill> = [0, 50, 100, 0, 0, 100, 50, 0, 0, 100]
            .into_iter()
            .map(Permill::from_percent)
            .collect();
        let total: u64 = scores.iter().map(|score| weight(*score)).sum();
        let rounds = 40_000u64;
        let mut wins = [0u32; 10];
        for tag in 0..rounds {
            wins[lottery(tag).choose(&scores).unwrap()] += 1;
        }
        for (score, wins) in scores.iter().zip(wins) {
            let expected = rounds as f64 * weight(*score) as f64 / total as f64;
            // Standard deviation about 60.
            assert!(
                (f64::from(wins) - expected).abs() < 300.0,
                "{score:?}: {wins}"
            );
        }
    }

    #[test]
    fn arrivals_are_logarithms_of_lots_over_weights() {
        let one = 2f64.powi(FRACTION_BITS as i32);
        for lot in [
            1,
            2,
            3,
            1_000_003,
            u64::MAX / 3,
            1 << 63,
            u64::MAX - 1,
            u64::MAX,
        ] {
            let exact = 64.0 - (lot as f64).log2();
            let found = halvings(lot) as f64 / one;
            assert!((found - exact).abs() < 1e-12, "{lot}: {found}, {exact}");
        }
        assert_eq!(halvings(0), halvings(1));
        assert_eq!(halvings(1), 64 << FRACTION_BITS);
        assert_eq!(halvings(1 << 63), 1 << FRACTION_BITS);
        let (worst, best) = (Permill::zero(), Permill::one());
        assert_eq!(arrival(1 << 32, worst) / 5, arrival(1 << 32, best) / 4);
    }

    #[test]
    fn nobody_is_chosen_from_nobody() {
        assert_eq!(lottery(0).choose(&[]), None);
        assert!(lottery(0).sample(0, 16).is_empty());
    }

    proptest! {
        #[test]
        fn samples_are_distinct_in_range_and_as_many_as_asked(
            tag: u64, count in 0u32..5_000, size in 0u32..64,
        ) {
            let mut sample = lottery(tag).sample(count, size);
            prop_assert_eq!(sample.len() as u32, count.min(size));
            prop_assert!(sample.iter().all(|index| *index < count));
            sample.sort_unstable();
            sample.dedup();
            prop_assert_eq!(sample.len() as u32, count.min(size));
        }

        #[test]
        fn the_chosen_index_is_in_range(tag: u64, parts in prop::collection::vec(0u32..=1_000_000, 1..20)) {
            let scores: Vec<Permill> = parts.iter().map(|p| Permill::from_parts(*p)).collect();
            let chosen = lottery(tag).choose(&scores);
            prop_assert!(chosen.is_some_and(|index| index < scores.len()));
        }

        #[test]
        fn whoever_drops_out_passes_on_nothing_but_its_own_win(
            tag: u64, parts in prop::collection::vec(0u32..=1_000_000, 1..20), gone: u32,
        ) {
            let arrivals = |tag| {
                let mut lottery = lottery(tag);
                parts
                    .iter()
                    .map(|part| arrival(lottery.lot(), Permill::from_parts(*part)))
                    .collect::<Vec<_>>()
            };
            let arrivals = arrivals(tag);
            let first = |stays: &dyn Fn(usize) -> bool| {
                (0..arrivals.len()).filter(|seat| stays(*seat)).min_by_key(|seat| arrivals[*seat])
            };
            let winner = first(&|_| true);
            let stays = |seat: usize| gone & (1 << seat) == 0;
            let next = first(&stays);
            prop_assert!(winner.is_some_and(|winner| !stays(winner)) || next == winner);
        }
    }
}
