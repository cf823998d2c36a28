//! pallet-timestamp: time as the block's author gives it, checked by BABE against the slot.

use crate::{timing::MinimumPeriod, Babe, Moment, Runtime};

impl pallet_timestamp::Config for Runtime {
    type Moment = Moment;
    type OnTimestampSet = Babe;
    type MinimumPeriod = MinimumPeriod;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}
