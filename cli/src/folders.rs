//! Where this program keeps things: what can be fetched again, and what cannot.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use swarm_store::Store;

/// The user's folders of this program.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Keys and models, verified by content id; may be deleted at any time.
    pub cache: PathBuf,
    /// Records, inputs (with their blinds) and delivered outputs of one's own jobs.
    pub data: PathBuf,
}

impl Folders {
    /// `SWARM_CACHE_DIR` and `SWARM_DATA_DIR`, else the places the XDG base directory
    /// specification gives.
    pub fn of_user() -> Result<Self> {
        let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let place = |own: &str, xdg: &str, fallback: &str| -> Result<PathBuf> {
            if let Some(folder) = variable(own) {
                return Ok(PathBuf::from(folder));
            }
            let base = match variable(xdg) {
                Some(base) => PathBuf::from(base),
                None => {
                    let home = variable("HOME").with_context(|| {
                        format!(
                            "neither {own} nor HOME is set, so there is no folder to keep files in"
                        )
                    })?;
                    Path::new(&home).join(fallback)
                }
            };
            Ok(base.join("swarmwork"))
        };
        Ok(Self {
            cache: place("SWARM_CACHE_DIR", "XDG_CACHE_HOME", ".cache")?,
            data: place("SWARM_DATA_DIR", "XDG_DATA_HOME", ".local/share")?,
        })
    }

    /// Blobs that can be fetched again.
    pub fn cache_store(&self) -> Result<Store> {
        open(&self.cache.join("blobs"))
    }

    /// Blobs that belong to one's own jobs.
    pub fn data_store(&self) -> Result<Store> {
        make_private(&self.data)?;
        open(&self.data.join("blobs"))
    }
}

fn open(path: &Path) -> Result<Store> {
    Ok(Store::open(path, u64::MAX)?)
}

/// Makes the folder, readable by its owner only: inputs and blinds are secrets.
pub fn make_private(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}
