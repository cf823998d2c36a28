//! Registration, attestation and real proofs under real keys.

mod batches;
mod outputs;
mod proofs;
mod registry;
mod toy;
