//! The key that signs, from where no other user of the machine can read it.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{bail, Context, Result};
use subxt_signer::{sr25519::Keypair, SecretUri};

use crate::app::COMMON;

/// Variable that may hold the secret.
pub const VARIABLE: &str = "SWARM_SURI";

/// Who signs. Without these options the secret is taken from the variable SWARM_SURI.
#[derive(clap::Args, Clone, Debug)]
pub struct KeyArgs {
    /// A development name such as //Alice (real secrets do not belong on a command line).
    #[arg(
        long,
        global = true,
        value_name = "//NAME",
        conflicts_with = "suri_file",
        help_heading = COMMON
    )]
    suri: Option<String>,
    /// File with the secret: a phrase, 0x and a seed, or a derivation path.
    #[arg(long, global = true, value_name = "FILE", help_heading = COMMON)]
    suri_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The key, if one was named.
    pub fn optional(&self) -> Result<Option<Keypair>> {
        if let Some(suri) = &self.suri {
            if !suri.starts_with("//") {
                bail!(
                    "--suri takes only development names such as //Alice, because every user of \
                     this machine can read command lines; put the secret into a file for \
                     --suri-file, or into the variable {VARIABLE}"
                );
            }
            return keypair(suri).context("--suri").map(Some);
        }
        if let Some(path) = &self.suri_file {
            return read(path).map(Some);
        }
        match std::env::var(VARIABLE) {
            Ok(suri) => keypair(suri.trim()).context(VARIABLE).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The key, or an error that says how to name one.
    pub fn required(&self) -> Result<Keypair> {
        self.optional()?.with_context(|| {
            format!(
                "no key to sign with: give --suri-file FILE, set {VARIABLE}, or on a development \
                 chain say --suri //Alice"
            )
        })
    }
}

/// Reads a secret file.
pub fn read(path: &Path) -> Result<Keypair> {
    let secret =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    if others_may_read(path) {
        eprintln!(
            "warning: other users may read {0}; mend it with: chmod 600 {0}",
            path.display()
        );
    }
    keypair(secret.trim()).with_context(|| path.display().to_string())
}

/// The key of a secret URI. The error never repeats the secret.
pub fn keypair(suri: &str) -> Result<Keypair> {
    let uri = SecretUri::from_str(suri).ok().context(
        "this is no secret: expected a phrase, 0x and 64 hex digits, or a path such as //Alice",
    )?;
    Keypair::from_uri(&uri)
        .ok()
        .context("this is no secret: the phrase or seed is not valid")
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt_signer::sr25519::dev;

    fn args(suri: Option<&str>, file: Option<&Path>) -> KeyArgs {
        KeyArgs {
            suri: suri.map(str::to_string),
            suri_file: file.map(Path::to_path_buf),
        }
    }

    #[test]
    fn development_names_and_files_give_keys() {
        let alice = dev::alice().public_key().0;
        let key = args(Some("//Alice"), None).required().unwrap();
        assert_eq!(key.public_key().0, alice);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "//Alice\n").unwrap();
        let key = args(None, Some(&path)).required().unwrap();
        assert_eq!(key.public_key().0, alice);
    }

    #[test]
    fn secrets_on_the_command_line_are_refused_and_not_repeated() {
        let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
        let error = args(Some(phrase), None).required().err().unwrap();
        let message = format!("{error:#}");
        assert!(message.contains("--suri-file"), "{message}");
        assert!(!message.contains("bottom"), "{message}");
    }

    #[test]
    fn wrong_secrets_are_not_repeated() {
        for wrong in ["bottom drive obey", "0x1234", "not; a secret"] {
            let message = format!("{:#}", keypair(wrong).err().unwrap());
            assert!(message.contains("no secret"), "{message}");
            assert!(!message.contains(wrong), "{message}");
        }
    }
}
