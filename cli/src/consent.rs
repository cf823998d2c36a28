//! A worker key's consent to report for a provider: given here, or carried over from the machine
//! that has the key.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::{Context, Result};
use clap::Args;
use codec::{Decode, DecodeAll, Encode};
use sp_core::{crypto::AccountId32, sr25519, H256};
use sp_runtime::MultiSignature;
use subxt_signer::sr25519::Keypair;
use swarmwork_primitives::{worker_message, WorkerConsent};

use crate::{chain::Chain, key, transact::account_of, units::hex};

/// Blocks for which a consent counts that is used at once.
const AT_ONCE: u32 = 64;

/// The worker account of a provider.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct WorkerArgs {
    /// File with the worker key's secret; the key reports, and owns nothing but fees.
    #[arg(long, value_name = "FILE")]
    worker_file: Option<PathBuf>,
    /// What `swarm provider consent` printed on the machine that has the worker key.
    #[arg(long, value_name = "CONSENT")]
    consent: Option<Consent>,
}

impl WorkerArgs {
    /// The worker and its consent to report for this controller.
    pub async fn consent(&self, chain: &Chain, controller: &AccountId32) -> Result<Consent> {
        if let Some(consent) = &self.consent {
            return Ok(consent.clone());
        }
        let file = self
            .worker_file
            .as_ref()
            .context("name the worker key with --worker-file or --consent")?;
        let key = key::read(file)?;
        let until = chain
            .best_number()
            .await?
            .saturating_add(AT_ONCE.min(longest(chain).await?));
        Ok(Consent::give(&key, &chain.genesis(), controller, until))
    }
}

/// Blocks for which a consent counts at most.
pub async fn longest(chain: &Chain) -> Result<u32> {
    let blocks = chain.constant("Providers", "ConsentPeriod").await?;
    Ok(u32::try_from(blocks).unwrap_or(u32::MAX))
}

/// A worker and what it signed. As text it is 0x and the hexadecimal digits of both in SCALE.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Debug)]
pub struct Consent {
    /// The worker account.
    pub worker: AccountId32,
    /// What the chain takes.
    pub given: WorkerConsent<MultiSignature, u32>,
}

impl Consent {
    /// Signs with the worker's key.
    pub fn give(key: &Keypair, genesis: &H256, controller: &AccountId32, until: u32) -> Self {
        let message = worker_message(genesis, controller, until.into());
        let signature = sr25519::Signature::from_raw(key.sign(&message).0);
        Self {
            worker: account_of(key),
            given: WorkerConsent {
                until,
                signature: signature.into(),
            },
        }
    }
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.encode()))
    }
}

impl FromStr for Consent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix("0x")
            .and_then(|digits| hex::decode(digits).ok())
            .and_then(|bytes| Self::decode_all(&mut &bytes[..]).ok())
            .ok_or_else(|| {
                "this is no consent: give what `swarm provider consent` printed, from 0x on".into()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::traits::Verify;
    use subxt_signer::sr25519::dev;

    fn given() -> (Consent, H256, AccountId32) {
        let (genesis, controller) = (H256([7; 32]), AccountId32::new([8; 32]));
        let consent = Consent::give(&dev::alice(), &genesis, &controller, 300);
        (consent, genesis, controller)
    }

    #[test]
    fn a_consent_is_the_workers_signature_for_one_controller_chain_and_time() {
        let (consent, genesis, controller) = given();
        let holds = |genesis: &H256, controller: &AccountId32, until: u64| {
            let message = worker_message(genesis, controller, until);
            consent
                .given
                .signature
                .verify(&message[..], &consent.worker)
        };
        assert_eq!(consent.worker, account_of(&dev::alice()));
        assert!(holds(&genesis, &controller, 300));
        assert!(!holds(&H256([9; 32]), &controller, 300));
        assert!(!holds(&genesis, &consent.worker, 300));
        assert!(!holds(&genesis, &controller, 301));
    }

    #[test]
    fn a_consent_is_carried_as_text() {
        let (consent, ..) = given();
        let text = consent.to_string();
        assert_eq!(text.parse(), Ok(consent));
        for wrong in [
            "",
            "0x",
            "0x00",
            "5Grw",
            &text[2..],
            &text[..text.len() - 2],
            &format!("{text}00"),
        ] {
            let error = wrong.parse::<Consent>().unwrap_err();
            assert!(error.contains("swarm provider consent"), "{error}");
        }
    }
}
