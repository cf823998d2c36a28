//! pallet-reputation: scores from proven and failed jobs.

use super::marketplace::DAY;
use crate::{currency::UNIT, Balance, BlockNumber, Runtime};
use frame_support::parameter_types;
use sp_runtime::Permill;

parameter_types! {
    pub const HalfLife: BlockNumber = 30 * DAY;
    /// A newcomer's score, and the least: a new identity gains nothing.
    pub const Prior: Permill = Permill::from_percent(50);
    /// As many burned tokens as the prior weighs.
    pub const PriorStrength: Balance = UNIT;
}

impl pallet_reputation::Config for Runtime {
    type Balance = Balance;
    type HalfLife = HalfLife;
    type Prior = Prior;
    type PriorStrength = PriorStrength;
}
