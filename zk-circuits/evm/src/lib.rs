//! Verification on an Ethereum virtual machine: a Solidity contract for one verifying key, and the
//! calldata that puts a proof before it.
//!
//! The contract computes tag and challenge from the statement as [`swarm_groth16`] does, hashes the
//! same bytes and checks the same equation, with the precompiles of EIP-196 and EIP-197. It takes
//! points by their coordinates, since a square root costs far more than calldata, and computes from
//! them the compressed form that the challenge hashes.

mod calldata;
mod solidity;

pub use calldata::{calldata, CALLDATA_BYTES, VERIFY_SIGNATURE};
pub use solidity::{solidity, CONTRACT_NAME};

use ark_bn254::Fq;
use ark_ff::{BigInteger, PrimeField};

/// A coordinate as the EVM's 32-byte word, big-endian.
fn word(coordinate: &Fq) -> [u8; 32] {
    let mut word = [0u8; 32];
    word.copy_from_slice(&coordinate.into_bigint().to_bytes_be());
    word
}
