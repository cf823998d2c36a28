//! The connection to a node: what the chain knows, read with the runtime's own types.

use std::time::Duration;

use anyhow::{anyhow, bail, Context, Result};
use codec::{Decode, DecodeAll, Encode};
use sp_core::{crypto::AccountId32, H256};
use subxt::{
    backend::LegacyBackend,
    client::{ClientAtBlock, OnlineClientAtBlockImpl},
    config::{RpcConfigFor, SubstrateConfig},
    dynamic::{self, At, Value},
    rpcs::{client::RpcClient, LegacyRpcMethods},
    OnlineClient,
};
use swarmwork_primitives::{
    BurnTotals, CircuitId, ClearingPrice, ComputeClass, Enquiry, EpochOutcomes, EpochView, JobId,
    ModelId, Offer, Quote, Rejection, RewardsView, SupplyView,
};

use crate::{failure::Failure, units::asset_of};

/// The runtime's types.
pub type JobView = swarmwork_primitives::JobView<AccountId32, u128, u32>;
pub type JobState = swarmwork_primitives::JobState<AccountId32, u128, u32>;
pub type Panel = swarmwork_primitives::Panel<AccountId32, u128, u32>;
pub type PanelStage = swarmwork_primitives::PanelStage<u32>;
pub type CircuitView = swarmwork_primitives::CircuitView<AccountId32>;
pub type ModelInfo = swarmwork_primitives::ModelInfo<AccountId32>;
pub type ProviderView = swarmwork_primitives::ProviderView<AccountId32, u128>;
pub type ProviderDetails = swarmwork_primitives::ProviderDetails<AccountId32, u128, u32>;
pub type PlacementView = swarmwork_primitives::PlacementView<AccountId32, u128, u32>;
pub type ReputationView = swarmwork_primitives::ReputationView<u32>;

/// The chain at one block.
pub type AtBlock = ClientAtBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;
/// The node's RPC methods.
pub type Rpc = LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// A connected node.
pub struct Chain {
    url: String,
    client: OnlineClient<SubstrateConfig>,
    rpc: Rpc,
    raw: RpcClient,
}

/// What an account owns.
#[derive(Clone, Copy, Debug)]
pub struct Funds {
    /// Free, including what is frozen.
    pub free: u128,
    /// Held for jobs, bonds and deposits.
    pub held: u128,
    /// Part of it that may not be transferred.
    pub frozen: u128,
}

impl Funds {
    /// What can be held or spent while the account stays alive.
    pub fn usable(&self, existential_deposit: u128) -> u128 {
        let kept = self
            .frozen
            .saturating_sub(self.held)
            .max(existential_deposit);
        self.free.saturating_sub(kept)
    }
}

impl Chain {
    /// Connects to `ws://` or `wss://`.
    ///
    /// # Errors
    /// [`Failure::Node`] when nothing answers in time.
    pub async fn connect(url: &str) -> Result<Self> {
        let unreachable = |reason: String| Failure::Node {
            url: url.to_string(),
            reason,
        };
        match url::Url::parse(url) {
            Ok(parsed) if matches!(parsed.scheme(), "ws" | "wss") => {}
            _ => bail!("`{url}` is no WebSocket URL: write ws://host:port or wss://host"),
        }
        let connecting = async {
            let raw = RpcClient::from_insecure_url(url).await?;
            let rpc = Rpc::new(raw.clone());
            let genesis = rpc.genesis_hash().await?;
            Ok::<_, subxt::rpcs::Error>((raw, rpc, genesis))
        };
        let (raw, rpc, genesis) = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| unreachable(format!("no answer in {} s", CONNECT_TIMEOUT.as_secs())))?
            .map_err(|e| unreachable(root_cause(&e)))?;
        let config = SubstrateConfig::builder().set_genesis_hash(genesis).build();
        let backend = LegacyBackend::builder().build(raw.clone());
        let client = OnlineClient::from_backend_with_config(config, std::sync::Arc::new(backend))
            .await
            .map_err(|e| unreachable(root_cause(&e)))?;
        Ok(Self {
            url: url.to_string(),
            client,
            rpc,
            raw,
        })
    }

    /// Where the node answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Hash of block 0: which chain this is.
    pub fn genesis(&self) -> H256 {
        self.client.genesis_hash()
    }

    /// The node's RPC methods.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// For RPC methods outside the usual set.
    pub fn raw_rpc(&self) -> &RpcClient {
        &self.raw
    }

    /// The chain at its best block.
    pub async fn best(&self) -> Result<AtBlock> {
        let hash = self
            .rpc
            .chain_get_block_hash(None)
            .await
            .map_err(|e| self.rpc_failed(e))?
            .ok_or_else(|| anyhow!("the node at {} has no block yet", self.url))?;
        self.at(hash).await
    }

    /// The chain at this block.
    pub async fn at(&self, hash: H256) -> Result<AtBlock> {
        Ok(self.client.at_block(hash).await?)
    }

    /// The chain at the best chain's block of this number.
    pub async fn at_number(&self, number: u32) -> Result<AtBlock> {
        Ok(self.client.at_block(number).await?)
    }

    /// Number of the best block.
    pub async fn best_number(&self) -> Result<u32> {
        self.number_of(None).await
    }

    /// Number of the last finalised block.
    pub async fn finalised_number(&self) -> Result<u32> {
        let head = self
            .rpc
            .chain_get_finalized_head()
            .await
            .map_err(|e| self.rpc_failed(e))?;
        self.number_of(Some(head)).await
    }

    async fn number_of(&self, hash: Option<H256>) -> Result<u32> {
        let header = self
            .rpc
            .chain_get_header(hash)
            .await
            .map_err(|e| self.rpc_failed(e))?
            .ok_or_else(|| anyhow!("the node at {} has no such block", self.url))?;
        u32::try_from(header.number).context("the node reports a block number beyond 32 bits")
    }

    /// Name and version of the runtime at the best block.
    pub async fn runtime_version(&self) -> Result<(String, u32)> {
        let version = self
            .rpc
            .state_get_runtime_version(None)
            .await
            .map_err(|e| self.rpc_failed(e))?;
        let name = version
            .other
            .get("specName")
            .and_then(|name| name.as_str())
            .ok_or_else(|| anyhow!("the node at {} names no runtime", self.url))?;
        Ok((name.to_string(), version.spec_version))
    }

    /// The hash of the code that the runtime may be replaced by, if any.
    pub async fn authorised_upgrade(&self) -> Result<Option<H256>> {
        let key = [
            sp_crypto_hashing::twox_128(b"System"),
            sp_crypto_hashing::twox_128(b"AuthorizedUpgrade"),
        ]
        .concat();
        let stored = self
            .rpc
            .state_get_storage(&key, None)
            .await
            .map_err(|e| self.rpc_failed(e))?;
        // The hash, and whether versions are checked.
        stored
            .map(|bytes| <(H256, bool)>::decode_all(&mut &bytes[..]).map(|(hash, _)| hash))
            .transpose()
            .with_context(|| {
                format!(
                    "the chain at {} stores an upgrade in an unknown form",
                    self.url
                )
            })
    }

    /// Calls the runtime at the best block and decodes its answer in full.
    pub async fn runtime_call<R: Decode>(&self, function: &str, args: impl Encode) -> Result<R> {
        self.runtime_call_at(function, args, None).await
    }

    /// The same at a block, or at the best one.
    async fn runtime_call_at<R: Decode>(
        &self,
        function: &str,
        args: impl Encode,
        at: Option<H256>,
    ) -> Result<R> {
        let bytes = self
            .rpc
            .state_call(function, Some(&args.encode()), at)
            .await
            .map_err(|e| match e {
                subxt::rpcs::Error::User(e) if e.message.contains("not found") => anyhow!(
                    "the chain at {} has no {function}: it is no Swarmwork chain, or of another \
                     version than this program",
                    self.url
                ),
                subxt::rpcs::Error::User(e) => anyhow!("{function} failed: {e}"),
                e => self.rpc_failed(e),
            })?;
        R::decode_all(&mut &bytes[..]).map_err(|_| {
            anyhow!(
                "the chain at {} answers {function} in a form this program does not know; use the \
                 `swarm` that was released with the node",
                self.url
            )
        })
    }

    async fn api<R: Decode>(&self, method: &str, args: impl Encode) -> Result<R> {
        self.runtime_call(&format!("SwarmworkApi_{method}"), args)
            .await
    }

    /// The circuit, if registered.
    pub async fn find_circuit(&self, id: CircuitId) -> Result<Option<CircuitView>> {
        self.api("circuit", id).await
    }

    /// The circuit, or [`Failure::NotFound`].
    pub async fn circuit(&self, id: CircuitId) -> Result<CircuitView> {
        let found = self.find_circuit(id).await?;
        Ok(found.ok_or_else(|| {
            Failure::NotFound(format!(
                "the chain has no circuit {id:?}; register it with `swarm circuit register --keys \
                 DIR`"
            ))
        })?)
    }

    /// The model, if registered.
    pub async fn find_model(&self, id: ModelId) -> Result<Option<ModelInfo>> {
        self.api("model", id).await
    }

    /// The model, or [`Failure::NotFound`].
    pub async fn model(&self, id: ModelId) -> Result<ModelInfo> {
        let found = self.find_model(id).await?;
        Ok(found.ok_or_else(|| {
            Failure::NotFound(format!(
                "the chain has no model {id:?}; register it with `swarm model register`"
            ))
        })?)
    }

    /// The job, if the chain knows it.
    pub async fn find_job(&self, id: JobId) -> Result<Option<JobView>> {
        self.api("job", id).await
    }

    /// The job, or [`Failure::NotFound`].
    pub async fn job(&self, id: JobId) -> Result<JobView> {
        let found = self.find_job(id).await?;
        Ok(found.ok_or_else(|| {
            Failure::NotFound(format!(
                "the chain has no job {id:?}; it may have been pruned, or belong to another chain"
            ))
        })?)
    }

    /// The providers of a job that is given to several, once they are drawn.
    pub async fn panel(&self, job: JobId) -> Result<Option<Panel>> {
        self.api("panel", job).await
    }

    /// The provider that a worker key reports for, if it is one's.
    pub async fn controller_of(&self, worker: &AccountId32) -> Result<Option<AccountId32>> {
        self.api("controller_of", worker).await
    }

    /// The provider, if registered.
    pub async fn find_provider(&self, who: &AccountId32) -> Result<Option<ProviderView>> {
        self.api("provider", who).await
    }

    /// The provider, or [`Failure::NotFound`].
    pub async fn provider(&self, who: &AccountId32) -> Result<ProviderView> {
        let found = self.find_provider(who).await?;
        Ok(found.ok_or_else(|| not_a_provider(who))?)
    }

    /// What else there is to know of a provider, if it is registered.
    pub async fn find_provider_details(
        &self,
        who: &AccountId32,
    ) -> Result<Option<ProviderDetails>> {
        self.api("provider_details", who).await
    }

    /// What else there is to know of a provider, or [`Failure::NotFound`].
    pub async fn provider_details(&self, who: &AccountId32) -> Result<ProviderDetails> {
        let found = self.find_provider_details(who).await?;
        Ok(found.ok_or_else(|| not_a_provider(who))?)
    }

    /// A provider's reputation and what it rests on.
    pub async fn reputation(&self, who: &AccountId32) -> Result<ReputationView> {
        self.api("reputation", who).await
    }

    /// The last epochs of all providers together.
    pub async fn outcomes(&self) -> Result<Vec<EpochOutcomes>> {
        self.api("outcomes", ()).await
    }

    /// The first providers, and whether each would be drawn for such a job now.
    pub async fn eligible_providers(
        &self,
        enquiry: Enquiry<u128>,
        limit: u32,
    ) -> Result<Vec<(AccountId32, Result<Offer<u128>, Rejection>)>> {
        self.api("eligible_providers", (enquiry, 0u32, limit)).await
    }

    /// What a job would cost now, or [`Failure::NotFound`] for a model that is not registered or an
    /// asset that no jobs may be paid in.
    pub async fn quote(&self, enquiry: Enquiry<u128>) -> Result<Quote<u128>> {
        let model = enquiry.model;
        let asset = asset_of(&enquiry.currency);
        let found: Option<Quote<u128>> = self.api("quote", enquiry).await?;
        found.ok_or_else(|| {
            let mut missing = format!("no model {model:?} is registered on this chain");
            if let Some(asset) = asset {
                missing.push_str(&format!(
                    ", or it takes no jobs that are paid in asset {asset}"
                ));
            }
            Failure::NotFound(missing).into()
        })
    }

    /// What jobs of each compute class were settled at lately.
    pub async fn clearing_prices(&self) -> Result<Vec<(ComputeClass, ClearingPrice<u128>)>> {
        self.api("clearing_prices", ()).await
    }

    /// How a job finds its provider, or [`Failure::NotFound`].
    pub async fn placement(&self, job: JobId) -> Result<PlacementView> {
        let found: Option<PlacementView> = self.api("placement", job).await?;
        found.ok_or_else(|| {
            Failure::NotFound(format!("no job {job:?} is known to this chain")).into()
        })
    }

    /// How many draws for a job had found nobody when a block ended; `None` before the job was
    /// submitted, and where the node has dropped that block's state.
    pub async fn draws_at(&self, job: JobId, block: u32) -> Option<u32> {
        let hash = self.rpc.chain_get_block_hash(Some(block.into())).await;
        let placement: Option<PlacementView> = self
            .runtime_call_at("SwarmworkApi_placement", job, Some(hash.ok()??))
            .await
            .ok()?;
        placement.map(|placement| placement.draws)
    }

    /// What has left supply.
    pub async fn burned(&self) -> Result<BurnTotals<u128>> {
        self.api("burned", ()).await
    }

    /// Supply, what was minted and what was burned.
    pub async fn supply(&self) -> Result<SupplyView<u128>> {
        self.api("supply", ()).await
    }

    /// An epoch of swarm work; without a number, the running one.
    pub async fn epoch(&self, index: Option<u32>) -> Result<Option<EpochView<u128, u32>>> {
        self.api("epoch", index).await
    }

    /// What a provider has earned by swarm work.
    pub async fn rewards(&self, who: &AccountId32) -> Result<RewardsView<u128>> {
        self.api("rewards", who).await
    }

    /// What the account owns at the best block.
    pub async fn funds(&self, who: &AccountId32) -> Result<Funds> {
        let address = dynamic::storage::<Vec<Value>, Value>("System", "Account");
        let account = self
            .best()
            .await?
            .storage()
            .fetch(address, vec![Value::from_bytes(who)])
            .await?
            .decode()?;
        let field = |name: &str| {
            account
                .at("data")
                .and_then(|data| data.at(name))
                .and_then(|value| value.as_u128())
                .with_context(|| format!("the chain's accounts have no field {name}"))
        };
        Ok(Funds {
            free: field("free")?,
            held: field("reserved")?,
            frozen: field("frozen")?,
        })
    }

    /// The least an account must keep.
    pub async fn existential_deposit(&self) -> Result<u128> {
        self.constant("Balances", "ExistentialDeposit").await
    }

    /// A number among a pallet's constants.
    pub async fn constant(&self, pallet: &str, name: &str) -> Result<u128> {
        let address = dynamic::constant::<u128>(pallet, name);
        Ok(self.best().await?.constants().entry(address)?)
    }

    /// Time between two blocks as BABE aims at it.
    pub async fn block_time(&self) -> Result<Duration> {
        let bytes = self
            .rpc
            .state_call("BabeApi_configuration", None, None)
            .await
            .map_err(|e| self.rpc_failed(e))?;
        // The first field of the configuration: slot duration in milliseconds.
        u64::decode(&mut &bytes[..])
            .map(Duration::from_millis)
            .context("the chain does not say how long its slots are")
    }

    /// Unix time of a block, milliseconds.
    pub async fn time_of(&self, at: &AtBlock) -> Result<u64> {
        let address = dynamic::storage::<(), u64>("Timestamp", "Now");
        Ok(at.storage().fetch(address, ()).await?.decode()?)
    }

    /// The error for an RPC that failed: an unreachable node has its own.
    pub fn rpc_failed(&self, error: subxt::rpcs::Error) -> anyhow::Error {
        match error {
            subxt::rpcs::Error::Client(_) | subxt::rpcs::Error::DisconnectedWillReconnect(_) => {
                Failure::Node {
                    url: self.url.clone(),
                    reason: root_cause(&error),
                }
                .into()
            }
            error => anyhow!("the node at {} answered: {error}", self.url),
        }
    }
}

fn not_a_provider(who: &AccountId32) -> Failure {
    Failure::NotFound(format!(
        "{} is no provider; register it with `swarm provider register`",
        crate::units::address(who)
    ))
}

/// The innermost reason of an error, which is what a person can act on.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    let text = error.to_string();
    // The RPC client puts its layers' names before the reason instead of giving a source.
    let reason = text.rsplit("client error: ").next().unwrap_or(&text);
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_and_held_funds_overlap() {
        let funds = Funds {
            free: 100,
            held: 30,
            frozen: 50,
        };
        assert_eq!(funds.usable(1), 80);
        assert_eq!(funds.usable(25), 75);
        assert_eq!(
            Funds {
                free: 5,
                held: 0,
                frozen: 9
            }
            .usable(1),
            0
        );
    }

    #[tokio::test]
    async fn a_dead_node_is_named_with_what_to_do() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = Chain::connect(&url).await.err().unwrap();
        assert_eq!(crate::failure::exit_code(&error), 3);
        let message = error.to_string();
        assert!(message.contains(&url), "{message}");
        assert!(message.contains("swarmwork-node --dev"), "{message}");
        assert!(!message.contains("client error"), "{message}");
    }

    #[tokio::test]
    async fn other_urls_are_refused_before_connecting() {
        for bad in ["http://127.0.0.1:1", "127.0.0.1:9944", ""] {
            let error = Chain::connect(bad).await.err().unwrap();
            assert!(error.to_string().contains("WebSocket"), "{error}");
        }
    }
}
