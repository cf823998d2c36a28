//! pallet-conviction-voting: stake, conviction, delegation and locks of votes.

use crate::{Runtime, RuntimeEvent, System};
use frame_support::traits::ConstU32;
use pallet_governance::{Polls, ReputationHooks, Turnout, VotingCurrency, WholeDays};

impl pallet_conviction_voting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
    type Currency = VotingCurrency<Runtime>;
    type Polls = Polls<Runtime>;
    type MaxTurnout = Turnout<Runtime>;
    type MaxVotes = ConstU32<64>;
    // The longest timelock: who carried a proposal is still locked in when it takes effect.
    type VoteLockingPeriod = WholeDays<Runtime, 14>;
    type BlockNumberProvider = System;
    type VotingHooks = ReputationHooks<Runtime>;
}
