//! Events of swarm work.

use pallet_swarm_work::Event;
use serde_json::Value;
use sp_runtime::Permill;
use swarmwork_primitives::LockTerm;

use super::{account, hash};

/// All cases.
pub(super) fn all() -> Vec<Value> {
    vec![
        case!(SwarmWork(Event::Credited {
            job: hash(1),
            provider: account(2),
            credit: 3,
            rate: Permill::from_percent(4)
        })),
        case!(SwarmWork(Event::EpochEnded {
            epoch: 1,
            burned: 2,
            credited: 3,
            scale: Permill::from_percent(4),
            next_budget: 5
        })),
        case!(SwarmWork(Event::Claimed {
            provider: account(1),
            amount: 2
        })),
        case!(SwarmWork(Event::ClawedBack {
            provider: account(1),
            amount: 2
        })),
        case!(SwarmWork(Event::EpochLapsed { epoch: 1 })),
        case!(SwarmWork(Event::Admitted {
            provider: account(1),
            displaced: Some(account(2))
        })),
        case!(SwarmWork(Event::Dismissed {
            provider: account(1)
        })),
        case!(SwarmWork(Event::WindowOpened {
            window: 1,
            seed: [2; 32],
            until: 3
        })),
        case!(SwarmWork(Event::CapacityCommitted {
            window: 1,
            provider: account(2),
            rows: 3
        })),
        case!(SwarmWork(Event::RowsDrawn {
            window: 1,
            seed: [2; 32],
            until: 3
        })),
        case!(SwarmWork(Event::CapacityShown {
            window: 1,
            provider: account(2),
            rows: 3
        })),
        case!(SwarmWork(Event::WindowMissed {
            window: 1,
            provider: account(2)
        })),
        case!(SwarmWork(Event::BandwidthReported {
            provider: account(1),
            peer: account(2),
            rate: 3
        })),
        case!(SwarmWork(Event::LockedUp {
            provider: account(1),
            amount: 2,
            term: LockTerm::Full,
            until: 4
        })),
        case!(SwarmWork(Event::Unlocked {
            provider: account(1),
            amount: 2
        })),
    ]
}
