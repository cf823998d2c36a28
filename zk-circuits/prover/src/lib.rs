//! Commitments and proofs for batches of inferences of a quantised network.
//!
//! A model owner commits to weights and a requester to inputs with a [`CommitmentKey`]; a provider
//! proves with a [`ProvingKey`] that the committed output is what the network gives; anybody checks
//! the proof with the verifying key alone, and whoever holds an output that it is the committed one.

mod commitment_key;
mod error;
mod file;
mod key;
mod keys;
mod proving_key;

pub use commitment_key::CommitmentKey;
pub use error::Error;
pub use keys::{Keys, Shape, COMMITMENT_KEY_FILE, PROVING_KEY_FILE, VERIFYING_KEY_FILE};
pub use proving_key::{Progress, Proof, ProvingKey, Stage, StatementTag};
pub use swarm_circuits::Circuit as CircuitShape;
pub use swarm_groth16::{
    inspect_key, verify, KeyInfo, Statement, Validation, VerifyError, PROOF_BYTES, STATEMENT_BYTES,
};
pub use swarm_network::{BatchInput, BatchOutput, Model, Topology};

#[cfg(feature = "dev-setup")]
pub use keys::{setup_development, setup_development_baked};
