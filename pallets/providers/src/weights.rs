//! What the calls weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls.
pub trait WeightInfo {
    /// [`crate::Call::register_provider`]
    fn register_provider() -> Weight;
    /// [`crate::Call::update_provider`]
    fn update_provider() -> Weight;
    /// [`crate::Call::set_available`]
    fn set_available() -> Weight;
    /// [`crate::Call::rotate_worker`]
    fn rotate_worker() -> Weight;
    /// [`crate::Call::bond_extra`]
    fn bond_extra() -> Weight;
    /// [`crate::Call::unregister`]
    fn unregister() -> Weight;
    /// [`crate::Call::withdraw_bond`]
    fn withdraw_bond() -> Weight;
    /// [`crate::Call::slash_provider`]
    fn slash_provider() -> Weight;
}

/// Round figures above any measured one, each different, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn register_provider() -> Weight {
        Weight::from_parts(500_000_000, 20_000)
    }
    fn update_provider() -> Weight {
        Weight::from_parts(100_000_000, 20_000)
    }
    fn set_available() -> Weight {
        Weight::from_parts(200_000_000, 20_000)
    }
    fn rotate_worker() -> Weight {
        Weight::from_parts(250_000_000, 20_000)
    }
    fn bond_extra() -> Weight {
        Weight::from_parts(300_000_000, 20_000)
    }
    fn unregister() -> Weight {
        Weight::from_parts(350_000_000, 20_000)
    }
    fn withdraw_bond() -> Weight {
        Weight::from_parts(400_000_000, 20_000)
    }
    fn slash_provider() -> Weight {
        Weight::from_parts(450_000_000, 20_000)
    }
}
