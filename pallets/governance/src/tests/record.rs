//! The record of privileged acts.

use crate::{mock::*, Act, Actor, Event, Pallet};

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
