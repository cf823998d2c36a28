//! The Swarmwork runtime: which pallets it is made of. How each is set is in `configs`.
#![cfg_attr(not(feature = "std"), no_std)]
// `construct_runtime` does a lot of recursion.
#![recursion_limit = "512"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod currency;
pub mod extension;
pub mod genesis_presets;
pub mod offchain;
#[cfg(test)]
mod tests;
pub mod timing;
mod types;
mod voter_bags;
pub mod weights;

#[cfg(feature = "std")]
pub use apis::RuntimeApi;
pub use configs::session::SessionKeys;
pub use types::*;

use alloc::{borrow::Cow, vec::Vec};
use pallet_session::historical as pallet_session_historical;
use sp_version::RuntimeVersion;

/// What the native side knows of this runtime's version.
#[cfg(not(feature = "upgrade-drill"))]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("swarmwork"),
    impl_name: Cow::Borrowed("swarmwork-node"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 1,
    apis: apis::VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The drill's version: the next one of the specification.
#[cfg(feature = "upgrade-drill")]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("swarmwork"),
    impl_name: Cow::Borrowed("swarmwork-node"),
    authoring_version: 1,
    spec_version: 2,
    impl_version: 1,
    apis: apis::VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// Order is the order of hooks and genesis: BABE runs before everything that reads its slot or its
/// VRF output (timestamp, session, marketplace), authorship before staking and session so that a
/// block's author is booked in the session the block belongs to, balances before all that hold
/// funds at genesis, the pallets that stop things before those that they stop. Our own
/// pallets come last, the marketplace at their end because it draws on
/// all the others.
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
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Timing = timing::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Babe = pallet_babe::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(4)]
    pub type Authorship = pallet_authorship::Pallet<Runtime>;
    #[runtime::pallet_index(5)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(6)]
    pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;

    #[runtime::pallet_index(10)]
    pub type VoterList = pallet_bags_list::Pallet<Runtime>;
    #[runtime::pallet_index(11)]
    pub type Staking = pallet_staking::Pallet<Runtime>;
    #[runtime::pallet_index(12)]
    pub type Offences = pallet_offences::Pallet<Runtime>;
    #[runtime::pallet_index(13)]
    pub type Historical = pallet_session_historical::Pallet<Runtime>;
    #[runtime::pallet_index(14)]
    pub type Session = pallet_session::Pallet<Runtime>;
    #[runtime::pallet_index(15)]
    pub type Grandpa = pallet_grandpa::Pallet<Runtime>;

    #[runtime::pallet_index(20)]
    pub type Treasury = pallet_treasury::Pallet<Runtime>;
    #[runtime::pallet_index(21)]
    pub type Utility = pallet_utility::Pallet<Runtime>;
    #[runtime::pallet_index(22)]
    pub type Contracts = pallet_contracts::Pallet<Runtime>;
    #[runtime::pallet_index(23)]
    pub type Multisig = pallet_multisig::Pallet<Runtime>;
    #[runtime::pallet_index(24)]
    pub type Proxy = pallet_proxy::Pallet<Runtime>;
    #[runtime::pallet_index(25)]
    pub type Assets = pallet_assets::Pallet<Runtime>;
    #[runtime::pallet_index(26)]
    pub type AssetsHolder = pallet_assets_holder::Pallet<Runtime>;
    #[runtime::pallet_index(27)]
    pub type PoolAssets = pallet_assets::Pallet<Runtime, Instance1>;
    #[runtime::pallet_index(28)]
    pub type AssetConversion = pallet_asset_conversion::Pallet<Runtime>;

    #[runtime::pallet_index(30)]
    pub type Preimage = pallet_preimage::Pallet<Runtime>;
    #[runtime::pallet_index(31)]
    pub type Scheduler = pallet_scheduler::Pallet<Runtime>;
    #[runtime::pallet_index(32)]
    pub type SafeMode = pallet_safe_mode::Pallet<Runtime>;
    #[runtime::pallet_index(33)]
    pub type TxPause = pallet_tx_pause::Pallet<Runtime>;
    #[runtime::pallet_index(34)]
    pub type ConvictionVoting = pallet_conviction_voting::Pallet<Runtime>;
    #[runtime::pallet_index(35)]
    pub type Referenda = pallet_referenda::Pallet<Runtime>;
    #[runtime::pallet_index(36)]
    pub type Governance = pallet_governance::Pallet<Runtime>;
    #[runtime::pallet_index(37)]
    pub type MultiBlockMigrations = pallet_migrations::Pallet<Runtime>;

    #[runtime::pallet_index(40)]
    pub type Burn = pallet_burn::Pallet<Runtime>;
    #[runtime::pallet_index(41)]
    pub type Reputation = pallet_reputation::Pallet<Runtime>;
    #[runtime::pallet_index(42)]
    pub type Circuits = pallet_circuits::Pallet<Runtime>;
    #[runtime::pallet_index(43)]
    pub type Models = pallet_models::Pallet<Runtime>;
    #[runtime::pallet_index(44)]
    pub type Providers = pallet_providers::Pallet<Runtime>;
    #[runtime::pallet_index(46)]
    pub type SwarmWork = pallet_swarm_work::Pallet<Runtime>;
    #[runtime::pallet_index(45)]
    pub type Marketplace = pallet_marketplace::Pallet<Runtime>;
}
