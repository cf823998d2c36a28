//! Proposals, roles and the record.

use serde_json::Value;
use sp_runtime::{DispatchError, Perbill};
use swarmwork_primitives::{Act, Actor, Class, Entry, Grant, ProposalView, Role, Stage, Standing};

use super::{bounded, of, Account, Block, LARGE};
use crate::bytes32;

fn grant<Id: From<[u8; 32]>>() -> Grant<Id, Block> {
    Grant {
        holder: bytes32(11).into(),
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

/// Every act, under a name.
pub(crate) fn acts<Id: From<[u8; 32]>>() -> [(&'static str, Act<Id, Block>); 15] {
    let call = bytes32(14).into();
    let name = || (bounded(b"Marketplace"), bounded(b"submit_job"));
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
                holder: bytes32(15).into(),
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
            Act::TechnicalAppointed {
                who: bytes32(16).into(),
            },
        ),
        ("technical dismissed", Act::TechnicalDismissed),
        ("price floor set", Act::PriceFloorSet { price: LARGE }),
    ]
}

/// All cases.
pub(super) fn all() -> Vec<Value> {
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
        of::<Act<Account, Block>, 15>("Act", acts()),
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
        of("Grant", [("grant", grant::<Account>())]),
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
