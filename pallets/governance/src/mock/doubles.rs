//! What stands in for other pallets: filters, kinds of proxies, scores, escrows and classes.

use super::{governed, Governance, Prior, RuntimeCall, SpendLimit};
use crate::{Balance, Class, ClassOf, Escrow, Purchases};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::{Contains, InstanceFilter};
use scale_info::TypeInfo;
use sp_runtime::Permill;
use std::{cell::RefCell, collections::BTreeMap};
use swarmwork_primitives::{JobId, Outcome, ProviderStanding, Reputation};

/// While the market is stopped only this and governance go on.
pub struct WhileStopped;
impl Contains<RuntimeCall> for WhileStopped {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(call, RuntimeCall::Balances(..) | RuntimeCall::Governed(..))
    }
}

/// What can never be paused.
pub struct NeverPaused;
impl Contains<crate::CallName> for NeverPaused {
    fn contains((pallet, _): &crate::CallName) -> bool {
        [&b"Governance"[..], b"Referenda", b"ConvictionVoting"].contains(&pallet.as_slice())
    }
}

/// One kind of proxy, for everything.
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum AnyCall {
    #[default]
    Any,
}
impl InstanceFilter<RuntimeCall> for AnyCall {
    fn filter(&self, _: &RuntimeCall) -> bool {
        true
    }
}

thread_local! {
    static SCORES: RefCell<BTreeMap<u64, Permill>> = const { RefCell::new(BTreeMap::new()) };
    static STANDINGS: RefCell<BTreeMap<u64, ProviderStanding>> =
        const { RefCell::new(BTreeMap::new()) };
    static ESCROWS: RefCell<BTreeMap<u64, Balance>> = const { RefCell::new(BTreeMap::new()) };
}

/// Forgets what an earlier test set.
pub(super) fn reset() {
    SCORES.with(|s| s.borrow_mut().clear());
    STANDINGS.with(|s| s.borrow_mut().clear());
    ESCROWS.with(|e| e.borrow_mut().clear());
}

/// Scores that tests set.
pub struct Scores;
impl Scores {
    pub fn set(who: u64, percent: u32) {
        SCORES.with(|s| s.borrow_mut().insert(who, Permill::from_percent(percent)));
    }

    /// Otherwise everybody is reliable.
    pub fn set_standing(who: u64, standing: ProviderStanding) {
        STANDINGS.with(|s| s.borrow_mut().insert(who, standing));
    }
}
impl Reputation<u64, Balance> for Scores {
    fn record(_: &u64, _: &u64, _: JobId, _: Outcome, _: Balance) {}
    fn score(who: &u64) -> Permill {
        SCORES.with(|s| s.borrow().get(who).copied().unwrap_or(Prior::get()))
    }
    fn standing(who: &u64) -> ProviderStanding {
        let set = STANDINGS.with(|s| s.borrow().get(who).copied());
        set.unwrap_or(ProviderStanding::Reliable)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_standing(who: &u64) {
        Self::set_standing(*who, ProviderStanding::Distinguished);
    }
}

/// Escrows: the hold of the test's own, which may be paid to anybody.
pub struct Escrows;
impl Escrow<u64> for Escrows {
    fn escrow(who: &u64) -> Balance {
        ESCROWS.with(|e| e.borrow().get(who).copied().unwrap_or(0))
    }
}

/// Adds to what an account has in escrow.
pub(super) fn add_escrow(who: u64, amount: Balance) {
    ESCROWS.with(|e| *e.borrow_mut().entry(who).or_default() += amount);
}

/// Takes from what an account has in escrow.
pub(super) fn take_escrow(who: u64, amount: Balance) {
    ESCROWS.with(|e| *e.borrow_mut().entry(who).or_default() -= amount);
}

/// What is for sale: at the price, be there a tip or not.
pub struct Shop;
impl Purchases<RuntimeCall> for Shop {
    fn cost(call: &RuntimeCall) -> Option<Balance> {
        match call {
            RuntimeCall::Governed(governed::Call::buy { price, .. }) => Some(*price),
            _ => None,
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_purchase(price: Balance) -> RuntimeCall {
        governed::Call::buy {
            shop: 95,
            price,
            tip: 0,
        }
        .into()
    }
}

/// What the mock's calls are classed as.
pub struct Classes;
impl ClassOf<RuntimeCall> for Classes {
    fn class_of(call: &RuntimeCall) -> Class {
        use pallet_utility::Call as Utility;
        match call {
            RuntimeCall::Governance(call) => Governance::class_of_call(call),
            RuntimeCall::Governed(governed::Call::attest { .. }) => Class::Attest,
            RuntimeCall::Governed(governed::Call::draw_audit { .. }) => Class::Parameter,
            RuntimeCall::Treasury(pallet_treasury::Call::spend { amount, .. })
                if *amount <= SpendLimit::get() =>
            {
                Class::Treasury
            }
            RuntimeCall::Utility(
                Utility::batch { calls }
                | Utility::batch_all { calls }
                | Utility::force_batch { calls },
            ) => calls
                .iter()
                .map(Self::class_of)
                .max()
                .unwrap_or(Class::Cancel),
            _ => Class::Upgrade,
        }
    }
}
