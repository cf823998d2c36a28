//! Events of jobs and what they are paid in.

use pallet_marketplace::{Event, ScoreParameters};
use serde_json::Value;
use sp_arithmetic::FixedU128;
use sp_runtime::Permill;
use swarmwork_primitives::{
    CancellationReason, ContentId, FailureReason, JobCurrency, Priority, ResultRoot, Samples,
    SlashReason, UnpaidReason,
};

use super::{account, hash};
use crate::api::counts;

fn results() -> ResultRoot {
    ResultRoot {
        root: hash(8),
        list: ContentId([9; 32]),
    }
}

/// All cases.
pub(super) fn all() -> Vec<Value> {
    vec![
        case!(Marketplace(Event::JobSubmitted {
            job: hash(1),
            requester: account(2),
            model: hash(3),
            batches: 4,
            escrow: 5,
            currency: JobCurrency::WithId(6)
        })),
        case!(Marketplace(Event::JobAssigned {
            job: hash(1),
            provider: account(2),
            price: 3,
            collateral: 4
        })),
        case!(Marketplace(Event::NoProvider {
            job: hash(1),
            rejected: counts(),
            redraw: Some(3)
        })),
        case!(Marketplace(Event::DrawPutOff {
            job: hash(1),
            redraw: None
        })),
        case!(Marketplace(Event::BatchProven {
            job: hash(1),
            batch: 2,
            output: ContentId([3; 32])
        })),
        case!(Marketplace(Event::RootedWorkAccepted {
            provider: account(1),
            accepted: true
        })),
        case!(Marketplace(Event::ResultsCommitted {
            job: hash(1),
            results: results()
        })),
        case!(Marketplace(Event::BatchesDrawn {
            job: hash(1),
            batches: Samples::truncate_from(vec![2, 3]),
            until: 3
        })),
        case!(Marketplace(Event::BatchChallenged {
            job: hash(1),
            batch: 2,
            challenger: account(3),
            bond: 4,
            until: 5
        })),
        case!(Marketplace(Event::ChallengeAnswered {
            job: hash(1),
            batch: 2,
            challenger: account(3),
            burned: 4,
            paid: 5
        })),
        case!(Marketplace(Event::ChallengerRewarded {
            job: hash(1),
            challenger: account(2),
            reward: 3
        })),
        case!(Marketplace(Event::JobCompleted {
            job: hash(1),
            provider: account(2),
            paid_provider: 3,
            paid_treasury: 4,
            burned: 5,
            paid_owner: 6,
            refunded: 7
        })),
        case!(Marketplace(Event::JobExpired {
            job: hash(1),
            refunded: 2,
            provider: None,
            forfeited: 4
        })),
        case!(Marketplace(Event::ProofRefused {
            job: hash(1),
            provider: account(2),
            refused: 3
        })),
        case!(Marketplace(Event::JobFailed {
            job: hash(1),
            provider: account(2),
            why: FailureReason::ChallengeUnanswered,
            refunded: 4,
            slashed: 5
        })),
        case!(Marketplace(Event::ResultsSealed {
            job: hash(1),
            provider: account(2),
            sealed: hash(3)
        })),
        case!(Marketplace(Event::RevealsDue {
            job: hash(1),
            opens: 2,
            until: 3
        })),
        case!(Marketplace(Event::ResultsRevealed {
            job: hash(1),
            provider: account(2),
            results: results()
        })),
        case!(Marketplace(Event::DisputesOpen {
            job: hash(1),
            majority: Some(hash(2)),
            until: 3
        })),
        case!(Marketplace(Event::ResultsRefuted {
            job: hash(1),
            batch: 2,
            prover: account(3)
        })),
        case!(Marketplace(Event::MemberPaid {
            job: hash(1),
            provider: account(2),
            paid_provider: 3,
            paid_treasury: 4,
            burned: 5,
            paid_owner: 6
        })),
        case!(Marketplace(Event::MemberSlashed {
            job: hash(1),
            provider: account(2),
            reason: SlashReason::Unproven,
            slashed: 4
        })),
        case!(Marketplace(Event::MemberUnpaid {
            job: hash(1),
            provider: account(2),
            why: UnpaidReason::Unclear
        })),
        case!(Marketplace(Event::JobAgreed {
            job: hash(1),
            root: hash(2),
            paid: 3,
            refunded: 4
        })),
        case!(Marketplace(Event::JobUndecided {
            job: hash(1),
            refunded: 2
        })),
        case!(Marketplace(Event::AuditorDrawn {
            job: hash(1),
            auditor: account(2),
            until: 3
        })),
        case!(Marketplace(Event::NoAuditor {
            job: hash(1),
            rejected: counts()
        })),
        case!(Marketplace(Event::AuditorPaid {
            job: hash(1),
            auditor: account(2),
            amount: 3
        })),
        case!(Marketplace(Event::AuditShareSet {
            share: Permill::from_percent(1)
        })),
        case!(Marketplace(Event::JobCancelled {
            job: hash(1),
            provider: Some(account(2)),
            why: CancellationReason::InputWithheld,
            paid: 4,
            paid_provider: 5,
            paid_treasury: 6,
            burned: 7,
            paid_owner: 8,
            refunded: 9
        })),
        case!(Marketplace(Event::InputReported {
            job: hash(1),
            provider: account(2),
            until: 3
        })),
        case!(Marketplace(Event::ReportWithdrawn {
            job: hash(1),
            provider: account(2)
        })),
        case!(Marketplace(Event::InputPublished { job: hash(1) })),
        case!(Marketplace(Event::DeliveryAwaited {
            job: hash(1),
            until: 2
        })),
        case!(Marketplace(Event::DeliveryDisputed {
            job: hash(1),
            until: 2
        })),
        case!(Marketplace(Event::OutputPublished {
            job: hash(1),
            part: 2
        })),
        case!(Marketplace(Event::BytesPaid {
            job: hash(1),
            provider: account(2),
            amount: 3
        })),
        case!(Marketplace(Event::OutputWithheld { job: hash(1) })),
        case!(Marketplace(Event::Tipped {
            job: hash(1),
            provider: account(2),
            amount: 3
        })),
        case!(Marketplace(Event::AssetListed {
            asset: 1,
            rate: FixedU128::from_inner(2)
        })),
        case!(Marketplace(Event::TokensBought {
            job: hash(1),
            asset: 2,
            sold: 3,
            burned: 4
        })),
        case!(Marketplace(Event::AssetClosed { asset: 1 })),
        case!(Marketplace(Event::AssetAccepted {
            provider: account(1),
            asset: 2,
            up_to: Some(FixedU128::from_inner(3))
        })),
        case!(Marketplace(Event::JobPruned { job: hash(1) })),
        case!(Marketplace(Event::ClaimRecorded {
            job: hash(1),
            beneficiary: account(2),
            amount: 3,
            currency: JobCurrency::WithId(4)
        })),
        case!(Marketplace(Event::Claimed {
            beneficiary: account(1),
            amount: 2,
            currency: JobCurrency::WithId(3),
            payers: vec![account(4), account(5)]
        })),
        case!(Marketplace(Event::ScoringSet {
            parameters: ScoreParameters {
                reputation: 1,
                fit: 2,
                price: 3,
                spare: 4,
                threshold: Permill::from_percent(5)
            }
        })),
        case!(Marketplace(Event::PriorityPaid {
            job: hash(1),
            priority: Priority::Urgent,
            burned: 3
        })),
        case!(Marketplace(Event::JobStarted {
            job: hash(1),
            provider: account(2)
        })),
        case!(Marketplace(Event::JobReturned {
            job: hash(1),
            provider: account(2),
            missed: true,
            forfeited: 4,
            redraw: Some(5)
        })),
        case!(Marketplace(Event::BidPlaced {
            job: hash(1),
            provider: account(2),
            price: 3,
            collateral: 4
        })),
        case!(Marketplace(Event::BidDropped {
            job: hash(1),
            provider: account(2)
        })),
        case!(Marketplace(Event::AuctionClosed {
            job: hash(1),
            bids: 2,
            ended: 3
        })),
        case!(Marketplace(Event::RevenueShared {
            job: hash(1),
            provider: account(2),
            lessor: account(3),
            amount: 4
        })),
    ]
}
