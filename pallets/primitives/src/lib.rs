//! Types and traits through which the Swarmwork pallets meet.
//!
//! Pallets know each other only through the traits here, so each has its own mock and can be
//! replaced. Off-chain programs (executor, command line) decode the same types.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod api;
mod governance;
mod ids;
mod job;
mod mode;
mod offchain;
mod traits;
mod url;
mod views;
mod worker;

pub use api::*;
pub use governance::*;
pub use ids::*;
pub use job::*;
pub use mode::*;
pub use offchain::*;
pub use traits::*;
pub use url::*;
pub use views::*;
pub use worker::*;

/// One SWARM in its smallest unit.
pub const UNIT: u128 = 1_000_000_000_000;
