//! R1CS of a batch of inferences of a quantised network, for committed-segment Groth16.
//!
//! Weights, input and output are packed several integers to a field element and committed packed;
//! linear layers are checked by Freivalds in powers of the challenge `rho`, activations by look-ups
//! (LogUp) in `rho`. Matrices depend on the topology and the batch size only and are the same on
//! every machine. A proof never synthesises anything: [`Circuit::commit_values`] fills what is
//! committed before the challenge, [`Circuit::assign`] the rest.
//!
//! | segment | holds, in order |
//! |---|---|
//! | w | per linear layer: packed weights, packed biases; blind |
//! | x | packed input; the blind of y; blind |
//! | z | per requant: packed accumulators, activations, limbs; multiplicities; blind |
//! | y | packed accumulators or the activations of the last layer; blind |

mod circuit;
mod columns;
mod digest;
mod error;
mod lint;
mod matrices;
mod packing;
mod plan;
mod tables;
mod witness;

pub use circuit::{Blinds, Circuit};
pub use error::Error;
pub use lint::{challenge_identities, lint, Identities, LintError};
pub use packing::Lanes;
pub use plan::{Plan, RequantPlan, StagePlan};
pub use tables::Limb;
pub use witness::Committed;

#[cfg(test)]
mod tests;
