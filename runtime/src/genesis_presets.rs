//! Named genesis configurations: `development` and `local_testnet`.
//!
//! Both are patches over the default genesis and hold well-known keys: for networks on which
//! nothing is at stake.

use crate::{
    configs::{babe::EPOCH_CONFIG, swarm_work::DEV_PACE, treasury::TreasuryAccount},
    currency::{EXISTENTIAL_DEPOSIT, UNIT},
    timing, AccountId, BabeConfig, Balance, BalancesConfig, CircuitsConfig, GovernanceConfig,
    RuntimeGenesisConfig, SessionConfig, SessionKeys, StakingConfig, SwarmWorkConfig, TimingConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_staking::StakerStatus;
use sp_core::{hex2array, sr25519};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;
use swarmwork_primitives::parameters::GENESIS;

/// What each of the twelve well-known accounts starts with: together supply as the parameters of the
/// economy assume it, but for what workers and the treasury start with.
pub const ENDOWMENT: Balance = GENESIS / 12;
/// What each genesis validator has at stake.
pub const STAKE: Balance = 1_000_000 * UNIT;
/// What each well-known worker key starts with: enough to advance the fees of its reports.
pub const WORKER_ENDOWMENT: Balance = 1_000 * UNIT;
/// Slot and epoch of a development chain: 1 s and 30 s.
pub const DEV_TIMING: (u64, u64) = (1_000, 30);
/// Blocks in a day of governance on these networks: the table of classes is that of any network,
/// and its clocks run some thousand times faster.
pub const GOVERNANCE_DAY: u32 = 6;
/// Slot and epoch of a local test network: 2 s and 2 min.
pub const LOCAL_TIMING: (u64, u64) = (timing::DEFAULT_SLOT_MILLIS, timing::DEFAULT_EPOCH_SLOTS);

/// sr25519 public keys of `//Alice//worker` and `//Bob//worker`: derived by the tests, since the
/// runtime itself cannot derive.
pub const WORKERS: [[u8; 32]; 2] = [
    hex2array!("de0890e2f871c4263480188c3c6f27194198a61f1c56da846851a02554e19f3f"),
    hex2array!("c406f0636e27e7bb858d01d7683eafa66827d32cec3ad3d44287e35848abab2a"),
];

fn session_keys(babe: Sr25519Keyring, grandpa: Ed25519Keyring) -> SessionKeys {
    SessionKeys {
        babe: sr25519::Public::from(babe).into(),
        grandpa: grandpa.public().into(),
    }
}

/// A network of the given validators, each its own stash, at the given pace.
fn network(
    validators: &[(Sr25519Keyring, Ed25519Keyring)],
    (slot_millis, epoch_slots): (u64, u64),
) -> serde_json::Value {
    let mut balances: Vec<(AccountId, Balance)> = Sr25519Keyring::well_known()
        .map(|key| (key.to_account_id(), ENDOWMENT))
        .collect();
    balances.extend(WORKERS.map(|key| (key.into(), WORKER_ENDOWMENT)));
    balances.push((TreasuryAccount::get(), EXISTENTIAL_DEPOSIT));
    let count = validators.len() as u32;

    build_struct_json_patch!(RuntimeGenesisConfig {
        timing: TimingConfig {
            slot_millis,
            epoch_slots,
        },
        babe: BabeConfig {
            epoch_config: EPOCH_CONFIG,
        },
        balances: BalancesConfig { balances },
        staking: StakingConfig {
            validator_count: count,
            minimum_validator_count: count,
            invulnerables: vec![],
            slash_reward_fraction: Perbill::from_percent(10),
            min_nominator_bond: 100 * UNIT,
            min_validator_bond: 10_000 * UNIT,
            stakers: validators
                .iter()
                .map(|(key, _)| {
                    let account = key.to_account_id();
                    (account.clone(), account, STAKE, StakerStatus::Validator)
                })
                .collect::<Vec<_>>(),
        },
        circuits: CircuitsConfig { development: true },
        governance: GovernanceConfig {
            day: GOVERNANCE_DAY,
            technical: Some(Sr25519Keyring::Alice.to_account_id()),
        },
        swarm_work: SwarmWorkConfig {
            pace: Some(DEV_PACE),
        },
        session: SessionConfig {
            keys: validators
                .iter()
                .map(|(babe, grandpa)| {
                    let account = babe.to_account_id();
                    (account.clone(), account, session_keys(*babe, *grandpa))
                })
                .collect::<Vec<_>>(),
        },
    })
}

/// The preset of that name, as a JSON patch.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let alice = (Sr25519Keyring::Alice, Ed25519Keyring::Alice);
    let bob = (Sr25519Keyring::Bob, Ed25519Keyring::Bob);
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => network(&[alice], DEV_TIMING),
        LOCAL_TESTNET_RUNTIME_PRESET => network(&[alice, bob], LOCAL_TIMING),
        _ => return None,
    };
    Some(patch.to_string().into_bytes())
}

/// Names of all presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(DEV_RUNTIME_PRESET),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
    ]
}
