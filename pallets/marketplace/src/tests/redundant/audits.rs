//! Audits: drawn after the results are sealed, done without seeing them, and no one's to command.

use crate::{
    mock::{panels::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, Permill};
use swarmwork_primitives::{
    Answers, JobState, Outcome, PanelStage, ProviderStanding, RejectionCounts, SlashReason,
};

/// A job whose three providers have sealed these trees, by place, and its auditor's number.
fn audited(trees: [&Answers; 3]) -> (H256, [u8; 3], u8) {
    audit_all();
    let id = drawn_of_three();
    let members = numbers(id);
    for (number, tree) in members.iter().zip(trees) {
        assert_ok!(seal_as(id, *number, tree));
    }
    assert!(matches!(panel(id).stage, PanelStage::Drawing { .. }));
    run_to(System::block_number() + DRAW);
    let auditor = *numbers(id).last().expect("there are members");
    assert!(!members.contains(&auditor));
    let members = members.try_into().expect("three");
    (id, members, auditor)
}

/// All of the panel, the auditor with this tree, show what they have sealed.
fn reveal_all(id: H256, members: [u8; 3], trees: [&Answers; 3], auditor: (u8, &Answers)) {
    assert_ok!(seal_as(id, auditor.0, auditor.1));
    run_to_reveals(id);
    for (number, tree) in members.into_iter().zip(trees) {
        assert_ok!(reveal_as(id, number, tree));
    }
    assert_ok!(reveal_as(id, auditor.0, auditor.1));
    events();
}

#[test]
fn the_share_is_set_by_its_origin_and_within_its_bound() {
    test(|| {
        let ten = Permill::from_percent(10);
        assert_noop!(
            set_share(RuntimeOrigin::signed(requester()), ten),
            DispatchError::BadOrigin
        );
        assert_noop!(
            set_share(RuntimeOrigin::root(), Permill::from_parts(100_001)),
            Error::<Test>::AuditShareTooLarge
        );
        assert_eq!(Marketplace::audit_share(), Permill::zero());
        assert_ok!(set_share(RuntimeOrigin::root(), ten));
        assert_eq!(Marketplace::audit_share(), ten);
        assert_eq!(events(), vec![Event::AuditShareSet { share: ten }]);
    });
}

#[test]
fn an_auditor_that_agrees_is_paid_by_the_treasury() {
    test(|| {
        let tree = answers();
        let trees = [&tree; 3];
        let (id, members, auditor) = audited(trees);
        let stage = panel(id).stage;
        let until = System::block_number() + 12;
        assert_eq!(stage, PanelStage::Auditing { until });
        let drawn = Event::AuditorDrawn {
            job: id,
            auditor: provider(auditor),
            until,
        };
        assert!(events().contains(&drawn));
        assert_eq!(Running::<Test>::get(provider(auditor)).to_vec(), vec![id]);
        reveal_all(id, members, trees, (auditor, &tree));
        let (paid, treasury_had) = (free(&provider(auditor)), free(&treasury()));
        let ended = run_to_end(id);
        // The requester pays for three.
        assert!(matches!(ended, JobState::Agreed { price, .. } if price == 3 * ASK));
        assert_eq!(free(&requester()), FUNDS - 3 * ASK);
        assert_eq!(free(&provider(auditor)) - paid, ASK);
        assert_eq!(treasury_had + 3 * 30 - free(&treasury()), ASK);
        // And credit goes to the three, whose burn it is.
        assert!(!doubles::Settlements::<Test>::get()[0]
            .1
            .contains(&provider(auditor)));
        let evidence = doubles::Recorded::<Test>::get();
        assert!(evidence.contains(&(provider(auditor), requester(), Outcome::Succeeded, 15)));
    });
}

/// Nobody works more carefully because it is audited.
#[test]
fn it_is_drawn_after_the_results_are_sealed() {
    test(|| {
        audit_all();
        let id = drawn_of_three();
        let tree = answers();
        let members = numbers(id);
        run_to(System::block_number() + 20);
        assert_eq!(numbers(id), members);
        for number in &members {
            assert_ok!(seal_as(id, *number, &tree));
        }
        let since = System::block_number();
        assert_eq!(panel(id).stage, PanelStage::Drawing { since });
        assert_noop!(
            reveal_as(id, members[0], &tree),
            Error::<Test>::TooEarlyToReveal
        );
        assert_noop!(seal_as(id, members[0], &tree), Error::<Test>::SealingOver);
        run_to(since + DRAW - 1);
        assert_eq!(numbers(id).len(), 3);
        next_block();
        assert_eq!(numbers(id).len(), 4);
    });
}

/// While the auditor works nothing is shown to it; what was sealed it can copy, and not reveal.
#[test]
fn an_auditor_that_echoes_is_caught() {
    test(|| {
        let tree = answers();
        let (id, members, auditor) = audited([&tree; 3]);
        assert_noop!(
            reveal_as(id, members[0], &tree),
            Error::<Test>::TooEarlyToReveal
        );
        let copied = panel(id).members[0].sealed.expect("it has sealed");
        assert_ok!(seal_hash(id, copied, auditor));
        run_to_reveals(id);
        for number in members {
            assert_ok!(reveal_as(id, number, &tree));
        }
        let echo = Call::reveal_results {
            job: id,
            answers: tree.clone(),
            list: LIST,
            salt: salt(members[0]),
        };
        assert_noop!(
            dispatch(worker(auditor), echo),
            Error::<Test>::NotWhatWasSealed
        );
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert!(ends().contains(&(auditor, 0, 2 * ASK)));
    });
}

/// Those that collude tell who audits them what they answered, and it seals the same: anybody who
/// looks proves all of them wrong.
#[test]
fn an_auditor_that_colludes_is_proven_wrong_with_those_it_echoes() {
    test(|| {
        let wrong = wrong_answers(7, 1);
        let trees = [&wrong; 3];
        let (id, members, auditor) = audited(trees);
        reveal_all(id, members, trees, (auditor, &wrong));
        rooted::register_rooted(5, ASK);
        let before = free(&provider(5));
        assert_ok!(dispute(dispute_of(id, 7, 5), 5));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        let all = members.into_iter().chain([auditor]);
        let mut lost: Vec<_> = all.map(|number| (number, 0, 2 * ASK)).collect();
        lost.sort_unstable();
        assert_eq!(ends(), lost);
        let reasons = doubles::Slashed::<Test>::get();
        let reasons: Vec<_> = reasons.into_iter().map(|(_, _, reason)| reason).collect();
        assert_eq!(reasons, vec![SlashReason::Forgery; 4]);
        // Half of what the four lose is not burned, and half of that is the outsider's.
        assert_eq!(free(&provider(5)) - before, 4 * 2 * ASK / 4);
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn members_do_not_seal_again_while_the_auditor_works() {
    test(|| {
        let tree = answers();
        audit_all();
        let id = drawn_of_three();
        let members = numbers(id);
        assert_ok!(seal_as(id, members[0], &tree));
        assert_ok!(seal_as(id, members[1], &tree));
        // The third has missed its time.
        while !matches!(panel(id).stage, PanelStage::Auditing { .. }) {
            next_block();
        }
        assert_noop!(seal_as(id, members[2], &tree), Error::<Test>::SealingOver);
        let auditor = numbers(id)[3];
        assert_ok!(seal_as(id, auditor, &tree));
        assert!(matches!(panel(id).stage, PanelStage::Revealing { .. }));
    });
}

#[test]
fn an_auditor_that_is_silent_only_misses() {
    test(|| {
        let tree = answers();
        let (id, members, auditor) = audited([&tree; 3]);
        let PanelStage::Auditing { until } = panel(id).stage else {
            panic!("nobody audits");
        };
        run_to(until);
        System::set_block_number(until + 1);
        assert_noop!(seal_as(id, auditor, &tree), Error::<Test>::SealingOver);
        System::set_block_number(until);
        run_to_reveals(id);
        for number in members {
            assert_ok!(reveal_as(id, number, &tree));
        }
        events();
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert!(!ends().iter().any(|(number, ..)| *number == auditor));
        assert!(doubles::Recorded::<Test>::get().contains(&(
            provider(auditor),
            requester(),
            Outcome::Failed,
            15
        )));
        assert_eq!(free(&treasury()), FUNDS + 3 * 30);
    });
}

/// It says that the others are wrong, and does not show it: else laziness would cost nothing.
#[test]
fn an_auditor_that_differs_and_proves_nothing_loses_its_collateral() {
    test(|| {
        let (tree, wrong) = (answers(), wrong_answers(7, 1));
        let trees = [&tree; 3];
        let (id, members, auditor) = audited(trees);
        reveal_all(id, members, trees, (auditor, &wrong));
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert!(ends().contains(&(auditor, 0, 2 * ASK)));
        assert!(doubles::Slashed::<Test>::get().contains(&(
            provider(auditor),
            2 * ASK,
            SlashReason::Unproven
        )));
    });
}

/// All three collude, and one proof of who was drawn overturns them.
#[test]
fn an_auditor_overturns_all_others() {
    test(|| {
        let (tree, wrong) = (answers(), wrong_answers(7, 1));
        let trees = [&wrong; 3];
        let (id, members, auditor) = audited(trees);
        reveal_all(id, members, trees, (auditor, &tree));
        let before = free(&provider(auditor));
        assert_ok!(dispute(dispute_of(id, 7, auditor), auditor));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        // Of three times 600, half is not burned, and half of that is its.
        assert_eq!(free(&provider(auditor)) - before, 3 * 2 * ASK / 4);
        assert_eq!(doubles::Slashed::<Test>::get().len(), 3);
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// One alone is a majority of one: unless somebody looks, and proves that it is wrong.
#[test]
fn one_provider_alone_is_audited() {
    for honest in [true, false] {
        test(|| {
            audit_all();
            let id = submit_redundant(1, 1_000, 200);
            run_to(System::block_number() + DRAW);
            let said = if honest {
                answers()
            } else {
                wrong_answers(7, 1)
            };
            let member = numbers(id)[0];
            assert_ok!(seal_as(id, member, &said));
            run_to(System::block_number() + DRAW);
            let auditor = numbers(id)[1];
            assert_ok!(seal_as(id, auditor, &answers()));
            run_to_reveals(id);
            assert_ok!(reveal_as(id, member, &said));
            assert_ok!(reveal_as(id, auditor, &answers()));
            events();
            if honest {
                assert!(matches!(run_to_end(id), JobState::Agreed { price, .. } if price == ASK));
                let mut paid = vec![(member, 240, 0), (auditor, ASK, 0)];
                paid.sort_unstable();
                assert_eq!(ends(), paid);
            } else {
                assert_ok!(dispute(dispute_of(id, 7, auditor), auditor));
                assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
                assert_eq!(ends(), vec![(member, 0, 2 * ASK)]);
                assert_eq!(free(&requester()), FUNDS);
            }
        });
    }
}

/// With a proof it decides, and with its word alone it does not: it makes no majority.
#[test]
fn an_auditor_does_not_vote() {
    test(|| {
        let (tree, other) = (answers(), wrong_answers(7, 1));
        let third = wrong_answers(8, 1);
        let trees = [&tree, &other, &third];
        let (id, members, auditor) = audited(trees);
        reveal_all(id, members, trees, (auditor, &tree));
        assert!(matches!(run_to_end(id), JobState::Undecided { .. }));
        assert_eq!(ends(), vec![]);
    });
}

#[test]
fn who_has_no_standing_does_not_audit() {
    test(|| {
        let tree = answers();
        audit_all();
        for number in 0..4 {
            let standing = ProviderStanding::Reliable;
            doubles::Standings::<Test>::insert(provider(number), standing);
        }
        let id = drawn_of_three();
        for number in numbers(id) {
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to(System::block_number() + DRAW);
        assert_eq!(numbers(id).len(), 3);
        let rejected = RejectionCounts {
            standing: 1,
            ..Default::default()
        };
        assert!(events().contains(&Event::NoAuditor { job: id, rejected }));
        assert!(matches!(panel(id).stage, PanelStage::Revealing { .. }));
    });
}

/// The rate is the job's own: who asks for more than any of its providers is not drawn.
#[test]
fn an_auditor_costs_no_more_than_a_member() {
    test(|| {
        let tree = answers();
        audit_all();
        let id = drawn_of_three();
        let members = numbers(id);
        let left = (0..4).find(|n| !members.contains(n)).expect("four");
        doubles::Pallet::<Test>::change(&provider(left), |p| p.ask = ASK + 1);
        for number in members {
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to(System::block_number() + DRAW);
        let rejected = RejectionCounts {
            too_expensive: 1,
            ..Default::default()
        };
        assert!(events().contains(&Event::NoAuditor { job: id, rejected }));
    });
}

#[test]
fn the_requester_does_not_audit_its_own_job() {
    test(|| {
        let tree = answers();
        audit_all();
        let id = drawn_of_three();
        for number in 0..4 {
            doubles::Standings::<Test>::remove(provider(number));
        }
        doubles::Pallet::<Test>::register(
            requester(),
            doubles::Provider {
                worker: account(77),
                ask: ASK,
                bond: 1_000_000,
                ..Default::default()
            },
        );
        RootedWork::<Test>::insert(requester(), ());
        doubles::Standings::<Test>::insert(requester(), ProviderStanding::Distinguished);
        for number in numbers(id) {
            assert_ok!(seal_as(id, number, &tree));
        }
        run_to(System::block_number() + DRAW);
        // Of its members nobody is asked, nor is the requester: there is one other.
        let rejected = RejectionCounts {
            standing: 1,
            ..Default::default()
        };
        assert!(events().contains(&Event::NoAuditor { job: id, rejected }));
    });
}

#[test]
fn without_a_share_nothing_is_audited() {
    test(|| {
        audit_all();
        AuditShare::<Test>::put(Permill::zero());
        let tree = answers();
        let id = drawn_of_three();
        for number in numbers(id) {
            assert_ok!(seal_as(id, number, &tree));
        }
        assert!(matches!(panel(id).stage, PanelStage::Revealing { .. }));
    });
}

/// About a tenth of the jobs, where that is the share: the lottery says which.
#[test]
fn a_share_is_a_share() {
    use crate::Lottery;
    let tenth = u64::from(Permill::from_percent(10).deconstruct());
    let outputs = [H256::repeat_byte(7); 6];
    let audited = (0..20_000u64)
        .filter(|job| {
            Lottery::of_audit(&H256::from_low_u64_be(*job), &outputs)
                .below(u64::from(Permill::one().deconstruct()))
                < tenth
        })
        .count();
    // Expectation 2000, standard deviation about 42.
    assert!((1_790..2_210).contains(&audited), "{audited}");
}

/// No end of a job depends on what the treasury has.
#[test]
fn a_treasury_that_cannot_pay_holds_nothing_up() {
    test(|| {
        let tree = answers();
        let trees = [&tree; 3];
        let (id, members, auditor) = audited(trees);
        use frame_support::traits::{fungible::Mutate, tokens::Preservation};
        assert_ok!(<Balances as Mutate<_>>::transfer(
            &treasury(),
            &account(3),
            FUNDS - EXISTENTIAL,
            Preservation::Preserve
        ));
        reveal_all(id, members, trees, (auditor, &tree));
        assert!(matches!(run_to_end(id), JobState::Agreed { .. }));
        assert!(events().contains(&Event::AuditorPaid {
            job: id,
            auditor: provider(auditor),
            amount: 0,
        }));
    });
}
