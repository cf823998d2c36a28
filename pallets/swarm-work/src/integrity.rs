//! Constants that do not fit together are refused before a runtime is ever built with them.

use crate::{
    pallet::{Config, Pallet},
    types::{Pace, MAX_VESTING_EPOCHS},
    weights::WeightInfo,
};
use frame_support::traits::Get;
use sp_runtime::Perbill;
use swarm_capacity::MAX_ROWS;

/// Largest part of a block that the hook may take before any transaction.
const HOOK_SHARE: Perbill = Perbill::from_percent(5);
/// Largest part of a block that checks of openings may take.
const CHECK_SHARE: Perbill = Perbill::from_percent(10);

/// Why a pace does not work, if it does not.
pub(crate) fn check_pace(pace: &Pace) -> Result<(), &'static str> {
    if pace.epoch_blocks == 0 {
        return Err("epochBlocks must be at least 1");
    }
    let vesting_epochs = pace.vesting_blocks.div_ceil(pace.epoch_blocks);
    if vesting_epochs >= MAX_VESTING_EPOCHS {
        return Err("vestingBlocks must be at most 30 epochs");
    }
    Ok(())
}

impl<T: Config> Pallet<T> {
    /// Asserts what the pallet relies on; run by the runtime's integrity test.
    pub(crate) fn assert_constants() {
        assert_eq!(check_pace(&T::DefaultPace::get()), Ok(()));
        assert!(
            T::Retention::get() > MAX_VESTING_EPOCHS,
            "credit must not lapse before it has vested",
        );
        assert!(T::MaxClaims::get() > 0, "a claim must look at something");
        assert!(
            T::MaxAdmitted::get() > 0
                && T::ChecksPerBlock::get() > 0
                && T::JudgedPerBlock::get() > 0,
            "windows need participants, checks and judgements",
        );
        // How many blocks there are to answer may depend on genesis, which is not known here.
        assert!(
            T::SampleBlocks::get() > 0,
            "a window needs outputs to draw by"
        );
        // The last in turn still has twice the turns' time.
        let turns = T::MaxAdmitted::get().div_ceil(T::ChecksPerBlock::get());
        assert!(
            T::CheckBlocks::get() >= turns.saturating_mul(2),
            "rows of all participants must fit into the blocks for checks",
        );
        assert!(
            (1..=MAX_ROWS).contains(&T::ReferenceRows::get())
                && T::ReferenceDelivery::get() > 0
                && T::UptimeStreak::get() > 0
                && T::MaxAbsent::get() > 0,
            "references must be reachable and not zero",
        );
        let block = T::BlockWeights::get().max_block.ref_time();
        let hook = T::WeightInfo::idle_block()
            .saturating_add(T::WeightInfo::roll_epoch())
            .saturating_add(
                T::WeightInfo::judge(T::JudgedPerBlock::get())
                    .max(T::WeightInfo::open_window())
                    .max(T::WeightInfo::draw_rows()),
            );
        assert!(
            hook.ref_time() <= HOOK_SHARE.mul_floor(block),
            "the hook's {hook:?} is more than a twentieth of a block",
        );
        let checks = T::WeightInfo::open_rows()
            .ref_time()
            .saturating_mul(T::ChecksPerBlock::get().into());
        assert!(
            checks <= CHECK_SHARE.mul_floor(block),
            "the checks of one block are more than a tenth of it",
        );
    }
}
