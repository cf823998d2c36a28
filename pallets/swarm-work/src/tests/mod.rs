//! What the pallet does, and what it does not let anybody do.

mod attacks;
mod bandwidth;
mod credit;
mod epochs;
mod locks;
mod sequences;
mod windows;
mod wiring;
