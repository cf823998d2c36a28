//! Tests of how the runtime is put together.

mod api;
mod buyer;
mod contracts;
mod docs;
mod economy;
mod exchange;
mod fees;
mod genesis;
mod governance;
mod money;
mod offchain;
mod powers;
mod purchases;
mod reputation;
mod roles;
mod sequences;
mod staking;
mod terminated;
mod upgrades;
mod wiring;

use crate::{apis, genesis_presets, RuntimeGenesisConfig};
use serde_json::Value;
use sp_io::TestExternalities;

/// The default genesis configuration, as JSON.
fn default_genesis() -> Value {
    let json =
        frame_support::genesis_builder_helper::get_preset::<RuntimeGenesisConfig>(&None, |_| None)
            .expect("the default always exists");
    serde_json::from_slice(&json).expect("JSON")
}

/// A preset merged over the default (RFC 7386), as a node does it.
fn preset(name: &str) -> Value {
    let patch = genesis_presets::get_preset(&name.into()).expect("the preset exists");
    let mut genesis = default_genesis();
    merge(&mut genesis, serde_json::from_slice(&patch).expect("JSON"));
    genesis
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                match value {
                    Value::Null => {
                        target.remove(&key);
                    }
                    value => merge(target.entry(key).or_insert(Value::Null), value),
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

/// The state at genesis of a preset.
fn externalities(name: &str) -> TestExternalities {
    let json = preset(name).to_string().into_bytes();
    let mut ext = TestExternalities::default();
    ext.execute_with(|| {
        frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(json)
            .expect("the preset builds")
    });
    ext.commit_all().expect("no open transaction");
    ext
}

#[test]
fn the_versions_of_all_apis_are_published() {
    // A tuple of (id, version) per trait; the list cannot shrink unnoticed.
    assert!(apis::VERSIONS.len() >= 15, "{}", apis::VERSIONS.len());
    assert_eq!(crate::VERSION.apis, apis::VERSIONS);
}
