//! Exported contracts on a chain. One program, so that the EVM is linked once.

mod accepts;
mod binding;
mod environment;
mod refuses;
