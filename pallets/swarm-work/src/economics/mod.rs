//! The formulas of emission, without state: what a job is credited, what an epoch pays of it, and
//! when that vests. The pallet and the simulation compute with the same functions.
//!
//! The rule on which all of it rests: the credit of a job is at most [`CAP`] of the native tokens
//! that the job itself burned. Whoever plays every part in a job, requester, provider, model owner,
//! treasury and validator at once, still loses what was burned and gets back less.

mod credit;
mod schedule;
mod vesting;

pub use credit::{credit, Factors, BASE, BEST, CAP};
pub use schedule::{next_budget, payable, scale};
pub use vesting::vested;
