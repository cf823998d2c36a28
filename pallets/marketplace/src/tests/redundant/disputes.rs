//! One proof overturns any majority, and nothing else does.

use crate::{
    mock::{panels::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use swarmwork_primitives::{Answers, JobState, PanelStage, SlashReason};

/// Three that have revealed: two of them these answers, and one those.
fn revealed(majority: &Answers, minority: &Answers) -> sp_core::H256 {
    let id = shared();
    answer_all(id, &[(0, majority), (1, majority), (2, minority)]);
    events();
    id
}

fn until(id: sp_core::H256) -> u64 {
    match panel(id).stage {
        PanelStage::Disputed { until } => until,
        other => panic!("nothing is disputed: {other:?}"),
    }
}

#[test]
fn a_proof_overturns_a_majority() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        let before = free(&provider(2));
        let sent = dispute(dispute_of(id, 7, 2), 2).expect("it holds");
        assert_eq!(sent.pays_fee, Pays::No);
        assert_eq!(
            events(),
            vec![Event::ResultsRefuted {
                job: id,
                batch: 7,
                prover: provider(2),
            }]
        );
        let refuted = |number: u8| {
            let members = panel(id).members;
            let found = members.iter().find(|m| m.provider == provider(number));
            found.and_then(|member| member.refuted_by.clone())
        };
        assert_eq!(refuted(0), Some(provider(2)));
        assert_eq!(refuted(1), Some(provider(2)));
        assert_eq!(refuted(2), None);
        // Nobody is slashed before the time for disputes is over.
        assert!(doubles::Slashed::<Test>::get().is_empty());
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

/// Whoever looks may prove what is right: it need not be one of those that the job was given to.
#[test]
fn any_provider_disputes() {
    test(|| {
        let wrong = wrong_answers(7, 1);
        let id = revealed(&wrong, &wrong);
        rooted::register_rooted(5, ASK);
        let before = free(&provider(5));
        assert_ok!(dispute(dispute_of(id, 7, 5), 5));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(free(&provider(5)) - before, 3 * ASK / 2);
        assert_noop!(
            dispatch(
                account(3),
                Call::dispute_results {
                    dispute: dispute_of(id, 7, 5)
                }
            ),
            Error::<Test>::JobEnded
        );
    });
}

/// Who is wrong gains nothing by proving what it has right, and who is right nothing by proving what
/// all have.
#[test]
fn a_proof_of_what_all_answered_is_refused() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&tree, &wrong);
        assert_noop!(
            dispute(dispute_of(id, 8, 2), 2),
            Error::<Test>::NothingRefuted
        );
        assert_ok!(dispute(dispute_of(id, 7, 0), 0));
        assert_noop!(
            dispute(dispute_of(id, 7, 1), 1),
            Error::<Test>::NothingRefuted
        );
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0), (2, 0, 2 * ASK)]);
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(2), 2 * ASK, SlashReason::Forgery)]
        );
        assert_eq!(doubles::SlashedFor::<Test>::get(), vec![id]);
    });
}

#[test]
fn a_dispute_is_a_proof_of_a_batch_of_the_job() {
    test(|| {
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let id = revealed(&wrong, &tree);
        let good = dispute_of(id, 7, 2);
        let mut other = good.clone();
        other.batch = BATCHES;
        assert_noop!(dispute(other, 2), Error::<Test>::BatchOutOfRange);
        // Of the job's input, at its place.
        let mut other = good.clone();
        other.input = [9; 32];
        assert_noop!(dispute(other, 2), Error::<Test>::InputNotInRoot);
        let mut other = good.clone();
        other.input_path = dispute_of(id, 8, 2).input_path;
        assert_noop!(dispute(other, 2), Error::<Test>::InputNotInRoot);
        // A proof, and its own: one of another provider's is bound to that.
        let mut other = good.clone();
        other.proof = Default::default();
        assert_noop!(dispute(other, 2), Error::<Test>::ProofTooShort);
        let mut other = good.clone();
        other.proof = dispute_of(id, 7, 1).proof;
        assert_noop!(dispute(other, 2), doubles::Error::<Test>::EquationFailed);
        // By a provider's worker key.
        for nobody in [account(3), provider(2)] {
            let dispute = good.clone();
            assert_noop!(
                dispatch(nobody, Call::dispute_results { dispute }),
                Error::<Test>::NotTheWorker
            );
        }
        assert_ok!(dispute(good, 2));
    });
}

#[test]
fn disputes_have_their_time() {
    test(|| {
        let id = shared();
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        let good = || dispute_of(id, 7, 0);
        let early = Error::<Test>::NothingToDispute;
        assert_noop!(dispute(good(), 0), early);
        for (number, of) in [(0, &tree), (1, &tree), (2, &wrong)] {
            assert_ok!(seal_as(id, number, of));
        }
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        assert_ok!(reveal_as(id, 2, &wrong));
        assert_noop!(dispute(good(), 0), Error::<Test>::NothingToDispute);
        assert_ok!(reveal_as(id, 1, &tree));
        let last = until(id);
        assert_eq!(last, System::block_number() + 10);
        run_to(last);
        // An agenda that is late gives nobody more time.
        System::set_block_number(last + 1);
        assert_noop!(dispute(good(), 0), Error::<Test>::DisputesOver);
        System::set_block_number(last);
        assert_ok!(dispute(good(), 0));
        assert_eq!(until(id), last);
        next_block();
        assert_noop!(
            dispute(dispute_of(id, 8, 0), 0),
            Error::<Test>::NothingToDispute
        );
        run_to_end(id);
        assert_noop!(dispute(good(), 0), Error::<Test>::JobEnded);
    });
}

/// What was sealed and not revealed is lost by that already.
#[test]
fn who_has_not_revealed_is_not_refuted() {
    test(|| {
        let id = shared();
        let (wrong, tree) = (wrong_answers(7, 1), answers());
        for (number, of) in [(0, &tree), (1, &wrong), (2, &wrong)] {
            assert_ok!(seal_as(id, number, of));
        }
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        while !matches!(panel(id).stage, PanelStage::Disputed { .. }) {
            next_block();
        }
        assert_noop!(
            dispute(dispute_of(id, 7, 0), 0),
            Error::<Test>::NothingRefuted
        );
        run_to_end(id);
        assert_eq!(
            doubles::Slashed::<Test>::get()
                .into_iter()
                .map(|(_, _, reason)| reason)
                .collect::<Vec<_>>(),
            vec![SlashReason::Unproven; 2]
        );
    });
}

/// Where all differ there is no majority, and each proof tells who was wrong.
#[test]
fn without_majority_only_who_is_shown_to_be_wrong_is_slashed() {
    test(|| {
        let (tree, first, second) = (answers(), wrong_answers(1, 1), wrong_answers(2, 2));
        let id = shared();
        answer_all(id, &[(0, &tree), (1, &first), (2, &second)]);
        events();
        assert_ok!(dispute(dispute_of(id, 1, 0), 0));
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
        let before = free(&provider(0));
        assert_ok!(dispute(dispute_of(id, 7, 0), 0));
        run_to_end(id);
        let gained = free(&provider(0)) - before;
        let lost: Balance = doubles::Slashed::<Test>::get()
            .into_iter()
            .map(|(_, slashed, _)| slashed)
            .sum();
        assert_eq!(gained * 4, lost);
    });
}
