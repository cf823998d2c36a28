//! Attacks on the market where tokens are bought for what jobs pay in assets.
//!
//! Amounts are in parts of one side of the pool, and both of its sides are worth one. The pool pays by
//! the formula of pallet-asset-conversion, which the runtime's tests hold against the pallet itself.

use pallet_swarm_work::economics::{BEST, CAP};
use serde_json::json;
use swarmwork_primitives::parameters::{SOLD_SHARE, SWAP_FEE};

use crate::attack::{Attack, Sweep};

/// Blocks in a row of one author, who trades before and after all that they sell.
const BLOCKS: [u32; 3] = [1, 3, 6];
/// What an asset is listed at, by what it is worth.
const LISTED: [f64; 3] = [0.25, 1.0, 4.0];
/// The treasury's part of the pool.
const TREASURY: [f64; 4] = [0.001, 0.01, 0.1, 1.0];
/// How much of the asset is sold first, or bought where it is negative, to be bought back.
const TRADED: [f64; 15] = [
    -0.9, -0.3, -0.1, -0.03, -0.01, -1e-3, -1e-4, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 3.0, 10.0,
];

fn part(share: sp_arithmetic::Permill) -> f64 {
    f64::from(share.deconstruct()) / 1e6
}

/// A constant-product pool.
struct Pool {
    asset: f64,
    tokens: f64,
}

impl Pool {
    /// What so much of the asset is paid.
    fn sell(&mut self, amount: f64) -> f64 {
        let counts = amount * (1.0 - part(SWAP_FEE));
        let paid = counts * self.tokens / (self.asset + counts);
        self.asset += amount;
        self.tokens -= paid;
        paid
    }

    /// What so much of the asset costs.
    fn buy(&mut self, amount: f64) -> f64 {
        let cost = amount * self.tokens / ((self.asset - amount) * (1.0 - part(SWAP_FEE)));
        self.asset -= amount;
        self.tokens += cost;
        cost
    }
}

/// What came of a few blocks' sales.
struct Course {
    /// Tokens bought and burned.
    burned: f64,
    /// What who traded around it has more.
    gained: f64,
    /// What the pool is worth more.
    pool: f64,
}

/// The blocks sell so much each, after somebody has sold `traded` and before it buys that back.
fn course(traded: f64, sold: f64, blocks: u32) -> Course {
    let mut pool = Pool {
        asset: 1.0,
        tokens: 1.0,
    };
    let mut gained = if traded > 0.0 {
        pool.sell(traded)
    } else {
        -pool.buy(-traded)
    };
    let burned = (0..blocks).map(|_| pool.sell(sold)).sum();
    gained += if traded > 0.0 {
        -pool.buy(traded)
    } else {
        pool.sell(-traded)
    };
    Course {
        burned,
        gained,
        pool: pool.asset + pool.tokens - 2.0,
    }
}

/// What a block sells at most, at a listed rate that is so many times what the asset is worth.
fn sold(treasury: f64, listed: f64) -> f64 {
    part(SOLD_SHARE) * treasury / listed.sqrt()
}

/// Moving the price for what others' jobs sell: to buy it back cheaper, or as who is credited for what
/// they burn. The attacker may have all of the pool that is not the treasury's, be it for this moment
/// only: the fees of its own trades come back to it then. Profit is by what it traded, beside what its
/// part of the pool earns anyway.
pub fn moved_price() -> Attack {
    let mut sweep = Sweep::new(
        "moved_price",
        "sold first, by the pool",
        json!({
            "traded_by_pool": TRADED, "blocks_in_a_row": BLOCKS, "listed_by_worth": LISTED,
            "treasurys_part": TREASURY, "of_the_rest": [0.0, 0.5, 1.0],
            "credited": [0.0, part(BEST.rate())],
        }),
    );
    for treasury in TREASURY {
        for (blocks, listed) in BLOCKS.iter().flat_map(|b| LISTED.map(|l| (*b, l))) {
            let amount = sold(treasury, listed);
            let idle = course(0.0, amount, blocks);
            for rest in [0.0, 0.5, 1.0] {
                let own = (1.0 - treasury) * rest;
                for rate in [0.0, part(BEST.rate())] {
                    for traded in TRADED {
                        let moved = course(traded, amount, blocks);
                        let gained = moved.gained
                            + own * (moved.pool - idle.pool)
                            + rate * (moved.burned - idle.burned);
                        let at = json!({
                            "treasurys_part": treasury, "blocks_in_a_row": blocks,
                            "listed_by_worth": listed, "of_the_rest": rest, "credited": rate,
                            "traded_by_pool": traded,
                        });
                        let worst = blocks == 6 && listed == 0.25 && rate == 0.0;
                        let curve = format!("treasury {treasury}, own of the rest {rest}");
                        if worst {
                            sweep.case(&curve, traded, gained, traded.abs(), at);
                        } else {
                            sweep.unseen(gained, traded.abs(), at);
                        }
                    }
                }
            }
        }
    }
    sweep.done()
}

/// Self-dealing in an asset, at a price that the attacker moves, with any part of the pool, the
/// treasury's own included. It is given everything but what is sold: all other shares of the price
/// come back, and the credit is the highest that the cap allows.
pub fn own_price() -> Attack {
    let mut sweep = Sweep::new(
        "own_price",
        "own part of the pool",
        json!({
            "traded_by_pool": TRADED, "blocks_in_a_row": BLOCKS, "listed_by_worth": LISTED,
            "treasurys_part": TREASURY, "own_part": [0.0, 0.5, 1.0], "credited": part(CAP),
        }),
    );
    for treasury in TREASURY {
        for (blocks, listed) in BLOCKS.iter().flat_map(|b| LISTED.map(|l| (*b, l))) {
            let amount = sold(treasury, listed);
            let spent = amount * f64::from(blocks);
            for own in [0.0, 0.5, 1.0] {
                for traded in TRADED {
                    let moved = course(traded, amount, blocks);
                    let back = part(CAP) * moved.burned + moved.gained + own * moved.pool;
                    let at = json!({
                        "treasurys_part": treasury, "blocks_in_a_row": blocks,
                        "listed_by_worth": listed, "own_part": own, "traded_by_pool": traded,
                    });
                    if treasury == 1.0 && blocks == 1 && listed == 1.0 {
                        sweep.case(&format!("traded {traded}"), own, back - spent, spent, at);
                    } else {
                        sweep.unseen(back - spent, spent, at);
                    }
                }
            }
        }
    }
    sweep.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sold_and_bought_back_costs_two_fees() {
        let Course { gained, pool, .. } = course(1e-6, 0.0, 0);
        let fees = 2.0 * part(SWAP_FEE) * 1e-6;
        assert!((gained + fees).abs() < fees / 100.0, "{gained}");
        assert!((pool - fees).abs() < fees / 100.0, "{pool}");
    }

    #[test]
    fn selling_four_times_as_much_would_pay_for_moving_the_price() {
        let gained = |sold: f64| course(0.01, sold, 6).gained;
        assert!(gained(sold(1.0, 0.25)) < 0.0);
        assert!(gained(4.0 * sold(1.0, 0.25)) > 0.0);
    }

    #[test]
    fn the_most_that_is_sold_in_six_blocks_is_about_the_fee() {
        let most = 6.0 * sold(1.0, 0.25);
        assert!(most <= part(SWAP_FEE) * 1.000_001, "{most}");
    }
}
