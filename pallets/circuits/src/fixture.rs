//! A key, a statement and its proof, for benchmarks: a runtime has no prover.
//!
//! `cargo test --release -p pallet-circuits -- --ignored write_fixture` makes the files anew, from
//! fixed seeds; a test says when that is due. The key carries the stamp of a ceremony, so that
//! every chain registers it, though its secrets are in the tests: nobody attests it.

/// Canonical bytes of the verifying key.
pub const VERIFYING_KEY: &[u8] = include_bytes!("../fixtures/verifying-key.bin");
/// What is proven.
pub const STATEMENT: &[u8] = include_bytes!("../fixtures/statement.bin");
/// The proof.
pub const PROOF: &[u8] = include_bytes!("../fixtures/proof.bin");
