//! pallet-governance: what is voted on how, and who may do what.
//!
//! The class of a proposal follows from its call, here: what this file does not know takes the
//! gravest class, so that a new pallet's calls are guarded before anybody thought of them.

use super::{
    providers::{MAX_PRICE_FLOOR, MIN_PRICE_FLOOR, PRICE_FLOOR},
    reputation::Prior,
    scheduler::MaxTask,
    treasury::TreasuryAccount,
};
use crate::{
    currency::UNIT, weights, AccountId, Balance, Balances, Governance, Reputation, Runtime,
    RuntimeCall, RuntimeHoldReason, SafeMode, Scheduler, TxPause,
};
use frame_support::{
    parameter_types,
    traits::{fungible::InspectHold, ConstU32},
};
use pallet_governance::{Class, ClassOf, Escrow, Names, Purchases, WholeDays};
use sp_runtime::Permill;
use swarmwork_primitives::Assignment;

/// Most that one proposal of the treasury's class spends; a larger sum takes the gravest class.
pub const SPEND_LIMIT: Balance = 100_000 * UNIT;

parameter_types! {
    pub const MaxBonus: Permill = Permill::from_percent(50);
    pub const SpendLimit: Balance = SPEND_LIMIT;
    pub const MonthlyShare: Permill = Permill::from_percent(10);
    pub const PriceBounds: (Balance, Balance) = (MIN_PRICE_FLOOR, MAX_PRICE_FLOOR);
    pub const DefaultPriceFloor: Balance = PRICE_FLOOR;
    /// Without results nobody can meet a deadline, and without challenges whatever stands is paid.
    pub const ClockCalls: &'static [(&'static str, &'static str)] = &[
        ("Marketplace", "submit_result"),
        ("Marketplace", "submit_results"),
        ("Marketplace", "commit_results"),
        ("Marketplace", "open_batches"),
        ("Marketplace", "challenge"),
        ("Marketplace", "seal_results"),
        ("Marketplace", "reveal_results"),
        ("Marketplace", "dispute_results"),
        ("Marketplace", "report_input"),
        ("Marketplace", "withdraw_report"),
        ("Marketplace", "publish_input"),
        ("Marketplace", "dispute_delivery"),
        ("Marketplace", "publish_output"),
        ("Marketplace", "start_job"),
        ("Marketplace", "bid"),
    ];
}

/// What jobs have in escrow, which a settlement pays to others.
pub struct MarketEscrow;
impl Escrow<AccountId> for MarketEscrow {
    fn escrow(who: &AccountId) -> Balance {
        let reason = RuntimeHoldReason::Marketplace(pallet_marketplace::HoldReason::Escrow);
        Balances::balance_on_hold(&reason, who)
    }
}

/// The classes of this runtime's calls.
pub struct Classes;
impl ClassOf<RuntimeCall> for Classes {
    fn class_of(call: &RuntimeCall) -> Class {
        class_and_sum(call).0
    }
}

/// The class of a call, and what it takes from the treasury in all: what one proposal may spend, it
/// may spend once, in however many calls and by whichever of them.
fn class_and_sum(call: &RuntimeCall) -> (Class, Balance) {
    use pallet_treasury::Call as Treasury;
    use pallet_utility::Call as Utility;
    let class = match call {
        RuntimeCall::Governance(governed) => {
            let sum = match governed {
                pallet_governance::Call::buy_public { call } => PublicJobs::cost(call),
                _ => None,
            };
            return (Governance::class_of_call(governed), sum.unwrap_or(0));
        }
        RuntimeCall::Circuits(pallet_circuits::Call::attest_circuit { .. }) => Class::Attest,
        RuntimeCall::Marketplace(
            pallet_marketplace::Call::set_scoring { .. }
            | pallet_marketplace::Call::set_audit_share { .. }
            | pallet_marketplace::Call::list_asset { .. }
            | pallet_marketplace::Call::close_asset { .. },
        ) => Class::Parameter,
        RuntimeCall::Treasury(Treasury::spend { amount, .. }) if *amount <= SPEND_LIMIT => {
            return (Class::Treasury, *amount)
        }
        RuntimeCall::Treasury(Treasury::void_spend { .. } | Treasury::remove_approval { .. }) => {
            Class::Cancel
        }
        RuntimeCall::Utility(
            Utility::batch { calls }
            | Utility::batch_all { calls }
            | Utility::force_batch { calls },
        ) => {
            let (class, sum) = calls.iter().map(class_and_sum).fold(
                (Class::Cancel, 0),
                |(gravest, all): (Class, Balance), (class, sum)| {
                    (gravest.max(class), all.saturating_add(sum))
                },
            );
            let class = if sum > SPEND_LIMIT {
                Class::Upgrade
            } else {
                class
            };
            return (class, sum);
        }
        _ => Class::Upgrade,
    };
    (class, 0)
}

/// What the treasury buys: jobs, for which providers are drawn. Nobody is named in a proposal, so that
/// who votes for it does not choose who is paid.
pub struct PublicJobs;
impl Purchases<RuntimeCall> for PublicJobs {
    fn cost(call: &RuntimeCall) -> Option<Balance> {
        use pallet_marketplace::Call;
        match call {
            RuntimeCall::Marketplace(
                Call::submit_job {
                    max_price,
                    assignment: Assignment::Swarm,
                    ..
                }
                | Call::submit_rooted_job {
                    max_price,
                    assignment: Assignment::Swarm,
                    ..
                },
            ) => Some(*max_price),
            _ => None,
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_purchase(max_price: Balance) -> RuntimeCall {
        pallet_marketplace::Call::submit_job {
            model: Default::default(),
            input: swarmwork_primitives::Locator {
                content: Default::default(),
                source: Default::default(),
            },
            commitments: Default::default(),
            max_price,
            deadline: 0,
            assignment: Assignment::Swarm,
        }
        .into()
    }
}

impl pallet_governance::Config for Runtime {
    type NativeCurrency = Balances;
    type Escrow = MarketEscrow;
    type Reputation = Reputation;
    type ClassOf = Classes;
    type Purchases = PublicJobs;
    type Tasks = Scheduler;
    type SafeMode = SafeMode;
    type TxPause = TxPause;
    type CallNames = Names<RuntimeCall>;
    type ClockCalls = ClockCalls;
    type TreasuryAccount = TreasuryAccount;
    type PriceBounds = PriceBounds;
    type DefaultPriceFloor = DefaultPriceFloor;
    type WeightInfo = weights::pallet_governance::WeightInfo<Runtime>;
    type MaxBonus = MaxBonus;
    type PriorScore = Prior;
    type SpendLimit = SpendLimit;
    type MonthlyShare = MonthlyShare;
    type StopDuration = WholeDays<Runtime, 1>;
    type MaxEnactment = MaxTask;
    type MaxHolders = ConstU32<16>;
    type MaxPaused = ConstU32<32>;
    // Of all holders and the technical account together a day leaves room in the record.
    type MaxActs = ConstU32<800>;
    type RecordCapacity = ConstU32<65_536>;
}
