//! What the treasury buys, and what it cannot be made to buy.

use crate::{mock::*, Class, ClassOf, Error, Paid};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};
use swarmwork_primitives::UNIT;

const SHOP: u64 = 95;

fn treasury() -> u128 {
    Balances::free_balance(TreasuryAccount::get())
}

fn public(call: impl Into<RuntimeCall>) -> RuntimeCall {
    crate::Call::<Test>::buy_public {
        call: Box::new(call.into()),
    }
    .into()
}

fn buy(price: u128) -> RuntimeCall {
    public(governed::Call::buy {
        shop: SHOP,
        price,
        tip: 0,
    })
}

/// Makes a call with the powers of an approved proposal.
fn make(class: Class, call: RuntimeCall) -> DispatchResult {
    make_as(crate::RawOrigin::Proposal { index: 0, class }.into(), call)
}

fn make_as(origin: RuntimeOrigin, call: RuntimeCall) -> DispatchResult {
    call.dispatch(origin)
        .map(|_| ())
        .map_err(|failed| failed.error)
}

#[test]
fn a_proposal_buys_with_the_treasurys_tokens() {
    test(|| {
        let before = treasury();
        assert_eq!(Classes::class_of(&buy(UNIT)), Class::Treasury);
        assert_ok!(enact(buy(UNIT)));
        assert_eq!(before - treasury(), UNIT);
        assert_eq!(Balances::free_balance(SHOP), FUNDS + UNIT);
        assert_eq!(Paid::<Test>::get().map(|month| month.paid), Some(UNIT));
    });
}

#[test]
fn nobody_else_buys_for_it() {
    test(|| {
        for who in [1, TECHNICAL, TreasuryAccount::get()] {
            assert_noop!(
                make_as(RuntimeOrigin::signed(who), buy(UNIT)),
                DispatchError::BadOrigin
            );
        }
        for class in [Class::Cancel, Class::Parameter] {
            assert_noop!(make(class, buy(UNIT)), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn it_buys_what_is_for_sale_only() {
    test(|| {
        let gift = public(pallet_balances::Call::transfer_allow_death {
            dest: SHOP,
            value: UNIT,
        });
        let nested = public(buy(UNIT));
        for call in [gift, nested] {
            assert_eq!(Classes::class_of(&call), Class::Upgrade);
            assert_noop!(make(Class::Upgrade, call), Error::<Test>::NotForSale);
        }
    });
}

#[test]
fn one_proposal_buys_within_its_limit_in_however_many_parts() {
    test(|| {
        let limit = SpendLimit::get();
        assert_eq!(Classes::class_of(&buy(limit)), Class::Treasury);
        assert_eq!(Classes::class_of(&buy(limit + 1)), Class::Upgrade);
        assert_noop!(
            make(Class::Treasury, buy(limit + 1)),
            Error::<Test>::BeyondLimit
        );
        let parts = |count| -> RuntimeCall {
            pallet_utility::Call::batch_all {
                calls: vec![buy(limit / 4); count],
            }
            .into()
        };
        assert_eq!(Classes::class_of(&parts(5)), Class::Treasury);
        assert_noop!(make(Class::Treasury, parts(5)), Error::<Test>::BeyondLimit);
        assert_ok!(make(Class::Treasury, parts(4)));
        // The next proposal has a limit of its own, the gravest class none.
        assert_ok!(make(Class::Treasury, buy(limit)));
        assert_ok!(make(Class::Upgrade, buy(limit + 1)));
    });
}

/// Purchases and payouts draw on one share of the month.
#[test]
fn purchases_count_against_the_month() {
    test(|| {
        let limit = SpendLimit::get();
        let share = MonthlyShare::get().mul_floor(treasury());
        let origin = crate::RawOrigin::Proposal {
            index: 0,
            class: Class::Treasury,
        };
        assert_ok!(Treasury::spend(
            origin.into(),
            Box::new(()),
            limit,
            Box::new(7),
            None
        ));
        for _ in 0..share / limit {
            assert_ok!(make(Class::Treasury, buy(limit)));
        }
        assert_noop!(make(Class::Treasury, buy(UNIT)), Error::<Test>::BudgetSpent);
        assert_noop!(
            dispatch(7, pallet_treasury::Call::payout { index: 0 }),
            pallet_treasury::Error::<Test>::PayoutError
        );
        System::set_block_number(System::block_number() + 30 * DAY);
        assert_ok!(make(Class::Treasury, buy(UNIT)));
    });
}

#[test]
fn a_purchase_takes_no_more_than_it_is_said_to_cost() {
    test(|| {
        let tipped = public(governed::Call::buy {
            shop: SHOP,
            price: UNIT,
            tip: 1,
        });
        assert_noop!(
            make(Class::Upgrade, tipped),
            Error::<Test>::CostsMoreThanSaid
        );
    });
}

#[test]
fn what_fails_costs_nothing() {
    test(|| {
        let too_much = treasury() + 1;
        Paid::<Test>::put(crate::Month {
            since: System::block_number(),
            allowance: u128::MAX,
            paid: 0,
        });
        assert!(make(Class::Upgrade, buy(too_much)).is_err());
        assert_eq!(Paid::<Test>::get().map(|month| month.paid), Some(0));
    });
}

#[test]
fn nothing_is_bought_while_the_market_is_stopped() {
    test(|| {
        assert_ok!(dispatch(TECHNICAL, crate::Call::<Test>::stop {}));
        assert_noop!(
            make(Class::Treasury, buy(UNIT)),
            frame_system::Error::<Test>::CallFiltered
        );
        run_for(DAY + 2);
        assert_ok!(make(Class::Treasury, buy(UNIT)));
    });
}

#[test]
fn a_purchase_weighs_what_it_does() {
    use crate::WeightInfo;
    use frame_support::dispatch::GetDispatchInfo;
    let inner: RuntimeCall = governed::Call::buy {
        shop: SHOP,
        price: UNIT,
        tip: 0,
    }
    .into();
    let own = <() as WeightInfo>::buy_public();
    let weight = own.saturating_add(inner.get_dispatch_info().call_weight);
    assert_eq!(public(inner).get_dispatch_info().call_weight, weight);
}
