//! What proof-of-swarm-work learns from the market, and what it asks of it.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

use crate::JobId;

/// A settled job. There is exactly one for each job that was paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement<'a, AccountId, Balance, BlockNumber> {
    /// The job.
    pub job: &'a JobId,
    /// Who did it and was right: several where it was done redundantly.
    pub providers: &'a [AccountId],
    /// Native tokens that the job's own price burned, irrevocably: no tips, transaction fees or
    /// slashes, and of another currency only what was bought and burned.
    pub burned: Balance,
    /// Whether its proofs were made under an attested key.
    pub attested: bool,
    /// Multiply-accumulates proven.
    pub macs: u128,
    /// Blocks since its assignment in which the market was open.
    pub blocks: BlockNumber,
}

/// Where settled jobs are reported.
pub trait SwarmWork<AccountId, Balance, BlockNumber> {
    /// Notes multiply-accumulates that a provider has proven under an attested key: of each job once,
    /// with the last of its proofs. It may be settled later.
    fn proven(provider: &AccountId, macs: u128);
    /// Credits a settled job.
    fn settled(settlement: Settlement<AccountId, Balance, BlockNumber>);
    /// What [`SwarmWork::settled`] costs for so many providers, and [`SwarmWork::proven`] for each.
    fn settled_weight(providers: u32) -> Weight;
}

/// Who wants to know of slashed providers.
pub trait OnSlashed<AccountId> {
    /// Part of a provider's bond was slashed: takes back what of its credit has not vested.
    fn slashed(provider: &AccountId);
    /// What [`OnSlashed::slashed`] costs.
    fn slashed_weight() -> Weight;
}

/// What providers have at stake.
pub trait Bonds<AccountId, Balance> {
    /// The bond of a provider that has not unregistered.
    fn bond(provider: &AccountId) -> Option<Balance>;
}

/// How long tokens are locked up for a higher credit.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum LockTerm {
    /// Six months.
    Half,
    /// Twelve months.
    Full,
}

/// An epoch of swarm work as readers see it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct EpochView<Balance, BlockNumber> {
    /// Its number, from 0.
    pub index: u32,
    /// Its first block.
    pub started: BlockNumber,
    /// The first block after it, once there is one.
    pub ended: Option<BlockNumber>,
    /// Most that its credit may pay.
    pub budget: Balance,
    /// Burned by the jobs settled in it that earn credit.
    pub burned: Balance,
    /// Their credit.
    pub credited: Balance,
    /// What of it has been claimed.
    pub paid: Balance,
    /// Part of every credit that is paid: below one where the budget is short.
    pub scale: Permill,
}

/// One epoch of a provider's rewards as readers see it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct RewardView<Balance> {
    /// The epoch.
    pub epoch: u32,
    /// Credit earned in it.
    pub earned: Balance,
    /// What that will pay when all of it is vested; so far, while the epoch runs.
    pub payable: Balance,
    /// Of it, vested.
    pub vested: Balance,
    /// Of it, claimed.
    pub claimed: Balance,
}

/// What capacity windows have measured of a provider, as readers see it.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug, Default)]
pub struct CapacityView {
    /// Rows in a window, moving average.
    pub rows: u32,
    /// Windows answered rightly in a row.
    pub streak: u32,
    /// Windows there were for it.
    pub windows: u32,
    /// Of them, not answered or wrongly.
    pub missed: u32,
    /// Blocks until it opened drawn rows, in thousandths, moving average.
    pub latency: u32,
    /// What two thirds of its peers' reports reached in the last epoch, KiB/s.
    pub bandwidth: Option<u32>,
}

/// A provider's rewards as readers see them.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct RewardsView<Balance> {
    /// Credit per burned token before what the speed of a job adds.
    pub rate: Permill,
    /// Measurements, where it is admitted to capacity windows.
    pub capacity: Option<CapacityView>,
    /// Epochs with credit, oldest first.
    pub epochs: Vec<RewardView<Balance>>,
}
