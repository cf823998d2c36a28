//! What can go wrong with keys, commitments and proofs.

use swarm_groth16::{KeyError, KeyFileError, ProverError, VerifyError};
use thiserror::Error as ThisError;

/// Every variant names what was wrong and, where it is not obvious, what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    #[error("cannot read {path}: {reason}")]
    Read { path: String, reason: String },
    #[error("cannot write {path}: {reason}")]
    Write { path: String, reason: String },
    #[error("this is not a {expected} key file")]
    NotAKey { expected: &'static str },
    #[error("the {kind} key file has format {found}; this program reads 1")]
    KeyVersion { kind: &'static str, found: u8 },
    #[error("the {kind} key file ends before its topology does")]
    Truncated { kind: &'static str },
    #[error("the {kind} key file is damaged: {error}")]
    KeyFile {
        kind: &'static str,
        error: KeyFileError,
    },
    #[error("the verifying key is refused: {0}")]
    VerifyingKey(KeyError),
    #[error(
        "the key was made for another circuit than its topology gives with this version of the \
         program; get the key again, or make it anew"
    )]
    OtherCircuit,
    #[error("the {0} key belongs to another setup than the others")]
    MixedKeys(&'static str),
    #[error(transparent)]
    Network(#[from] swarm_network::Error),
    #[error(transparent)]
    Circuit(#[from] swarm_circuits::Error),
    #[error("{name} is not a canonical scalar: as a little-endian integer it must be below r")]
    Blind { name: &'static str },
    #[error("an element is 32 bytes: as a little-endian integer it must be below r")]
    Element,
    #[error("the output's blind_y is not the one the requester put into the input")]
    OtherBlind,
    #[error(
        "output[{row}, {col}] is {found}, but the model gives {expected} for this input; the \
         backend that computed it is not exact"
    )]
    WrongOutput {
        row: usize,
        col: usize,
        found: i32,
        expected: i32,
    },
    #[error("the proof cannot be made: {0}")]
    Prover(ProverError),
    #[error("the proof made with this proving key does not verify ({0}); get the key again")]
    BadProvingKey(VerifyError),
    #[error("the proof is refused: {0}")]
    Verify(VerifyError),
    #[error("the key cannot be made: {0}")]
    Setup(String),
}

impl From<ProverError> for Error {
    fn from(error: ProverError) -> Self {
        Self::Prover(error)
    }
}
