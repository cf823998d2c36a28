//! Failures that scripts tell apart by exit code.

use serde_json::{json, Value};

/// A failure with an exit code of its own; every other error exits with 1, bad usage with 2.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing answers, or what answers is no Swarmwork node. Exit code 3.
    #[error("no Swarmwork node answers at {url}: {reason}\nstart one with `swarmwork-node --dev --tmp`, or name another with --url or SWARM_URL")]
    Node {
        /// The URL tried.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The chain refused a call with an error of its own. Exit code 4.
    #[error("the chain refused {call}: {error}\n{explanation}")]
    Refused {
        /// `pallet.call`
        call: String,
        /// `Pallet.Error`
        error: String,
        /// The runtime's own words on it.
        explanation: String,
    },
    /// The chain knows no such thing. Exit code 5.
    #[error("{0}")]
    NotFound(String),
    /// Something delivered or stored is not what was proven. Exit code 6.
    #[error("{0}")]
    Mismatch(String),
    /// The job ended, but not with a result. Exit code 7.
    #[error("{0}")]
    Ended(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Failure::Node { .. } => 3,
            Failure::Refused { .. } => 4,
            Failure::NotFound(_) => 5,
            Failure::Mismatch(_) => 6,
            Failure::Ended(_) => ENDED_WITHOUT_RESULT,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Failure::Node { .. } => "node_unreachable",
            Failure::Refused { .. } => "refused",
            Failure::NotFound(_) => "not_found",
            Failure::Mismatch(_) => "mismatch",
            Failure::Ended(_) => "ended",
        }
    }
}

/// Exit code for a job that ended without a result.
pub const ENDED_WITHOUT_RESULT: u8 = 7;

/// What `swarm --help` says of exit codes.
pub const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no node, 4 refused by the chain, 5 unknown id, \
6 not what was proven, 7 the job ended without a result.";

/// Exit code of an error.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    error.downcast_ref::<Failure>().map_or(1, Failure::code)
}

/// The error as `--json` prints it.
pub fn to_json(error: &anyhow::Error) -> Value {
    let failure = error.downcast_ref::<Failure>();
    let mut object = json!({
        "error": format!("{error:#}"),
        "kind": failure.map_or("failed", Failure::kind),
    });
    if let Some(Failure::Refused { call, error, .. }) = failure {
        object["call"] = json!(call);
        object["pallet_error"] = json!(error);
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn context_does_not_hide_the_kind() {
        let failure = Failure::Refused {
            call: "marketplace.submit_job".into(),
            error: "Marketplace.PriceTooLow".into(),
            explanation: "The price is too low.".into(),
        };
        let error = Err::<(), _>(failure).context("submitting").unwrap_err();
        assert_eq!(exit_code(&error), 4);
        let json = to_json(&error);
        assert_eq!(json["pallet_error"], "Marketplace.PriceTooLow");
        assert_eq!(json["kind"], "refused");
        assert!(
            json["error"].as_str().unwrap().contains("too low"),
            "{json}"
        );
        assert_eq!(exit_code(&anyhow::anyhow!("other")), 1);
    }
}
