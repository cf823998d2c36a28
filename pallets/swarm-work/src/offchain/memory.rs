//! What the worker remembers of windows and peers in the node's persistent local storage: what it
//! has asked of its executor and of its transaction pool.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_runtime::offchain::storage::StorageValueRef;

/// Key of the lock under which one run at a time works.
pub const LOCK: &[u8] = b"swarmwork/capacity/lock";

/// One participant's window.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub struct Record {
    seed: [u8; 32],
    /// Whether the executor has been told of it.
    pub posted: bool,
    /// How often the answer was handed to the pool.
    pub committed: u32,
    /// How often the drawn rows were.
    pub opened: u32,
    /// Whether the executor gave rows that the chain would refuse.
    pub wrong: bool,
}

fn key(identity: &[u8; 32]) -> Vec<u8> {
    (b"swarmwork/capacity/", identity).encode()
}

/// The record of a participant for the window of a seed, empty if there is none. One is kept for
/// each participant.
pub fn record(identity: &[u8; 32], seed: &[u8; 32]) -> Record {
    StorageValueRef::persistent(&key(identity))
        .get::<Record>()
        .ok()
        .flatten()
        .filter(|record| record.seed == *seed)
        .unwrap_or_else(|| Record {
            seed: *seed,
            ..Default::default()
        })
}

/// Stores a participant's record.
pub fn set_record(identity: &[u8; 32], record: &Record) {
    StorageValueRef::persistent(&key(identity)).set(record);
}

/// What was done about a peer in an epoch.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug, Default)]
pub struct PeerRecord {
    seed: [u8; 32],
    /// How often its report was handed to the pool.
    pub sent: u32,
}

fn peer_key(own: &[u8; 32], peer: &[u8; 32]) -> Vec<u8> {
    (b"swarmwork/peers/", own, peer).encode()
}

/// One of ours' record of a peer for the epoch of a seed, empty if there is none. One is kept for
/// each pair.
pub fn peer(own: &[u8; 32], peer: &[u8; 32], seed: &[u8; 32]) -> PeerRecord {
    StorageValueRef::persistent(&peer_key(own, peer))
        .get::<PeerRecord>()
        .ok()
        .flatten()
        .filter(|record| record.seed == *seed)
        .unwrap_or_else(|| PeerRecord {
            seed: *seed,
            ..Default::default()
        })
}

/// Stores one of ours' record of a peer.
pub fn set_peer(own: &[u8; 32], peer: &[u8; 32], record: &PeerRecord) {
    StorageValueRef::persistent(&peer_key(own, peer)).set(record);
}
