//! pallet-scheduler: what happens at a later block, enactments above all.

use super::system::{MAX_BLOCK_WEIGHT, NORMAL_RATIO};
use crate::{OriginCaller, Preimage, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System};
use frame_support::{
    parameter_types,
    traits::{ConstU32, EqualPrivilegeOnly},
    weights::Weight,
};
use pallet_governance::{class, EnsureClass};
use sp_runtime::Perbill;

parameter_types! {
    /// What the tasks of one block may take. Far more than hooks take on average: an upgrade of the
    /// runtime is one task.
    pub MaxTasks: Weight = NORMAL_RATIO * MAX_BLOCK_WEIGHT;
    /// Most that one enactment may take, which leaves the scheduler room to fetch it.
    pub MaxTask: Weight = Perbill::from_percent(90) * MaxTasks::get();
}

impl pallet_scheduler::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeOrigin = RuntimeOrigin;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type MaximumWeight = MaxTasks;
    type ScheduleOrigin = EnsureClass<Runtime, class::Upgrade>;
    type MaxScheduledPerBlock = ConstU32<512>;
    type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}
