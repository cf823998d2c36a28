//! The commands, one module each.

pub mod account;
pub mod capacity;
pub mod circuit;
pub mod doctor;
pub mod import;
pub mod job;
pub mod model;
pub mod provider;
pub mod standing;
