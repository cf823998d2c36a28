//! The token's denominations and what storage costs.

use crate::Balance;
pub use swarmwork_primitives::UNIT;

/// 10^-3 SWARM.
pub const MILLI: Balance = UNIT / 1_000;
/// 10^-6 SWARM.
pub const MICRO: Balance = MILLI / 1_000;
/// The least an account may hold.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI;

/// Deposit for storage: 0.1 SWARM per item and 0.0001 SWARM per byte.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    items as Balance * 100 * MILLI + bytes as Balance * 100 * MICRO
}
