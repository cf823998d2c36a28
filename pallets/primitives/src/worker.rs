//! What worker keys sign: consent to report for a provider, and claims of answers.

use crate::{Commitment, JobId};
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

/// Whose answer to what is spoken of.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Answered<AccountId> {
    /// The provider's controller account.
    pub provider: AccountId,
    /// The worker key that signed, which may have been replaced since.
    pub worker: AccountId,
    /// The job.
    pub job: JobId,
    /// Which batch of it.
    pub batch: u32,
}

/// A worker key's word that its provider's answer to a batch is the one committed to: good for an
/// output handed over before it is proven. It stands against the provider when a proof shows
/// another answer, or when the key signed another one too.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
pub struct Claim<Signature> {
    /// Commitment to the answer.
    pub commitment: Commitment,
    /// The worker key's signature of [`claim_message`].
    pub signature: Signature,
}

/// What a worker key signs to claim an answer: `"swarmwork:claim"`, the chain's genesis hash, the
/// controller that it reports for, job, batch (32 bits little-endian) and commitment.
pub fn claim_message<Hash: Encode, AccountId: Encode>(
    genesis: &Hash,
    controller: &AccountId,
    job: &JobId,
    batch: u32,
    commitment: &Commitment,
) -> Vec<u8> {
    (
        b"swarmwork:claim",
        genesis,
        controller,
        job,
        batch,
        commitment,
    )
        .encode()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::H256;

    #[test]
    fn a_claim_depends_on_every_field_and_is_no_consent() {
        let (genesis, job) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let base = claim_message(&genesis, &3u64, &job, 4, &[5; 32]);
        for other in [
            claim_message(&H256::repeat_byte(9), &3u64, &job, 4, &[5; 32]),
            claim_message(&genesis, &9u64, &job, 4, &[5; 32]),
            claim_message(&genesis, &3u64, &H256::repeat_byte(9), 4, &[5; 32]),
            claim_message(&genesis, &3u64, &job, 9, &[5; 32]),
            claim_message(&genesis, &3u64, &job, 4, &[9; 32]),
        ] {
            assert_ne!(base, other);
        }
        assert!(!base.starts_with(&worker_message(&genesis, &3u64, 4)[..16]));
    }
}
