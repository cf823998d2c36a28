//! When credit can be claimed.

use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// How much of an amount has vested `elapsed` blocks after its epoch ended: linear over `period`
/// blocks, rounded down.
pub fn vested(amount: u128, elapsed: u64, period: u64) -> u128 {
    if elapsed >= period {
        return amount;
    }
    // A quotient below one cannot overflow.
    multiply_by_rational_with_rounding(amount, elapsed.into(), period.into(), Rounding::Down)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_linear() {
        assert_eq!(vested(900, 0, 30), 0);
        assert_eq!(vested(900, 1, 30), 30);
        assert_eq!(vested(900, 29, 30), 870);
        assert_eq!(vested(900, 30, 30), 900);
        assert_eq!(vested(900, u64::MAX, 30), 900);
        assert_eq!(vested(900, 0, 0), 900);
    }

    proptest! {
        #[test]
        fn it_never_falls_and_never_exceeds(amount: u128, elapsed in 0u64..2_000, period in 0u64..1_000) {
            let now = vested(amount, elapsed, period);
            prop_assert!(now <= amount);
            prop_assert!(now <= vested(amount, elapsed + 1, period));
        }
    }
}
