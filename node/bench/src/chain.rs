//! A chain of one author: the wasm runtime under the node's executor, over a ParityDB of its own.
//!
//! Blocks are executed and committed as by a node. Besides, state can be *written*: native code of
//! the runtime's pallets runs on the state of the last block, and what it changes is committed as
//! the state of a block without transactions. So a million jobs are in the database in minutes, and
//! they are what the pallets' own code makes of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure, Context, Result};
use codec::Encode;
use frame_support::storage::{storage_prefix, unhashed};
use sc_client_api::{
    execution_extensions::ExecutionExtensions, Backend as _, BlockImportOperation, NewBlockState,
    TrieCacheContext,
};
use sc_client_db::{BlocksPruning, DatabaseSettings, DatabaseSource, PruningMode};
use sc_consensus::{BlockImport, BlockImportParams, ForkChoiceStrategy, ImportResult};
use sc_service::{GenesisBlockBuilder, TFullBackend, TFullClient, TaskManager};
use sp_api::{ApiExt, CallContext, ProvideRuntimeApi};
use sp_consensus::BlockOrigin;
use sp_consensus_babe::{
    digests::{PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data, BabeApi, BabeConfiguration, Slot, BABE_ENGINE_ID,
};
use sp_core::{
    crypto::VrfSecret,
    sr25519,
    storage::{well_known_keys, Storage},
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    generic::Digest,
    traits::{BlakeTwo256, Hash as _, HashingFor},
    BuildStorage, DigestItem,
};
use sp_state_machine::{Ext, OverlayedChanges};
use swarmwork_runtime::{
    genesis_presets, opaque::Block, timing::DEFAULT_SLOT_MILLIS, BlockNumber, Hash, Header,
    RuntimeApi, RuntimeGenesisConfig, System, VERSION, WASM_BINARY,
};

use crate::block::{Built, Open};

/// Host functions that the runtime imports, as the node has them.
type HostFunctions = (
    sp_io::SubstrateHostFunctions,
    swarm_zk_host::HostFunctions,
    swarm_capacity_host::HostFunctions,
);
type Executor = sc_executor::WasmExecutor<HostFunctions>;
type Backend = TFullBackend<Block>;
/// The client.
pub type Client = TFullClient<Block, RuntimeApi, Executor>;

/// Slot of the genesis block; block `n` is made `n` slots later.
const FIRST_SLOT: u64 = 1_000_000;
/// Longer than any run: the work at an epoch's end, which has its own weight, stays out of the
/// figures.
const EPOCH_SLOTS: u64 = 1_000_000_000;
/// The node's default, in bytes.
const TRIE_CACHE: usize = 1024 * 1024 * 1024;
/// States kept, as the node does by default.
const STATES_KEPT: u32 = 256;

/// How long the database may take to come to rest before what follows is measured all the same.
const LONGEST_REST: Duration = Duration::from_secs(120);
/// How long a look at it takes: tests need no figures.
const LOOK: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 1_000 });
/// Looks without work after which it has.
const RESTED: u32 = 3;
/// Ticks (a hundredth of a second each) of processor time a second at which this program works.
const BUSY_TICKS: u64 = 5;

/// Who makes the blocks: the development chain's validator.
pub const AUTHOR: Sr25519Keyring = Sr25519Keyring::Alice;

/// The last block.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub number: BlockNumber,
    pub hash: Hash,
}

pub struct Chain {
    client: Arc<Client>,
    backend: Arc<Backend>,
    /// Where the database lies.
    database: PathBuf,
    babe: BabeConfiguration,
    author: sr25519::Pair,
    genesis: Hash,
    head: Head,
    /// What the client spawns runs here.
    _tasks: TaskManager,
    _tokio: tokio::runtime::Runtime,
}

impl Chain {
    /// A new chain whose database lies in a folder that exists.
    pub fn new(folder: &Path) -> Result<Self> {
        let database = folder.join("chain");
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let tasks = TaskManager::new(tokio.handle().clone(), None)
            .map_err(|error| anyhow!("cannot make a task manager: {error}"))?;
        let backend = sc_service::new_db_backend::<Block>(DatabaseSettings {
            trie_cache_maximum_size: Some(TRIE_CACHE),
            state_pruning: Some(PruningMode::blocks_pruning(STATES_KEPT)),
            source: DatabaseSource::ParityDb {
                path: database.clone(),
            },
            blocks_pruning: BlocksPruning::KeepFinalized,
            pruning_filters: Vec::new(),
            metrics_registry: None,
        })
        .map_err(|error| anyhow!("cannot open a database in {}: {error}", folder.display()))?;
        let executor = Executor::builder().build();
        let genesis = GenesisBlockBuilder::<Block, _, _>::new_with_storage(
            genesis_state()?,
            true,
            backend.clone(),
            executor.clone(),
        )
        .map_err(chain_error)?;
        let client = sc_service::new_client::<_, Block, RuntimeApi, _>(
            backend.clone(),
            executor.clone(),
            genesis,
            None,
            None,
            ExecutionExtensions::new(None, Arc::new(executor)),
            Box::new(tasks.spawn_handle()),
            None,
            None,
            Default::default(),
        )
        .map_err(chain_error)?;
        let hash = client.chain_info().genesis_hash;
        let babe = client
            .runtime_api()
            .configuration(hash)
            .map_err(chain_error)?;
        Ok(Self {
            client: Arc::new(client),
            backend,
            database,
            babe,
            author: AUTHOR.pair(),
            genesis: hash,
            head: Head { number: 0, hash },
            _tasks: tasks,
            _tokio: tokio,
        })
    }

    /// Hash of the genesis block.
    pub fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The last block.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Milliseconds between blocks.
    pub fn slot_millis(&self) -> u64 {
        self.babe.slot_duration
    }

    /// Forgets the trie nodes kept in memory, as a restart does.
    pub fn forget_cache(&self) {
        self.backend.reset_trie_cache();
    }

    /// Waits until the database has written down what was committed, which it does by itself, and the
    /// system its files: both would slow what is measured. Says so where that takes too long.
    pub fn rest(&self) -> Result<()> {
        let rested = rests(LONGEST_REST, || {
            let before = processor_ticks();
            std::thread::sleep(LOOK);
            // A database that waits for its disk takes no processor time.
            self.flush()?;
            Ok(match (before, processor_ticks()) {
                (Some(before), Some(after)) => after - before > BUSY_TICKS,
                _ => false,
            })
        })?;
        if !rested {
            eprintln!(
                "warning: the database is still writing after {} s; what is measured next shares the \
                 machine with that",
                LONGEST_REST.as_secs()
            );
        }
        Ok(())
    }

    /// Waits until the database's files are on the disk.
    fn flush(&self) -> Result<()> {
        for entry in std::fs::read_dir(&self.database)? {
            // One that the database has given up in the meantime is not written any more.
            if let Ok(file) = std::fs::File::open(entry?.path()) {
                file.sync_all()
                    .context("cannot flush a file of the database")?;
            }
        }
        Ok(())
    }

    /// Begins the next block.
    pub fn open(&self) -> Result<Open<'_>> {
        self.open_at(self.head.number + 1)
    }

    /// Begins a block of that number on the last one. Where it is not the next number, the clock
    /// must have been [put forward](Self::jump_to), and the block cannot be imported.
    pub fn open_at(&self, number: BlockNumber) -> Result<Open<'_>> {
        let slot = Slot::from(FIRST_SLOT + u64::from(number));
        let header = self.header(number, self.pre_digest(slot));
        let mut api = self.client.runtime_api();
        api.set_call_context(CallContext::Onchain { import: false });
        Open::new(api, self.head.hash, header, *slot * self.babe.slot_duration)
    }

    /// State changes of a block under construction.
    pub(crate) fn changes(&self, open: &Open<'_>) -> Result<sp_api::StorageChanges<Block>> {
        let state = self.state()?;
        open.api()
            .into_storage_changes(&state, self.head.hash)
            .map_err(|error| anyhow!("the changes of a block cannot be told: {error}"))
    }

    /// Executes and commits a block as a node does that has not made it; how long that took.
    pub fn import(&mut self, block: &Built) -> Result<Duration> {
        let mut params =
            BlockImportParams::new(BlockOrigin::NetworkBroadcast, block.header.clone());
        params.body = Some(block.body.clone());
        params.fork_choice = Some(ForkChoiceStrategy::LongestChain);
        params.finalized = true;
        // Trie nodes that are kept from making it.
        self.forget_cache();
        let began = Instant::now();
        let result = futures::executor::block_on(self.client.import_block(params));
        let took = began.elapsed();
        let result = result.map_err(chain_error)?;
        ensure!(
            matches!(result, ImportResult::Imported(_)),
            "block {} is not imported: {result:?}",
            block.header.number
        );
        self.advance(&block.header);
        Ok(took)
    }

    /// Makes and imports blocks without transactions.
    pub fn pass(&mut self, blocks: u32) -> Result<()> {
        for _ in 0..blocks {
            let built = self.open()?.finish(self)?;
            self.import(&built)?;
        }
        Ok(())
    }

    /// Runs native code that reads the state of the last block.
    pub fn read<R>(&self, look: impl FnOnce() -> R) -> Result<R> {
        let state = self.state()?;
        let mut overlay = OverlayedChanges::<HashingFor<Block>>::default();
        let mut ext = Ext::new(&mut overlay, &state, None);
        Ok(sp_externalities::set_and_run_with_externalities(
            &mut ext, look,
        ))
    }

    /// Puts the state's clock forward, so that its next block has that number, until something is
    /// written. The scheduler, which has nothing to do in between, does not look at every block of it:
    /// that would take up to half of the next one.
    pub fn jump_to(&mut self, number: BlockNumber) -> Result<()> {
        let looked_at = storage_prefix(b"Scheduler", b"IncompleteSince");
        self.write_until(number, number - 1, || {
            ensure!(
                unhashed::exists(&looked_at),
                "the scheduler has another name for what it has looked at"
            );
            unhashed::put(&looked_at, &number);
            Ok(())
        })
    }

    /// Runs native code on the state of the last block, its clock at `clock`, and commits what it
    /// changes as the state of the next block. An error commits nothing.
    pub fn write<R>(
        &mut self,
        clock: BlockNumber,
        change: impl FnOnce() -> Result<R>,
    ) -> Result<R> {
        self.write_until(clock, self.head.number + 1, change)
    }

    /// As [`Self::write`], with the clock at `after` in what is committed.
    fn write_until<R>(
        &mut self,
        clock: BlockNumber,
        after: BlockNumber,
        change: impl FnOnce() -> Result<R>,
    ) -> Result<R> {
        let state = self.state()?;
        let mut overlay = OverlayedChanges::<HashingFor<Block>>::default();
        let result = sp_externalities::set_and_run_with_externalities(
            &mut Ext::new(&mut overlay, &state, None),
            || {
                System::set_block_number(clock);
                let result = change();
                System::reset_events();
                System::set_block_number(after);
                result
            },
        )?;
        let changes = overlay
            .drain_storage_changes(&state, VERSION.state_version())
            .map_err(|error| anyhow!("the changes cannot be told: {error}"))?;
        let mut header = self.header(self.head.number + 1, Digest::default());
        header.state_root = changes.transaction_storage_root;
        header.extrinsics_root =
            BlakeTwo256::ordered_trie_root(Vec::new(), VERSION.extrinsics_root_state_version());
        let mut operation = self.backend.begin_operation().map_err(chain_error)?;
        self.backend
            .begin_state_operation(&mut operation, self.head.hash)
            .map_err(chain_error)?;
        operation
            .update_db_storage(changes.transaction)
            .map_err(chain_error)?;
        operation
            .update_storage(changes.main_storage_changes, changes.child_storage_changes)
            .map_err(chain_error)?;
        operation
            .set_block_data(
                header.clone(),
                Some(Vec::new()),
                None,
                None,
                NewBlockState::Final,
                true,
            )
            .map_err(chain_error)?;
        // The database must be free to prune what this state keeps.
        drop(state);
        self.backend
            .commit_operation(operation)
            .map_err(chain_error)?;
        self.advance(&header);
        Ok(result)
    }

    /// A header on the last block, its roots not yet known.
    fn header(&self, number: BlockNumber, digest: Digest) -> Header {
        Header {
            parent_hash: self.head.hash,
            number,
            state_root: Default::default(),
            extrinsics_root: Default::default(),
            digest,
        }
    }

    fn advance(&mut self, header: &Header) {
        self.head = Head {
            number: header.number,
            hash: header.hash(),
        };
    }

    fn state(&self) -> Result<<Backend as sc_client_api::Backend<Block>>::State> {
        self.backend
            .state_at(self.head.hash, TrieCacheContext::Trusted)
            .map_err(chain_error)
    }

    /// What BABE puts into a header: the slot, and a VRF output that seeds draws.
    fn pre_digest(&self, slot: Slot) -> Digest {
        // All blocks are of the first epoch.
        let data = make_vrf_sign_data(&self.babe.randomness, slot, 0);
        let digest = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
            authority_index: 0,
            slot,
            vrf_signature: self.author.vrf_sign(&data),
        });
        Digest {
            logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())],
        }
    }
}

/// The development chain, with slots of a network's length and without ends of epochs.
fn genesis_state() -> Result<Storage> {
    let patch = genesis_presets::get_preset(&DEV_RUNTIME_PRESET.into())
        .ok_or_else(|| anyhow!("the runtime has no genesis preset {DEV_RUNTIME_PRESET:?}"))?;
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default())?;
    sc_chain_spec::json_patch::merge(&mut config, serde_json::from_slice(&patch)?);
    let mut config: RuntimeGenesisConfig = serde_json::from_value(config)?;
    config.timing.slot_millis = DEFAULT_SLOT_MILLIS;
    config.timing.epoch_slots = EPOCH_SLOTS;
    let code = WASM_BINARY.ok_or_else(|| {
        anyhow!("built without a wasm runtime (SKIP_WASM_BUILD was set): build again without")
    })?;
    let mut storage = config
        .build_storage()
        .map_err(|error| anyhow!("the genesis state: {error}"))?;
    storage
        .top
        .insert(well_known_keys::CODE.to_vec(), code.to_vec());
    Ok(storage)
}

/// Whether [`RESTED`] looks one after the other find no work before the time is over.
fn rests(longest: Duration, mut works: impl FnMut() -> Result<bool>) -> Result<bool> {
    let began = Instant::now();
    let mut quiet = 0;
    while quiet < RESTED {
        if began.elapsed() >= longest {
            return Ok(false);
        }
        quiet = if works()? { 0 } else { quiet + 1 };
    }
    Ok(true)
}

/// Processor time that this program has taken, in ticks, where the system tells (proc(5), fields 14
/// and 15).
fn processor_ticks() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

/// The SDK's errors, some of which are not `Sync`, as text.
pub fn chain_error(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Applied;
    use crate::people::{pair, sign, Role};
    use anyhow::bail;
    use swarmwork_primitives::UNIT;
    use swarmwork_runtime::{Balances, Runtime, RuntimeCall};

    #[test]
    #[cfg(target_os = "linux")]
    fn working_takes_processor_time() {
        let before = processor_ticks().unwrap();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(5) && processor_ticks().unwrap() == before {}
        assert!(processor_ticks().unwrap() > before);
    }

    #[test]
    fn a_database_rests_after_several_quiet_looks_or_is_said_not_to() {
        let mut looks = [false, false, true, false, false, true].into_iter();
        let mut count = 0;
        let rested = rests(LONGEST_REST, || {
            count += 1;
            Ok(looks.next().unwrap_or_default())
        });
        assert!(rested.unwrap());
        assert_eq!(count, 6 + RESTED);
        assert!(!rests(Duration::ZERO, || Ok(false)).unwrap());
        let failed = rests(LONGEST_REST, || Err(anyhow!("no disk")));
        assert!(failed.unwrap_err().to_string().contains("no disk"));
    }

    fn remark() -> RuntimeCall {
        RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() })
    }

    #[test]
    fn blocks_and_written_state_follow_one_another_and_what_is_wrong_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut chain = Chain::new(folder.path()).unwrap();
        assert_eq!(chain.slot_millis(), DEFAULT_SLOT_MILLIS);
        let stranger = pair(Role::Requester, 0);
        let account = crate::people::account(&stranger);

        // A transaction that nobody pays for, and a call that fails.
        let mut open = chain.open().unwrap();
        let apply = |open: &mut Open<'_>, signer, call| {
            let extrinsic = sign(chain.genesis(), signer, 0, call);
            open.apply(extrinsic.into()).map(|_| ()).unwrap_err()
        };
        let error = apply(&mut open, &stranger, remark()).to_string();
        assert!(error.contains("refused"), "{error}");
        let unknown = RuntimeCall::Marketplace(pallet_marketplace::Call::cancel_job {
            job: Hash::repeat_byte(1),
        });
        let error = apply(&mut open, &AUTHOR.pair(), unknown.clone()).to_string();
        assert!(error.contains("a call failed"), "{error}");
        drop(open);

        // From the first block on, the chain knows the hash of its genesis, which is signed.
        chain.pass(1).unwrap();
        // What is written can be read, spent and told by the next block; an error leaves nothing.
        let fund = || {
            use frame_support::traits::fungible::Mutate;
            Balances::mint_into(&account, UNIT).map_err(|error| anyhow!("{error:?}"))
        };
        let head = chain.head();
        let failed: Result<()> = chain.write(1, || {
            fund()?;
            bail!("no")
        });
        assert!(failed.is_err());
        assert_eq!(chain.head().hash, head.hash);
        let balance = |chain: &Chain| chain.read(|| Balances::free_balance(&account)).unwrap();
        assert_eq!(balance(&chain), 0);
        chain.write(1, fund).unwrap();
        assert_eq!(chain.head().number, 2);
        assert_eq!(balance(&chain), UNIT);
        let mut open = chain.open().unwrap();
        let extrinsic = sign(chain.genesis(), &stranger, 0, remark());
        assert!(matches!(
            open.apply(extrinsic.into()),
            Ok(Applied::Included(_))
        ));
        // A call that fails as it should is in the block, and one that comes to something else is not.
        let mut expecting = |call, expected| {
            let extrinsic = sign(chain.genesis(), &AUTHOR.pair(), 0, call);
            let applied = open.apply_expecting(extrinsic.into(), expected);
            applied.map(|_| ()).map_err(|error| error.to_string())
        };
        let refused = Err(pallet_marketplace::Error::<Runtime>::JobUnknown.into());
        let other = Err(pallet_marketplace::Error::<Runtime>::JobEnded.into());
        let error = expecting(remark(), refused).unwrap_err();
        assert!(error.contains("succeeded"), "{error}");
        let error = expecting(unknown.clone(), other).unwrap_err();
        assert!(error.contains("a call failed"), "{error}");
        expecting(unknown, refused).unwrap();
        let built = open.finish(&chain).unwrap();
        // With the timestamp.
        assert_eq!(built.body.len(), 3);
        chain.import(&built).unwrap();
        assert_eq!(chain.head().number, 3);
        assert!(balance(&chain) < UNIT);

        // A block that does not say what comes of it, one that is there, one of another time.
        let mut wrong = chain.open().unwrap().finish(&chain).unwrap();
        wrong.header.state_root = Hash::repeat_byte(1);
        assert!(chain.import(&wrong).is_err());
        assert!(chain.import(&built).is_err());
        assert!(chain.open_at(100).is_err());
        chain.jump_to(100).unwrap();
        let later = chain.open_at(100).unwrap().finish(&chain).unwrap();
        assert_eq!(later.header.number, 100);
        assert!(chain.import(&later).is_err());
        assert_eq!(chain.head().number, 4);
        chain.write(5, || Ok(())).unwrap();
        chain.pass(1).unwrap();
        assert_eq!(chain.head().number, 6);
    }
}
