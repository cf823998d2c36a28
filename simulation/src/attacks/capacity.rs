//! Attacks on the measuring of capacity.

use pallet_swarm_work::economics::{credit, Factors};
use serde_json::json;
use sp_arithmetic::Permill;
use swarmwork_primitives::parameters::{ENTRY_BOND, LEAST_PROVING_OVERHEAD, WINDOWS};

use crate::{
    attack::{range, Attack, Sweep},
    money::{tokens, units, FEE},
};

/// What else a bonded token would earn in a day: a fifth of the best staking yield a year.
const YIELD_A_DAY: f64 = 0.04 / 365.0;

fn part(value: f64) -> Permill {
    Permill::from_float(value.clamp(0.0, 1.0))
}

/// Credit of a day's jobs that burned so many tokens.
fn day(burned: u64, shown: f64, delivered: f64) -> f64 {
    let factors = Factors {
        shown: part(shown),
        delivered: part(delivered),
        uptime: true,
        bandwidth: true,
        latency: true,
        lock: None,
    };
    tokens(credit(units(burned), 1, factors.rate()))
}

/// One device behind many names, which share its rate in every window and its time in every job.
/// The work is the device's, however it is named; each further name needs a bond of its own.
pub fn sybil_gpus() -> Attack {
    let mut sweep = Sweep::new(
        "sybil_gpus",
        "names on one device",
        json!({
            "names": "2 to 64", "device": [0.25, 1.0, 8.0], "burned_a_day_tokens": [1, 100, 10_000],
            "bond_tokens": tokens(ENTRY_BOND), "yield_a_year": YIELD_A_DAY * 365.0,
        }),
    );
    for device in [0.25, 1.0, 8.0] {
        for burned in [1u64, 100, 10_000] {
            let honest = day(burned, device, device);
            for names in [2.0, 4.0, 8.0, 16.0, 32.0, 64.0] {
                // Jobs one after the other run at the device's speed; windows are all at once.
                let split = day(burned, device / names, device);
                let cost = (names - 1.0) * tokens(ENTRY_BOND) * YIELD_A_DAY;
                let at = json!({"names": names, "device": device, "burned_a_day_tokens": burned});
                let curve = format!("device {device}, {burned} a day");
                sweep.case(&curve, names, split - honest - cost, cost, at);
            }
        }
    }
    sweep.done()
}

/// A faster device rented for every window. Jobs run on the own one: their speed, which counts where
/// it is the lesser, is what it was. Delivery is at most what windows show of the same device, since
/// fetching, proving and waiting for a block come on top; `delivery` says by how much.
pub fn rented_gpus() -> Attack {
    let mut sweep = Sweep::new(
        "rented_gpus",
        "own device by the reference",
        json!({
            "own_device": "0.05 to 1", "delivery": [0.1, 0.5, 1.0], "burned_a_day_tokens": [1, 100, 10_000],
            "least_proving_overhead": LEAST_PROVING_OVERHEAD,
            "windows_a_day": WINDOWS, "rent_tokens_per_window": [0.001, 0.05],
        }),
    );
    for delivery in [0.1, 0.5, 1.0] {
        for burned in [1u64, 100, 10_000] {
            for rent in [0.001, 0.05] {
                for device in range(0.05, 1.0, 19) {
                    let honest = day(burned, device, device * delivery);
                    let rented = day(burned, 1.0, device * delivery);
                    let cost = f64::from(WINDOWS) * rent;
                    let at = json!({
                        "own_device": device, "delivery": delivery, "burned_a_day_tokens": burned,
                        "rent_tokens_per_window": rent,
                    });
                    let curve = format!("delivery {delivery}, {burned} a day");
                    sweep.case(&curve, device, rented - honest - cost, cost, at);
                }
            }
        }
    }
    sweep.done()
}

/// Claiming more rows than were computed: both drawn rows must be among those that were. Passing
/// shows all, failing shows nothing and ends the streak. Profit is in credit per credit at stake.
pub fn padded_answers() -> Attack {
    let mut sweep = Sweep::new(
        "padded_answers",
        "part of the rows that was computed",
        json!({"computed": "0.05 to 0.95", "device": [0.1, 0.5], "burned_a_day_tokens": 100}),
    );
    for device in [0.1, 0.5] {
        let honest = day(100, device, 1.0);
        for computed in range(0.05, 0.95, 18) {
            let passes = computed * computed;
            // The moving average of what is shown.
            let shown = passes * (device / computed);
            // A streak of a thousand windows is never reached once a few are failed.
            let factors = Factors {
                shown: part(shown),
                delivered: Permill::one(),
                uptime: false,
                bandwidth: true,
                latency: true,
                lock: None,
            };
            let padded = tokens(credit(units(100), 1, factors.rate()));
            let at = json!({"computed": computed, "device": device});
            let spent = honest + f64::from(WINDOWS) * tokens(FEE);
            sweep.case(
                &format!("device {device}"),
                computed,
                padded - honest,
                spent,
                at,
            );
        }
    }
    sweep.done()
}

#[cfg(test)]
mod tests {
    use swarm_capacity::MACS_PER_ROW;
    use swarmwork_primitives::parameters::{
        LEAST_PROVING_OVERHEAD, REFERENCE_DELIVERY, REFERENCE_ROWS,
    };

    /// Seconds of a window and of a block.
    const WINDOW: u128 = 60;
    const BLOCK: u128 = 2;

    #[test]
    fn a_device_shows_a_larger_part_of_the_reference_than_it_delivers() {
        let shown = u128::from(REFERENCE_ROWS) * u128::from(MACS_PER_ROW) / WINDOW;
        let delivered = REFERENCE_DELIVERY / BLOCK;
        assert!(shown <= delivered * u128::from(LEAST_PROVING_OVERHEAD));
    }
}
