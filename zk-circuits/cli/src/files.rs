//! Paths the commands take: key folders or single files, topologies, hex values.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure, Context, Result};
use swarm_network::{Model, Topology};
use swarm_prover::{CommitmentKey, ProvingKey, Shape, COMMITMENT_KEY_FILE, PROVING_KEY_FILE};

/// A file, or the file of that name within a folder.
fn within(path: &Path, name: &str) -> PathBuf {
    if path.is_dir() {
        path.join(name)
    } else {
        path.to_path_buf()
    }
}

/// Says which file an error is about, unless it does so itself.
pub fn named<T>(path: &Path, result: Result<T, swarm_prover::Error>) -> Result<T> {
    result.map_err(|error| match error {
        swarm_prover::Error::Read { .. } => error.into(),
        _ => anyhow::Error::new(error).context(format!("{} cannot be used", path.display())),
    })
}

pub fn commitment_key(path: &Path) -> Result<CommitmentKey> {
    let path = within(path, COMMITMENT_KEY_FILE);
    named(&path, CommitmentKey::read(&path))
}

/// `streamed`: its queries stay in the file.
pub fn proving_key(path: &Path, streamed: bool) -> Result<ProvingKey> {
    let path = within(path, PROVING_KEY_FILE);
    let key = match streamed {
        true => ProvingKey::open(&path),
        false => ProvingKey::read(&path),
    };
    named(&path, key)
}

pub fn verifying_key(path: &Path) -> Result<Vec<u8>> {
    read(&within(path, swarm_prover::VERIFYING_KEY_FILE))
}

/// The circuit of all models of a topology, or of one model, ready for key generation; and what the
/// network is called.
pub fn shape(path: &Path, baked: bool, batch: usize) -> Result<(Shape, String)> {
    let is_model = path.extension().is_some_and(|e| e == "safetensors");
    ensure!(
        is_model || !baked,
        "--baked needs the weights: give --topology a model file (*.safetensors), not {}",
        path.display()
    );
    if !is_model {
        let topology = Topology::read(path)?;
        return Ok((Shape::new(&topology, batch)?, topology.label()));
    }
    let model = Model::read(path)?;
    let shape = match baked {
        true => Shape::baked(&model, batch)?,
        false => Shape::new(model.topology(), batch)?,
    };
    Ok((shape, model.topology().label()))
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// 32 bytes from hex, with or without `0x`; for clap.
pub fn parse_bytes32(text: &str) -> Result<[u8; 32], String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes = hex::decode(digits).map_err(|e| format!("not hex: {e}"))?;
    bytes
        .try_into()
        .map_err(|b: Vec<u8>| format!("{} bytes, 32 are needed (64 hex digits)", b.len()))
}

/// Refuses to write over existing files unless told to.
pub fn refuse_existing(paths: &[PathBuf], force: bool) -> Result<()> {
    match paths.iter().find(|p| p.exists()) {
        Some(path) if !force => bail!(
            "{} exists; give --force to replace it, or another place",
            path.display()
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_named_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PROVING_KEY_FILE);
        for (exists, reason) in [(false, "No such file"), (true, "not a proving key file")] {
            if exists {
                write(&path, b"nothing of the kind").unwrap();
            }
            for streamed in [false, true] {
                let error = proving_key(folder.path(), streamed).unwrap_err();
                let error = format!("{error:#}");
                assert!(error.contains(reason), "{error}");
                assert_eq!(error.matches(PROVING_KEY_FILE).count(), 1, "{error}");
            }
        }
    }

    #[test]
    fn hex_of_another_length_is_refused() {
        let good = "ab".repeat(32);
        assert_eq!(parse_bytes32(&good), Ok([0xab; 32]));
        assert_eq!(parse_bytes32(&format!("0x{good}")), Ok([0xab; 32]));
        assert!(parse_bytes32(&good[2..]).unwrap_err().contains("31 bytes"));
        assert!(parse_bytes32("0xzz").unwrap_err().contains("not hex"));
    }
}
