//! pallet-bags-list: nominators and validators, half sorted by stake.

use crate::{voter_bags::THRESHOLDS, Runtime, RuntimeEvent, Staking};
use frame_election_provider_support::VoteWeight;
use frame_support::{parameter_types, traits::ConstU32};

parameter_types! {
    pub const BagThresholds: &'static [VoteWeight] = &THRESHOLDS;
}

impl pallet_bags_list::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_bags_list::weights::SubstrateWeight<Runtime>;
    // Staking knows the truth; the list is repaired after it.
    type ScoreProvider = Staking;
    type BagThresholds = BagThresholds;
    type MaxAutoRebagPerBlock = ConstU32<5>;
    type Score = VoteWeight;
}
