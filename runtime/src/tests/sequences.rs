//! What parties do to money, in random order, on all pallets as this runtime has put them together,
//! with real proofs: whatever they do, no unit is made or lost but through the ledger of burns, what
//! is held is what the market says, and every job ends.
//!
//! The pallets' own sequences try more calls, each against doubles of the others.

// The circuits' own tests use all of it.
#[allow(dead_code)]
#[path = "../../../pallets/circuits/src/tests/toy.rs"]
mod toy;

use super::externalities;
use crate::{
    configs::proxy::ProxyType, currency::UNIT, AccountId, Balance, Balances, BlockNumber, Burn,
    Circuits, Governance, Marketplace, Models, Providers, Proxy, Reputation, Runtime, RuntimeCall,
    RuntimeOrigin, SwarmWork, System,
};
use frame_support::{
    assert_ok,
    dispatch::GetDispatchInfo,
    traits::{
        fungible::{Inspect, InspectHold},
        OnIdle, OnInitialize,
    },
    weights::Weight,
};
use pallet_governance::{Class, RawOrigin};
use pallet_marketplace::{
    Auctions, Call as Market, CheckResults, HoldReason, Jobs, Opening, ProofBytes, Report, Results,
    RootedInput, Running, Stages, TotalHeld,
};
use pallet_providers::{Call as Registry, LeaseOffers};
use proptest::{prelude::*, test_runner::TestRunner};
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring as Key;
use sp_runtime::{
    traits::{DispatchTransaction, Dispatchable, TransactionExtension},
    Permill,
};
use swarm_groth16::Statement;
use swarm_merkle::{input_leaf, result_leaf, Tree};
use swarmwork_primitives::{
    worker_message, Assignment, Commitment, ContentId, JobCurrency, JobId, JobState, Locator, Mode,
    ModelId, ResultRoot, WorkerConsent,
};
use toy::Toy;

const OWNER: Key = Key::Bob;
const REQUESTERS: [Key; 2] = [Key::Ferdie, Key::FerdieStash];
const PROVIDERS: [Key; 3] = [Key::Charlie, Key::Dave, Key::Eve];
const WORKERS: [Key; 3] = [Key::CharlieStash, Key::DaveStash, Key::EveStash];
/// Acts for all of them.
const DELEGATE: Key = Key::BobStash;
/// What each provider asks for: a seventh of a token and more for a batch, which has seven
/// multiply-accumulates.
const ASKS: [Balance; 3] = [20_000_000 * UNIT, 30_000_000 * UNIT, 40_000_000 * UNIT];
/// The weight and the input of every batch: what is proven is their product.
const WEIGHT: u64 = 3;
const INPUT: u64 = 4;
/// The output file that every result names.
const OUTPUT: ContentId = ContentId([5; 32]);
/// Batches of jobs that are committed to by a root.
const BATCHES: u32 = 20;
/// Longer than any job here goes on.
const LONGEST: u32 = 13_000;

/// What a step does. Each but the last two is a call, which is made as it is or in a wrapper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SubmitProven,
    SubmitSampled,
    SubmitOptimistic,
    Cancel,
    Prove,
    Commit,
    Open,
    Challenge,
    Decline,
    Bid,
    Report,
    Tip,
    Poke,
    OfferLease,
    AcceptLease,
    EndLease,
    Unbond,
    Rebond,
    BondExtra,
    ClaimCredit,
    Burn,
    Slash,
    Blocks,
}

/// Each with how often it is chosen.
const KINDS: [(usize, Kind); 23] = [
    (6, Kind::SubmitProven),
    (4, Kind::SubmitSampled),
    (1, Kind::SubmitOptimistic),
    (2, Kind::Cancel),
    (8, Kind::Prove),
    (6, Kind::Commit),
    (6, Kind::Open),
    (3, Kind::Challenge),
    (1, Kind::Decline),
    (2, Kind::Bid),
    (1, Kind::Report),
    (1, Kind::Tip),
    (1, Kind::Poke),
    (1, Kind::OfferLease),
    (1, Kind::AcceptLease),
    (1, Kind::EndLease),
    (1, Kind::Unbond),
    (1, Kind::Rebond),
    (1, Kind::BondExtra),
    (2, Kind::ClaimCredit),
    (1, Kind::Burn),
    (1, Kind::Slash),
    (12, Kind::Blocks),
];

/// How a call is made: mostly as it is.
#[derive(Clone, Copy, Debug)]
enum Wrapper {
    None,
    /// Twice in a batch that stops at what is refused.
    Batch,
    /// In one that is undone by what is refused, with a call that never is.
    BatchAll,
    /// Twice in one that goes on.
    ForceBatch,
    /// By somebody who acts for the caller.
    Proxy,
}

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
struct Act {
    kind: Kind,
    job: usize,
    who: u8,
    number: u32,
    good: bool,
    wrapper: Wrapper,
}

fn act() -> impl Strategy<Value = Act> {
    let kinds: Vec<Kind> = KINDS
        .iter()
        .flat_map(|(weight, kind)| vec![*kind; *weight])
        .collect();
    (
        prop::sample::select(kinds),
        any::<usize>(),
        any::<u8>(),
        any::<u32>(),
        prop::bool::weighted(0.85),
        prop_oneof![
            12 => Just(Wrapper::None),
            1 => Just(Wrapper::Batch),
            1 => Just(Wrapper::BatchAll),
            1 => Just(Wrapper::ForceBatch),
            1 => Just(Wrapper::Proxy),
        ],
    )
        .prop_map(|(kind, job, who, number, good, wrapper)| Act {
            kind,
            job,
            who,
            number,
            good,
            wrapper,
        })
}

fn signed(key: Key) -> RuntimeOrigin {
    RuntimeOrigin::signed(key.to_account_id())
}

/// A call in a wrapper, and who makes it.
fn wrapped(who: AccountId, call: RuntimeCall, wrapper: Wrapper) -> (AccountId, RuntimeCall) {
    let twice = || vec![call.clone(); 2];
    let call = match wrapper {
        Wrapper::None => call,
        Wrapper::Batch => RuntimeCall::Utility(pallet_utility::Call::batch { calls: twice() }),
        Wrapper::ForceBatch => {
            RuntimeCall::Utility(pallet_utility::Call::force_batch { calls: twice() })
        }
        Wrapper::BatchAll => {
            let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
            let calls = vec![call, remark];
            RuntimeCall::Utility(pallet_utility::Call::batch_all { calls })
        }
        Wrapper::Proxy => {
            let call = RuntimeCall::Proxy(pallet_proxy::Call::proxy {
                real: who.into(),
                force_proxy_type: None,
                call: Box::new(call),
            });
            return (DELEGATE.to_account_id(), call);
        }
    };
    (who, call)
}

/// Makes a call as a transaction in a block does, fees aside; why it did not succeed.
fn send(who: &AccountId, call: RuntimeCall) -> Result<(), String> {
    let extension = CheckResults::<Runtime>::default();
    let mut info = call.get_dispatch_info();
    info.extension_weight = extension.weight(&call);
    let origin = RuntimeOrigin::signed(who.clone());
    let outcome = extension.dispatch_transaction(origin, call, &info, 0, 0);
    match outcome.map_err(|invalid| format!("{invalid:?}"))? {
        Ok(_) => Ok(()),
        Err(refused) => Err(format!("{:?}", refused.error)),
    }
}

fn next_block() {
    let now = System::block_number() + 1;
    System::reset_events();
    System::set_block_number(now);
    <SwarmWork as OnInitialize<BlockNumber>>::on_initialize(now);
    <Marketplace as OnInitialize<BlockNumber>>::on_initialize(now);
    <SwarmWork as OnIdle<BlockNumber>>::on_idle(now, Weight::MAX);
    <Marketplace as OnIdle<BlockNumber>>::on_idle(now, Weight::MAX);
}

fn state(job: &JobId) -> Option<JobState<AccountId, Balance, BlockNumber>> {
    Jobs::<Runtime>::get(job).map(|job| job.state)
}

fn goes_on(job: &JobId) -> bool {
    Jobs::<Runtime>::get(job).is_some_and(|job| job.ended().is_none())
}

fn has_ended(job: &JobId) -> bool {
    !goes_on(job)
}

fn is_assigned(job: &JobId) -> bool {
    matches!(state(job), Some(JobState::Assigned { .. }))
}

fn mode(job: &JobId) -> Option<Mode> {
    Jobs::<Runtime>::get(job).map(|job| job.mode)
}

/// Whether its provider is to prove each of its batches.
fn wants_proofs(job: &JobId) -> bool {
    is_assigned(job) && mode(job) == Some(Mode::Proven)
}

/// Whether its provider is to commit to results.
fn wants_root(job: &JobId) -> bool {
    is_assigned(job) && mode(job) != Some(Mode::Proven) && !Stages::<Runtime>::contains_key(job)
}

fn is_committed(job: &JobId) -> bool {
    is_assigned(job) && Stages::<Runtime>::contains_key(job)
}

/// The batches that were drawn or challenged and are not proven.
fn asked(job: &JobId) -> Vec<u32> {
    Stages::<Runtime>::get(job)
        .map_or_else(Vec::new, |stage| stage.asked())
        .into_iter()
        .filter(|batch| !Results::<Runtime>::contains_key(job, batch))
        .collect()
}

/// The number of who works on a job; otherwise anybody's.
fn at_work(job: &JobId, number: u8) -> usize {
    let at = |who: &AccountId| PROVIDERS.iter().position(|key| key.to_account_id() == *who);
    match state(job) {
        Some(JobState::Assigned { provider, .. }) => at(&provider).unwrap_or(0),
        _ => usize::from(number) % PROVIDERS.len(),
    }
}

/// Nothing came into supply or left it but through the ledger, all that is left is somebody's, what
/// is held for jobs is what the market says, and every pallet keeps its invariants.
fn check() {
    let supply = Burn::supply();
    let minted = supply.minted;
    let minted = minted.staking + minted.staking_remainder + minted.swarm_work;
    let burned = supply.burned;
    let burned = burned.job_fees + burned.transaction_fees + burned.slashes + burned.voluntary;
    let issued = Balances::total_issuance();
    assert_eq!(issued, supply.genesis + minted - burned);
    let (mut all, mut held) = (0, 0);
    for (who, account) in frame_system::Account::<Runtime>::iter() {
        all += account.data.free + account.data.reserved;
        held += Balances::balance_on_hold(&HoldReason::Escrow.into(), &who);
    }
    assert_eq!(all, issued);
    assert_eq!(held, TotalHeld::<Runtime>::get(JobCurrency::Native));
    assert_ok!(Governance::do_try_state());
    assert_ok!(Burn::do_try_state());
    assert_ok!(Reputation::do_try_state());
    assert_ok!(Circuits::do_try_state());
    assert_ok!(Models::do_try_state());
    assert_ok!(Providers::do_try_state());
    assert_ok!(SwarmWork::do_try_state());
    assert_ok!(Marketplace::do_try_state());
}

/// A chain with a model and those who work on it, and what was asked of them.
struct World<'a> {
    toy: &'a Toy,
    model: ModelId,
    /// The commitment to the input of every batch.
    input: Commitment,
    jobs: Vec<JobId>,
}

impl<'a> World<'a> {
    fn new(toy: &'a Toy) -> Self {
        let Statement { c_w, c_x, .. } = statement(toy);
        let key = toy.vk().try_into().expect("the key is short");
        let none = Locator::default;
        assert_ok!(Circuits::register_circuit(
            signed(OWNER),
            key,
            none(),
            none()
        ));
        let circuit = H256(toy.id());
        assert_ok!(Models::register_model(signed(OWNER), circuit, c_w, none()));
        let model = pallet_models::Models::<Runtime>::iter_keys()
            .next()
            .expect("one is registered");
        for number in 0..PROVIDERS.len() {
            register(number);
        }
        for key in PROVIDERS.into_iter().chain(WORKERS).chain(REQUESTERS) {
            let delegate = DELEGATE.to_account_id().into();
            assert_ok!(Proxy::add_proxy(signed(key), delegate, ProxyType::Any, 0));
        }
        Self {
            toy,
            model,
            input: c_x,
            jobs: Vec::new(),
        }
    }

    /// A job that fits, if there is one; otherwise any.
    fn pick(&self, number: usize, fits: impl Fn(&JobId) -> bool) -> JobId {
        let fitting: Vec<_> = self.jobs.iter().filter(|job| fits(job)).collect();
        match (fitting.len(), self.jobs.len()) {
            (0, 0) => JobId::zero(),
            (0, all) => self.jobs[number % all],
            (some, _) => *fitting[number % some],
        }
    }

    fn prove(&self, job: JobId, batch: u32, number: usize) -> ProofBytes {
        let statement = Statement {
            job: job.0,
            batch,
            provider: PROVIDERS[number].to_raw_public(),
            ..statement(self.toy)
        };
        let proof = self.toy.prove(&statement, WEIGHT, INPUT);
        proof.to_vec().try_into().expect("a proof is short")
    }

    fn inputs(&self) -> Tree {
        let leaves = vec![input_leaf(&self.input); BATCHES as usize];
        Tree::new(leaves).expect("there are few")
    }

    fn results(&self) -> Tree {
        let output = self.toy.output(&[WEIGHT * INPUT, 0]);
        let leaves = vec![result_leaf(&output, &OUTPUT.0); BATCHES as usize];
        Tree::new(leaves).expect("there are few")
    }

    fn opening(&self, job: JobId, batch: u32, number: usize) -> Opening {
        let path = |tree: Tree| {
            let path = tree.path(batch).expect("it is a batch of the job");
            path.try_into().expect("the tree is not too deep")
        };
        Opening {
            report: Report {
                job,
                batch,
                proof: self.prove(job, batch, number),
                output: OUTPUT,
            },
            result_path: path(self.results()),
            input: self.input,
            input_path: path(self.inputs()),
        }
    }

    /// The call that submits a job, in the mode of its kind.
    fn submission(&self, act: &Act) -> Market<Runtime> {
        let number = act.number;
        let assignment = match act.who % 4 {
            0 | 1 => Assignment::Swarm,
            2 => Assignment::Direct(PROVIDERS[number as usize % PROVIDERS.len()].to_account_id()),
            _ => Assignment::Auction {
                blocks: 15 + number % 20,
            },
        };
        let max_price = UNIT / 2 + Balance::from(number % 30) * UNIT / 10;
        let now = System::block_number();
        let (mode, deadline) = match act.kind {
            Kind::SubmitSampled => (Mode::Sampled { samples: 2 }, now + 140 + number % 100),
            Kind::SubmitOptimistic => (Mode::Optimistic, now + 11_600 + number % 100),
            _ => {
                let commitments = vec![self.input; 1 + number as usize % 3];
                return Market::submit_job {
                    model: self.model,
                    input: Locator::default(),
                    commitments: commitments.try_into().expect("there are few"),
                    max_price,
                    deadline: now + 80 + number % 200,
                    assignment,
                };
            }
        };
        Market::submit_rooted_job {
            model: self.model,
            input: RootedInput {
                locator: Locator::default(),
                batches: BATCHES,
                root: H256(self.inputs().root()),
            },
            mode,
            max_price,
            deadline,
            assignment,
        }
    }

    /// The market's call of an act, and who makes it; `None` if it is another pallet's.
    fn market_call(&self, act: &Act) -> Option<(AccountId, Market<Runtime>)> {
        let Act {
            kind,
            job,
            who,
            number,
            good,
            ..
        } = *act;
        let requester = REQUESTERS[job % REQUESTERS.len()].to_account_id();
        let provider = PROVIDERS[usize::from(who) % PROVIDERS.len()].to_account_id();
        let payer_of = |job: &JobId| {
            Jobs::<Runtime>::get(job).map_or_else(|| requester.clone(), |job| job.requester)
        };
        let worker_of = |job: &JobId| WORKERS[at_work(job, who)].to_account_id();
        Some(match kind {
            Kind::SubmitProven | Kind::SubmitSampled | Kind::SubmitOptimistic => {
                (requester.clone(), self.submission(act))
            }
            Kind::Cancel => {
                let job = self.pick(job, goes_on);
                (payer_of(&job), Market::cancel_job { job })
            }
            Kind::Prove => {
                let job = self.pick(job, wants_proofs);
                let batches = Jobs::<Runtime>::get(job).map_or(1, |job| job.batches);
                let batch = (0..batches)
                    .find(|batch| !Results::<Runtime>::contains_key(job, batch))
                    .unwrap_or(number % 3);
                let mut proof = self.prove(job, batch, at_work(&job, who)).into_inner();
                proof[0] ^= u8::from(!good);
                let call = Market::submit_result {
                    job,
                    batch,
                    proof: proof.try_into().expect("a proof is short"),
                    output: OUTPUT,
                };
                (worker_of(&job), call)
            }
            Kind::Commit => {
                let job = self.pick(job, wants_root);
                // The root of other results can be committed to, and no batch of it opened.
                let root = if good { self.results() } else { self.inputs() };
                let results = ResultRoot {
                    root: H256(root.root()),
                    list: ContentId([6; 32]),
                };
                (worker_of(&job), Market::commit_results { job, results })
            }
            Kind::Open => {
                let job = self.pick(job, |job| is_assigned(job) && !asked(job).is_empty());
                let number = at_work(&job, who);
                let openings: Vec<_> = asked(&job)
                    .into_iter()
                    .take(2)
                    .map(|batch| self.opening(job, batch, number))
                    .collect();
                let openings = openings.try_into().expect("there are few");
                (worker_of(&job), Market::open_batches { openings })
            }
            Kind::Challenge => {
                let job = self.pick(job, is_committed);
                let batch = number % BATCHES;
                (requester.clone(), Market::challenge { job, batch })
            }
            Kind::Decline => {
                let job = self.pick(job, is_assigned);
                let provider = PROVIDERS[at_work(&job, who)].to_account_id();
                (provider, Market::decline_job { job })
            }
            Kind::Bid => {
                let job = self.pick(job, |job| {
                    goes_on(job) && Auctions::<Runtime>::contains_key(job)
                });
                let price = UNIT / 10 + Balance::from(number % 10) * UNIT / 10;
                (provider, Market::bid { job, price })
            }
            Kind::Report => {
                let job = self.pick(job, is_assigned);
                (worker_of(&job), Market::report_input { job })
            }
            Kind::Tip => {
                let job = self.pick(job, has_ended);
                let amount = Balance::from(number % 50) * UNIT / 100;
                (payer_of(&job), Market::tip { job, amount })
            }
            Kind::Poke => (requester.clone(), Market::poke { limit: number % 8 }),
            _ => return None,
        })
    }

    /// The call of an act that is no call of the market's, and who makes it.
    fn other_call(&self, act: &Act) -> (AccountId, RuntimeCall) {
        let amount = Balance::from(act.number % 15_000) * UNIT;
        let number = usize::from(act.who) % PROVIDERS.len();
        let who = PROVIDERS[number].to_account_id();
        let next = PROVIDERS[(number + 1) % PROVIDERS.len()].to_account_id();
        let (who, call) = match act.kind {
            Kind::OfferLease => {
                let call = Registry::offer_lease {
                    operator: next,
                    slots: 1 + act.number % 3,
                    share: Permill::from_percent(act.number % 51),
                };
                (who, call)
            }
            Kind::AcceptLease => {
                let (slots, share) = LeaseOffers::<Runtime>::get(&who)
                    .map_or((1, Permill::zero()), |offer| (offer.slots, offer.share));
                let call = Registry::accept_lease {
                    lessor: who,
                    slots,
                    share,
                };
                (next, call)
            }
            Kind::EndLease => (who, Registry::end_lease { operator: next }),
            Kind::Unbond => (who, Registry::unbond { amount }),
            Kind::Rebond => (who, Registry::rebond { amount }),
            Kind::BondExtra => (who, Registry::bond_extra { amount }),
            Kind::ClaimCredit => {
                let claim = pallet_swarm_work::Call::claim { from: 0, count: 31 };
                return (who, RuntimeCall::SwarmWork(claim));
            }
            Kind::Burn => {
                let requester = REQUESTERS[act.job % REQUESTERS.len()].to_account_id();
                let burn = pallet_burn::Call::burn { amount };
                return (requester, RuntimeCall::Burn(burn));
            }
            other => unreachable!("{other:?} is a call of the market's, or none"),
        };
        (who, RuntimeCall::Providers(call))
    }

    /// Takes a step and checks everything; why what was done did not succeed.
    fn perform(&mut self, act: &Act) -> Result<(), String> {
        let done = match act.kind {
            Kind::Blocks => {
                for _ in 0..1 + act.number % 150 {
                    next_block();
                }
                Ok(())
            }
            Kind::Slash => {
                let number = usize::from(act.who) % PROVIDERS.len();
                let call = RuntimeCall::Providers(Registry::slash_provider {
                    provider: PROVIDERS[number].to_account_id(),
                    amount: Balance::from(act.number % 15_000) * UNIT,
                });
                let class = Class::Upgrade;
                call.dispatch(RawOrigin::Proposal { index: 0, class }.into())
                    .map(|_| ())
                    .map_err(|refused| format!("{:?}", refused.error))
            }
            _ => {
                let (who, call) = match self.market_call(act) {
                    Some((who, call)) => (who, RuntimeCall::Marketplace(call)),
                    None => self.other_call(act),
                };
                let (who, call) = wrapped(who, call, act.wrapper);
                send(&who, call)
            }
        };
        for job in Jobs::<Runtime>::iter_keys() {
            if !self.jobs.contains(&job) {
                self.jobs.push(job);
            }
        }
        check();
        done
    }

    /// Takes a step that must succeed.
    fn run(&mut self, kind: Kind, who: u8, number: u32) {
        let act = Act {
            kind,
            job: 0,
            who,
            number,
            good: true,
            wrapper: Wrapper::None,
        };
        assert_eq!(self.perform(&act), Ok(()), "{act:?}");
    }

    /// How the job stands that was submitted last.
    fn last(&self) -> JobState<AccountId, Balance, BlockNumber> {
        let last = self.jobs.last().expect("a job was submitted");
        state(last).expect("it is kept for days")
    }

    /// Waits for the last job to end: nothing is held then, and nobody is at work.
    fn finish(&self) {
        for _ in 0..LONGEST {
            if self.jobs.iter().all(has_ended) {
                break;
            }
            next_block();
        }
        check();
        for job in &self.jobs {
            assert!(has_ended(job), "{:?}", state(job));
        }
        assert_eq!(Running::<Runtime>::iter().count(), 0);
        assert_eq!(TotalHeld::<Runtime>::get(JobCurrency::Native), 0);
        for (_, record) in pallet_providers::Providers::<Runtime>::iter() {
            assert_eq!((record.running, record.reserved, record.owed), (0, 0, 0));
        }
    }
}

/// What is to be proven of every batch, but for whose it is.
fn statement(toy: &Toy) -> Statement {
    toy.statement(System::block_hash(0).0, WEIGHT, INPUT)
}

/// Registers a provider by number, which also commits to results that it does not prove.
fn register(number: usize) {
    let (provider, worker) = (PROVIDERS[number], WORKERS[number]);
    let until = System::block_number() + 100;
    let genesis = System::block_hash(0);
    let message = worker_message(&genesis, &provider.to_account_id(), until.into());
    let consent = WorkerConsent {
        until,
        signature: worker.sign(&message).into(),
    };
    assert_ok!(Providers::register_provider(
        signed(provider),
        worker.to_account_id(),
        consent,
        20_000 * UNIT,
        ASKS[number],
        b"http://127.0.0.1:9".to_vec().try_into().expect("short"),
        true,
    ));
    assert_ok!(Marketplace::accept_rooted_work(signed(provider), true));
}

fn test(toy: &Toy, run: impl FnOnce(&mut World)) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        frame_system::BlockHash::<Runtime>::insert(0, H256::repeat_byte(0x69));
        next_block();
        let mut world = World::new(toy);
        check();
        run(&mut world);
    });
}

/// Keys under which proofs count as if a ceremony had made them.
fn keys() -> Toy {
    Toy::new(1, true, |_| ())
}

/// That the steps do what they are called: jobs end in every way, and a lessor, a challenger and the
/// ledger have their parts.
#[test]
fn jobs_end_in_every_way_and_leave_nothing_behind() {
    let toy = keys();
    test(&toy, |world| {
        let direct = 2;
        world.run(Kind::OfferLease, 2, 25);
        world.run(Kind::AcceptLease, 2, 0);
        let lessor = PROVIDERS[2].to_account_id();
        let before = Balances::balance(&lessor);
        world.run(Kind::SubmitProven, direct, 0);
        world.run(Kind::Prove, 0, 0);
        assert!(matches!(world.last(), JobState::Completed { .. }));
        assert!(Balances::balance(&lessor) > before);
        // Past an epoch, whose credit vests.
        world.run(Kind::Blocks, 0, 149);
        world.run(Kind::ClaimCredit, 0, 0);
        assert!(Burn::supply().minted.swarm_work > 0);

        world.run(Kind::SubmitSampled, direct, 0);
        world.run(Kind::Commit, 0, 0);
        world.run(Kind::Blocks, 0, 8);
        world.run(Kind::Open, 0, 0);
        assert!(matches!(world.last(), JobState::Completed { .. }));

        world.run(Kind::SubmitSampled, direct, 0);
        world.run(Kind::Commit, 0, 0);
        for _ in 0..2 {
            world.run(Kind::Blocks, 0, 149);
        }
        assert!(matches!(world.last(), JobState::Failed { .. }));
        let slashed = Burn::totals().slashes;
        assert!(slashed > 0);

        // At a price that pays for a slot as long as that, by another provider: the first has too small a
        // bond for one with its strikes.
        world.run(Kind::SubmitOptimistic, direct, 10);
        world.run(Kind::Commit, 0, 0);
        let challenger = REQUESTERS[0].to_account_id();
        let before = Balances::total_balance(&challenger);
        world.run(Kind::Challenge, 0, 5);
        world.run(Kind::Blocks, 0, 39);
        assert!(matches!(world.last(), JobState::Failed { .. }));
        assert!(Burn::totals().slashes > slashed);
        assert!(Balances::total_balance(&challenger) > before);

        world.run(Kind::SubmitProven, 0, 0);
        world.run(Kind::Blocks, 0, 8);
        assert!(matches!(world.last(), JobState::Assigned { .. }));
        world.run(Kind::Cancel, 0, 0);
        assert!(matches!(world.last(), JobState::Cancelled { .. }));

        world.run(Kind::SubmitProven, direct, 5);
        world.run(Kind::Blocks, 0, 149);
        assert!(matches!(world.last(), JobState::Expired { .. }));

        world.run(Kind::Slash, 0, 1);
        world.run(Kind::Burn, 0, 1);
        assert_eq!(Burn::totals().voluntary, UNIT);
        world.finish();
    });
}

#[test]
fn value_is_conserved_across_the_pallets_and_every_job_ends() {
    let toy = keys();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..Default::default()
    });
    let outcome = runner.run(&prop::collection::vec(act(), 30..45), |acts| {
        test(&toy, |world| {
            for act in &acts {
                // What is refused leaves no trace.
                let _ = world.perform(act);
            }
            world.finish();
        });
        Ok(())
    });
    if let Err(failed) = outcome {
        panic!("{failed}");
    }
}
