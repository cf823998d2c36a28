//! One figure from what is known of a candidate.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

/// What counts how much in a score, and the least reputation to be drawn at all.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub struct ScoreParameters {
    /// Parts of the reputation.
    pub reputation: u16,
    /// Parts of how much of a job's preferences is met, where it has any.
    pub fit: u16,
    /// Parts of how far below the maximum price the price is. A provider quotes it of itself.
    pub price: u16,
    /// Parts of how much of the provider's capacity is idle.
    pub spare: u16,
    /// Least reputation to be drawn.
    pub threshold: Permill,
}

impl Default for ScoreParameters {
    /// What was earned counts, and preferences where a job has any; nobody is below the threshold.
    fn default() -> Self {
        Self {
            reputation: 3,
            fit: 1,
            price: 0,
            spare: 0,
            threshold: Permill::zero(),
        }
    }
}

impl ScoreParameters {
    /// Whether something counts, where a job has preferences and where it has none.
    pub fn is_sound(&self) -> bool {
        self.reputation > 0 || self.price > 0 || self.spare > 0
    }
}

/// What is known of a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its reputation.
    pub reputation: Permill,
    /// What part of the job's preferences it meets, where there are any.
    pub fit: Option<Permill>,
    /// How far below the maximum its price is; see [`cheapness`].
    pub price: Permill,
    /// How much of its capacity is idle; see [`spare`].
    pub spare: Permill,
}

/// The mean of what counts, by its parts; the worst if nothing does. No parameters give a better
/// provider a lower score, or make more of it than [`crate::weight`] allows.
pub fn score(parameters: &ScoreParameters, standing: &Standing) -> Permill {
    let figures = [
        (parameters.reputation, Some(standing.reputation)),
        (parameters.fit, standing.fit),
        (parameters.price, Some(standing.price)),
        (parameters.spare, Some(standing.spare)),
    ];
    let (mut sum, mut parts) = (0u64, 0u64);
    for (part, figure) in figures {
        if let Some(figure) = figure {
            // 16 bits times 20 bits, four times.
            sum += u64::from(part) * u64::from(figure.deconstruct());
            parts += u64::from(part);
        }
    }
    match sum.checked_div(parts) {
        // A mean of parts per million is one.
        Some(mean) => Permill::from_parts(mean as u32),
        None => Permill::zero(),
    }
}

/// How far a price is below the maximum, as a part of that.
pub fn cheapness(price: u128, max_price: u128) -> Permill {
    if max_price == 0 {
        return Permill::zero();
    }
    Permill::from_rational(max_price.saturating_sub(price), max_price)
}

/// How much of so many places for jobs is free.
pub fn spare(running: u32, capacity: u32) -> Permill {
    if capacity == 0 {
        return Permill::zero();
    }
    Permill::from_rational(capacity.saturating_sub(running), capacity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weight;
    use proptest::prelude::*;

    fn parts(value: u32) -> Permill {
        Permill::from_parts(value)
    }

    fn standing(reputation: u32, fit: Option<u32>, price: u32, spare: u32) -> Standing {
        Standing {
            reputation: parts(reputation),
            fit: fit.map(parts),
            price: parts(price),
            spare: parts(spare),
        }
    }

    #[test]
    fn by_default_nothing_that_a_provider_quotes_counts_unless_it_is_asked_for() {
        let default = ScoreParameters::default();
        assert_eq!(
            score(&default, &standing(600_000, None, 1_000_000, 1_000_000)),
            parts(600_000)
        );
        assert_eq!(
            score(&default, &standing(600_000, Some(1_000_000), 0, 0)),
            parts(700_000)
        );
    }

    #[test]
    fn parameters_by_which_all_are_equal_are_not_sound() {
        let mut parameters = ScoreParameters::default();
        assert!(parameters.is_sound());
        parameters.reputation = 0;
        assert!(!parameters.is_sound());
        assert_eq!(
            score(&parameters, &standing(1_000_000, None, 0, 0)),
            parts(0)
        );
        parameters.spare = 1;
        assert!(parameters.is_sound());
    }

    #[test]
    fn free_is_cheapest_and_idle_is_all_spare() {
        assert_eq!(cheapness(0, 100), Permill::one());
        assert_eq!(cheapness(75, 100), Permill::from_percent(25));
        assert_eq!(cheapness(100, 100), Permill::zero());
        assert_eq!(cheapness(101, 100), Permill::zero());
        assert_eq!(cheapness(0, 0), Permill::zero());
        assert_eq!(cheapness(u128::MAX / 2, u128::MAX).deconstruct(), 500_000);
        assert_eq!(spare(0, 8), Permill::one());
        assert_eq!(spare(6, 8), Permill::from_percent(25));
        assert_eq!(spare(9, 8), Permill::zero());
        assert_eq!(spare(0, 0), Permill::zero());
    }

    prop_compose! {
        fn any_parameters()(
            figures in any::<[u16; 4]>(), threshold in 0u32..=1_000_000,
        ) -> ScoreParameters {
            let [reputation, fit, price, spare] = figures;
            ScoreParameters { reputation, fit, price, spare, threshold: parts(threshold) }
        }
    }

    prop_compose! {
        fn any_standing()(
            figures in prop::array::uniform4(0u32..=1_000_000), prefers in any::<bool>(),
        ) -> Standing {
            standing(figures[0], prefers.then_some(figures[1]), figures[2], figures[3])
        }
    }

    proptest! {
        /// Whatever the parameters are, the best weighs at most a quarter more than the worst.
        #[test]
        fn no_parameters_concentrate_the_work(
            parameters in any_parameters(), one in any_standing(), other in any_standing(),
        ) {
            let (one, other) = (score(&parameters, &one), score(&parameters, &other));
            prop_assert!(weight(one) * 4 <= weight(other) * 5);
        }

        /// Better in anything is never worse in all.
        #[test]
        fn a_score_rises_with_each_figure(
            parameters in any_parameters(), before in any_standing(), which in 0usize..4,
            more in 0u32..=1_000_000,
        ) {
            let mut after = before;
            let figure = match which {
                0 => &mut after.reputation,
                1 => match &mut after.fit {
                    Some(fit) => fit,
                    None => return Ok(()),
                },
                2 => &mut after.price,
                _ => &mut after.spare,
            };
            *figure = (*figure).max(parts(more));
            prop_assert!(score(&parameters, &after) >= score(&parameters, &before));
        }

        #[test]
        fn a_score_lies_between_its_figures(
            parameters in any_parameters(), figure in 0u32..=1_000_000,
        ) {
            let even = standing(figure, Some(figure), figure, figure);
            let score = score(&parameters, &even);
            let weightless = parameters == ScoreParameters {
                reputation: 0, fit: 0, price: 0, spare: 0, ..parameters
            };
            prop_assert!(weightless || score == parts(figure));
        }
    }
}
