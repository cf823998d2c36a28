//! The chains that the node knows by name.

use sc_service::{ChainType, GenericChainSpec, NoExtension, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;
use swarmwork_runtime::WASM_BINARY;

/// A chain specification. Its second parameter lets genesis be built by a runtime that imports our
/// host functions.
pub type ChainSpec = GenericChainSpec<NoExtension, crate::service::OwnHostFunctions>;

/// The specification named `id`: `dev`, `local` (also the default), or the path of a file.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    match id {
        "dev" => development(),
        "" | "local" => local_testnet(),
        path => from_file(path),
    }
}

/// One validator, Alice; 1 s slots; well-known keys.
fn development() -> Result<ChainSpec, String> {
    named(
        "Swarmwork Development",
        "swarmwork_dev",
        ChainType::Development,
        DEV_RUNTIME_PRESET,
    )
}

/// Two validators, Alice and Bob; 2 s slots; well-known keys.
fn local_testnet() -> Result<ChainSpec, String> {
    named(
        "Swarmwork Local Testnet",
        "swarmwork_local",
        ChainType::Local,
        LOCAL_TESTNET_RUNTIME_PRESET,
    )
}

fn named(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
    let code = WASM_BINARY.ok_or(
        "this node was built without a wasm runtime (SKIP_WASM_BUILD was set), so it can only \
         start chains from a raw specification file; build it again without SKIP_WASM_BUILD",
    )?;
    Ok(ChainSpec::builder(code, NoExtension::None)
        .with_name(name)
        .with_id(id)
        .with_protocol_id("swarmwork")
        .with_chain_type(kind)
        .with_properties(properties())
        .with_genesis_config_preset_name(preset)
        .build())
}

fn from_file(path: &str) -> Result<ChainSpec, String> {
    let file = PathBuf::from(path);
    if !file.is_file() {
        return Err(format!(
            "there is no chain named {path:?} and no file of that name: use `dev`, `local` or the \
             path of a chain specification"
        ));
    }
    ChainSpec::from_json_file(file)
        .map_err(|error| format!("cannot read the chain specification {path}: {error}"))
}

/// What wallets show.
fn properties() -> Properties {
    [
        ("tokenSymbol", "SWARM".into()),
        ("tokenDecimals", 12.into()),
        ("ss58Format", 42.into()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sc_service::ChainSpec as _;

    #[test]
    fn named_chains_have_their_own_ids_and_build() {
        let dev = load("dev").expect("the preset exists");
        let local = load("local").expect("the preset exists");
        assert_ne!(dev.id(), local.id());
        for spec in [dev, local] {
            let raw = spec.as_json(true).expect("genesis builds");
            assert!(raw.contains("\"genesis\""));
            // And what was written can be read.
            let read = ChainSpec::from_json_bytes(raw.into_bytes()).expect("round trip");
            assert_eq!(read.id(), spec.id());
            assert_eq!(read.properties()["tokenSymbol"], "SWARM");
        }
    }

    #[test]
    fn an_unknown_chain_is_named_in_the_error() {
        let error = load("no-such-chain").expect_err("does not exist");
        assert!(error.contains("\"no-such-chain\""), "{error}");
    }
}
