//! Jobs of as many batches as a root may stand for: committed to, opened with the longest paths, and
//! paid. No memory holds their trees here: equal subtrees are made once.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Error, Opening, Report, RootedInput,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use swarm_merkle::{input_leaf, result_leaf, root_above, Hash, Tree, MAX_DEPTH, MAX_LEAVES};
use swarmwork_primitives::{Assignment, Commitment, ContentId, JobState, Mode, ResultRoot};

/// What the provider asks for, of a job whose price the requester can pay.
const ASK: Balance = 10;
/// Batches after which the answers of the double of the circuits repeat.
const PERIOD: u32 = 256;
/// The commitment to every batch's input, and the output file of each.
const INPUT: Commitment = [3; 32];
const OUTPUT: ContentId = ContentId([4; 32]);

/// A tree of [`MAX_LEAVES`] leaves that repeat.
struct Repeating {
    /// What is repeated, a power of two of leaves.
    part: Tree,
}

impl Repeating {
    fn new(leaves: Vec<Hash>) -> Self {
        assert!(leaves.len().is_power_of_two());
        Self {
            part: Tree::new(leaves).expect("few"),
        }
    }

    /// The roots of its equal subtrees, from that of the part upwards, that of the whole tree last.
    fn above(&self) -> Vec<Hash> {
        let mut roots = vec![self.part.root()];
        for _ in self.part.leaves().ilog2()..MAX_DEPTH {
            let last = roots[roots.len() - 1];
            roots.push(root_above(0, &last, &[last]));
        }
        roots
    }

    fn root(&self) -> H256 {
        let roots = self.above();
        H256(roots[roots.len() - 1])
    }

    /// From a leaf to the root: every sibling above the part is as what it stands beside.
    fn path(&self, index: u32) -> Vec<Hash> {
        let below = index % self.part.leaves();
        let mut path = self.part.path(below).expect("it is in range");
        let roots = self.above();
        path.extend_from_slice(&roots[..roots.len() - 1]);
        path
    }
}

fn inputs() -> Repeating {
    Repeating::new(vec![input_leaf(&INPUT)])
}

/// The results, as the double of the circuits proves them.
fn results() -> Repeating {
    let leaf = |batch: u32| result_leaf(&[0xc0u8.wrapping_add(batch as u8); 32], &OUTPUT.0);
    Repeating::new((0..PERIOD).map(leaf).collect())
}

/// Submits such a job to the provider 0, which commits to all results.
fn committed(mode: Mode) -> H256 {
    register_rooted(0, ASK);
    let input = RootedInput {
        locator: input(),
        batches: MAX_LEAVES,
        root: inputs().root(),
    };
    let call = Call::submit_rooted_job {
        model: model(),
        input,
        mode,
        max_price: FUNDS / 2,
        deadline: START + 200,
        assignment: Assignment::Direct(provider(0)),
    };
    assert_ok!(dispatch(requester(), call));
    let id = Jobs::<Test>::iter_keys().next().expect("it is stored");
    let results = ResultRoot {
        root: results().root(),
        list: ContentId([0x77; 32]),
    };
    let call = Call::commit_results { job: id, results };
    assert_ok!(dispatch(worker(0), call));
    id
}

fn opening(job: H256, batch: u32) -> Opening {
    let proof = doubles::proof(&job, batch, &provider(0), &[0x55; 32], &INPUT);
    let [result_path, input_path] = [results(), inputs()].map(|tree| tree.path(batch));
    assert_eq!(result_path.len(), MAX_DEPTH as usize);
    Opening {
        report: Report {
            job,
            batch,
            proof: proof.try_into().expect("short"),
            output: OUTPUT,
        },
        result_path: result_path.try_into().expect("as long as may be"),
        input: INPUT,
        input_path: input_path.try_into().expect("as long as may be"),
    }
}

/// The provider has its share of the price, and the requester the rest of what was held.
fn assert_paid(id: H256, before: Balance) {
    let JobState::Completed { price, .. } = job(id).state else {
        panic!("the job is {:?}", job(id).state);
    };
    assert_eq!((held(&requester()), FUNDS - free(&requester())), (0, price));
    assert_eq!(
        free(&provider(0)) - before,
        ProviderShare::get().mul_floor(price)
    );
}

#[test]
fn equal_subtrees_make_the_tree_that_all_leaves_make() {
    let leaf = |tag: u32| input_leaf(&[tag as u8; 32]);
    let part = Repeating::new((0..4).map(leaf).collect());
    let roots = part.above();
    let whole = Tree::new((0..32).map(|index| leaf(index % 4)).collect()).expect("few");
    assert_eq!(whole.root(), roots[3]);
    for index in 0..32 {
        let path = whole.path(index).expect("it is in range");
        assert_eq!(path[..], part.path(index)[..5]);
    }
}

#[test]
fn a_sample_of_a_million_batches_is_drawn_opened_and_paid() {
    test(|| {
        let samples = 5;
        let id = committed(Mode::Sampled { samples });
        let before = free(&provider(0));
        run_to(START + 7);
        let batches = drawn(id);
        assert_eq!(batches.len(), samples as usize);
        assert!(batches.iter().all(|batch| *batch < MAX_LEAVES));
        // Of so many, that all are among the first would be an accident of one in 10^20.
        assert!(batches.iter().any(|batch| *batch >= MAX_LEAVES / 10_000));
        // A hash less, and the path of another batch.
        let mut short = opening(id, batches[0]);
        short.result_path.pop();
        assert_noop!(
            open(0, vec![short]),
            refusal(0, Error::<Test>::ResultNotInRoot)
        );
        let mut short = opening(id, batches[0]);
        short.input_path.pop();
        assert_noop!(
            open(0, vec![short]),
            refusal(0, Error::<Test>::InputNotInRoot)
        );
        let mut other = opening(id, batches[0]);
        other.result_path = opening(id, batches[0] ^ 1).result_path;
        assert_noop!(
            open(0, vec![other]),
            refusal(0, Error::<Test>::ResultNotInRoot)
        );
        let openings = batches.iter().map(|batch| opening(id, *batch));
        assert_ok!(open(0, openings.collect()));
        // Five proofs, and a hundredth of all others.
        let price = (Balance::from(MAX_LEAVES - samples) * ASK).div_ceil(100);
        let expected = price + ASK * Balance::from(samples);
        assert!(
            matches!(job(id).state, JobState::Completed { price, .. } if price == expected),
            "{expected}: {:?}",
            job(id).state
        );
        assert_paid(id, before);
    });
}

#[test]
fn the_last_of_a_million_batches_is_challenged_and_answered() {
    test(|| {
        let id = committed(Mode::Optimistic);
        let before = free(&provider(0));
        let sceptic = account(3);
        assert_noop!(
            challenge(sceptic.clone(), id, MAX_LEAVES),
            Error::<Test>::BatchOutOfRange
        );
        let had = free(&sceptic);
        assert_ok!(challenge(sceptic.clone(), id, MAX_LEAVES - 1));
        let bond = had - free(&sceptic);
        assert_ok!(open(0, vec![opening(id, MAX_LEAVES - 1)]));
        // Half of the bond is burned.
        let answered = free(&provider(0));
        assert_eq!(answered - before, bond / 2);
        while job(id).ended().is_none() {
            next_block();
        }
        assert_paid(id, answered);
    });
}
