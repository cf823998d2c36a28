//! Why jobs ended without results, in words.

use swarmwork_primitives::{CancellationReason, FailureReason};

/// What the provider of a failed job has to do with that.
pub fn failure(why: FailureReason) -> &'static str {
    match why {
        FailureReason::ProofsRefused => "too many proofs of its provider were refused",
        FailureReason::SampleUnproven => "its provider did not prove what was drawn of its results",
        FailureReason::ChallengeUnanswered => {
            "its provider did not prove what was challenged of its results"
        }
    }
}

/// By whose doing a job was cancelled.
pub fn cancellation(why: CancellationReason) -> &'static str {
    match why {
        CancellationReason::Withdrawn => "its requester withdrew it",
        CancellationReason::InputWithheld => {
            "its provider could not have the input, which was not published"
        }
    }
}
