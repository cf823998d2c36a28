//! Measures every call, and one step of each agenda in its worst case.
//!
//! Checking a proof is not measured here: the circuits' own weight for it is added where it is
//! charged.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        fungibles::{Create, Inspect as _, Mutate as _},
        EnsureOrigin, EnsureOriginWithArg, Get,
    },
    weights::WeightMeter,
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use sp_runtime::{
    traits::{One, Saturating, Zero},
    FixedU128, Permill,
};
use swarm_merkle::{
    answer_leaf, input_leaf, result_leaf, root_above, Hash, Tree, EMPTY, MAX_DEPTH, MAX_LEAVES,
};
use swarmwork_primitives::{
    rooted_job_id, seal, Answers, AssetId, Assignment, Budget, Circuits, Commitment, ComputeClass,
    ContentId, Delivery, DeliveryStage, Enclaves, JobCurrency, JobId, JobStage, JobState, Locator,
    Mode, ModelId, Models, Needs, OutputBases, OutputPart, PanelStage, Placement, Priority,
    Providers, Region, Reputation, Requirements, ResultRoot, ResultView, Samples, Terms,
    ELEMENT_BYTES, MAX_ANSWERS, MAX_BATCHES, MAX_BIDS, MAX_CHALLENGES, MAX_INPUT_BYTES,
    MAX_OUTPUT_ELEMENTS, MAX_REDUNDANCY, MAX_REGIONS, MAX_SAMPLES, MAX_URL_BYTES, PART_ELEMENTS,
};

/// The compressed generator of BN254's G1: a commitment like any other.
const POINT: Commitment = {
    let mut point = [0; 32];
    point[0] = 1;
    point
};

fn max_price<T: Config>() -> BalanceOf<T> {
    T::MinimumPrice::get().saturating_mul(1_000u32.into())
}

fn fund<T: Config>(who: &T::AccountId) {
    let amount = max_price::<T>()
        .saturating_add(T::Currency::minimum_balance())
        .saturating_mul(100u32.into());
    T::Currency::mint_into(who, amount).expect("the account can be funded");
}

/// A model of somebody else's, so that its owner's leg is a transfer.
fn model<T: Config>() -> ModelId {
    let owner: T::AccountId = account("owner", 0, 0);
    fund::<T>(&owner);
    fund::<T>(&T::TreasuryAccount::get());
    let circuit = T::Circuits::benchmark_circuit(&owner);
    T::Models::benchmark_model(&owner, circuit)
}

fn provider<T: Config>(index: u32) -> (T::AccountId, T::AccountId) {
    let controller: T::AccountId = account("provider", index, 0);
    let worker: T::AccountId = account("worker", index, 0);
    fund::<T>(&controller);
    T::Providers::benchmark_provider(&controller, &worker);
    (controller, worker)
}

fn input() -> Locator {
    Locator {
        content: ContentId([1; 32]),
        source: BoundedVec::truncate_from(alloc::vec![b'a'; MAX_URL_BYTES as usize]),
    }
}

fn commitments(batches: u32) -> Commitments {
    BoundedVec::truncate_from(alloc::vec![POINT; batches as usize])
}

/// Submits a job and returns its id.
fn submit<T: Config>(
    requester: &T::AccountId,
    batches: u32,
    assignment: Assignment<T::AccountId>,
) -> JobId {
    fund::<T>(requester);
    let model = model::<T>();
    let nonce = Nonces::<T>::get(requester);
    let deadline = System::<T>::block_number().saturating_add(T::MaxJobDuration::get());
    Pallet::<T>::submit_job(
        RawOrigin::Signed(requester.clone()).into(),
        model,
        input(),
        commitments(batches),
        max_price::<T>(),
        deadline,
        assignment,
    )
    .expect("the job is in order");
    swarmwork_primitives::job_id(
        requester,
        nonce,
        &model,
        &input().content,
        &commitments(batches),
    )
}

/// The asset of these benchmarks, worth as much as tokens.
const ASSET: AssetId = 1;
const COINS: JobCurrency = JobCurrency::WithId(ASSET);

/// Issues and lists the asset.
fn listed<T: Config>() {
    let issuer: T::AccountId = account("issuer", 0, 0);
    T::BenchmarkAssets::create(ASSET, issuer, true, One::one()).expect("there is none");
    Pallet::<T>::list(ASSET, FixedU128::from_u32(1)).expect("it exists");
}

/// Gives somebody enough of the asset for a few jobs.
fn endow_coins<T: Config>(who: &T::AccountId) {
    let amount = max_price::<T>().saturating_mul(100u32.into());
    T::BenchmarkAssets::mint_into(ASSET, who, amount).expect("it exists");
}

/// The call that submits a job in the asset, to a provider that works for it.
fn submission_in<T: Config>(
    controller: &T::AccountId,
    batches: u32,
) -> (
    ModelId,
    JobInput,
    Mode,
    Budget<BalanceOf<T>>,
    BlockNumberFor<T>,
    Assignment<T::AccountId>,
) {
    let rate = Some(FixedU128::from_u32(1));
    Pallet::<T>::book_asset(controller, ASSET, rate).expect("it is registered");
    let input = JobInput {
        locator: input(),
        commitments: InputCommitments::Listed(commitments(batches)),
    };
    let budget = Budget {
        currency: COINS,
        max_price: max_price::<T>(),
    };
    let deadline = System::<T>::block_number().saturating_add(T::MaxJobDuration::get());
    let to = Assignment::Direct(controller.clone());
    (model::<T>(), input, Mode::Proven, budget, deadline, to)
}

/// Preferences for everything there is, which ask no provider away.
fn preferences() -> Requirements {
    let soft = Needs {
        gpu_memory_mib: 1,
        class: ComputeClass::DataCentre,
        regions: BoundedVec::truncate_from(
            (0..MAX_REGIONS as u8)
                .map(|each| Region([b'A', b'A' + each]))
                .collect(),
        ),
        enclaves: Enclaves(1),
        ..Default::default()
    };
    Requirements {
        soft,
        ..Default::default()
    }
}

/// What a requester may ask at most of a provider that it names.
fn all_terms<T: Config>() -> Terms {
    Terms {
        requirements: preferences(),
        start_within: Some(T::MinStart::get()),
        ..Default::default()
    }
}

/// Keeps the active set as this block leaves it for the draws of a block.
fn freeze<T: Config>(block: BlockNumberFor<T>) {
    let snapshot = Snapshot {
        count: T::Providers::active_count(),
        // A set is kept before what its block does: with this one's number it would be as it was
        // before anybody joined.
        block: System::<T>::block_number().saturating_add(One::one()),
    };
    Snapshots::<T>::insert(block, snapshot);
}

/// A job that bids are taken for, and so many of them, the cheapest last.
fn auctioned<T: Config>(bids: u32) -> JobId {
    let requester: T::AccountId = account("requester", 0, 0);
    let (blocks, _) = T::AuctionBlocks::get();
    let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Auction { blocks });
    Specials::<T>::mutate(id, |special| {
        if let Some(special) = special {
            special.terms = all_terms::<T>();
        }
    });
    for index in 0..bids {
        let (controller, _) = provider::<T>(index);
        let price = max_price::<T>().saturating_sub(index.into());
        Pallet::<T>::place_bid(controller, id, price).expect("it fits");
    }
    id
}

/// A job that a provider has won at an auction, and must start on.
fn won<T: Config>() -> (T::AccountId, T::AccountId, JobId) {
    let (controller, worker) = provider::<T>(0);
    let requester: T::AccountId = account("requester", 0, 0);
    fund::<T>(&requester);
    let model = model::<T>();
    let nonce = Nonces::<T>::get(&requester);
    Pallet::<T>::submit_order(
        RawOrigin::Signed(requester.clone()).into(),
        model,
        JobInput {
            locator: input(),
            commitments: InputCommitments::Listed(commitments(1)),
        },
        Mode::Proven,
        Budget {
            currency: JobCurrency::Native,
            max_price: max_price::<T>(),
        },
        System::<T>::block_number().saturating_add(T::MaxJobDuration::get()),
        Placement {
            assignment: Assignment::Direct(controller.clone()),
            terms: all_terms::<T>(),
        },
    )
    .expect("the job is in order");
    let id =
        swarmwork_primitives::job_id(&requester, nonce, &model, &input().content, &commitments(1));
    Specials::<T>::mutate(id, |special| {
        if let Some(special) = special {
            special.auction = true;
            special.won = true;
        }
    });
    Jobs::<T>::mutate(id, |job| {
        if let Some(job) = job {
            job.swarm = true;
        }
    });
    (controller, worker, id)
}

/// Proves a batch as far as it does not need a proof.
fn report<T: Config>(worker: &T::AccountId, id: JobId, batch: u32) {
    let (job, ..) = Pallet::<T>::check_report(worker, id, batch).expect("it may be reported");
    Pallet::<T>::accept_result(id, job, batch, POINT, ContentId([2; 32])).expect("it is accepted");
}

/// A job of one batch that is a provider's, with this answer proven.
pub(crate) fn given<T: Config>(provider: &T::AccountId, answer: Commitment) -> JobId {
    let requester: T::AccountId = account("requester", 0, 0);
    let id = submit::<T>(&requester, 1, Assignment::Swarm);
    let at = System::<T>::block_number();
    Jobs::<T>::mutate(id, |job| {
        job.as_mut().expect("it was submitted").state = JobState::Assigned {
            provider: provider.clone(),
            price: max_price::<T>(),
            collateral: Zero::zero(),
            at,
        }
    });
    Results::<T>::insert(
        id,
        0,
        ResultView {
            commitment: answer,
            output: ContentId([2; 32]),
            at,
        },
    );
    id
}

/// A drawn job whose batches are all proven and whose output is missed, and who publishes it.
fn delivering<T: Config>(
    requester: &T::AccountId,
    batches: u32,
    elements: u32,
) -> (T::AccountId, JobId) {
    start::<T>();
    let (controller, worker) = provider::<T>(0);
    let id = submit::<T>(requester, batches, Assignment::Direct(controller));
    let prepaid = max_price::<T>();
    Pallet::<T>::escrow(&JobCurrency::Native, requester, prepaid).expect("it is endowed");
    let at = Pallet::<T>::now();
    let mut circuit = Default::default();
    Jobs::<T>::mutate(id, |job| {
        let job = job.as_mut().expect("it was submitted");
        job.proven = batches;
        job.swarm = true;
        circuit = job.circuit;
    });
    for batch in 0..batches {
        let result = ResultView {
            commitment: POINT,
            output: ContentId([2; 32]),
            at,
        };
        Results::<T>::insert(id, batch, result);
    }
    T::OutputBases::benchmark_bases(&circuit, elements);
    let until = at.saturating_add(T::DeliveryTime::get());
    Deliveries::<T>::insert(
        id,
        Delivery {
            prepaid,
            elements,
            stage: DeliveryStage::Disputed {
                proven: at,
                until,
                parts: 0,
                sum: None,
            },
        },
    );
    Pallet::<T>::schedule(Agenda::Close, until, id);
    (worker, id)
}

/// The mode with the most proofs.
const SAMPLED: Mode = Mode::Sampled {
    samples: MAX_SAMPLES,
};

/// The root of the largest tree, whose first leaves these are, and their paths to it.
fn largest(leaves: alloc::vec::Vec<Hash>) -> (Hash, alloc::vec::Vec<Path>) {
    let tree = Tree::new(leaves).expect("there are few");
    let below = swarm_merkle::depth(tree.leaves());
    let above = alloc::vec![EMPTY; (MAX_DEPTH - below) as usize];
    let path = |index| {
        let mut path = tree.path(index).expect("there is such a leaf");
        path.extend(&above);
        BoundedVec::truncate_from(path)
    };
    let paths = (0..tree.leaves()).map(path).collect();
    (root_above(0, &tree.root(), &above), paths)
}

fn results(root: Hash) -> ResultRoot {
    ResultRoot {
        root: root.into(),
        list: ContentId([3; 32]),
    }
}

/// A provider that commits to what it does not prove.
fn committing_provider<T: Config>() -> (T::AccountId, T::AccountId) {
    let (controller, worker) = provider::<T>(0);
    Pallet::<T>::accept_rooted_work(RawOrigin::Signed(controller.clone()).into(), true)
        .expect("it is registered");
    (controller, worker)
}

/// All that an account can have held.
fn purse<T: Config>(who: &T::AccountId) -> BalanceOf<T> {
    Pallet::<T>::spendable(&JobCurrency::Native, who)
}

fn rooted_input(root: Hash) -> RootedInput {
    RootedInput {
        locator: input(),
        batches: MAX_LEAVES,
        root: root.into(),
    }
}

/// Submits a job of the most batches and samples to a provider, and returns its id.
fn submit_sampled<T: Config>(
    requester: &T::AccountId,
    controller: &T::AccountId,
    root: Hash,
) -> JobId {
    submit_rooted::<T>(requester, controller, root, SAMPLED)
}

/// Submits a job of the most batches to a provider, and returns its id.
fn submit_rooted<T: Config>(
    requester: &T::AccountId,
    controller: &T::AccountId,
    root: Hash,
    mode: Mode,
) -> JobId {
    fund::<T>(requester);
    let model = model::<T>();
    let nonce = Nonces::<T>::get(requester);
    let input = rooted_input(root);
    Pallet::<T>::submit_rooted_job(
        RawOrigin::Signed(requester.clone()).into(),
        model,
        input.clone(),
        mode,
        purse::<T>(requester),
        System::<T>::block_number().saturating_add(T::MaxJobDuration::get()),
        Assignment::Direct(controller.clone()),
    )
    .expect("the job is in order");
    let content = &input.locator.content;
    rooted_job_id(
        requester,
        nonce,
        &model,
        content,
        MAX_LEAVES,
        &input.root,
        &mode,
    )
}

/// A job with the largest sample drawn, as of a drawn provider, and every opening of it.
fn drawn<T: Config>() -> (T::AccountId, JobId, alloc::vec::Vec<Opening>) {
    committed::<T>(SAMPLED)
}

/// A job whose results stand, with so many challenges, each of somebody else's; and openings of it.
fn challenged<T: Config>(count: u32) -> (T::AccountId, JobId, alloc::vec::Vec<Opening>) {
    let (worker, id, openings) = committed::<T>(Mode::Optimistic);
    for batch in 0..count {
        let challenger: T::AccountId = account("challenger", batch, 0);
        endow::<T>(&challenger, id, batch);
        Pallet::<T>::demand_proof(challenger, id, batch).expect("it stands");
    }
    (worker, id, openings)
}

/// Gives a challenger what its bond will be.
fn endow<T: Config>(challenger: &T::AccountId, id: JobId, made: u32) {
    let job = Jobs::<T>::get(id).expect("it is stored");
    let bond = Pallet::<T>::challenge_bond(&job, made).expect("it is in range");
    let amount = bond.saturating_add(T::Currency::minimum_balance());
    T::Currency::mint_into(challenger, amount).expect("the account can be funded");
}

/// When the last look at a job whose results stand is due, with every answer that is missing; the
/// cursor is there.
fn due<T: Config>(id: JobId) -> BlockNumberFor<T> {
    let Some(JobStage::Standing { until, .. }) = Stages::<T>::get(id) else {
        panic!("the results of the job do not stand");
    };
    Cursors::<T>::insert(Agenda::Close, (until, 0));
    let now = until.saturating_add(One::one());
    System::<T>::set_block_number(now);
    now
}

/// A job whose provider has committed to its results, as of a drawn provider, and openings of it.
fn committed<T: Config>(mode: Mode) -> (T::AccountId, JobId, alloc::vec::Vec<Opening>) {
    let (controller, worker) = committing_provider::<T>();
    let requester: T::AccountId = account("requester", 0, 0);
    let output = ContentId([2; 32]);
    let leaves = |leaf: Hash| alloc::vec![leaf; MAX_SAMPLES as usize];
    let (root, input_paths) = largest(leaves(input_leaf(&POINT)));
    let id = submit_rooted::<T>(&requester, &controller, root, mode);
    let (root, result_paths) = largest(leaves(result_leaf(&POINT, &output.0)));
    let mut until = BlockNumberFor::<T>::zero();
    Jobs::<T>::mutate(id, |job| {
        if let Some(job) = job {
            job.swarm = true;
            until = job.deadline;
        }
    });
    match mode {
        Mode::Optimistic => Pallet::<T>::commit(&worker, id, results(root)).expect("it is early"),
        Mode::Proven | Mode::Sampled { .. } | Mode::Redundant { .. } => Stages::<T>::insert(
            id,
            JobStage::Drawn {
                results: results(root),
                drawn: Samples::truncate_from((0..MAX_SAMPLES).collect()),
                until,
            },
        ),
    }
    let mut proof = alloc::vec![0; 160];
    proof.extend(POINT);
    let openings = input_paths
        .into_iter()
        .zip(result_paths)
        .zip(0u32..)
        .map(|((input_path, result_path), batch)| Opening {
            report: Report {
                job: id,
                batch,
                proof: BoundedVec::truncate_from(proof.clone()),
                output,
            },
            result_path,
            input: POINT,
            input_path,
        })
        .collect();
    (worker, id, openings)
}

/// Opens a batch as far as it does not need a proof.
fn open<T: Config>(worker: &T::AccountId, opening: &Opening) {
    let Report {
        job: id,
        batch,
        output,
        ..
    } = opening.report;
    let (job, ..) = Pallet::<T>::check_opening(worker, opening).expect("it may be opened");
    Pallet::<T>::accept_result(id, job, batch, POINT, output).expect("it is accepted");
}

/// A full ring of outputs.
fn outputs<T: Config>() -> BoundedVec<T::Hash, T::DrawWindow> {
    BoundedVec::truncate_from(alloc::vec![T::Hash::default(); T::DrawWindow::get() as usize])
}

/// A block far enough from the first for every bucket to have one before it.
fn start<T: Config>() -> BlockNumberFor<T> {
    let now = BlockNumberFor::<T>::from(T::DrawWindow::get().saturating_add(10));
    System::<T>::set_block_number(now);
    now
}

/// Serves one step of an agenda whose cursor stands at a bucket.
fn serve_one<T: Config>(agenda: Agenda, now: BlockNumberFor<T>) -> u32 {
    Pallet::<T>::serve(agenda, now, 1, &mut WeightMeter::new())
}

/// A provider that commits to what it does not prove: its worker key and its account.
fn accepting<T: Config>(index: u32) -> (T::AccountId, T::AccountId) {
    let (controller, worker) = provider::<T>(index);
    Pallet::<T>::accept_rooted_work(RawOrigin::Signed(controller.clone()).into(), true)
        .expect("it is registered");
    (worker, controller)
}

/// The answers to so many batches.
fn answers(batches: u32) -> Answers {
    BoundedVec::truncate_from(alloc::vec![POINT; batches as usize])
}

const LIST: ContentId = ContentId([3; 32]);

/// The root over the inputs of so many batches, and the path of the first.
fn redundant_inputs(batches: u32) -> (Hash, Path) {
    let leaves = alloc::vec![input_leaf(&POINT); batches as usize];
    let tree = Tree::new(leaves).expect("there are few");
    let path = tree.path(0).expect("there is a first leaf");
    (tree.root(), BoundedVec::truncate_from(path))
}

/// Submits a job of so many batches for the most providers, and returns its id.
fn submit_redundant<T: Config>(batches: u32) -> JobId {
    let requester: T::AccountId = account("requester", 0, 0);
    fund::<T>(&requester);
    let model = model::<T>();
    let mode = Mode::Redundant {
        providers: MAX_REDUNDANCY,
    };
    let nonce = Nonces::<T>::get(&requester);
    let (root, _) = redundant_inputs(batches);
    let mut input = rooted_input(root);
    input.batches = batches;
    let price = purse::<T>(&requester).min(T::MaxDrawn::get());
    Pallet::<T>::submit_rooted_job(
        RawOrigin::Signed(requester.clone()).into(),
        model,
        input.clone(),
        mode,
        price,
        // A longer one would have to be worth more than is drawn.
        System::<T>::block_number().saturating_add(Pallet::<T>::least_duration(mode, batches)),
        Assignment::Swarm,
    )
    .expect("the job is in order");
    let content = &input.locator.content;
    rooted_job_id(
        &requester,
        nonce,
        &model,
        content,
        batches,
        &input.root,
        &mode,
    )
}

/// Puts the cursor of the draws at a block whose outputs are all there; the block in which it is
/// served.
fn drawn_now<T: Config>(block: BlockNumberFor<T>) -> BlockNumberFor<T> {
    Windows::<T>::insert(block, outputs::<T>());
    freeze::<T>(block);
    Cursors::<T>::insert(Agenda::Draw, (block, 0));
    let now = block
        .saturating_add(T::DrawWindow::get().into())
        .saturating_add(One::one());
    System::<T>::set_block_number(now);
    now
}

/// A job of so many batches that the most providers work on; their worker keys and accounts, in the
/// order of their places.
fn shared<T: Config>(batches: u32) -> (JobId, alloc::vec::Vec<(T::AccountId, T::AccountId)>) {
    let block = start::<T>();
    let all: alloc::vec::Vec<_> = (0..MAX_REDUNDANCY).map(accepting::<T>).collect();
    let id = submit_redundant::<T>(batches);
    let now = drawn_now::<T>(block);
    serve_one::<T>(Agenda::Draw, now);
    let panel = Panels::<T>::get(id).expect("as many were drawn as there are");
    let members = panel
        .members
        .iter()
        .filter_map(|member| all.iter().find(|(_, who)| *who == member.provider).cloned())
        .collect();
    (id, members)
}

/// As [`shared`], with the answers sealed by all, in the first block in which they may be revealed.
fn sealed<T: Config>(batches: u32) -> (JobId, alloc::vec::Vec<(T::AccountId, T::AccountId)>) {
    let (id, members) = shared::<T>(batches);
    let leaves = answers(batches).iter().map(answer_leaf).collect();
    let results = ResultRoot {
        root: Tree::new(leaves).expect("there are few").root().into(),
        list: LIST,
    };
    for (worker, controller) in &members {
        let sealed = seal(&id, controller, &results, &[0; 32]);
        Pallet::<T>::seal(worker, id, sealed).expect("it is a member");
    }
    let now = System::<T>::block_number().saturating_add(T::RevealDelay::get());
    System::<T>::set_block_number(now);
    (id, members)
}

fn reveal<T: Config>(worker: &T::AccountId, id: JobId, batches: u32) {
    Pallet::<T>::reveal(worker, id, answers(batches), LIST, [0; 32]).expect("it has sealed");
}

/// As [`sealed`], all of it revealed.
fn revealed<T: Config>() -> (JobId, alloc::vec::Vec<(T::AccountId, T::AccountId)>) {
    let (id, members) = sealed::<T>(MAX_ANSWERS);
    for (worker, _) in &members {
        reveal::<T>(worker, id, MAX_ANSWERS);
    }
    (id, members)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn submit_job(b: Linear<1, MAX_BATCHES>) {
        let now = start::<T>();
        let requester: T::AccountId = whitelisted_caller();
        fund::<T>(&requester);
        let model = model::<T>();
        let (controller, _) = provider::<T>(0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester),
            model,
            input(),
            commitments(b),
            max_price::<T>(),
            now.saturating_add(T::MaxJobDuration::get()),
            Assignment::Direct(controller.clone()),
        );

        assert_eq!(Running::<T>::get(controller).len(), 1);
    }

    #[benchmark]
    fn cancel_job() {
        start::<T>();
        let (controller, _) = provider::<T>(0);
        let requester: T::AccountId = whitelisted_caller();
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id);

        assert!(Jobs::<T>::get(id).is_some_and(|job| job.ended().is_some()));
    }

    #[benchmark]
    fn submit_result() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));

        #[block]
        {
            report::<T>(&worker, id, 0);
        }

        assert_eq!(Jobs::<T>::get(id).map(|job| job.proven), Some(1));
    }

    #[benchmark]
    fn submit_result_last() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        // A drawn provider's success is recorded besides.
        Jobs::<T>::mutate(id, |job| {
            if let Some(job) = job {
                job.swarm = true;
            }
        });
        for batch in 1..MAX_BATCHES {
            report::<T>(&worker, id, batch);
        }

        #[block]
        {
            report::<T>(&worker, id, 0);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Completed { .. }))
        );
    }

    #[benchmark]
    fn poke() {
        let now = start::<T>();
        for agenda in [Agenda::Draw, Agenda::Start, Agenda::Close, Agenda::Wake] {
            Cursors::<T>::insert(agenda, (now, 0));
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), u32::MAX);
    }

    #[benchmark]
    fn claim(n: Linear<1, 16>) {
        start::<T>();
        let who: T::AccountId = whitelisted_caller();
        let amount = max_price::<T>().saturating_add(T::Currency::minimum_balance());
        for index in 0..n {
            let payer: T::AccountId = account("payer", index, 0);
            fund::<T>(&payer);
            let native = JobCurrency::Native;
            Pallet::<T>::escrow(&native, &payer, amount).expect("it is funded");
            Claims::<T>::insert((who.clone(), native, payer), amount);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(T::Currency::balance(&who) >= amount);
    }

    #[benchmark]
    fn record_output() {
        let now = start::<T>();
        Outputs::<T>::put(outputs::<T>());
        let due = Pallet::<T>::last_due(Agenda::Draw, now).expect("the start is late enough");
        BucketLen::<T>::insert(Agenda::Draw, due, 1);

        #[block]
        {
            Pallet::<T>::record_output(now);
        }

        assert!(Windows::<T>::contains_key(due));
    }

    #[benchmark]
    fn advance() {
        let now = start::<T>();
        let due = Pallet::<T>::last_due(Agenda::Draw, now).expect("the start is late enough");
        BucketLen::<T>::insert(Agenda::Draw, due, 1);
        Windows::<T>::insert(due, outputs::<T>());
        freeze::<T>(due);
        Cursors::<T>::insert(Agenda::Draw, (due, 1));
        let served;

        #[block]
        {
            served = serve_one::<T>(Agenda::Draw, now);
        }

        assert_eq!(served, 1);
        assert!(!Windows::<T>::contains_key(due));
    }

    #[benchmark]
    fn draw() {
        let block = start::<T>();
        for index in 0..T::DrawSample::get() {
            provider::<T>(index);
        }
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Swarm);
        // Everything that a draw may look at besides.
        Pallet::<T>::keep_terms(id, all_terms::<T>(), false);
        Windows::<T>::insert(block, outputs::<T>());
        freeze::<T>(block);
        Cursors::<T>::insert(Agenda::Draw, (block, 0));
        let now = block
            .saturating_add(T::DrawWindow::get().into())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Assigned { .. }))
        );
    }

    #[benchmark]
    fn expire() {
        start::<T>();
        let (controller, _) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        let mut deadline = BlockNumberFor::<T>::zero();
        Jobs::<T>::mutate(id, |job| {
            if let Some(job) = job {
                job.swarm = true;
                deadline = job.deadline;
            }
        });
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline.saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Expired { .. })));
    }

    #[benchmark]
    fn prune() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        for batch in 0..MAX_BATCHES {
            report::<T>(&worker, id, batch);
        }
        let deadline = Jobs::<T>::get(id)
            .map(|job| job.deadline)
            .unwrap_or_default();
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline
            .saturating_add(T::Retention::get())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(!Jobs::<T>::contains_key(id));
    }

    #[benchmark]
    fn submit_rooted_job() {
        let now = start::<T>();
        let (controller, _) = committing_provider::<T>();
        let requester: T::AccountId = whitelisted_caller();
        fund::<T>(&requester);
        let model = model::<T>();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester.clone()),
            model,
            rooted_input(EMPTY),
            SAMPLED,
            purse::<T>(&requester),
            now.saturating_add(T::MaxJobDuration::get()),
            Assignment::Direct(controller.clone()),
        );

        assert_eq!(Running::<T>::get(controller).len(), 1);
    }

    #[benchmark]
    fn accept_rooted_work() {
        let (controller, _) = provider::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(controller.clone()), true);

        assert!(RootedWork::<T>::contains_key(controller));
    }

    #[benchmark]
    fn commit_results() {
        start::<T>();
        let (controller, worker) = committing_provider::<T>();
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit_sampled::<T>(&requester, &controller, EMPTY);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), id, results(EMPTY));

        assert!(Stages::<T>::contains_key(id));
    }

    #[benchmark]
    fn open_batch() {
        start::<T>();
        let (worker, id, openings) = drawn::<T>();

        #[block]
        {
            open::<T>(&worker, &openings[0]);
        }

        assert_eq!(Jobs::<T>::get(id).map(|job| job.proven), Some(1));
    }

    #[benchmark]
    fn open_batch_last() {
        start::<T>();
        let (worker, id, openings) = drawn::<T>();
        for opening in &openings[1..] {
            open::<T>(&worker, opening);
        }

        #[block]
        {
            open::<T>(&worker, &openings[0]);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Completed { .. }))
        );
    }

    #[benchmark]
    fn draw_samples() {
        let block = start::<T>();
        let (controller, worker) = committing_provider::<T>();
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit_sampled::<T>(&requester, &controller, EMPTY);
        Pallet::<T>::commit(&worker, id, results(EMPTY)).expect("the job is its own");
        Windows::<T>::insert(block, outputs::<T>());
        freeze::<T>(block);
        Cursors::<T>::insert(Agenda::Draw, (block, 0));
        let now = block
            .saturating_add(T::DrawWindow::get().into())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(matches!(Stages::<T>::get(id), Some(JobStage::Drawn { .. })));
    }

    #[benchmark]
    fn fail() {
        start::<T>();
        let (_, id, _) = drawn::<T>();
        let deadline = Jobs::<T>::get(id)
            .map(|job| job.deadline)
            .unwrap_or_default();
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline.saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Failed { .. })));
    }

    #[benchmark]
    fn challenge() {
        start::<T>();
        let (_, id, _) = challenged::<T>(MAX_CHALLENGES - 1);
        let challenger: T::AccountId = whitelisted_caller();
        endow::<T>(&challenger, id, MAX_CHALLENGES - 1);

        #[extrinsic_call]
        _(RawOrigin::Signed(challenger), id, MAX_CHALLENGES);

        assert_eq!(Challenges::<T>::get(id).len(), MAX_CHALLENGES as usize);
    }

    #[benchmark]
    fn answer_challenge() {
        start::<T>();
        let (worker, id, openings) = challenged::<T>(MAX_CHALLENGES);

        #[block]
        {
            open::<T>(&worker, &openings[MAX_CHALLENGES as usize - 1]);
        }

        assert_eq!(Challenges::<T>::get(id).len(), MAX_CHALLENGES as usize - 1);
    }

    #[benchmark]
    fn close_paid() {
        start::<T>();
        let (_, id, _) = challenged::<T>(0);
        let now = due::<T>(id);

        #[block]
        {
            serve_one::<T>(Agenda::Close, now);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Completed { .. }))
        );
    }

    #[benchmark]
    fn close_failed() {
        start::<T>();
        let (_, id, _) = challenged::<T>(MAX_CHALLENGES);
        let now = due::<T>(id);

        #[block]
        {
            serve_one::<T>(Agenda::Close, now);
        }

        assert!(Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Failed { .. })));
    }

    #[benchmark]
    fn submit_order(b: Linear<0, MAX_BATCHES>) {
        start::<T>();
        listed::<T>();
        let requester: T::AccountId = whitelisted_caller();
        endow_coins::<T>(&requester);
        let (controller, _) = committing_provider::<T>();
        // A job without listed commitments has a root.
        let (model, mut input, mut mode, mut budget, deadline, assignment) =
            submission_in::<T>(&controller, b);
        budget.max_price = Pallet::<T>::spendable(&COINS, &requester);
        if b == 0 {
            input.commitments = InputCommitments::Root {
                batches: MAX_LEAVES,
                root: Default::default(),
            };
            mode = Mode::Optimistic;
        }
        let placement = Placement {
            assignment,
            terms: all_terms::<T>(),
        };
        // Only a drawn job pays for its priority: that is measured with one that is not.
        let payer: T::AccountId = account("payer", 0, 0);
        T::Currency::mint_into(
            &payer,
            T::PriorityFee::get()
                .saturating_mul(10u32.into())
                .saturating_add(T::Currency::minimum_balance()),
        )
        .expect("the account can be funded");

        #[block]
        {
            Pallet::<T>::submit_order(
                RawOrigin::Signed(requester).into(),
                model,
                input,
                mode,
                budget,
                deadline,
                placement,
            )
            .expect("the job is in order");
            Pallet::<T>::pay_priority(&payer, JobId::zero(), Priority::Urgent)
                .expect("it is funded");
        }

        assert_eq!(Running::<T>::get(controller).len(), 1);
    }

    #[benchmark]
    fn set_scoring() {
        let parameters = ScoreParameters {
            price: 1,
            ..Default::default()
        };
        let origin = T::ScoringOrigin::try_successful_origin().expect("there is one");

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, parameters);

        assert_eq!(Scoring::<T>::get(), parameters);
    }

    #[benchmark]
    fn start_job() {
        start::<T>();
        let (_, worker, id) = won::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), id);

        assert!(!Starts::<T>::contains_key(id));
    }

    #[benchmark]
    fn decline_job() {
        start::<T>();
        let (controller, _, id) = won::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(controller), id);

        assert_eq!(Passed::<T>::get(id).len(), 1);
    }

    #[benchmark]
    fn bid() {
        start::<T>();
        let id = auctioned::<T>(MAX_BIDS);
        let (controller, _) = provider::<T>(MAX_BIDS);
        let price = T::MinimumPrice::get();

        #[extrinsic_call]
        _(RawOrigin::Signed(controller.clone()), id, price);

        let bids = Auctions::<T>::get(id).expect("it is stored").bids;
        assert!(bids.iter().any(|placed| placed.provider == controller));
    }

    #[benchmark]
    fn miss_start() {
        start::<T>();
        let (_, _, id) = won::<T>();
        let until = Starts::<T>::get(id).expect("it must start");
        Cursors::<T>::insert(Agenda::Start, (until, 0));
        let now = until.saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Start, now);
        }

        assert_eq!(Passed::<T>::get(id).len(), 1);
    }

    #[benchmark]
    fn close_auction() {
        start::<T>();
        let id = auctioned::<T>(MAX_BIDS);
        let until = Auctions::<T>::get(id).expect("it is stored").until;
        Windows::<T>::insert(until, outputs::<T>());
        Cursors::<T>::insert(Agenda::Draw, (until, 0));
        let now = until
            .saturating_add(T::DrawWindow::get().into())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);
        freeze::<T>(until);

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Assigned { .. }))
        );
    }

    #[benchmark]
    fn expire_auction() {
        start::<T>();
        let id = auctioned::<T>(MAX_BIDS);
        let deadline = Jobs::<T>::get(id)
            .map(|job| job.deadline)
            .unwrap_or_default();
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline.saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(!Auctions::<T>::contains_key(id));
    }

    /// Each leg goes to an account that has none of the asset.
    #[benchmark]
    fn asset_legs(n: Linear<1, { weights::LEGS }>) {
        listed::<T>();
        let payer: T::AccountId = account("payer", 0, 0);
        endow_coins::<T>(&payer);
        let leg = max_price::<T>();
        let held = leg.saturating_mul(n.into());
        Pallet::<T>::escrow(&COINS, &payer, held).expect("it is funded");
        let to = |index| account::<T::AccountId>("leg", index, 0);

        #[block]
        {
            for index in 0..n {
                Pallet::<T>::pay(JobId::zero(), &COINS, &payer, &to(index), leg);
            }
        }

        assert!(TotalHeld::<T>::get(COINS).is_zero());
        assert_eq!(T::Funds::balance(COINS, &to(n - 1)), leg);
    }

    #[benchmark]
    fn list_asset() -> Result<(), BenchmarkError> {
        let issuer: T::AccountId = account("issuer", 0, 0);
        T::BenchmarkAssets::create(ASSET, issuer, true, One::one()).expect("there is none");
        let origin = T::ListOrigin::try_successful_origin(&listing_scope(ASSET))
            .map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, ASSET, FixedU128::from_u32(2));

        assert!(Listings::<T>::get(ASSET).is_some_and(|listing| listing.open));
        Ok(())
    }

    #[benchmark]
    fn close_asset() -> Result<(), BenchmarkError> {
        listed::<T>();
        let origin = T::ListOrigin::try_successful_origin(&listing_scope(ASSET))
            .map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, ASSET);

        assert!(Listings::<T>::get(ASSET).is_some_and(|listing| !listing.open));
        Ok(())
    }

    #[benchmark]
    fn accept_asset() {
        listed::<T>();
        let (controller, _) = provider::<T>(0);
        let rate = FixedU128::from_u32(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(controller.clone()), ASSET, Some(rate));

        assert_eq!(AcceptedAssets::<T>::get(controller, ASSET), Some(rate));
    }

    #[benchmark]
    fn claim_asset(n: Linear<1, 16>) {
        listed::<T>();
        let who: T::AccountId = account("owed", 0, 0);
        let amount = max_price::<T>();
        for index in 0..n {
            let payer: T::AccountId = account("payer", index, 0);
            endow_coins::<T>(&payer);
            Pallet::<T>::escrow(&COINS, &payer, amount).expect("it is funded");
            Claims::<T>::insert((who.clone(), COINS, payer), amount);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), ASSET, who.clone());

        assert_eq!(
            T::Funds::balance(COINS, &who),
            amount.saturating_mul(n.into())
        );
    }

    #[benchmark]
    fn tip() {
        start::<T>();
        listed::<T>();
        let (controller, _) = provider::<T>(0);
        let requester: T::AccountId = whitelisted_caller();
        endow_coins::<T>(&requester);
        let id = submit::<T>(&requester, 1, Assignment::Swarm);
        let amount = max_price::<T>();
        Jobs::<T>::mutate(id, |job| {
            let job = job.as_mut().expect("it was submitted");
            job.currency = COINS;
            job.state = JobState::Completed {
                provider: controller.clone(),
                price: amount,
                at: job.submitted,
            };
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id, amount);

        assert_eq!(T::Funds::balance(COINS, &controller), amount);
    }

    #[benchmark]
    fn report_input() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), id);

        assert!(Withheld::<T>::contains_key(id));
    }

    #[benchmark]
    fn withdraw_report() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        Pallet::<T>::book_report(&worker, id).expect("it is early");

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), id);

        assert!(!Withheld::<T>::contains_key(id));
    }

    #[benchmark]
    fn publish_input(b: Linear<0, MAX_INPUT_BYTES>) {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = whitelisted_caller();
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        Pallet::<T>::book_report(&worker, id).expect("it is early");
        let bytes = InputBytes::truncate_from(alloc::vec![7; b as usize]);
        Inputs::<T>::mutate(id, |input| {
            let input = input.as_mut().expect("it was submitted");
            input.locator.content = ContentId(*blake3::hash(&bytes).as_bytes());
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id, bytes);

        assert!(Published::<T>::contains_key(id));
    }

    #[benchmark]
    fn acknowledge() {
        let requester: T::AccountId = whitelisted_caller();
        let (_, id) = delivering::<T>(&requester, MAX_BATCHES, 2);

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id);

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Completed { .. }))
        );
    }

    #[benchmark]
    fn dispute_delivery() {
        let requester: T::AccountId = whitelisted_caller();
        let (_, id) = delivering::<T>(&requester, MAX_BATCHES, 2);
        let now = Pallet::<T>::now();
        Deliveries::<T>::mutate(id, |delivery| {
            if let Some(delivery) = delivery {
                delivery.stage = DeliveryStage::Waiting {
                    proven: now,
                    until: now,
                };
            }
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id);

        assert!(Deliveries::<T>::get(id)
            .is_some_and(|delivery| matches!(delivery.stage, DeliveryStage::Disputed { .. })));
    }

    // A part of a batch that has another one, so that its sum is not compared.
    #[benchmark]
    fn publish_output(b: Linear<1, { PART_ELEMENTS * ELEMENT_BYTES }>) {
        let requester: T::AccountId = account("requester", 0, 0);
        let (worker, id) = delivering::<T>(&requester, 1, b.div_ceil(ELEMENT_BYTES));
        // So many bases are stored; of the delivery, more are expected.
        Deliveries::<T>::mutate(id, |delivery| {
            if let Some(delivery) = delivery {
                delivery.elements = PART_ELEMENTS.saturating_add(1);
            }
        });
        // Long scalars, no two the same.
        let elements: alloc::vec::Vec<u8> = (0..b.div_ceil(ELEMENT_BYTES))
            .flat_map(|index| {
                let mut element = sp_io::hashing::blake2_256(&index.to_le_bytes());
                element[31] &= 0x1f;
                element
            })
            .collect();
        let elements = OutputPart::truncate_from(elements);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), id, 0, elements);

        assert!(Delivered::<T>::contains_key(id, 0));
    }

    #[benchmark]
    fn forget_output() {
        let requester: T::AccountId = account("requester", 0, 0);
        let elements = MAX_OUTPUT_ELEMENTS / MAX_BATCHES;
        let (_, id) = delivering::<T>(&requester, MAX_BATCHES, elements);
        for part in 0..MAX_BATCHES {
            let bytes = alloc::vec![7; (elements * ELEMENT_BYTES) as usize];
            Delivered::<T>::insert(id, part, OutputPart::truncate_from(bytes));
        }
        Deliveries::<T>::mutate(id, |delivery| {
            if let Some(delivery) = delivery {
                delivery.stage = DeliveryStage::Over { parts: MAX_BATCHES };
            }
        });
        let now = Pallet::<T>::now();
        let at = now.saturating_add(T::Retention::get());
        Jobs::<T>::mutate(id, |job| {
            if let Some(job) = job {
                job.state = JobState::Expired {
                    provider: None,
                    at: now,
                };
            }
        });

        #[block]
        {
            Pallet::<T>::wake(id, at);
        }

        assert!(!Delivered::<T>::contains_key(id, 0));
        assert!(Jobs::<T>::contains_key(id));
    }

    #[benchmark]
    fn draw_panel() {
        let block = start::<T>();
        for index in 0..T::DrawSample::get() {
            accepting::<T>(index);
        }
        let id = submit_redundant::<T>(MAX_ANSWERS);
        let now = drawn_now::<T>(block);

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(Panels::<T>::contains_key(id));
    }

    #[benchmark]
    fn draw_audit() {
        let (id, members) = shared::<T>(MAX_ANSWERS);
        for index in MAX_REDUNDANCY..T::DrawSample::get() {
            let (_, auditor) = accepting::<T>(index);
            T::Reputation::benchmark_standing(&auditor);
        }
        AuditShare::<T>::put(Permill::one());
        for (worker, controller) in &members {
            let sealed = seal(&id, controller, &results(EMPTY), &[0; 32]);
            Pallet::<T>::seal(worker, id, sealed).expect("it is a member");
        }
        let now = drawn_now::<T>(System::<T>::block_number());

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(Panels::<T>::get(id)
            .is_some_and(|panel| matches!(panel.stage, PanelStage::Auditing { .. })));
    }

    #[benchmark]
    fn seal_results() {
        let (id, members) = shared::<T>(MAX_ANSWERS);
        for (worker, _) in &members[1..] {
            Pallet::<T>::seal(worker, id, id).expect("it is a member");
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(members[0].0.clone()), id, id);

        assert!(Panels::<T>::get(id)
            .is_some_and(|panel| !matches!(panel.stage, PanelStage::Sealing { .. })));
    }

    #[benchmark]
    fn reveal_results(b: Linear<1, MAX_ANSWERS>) {
        let (id, members) = sealed::<T>(b);
        for (worker, _) in &members[1..] {
            reveal::<T>(worker, id, b);
        }

        #[extrinsic_call]
        _(
            RawOrigin::Signed(members[0].0.clone()),
            id,
            answers(b),
            LIST,
            [0; 32],
        );

        assert!(Panels::<T>::get(id)
            .is_some_and(|panel| matches!(panel.stage, PanelStage::Disputed { .. })));
    }

    #[benchmark]
    fn dispute_results() {
        let (id, members) = revealed::<T>();
        let (_, paths) = redundant_inputs(MAX_ANSWERS);
        let mut proof = alloc::vec![0; 160];
        proof.extend([7; 32]);
        let dispute = Dispute {
            job: id,
            batch: 0,
            input: POINT,
            input_path: paths,
            proof: BoundedVec::truncate_from(proof),
        };
        let (worker, _) = &members[0];

        #[block]
        {
            Pallet::<T>::dispute_unproven(worker, &dispute).expect("all have another answer");
        }

        assert!(Panels::<T>::get(id).is_some_and(|panel| panel
            .members
            .iter()
            .all(|member| member.refuted_by.is_some())));
    }

    #[benchmark]
    fn settle_member() {
        let (id, _) = revealed::<T>();
        let now = System::<T>::block_number().saturating_add(One::one());
        Panels::<T>::mutate(id, |panel| {
            if let Some(panel) = panel {
                panel.stage = PanelStage::Judged {
                    agreed: panel.majority(),
                    shown: true,
                    done: 0,
                };
            }
        });
        for _ in 1..MAX_REDUNDANCY {
            Pallet::<T>::close(id, now);
        }
        Cursors::<T>::insert(Agenda::Close, (now, MAX_REDUNDANCY.saturating_sub(2)));
        let after = now.saturating_add(One::one());
        System::<T>::set_block_number(after);

        #[block]
        {
            serve_one::<T>(Agenda::Close, after);
        }

        assert!(Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Agreed { .. })));
    }

    #[benchmark]
    fn set_audit_share() -> Result<(), BenchmarkError> {
        let origin =
            T::AuditOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        let share = T::MaxAuditShare::get();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, share);

        assert_eq!(AuditShare::<T>::get(), share);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
