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
    /// [`crate::Call::set_profile`] that names so many circuits.
    fn set_profile(circuits: u32) -> Weight;
    /// [`crate::Call::unbond`]
    fn unbond() -> Weight;
    /// [`crate::Call::rebond`]
    fn rebond() -> Weight;
    /// [`crate::Call::announce_maintenance`]
    fn announce_maintenance() -> Weight;
    /// [`crate::Call::end_maintenance`]
    fn end_maintenance() -> Weight;
    /// [`crate::Call::offer_lease`]
    fn offer_lease() -> Weight;
    /// [`crate::Call::withdraw_lease_offer`]
    fn withdraw_lease_offer() -> Weight;
    /// [`crate::Call::accept_lease`]
    fn accept_lease() -> Weight;
    /// [`crate::Call::end_lease`]
    fn end_lease() -> Weight;
    /// [`crate::Call::close_lease`]
    fn close_lease() -> Weight;
    /// [`crate::Call::report_equivocation`]
    fn report_equivocation() -> Weight;
    /// [`crate::Call::report_false_claim`]
    fn report_false_claim() -> Weight;
    /// [`crate::Call::forget_offence`]
    fn forget_offence() -> Weight;
    /// [`crate::Call::set_penalty`]
    fn set_penalty() -> Weight;
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
    fn set_profile(circuits: u32) -> Weight {
        Weight::from_parts(
            105_000_000 + 30_000_000 * u64::from(circuits),
            20_000 + 4_000 * u64::from(circuits),
        )
    }
    fn unbond() -> Weight {
        Weight::from_parts(310_000_000, 20_000)
    }
    fn rebond() -> Weight {
        Weight::from_parts(320_000_000, 20_000)
    }
    fn announce_maintenance() -> Weight {
        Weight::from_parts(110_000_000, 20_000)
    }
    fn end_maintenance() -> Weight {
        Weight::from_parts(120_000_000, 20_000)
    }
    fn offer_lease() -> Weight {
        Weight::from_parts(130_000_000, 20_000)
    }
    fn withdraw_lease_offer() -> Weight {
        Weight::from_parts(140_000_000, 20_000)
    }
    fn accept_lease() -> Weight {
        Weight::from_parts(360_000_000, 20_000)
    }
    fn end_lease() -> Weight {
        Weight::from_parts(150_000_000, 20_000)
    }
    fn close_lease() -> Weight {
        Weight::from_parts(160_000_000, 20_000)
    }
    fn report_equivocation() -> Weight {
        Weight::from_parts(700_000_000, 20_000)
    }
    fn report_false_claim() -> Weight {
        Weight::from_parts(650_000_000, 20_000)
    }
    fn forget_offence() -> Weight {
        Weight::from_parts(170_000_000, 20_000)
    }
    fn set_penalty() -> Weight {
        Weight::from_parts(180_000_000, 20_000)
    }
}
