//! The pallet's tests by theme. Every test ends with all invariants checked.

mod assets;
mod attacks;
mod auctions;
mod cancelling;
mod drill;
mod ending;
mod halting;
mod leases;
mod money;
mod placements;
mod prices;
mod redundant;
mod results;
mod sampling;
mod sequences;
mod starts;
mod submission;
mod swarm;
mod terms;
mod tips;
mod together;
mod trust;
mod views;
mod wiring;
mod withheld;
mod work;
