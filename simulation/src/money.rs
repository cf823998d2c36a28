//! Money by the chain's own arithmetic, and the standing assumptions beside it.

use pallet_swarm_work::economics::{credit, Factors};
use sp_arithmetic::Permill;
use swarmwork_primitives::{
    parameters::{FEE_AUTHOR_PERCENT, FEE_BURN_PERCENT, SPLIT},
    Shares, Split, UNIT,
};

/// What a transaction of the market costs, at least: the base fee and a hundred bytes.
pub const FEE: u128 = 2 * UNIT / 1_000;

/// Tokens as a number, for reports only.
pub fn tokens(amount: u128) -> f64 {
    amount as f64 / UNIT as f64
}

/// A whole number of tokens.
pub fn units(amount: u64) -> u128 {
    u128::from(amount) * UNIT
}

/// The split in force, with another part of the treasury's share burned.
pub fn split_burning(burned: Permill) -> Split {
    Split { burned, ..SPLIT }
}

/// The parts of a settled job: `price` divided, and the credit it earns.
pub struct Job {
    pub shares: Shares<u128>,
    pub credit: u128,
}

impl Job {
    /// A job at a price, credited by what was measured of its provider.
    pub fn new(split: &Split, price: u128, factors: &Factors) -> Self {
        let shares = split.divide(price);
        Self {
            shares,
            credit: credit(shares.burned, 1, factors.rate()),
        }
    }
}

/// What comes back of transaction fees to who writes `author` of all blocks and has `treasury` of
/// the treasury, in parts of one.
pub fn fee_returned(author: f64, treasury: f64) -> f64 {
    let percent = |part: u32| f64::from(part) / 100.0;
    let left = 1.0 - percent(FEE_AUTHOR_PERCENT) - percent(FEE_BURN_PERCENT);
    author * percent(FEE_AUTHOR_PERCENT) + treasury * left
}
