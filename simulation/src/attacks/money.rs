//! Attacks that move tokens in a circle.

use pallet_swarm_work::economics::{credit, payable, BEST};
use serde_json::json;
use sp_arithmetic::Permill;
use swarmwork_primitives::parameters::INITIAL_BUDGET;

use crate::{
    attack::{range, Attack, Sweep},
    money::{fee_returned, split_burning, tokens, units, Job, FEE},
};

/// Parts of a price that may be burned, in percent: today's and up to all of the treasury's.
const BURNED: [u32; 3] = [5, 10, 15];
/// Transactions of a job: submission, result, claim.
const TRANSACTIONS: u128 = 3;

/// What a circle of own jobs leaves: one job of `price` by an own provider with own model.
///
/// `author` of the blocks and `treasury` of the treasury are the attacker's too.
fn circle(burned: u32, price: u128, author: f64, treasury: f64) -> f64 {
    let split = split_burning(Permill::from_percent(burned));
    let job = Job::new(&split, price, &BEST);
    let back = tokens(job.shares.provider + job.shares.owner + job.credit)
        + treasury * tokens(job.shares.treasury);
    let fees = tokens(TRANSACTIONS * FEE) * (1.0 - fee_returned(author, treasury));
    back - tokens(price) - fees
}

/// Requester, provider, model owner and author of `r` of all blocks at once; Direct jobs, which
/// always go to the own provider, and drawn ones, which do with chance `r`.
pub fn self_dealing() -> Attack {
    let mut sweep = Sweep::new(
        "self_dealing",
        "share of the network, r",
        json!({
            "r": "0 to 1", "burned_percent": BURNED, "price_tokens": [1, 100, 10_000],
            "assignment": ["direct", "drawn"], "multipliers": "all at their best",
        }),
    );
    for burned in BURNED {
        for price in [1, 100, 10_000] {
            for r in range(0.0, 1.0, 20) {
                let spent = tokens(units(price) + TRANSACTIONS * FEE);
                let own = circle(burned, units(price), r, 0.0);
                let at = |assignment| json!({"r": r, "burned_percent": burned, "price_tokens": price, "assignment": assignment});
                let name = |kind| format!("{kind}, {burned} % burned, {price}");
                sweep.case(&name("direct"), r, own, spent, at("direct"));
                // Another provider is paid for work that the attacker has no use for.
                let split = split_burning(Permill::from_percent(burned));
                let other = own - tokens(Job::new(&split, units(price), &BEST).shares.provider);
                let drawn = r * own + (1.0 - r) * other;
                if price == 100 {
                    sweep.case(&name("drawn"), r, drawn, spent, at("drawn"));
                }
            }
        }
    }
    sweep.done()
}

/// As before, and `theta` of the treasury comes back too: by governance, by public jobs, anyhow.
pub fn treasury_recapture() -> Attack {
    let mut sweep = Sweep::new(
        "treasury_recapture",
        "share of the treasury, theta",
        json!({
            "theta": "0 to 1", "burned_percent": BURNED, "price_tokens": 1_000,
            "author": "all blocks", "multipliers": "all at their best",
        }),
    );
    for burned in BURNED {
        for theta in range(0.0, 1.0, 20) {
            let price = units(1_000);
            let gained = circle(burned, price, 1.0, theta);
            let at = json!({"theta": theta, "burned_percent": burned});
            sweep.case(
                &format!("{burned} % burned"),
                theta,
                gained,
                tokens(price),
                at,
            );
        }
    }
    sweep.done()
}

/// Own transactions in own blocks: what of their fees comes back. They are never credited.
pub fn fee_rebates() -> Attack {
    let mut sweep = Sweep::new(
        "fee_rebates",
        "share of blocks",
        json!({"author": "0 to 1", "theta": [0.0, 0.5, 1.0], "fee_tokens": tokens(FEE)}),
    );
    for theta in [0.0, 0.5, 1.0] {
        for author in range(0.0, 1.0, 20) {
            let gained = fee_returned(author, theta) - 1.0;
            let at = json!({"author": author, "theta": theta});
            sweep.case(&format!("theta {theta}"), author, gained, 1.0, at);
        }
    }
    sweep.done()
}

/// Forging under a key of one's own: no computation at all, but the key is unattested, so nothing
/// is credited, and only an own job takes an own forgery.
pub fn forged_key() -> Attack {
    let mut sweep = Sweep::new(
        "forged_key",
        "share of blocks",
        json!({"author": "0 to 1", "theta": [0.0, 1.0], "compute_cost": 0, "credit": "none under unattested keys"}),
    );
    for theta in [0.0, 1.0] {
        for author in range(0.0, 1.0, 20) {
            let price = units(1_000);
            let split = split_burning(Permill::from_percent(5));
            let credited = Job::new(&split, price, &BEST);
            // The circle without its credit.
            let gained = circle(5, price, author, theta) - tokens(credited.credit);
            let at = json!({"author": author, "theta": theta});
            sweep.case(&format!("theta {theta}"), author, gained, tokens(price), at);
        }
    }
    sweep.done()
}

/// Burning much to scale everybody's credit down. Nothing of what others lose is the attacker's.
pub fn budget_dilution() -> Attack {
    let mut sweep = Sweep::new(
        "budget_dilution",
        "attacker's burn by the budget",
        json!({"own_burn_by_budget": "0.1 to 10", "others_burn_by_budget": [0.1, 1.0, 10.0], "theta": 1.0, "author": 1.0}),
    );
    for others in [0.1, 1.0, 10.0] {
        for own in range(0.1, 10.0, 33) {
            let amount = |part: f64| (part * INITIAL_BUDGET as f64) as u128;
            let (own_burn, all) = (amount(own), amount(own) + amount(others));
            let paid = payable(credit(own_burn, 1, BEST.rate()), all, INITIAL_BUDGET);
            let gained = tokens(paid) - tokens(own_burn);
            let at = json!({"own_burn_by_budget": own, "others_burn_by_budget": others});
            sweep.case(
                &format!("others {others}"),
                own,
                gained,
                tokens(own_burn),
                at,
            );
        }
    }
    sweep.done()
}
