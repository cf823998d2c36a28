//! The commands, one module each.

pub mod account;
pub mod circuit;
pub mod doctor;
pub mod governance;
pub mod import;
pub mod job;
pub mod model;
pub mod provider;
