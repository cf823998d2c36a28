//! What the offchain workers of the pallets share: HTTP to the node's executor, its JSON's bytes,
//! and notes of the transactions that each has handed over under a worker key.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod bytes;
mod client;
mod sent;

pub use bytes::{hex, Hex};
pub use client::{printable, status, Client, Error, MAX_BODY_BYTES};
pub use sent::{in_flight, note_sent, was_last, Sender, RESUBMIT_BLOCKS};
pub use sp_runtime::offchain::http::Method;

use sp_runtime::offchain::storage::StorageValueRef;
use swarmwork_primitives::{ExecutorEndpoint, EXECUTOR_ENDPOINT_KEY};

/// Where the node says its executor is, if it has one; what is wrong with it goes to the log under
/// `target`.
pub fn endpoint(target: &str) -> Option<ExecutorEndpoint> {
    match StorageValueRef::persistent(EXECUTOR_ENDPOINT_KEY).get() {
        Ok(endpoint) => endpoint,
        Err(_) => {
            log::error!(
                target: target,
                "the executor's endpoint in local storage cannot be read: restart the node with \
                 --executor-url and --executor-token-file",
            );
            None
        }
    }
}
