//! pallet-reputation: scores from proven and failed jobs.

use super::marketplace::DAY;
use crate::{Balance, BlockNumber, Runtime};
use frame_support::{parameter_types, traits::ConstU32};
use sp_runtime::Permill;
use swarmwork_primitives::parameters;

parameter_types! {
    pub const HalfLife: BlockNumber = parameters::HALF_LIFE;
    /// A newcomer's score, and the least: a new identity gains nothing.
    pub const Prior: Permill = parameters::PRIOR;
    /// As many burned tokens as the prior weighs.
    pub const PriorStrength: Balance = parameters::PRIOR_STRENGTH;
    /// Of the reliable, the trusted and the distinguished: docs/reputation.md argues them.
    pub const Standings: [(Permill, Balance); 3] = parameters::STANDINGS;
    pub const EpochLength: BlockNumber = DAY;
}

impl pallet_reputation::Config for Runtime {
    type Balance = Balance;
    type HalfLife = HalfLife;
    type Prior = Prior;
    type PriorStrength = PriorStrength;
    type Standings = Standings;
    type RecentOutcomes = ConstU32<32>;
    type EpochLength = EpochLength;
    type RecentEpochs = ConstU32<30>;
}
