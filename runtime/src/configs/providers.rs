//! pallet-providers: who computes, for how much, and what they have at stake.

use super::marketplace::DAY;
use crate::{
    currency::{MILLI, UNIT},
    weights, Balance, Balances, BlockNumber, Runtime, RuntimeHoldReason,
};
use frame_support::{parameter_types, traits::ConstU32};
use sp_runtime::Perbill;

/// Most jobs one provider works on at a time; the marketplace keeps a list of that length.
pub const MAX_CONCURRENT_JOBS: u32 = 8;

parameter_types! {
    pub const MinimumBond: Balance = 10_000 * UNIT;
    pub const ValidatorBond: Balance = 100_000 * UNIT;
    pub const SupernodeBond: Balance = 1_000_000 * UNIT;
    pub const UnbondingPeriod: BlockNumber = 30 * DAY;
    /// Keeps every share of a price above the existential deposit.
    pub const MinimumPrice: Balance = 100 * MILLI;
    /// Beside the price itself.
    pub const SlashFraction: Perbill = Perbill::from_percent(20);
}

impl pallet_providers::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type MinimumBond = MinimumBond;
    type ValidatorBond = ValidatorBond;
    type SupernodeBond = SupernodeBond;
    type UnbondingPeriod = UnbondingPeriod;
    type MaxConcurrentJobs = ConstU32<MAX_CONCURRENT_JOBS>;
    type MinimumPrice = MinimumPrice;
    type SlashFraction = SlashFraction;
    type WeightInfo = weights::pallet_providers::WeightInfo<Runtime>;
}
