//! What the calls and the steps of the hook weigh. A runtime generates its own by benchmark.

use frame_support::weights::Weight;

/// Weights of the calls and of the steps of the hook.
pub trait WeightInfo {
    /// A block in which nothing is due.
    fn idle_block() -> Weight;
    /// The end of an epoch.
    fn roll_epoch() -> Weight;
    /// The opening of a window with as many participants as there can be.
    fn open_window() -> Weight;
    /// The drawing of rows.
    fn draw_rows() -> Weight;
    /// The judgement of so many participants.
    fn judge(participants: u32) -> Weight;
    /// The removal of as many lapsed grants as one block removes.
    fn forget() -> Weight;
    /// [`swarmwork_primitives::SwarmWork::settled`]
    fn settled(providers: u32) -> Weight;
    /// [`swarmwork_primitives::OnSlashed::slashed`]
    fn slashed() -> Weight;
    /// [`crate::Call::admit`]
    fn admit() -> Weight;
    /// [`crate::Call::withdraw`] and [`crate::Call::expel`]
    fn dismiss() -> Weight;
    /// [`crate::Call::commit_capacity`]
    fn commit_capacity() -> Weight;
    /// [`crate::Call::open_rows`]
    fn open_rows() -> Weight;
    /// [`crate::Call::report_bandwidth`]
    fn report_bandwidth() -> Weight;
    /// [`crate::Call::lock_up`]
    fn lock_up() -> Weight;
    /// [`crate::Call::unlock`]
    fn unlock() -> Weight;
    /// [`crate::Call::claim`]
    fn claim(epochs: u32) -> Weight;
}

/// Round figures above any measured one, each different, for tests only.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn idle_block() -> Weight {
        Weight::from_parts(50_000_000, 10_000)
    }
    fn roll_epoch() -> Weight {
        Weight::from_parts(60_000_000, 10_000)
    }
    fn open_window() -> Weight {
        Weight::from_parts(70_000_000, 20_000)
    }
    fn draw_rows() -> Weight {
        Weight::from_parts(40_000_000, 10_000)
    }
    fn judge(participants: u32) -> Weight {
        Weight::from_parts(90_000_000, 20_000).saturating_mul(u64::from(participants) + 1)
    }
    fn forget() -> Weight {
        Weight::from_parts(900_000_000, 100_000)
    }
    fn settled(providers: u32) -> Weight {
        Weight::from_parts(110_000_000, 20_000).saturating_mul(u64::from(providers) + 1)
    }
    fn slashed() -> Weight {
        Weight::from_parts(2_000_000_000, 200_000)
    }
    fn admit() -> Weight {
        Weight::from_parts(120_000_000, 20_000)
    }
    fn dismiss() -> Weight {
        Weight::from_parts(125_000_000, 20_000)
    }
    fn commit_capacity() -> Weight {
        Weight::from_parts(130_000_000, 20_000)
    }
    fn open_rows() -> Weight {
        Weight::from_parts(3_000_000_000, 20_000)
    }
    fn report_bandwidth() -> Weight {
        Weight::from_parts(140_000_000, 20_000)
    }
    fn lock_up() -> Weight {
        Weight::from_parts(150_000_000, 20_000)
    }
    fn unlock() -> Weight {
        Weight::from_parts(160_000_000, 20_000)
    }
    fn claim(epochs: u32) -> Weight {
        Weight::from_parts(170_000_000, 20_000).saturating_mul(u64::from(epochs) + 1)
    }
}
