//! The verifier in WebAssembly: what a check costs where the host has no function for it.
//!
//! `WASM_BINARY` is this crate, built as the runtime is: by the same builder, for the same target.
//! The node's executor can run it as it runs a runtime; it asks its host for memory and for nothing
//! else. No chain uses it: it is there to be measured.
//!
//! Each call gets an instance of its own, as each call into a runtime does. So nothing is left of
//! the last one, and the verifying key is read, checked and prepared every time.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
mod entry_points;

use alloc::vec::Vec;
use core::hint::black_box;

use swarm_groth16::{
    BatchError, KeyError, PreparedKey, Statement, VerifyError, PROOF_BYTES, STATEMENT_BYTES,
    VERIFYING_KEY_BYTES,
};

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

/// Reads, checks and prepares a verifying key: the part of [`verify`] and [`verify_batch`] that
/// does not depend on a proof.
pub fn prepare(vk: &[u8]) -> Result<(), KeyError> {
    // Nobody uses the key, and yet it must be prepared.
    black_box(PreparedKey::from_bytes(vk)?);
    Ok(())
}

/// Checks a proof. The input is a verifying key, a statement (164 bytes) and the proof (192 bytes),
/// without separators.
pub fn verify(input: &[u8]) -> Result<(), VerifyError> {
    let (vk, rest) = input
        .split_at_checked(VERIFYING_KEY_BYTES)
        .ok_or(VerifyError::MalformedKey)?;
    let (statement, proof) = rest
        .split_at_checked(STATEMENT_BYTES)
        .ok_or(VerifyError::StatementLength)?;
    let statement = Statement::from_bytes(statement).ok_or(VerifyError::StatementLength)?;
    swarm_groth16::verify(vk, &statement, proof)
}

/// Checks proofs under one key together. The input is a verifying key, all statements and then all
/// proofs in the same order, without separators.
pub fn verify_batch(input: &[u8]) -> Result<(), BatchError> {
    let (vk, rest) = input
        .split_at_checked(VERIFYING_KEY_BYTES)
        .ok_or(BatchError::MalformedKey)?;
    let count = rest.len() / (STATEMENT_BYTES + PROOF_BYTES);
    if rest.len() != count * (STATEMENT_BYTES + PROOF_BYTES) {
        return Err(BatchError::Length);
    }
    let (statements, proofs) = rest.split_at(count * STATEMENT_BYTES);
    let batch: Vec<(Statement, &[u8])> = statements
        .chunks_exact(STATEMENT_BYTES)
        .map(Statement::from_bytes)
        .zip(proofs.chunks_exact(PROOF_BYTES))
        .map(|(statement, proof)| statement.map(|statement| (statement, proof)))
        .collect::<Option<_>>()
        .ok_or(BatchError::Length)?;
    PreparedKey::from_bytes(vk)
        .map_err(|_| BatchError::MalformedKey)?
        .verify_batch(&batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR_BYTES: usize = STATEMENT_BYTES + PROOF_BYTES;

    #[test]
    fn the_input_of_a_check_has_its_length() {
        for (length, error) in [
            (0, VerifyError::MalformedKey),
            (VERIFYING_KEY_BYTES - 1, VerifyError::MalformedKey),
            (VERIFYING_KEY_BYTES, VerifyError::StatementLength),
            (
                VERIFYING_KEY_BYTES + STATEMENT_BYTES - 1,
                VerifyError::StatementLength,
            ),
            // Long enough; zeros are no key.
            (VERIFYING_KEY_BYTES + PAIR_BYTES, VerifyError::MalformedKey),
        ] {
            assert_eq!(verify(&vec![0; length]), Err(error), "{length}");
        }
    }

    #[test]
    fn the_input_of_a_batch_has_whole_pairs() {
        for (length, error) in [
            (VERIFYING_KEY_BYTES - 1, BatchError::MalformedKey),
            (VERIFYING_KEY_BYTES + 1, BatchError::Length),
            (VERIFYING_KEY_BYTES + 2 * PAIR_BYTES - 1, BatchError::Length),
            // Whole pairs; zeros are no key.
            (
                VERIFYING_KEY_BYTES + 2 * PAIR_BYTES,
                BatchError::MalformedKey,
            ),
        ] {
            assert_eq!(verify_batch(&vec![0; length]), Err(error), "{length}");
        }
    }

    #[test]
    fn what_is_no_key_is_not_prepared() {
        assert_eq!(prepare(&[]), Err(KeyError::Length));
    }
}
