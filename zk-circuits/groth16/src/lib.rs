//! Groth16 over BN254 whose public tensors are four committed segments, each under its own trapdoor.
//!
//! The instance is `[1, rho, tag, w.., x.., z.., y..]`: weights, input, intermediate, output. The
//! verifier never sees a tensor, only one commitment `C_s` per segment, and checks
//!
//! ```text
//! e(A, B) = e(alpha, beta) * e(IC_0 + rho*IC_1 + tag*IC_2, gamma)
//!         * e(C_w, gamma_w) * e(C_x, gamma_x) * e(C_z, gamma_z) * e(C_y, gamma_y) * e(C, delta)
//! ```
//!
//! where `rho` is hashed from the statement and all four commitments and `tag` from the job the
//! proof belongs to. Many proofs under one key are checked together at a fraction of the cost. The
//! verifier builds without the standard library; the prover, the key files and key generation need
//! feature `std`, one-party key generation feature `dev-setup`, the ceremony that makes keys nobody
//! can forge under feature `ceremony`.
//!
//! BN254 gives about 100 bits of security.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod batch;
mod challenge;
mod encoding;
mod error;
mod proof;
mod statement;
mod verifier;
mod verifying_key;

pub use ark_bn254::{Fr, G1Affine, G2Affine};
pub use batch::MAX_BATCH;
pub use challenge::{challenge, challenge_preimage, tag, CHALLENGE_BYTES};
pub use encoding::{decode_g1, decode_g2, decode_scalar, encode_g1, encode_g2, encode_scalar};
pub use error::{BatchError, KeyElement, KeyError, OpeningError, VerifyError};
pub use proof::{Proof, PROOF_BYTES};
pub use statement::{Statement, STATEMENT_BYTES};
pub use verifier::{check_commitment, inspect_key, verify, PreparedKey};
pub use verifying_key::{CircuitDescriptor, KeyInfo, KeyPoints, VerifyingKey, VERIFYING_KEY_BYTES};

#[cfg(feature = "std")]
mod bases;
#[cfg(any(test, feature = "ceremony"))]
pub mod ceremony;
#[cfg(feature = "std")]
mod commitment_key;
#[cfg(feature = "std")]
mod consistency;
#[cfg(feature = "std")]
mod fft;
#[cfg(feature = "std")]
mod key_file;
#[cfg(feature = "std")]
mod matrices;
#[cfg(feature = "std")]
mod msm;
#[cfg(feature = "std")]
mod opening;
#[cfg(feature = "std")]
mod prover;
#[cfg(feature = "std")]
mod proving_key;
#[cfg(feature = "std")]
mod qap;
#[cfg(any(test, feature = "dev-setup"))]
mod setup;
#[cfg(feature = "std")]
mod streamed;
#[cfg(feature = "std")]
mod subgroup;
#[cfg(feature = "std")]
mod uncompressed;

#[cfg(feature = "std")]
pub use commitment_key::CommitmentKey;
#[cfg(feature = "std")]
pub use key_file::{KeyFileError, Validation};
#[cfg(feature = "std")]
pub use matrices::{ConstraintMatrices, MatrixError, Row, Segment, SegmentLayout};
#[cfg(feature = "std")]
pub use opening::{check_output_bases, commit_part};
#[cfg(feature = "std")]
pub use prover::ProverError;
#[cfg(feature = "std")]
pub use proving_key::ProvingKey;
#[cfg(feature = "std")]
pub use qap::Qap;
#[cfg(any(test, feature = "dev-setup"))]
pub use setup::{generate_development, generate_with, SetupError, Trapdoors};

#[cfg(feature = "std")]
pub use streamed::StreamedKey;

#[cfg(test)]
mod tests;
