//! Jobs whose batches are committed to by roots, and providers that commit to their results.

use super::{
    dispatch, doubles, input, model, provider, register, requester, worker, AccountId, Balance,
    Marketplace, RuntimeOrigin, System, Test,
};
use crate::{Call, Opening, Report, RootedInput};
use alloc::vec::Vec;
use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use swarm_merkle::{input_leaf, result_leaf, Tree};
use swarmwork_primitives::{
    rooted_job_id, Assignment, Commitment, ContentId, JobId, JobStage, Mode, ResultRoot,
};

/// The commitment to a batch's input.
pub fn batch_input(batch: u32) -> Commitment {
    let mut commitment = [0; 32];
    commitment[..4].copy_from_slice(&batch.to_le_bytes());
    commitment
}

/// The output file of a batch.
pub fn batch_output(batch: u32) -> ContentId {
    ContentId(batch_input(batch.wrapping_add(1)))
}

/// The tree of so many batches' inputs.
pub fn inputs(batches: u32) -> Tree {
    let leaves = (0..batches).map(|batch| input_leaf(&batch_input(batch)));
    Tree::new(leaves.collect()).expect("few")
}

/// The tree of so many batches' results, as the double of the circuits proves them.
pub fn results(batches: u32) -> Tree {
    let leaves = (0..batches).map(|batch| {
        let commitment = [0xc0u8.wrapping_add(batch as u8); 32];
        result_leaf(&commitment, &batch_output(batch).0)
    });
    Tree::new(leaves.collect()).expect("few")
}

pub fn rooted(batches: u32) -> RootedInput {
    RootedInput {
        locator: input(),
        batches,
        root: H256(inputs(batches).root()),
    }
}

/// Registers a provider that also commits to results that it does not prove.
pub fn register_rooted(number: u8, ask: Balance) {
    register(number, ask);
    assert_ok!(Marketplace::accept_rooted_work(
        RuntimeOrigin::signed(provider(number)),
        true
    ));
}

/// Submits a job of which so many batches are drawn, and returns its id.
pub fn submit_sampled(
    batches: u32,
    samples: u32,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> JobId {
    let mode = Mode::Sampled { samples };
    submit_rooted(batches, mode, max_price, duration, assignment)
}

/// Submits a job that is committed to by a root, and returns its id.
pub fn submit_rooted(
    batches: u32,
    mode: Mode,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> JobId {
    let nonce = crate::Nonces::<Test>::get(requester());
    let input = rooted(batches);
    let id = rooted_job_id(
        &requester(),
        nonce,
        &model(),
        &input.locator.content,
        batches,
        &input.root,
        &mode,
    );
    assert_ok!(dispatch(
        requester(),
        Call::submit_rooted_job {
            model: model(),
            input,
            mode,
            max_price,
            deadline: System::block_number() + duration,
            assignment,
        }
    ));
    assert!(crate::Jobs::<Test>::contains_key(id));
    id
}

/// A job of a provider, assigned at once.
pub fn sampled(number: u8, batches: u32, samples: u32) -> JobId {
    submit_sampled(
        batches,
        samples,
        1_000,
        100,
        Assignment::Direct(provider(number)),
    )
}

/// A job of a provider, assigned at once, whose results stand unless they are challenged.
pub fn optimistic(number: u8, batches: u32) -> JobId {
    let to = Assignment::Direct(provider(number));
    submit_rooted(batches, Mode::Optimistic, 1_000, 150, to)
}

/// Challenges a batch.
pub fn challenge(who: AccountId, job: JobId, batch: u32) -> DispatchResultWithPostInfo {
    dispatch(who, Call::challenge { job, batch })
}

/// What a provider commits to.
pub fn result_root(tree: &Tree) -> ResultRoot {
    ResultRoot {
        root: H256(tree.root()),
        list: ContentId([0x77; 32]),
    }
}

pub fn commit(id: JobId, number: u8, tree: &Tree) -> DispatchResultWithPostInfo {
    dispatch(
        worker(number),
        Call::commit_results {
            job: id,
            results: result_root(tree),
        },
    )
}

/// The batches that were drawn or challenged.
pub fn drawn(id: JobId) -> Vec<u32> {
    crate::Stages::<Test>::get(id).map_or_else(Vec::new, |stage| stage.asked())
}

/// Last block in which a batch that was asked for may be proven.
pub fn until(id: JobId) -> u64 {
    match crate::Stages::<Test>::get(id) {
        Some(JobStage::Drawn { until, .. } | JobStage::Standing { until, .. }) => until,
        other => panic!("nothing is drawn: {other:?}"),
    }
}

/// A batch opened from a tree of results, with a good proof.
pub fn opening(id: JobId, batch: u32, number: u8, tree: &Tree) -> Opening {
    let proof = doubles::proof(
        &id,
        batch,
        &provider(number),
        &[0x55; 32],
        &batch_input(batch),
    );
    let path = |tree: &Tree| {
        let path = tree.path(batch).expect("the batch is in range");
        path.try_into().expect("the tree is not too deep")
    };
    Opening {
        report: Report {
            job: id,
            batch,
            proof: proof.try_into().expect("short"),
            output: batch_output(batch),
        },
        result_path: path(tree),
        input: batch_input(batch),
        input_path: path(&inputs(tree.leaves())),
    }
}

/// Opens batches in one call.
pub fn open(number: u8, openings: Vec<Opening>) -> DispatchResultWithPostInfo {
    let openings = openings.try_into().expect("few");
    dispatch(worker(number), Call::open_batches { openings })
}

/// Opens every batch that is asked for and not open, a few at a time.
pub fn answer(id: JobId, number: u8, tree: &Tree) {
    let missing: Vec<_> = drawn(id)
        .into_iter()
        .filter(|batch| !crate::Results::<Test>::contains_key(id, batch))
        .map(|batch| opening(id, batch, number, tree))
        .collect();
    for openings in missing.chunks(5) {
        assert_ok!(open(number, openings.to_vec()));
    }
}
