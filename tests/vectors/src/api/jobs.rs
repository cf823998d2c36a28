//! Jobs, circuits and models.

use serde_json::Value;
use swarmwork_primitives::{
    CancellationReason, CircuitInfo, CircuitView, ContentId, Delivery, DeliveryStage,
    FailureReason, JobCurrency, JobStage, JobState, JobView, Locator, Mode, ModelInfo, ResultRoot,
    ResultView,
};

use super::{bounded, of, Account, Balance, Block, LARGE};
use crate::bytes32;

fn locator() -> Locator {
    Locator {
        content: ContentId(bytes32(20)),
        source: bounded(b"http://a.example"),
    }
}

fn circuit_info() -> CircuitInfo {
    CircuitInfo {
        attested: true,
        batch: 63,
        input_len: 784,
        output_len: 10,
        macs: 0x0102_0304_0506_0708,
    }
}

fn root() -> ResultRoot {
    ResultRoot {
        root: bytes32(30).into(),
        list: ContentId(bytes32(31)),
    }
}

fn result() -> ResultView<Block> {
    ResultView {
        commitment: bytes32(32),
        output: ContentId(bytes32(33)),
        at: 77,
    }
}

fn delivery() -> Delivery<Balance, Block> {
    Delivery {
        prepaid: LARGE,
        elements: 66,
        stage: disputed(),
    }
}

fn disputed() -> DeliveryStage<Block> {
    DeliveryStage::Disputed {
        proven: 7,
        until: 8,
        parts: 1,
        sum: Some(bytes32(46)),
    }
}

fn standing_stage() -> JobStage<Block> {
    JobStage::Standing {
        results: root(),
        challenged: vec![3u32, 1_048_575].try_into().expect("few"),
        open_until: 88,
        until: 99,
    }
}

fn assigned() -> JobState<Account, Balance, Block> {
    JobState::Assigned {
        provider: bytes32(1),
        price: LARGE,
        collateral: 7,
        at: 8,
    }
}

/// All cases.
pub(super) fn all() -> Vec<Value> {
    let view =
        |mode, commitments: Vec<[u8; 32]>, input_root, state, stage, results, endpoint| JobView {
            requester: bytes32(2),
            model: bytes32(3).into(),
            circuit: bytes32(4).into(),
            input: locator(),
            batches: 2,
            mode,
            commitments,
            input_root,
            max_price: LARGE,
            currency: JobCurrency::WithId(7),
            submitted: 5,
            deadline: 6,
            state,
            stage,
            results,
            endpoint,
            delivery: Some(delivery()),
            input_due: Some(18),
            input_published: true,
        };
    let listed = vec![bytes32(40), bytes32(41)];
    let open = view(
        Mode::Proven,
        listed.clone(),
        None,
        JobState::Open,
        None,
        vec![None, None],
        None,
    );
    let proven = view(
        Mode::Proven,
        listed,
        None,
        assigned(),
        None,
        vec![Some(result()), None],
        Some(bounded(b"http://b.example")),
    );
    let rooted = view(
        Mode::Optimistic,
        Vec::new(),
        Some(bytes32(42).into()),
        assigned(),
        Some(standing_stage()),
        vec![None],
        None,
    );
    [
        of(
            "JobView",
            [("open", open), ("proven", proven), ("rooted", rooted)],
        ),
        of(
            "JobState",
            [
                ("open", JobState::Open),
                ("assigned", assigned()),
                (
                    "completed",
                    JobState::Completed {
                        provider: bytes32(1),
                        price: 9,
                        at: 10,
                    },
                ),
                (
                    "expired",
                    JobState::Expired {
                        provider: Some(bytes32(1)),
                        at: 11,
                    },
                ),
                (
                    "cancelled",
                    JobState::Cancelled {
                        provider: None,
                        why: CancellationReason::Withdrawn,
                        paid: LARGE,
                        at: 12,
                    },
                ),
                (
                    "failed",
                    JobState::Failed {
                        provider: bytes32(1),
                        why: FailureReason::ChallengeUnanswered,
                        slashed: 13,
                        at: 14,
                    },
                ),
                (
                    "withheld",
                    JobState::Cancelled {
                        provider: Some(bytes32(1)),
                        why: CancellationReason::InputWithheld,
                        paid: 15,
                        at: 16,
                    },
                ),
                (
                    "shared",
                    JobState::Shared {
                        price: LARGE,
                        at: 17,
                    },
                ),
                ("agreed", JobState::Agreed { price: 18, at: 19 }),
                ("undecided", JobState::Undecided { at: 20 }),
            ],
        ),
        of(
            "CancellationReason",
            [
                ("withdrawn", CancellationReason::Withdrawn),
                ("input withheld", CancellationReason::InputWithheld),
            ],
        ),
        of(
            "FailureReason",
            [
                ("proofs refused", FailureReason::ProofsRefused),
                ("sample unproven", FailureReason::SampleUnproven),
                ("challenge unanswered", FailureReason::ChallengeUnanswered),
            ],
        ),
        of(
            "JobStage",
            [
                (
                    "committed",
                    JobStage::Committed {
                        results: root(),
                        at: 66u32,
                    },
                ),
                (
                    "drawn",
                    JobStage::Drawn {
                        results: root(),
                        drawn: vec![0u32, 5].try_into().expect("few"),
                        until: 67,
                    },
                ),
                ("standing", standing_stage()),
            ],
        ),
        of("Delivery", [("disputed", delivery())]),
        of(
            "DeliveryStage",
            [
                ("asked", DeliveryStage::Asked),
                (
                    "waiting",
                    DeliveryStage::Waiting {
                        proven: 7,
                        until: 8,
                    },
                ),
                ("disputed", disputed()),
                ("over", DeliveryStage::Over { parts: 3 }),
            ],
        ),
        of(
            "Mode",
            [
                ("proven", Mode::Proven),
                ("sampled", Mode::Sampled { samples: 64 }),
                ("optimistic", Mode::Optimistic),
                ("redundant", Mode::Redundant { providers: 5 }),
            ],
        ),
        of("ResultRoot", [("root", root())]),
        of("ResultView", [("result", result())]),
        of("ContentId", [("id", ContentId(bytes32(50)))]),
        of(
            "Locator",
            [("sourced", locator()), ("bare", Locator::default())],
        ),
        of("CircuitInfo", [("info", circuit_info())]),
        of(
            "CircuitView",
            [(
                "circuit",
                CircuitView {
                    owner: bytes32(5),
                    info: circuit_info(),
                    verifying_key: vec![1, 2, 3],
                    proving_key: locator(),
                    commitment_key: Locator::default(),
                },
            )],
        ),
        of(
            "ModelInfo",
            [(
                "model",
                ModelInfo {
                    owner: bytes32(5),
                    circuit: bytes32(4).into(),
                    weights: bytes32(6),
                    content: locator(),
                },
            )],
        ),
    ]
    .concat()
}
