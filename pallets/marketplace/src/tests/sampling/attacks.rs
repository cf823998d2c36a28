//! What a provider that did not compute may try, and what it costs.

use super::opening::committed;
use crate::{
    mock::{rooted::*, *},
    Error, Opening,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;
use swarm_merkle::{result_leaf, Tree};
use swarmwork_primitives::{Assignment, ContentId, JobState};

type Change = (&'static str, Box<dyn Fn(&mut Opening)>, DispatchError);

fn change(
    what: &'static str,
    change: impl Fn(&mut Opening) + 'static,
    error: DispatchError,
) -> Change {
    (what, Box::new(change), error)
}

/// Changes of a good opening of batch `batch`, each refused by a check of its own.
fn changes(id: H256, batch: u32, tree: &Tree) -> Vec<Change> {
    let other = (batch + 1) % 100;
    let beside = opening(id, other, 0, tree);
    let (result_path, input_path) = (beside.result_path.clone(), beside.input_path.clone());
    let result = DispatchError::from(Error::<Test>::ResultNotInRoot);
    let input = DispatchError::from(Error::<Test>::InputNotInRoot);
    vec![
        change(
            "another output file",
            |o| o.report.output = ContentId([1; 32]),
            result,
        ),
        change(
            "another commitment to the output",
            |o| {
                let mut proof = o.report.proof.to_vec();
                proof[191] ^= 1;
                o.report.proof = proof.try_into().expect("as long");
            },
            result,
        ),
        change(
            "the answer to another batch, where that is",
            move |o| {
                o.report.output = beside.report.output;
                o.report.proof = beside.report.proof.clone();
                o.result_path = beside.result_path.clone();
            },
            result,
        ),
        change(
            "another batch's path",
            move |o| o.result_path = result_path.clone(),
            result,
        ),
        change("no path", |o| o.result_path = Default::default(), result),
        change(
            "another input",
            move |o| o.input = batch_input(other),
            input,
        ),
        change(
            "another input's path",
            move |o| o.input_path = input_path.clone(),
            input,
        ),
        change(
            "a longer path to the input",
            |o| {
                let longer = [&o.input_path[..], &[[0; 32]]].concat();
                o.input_path = longer.try_into().expect("not too deep");
            },
            input,
        ),
        change(
            "a proof too short for an output",
            |o| o.report.proof = Default::default(),
            Error::<Test>::ProofTooShort.into(),
        ),
    ]
}

#[test]
fn an_opening_of_anything_else_is_refused_and_named() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        let batches = drawn(id);
        for (what, change, error) in changes(id, batches[1], &tree) {
            let mut openings: Vec<_> = batches
                .iter()
                .map(|batch| opening(id, *batch, 0, &tree))
                .collect();
            change(&mut openings[1]);
            let expected = DispatchError::from(refusal(1, error));
            let found = open(0, openings).expect_err(what).error;
            assert_eq!(found, expected, "{what}");
            assert_eq!(job(id).proven, 0, "{what}");
        }
        answer(id, 0, &tree);
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

/// A root of leaves that nobody computed can be opened, but no proof fits its leaves.
#[test]
fn a_root_of_garbage_costs_the_collateral() {
    test(|| {
        register_rooted(0, 10);
        let id = sampled(0, 100, 4);
        let garbage = (0..100u8).map(|batch| result_leaf(&[batch; 32], &batch_output(0).0));
        let garbage = Tree::new(garbage.collect()).expect("few");
        assert_ok!(commit(id, 0, &garbage));
        run_to(START + 7);
        for batch in drawn(id) {
            // The right answer, now that it is asked for, is not what was committed to.
            let right = opening(id, batch, 0, &garbage);
            assert_noop!(
                open(0, vec![right.clone()]),
                refusal(0, Error::<Test>::ResultNotInRoot)
            );
            // What was committed to is not proven.
            let mut proof = right.report.proof.to_vec();
            proof[160..].fill(batch as u8);
            proof[0] ^= 1;
            let mut wrong = right;
            wrong.report.proof = proof.try_into().expect("as long");
            wrong.report.output = batch_output(0);
            assert_noop!(
                open(0, vec![wrong]),
                refusal(0, doubles::Error::<Test>::EquationFailed)
            );
        }
        run_to(START + 101);
        assert!(matches!(
            job(id).state,
            JobState::Failed { slashed: 100, .. }
        ));
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// Whoever copies another's root has nothing to open it with: proofs are bound to the provider, and
/// to the job.
#[test]
fn a_copied_root_is_of_no_use() {
    test(|| {
        register_rooted(0, 10);
        register_rooted(1, 10);
        // Of two draws of 60 in a hundred, some batch is in both.
        let job_of = |number| {
            let to = Assignment::Direct(provider(number));
            submit_sampled(100, 60, 1_000, 300, to)
        };
        let (own, copied) = (job_of(0), job_of(1));
        let tree = results(100);
        assert_ok!(commit(own, 0, &tree));
        assert_ok!(commit(copied, 1, &tree));
        run_to(START + 7);
        let both = drawn(own)
            .into_iter()
            .find(|batch| drawn(copied).contains(batch))
            .expect("some batch is in both");
        let mut stolen = opening(own, both, 0, &tree);
        stolen.report.job = copied;
        assert_noop!(
            open(1, vec![stolen]),
            refusal(0, doubles::Error::<Test>::EquationFailed)
        );
        // Nor does a job's own provider get by with a proof of its other job.
        let again = job_of(0);
        assert_ok!(commit(again, 0, &tree));
        run_to(START + 14);
        let both = drawn(own)
            .into_iter()
            .find(|batch| drawn(again).contains(batch))
            .expect("some batch is in both");
        let mut stolen = opening(own, both, 0, &tree);
        stolen.report.job = again;
        assert_noop!(
            open(0, vec![stolen]),
            refusal(0, doubles::Error::<Test>::EquationFailed)
        );
    });
}

/// The path of another job leads to another root.
#[test]
fn another_jobs_path_is_refused() {
    test(|| {
        register_rooted(0, 10);
        let (id, _) = committed();
        let mut other = Vec::new();
        for batch in 0..100 {
            other.push(result_leaf(&[9; 32], &batch_output(batch).0));
        }
        let other = Tree::new(other).expect("few");
        let batch = drawn(id)[0];
        assert_noop!(
            open(0, vec![opening(id, batch, 0, &other)]),
            refusal(0, Error::<Test>::ResultNotInRoot)
        );
    });
}

/// One forged batch in a hundred passes where it is not drawn: what that is worth is in the docs;
/// here, that the draw finds it as often as it should.
#[test]
fn a_forger_is_found_as_often_as_its_share_of_batches_says() {
    let mut found = 0u32;
    let rounds = 40u64;
    for round in 0..rounds {
        test(|| {
            register_rooted(0, 10);
            run_to(START + round);
            let id = sampled(0, 100, 10);
            assert_ok!(commit(id, 0, &results(100)));
            run_to(System::block_number() + 7);
            // Thirty of a hundred batches were not computed.
            found += u32::from(drawn(id).iter().any(|batch| *batch < 30));
        });
    }
    // 1 - C(70, 10) / C(100, 10) is 0.977 of forty.
    assert!((34..=40).contains(&found), "{found}");
}
