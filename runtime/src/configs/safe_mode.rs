//! pallet-safe-mode: what goes on while the market is stopped.
//!
//! Only pallet-governance enters, extends and leaves it. Consensus, staking and governance go on,
//! and so does withdrawing a job that nobody has; everything that makes or pays for work waits.

use crate::{Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason};
use frame_support::traits::{ConstU32, Contains, NeverEnsureOrigin};

/// What is allowed while the market is stopped.
pub struct WhileStopped;
impl Contains<RuntimeCall> for WhileStopped {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(..)
                | RuntimeCall::Timestamp(..)
                | RuntimeCall::Babe(..)
                | RuntimeCall::Grandpa(..)
                | RuntimeCall::Session(..)
                | RuntimeCall::Staking(..)
                | RuntimeCall::VoterList(..)
                | RuntimeCall::Preimage(..)
                | RuntimeCall::Scheduler(..)
                | RuntimeCall::Referenda(..)
                | RuntimeCall::ConvictionVoting(..)
                | RuntimeCall::Governance(..)
                // Wrappers: what they wrap is asked about in turn.
                | RuntimeCall::Utility(..)
                | RuntimeCall::Multisig(..)
                | RuntimeCall::Proxy(..)
                | RuntimeCall::Marketplace(pallet_marketplace::Call::cancel_job { .. })
        )
    }
}

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = WhileStopped;
    type EnterDuration = ConstU32<0>;
    type ExtendDuration = ConstU32<0>;
    // Nobody buys a stop.
    type EnterDepositAmount = ();
    type ExtendDepositAmount = ();
    type ForceEnterOrigin = NeverEnsureOrigin<BlockNumber>;
    type ForceExtendOrigin = NeverEnsureOrigin<BlockNumber>;
    type ForceExitOrigin = NeverEnsureOrigin<()>;
    type ForceDepositOrigin = NeverEnsureOrigin<()>;
    type Notify = ();
    type ReleaseDelay = ();
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}
