//! Genesis presets build into chains that can start.

use super::{externalities, preset};
use crate::{
    configs::{babe::EPOCH_CONFIG, treasury::TreasuryAccount},
    currency::EXISTENTIAL_DEPOSIT,
    genesis_presets::{
        preset_names, DEV_TIMING, ENDOWMENT, GOVERNANCE_DAY, LOCAL_TIMING, STAKE, WORKERS,
        WORKER_ENDOWMENT,
    },
    timing::{EpochDuration, SlotDuration},
    AccountId, Babe, Balances, Grandpa, Runtime, Session, Staking, System,
};
use frame_support::traits::{fungible::Inspect, Get};
use pallet_staking::{CurrentEra, ErasStakersOverview};
use sp_consensus_babe::AllowedSlots;
use sp_core::{sr25519, Pair};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Ferdie};
use swarmwork_primitives::parameters::GENESIS;

fn check(name: &str, validators: &[AccountId], (slot, epoch): (u64, u64)) {
    externalities(name).execute_with(|| {
        let mut elected = Session::validators();
        elected.sort();
        let mut expected = validators.to_vec();
        expected.sort();
        assert_eq!(elected, expected);
        assert_eq!(Babe::authorities().len(), validators.len());
        assert_eq!(Grandpa::grandpa_authorities().len(), validators.len());
        assert_eq!(CurrentEra::<Runtime>::get(), Some(0));
        for validator in validators {
            // Elected, with their stake behind them. The election counts in 64 bits.
            let overview = ErasStakersOverview::<Runtime>::get(0, validator).expect("elected");
            assert!(STAKE - overview.own < STAKE / 1_000_000, "{}", overview.own);
        }
        assert_eq!(
            pallet_staking::ValidatorCount::<Runtime>::get(),
            validators.len() as u32
        );
        assert_eq!(SlotDuration::get(), slot);
        assert_eq!(Babe::slot_duration(), slot);
        assert_eq!(EpochDuration::get(), epoch);
        assert_eq!(Babe::epoch_config(), Some(EPOCH_CONFIG));

        assert_eq!(
            <Balances as Inspect<_>>::total_balance(&Ferdie.to_account_id()),
            ENDOWMENT
        );
        assert_eq!(
            Balances::free_balance(TreasuryAccount::get()),
            EXISTENTIAL_DEPOSIT
        );
        for worker in WORKERS {
            assert_eq!(
                Balances::free_balance(AccountId::from(worker)),
                WORKER_ENDOWMENT
            );
        }
        let issuance = Balances::total_issuance();
        // What a block pays follows from it, and what is safe to draw by one block's output.
        assert!(issuance.abs_diff(GENESIS) < GENESIS / 100, "{issuance}");
        assert_eq!(
            pallet_governance::DayLength::<Runtime>::get(),
            GOVERNANCE_DAY
        );
        assert_eq!(
            pallet_governance::Technical::<Runtime>::get(),
            Some(Alice.to_account_id())
        );
        assert_eq!(System::block_number(), 0);
        assert!(Staking::bonded(&Alice.to_account_id()).is_some());
    });
}

#[test]
fn development_has_one_validator_and_fast_slots() {
    check(DEV_RUNTIME_PRESET, &[Alice.to_account_id()], DEV_TIMING);
    assert_eq!(DEV_TIMING.0, 1_000);
}

#[test]
fn local_testnet_has_two_validators() {
    check(
        LOCAL_TESTNET_RUNTIME_PRESET,
        &[Alice.to_account_id(), Bob.to_account_id()],
        LOCAL_TIMING,
    );
    assert_eq!(LOCAL_TIMING.0, 2_000);
}

#[test]
fn every_named_preset_exists() {
    assert_eq!(preset_names().len(), 2);
    for name in preset_names() {
        preset(&name);
    }
}

#[test]
fn the_worker_accounts_are_those_of_the_well_known_seeds() {
    for (seed, key) in ["//Alice//worker", "//Bob//worker"].iter().zip(WORKERS) {
        let pair = sr25519::Pair::from_string(seed, None).expect("a valid URI");
        assert_eq!(pair.public().0, key, "{seed}: {}", pair.public());
    }
}

/// The marketplace's draws count on a VRF output in every block.
#[test]
fn every_block_carries_a_vrf_output() {
    assert_eq!(
        EPOCH_CONFIG.allowed_slots,
        AllowedSlots::PrimaryAndSecondaryVRFSlots
    );
}

#[cfg(feature = "try-runtime")]
#[test]
fn every_pallet_finds_its_invariants_kept_at_genesis() {
    use crate::{AllPalletsWithSystem, BlockNumber};
    use frame_support::traits::{TryState, TryStateSelect};
    for name in preset_names() {
        externalities(&name).execute_with(|| {
            <AllPalletsWithSystem as TryState<BlockNumber>>::try_state(0, TryStateSelect::All)
                .expect("invariants hold");
        });
    }
}
