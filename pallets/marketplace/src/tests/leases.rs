//! The provider's share when it works on capacity of another.

use crate::{mock::*, pallet::*, Event};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::Perbill;
use swarmwork_primitives::JobState;

/// Somebody other than provider 0 whose capacity it works on, for a part.
fn lease(lessor: AccountId, percent: u32) {
    let terms = (lessor, Perbill::from_percent(percent));
    doubles::Lessors::<Test>::insert(provider(0), terms);
}

#[test]
fn the_lessor_is_paid_out_of_the_providers_share() {
    test(|| {
        register(0, 1_000);
        register(1, 1_000);
        lease(provider(1), 25);
        let everybody = || [provider(0), provider(1), treasury(), owner()].map(|who| free(&who));
        let before = everybody();
        let id = assigned(0, 1, 1_000);
        events();
        assert_ok!(prove(id, 0, 0));
        let gained: Vec<_> = everybody().iter().zip(before).map(|(a, b)| a - b).collect();
        assert_eq!(gained, vec![600, 200, 100, 50]);
        let events = events();
        assert!(events.contains(&Event::RevenueShared {
            job: id,
            provider: provider(0),
            lessor: provider(1),
            amount: 200,
        }));
        assert!(matches!(
            events.last(),
            Some(Event::JobCompleted {
                paid_provider: 800,
                ..
            })
        ));
    });
}

#[test]
fn a_part_of_nothing_is_no_leg() {
    test(|| {
        register(0, 1_000);
        lease(provider(1), 0);
        let before = free(&provider(0));
        let id = assigned(0, 1, 1_000);
        events();
        assert_ok!(prove(id, 0, 0));
        assert_eq!(free(&provider(0)) - before, 800);
        assert!(!events()
            .iter()
            .any(|event| matches!(event, Event::RevenueShared { .. })));
    });
}

#[test]
fn no_more_is_divided_than_there_is() {
    test(|| {
        register(0, 1_000);
        register(1, 1_000);
        // The double says that all and one unit more is the lessor's.
        lease(provider(1), 100);
        let before = [provider(0), provider(1)].map(|who| free(&who));
        let id = assigned(0, 1, 1_000);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(free(&provider(0)), before[0]);
        assert_eq!(free(&provider(1)), before[1] + 800);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
    });
}

#[test]
fn a_lessor_that_cannot_be_paid_has_a_claim_and_the_job_ends() {
    test(|| {
        register(0, 1_000);
        let nobody = account(201);
        // Less than the existential deposit.
        lease(nobody.clone(), 10);
        let before = free(&provider(0));
        let id = assigned(0, 1, 1_000);
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(free(&provider(0)) - before, 720);
        assert_eq!(
            Claims::<Test>::get((nobody.clone(), NATIVE, requester())),
            80
        );
    });
}

proptest! {
    #[test]
    fn every_unit_of_the_share_goes_to_one_of_the_two(price in 50..100_000u128, percent in 0..=100u32) {
        test(|| {
            register(0, price);
            register(1, price);
            lease(provider(1), percent);
            let before = [provider(0), provider(1)].map(|who| free(&who));
            let id = assigned(0, 1, price);
            assert_ok!(prove(id, 0, 0));
            let after = [provider(0), provider(1)].map(|who| free(&who));
            let share = Marketplace::split().divide(price).provider;
            assert_eq!(after[0] - before[0] + after[1] - before[1], share);
        });
    }
}
