//! A worker key's consent to report for a provider.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// What the holder of a worker key gives the controller of a provider. Without it, anybody could
/// register somebody else's key as a worker, and so keep it from its own provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct WorkerConsent<Signature, BlockNumber> {
    /// Last block in which it counts.
    pub until: BlockNumber,
    /// The worker key's signature of [`worker_message`].
    pub signature: Signature,
}

/// What a worker key signs: `"swarmwork:worker"`, the chain's genesis hash, the controller that it
/// will report for and the last block in which that counts, 64 bits little-endian.
pub fn worker_message<Hash: Encode, AccountId: Encode>(
    genesis: &Hash,
    controller: &AccountId,
    until: u64,
) -> Vec<u8> {
    (b"swarmwork:worker", genesis, controller, until).encode()
}
