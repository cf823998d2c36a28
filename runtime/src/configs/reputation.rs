//! pallet-reputation: scores from proven and failed jobs.

use super::marketplace::DAY;
use crate::{Balance, BlockNumber, Runtime};
use frame_support::parameter_types;
use sp_runtime::Permill;
use swarmwork_primitives::parameters;

parameter_types! {
    pub const HalfLife: BlockNumber = 30 * DAY;
    /// A newcomer's score, and the least: a new identity gains nothing.
    pub const Prior: Permill = parameters::PRIOR;
    /// As many burned tokens as the prior weighs.
    pub const PriorStrength: Balance = parameters::PRIOR_STRENGTH;
}

impl pallet_reputation::Config for Runtime {
    type Balance = Balance;
    type HalfLife = HalfLife;
    type Prior = Prior;
    type PriorStrength = PriorStrength;
}
