//! What requesters ask beyond a price: requirements, fast draws, priorities; and what a draw is made
//! by that nobody can change once its seed may be known.

use crate::{
    matching::Wanted, mock::*, pallet::*, Error, Event, InputCommitments, JobInput, Lottery,
    ScoreParameters,
};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_core::H256;
use sp_runtime::{DispatchError, Permill};
use swarmwork_primitives::{
    Assignment, Budget, Demand, JobState, Mode, Needs, Placement, Priority, Region,
    RejectionCounts, Requirements, Terms,
};

fn must(hard: Needs) -> Terms {
    Terms {
        requirements: Requirements {
            hard,
            ..Default::default()
        },
        ..Default::default()
    }
}

fn memory(gpu_memory_mib: u32) -> Needs {
    Needs {
        gpu_memory_mib,
        ..Default::default()
    }
}

fn regions(codes: &[&[u8; 2]]) -> Needs {
    Needs {
        regions: BoundedVec::truncate_from(codes.iter().map(|code| Region(**code)).collect()),
        ..Default::default()
    }
}

fn change(number: u8, change: impl FnOnce(&mut doubles::Provider)) {
    doubles::Pallet::<Test>::change(&provider(number), change);
}

fn fast() -> Terms {
    Terms {
        fast: true,
        ..Default::default()
    }
}

fn priority(priority: Priority) -> Terms {
    Terms {
        priority,
        ..Default::default()
    }
}

/// How the only draw since the last look failed.
fn rejections() -> RejectionCounts {
    let mut found = events().into_iter().filter_map(|event| match event {
        Event::NoProvider { rejected, .. } => Some(rejected),
        _ => None,
    });
    let rejected = found.next().expect("a draw found nobody");
    assert!(found.next().is_none());
    rejected
}

#[test]
fn whoever_lacks_what_a_job_must_have_is_not_drawn() {
    test(|| {
        for number in 0..3 {
            register(number, 100);
        }
        change(1, |p| p.gpu_memory_mib = 24_576);
        change(2, |p| p.gpu_memory_mib = 24_575);
        let ids: Vec<_> = (0..3)
            .map(|_| submit_with(1, 1_000, Assignment::Swarm, must(memory(24_576))))
            .collect();
        run_to(8);
        for id in ids {
            assert_eq!(holder(id), Some(provider(1)));
        }
    });
}

#[test]
fn each_lack_is_counted_by_its_name() {
    test(|| {
        for number in 0..3 {
            register(number, 100);
        }
        change(0, |p| p.region = Some(Region(*b"DE")));
        change(1, |p| {
            p.gpu_memory_mib = 2;
            p.region = Some(Region(*b"US"));
        });
        change(2, |p| {
            p.gpu_memory_mib = 2;
            p.region = Some(Region(*b"FR"));
        });
        doubles::Scores::<Test>::insert(provider(1), Permill::one());
        let wanted = Needs {
            gpu_memory_mib: 2,
            reputation: Permill::from_percent(1),
            ..regions(&[b"DE", b"FR"])
        };
        submit_with(1, 1_000, Assignment::Swarm, must(wanted));
        events();
        run_to(8);
        let expected = RejectionCounts {
            memory: 1,
            region: 1,
            reputation: 1,
            ..Default::default()
        };
        assert_eq!(rejections(), expected);
    });
}

#[test]
fn a_named_provider_must_have_it_too() {
    test(|| {
        register(0, 100);
        let named = |hard| order(1, 1_000, Assignment::Direct(provider(0)), must(hard));
        let refused = |hard, error: Error<Test>| {
            assert_noop!(dispatch(requester(), named(hard)), error);
        };
        refused(memory(1), Error::ProviderLacksMemory);
        refused(regions(&[b"DE"]), Error::ProviderElsewhere);
        let lacks = |change: fn(&mut Needs)| {
            let mut needs = Needs::default();
            change(&mut needs);
            needs
        };
        refused(
            lacks(|n| n.class = swarmwork_primitives::ComputeClass::Consumer),
            Error::ProviderClassTooLow,
        );
        refused(
            lacks(|n| n.tier = swarmwork_primitives::Tier::Validator),
            Error::ProviderTierTooLow,
        );
        refused(
            lacks(|n| n.enclaves = swarmwork_primitives::Enclaves(1)),
            Error::ProviderLacksEnclave,
        );
        refused(
            lacks(|n| n.reputation = Permill::from_parts(1)),
            Error::ProviderReputationTooLow,
        );
        // The threshold is for draws, and so is the freeze.
        Scoring::<Test>::put(ScoreParameters {
            threshold: Permill::one(),
            ..Default::default()
        });
        change(0, |p| p.settled = 0);
        assert_ok!(dispatch(requester(), named(Needs::default())));
    });
}

#[test]
fn preferences_raise_a_score_and_reject_nobody() {
    test(|| {
        register(0, 100);
        register(1, 100);
        change(1, |p| p.gpu_memory_mib = 8);
        let scores = |requirements: Requirements| {
            [0, 1].map(|number| {
                let demand = Demand {
                    macs: 1_000_000_000,
                    max_price: 1_000,
                    attested: true,
                    agreed: None,
                };
                let wanted = Wanted::<Test>::new(Mode::Proven, demand, requirements.clone());
                let judged = Marketplace::judge(&provider(number), &wanted);
                judged.map(|candidate| candidate.score.deconstruct()).ok()
            })
        };
        let prefers = Requirements {
            soft: memory(8),
            ..Default::default()
        };
        assert_eq!(scores(Requirements::default()), [Some(0), Some(0)]);
        assert_eq!(scores(prefers.clone()), [Some(0), Some(250_000)]);
        // What counts is a parameter: the price, say.
        Scoring::<Test>::put(ScoreParameters {
            reputation: 0,
            fit: 0,
            price: 1,
            ..Default::default()
        });
        assert_eq!(scores(prefers), [Some(900_000), Some(900_000)]);
        // Or how many places are free.
        Scoring::<Test>::put(ScoreParameters {
            reputation: 0,
            spare: 1,
            ..Default::default()
        });
        assigned(1, 1, 1_000);
        let expected = [Some(1_000_000), Some(666_666)];
        assert_eq!(scores(Requirements::default()), expected);
        // Of as many as it has, not as anybody may.
        doubles::Pallet::<Test>::change(&provider(1), |p| p.capacity = 2);
        let expected = [Some(1_000_000), Some(500_000)];
        assert_eq!(scores(Requirements::default()), expected);
    });
}

#[test]
fn whoever_is_below_the_threshold_is_not_drawn() {
    test(|| {
        register(0, 100);
        let parameters = ScoreParameters {
            threshold: Permill::from_percent(40),
            ..Default::default()
        };
        assert_ok!(Marketplace::set_scoring(RuntimeOrigin::root(), parameters));
        assert_eq!(events(), vec![Event::ScoringSet { parameters }]);
        submit(1, 1_000, 100, Assignment::Swarm);
        events();
        run_to(8);
        assert_eq!(rejections().reputation, 1);
        doubles::Scores::<Test>::insert(provider(0), Permill::from_percent(40));
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(15);
        assert_eq!(holder(id), Some(provider(0)));
    });
}

#[test]
fn only_the_privileged_origin_says_what_counts_and_something_must() {
    test(|| {
        let parameters = ScoreParameters::default();
        assert_noop!(
            Marketplace::set_scoring(RuntimeOrigin::signed(requester()), parameters),
            DispatchError::BadOrigin
        );
        let empty = ScoreParameters {
            reputation: 0,
            ..parameters
        };
        assert_noop!(
            Marketplace::set_scoring(RuntimeOrigin::root(), empty),
            Error::<Test>::ScoringEmpty
        );
    });
}

#[test]
fn a_fast_draw_is_made_by_one_output_two_blocks_after() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        run_to(10);
        let ids = [0, 1].map(|_| submit_with(1, 1_000, Assignment::Swarm, fast()));
        run_to(11);
        assert!(ids.iter().all(|id| holder(*id).is_none()));
        run_to(12);
        for id in ids {
            let mut lottery = Lottery::new(&id, &[output_of(11)]);
            let mut candidates = lottery.sample(8, 16);
            let chosen = lottery
                .choose(&[Permill::zero(); 8])
                .expect("there are candidates");
            let number = candidates.swap_remove(chosen) as u8;
            assert_eq!(holder(id), Some(provider(number)));
        }
        assert_eq!(FastWindows::<Test>::iter().count(), 0);
        assert_eq!(Queued::<Test>::iter().count(), 0);
    });
}

#[test]
fn a_late_fast_draw_uses_the_same_output() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        run_to(10);
        // Cheaper than anybody works for; three are served in a block.
        for _ in 0..6 {
            submit_with(1, 60, Assignment::Swarm, fast());
        }
        let id = submit_with(1, 1_000, Assignment::Swarm, fast());
        run_to(13);
        assert_eq!(holder(id), None);
        next_block();
        let mut lottery = Lottery::new(&id, &[output_of(11)]);
        let mut candidates = lottery.sample(8, 16);
        let chosen = lottery
            .choose(&[Permill::zero(); 8])
            .expect("there are candidates");
        let number = candidates.swap_remove(chosen) as u8;
        assert_eq!(holder(id), Some(provider(number)));
    });
}

#[test]
fn one_output_decides_on_less_and_later_fast_jobs_are_put_off() {
    test(|| {
        MaxFastDrawn::set(300);
        for number in 0..3 {
            register(number, 100);
        }
        run_to(10);
        // Each costs 100, and might 150.
        let ids: Vec<_> = (0..3)
            .map(|_| submit_with(1, 150, Assignment::Swarm, fast()))
            .collect();
        events();
        run_to(12);
        let made = || ids.iter().filter(|id| holder(**id).is_some()).count();
        assert_eq!(made(), 2);
        assert!(events().contains(&Event::DrawPutOff {
            job: ids[2],
            redraw: Some(17)
        }));
        // Its next draw is an ordinary one.
        run_to(24);
        assert_eq!(made(), 3);
    });
}

#[test]
fn fast_draws_are_no_evidence() {
    test(|| {
        register(0, 100);
        let id = submit_with(1, 1_000, Assignment::Swarm, fast());
        run_to(3);
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn a_fee_is_burned_to_be_drawn_before_those_that_came_earlier() {
    test(|| {
        for number in 0..5 {
            register(number, 100);
        }
        let crowd: Vec<_> = (0..12)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        run_to(2);
        let before = free(&requester());
        let first = submit_with(1, 1_000, Assignment::Swarm, priority(Priority::High));
        assert_eq!(free(&requester()), before - 1_000 - 20);
        assert_eq!(doubles::Burned::<Test>::get(), 20);
        let made = || crowd.iter().filter(|id| holder(**id).is_some()).count();
        run_to(8);
        assert_eq!((made(), holder(first)), (4, None));
        run_to(9);
        assert_eq!((made(), holder(first).is_some()), (7, true));
        run_to(11);
        assert_eq!(made(), 12);
    });
}

/// A fee buys a head start and no more: whoever has waited for longer than that goes first.
#[test]
fn nobody_waits_for_ever_behind_those_who_pay() {
    test(|| {
        PriorityAge::set(1);
        for number in 0..9 {
            register(number, 100);
        }
        let crowd: Vec<_> = (0..16)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        run_to(3);
        let [high, urgent] = [Priority::High, Priority::Urgent]
            .map(|level| submit_with(1, 1_000, Assignment::Swarm, priority(level)));
        let made = || crowd.iter().filter(|id| holder(**id).is_some()).count();
        // Four blocks ahead is before the crowd of block 1, one block is not.
        run_to(10);
        assert_eq!((made(), holder(urgent).is_some()), (11, true));
        assert_eq!(holder(high), None);
        run_to(12);
        assert_eq!((made(), holder(high).is_some()), (16, true));
        assert_eq!(doubles::Burned::<Test>::get(), 20 + 80);
        assert_eq!(Queued::<Test>::iter().count(), 0);
    });
}

#[test]
fn windows_that_share_an_output_decide_on_no_more_for_a_fee() {
    test(|| {
        MaxDrawn::set(300);
        for number in 0..3 {
            register(number, 100);
        }
        let crowd: Vec<_> = (0..6)
            .map(|_| submit(1, 150, 200, Assignment::Swarm))
            .collect();
        run_to(2);
        submit_with(1, 150, Assignment::Swarm, priority(Priority::Urgent));
        // The invariants hold after every block: see what was decided on.
        run_to(200);
        assert!(crowd.iter().any(|id| holder(*id).is_some()));
    });
}

#[test]
fn whoever_has_just_changed_something_is_not_drawn() {
    for (settled, drawn) in [(11, false), (12, true)] {
        test(|| {
            register(0, 100);
            // A round before the first output, and six blocks of them until the draw.
            change(0, |p| p.settled = settled);
            let id = submit(1, 1_000, 100, Assignment::Swarm);
            events();
            run_to(8);
            assert_eq!(holder(id).is_some(), drawn);
            if !drawn {
                assert_eq!(rejections().unsettled, 1);
            }
        });
    }
}

/// Were later ones in the draw, their number would be chosen by whoever knows the seed.
#[test]
fn whoever_comes_after_the_job_is_not_in_its_first_draw() {
    test(|| {
        register(0, 2_000);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        events();
        next_block();
        register(1, 100);
        run_to(8);
        assert_eq!(holder(id), None);
        let expected = RejectionCounts {
            too_expensive: 1,
            ..Default::default()
        };
        assert_eq!(rejections(), expected);
        run_to(20);
        assert_eq!(holder(id), Some(provider(1)));
    });
}

/// Who goes has another moved to its index: not in a draw whose seed may have been known by then.
#[test]
fn an_index_is_whose_it_was_before_the_outputs() {
    // The draw is made six blocks after the first that could be acted on.
    for (ago, drawn) in [(6, true), (7, false)] {
        test(|| {
            register(0, 2_000);
            let id = submit(1, 1_000, 100, Assignment::Swarm);
            next_block();
            // Beyond the indices of the draw by itself.
            register(1, 100);
            doubles::Before::<Test>::insert(0, (ago, provider(1)));
            events();
            run_to(8);
            assert_eq!(holder(id).is_some(), drawn);
            if !drawn {
                assert_eq!(rejections().too_expensive, 1);
            }
        });
    }
}

#[test]
fn terms_that_make_no_sense_are_refused() {
    test(|| {
        register(0, 100);
        let refused = |assignment, terms, error: Error<Test>| {
            let call = order(1, 1_000, assignment, terms);
            assert_noop!(dispatch(requester(), call), error);
        };
        let (swarm, named) = (Assignment::Swarm, Assignment::Direct(provider(0)));
        refused(
            swarm.clone(),
            must(regions(&[b"FR", b"DE"])),
            Error::MalformedRequirements,
        );
        let soft = Terms {
            requirements: Requirements {
                soft: regions(&[b"d1"]),
                ..Default::default()
            },
            ..Default::default()
        };
        refused(swarm.clone(), soft, Error::MalformedRequirements);
        refused(named.clone(), fast(), Error::FastNeedsDraw);
        refused(named, priority(Priority::High), Error::PriorityNeedsDraw);
        let both = Terms {
            fast: true,
            ..priority(Priority::Urgent)
        };
        refused(swarm.clone(), both, Error::PriorityNeedsDraw);
        let hasty = Terms {
            start_within: Some(2),
            ..Default::default()
        };
        refused(swarm, hasty, Error::StartTooSoon);
        for blocks in [3, 101] {
            refused(
                Assignment::Auction { blocks },
                Terms::default(),
                Error::AuctionBlocksOutOfRange,
            );
        }
    });
}

#[test]
fn a_priority_that_cannot_be_paid_is_refused() {
    test(|| {
        let all = free(&requester()) - EXISTENTIAL;
        let call = |max_price| {
            let terms = priority(Priority::Urgent);
            dispatch(requester(), order(1, max_price, Assignment::Swarm, terms))
        };
        assert_noop!(call(all - 79), Error::<Test>::InsufficientBalance);
        assert_ok!(call(all - 80));
    });
}

#[test]
fn an_order_is_in_any_mode_that_fits_its_input() {
    test(|| {
        register(0, 100);
        let order = |commitments, mode| Call::submit_order {
            model: model(),
            input: JobInput {
                locator: input(),
                commitments,
            },
            mode,
            budget: Budget {
                currency: NATIVE,
                max_price: 1_000,
            },
            deadline: START + 900,
            placement: Placement::from(Assignment::Swarm),
        };
        let root = InputCommitments::Root {
            batches: 5,
            root: H256::repeat_byte(9),
        };
        let listed = InputCommitments::Listed(commitments(2));
        assert_noop!(
            dispatch(requester(), order(listed.clone(), Mode::Optimistic)),
            Error::<Test>::ModeNeedsOtherCommitments
        );
        assert_ok!(dispatch(requester(), order(root, Mode::Optimistic)));
        assert_ok!(dispatch(requester(), order(listed, Mode::Proven)));
        assert_eq!(Jobs::<Test>::iter().count(), 2);
        // Nothing is kept of terms that say nothing.
        assert_eq!(Specials::<Test>::iter().count(), 0);
    });
}
