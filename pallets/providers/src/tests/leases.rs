//! Capacity let to another: consent, bounds, notice, and whose the revenue is.

use super::{demand, register};
use crate::{mock::*, Error, Event, LeaseOffers, Leases, Providers};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_arithmetic::Permill;
use sp_runtime::DispatchResult;
use swarmwork_primitives::{Providers as _, Rejection};

const SHARE: Permill = Permill::from_percent(30);

pub(super) fn offer(lessor: u64, operator: u64, slots: u32, share: Permill) -> DispatchResult {
    Registry::offer_lease(RuntimeOrigin::signed(lessor), operator, slots, share)
}

pub(super) fn accept(operator: u64, lessor: u64, slots: u32, share: Permill) -> DispatchResult {
    Registry::accept_lease(RuntimeOrigin::signed(operator), lessor, slots, share)
}

pub(super) fn end(party: u64, operator: u64) -> DispatchResult {
    Registry::end_lease(RuntimeOrigin::signed(party), operator)
}

pub(super) fn close(operator: u64) -> DispatchResult {
    Registry::close_lease(RuntimeOrigin::signed(9), operator)
}

/// Providers 1 and 2, of which 2 leases so many places of 1.
pub(super) fn leased(slots: u32) {
    for who in 1..=2 {
        assert_ok!(register(who, 10 * MINIMUM_BOND));
    }
    assert_ok!(offer(1, 2, slots, SHARE));
    assert_ok!(accept(2, 1, slots, SHARE));
}

fn capacity(who: u64) -> u32 {
    Registry::details(&who).unwrap().capacity
}

#[test]
fn a_lease_moves_places_for_jobs() {
    new_test_ext().execute_with(|| {
        leased(2);
        System::assert_last_event(
            Event::LeaseBegun {
                lessor: 1,
                operator: 2,
                slots: 2,
                share: SHARE,
            }
            .into(),
        );
        assert_eq!((capacity(1), capacity(2)), (1, 5));
        assert_ok!(Registry::reserve(&1, 1));
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Busy));
        assert_noop!(Registry::reserve(&1, 1), Error::<Test>::TooManyJobs);
        for _ in 0..5 {
            assert_ok!(Registry::offer(&2, &demand()));
            assert_ok!(Registry::reserve(&2, 1));
        }
        assert_noop!(Registry::reserve(&2, 1), Error::<Test>::TooManyJobs);
        let details = Registry::details(&2).unwrap();
        assert_eq!(details.lease.unwrap().lessor, 1);
        assert_eq!(Registry::details(&1).unwrap().lent, 2);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn both_sides_consent_to_the_same_terms() {
    new_test_ext().execute_with(|| {
        assert_noop!(offer(1, 2, 1, SHARE), Error::<Test>::NotRegistered);
        for who in 1..=3 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        assert_noop!(accept(2, 1, 1, SHARE), Error::<Test>::NoLeaseOffer);
        assert_ok!(offer(1, 2, 1, SHARE));
        // Made to somebody else, or to other terms.
        assert_noop!(accept(3, 1, 1, SHARE), Error::<Test>::NoLeaseOffer);
        assert_noop!(accept(2, 1, 2, SHARE), Error::<Test>::LeaseOfferChanged);
        let less = Permill::from_percent(29);
        assert_noop!(accept(2, 1, 1, less), Error::<Test>::LeaseOfferChanged);
        assert_noop!(accept(4, 1, 1, SHARE), Error::<Test>::NotRegistered);
        // The lessor changes its mind before.
        assert_ok!(offer(1, 2, 2, SHARE));
        assert_noop!(accept(2, 1, 1, SHARE), Error::<Test>::LeaseOfferChanged);
        let withdraw = || Registry::withdraw_lease_offer(RuntimeOrigin::signed(1));
        assert_ok!(withdraw());
        System::assert_last_event(Event::LeaseOfferWithdrawn { lessor: 1 }.into());
        assert_noop!(withdraw(), Error::<Test>::NoLeaseOffer);
        assert_noop!(accept(2, 1, 2, SHARE), Error::<Test>::NoLeaseOffer);
        assert_ok!(offer(1, 2, 2, SHARE));
        assert_eq!(Registry::details(&1).unwrap().offered.unwrap().slots, 2);
        assert_ok!(accept(2, 1, 2, SHARE));
        // An offer is good for one lease.
        assert!(!LeaseOffers::<Test>::contains_key(1));
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_lease_is_bounded() {
    new_test_ext().execute_with(|| {
        for who in 1..=4 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        assert_noop!(offer(1, 1, 1, SHARE), Error::<Test>::LeaseToSelf);
        assert_noop!(offer(1, 2, 0, SHARE), Error::<Test>::NoSlots);
        assert_noop!(
            offer(1, 2, LEASED_SLOTS + 1, SHARE),
            Error::<Test>::TooManySlots
        );
        assert_noop!(
            offer(1, 2, 1, MaxLeaseShare::get() + Permill::from_parts(1)),
            Error::<Test>::ShareTooLarge
        );
        assert_ok!(offer(1, 2, 2, MaxLeaseShare::get()));
        assert_ok!(accept(2, 1, 2, MaxLeaseShare::get()));
        assert_noop!(offer(1, 3, 2, SHARE), Error::<Test>::NoSpareCapacity);
        // One lease each.
        assert_ok!(offer(3, 2, 1, SHARE));
        assert_noop!(accept(2, 3, 1, SHARE), Error::<Test>::AlreadyLeasing);
        // What is leased cannot be let on: an operator lets what is its own.
        assert_ok!(offer(2, 3, 2, SHARE));
        assert_ok!(accept(3, 2, 2, SHARE));
        assert_noop!(offer(2, 4, 2, SHARE), Error::<Test>::NoSpareCapacity);
        assert_ok!(Registry::do_try_state());
    });
}

/// A provider says how many jobs it works on at a time.
#[test]
fn nobody_is_given_or_lends_more_than_it_says_it_has() {
    new_test_ext().execute_with(|| {
        let slots = |slots| {
            let record = Providers::<Test>::get(1).expect("it is registered");
            Registry::update_provider(
                RuntimeOrigin::signed(1),
                record.ask,
                record.endpoint,
                record.unattested,
                slots,
            )
        };
        for who in 1..=2 {
            assert_ok!(register(who, 10 * MINIMUM_BOND));
        }
        assert_eq!(capacity(1), CONCURRENT);
        assert_noop!(slots(0), Error::<Test>::NoSlots);
        assert_noop!(slots(CONCURRENT + 1), Error::<Test>::TooManySlots);
        assert_ok!(slots(1));
        assert_noop!(offer(1, 2, 2, SHARE), Error::<Test>::NoSpareCapacity);
        assert_ok!(slots(2));
        assert_eq!((capacity(1), Registry::load(&1)), (2, (0, 2)));
        assert_ok!(offer(1, 2, 1, SHARE));
        assert_ok!(accept(2, 1, 1, SHARE));
        assert_ok!(Registry::reserve(&1, 1));
        assert_eq!(Registry::load(&1), (1, 1));
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::Busy));
        assert_noop!(Registry::reserve(&1, 1), Error::<Test>::TooManyJobs);
        // What it has begun it goes on with; what it lends it keeps.
        assert_ok!(slots(1));
        assert_eq!(Registry::load(&1), (1, 0));
        assert_ok!(slots(2));
        assert_ok!(Registry::release(&1, 1));
        assert_ok!(end(1, 2));
        assert_ok!(slots(1));
        System::set_block_number(1 + LEASE_NOTICE);
        assert_ok!(close(2));
        assert_eq!(capacity(1), 1);
        // Of two places that an operator has, one is leased.
        assert_ok!(offer(1, 2, 1, SHARE));
        let record = Providers::<Test>::get(2).expect("it is registered");
        assert_ok!(Registry::update_provider(
            RuntimeOrigin::signed(2),
            record.ask,
            record.endpoint,
            record.unattested,
            1,
        ));
        assert_ok!(accept(2, 1, 1, SHARE));
        let shared = Registry::lessor_share(&2, 1_000);
        assert_eq!(shared, Some((1, SHARE.mul_floor(500))));
        assert_noop!(slots(0), Error::<Test>::NoSlots);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn only_spare_capacity_is_leased() {
    new_test_ext().execute_with(|| {
        for who in 1..=2 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        assert_ok!(offer(1, 2, 2, SHARE));
        for _ in 0..2 {
            assert_ok!(Registry::reserve(&1, 1));
        }
        assert_noop!(accept(2, 1, 2, SHARE), Error::<Test>::NoSpareCapacity);
        assert_ok!(Registry::release(&1, 1));
        assert_ok!(accept(2, 1, 2, SHARE));
    });
}

#[test]
fn either_side_ends_it_with_notice() {
    for party in [1, 2] {
        new_test_ext().execute_with(|| {
            leased(2);
            assert_noop!(end(3, 2), Error::<Test>::NotPartyToLease);
            assert_noop!(end(1, 1), Error::<Test>::NoLease);
            assert_noop!(close(2), Error::<Test>::LeaseRunning);
            for _ in 0..5 {
                assert_ok!(Registry::reserve(&2, 1));
            }
            assert_ok!(end(party, 2));
            let ends = 1 + LEASE_NOTICE;
            System::assert_last_event(
                Event::LeaseEnding {
                    lessor: 1,
                    operator: 2,
                    ends,
                }
                .into(),
            );
            assert_noop!(end(1, 2), Error::<Test>::LeaseEndingAlready);
            assert_ok!(Registry::do_try_state());
            // What runs goes on, nothing comes to it; the lessor has its places back after.
            assert_ok!(Registry::release(&2, 1));
            assert_noop!(Registry::reserve(&2, 1), Error::<Test>::TooManyJobs);
            assert_eq!((capacity(1), capacity(2)), (1, 3));
            System::set_block_number(ends - 1);
            assert_noop!(close(2), Error::<Test>::LeaseRunning);
            assert!(Registry::lessor_share(&2, 1_000).is_some());
            System::set_block_number(ends);
            assert_eq!(Registry::lessor_share(&2, 1_000), None);
            assert_ok!(close(2));
            System::assert_last_event(
                Event::LeaseClosed {
                    lessor: 1,
                    operator: 2,
                }
                .into(),
            );
            assert_noop!(close(2), Error::<Test>::NoLease);
            assert_eq!((capacity(1), capacity(2)), (3, 3));
            assert!(!Leases::<Test>::contains_key(2));
            assert_ok!(Registry::do_try_state());
        });
    }
}

#[test]
fn revenue_is_shared_as_capacity_is() {
    new_test_ext().execute_with(|| {
        leased(2);
        assert_eq!(Registry::lessor_share(&1, 1_000), None);
        // Two of five places, and 30 % of that.
        assert_eq!(Registry::lessor_share(&2, 1_000), Some((1, 120)));
        assert_eq!(Registry::lessor_share(&2, 0), Some((1, 0)));
        assert_eq!(Registry::lessor_share(&2, 12), Some((1, 1)));
        // Capacity let to others is not the operator's to earn on.
        assert_ok!(register(3, MINIMUM_BOND));
        assert_ok!(offer(2, 3, 1, SHARE));
        assert_ok!(accept(3, 2, 1, SHARE));
        assert_eq!(Registry::lessor_share(&2, 1_000), Some((1, 150)));
        // In the time of notice it is shared as before.
        assert_ok!(end(1, 2));
        assert_eq!(Registry::lessor_share(&2, 1_000), Some((1, 150)));
    });
}

#[test]
fn nobody_leaves_a_lease_by_unregistering() {
    new_test_ext().execute_with(|| {
        leased(1);
        let unregister = |who| Registry::unregister(RuntimeOrigin::signed(who));
        for who in 1..=2 {
            assert_noop!(unregister(who), Error::<Test>::LeaseRunning);
        }
        assert_ok!(end(1, 2));
        System::set_block_number(1 + LEASE_NOTICE);
        for who in 1..=2 {
            assert_noop!(unregister(who), Error::<Test>::LeaseRunning);
        }
        assert_ok!(close(2));
        assert_ok!(offer(1, 2, 1, SHARE));
        assert_ok!(unregister(1));
        // Its offer goes with it.
        assert!(!LeaseOffers::<Test>::contains_key(1));
        assert_ok!(unregister(2));
        assert_ok!(Registry::do_try_state());
        assert!(Providers::<Test>::get(1).unwrap().leaving.is_some());
    });
}

proptest! {
    #[test]
    fn the_lessor_gets_no_more_than_its_part(
        earned: Balance,
        slots in 1..=LEASED_SLOTS,
        parts in 0..=500_000u32,
    ) {
        new_test_ext().execute_with(|| {
            let share = Permill::from_parts(parts);
            for who in 1..=2 {
                assert_ok!(register(who, MINIMUM_BOND));
            }
            assert_ok!(offer(1, 2, slots, share));
            assert_ok!(accept(2, 1, slots, share));
            let (lessor, part) = Registry::lessor_share(&2, earned).unwrap();
            assert_eq!(lessor, 1);
            // In floating point, to its precision.
            let exact = earned as f64 * f64::from(slots) / f64::from(CONCURRENT + slots)
                * f64::from(parts) / 1e6;
            assert!(part as f64 <= exact * (1.0 + 1e-9) + 1.0);
            assert!(part as f64 >= exact * (1.0 - 1e-9) - 2.0);
            assert!(part <= earned);
        });
    }
}
