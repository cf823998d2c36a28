//! Identifiers, content ids and where content may be fetched.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

use crate::Mode;

/// keccak256 of a verifying key's canonical bytes.
pub type CircuitId = H256;
/// See [`model_id`].
pub type ModelId = H256;
/// See [`job_id`].
pub type JobId = H256;
/// A compressed BN254 G1 point: the commitment to one segment of a circuit's instance.
pub type Commitment = [u8; 32];

/// Longest base URL a [`Locator`] or a provider's endpoint may hold, in bytes.
pub const MAX_URL_BYTES: u32 = 128;
/// Most batches one job may hold (each has its own commitment on chain).
pub const MAX_BATCHES: u32 = 64;
/// Longest input file that is published on chain, in bytes.
pub const MAX_INPUT_BYTES: u32 = 256 * 1024;
/// Longest accepted verifying key, in bytes.
pub const MAX_VERIFYING_KEY_BYTES: u32 = 1024;
/// Longest accepted proof argument, in bytes. A real proof has 192; the slack lets a wrong length
/// be answered with its own error instead of an undecodable extrinsic.
pub const MAX_PROOF_BYTES: u32 = 512;
/// Most results that one call may report, and most proofs that are checked together: weights of
/// checking proofs together are measured up to this number.
pub const MAX_RESULTS: u32 = 32;

/// A base URL in UTF-8.
pub type Url = BoundedVec<u8, ConstU32<MAX_URL_BYTES>>;

/// BLAKE3 digest of a blob. Off chain it is shown as a CIDv1 (raw codec, BLAKE3 multihash).
#[derive(
    Clone,
    Copy,
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
    Default,
    Serialize,
    Deserialize,
)]
pub struct ContentId(pub [u8; 32]);

/// What a blob is and, as a hint, where it may be fetched (`{source}/blobs/{cid}`). An empty
/// source means that the owner hands the blob to whoever needs it.
#[derive(
    Clone,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub struct Locator {
    /// The blob's content id.
    pub content: ContentId,
    /// Base URL, possibly empty.
    pub source: Url,
}

/// blake2-256 over `"swarmwork:model"`, owner, circuit, weight commitment and content id.
pub fn model_id<AccountId: Encode>(
    owner: &AccountId,
    circuit: &CircuitId,
    weights: &Commitment,
    content: &ContentId,
) -> ModelId {
    (b"swarmwork:model", owner, circuit, weights, content)
        .using_encoded(blake2_256)
        .into()
}

/// blake2-256 over `"swarmwork:job"`, requester, the requester's job nonce, model, input content
/// and the batches' commitments (a SCALE vector): a reorganisation cannot change what an id means.
pub fn job_id<AccountId: Encode>(
    requester: &AccountId,
    nonce: u32,
    model: &ModelId,
    input: &ContentId,
    commitments: &[Commitment],
) -> JobId {
    (
        b"swarmwork:job",
        requester,
        nonce,
        model,
        input,
        commitments,
    )
        .using_encoded(blake2_256)
        .into()
}

/// blake2-256 over `"swarmwork:rooted-job"`, requester, the requester's job nonce, model, input
/// content, number of batches, root of the tree of their commitments, and mode: a provider commits
/// itself under an id, so a reorganisation must not change what it stands for.
pub fn rooted_job_id<AccountId: Encode>(
    requester: &AccountId,
    nonce: u32,
    model: &ModelId,
    input: &ContentId,
    batches: u32,
    root: &H256,
    mode: &Mode,
) -> JobId {
    (
        b"swarmwork:rooted-job",
        requester,
        nonce,
        model,
        input,
        batches,
        root,
        mode,
    )
        .using_encoded(blake2_256)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_every_field() {
        let base = job_id(&1u64, 0, &H256::zero(), &ContentId([0; 32]), &[[0; 32]]);
        for other in [
            job_id(&2u64, 0, &H256::zero(), &ContentId([0; 32]), &[[0; 32]]),
            job_id(&1u64, 1, &H256::zero(), &ContentId([0; 32]), &[[0; 32]]),
            job_id(
                &1u64,
                0,
                &H256::repeat_byte(1),
                &ContentId([0; 32]),
                &[[0; 32]],
            ),
            job_id(&1u64, 0, &H256::zero(), &ContentId([1; 32]), &[[0; 32]]),
            job_id(&1u64, 0, &H256::zero(), &ContentId([0; 32]), &[[1; 32]]),
            job_id(
                &1u64,
                0,
                &H256::zero(),
                &ContentId([0; 32]),
                &[[0; 32], [0; 32]],
            ),
        ] {
            assert_ne!(base, other);
        }
        let (zero, blob) = (H256::zero(), ContentId([0; 32]));
        let mode = Mode::Sampled { samples: 1 };
        let base = rooted_job_id(&1u64, 0, &zero, &blob, 1, &zero, &mode);
        let one = H256::repeat_byte(1);
        for other in [
            rooted_job_id(&2u64, 0, &zero, &blob, 1, &zero, &mode),
            rooted_job_id(&1u64, 1, &zero, &blob, 1, &zero, &mode),
            rooted_job_id(&1u64, 0, &one, &blob, 1, &zero, &mode),
            rooted_job_id(&1u64, 0, &zero, &ContentId([1; 32]), 1, &zero, &mode),
            rooted_job_id(&1u64, 0, &zero, &blob, 2, &zero, &mode),
            rooted_job_id(&1u64, 0, &zero, &blob, 1, &one, &mode),
            rooted_job_id(&1u64, 0, &zero, &blob, 1, &zero, &Mode::Proven),
        ] {
            assert_ne!(base, other);
        }
        let base = model_id(&1u64, &H256::zero(), &[0; 32], &ContentId([0; 32]));
        for other in [
            model_id(&2u64, &H256::zero(), &[0; 32], &ContentId([0; 32])),
            model_id(&1u64, &H256::repeat_byte(1), &[0; 32], &ContentId([0; 32])),
            model_id(&1u64, &H256::zero(), &[1; 32], &ContentId([0; 32])),
            model_id(&1u64, &H256::zero(), &[0; 32], &ContentId([1; 32])),
        ] {
            assert_ne!(base, other);
        }
    }
}
