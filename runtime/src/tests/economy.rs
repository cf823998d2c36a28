//! The figures of emission, and who tells whom of burns, mints and slashes.

use super::{externalities, wiring::assert_same};
use crate::{
    configs::swarm_work::{BudgetDecay, CommitBlocks, HalfYear, InitialBudget, PACE},
    timing::SlotDuration,
    Burn, Marketplace, Providers, Runtime, SwarmWork,
};
use frame_support::traits::Get;
use pallet_swarm_work::economics::{next_budget, BEST, CAP};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_runtime::Permill;
use swarmwork_primitives::parameters::GENESIS;

/// Blocks of a day at 2 s slots.
const DAY: u32 = 43_200;

#[test]
fn credit_vests_over_thirty_days_and_epochs_are_days() {
    assert_eq!(PACE.epoch_blocks, DAY);
    assert_eq!(PACE.vesting_blocks, 30 * DAY);
    assert_eq!(PACE.windows, 24);
    assert_eq!(2 * HalfYear::get(), 365 * DAY);
    let retention: u32 = <Runtime as pallet_swarm_work::Config>::Retention::get();
    assert!(retention > 30, "vested credit can be claimed for a while");
}

#[test]
fn emission_is_capped_by_burns_and_by_a_budget_that_halves_in_four_years() {
    assert_eq!(CAP, Permill::from_percent(90));
    assert!(BEST.rate() <= CAP);
    let year = 365 * InitialBudget::get();
    let part = GENESIS / 120;
    assert!(year.abs_diff(part) < part / 10_000, "{year}");
    let later = (0..4 * 365).fold(InitialBudget::get(), |budget, _| {
        next_budget(budget, BudgetDecay::get())
    });
    let half = InitialBudget::get() / 2;
    assert!(later.abs_diff(half) < half / 1_000, "{later}");
}

#[test]
fn burns_mints_and_slashes_are_told_to_whom_they_concern() {
    // What a job burned is what it is credited by; a slash takes credit back; claims are booked.
    assert_same::<<Runtime as pallet_marketplace::Config>::SwarmWork, SwarmWork>();
    assert_same::<<Runtime as pallet_marketplace::Config>::BurnLedger, Burn>();
    assert_same::<<Runtime as pallet_marketplace::Config>::Providers, Providers>();
    assert_same::<<Runtime as pallet_providers::Config>::OnSlashed, SwarmWork>();
    assert_same::<<Runtime as pallet_providers::Config>::BurnLedger, Burn>();
    assert_same::<<Runtime as pallet_providers::Config>::Jobs, Marketplace>();
    assert_same::<<Runtime as pallet_swarm_work::Config>::MintLedger, Burn>();
    assert_same::<<Runtime as pallet_swarm_work::Config>::Providers, Providers>();
}

#[test]
fn a_window_is_open_for_a_minute_whatever_the_slots() {
    for (preset, blocks) in [(DEV_RUNTIME_PRESET, 60), (LOCAL_TESTNET_RUNTIME_PRESET, 30)] {
        externalities(preset).execute_with(|| {
            assert_eq!(CommitBlocks::get(), blocks, "{preset}");
            assert_eq!(u64::from(blocks) * SlotDuration::get(), 60_000);
        });
    }
}
