//! Epochs, budgets, claims, vesting and claw-back.

use crate::{mock::*, pallet::*, Pace};
use frame_support::{
    assert_noop, assert_ok, traits::BuildGenesisConfig, traits::Hooks, weights::Weight,
};
use sp_runtime::Permill;
use swarmwork_primitives::OnSlashed as _;

/// Ends the running epoch; the block in which it ended.
fn end_epoch() -> u64 {
    let epoch = CurrentEpoch::<Test>::get();
    while CurrentEpoch::<Test>::get() == epoch {
        next_block();
    }
    System::block_number()
}

fn balance(who: u64) -> Balance {
    Balances::free_balance(who)
}

#[test]
fn epochs_follow_each_other_with_falling_budgets() {
    test(|| {
        for epoch in 0..5 {
            assert_eq!(CurrentEpoch::<Test>::get(), epoch);
            end_epoch();
        }
        let budgets: Vec<_> = (0..=5)
            .map(|epoch| Epochs::<Test>::get(epoch).unwrap().budget)
            .collect();
        assert_eq!(budgets[0], BUDGET);
        assert_eq!(budgets[1], BUDGET * 99 / 100);
        assert!(budgets.windows(2).all(|pair| pair[1] < pair[0]));
        let (first, second) = (
            Epochs::<Test>::get(1).unwrap(),
            Epochs::<Test>::get(2).unwrap(),
        );
        assert_eq!(first.ended, Some(second.started));
        assert_eq!(second.started - first.started, EPOCH);
    });
}

#[test]
fn an_epoch_does_not_end_while_storage_is_migrated() {
    test(|| {
        Migrating::set(true);
        run(2 * EPOCH);
        assert_eq!(CurrentEpoch::<Test>::get(), 0);
        Migrating::set(false);
        next_block();
        assert_eq!(CurrentEpoch::<Test>::get(), 1);
    });
}

#[test]
fn credit_is_claimed_as_it_vests() {
    test(|| {
        settle(&[1], 60_000, 0);
        assert_eq!(earned(1), 6_000);
        // Nothing while the epoch runs: its scale is not known.
        assert_noop!(claim(1, 0, 5), Error::<Test>::NothingToClaim);
        let ended = end_epoch();
        assert_noop!(claim(1, 0, 5), Error::<Test>::NothingToClaim);
        run_to(ended + VESTING / 10);
        assert_ok!(claim(1, 0, 5));
        assert_eq!(balance(1), FUNDS + 600);
        assert_noop!(claim(1, 0, 5), Error::<Test>::NothingToClaim);
        run_to(ended + VESTING / 2);
        assert_ok!(claim(1, 0, 5));
        assert_eq!(balance(1), FUNDS + 3_000);
        run_to(ended + 2 * VESTING);
        assert_ok!(claim(1, 0, 5));
        assert_eq!(balance(1), FUNDS + 6_000);
        assert_noop!(claim(1, 0, 5), Error::<Test>::NothingToClaim);
        assert_eq!(minted(), 6_000);
    });
}

#[test]
fn one_claim_fetches_many_epochs_and_only_the_callers() {
    test(|| {
        for _ in 0..4 {
            settle(&[1, 2], 60_000, 0);
            end_epoch();
        }
        run(2 * VESTING);
        assert_noop!(claim(3, 0, 31), Error::<Test>::NothingToClaim);
        assert_ok!(claim(1, 1, 2));
        assert_eq!(balance(1), FUNDS + 2 * 3_000);
        assert_ok!(claim(1, 0, u32::MAX));
        assert_eq!(balance(1), FUNDS + 4 * 3_000);
        assert_eq!(balance(2), FUNDS);
        assert_eq!(Epochs::<Test>::get(0).unwrap().paid, 3_000);
    });
}

#[test]
fn a_short_budget_scales_everybody_down_by_what_was_burned() {
    test(|| {
        // Twice what the budget covers at the cap.
        let burned = BUDGET * 10 / 9;
        settle(&[1], burned, 0);
        settle(&[2], burned, 0);
        let epoch = CurrentEpoch::<Test>::get();
        end_epoch();
        System::assert_has_event(
            Event::EpochEnded {
                epoch,
                burned: 2 * burned,
                credited: 2 * (burned / 10),
                scale: Permill::from_parts(500_000),
                next_budget: BUDGET * 99 / 100,
            }
            .into(),
        );
        run(2 * VESTING);
        assert_ok!(claim(1, 0, 1));
        let paid = balance(1) - FUNDS;
        assert!(paid.abs_diff(burned / 20) <= 1, "{paid}");
    });
}

#[test]
fn others_multipliers_do_not_change_what_i_am_paid() {
    let paid = |locked| {
        let mut paid = 0;
        test(|| {
            if locked {
                assert_ok!(lock(2, 10 * BUDGET, swarmwork_primitives::LockTerm::Full));
            }
            settle(&[1], BUDGET, 0);
            settle(&[2], BUDGET, 0);
            end_epoch();
            run(2 * VESTING);
            assert_ok!(claim(1, 0, 1));
            paid = balance(1) - FUNDS;
        });
        paid
    };
    assert_eq!(paid(false), paid(true));
}

#[test]
fn a_slash_takes_back_what_has_not_vested() {
    test(|| {
        settle(&[1, 2], 120_000, 0);
        let ended = end_epoch();
        settle(&[1, 2], 120_000, 0);
        run_to(ended + VESTING / 20);
        assert_ok!(claim(1, 0, 31));
        let claimed = balance(1) - FUNDS;
        assert_eq!(claimed, 300);
        // In the second epoch, half way through it.
        Work::slashed(&1);
        System::assert_last_event(
            Event::ClawedBack {
                provider: 1,
                amount: 6_000 - 300 + 6_000,
            }
            .into(),
        );
        check();
        run(3 * VESTING);
        assert_noop!(claim(1, 0, 31), Error::<Test>::NothingToClaim);
        // Nobody else loses.
        assert_ok!(claim(2, 0, 31));
        assert_eq!(balance(2), FUNDS + 12_000);
        // What is earned afterwards is the provider's again.
        settle(&[1], 60_000, 0);
        let epoch = CurrentEpoch::<Test>::get();
        run(3 * VESTING);
        assert_ok!(claim(1, epoch, 1));
        assert_eq!(balance(1), FUNDS + 300 + 6_000);
    });
}

#[test]
fn a_slash_leaves_what_has_vested_unclaimed() {
    test(|| {
        settle(&[1], 60_000, 0);
        let ended = end_epoch();
        run_to(ended + VESTING / 2);
        Work::slashed(&1);
        Work::slashed(&1);
        run(2 * VESTING);
        assert_ok!(claim(1, 0, 31));
        assert_eq!(balance(1), FUNDS + 3_000);
    });
}

#[test]
fn a_slash_in_an_epoch_leaves_room_to_earn_again_in_it() {
    test(|| {
        settle(&[1], 60_000, 0);
        Work::slashed(&1);
        assert_eq!(earned(1), 0);
        settle(&[1], 10_000, 0);
        end_epoch();
        run(2 * VESTING);
        assert_ok!(claim(1, 0, 31));
        assert_eq!(balance(1), FUNDS + 1_000);
    });
}

#[test]
fn a_slash_of_who_has_nothing_changes_nothing() {
    test(|| {
        System::reset_events();
        Work::slashed(&1);
        assert!(System::events().is_empty());
    });
}

#[test]
fn unclaimed_credit_lapses_and_its_state_with_it() {
    test(|| {
        // As much as the budget pays in full.
        (1..=20).for_each(|who| settle(&[who], 50_000, 0));
        end_epoch();
        run(2 * VESTING);
        assert_ok!(claim(1, 0, 1));
        run(u64::from(Retention::get()) * EPOCH);
        // The last epoch began in this block, of which what is idle comes at its end.
        next_block();
        assert_eq!(
            OldestEpoch::<Test>::get(),
            CurrentEpoch::<Test>::get() - Retention::get()
        );
        assert!(Epochs::<Test>::get(0).is_none());
        assert_eq!(Credits::<Test>::iter_prefix(0).count(), 0);
        assert_eq!(ForgottenClaims::<Test>::get(), 5_000);
        assert_noop!(claim(2, 0, 1), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn nothing_is_forgotten_without_weight_for_it() {
    test(|| {
        settle(&[1], 60_000, 0);
        CurrentEpoch::<Test>::put(1_000);
        assert_eq!(Work::on_idle(1, Weight::from_parts(1, 1)), Weight::zero());
        assert!(Epochs::<Test>::contains_key(0));
        CurrentEpoch::<Test>::put(0);
    });
}

#[test]
fn an_account_that_does_not_exist_is_told_so() {
    test(|| {
        settle(&[77], 60, 0);
        end_epoch();
        run(2 * VESTING);
        assert_noop!(claim(77, 0, 1), Error::<Test>::CannotReceive);
    });
}

#[test]
fn genesis_sets_the_pace() {
    new_test_ext().execute_with(|| {
        let pace = Pace {
            epoch_blocks: 10,
            vesting_blocks: 300,
            windows: 1,
        };
        GenesisConfig::<Test> {
            pace: Some(pace),
            ..Default::default()
        }
        .build();
        assert_eq!(PaceOf::<Test>::get(), pace);
    });
}

#[test]
#[should_panic(expected = "vestingBlocks must be at most 30 epochs")]
fn a_pace_that_a_slash_could_not_look_back_over_is_refused() {
    new_test_ext().execute_with(|| {
        GenesisConfig::<Test> {
            pace: Some(Pace {
                epoch_blocks: 10,
                vesting_blocks: 301,
                windows: 1,
            }),
            ..Default::default()
        }
        .build();
    });
}
