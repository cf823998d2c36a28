//! Proof files: a proof with the statement it proves, as JSON with hex values.

use std::path::Path;

use anyhow::{bail, Context, Result};
use serde::{Deserialize, Serialize};
use swarm_prover::{Proof, Statement, PROOF_BYTES};

use crate::files;
use crate::report::hex;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    /// Id of the circuit: the hash of its verifying key.
    pub circuit: String,
    pub statement: StatementFile,
    /// The proof's bytes.
    pub proof: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementFile {
    pub genesis: String,
    pub job: String,
    pub batch: u32,
    pub provider: String,
    pub c_w: String,
    pub c_x: String,
}

impl ProofFile {
    pub fn new(circuit: [u8; 32], proof: &Proof) -> Self {
        let s = &proof.statement;
        Self {
            circuit: hex(circuit),
            statement: StatementFile {
                genesis: hex(s.genesis),
                job: hex(s.job),
                batch: s.batch,
                provider: hex(s.provider),
                c_w: hex(s.c_w),
                c_x: hex(s.c_x),
            },
            proof: hex(proof.bytes),
        }
    }

    pub fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path)?;
        serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a proof file", path.display()))
    }

    /// The statement as the verifier takes it.
    pub fn statement(&self) -> Result<Statement> {
        let s = &self.statement;
        Ok(Statement {
            genesis: bytes32("genesis", &s.genesis)?,
            job: bytes32("job", &s.job)?,
            batch: s.batch,
            provider: bytes32("provider", &s.provider)?,
            c_w: bytes32("c_w", &s.c_w)?,
            c_x: bytes32("c_x", &s.c_x)?,
        })
    }

    pub fn circuit(&self) -> Result<[u8; 32]> {
        bytes32("circuit", &self.circuit)
    }

    /// The proof's bytes, of the right length.
    pub fn proof(&self) -> Result<[u8; PROOF_BYTES]> {
        let digits = self.proof.strip_prefix("0x").unwrap_or(&self.proof);
        let bytes = hex::decode(digits).context("field proof is not hex")?;
        match bytes.try_into() {
            Ok(proof) => Ok(proof),
            Err(bytes) => bail!(
                "the proof has {} bytes; a proof is exactly {PROOF_BYTES}",
                bytes.len()
            ),
        }
    }
}

fn bytes32(field: &str, text: &str) -> Result<[u8; 32]> {
    files::parse_bytes32(text).map_err(|e| anyhow::anyhow!("field {field}: {e}"))
}
