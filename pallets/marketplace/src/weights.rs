//! Weights of the pallet's calls and of one step of each agenda.
//!
//! A runtime measures its own with the benchmarks; the figures for `()` serve tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Most legs of one settlement: provider, its lessor, model owner, treasury, what that sells for tokens
/// to burn, and what goes back.
pub const LEGS: u32 = 6;

/// Weight functions of the pallet.
pub trait WeightInfo {
    /// [`crate::Call::submit_job`] with `b` batches, assigned at once.
    fn submit_job(b: u32) -> Weight;
    /// [`crate::Call::cancel_job`] of a job that has a provider, paid in tokens.
    fn cancel_job() -> Weight;
    /// [`crate::Call::submit_result`] without checking the proof, for a batch that is not the last.
    fn submit_result() -> Weight;
    /// [`crate::Call::submit_result`] without checking the proof, for the batch that settles.
    fn submit_result_last() -> Weight;
    /// [`crate::Call::poke`] without what it serves.
    fn poke() -> Weight;
    /// [`crate::Call::claim`] from `n` payers.
    fn claim(n: u32) -> Weight;
    /// Booking one VRF output.
    fn record_output() -> Weight;
    /// Leaving an exhausted bucket.
    fn advance() -> Weight;
    /// One draw over a full sample that all fits, with its assignment.
    fn draw() -> Weight;
    /// One expiry of an assigned job.
    fn expire() -> Weight;
    /// Forgetting one job with the most results.
    fn prune() -> Weight;
    /// [`crate::Call::submit_rooted_job`], assigned at once.
    fn submit_rooted_job() -> Weight;
    /// [`crate::Call::accept_rooted_work`].
    fn accept_rooted_work() -> Weight;
    /// [`crate::Call::commit_results`].
    fn commit_results() -> Weight;
    /// One entry of [`crate::Call::open_batches`] without checking the proof, of a job of the most
    /// batches, that is not its last.
    fn open_batch() -> Weight;
    /// As [`WeightInfo::open_batch`], for the one that settles.
    fn open_batch_last() -> Weight;
    /// One draw of the most batches.
    fn draw_samples() -> Weight;
    /// One failure of a job whose provider did not answer.
    fn fail() -> Weight;
    /// [`crate::Call::challenge`].
    fn challenge() -> Weight;
    /// As [`WeightInfo::open_batch`], for a batch that was challenged with all others.
    fn answer_challenge() -> Weight;
    /// Paying one job whose results stood.
    fn close_paid() -> Weight;
    /// One failure of a job with the most challenges, none of them answered.
    fn close_failed() -> Weight;
    /// One draw of the most providers over a full sample that all fits.
    fn draw_panel() -> Weight;
    /// One draw of an auditor over a full sample that all fits.
    fn draw_audit() -> Weight;
    /// [`crate::Call::seal_results`], the last of the most.
    fn seal_results() -> Weight;
    /// [`crate::Call::reveal_results`] of `b` batches, the last of the most.
    fn reveal_results(b: u32) -> Weight;
    /// [`crate::Call::dispute_results`] without checking the proof, of a job of the most batches that
    /// the most have revealed.
    fn dispute_results() -> Weight;
    /// Settling with one of several providers, the last of its job; the dearer of paying and of
    /// slashing it.
    fn settle_member() -> Weight;
    /// [`crate::Call::set_audit_share`].
    fn set_audit_share() -> Weight;
    /// Paying so many legs in an asset: what a settlement or a refund takes at most beside what it
    /// does in tokens.
    fn asset_legs(n: u32) -> Weight;
    /// [`crate::Call::list_asset`].
    fn list_asset() -> Weight;
    /// [`crate::Call::close_asset`].
    fn close_asset() -> Weight;
    /// [`crate::Call::accept_asset`].
    fn accept_asset() -> Weight;
    /// [`crate::Call::claim_asset`] from `n` payers.
    fn claim_asset(n: u32) -> Weight;
    /// [`crate::Call::tip`].
    fn tip() -> Weight;
    /// [`crate::Call::report_input`].
    fn report_input() -> Weight;
    /// [`crate::Call::withdraw_report`].
    fn withdraw_report() -> Weight;
    /// [`crate::Call::publish_input`] of `b` bytes.
    fn publish_input(b: u32) -> Weight;
    /// [`crate::Call::acknowledge`], paid in tokens, of a delivery that was disputed.
    fn acknowledge() -> Weight;
    /// [`crate::Call::dispute_delivery`].
    fn dispute_delivery() -> Weight;
    /// [`crate::Call::publish_output`] of `b` bytes, for a part that does not settle.
    fn publish_output(b: u32) -> Weight;
    /// Forgetting the most parts of an output.
    fn forget_output() -> Weight;
    /// [`crate::Call::submit_order`] with `b` listed commitments, everything asked and paid in an
    /// asset, assigned at once.
    fn submit_order(b: u32) -> Weight;
    /// [`crate::Call::set_scoring`].
    fn set_scoring() -> Weight;
    /// [`crate::Call::start_job`].
    fn start_job() -> Weight;
    /// [`crate::Call::decline_job`] of a job that was bid for.
    fn decline_job() -> Weight;
    /// [`crate::Call::bid`] into a full book.
    fn bid() -> Weight;
    /// Taking one job that was bid for from a provider that has not started.
    fn miss_start() -> Weight;
    /// Closing one auction with a full book.
    fn close_auction() -> Weight;
    /// One expiry of a job with a full book of bids.
    fn expire_auction() -> Weight;
}

/// Rough figures of the right order: storage access at the database's constants, and computing
/// time as seen on a small server.
impl WeightInfo for () {
    fn submit_job(b: u32) -> Weight {
        access(14, 14)
            .saturating_add(micros(80))
            .saturating_add(micros(40).saturating_mul(b.into()))
    }
    fn cancel_job() -> Weight {
        access(14, 13).saturating_add(micros(180))
    }
    fn submit_result() -> Weight {
        access(4, 2).saturating_add(micros(30))
    }
    fn submit_result_last() -> Weight {
        access(18, 16).saturating_add(micros(200))
    }
    fn poke() -> Weight {
        access(4, 0).saturating_add(micros(10))
    }
    fn claim(n: u32) -> Weight {
        access(2, 2)
            .saturating_add(micros(40))
            .saturating_add(access(3, 3).saturating_mul(n.into()))
    }
    fn record_output() -> Weight {
        access(3, 2).saturating_add(micros(10))
    }
    fn advance() -> Weight {
        access(3, 3).saturating_add(micros(10))
    }
    fn draw() -> Weight {
        access(72, 6).saturating_add(micros(200))
    }
    fn expire() -> Weight {
        access(12, 12).saturating_add(micros(120))
    }
    fn prune() -> Weight {
        access(5, 74).saturating_add(micros(120))
    }
    fn submit_rooted_job() -> Weight {
        access(15, 14).saturating_add(micros(80))
    }
    fn accept_rooted_work() -> Weight {
        access(1, 1).saturating_add(micros(20))
    }
    fn commit_results() -> Weight {
        access(4, 3).saturating_add(micros(30))
    }
    fn open_batch() -> Weight {
        access(5, 2).saturating_add(micros(120))
    }
    fn open_batch_last() -> Weight {
        access(19, 16).saturating_add(micros(300))
    }
    fn draw_samples() -> Weight {
        access(6, 4).saturating_add(micros(150))
    }
    fn fail() -> Weight {
        access(18, 16).saturating_add(micros(200))
    }
    fn challenge() -> Weight {
        access(7, 7).saturating_add(micros(100))
    }
    fn answer_challenge() -> Weight {
        access(12, 9).saturating_add(micros(250))
    }
    fn close_paid() -> Weight {
        access(18, 16).saturating_add(micros(250))
    }
    fn close_failed() -> Weight {
        access(62, 58).saturating_add(micros(600))
    }
    fn draw_panel() -> Weight {
        access(100, 22).saturating_add(micros(300))
    }
    fn draw_audit() -> Weight {
        access(104, 8).saturating_add(micros(300))
    }
    fn seal_results() -> Weight {
        access(6, 4).saturating_add(micros(60))
    }
    fn reveal_results(b: u32) -> Weight {
        access(6, 5)
            .saturating_add(micros(70))
            .saturating_add(micros(2).saturating_mul(b.into()))
    }
    fn dispute_results() -> Weight {
        access(14, 2).saturating_add(micros(250))
    }
    fn settle_member() -> Weight {
        access(30, 25).saturating_add(micros(300))
    }
    fn set_audit_share() -> Weight {
        access(2, 2).saturating_add(micros(20))
    }
    fn asset_legs(n: u32) -> Weight {
        access(4, 4)
            .saturating_add(micros(20))
            .saturating_add(access(2, 2).saturating_mul(n.into()))
            .saturating_add(micros(40).saturating_mul(n.into()))
    }
    fn list_asset() -> Weight {
        access(3, 3).saturating_add(micros(30))
    }
    fn close_asset() -> Weight {
        access(2, 1).saturating_add(micros(20))
    }
    fn accept_asset() -> Weight {
        access(2, 1).saturating_add(micros(20))
    }
    fn claim_asset(n: u32) -> Weight {
        access(4, 4)
            .saturating_add(micros(40))
            .saturating_add(access(4, 4).saturating_mul(n.into()))
            .saturating_add(micros(60).saturating_mul(n.into()))
    }
    fn tip() -> Weight {
        access(6, 5).saturating_add(micros(90))
    }
    fn report_input() -> Weight {
        access(8, 5).saturating_add(micros(50))
    }
    fn withdraw_report() -> Weight {
        access(7, 2).saturating_add(micros(45))
    }
    fn publish_input(b: u32) -> Weight {
        access(6, 4)
            .saturating_add(micros(60))
            .saturating_add(Weight::from_parts(6_000, 0).saturating_mul(b.into()))
    }
    fn acknowledge() -> Weight {
        access(20, 18).saturating_add(micros(240))
    }
    fn dispute_delivery() -> Weight {
        access(2, 1).saturating_add(micros(30))
    }
    fn publish_output(b: u32) -> Weight {
        access(5, 2)
            .saturating_add(micros(60))
            .saturating_add(Weight::from_parts(20_000, 0).saturating_mul(b.into()))
    }
    fn forget_output() -> Weight {
        access(6, 75).saturating_add(micros(130))
    }
    fn submit_order(b: u32) -> Weight {
        access(30, 22)
            .saturating_add(micros(170))
            .saturating_add(micros(40).saturating_mul(b.into()))
    }
    fn set_scoring() -> Weight {
        access(0, 1).saturating_add(micros(15))
    }
    fn start_job() -> Weight {
        access(3, 1).saturating_add(micros(30))
    }
    fn decline_job() -> Weight {
        access(16, 14).saturating_add(micros(180))
    }
    fn bid() -> Weight {
        access(14, 3).saturating_add(micros(120))
    }
    fn miss_start() -> Weight {
        access(17, 15).saturating_add(micros(180))
    }
    fn close_auction() -> Weight {
        access(20, 18).saturating_add(micros(220))
    }
    fn expire_auction() -> Weight {
        access(20, 20).saturating_add(micros(220))
    }
}

fn access(reads: u64, writes: u64) -> Weight {
    let access = RocksDbWeight::get().reads_writes(reads, writes);
    // About 2 KiB of proof for each key read or written.
    access.saturating_add(Weight::from_parts(0, 2_048 * (reads + writes)))
}

fn micros(count: u64) -> Weight {
    Weight::from_parts(count * 1_000_000, 0)
}
