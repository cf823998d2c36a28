//! R1CS of a batch of inferences of a quantised network, for committed-segment Groth16.
//!
//! Weights, input and output are packed several integers to a field element and committed packed;
//! linear layers are checked by Freivalds in powers of the challenge `rho`, activations by look-ups
//! (LogUp) in `rho`. Matrices depend on the topology and the batch size only and are the same on
//! every machine. A circuit may also be made for one model, with its weights as constants
//! ([`Circuit::baked`]): layers with weights then cost no rows. A proof never synthesises anything:
//! [`Circuit::commit_values`] fills what is committed before the challenge, [`Circuit::assign`] the
//! rest.
//!
//! | segment | holds, in order |
//! |---|---|
//! | w | layer by layer: packed weights, packed biases, or multipliers; or the model's name; blind |
//! | x | packed input; the blind of y; blind |
//! | z | layer by layer: packed accumulators, or activations and limbs; multiplicities; blind |
//! | y | what the last layer would commit to in z, or packed sums; blind |

mod circuit;
mod columns;
mod digest;
mod error;
mod gadgets;
mod lint;
mod lookups;
mod matrices;
mod opening;
mod packing;
mod plan;
mod sum;
mod tables;
mod witness;

pub use circuit::{Blinds, Circuit};
pub use error::Error;
pub use lint::{challenge_identities, lint, Identities, LintError};
pub use packing::Lanes;
pub use plan::{Combine, LayerPlan, MaxPoolPlan, Plan, ProductPlan, RequantPlan};
pub use tables::Limb;
pub use witness::Committed;

#[cfg(test)]
mod tests;
