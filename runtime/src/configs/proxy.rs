//! pallet-proxy: accounts that act for others, for everything or for a part.

use crate::{currency::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
    pub const ProxyBase: Balance = deposit(1, 8);
    pub const ProxyFactor: Balance = deposit(0, 33);
    pub const AnnouncementBase: Balance = deposit(1, 8);
    pub const AnnouncementFactor: Balance = deposit(0, 68);
}

/// What a proxy may do.
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
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// Propose, vote, delegate, and use roles.
    Governance,
    /// Register circuits, models and providers, buy and sell jobs, and claim what work earns; no use
    /// of roles.
    Market,
    /// Stake.
    Staking,
}

/// Whether a call is made by role, of those outside of pallet-governance.
fn takes_a_role(call: &RuntimeCall) -> bool {
    use pallet_marketplace::Call as Market;
    matches!(
        call,
        RuntimeCall::Circuits(pallet_circuits::Call::attest_circuit { .. })
            | RuntimeCall::Marketplace(
                Market::list_asset { .. }
                    | Market::close_asset { .. }
                    | Market::set_audit_share { .. }
            )
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        // A batch is asked about call by call.
        if matches!(call, RuntimeCall::Utility(..)) {
            return true;
        }
        match self {
            Self::Any => true,
            Self::Governance => {
                takes_a_role(call)
                    || matches!(
                        call,
                        RuntimeCall::Governance(..)
                            | RuntimeCall::Referenda(..)
                            | RuntimeCall::ConvictionVoting(..)
                            | RuntimeCall::Preimage(..)
                    )
            }
            Self::Market => {
                !takes_a_role(call)
                    && matches!(
                        call,
                        RuntimeCall::Circuits(..)
                            | RuntimeCall::Models(..)
                            | RuntimeCall::Providers(..)
                            | RuntimeCall::SwarmWork(..)
                            | RuntimeCall::Marketplace(..)
                    )
            }
            Self::Staking => {
                matches!(call, RuntimeCall::Staking(..) | RuntimeCall::Session(..))
            }
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        *self == Self::Any || self == other
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ProxyBase;
    type ProxyDepositFactor = ProxyFactor;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
    type CallHasher = BlakeTwo256;
    type MaxPending = ConstU32<32>;
    type AnnouncementDepositBase = AnnouncementBase;
    type AnnouncementDepositFactor = AnnouncementFactor;
    type BlockNumberProvider = System;
}
