//! Proofs to check together, made in moments.

use anyhow::Result;
use rand::rngs::OsRng;
use swarm_prover::{setup_development, BatchInput, BatchOutput, StatementTag};
use swarm_zk_host::bn254;

use super::{network, wasm::Wasm};

/// Proofs that are checked together.
pub const PROOFS: usize = 32;
/// Widths of the network they are of. A check costs the same whatever the network, as keys and
/// proofs have one size; so the proofs are of one whose proofs take no time to make.
pub const NETWORK: &str = "8-4-2";

/// Distinct proofs under one key: one batch each of a job.
pub struct Together {
    pub vk: Vec<u8>,
    /// One after the other.
    pub statements: Vec<u8>,
    /// In the same order.
    pub proofs: Vec<u8>,
}

impl Together {
    pub fn new() -> Result<Self> {
        let topology = network::topology(NETWORK)?;
        let keys = setup_development(&topology, 1, &mut OsRng)?;
        let model = network::model(&topology, 1)?;
        let mut together = Self {
            vk: keys.verifying,
            statements: Vec::new(),
            proofs: Vec::new(),
        };
        for batch in 0..PROOFS as u32 {
            let input = BatchInput::public(network::rows(&topology, 1, u64::from(batch))?);
            let output = BatchOutput {
                rows: model.run(&input.rows)?,
                blind_y: input.blind_y,
            };
            let job = StatementTag {
                genesis: [1; 32],
                job: [2; 32],
                batch,
                provider: [3; 32],
            };
            let proof =
                keys.proving
                    .prove(&model, &input, &output, &job, &mut OsRng, &mut |_| ())?;
            together.statements.extend(proof.statement.to_bytes());
            together.proofs.extend(proof.bytes);
        }
        Ok(together)
    }

    /// Checks all of them through the host function.
    pub fn verify(&self) -> Result<()> {
        Ok(bn254::verify_batch(
            &self.vk,
            &self.statements,
            &self.proofs,
        )?)
    }

    /// Checks all of them in WebAssembly.
    pub fn verify_in(&self, wasm: &Wasm) -> Result<()> {
        wasm.verify_batch(&self.vk, &self.statements, &self.proofs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use swarm_prover::{PROOF_BYTES, STATEMENT_BYTES};

    #[test]
    fn the_proofs_are_distinct_and_verify_and_a_changed_one_does_not() {
        let mut together = Together::new().unwrap();
        assert_eq!(together.statements.len(), PROOFS * STATEMENT_BYTES);
        assert_eq!(together.proofs.len(), PROOFS * PROOF_BYTES);
        let mut distinct: Vec<&[u8]> = together.proofs.chunks(PROOF_BYTES).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), PROOFS);
        together.verify().unwrap();
        together.statements[STATEMENT_BYTES * 20] ^= 1;
        let error = together.verify().unwrap_err().to_string();
        assert!(error.starts_with("proof 20: "), "{error}");
    }
}
