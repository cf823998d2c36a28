//! What the calls weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls.
pub trait WeightInfo {
    /// [`crate::Call::burn`]
    fn burn() -> Weight;
}

/// Round figures above any measured one, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn burn() -> Weight {
        Weight::from_parts(100_000_000, 10_000)
    }
}
