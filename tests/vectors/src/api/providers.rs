//! Providers, and what is known of them.

use serde_json::Value;
use sp_runtime::Permill;
use swarmwork_primitives::{
    Backends, Capabilities, CircuitId, ComputeClass, Enclaves, EpochOutcomes, LeaseOfferView,
    LeaseView, Offer, Outcome, PastOutcome, PastSlash, Profile, ProviderDetails, ProviderStanding,
    ProviderView, Region, Rejection, ReputationView, SlashReason,
};

use super::{bounded, of, Account, Balance, Block, LARGE};
use crate::bytes32;

fn profile() -> Profile {
    Profile {
        name: bounded("Zoë".as_bytes()),
        website: bounded(b"https://c.example"),
        capabilities: capabilities(),
    }
}

fn capabilities() -> Capabilities {
    Capabilities {
        gpu_memory_mib: 24_576,
        backends: Backends(3),
        circuits: vec![CircuitId::from(bytes32(4))].try_into().expect("one"),
        class: ComputeClass::DataCentre,
        region: Some(Region(*b"NZ")),
        enclaves: Enclaves(8),
    }
}

fn lease() -> LeaseView<Account, Block> {
    LeaseView {
        lessor: bytes32(7),
        slots: 2,
        share: Permill::from_percent(25),
        ends: Some(1_000),
    }
}

fn lease_offer() -> LeaseOfferView<Account> {
    LeaseOfferView {
        operator: bytes32(8),
        slots: 3,
        share: Permill::from_percent(5),
    }
}

fn slash() -> PastSlash<Balance, Block> {
    PastSlash {
        at: 500,
        reason: SlashReason::Equivocation,
        amount: 12,
        job: Some(bytes32(9).into()),
    }
}

fn past_outcome() -> PastOutcome<Block> {
    PastOutcome {
        at: 600,
        outcome: Outcome::Failed,
        weight: LARGE,
        score: Permill::from_parts(714_285),
    }
}

fn epoch_outcomes() -> EpochOutcomes {
    EpochOutcomes {
        epoch: 4,
        completed: 3,
        failed: 1,
        good: LARGE,
        bad: 2,
    }
}

/// All cases.
pub(super) fn all() -> Vec<Value> {
    let nothing = ProviderDetails::<Account, Balance, Block> {
        profile: None,
        capacity: 4,
        slots: 6,
        unbonding: Vec::new(),
        leaving: None,
        owed: 0,
        strikes: 0,
        least_bond: 10,
        maintenance: None,
        lent: 0,
        lease: None,
        offered: None,
        slashes: Vec::new(),
    };
    let everything = ProviderDetails {
        profile: Some(profile()),
        unbonding: vec![(5, 50), (LARGE, 60)],
        leaving: Some(70),
        owed: 8,
        strikes: 2,
        maintenance: Some((80, 90)),
        lent: 1,
        lease: Some(lease()),
        offered: Some(lease_offer()),
        slashes: vec![slash()],
        ..nothing.clone()
    };
    let provider = ProviderView::<Account, Balance> {
        worker: bytes32(10),
        ask: LARGE,
        bond: 11,
        reserved: 12,
        running: 1,
        available: true,
        unattested: false,
        endpoint: bounded(b"http://d.example"),
        score: Permill::from_percent(50),
        jobs: (13, 14),
    };
    let reputation = ReputationView {
        score: Permill::from_parts(909_090),
        standing: ProviderStanding::Trusted,
        good: LARGE,
        bad: 1,
        completed: 20,
        failed: 2,
        recent: vec![past_outcome()],
        epochs: vec![epoch_outcomes()],
    };
    [
        of("ProviderView", [("provider", provider)]),
        of(
            "ProviderDetails",
            [("nothing", nothing), ("everything", everything)],
        ),
        of("Profile", [("profile", profile())]),
        of("Capabilities", [("capabilities", capabilities())]),
        of("Backends", [("cpu and cuda", Backends(3))]),
        of("LeaseView", [("lease", lease())]),
        of("LeaseOfferView", [("offer", lease_offer())]),
        of("PastSlash", [("slash", slash())]),
        of(
            "SlashReason",
            [
                ("governance", SlashReason::Governance),
                ("forgery", SlashReason::Forgery),
                ("equivocation", SlashReason::Equivocation),
                ("unproven", SlashReason::Unproven),
                ("withdrawn", SlashReason::Withdrawn),
            ],
        ),
        of(
            "Offer",
            [(
                "offer",
                Offer {
                    price: LARGE,
                    collateral: 3u128,
                },
            )],
        ),
        of(
            "Rejection",
            [
                ("not registered", Rejection::NotRegistered),
                ("unavailable", Rejection::Unavailable),
                ("busy", Rejection::Busy),
                ("too expensive", Rejection::TooExpensive),
                ("bond too small", Rejection::BondTooSmall),
                ("unattested", Rejection::Unattested),
                ("maintenance", Rejection::Maintenance),
                ("mode", Rejection::Mode),
                ("standing", Rejection::Standing),
                ("currency", Rejection::Currency),
                ("memory", Rejection::Memory),
                ("class", Rejection::Class),
                ("region", Rejection::Region),
                ("tier", Rejection::Tier),
                ("enclave", Rejection::Enclave),
                ("reputation", Rejection::Reputation),
                ("unsettled", Rejection::Unsettled),
                ("declined", Rejection::Declined),
            ],
        ),
        of("ReputationView", [("reputation", reputation)]),
        of("PastOutcome", [("outcome", past_outcome())]),
        of("EpochOutcomes", [("epoch", epoch_outcomes())]),
        of(
            "Outcome",
            [
                ("succeeded", Outcome::Succeeded),
                ("failed", Outcome::Failed),
            ],
        ),
        of(
            "ProviderStanding",
            [
                ("newcomer", ProviderStanding::Newcomer),
                ("reliable", ProviderStanding::Reliable),
                ("trusted", ProviderStanding::Trusted),
                ("distinguished", ProviderStanding::Distinguished),
            ],
        ),
    ]
    .concat()
}
