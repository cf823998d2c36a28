//! What the calls weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls, and of checking a proof within another pallet's call.
pub trait WeightInfo {
    /// [`crate::Call::register_circuit`]
    fn register_circuit() -> Weight;
    /// [`crate::Call::attest_circuit`]
    fn attest_circuit() -> Weight;
    /// [`crate::Call::unregister_circuit`]
    fn unregister_circuit() -> Weight;
    /// One proof, under a key that the host has not prepared yet.
    fn verify_proof() -> Weight;
    /// `n` valid proofs together, under a key that the host has not prepared yet.
    fn verify_batch(n: u32) -> Weight;
    /// `n` proofs together of which the last does not hold, under a key that the host has not
    /// prepared yet.
    fn refuse_batch(n: u32) -> Weight;
    /// Checking `n` bases against a verifying key, without storing them.
    fn check_output_bases(n: u32) -> Weight;
}

/// Round figures above any measured one, each different, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn register_circuit() -> Weight {
        Weight::from_parts(20_000_000_000, 20_000)
    }
    fn attest_circuit() -> Weight {
        Weight::from_parts(200_000_000, 20_000)
    }
    fn unregister_circuit() -> Weight {
        Weight::from_parts(500_000_000, 20_000)
    }
    fn verify_proof() -> Weight {
        Weight::from_parts(30_000_000_000, 20_000)
    }
    fn verify_batch(n: u32) -> Weight {
        Weight::from_parts(
            30_000_000_000 + 5_000_000_000 * u64::from(n),
            20_000 + 10 * u64::from(n),
        )
    }
    fn refuse_batch(n: u32) -> Weight {
        Weight::from_parts(
            40_000_000_000 + 10_000_000_000 * u64::from(n),
            20_000 + 10 * u64::from(n),
        )
    }
    fn check_output_bases(n: u32) -> Weight {
        Weight::from_parts(3_000_000_000 + 30_000_000 * u64::from(n), 20_000)
    }
}
