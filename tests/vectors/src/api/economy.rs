//! Supply and swarm work.

use serde_json::Value;
use sp_runtime::Permill;
use swarmwork_primitives::{
    BurnTotals, CapacityView, EpochView, MintTotals, RewardView, RewardsView, SupplyView,
};

use super::{of, Balance, Block, LARGE};

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

/// All cases.
pub(super) fn all() -> Vec<Value> {
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
