//! Each pallet is set as it was meant to be.

use super::externalities;
use crate::{
    configs::{
        marketplace as market, providers,
        staking::{MaxValidators, MAX_ELECTABLE_TARGETS, MAX_ELECTING_VOTERS, MAX_NOMINATIONS},
        system::RuntimeBlockWeights,
    },
    weights, AllPalletsWithSystem, Balances, Runtime, RuntimeCall, RuntimeOrigin,
};
use core::any::TypeId;
use frame_election_provider_support::{NposSolver, SequentialPhragmen};
use frame_support::{
    dispatch::DispatchClass,
    traits::{Get, IntegrityTest, PalletInfoAccess, PalletsInfoAccess},
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, Perbill, Permill};

pub(super) fn assert_same<A: 'static, B: 'static>() {
    assert_eq!(TypeId::of::<A>(), TypeId::of::<B>());
}

#[test]
fn our_pallets_use_the_weights_measured_for_this_runtime() {
    assert_same::<
        <Runtime as pallet_burn::Config>::WeightInfo,
        weights::pallet_burn::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_circuits::Config>::WeightInfo,
        weights::pallet_circuits::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_governance::Config>::WeightInfo,
        weights::pallet_governance::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_marketplace::Config>::WeightInfo,
        weights::pallet_marketplace::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_models::Config>::WeightInfo,
        weights::pallet_models::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_providers::Config>::WeightInfo,
        weights::pallet_providers::WeightInfo<Runtime>,
    >();
    assert_same::<
        <Runtime as pallet_swarm_work::Config>::WeightInfo,
        weights::pallet_swarm_work::WeightInfo<Runtime>,
    >();
}

#[test]
fn a_price_is_split_80_15_5_and_a_third_of_the_15_is_burned() {
    assert_eq!(market::ProviderShare::get(), Permill::from_percent(80));
    assert_eq!(market::TreasuryShare::get(), Permill::from_percent(15));
    assert_eq!(market::OwnerShare::get(), Permill::from_percent(5));
    assert_eq!(
        market::BurnedShare::get().deconstruct() * 3,
        market::TreasuryShare::get().deconstruct()
    );
    let sum = [
        market::ProviderShare::get(),
        market::TreasuryShare::get(),
        market::OwnerShare::get(),
    ]
    .iter()
    .map(|share| share.deconstruct())
    .sum::<u32>();
    assert_eq!(sum, Permill::one().deconstruct());
}

/// Evidence about a job, and notice of a lease, outlast every job; and the market has room for the
/// jobs on a provider's own capacity and on leased.
#[test]
fn a_bond_and_a_lease_outlast_the_jobs_they_are_for() {
    let longest = market::MaxJobDuration::get();
    assert!(providers::UnbondingPeriod::get() > longest + market::Retention::get());
    assert_eq!(providers::UnbondingPeriod::get(), 30 * market::DAY);
    assert!(providers::LeaseNotice::get() >= longest);
    let market: u32 = <Runtime as pallet_marketplace::Config>::MaxRunning::get();
    let own: u32 = <Runtime as pallet_providers::Config>::MaxConcurrentJobs::get();
    let leased: u32 = <Runtime as pallet_providers::Config>::MaxLeasedSlots::get();
    assert_eq!(market, own + leased);
}

/// Nobody in maintenance was foreseen to be drawn when it announced it: an author knows its own VRF
/// outputs for this epoch and the next, and a draw takes the outputs of some blocks more.
#[test]
fn maintenance_is_announced_before_a_draw_can_be_foreseen() {
    let window: u32 = <Runtime as pallet_marketplace::Config>::DrawWindow::get();
    let foreseen = 2 * crate::timing::DEFAULT_EPOCH_SLOTS + u64::from(window);
    assert!(u64::from(providers::MaintenanceNotice::get()) > foreseen);
}

#[test]
fn bonds_are_ten_thousand_a_hundred_thousand_and_a_million() {
    let unit = crate::currency::UNIT;
    assert_eq!(providers::MinimumBond::get(), 10_000 * unit);
    assert_eq!(providers::ValidatorBond::get(), 100_000 * unit);
    assert_eq!(providers::SupernodeBond::get(), 1_000_000 * unit);
}

#[test]
fn every_pallets_own_integrity_test_passes() {
    sp_io::TestExternalities::default()
        .execute_with(<AllPalletsWithSystem as IntegrityTest>::integrity_test);
}

/// BABE reads its slot and VRF output in its `on_initialize`; the others read them after it.
#[test]
fn babe_runs_before_those_that_read_its_slot() {
    let index = |name: &str| {
        AllPalletsWithSystem::infos()
            .iter()
            .position(|info| info.name == name)
            .unwrap_or_else(|| panic!("no pallet {name}"))
    };
    for reader in [
        "Timestamp",
        "Authorship",
        "Session",
        "SwarmWork",
        "Marketplace",
    ] {
        assert!(index("Babe") < index(reader), "{reader}");
    }
    for holder in ["Staking", "Session", "Treasury", "Providers", "Marketplace"] {
        assert!(index("Balances") < index(holder), "{holder}");
    }
    for stopper in ["SafeMode", "Governance"] {
        assert!(index(stopper) < index("Marketplace"), "{stopper}");
    }
    assert!(
        index("Staking") < index("Session"),
        "genesis elects the first validators"
    );
}

/// The largest election that the bounds admit.
#[test]
fn the_election_fits_a_block() {
    type Weights = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
    let weight = <SequentialPhragmen<crate::AccountId, Perbill> as NposSolver>::weight::<Weights>(
        MAX_ELECTING_VOTERS,
        MAX_ELECTABLE_TARGETS,
        MAX_NOMINATIONS,
    );
    let block = RuntimeBlockWeights::get();
    assert!(
        weight.ref_time() < block.max_block.ref_time() / 4,
        "{weight}"
    );
    assert!(MaxValidators::get() <= MAX_ELECTABLE_TARGETS);
}

#[test]
fn no_two_pallets_share_an_index() {
    let mut indices: Vec<_> = AllPalletsWithSystem::infos()
        .iter()
        .map(|info| info.index)
        .collect();
    indices.sort_unstable();
    let before = indices.len();
    indices.dedup();
    assert_eq!(indices.len(), before);
    // Indices are in every stored call and event: these may never move.
    assert_eq!(crate::Balances::index(), 5);
    assert_eq!(crate::Marketplace::index(), 45);
}

#[test]
fn operational_calls_have_room_that_others_cannot_take() {
    let weights = RuntimeBlockWeights::get();
    let normal = weights.get(DispatchClass::Normal).max_total.expect("set");
    let reserved = weights
        .get(DispatchClass::Operational)
        .reserved
        .expect("set");
    assert_eq!(normal + reserved, weights.max_block);
}

/// Nothing that a user can send burns tokens behind the back of the burn ledger.
#[test]
fn tokens_are_burned_through_the_ledger_only() {
    let who = Sr25519Keyring::Ferdie.to_account_id();
    let calls = |call: RuntimeCall| {
        let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all {
            calls: vec![call.clone()],
        });
        [call, batch]
    };
    let (value, amount) = (crate::currency::UNIT, crate::currency::UNIT);
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let issuance = Balances::total_issuance();
        let behind = pallet_balances::Call::burn {
            value,
            keep_alive: true,
        };
        for call in calls(behind.into()) {
            let refused = call.dispatch(RuntimeOrigin::signed(who.clone()));
            assert_eq!(
                refused.map_err(|e| e.error),
                Err(frame_system::Error::<Runtime>::CallFiltered.into())
            );
        }
        assert_eq!(Balances::total_issuance(), issuance);
        for call in calls(pallet_burn::Call::burn { amount }.into()) {
            assert!(call.dispatch(RuntimeOrigin::signed(who.clone())).is_ok());
        }
        assert_eq!(Balances::total_issuance(), issuance - 2 * amount);
        assert_eq!(pallet_burn::Total::<Runtime>::get(), 2 * amount);
    });
}
