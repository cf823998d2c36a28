//! Committing to results, and the draw of what is to be proven.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    types::Agenda,
    Error, Event, Lottery,
};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_core::H256;
use std::collections::BTreeSet;
use swarmwork_primitives::{Assignment, JobStage, JobState};

#[test]
fn a_root_is_stored_and_free() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 100, 4), results(100));
        run_to(5);
        events();
        let post = commit(id, 0, &tree).expect("it is in order");
        assert_eq!(post.pays_fee, Pays::No);
        let results = result_root(&tree);
        assert_eq!(
            Stages::<Test>::get(id),
            Some(JobStage::Committed { results, at: 5 })
        );
        assert_eq!(events(), vec![Event::ResultsCommitted { job: id, results }]);
        let view = Marketplace::job_view(id).expect("it is stored");
        assert_eq!(view.stage, Some(JobStage::Committed { results, at: 5 }));
    });
}

#[test]
fn only_the_workers_key_commits_and_only_to_a_job_of_its_own() {
    test(|| {
        register_rooted(0, 10);
        register_rooted(1, 10);
        let (id, tree) = (sampled(0, 100, 4), results(100));
        assert_noop!(commit(H256::zero(), 0, &tree), Error::<Test>::JobUnknown);
        assert_noop!(commit(id, 1, &tree), Error::<Test>::NotTheWorker);
        let by = |who| {
            dispatch(
                who,
                Call::commit_results {
                    job: id,
                    results: result_root(&tree),
                },
            )
        };
        assert_noop!(by(provider(0)), Error::<Test>::NotTheWorker);
        assert_noop!(by(requester()), Error::<Test>::NotTheWorker);
        let open = submit_sampled(100, 4, 1_000, 100, Assignment::Swarm);
        assert_noop!(commit(open, 0, &tree), Error::<Test>::JobNotAssigned);
    });
}

#[test]
fn a_job_whose_batches_are_all_proven_has_no_root() {
    test(|| {
        register_rooted(0, 10);
        let id = assigned(0, 2, 1_000);
        assert_noop!(commit(id, 0, &results(2)), Error::<Test>::NothingToCommit);
    });
}

/// A second root after the draw would be chosen to fit it.
#[test]
fn a_root_is_final() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 100, 4), results(100));
        assert_ok!(commit(id, 0, &tree));
        assert_noop!(commit(id, 0, &tree), Error::<Test>::AlreadyCommitted);
        run_to(START + 7);
        assert_eq!(drawn(id).len(), 4);
        assert_noop!(commit(id, 0, &results(99)), Error::<Test>::AlreadyCommitted);
    });
}

#[test]
fn a_root_comes_early_enough_for_the_draw_and_the_proofs() {
    test(|| {
        register_rooted(0, 10);
        let (late, in_time) = (sampled(0, 100, 4), sampled(0, 100, 4));
        let tree = results(100);
        let last = START + 100 - 7 - 12;
        run_to(last);
        assert_ok!(commit(in_time, 0, &tree));
        next_block();
        assert_noop!(commit(late, 0, &tree), Error::<Test>::TooLateToCommit);
        run_to(last + 7);
        assert_eq!(until(in_time), START + 100);
        assert_eq!(until(in_time), System::block_number() + 12);
    });
}

#[test]
fn the_seed_is_the_outputs_of_the_six_blocks_after_the_root() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 1_000, 8), results(1_000));
        run_to(10);
        assert_ok!(commit(id, 0, &tree));
        events();
        run_to(16);
        assert_eq!(drawn(id), Vec::<u32>::new());
        next_block();
        let outputs: Vec<H256> = (11..=16).map(output_of).collect();
        let expected = Lottery::of_batches(&id, &result_root(&tree), &outputs).sample(1_000, 8);
        assert_eq!(drawn(id), expected);
        assert_eq!(until(id), START + 100);
        match &events()[..] {
            [Event::BatchesDrawn {
                job,
                batches,
                until,
            }] => {
                assert_eq!((*job, batches.to_vec()), (id, expected));
                assert_eq!(*until, START + 100);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn distinct_batches_are_drawn_of_all_and_all_if_there_are_no_more() {
    test(|| {
        register_rooted(0, 10);
        let (many, few) = (sampled(0, 65, 10), sampled(0, 3, 10));
        assert_ok!(commit(many, 0, &results(65)));
        assert_ok!(commit(few, 0, &results(3)));
        run_to(START + 7);
        let batches: BTreeSet<_> = drawn(many).into_iter().collect();
        assert_eq!(batches.len(), 10);
        assert!(batches.iter().all(|batch| *batch < 65));
        assert_eq!(drawn(few), vec![0, 1, 2]);
    });
}

/// The provider is not to blame for a late draw.
#[test]
fn a_late_draw_leaves_the_time_that_an_early_one_does() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 100, 4), results(100));
        let last = START + 100 - 7 - 12;
        run_to(last);
        // A crowd of draws before it: four are served in a block.
        for at in 0..80 {
            Marketplace::schedule(Agenda::Draw, last, H256::from_low_u64_be(at));
        }
        assert_ok!(commit(id, 0, &tree));
        run_to(START + 101);
        assert_eq!(drawn(id), Vec::<u32>::new());
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        while drawn(id).is_empty() {
            next_block();
        }
        assert!(System::block_number() > START + 101);
        assert_eq!(until(id), System::block_number() + 12);
        run_to(until(id));
        answer(id, 0, &tree);
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

/// Silence before committing is no forgery: perhaps there was no input to compute.
#[test]
fn a_job_without_root_expires_and_costs_no_collateral() {
    test(|| {
        register_rooted(0, 10);
        let id = sampled(0, 100, 4);
        run_to(START + 101);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert!(doubles::Slashed::<Test>::get().is_empty());
        assert_eq!(free(&requester()), FUNDS);
        run_to(START + 101 + 51);
        assert_eq!(Jobs::<Test>::iter().count(), 0);
    });
}
