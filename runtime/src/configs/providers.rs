//! pallet-providers: who computes, for how much, and what they have at stake.

use super::{marketplace::DAY, treasury::ToTreasury};
use crate::{
    currency::{MILLI, UNIT},
    weights, Balance, Balances, BlockNumber, Burn, Runtime, RuntimeHoldReason, Signature,
};
use frame_support::{parameter_types, traits::ConstU32};
use pallet_governance::{class, EnsureClass, PriceFloorOf};
use sp_runtime::{Perbill, Permill};

/// Most jobs one provider works on at a time; the marketplace keeps a list of that length.
pub const MAX_CONCURRENT_JOBS: u32 = 8;

/// The least price of a job until governance sets another.
pub const PRICE_FLOOR: Balance = 100 * MILLI;
/// The least that governance can set: it keeps every share of a price above the existential
/// deposit.
pub const MIN_PRICE_FLOOR: Balance = 100 * MILLI;
/// The most that governance can set.
pub const MAX_PRICE_FLOOR: Balance = 100 * UNIT;

/// The least price of a job.
pub type MinimumPrice = PriceFloorOf<Runtime>;

parameter_types! {
    pub const MinimumBond: Balance = 10_000 * UNIT;
    pub const ValidatorBond: Balance = 100_000 * UNIT;
    pub const SupernodeBond: Balance = 1_000_000 * UNIT;
    pub const UnbondingPeriod: BlockNumber = 30 * DAY;
    pub const SlashBurned: Permill = Permill::from_percent(50);
    /// Long enough to carry a consent by hand to where the controller's key is.
    pub const ConsentPeriod: BlockNumber = DAY;
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
    type SlashOrigin = EnsureClass<Runtime, class::Upgrade>;
    type SlashBurned = SlashBurned;
    type BurnLedger = Burn;
    type SlashDestination = ToTreasury;
    type Signature = Signature;
    type ConsentPeriod = ConsentPeriod;
    type WeightInfo = weights::pallet_providers::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = WorkerKeys;
}

/// Worker keys for the benchmarks, made in the host's keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct WorkerKeys;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_providers::BenchmarkHelper<crate::AccountId, Signature> for WorkerKeys {
    fn sign(message: &[u8]) -> (crate::AccountId, Signature) {
        use sp_io::crypto::{sr25519_generate, sr25519_sign};
        use swarmwork_primitives::WORKER_KEY_TYPE;
        let key = sr25519_generate(WORKER_KEY_TYPE, None);
        let signature =
            sr25519_sign(WORKER_KEY_TYPE, &key, message).expect("the key was made just now");
        (key.into(), signature.into())
    }
}
