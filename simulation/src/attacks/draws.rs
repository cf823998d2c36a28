//! Attacks on who is drawn.

use pallet_reputation::Evidence;
use pallet_staking::inflation::compute_total_payout;
use pallet_swarm_work::economics::BEST;
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::json;
use sp_arithmetic::Permill;
use sp_core::H256;
use swarm_scoring::{weight, Lottery};
use swarmwork_primitives::{
    parameters::{
        self, DRAW_SAMPLE, GENESIS, MAX_DRAWN, PRIOR, PRIOR_STRENGTH, REWARD_CURVE, SPLIT,
    },
    Outcome,
};

use crate::{
    attack::{range, Attack, Sweep},
    money::{tokens, units, Job, FEE},
};

/// Providers in the network.
const PROVIDERS: u32 = 200;
/// Draws per case.
const DRAWS: u32 = 2_000;
/// Length of a slot.
const BLOCK_MILLIS: u64 = 2_000;
/// Blocks of a day.
const DAY: u64 = parameters::DAY as u64;
/// Percents of supply staked whose margins are drawn; all others are tried, too.
const PLOTTED: [u32; 5] = [0, 20, 50, 60, 80];

/// One draw among providers of equal score, of which the first `own` are the attacker's: whether
/// one of those won.
fn draw(rng: &mut StdRng, providers: u32, own: u32) -> bool {
    let mut lottery = Lottery::new(&H256(rng.gen()), &[H256(rng.gen::<[u8; 32]>())]);
    let sample = lottery.sample(providers, DRAW_SAMPLE);
    let scores = vec![PRIOR; sample.len()];
    lottery
        .choose(&scores)
        .is_some_and(|chosen| sample[chosen] < own)
}

/// What is left of a job of the attacker's own when `won` of its draws go to its own providers.
/// Others are paid for work that it has no use for.
fn own_job(price: u128, won: f64) -> f64 {
    let job = Job::new(&SPLIT, price, &BEST);
    let back = tokens(job.shares.provider + job.credit);
    let other = 0.0;
    won * back + (1.0 - won) * other + tokens(job.shares.owner) - tokens(price)
}

/// Requirements that only the attacker's provider and `others` more meet.
pub fn crafted_requirements(seed: u64) -> Attack {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut sweep = Sweep::new(
        "crafted_requirements",
        "other providers that fit",
        json!({"others_that_fit": "0 to 15", "price_tokens": 100, "draws": DRAWS}),
    );
    for others in 0..DRAW_SAMPLE {
        let wins = (0..DRAWS).filter(|_| draw(&mut rng, 1 + others, 1)).count();
        let won = wins as f64 / f64::from(DRAWS);
        let gained = own_job(units(100), won) - tokens(FEE);
        let at = json!({"others_that_fit": others});
        sweep.case(
            "own jobs",
            f64::from(others),
            gained,
            tokens(units(100)),
            at,
        );
    }
    sweep.done()
}

/// A requester that writes `alpha` of the blocks cancels, in a last block of its own, every draw that
/// does not go to its own providers, and tries again.
pub fn lottery_grinding(seed: u64) -> Attack {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut sweep = Sweep::new(
        "lottery_grinding",
        "share of blocks, alpha",
        json!({
            "alpha": "0 to 1", "own_providers": [0.05, 0.25, 0.5], "price_tokens": 100,
            "retries": "until it wins or may not cancel", "draws": DRAWS / 4,
        }),
    );
    for share in [0.05, 0.25, 0.5] {
        let own = (share * f64::from(PROVIDERS)) as u32;
        for alpha in range(0.0, 0.95, 10) {
            let (mut wins, mut tries) = (0u32, 0u32);
            for _ in 0..DRAWS / 4 {
                loop {
                    tries += 1;
                    let won = draw(&mut rng, PROVIDERS, own);
                    wins += u32::from(won);
                    if won || !rng.gen_bool(alpha) {
                        break;
                    }
                }
            }
            let jobs = f64::from(DRAWS / 4);
            let fees = f64::from(tries) / jobs * 2.0 * tokens(FEE);
            let gained = own_job(units(100), f64::from(wins) / jobs) - fees;
            let at = json!({"alpha": alpha, "own_providers": share});
            sweep.case(
                &format!("own {share}"),
                alpha,
                gained,
                tokens(units(100)),
                at,
            );
        }
    }
    sweep.done()
}

/// What staking pays for a block at genesis, where so many percent are staked; every block counts the
/// same.
fn block_pay(staked: u32) -> f64 {
    let bonded = Permill::from_percent(staked).mul_floor(GENESIS);
    let (payout, _) = compute_total_payout(&REWARD_CURVE, bonded, GENESIS, BLOCK_MILLIS * DAY);
    tokens(payout) / DAY as f64
}

/// Largest margin of the price that a provider can have: its whole share, where work costs nothing.
fn whole_share() -> f64 {
    let job = Job::new(&SPLIT, MAX_DRAWN, &BEST);
    tokens(job.shares.provider) / tokens(MAX_DRAWN)
}

/// What all that one output has a part in drawing is worth to who is drawn, at a margin of the price.
fn drawn_worth(margin: f64) -> f64 {
    let job = Job::new(&SPLIT, MAX_DRAWN, &BEST);
    margin * tokens(MAX_DRAWN) + tokens(job.credit)
}

/// An author withholds a block that would have decided on jobs against its own providers. It is given
/// everything: it wrote the blocks after it too and knows all their outputs, without the block every
/// draw that the block had a part in is its own, and all of them together cost the most they may. It
/// loses what the block earns it and who stands behind it.
pub fn withheld_blocks() -> Attack {
    let mut sweep = Sweep::new(
        "withheld_blocks",
        "margin of price",
        json!({
            "margin_of_price": "0 to 0.8, all that a provider gets", "staked_percent": "0 to 100",
            "drawn_by_one_output_tokens": tokens(MAX_DRAWN), "own_draws_after": "all",
            "block_seconds": 2, "reward_lost": "author's and nominators'",
        }),
    );
    for staked in 0..=100 {
        let reward = block_pay(staked);
        for margin in range(0.0, whole_share(), 16) {
            let gained = drawn_worth(margin) - reward;
            let at = json!({"staked_percent": staked, "margin_of_price": margin});
            if PLOTTED.contains(&staked) {
                sweep.case(&format!("{staked} % staked"), margin, gained, reward, at);
            } else {
                sweep.unseen(gained, reward, at);
            }
        }
    }
    sweep.done()
}

/// Price of the jobs by which reputation is earned: the highest that is drawn.
const JOB: u128 = MAX_DRAWN;
/// Jobs of each provider over which a better score is enjoyed; by then all have the best.
const JOBS: u32 = 20_000;
/// Margin of who is drawn.
const MARGIN: f64 = 0.4;

/// Raising the own score by own jobs, to be drawn for others' more often. Decay is left out, which
/// favours the attacker; so is the limit on one requester's influence, since requesters are free.
pub fn best_of_d_capture(seed: u64) -> Attack {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut sweep = Sweep::new(
        "best_of_d_capture",
        "burned per own provider, tokens",
        json!({
            "own_providers": [0.05, 0.25, 0.5, 0.75], "jobs_bought_per_provider": "1 to 128",
            "job_tokens": tokens(JOB), "margin_of_price": MARGIN, "jobs_per_provider": JOBS,
        }),
    );
    for share in [0.05, 0.25, 0.5, 0.75] {
        for step in 0..8u32 {
            let jobs = 1u32 << step;
            let job = SPLIT.divide(JOB).burned;
            let burned = job * u128::from(jobs);
            // Each own job is drawn for an own provider with the chance of the share only.
            let wins = (0..4_000).filter(|_| rng.gen_bool(share)).count() as f64 / 4_000.0;
            let tries = f64::from(jobs) / wins;
            let cost = tries * (tokens(FEE) - own_job(JOB, wins));
            let mut attacker = Evidence::<u32>::default();
            let mut honest = Evidence::<u32>::default();
            attacker.add(Outcome::Succeeded, burned);
            let mut gained = 0.0;
            for _ in 0..JOBS {
                let own = weight(attacker.score(PRIOR, PRIOR_STRENGTH)) as f64;
                let other = weight(honest.score(PRIOR, PRIOR_STRENGTH)) as f64;
                // Jobs of an own provider by what is fair.
                let ratio = own / (share * own + (1.0 - share) * other);
                gained += (ratio - 1.0) * tokens(JOB) * MARGIN;
                attacker.add(Outcome::Succeeded, job);
                honest.add(Outcome::Succeeded, job);
            }
            let at = json!({"own_providers": share, "burned_per_provider_tokens": tokens(burned)});
            let spent = tries * tokens(JOB);
            sweep.case(
                &format!("own {share}"),
                tokens(burned),
                gained - cost,
                spent,
                at,
            );
        }
    }
    sweep.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_providers_wins_its_share_of_draws() {
        let mut rng = StdRng::seed_from_u64(1);
        let wins = (0..4_000).filter(|_| draw(&mut rng, 200, 50)).count();
        // Expectation 1000, standard deviation about 27.
        assert!((880..1_120).contains(&wins), "{wins}");
    }

    #[test]
    fn withholding_costs_more_than_it_brings_at_any_margin_and_any_stake() {
        let attack = withheld_blocks();
        assert!(attack.max_profit < 0.0, "{}", attack.max_profit);
        // The whole share and no stake were tried, and are where most is gained.
        assert_eq!(attack.at["margin_of_price"], 0.8);
        assert_eq!(attack.at["staked_percent"], 0);
        assert_eq!(attack.curves.len(), PLOTTED.len());
        assert_eq!(whole_share(), 0.8);
        assert!((drawn_worth(0.8) - 1.055).abs() < 5e-4);
        for staked in 0..=100 {
            let pays = block_pay(staked);
            for margin in range(0.0, 0.8, 80) {
                assert!(drawn_worth(margin) < pays, "{staked} %, {margin}: {pays}");
            }
        }
        for (staked, pays) in [
            (0, 1.14),
            (20, 2.51),
            (30, 3.19),
            (50, 4.56),
            (60, 2.00),
            (80, 1.19),
        ] {
            let found = block_pay(staked);
            assert!((found - pays).abs() < 5e-3, "{staked} %: {found}");
        }
    }

    #[test]
    fn the_bound_could_be_eight_percent_higher_and_supply_seven_lower() {
        // What one output draws and what a block pays are in proportion to the bound and to supply.
        let least = |staked| tokens(GENESIS) * drawn_worth(0.8) / block_pay(staked) / 1e6;
        assert!((0..=100).all(|staked| least(staked) <= least(0)));
        let room = block_pay(0) / drawn_worth(0.8);
        assert!((1.08..1.09).contains(&room), "{room}");
        let most = room * tokens(MAX_DRAWN);
        assert!((1.35..1.36).contains(&most), "{most}");
        assert!((665.0..666.0).contains(&least(0)), "{}", least(0));
        assert!(least(0) < 0.93 * tokens(GENESIS) / 1e6);
        for staked in 20..=60 {
            assert!(least(staked) < 380.0, "{staked} %: {}", least(staked));
        }
        assert!(least(60) > 379.0);
    }

    #[test]
    fn a_bound_a_tenth_higher_or_a_supply_a_tenth_lower_would_not_hold() {
        assert!(1.1 * drawn_worth(0.8) > block_pay(0));
        assert!(drawn_worth(0.8) > 0.9 * block_pay(0));
    }

    #[test]
    fn a_quarter_of_supply_would_hold_low_margins_only() {
        let pays = block_pay(0) / 4.0;
        assert!(drawn_worth(0.18) < pays && drawn_worth(0.19) > pays);
    }

    #[test]
    fn who_keeps_a_part_of_its_blocks_pay_is_held_by_the_stated_parts() {
        for (staked, at_fifth, at_all) in [
            (0, 0.27, 0.92),
            (20, 0.12, 0.42),
            (30, 0.10, 0.33),
            (50, 0.07, 0.23),
            (60, 0.15, 0.53),
            (80, 0.26, 0.88),
        ] {
            for (margin, part) in [(0.2, at_fifth), (0.8, at_all)] {
                let held = drawn_worth(margin) / block_pay(staked);
                assert!((held - part).abs() < 6e-3, "{staked} %, {margin}: {held}");
            }
        }
    }

    #[test]
    fn an_own_job_that_is_always_won_costs_what_is_burned_and_what_the_treasury_gets() {
        let lost = -own_job(units(100), 1.0);
        assert!((lost - (15.0 - 0.8775 * 5.0)).abs() < 1e-9, "{lost}");
        assert_eq!(Permill::from_percent(5), SPLIT.burned);
    }
}
