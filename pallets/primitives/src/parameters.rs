//! The figures of the economy. The runtime is set by them and the simulation computes with them;
//! `docs/economics.md` argues each.

use sp_arithmetic::{Perbill, Permill};
use sp_runtime::curve::PiecewiseLinear;

use crate::{Split, UNIT};

/// Blocks of a day, at slots of 2 s.
pub const DAY: u32 = 43_200;

/// Supply at genesis. Staking pays a part of supply, so that this says how many tokens a block earns
/// its author and who stands behind it, and with that how much one block's output may decide on:
/// [`MAX_DRAWN`]. What genesis gives out must come to this.
pub const GENESIS: u128 = 720_000_000 * UNIT;

/// How a job's price is divided.
pub const SPLIT: Split = Split {
    provider: Permill::from_percent(80),
    treasury: Permill::from_percent(15),
    burned: Permill::from_percent(5),
    owner: Permill::from_percent(5),
};

/// What a swap on the chain's own market leaves to those who provide its liquidity, at least where
/// tokens are bought there for what jobs pay in assets.
pub const SWAP_FEE: Permill = Permill::from_parts(3_000);
/// Of an asset's liquidity that the treasury has, the most that one block sells for tokens to burn. Six
/// blocks of one author in a row, at a listed rate that is four times off, still sell no larger a part
/// than the fee is: moving the price for it costs more than that gains.
pub const SOLD_SHARE: Permill = Permill::from_parts(250);

/// Of a transaction fee, to the block's author, in percent.
pub const FEE_AUTHOR_PERCENT: u32 = 20;
/// Of a transaction fee, burned, in percent. The treasury gets what is left.
pub const FEE_BURN_PERCENT: u32 = 20;

/// Least bond of a provider, and of who takes part in capacity windows.
pub const ENTRY_BOND: u128 = 10_000 * UNIT;

/// Budget of the first epoch of swarm work: a year of it is 0.83 %, a 120th, of [`GENESIS`].
pub const INITIAL_BUDGET: u128 = 16_438 * UNIT;
/// What each epoch's budget is lower: it halves in four years of daily epochs.
pub const BUDGET_DECAY: Perbill = Perbill::from_parts(474_646);
/// Blocks of an epoch of swarm work.
pub const EPOCH_BLOCKS: u32 = DAY;
/// Blocks over which its credit vests.
pub const VESTING_BLOCKS: u32 = 30 * DAY;
/// Capacity windows expected in an epoch.
pub const WINDOWS: u32 = 24;
/// Most providers that take part in them.
pub const MAX_ADMITTED: u32 = 128;
/// Windows answered in a row that show an uptime above 99.9 %.
pub const UPTIME_STREAK: u32 = 1_000;
/// Rows in a window that earn the whole compute factor, unless jobs are slower.
pub const REFERENCE_ROWS: u32 = 1 << 19;
/// Proven multiply-accumulates per block that do.
pub const REFERENCE_DELIVERY: u128 = 100_000_000;
/// As many plain multiply-accumulates as proving one takes at least. The references are no further
/// apart, so that no device delivers a larger part of its reference than it shows: more rows, rented
/// for the minute, would change nothing.
pub const LEAST_PROVING_OVERHEAD: u32 = 1_000;
/// Plain multiply-accumulates that proving one is as much work as.
pub const PROVING_OVERHEAD: u32 = 10_000;
/// Peers expected to report a provider's bandwidth in an epoch.
pub const BANDWIDTH_PEERS: u32 = 32;
/// Reports without which nothing is agreed, and that a provider must have given itself.
pub const BANDWIDTH_QUORUM: u32 = 22;

/// A newcomer's reputation, and the least there is.
pub const PRIOR: Permill = Permill::from_percent(50);
/// Burned tokens that it weighs as much as.
pub const PRIOR_STRENGTH: u128 = UNIT;
/// Blocks after which evidence of a provider's work weighs half.
pub const HALF_LIFE: u32 = 30 * DAY;
/// Least score, and least weight of successes in burned tokens, of the reliable, the trusted and the
/// distinguished.
pub const STANDINGS: [(Permill, u128); 3] = [
    (Permill::from_percent(75), 2 * UNIT),
    (Permill::from_percent(90), 6 * UNIT),
    (Permill::from_percent(97), 30 * UNIT),
];

/// Most that all jobs cost together that one block's output has a part in drawing: what is at stake
/// where it is withheld. All of it that a provider can have is less than a block pays at [`GENESIS`]
/// however much of supply is staked.
pub const MAX_DRAWN: u128 = UNIT * 5 / 4;
/// Most that a job may cost for which a provider is drawn, by its standing, ascending.
pub const ENTRUSTED: [u128; 4] = [MAX_DRAWN * 3 / 5, MAX_DRAWN * 4 / 5, MAX_DRAWN, MAX_DRAWN];
/// Most that all jobs cost together that one block's output draws alone: its author knows who will
/// have them, and chooses which jobs to take into the block before.
pub const MAX_FAST_DRAWN: u128 = UNIT / 2;
/// Candidates of a draw.
pub const DRAW_SAMPLE: u32 = 16;

pallet_staking_reward_curve::build! {
    const CURVE: PiecewiseLinear<'static> = curve!(
        min_inflation: 0_025_000,
        max_inflation: 0_100_000,
        ideal_stake: 0_500_000,
        falloff: 0_050_000,
        max_piece_count: 40,
        test_precision: 0_005_000,
    );
}

/// Yearly inflation for staking by the staked part of supply: most, a tenth, where half is staked.
pub const REWARD_CURVE: PiecewiseLinear<'static> = CURVE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_is_whole() {
        assert!(SPLIT.is_whole());
        assert_eq!(FEE_AUTHOR_PERCENT + FEE_BURN_PERCENT, 40);
    }

    #[test]
    fn the_budget_halves_in_four_years() {
        let left = (1.0 - f64::from(BUDGET_DECAY.deconstruct()) / 1e9).powi(4 * 365);
        assert!((left - 0.5).abs() < 1e-4, "{left}");
    }
}
