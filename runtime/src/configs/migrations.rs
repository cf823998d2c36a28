//! pallet-migrations, and which migrations there are.
//!
//! A migration that one block has room for, whatever the state, goes into [`SingleBlock`], as a
//! `frame_support::migrations::VersionedMigration`; one of a map without such a bound goes into
//! [`MultiBlock`]. Both are listed from the release that changes storage to the one after it, so that a
//! chain may skip a release, and then removed.

use super::system::{MAX_BLOCK_WEIGHT, NORMAL_RATIO};
use crate::{Runtime, RuntimeEvent};
use frame_support::{parameter_types, traits::ConstU32, weights::Weight};
use pallet_governance::StopOnFailedMigration;

/// What runs in the first block of new code, before anything else.
pub type SingleBlock = ();

/// What runs from the first block of new code on, in blocks without transactions.
#[cfg(not(feature = "upgrade-drill"))]
pub type MultiBlock = ();
/// The drill's.
#[cfg(feature = "upgrade-drill")]
pub type MultiBlock = (pallet_marketplace::drill::CompactCounts<Runtime>,);

parameter_types! {
    /// What migrations may take of a block. No transaction wants it meanwhile.
    pub MaxServiceWeight: Weight = NORMAL_RATIO * MAX_BLOCK_WEIGHT;
}

impl pallet_migrations::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    #[cfg(not(feature = "runtime-benchmarks"))]
    type Migrations = MultiBlock;
    #[cfg(feature = "runtime-benchmarks")]
    type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
    type CursorMaxLen = ConstU32<65_536>;
    type IdentifierMaxLen = ConstU32<256>;
    type MigrationStatusHandler = ();
    type FailedMigrationHandler = StopOnFailedMigration<Runtime>;
    type MaxServiceWeight = MaxServiceWeight;
    type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
