//! Phase 2 of a key ceremony: keys under which nobody can forge if one contributor was honest.
//!
//! Phase 1, the powers of a secret `tau` with `alpha` and `beta`, is made once for all circuits and
//! comes in a file ([`Phase1`]). From it and a circuit's matrices everybody computes the same
//! [`Initial`] state, in which delta, gamma and the four segments' trapdoors are one. Each
//! contribution multiplies each trapdoor by a secret factor of its own and divides the bases under
//! it, after checking everything before; a public beacon, drawn after the last contribution, does so
//! a final time. Whoever holds phase 1 and the matrices checks the whole [`Ceremony`] and gets the
//! keys out of it.
//!
//! The scheme is that of Bowe, Gabizon, Miers, "Scalable Multi-party Computation for zk-SNARK
//! Parameters in the Random Beacon Model" (ePrint 2017/1050), for six trapdoors instead of one, with
//! the records of Kohlweiss, Maller, Siim, Volkhov, "Snarky Ceremonies" (ASIACRYPT 2021) in mind:
//! only what changes is passed on, and a verifier compares the last state with the first.
//!
//! Two things differ from a ceremony for plain Groth16:
//!
//! - **No trapdoor but delta appears in G1.** With `[gamma_s]_1` or `[1/gamma_s]_1` value can be
//!   moved between a segment and the rest of a proof. Proofs of knowledge are therefore Schnorr's,
//!   in G2, and a factor's other witness is a *base*, which contributors hold anyway.
//! - **Factors differ from each other.** One factor for all would leave the ratios of trapdoors
//!   known, and a shared trapdoor is a total break. Anybody can check that they differ.

mod beacon;
mod circuit;
mod contribution;
mod digest;
mod error;
mod factors;
mod file;
mod initial;
mod knowledge;
mod phase1;
mod points;
mod ptau;
mod queries;
mod ratio;
mod transcript;
mod verify;

pub use error::{CeremonyError, Phase1Error};
pub use factors::Trapdoor;
pub use initial::{Initial, Step};
pub use phase1::Phase1;
pub use transcript::{Ceremony, MAX_ITERATIONS_LOG2};
pub use verify::Verified;

#[cfg(test)]
pub(crate) use {
    beacon::Beacon,
    circuit::{initial as initial_state, lagrange},
    factors::Factors,
};
