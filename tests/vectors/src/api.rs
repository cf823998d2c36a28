//! Values of every type that the runtime APIs take or give, and their SCALE encodings. Accounts are
//! 32 bytes, balances 128 bits, block numbers 32 bits, as the runtime has them.

use codec::Encode;
use serde_json::{json, Value};
use sp_runtime::{DispatchError, Perbill, Permill};
use swarmwork_primitives::{
    Act, Actor, Backends, BurnTotals, Capabilities, CapacityView, CircuitId, CircuitInfo,
    CircuitView, Class, ContentId, Entry, EpochOutcomes, EpochView, Grant, JobStage, JobState,
    JobView, LeaseOfferView, LeaseView, Locator, MintTotals, Mode, ModelInfo, Offer, Outcome,
    PastOutcome, PastSlash, Profile, ProposalView, ProviderDetails, ProviderStanding, ProviderView,
    Rejection, ReputationView, ResultRoot, ResultView, RewardView, RewardsView, Role, SlashReason,
    Stage, Standing, SupplyView,
};

use crate::{bytes32, text};

type Account = [u8; 32];
type Balance = u128;
type Block = u32;

/// More than 64 bits.
const LARGE: Balance = 0x0102_0304_0506_0708_090a_0b0c;

/// Encoded values of one type, each under a name.
fn of<T: Encode, const N: usize>(ty: &str, values: [(&str, T); N]) -> Vec<Value> {
    let case = |(name, value): (&str, T)| json!({ "type": ty, "case": name, "scale": text(value.encode()) });
    values.map(case).to_vec()
}

fn bounded<V: TryFrom<Vec<u8>>>(bytes: &[u8]) -> V {
    let bounded = bytes.to_vec().try_into();
    bounded.unwrap_or_else(|_| panic!("{} bytes are too many", bytes.len()))
}

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

fn jobs() -> Vec<Value> {
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
            submitted: 5,
            deadline: 6,
            state,
            stage,
            results,
            endpoint,
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
                ("cancelled", JobState::Cancelled { at: 12 }),
                (
                    "failed",
                    JobState::Failed {
                        provider: bytes32(1),
                        slashed: 13,
                        at: 14,
                    },
                ),
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
        of(
            "Mode",
            [
                ("proven", Mode::Proven),
                ("sampled", Mode::Sampled { samples: 64 }),
                ("optimistic", Mode::Optimistic),
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

fn providers() -> Vec<Value> {
    let nothing = ProviderDetails::<Account, Balance, Block> {
        profile: None,
        capacity: 4,
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

fn burned() -> BurnTotals<Balance> {
    BurnTotals {
        job_fees: 1,
        transaction_fees: 2,
        slashes: 3,
        voluntary: LARGE,
    }
}

fn minted() -> MintTotals<Balance> {
    MintTotals {
        staking: 4,
        staking_remainder: 5,
        swarm_work: LARGE,
    }
}

fn reward() -> RewardView<Balance> {
    RewardView {
        epoch: 3,
        earned: 100,
        payable: 90,
        vested: 80,
        claimed: 70,
    }
}

fn capacity() -> CapacityView {
    CapacityView {
        rows: 1_000,
        streak: 10,
        windows: 12,
        missed: 1,
        latency: 1_500,
        bandwidth: Some(2_000),
    }
}

fn economy() -> Vec<Value> {
    let supply = SupplyView {
        issuance: LARGE,
        genesis: 6,
        minted: minted(),
        burned: burned(),
    };
    let epoch = EpochView::<Balance, Block> {
        index: 7,
        started: 8,
        ended: Some(9),
        budget: LARGE,
        burned: 10,
        credited: 11,
        paid: 12,
        scale: Permill::from_percent(99),
    };
    let rewards = RewardsView {
        rate: Permill::from_percent(30),
        capacity: Some(capacity()),
        epochs: vec![reward()],
    };
    [
        of("BurnTotals", [("burned", burned())]),
        of("MintTotals", [("minted", minted())]),
        of("SupplyView", [("supply", supply)]),
        of("EpochView", [("epoch", epoch)]),
        of("RewardView", [("reward", reward())]),
        of("CapacityView", [("capacity", capacity())]),
        of("RewardsView", [("rewards", rewards)]),
    ]
    .concat()
}

fn grant() -> Grant<Account, Block> {
    Grant {
        holder: bytes32(11),
        scope: Some(bytes32(12).into()),
        expires: 13,
    }
}

fn tally() -> Standing {
    Standing {
        ayes: LARGE,
        nays: 1,
        approval: Perbill::from_percent(60),
        approval_needed: Perbill::from_percent(50),
        support: Perbill::from_percent(10),
        support_needed: Perbill::from_percent(5),
    }
}

fn acts() -> Vec<Value> {
    let call = bytes32(14).into();
    let name = || (bounded(b"Marketplace"), bounded(b"submit_job"));
    of::<Act<Account, Block>, 15>(
        "Act",
        [
            (
                "proposed",
                Act::Proposed {
                    index: 1,
                    class: Class::Treasury,
                    name: name(),
                    call,
                },
            ),
            (
                "approved",
                Act::Approved {
                    call,
                    enacted_at: 2,
                },
            ),
            (
                "enacted",
                Act::Enacted {
                    call,
                    result: Ok(()),
                },
            ),
            (
                "refused",
                Act::Enacted {
                    call,
                    result: Err(DispatchError::BadOrigin),
                },
            ),
            ("cancelled", Act::Cancelled { index: 3 }),
            (
                "role used",
                Act::RoleUsed {
                    role: Role::AttestCircuits,
                    scope: None,
                },
            ),
            (
                "role granted",
                Act::RoleGranted {
                    role: Role::ListAssets,
                    grant: grant(),
                },
            ),
            (
                "role revoked",
                Act::RoleRevoked {
                    role: Role::DrawAudits,
                    holder: bytes32(15),
                },
            ),
            ("stopped", Act::Stopped { until: 4 }),
            ("resumed", Act::Resumed),
            (
                "call paused",
                Act::CallPaused {
                    call: name(),
                    until: 5,
                },
            ),
            ("call resumed", Act::CallResumed { call: name() }),
            (
                "technical appointed",
                Act::TechnicalAppointed { who: bytes32(16) },
            ),
            ("technical dismissed", Act::TechnicalDismissed),
            ("price floor set", Act::PriceFloorSet { price: LARGE }),
        ],
    )
}

fn governance() -> Vec<Value> {
    let entry = Entry::<Account, Block> {
        at: 17,
        actor: Actor::Holder(bytes32(18)),
        act: Act::Resumed,
    };
    let proposal = ProposalView::<Block> {
        index: 19,
        class: Some(Class::Upgrade),
        call: Some(bytes32(14).into()),
        stage: Stage::Deciding {
            ends: 20,
            confirmed: Some(21),
        },
        standing: Some(tally()),
    };
    [
        acts(),
        of("Entry", [("entry", entry)]),
        of::<Actor<Account>, 6>(
            "Actor",
            [
                (
                    "proposal",
                    Actor::Proposal {
                        index: 22,
                        class: Class::Attest,
                    },
                ),
                ("root", Actor::Root),
                ("holder", Actor::Holder(bytes32(18))),
                ("technical", Actor::Technical(bytes32(19))),
                ("account", Actor::Account(bytes32(20))),
                ("clock", Actor::Clock),
            ],
        ),
        of(
            "Class",
            [
                ("cancel", Class::Cancel),
                ("parameter", Class::Parameter),
                ("treasury", Class::Treasury),
                ("attest", Class::Attest),
                ("upgrade", Class::Upgrade),
            ],
        ),
        of(
            "Role",
            [
                ("attest circuits", Role::AttestCircuits),
                ("adjust prices", Role::AdjustPrices),
                ("list assets", Role::ListAssets),
                ("draw audits", Role::DrawAudits),
            ],
        ),
        of("Grant", [("grant", grant())]),
        of("ProposalView", [("proposal", proposal)]),
        of("Standing", [("tally", tally())]),
        of::<Stage<Block>, 9>(
            "Stage",
            [
                (
                    "preparing",
                    Stage::Preparing {
                        deposit: true,
                        until: 23,
                    },
                ),
                ("queued", Stage::Queued),
                (
                    "deciding",
                    Stage::Deciding {
                        ends: 20,
                        confirmed: None,
                    },
                ),
                ("waiting", Stage::Waiting { enacted_at: 24 }),
                ("approved", Stage::Approved),
                ("rejected", Stage::Rejected),
                ("cancelled", Stage::Cancelled),
                ("timed out", Stage::TimedOut),
                ("killed", Stage::Killed),
            ],
        ),
    ]
    .concat()
}

/// Every type, with every variant of an enumeration.
pub fn api() -> Value {
    let cases = [jobs(), providers(), economy(), governance()].concat();
    json!({ "cases": cases })
}
