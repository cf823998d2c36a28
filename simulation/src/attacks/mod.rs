//! Attacks, each in the variant that is best for the attacker.

mod capacity;
mod draws;
mod market;
mod money;
mod peers;
mod shocks;

use crate::attack::Attack;

/// Every attack's best case.
pub fn all(seed: u64) -> Vec<Attack> {
    vec![
        money::self_dealing(),
        money::treasury_recapture(),
        money::fee_rebates(),
        money::forged_key(),
        shocks::price_shocks(),
        money::budget_dilution(),
        draws::crafted_requirements(seed),
        draws::lottery_grinding(seed),
        draws::withheld_blocks(),
        draws::best_of_d_capture(seed),
        market::moved_price(),
        market::own_price(),
        capacity::sybil_gpus(),
        capacity::rented_gpus(),
        capacity::padded_answers(),
        peers::bandwidth_collusion(),
    ]
}
