//! What was tried on windows and on credit, and comes to nothing.

use crate::{economics::CAP, mock::*, pallet::*, Measure};
use frame_support::{assert_noop, assert_ok};
use swarm_capacity::{drawn_rows, identity, Tree};

fn measure(who: u64) -> Measure {
    Measures::<Test>::get(who).expect("the provider is admitted")
}

#[test]
fn a_copied_answer_is_a_wrong_answer() {
    test(|| {
        admit(1);
        admit(2);
        let window = open_window();
        let honest = work(&window, 1, 32);
        assert_ok!(commit(window.id, 1, &honest));
        assert_ok!(commit(window.id, 2, &honest));
        let sample = draw();
        open_in_turn(window.id, 1, openings(&sample, 1, &honest));
        run_to(sample.since + 1);
        assert_noop!(
            open(window.id, 2, openings(&sample, 2, &honest)),
            Error::<Test>::WrongFingerprint
        );
        end_window();
        assert_eq!((measure(1).streak, measure(2).streak), (1, 0));
        assert_eq!(measure(2).missed, 1);
    });
}

#[test]
fn rows_of_another_window_are_wrong() {
    test(|| {
        admit(1);
        let mut window = open_window();
        let real = window.seed;
        window.seed = [0; 32];
        let old = work(&window, 1, 32);
        assert_ne!(real, window.seed);
        assert_ok!(commit(window.id, 1, &old));
        let sample = draw();
        assert_noop!(
            open(window.id, 1, openings(&sample, 1, &old)),
            Error::<Test>::WrongFingerprint
        );
    });
}

#[test]
fn other_rows_than_the_drawn_ones_do_not_open() {
    test(|| {
        admit(1);
        let window = open_window();
        let tree = work(&window, 1, 64);
        assert_ok!(commit(window.id, 1, &tree));
        let sample = draw();
        let (first, second) = drawn_rows(&sample.seed, &identity(&1u64), 64).unwrap();
        // Leaves that hold neither of the drawn rows.
        let other = (0..4)
            .map(|leaf| leaf * 16)
            .find(|row| row / 16 != first / 16 && row / 16 != second / 16)
            .unwrap();
        let [good, also_good] = openings(&sample, 1, &tree);
        let bad = tree.open(other).unwrap();
        assert_noop!(
            open(window.id, 1, [bad.clone(), also_good.clone()]),
            Error::<Test>::WrongRoot
        );
        assert_noop!(
            open(window.id, 1, [good.clone(), bad]),
            Error::<Test>::WrongRoot
        );
        let mut long = good.clone();
        long.path.push([0; 32]);
        assert_noop!(
            open(window.id, 1, [long, also_good.clone()]),
            Error::<Test>::PathLength
        );
        assert_ok!(open(window.id, 1, [good, also_good]));
    });
}

/// Whoever computes one row in `k` and claims all of them passes only if both drawn rows are among
/// those: claiming more than was done never raises the expected measure.
#[test]
fn padding_an_answer_fails_more_often_than_it_pays() {
    let (mut passed, mut windows) = (0u32, 0u32);
    for salt in 0..24 {
        test(|| {
            set_salt(salt);
            admit(1);
            let window = open_window();
            let honest = work(&window, 1, 16);
            // The first half of the rows is computed, the other half invented.
            let mut prints: Vec<_> = (0..16u32)
                .map(|row| *honest.open(row).unwrap().fingerprint(row))
                .collect();
            prints.extend((0..16u8).map(|row| [row; 16]));
            let padded = Tree::new(prints).unwrap();
            assert_ok!(commit(window.id, 1, &padded));
            let sample = draw();
            let result = open(window.id, 1, openings(&sample, 1, &padded));
            let (first, second) = drawn_rows(&sample.seed, &identity(&1u64), 32).unwrap();
            assert_eq!(result.is_ok(), first < 16 && second < 16);
            passed += u32::from(result.is_ok());
            windows += 1;
        });
    }
    // A quarter passes: half the rows claimed would be measured at a quarter of double.
    assert!(passed < windows / 2, "{passed} of {windows}");
}

/// Rows that one device computes in the minute of a window, whoever's they are.
const DEVICE: u32 = 90;

/// What as many jobs as one device does earn under some names, which take turns on it in the windows.
fn earned_on_one_device(names: &[u64]) -> Balance {
    let mut sum = 0;
    test(|| {
        names.iter().for_each(|name| admit(*name));
        for _ in 0..3 {
            let mut rows: Vec<_> = names.iter().map(|name| (*name, 0)).collect();
            for turn in 0..DEVICE as usize {
                rows[turn % names.len()].1 += 1;
            }
            show(&rows);
        }
        // One after the other, each as fast as the device is.
        for name in names {
            settle(&[*name], 12_000 / names.len() as Balance, 1_000);
        }
        sum = names.iter().map(|name| earned(*name)).sum();
    });
    sum
}

#[test]
fn many_names_on_one_device_share_its_rate() {
    let names: Vec<u64> = (1..=8).collect();
    let sums = [1, 2, 4, 8].map(|count| earned_on_one_device(&names[..count]));
    assert!(
        sums[3] > 0 && sums.is_sorted_by(|fewer, more| fewer > more),
        "{sums:?}"
    );
}

#[test]
fn rows_computed_for_one_name_are_none_of_anothers() {
    let (mut shown, mut trials) = (0u32, 0u32);
    for salt in 0..24 {
        test(|| {
            set_salt(salt);
            (1..=2).for_each(admit);
            let window = open_window();
            // Each name has half of the device's time, and claims all that it has computed.
            let own = [1, 2].map(|who| work(&window, who, DEVICE / 2));
            let prints = |tree: &Tree| {
                (0..DEVICE / 2)
                    .map(|row| *tree.open(row).unwrap().fingerprint(row))
                    .collect::<Vec<_>>()
            };
            let claimed =
                [(1, 0, 1), (2, 1, 0)].map(|(who, first, second): (u64, usize, usize)| {
                    let all = [prints(&own[first]), prints(&own[second])].concat();
                    (who, Tree::new(all).unwrap())
                });
            for (who, tree) in &claimed {
                assert_ok!(commit(window.id, *who, tree));
            }
            let sample = draw();
            for (who, tree) in &claimed {
                let opened = open(window.id, *who, openings(&sample, *who, tree));
                let (first, second) = drawn_rows(&sample.seed, &identity(who), DEVICE).unwrap();
                assert_eq!(opened.is_ok(), first < DEVICE / 2 && second < DEVICE / 2);
            }
            end_window();
            shown += (1..=2).map(|who| measure(who).rows).sum::<u32>();
            trials += 2;
        });
    }
    // A quarter of all answers passes, at twice the rows that an honest one would have shown.
    assert!(shown < trials * DEVICE / 2, "{shown} in {trials}");
}

#[test]
fn a_device_rented_for_the_windows_adds_nothing_to_slow_jobs() {
    test(|| {
        admit(1);
        admit(2);
        // The first rents, the second shows what it has.
        show(&[(1, 100), (2, 10)]);
        // Both deliver a tenth of the reference.
        settle(&[1], 10_000, 100);
        settle(&[2], 10_000, 100);
        assert_eq!(earned(1), earned(2));
    });
}

#[test]
fn a_circle_of_own_jobs_loses_whatever_its_multipliers() {
    test(|| {
        admit(1);
        show(&[(1, 100)]);
        assert_ok!(lock(1, 1_000_000, swarmwork_primitives::LockTerm::Full));
        let burned: Balance = 100_000;
        for _ in 0..10 {
            settle(&[1], burned / 10, 1_000);
        }
        run(3 * VESTING);
        assert_ok!(claim(1, 0, 31));
        assert!(minted() <= CAP.mul_floor(burned));
        assert!(minted() < burned);
    });
}

#[test]
fn jobs_split_into_dust_are_credited_less_not_more() {
    test(|| {
        settle(&[1], 1_000, 0);
        for _ in 0..1_000 {
            settle(&[2], 1, 0);
        }
        assert_eq!((earned(1), earned(2)), (100, 0));
    });
}

#[test]
fn leaving_and_coming_back_does_not_wash_a_bad_record() {
    test(|| {
        admit(1);
        show(&[(1, 100)]);
        open_window();
        assert_ok!(Work::withdraw(RuntimeOrigin::signed(1)));
        admit(1);
        end_window();
        assert_eq!((measure(1).rows, measure(1).streak), (0, 0));
    });
}
