//! The draw: when, from what, among whom, and what happens when nobody fits.

use crate::{mock::*, pallet::*, types::Agenda, Event, Lottery};
use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::Permill;
use std::collections::BTreeMap;
use swarmwork_primitives::{Assignment, JobState, RejectionCounts};

fn drawn(id: H256) -> Option<AccountId> {
    match job(id).state {
        JobState::Assigned { provider, .. } => Some(provider),
        _ => None,
    }
}

#[test]
fn the_draw_is_made_as_soon_as_six_outputs_follow_the_submission() {
    test(|| {
        register(0, 300);
        run_to(10);
        let id = submit(2, 1_000, 100, Assignment::Swarm);
        run_to(16);
        assert_eq!(drawn(id), None);
        next_block();
        assert_eq!(System::block_number(), 10 + 6 + 1);
        assert_eq!(
            job(id).state,
            JobState::Assigned {
                provider: provider(0),
                price: 600,
                collateral: 1_200,
                at: 17
            }
        );
    });
}

#[test]
fn the_seed_is_the_outputs_of_the_six_blocks_after_the_submission() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        run_to(10);
        let ids: Vec<H256> = (0..4)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        run_to(17);
        let outputs: Vec<H256> = (11..=16).map(output_of).collect();
        // Fewer candidates than a sample: all take part, in order, with the same score.
        let expected: Vec<_> = ids
            .iter()
            .map(|id| {
                let mut lottery = Lottery::new(id, &outputs);
                let mut candidates: Vec<u8> =
                    lottery.sample(8, 16).iter().map(|i| *i as u8).collect();
                assert_eq!(candidates.len(), 8);
                let chosen = lottery
                    .choose(&[Permill::zero(); 8])
                    .expect("there are candidates");
                Some(provider(candidates.swap_remove(chosen)))
            })
            .collect();
        let got: Vec<_> = ids.iter().map(|id| drawn(*id)).collect();
        assert_eq!(got, expected);
    });
}

#[test]
fn a_late_draw_uses_the_same_outputs() {
    let outcome = |crowd: u32| {
        let mut outcome = None;
        test(|| {
            for number in 0..8 {
                register(number, 100);
                doubles::Pallet::<Test>::change(&provider(number), |p| p.bond = Balance::MAX / 2);
            }
            // Jobs that nobody takes go first and delay the one that counts.
            for _ in 0..crowd {
                submit_by(account(3), 1, 60, 900, Assignment::Swarm);
            }
            let id = submit(1, 1_000, 900, Assignment::Swarm);
            run_to(8);
            assert_eq!(drawn(id).is_none(), crowd >= 4);
            run_to(14);
            outcome = drawn(id);
        });
        outcome.expect("it was drawn")
    };
    assert_eq!(outcome(0), outcome(20));
}

#[test]
fn four_draws_are_made_in_a_block_and_the_rest_later() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        let ids: Vec<_> = (0..10)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        let made = || ids.iter().filter(|id| drawn(**id).is_some()).count();
        // Block 8 is the first with a full window; the cursor stands at the bucket already.
        run_to(8);
        assert_eq!(made(), 4);
        run_to(9);
        assert_eq!(made(), 8);
        run_to(10);
        assert_eq!(made(), 10);
        assert!(Windows::<Test>::iter().next().is_none());
    });
}

#[test]
fn a_block_without_output_delays_nothing() {
    test(|| {
        register(0, 100);
        doubles::NoOutput::<Test>::put(true);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(8);
        assert_eq!(drawn(id), Some(provider(0)));
    });
}

#[test]
fn a_lost_window_is_waited_for_again() {
    test(|| {
        register(0, 100);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(7);
        let parent = System::block_number();
        Cursors::<Test>::insert(Agenda::Draw, (START, 0));
        // As if the window had been longer when it should have been kept.
        Outputs::<Test>::put(frame_support::BoundedVec::truncate_from(vec![H256::zero()]));
        run_to(parent + 1);
        assert_eq!(drawn(id), None);
        run_to(parent + 1 + 7);
        assert_eq!(drawn(id), Some(provider(0)));
    });
}

#[test]
fn every_fitting_provider_is_drawn_about_equally_often() {
    let mut hits = BTreeMap::<AccountId, u32>::new();
    test(|| {
        for number in 0..4 {
            register(number, 100);
            doubles::Pallet::<Test>::change(&provider(number), |p| p.bond = Balance::MAX / 2);
        }
        doubles::Scores::<Test>::insert(provider(0), Permill::one());
        for _ in 0..100 {
            let ids: Vec<_> = (0..4)
                .map(|_| submit(1, 1_000, 20, Assignment::Swarm))
                .collect();
            run_to(System::block_number() + 9);
            for id in ids {
                let who = drawn(id).expect("somebody fits");
                let number = (0..4).find(|n| provider(*n) == who).expect("one of four");
                assert_ok!(prove(id, 0, number));
                *hits.entry(who).or_default() += 1;
            }
        }
    });
    // 400 draws; expected 118 for the best score and 94 for each of the others.
    assert_eq!(hits.len(), 4);
    assert!(
        hits.values().all(|count| (60..160).contains(count)),
        "{hits:?}"
    );
}

#[test]
fn rejections_are_counted_by_reason() {
    test(|| {
        register(0, 2_000);
        register(1, 100);
        doubles::Pallet::<Test>::change(&provider(1), |p| p.available = false);
        register(2, 100);
        doubles::Pallet::<Test>::change(&provider(2), |p| p.bond = 1);
        register(3, 100);
        for _ in 0..3 {
            submit(1, 1_000, 100, Assignment::Direct(provider(3)));
        }
        register(4, 100);
        doubles::Pallet::<Test>::change(&provider(4), |p| p.slippery = true);
        register(5, 100);
        doubles::ProvidersById::<Test>::remove(provider(5));
        register(6, 100);
        doubles::Pallet::<Test>::change(&provider(6), |p| p.maintenance = true);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        events();
        run_to(8);
        assert_eq!(job(id).state, JobState::Open);
        assert_eq!(
            events(),
            vec![Event::NoProvider {
                job: id,
                rejected: RejectionCounts {
                    not_registered: 1,
                    unavailable: 1,
                    busy: 2,
                    too_expensive: 1,
                    bond_too_small: 1,
                    unattested: 0,
                    maintenance: 1,
                    mode: 0,
                    standing: 0,
                    currency: 0,
                    ..Default::default()
                },
                redraw: Some(13),
            }]
        );
    });
}

#[test]
fn a_reservation_that_fails_passes_the_job_to_another() {
    test(|| {
        for number in 0..3 {
            register(number, 100);
            doubles::Pallet::<Test>::change(&provider(number), |p| p.slippery = number != 2);
        }
        let ids: Vec<_> = (0..3)
            .map(|_| submit(1, 1_000, 100, Assignment::Swarm))
            .collect();
        run_to(8);
        for id in ids {
            assert_eq!(drawn(id), Some(provider(2)));
        }
    });
}

#[test]
fn a_job_that_finds_nobody_is_drawn_again_at_doubling_distances() {
    test(|| {
        let id = submit(1, 1_000, 500, Assignment::Swarm);
        let mut made = Vec::new();
        while System::block_number() < 200 {
            events();
            next_block();
            for event in events() {
                if let Event::NoProvider { redraw, .. } = event {
                    made.push((System::block_number(), redraw));
                }
            }
        }
        // Each draw is seven blocks after the block it is scheduled for; four are allowed.
        assert_eq!(
            made,
            vec![(8, Some(13)), (20, Some(30)), (37, Some(57)), (64, None)]
        );
        assert_eq!(job(id).draws, 4);
        assert_eq!(job(id).state, JobState::Open);
    });
}

#[test]
fn a_provider_that_comes_later_gets_the_waiting_job() {
    test(|| {
        let id = submit(1, 1_000, 500, Assignment::Swarm);
        run_to(10);
        register(0, 100);
        run_to(20);
        assert_eq!(drawn(id), Some(provider(0)));
    });
}

#[test]
fn nobody_is_drawn_into_a_job_that_leaves_no_time() {
    test(|| {
        register(0, 100);
        register(1, 100);
        // The draw of block 8 leaves 3 blocks, exactly what the shortest job must.
        let enough = submit(1, 1_000, 10, Assignment::Swarm);
        run_to(2);
        let crowded: Vec<_> = (0..5)
            .map(|_| submit(1, 1_000, 10, Assignment::Swarm))
            .collect();
        run_to(8);
        assert!(drawn(enough).is_some());
        // Four draws a block: the fifth would have a block less than it must have.
        let made = || crowded.iter().filter(|id| drawn(**id).is_some()).count();
        run_to(9);
        assert_eq!(made(), 4);
        run_to(11);
        assert_eq!(made(), 4);
    });
}

#[test]
fn no_draw_is_scheduled_that_would_leave_no_time() {
    test(|| {
        let id = submit(1, 1_000, 20, Assignment::Swarm);
        events();
        run_to(8);
        // The next draw would be made in block 20 of 21.
        assert!(matches!(
            events()[..],
            [Event::NoProvider { redraw: None, .. }]
        ));
        run_to(21);
        assert_eq!(job(id).state, JobState::Open);
        run_to(22);
        assert_eq!(
            job(id).state,
            JobState::Expired {
                provider: None,
                at: 22
            }
        );
    });
}

#[test]
fn a_sample_is_all_that_a_draw_looks_at() {
    test(|| {
        for number in 0..40u8 {
            doubles::Pallet::<Test>::register(
                AccountId::new([100 + number; 32]),
                doubles::Provider {
                    available: false,
                    ..Default::default()
                },
            );
        }
        submit(1, 1_000, 500, Assignment::Swarm);
        events();
        run_to(8);
        match &events()[..] {
            [Event::NoProvider { rejected, .. }] => assert_eq!(rejected.unavailable, 16),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn outputs_decide_on_so_much_and_later_jobs_are_put_off() {
    test(|| {
        MaxDrawn::set(300);
        for number in 0..3 {
            register(number, 100);
        }
        run_to(10);
        // Each may cost 150.
        let ids: Vec<H256> = (0..5)
            .map(|_| submit(1, 150, 100, Assignment::Swarm))
            .collect();
        events();
        let made = || ids.iter().filter(|id| drawn(**id).is_some()).count();
        // Of four in the first block of service two are put off by five blocks, and a block later the
        // fifth is. Its next window shares outputs with theirs: it is put off by ten.
        for (block, count) in [(16, 0), (17, 2), (28, 2), (29, 4), (46, 4), (47, 5)] {
            run_to(block);
            assert_eq!(made(), count, "block {block}");
        }
        let put_off: Vec<_> = events()
            .into_iter()
            .filter_map(|event| match event {
                Event::DrawPutOff { job, redraw } => Some((job, redraw)),
                _ => None,
            })
            .collect();
        let expected = [
            (ids[2], Some(22)),
            (ids[3], Some(22)),
            (ids[4], Some(23)),
            (ids[4], Some(40)),
        ];
        assert_eq!(put_off, expected);
    });
}

#[test]
fn jobs_that_find_nobody_take_no_room_from_others() {
    test(|| {
        MaxDrawn::set(300);
        register(0, 300);
        run_to(10);
        // Cheaper than anybody works for.
        for _ in 0..3 {
            submit(1, 299, 100, Assignment::Swarm);
        }
        let id = submit(1, 300, 100, Assignment::Swarm);
        run_to(17);
        assert_eq!(drawn(id), Some(provider(0)));
    });
}

#[test]
fn what_a_job_costs_is_what_counts_and_not_what_it_might_have() {
    test(|| {
        MaxDrawn::set(300);
        register(0, 50);
        run_to(10);
        // After two at 50 there are 200 left, which the third may cost.
        let ids = [300, 250, 200].map(|most| submit(1, most, 100, Assignment::Swarm));
        run_to(17);
        for id in ids {
            assert_eq!(drawn(id), Some(provider(0)));
        }
    });
}

#[test]
fn work_that_is_worth_withholding_a_block_for_is_not_drawn() {
    test(|| {
        MaxDrawn::set(599);
        register(0, 300);
        run_to(10);
        // Two batches cost 600.
        let dear = submit(2, 1_000, 100, Assignment::Swarm);
        let cheap = submit(1, 1_000, 100, Assignment::Swarm);
        events();
        run_to(17);
        assert_eq!((drawn(dear), drawn(cheap)), (None, Some(provider(0))));
        assert!(events().iter().any(|event| matches!(
            event,
            Event::NoProvider { rejected, .. } if rejected.too_expensive == 1
        )));
        // A named provider may take it.
        let direct = submit(2, 1_000, 100, Assignment::Direct(provider(0)));
        assert_eq!(drawn(direct), Some(provider(0)));
    });
}
