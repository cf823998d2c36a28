//! Admission, and the life of windows.

use crate::{mock::*, pallet::*, Measure};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn measure(who: u64) -> Measure {
    Measures::<Test>::get(who).expect("the provider is admitted")
}

fn missed(who: u64) -> u32 {
    measure(who).missed
}

#[test]
fn only_bonded_providers_take_part_and_only_once() {
    test(|| {
        let admit = |who| Work::admit(RuntimeOrigin::signed(who), None);
        assert_noop!(admit(1), Error::<Test>::NotRegistered);
        set_bond(1, Some(BOND - 1));
        assert_noop!(admit(1), Error::<Test>::BondTooSmall);
        set_bond(1, Some(BOND));
        assert_ok!(admit(1));
        assert_noop!(admit(1), Error::<Test>::AlreadyAdmitted);
        assert_eq!(measure(1), Measure::default());
        assert_ok!(Work::withdraw(RuntimeOrigin::signed(1)));
        assert_noop!(
            Work::withdraw(RuntimeOrigin::signed(1)),
            Error::<Test>::NotAdmitted
        );
    });
}

#[test]
fn a_full_house_makes_room_for_a_higher_bond_only() {
    test(|| {
        (1..=8).for_each(admit);
        set_bond(9, Some(BOND));
        let enter = |displaced| Work::admit(RuntimeOrigin::signed(9), displaced);
        assert_noop!(enter(None), Error::<Test>::NoRoom);
        assert_noop!(enter(Some(10)), Error::<Test>::NotAdmitted);
        assert_noop!(enter(Some(3)), Error::<Test>::BondNotHigher);
        set_bond(9, Some(BOND + 1));
        assert_ok!(enter(Some(3)));
        assert!(!Measures::<Test>::contains_key(3));
        assert!(Admitted::<Test>::get().contains(&9));
        // Who has left must make room for anybody.
        set_bond(4, None);
        set_bond(3, Some(BOND));
        assert_ok!(Work::admit(RuntimeOrigin::signed(3), Some(4)));
    });
}

#[test]
fn anyone_may_expel_who_has_lost_its_bond() {
    test(|| {
        admit(1);
        let expel = || Work::expel(RuntimeOrigin::signed(15), 1);
        assert_noop!(expel(), Error::<Test>::StillBonded);
        set_bond(1, Some(BOND - 1));
        assert_ok!(expel());
        assert_noop!(expel(), Error::<Test>::NotAdmitted);
    });
}

#[test]
fn a_right_answer_is_measured() {
    test(|| {
        admit(1);
        show(&[(1, 40)]);
        let measure = measure(1);
        assert_eq!((measure.rows, measure.streak, measure.missed), (40, 1, 0));
        show(&[(1, 80)]);
        assert_eq!(self::measure(1).rows, 45);
        assert_eq!(self::measure(1).streak, 2);
    });
}

#[test]
fn windows_come_without_notice_about_as_often_as_expected() {
    test(|| {
        admit(1);
        let mut opened = Vec::new();
        for _ in 0..40 * EPOCH {
            next_block();
            // Somebody must be there for every window, or be dismissed.
            if Admitted::<Test>::get().is_empty() {
                admit(1);
            }
            if let Some(window) = CurrentWindow::<Test>::get() {
                if window.opened == System::block_number() {
                    opened.push(window);
                }
            }
        }
        // Chance 1/30 a block while none runs (18 blocks): 40 · 60 / 48 = 50 expected.
        assert!((30..75).contains(&opened.len()), "{}", opened.len());
        let mut seeds: Vec<_> = opened.iter().map(|window| window.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), opened.len());
        let gaps: std::collections::BTreeSet<_> = opened
            .windows(2)
            .map(|pair| pair[1].opened - pair[0].opened)
            .collect();
        assert!(gaps.len() > 10, "windows come in a rhythm: {gaps:?}");
    });
}

#[test]
fn when_the_next_window_comes_depends_on_outputs_not_yet_known() {
    let opened = |salt| {
        let mut block = 0;
        test(|| {
            admit(1);
            run(10);
            set_salt(salt);
            block = open_window().opened;
        });
        block
    };
    let blocks: std::collections::BTreeSet<_> = (1..8).map(opened).collect();
    assert!(blocks.len() > 3, "{blocks:?}");
}

#[test]
fn nobody_admitted_no_window() {
    test(|| {
        run(20 * EPOCH);
        assert_eq!(WindowCount::<Test>::get(), 0);
    });
}

#[test]
fn answers_come_from_participants_workers_once_and_in_range() {
    test(|| {
        admit(1);
        let window = open_window().id;
        // Admitted after it opened.
        admit(2);
        let commit = |who, window, rows| {
            Work::commit_capacity(RuntimeOrigin::signed(who), window, [1; 32], rows)
                .map(|_| ())
                .map_err(|error| error.error)
        };
        assert_noop!(commit(1, window, 5), Error::<Test>::NotAWorker);
        assert_noop!(
            commit(1 + WORKER, window + 1, 5),
            Error::<Test>::WindowNotRunning
        );
        assert_noop!(
            commit(2 + WORKER, window, 5),
            Error::<Test>::NotAParticipant
        );
        assert_noop!(commit(1 + WORKER, window, 0), Error::<Test>::RowsOutOfRange);
        assert_noop!(
            commit(1 + WORKER, window, swarm_capacity::MAX_ROWS + 1),
            Error::<Test>::RowsOutOfRange
        );
        assert_noop!(
            Work::commit_capacity(RuntimeOrigin::none(), window, [1; 32], 5),
            DispatchError::BadOrigin
        );
        assert_ok!(commit(1 + WORKER, window, 5));
        assert_noop!(
            commit(1 + WORKER, window, 6),
            Error::<Test>::AlreadyCommitted
        );
        end_window();
        assert_eq!((missed(1), missed(2)), (1, 0));
    });
}

#[test]
fn the_last_block_for_answers_is_the_stated_one() {
    test(|| {
        admit(1);
        admit(2);
        let window = open_window();
        let trees = [work(&window, 1, 3), work(&window, 2, 3)];
        run_to(window.opened + COMMIT);
        assert_ok!(commit(window.id, 1, &trees[0]));
        next_block();
        assert_noop!(commit(window.id, 2, &trees[1]), Error::<Test>::TooLate);
    });
}

#[test]
fn rows_are_drawn_by_outputs_after_the_last_answer() {
    let drawn = |salt| {
        let mut seed = [0; 32];
        test(|| {
            admit(1);
            let window = open_window();
            run_to(window.opened + COMMIT);
            // The output of the last block for answers is already fixed.
            next_block();
            set_salt(salt);
            let sample = draw();
            // Drawn in the block after the last output, opened in the one after that.
            assert_eq!(sample.since, window.opened + COMMIT + SAMPLE + 2);
            seed = sample.seed;
        });
        seed
    };
    assert_eq!(drawn(0), drawn(0));
    assert_ne!(drawn(0), drawn(1));
}

#[test]
fn rows_are_opened_after_the_draw_once_and_in_time() {
    test(|| {
        admit(1);
        admit(2);
        let window = open_window();
        let tree = work(&window, 1, 20);
        assert_ok!(commit(window.id, 1, &tree));
        let guess = [tree.open(0).unwrap(), tree.open(1).unwrap()];
        assert_noop!(open(window.id, 1, guess), Error::<Test>::TooEarly);
        let sample = draw();
        let good = openings(&sample, 1, &tree);
        assert_noop!(
            open(window.id + 1, 1, good.clone()),
            Error::<Test>::WindowNotRunning
        );
        assert_noop!(
            open(window.id, 2, good.clone()),
            Error::<Test>::NothingCommitted
        );
        assert_ok!(open(window.id, 1, good.clone()));
        assert_noop!(open(window.id, 1, good), Error::<Test>::AlreadyOpened);
        end_window();
        assert_eq!((missed(1), missed(2)), (0, 1));
    });
}

#[test]
fn what_is_opened_late_is_missed() {
    test(|| {
        admit(1);
        let window = open_window();
        let tree = work(&window, 1, 20);
        assert_ok!(commit(window.id, 1, &tree));
        let sample = draw();
        run_to(sample.since + CHECK - 1);
        let good = openings(&sample, 1, &tree);
        System::set_block_number(sample.since + CHECK);
        assert_noop!(open(window.id, 1, good), Error::<Test>::TooLate);
        Work::step_window(sample.since + CHECK);
        assert_eq!((missed(1), measure(1).rows), (1, 0));
    });
}

#[test]
fn checks_are_spread_over_blocks() {
    test(|| {
        (1..=8).for_each(admit);
        let window = open_window();
        let trees: Vec<_> = (1..=8).map(|who| (who, work(&window, who, 4))).collect();
        for (who, tree) in &trees {
            assert_ok!(commit(window.id, *who, tree));
        }
        let sample = draw();
        let mut opened = 0;
        let mut waited = 0;
        while opened < 8 {
            let mut now = 0;
            for (who, tree) in &trees {
                match open(window.id, *who, openings(&sample, *who, tree)) {
                    Ok(()) => now += 1,
                    Err(error) if error == Error::<Test>::NotYourTurn.into() => waited += 1,
                    Err(error) if error == Error::<Test>::BlockFull.into() => waited += 1,
                    Err(error) => assert_eq!(error, Error::<Test>::AlreadyOpened.into()),
                }
            }
            assert!(now <= 2, "{now} checks in one block");
            opened += now;
            next_block();
        }
        assert!(waited > 0);
        end_window();
        // Whoever came with its turn was as fast as could be.
        for who in 1..=8 {
            assert_eq!((measure(who).streak, measure(who).latency), (1, 0));
        }
    });
}

#[test]
fn two_late_comers_do_not_overfill_a_block() {
    test(|| {
        (1..=8).for_each(admit);
        let window = open_window();
        let trees: Vec<_> = (1..=8).map(|who| (who, work(&window, who, 4))).collect();
        for (who, tree) in &trees {
            assert_ok!(commit(window.id, *who, tree));
        }
        let sample = draw();
        run_to(sample.since + 4);
        let results: Vec<_> = trees
            .iter()
            .map(|(who, tree)| open(window.id, *who, openings(&sample, *who, tree)))
            .collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
        assert!(results[2..]
            .iter()
            .all(|result| *result == Err(Error::<Test>::BlockFull.into())));
    });
}

#[test]
fn a_busy_provider_does_not_suffer() {
    test(|| {
        admit(1);
        admit(2);
        open_window();
        next_block();
        // As many rows as two million multiply-accumulates proven count as.
        settle(&[1], 10, 42_000);
        end_window();
        let rows = 42_000u64 * 10_000 / swarm_capacity::MACS_PER_ROW;
        assert_eq!(u64::from(measure(1).rows), rows);
        assert_eq!((measure(1).missed, measure(1).absent), (0, 0));
        // It has not answered either.
        assert_eq!(measure(1).streak, 0);
        assert_eq!(missed(2), 1);
    });
}

#[test]
fn work_of_who_came_after_the_window_opened_is_not_kept_for_it() {
    test(|| {
        admit(1);
        open_window();
        admit(2);
        settle(&[2], 10, 42_000);
        assert!(!Proven::<Test>::contains_key(2));
        end_window();
        assert_eq!(measure(2), Measure::default());
    });
}

#[test]
fn work_after_the_last_answer_does_not_count_for_the_window() {
    test(|| {
        admit(1);
        let window = open_window();
        run_to(window.opened + COMMIT + 1);
        settle(&[1], 10, 42_000);
        end_window();
        assert_eq!(missed(1), 1);
    });
}

#[test]
fn who_is_always_silent_is_dismissed() {
    test(|| {
        admit(1);
        for _ in 0..3 {
            open_window();
            end_window();
        }
        assert!(!Measures::<Test>::contains_key(1));
        assert!(Admitted::<Test>::get().is_empty());
    });
}

#[test]
fn who_leaves_during_a_window_is_not_judged() {
    test(|| {
        admit(1);
        admit(2);
        let window = open_window();
        let tree = work(&window, 1, 4);
        assert_ok!(commit(window.id, 1, &tree));
        assert_ok!(Work::withdraw(RuntimeOrigin::signed(1)));
        admit(1);
        end_window();
        // A new start: nothing measured, nothing kept.
        assert_eq!(measure(1).streak, 0);
        assert!(!Answers::<Test>::contains_key(1));
    });
}

#[test]
fn losing_the_bond_ends_participation() {
    test(|| {
        admit(1);
        open_window();
        set_bond(1, Some(BOND - 1));
        end_window();
        assert!(Admitted::<Test>::get().is_empty());
    });
}

#[test]
fn a_window_in_which_the_market_stops_counts_for_nobody() {
    stopping_voids_a_window(Halted::set);
}

#[test]
fn a_window_in_which_storage_is_migrated_counts_for_nobody() {
    stopping_voids_a_window(Migrating::set);
}

fn stopping_voids_a_window(stop: fn(bool)) {
    test(|| {
        (1..=4).for_each(admit);
        show(&[(1, 40), (2, 40), (3, 40), (4, 40)]);
        let before = measure(1);
        let window = open_window();
        let tree = work(&window, 1, 40);
        assert_ok!(commit(window.id, 1, &tree));
        stop(true);
        next_block();
        // It is void for good, and is forgotten a few a block.
        stop(false);
        assert_noop!(commit(window.id, 4, &tree), Error::<Test>::WindowNotRunning);
        next_block();
        assert!(!CurrentWindow::<Test>::exists());
        for who in 1..=4 {
            assert_eq!(measure(who).windows, before.windows);
            assert_eq!(measure(who).streak, before.streak);
            assert!(!Answers::<Test>::contains_key(who));
        }
    });
}

#[test]
fn no_window_opens_while_the_market_stands_still() {
    test(|| {
        admit(1);
        Halted::set(true);
        run(20 * EPOCH);
        assert_eq!(WindowCount::<Test>::get(), 0);
        Halted::set(false);
        open_window();
    });
}
