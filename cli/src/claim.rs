//! A worker key's claim of an answer, as it is handed over and kept as evidence.

use std::{fmt, str::FromStr};

use codec::{Decode, DecodeAll, Encode};
use sp_core::{crypto::AccountId32, sr25519, H256};
use sp_runtime::MultiSignature;
use subxt_signer::sr25519::Keypair;
use swarmwork_primitives::{claim_message, Answered, Claim, Commitment, JobId};

use crate::{transact::account_of, units::hex};

/// Whose answer to what, and the claim of it. As text it is 0x and the hexadecimal digits of both in
/// SCALE.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug)]
pub struct SignedClaim {
    /// Provider, worker key, job and batch.
    pub answered: Answered<AccountId32>,
    /// The answer's commitment, and the worker key's signature.
    pub claim: Claim<MultiSignature>,
}

impl SignedClaim {
    /// Signs with the worker's key.
    pub fn give(
        key: &Keypair,
        genesis: &H256,
        controller: &AccountId32,
        job: JobId,
        batch: u32,
        commitment: Commitment,
    ) -> Self {
        let message = claim_message(genesis, controller, &job, batch, &commitment);
        let signature = sr25519::Signature::from_raw(key.sign(&message).0);
        Self {
            answered: Answered {
                provider: controller.clone(),
                worker: account_of(key),
                job,
                batch,
            },
            claim: Claim {
                commitment,
                signature: signature.into(),
            },
        }
    }
}

impl fmt::Display for SignedClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.encode()))
    }
}

impl FromStr for SignedClaim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix("0x")
            .and_then(|digits| hex::decode(digits).ok())
            .and_then(|bytes| Self::decode_all(&mut &bytes[..]).ok())
            .ok_or_else(|| {
                "this is no claim: give what `swarm provider claim` printed, from 0x on".into()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::traits::Verify;
    use subxt_signer::sr25519::dev;

    fn given() -> SignedClaim {
        SignedClaim::give(
            &dev::alice(),
            &H256([7; 32]),
            &AccountId32::new([8; 32]),
            H256([1; 32]),
            3,
            [5; 32],
        )
    }

    #[test]
    fn a_claim_is_the_workers_signature_of_one_answer_of_one_provider() {
        let signed = given();
        let holds = |commitment: Commitment, controller: [u8; 32]| {
            let message = claim_message(
                &H256([7; 32]),
                &AccountId32::new(controller),
                &signed.answered.job,
                signed.answered.batch,
                &commitment,
            );
            signed
                .claim
                .signature
                .verify(&message[..], &signed.answered.worker)
        };
        assert_eq!(signed.answered.worker, account_of(&dev::alice()));
        assert!(holds([5; 32], [8; 32]));
        assert!(!holds([6; 32], [8; 32]));
        assert!(!holds([5; 32], [9; 32]));
    }

    #[test]
    fn a_claim_is_carried_as_text() {
        let signed = given();
        let text = signed.to_string();
        assert_eq!(text.parse(), Ok(signed));
        for wrong in ["", "0x", "0x00", &text[2..], &format!("{text}00")] {
            let error = wrong.parse::<SignedClaim>().unwrap_err();
            assert!(error.contains("swarm provider claim"), "{error}");
        }
    }
}
