//! What an epoch may pay, and what it pays of each credit.

use super::CAP;
use sp_arithmetic::{
    helpers_128bit::multiply_by_rational_with_rounding, Perbill, Permill, Rounding,
};

/// The budget of the epoch after one with `budget`: lower by a fixed part, rounded in favour of the
/// lower budget.
pub fn next_budget(budget: u128, decay: Perbill) -> u128 {
    budget.saturating_sub(decay.mul_ceil(budget))
}

/// What a credit of an epoch pays, whose jobs burned `burned` in all: everything while the budget
/// covers the highest credit those jobs could have had, and the same part of every credit beyond.
///
/// The measure is what was burned, not what was credited, so that nobody gains by another's lower
/// multiplier. Since credit is at most [`CAP`] of what was burned, all payments together stay within
/// the budget.
pub fn payable(earned: u128, burned: u128, budget: u128) -> u128 {
    let most = CAP.mul_floor(burned);
    if most <= budget {
        return earned;
    }
    // A quotient below one cannot overflow.
    multiply_by_rational_with_rounding(earned, budget, most, Rounding::Down).unwrap_or(0)
}

/// The part of every credit that is paid, for readers; payments are computed by [`payable`].
pub fn scale(burned: u128, budget: u128) -> Permill {
    let most = CAP.mul_floor(burned);
    if most <= budget {
        return Permill::one();
    }
    Permill::from_rational(budget, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_budget_that_suffices_changes_nothing() {
        assert_eq!(payable(123, 1_000, 900), 123);
        assert_eq!(payable(123, 1_001, 900), 123);
        assert_eq!(scale(1_000, 900), Permill::one());
    }

    #[test]
    fn a_short_budget_cuts_all_alike() {
        assert_eq!(payable(900, 1_000, 450), 450);
        assert_eq!(payable(100, 1_000, 450), 50);
        assert_eq!(scale(1_000, 450), Permill::from_percent(50));
        assert_eq!(payable(900, 1_000, 0), 0);
    }

    #[test]
    fn budgets_decay_to_nothing() {
        let decay = Perbill::from_percent(10);
        assert_eq!(next_budget(1_000, decay), 900);
        assert_eq!(next_budget(1, decay), 0);
        assert_eq!(next_budget(0, decay), 0);
        let mut budget = u128::from(u64::MAX);
        for _ in 0..2_000 {
            let next = next_budget(budget, decay);
            assert!(next < budget || budget == 0);
            budget = next;
        }
        assert_eq!(budget, 0);
    }

    proptest! {
        #[test]
        fn the_budget_is_never_exceeded(
            burns in prop::collection::vec((0u128..1 << 90, 0u32..=900_000), 1..20),
            budget in 0u128..1 << 90,
        ) {
            let burned: u128 = burns.iter().map(|(burned, _)| burned).sum();
            let paid: u128 = burns
                .iter()
                .map(|(own, rate)| payable(Permill::from_parts(*rate).mul_floor(*own), burned, budget))
                .sum();
            prop_assert!(paid <= budget);
        }

        #[test]
        fn scaling_is_only_down(earned: u128, burned: u128, budget: u128) {
            prop_assert!(payable(earned, burned, budget) <= earned);
        }
    }
}
