//! Constants that do not fit together are refused before a runtime is ever built with them.

use crate::{
    pallet::{Config, Pallet},
    types::Agenda,
    weights::WeightInfo,
};
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::{
    traits::{Saturating, Zero},
    Perbill,
};
use swarmwork_primitives::{Mode, MAX_BATCHES, MAX_REDUNDANCY, MAX_RESULTS, MAX_SAMPLES};

// A job has no more results than its pruning is measured for.
const _: () = assert!(MAX_SAMPLES <= MAX_BATCHES);

/// Largest part of a block that the agendas may take before any transaction.
const AGENDA_SHARE: Perbill = Perbill::from_percent(10);

impl<T: Config> Pallet<T> {
    /// Asserts what the pallet relies on; run by the runtime's integrity test.
    pub(crate) fn assert_constants() {
        assert!(
            Self::split().is_whole(),
            "the shares of provider, treasury and owner must add up to the price, and what is \
             burned is taken out of the treasury's",
        );
        assert!(
            T::DrawWindow::get() > 0
                && !T::MaxFastDrawn::get().is_zero()
                && T::DrawSample::get() > 0
                && T::MaxDraws::get() > 0
                && !T::MaxDrawn::get().is_zero(),
            "a draw needs outputs, candidates, to be made and room for a price",
        );
        assert!(
            T::Entrusted::get().is_sorted(),
            "a better standing must not be entrusted with less",
        );
        assert!(
            !T::RedrawInterval::get().is_zero(),
            "draws must be spaced out",
        );
        assert!(
            !Self::least_work_time().is_zero(),
            "the shortest job must leave a drawn provider time to work",
        );
        assert!(
            T::MinJobDuration::get() <= T::MaxJobDuration::get(),
            "the shortest job must not be longer than the longest",
        );
        assert!(
            (1..=MAX_RESULTS).contains(&T::MaxResults::get()),
            "proofs are checked together by the numbers that weights are measured for",
        );
        assert!(
            !T::AnswerTime::get().is_zero(),
            "a provider needs time to prove what is drawn",
        );
        let (least, most) = T::AuctionBlocks::get();
        assert!(
            (1..=most).contains(&least)
                && Self::least_duration(Mode::Proven, MAX_BATCHES).saturating_add(most.into())
                    <= T::MaxJobDuration::get(),
            "the longest job must leave time for the longest auction",
        );
        assert!(T::MinStart::get() > 0, "a provider needs time to start",);
        assert!(
            !T::PriorityFee::get().is_zero() && !T::PriorityAge::get().is_zero(),
            "a priority costs something and is worth something",
        );
        let longest = Mode::Sampled {
            samples: MAX_SAMPLES,
        };
        assert!(
            Self::least_duration(longest, MAX_SAMPLES) <= T::MaxJobDuration::get(),
            "the longest job must leave time to prove the largest sample",
        );
        assert!(
            Self::least_duration(Mode::Optimistic, MAX_SAMPLES) <= T::MaxJobDuration::get(),
            "the longest job must leave time to challenge and to answer",
        );
        let redundant = Mode::Redundant {
            providers: MAX_REDUNDANCY,
        };
        assert!(
            Self::least_duration(redundant, 1) <= T::MaxJobDuration::get(),
            "the longest job must leave time for a panel to seal, reveal and dispute",
        );
        assert!(
            !T::RevealDelay::get().is_zero()
                && !T::RevealPeriod::get().is_zero()
                && !T::DisputePeriod::get().is_zero()
                && !T::AuditTime::get().is_zero(),
            "a panel needs time for each of its stages",
        );
        assert!(
            T::MaxAuditShare::get()
                <= T::TreasuryShare::get().saturating_sub(T::BurnedShare::get()),
            "audits must not cost the treasury more than jobs bring it",
        );
        assert!(
            !T::ChallengePeriod::get().is_zero() && !T::ChallengeBond::get().is_zero(),
            "challenges need time, and cost something",
        );
        assert!(
            !T::CancelShare::get().is_zero(),
            "withdrawing a job that may be drawn must cost something",
        );
        assert!(
            !T::PublishTime::get().is_zero(),
            "a requester needs time to publish an input",
        );
        assert!(
            !T::DeliveryWindow::get().is_zero() && !T::DeliveryTime::get().is_zero(),
            "a requester needs time to miss an output, and a provider to publish it",
        );
        assert!(
            !T::BytePrice::get().is_zero(),
            "who has an output published pays for it",
        );
        assert!(
            !T::UnprovenShare::get().is_zero(),
            "what is not proven is paid for all the same",
        );
        // A bucket holds at least one step besides its entries; with one step a block the
        // cursor would only keep up with empty buckets.
        assert!(
            T::DrawsPerBlock::get() > 1
                && T::ClosesPerBlock::get() > 1
                && T::FastDrawsPerBlock::get() > 1
                && T::StartsPerBlock::get() > 1
                && T::WakesPerBlock::get() > 1,
            "the agendas must be served faster than blocks arrive",
        );
        let agendas = Self::worst_step(Agenda::Draw)
            .saturating_mul(T::DrawsPerBlock::get().into())
            .saturating_add(
                Self::worst_step(Agenda::Close).saturating_mul(T::ClosesPerBlock::get().into()),
            )
            .saturating_add(
                Self::worst_step(Agenda::Wake).saturating_mul(T::WakesPerBlock::get().into()),
            )
            .saturating_add(
                Self::worst_step(Agenda::Fast).saturating_mul(T::FastDrawsPerBlock::get().into()),
            )
            .saturating_add(
                Self::worst_step(Agenda::Start).saturating_mul(T::StartsPerBlock::get().into()),
            )
            .saturating_add(T::WeightInfo::record_output());
        let block = T::BlockWeights::get().max_block;
        let share = Weight::from_parts(
            AGENDA_SHARE.mul_floor(block.ref_time()),
            AGENDA_SHARE.mul_floor(block.proof_size()),
        );
        assert!(
            agendas.all_lte(share),
            "the agendas' quota {agendas:?} is more than a tenth of a block {block:?}",
        );
    }
}
