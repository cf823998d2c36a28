//! pallet-providers: who computes, for how much, and what they have at stake.

use super::{marketplace::DAY, treasury::ToTreasury};
use crate::{
    currency::{MILLI, UNIT},
    weights, Balance, Balances, BlockNumber, Burn, Circuits, Marketplace, Runtime,
    RuntimeHoldReason, Signature, SwarmWork,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Contains},
};
use pallet_governance::{class, EnsureClass, PriceFloorOf};
use sp_runtime::{traits::Convert, Perbill, Permill};
use swarmwork_primitives::{parameters, CircuitId, Circuits as _, Penalty, SlashReason};

/// Most jobs one provider works on at a time on its own capacity.
pub const MAX_CONCURRENT_JOBS: u32 = 8;
/// Most jobs at a time on capacity leased from another provider.
pub const MAX_LEASED_SLOTS: u32 = 8;
/// Most jobs that one provider may have at a time in all.
pub const MAX_RUNNING_JOBS: u32 = MAX_CONCURRENT_JOBS + MAX_LEASED_SLOTS;

/// The least price of a job until governance sets another.
pub const PRICE_FLOOR: Balance = 100 * MILLI;
/// The least that governance can set: it keeps every share of a price above the existential
/// deposit.
pub const MIN_PRICE_FLOOR: Balance = 100 * MILLI;
/// The most that governance can set: dearer jobs are not drawn.
pub const MAX_PRICE_FLOOR: Balance = parameters::MAX_DRAWN;

/// The least price of a job.
pub type MinimumPrice = PriceFloorOf<Runtime>;

parameter_types! {
    pub const MinimumBond: Balance = parameters::ENTRY_BOND;
    pub const ValidatorBond: Balance = 100_000 * UNIT;
    pub const SupernodeBond: Balance = 1_000_000 * UNIT;
    pub const UnbondingPeriod: BlockNumber = 30 * DAY;
    pub const SlashBurned: Permill = Permill::from_percent(50);
    /// Long enough to carry a consent by hand to where the controller's key is.
    pub const ConsentPeriod: BlockNumber = DAY;
    /// Beside the price itself.
    pub const SlashFraction: Perbill = Perbill::from_percent(20);
    pub const CollateralRise: Perbill = Perbill::from_percent(50);
    /// The lock once more: who has kept out of trouble for that long has one strike less.
    pub const StrikePeriod: BlockNumber = 30 * DAY;
    pub const DailySlash: Perbill = Perbill::from_percent(5);
    pub const SlashDay: BlockNumber = DAY;
    /// An hour: a block's author knows its own randomness an epoch ahead, which is minutes.
    pub const MaintenanceNotice: BlockNumber = DAY / 24;
    pub const MaxMaintenance: BlockNumber = DAY;
    pub const MaintenanceInterval: BlockNumber = 7 * DAY;
    pub const MaxLeaseShare: Permill = Permill::from_percent(50);
    /// As long as the longest job.
    pub const LeaseNotice: BlockNumber = 7 * DAY;
}

/// What offences cost.
pub struct Penalties;

impl Convert<SlashReason, Penalty> for Penalties {
    fn convert(reason: SlashReason) -> Penalty {
        let (stake, price, strikes, capped) = match reason {
            // The amount is decided with the slash.
            SlashReason::Governance => (0, 0, 1, false),
            // A tenth of all, and at the least the price of the job.
            SlashReason::Forgery => (10, 100, 2, false),
            // Its collateral is lost; silence about what it committed to is as grave as a forgery.
            SlashReason::Unproven => (0, 0, 2, false),
            // Also within the power of whoever steals a worker key, as what follows: by proofs that do
            // not hold. A part of the price is lost, which is decided with the slash.
            SlashReason::Withdrawn => (0, 0, 1, true),
            SlashReason::Equivocation => (2, 0, 1, true),
        };
        Penalty {
            stake: Perbill::from_percent(stake),
            price: Perbill::from_percent(price),
            strikes,
            capped,
        }
    }
}

/// The registered circuits.
pub struct KnownCircuits;

impl Contains<CircuitId> for KnownCircuits {
    fn contains(circuit: &CircuitId) -> bool {
        Circuits::info(circuit).is_some()
    }
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
    type MaxUnbonding = ConstU32<16>;
    type CollateralRise = CollateralRise;
    type MaxStrikes = ConstU32<8>;
    type StrikePeriod = StrikePeriod;
    type Penalties = Penalties;
    type DailySlash = DailySlash;
    type SlashDay = SlashDay;
    type MaxSlashes = ConstU32<16>;
    type MaxFormerWorkers = ConstU32<16>;
    type Jobs = Marketplace;
    type KnownCircuits = KnownCircuits;
    type MaintenanceNotice = MaintenanceNotice;
    type MaxMaintenance = MaxMaintenance;
    type MaintenanceInterval = MaintenanceInterval;
    type MaxLeasedSlots = ConstU32<MAX_LEASED_SLOTS>;
    type MaxLeaseShare = MaxLeaseShare;
    type LeaseNotice = LeaseNotice;
    type SlashOrigin = EnsureClass<Runtime, class::Upgrade>;
    type SlashBurned = SlashBurned;
    type BurnLedger = Burn;
    type SlashDestination = ToTreasury;
    type OnSlashed = SwarmWork;
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

    fn sign_again(worker: &crate::AccountId, message: &[u8]) -> Signature {
        use sp_core::sr25519::Public;
        let raw: [u8; 32] = worker.clone().into();
        sp_io::crypto::sr25519_sign(
            swarmwork_primitives::WORKER_KEY_TYPE,
            &Public::from_raw(raw),
            message,
        )
        .expect("the key was made by `sign`")
        .into()
    }

    fn circuits(count: u32) -> alloc::vec::Vec<CircuitId> {
        let owner = crate::AccountId::from([9; 32]);
        let one = Circuits::benchmark_circuit(&owner);
        let registration =
            pallet_circuits::Circuits::<Runtime>::get(one).expect("it was registered just now");
        let more = |index: u32| {
            let mut circuit = CircuitId::zero();
            circuit.0[28..].copy_from_slice(&index.to_be_bytes());
            pallet_circuits::Circuits::<Runtime>::insert(circuit, registration.clone());
            circuit
        };
        (0..count).map(more).collect()
    }
}
