//! Who got what of a job's price, from the event of its settlement.

use serde_json::{json, Value};
use sp_core::H256;
use subxt::{
    dynamic::At,
    ext::scale_value::{Composite, ValueDef},
};
use swarmwork_primitives::JobCurrency;

use crate::{chain::Chain, units::Price};

const PARTS: [(&str, &str); 5] = [
    ("paid_provider", "to the provider"),
    ("paid_treasury", "to the treasury"),
    ("burned", "burned"),
    ("paid_owner", "to the model's owner"),
    ("refunded", "refunded"),
];

/// The five parts of what was held for a job.
pub struct Settlement {
    amounts: [u128; 5],
}

impl Settlement {
    /// Fields named as in the event.
    pub fn json(&self) -> Value {
        let fields = PARTS.iter().zip(self.amounts);
        json!(fields
            .map(|((name, _), amount)| (name.to_string(), json!(amount.to_string())))
            .collect::<serde_json::Map<_, _>>())
    }

    /// Lines for people.
    pub fn lines(&self, currency: &JobCurrency) -> Vec<(String, String)> {
        PARTS
            .iter()
            .zip(self.amounts)
            .map(|((name, words), amount)| {
                // Of an asset nothing is burned but the tokens that its part buys.
                let unit = match *name {
                    "burned" => &JobCurrency::Native,
                    _ => currency,
                };
                (words.to_string(), Price::of(unit, amount).to_string())
            })
            .collect()
    }

    fn from_fields(fields: &Composite<()>) -> Option<Self> {
        let mut amounts = [0; 5];
        for (amount, (name, _)) in amounts.iter_mut().zip(PARTS) {
            *amount = fields.at(name)?.as_u128()?;
        }
        Some(Self { amounts })
    }
}

/// The settlement of a job that was completed in block `at`; `None` where the node has dropped
/// that block's state.
pub async fn settlement(chain: &Chain, at: u32, job: H256) -> Option<Settlement> {
    let events = chain
        .at_number(at)
        .await
        .ok()?
        .events()
        .fetch()
        .await
        .ok()?;
    let found = events
        .iter()
        .filter_map(Result::ok)
        .filter(|e| e.pallet_name() == "Marketplace" && e.event_name() == "JobCompleted")
        .filter_map(|e| e.decode_fields_unchecked_as::<Composite<()>>().ok())
        .find(|fields| fields.at("job").and_then(bytes).as_deref() == Some(job.as_bytes()))
        .and_then(|fields| Settlement::from_fields(&fields));
    found
}

/// The bytes of a hash, which decodes as (nested) lists of numbers.
fn bytes(value: &subxt::dynamic::Value) -> Option<Vec<u8>> {
    let ValueDef::Composite(parts) = &value.value else {
        return None;
    };
    let parts: Vec<_> = parts.values().collect();
    if let [only] = parts[..] {
        if let Some(inner) = bytes(only) {
            return Some(inner);
        }
    }
    parts
        .iter()
        .map(|part| part.as_u128().and_then(|n| u8::try_from(n).ok()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt::dynamic::Value as Dynamic;

    #[test]
    fn hashes_are_read_through_their_wrappers() {
        let flat = Dynamic::from_bytes([7u8; 32]);
        assert_eq!(bytes(&flat).unwrap(), [7; 32]);
        let wrapped = Dynamic::unnamed_composite([flat]);
        assert_eq!(bytes(&wrapped).unwrap(), [7; 32]);
        assert_eq!(bytes(&Dynamic::u128(3)), None);
        assert_eq!(
            bytes(&Dynamic::unnamed_composite([Dynamic::u128(300)])),
            None
        );
    }

    #[test]
    fn every_part_must_be_there() {
        let field = |(name, _): (&str, &str), amount| (name.to_string(), Dynamic::u128(amount));
        let all: Vec<_> = PARTS
            .into_iter()
            .zip(1..)
            .map(|(p, n)| field(p, n))
            .collect();
        let read = Settlement::from_fields(&Composite::named(all.clone())).unwrap();
        assert_eq!(read.amounts, [1, 2, 3, 4, 5]);
        assert_eq!(read.json()["burned"], "3");
        assert!(Settlement::from_fields(&Composite::named(all[1..].to_vec())).is_none());
    }
}
