//! What an upgrade of the runtime relies on.

use super::externalities;
use crate::{
    configs::{
        migrations::MaxServiceWeight,
        system::{RuntimeBlockLength, RuntimeBlockWeights},
    },
    Burn, Circuits, Governance, Marketplace, Models, MultiBlockMigrations, Providers, Reputation,
    Runtime, RuntimeCall, SafeMode, SwarmWork, System, Timing,
};
use core::any::TypeId;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::{Contains, GetStorageVersion, OnInitialize, PalletInfoAccess, StorageVersion},
};
use pallet_governance::StopOnFailedMigration;
use pallet_migrations::MigrationCursor;
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;

/// Only a pallet that says which version of storage its code expects compiles here.
fn stored_as_its_code_expects<P>()
where
    P: GetStorageVersion<InCodeStorageVersion = StorageVersion> + PalletInfoAccess,
{
    assert!(StorageVersion::exists::<P>(), "{}", P::name());
    assert_eq!(
        P::on_chain_storage_version(),
        P::in_code_storage_version(),
        "{}",
        P::name()
    );
}

#[test]
fn our_pallets_say_which_version_of_storage_they_have() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        stored_as_its_code_expects::<Timing>();
        stored_as_its_code_expects::<Governance>();
        stored_as_its_code_expects::<Burn>();
        stored_as_its_code_expects::<Reputation>();
        stored_as_its_code_expects::<Circuits>();
        stored_as_its_code_expects::<Models>();
        stored_as_its_code_expects::<Providers>();
        stored_as_its_code_expects::<SwarmWork>();
        stored_as_its_code_expects::<Marketplace>();
    });
}

#[test]
fn migrations_of_several_blocks_are_wired() {
    type Configured = <Runtime as frame_system::Config>::MultiBlockMigrator;
    assert_eq!(
        TypeId::of::<Configured>(),
        TypeId::of::<MultiBlockMigrations>()
    );
    assert_eq!(
        TypeId::of::<<Runtime as pallet_migrations::Config>::FailedMigrationHandler>(),
        TypeId::of::<StopOnFailedMigration<Runtime>>()
    );
    let room = MaxServiceWeight::get();
    assert!(room.all_lt(RuntimeBlockWeights::get().max_block));
}

/// The market's clock stands while storage is migrated, and goes on after it.
#[test]
fn the_market_waits_for_migrations() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let block = |number: u32| {
            System::set_block_number(number);
            <Marketplace as OnInitialize<u32>>::on_initialize(number);
        };
        block(1);
        pallet_migrations::Cursor::<Runtime>::put(MigrationCursor::Stuck);
        block(2);
        block(3);
        assert_eq!(Marketplace::now(), 1);
        pallet_migrations::Cursor::<Runtime>::kill();
        block(4);
        assert_eq!(Marketplace::now(), 2);
    });
}

fn apply(code: Vec<u8>) -> RuntimeCall {
    frame_system::Call::apply_authorized_upgrade { code }.into()
}

/// After a failed migration a proposal can still bring other code.
#[test]
fn code_can_be_replaced_while_the_market_is_stopped() {
    use frame_support::migrations::FailedMigrationHandler;
    type Filter = <Runtime as frame_system::Config>::BaseCallFilter;
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let _ = StopOnFailedMigration::<Runtime>::failed(Some(0));
        assert!(SafeMode::is_entered());
        assert!(Filter::contains(&apply(vec![])));
        let code_hash = H256::zero();
        assert!(Filter::contains(
            &frame_system::Call::authorize_upgrade { code_hash }.into()
        ));
    });
}

/// Code goes in a transaction of its own, which blocks keep room for.
#[test]
fn the_code_of_this_runtime_fits_a_transaction() {
    let code = crate::WASM_BINARY.expect("the runtime was built for wasm");
    let info = apply(code.to_vec()).get_dispatch_info();
    assert_eq!(info.class, DispatchClass::Operational);
    let most = *RuntimeBlockLength::get()
        .max
        .get(DispatchClass::Operational) as usize;
    assert!(code.len() < most / 2, "{} of {most} bytes", code.len());
    let weights = RuntimeBlockWeights::get();
    let room = weights.get(DispatchClass::Operational).max_extrinsic;
    assert!(room.is_none_or(|room| info.call_weight.all_lte(room)));
}
