//! A runtime with nothing but reputation.

use crate as pallet_reputation;
use frame_support::{derive_impl, parameter_types, traits::ConstU32};
use sp_arithmetic::Permill;
use sp_runtime::BuildStorage;

pub type Balance = u128;
pub const HALF_LIFE: u64 = 1_000;
pub const STRENGTH: Balance = 1_000;
pub const PRIOR: Permill = Permill::from_percent(50);
pub const EPOCH: u64 = 100;
/// Outcomes and epochs that are remembered.
pub const RECENT: u32 = 4;
pub const EPOCHS: u32 = 3;
pub const THRESHOLDS: [(Permill, Balance); 3] = [
    (Permill::from_percent(60), 500),
    (Permill::from_percent(75), 2_000),
    (Permill::from_percent(90), 8_000),
];

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Scores = pallet_reputation::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    pub const HalfLife: u64 = HALF_LIFE;
    pub const Prior: Permill = PRIOR;
    pub const PriorStrength: Balance = STRENGTH;
    pub const EpochLength: u64 = EPOCH;
    // A test spoils them to see that the integrity test notices.
    pub static Standings: [(Permill, Balance); 3] = THRESHOLDS;
}

impl pallet_reputation::Config for Test {
    type Balance = Balance;
    type HalfLife = HalfLife;
    type Prior = Prior;
    type PriorStrength = PriorStrength;
    type Standings = Standings;
    type RecentOutcomes = ConstU32<RECENT>;
    type EpochLength = EpochLength;
    type RecentEpochs = ConstU32<EPOCHS>;
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}
