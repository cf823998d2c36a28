//! What the node and readers may ask of the runtime.

use crate::{
    configs::babe::EPOCH_CONFIG,
    genesis_presets,
    timing::{EpochDuration, SlotDuration},
    AccountId, Babe, Balance, Block, BlockNumber, Burn, Circuits, Contracts, Executive, Governance,
    Grandpa, Hash, Historical, InherentDataExt, Marketplace, Models, Nonce, Providers, Reputation,
    Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, SessionKeys, SwarmWork, System,
    TransactionPayment, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    traits::{Get, KeyOwnerProofSystem},
    weights::Weight,
};
use frame_system::EventRecord;
use pallet_grandpa::AuthorityId as GrandpaId;
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_consensus_babe::{AuthorityId as BabeId, BabeConfiguration, Epoch, Slot};
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
    traits::{Block as BlockT, NumberFor},
    transaction_validity::{TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, ExtrinsicInclusionMode, Permill,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;
use swarmwork_primitives::{
    BurnTotals, CircuitId, CircuitView, Class, ClearingPrice, ComputeClass, Enquiry, Entry,
    EpochOutcomes, EpochView, Grant, JobId, JobView, ModelId, ModelInfo, Models as _, Offer, Panel,
    PlacementView, ProposalView, ProviderDetails, ProviderView, Providers as _, Quote, Rejection,
    Reputation as _, ReputationView, RewardsView, Role, SupplyView,
};

/// Versions of the APIs implemented here.
pub(crate) const VERSIONS: sp_version::ApisVec = RUNTIME_API_VERSIONS;

impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block)
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(
            id: frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(
            block: <Block as BlockT>::LazyBlock,
            data: InherentData,
        ) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            tx: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_consensus_babe::BabeApi<Block> for Runtime {
        fn configuration() -> BabeConfiguration {
            let epoch = Babe::epoch_config().unwrap_or(EPOCH_CONFIG);
            BabeConfiguration {
                slot_duration: SlotDuration::get(),
                epoch_length: EpochDuration::get(),
                c: epoch.c,
                authorities: Babe::authorities().to_vec(),
                randomness: Babe::randomness(),
                allowed_slots: epoch.allowed_slots,
            }
        }

        fn current_epoch_start() -> Slot {
            Babe::current_epoch_start()
        }

        fn current_epoch() -> Epoch {
            Babe::current_epoch()
        }

        fn next_epoch() -> Epoch {
            Babe::next_epoch()
        }

        fn generate_key_ownership_proof(
            _slot: Slot,
            authority: BabeId,
        ) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_babe::KEY_TYPE, authority))
                .map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
            ownership: sp_consensus_babe::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Babe::submit_unsigned_equivocation_report(equivocation, ownership.decode()?)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation: sp_consensus_grandpa::EquivocationProof<
                <Block as BlockT>::Hash,
                NumberFor<Block>,
            >,
            ownership: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Grandpa::submit_unsigned_equivocation_report(equivocation, ownership.decode()?)
        }

        fn generate_key_ownership_proof(
            _set_id: sp_consensus_grandpa::SetId,
            authority: GrandpaId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
                .map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(
            owner: Vec<u8>,
            seed: Option<Vec<u8>>,
        ) -> OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
        for Runtime
    {
        fn query_info(
            uxt: <Block as BlockT>::Extrinsic,
            len: u32,
        ) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(uxt, len)
        }

        fn query_fee_details(uxt: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(uxt, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
        Block,
        Balance,
        RuntimeCall,
    > for Runtime
    {
        fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, len)
        }

        fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_contracts::ContractsApi<
        Block,
        AccountId,
        Balance,
        BlockNumber,
        Hash,
        EventRecord<RuntimeEvent, Hash>,
    > for Runtime
    {
        fn call(
            origin: AccountId,
            dest: AccountId,
            value: Balance,
            gas_limit: Option<Weight>,
            storage_deposit_limit: Option<Balance>,
            input_data: Vec<u8>,
        ) -> pallet_contracts::ContractExecResult<Balance, EventRecord<RuntimeEvent, Hash>> {
            Contracts::bare_call(
                origin,
                dest,
                value,
                gas_limit.unwrap_or_else(dry_run_gas),
                storage_deposit_limit,
                input_data,
                pallet_contracts::DebugInfo::UnsafeDebug,
                pallet_contracts::CollectEvents::UnsafeCollect,
                pallet_contracts::Determinism::Enforced,
            )
        }

        fn instantiate(
            origin: AccountId,
            value: Balance,
            gas_limit: Option<Weight>,
            storage_deposit_limit: Option<Balance>,
            code: pallet_contracts::Code<Hash>,
            data: Vec<u8>,
            salt: Vec<u8>,
        ) -> pallet_contracts::ContractInstantiateResult<
            AccountId,
            Balance,
            EventRecord<RuntimeEvent, Hash>,
        > {
            Contracts::bare_instantiate(
                origin,
                value,
                gas_limit.unwrap_or_else(dry_run_gas),
                storage_deposit_limit,
                code,
                data,
                salt,
                pallet_contracts::DebugInfo::UnsafeDebug,
                pallet_contracts::CollectEvents::UnsafeCollect,
            )
        }

        fn upload_code(
            origin: AccountId,
            code: Vec<u8>,
            storage_deposit_limit: Option<Balance>,
            determinism: pallet_contracts::Determinism,
        ) -> pallet_contracts::CodeUploadResult<Hash, Balance> {
            Contracts::bare_upload_code(origin, code, storage_deposit_limit, determinism)
        }

        fn get_storage(
            address: AccountId,
            key: Vec<u8>,
        ) -> pallet_contracts::GetStorageResult {
            Contracts::get_storage(address, key)
        }
    }

    impl swarmwork_primitives::SwarmworkApi<Block, AccountId, Balance, BlockNumber> for Runtime {
        fn circuit(id: CircuitId) -> Option<CircuitView<AccountId>> {
            Circuits::view(&id)
        }

        fn model(id: ModelId) -> Option<ModelInfo<AccountId>> {
            Models::info(&id)
        }

        fn job(id: JobId) -> Option<JobView<AccountId, Balance, BlockNumber>> {
            Marketplace::job_view(id)
        }

        fn provider(who: AccountId) -> Option<ProviderView<AccountId, Balance>> {
            Providers::view(&who, Reputation::score(&who), Reputation::jobs(&who))
        }

        fn controller_of(worker: AccountId) -> Option<AccountId> {
            Providers::controller_of(&worker)
        }

        fn eligible_providers(
            enquiry: Enquiry<Balance>,
            start: u32,
            limit: u32,
        ) -> Vec<(AccountId, Result<Offer<Balance>, Rejection>)> {
            Marketplace::eligible_providers(enquiry, start, limit)
        }

        fn quote(enquiry: Enquiry<Balance>) -> Option<Quote<Balance>> {
            Marketplace::quote(enquiry)
        }

        fn clearing_prices() -> Vec<(ComputeClass, ClearingPrice<Balance>)> {
            Marketplace::clearing_prices()
        }

        fn placement(job: JobId) -> Option<PlacementView<AccountId, Balance, BlockNumber>> {
            Marketplace::placement(job)
        }

        fn score(who: AccountId) -> Permill {
            Reputation::score(&who)
        }

        fn burned() -> BurnTotals<Balance> {
            Burn::totals()
        }

        fn supply() -> SupplyView<Balance> {
            Burn::supply()
        }

        fn epoch(index: Option<u32>) -> Option<EpochView<Balance, BlockNumber>> {
            SwarmWork::epoch_view(index)
        }

        fn rewards(who: AccountId) -> RewardsView<Balance> {
            SwarmWork::rewards_view(&who)
        }

        fn provider_details(
            who: AccountId,
        ) -> Option<ProviderDetails<AccountId, Balance, BlockNumber>> {
            Providers::details(&who)
        }

        fn reputation(who: AccountId) -> ReputationView<BlockNumber> {
            Reputation::view(&who)
        }

        fn outcomes() -> Vec<EpochOutcomes> {
            Reputation::outcomes()
        }

        fn panel(job: JobId) -> Option<Panel<AccountId, Balance, BlockNumber>> {
            Marketplace::panel_view(job)
        }

        fn audit_share() -> Permill {
            Marketplace::audit_share()
        }
    }

    impl swarmwork_primitives::GovernanceApi<Block, AccountId, BlockNumber> for Runtime {
        fn acts(start: u64, limit: u32) -> Vec<(u64, Entry<AccountId, BlockNumber>)> {
            Governance::acts(start, limit)
        }

        fn recorded() -> (u64, u64) {
            Governance::recorded()
        }

        fn roles() -> Vec<(Role, Grant<AccountId, BlockNumber>)> {
            Governance::roles()
        }

        fn class_of(call: Vec<u8>) -> Option<Class> {
            Governance::class_of(&call)
        }

        fn proposal(index: u32) -> Option<ProposalView<BlockNumber>> {
            Governance::proposal(index)
        }

        fn proposals() -> u32 {
            Governance::proposals()
        }

        fn vote_bonus(who: AccountId) -> Permill {
            Governance::vote_bonus(&who)
        }

        fn technical() -> Option<AccountId> {
            pallet_governance::Technical::<Runtime>::get()
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, genesis_presets::get_preset)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            genesis_presets::preset_names()
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(
            extra: bool,
        ) -> (
            Vec<frame_benchmarking::BenchmarkList>,
            Vec<frame_support::traits::StorageInfo>,
        ) {
            crate::benchmarks::metadata(extra)
        }

        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::dispatch(config)
        }
    }

    #[cfg(feature = "try-runtime")]
    impl frame_try_runtime::TryRuntime<Block> for Runtime {
        fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
            let weight = match Executive::try_runtime_upgrade(checks) {
                Ok(weight) => weight,
                Err(error) => panic!("runtime upgrade: {error:?}"),
            };
            (weight, crate::configs::system::RuntimeBlockWeights::get().max_block)
        }

        fn execute_block(
            block: <Block as BlockT>::LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: frame_try_runtime::TryStateSelect,
        ) -> Weight {
            match Executive::try_execute_block(block, state_root_check, signature_check, select) {
                Ok(weight) => weight,
                Err(error) => panic!("block: {error:?}"),
            }
        }
    }
}

/// What a dry run of a contract may compute where the caller names no limit: a whole block.
fn dry_run_gas() -> Weight {
    crate::configs::system::RuntimeBlockWeights::get().max_block
}
