//! Signing calls, sending them, and saying what became of them.

use std::time::Duration;

use anyhow::{anyhow, bail, Context, Result};
use codec::Decode;
use sp_core::{crypto::AccountId32, H256};
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::{DefaultExtrinsicParamsBuilder, SubstrateConfig},
    dynamic,
    error::{BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError},
    ext::scale_encode::EncodeAsFields,
    extrinsics::ExtrinsicEvents,
    tx::{TransactionInBlock, TransactionProgress, TransactionStatus},
};
use subxt_signer::sr25519::Keypair;

use crate::{chain::Chain, failure::Failure};

/// Blocks for which a signed call stays valid.
const MORTALITY: u64 = 64;
const INCLUSION_TIMEOUT: Duration = Duration::from_secs(120);
const FINALITY_TIMEOUT: Duration = Duration::from_secs(300);

/// How sure a call must be before a command goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// In a block of the best chain.
    Included,
    /// In a finalised block.
    Finalised,
}

/// A call that is in a block and succeeded.
pub struct Included {
    /// The block's hash.
    pub block: H256,
    /// The block's number.
    pub number: u32,
    /// Transaction fee, where the chain reports one.
    pub fee: Option<u128>,
    events: ExtrinsicEvents<SubstrateConfig>,
}

impl Included {
    /// Decodes the first field of an event of this call, or a tuple of the first fields.
    pub fn first_field<T: Decode>(&self, pallet: &str, event: &str) -> Result<T> {
        let found = self
            .events
            .iter()
            .filter_map(Result::ok)
            .find(|e| e.pallet_name() == pallet && e.event_name() == event)
            .with_context(|| {
                format!(
                    "the call succeeded in block {} but gave no {pallet}.{event} event",
                    self.number
                )
            })?;
        T::decode(&mut found.field_bytes())
            .with_context(|| format!("the event {pallet}.{event} has an unknown form"))
    }
}

/// The account that a key signs for.
pub fn account_of(key: &Keypair) -> AccountId32 {
    AccountId32::new(key.public_key().0)
}

/// Signs `pallet.call(args)`, sends it and waits. Wrap each argument in `Static`: it is encoded as
/// its own type and then checked against the chain's metadata.
///
/// # Errors
/// [`Failure::Refused`] with the pallet's own error and its documentation.
pub async fn send<A: EncodeAsFields>(
    chain: &Chain,
    key: &Keypair,
    pallet: &str,
    call: &str,
    args: A,
    certainty: Certainty,
) -> Result<Included> {
    let name = format!("{pallet}.{call}");
    let payload = dynamic::transaction(pallet, call, args);
    let at = chain.best().await?;
    let transactions = at.transactions();
    let disagreement = || {
        format!(
            "this program and the chain at {} disagree about the arguments of {name}; use the \
             `swarm` that was released with the node",
            chain.url()
        )
    };
    let encoded = transactions
        .call_data(&payload)
        .with_context(disagreement)?;
    transactions
        .from_call_data_bytes(&encoded)
        .with_context(disagreement)?;

    let account = key.public_key().to_account_id();
    let nonce = chain
        .rpc()
        .system_account_next_index(&account)
        .await
        .map_err(|e| chain.rpc_failed(e))?;
    let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
        .mortal(MORTALITY)
        .nonce(nonce)
        .build();
    let progress = transactions
        .create_signable(&payload, &account, params)
        .await?
        .sign(key)?
        .submit_and_watch()
        .await
        .map_err(|e| not_taken(chain, &name, e))?;
    follow(chain, &name, progress, certainty).await
}

/// Sends `pallet.call(args)` without a signature, which few calls admit, and waits.
///
/// # Errors
/// As [`send`].
pub async fn send_unsigned<A: EncodeAsFields>(
    chain: &Chain,
    pallet: &str,
    call: &str,
    args: A,
    certainty: Certainty,
) -> Result<Included> {
    let name = format!("{pallet}.{call}");
    let payload = dynamic::transaction(pallet, call, args);
    let progress = chain
        .best()
        .await?
        .transactions()
        .create_unsigned(&payload)?
        .submit_and_watch()
        .await
        .map_err(|e| not_taken(chain, &name, e))?;
    follow(chain, &name, progress, certainty).await
}

/// Waits until a call that is on its way is as certain as wanted.
async fn follow(
    chain: &Chain,
    name: &str,
    mut progress: TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>,
    certainty: Certainty,
) -> Result<Included> {
    let timeout = match certainty {
        Certainty::Included => INCLUSION_TIMEOUT,
        Certainty::Finalised => FINALITY_TIMEOUT,
    };
    let waiting = async {
        while let Some(status) = progress.next().await {
            match status? {
                TransactionStatus::InBestBlock(block) => {
                    let included = succeeded(chain, name, &block).await?;
                    if certainty == Certainty::Included {
                        return Ok(included);
                    }
                }
                TransactionStatus::InFinalizedBlock(block) => {
                    return succeeded(chain, name, &block).await;
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message } => {
                    bail!("the node gave {name} up: {message}");
                }
                TransactionStatus::Validated
                | TransactionStatus::Broadcasted
                | TransactionStatus::NoLongerInBestBlock => {}
            }
        }
        bail!(
            "the node at {} went away while {name} was on its way",
            chain.url()
        )
    };
    tokio::time::timeout(timeout, waiting).await.map_err(|_| {
        anyhow!(
            "{name} is in no {} after {} s; look whether the chain still makes blocks with \
             `swarm doctor`",
            match certainty {
                Certainty::Included => "block",
                Certainty::Finalised => "finalised block",
            },
            timeout.as_secs()
        )
    })?
}

async fn succeeded(
    chain: &Chain,
    name: &str,
    block: &TransactionInBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>,
) -> Result<Included> {
    let events = match block.wait_for_success().await {
        Ok(events) => events,
        Err(TransactionEventsError::ExtrinsicFailed(error)) => {
            return Err(refused(name, &error).into())
        }
        Err(other) => return Err(other.into()),
    };
    let at = chain.at(block.block_hash()).await?;
    let fee = events
        .iter()
        .filter_map(Result::ok)
        .find(|e| e.event_name() == "TransactionFeePaid")
        .and_then(|e| <(AccountId32, u128)>::decode(&mut e.field_bytes()).ok())
        .map(|(_, fee)| fee);
    Ok(Included {
        block: block.block_hash(),
        number: u32::try_from(at.block_number())
            .context("the chain's block numbers exceed 32 bits")?,
        fee,
        events,
    })
}

/// The pallet's own name for the error and its own words on it.
fn refused(call: &str, error: &DispatchError) -> Failure {
    let (error, explanation) = match error {
        DispatchError::Module(module) => match module.details() {
            Ok(details) => (
                format!("{}.{}", details.pallet.name(), details.variant.name),
                details.variant.docs.join(" ").trim().to_string(),
            ),
            Err(_) => (module.to_string(), String::new()),
        },
        other => ("dispatch error".to_string(), other.to_string()),
    };
    Failure::Refused {
        call: call.to_string(),
        error,
        explanation,
    }
}

/// The error for a call that the node did not even take into its pool.
fn not_taken(chain: &Chain, call: &str, error: ExtrinsicError) -> anyhow::Error {
    match error {
        ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
            subxt::rpcs::Error::User(error),
        ))) => {
            let data = error
                .data
                .as_ref()
                .and_then(|data| serde_json::from_str::<String>(data.get()).ok())
                .unwrap_or_default();
            let mut explanation = data.clone();
            if data.contains("pay some fees") {
                explanation += "; give the account tokens first (`swarm account transfer`)";
            }
            Failure::Refused {
                call: call.to_string(),
                error: error.message,
                explanation,
            }
            .into()
        }
        ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
            error,
        ))) => chain.rpc_failed(error),
        other => other.into(),
    }
}
