//! Thresholds of the voter list's bags: a geometric series over the whole range of vote weights.

use frame_election_provider_support::VoteWeight;

/// Weight of the first bag. Vote weights are balances in the smallest unit while issuance fits 64
/// bits and are scaled down beyond; 10^9 is the existential deposit and, scaled, about a twentieth
/// of a token at an issuance of 10^9 tokens.
const FIRST: VoteWeight = 1_000_000_000;
/// Number of bags below the implied last one: the most that fit 64 bits at ratio 5/4.
const COUNT: usize = 106;

/// Strictly increasing upper bounds of the bags, each 5/4 of the one before.
pub const THRESHOLDS: [VoteWeight; COUNT] = thresholds();

const fn thresholds() -> [VoteWeight; COUNT] {
    let mut bags = [FIRST; COUNT];
    let mut i = 1;
    while i < COUNT {
        // Evaluated by the compiler, so an overflow would be a compile error.
        bags[i] = bags[i - 1] + bags[i - 1] / 4;
        i += 1;
    }
    bags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_reaches_the_end_of_the_range() {
        let last = THRESHOLDS[COUNT - 1];
        assert!(
            last.checked_add(last / 4).is_none(),
            "one more bag would fit"
        );
        assert!(THRESHOLDS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
