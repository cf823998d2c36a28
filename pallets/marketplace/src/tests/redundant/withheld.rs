//! Inputs that several providers cannot have, and what jobs of several cost in an asset.

use crate::{
    mock::{assets::*, panels::*, rooted::*, *},
    pallet::*,
    Error, JobInput,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use swarmwork_primitives::{Assignment, Budget, JobState, Mode, Outcome, PanelStage, UnpaidReason};

fn report(number: u8, job: H256) -> DispatchResultWithPostInfo {
    dispatch(worker(number), Call::report_input { job })
}

fn close(job: H256) -> DispatchResultWithPostInfo {
    dispatch(account(3), Call::close_report { job })
}

#[test]
fn a_withheld_input_costs_every_slot_and_is_no_evidence() {
    test(|| {
        let id = shared();
        let before = free(&provider(1));
        assert_noop!(report(4, id), Error::<Test>::NotTheWorker);
        assert_ok!(report(1, id));
        assert_noop!(report(1, id), Error::<Test>::AlreadyReported);
        let until = Withheld::<Test>::get(id).expect("it is reported");
        run_to(until);
        assert_noop!(close(id), Error::<Test>::ReportStands);
        next_block();
        // The others may be at work.
        assert!(matches!(panel(id).stage, PanelStage::Sealing { .. }));
        assert_ok!(close(id));
        let JobState::Undecided { .. } = run_to_end(id) else {
            panic!("the job is {:?}", job(id).state);
        };
        assert!(doubles::Recorded::<Test>::get().is_empty());
        assert!(doubles::Slashed::<Test>::get().is_empty());
        let spent = panel(id).spent;
        assert!(spent > 0 && spent < 3 * ASK);
        assert_eq!(free(&requester()), FUNDS - spent);
        assert!(free(&provider(1)) > before);
        assert!(!Withheld::<Test>::contains_key(id));
        assert!(doubles::Settlements::<Test>::get().is_empty());
    });
}

/// What one of them has, all could have had; but nobody can tell who withheld it from whom.
#[test]
fn who_seals_nothing_beside_others_has_neither_failed_nor_is_paid() {
    test(|| {
        let id = shared();
        assert_ok!(report(1, id));
        assert_ok!(seal_as(id, 0, &answers()));
        let until = Withheld::<Test>::get(id).expect("it is reported");
        run_to(until + 1);
        assert_noop!(close(id), Error::<Test>::NothingReported);
        events();
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(
            unpaid(),
            vec![
                (0, UnpaidReason::Unclear),
                (1, UnpaidReason::InputMissing),
                (2, UnpaidReason::InputMissing)
            ]
        );
        assert!(doubles::Recorded::<Test>::get().is_empty());
        assert_eq!(free(&requester()), FUNDS);
    });
}

fn withdraw(number: u8, job: H256) -> DispatchResultWithPostInfo {
    dispatch(worker(number), Call::withdraw_report { job })
}

/// Or a requester's own provider would report first, and withdraw when the others no longer can.
#[test]
fn nobody_withdraws_what_another_has_reported() {
    test(|| {
        let id = shared();
        assert_ok!(report(1, id));
        let until = Withheld::<Test>::get(id).expect("it is reported");
        next_block();
        assert_ok!(report(0, id));
        // The requester's time does not begin anew.
        assert_eq!(Withheld::<Test>::get(id), Some(until));
        assert_noop!(withdraw(2, id), Error::<Test>::NothingReported);
        assert_ok!(withdraw(1, id));
        assert_eq!(Withheld::<Test>::get(id), Some(until));
        run_to(until + 1);
        assert_ok!(close(id));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn a_report_that_is_withdrawn_covers_nobody() {
    test(|| {
        let id = shared();
        assert_ok!(report(1, id));
        assert_ok!(withdraw(1, id));
        assert!(!Withheld::<Test>::contains_key(id));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(doubles::Recorded::<Test>::get().len(), 3);
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// What follows upon a report is not undone.
#[test]
fn nothing_is_withdrawn_once_the_sealing_is_over() {
    test(|| {
        let id = shared();
        assert_ok!(report(1, id));
        let until = Withheld::<Test>::get(id).expect("it is reported");
        run_to(until + 1);
        assert_ok!(close(id));
        assert_noop!(withdraw(1, id), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn silence_without_a_report_is_evidence() {
    test(|| {
        let id = shared();
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        let recorded = doubles::Recorded::<Test>::get();
        assert_eq!(recorded.len(), 3);
        assert!(recorded.iter().all(|each| each.2 == Outcome::Failed));
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn a_report_comes_before_any_results() {
    test(|| {
        let id = shared();
        assert_ok!(seal_as(id, 0, &answers()));
        assert_noop!(report(1, id), Error::<Test>::TooLateToReport);
    });
}

/// The first file names the others, and does not show that they can be had.
#[test]
fn an_input_in_pieces_is_not_published() {
    let single = || {
        register_rooted(0, 100);
        sampled(0, 4, 2)
    };
    for begin in [single as fn() -> H256, shared] {
        test(|| {
            let id = begin();
            assert_ok!(report(0, id));
            let bytes = Default::default();
            assert_noop!(
                dispatch(requester(), Call::publish_input { job: id, bytes }),
                Error::<Test>::InputInPieces
            );
        });
    }
}

/// Each price is rounded up, and all of them together are no more than what is held.
#[test]
fn several_are_paid_in_an_asset_and_nothing_is_burned() {
    test(|| {
        list(3);
        for who in [treasury(), owner()] {
            give(&who, LEAST);
        }
        for number in 0..3 {
            // A third of 50 coins are 16, worth 48 tokens.
            register_rooted(number, 48);
            accept(number, 3);
        }
        // Three times 17 would be more than 50.
        register_rooted(3, 49);
        accept(3, 3);
        let input = rooted(BATCHES);
        let nonce = Nonces::<Test>::get(requester());
        let mode = Mode::Redundant { providers: 3 };
        let order = |max_price| Call::submit_order {
            model: model(),
            input: JobInput {
                locator: input.locator.clone(),
                commitments: crate::InputCommitments::Root {
                    batches: BATCHES,
                    root: input.root,
                },
            },
            mode,
            budget: Budget {
                currency: stable(),
                max_price,
            },
            deadline: System::block_number() + 200,
            placement: Assignment::Swarm.into(),
        };
        // Worth 147 tokens, where each of three must get 50 at least.
        assert_noop!(dispatch(requester(), order(49)), Error::<Test>::PriceTooLow);
        assert_ok!(dispatch(requester(), order(50)));
        let id = swarmwork_primitives::rooted_job_id(
            &requester(),
            nonce,
            &model(),
            &input.locator.content,
            BATCHES,
            &input.root,
            &mode,
        );
        run_to(System::block_number() + DRAW);
        let members = panel(id).members;
        assert!(members.iter().all(|member| member.price == 16));
        assert_eq!(held_coins(&requester()), 50);
        let tree = answers();
        answer_all(id, &[(0, &tree), (1, &tree), (2, &tree)]);
        assert_eq!(
            run_to_end(id),
            JobState::Agreed {
                price: 48,
                at: System::block_number()
            }
        );
        assert_eq!(held_coins(&requester()), 0);
        assert_eq!(coins(&requester()), COINS - 48);
        assert_eq!(doubles::Burned::<Test>::get(), 0);
        check_coins();
    });
}
