//! The code of a runtime in a file: what it is, whether a proposal means it, and applying it.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure, Context, Result};
use clap::Args;
use codec::Decode;
use sc_executor_common::runtime_blob::RuntimeBlob;
use serde_json::json;
use sp_core::H256;
use sp_maybe_compressed_blob::{compress_strongly, CODE_BLOB_BOMB_LIMIT};
use subxt::{dynamic, utils::Static};

use crate::{
    app::{read_file, App},
    chain::Chain,
    failure::Failure,
    output::Report,
    transact::send_unsigned,
};

use super::ProposalView;

#[derive(Args)]
pub struct CodeArgs {
    /// The runtime's wasm, compressed or not.
    file: PathBuf,
    /// Fail unless this proposal authorises exactly this code.
    #[arg(long, value_name = "NUMBER")]
    proposal: Option<u32>,
    /// Write the code, compressed, to this file, and speak of that.
    #[arg(long, value_name = "FILE")]
    compress: Option<PathBuf>,
}

/// A runtime's code, as it is proposed and applied.
pub struct Code {
    /// The file's content.
    pub bytes: Vec<u8>,
    /// What a proposal authorises: BLAKE2b-256 of the content.
    pub hash: H256,
    /// Which runtime it is.
    pub spec_name: String,
    /// Its version, which must be above the chain's.
    pub spec_version: u32,
}

impl Code {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not the code of a runtime.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(read_file(path)?)
            .with_context(|| format!("{} is not the code of a runtime", path.display()))
    }

    fn parse(bytes: Vec<u8>) -> Result<Self> {
        let blob = RuntimeBlob::uncompress_if_needed(&bytes).map_err(|e| anyhow!("{e}"))?;
        let section = blob
            .custom_section_contents("runtime_version")
            .context("it has no section `runtime_version`")?;
        // The first fields of every runtime's version; more follow.
        let (spec_name, _, _, spec_version) =
            <(String, String, u32, u32)>::decode(&mut &section[..])
                .context("its section `runtime_version` has an unknown form")?;
        Ok(Self {
            hash: H256(sp_crypto_hashing::blake2_256(&bytes)),
            bytes,
            spec_name,
            spec_version,
        })
    }

    /// The same code, compressed.
    fn compressed(self) -> Result<Self> {
        let bytes = sp_maybe_compressed_blob::decompress(&self.bytes, CODE_BLOB_BOMB_LIMIT)
            .map_err(|e| anyhow!("{e}"))?;
        let bytes = compress_strongly(&bytes, CODE_BLOB_BOMB_LIMIT)
            .context("the code is larger than a runtime may be")?;
        Self::parse(bytes)
    }

    /// Checks that the chain would take this code after its own.
    ///
    /// # Errors
    /// When it is another runtime's, or not a newer version.
    pub async fn follows(&self, chain: &Chain) -> Result<()> {
        let (name, version) = chain.runtime_version().await?;
        ensure!(
            self.spec_name == name,
            "this is the code of `{}`, but the chain at {} runs `{name}`",
            self.spec_name,
            chain.url()
        );
        ensure!(
            self.spec_version > version,
            "this code is version {}, but the chain at {} runs version {version} already",
            self.spec_version,
            chain.url()
        );
        Ok(())
    }

    fn report(&self) -> Report {
        Report::new(json!({
            "hash": format!("{:?}", self.hash),
            "bytes": self.bytes.len(),
            "spec_name": self.spec_name,
            "spec_version": self.spec_version,
        }))
        .line("hash", format!("{:?}", self.hash))
        .line("bytes", self.bytes.len())
        .line("runtime", &self.spec_name)
        .line("version", self.spec_version)
    }
}

/// `swarm governance code`
pub async fn show(app: &App, args: CodeArgs) -> Result<Report> {
    let mut code = Code::read(&args.file)?;
    if let Some(path) = &args.compress {
        code = code.compressed()?;
        std::fs::write(path, &code.bytes)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(index) = args.proposal {
        let chain = app.chain().await?;
        meant_by(&chain, &code, index).await?;
        code.follows(&chain).await?;
    }
    Ok(code.report())
}

/// Checks that a proposal is to authorise this code, and does nothing else.
async fn meant_by(chain: &Chain, code: &Code, index: u32) -> Result<()> {
    let view: Option<ProposalView> = chain.runtime_call("GovernanceApi_proposal", index).await?;
    let call = view
        .and_then(|view| view.call)
        .ok_or_else(|| Failure::NotFound(format!("no proposal {index} is voted on or waits")))?;
    let payload = dynamic::transaction("System", "authorize_upgrade", (Static(code.hash),));
    let bytes = chain.best().await?.transactions().call_data(&payload)?;
    if call != H256(sp_crypto_hashing::blake2_256(&bytes)) {
        return Err(Failure::Mismatch(format!(
            "proposal {index} does not authorise this code, whose hash is {:?}",
            code.hash
        ))
        .into());
    }
    Ok(())
}

/// `swarm governance apply-upgrade`
pub async fn apply(app: &App, file: &Path) -> Result<Report> {
    let code = Code::read(file)?;
    let chain = app.chain().await?;
    code.follows(&chain).await?;
    let authorised: Option<H256> = chain.authorised_upgrade().await?;
    match authorised {
        Some(hash) if hash == code.hash => {}
        Some(hash) => {
            return Err(Failure::Mismatch(format!(
                "the code with hash {hash:?} is authorised, not this one, whose hash is {:?}",
                code.hash
            ))
            .into())
        }
        None => {
            return Err(Failure::NotFound(
                "no code is authorised: a proposal must be enacted first".into(),
            )
            .into())
        }
    }
    let included = send_unsigned(
        &chain,
        "System",
        "apply_authorized_upgrade",
        (Static(code.bytes),),
        app.certainty(),
    )
    .await?;
    Ok(Report::new(json!({
        "hash": format!("{:?}", code.hash),
        "spec_version": code.spec_version,
        "block": included.number,
    }))
    .line("version", code.spec_version)
    .line("block", included.number)
    .line("", "the chain runs it from the next block on"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    /// A module with nothing but a section of that name.
    fn module(section: &str, content: &[u8]) -> Vec<u8> {
        let mut body = vec![section.len() as u8];
        body.extend(section.as_bytes());
        body.extend(content);
        let mut bytes = b"\0asm\x01\0\0\0\0".to_vec();
        bytes.push(body.len() as u8);
        bytes.extend(body);
        bytes
    }

    fn version() -> Vec<u8> {
        ("swarmwork", "node", 1u32, 7u32, 1u32, Vec::<u8>::new()).encode()
    }

    #[test]
    fn code_is_read_compressed_or_not() {
        let plain = Code::parse(module("runtime_version", &version())).expect("it is one");
        assert_eq!((&plain.spec_name[..], plain.spec_version), ("swarmwork", 7));
        let (hash, bytes) = (plain.hash, plain.bytes.clone());
        let packed = plain.compressed().expect("it can be compressed");
        assert_ne!(packed.bytes, bytes);
        assert_ne!(packed.hash, hash);
        assert_eq!(packed.spec_version, 7);
        // What is compressed already stays as it is.
        let (hash, again) = (packed.hash, packed.compressed().expect("it can be"));
        assert_eq!(again.hash, hash);
    }

    #[test]
    fn what_is_no_runtime_is_refused() {
        for (bytes, reason) in [
            (b"text".to_vec(), "module"),
            (module("other", &version()), "no section"),
            (module("runtime_version", &[200]), "unknown form"),
            (
                [&[82, 188, 83, 118, 70, 219, 142, 5][..], b"bad"].concat(),
                "ecompress",
            ),
        ] {
            let error = format!("{:#}", Code::parse(bytes).err().expect("it is refused"));
            assert!(error.contains(reason), "{error}");
        }
    }
}
