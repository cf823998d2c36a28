//! The chains that the node knows by name.

use sc_service::{ChainSpec as _, ChainType, GenericChainSpec, NoExtension, Properties};
use serde_json::Value;
use sp_core::storage::{well_known_keys, Storage};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_runtime::BuildStorage;
use std::path::PathBuf;
use swarmwork_runtime::{genesis_presets, Runtime, RuntimeGenesisConfig, WASM_BINARY};

/// A chain specification. Its second parameter lets genesis be built by a runtime that imports our
/// host functions.
pub type ChainSpec = GenericChainSpec<NoExtension, crate::service::OwnHostFunctions>;

/// The specification named `id`: `dev`, `local` (also the default), or the path of a file.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    match named(id) {
        Some(chain) => chain.specification(),
        None => from_file(id),
    }
}

/// As [`load`], with the genesis state of a named chain already built.
///
/// The state is what the wasm runtime would build, but made by the same code compiled into this
/// program: that spares a start two compilations of the wasm runtime, of many seconds each.
pub fn load_with_state(id: &str) -> Result<ChainSpec, String> {
    let mut specification = load(id)?;
    if let Some(chain) = named(id) {
        specification.set_storage(chain.genesis_state()?);
    }
    Ok(specification)
}

/// A chain that comes with the node.
struct Named {
    name: &'static str,
    id: &'static str,
    kind: ChainType,
    preset: &'static str,
}

/// Alice alone; 1 s slots; well-known keys.
const DEVELOPMENT: Named = Named {
    name: "Swarmwork Development",
    id: "swarmwork_dev",
    kind: ChainType::Development,
    preset: DEV_RUNTIME_PRESET,
};

/// Alice and Bob; 2 s slots; well-known keys.
const LOCAL_TESTNET: Named = Named {
    name: "Swarmwork Local Testnet",
    id: "swarmwork_local",
    kind: ChainType::Local,
    preset: LOCAL_TESTNET_RUNTIME_PRESET,
};

fn named(id: &str) -> Option<&'static Named> {
    match id {
        "dev" => Some(&DEVELOPMENT),
        "" | "local" => Some(&LOCAL_TESTNET),
        _ => None,
    }
}

impl Named {
    fn specification(&self) -> Result<ChainSpec, String> {
        Ok(ChainSpec::builder(runtime_code()?, NoExtension::None)
            .with_name(self.name)
            .with_id(self.id)
            .with_protocol_id("swarmwork")
            .with_chain_type(self.kind.clone())
            .with_properties(properties())
            .with_genesis_config_patch(self.genesis_patch()?)
            .build())
    }

    /// The preset: what differs from the runtime's default genesis.
    fn genesis_patch(&self) -> Result<Value, String> {
        let patch = genesis_presets::get_preset(&self.preset.into())
            .ok_or_else(|| format!("the runtime has no genesis preset {:?}", self.preset))?;
        serde_json::from_slice(&patch)
            .map_err(|error| format!("the genesis preset {:?}: {error}", self.preset))
    }

    fn genesis_config(&self) -> Result<RuntimeGenesisConfig, String> {
        let failed =
            |error: serde_json::Error| format!("the genesis preset {:?}: {error}", self.preset);
        let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).map_err(failed)?;
        sc_chain_spec::json_patch::merge(&mut config, self.genesis_patch()?);
        serde_json::from_value(config).map_err(failed)
    }

    fn genesis_state(&self) -> Result<Storage, String> {
        let mut storage = self
            .genesis_config()?
            .build_storage()
            .map_err(|error| format!("the genesis preset {:?}: {error}", self.preset))?;
        storage
            .top
            .insert(well_known_keys::CODE.to_vec(), runtime_code()?.to_vec());
        Ok(storage)
    }
}

fn runtime_code() -> Result<&'static [u8], String> {
    WASM_BINARY.ok_or_else(|| {
        "this node was built without a wasm runtime (SKIP_WASM_BUILD was set), so it can only \
         start chains from a raw specification file; build it again without SKIP_WASM_BUILD"
            .into()
    })
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
        .and_then(|specification| {
            refuse_development_keys(&specification)
                .map_err(|error| format!("the chain specification {path}: {error}"))?;
            Ok(specification)
        })
}

/// Refuses a live chain whose genesis makes it one for development: it would take keys made by one
/// party, who can forge proofs under them, and trust every key.
fn refuse_development_keys(specification: &ChainSpec) -> Result<(), String> {
    if specification.chain_type() != ChainType::Live {
        return Ok(());
    }
    let state = specification.build_storage()?;
    match state
        .top
        .get(&pallet_circuits::Development::<Runtime>::hashed_key()[..])
    {
        Some(flag) if flag[..] != [0] => Err(
            "a live chain must not take development keys: set circuits.development to false in \
             its genesis, or its chainType to Development or Local"
                .into(),
        ),
        _ => Ok(()),
    }
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

    /// Nodes that build genesis here and nodes that read an exported file are on one chain.
    #[test]
    fn genesis_is_the_same_built_here_and_by_the_wasm_runtime() {
        for id in ["dev", "local"] {
            let by_wasm = load(id).expect("exists").build_storage().expect("builds");
            let here = load_with_state(id)
                .expect("exists")
                .build_storage()
                .expect("builds");
            let keys = |storage: &Storage| storage.top.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&here), keys(&by_wasm), "{id}");
            assert!(here.top == by_wasm.top, "{id}: a value differs");
            assert!(here.children_default.is_empty() && by_wasm.children_default.is_empty());
        }
    }

    #[test]
    fn what_is_exported_can_be_read() {
        for id in ["dev", "local"] {
            let spec = load_with_state(id).expect("exists");
            for raw in [true, false] {
                let json = spec.as_json(raw).expect("exports");
                let read = ChainSpec::from_json_bytes(json.into_bytes()).expect("round trip");
                assert_eq!(read.id(), spec.id());
                assert_eq!(read.properties()["tokenSymbol"], "SWARM");
            }
        }
    }

    #[test]
    fn named_chains_cannot_be_confused() {
        assert_ne!(DEVELOPMENT.id, LOCAL_TESTNET.id);
        assert_ne!(DEVELOPMENT.preset, LOCAL_TESTNET.preset);
    }

    /// A file with a genesis state that the chain's own pallets built, but for the runtime's code.
    fn specification(kind: ChainType, development: bool) -> tempfile::NamedTempFile {
        let mut config = DEVELOPMENT.genesis_config().expect("exists");
        config.circuits.development = development;
        let mut specification = ChainSpec::builder(&[0], NoExtension::None)
            .with_chain_type(kind)
            .with_genesis_config(Value::Null)
            .build();
        specification.set_storage(config.build_storage().expect("builds"));
        let json = specification.as_json(true).expect("exports");
        let file = tempfile::NamedTempFile::new().expect("there is room");
        std::fs::write(file.path(), json).expect("there is room");
        file
    }

    #[test]
    fn live_chains_do_not_take_development_keys() {
        let loads = |kind, development| {
            let file = specification(kind, development);
            load(file.path().to_str().expect("is text")).map(|_| ())
        };
        let error = loads(ChainType::Live, true).expect_err("is refused");
        assert!(error.contains("circuits.development"), "{error}");
        assert_eq!(loads(ChainType::Live, false), Ok(()));
        assert_eq!(loads(ChainType::Local, true), Ok(()));
        assert_eq!(loads(ChainType::Development, true), Ok(()));
        // Who says nothing about it gets a chain that refuses them.
        assert!(!RuntimeGenesisConfig::default().circuits.development);
    }

    #[test]
    fn an_unknown_chain_is_named_in_the_error() {
        let error = load("no-such-chain").err().expect("does not exist");
        assert!(error.contains("\"no-such-chain\""), "{error}");
    }
}
