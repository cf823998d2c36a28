//! An event of every kind that our pallets deposit: encoded as the runtime does it, pallet and
//! variant included, and its fields as people write them.
//!
//! Bytes are hexadecimal and integers of more than 32 bits strings; parts (`Permill`) and fixed-point
//! numbers are the integers behind them. A variant is its name, or an object of its name and its
//! fields.

/// A case of an event, written as the event itself is: its pallet's `Event` is in scope.
macro_rules! case {
    ($pallet:ident(Event::$event:ident { $($field:ident: $value:expr),+ $(,)? })) => {{
        $(let $field = $value;)+
        let fields = [$((stringify!($field), $crate::events::told::Told::told(&$field))),+];
        let event = swarmwork_runtime::RuntimeEvent::$pallet(Event::$event { $($field),+ });
        $crate::events::written(
            stringify!($pallet),
            stringify!($event),
            fields.into_iter().collect(),
            &event,
        )
    }};
}

mod marketplace;
mod providers;
mod swarm_work;
mod told;

use codec::Encode;
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::{AccountId32, Permill};
use swarmwork_primitives::{Actor, BurnSource, Class, MintSource, Outcome};
use swarmwork_runtime::RuntimeEvent;

use crate::{api::acts, text};

fn account(seed: u8) -> AccountId32 {
    [seed; 32].into()
}

fn hash(seed: u8) -> H256 {
    [seed; 32].into()
}

fn written(pallet: &str, name: &str, fields: Value, event: &RuntimeEvent) -> Value {
    json!({
        "pallet": pallet, "event": name, "encoded": text(event.encode()), "fields": fields,
    })
}

fn burn() -> Vec<Value> {
    use pallet_burn::Event;

    vec![
        case!(Burn(Event::Burned {
            source: BurnSource::Slash,
            amount: 1
        })),
        case!(Burn(Event::Minted {
            source: MintSource::SwarmWork,
            amount: 2
        })),
    ]
}

fn circuits() -> Vec<Value> {
    use pallet_circuits::Event;

    vec![
        case!(Circuits(Event::CircuitRegistered {
            circuit: hash(1),
            owner: account(2),
            attested: true
        })),
        case!(Circuits(Event::CircuitAttested {
            circuit: hash(1),
            transcript: hash(3)
        })),
        case!(Circuits(Event::OutputBasesRegistered {
            circuit: hash(1),
            owner: account(2),
            elements: 4
        })),
        case!(Circuits(Event::CircuitUnregistered { circuit: hash(1) })),
    ]
}

fn models() -> Vec<Value> {
    use pallet_models::Event;

    vec![case!(Models(Event::ModelRegistered {
        model: hash(1),
        owner: account(2),
        circuit: hash(3)
    }))]
}

fn reputation() -> Vec<Value> {
    use pallet_reputation::Event;

    vec![case!(Reputation(Event::ReputationChanged {
        provider: account(1),
        job: hash(2),
        outcome: Outcome::Failed,
        weight: 3,
        score: Permill::from_percent(4)
    }))]
}

/// Every act, by one actor after the other.
fn governance() -> Vec<Value> {
    use pallet_governance::Event;

    let actors = [
        Actor::Proposal {
            index: 1,
            class: Class::Attest,
        },
        Actor::Root,
        Actor::Holder(account(2)),
        Actor::Technical(account(3)),
        Actor::Account(account(4)),
        Actor::Clock,
    ];
    let entries = (1..).zip(actors.into_iter().cycle().zip(acts::<AccountId32>()));
    entries
        .map(|(place, (who, (_, what)))| {
            case!(Governance(Event::ActRecorded {
                number: place,
                actor: who,
                act: what
            }))
        })
        .collect()
}

/// Every event of our pallets.
pub fn events() -> Value {
    let cases = [
        burn(),
        circuits(),
        models(),
        providers::all(),
        marketplace::all(),
        reputation(),
        swarm_work::all(),
        governance(),
    ]
    .concat();
    json!({ "cases": cases })
}
