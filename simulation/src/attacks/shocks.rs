//! What the token's price does between buying tokens, burning them and claiming what they earn.
//!
//! All is counted in coins that keep their worth. Only the burn is counted as spent: every other part
//! of the price of one's own job comes back, the treasury's too.

use pallet_swarm_work::economics::{credit, payable, vested, BEST};
use serde_json::json;
use swarmwork_primitives::{
    parameters::{EPOCH_BLOCKS, INITIAL_BUDGET, VESTING_BLOCKS},
    UNIT,
};

use crate::{
    attack::{range, Attack, Sweep},
    money::tokens,
};

/// The day of the burn; what is bought in advance is bought on the first.
const BURN: usize = 10;
/// The day on which the epoch of the burn ends, and its credit begins to vest.
const ENDED: usize = BURN + 1;
/// Days after which credit that is not claimed lapses.
const RETENTION: usize = 180;
/// The last day.
const LAST: usize = ENDED + RETENTION;

/// Coins for a token, by day: one, but `factor` on some days from one on.
struct Price {
    factor: f64,
    from: usize,
    days: usize,
}

impl Price {
    fn on(&self, day: usize) -> f64 {
        let shocked = (self.from..self.from.saturating_add(self.days)).contains(&day);
        if shocked {
            self.factor
        } else {
            1.0
        }
    }

    /// The best for which a token may be sold that one has on a day, by who knows what is to come.
    fn best(&self, day: usize) -> f64 {
        (day..=LAST)
            .map(|day| self.on(day))
            .fold(f64::NEG_INFINITY, f64::max)
    }
}

/// How the tokens are bought that a job burns.
#[derive(Clone, Copy)]
enum Bought {
    /// For a job in tokens, before it is known what the price will be.
    Early,
    /// For a job in tokens, on the day of the job.
    Late,
    /// By the chain, for a job in coins.
    ByChain,
    /// The same, at the price of the day before: the market there has not followed yet.
    Behind,
}

const WAYS: [(&str, Bought); 4] = [
    ("tokens bought early", Bought::Early),
    ("tokens bought late", Bought::Late),
    ("stable coin", Bought::ByChain),
    ("stable coin, price behind", Bought::Behind),
];

impl Bought {
    /// What a token costs, and the day on which one would have it.
    fn price(self, price: &Price) -> (f64, usize) {
        match self {
            Self::Early => (price.on(0), 0),
            Self::Late | Self::ByChain => (price.on(BURN), BURN),
            Self::Behind => (price.on(BURN - 1), BURN),
        }
    }
}

/// So many coins' worth of tokens, as the chain counts them.
fn amount(coins: f64) -> u128 {
    (coins * UNIT as f64) as u128
}

/// What claims bring of a credit, in an epoch whose jobs burned so much in all. What has vested is
/// claimed and sold when that is best.
fn claims(credited: u128, burned: u128, price: &Price) -> f64 {
    let paid = payable(credited, burned, INITIAL_BUDGET);
    let (mut claimed, mut coins) = (0, 0.0);
    for day in ENDED..=LAST {
        let elapsed = (day - ENDED) as u64 * u64::from(EPOCH_BLOCKS);
        let due = vested(paid, elapsed, VESTING_BLOCKS.into());
        coins += tokens(due - claimed) * price.best(day);
        claimed = due;
    }
    coins
}

/// What who spends so many coins on what it burns has in the end more than who spends them not, or buys
/// the same tokens and sells them when that is best. Others burn what so many coins buy.
///
/// `counted` says how many tokens are credited of those burned.
fn profit(
    bought: Bought,
    coins: f64,
    others: f64,
    price: &Price,
    counted: impl Fn(u128) -> u128,
) -> f64 {
    let (cost, day) = bought.price(price);
    let burned = amount(coins / cost);
    let all = burned + amount(others / price.on(BURN));
    let credited = credit(counted(burned), 1, BEST.rate());
    let kept = coins.max(tokens(burned) * price.best(day));
    claims(credited, all, price) - kept
}

/// The token's price is multiplied between buying and burning, on the day of the burn, between burning
/// and claiming, or amid vesting, for some days or for good. Whoever attacks knows it beforehand, and so
/// does who only trades. Others' jobs cost the same coins at any price: a low one has them burn more
/// tokens, which share the epoch's budget.
pub fn price_shocks() -> Attack {
    let (own, others) = ([0.01, 1.0, 10.0], [0.0, 1.0, 10.0]);
    let moments = [5, BURN, ENDED, ENDED + 15, ENDED + 40];
    let lasting = [10, LAST];
    let mut sweep = Sweep::new(
        "price_shocks",
        "price after by price before, as a power of ten",
        json!({
            "factor": "0.1 to 10", "day": moments, "days": lasting, "burned_on_day": BURN,
            "bought": WAYS.map(|(name, _)| name), "own_burn_by_budget": own,
            "others_burn_by_budget": others, "claimed": "when that is best",
            "baseline": "the better of keeping the coins and keeping the tokens", "theta": 1.0,
        }),
    );
    let budget = tokens(INITIAL_BUDGET);
    for (name, bought) in WAYS {
        for (from, days) in moments.iter().flat_map(|m| lasting.map(|days| (*m, days))) {
            for (own, others) in own.iter().flat_map(|own| others.map(|other| (*own, other))) {
                for power in range(-1.0, 1.0, 20) {
                    let price = Price {
                        factor: 10f64.powf(power),
                        from,
                        days,
                    };
                    let spent = own * budget;
                    let gained = profit(bought, spent, others * budget, &price, |all| all);
                    let at = json!({
                        "bought": name, "factor": price.factor, "day": from, "days": days,
                        "own_burn_by_budget": own, "others_burn_by_budget": others,
                    });
                    // After the burn it makes no difference how its tokens were bought.
                    let telling = from == 5 || (from == ENDED && name == WAYS[0].0);
                    if telling && days == LAST && (own, others) == (0.01, 1.0) {
                        sweep.case(&format!("{name}, day {from}"), power, gained, spent, at);
                    } else {
                        sweep.unseen(gained, spent, at);
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

    /// Profit by coin of who burns little, beside others who burn as much as the budget.
    fn by_coin(bought: Bought, price: &Price) -> f64 {
        profit(bought, 1.0, tokens(INITIAL_BUDGET), price, |all| all)
    }

    fn shock(factor: f64, from: usize, days: usize) -> Price {
        Price { factor, from, days }
    }

    #[test]
    fn a_price_that_stands_still_costs_what_the_cap_keeps_back() {
        let still = shock(1.0, 0, 0);
        for (name, bought) in WAYS {
            let profit = by_coin(bought, &still);
            assert!((profit + 0.1225).abs() < 1e-9, "{name}: {profit}");
        }
    }

    #[test]
    fn what_vests_while_the_price_is_low_is_sold_when_it_is_high() {
        // All has vested by then, and nothing has lapsed.
        let late = shock(10.0, ENDED + 40, 10);
        let profit = by_coin(Bought::Late, &late);
        assert!((profit + 1.225).abs() < 1e-9, "{profit}");
        // Half has not, and misses it.
        let amid = shock(10.0, ENDED + 5, 10);
        assert!(by_coin(Bought::Late, &amid) < profit);
        // Too late for any.
        let never = shock(10.0, LAST + 1, 10);
        let profit = by_coin(Bought::Late, &never);
        assert!((profit + 0.1225).abs() < 1e-9, "{profit}");
    }

    #[test]
    fn a_fall_before_the_claims_is_the_loss_of_who_burned() {
        let fallen = by_coin(Bought::Early, &shock(0.1, ENDED, LAST));
        assert!(fallen < -0.9, "{fallen}");
    }

    #[test]
    fn a_fall_before_the_burn_has_all_burn_more_than_the_budget_pays_for() {
        let fallen = shock(0.1, 5, LAST);
        let alone = profit(Bought::Late, 1.0, 0.0, &fallen, |all| all);
        assert!((alone + 0.1225).abs() < 1e-9, "{alone}");
        assert!(by_coin(Bought::Late, &fallen) < -0.8);
    }

    #[test]
    fn credit_by_a_listed_rate_and_not_by_what_was_burned_would_pay() {
        // Listed at one, and ten outside: a coin buys a tenth of what it would be credited for.
        let risen = shock(10.0, 5, LAST);
        let listed = |burned: u128| burned * 10;
        let coins = 1.0;
        assert!(profit(Bought::ByChain, coins, 0.0, &risen, |all| all) < 0.0);
        assert!(profit(Bought::ByChain, coins, 0.0, &risen, listed) > 1.0);
    }
}
