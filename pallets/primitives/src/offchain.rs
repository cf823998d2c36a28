//! What the node hands to the offchain worker, and the key it signs with.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::{crypto::KeyTypeId, H256};

/// Keystore type of a provider's worker key: it may only report.
pub const WORKER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"swrk");

/// Key of the node's persistent offchain storage under which it leaves [`ExecutorEndpoint`].
pub const EXECUTOR_ENDPOINT_KEY: &[u8] = b"swarmwork/executor";

/// Where this node's executor listens, and the bearer token that it wants.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct ExecutorEndpoint {
    /// Base URL, UTF-8, without a trailing slash.
    pub url: Vec<u8>,
    /// Bearer token, UTF-8.
    pub token: Vec<u8>,
}

/// Key of the node's persistent offchain storage under which it leaves [`FinalisedBlock`].
pub const FINALISED_KEY: &[u8] = b"swarmwork/finalised";

/// The last block that this node knows to be final.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, Debug)]
pub struct FinalisedBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: H256,
}

/// The worker key's application crypto (sr25519).
pub mod worker_crypto {
    use super::WORKER_KEY_TYPE;
    use sp_application_crypto::{app_crypto, sr25519};

    app_crypto!(sr25519, WORKER_KEY_TYPE);
}

/// Ties [`worker_crypto`] to the runtime's signature types for signed transactions from the
/// offchain worker.
pub struct WorkerAuthority;

impl frame_system::offchain::AppCrypto<sp_runtime::MultiSigner, sp_runtime::MultiSignature>
    for WorkerAuthority
{
    type RuntimeAppPublic = worker_crypto::Public;
    type GenericPublic = sp_core::sr25519::Public;
    type GenericSignature = sp_core::sr25519::Signature;
}
