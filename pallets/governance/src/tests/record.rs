//! The record of privileged acts.

use crate::{mock::*, Act, Actor, Class, Error, Event, Pallet, Role};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};
use swarmwork_primitives::UNIT;

fn act(price: u128) {
    Pallet::<Test>::record(Actor::Clock, Act::PriceFloorSet { price });
}

#[test]
fn acts_are_numbered_and_read_in_pages() {
    test(|| {
        assert_eq!(Governance::recorded(), (0, 0));
        assert!(Governance::acts(0, 10).is_empty());
        for price in 1..=5 {
            act(price);
        }
        assert_eq!(Governance::recorded(), (0, 5));
        let page = |start, limit| {
            Governance::acts(start, limit)
                .into_iter()
                .map(|(number, entry)| match entry.act {
                    Act::PriceFloorSet { price } => (number, price),
                    other => panic!("unexpected {other:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(page(0, 2), [(0, 1), (1, 2)]);
        assert_eq!(page(3, 10), [(3, 4), (4, 5)]);
        assert!(page(5, 10).is_empty());
        assert!(page(u64::MAX, u32::MAX).is_empty());
        System::assert_last_event(
            Event::ActRecorded {
                number: 4,
                actor: Actor::Clock,
                act: Act::PriceFloorSet { price: 5 },
            }
            .into(),
        );
    });
}

#[test]
fn the_record_is_bounded_and_forgets_the_oldest() {
    test(|| {
        for price in 1..=100 {
            act(price);
        }
        assert_eq!(Governance::recorded(), (60, 100));
        assert_eq!(crate::Acts::<Test>::iter_keys().count(), 40);
        let (number, entry) = Governance::acts(0, 1).remove(0);
        assert_eq!((number, entry.act), (60, Act::PriceFloorSet { price: 61 }));
    });
}

fn most() -> u32 {
    <Test as crate::Config>::MaxActs::get()
}

fn set_price(who: u64) -> DispatchResult {
    dispatch(who, crate::Call::set_price_floor { price: UNIT })
}

fn give_prices(holder: u64) {
    assert_ok!(Governance::grant_role(
        crate::RawOrigin::Proposal {
            index: 0,
            class: Class::Parameter
        }
        .into(),
        Role::AdjustPrices,
        holder,
        None,
        1_000,
    ));
}

/// Whoever has a role cannot fill the record with its use.
#[test]
fn a_role_is_used_so_often_a_day() {
    test(|| {
        for holder in [7, 8] {
            give_prices(holder);
        }
        for _ in 0..most() {
            assert_ok!(set_price(7));
        }
        assert_noop!(set_price(7), DispatchError::BadOrigin);
        assert_ok!(set_price(8));
        System::set_block_number(DAY);
        assert_noop!(set_price(7), DispatchError::BadOrigin);
        // A day after the first time.
        System::set_block_number(1 + DAY);
        assert_ok!(set_price(7));
        assert_eq!(crate::ActsOfDay::<Test>::get(7), Some((1 + DAY, 1)));
        assert_ok!(dispatch(
            7,
            crate::Call::renounce_role {
                role: Role::AdjustPrices
            }
        ));
        assert_eq!(crate::ActsOfDay::<Test>::get(7), None);
    });
}

/// Nor the technical account, which a proposal of class *cancel* may still dismiss then.
#[test]
fn the_technical_account_acts_so_often_a_day() {
    test(|| {
        let stop = || dispatch(TECHNICAL, crate::Call::stop {});
        for _ in 0..most() {
            assert_ok!(stop());
        }
        let full = || Error::<Test>::TooManyActs;
        assert_noop!(stop(), full());
        assert_noop!(dispatch(TECHNICAL, crate::Call::resume {}), full());
        let call = crate::name("Governed", "attest").unwrap();
        assert_noop!(
            dispatch(TECHNICAL, crate::Call::pause_call { call }),
            full()
        );
        let index = propose(80, governed::Call::draw_audit {});
        assert_noop!(dispatch(TECHNICAL, crate::Call::cancel { index }), full());

        let cancel = || {
            RuntimeOrigin::from(crate::RawOrigin::Proposal {
                index: 0,
                class: Class::Cancel,
            })
        };
        assert_ok!(Governance::resume(cancel()));
        System::set_block_number(1 + DAY);
        assert_ok!(stop());
        assert_ok!(Governance::dismiss_technical(cancel()));
        assert_eq!(crate::ActsOfDay::<Test>::get(TECHNICAL), None);
    });
}
