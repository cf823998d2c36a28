//! Ways to keep a bond that was lost, to count it twice, or to get out of a job.

use super::{
    consent, demand,
    evidence::{answered, chain, equivocation, forgery, job, RIGHT},
    held, leases, maintenance, register, rotate,
    unbonding::{free, rebond, unbond, withdraw},
    url, worker, ASK,
};
use crate::{mock::*, Error, Providers};
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use sp_arithmetic::Permill;
use swarmwork_primitives::{Providers as _, Rejection, SlashReason};

fn unregister(who: u64) {
    assert_ok!(Registry::unregister(RuntimeOrigin::signed(who)));
}

/// A slash of all there is.
fn slash_all(who: u64) -> Balance {
    Registry::slash(&who, Balance::MAX, SlashReason::Unproven, job(7))
}

#[test]
fn unbonding_before_the_evidence_saves_nothing() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 5_000));
        give(job(7), 1, 100);
        for block in 1..=3 {
            System::set_block_number(block);
            assert_ok!(unbond(1, 1_000));
        }
        // A fifth of all five thousand, not of what still counts as bond, and the price.
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!(held(1), 3_900);
        assert_ok!(Registry::do_try_state());
        // Everything can be taken until it is withdrawn.
        assert_eq!(slash_all(1), 3_900);
        System::set_block_number(50);
        assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
        assert_noop!(rebond(1, 1), Error::<Test>::NotUnbonding);
        assert_eq!(free(1), ENDOWMENT - 5_000);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_slash_takes_the_bond_before_the_queue_and_the_latest_of_that_first() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 3_000));
        assert_ok!(unbond(1, 500));
        System::set_block_number(2);
        assert_ok!(unbond(1, 700));
        assert_eq!(
            Registry::slash(&1, 2_000, SlashReason::Unproven, job(7)),
            2_000
        );
        let details = Registry::details(&1).unwrap();
        assert_eq!(Providers::<Test>::get(1).unwrap().bond, 0);
        assert_eq!(details.unbonding, [(500, 11), (500, 12)]);
        System::set_block_number(12);
        assert_ok!(withdraw(1));
        assert_eq!(free(1), ENDOWMENT - 2_000);
    });
}

#[test]
fn leaving_before_the_evidence_saves_nothing() {
    chain(|| {
        unregister(1);
        System::set_block_number(UNBONDING);
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        System::set_block_number(1 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_eq!(free(1), ENDOWMENT - 300);
    });
}

#[test]
fn a_bond_is_not_hidden_behind_jobs_of_ones_own() {
    chain(|| {
        // Reserved by jobs that the offender gave itself, but for one unit.
        assert_ok!(Registry::reserve(&1, 600));
        assert_ok!(Registry::reserve(&1, 399));
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!(held(1), 999);
        assert_eq!(Registry::details(&1).unwrap().owed, 299);
        assert_ok!(Registry::do_try_state());
        // What comes free, and what is added, goes first to what is owed.
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Unavailable));
        assert_ok!(Registry::bond_extra(RuntimeOrigin::signed(1), 100));
        assert_eq!(Registry::details(&1).unwrap().owed, 199);
        assert_noop!(Registry::reserve(&1, 1), Error::<Test>::FreeBondTooSmall);
        assert_noop!(unbond(1, 1), Error::<Test>::BondTooSmall);
        assert_ok!(Registry::release(&1, 399));
        assert_eq!(Registry::details(&1).unwrap().owed, 0);
        assert_ok!(Registry::release(&1, 600));
        assert_eq!(held(1), 1_100 - 300);
    });
}

#[test]
fn another_worker_key_does_not_shake_off_what_the_old_one_signed() {
    chain(|| {
        assert_ok!(rotate(1, 200));
        assert_ok!(equivocation(answered(7, worker(1))));
        assert_eq!(held(1), 940);
        // Nor does having somebody else register the old one, who answers for nothing of it.
        assert_ok!(Registry::register_provider(
            RuntimeOrigin::signed(2),
            worker(1),
            consent(worker(1), 2),
            MINIMUM_BOND,
            ASK,
            url("http://a"),
            false,
        ));
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!(held(2), MINIMUM_BOND);
        assert!(held(1) < 940);
    });
}

#[test]
fn a_stolen_key_convicts_nobody_once_it_is_replaced() {
    chain(|| {
        assert_ok!(rotate(1, 200));
        System::set_block_number(2);
        give(job(8), 1, 100);
        for report in [
            equivocation(answered(8, worker(1))),
            forgery(answered(8, worker(1)), Some(RIGHT)),
        ] {
            assert_eq!(
                report.map_err(|error| error.error),
                Err(Error::<Test>::NotTheWorker.into())
            );
        }
    });
}

/// A worker key reports, and can do nothing else: not with the bond, not with the terms, and not keep
/// its owner from replacing it.
#[test]
fn a_stolen_worker_key_has_no_power_over_bond_and_terms() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10 * MINIMUM_BOND));
        assert_ok!(register(2, 10 * MINIMUM_BOND));
        assert_ok!(unbond(1, MINIMUM_BOND));
        let share = Permill::from_percent(10);
        assert_ok!(leases::offer(2, 1, 1, share));
        let thief = worker(1);
        let signed = || RuntimeOrigin::signed(thief);
        assert_storage_noop!({
            for refused in [
                Registry::update_provider(signed(), 1, url("http://thief.example"), true, 1),
                Registry::set_available(signed(), false),
                Registry::rotate_worker(signed(), 300, consent(300, thief)),
                Registry::rotate_worker(signed(), 300, consent(300, 1)),
                Registry::unregister(signed()),
                Registry::withdraw_bond(signed()),
                Registry::unbond(signed(), MINIMUM_BOND),
                Registry::rebond(signed(), MINIMUM_BOND),
                Registry::set_profile(signed(), Default::default()),
                Registry::announce_maintenance(signed(), 1 + NOTICE, 2 + NOTICE),
                Registry::end_maintenance(signed()),
                Registry::offer_lease(signed(), 2, 1, share),
                Registry::accept_lease(signed(), 2, 1, share),
                Registry::end_lease(signed(), 1),
                Registry::slash_provider(signed(), 2, 1),
            ] {
                assert!(refused.is_err());
            }
        });
        assert_ok!(rotate(1, 200));
        assert_eq!(Registry::controller_of(&thief), None);
    });
}

#[test]
fn another_controller_key_leaves_the_bond_where_it_is() {
    chain(|| {
        unregister(1);
        // The worker key stays the old provider's until the bond is gone.
        assert_noop!(
            Registry::register_provider(
                RuntimeOrigin::signed(2),
                worker(1),
                consent(worker(1), 2),
                MINIMUM_BOND,
                ASK,
                url("http://a"),
                false,
            ),
            Error::<Test>::WorkerAlreadyUsed
        );
        assert_ok!(register(2, MINIMUM_BOND));
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        assert_eq!((held(1), held(2)), (700, MINIMUM_BOND));
    });
}

#[test]
fn leaving_and_coming_back_makes_no_offence_undone() {
    chain(|| {
        assert_ok!(forgery(answered(7, worker(1)), Some(RIGHT)));
        unregister(1);
        System::set_block_number(1 + UNBONDING);
        assert_ok!(withdraw(1));
        assert_noop!(register(1, MINIMUM_BOND), Error::<Test>::BondTooSmall);
        assert_ok!(register(1, MINIMUM_BOND + 500));
        let details = Registry::details(&1).unwrap();
        assert_eq!((details.strikes, details.least_bond), (1, 1_500));
        assert_eq!(Registry::offer(&1, &demand()).unwrap().collateral, 330);
        // And the evidence does not work again.
        assert_noop!(
            forgery(answered(7, worker(1)), Some(RIGHT)),
            Error::<Test>::AlreadyJudged
        );
    });
}

#[test]
fn a_lease_shields_neither_side() {
    new_test_ext().execute_with(|| {
        leases::leased(2);
        // The offender's bond answers, and in full, whichever side it is on.
        for who in 1..=2 {
            let before = held(3 - who);
            assert_eq!(slash_all(who), 10 * MINIMUM_BOND);
            assert_eq!(held(who), 0);
            if who == 1 {
                assert_eq!(held(2), before);
            }
        }
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_lessors_bond_covers_no_job_of_the_operators() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 50 * MINIMUM_BOND));
        assert_ok!(register(2, MINIMUM_BOND));
        let share = Permill::from_percent(10);
        assert_ok!(leases::offer(1, 2, 2, share));
        assert_ok!(leases::accept(2, 1, 2, share));
        // Five places, and still one bond.
        assert_ok!(Registry::reserve(&2, 600));
        assert_noop!(Registry::reserve(&2, 401), Error::<Test>::FreeBondTooSmall);
        assert_eq!(Providers::<Test>::get(1).unwrap().reserved, 0);
    });
}

#[test]
fn a_bond_is_counted_once() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 2_000));
        // For jobs and for the queue.
        assert_ok!(Registry::reserve(&1, 1_000));
        assert_ok!(unbond(1, 1_000));
        assert_noop!(Registry::reserve(&1, 1), Error::<Test>::FreeBondTooSmall);
        assert_noop!(unbond(1, 1), Error::<Test>::BondTooSmall);
        // In the queue and out of it.
        assert_ok!(rebond(1, 1_000));
        assert_noop!(rebond(1, 1), Error::<Test>::NotUnbonding);
        System::set_block_number(1 + UNBONDING);
        assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
        assert_eq!(held(1), 2_000);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn maintenance_gets_nobody_out_of_a_drawn_job() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        // Whoever foresees a draw cannot be in maintenance by then.
        assert_noop!(
            maintenance::announce(NOTICE, NOTICE + 1),
            Error::<Test>::MaintenanceTooSoon
        );
        assert_ok!(maintenance::announce(1 + NOTICE, 2 + NOTICE));
        System::set_block_number(NOTICE);
        assert_ok!(Registry::offer(&1, &demand()));
        assert_ok!(Registry::reserve(&1, 220));
        // The job stays with it through the maintenance, and holds the bond.
        System::set_block_number(1 + NOTICE);
        assert_noop!(
            Registry::unregister(RuntimeOrigin::signed(1)),
            Error::<Test>::JobsRunning
        );
        assert_eq!(Providers::<Test>::get(1).unwrap().reserved, 220);
        assert_ok!(Registry::release(&1, 220));
    });
}

#[test]
fn maintenance_is_not_stretched_by_calling_it_off() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(maintenance::announce(5, 5 + MAINTENANCE));
        let over = 5 + MAINTENANCE;
        System::set_block_number(over);
        // One is announced for later and called off: the first is not forgotten by that.
        assert_ok!(maintenance::announce(over + INTERVAL, over + INTERVAL + 1));
        assert_ok!(maintenance::end());
        assert_noop!(
            maintenance::announce(over + NOTICE, over + NOTICE + 1),
            Error::<Test>::MaintenanceTooOften
        );
    });
}
