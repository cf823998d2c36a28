//! The pallet's tests by theme. Every test ends with all invariants checked.

mod auctions;
mod drill;
mod ending;
mod halting;
mod leases;
mod money;
mod placements;
mod prices;
mod results;
mod sampling;
mod sequences;
mod starts;
mod submission;
mod swarm;
mod terms;
mod together;
mod views;
mod wiring;
mod work;
