//! Prices of work: per 10^9 multiply-accumulates, and what they were lately.

use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// Multiply-accumulates that a rate is the price of.
pub const MACS_PER_RATE: u128 = 1_000_000_000;

/// What the latest price weighs in an average, as one part of so many.
const LATEST: u128 = 16;

/// The rate of a price for so much work, rounded down. `None` for no work, or beyond 128 bits.
pub fn rate(price: u128, macs: u128) -> Option<u128> {
    multiply_by_rational_with_rounding(price, MACS_PER_RATE, macs, Rounding::Down)
}

/// The price of so much work at a rate, rounded up. `None` beyond 128 bits.
pub fn at_rate(rate: u128, macs: u128) -> Option<u128> {
    multiply_by_rational_with_rounding(rate, macs, MACS_PER_RATE, Rounding::Up)
}

/// A moving average after another price: a sixteenth of the way to it, and at least one unit.
pub fn blend(average: u128, latest: u128) -> u128 {
    if latest >= average {
        average.saturating_add((latest - average).div_ceil(LATEST))
    } else {
        average.saturating_sub((average - latest).div_ceil(LATEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_rate_is_per_giga_mac() {
        assert_eq!(rate(600, 2_000_000_000), Some(300));
        assert_eq!(at_rate(300, 2_000_000_000), Some(600));
        assert_eq!(at_rate(1, 1), Some(1));
        assert_eq!(rate(1, 0), None);
        assert_eq!(rate(u128::MAX, 1), None);
    }

    #[test]
    fn an_average_follows_and_arrives() {
        assert_eq!(blend(100, 260), 110);
        assert_eq!(blend(260, 100), 250);
        assert_eq!(blend(100, 101), 101);
        assert_eq!(blend(101, 100), 100);
        assert_eq!(blend(0, u128::MAX), u128::MAX / 16 + 1);
    }

    proptest! {
        #[test]
        fn an_average_stays_between(average: u128, latest: u128) {
            let after = blend(average, latest);
            prop_assert!(after >= average.min(latest) && after <= average.max(latest));
        }

        #[test]
        fn a_price_at_its_own_rate_is_no_more_than_it_was(price in 0u128..1 << 80, macs in 1u128..1 << 60) {
            if let Some(back) = rate(price, macs).and_then(|rate| at_rate(rate, macs)) {
                prop_assert!(back <= price.max(1));
            }
        }
    }
}
