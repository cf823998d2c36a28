//! Which jobs are given to several providers, and to whom.

use crate::{
    mock::{panels::*, rooted::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_err, assert_noop, assert_ok};
use sp_core::H256;
use std::collections::BTreeSet;
use swarmwork_primitives::{
    Assignment, Budget, CancellationReason, JobState, Mode, PanelStage, Placement, RejectionCounts,
    Terms, MAX_ANSWERS, MAX_REDUNDANCY,
};

fn send(mode: Mode, max_price: Balance, duration: u64, to: Assignment<AccountId>) -> Call<Test> {
    Call::submit_rooted_job {
        model: model(),
        input: rooted(BATCHES),
        mode,
        max_price,
        deadline: System::block_number() + duration,
        assignment: to,
    }
}

const THREE: Mode = Mode::Redundant { providers: 3 };

#[test]
fn the_number_of_providers_is_odd_and_in_range() {
    test(|| {
        for providers in [0, 2, 4, MAX_REDUNDANCY + 1, MAX_REDUNDANCY + 2, u32::MAX] {
            assert_noop!(
                dispatch(
                    requester(),
                    send(
                        Mode::Redundant { providers },
                        10_000,
                        200,
                        Assignment::Swarm
                    )
                ),
                Error::<Test>::RedundancyOutOfRange
            );
        }
        for providers in [1, 3, 5] {
            let mode = Mode::Redundant { providers };
            assert_ok!(dispatch(
                requester(),
                send(mode, 10_000, 200, Assignment::Swarm)
            ));
        }
    });
}

/// Providers that the requester names could all be its own, and agree on anything.
#[test]
fn nobody_names_them() {
    test(|| {
        register_rooted(0, ASK);
        for mode in [THREE, Mode::Redundant { providers: 1 }] {
            let to = Assignment::Direct(provider(0));
            assert_noop!(
                dispatch(requester(), send(mode, 1_000, 200, to)),
                Error::<Test>::RedundantNeedsDraw
            );
        }
    });
}

#[test]
fn the_price_is_enough_for_each() {
    test(|| {
        assert_noop!(
            dispatch(requester(), send(THREE, 149, 200, Assignment::Swarm)),
            Error::<Test>::PriceTooLow
        );
        assert_ok!(dispatch(
            requester(),
            send(THREE, 150, 200, Assignment::Swarm)
        ));
    });
}

#[test]
fn a_deadline_leaves_time_for_everything() {
    test(|| {
        // The draw of an audit, its work, reveals after a delay, disputes, and a block for each of six
        // members and six stages.
        let panel = 7 + 12 + 2 + 6 + 10 + 6 + 6;
        assert_noop!(
            dispatch(
                requester(),
                send(THREE, 1_000, 10 + panel - 1, Assignment::Swarm)
            ),
            Error::<Test>::DeadlineTooSoon
        );
        assert_ok!(dispatch(
            requester(),
            send(THREE, 1_000, 10 + panel, Assignment::Swarm)
        ));
    });
}

#[test]
fn as_many_are_seated_as_are_asked_for() {
    test(|| {
        for number in 0..6 {
            register_rooted(number, ASK);
        }
        let id = submit_redundant(5, 5 * ASK, 200);
        run_to(START + DRAW);
        assert_eq!(
            job(id).state,
            JobState::Shared {
                price: 5 * ASK,
                at: START + DRAW
            }
        );
        let panel = panel(id);
        assert_eq!(panel.stage, PanelStage::Sealing { until: 201 - 49 });
        assert_eq!(panel.members.len(), 5);
        let names: BTreeSet<_> = panel.members.iter().map(|m| m.provider.clone()).collect();
        assert_eq!(names.len(), 5);
        for member in &panel.members {
            assert_eq!((member.price, member.collateral), (ASK, 2 * ASK));
            assert_eq!(Running::<Test>::get(&member.provider).to_vec(), vec![id]);
        }
        assert_eq!(Decided::<Test>::get(START), 5 * ASK);
        let assigned = events()
            .into_iter()
            .filter(|event| matches!(event, Event::JobAssigned { .. }));
        assert_eq!(assigned.count(), 5);
    });
}

/// Who asks more than its part is no candidate, though the job could pay it alone.
#[test]
fn each_asks_for_its_part_at_most() {
    test(|| {
        register_rooted(0, 333);
        register_rooted(1, 333);
        register_rooted(2, 334);
        let id = submit_redundant(3, 1_000, 200);
        run_to(START + DRAW);
        assert_eq!(job(id).state, JobState::Open);
        let rejected = RejectionCounts {
            too_expensive: 1,
            ..Default::default()
        };
        assert!(events().contains(&Event::NoProvider {
            job: id,
            rejected,
            redraw: Some(START + DRAW + 5),
        }));
    });
}

/// One seat that cannot be taken leaves the others free.
#[test]
fn all_seats_are_taken_or_none() {
    test(|| {
        for number in 0..3 {
            register_rooted(number, ASK);
        }
        doubles::Pallet::<Test>::change(&provider(1), |p| p.slippery = true);
        let id = submit_redundant(3, 1_000, 200);
        run_to(START + DRAW);
        assert_eq!(job(id).state, JobState::Open);
        assert_eq!(Running::<Test>::iter().count(), 0);
        assert_eq!(Panels::<Test>::iter().count(), 0);
        assert_eq!(Decided::<Test>::get(START), 0);
        let assigned = |event: &Event<Test>| matches!(event, Event::JobAssigned { .. });
        assert!(!events().iter().any(assigned));
        // And are taken by the next draw.
        doubles::Pallet::<Test>::change(&provider(1), |p| p.slippery = false);
        run_to(START + DRAW + 5 + DRAW);
        assert!(matches!(job(id).state, JobState::Shared { .. }));
    });
}

#[test]
fn who_takes_no_such_work_is_not_drawn() {
    test(|| {
        register_rooted(0, ASK);
        register_rooted(1, ASK);
        register(2, ASK);
        let id = submit_redundant(3, 1_000, 200);
        run_to(START + DRAW);
        assert_eq!(job(id).state, JobState::Open);
        // Nobody was found by the deadline.
        assert_eq!(
            run_to_end(id),
            JobState::Expired {
                provider: None,
                at: START + 201
            }
        );
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn a_window_decides_on_no_more_than_it_may() {
    test(|| {
        for number in 0..6 {
            register_rooted(number, ASK);
        }
        MaxDrawn::set(1_500);
        let (first, second) = (
            submit_redundant(3, 1_000, 200),
            submit_redundant(3, 1_000, 200),
        );
        run_to(START + DRAW);
        assert!(matches!(job(first).state, JobState::Shared { .. }));
        assert_eq!(job(second).state, JobState::Open);
        assert!(events()
            .iter()
            .any(|event| matches!(event, Event::DrawPutOff { job, .. } if *job == second)));
    });
}

/// One output's author would choose all of them, bidders know each other, and none waits for another.
#[test]
fn several_are_neither_drawn_fast_nor_auctioned_nor_made_to_start() {
    test(|| {
        let input = rooted(BATCHES);
        let order = |assignment, terms| Call::submit_order {
            model: model(),
            input: crate::JobInput {
                locator: input.locator.clone(),
                commitments: crate::InputCommitments::Root {
                    batches: BATCHES,
                    root: input.root,
                },
            },
            mode: THREE,
            budget: Budget {
                currency: NATIVE,
                max_price: 1_000,
            },
            deadline: START + 300,
            placement: Placement { assignment, terms },
        };
        let plain = Terms::default;
        let fast = Terms {
            fast: true,
            ..plain()
        };
        let start = Terms {
            start_within: Some(5),
            ..plain()
        };
        let auction = Assignment::Auction { blocks: 10 };
        for (to, terms, error) in [
            (Assignment::Swarm, fast, Error::<Test>::RedundantNeedsDraw),
            (auction, plain(), Error::RedundantNeedsDraw),
            (Assignment::Swarm, start, Error::StartNeedsOneProvider),
        ] {
            assert_noop!(dispatch(requester(), order(to, terms)), error);
        }
        assert_ok!(dispatch(requester(), order(Assignment::Swarm, plain())));
    });
}

/// What one provider does alone with its job, none of several does.
#[test]
fn it_is_nobodys_alone() {
    test(|| {
        let id = shared();
        let tree = results(BATCHES);
        assert_noop!(commit(id, 0, &tree), Error::<Test>::SeveralProviders);
        assert_noop!(
            challenge(account(3), id, 0),
            Error::<Test>::SeveralProviders
        );
        assert_noop!(
            open(0, vec![opening(id, 0, 0, &tree)]),
            refusal(0, Error::<Test>::SeveralProviders)
        );
        assert_noop!(prove(id, 0, 0), Error::<Test>::SeveralProviders);
        assert_noop!(
            dispatch(requester(), Call::cancel_job { job: id }),
            Error::<Test>::SeveralProviders
        );
        use swarmwork_primitives::Jobs as _;
        assert!(Marketplace::work(&id, &provider(0)).is_none());
    });
}

/// The answers of all are stored until it is settled: there are not too many.
#[test]
fn it_has_a_bounded_number_of_batches() {
    test(|| {
        for (batches, fits) in [(MAX_ANSWERS, true), (MAX_ANSWERS + 1, false)] {
            let mut input = rooted(1);
            input.batches = batches;
            let sent = dispatch(
                requester(),
                Call::submit_rooted_job {
                    model: model(),
                    input,
                    mode: THREE,
                    max_price: 1_000,
                    deadline: START + 200,
                    assignment: Assignment::Swarm,
                },
            );
            if fits {
                assert_ok!(sent);
            } else {
                assert_err!(
                    sent.map_err(|failed| failed.error),
                    Error::<Test>::TooManyBatches
                );
            }
        }
    });
}

#[test]
fn an_open_one_can_be_withdrawn() {
    test(|| {
        let id = submit_redundant(3, 1_000, 200);
        assert_ok!(dispatch(requester(), Call::cancel_job { job: id }));
        // It might have been drawn for.
        assert_eq!(free(&requester()), FUNDS - 10);
        run_to(START + DRAW + 1);
        assert_eq!(
            job(id).state,
            JobState::Cancelled {
                provider: None,
                why: CancellationReason::Withdrawn,
                paid: 10,
                at: START
            }
        );
    });
}

#[test]
fn a_job_without_panel_has_nothing_sealed() {
    test(|| {
        register_rooted(0, ASK);
        let single = optimistic(0, BATCHES);
        let none = H256::repeat_byte(9);
        let tree = answers();
        assert_noop!(seal_as(none, 0, &tree), Error::<Test>::JobUnknown);
        assert_noop!(seal_as(single, 0, &tree), Error::<Test>::NoPanel);
        assert_noop!(reveal_as(single, 0, &tree), Error::<Test>::NoPanel);
        assert_noop!(dispute(dispute_of(single, 0, 0), 0), Error::<Test>::NoPanel);
    });
}
