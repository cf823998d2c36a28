//! Tests that need the whole circuit.

mod attacks;
mod gadget;
mod honest;
mod support;
