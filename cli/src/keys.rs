//! Commitment keys: read from a folder of keys, or fetched by the content id the chain keeps.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure, Context, Result};
use sp_core::H256;
use swarm_prover::{CommitmentKey, COMMITMENT_KEY_FILE};
use swarm_store::ContentId;

use crate::{
    app::{off_chain, read_file, sources, App},
    chain::CircuitView,
    failure::Failure,
};

/// Largest commitment key that is fetched, bytes.
const MAX_COMMITMENT_KEY: u64 = 8 << 30;

/// The file in a folder of keys, or an error that says how to make it.
pub fn key_file(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    ensure!(
        path.is_file(),
        "{} has no {name}; make keys with `swarm-zk setup`",
        folder.display()
    );
    Ok(path)
}

/// The circuit's commitment key: from `folder` if one is named, else from the cache or from where
/// the chain says it may be fetched. Its bytes always have the content id that the chain keeps.
pub async fn commitment_key(
    app: &App,
    id: H256,
    circuit: &CircuitView,
    folder: Option<&Path>,
) -> Result<CommitmentKey> {
    let content = off_chain(circuit.commitment_key.content);
    let bytes = match folder {
        Some(folder) => {
            let path = key_file(folder, COMMITMENT_KEY_FILE)?;
            let bytes = read_file(&path)?;
            if ContentId::of(&bytes) != content {
                bail!(Failure::Mismatch(format!(
                    "{} is not the commitment key of circuit {id:?}: its content id is {}, the \
                     chain's is {content}",
                    path.display(),
                    ContentId::of(&bytes)
                )));
            }
            bytes
        }
        None => app
            .blobs
            .get(
                &app.folders.cache_store()?,
                content,
                &sources(&circuit.commitment_key),
                MAX_COMMITMENT_KEY,
                "the commitment key",
            )
            .await
            .with_context(|| {
                format!(
                    "the commitment key of circuit {id:?} is needed; if you have the circuit's \
                         keys, name their folder with --keys"
                )
            })?,
    };
    let task = app.progress.spinner("checking the commitment key");
    let key = tokio::task::spawn_blocking(move || CommitmentKey::from_bytes(&bytes))
        .await
        .context("checking the commitment key was interrupted")?
        .with_context(|| format!("the commitment key of circuit {id:?} is not valid"))?;
    drop(task);
    if key.verifying_key().id() != id.0 {
        bail!(Failure::Mismatch(format!(
            "the commitment key that the chain names for circuit {id:?} belongs to another circuit"
        )));
    }
    Ok(key)
}
