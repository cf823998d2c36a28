//! pallet-babe: block production.

use super::staking::{BondingDuration, MaxExposurePageSize, MaxValidators, SessionsPerEra};
use crate::{
    timing::{EpochDuration, SlotDuration},
    Historical, Offences, Runtime, Session,
};
use frame_support::traits::Get;
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration};

/// Chance of a primary slot, as a fraction: with it a quarter of the slots has a primary author.
pub const PRIMARY_PROBABILITY: (u64, u64) = (1, 4);

/// Every slot without a primary author has a secondary one, whose block carries a VRF output too:
/// the marketplace's draws need one from every block.
pub const EPOCH_CONFIG: BabeEpochConfiguration = BabeEpochConfiguration {
    c: PRIMARY_PROBABILITY,
    allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
};

/// How long an equivocation may be reported, in blocks: while its author's stake is still bonded.
pub struct ReportLongevity;
impl Get<u64> for ReportLongevity {
    fn get() -> u64 {
        let sessions = u64::from(BondingDuration::get()) * u64::from(SessionsPerEra::get());
        // More blocks than can be counted are for ever.
        sessions.saturating_mul(EpochDuration::get())
    }
}

impl pallet_babe::Config for Runtime {
    type EpochDuration = EpochDuration;
    type ExpectedBlockTime = SlotDuration;
    // Sessions end epochs.
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type DisabledValidators = Session;
    type WeightInfo = ();
    type MaxAuthorities = MaxValidators;
    type MaxNominators = MaxExposurePageSize;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}
