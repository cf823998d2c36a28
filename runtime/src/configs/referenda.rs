//! pallet-referenda: how votes run, over the table of classes in pallet-governance.

use crate::{
    currency::UNIT, Balance, Balances, Preimage, Runtime, RuntimeCall, RuntimeEvent, System,
    Treasury,
};
use frame_support::{parameter_types, traits::ConstU32};
use pallet_governance::{
    class, Enactor, EnsureClass, EnsureProposer, Tracks, Turnout, WeightedTally, WholeDays,
};

parameter_types! {
    /// What a rejected proposal loses.
    pub const SubmissionDeposit: Balance = 100 * UNIT;
}

impl pallet_referenda::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
    type Scheduler = Enactor<Runtime>;
    type Currency = Balances;
    // Only what was classed by its call.
    type SubmitOrigin = EnsureProposer<Runtime>;
    type CancelOrigin = EnsureClass<Runtime, class::Cancel>;
    type KillOrigin = EnsureClass<Runtime, class::Upgrade>;
    // Deposits are imbalances of the older kind, which the treasury takes itself.
    type Slash = Treasury;
    type Votes = Balance;
    type Tally = WeightedTally<Turnout<Runtime>>;
    type SubmissionDeposit = SubmissionDeposit;
    type MaxQueued = ConstU32<100>;
    type UndecidingTimeout = WholeDays<Runtime, 14>;
    type AlarmInterval = ConstU32<1>;
    type Tracks = Tracks<Runtime>;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}
