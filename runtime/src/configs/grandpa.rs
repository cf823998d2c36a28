//! pallet-grandpa: finality.

use super::{
    babe::ReportLongevity,
    staking::{BondingDuration, MaxExposurePageSize, MaxValidators, SessionsPerEra},
};
use crate::{Historical, Offences, Runtime, RuntimeEvent};
use frame_support::parameter_types;

parameter_types! {
    /// Equivocations are punishable while stake is bonded, so keep sessions for that long.
    pub const MaxSetIdSessionEntries: u64 =
        BondingDuration::get() as u64 * SessionsPerEra::get() as u64;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = MaxValidators;
    type MaxNominators = MaxExposurePageSize;
    type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}
