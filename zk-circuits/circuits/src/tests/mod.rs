//! Tests that need the whole circuit.

mod attacks;
mod baked;
mod gadget;
mod honest;
mod layers;
mod layers_attacks;
mod maxpool;
mod scales;
mod support;
