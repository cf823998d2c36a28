//! Who fits a job, and with what weight it is drawn.
//!
//! The chain and every program that wants to foresee what the chain will do compute with this crate:
//! fixed point throughout, no state, the same result everywhere. A score decides little: it is a
//! threshold, and above that a weight between 1 and 1.25, so that no figure, and least of all one
//! that providers quote of themselves, concentrates the work.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod lottery;
mod matching;
mod prices;
mod score;

pub use lottery::{arrival, weight, Lottery};
pub use matching::{asks, fit, unmet};
pub use prices::{at_rate, blend, rate, MACS_PER_RATE};
pub use score::{cheapness, score, spare, ScoreParameters, Standing};
