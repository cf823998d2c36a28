//! What the calls weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls and of what blocks do by themselves.
pub trait WeightInfo {
    /// [`crate::Call::propose`], of a call of so many bytes.
    fn propose(len: u32) -> Weight;
    /// [`crate::Call::enact`] of a call of so many bytes, without that call itself.
    fn enact(len: u32) -> Weight;
    /// [`crate::Call::cancel`]
    fn cancel() -> Weight;
    /// [`crate::Call::grant_role`]
    fn grant_role() -> Weight;
    /// [`crate::Call::revoke_role`]
    fn revoke_role() -> Weight;
    /// [`crate::Call::renounce_role`]
    fn renounce_role() -> Weight;
    /// [`crate::Call::stop`]
    fn stop() -> Weight;
    /// [`crate::Call::resume`]
    fn resume() -> Weight;
    /// [`crate::Call::pause_call`]
    fn pause_call() -> Weight;
    /// [`crate::Call::resume_call`]
    fn resume_call() -> Weight;
    /// [`crate::Call::appoint_technical`]
    fn appoint_technical() -> Weight;
    /// [`crate::Call::dismiss_technical`]
    fn dismiss_technical() -> Weight;
    /// [`crate::Call::set_price_floor`]
    fn set_price_floor() -> Weight;
    /// [`crate::Call::buy_public`], without the purchase itself.
    fn buy_public() -> Weight;
    /// [`crate::Call::collect_deposit`]
    fn collect_deposit() -> Weight;
    /// Ending so many pauses in `on_initialize`.
    fn end_pauses(ended: u32) -> Weight;
}

/// Round figures above any measured one, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn propose(len: u32) -> Weight {
        Weight::from_parts(200_000_000, 20_000)
            .saturating_add(Weight::from_parts(u64::from(len) * 5_000, 0))
    }
    fn enact(len: u32) -> Weight {
        Weight::from_parts(150_000_000, 20_000)
            .saturating_add(Weight::from_parts(u64::from(len) * 5_000, 0))
    }
    fn cancel() -> Weight {
        Weight::from_parts(250_000_000, 40_000)
    }
    fn grant_role() -> Weight {
        Weight::from_parts(110_000_000, 20_000)
    }
    fn revoke_role() -> Weight {
        Weight::from_parts(115_000_000, 20_000)
    }
    fn renounce_role() -> Weight {
        Weight::from_parts(116_000_000, 20_000)
    }
    fn stop() -> Weight {
        Weight::from_parts(120_000_000, 20_000)
    }
    fn resume() -> Weight {
        Weight::from_parts(125_000_000, 20_000)
    }
    fn pause_call() -> Weight {
        Weight::from_parts(130_000_000, 20_000)
    }
    fn resume_call() -> Weight {
        Weight::from_parts(135_000_000, 20_000)
    }
    fn appoint_technical() -> Weight {
        Weight::from_parts(90_000_000, 20_000)
    }
    fn dismiss_technical() -> Weight {
        Weight::from_parts(95_000_000, 20_000)
    }
    fn set_price_floor() -> Weight {
        Weight::from_parts(105_000_000, 20_000)
    }
    fn buy_public() -> Weight {
        Weight::from_parts(100_000_000, 20_000)
    }
    fn collect_deposit() -> Weight {
        Weight::from_parts(85_000_000, 20_000)
    }
    fn end_pauses(ended: u32) -> Weight {
        Weight::from_parts(5_000_000, 5_000)
            .saturating_add(Weight::from_parts(130_000_000, 20_000).saturating_mul(ended.into()))
    }
}
