//! The pallets whose benchmarks the node can run: ours, and those whose weights depend on how this
//! runtime is put together. Those of referenda propose as root, which has no track here: a proposal's
//! track follows from its call.

use crate::{
    AllPalletsWithSystem, Assets, Balances, Burn, Circuits, Contracts, ConvictionVoting,
    Governance, Marketplace, Models, Multisig, Preimage, Providers, Proxy, Runtime, SafeMode,
    Scheduler, SwarmWork, Timestamp, Treasury, TxPause, Utility,
};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::Pallet as SystemBench;

impl frame_system_benchmarking::Config for Runtime {}

frame_benchmarking::define_benchmarks!(
    [frame_system, SystemBench::<Runtime>]
    [pallet_balances, Balances]
    [pallet_assets, Assets]
    [pallet_timestamp, Timestamp]
    [pallet_treasury, Treasury]
    [pallet_utility, Utility]
    [pallet_contracts, Contracts]
    [pallet_multisig, Multisig]
    [pallet_proxy, Proxy]
    [pallet_preimage, Preimage]
    [pallet_scheduler, Scheduler]
    [pallet_safe_mode, SafeMode]
    [pallet_tx_pause, TxPause]
    [pallet_conviction_voting, ConvictionVoting]
    [pallet_governance, Governance]
    [pallet_burn, Burn]
    [pallet_circuits, Circuits]
    [pallet_models, Models]
    [pallet_providers, Providers]
    [pallet_swarm_work, SwarmWork]
    [pallet_marketplace, Marketplace]
);

/// Which benchmarks there are and which storage they may touch.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
