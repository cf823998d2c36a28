//! The pallet's tests by theme. Every test ends with all invariants checked.

mod ending;
mod halting;
mod money;
mod results;
mod sampling;
mod sequences;
mod submission;
mod swarm;
mod together;
mod views;
mod wiring;
