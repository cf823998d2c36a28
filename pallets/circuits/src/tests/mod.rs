//! Registration, attestation and real proofs under real keys.

mod proofs;
mod registry;
mod toy;
