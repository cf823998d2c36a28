//! Puts a node together.

use crate::{provider, provider::Provider, rpc};
use futures::{FutureExt, StreamExt};
use sc_client_api::{Backend, BlockBackend, BlockchainEvents};
use sc_consensus_babe::{BabeLink, BabeWorkerHandle, SlotProportion};
use sc_consensus_grandpa::{GrandpaBlockImport, LinkHalf, SharedVoterState};
use sc_network::{service::traits::NetworkService, NetworkBackend};
use sc_service::{
    error::Error as ServiceError, Configuration, KeystoreContainer, TFullBackend, TFullClient,
    TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::BabeCreateInherentDataProviders;
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};
use swarmwork_runtime::{opaque::Block, RuntimeApi};

/// Host functions that the runtime imports beyond Substrate's own.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type OwnHostFunctions = (
    swarm_zk_host::HostFunctions,
    swarm_capacity_host::HostFunctions,
);
/// Host functions that the runtime imports beyond Substrate's own.
#[cfg(feature = "runtime-benchmarks")]
pub type OwnHostFunctions = (
    frame_benchmarking::benchmarking::HostFunctions,
    swarm_zk_host::HostFunctions,
    swarm_capacity_host::HostFunctions,
);
/// All host functions.
pub type HostFunctions = (sp_io::SubstrateHostFunctions, OwnHostFunctions);

type Executor = sc_executor::WasmExecutor<HostFunctions>;
/// The client.
pub type FullClient = TFullClient<Block, RuntimeApi, Executor>;
/// Its database.
pub type FullBackend = TFullBackend<Block>;
/// Verifies and imports blocks.
pub type ImportQueue = sc_consensus::DefaultImportQueue<Block>;
type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
type Pool = TransactionPoolHandle<Block, FullClient>;
type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
type BabeImport = sc_consensus_babe::BabeBlockImport<
    Block,
    FullClient,
    GrandpaImport,
    BabeCreateInherentDataProviders<Block>,
    SelectChain,
>;

/// At least every so many blocks a proof of finality is kept, for nodes that synchronise by them.
const JUSTIFICATION_PERIOD: u32 = 512;
/// Part of a slot in which a block is made; the rest is for sending and importing it.
const PROPOSAL_PORTION: f32 = 0.5;
/// How long GRANDPA expects a message to take to reach everyone.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// A node's parts that need no network.
pub struct Components {
    /// The client.
    pub client: Arc<FullClient>,
    /// Its database.
    pub backend: Arc<FullBackend>,
    /// Verifies and imports blocks.
    pub import_queue: ImportQueue,
    /// Runs background tasks.
    pub task_manager: TaskManager,
    keystore: KeystoreContainer,
    select_chain: SelectChain,
    pool: Arc<Pool>,
    block_import: BabeImport,
    babe_link: BabeLink<Block>,
    babe_worker: BabeWorkerHandle<Block>,
    grandpa_link: LinkHalf<Block, FullClient, SelectChain>,
    telemetry: Option<Telemetry>,
}

/// Opens the database and makes all that needs no network.
pub fn components(config: &Configuration) -> Result<Components, ServiceError> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()?;

    let executor = sc_service::new_wasm_executor::<HostFunctions>(&config.executor);
    let (client, backend, keystore, task_manager) =
        sc_service::new_full_parts::<Block, RuntimeApi, _>(
            config,
            telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
            executor,
            Vec::new(),
        )?;
    let client = Arc::new(client);

    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager
            .spawn_handle()
            .spawn("telemetry", None, worker.run());
        telemetry
    });
    let telemetry_handle = || telemetry.as_ref().map(Telemetry::handle);

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let pool = Arc::new(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry_handle(),
    )?;

    let babe_config = sc_consensus_babe::configuration(&*client)?;
    let slot_duration = babe_config.slot_duration();
    let (block_import, babe_link) = sc_consensus_babe::block_import(
        babe_config,
        grandpa_import.clone(),
        client.clone(),
        inherents(slot_duration),
        select_chain.clone(),
        OffchainTransactionPoolFactory::new(pool.clone()),
    )?;
    let (import_queue, babe_worker) =
        sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
            link: babe_link.clone(),
            block_import: block_import.clone(),
            justification_import: Some(Box::new(grandpa_import)),
            client: client.clone(),
            slot_duration,
            spawner: &task_manager.spawn_essential_handle(),
            registry: config.prometheus_registry(),
            telemetry: telemetry_handle(),
        })?;

    Ok(Components {
        client,
        backend,
        import_queue,
        task_manager,
        keystore,
        select_chain,
        pool,
        block_import,
        babe_link,
        babe_worker,
        grandpa_link,
        telemetry,
    })
}

/// What an author puts into every block: the slot, and the time on this machine's clock.
fn inherents(
    slot_duration: sp_consensus_babe::SlotDuration,
) -> BabeCreateInherentDataProviders<Block> {
    Arc::new(move |_, ()| async move {
        let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
        let slot =
            sp_consensus_babe::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
                *timestamp,
                slot_duration,
            );
        Ok((slot, timestamp))
    })
}

/// Starts a node: validator, full node or provider.
pub fn start<N>(
    mut config: Configuration,
    provider: Option<Provider>,
) -> sc_cli::Result<TaskManager>
where
    N: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    // A provider reports by offchain worker, whether or not it also makes blocks.
    config.offchain_worker.enabled |= provider.is_some();

    let Components {
        client,
        backend,
        import_queue,
        mut task_manager,
        keystore,
        select_chain,
        pool,
        block_import,
        babe_link,
        babe_worker,
        grandpa_link,
        mut telemetry,
    } = components(&config)?;

    if let Some(mut storage) = backend.offchain_storage() {
        match &provider {
            Some(provider) => provider.publish(&mut storage),
            None => provider::retract(&mut storage),
        }
    }
    if let Some(provider) = &provider {
        provider.insert_worker_key(&keystore.keystore())?;
    }

    let mut net_config = sc_network::config::FullNetworkConfiguration::<
        Block,
        <Block as BlockT>::Hash,
        N,
    >::new(&config.network, config.prometheus_registry().cloned());
    let metrics = N::register_notification_metrics(config.prometheus_registry());
    let genesis = client
        .block_hash(0)
        .map_err(ServiceError::Client)?
        .ok_or_else(|| ServiceError::Other("the database holds no genesis block".into()))?;
    let grandpa_protocol =
        sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
    let (grandpa_set, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
        grandpa_protocol.clone(),
        metrics.clone(),
        net_config.peer_store_handle(),
    );
    net_config.add_notification_protocol(grandpa_set);
    let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));

    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if let (Some(_), Some(mut storage)) = (&provider, backend.offchain_storage()) {
        let mut finalised = client.finality_notification_stream();
        let note = async move {
            while let Some(block) = finalised.next().await {
                provider::note_finalised(&mut storage, block.header.number, block.hash);
            }
        };
        task_manager.spawn_handle().spawn(
            "finalised-block-notes",
            Some("offchain-worker"),
            note.boxed(),
        );
    }

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            keystore: Some(keystore.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(pool.clone())),
            network_provider: Arc::new(network.clone()),
            is_validator: config.role.is_authority(),
            enable_http_requests: true,
            custom_extensions: |_| Vec::new(),
        })
        .map_err(ServiceError::Io)?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            Some("offchain-worker"),
            workers
                .run(client.clone(), task_manager.spawn_handle())
                .boxed(),
        );
    }

    let role = config.role;
    let name = config.network.node_name.clone();
    let force_authoring = config.force_authoring;
    let with_grandpa = !config.disable_grandpa;
    let registry = config.prometheus_registry().cloned();

    let rpc_builder = {
        let client = client.clone();
        let pool = pool.clone();
        Box::new(move |_| rpc::module(client.clone(), pool.clone()).map_err(Into::into))
    };
    let rpc = sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        config,
        client: client.clone(),
        backend,
        task_manager: &mut task_manager,
        keystore: keystore.keystore(),
        transaction_pool: pool.clone(),
        rpc_builder,
        network: network.clone(),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;
    for address in rpc.listen_addresses() {
        log::info!("💻 JSON-RPC listens on {address}");
    }
    let telemetry_handle = || telemetry.as_ref().map(Telemetry::handle);

    if role.is_authority() {
        let proposer = sc_basic_authorship::ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            pool.clone(),
            registry.as_ref(),
            telemetry_handle(),
        );
        let slot_duration = babe_link.config().slot_duration();
        let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
            keystore: keystore.keystore(),
            client: client.clone(),
            select_chain,
            env: proposer,
            block_import,
            sync_oracle: sync_service.clone(),
            justification_sync_link: sync_service.clone(),
            create_inherent_data_providers: inherents(slot_duration),
            force_authoring,
            backoff_authoring_blocks: None::<()>,
            babe_link,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
            max_block_proposal_slot_portion: None,
            telemetry: telemetry_handle(),
        })
        .map_err(ServiceError::Consensus)?;
        task_manager.spawn_essential_handle().spawn_blocking(
            "babe-proposer",
            Some("block-authoring"),
            babe,
        );
    }
    // Closing the handle would end BABE's import worker, which the node treats as fatal.
    task_manager.keep_alive(babe_worker);

    if with_grandpa {
        let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: GOSSIP_DURATION,
                justification_generation_period: JUSTIFICATION_PERIOD,
                observer_enabled: false,
                local_role: role,
                name: Some(name),
                keystore: role.is_authority().then(|| keystore.keystore()),
                telemetry: telemetry_handle(),
                protocol_name: grandpa_protocol,
            },
            link: grandpa_link,
            network: network as Arc<dyn NetworkService>,
            sync: sync_service,
            notification_service: grandpa_notifications,
            voting_rule: sc_consensus_grandpa::VotingRulesBuilder::default().build(),
            prometheus_registry: registry,
            shared_voter_state: SharedVoterState::empty(),
            telemetry: telemetry_handle(),
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(pool),
        })
        .map_err(ServiceError::Client)?;
        task_manager.spawn_essential_handle().spawn_blocking(
            "grandpa-voter",
            Some("finality"),
            voter,
        );
    }

    Ok(task_manager)
}
