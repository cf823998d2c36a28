//! Host functions through which the runtime checks proofs at native speed.
//!
//! In the runtime each call crosses to the host; in native code (tests, tools) it runs in place.
//! Nothing here reads or writes storage, so no externalities are needed. The functions are part of
//! consensus: a change of what they accept is a new `#[version]`, never an edit.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(not(substrate_runtime))]
mod batch;
#[cfg(not(substrate_runtime))]
mod cache;

use sp_runtime_interface::{
    pass_by::{AllocateAndReturnByCodec, PassFatPointerAndRead},
    runtime_interface,
};
use swarm_groth16::{BatchError, KeyError, KeyInfo, OpeningError, VerifyError};

pub use swarm_zk as bn254;
#[cfg(not(substrate_runtime))]
pub use swarm_zk::HostFunctions;

/// Committed-segment Groth16 over BN254.
#[runtime_interface]
pub trait SwarmZk {
    /// Checks `proof` (192 bytes) of `statement` (164 bytes) under a verifying key's bytes.
    ///
    /// Prepared keys are kept, most recently used first; preparing one costs about as much as
    /// one more check.
    #[version(1)]
    fn verify(
        vk: PassFatPointerAndRead<&[u8]>,
        statement: PassFatPointerAndRead<&[u8]>,
        proof: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<(), VerifyError>> {
        let statement =
            swarm_groth16::Statement::from_bytes(statement).ok_or(VerifyError::StatementLength)?;
        cache::prepared(vk)
            .map_err(|_| VerifyError::MalformedKey)?
            .verify(&statement, proof)
    }

    /// Checks many proofs under one verifying key's bytes at a fraction of the cost of each alone.
    ///
    /// `statements` are 164 bytes each, `proofs` 192 bytes each in the same order, without
    /// separators; at most `swarm_groth16::MAX_BATCH` of them. Order of checks: lengths, key,
    /// number, then as `PreparedKey::verify_batch` says. The key is kept as by `verify`.
    #[version(1)]
    fn verify_batch(
        vk: PassFatPointerAndRead<&[u8]>,
        statements: PassFatPointerAndRead<&[u8]>,
        proofs: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<(), BatchError>> {
        let batch = batch::split(statements, proofs).ok_or(BatchError::Length)?;
        cache::prepared(vk)
            .map_err(|_| BatchError::MalformedKey)?
            .verify_batch(&batch)
    }

    /// Reads and checks a verifying key and says what it is for.
    #[version(1)]
    fn inspect_key(
        vk: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<KeyInfo, KeyError>> {
        swarm_groth16::inspect_key(vk)
    }

    /// Checks that 32 bytes are the canonical encoding of a commitment; `MalformedCw` if not.
    #[version(1)]
    fn check_commitment(
        point: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<(), VerifyError>> {
        let point = point.try_into().map_err(|_| VerifyError::MalformedCw)?;
        swarm_groth16::check_commitment(point)
    }

    /// Checks that `bases`, 32 bytes each, are the bases of outputs that a verifying key's bytes
    /// name. `others` says of the segments w, x and z how many bases they have (64 bits,
    /// little-endian) and those bases' digest (32 bytes).
    #[version(1)]
    fn check_output_bases(
        vk: PassFatPointerAndRead<&[u8]>,
        others: PassFatPointerAndRead<&[u8]>,
        bases: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<(), OpeningError>> {
        swarm_groth16::check_output_bases(vk, others, bases)
    }

    /// Adds the commitment to `elements` under `bases`, equally many of 32 bytes each, to `before`:
    /// a commitment of 32 bytes, or nothing.
    #[version(1)]
    fn commit_part(
        before: PassFatPointerAndRead<&[u8]>,
        bases: PassFatPointerAndRead<&[u8]>,
        elements: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Result<[u8; 32], OpeningError>> {
        swarm_groth16::commit_part(before, bases, elements)
    }
}

#[cfg(test)]
mod tests;
