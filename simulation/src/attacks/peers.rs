//! Attacks by those who measure others.

use pallet_swarm_work::economics::{credit, Factors};
use serde_json::json;
use sp_arithmetic::Permill;
use swarmwork_primitives::parameters::{BANDWIDTH_PEERS, BANDWIDTH_QUORUM, MAX_ADMITTED};

use crate::{
    attack::{Attack, Sweep},
    money::{tokens, units, FEE},
};

/// Chance of `k` of `n` that each come with chance `p`.
fn binomial(n: u32, k: u32, p: f64) -> f64 {
    let choose = (0..k).fold(1.0, |product, i| {
        product * f64::from(n - i) / f64::from(i + 1)
    });
    choose * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32)
}

/// Chance that liars are two thirds: every peer is drawn by itself, and at least a quorum reports.
fn majority(liars: u32, honest: u32) -> f64 {
    let drawn = f64::from(BANDWIDTH_PEERS) / f64::from(MAX_ADMITTED - 1);
    let mut chance = 0.0;
    for lying in 1..=liars {
        for truthful in 0..=honest.min((lying - 1) / 2) {
            if lying + truthful >= BANDWIDTH_QUORUM {
                chance += binomial(liars, lying, drawn) * binomial(honest, truthful, drawn);
            }
        }
    }
    chance
}

/// Slow providers of one owner report each other as fast. That needs two thirds of those who were drawn
/// and report, be it that all others do or that none does; each report costs a transaction.
pub fn bandwidth_collusion() -> Attack {
    let mut sweep = Sweep::new(
        "bandwidth_collusion",
        "attacker's share of those admitted",
        json!({
            "share": "0.02 to 0.25", "admitted": MAX_ADMITTED, "peers": BANDWIDTH_PEERS,
            "quorum": BANDWIDTH_QUORUM, "burned_a_day_per_provider_tokens": [1, 100, 10_000],
            "others_report": [true, false],
        }),
    );
    let rate = |bandwidth| Factors {
        shown: Permill::one(),
        delivered: Permill::one(),
        uptime: true,
        bandwidth,
        latency: true,
        lock: None,
    };
    for burned in [1u64, 100, 10_000] {
        for liars in (2..=MAX_ADMITTED / 4).step_by(2) {
            // One of them is reported by the others.
            let others = MAX_ADMITTED - liars;
            let chance = majority(liars - 1, others).max(majority(liars - 1, 0));
            let gain = |bandwidth| tokens(credit(units(burned), 1, rate(bandwidth).rate()));
            let reports =
                f64::from(BANDWIDTH_PEERS) * f64::from(liars - 1) / f64::from(MAX_ADMITTED - 1);
            let cost = reports * tokens(FEE);
            let gained = chance * (gain(true) - gain(false)) - cost;
            let share = f64::from(liars) / f64::from(MAX_ADMITTED);
            let at = json!({"share": share, "burned_a_day_per_provider_tokens": burned});
            sweep.case(&format!("{burned} a day"), share, gained, cost, at);
        }
    }
    sweep.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_add_up() {
        let sum: f64 = (0..=20).map(|k| binomial(20, k, 0.3)).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn liars_need_two_thirds_of_the_drawn_and_a_quorum() {
        assert!(majority(127, 0) > 0.9);
        assert!(majority(31, 96) < 1e-7);
        assert!(majority(31, 0) < 1e-6);
        assert_eq!(majority(0, 127), 0.0);
    }
}
