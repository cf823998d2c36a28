//! Privileged acts in words and as JSON.

use serde_json::{json, Value};
use sp_core::H256;
use swarmwork_primitives::CallName;

use super::{Act, Actor, Entry};
use crate::units::{address, Amount};

fn call_name((pallet, call): &CallName) -> String {
    format!(
        "{}.{}",
        String::from_utf8_lossy(pallet),
        String::from_utf8_lossy(call)
    )
}

fn on(scope: &Option<H256>) -> String {
    scope.map_or_else(String::new, |thing| format!(" on {thing:?}"))
}

/// Who did it.
pub fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::Proposal { index, class } => {
            format!("proposal {index} ({})", format!("{class:?}").to_lowercase())
        }
        Actor::Root => "root".into(),
        Actor::Holder(who) => format!("{} by its role", address(who)),
        Actor::Technical(who) => format!("the technical account {}", address(who)),
        Actor::Account(who) => address(who),
        Actor::Clock => "the clock".into(),
    }
}

/// What was done: its name, and all of it in words.
pub fn act_text(act: &Act) -> (&'static str, String) {
    match act {
        Act::Proposed {
            index,
            class,
            name,
            call,
        } => (
            "proposed",
            format!(
                "proposal {index}: {}, of class {}, call {call:?}",
                call_name(name),
                format!("{class:?}").to_lowercase()
            ),
        ),
        Act::Approved { call, enacted_at } => (
            "approved",
            format!("call {call:?}, to be enacted in block {enacted_at}"),
        ),
        Act::Enacted { call, result } => (
            "enacted",
            match result {
                Ok(()) => format!("call {call:?}"),
                Err(error) => format!("call {call:?}, which failed: {error:?}"),
            },
        ),
        Act::Cancelled { index } => ("cancelled", format!("proposal {index}")),
        Act::RoleUsed { role, scope } => ("role used", format!("{role:?}{}", on(scope))),
        Act::RoleGranted { role, grant } => (
            "role granted",
            format!(
                "{role:?} to {}{} before block {}",
                address(&grant.holder),
                on(&grant.scope),
                grant.expires
            ),
        ),
        Act::RoleRevoked { role, holder } => {
            ("role revoked", format!("{role:?} of {}", address(holder)))
        }
        Act::Stopped { until } => ("stopped", format!("the market, to block {until}")),
        Act::Resumed => ("resumed", "the market".into()),
        Act::CallPaused { call, until } => (
            "call paused",
            format!("{} to block {until}", call_name(call)),
        ),
        Act::CallResumed { call } => ("call resumed", call_name(call)),
        Act::TechnicalAppointed { who } => ("technical appointed", address(who)),
        Act::TechnicalDismissed => ("technical dismissed", String::new()),
        Act::PriceFloorSet { price } => ("price floor set", Amount(*price).to_string()),
    }
}

/// A line of the record.
pub fn entry_json(number: u64, entry: &Entry) -> Value {
    let (act, detail) = act_text(&entry.act);
    json!({
        "number": number,
        "block": entry.at,
        "actor": actor_text(&entry.actor),
        "act": act.replace(' ', "_"),
        "detail": detail,
    })
}

/// The same for people.
pub fn entry_line(number: u64, entry: &Entry) -> (String, String) {
    let (act, detail) = act_text(&entry.act);
    (
        format!("{number}"),
        format!(
            "block {}: {act} {detail} (by {})",
            entry.at,
            actor_text(&entry.actor)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::crypto::AccountId32;
    use swarmwork_primitives::{Class, Role};

    #[test]
    fn a_proposal_names_its_call() {
        let name: CallName = (
            b"Treasury".to_vec().try_into().expect("it is short"),
            b"spend".to_vec().try_into().expect("it is short"),
        );
        let (act, detail) = act_text(&Act::Proposed {
            index: 3,
            class: Class::Treasury,
            name,
            call: H256::repeat_byte(1),
        });
        assert_eq!(act, "proposed");
        assert!(
            detail.starts_with("proposal 3: Treasury.spend, of class treasury, call 0x01"),
            "{detail}"
        );
    }

    #[test]
    fn acts_read_as_sentences() {
        let entry = Entry {
            at: 12,
            actor: Actor::Proposal {
                index: 3,
                class: Class::Attest,
            },
            act: Act::RoleGranted {
                role: Role::DrawAudits,
                grant: super::super::Grant {
                    holder: AccountId32::new([1; 32]),
                    scope: None,
                    expires: 99,
                },
            },
        };
        let (number, line) = entry_line(7, &entry);
        assert_eq!(number, "7");
        assert!(
            line.starts_with("block 12: role granted DrawAudits to 5"),
            "{line}"
        );
        assert!(
            line.ends_with("before block 99 (by proposal 3 (attest))"),
            "{line}"
        );
        let json = entry_json(7, &entry);
        assert_eq!(json["act"], "role_granted");
        assert_eq!(json["block"], 12);
    }
}
