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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::locator,
        testing::{app, keys},
    };
    use sp_core::crypto::AccountId32;
    use swarmwork_primitives::CircuitInfo;

    fn circuit(commitment_key: &[u8]) -> (H256, CircuitView) {
        let info = swarm_groth16::inspect_key(&keys().verifying).unwrap();
        let view = CircuitView {
            owner: AccountId32::new([0; 32]),
            info: CircuitInfo {
                attested: true,
                batch: info.batch,
                input_len: info.input_len,
                output_len: info.output_len,
                macs: info.macs,
            },
            verifying_key: keys().verifying.clone(),
            proving_key: Default::default(),
            commitment_key: locator(ContentId::of(commitment_key), "").unwrap(),
        };
        (H256(info.id), view)
    }

    #[tokio::test]
    async fn only_the_key_that_the_chain_names_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path());
        let bytes = keys().commitment.to_bytes();
        let (id, view) = circuit(&bytes);
        let path = folder.path().join(COMMITMENT_KEY_FILE);
        std::fs::write(&path, &bytes).unwrap();
        let from_folder = commitment_key(&app, id, &view, Some(folder.path())).await;
        assert_eq!(from_folder.unwrap().to_bytes(), bytes);
        app.folders.cache_store().unwrap().put(&bytes).unwrap();
        let from_cache = commitment_key(&app, id, &view, None).await;
        assert_eq!(from_cache.unwrap().to_bytes(), bytes);

        let error = commitment_key(&app, H256::zero(), &view, None)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("another circuit"), "{error}");
        std::fs::write(&path, b"other").unwrap();
        let error = commitment_key(&app, id, &view, Some(folder.path()))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("not the commitment key"),
            "{error}"
        );
        assert_eq!(crate::failure::exit_code(&error), 6);
        let (id, view) = circuit(b"no key");
        app.folders.cache_store().unwrap().put(b"no key").unwrap();
        let error = commitment_key(&app, id, &view, None).await.unwrap_err();
        assert!(error.to_string().contains("not valid"), "{error}");
        let (id, view) = circuit(b"nowhere");
        let error = format!(
            "{:#}",
            commitment_key(&app, id, &view, None).await.unwrap_err()
        );
        assert!(
            error.contains("--keys") && error.contains("no place"),
            "{error}"
        );
    }
}
