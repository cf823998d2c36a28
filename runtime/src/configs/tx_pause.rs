//! pallet-tx-pause: single calls that are paused.
//!
//! Only pallet-governance pauses, for a time, and never what consensus, governance or leaving needs.

use crate::{Runtime, RuntimeCall, RuntimeEvent};
use frame_support::traits::{ConstU32, Contains, NeverEnsureOrigin};
use pallet_governance::{CallName, MAX_NAME_BYTES};

/// The pallets whose calls are never paused.
const NEVER: [&[u8]; 15] = [
    b"System",
    b"Timestamp",
    b"Babe",
    b"Grandpa",
    b"Session",
    b"Staking",
    b"VoterList",
    b"Preimage",
    b"Scheduler",
    b"Referenda",
    b"ConvictionVoting",
    b"Governance",
    b"Utility",
    b"Multisig",
    b"Proxy",
];

/// What is never paused.
pub struct NeverPaused;
impl Contains<CallName> for NeverPaused {
    fn contains((pallet, call): &CallName) -> bool {
        NEVER.contains(&pallet.as_slice())
            || (pallet.as_slice() == b"Marketplace" && call.as_slice() == b"cancel_job")
    }
}

impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = NeverEnsureOrigin<()>;
    type UnpauseOrigin = NeverEnsureOrigin<()>;
    type WhitelistedCalls = NeverPaused;
    type MaxNameLen = ConstU32<MAX_NAME_BYTES>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}
