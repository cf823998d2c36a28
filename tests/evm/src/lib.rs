//! What the tests of exported contracts need: the compiler, a chain, and statements with proofs.

mod chain;
mod compiler;
mod sample;
mod simulator;
mod words;

pub use chain::{Chain, Verdict};
pub use compiler::{compile, Contract};
pub use sample::Sample;
pub use simulator::{g1, hashed, statement, Commitments, Secrets};
pub use words::{set_word, word, Region, Q, REGIONS};
