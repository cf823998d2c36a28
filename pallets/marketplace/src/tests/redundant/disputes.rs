//! One proof overturns any majority, and nothing else does.

use crate::{
    mock::{panels::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use swarm_merkle::Tree;
use swarmwork_primitives::{JobState, PanelStage, ProvenBatch, SlashReason};

/// Three that have revealed: two of them wrongly, or rightly, and one otherwise.
fn revealed(majority: &Tree, minority: &Tree) -> sp_core::H256 {
    let id = shared();
    answer_all(id, &[(0, majority), (1, majority), (2, minority)]);
    events();
    id
}

fn stage(id: sp_core::H256) -> (u64, u64) {
    match panel(id).stage {
        PanelStage::Disputed { open_until, until } => (open_until, until),
        other => panic!("nothing is disputed: {other:?}"),
    }
}

#[test]
fn a_proof_overturns_a_majority() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        let (_, until) = stage(id);
        let before = free(&provider(2));
        let sent = dispute(dispute_of(id, 7, 2, &tree), 2).expect("it holds");
        assert_eq!(sent.pays_fee, Pays::No);
        assert_eq!(
            panel(id).members[place(id, 2) as usize].proven,
            Some(ProvenBatch {
                batch: 7,
                commitment: right(7)
            })
        );
        assert_eq!(
            events(),
            vec![Event::ResultsDisputed {
                job: id,
                batch: 7,
                provider: provider(2),
                place: place(id, 2),
                until,
            }]
        );
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        // Both lose 600, of which half is not burned, of which half is the disputer's.
        assert_eq!(ends(), vec![(0, 0, 2 * ASK), (1, 0, 2 * ASK)]);
        assert_eq!(free(&provider(2)) - before, ASK);
        assert_eq!(
            doubles::Slashed::<Test>::get()
                .into_iter()
                .map(|(_, _, reason)| reason)
                .collect::<Vec<_>>(),
            vec![SlashReason::Forgery; 2]
        );
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// A root of which nobody knows what is below it cannot be shown to be wrong; so it must be shown to
/// be right.
#[test]
fn a_majority_for_garbage_falls_as_well() {
    test(|| {
        let (garbage, tree) = (rooted::results(BATCHES), answers());
        let id = revealed(&garbage, &tree);
        assert_ok!(dispute(dispute_of(id, 0, 2, &tree), 2));
        // There is no path to an answer in it.
        assert_noop!(
            answer_with(id, place(id, 2), 0, 0, &garbage),
            Error::<Test>::ResultNotInRoot
        );
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![(0, 0, 2 * ASK), (1, 0, 2 * ASK)]);
    });
}

/// Who is wrong gains nothing by proving what it has right.
#[test]
fn a_majority_that_answers_stands() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&tree, &wrong);
        assert_ok!(dispute(dispute_of(id, 8, 2, &wrong), 2));
        let place = place(id, 2);
        // For both that have the same root.
        assert_ok!(answer_with(id, place, 8, 0, &tree));
        assert!(events().contains(&Event::DisputeAnswered {
            job: id,
            place,
            root: results_of(&tree).root,
        }));
        assert_noop!(
            answer_with(id, place, 8, 1, &tree),
            Error::<Test>::AlreadyAnswered
        );
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0), (2, 0, 2 * ASK)]);
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(2), 2 * ASK, SlashReason::Unproven)]
        );
    });
}

/// Not even an answer that is right helps a root that is wrong elsewhere: it needs the proven one.
#[test]
fn what_was_proven_is_answered_at_its_place() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        assert_ok!(dispute(dispute_of(id, 7, 2, &tree), 2));
        let place = place(id, 2);
        for (batch, of) in [(7, &wrong), (8, &wrong), (7, &tree)] {
            assert_noop!(
                answer_with(id, place, batch, 0, of),
                Error::<Test>::ResultNotInRoot
            );
        }
    });
}

#[test]
fn a_dispute_is_a_proof_of_what_its_maker_has_revealed() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        let good = dispute_of(id, 7, 2, &tree);
        // Not of another's root, nor of an answer that is not below its own.
        assert_noop!(
            dispute(dispute_of(id, 7, 0, &tree), 0),
            Error::<Test>::ResultNotInRoot
        );
        assert_noop!(
            dispute(dispute_of(id, 7, 0, &wrong), 0),
            Error::<Test>::ResultNotInRoot
        );
        let mut other = good.clone();
        other.result_path = path(&tree, 8);
        assert_noop!(dispute(other, 2), Error::<Test>::ResultNotInRoot);
        let mut other = good.clone();
        other.report.batch = BATCHES;
        assert_noop!(dispute(other, 2), Error::<Test>::ResultNotInRoot);
        // Of the job's input.
        let mut other = good.clone();
        other.input = [9; 32];
        assert_noop!(dispute(other, 2), Error::<Test>::InputNotInRoot);
        // A proof, and its own: one of another provider's is bound to that.
        let mut other = good.clone();
        other.report.proof = Default::default();
        assert_noop!(dispute(other, 2), Error::<Test>::ProofTooShort);
        let mut other = good.clone();
        other.report.proof = dispute_of(id, 7, 1, &tree).report.proof;
        assert_noop!(dispute(other, 2), doubles::Error::<Test>::EquationFailed);
        // By a member, once.
        rooted::register_rooted(5, ASK);
        assert_noop!(
            dispute(dispute_of(id, 7, 5, &tree), 5),
            Error::<Test>::NotTheWorker
        );
        assert_ok!(dispute(good.clone(), 2));
        assert_noop!(dispute(good, 2), Error::<Test>::AlreadyDisputed);
    });
}

/// Each has a proof of its own: colluders cannot use up those of the others.
#[test]
fn nobody_keeps_another_from_disputing() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        assert_ok!(dispute(dispute_of(id, 0, 0, &wrong), 0));
        assert_ok!(dispute(dispute_of(id, 1, 1, &wrong), 1));
        assert_ok!(dispute(dispute_of(id, 7, 2, &tree), 2));
        for (number, batch) in [(0, 0), (1, 1)] {
            assert_ok!(answer_with(id, place(id, number), batch, 2, &tree));
        }
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![(0, 0, 2 * ASK), (1, 0, 2 * ASK)]);
    });
}

#[test]
fn the_period_never_restarts_and_a_late_dispute_has_its_answer() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&tree, &wrong);
        let (open_until, until) = stage(id);
        assert_eq!(open_until, until);
        run_to(open_until);
        assert_ok!(dispute(dispute_of(id, 8, 2, &wrong), 2));
        assert_eq!(stage(id), (open_until, open_until + 6));
        next_block();
        assert_noop!(
            dispute(dispute_of(id, 8, 0, &tree), 0),
            Error::<Test>::DisputesOver
        );
        run_to(open_until + 6);
        System::set_block_number(open_until + 7);
        assert_noop!(
            answer_with(id, place(id, 2), 8, 0, &tree),
            Error::<Test>::DisputesOver
        );
        System::set_block_number(open_until + 6);
        assert_ok!(answer_with(id, place(id, 2), 8, 0, &tree));
        next_block();
        assert!(matches!(panel(id).stage, PanelStage::Judged { .. }));
        assert_noop!(
            answer_with(id, place(id, 2), 8, 0, &tree),
            Error::<Test>::NothingToDispute
        );
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_noop!(
            dispute(dispute_of(id, 8, 0, &tree), 0),
            Error::<Test>::JobEnded
        );
    });
}

#[test]
fn only_what_was_revealed_is_disputed_and_answered() {
    test(|| {
        let id = shared();
        let tree = answers();
        let opening = |number| dispute_of(id, 0, number, &tree);
        for number in 0..3 {
            assert_noop!(
                dispute(opening(number), number),
                Error::<Test>::NothingToDispute
            );
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        assert_ok!(reveal_as(id, 1, &tree));
        assert_noop!(dispute(opening(0), 0), Error::<Test>::NothingToDispute);
        assert_noop!(
            answer_with(id, 0, 0, 0, &tree),
            Error::<Test>::NothingToDispute
        );
        while !matches!(panel(id).stage, PanelStage::Disputed { .. }) {
            next_block();
        }
        assert_noop!(dispute(opening(2), 2), Error::<Test>::NotRevealed);
        for nobody in [place(id, 1), 3, u32::MAX] {
            assert_noop!(
                answer_with(id, nobody, 0, 0, &tree),
                Error::<Test>::NothingProven
            );
        }
        assert_ok!(dispute(opening(0), 0));
        let place = place(id, 0);
        assert_noop!(
            answer_with(id, place, 0, 2, &tree),
            Error::<Test>::NotRevealed
        );
        // The same root has the answer already.
        assert_noop!(
            answer_with(id, place, 0, 1, &tree),
            Error::<Test>::AlreadyAnswered
        );
        rooted::register_rooted(5, ASK);
        assert_noop!(
            answer_with(id, place, 0, 5, &tree),
            Error::<Test>::NotTheWorker
        );
    });
}

/// Where all differ there is no majority, and one proof tells who was wrong.
#[test]
fn without_majority_only_who_is_shown_to_be_wrong_is_slashed() {
    test(|| {
        let (tree, first, second) = (answers(), wrong_answers(1, 1), wrong_answers(2, 2));
        let id = shared();
        answer_all(id, &[(0, &tree), (1, &first), (2, &second)]);
        events();
        assert_ok!(dispute(dispute_of(id, 1, 0, &tree), 0));
        assert_ok!(answer_with(id, place(id, 0), 1, 2, &second));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![(1, 0, 2 * ASK)]);

        let undisputed = drawn_of_three();
        answer_all(undisputed, &[(0, &tree), (1, &first), (2, &second)]);
        events();
        assert!(matches!(run_to_end(undisputed), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![]);
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// Who disputes itself, by another of its accounts, loses three quarters of what is at stake.
#[test]
fn disputing_oneself_costs() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        let before = free(&provider(2));
        assert_ok!(dispute(dispute_of(id, 7, 2, &tree), 2));
        run_to_end(id);
        let gained = free(&provider(2)) - before;
        let lost: Balance = doubles::Slashed::<Test>::get()
            .into_iter()
            .map(|(_, slashed, _)| slashed)
            .sum();
        assert_eq!(gained * 4, lost);
    });
}
