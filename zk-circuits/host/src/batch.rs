//! Batches of statements and proofs as they cross from the runtime.

use swarm_groth16::{Statement, PROOF_BYTES, STATEMENT_BYTES};

/// Each statement with its proof; `None` unless both are equally many whole records.
pub(crate) fn split<'a>(statements: &[u8], proofs: &'a [u8]) -> Option<Vec<(Statement, &'a [u8])>> {
    let count = statements.len() / STATEMENT_BYTES;
    if statements.len() != count * STATEMENT_BYTES || proofs.len() != count * PROOF_BYTES {
        return None;
    }
    statements
        .chunks_exact(STATEMENT_BYTES)
        .map(Statement::from_bytes)
        .zip(proofs.chunks_exact(PROOF_BYTES))
        .map(|(statement, proof)| statement.map(|statement| (statement, proof)))
        .collect()
}
