//! The reference against another implementation of the same semantics.

mod interpreter;
mod naive;
