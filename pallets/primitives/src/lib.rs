//! Types and traits through which the Swarmwork pallets meet.
//!
//! Pallets know each other only through the traits here, so each has its own mock and can be
//! replaced. Off-chain programs (executor, command line) decode the same types.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod api;
mod capabilities;
mod delivery;
mod economy;
mod exchange;
mod governance;
mod history;
mod ids;
mod job;
mod mode;
mod offchain;
mod panel;
pub mod parameters;
mod requirements;
mod terms;
mod traits;
mod url;
mod views;
mod work;
mod worker;

pub use api::*;
pub use capabilities::*;
pub use delivery::*;
pub use economy::*;
pub use exchange::*;
pub use governance::*;
pub use history::*;
pub use ids::*;
pub use job::*;
pub use mode::*;
pub use offchain::*;
pub use panel::*;
pub use requirements::*;
pub use terms::*;
pub use traits::*;
pub use url::*;
pub use views::*;
pub use work::*;
pub use worker::*;

/// One SWARM in its smallest unit.
pub const UNIT: u128 = 1_000_000_000_000;
