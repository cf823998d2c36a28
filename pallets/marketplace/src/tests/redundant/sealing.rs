//! Sealing and revealing: nobody gains by looking at another's results, or by keeping its own.

use crate::{
    mock::{panels::*, *},
    pallet::*,
    types::Agenda,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use swarmwork_primitives::{
    Answers, ContentId, JobState, Outcome, PanelStage, SlashReason, UnpaidReason,
};

#[test]
fn who_agrees_is_paid_and_the_rest_comes_back() {
    test(|| {
        let id = shared();
        let tree = answers();
        let before = free(&provider(0));
        answer_all(id, &[(0, &tree), (1, &tree), (2, &tree)]);
        let ended = run_to_end(id);
        let JobState::Agreed { price, at } = ended else {
            panic!("{ended:?}");
        };
        // Revealed in block 10, disputed until 20, judged in 21, and then one in each block.
        assert_eq!((price, at), (3 * ASK, START + DRAW + 2 + 10 + 4));
        assert_eq!(free(&provider(0)) - before, 240);
        assert_eq!(free(&requester()), FUNDS - 3 * ASK);
        assert_eq!(free(&owner()), FUNDS + 3 * 15);
        assert_eq!(free(&treasury()), FUNDS + 3 * 30);
        assert_eq!(doubles::Burned::<Test>::get(), 3 * 15);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        assert_eq!(RevealedAnswers::<Test>::iter().count(), 0);
        assert!(doubles::Slashed::<Test>::get().is_empty());
        // Credit once, for all of them together.
        let settled = doubles::Settlements::<Test>::get();
        assert_eq!(settled.len(), 1);
        let (of, providers, burned, attested, macs, blocks) = settled[0].clone();
        assert_eq!((of, burned, attested, macs), (id, 45, true, 0));
        assert_eq!(blocks, at - (START + DRAW));
        assert_eq!(providers.len(), 3);
        let evidence = doubles::Recorded::<Test>::get();
        assert_eq!(evidence.len(), 3);
        assert!(evidence
            .iter()
            .all(|(_, who, what, weight)| *who == requester()
                && *what == Outcome::Succeeded
                && *weight == 15));
        // Readable, and forgotten in the end.
        assert!(Marketplace::panel_view(id).is_some());
        run_to(at + 60 + 200);
        assert_eq!(Panels::<Test>::iter().count(), 0);
        assert_eq!(Agendas::<Test>::iter().count(), 0);
    });
}

#[test]
fn the_minority_loses_its_collateral_after_the_disputes() {
    test(|| {
        let id = shared();
        let (tree, wrong) = (answers(), wrong_answers(7, 1));
        answer_all(id, &[(0, &tree), (1, &wrong), (2, &tree)]);
        events();
        let PanelStage::Disputed { until, .. } = panel(id).stage else {
            panic!("nothing is disputed");
        };
        run_to(until);
        assert!(doubles::Slashed::<Test>::get().is_empty());
        let ended = run_to_end(id);
        assert!(matches!(ended, JobState::Agreed { price, .. } if price == 2 * ASK));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 0, 2 * ASK), (2, 240, 0)]);
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(1), 2 * ASK, SlashReason::Unproven)]
        );
        assert_eq!(doubles::SlashedFor::<Test>::get(), vec![id]);
        assert_eq!(doubles::RecordedFor::<Test>::get(), vec![id; 3]);
        assert_eq!(free(&requester()), FUNDS - 2 * ASK);
        let failed: Vec<_> = doubles::Recorded::<Test>::get()
            .into_iter()
            .filter(|(_, _, what, _)| *what == Outcome::Failed)
            .collect();
        assert_eq!(
            failed,
            vec![(provider(1), requester(), Outcome::Failed, 15)]
        );
        assert_eq!(doubles::Settlements::<Test>::get()[0].1.len(), 2);
    });
}

#[test]
fn only_members_seal_and_once() {
    test(|| {
        let id = shared();
        let tree = answers();
        let other = register_another();
        assert_noop!(seal_as(id, other, &tree), Error::<Test>::NotTheWorker);
        // The controller's own key is not the worker's.
        let sealed = sealed(id, 0, &tree);
        events();
        assert_noop!(
            dispatch(provider(0), Call::seal_results { job: id, sealed }),
            Error::<Test>::NotTheWorker
        );
        assert_ok!(seal_as(id, 0, &tree));
        assert_noop!(seal_as(id, 0, &tree), Error::<Test>::AlreadyCommitted);
        assert_eq!(
            events(),
            vec![Event::ResultsSealed {
                job: id,
                provider: provider(0),
                sealed
            }]
        );
    });
}

fn register_another() -> u8 {
    rooted::register_rooted(5, ASK);
    5
}

#[test]
fn sealing_ends_when_all_have_and_when_its_time_is_over() {
    test(|| {
        let id = shared();
        let tree = answers();
        for number in 0..2 {
            assert_ok!(seal_as(id, number, &tree));
        }
        let PanelStage::Sealing { until } = panel(id).stage else {
            panic!("two of three have sealed");
        };
        run_to(until);
        assert!(matches!(panel(id).stage, PanelStage::Sealing { .. }));
        // An agenda that is late gives nobody more time.
        System::set_block_number(until + 1);
        assert_noop!(seal_as(id, 2, &tree), Error::<Test>::SealingOver);
        System::set_block_number(until);
        next_block();
        assert_eq!(
            panel(id).stage,
            PanelStage::Revealing {
                opens: until + 3,
                until: until + 9
            }
        );
        assert_noop!(seal_as(id, 2, &tree), Error::<Test>::SealingOver);
        run_to_reveals(id);
        for number in 0..2 {
            assert_ok!(reveal_as(id, number, &tree));
        }
        // Two of three are enough; the third has missed a deadline and committed to nothing.
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0)]);
        let last = doubles::Recorded::<Test>::get()
            .into_iter()
            .find(|(who, ..)| *who == provider(2));
        assert_eq!(last.map(|(_, _, what, _)| what), Some(Outcome::Failed));
    });
}

/// Who names the hash that another has named can show nothing that fits it.
#[test]
fn a_copied_seal_cannot_be_revealed() {
    test(|| {
        let id = shared();
        let tree = answers();
        assert_ok!(seal_as(id, 0, &tree));
        assert_ok!(seal_as(id, 1, &tree));
        assert_ok!(seal_hash(id, sealed(id, 0, &tree), 2));
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        // With the salt that is known now.
        let copied = Call::reveal_results {
            job: id,
            answers: tree.clone(),
            list: LIST,
            salt: salt(0),
        };
        assert_noop!(dispatch(worker(2), copied), Error::<Test>::NotWhatWasSealed);
        assert_ok!(reveal_as(id, 1, &tree));
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0), (2, 0, 2 * ASK)]);
    });
}

/// Results are shown only when nobody can seal any more, and that is final.
#[test]
fn nothing_is_revealed_while_somebody_may_still_copy_it() {
    test(|| {
        let id = shared();
        let tree = answers();
        assert_ok!(seal_as(id, 0, &tree));
        assert_ok!(seal_as(id, 1, &tree));
        assert_noop!(reveal_as(id, 0, &tree), Error::<Test>::TooEarlyToReveal);
        assert_ok!(seal_as(id, 2, &tree));
        next_block();
        assert_noop!(reveal_as(id, 0, &tree), Error::<Test>::TooEarlyToReveal);
        next_block();
        assert_ok!(reveal_as(id, 0, &tree));
        assert_noop!(reveal_as(id, 0, &tree), Error::<Test>::AlreadyRevealed);
        // Nor can it be sealed then.
        assert_noop!(seal_as(id, 1, &tree), Error::<Test>::SealingOver);
    });
}

#[test]
fn only_what_was_sealed_is_revealed() {
    test(|| {
        let id = shared();
        let (tree, other) = (answers(), wrong_answers(3, 1));
        for number in 0..3 {
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to_reveals(id);
        assert_noop!(reveal_as(id, 0, &other), Error::<Test>::NotWhatWasSealed);
        let reveal = |answers: &Answers, list, salt| Call::reveal_results {
            job: id,
            answers: answers.clone(),
            list: ContentId(list),
            salt,
        };
        for call in [
            reveal(&tree, [0x77; 32], salt(1)),
            reveal(&tree, [0x78; 32], salt(0)),
        ] {
            assert_noop!(dispatch(worker(0), call), Error::<Test>::NotWhatWasSealed);
        }
        // An answer for each batch.
        let mut fewer = tree.clone();
        fewer.pop();
        let mut more = tree.clone();
        more.try_push([0; 32]).expect("there is room");
        for of in [&fewer, &more, &Default::default()] {
            assert_noop!(reveal_as(id, 0, of), Error::<Test>::AnswersMissing);
        }
        let other = register_another();
        assert_noop!(reveal_as(id, other, &tree), Error::<Test>::NotTheWorker);
        assert_ok!(reveal_as(id, 0, &tree));
    });
}

/// It would wait and see otherwise; and keeping still makes no majority of few.
#[test]
fn who_seals_and_does_not_reveal_loses_its_collateral() {
    test(|| {
        let id = shared();
        let tree = answers();
        for number in 0..3 {
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        assert_ok!(reveal_as(id, 1, &tree));
        let PanelStage::Revealing { until, .. } = panel(id).stage else {
            panic!("one is missing");
        };
        run_to(until);
        System::set_block_number(until + 1);
        assert_noop!(reveal_as(id, 2, &tree), Error::<Test>::RevealsOver);
        System::set_block_number(until);
        next_block();
        assert_noop!(reveal_as(id, 2, &tree), Error::<Test>::RevealsOver);
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert_eq!(ends(), vec![(0, 240, 0), (1, 240, 0), (2, 0, 2 * ASK)]);
    });
}

#[test]
fn one_of_three_is_no_majority_whoever_keeps_still() {
    test(|| {
        let id = shared();
        let tree = answers();
        assert_ok!(seal_as(id, 0, &tree));
        assert_ok!(seal_as(id, 1, &tree));
        // The third never seals, the second never reveals.
        run_to_reveals(id);
        assert_ok!(reveal_as(id, 0, &tree));
        events();
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![(1, 0, 2 * ASK)]);
        assert_eq!(free(&requester()), FUNDS);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        assert!(doubles::Settlements::<Test>::get().is_empty());
    });
}

/// An input that cannot be had is nobody's crime.
#[test]
fn where_too_few_seal_nobody_is_slashed() {
    test(|| {
        let id = shared();
        assert_ok!(seal_as(id, 0, &answers()));
        let PanelStage::Sealing { until } = panel(id).stage else {
            panic!("one has sealed");
        };
        run_to(until + 1);
        assert_eq!(
            panel(id).stage,
            PanelStage::Judged {
                agreed: None,
                shown: false,
                done: 0
            }
        );
        assert_noop!(reveal_as(id, 0, &answers()), Error::<Test>::RevealsOver);
        events();
        assert_eq!(run_to_end(id), JobState::Undecided { at: until + 4 });
        assert_eq!(
            unpaid(),
            vec![
                (0, UnpaidReason::Unclear),
                (1, UnpaidReason::Missed),
                (2, UnpaidReason::Missed)
            ]
        );
        assert!(doubles::Slashed::<Test>::get().is_empty());
        assert_eq!(free(&requester()), FUNDS);
        // Two have missed a deadline, one has not.
        assert_eq!(doubles::Recorded::<Test>::get().len(), 2);
    });
}

#[test]
fn garbage_under_seal_costs_the_collateral() {
    test(|| {
        let id = shared();
        for number in 0..3 {
            assert_ok!(seal_hash(id, H256::repeat_byte(number), number));
        }
        events();
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        let lost = 2 * ASK;
        assert_eq!(ends(), vec![(0, 0, lost), (1, 0, lost), (2, 0, lost)]);
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// Nobody loses anything by an agenda that is late.
#[test]
fn a_late_look_moves_the_times_of_what_follows() {
    test(|| {
        let id = shared();
        let tree = answers();
        assert_ok!(seal_as(id, 0, &tree));
        assert_ok!(seal_as(id, 1, &tree));
        let PanelStage::Sealing { until } = panel(id).stage else {
            panic!("two have sealed");
        };
        // A crowd before it: four are served in a block.
        for at in 0..400 {
            Marketplace::schedule(Agenda::Close, until - 1, H256::from_low_u64_be(at));
        }
        run_to_reveals(id);
        assert!(System::block_number() > until + 90);
        assert_ok!(reveal_as(id, 0, &tree));
        assert_ok!(reveal_as(id, 1, &tree));
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        // Past the deadline, and paid all the same.
        assert!(System::block_number() > job(id).deadline);
        assert!(doubles::Slashed::<Test>::get().is_empty());
    });
}

#[test]
fn a_seal_of_another_job_does_not_fit() {
    test(|| {
        let first = shared();
        let second = drawn_of_three();
        let tree = answers();
        assert_ok!(seal_as(first, 0, &tree));
        assert_ok!(seal_hash(second, sealed(first, 0, &tree), 0));
        assert_ok!(seal_as(second, 1, &tree));
        assert_ok!(seal_as(second, 2, &tree));
        run_to_reveals(second);
        assert_noop!(reveal_as(second, 0, &tree), Error::<Test>::NotWhatWasSealed);
    });
}
