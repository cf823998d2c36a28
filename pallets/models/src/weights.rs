//! What the calls weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls.
pub trait WeightInfo {
    /// [`crate::Call::register_model`]
    fn register_model() -> Weight;
}

/// Round figures above any measured one, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn register_model() -> Weight {
        Weight::from_parts(500_000_000, 20_000)
    }
}
