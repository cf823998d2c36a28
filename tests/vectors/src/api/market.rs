//! How jobs find their providers, and what becomes of those that several have.

use serde_json::Value;
use sp_runtime::Permill;
use swarmwork_primitives::{
    Assignment, AssignmentKind, BidView, ClearingPrice, ComputeClass, ContentId, Enclaves, Enquiry,
    JobCurrency, Member, Mode, Needs, Panel, PanelStage, Placement, PlacementView, Priority, Quote,
    Region, RejectionCounts, Requirements, ResultRoot, Terms, Tier,
};

use super::{of, Account, Balance, Block, LARGE};
use crate::bytes32;

fn needs() -> Needs {
    Needs {
        gpu_memory_mib: 24_576,
        class: ComputeClass::Professional,
        regions: vec![Region(*b"DE"), Region(*b"FR")]
            .try_into()
            .expect("few"),
        tier: Tier::Validator,
        enclaves: Enclaves(6),
        reputation: Permill::from_percent(60),
    }
}

fn requirements() -> Requirements {
    Requirements {
        hard: needs(),
        soft: Needs::default(),
    }
}

fn terms() -> Terms {
    Terms {
        requirements: requirements(),
        fast: true,
        priority: Priority::Urgent,
        start_within: Some(30),
        deliver: true,
    }
}

pub(crate) fn counts() -> RejectionCounts {
    RejectionCounts {
        not_registered: 1,
        unavailable: 2,
        busy: 3,
        too_expensive: 4,
        bond_too_small: 5,
        unattested: 6,
        maintenance: 7,
        mode: 8,
        standing: 9,
        currency: 10,
        memory: 11,
        class: 12,
        region: 13,
        tier: 14,
        enclave: 15,
        reputation: 16,
        unsettled: 17,
        declined: 18,
    }
}

fn bid() -> BidView<Account, Balance, Block> {
    BidView {
        provider: bytes32(60),
        price: LARGE,
        at: 61,
    }
}

fn sealing() -> PanelStage<Block> {
    PanelStage::Sealing { until: 62 }
}

fn judged() -> PanelStage<Block> {
    PanelStage::Judged {
        agreed: Some(bytes32(63).into()),
        shown: true,
        done: 2,
    }
}

fn new_member() -> Member<Account, Balance> {
    Member::new(bytes32(64), false, LARGE, 65)
}

fn refuted() -> Member<Account, Balance> {
    Member {
        sealed: Some(bytes32(66).into()),
        revealed: Some(ResultRoot {
            root: bytes32(67).into(),
            list: ContentId(bytes32(68)),
        }),
        refuted_by: Some(bytes32(69)),
        ..Member::new(bytes32(70), true, 71, 72)
    }
}

fn panels() -> Vec<Value> {
    let panel = Panel {
        stage: judged(),
        members: vec![new_member(), refuted()].try_into().expect("few"),
        spent: LARGE,
        burned: 73,
    };
    [
        of(
            "PanelStage",
            [
                ("sealing", sealing()),
                ("drawing", PanelStage::Drawing { since: 74 }),
                ("auditing", PanelStage::Auditing { until: 75 }),
                (
                    "revealing",
                    PanelStage::Revealing {
                        opens: 76,
                        until: 77,
                    },
                ),
                ("disputed", PanelStage::Disputed { until: 78 }),
                ("judged", judged()),
            ],
        ),
        of("Member", [("new", new_member()), ("refuted", refuted())]),
        of("Panel", [("panel", panel)]),
    ]
    .concat()
}

/// All cases.
pub(super) fn all() -> Vec<Value> {
    let quote = Quote::<Balance> {
        macs: LARGE,
        judged: 79,
        fitting: 80,
        rejected: counts(),
        prices: Some((81, 82, LARGE)),
        average: Some(83),
        at_average: None,
    };
    let enquiry = Enquiry::<Balance> {
        model: bytes32(3).into(),
        batches: 84,
        mode: Mode::Redundant { providers: 3 },
        max_price: LARGE,
        currency: JobCurrency::WithId(7),
        requirements: requirements(),
    };
    let placement = PlacementView {
        assignment: AssignmentKind::Auction,
        terms: terms(),
        won: true,
        draws: 85,
        bids_until: Some(86),
        bids: vec![bid()],
        start_by: Some(87),
        passed: vec![bytes32(88)],
    };
    let auction = || Assignment::<Account>::Auction { blocks: 96 };
    let asked = Placement {
        assignment: auction(),
        terms: terms(),
    };
    let clearing = ClearingPrice::<Balance> {
        average: LARGE,
        jobs: 89,
    };
    [
        of(
            "ComputeClass",
            [
                ("basic", ComputeClass::Basic),
                ("consumer", ComputeClass::Consumer),
                ("professional", ComputeClass::Professional),
                ("data centre", ComputeClass::DataCentre),
            ],
        ),
        of("Region", [("germany", Region(*b"DE"))]),
        of("Enclaves", [("sev-snp and tdx", Enclaves(6))]),
        of(
            "Tier",
            [
                ("entry", Tier::Entry),
                ("validator", Tier::Validator),
                ("supernode", Tier::Supernode),
            ],
        ),
        of("Needs", [("none", Needs::default()), ("all", needs())]),
        of("Requirements", [("requirements", requirements())]),
        of(
            "Priority",
            [
                ("normal", Priority::Normal),
                ("high", Priority::High),
                ("urgent", Priority::Urgent),
            ],
        ),
        of("Terms", [("none", Terms::default()), ("all", terms())]),
        of("Enquiry", [("enquiry", enquiry)]),
        of("RejectionCounts", [("counts", counts())]),
        of("Quote", [("quote", quote)]),
        of("ClearingPrice", [("clearing", clearing)]),
        of("BidView", [("bid", bid())]),
        of("PlacementView", [("placement", placement)]),
        of(
            "Assignment",
            [
                ("swarm", Assignment::<Account>::Swarm),
                ("direct", Assignment::Direct(bytes32(95))),
                ("auction", auction()),
            ],
        ),
        of(
            "AssignmentKind",
            [
                ("swarm", AssignmentKind::Swarm),
                ("direct", AssignmentKind::Direct),
                ("auction", AssignmentKind::Auction),
            ],
        ),
        of("Placement", [("placement", asked)]),
        panels(),
    ]
    .concat()
}
