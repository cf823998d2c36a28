//! The bearer token that guards the API, and the file it lies in.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{bail, Context};
use rand::{rngs::OsRng, RngCore};
use subtle::ConstantTimeEq;

/// Digest of the token: comparing digests takes the same time whatever was sent, and its length.
#[derive(Clone)]
pub struct Token(blake3::Hash);

impl Token {
    /// The token with this text.
    ///
    /// # Errors
    /// Where the text could not be sent in a header, or is too short to be a secret.
    pub fn new(text: &str) -> anyhow::Result<Self> {
        if text.len() < 16 || !text.bytes().all(|b| b.is_ascii_graphic()) {
            bail!("a token is at least 16 printable ASCII characters without spaces");
        }
        Ok(Self(blake3::hash(text.as_bytes())))
    }

    /// Reads the token from `path`; where there is no file, makes one (mode 0600) with a random
    /// token.
    pub fn from_file(path: &Path) -> anyhow::Result<Self> {
        match Self::create(path) {
            Ok(token) => {
                tracing::info!(path = %path.display(), "made a new token file");
                return Ok(token);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => {
                return Err(e).with_context(|| format!("cannot make token file {}", path.display()))
            }
        }
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read token file {}", path.display()))?;
        let mode = fs::metadata(path)
            .map(|m| m.permissions().mode())
            .unwrap_or(0);
        if mode & 0o077 != 0 {
            tracing::warn!(path = %path.display(), "other users can read the token: chmod 600 it");
        }
        Self::new(text.trim()).with_context(|| {
            format!(
                "token file {}: delete it to have a new one made",
                path.display()
            )
        })
    }

    fn create(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        let mut secret = [0; 32];
        OsRng.fill_bytes(&mut secret);
        let text = hex::encode(secret);
        writeln!(file, "{text}")?;
        file.sync_all()?;
        Ok(Self(blake3::hash(text.as_bytes())))
    }

    /// Whether `text` is the token, in constant time.
    pub fn matches(&self, text: &str) -> bool {
        blake3::hash(text.as_bytes())
            .as_bytes()
            .ct_eq(self.0.as_bytes())
            .into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_file_is_private_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let made = Token::from_file(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.trim().len(), 64);
        assert!(made.matches(text.trim()));
        let read = Token::from_file(&path).unwrap();
        assert!(read.matches(text.trim()));
        assert!(!read.matches(""));
        assert!(!read.matches(&text.trim()[1..]));
        assert!(!read.matches(&"0".repeat(64)));
    }

    #[test]
    fn unusable_tokens_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for text in ["", "\n", "short", "has a space in its middle"] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", Token::from_file(&path).unwrap_err());
            assert!(error.contains("at least 16 printable"), "{error}");
        }
        let error = format!(
            "{:#}",
            Token::from_file(&folder.path().join("no/where")).unwrap_err()
        );
        assert!(error.contains("no/where"), "{error}");
    }
}
