//! Tips: whole, to the provider, and of no account to anybody else.

use crate::{
    mock::{assets::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;

fn tip(who: AccountId, job: H256, amount: Balance) -> DispatchResultWithPostInfo {
    dispatch(who, Call::tip { job, amount })
}

fn completed() -> H256 {
    register(0, 1_000);
    let id = assigned(0, 1, 1_000);
    assert_ok!(prove(id, 0, 0));
    id
}

#[test]
fn a_tip_is_the_providers_alone() {
    test(|| {
        let id = completed();
        let (before, burned) = (free(&provider(0)), doubles::Burned::<Test>::get());
        let evidence = (
            doubles::Settlements::<Test>::get().len(),
            doubles::Recorded::<Test>::get().len(),
        );
        events();
        assert_ok!(tip(requester(), id, 70));
        assert_eq!(free(&provider(0)) - before, 70);
        assert_eq!(free(&requester()), FUNDS - 1_070);
        assert_eq!(doubles::Burned::<Test>::get(), burned);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        let after = (
            doubles::Settlements::<Test>::get().len(),
            doubles::Recorded::<Test>::get().len(),
        );
        assert_eq!(after, evidence, "it earns nothing");
        let tipped = Event::Tipped {
            job: id,
            provider: provider(0),
            amount: 70,
        };
        assert_eq!(events(), vec![tipped]);
    });
}

#[test]
fn a_tip_is_in_what_the_job_was_paid_in() {
    test(|| {
        register(0, 1_000);
        accept(0, RATE);
        let id = assigned_for_coins(0, 1, 250);
        assert_ok!(prove(id, 0, 0));
        let before = (free(&provider(0)), coins(&provider(0)));
        assert_ok!(tip(requester(), id, 30));
        assert_eq!(
            (free(&provider(0)), coins(&provider(0))),
            (before.0, before.1 + 30)
        );
        assert_ok!(Assets::freeze_asset(
            RuntimeOrigin::signed(issuer()),
            STABLE
        ));
        // Nothing of a frozen asset can be spent.
        assert_noop!(tip(requester(), id, 30), Error::<Test>::InsufficientBalance);
    });
}

#[test]
fn a_tip_to_who_is_blocked_is_not_given() {
    test(|| {
        register(0, 1_000);
        accept(0, RATE);
        let id = assigned_for_coins(0, 1, 250);
        assert_ok!(prove(id, 0, 0));
        let issuer = RuntimeOrigin::signed(issuer());
        assert_ok!(Assets::block(issuer, STABLE, provider(0)));
        assert_noop!(tip(requester(), id, 30), Error::<Test>::CannotReceive);
    });
}

#[test]
fn only_the_requester_of_a_completed_job_gives_tips() {
    test(|| {
        let id = completed();
        assert_noop!(tip(requester(), H256::zero(), 1), Error::<Test>::JobUnknown);
        assert_noop!(tip(account(3), id, 1), Error::<Test>::NotTheRequester);
        assert_noop!(tip(requester(), id, 0), Error::<Test>::TipZero);
        assert_noop!(
            tip(requester(), id, FUNDS),
            Error::<Test>::InsufficientBalance
        );
        let running = assigned(0, 1, 1_000);
        assert_noop!(tip(requester(), running, 1), Error::<Test>::JobNotCompleted);
    });
}

/// What is held for jobs is no part of what can be given away.
#[test]
fn escrow_is_not_given_away() {
    test(|| {
        let id = completed();
        let left = free(&requester());
        submit(1, left - 500, 100, swarmwork_primitives::Assignment::Swarm);
        assert_noop!(
            tip(requester(), id, 501),
            Error::<Test>::InsufficientBalance
        );
        assert_ok!(tip(requester(), id, 100));
        assert_eq!(held(&requester()), left - 500);
    });
}
