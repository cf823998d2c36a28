//! A runtime with balances, the burn ledger's side of mints as a double, and providers as a double.

use crate::{self as pallet_swarm_work, Pace};
use codec::Encode;
use frame_support::{
    derive_impl,
    migrations::MultiStepMigrator,
    parameter_types,
    traits::{ConstU128, ConstU32, ConstU64, Hooks, Randomness},
    weights::Weight,
};
use frame_system::offchain::{
    AppCrypto, CreateSignedTransaction, CreateTransactionBase, SigningTypes,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    generic::UncheckedExtrinsic,
    testing::{TestSignature, UintAuthorityId},
    BuildStorage, DispatchResult, Perbill, Permill,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};
use swarm_capacity::{drawn_rows, identity, Matrices, Method, Opening, Stream, Tree};
use swarmwork_primitives::{
    Bonds, Demand, Features, JobId, LockTerm, MintLedger, MintSource, Offer, Providers, Rejection,
    Settlement, SlashReason, SwarmWork as _, Url,
};

pub type Balance = u128;
pub const FUNDS: Balance = 1_000_000_000;
pub const BUDGET: Balance = 1_000_000;
pub const BOND: Balance = 10_000;
pub const EPOCH: u64 = 60;
pub const VESTING: u64 = 600;
pub const COMMIT: u64 = 5;
pub const SAMPLE: u64 = 3;
pub const CHECK: u64 = 8;
pub const HALF_YEAR: u64 = 1_000;
pub const BLOCK_MILLIS: u64 = 2_000;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Work = pallet_swarm_work::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
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

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10>;
}

pub type Extrinsic =
    UncheckedExtrinsic<u64, RuntimeCall, TestSignature, frame_system::CheckNonce<Test>>;

/// Worker keys are numbers, as accounts are.
pub struct TestAuthority;

impl AppCrypto<UintAuthorityId, TestSignature> for TestAuthority {
    type RuntimeAppPublic = UintAuthorityId;
    type GenericPublic = UintAuthorityId;
    type GenericSignature = TestSignature;
}

impl SigningTypes for Test {
    type Public = UintAuthorityId;
    type Signature = TestSignature;
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
        public: UintAuthorityId,
        account: u64,
        nonce: u32,
    ) -> Option<Extrinsic> {
        let signature = C::sign(&(&call, nonce).encode(), public)?;
        Some(Extrinsic::new_signed(
            call,
            account,
            signature,
            frame_system::CheckNonce::from(nonce),
        ))
    }
}

parameter_types! {
    pub const TestPace: Pace = Pace { epoch_blocks: EPOCH as u32, vesting_blocks: VESTING as u32, windows: 2 };
    pub const Decay: Perbill = Perbill::from_percent(1);
    // Tests spoil these to see that the integrity test notices.
    pub static Retention: u32 = 40;
    pub static CheckBlocks: u32 = CHECK as u32;
    // A test's emergency.
    pub static Halted: bool = false;
    // Storage that is between two versions.
    pub static Migrating: bool = false;
}

impl pallet_swarm_work::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Providers = Doubles;
    type MintLedger = Doubles;
    type Randomness = Doubles;
    type Halted = Halted;
    type AuthorityId = TestAuthority;
    type BlockMillis = ConstU64<BLOCK_MILLIS>;
    type WeightInfo = ();
    type DefaultPace = TestPace;
    type InitialBudget = ConstU128<BUDGET>;
    type BudgetDecay = Decay;
    type Retention = Retention;
    type MaxClaims = ConstU32<31>;
    type AdmissionBond = ConstU128<BOND>;
    type MaxAdmitted = ConstU32<8>;
    type CommitBlocks = ConstU64<COMMIT>;
    type SampleBlocks = ConstU32<{ SAMPLE as u32 }>;
    type CheckBlocks = CheckBlocks;
    type ChecksPerBlock = ConstU32<2>;
    type JudgedPerBlock = ConstU32<3>;
    type MaxAbsent = ConstU32<3>;
    type UptimeStreak = ConstU32<4>;
    type ReferenceRows = ConstU32<100>;
    type ReferenceDelivery = ConstU128<1_000>;
    type ProvingOverhead = ConstU32<10_000>;
    type ReferenceLatency = ConstU32<1_000>;
    type ReferenceBandwidth = ConstU32<1_024>;
    type BandwidthPeers = ConstU32<8>;
    type BandwidthQuorum = ConstU32<3>;
    type MinimumLock = ConstU128<1_000>;
    type HalfYear = ConstU64<HALF_YEAR>;
}

thread_local! {
    static BONDS: RefCell<BTreeMap<u64, Balance>> = const { RefCell::new(BTreeMap::new()) };
    static ENDPOINTS: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static MINTED: RefCell<Balance> = const { RefCell::new(0) };
    static SALT: RefCell<u64> = const { RefCell::new(0) };
}

/// Providers, randomness and the mint ledger.
pub struct Doubles;

/// The worker key of provider `n` is `n + 1000`.
pub const WORKER: u64 = 1_000;

impl Bonds<u64, Balance> for Doubles {
    fn bond(who: &u64) -> Option<Balance> {
        BONDS.with_borrow(|bonds| bonds.get(who).copied())
    }
}

impl Providers<u64, Balance> for Doubles {
    fn active_count() -> u32 {
        BONDS.with_borrow(|bonds| bonds.len() as u32)
    }
    fn active_at(index: u32) -> Option<u64> {
        BONDS.with_borrow(|bonds| bonds.keys().nth(index as usize).copied())
    }
    fn active_before(index: u32, _: u32) -> Option<u64> {
        Self::active_at(index)
    }
    fn offer(_: &u64, _: &Demand<Balance>) -> Result<Offer<Balance>, Rejection> {
        Err(Rejection::Unavailable)
    }
    fn features(_: &u64) -> Features {
        Features::default()
    }
    fn settled(_: &u64) -> u32 {
        u32::MAX
    }
    fn load(_: &u64) -> (u32, u32) {
        (0, 0)
    }
    fn reserve(_: &u64, _: Balance) -> DispatchResult {
        Ok(())
    }
    fn release(_: &u64, _: Balance) -> DispatchResult {
        Ok(())
    }
    fn slash(_: &u64, _: Balance, _: SlashReason, _: JobId) -> Balance {
        0
    }
    fn slash_informed(
        _: &u64,
        _: Balance,
        _: SlashReason,
        _: JobId,
        _: &u64,
        _: Permill,
    ) -> (Balance, Balance) {
        (0, 0)
    }
    fn slashed_weight() -> Weight {
        Weight::zero()
    }
    fn controller_of(worker: &u64) -> Option<u64> {
        let controller = worker.checked_sub(WORKER)?;
        Self::bond(&controller).map(|_| controller)
    }
    fn worker_of(controller: &u64) -> Option<u64> {
        Self::bond(controller).map(|_| controller + WORKER)
    }
    fn endpoint(who: &u64) -> Option<Url> {
        let named = ENDPOINTS.with_borrow(|named| named.contains(who));
        let url = || format!("http://provider-{who}.example").into_bytes();
        named.then(|| url().try_into().expect("it is short"))
    }
    fn lessor_share(_: &u64, _: Balance) -> Option<(u64, Balance)> {
        None
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_provider(controller: &u64, _: &u64) {
        set_bond(*controller, Some(BOND));
    }
}

impl MintLedger<Balance> for Doubles {
    fn minted(source: MintSource, amount: Balance) {
        assert_eq!(source, MintSource::SwarmWork);
        MINTED.with_borrow_mut(|sum| *sum += amount);
    }
}

impl Randomness<Option<H256>, u64> for Doubles {
    fn random(subject: &[u8]) -> (Option<H256>, u64) {
        assert_eq!(subject, b"swarmwork:vrf");
        let parent = System::block_number().saturating_sub(1);
        let salt = SALT.with_borrow(|salt| *salt);
        let output = (b"output", salt, parent).using_encoded(blake2_256).into();
        (Some(output), parent)
    }
}

/// Makes the outputs of all blocks from now on others.
pub fn set_salt(salt: u64) {
    SALT.set(salt);
}

/// What the ledger of mints has been told.
pub fn minted() -> Balance {
    MINTED.with_borrow(|sum| *sum)
}

/// Gives a provider an endpoint.
pub fn set_endpoint(who: u64) {
    ENDPOINTS.with_borrow_mut(|named| named.insert(who));
}

/// Registers a provider with a bond, or lets it go.
pub fn set_bond(who: u64, bond: Option<Balance>) {
    BONDS.with_borrow_mut(|bonds| match bond {
        Some(bond) => bonds.insert(who, bond),
        None => bonds.remove(&who),
    });
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    BONDS.set(BTreeMap::new());
    ENDPOINTS.set(BTreeSet::new());
    MINTED.set(0);
    SALT.set(0);
    Halted::set(false);
    Migrating::set(false);
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: (1..=20).map(|who| (who, FUNDS)).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    pallet_swarm_work::GenesisConfig::<Test>::default()
        .assimilate_storage(&mut storage)
        .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

/// Runs a test on an empty chain and checks every invariant after it.
pub fn test(run: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        run();
        check();
    });
}

/// Checks every invariant, and that nothing was minted but what was claimed.
pub fn check() {
    Work::do_try_state().expect("an invariant holds");
    assert_eq!(minted(), crate::TotalClaimed::<Test>::get());
    assert_eq!(Balances::total_issuance(), 20 * FUNDS + minted());
}

pub fn next_block() {
    let now = System::block_number();
    Work::on_idle(now, Weight::MAX);
    System::set_block_number(now + 1);
    Work::on_initialize(now + 1);
}

pub fn run_to(block: u64) {
    while System::block_number() < block {
        next_block();
    }
    check();
}

pub fn run(blocks: u64) {
    run_to(System::block_number() + blocks);
}

/// Registers a provider with the least bond and has it admitted.
pub fn admit(who: u64) {
    set_bond(who, Some(BOND));
    Work::admit(RuntimeOrigin::signed(who), None).expect("there is room");
}

/// Runs until a window opens; its record.
pub fn open_window() -> crate::Window<u64> {
    for _ in 0..100 * EPOCH {
        if let Some(window) = crate::CurrentWindow::<Test>::get() {
            if window.sample.is_none() && window.opened == System::block_number() {
                return window;
            }
        }
        next_block();
    }
    panic!("no window has opened in a hundred epochs");
}

/// The honest answer of a provider.
pub fn work(window: &crate::Window<u64>, who: u64, rows: u32) -> Tree {
    let matrices = Matrices::new(&window.seed);
    let stream = Stream::rows(&window.seed, &identity(&who));
    let prints = (0..rows)
        .map(|row| matrices.fingerprint(&stream, row, Method::detect()))
        .collect();
    Tree::new(prints).expect("there are rows")
}

pub fn commit(window: u32, who: u64, tree: &Tree) -> DispatchResult {
    Work::commit_capacity(
        RuntimeOrigin::signed(who + WORKER),
        window,
        tree.root(),
        tree.rows(),
    )
    .map(|_| ())
    .map_err(|error| error.error)
}

/// Runs until drawn rows may be opened; what they are drawn by.
pub fn draw() -> crate::Sample<u64> {
    for _ in 0..COMMIT + SAMPLE + 2 {
        let window = crate::CurrentWindow::<Test>::get().expect("a window runs");
        if let Some(sample) = window.sample {
            run_to(sample.since);
            return sample;
        }
        next_block();
    }
    panic!("no rows were drawn");
}

/// The openings of the drawn rows in a tree.
pub fn openings(sample: &crate::Sample<u64>, who: u64, tree: &Tree) -> [Opening; 2] {
    let (first, second) = drawn_rows(&sample.seed, &identity(&who), tree.rows()).unwrap();
    [tree.open(first).unwrap(), tree.open(second).unwrap()]
}

pub fn open(window: u32, who: u64, [first, second]: [Opening; 2]) -> DispatchResult {
    let worker = RuntimeOrigin::signed(who + WORKER);
    Work::open_rows(worker, window, Box::new(first), Box::new(second))
        .map(|_| ())
        .map_err(|error| error.error)
}

/// Opens a provider's rows when its turn has come.
pub fn open_in_turn(window: u32, who: u64, openings: [Opening; 2]) {
    for _ in 0..CHECK {
        match open(window, who, openings.clone()) {
            Ok(()) => return,
            Err(error) => {
                let waits = [crate::Error::<Test>::NotYourTurn, crate::Error::BlockFull];
                assert!(waits.map(Into::into).contains(&error), "{error:?}");
            }
        }
        next_block();
    }
    panic!("{who} never had its turn");
}

/// Runs until the running window is over.
pub fn end_window() {
    while crate::CurrentWindow::<Test>::exists() {
        next_block();
    }
    check();
}

/// A whole window in which `who` shows so many rows each.
pub fn show(answers: &[(u64, u32)]) {
    let window = open_window();
    let trees: Vec<_> = answers
        .iter()
        .map(|(who, rows)| (*who, work(&window, *who, *rows)))
        .collect();
    for (who, tree) in &trees {
        commit(window.id, *who, tree).expect("the answer is in time");
    }
    let sample = draw();
    for (who, tree) in &trees {
        open_in_turn(window.id, *who, openings(&sample, *who, tree));
    }
    end_window();
}

/// Settles a job that took one block, with its last proof.
pub fn settle(providers: &[u64], burned: Balance, macs: u128) {
    settle_under(true, providers, burned, macs)
}

pub fn settle_under(attested: bool, providers: &[u64], burned: Balance, macs: u128) {
    if attested {
        for who in providers {
            Work::proven(who, macs);
        }
    }
    Work::settled(Settlement {
        job: &H256::repeat_byte(7),
        providers,
        burned,
        attested,
        macs,
        blocks: 1,
    });
}

/// What a provider was credited in the running epoch.
pub fn earned(who: u64) -> Balance {
    crate::Credits::<Test>::get(crate::CurrentEpoch::<Test>::get(), who).earned
}

pub fn lock(who: u64, amount: Balance, term: LockTerm) -> DispatchResult {
    Work::lock_up(RuntimeOrigin::signed(who), amount, term)
}

pub fn claim(who: u64, from: u32, count: u32) -> DispatchResult {
    Work::claim(RuntimeOrigin::signed(who), from, count)
}
