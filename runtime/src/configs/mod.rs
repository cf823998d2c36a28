//! One file per pallet.

pub mod authorship;
pub mod babe;
pub mod bags_list;
pub mod balances;
pub mod burn;
pub mod circuits;
pub mod contracts;
pub mod grandpa;
pub mod marketplace;
pub mod models;
pub mod offences;
pub mod providers;
pub mod reputation;
pub mod session;
pub mod staking;
pub mod swarm_work;
pub mod system;
pub mod timestamp;
pub mod timing;
pub mod transaction_payment;
pub mod treasury;
pub mod utility;
