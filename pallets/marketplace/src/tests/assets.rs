//! Jobs that are paid in an asset: what is listed, who accepts it, what it is worth, and what happens
//! where it is frozen.

use crate::{
    listing_scope,
    mock::{assets::*, rooted::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{DispatchError, FixedU128};
use swarmwork_primitives::{
    AssetId, Assignment, Budget, JobCurrency, JobState, Mode, Outcome, RejectionCounts,
};

fn to(number: u8) -> Assignment<AccountId> {
    Assignment::Direct(provider(number))
}

fn claim(beneficiary: AccountId) -> DispatchResultWithPostInfo {
    let asset = STABLE;
    dispatch(account(5), Call::claim_asset { asset, beneficiary })
}

fn owed(beneficiary: AccountId) -> Balance {
    Claims::<Test>::get((beneficiary, stable(), requester()))
}

/// Registers a provider that asks a thousand tokens, 250 coins, a batch.
fn ready() {
    register(0, 1_000);
    accept(0, RATE);
}

#[test]
fn a_settlement_in_coins_is_charged_for_its_legs() {
    test(|| {
        ready();
        let spent = |id| prove(id, 0, 0).expect("good").actual_weight.expect("known");
        let in_coins = spent(assigned_for_coins(0, 1, 300));
        let in_tokens = spent(assigned(0, 1, 1_000));
        assert_eq!(in_coins, in_tokens + Marketplace::legs_weight());
    });
}

#[test]
fn a_price_in_coins_is_divided_eighty_fifteen_five_and_nothing_is_burned() {
    test(|| {
        ready();
        let tokens = [requester(), provider(0), treasury(), owner()].map(|who| free(&who));
        let id = assigned_for_coins(0, 1, 300);
        assert_eq!((held_coins(&requester()), held(&requester())), (300, 0));
        assert_eq!(TotalHeld::<Test>::get(stable()), 300);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        events();
        assert_ok!(prove(id, 0, 0));
        let coins = [requester(), provider(0), treasury(), owner()].map(|who| coins(&who));
        // Five percent of 250 is 12.5: rounded down, the treasury gets 250 - 200 - 12.
        assert_eq!(coins, [COINS - 250, 200, 38, 12]);
        assert_eq!(held_coins(&requester()), 0);
        assert_eq!(TotalHeld::<Test>::get(stable()), 0);
        let after = [requester(), provider(0), treasury(), owner()].map(|who| free(&who));
        assert_eq!(after, tokens);
        assert_eq!(doubles::Burned::<Test>::get(), 0);
        assert_eq!(
            events().last(),
            Some(&Event::JobCompleted {
                job: id,
                provider: provider(0),
                paid_provider: 200,
                paid_treasury: 38,
                burned: 0,
                paid_owner: 12,
                refunded: 50,
            })
        );
    });
}

/// Credit is bounded by burned tokens, and there is no market here that buys tokens for coins.
#[test]
fn coins_earn_no_credit_and_no_reputation() {
    test(|| {
        ready();
        let id = submit_for_coins(1, 300, 60, Assignment::Swarm);
        run_to(START + 8);
        assert_ok!(prove(id, 0, 0));
        let settlements = doubles::Settlements::<Test>::get();
        assert_eq!(settlements.len(), 1);
        assert_eq!(settlements[0].2, 0);
        let recorded = doubles::Recorded::<Test>::get();
        let nothing = (provider(0), requester(), Outcome::Succeeded, 0);
        assert_eq!(recorded, vec![nothing]);
    });
}

/// A provider that lets a drawn job for coins expire has failed as much as with tokens.
#[test]
fn a_failure_weighs_what_the_coins_are_worth() {
    test(|| {
        ready();
        let id = submit_for_coins(1, 300, 30, Assignment::Swarm);
        run_to(START + 40);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        let failed = (provider(0), requester(), Outcome::Failed, 50);
        assert_eq!(doubles::Recorded::<Test>::get(), vec![failed]);
        assert_eq!(coins(&requester()), COINS, "refunded by itself");
    });
}

#[test]
fn what_governance_has_not_listed_pays_for_nothing() {
    test(|| {
        ready();
        let unlisted = JobCurrency::WithId(UNLISTED);
        let call = assets::submission(1, unlisted, 300, 20, to(0));
        assert_noop!(dispatch(requester(), call), Error::<Test>::AssetNotListed);
        let root = RuntimeOrigin::root;
        let one = FixedU128::from_u32(1);
        let by_anyone = Marketplace::list_asset(RuntimeOrigin::signed(issuer()), UNLISTED, one);
        assert_noop!(by_anyone, DispatchError::BadOrigin);
        let nothing = FixedU128::from_u32(0);
        let list = |asset: AssetId, rate| Marketplace::list_asset(root(), asset, rate);
        assert_noop!(list(UNLISTED, nothing), Error::<Test>::RateZero);
        assert_noop!(list(99, one), Error::<Test>::AssetUnknown);
        assert_ok!(list(UNLISTED, one));
        assert_ok!(Assets::force_create(root(), 9, issuer(), true, 1));
        assert_noop!(list(9, one), Error::<Test>::TooManyListed);
        // At another rate, again.
        assert_ok!(list(UNLISTED, FixedU128::from_u32(2)));
    });
}

#[test]
fn a_closed_listing_takes_no_new_jobs_and_ends_none() {
    test(|| {
        ready();
        let running = assigned_for_coins(0, 1, 300);
        let open = submit_for_coins(1, 300, 60, Assignment::Swarm);
        let close = || Marketplace::close_asset(RuntimeOrigin::root(), STABLE);
        let by_anyone = Marketplace::close_asset(RuntimeOrigin::signed(issuer()), STABLE);
        assert_noop!(by_anyone, DispatchError::BadOrigin);
        assert_ok!(close());
        assert_noop!(close(), Error::<Test>::AssetNotListed);
        let call = assets::submission(1, stable(), 300, 20, to(0));
        assert_noop!(dispatch(requester(), call), Error::<Test>::AssetNotListed);
        assert_ok!(prove(running, 0, 0));
        run_to(START + 8);
        assert_ok!(prove(open, 0, 0));
        list(RATE);
        assigned_for_coins(0, 1, 300);
    });
}

#[test]
fn a_role_may_be_limited_to_one_asset() {
    assert_ne!(listing_scope(STABLE), listing_scope(UNLISTED));
    assert_eq!(listing_scope(7), H256::from_low_u64_be(7));
}

#[test]
fn a_provider_chooses_what_it_works_for() {
    test(|| {
        register(0, 1_000);
        let submit = || {
            let call = assets::submission(1, stable(), 300, 20, to(0));
            dispatch(requester(), call)
        };
        assert_noop!(submit(), Error::<Test>::ProviderRefusesAsset);
        accept(0, RATE);
        assert_ok!(submit());
        // What coins are said to be worth has risen: it gets fewer of them.
        list(RATE + 1);
        assert_noop!(submit(), Error::<Test>::ProviderRefusesAsset);
        accept(0, RATE + 1);
        assert_ok!(submit());
        let (asset, up_to) = (STABLE, None);
        assert_ok!(dispatch(provider(0), Call::accept_asset { asset, up_to }));
        assert_noop!(submit(), Error::<Test>::ProviderRefusesAsset);
        // Tokens are taken by everybody.
        assigned(0, 1, 1_000);
    });
}

#[test]
fn only_a_provider_accepts_and_only_what_is_listed() {
    test(|| {
        register(0, 1_000);
        let call = |asset, rate| Call::accept_asset {
            asset,
            up_to: Some(FixedU128::from_u32(rate)),
        };
        let by_another = dispatch(account(3), call(STABLE, 1));
        assert_noop!(by_another, Error::<Test>::ProviderNotRegistered);
        let unlisted = dispatch(provider(0), call(UNLISTED, 1));
        assert_noop!(unlisted, Error::<Test>::AssetNotListed);
        let for_nothing = dispatch(provider(0), call(STABLE, 0));
        assert_noop!(for_nothing, Error::<Test>::RateZero);
    });
}

#[test]
fn a_draw_is_among_those_that_accept() {
    test(|| {
        for number in 0..3 {
            register(number, 1_000);
        }
        accept(2, RATE);
        let id = submit_for_coins(1, 300, 60, Assignment::Swarm);
        events();
        run_to(START + 7);
        assert!(matches!(
            job(id).state,
            JobState::Assigned { provider: who, price: 250, collateral: 2_000, .. }
                if who == provider(2)
        ));
        // Three jobs it has room for, and the others do not take a fourth.
        for _ in 0..2 {
            assigned_for_coins(2, 1, 300);
        }
        let waiting = submit_for_coins(1, 300, 60, Assignment::Swarm);
        events();
        run_to(START + 14);
        let rejected = RejectionCounts {
            busy: 1,
            currency: 2,
            ..Default::default()
        };
        assert!(events().iter().any(|event| matches!(
            event,
            Event::NoProvider { job, rejected: counts, .. }
                if *job == waiting && *counts == rejected
        )));
    });
}

/// A job must be worth the least price in tokens, whatever number of coins that is.
#[test]
fn dust_is_refused_in_every_currency() {
    test(|| {
        ready();
        // Fifty tokens are twelve and a half coins.
        let call = |coins| assets::submission(1, stable(), coins, 20, to(0));
        assert_noop!(dispatch(requester(), call(12)), Error::<Test>::PriceTooLow);
        assert_noop!(
            dispatch(requester(), call(13)),
            Error::<Test>::ProviderTooExpensive
        );
        list(1_000_000);
        accept(0, 1_000_000);
        assert_ok!(dispatch(requester(), call(1)));
    });
}

#[test]
fn coins_that_one_has_not_or_that_are_frozen_pay_for_nothing() {
    test(|| {
        ready();
        let call = |coins| assets::submission(1, stable(), coins, 20, to(0));
        let poor = dispatch(account(4), call(300));
        assert_noop!(poor, Error::<Test>::InsufficientBalance);
        // An account keeps the least that there must be in it.
        let all = dispatch(requester(), call(COINS));
        assert_noop!(all, Error::<Test>::InsufficientBalance);
        freeze_coins(true);
        let frozen = dispatch(requester(), call(300));
        assert_noop!(frozen, Error::<Test>::InsufficientBalance);
        freeze_coins(false);
        assert_ok!(dispatch(requester(), call(COINS - LEAST)));
    });
}

/// Its issuer cannot keep a job from ending by freezing an asset: everybody is owed what is theirs,
/// and gets it once that can move.
#[test]
fn a_frozen_asset_holds_up_no_job_and_takes_nothing_from_anybody() {
    test(|| {
        ready();
        let (id, expiring) = (assigned_for_coins(0, 1, 300), assigned_for_coins(0, 1, 400));
        let cancelled = assigned_for_coins(0, 1, 250);
        freeze_coins(true);
        assert_ok!(prove(id, 0, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_ok!(dispatch(requester(), Call::cancel_job { job: cancelled }));
        run_to(START + 21);
        assert!(matches!(job(expiring).state, JobState::Expired { .. }));
        // One twenty-first of 250 is 12 coins: nine are the provider's, and the rest the treasury's.
        assert_eq!(owed(provider(0)), 200 + 9);
        assert_eq!(owed(owner()), 12);
        assert_eq!(owed(treasury()), 38 + 3);
        assert_eq!(owed(requester()), 50 + 400 + 238);
        assert_eq!(held_coins(&requester()), 950);
        for who in [provider(0), owner(), treasury(), requester()] {
            assert_noop!(claim(who), Error::<Test>::CannotReceive);
        }
        freeze_coins(false);
        for who in [provider(0), owner(), treasury(), requester()] {
            assert_ok!(claim(who.clone()));
            assert_noop!(claim(who), Error::<Test>::NothingToClaim);
        }
        let all = [requester(), provider(0), treasury(), owner()].map(|who| coins(&who));
        assert_eq!(all, [COINS - 262, 209, 41, 12]);
        assert_eq!(TotalHeld::<Test>::get(stable()), 0);
    });
}

#[test]
fn a_blocked_account_is_owed_its_share() {
    test(|| {
        ready();
        give(&provider(0), LEAST);
        let issuer = || RuntimeOrigin::signed(issuer());
        assert_ok!(Assets::block(issuer(), STABLE, provider(0)));
        let id = assigned_for_coins(0, 1, 250);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(owed(provider(0)), 200);
        assert_eq!(coins(&treasury()), 38, "the others are paid");
        assert_noop!(claim(provider(0)), Error::<Test>::CannotReceive);
        assert_ok!(Assets::thaw(issuer(), STABLE, provider(0)));
        assert_ok!(claim(provider(0)));
        assert_eq!(coins(&provider(0)), LEAST + 200);
    });
}

#[test]
fn a_frozen_payer_pays_what_it_has_promised() {
    test(|| {
        ready();
        let id = assigned_for_coins(0, 1, 250);
        let issuer = RuntimeOrigin::signed(issuer());
        assert_ok!(Assets::freeze(issuer, STABLE, requester()));
        assert_ok!(prove(id, 0, 0));
        assert_eq!(coins(&provider(0)), 200);
    });
}

#[test]
fn a_share_below_the_least_balance_waits() {
    test(|| {
        // Fifty tokens: twelve and a half coins, rounded up in favour of who gets them.
        register(0, 50);
        accept(0, RATE);
        let id = assigned_for_coins(0, 1, 13);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(coins(&provider(0)), 10);
        assert_eq!((owed(owner()), owed(treasury())), (0, 3));
        give(&treasury(), LEAST);
        assert_ok!(claim(treasury()));
        assert_eq!(coins(&treasury()), LEAST + 3);
    });
}

/// Nobody who issues an asset takes what is held of it for jobs.
#[test]
fn what_is_held_is_out_of_the_issuers_reach() {
    test(|| {
        ready();
        let id = submit_for_coins(1, COINS - LEAST, 20, to(0));
        let issuer = || RuntimeOrigin::signed(issuer());
        assert!(
            Assets::burn(issuer(), STABLE, requester(), COINS).is_err()
                || coins(&requester()) >= LEAST
        );
        assert!(Assets::start_destroy(issuer(), STABLE).is_err());
        assert_eq!(held_coins(&requester()), COINS - LEAST);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(coins(&provider(0)), 200);
    });
}

#[test]
fn claims_are_by_currency_and_claiming_one_takes_nothing_of_another() {
    test(|| {
        ready();
        let heir = account(200);
        doubles::ModelsById::<Test>::mutate(model(), |model| {
            model.as_mut().expect("it is registered").owner = heir.clone();
        });
        // Fifty tokens and eight coins are both too little for a new account.
        let (tokens, few) = (assigned(0, 1, 1_000), FixedU128::from_u32(6));
        assert_ok!(Marketplace::list_asset(RuntimeOrigin::root(), STABLE, few));
        accept(0, 6);
        let coins = assigned_for_coins(0, 1, 167);
        for id in [tokens, coins] {
            assert_ok!(prove(id, 0, 0));
        }
        assert_eq!(owed(heir.clone()), 8);
        assert_eq!(Claims::<Test>::get((heir.clone(), NATIVE, requester())), 50);
        doubles::Pallet::<Test>::mint(&heir, EXISTENTIAL);
        assert_ok!(dispatch(heir.clone(), Call::claim {}));
        assert_eq!(owed(heir.clone()), 8);
        give(&heir, LEAST);
        assert_ok!(claim(heir.clone()));
        assert_eq!(assets::coins(&heir), LEAST + 8);
    });
}

#[test]
fn a_rooted_job_may_be_paid_in_coins_and_its_bonds_are_tokens() {
    test(|| {
        register_rooted(0, 1_000);
        accept(0, RATE);
        let nonce = Nonces::<Test>::get(requester());
        let input = rooted(100);
        let mode = Mode::Optimistic;
        let id = swarmwork_primitives::rooted_job_id(
            &requester(),
            nonce,
            &model(),
            &input.locator.content,
            100,
            &input.root,
            &mode,
        );
        let call = Call::submit_order {
            model: model(),
            input: crate::JobInput {
                locator: input.locator,
                commitments: crate::InputCommitments::Root {
                    batches: 100,
                    root: input.root,
                },
            },
            mode,
            budget: Budget {
                currency: stable(),
                max_price: 300,
            },
            deadline: System::block_number() + 150,
            placement: to(0).into(),
        };
        assert_ok!(dispatch(requester(), call));
        let tree = results(100);
        assert_ok!(commit(id, 0, &tree));
        // The price is worth a thousand tokens: a proof costs as many, and a bond twice that.
        assert_ok!(challenge(account(3), id, 1));
        assert_eq!((held(&account(3)), held_coins(&account(3))), (2_000, 0));
        answer(id, 0, &tree);
        assert_eq!(held(&account(3)), 0);
        run_to(until(id) + 2);
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(coins(&provider(0)), 200);
    });
}

proptest! {
    /// What is offered within a job's worth never costs more than the job may, and a provider gets
    /// at least what it asked for.
    #[test]
    fn conversions_favour_who_is_paid_within_what_was_promised(
        inner in 1u128..u128::MAX >> 8,
        amount in 0u128..1 << 64,
        part in 0u32..=1_000_000,
    ) {
        new_test_ext().execute_with(|| {
            let rate = FixedU128::from_inner(inner);
            assert_ok!(Marketplace::list_asset(RuntimeOrigin::root(), STABLE, rate));
            let Some(value) = Marketplace::value_of(&stable(), amount) else {
                return Ok(());
            };
            let offered = sp_runtime::Permill::from_parts(part).mul_floor(value);
            let price = Marketplace::price_in(&stable(), offered).expect("it is less than amount");
            prop_assert!(price <= amount, "{price} of {amount}");
            let got = Marketplace::value_of(&stable(), price).expect("it is no more than amount");
            prop_assert!(got >= offered);
            // And one coin less would not have done.
            if price > 0 {
                let less = Marketplace::value_of(&stable(), price - 1).expect("less than that");
                prop_assert!(less <= offered);
            }
            Ok(())
        })?;
    }
}
