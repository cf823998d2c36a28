//! A runtime for tests: real balances, and small doubles of the other pallets.

pub mod assets;
pub mod doubles;
pub mod panels;
pub mod rooted;

use crate::{self as pallet_marketplace, types::Commitments, Event, JobOf, Report};
use alloc::vec::Vec;
use codec::Encode;
use doubles::{Provider, OUTPUT_DOMAIN};
use frame_support::{
    derive_impl,
    dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
    migrations::MultiStepMigrator,
    parameter_types,
    traits::{
        fungible::{NativeFromLeft, UnionOf},
        AsEnsureOriginWithArg, ConstU128, ConstU32, ConstU64, OnFinalize, OnIdle, OnInitialize,
    },
    weights::{
        constants::{RocksDbWeight, WEIGHT_REF_TIME_PER_SECOND},
        Weight,
    },
};
use frame_system::{
    limits::BlockWeights,
    offchain::{AppCrypto, CreateSignedTransaction, CreateTransactionBase, SigningTypes},
};
use sp_core::{storage::StateVersion, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{
    generic::UncheckedExtrinsic,
    traits::{
        DispatchTransaction, Dispatchable, IdentifyAccount, IdentityLookup, TransactionExtension,
        Verify,
    },
    transaction_validity::TransactionValidityError,
    AccountId32, BuildStorage, DispatchError, ModuleError, MultiSignature, Permill,
};
use swarmwork_primitives::{
    Assignment, Budget, CircuitInfo, ContentId, JobCurrency, JobId, Locator, Mode, ModelId,
    ModelInfo, Placement, Terms, WorkerAuthority,
};

pub type AccountId = AccountId32;
pub type Balance = u128;
pub type Extrinsic =
    UncheckedExtrinsic<AccountId, RuntimeCall, MultiSignature, frame_system::CheckNonce<Test>>;
type Block = frame_system::mocking::MockBlock<Test, MultiSignature, frame_system::CheckNonce<Test>>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Doubles: doubles,
        Marketplace: pallet_marketplace,
        Utility: pallet_utility,
        Proxy: pallet_proxy,
        Assets: pallet_assets,
        AssetsHolder: pallet_assets_holder,
    }
);

parameter_types! {
    /// Two seconds of computation: a tenth of it is the agendas', whose steps are many here.
    pub Block2s: BlockWeights = BlockWeights::simple_max(Weight::from_parts(
        2 * WEIGHT_REF_TIME_PER_SECOND,
        u64::MAX,
    ));
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
    type DbWeight = RocksDbWeight;
    type BlockWeights = Block2s;
    type MultiBlockMigrator = Migrator;
}

/// Migrations that go on as long as a test says.
pub struct Migrator;
impl MultiStepMigrator for Migrator {
    fn ongoing() -> bool {
        Migrating::get()
    }

    fn step() -> Weight {
        Weight::zero()
    }
}

/// The existential deposit: shares below it cannot be paid to an account that does not exist.
pub const EXISTENTIAL: Balance = 100;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type AccountStore = System;
    type ExistentialDeposit = ConstU128<EXISTENTIAL>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
    type Balance = Balance;
    type Currency = Balances;
    type CreateOrigin = AsEnsureOriginWithArg<frame_system::EnsureSigned<AccountId>>;
    type ForceOrigin = frame_system::EnsureRoot<AccountId>;
    type Holder = AssetsHolder;
}

impl pallet_assets_holder::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeEvent = RuntimeEvent;
}

impl doubles::Config for Test {}

impl pallet_utility::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = ();
}

impl pallet_proxy::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ();
    type ProxyDepositBase = ConstU128<1>;
    type ProxyDepositFactor = ConstU128<1>;
    type MaxProxies = ConstU32<4>;
    type WeightInfo = ();
    type CallHasher = sp_runtime::traits::BlakeTwo256;
    type MaxPending = ConstU32<2>;
    type AnnouncementDepositBase = ConstU128<1>;
    type AnnouncementDepositFactor = ConstU128<1>;
    type BlockNumberProvider = System;
}

impl SigningTypes for Test {
    type Public = <MultiSignature as Verify>::Signer;
    type Signature = MultiSignature;
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    type Extrinsic = Extrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateSignedTransaction<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
        call: RuntimeCall,
        public: Self::Public,
        account: AccountId,
        nonce: u32,
    ) -> Option<Extrinsic> {
        let signature = C::sign(&(&call, nonce).encode(), public.clone())?;
        assert_eq!(public.into_account(), account);
        Some(Extrinsic::new_signed(
            call,
            account,
            signature,
            frame_system::CheckNonce::from(nonce),
        ))
    }
}

parameter_types! {
    pub const TreasuryShare: Permill = Permill::from_percent(15);
    pub const OwnerShare: Permill = Permill::from_percent(5);
    pub const UnprovenShare: Permill = Permill::from_percent(1);
    pub const ChallengerShare: Permill = Permill::from_percent(50);
    pub const SoldShare: Permill = Permill::from_percent(1);
    pub TreasuryAccount: AccountId = treasury();
    // Tests spoil these to see that the integrity test notices.
    pub static ProviderShare: Permill = Permill::from_percent(80);
    pub static BurnedShare: Permill = Permill::from_percent(5);
    pub static CancelShare: Permill = Permill::from_percent(1);
    pub static ReportTime: u64 = 4;
    pub static PublishTime: u64 = 6;
    pub static DeliveryWindow: u64 = 8;
    pub static DeliveryTime: u64 = 5;
    pub static BytePrice: Balance = 1;
    // Of no account where a test does not say so.
    pub static SlotPrice: Balance = 0;
    pub static MinJobDuration: u64 = 10;
    pub static RedrawInterval: u64 = 5;
    pub static MaxResults: u32 = 5;
    pub static AnswerTime: u64 = 3;
    pub static ChallengePeriod: u64 = 20;
    pub static RevealDelay: u64 = 2;
    pub static RevealPeriod: u64 = 6;
    pub static DisputePeriod: u64 = 10;
    pub static AuditTime: u64 = 12;
    pub static MaxAuditShare: Permill = Permill::from_percent(10);
    pub static ClosesPerBlock: u32 = 4;
    pub static DrawsPerBlock: u32 = 4;
    pub static MaxDrawn: Balance = 1_000_000_000;
    // Tests of standings set less.
    pub static Entrusted: [Balance; 4] = [Balance::MAX; 4];
    pub static WakesPerBlock: u32 = 4;
    pub static FastDrawsPerBlock: u32 = 3;
    pub static StartsPerBlock: u32 = 4;
    pub static MaxFastDrawn: Balance = 1_000_000;
    pub static FreezeRound: u32 = 6;
    pub static AuctionBlocks: (u32, u32) = (4, 100);
    pub static PriorityFee: Balance = 20;
    pub static PriorityAge: u64 = 10;
    pub static MinStart: u32 = 3;
    pub const BidForfeit: Permill = Permill::from_percent(10);
    // A test's emergency.
    pub static Halted: bool = false;
    // Storage that is between two versions.
    pub static Migrating: bool = false;
}

impl pallet_marketplace::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Funds = UnionOf<Balances, AssetsHolder, NativeFromLeft, JobCurrency, AccountId>;
    type ListOrigin = AsEnsureOriginWithArg<frame_system::EnsureRoot<AccountId>>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkAssets = Assets;
    type Circuits = Doubles;
    type OutputBases = Doubles;
    type Models = Doubles;
    type Providers = Doubles;
    type Reputation = Doubles;
    type SwarmWork = Doubles;
    type BurnLedger = Doubles;
    type Exchange = Doubles;
    type OnEscrow = Doubles;
    type Halted = Halted;
    type Randomness = Doubles;
    type AuthorityId = WorkerAuthority;
    type WeightInfo = ();
    type TreasuryAccount = TreasuryAccount;
    type ProviderShare = ProviderShare;
    type TreasuryShare = TreasuryShare;
    type BurnedShare = BurnedShare;
    type OwnerShare = OwnerShare;
    type SoldShare = SoldShare;
    type CancelShare = CancelShare;
    type SlotPrice = SlotPrice;
    type ReportTime = ReportTime;
    type PublishTime = PublishTime;
    type DeliveryWindow = DeliveryWindow;
    type DeliveryTime = DeliveryTime;
    type BytePrice = BytePrice;
    type PartPrice = ConstU128<5>;
    type MaxListed = ConstU32<2>;
    type MinimumPrice = ConstU128<50>;
    type MinJobDuration = MinJobDuration;
    type MaxJobDuration = ConstU64<1_000>;
    type Retention = ConstU64<50>;
    type DrawWindow = ConstU32<6>;
    type MaxDrawn = MaxDrawn;
    type Entrusted = Entrusted;
    type DrawSample = ConstU32<16>;
    type MaxDraws = ConstU32<4>;
    type RedrawInterval = RedrawInterval;
    type MaxRunning = ConstU32<3>;
    type UnprovenShare = UnprovenShare;
    type AnswerTime = AnswerTime;
    type ChallengePeriod = ChallengePeriod;
    type ChallengeBond = ConstU128<10>;
    type ChallengerShare = ChallengerShare;
    type AuditOrigin = frame_system::EnsureRoot<AccountId>;
    type MaxAuditShare = MaxAuditShare;
    type AuditTime = AuditTime;
    type RevealDelay = RevealDelay;
    type RevealPeriod = RevealPeriod;
    type DisputePeriod = DisputePeriod;
    type ClosesPerBlock = ClosesPerBlock;
    type MaxResults = MaxResults;
    type DrawsPerBlock = DrawsPerBlock;
    type WakesPerBlock = WakesPerBlock;
    type MaxPoke = ConstU32<10>;
    type MaxClaims = ConstU32<4>;
    type ScoringOrigin = frame_system::EnsureRoot<AccountId>;
    type FreezeRound = FreezeRound;
    type MaxFastDrawn = MaxFastDrawn;
    type FastDrawsPerBlock = FastDrawsPerBlock;
    type StartsPerBlock = StartsPerBlock;
    type MinStart = MinStart;
    type PriorityFee = PriorityFee;
    type PriorityAge = PriorityAge;
    type AuctionBlocks = AuctionBlocks;
    type BidForfeit = BidForfeit;
}

/// The chain's token.
pub const NATIVE: JobCurrency = JobCurrency::Native;

/// What every funded account starts with.
pub const FUNDS: Balance = 1_000_000;
/// The first block of a test.
pub const START: u64 = 1;

pub fn account(tag: u8) -> AccountId {
    AccountId::new([tag; 32])
}

/// Pays for jobs.
pub fn requester() -> AccountId {
    account(1)
}

/// Owns the model.
pub fn owner() -> AccountId {
    account(2)
}

/// A provider by number, and its worker key.
pub fn provider(number: u8) -> AccountId {
    account(10 + number)
}

pub fn worker(number: u8) -> AccountId {
    account(50 + number)
}

pub fn treasury() -> AccountId {
    account(90)
}

/// The model that tests use: one batch is 10^9 multiply-accumulates, so an ask is a price.
pub fn model() -> ModelId {
    H256::repeat_byte(0x33)
}

/// A model under a circuit that nobody attested.
pub fn unattested_model() -> ModelId {
    H256::repeat_byte(0x34)
}

pub fn input() -> Locator {
    Locator {
        content: ContentId([0x44; 32]),
        source: b"http://requester:9955".to_vec().try_into().expect("short"),
    }
}

pub fn commitments(batches: u32) -> Commitments {
    (0..batches)
        .map(|batch| [batch as u8; 32])
        .collect::<Vec<_>>()
        .try_into()
        .expect("few")
}

/// An empty chain at block [`START`] with a requester, a treasury and two models.
pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the genesis is valid");
    pallet_balances::GenesisConfig::<Test> {
        balances: [requester(), account(3), owner(), treasury()]
            .map(|who| (who, FUNDS))
            .to_vec(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the balances are valid");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(0x69));
        for (model, attested) in [(model(), true), (unattested_model(), false)] {
            let circuit = H256::repeat_byte(u8::from(attested));
            doubles::CircuitsById::<Test>::insert(
                circuit,
                CircuitInfo {
                    attested,
                    batch: 63,
                    input_len: 64,
                    output_len: 10,
                    macs: 1_000_000_000,
                },
            );
            doubles::ModelsById::<Test>::insert(
                model,
                ModelInfo {
                    owner: owner(),
                    circuit,
                    weights: [0x55; 32],
                    content: Locator::default(),
                },
            );
        }
        System::set_block_number(START);
        assets::issue();
        AllPalletsWithSystem::on_initialize(START);
    });
    ext
}

/// Runs a test on an empty chain and checks every invariant after it.
pub fn test(run: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        run();
        check();
    });
}

/// Checks every invariant, and that no unit was made or lost.
pub fn check() {
    Marketplace::do_try_state().expect("an invariant of the marketplace holds");
    doubles::Pallet::<Test>::check();
    let burned = doubles::Burned::<Test>::get();
    let minted = doubles::Minted::<Test>::get();
    assert_eq!(
        Balances::total_issuance() + burned,
        4 * FUNDS + minted,
        "what was issued is still there or was burned by the ledger"
    );
    assets::check_coins();
}

/// Registers a provider that asks `ask` a batch and has room for three jobs.
pub fn register(number: u8, ask: Balance) {
    doubles::Pallet::<Test>::register(
        provider(number),
        Provider {
            worker: worker(number),
            ask,
            bond: 1_000_000,
            ..Default::default()
        },
    );
    doubles::Pallet::<Test>::mint(&provider(number), EXISTENTIAL);
}

/// Submits a job and returns its id.
pub fn submit(
    batches: u32,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> JobId {
    submit_by(requester(), batches, max_price, duration, assignment)
}

pub fn submit_by(
    who: AccountId,
    batches: u32,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> JobId {
    let nonce = crate::Nonces::<Test>::get(&who);
    let deadline = System::block_number() + duration;
    Marketplace::submit_job(
        RuntimeOrigin::signed(who.clone()),
        model(),
        input(),
        commitments(batches),
        max_price,
        deadline,
        assignment,
    )
    .expect("the job is in order");
    swarmwork_primitives::job_id(
        &who,
        nonce,
        &model(),
        &input().content,
        &commitments(batches),
    )
}

/// A call that submits a job with terms, to last a while.
pub fn order(
    batches: u32,
    max_price: Balance,
    assignment: Assignment<AccountId>,
    terms: Terms,
) -> crate::Call<Test> {
    crate::Call::submit_order {
        model: model(),
        input: crate::JobInput {
            locator: input(),
            commitments: crate::InputCommitments::Listed(commitments(batches)),
        },
        mode: Mode::Proven,
        budget: Budget {
            currency: NATIVE,
            max_price,
        },
        deadline: System::block_number() + 500,
        placement: Placement { assignment, terms },
    }
}

/// Submits a job with terms, and returns its id.
pub fn submit_with(
    batches: u32,
    max_price: Balance,
    assignment: Assignment<AccountId>,
    terms: Terms,
) -> JobId {
    let nonce = crate::Nonces::<Test>::get(requester());
    let call = order(batches, max_price, assignment, terms);
    dispatch(requester(), call).expect("the job is in order");
    let (content, commitments) = (input().content, commitments(batches));
    swarmwork_primitives::job_id(&requester(), nonce, &model(), &content, &commitments)
}

/// Who has a job.
pub fn holder(id: JobId) -> Option<AccountId> {
    match job(id).state {
        swarmwork_primitives::JobState::Assigned { provider, .. } => Some(provider),
        _ => None,
    }
}

/// A job of a provider, assigned at once.
pub fn assigned(number: u8, batches: u32, max_price: Balance) -> JobId {
    submit(batches, max_price, 20, Assignment::Direct(provider(number)))
}

pub fn job(id: JobId) -> JobOf<Test> {
    crate::Jobs::<Test>::get(id).expect("the job is stored")
}

/// A proof that the double of the circuits accepts for one batch.
pub fn proof(id: JobId, batch: u32, provider: &AccountId) -> Vec<u8> {
    doubles::proof(&id, batch, provider, &[0x55; 32], &[batch as u8; 32])
}

/// Makes a call as a transaction does: a refused one leaves no trace.
pub fn dispatch(who: AccountId, call: crate::Call<Test>) -> DispatchResultWithPostInfo {
    RuntimeCall::Marketplace(call).dispatch(RuntimeOrigin::signed(who))
}

/// Makes one of many calls, which says whether it succeeded: a refused one leaves no trace.
pub fn attempt(call: impl FnOnce() -> bool) {
    let before = sp_io::storage::root(StateVersion::V1);
    if !call() {
        let after = sp_io::storage::root(StateVersion::V1);
        assert_eq!(before, after, "a refused call leaves no trace");
    }
}

/// Makes a call as a transaction in a block does, which is checked before and looked at after it;
/// whether it succeeded.
pub fn transact(who: AccountId, call: RuntimeCall) -> Result<bool, TransactionValidityError> {
    let mut info = call.get_dispatch_info();
    let extension = crate::CheckResults::<Test>::default();
    info.extension_weight = extension.weight(&call);
    extension
        .dispatch_transaction(RuntimeOrigin::signed(who), call, &info, 0, 0)
        .map(|outcome| outcome.is_ok())
}

/// Reports a batch with a good proof.
pub fn prove(id: JobId, batch: u32, number: u8) -> DispatchResultWithPostInfo {
    dispatch(
        worker(number),
        crate::Call::submit_result {
            job: id,
            batch,
            proof: proof(id, batch, &provider(number))
                .try_into()
                .expect("short"),
            output: ContentId([batch as u8; 32]),
        },
    )
}

/// A report of a batch with a good proof.
pub fn good_report(id: JobId, batch: u32, number: u8) -> Report {
    Report {
        job: id,
        batch,
        proof: proof(id, batch, &provider(number))
            .try_into()
            .expect("short"),
        output: ContentId([batch as u8; 32]),
    }
}

/// Reports several batches in one call.
pub fn report_together(number: u8, reports: Vec<Report>) -> DispatchResultWithPostInfo {
    let results = reports.try_into().expect("few");
    dispatch(worker(number), crate::Call::submit_results { results })
}

/// What a call of several results says that refuses an entry with this error of its own.
pub fn refusal(entry: u8, error: impl Into<DispatchError>) -> crate::Error<Test> {
    match error.into() {
        DispatchError::Module(ModuleError { index, error, .. }) => {
            crate::Error::ResultRefused(crate::ResultRefusal {
                entry,
                pallet: index,
                error: error[0],
            })
        }
        other => panic!("{other:?} is no pallet's error"),
    }
}

/// Ends the current block and starts the next.
pub fn next_block() {
    next_block_with_idle(Weight::zero());
}

/// As [`next_block`], with so much weight left for idle work in the ending block.
pub fn next_block_with_idle(idle: Weight) {
    let now = System::block_number();
    AllPalletsWithSystem::on_idle(now, idle);
    AllPalletsWithSystem::on_finalize(now);
    System::set_block_number(now + 1);
    AllPalletsWithSystem::on_initialize(now + 1);
    check();
}

pub fn run_to(block: u64) {
    while System::block_number() < block {
        next_block();
    }
}

/// The VRF output of a block as the marketplace books it.
pub fn output_of(block: u64) -> H256 {
    (OUTPUT_DOMAIN, doubles::raw_output(block))
        .using_encoded(blake2_256)
        .into()
}

/// The events of the marketplace since the last call.
pub fn events() -> Vec<Event<Test>> {
    let events = System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Marketplace(event) => Some(event),
            _ => None,
        })
        .collect();
    System::reset_events();
    events
}

pub fn held(who: &AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&crate::HoldReason::Escrow.into(), who)
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}
