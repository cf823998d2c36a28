//! Proposals as readers see them.

use crate::{
    enactment::{enacted_at, hash, task_name},
    pallet::{Config, Pallet, Waiting},
    Class, ProposalView, Stage, Standing,
};
use frame_support::traits::VoteTally;
use pallet_referenda::{
    BlockNumberFor, ReferendumCount, ReferendumInfo, ReferendumInfoFor, ReferendumStatusOf,
    TracksInfo,
};
use sp_runtime::{traits::Saturating, Perbill};

impl<T: Config> Pallet<T> {
    /// How many proposals there were.
    pub fn proposals() -> u32 {
        ReferendumCount::<T>::get()
    }

    /// A proposal by number.
    pub fn proposal(index: u32) -> Option<ProposalView<BlockNumberFor<T, ()>>> {
        let ended = |stage| ProposalView {
            index,
            class: None,
            call: None,
            stage,
            standing: None,
        };
        Some(match ReferendumInfoFor::<T>::get(index)? {
            ReferendumInfo::Ongoing(status) => Self::ongoing(index, status)?,
            ReferendumInfo::Approved(..) => match Waiting::<T>::get(index) {
                Some((class, call)) => ProposalView {
                    class: Some(class),
                    call: Some(hash::<T>(&call)),
                    ..ended(Stage::Waiting {
                        enacted_at: enacted_at::<T>(task_name(index)).ok()?,
                    })
                },
                None => ended(Stage::Approved),
            },
            ReferendumInfo::Rejected(..) => ended(Stage::Rejected),
            ReferendumInfo::Cancelled(..) => ended(Stage::Cancelled),
            ReferendumInfo::TimedOut(..) => ended(Stage::TimedOut),
            ReferendumInfo::Killed(..) => ended(Stage::Killed),
        })
    }

    fn ongoing(
        index: u32,
        status: ReferendumStatusOf<T, ()>,
    ) -> Option<ProposalView<BlockNumberFor<T, ()>>> {
        let track = <T as pallet_referenda::Config>::Tracks::info(status.track)?;
        let stage = match &status.deciding {
            Some(deciding) => Stage::Deciding {
                ends: deciding.since.saturating_add(track.decision_period),
                confirmed: deciding.confirming,
            },
            None if status.in_queue => Stage::Queued,
            None => Stage::Preparing {
                deposit: status.decision_deposit.is_some(),
                until: status.submitted.saturating_add(track.prepare_period),
            },
        };
        let passed = status
            .deciding
            .as_ref()
            .map_or(Perbill::zero(), |deciding| {
                let elapsed = Self::now().saturating_sub(deciding.since);
                Perbill::from_rational(elapsed.min(track.decision_period), track.decision_period)
            });
        let (ayes, nays) = status.tally.votes();
        Some(ProposalView {
            index,
            class: Class::of_track(status.track),
            call: Some(hash::<T>(&status.proposal)),
            stage,
            standing: Some(Standing {
                ayes,
                nays,
                approval: status.tally.approval(status.track),
                approval_needed: track.min_approval.threshold(passed),
                support: status.tally.support(status.track),
                support_needed: track.min_support.threshold(passed),
            }),
        })
    }
}
