//! Events of providers.

use pallet_providers::Event;
use serde_json::Value;
use sp_runtime::{Perbill, Permill};
use swarmwork_primitives::{Penalty, SlashReason, Tier, Url};

use super::{account, hash};

/// All cases.
pub(super) fn all() -> Vec<Value> {
    vec![
        case!(Providers(Event::ProviderRegistered {
            provider: account(1),
            worker: account(2),
            bond: 3,
            tier: Tier::Validator
        })),
        case!(Providers(Event::ProviderUpdated {
            provider: account(1),
            ask: 2,
            endpoint: Url::truncate_from(b"http://a.example".to_vec()),
            unattested: true,
            slots: 5
        })),
        case!(Providers(Event::AvailabilityChanged {
            provider: account(1),
            available: true
        })),
        case!(Providers(Event::WorkerRotated {
            provider: account(1),
            worker: account(2)
        })),
        case!(Providers(Event::BondIncreased {
            provider: account(1),
            bond: 2,
            tier: Tier::Supernode
        })),
        case!(Providers(Event::ProviderLeaving {
            provider: account(1),
            withdrawable: 2
        })),
        case!(Providers(Event::BondWithdrawn {
            provider: account(1),
            amount: 2
        })),
        case!(Providers(Event::ProviderSlashed {
            provider: account(1),
            reason: SlashReason::Withdrawn,
            job: Some(hash(3)),
            amount: 4,
            burned: 5,
            owed: 6,
            bond: 7
        })),
        case!(Providers(Event::OwedTaken {
            provider: account(1),
            amount: 2,
            burned: 3,
            bond: 4
        })),
        case!(Providers(Event::BondUnbonding {
            provider: account(1),
            amount: 2,
            withdrawable: 3,
            bond: 4
        })),
        case!(Providers(Event::OffenceProven {
            provider: account(1),
            reason: SlashReason::Forgery,
            job: hash(3),
            batch: 4,
            reporter: account(5)
        })),
        case!(Providers(Event::PenaltySet {
            reason: SlashReason::Equivocation,
            penalty: Penalty {
                stake: Perbill::from_percent(2),
                price: Perbill::from_percent(3),
                strikes: 4,
                capped: true
            }
        })),
        case!(Providers(Event::ProfileSet {
            provider: account(1)
        })),
        case!(Providers(Event::MaintenanceAnnounced {
            provider: account(1),
            from: 2,
            until: 3
        })),
        case!(Providers(Event::MaintenanceEnded {
            provider: account(1)
        })),
        case!(Providers(Event::LeaseOffered {
            lessor: account(1),
            operator: account(2),
            slots: 3,
            share: Permill::from_percent(4)
        })),
        case!(Providers(Event::LeaseOfferWithdrawn { lessor: account(1) })),
        case!(Providers(Event::LeaseBegun {
            lessor: account(1),
            operator: account(2),
            slots: 3,
            share: Permill::from_percent(4)
        })),
        case!(Providers(Event::LeaseEnding {
            lessor: account(1),
            operator: account(2),
            ends: 3
        })),
        case!(Providers(Event::LeaseClosed {
            lessor: account(1),
            operator: account(2)
        })),
    ]
}
