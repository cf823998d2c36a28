//! The treasury, drained by parts.

use super::{approved, spend};
use crate::{mock::*, Class, ClassOf};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sp_runtime::DispatchResult;
use swarmwork_primitives::UNIT;

const MONTH: u64 = 30 * DAY;

fn treasury() -> u128 {
    Balances::free_balance(TreasuryAccount::get())
}

/// What a month may pay out of what is there now.
fn share() -> u128 {
    MonthlyShare::get().mul_floor(treasury())
}

/// Approves so many spends of as much as one proposal may spend.
fn approve(count: u32) {
    for _ in 0..count {
        let origin = approved(Class::Treasury);
        Treasury::spend(origin, Box::new(()), SpendLimit::get(), Box::new(7), None)
            .expect("it is within the limit");
    }
}

fn payout(index: u32) -> DispatchResult {
    dispatch(7, pallet_treasury::Call::payout { index })
}

/// Asks for every payout; how much was paid.
fn pay_all(count: u32) -> u128 {
    let before = treasury();
    for index in 0..count {
        let _ = payout(index);
    }
    before - treasury()
}

/// However many spends are approved, a month pays out no more than its part.
#[test]
fn many_small_spends_do_not_drain_the_treasury() {
    test(|| {
        let limit = SpendLimit::get();
        assert_eq!(Classes::class_of(&spend(limit)), Class::Treasury);
        assert_eq!(Classes::class_of(&spend(limit + 1)), Class::Upgrade);
        // One proposal cannot add small spends up beyond the limit.
        let many: RuntimeCall = pallet_utility::Call::batch_all {
            calls: vec![spend(limit); 3],
        }
        .into();
        assert_eq!(
            enact(many),
            Err(pallet_treasury::Error::<Test>::InsufficientPermission.into())
        );
        let share = share();
        approve(40);
        assert_eq!(pay_all(40), share / limit * limit);
        // What was approved is not lost: it waits.
        System::set_block_number(System::block_number() + MONTH);
        assert!(pay_all(40) > 0);
    });
}

/// Months begin with a payment, so two of them can meet: what is paid around their border is two
/// shares at most, and never a third.
#[test]
fn where_two_months_meet_two_shares_are_paid_at_most() {
    test(|| {
        let (all, first) = (treasury(), share());
        approve(60);
        assert_ok!(payout(0));
        let start = System::block_number();
        System::set_block_number(start + MONTH - 1);
        pay_all(60);
        assert_eq!(all - treasury(), first);
        assert_eq!(pay_all(60), 0);
        System::set_block_number(start + MONTH);
        let second = share();
        assert!(second < first);
        assert_eq!(pay_all(60), second);
        System::set_block_number(start + 2 * MONTH - 1);
        assert_eq!(pay_all(60), 0);
    });
}

/// What is given to the treasury raises the share of the next month, not of this one.
#[test]
fn a_gift_raises_no_share_that_is_being_paid() {
    test(|| {
        let share = share();
        approve(40);
        assert_ok!(payout(0));
        assert_ok!(super::send(1, TreasuryAccount::get(), FUNDS / 2));
        let before = treasury();
        pay_all(40);
        assert_eq!(before - treasury(), share - SpendLimit::get());
    });
}

/// A sum that one proposal of the treasury's class may not spend takes the gravest class, and waits
/// for the months' shares as any other.
#[test]
fn a_large_sum_takes_the_gravest_class_and_its_time() {
    test(|| {
        let share = share();
        let sum = 5 * SpendLimit::get();
        let index = propose(80, spend(sum));
        assert_eq!(class_of(index), Class::Upgrade);
        assert_noop!(
            Treasury::spend(
                approved(Class::Attest),
                Box::new(()),
                sum,
                Box::new(7),
                None
            ),
            pallet_treasury::Error::<Test>::InsufficientPermission
        );
        assert_ok!(enact(spend(sum)));
        assert_ok!(enact(spend(share)));
        assert_ok!(payout(0));
        assert_eq!(treasury(), 100_000 * UNIT - sum);
        assert_noop!(payout(1), pallet_treasury::Error::<Test>::PayoutError);
    });
}

/// The treasury's tokens make no quorum harder to reach.
#[test]
fn the_treasury_is_no_voter() {
    test(|| {
        let turnout = crate::Turnout::<Test>::get();
        assert_eq!(turnout, Balances::total_issuance() - treasury());
        assert_ok!(super::send(1, TreasuryAccount::get(), FUNDS / 2));
        assert_eq!(crate::Turnout::<Test>::get(), turnout - FUNDS / 2);
    });
}
