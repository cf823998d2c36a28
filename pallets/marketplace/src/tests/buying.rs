//! Tokens that are bought for what is to be burned of coins: what a job burned so is what it is
//! credited by, within what a block may sell; where nothing can be bought, nothing changes.

use crate::{
    mock::{assets::*, panels::*, rooted::*, *},
    pallet::*,
    Event, InputCommitments, JobInput,
};
use frame_support::assert_ok;
use sp_core::H256;
use swarmwork_primitives::{Assignment, Budget, JobState, Mode};

/// Registers a provider that asks a thousand tokens, 250 coins, a batch.
fn ready() {
    register(0, 1_000);
    accept(0, RATE);
}

fn burned() -> Balance {
    doubles::Burned::<Test>::get()
}

/// What of each job was reported to swarm work as burned.
fn credited() -> Vec<Balance> {
    let settlements = doubles::Settlements::<Test>::get();
    settlements.into_iter().map(|settled| settled.2).collect()
}

fn bought(job: H256, sold: Balance, burned: Balance) -> Event<Test> {
    Event::TokensBought {
        job,
        asset: STABLE,
        sold,
        burned,
    }
}

#[test]
fn what_is_to_burn_of_coins_buys_tokens_that_are_burned_and_credited() {
    test(|| {
        ready();
        open_market(1_200, 1_000);
        let tokens = free(&treasury());
        let id = assigned_for_coins(0, 1, 300);
        events();
        assert_ok!(prove(id, 0, 0));
        // Five percent of 250 coins is 12: the treasury has 38 less those.
        let got = [provider(0), treasury(), owner(), market()].map(|who| coins(&who));
        assert_eq!(got, [200, 26, 12, 12]);
        assert_eq!(coins(&requester()), COINS - 250);
        assert_eq!(TotalHeld::<Test>::get(stable()), 0);
        // At four tokens each.
        assert_eq!((burned(), credited()), (48, vec![48]));
        assert_eq!(free(&treasury()), tokens, "what was bought is burned");
        let events = events();
        assert!(events.contains(&bought(id, 12, 48)));
        assert_eq!(
            events.last(),
            Some(&Event::JobCompleted {
                job: id,
                provider: provider(0),
                paid_provider: 200,
                paid_treasury: 26,
                burned: 48,
                paid_owner: 12,
                refunded: 50,
            })
        );
    });
}

#[test]
fn a_block_sells_no_more_than_its_share_of_what_the_treasury_has() {
    test(|| {
        ready();
        // A hundredth of it is 20.
        open_market(2_000, 1_000);
        let jobs = [0; 3].map(|_| assigned_for_coins(0, 1, 300));
        for id in jobs {
            assert_ok!(prove(id, 0, 0));
        }
        assert_eq!(coins(&market()), 20);
        assert_eq!(credited(), [48, 32, 0]);
        // The treasury has what was not sold.
        assert_eq!(coins(&treasury()), 3 * 38 - 20);
        next_block();
        let id = assigned_for_coins(0, 1, 300);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(coins(&market()), 32);
        assert_eq!(credited(), [48, 32, 0, 48]);
        assert_eq!(burned(), 128);
    });
}

/// The price on the market can be moved for a moment, the listed rate cannot.
#[test]
fn what_may_be_sold_follows_the_listed_rate() {
    test(|| {
        open_market(1_200, 1_000);
        assert_eq!(Marketplace::sellable(STABLE), 12);
        // At a quarter of the value the same liquidity is twice as many coins.
        list(1);
        assert_eq!(Marketplace::sellable(STABLE), 24);
        list(16);
        assert_eq!(Marketplace::sellable(STABLE), 6);
        assert_eq!(Marketplace::sellable(UNLISTED), 0);
    });
}

#[test]
fn where_nothing_can_be_bought_the_treasury_keeps_the_share() {
    test(|| {
        ready();
        // As if there were a market; it has no tokens.
        doubles::Liquidity::<Test>::put(1_000_000);
        let id = assigned_for_coins(0, 1, 300);
        events();
        assert_ok!(prove(id, 0, 0));
        assert_eq!((coins(&treasury()), coins(&market())), (38, 0));
        assert_eq!((burned(), credited()), (0, vec![0]));
        assert_eq!(Sold::<Test>::get(STABLE), Default::default());
        assert!(!events()
            .iter()
            .any(|event| matches!(event, Event::TokensBought { .. })));
    });
}

#[test]
fn frozen_coins_are_owed_and_buy_nothing() {
    test(|| {
        ready();
        open_market(1_200, 1_000);
        let id = assigned_for_coins(0, 1, 300);
        freeze_coins(true);
        assert_ok!(prove(id, 0, 0));
        let owed = Claims::<Test>::get((treasury(), stable(), requester()));
        assert_eq!((owed, burned()), (38, 0));
        freeze_coins(false);
    });
}

/// Each member's price is divided by itself, and the job has one credit.
#[test]
fn several_who_agree_are_credited_together_for_what_their_prices_bought() {
    test(|| {
        open_market(10_000, 10_000);
        for number in 0..3 {
            register_rooted(number, 1_000);
            accept(number, RATE);
        }
        let input = rooted(BATCHES);
        let nonce = Nonces::<Test>::get(requester());
        let mode = Mode::Redundant { providers: 3 };
        let order = Call::submit_order {
            model: model(),
            input: JobInput {
                locator: input.locator.clone(),
                commitments: InputCommitments::Root {
                    batches: BATCHES,
                    root: input.root,
                },
            },
            mode,
            budget: Budget {
                currency: stable(),
                max_price: 750,
            },
            deadline: System::block_number() + 200,
            placement: Assignment::Swarm.into(),
        };
        assert_ok!(dispatch(requester(), order));
        let id = swarmwork_primitives::rooted_job_id(
            &requester(),
            nonce,
            &model(),
            &input.locator.content,
            BATCHES,
            &input.root,
            &mode,
        );
        run_to(System::block_number() + DRAW);
        let tree = answers();
        answer_all(id, &[(0, &tree), (1, &tree), (2, &tree)]);
        let end = run_to_end(id);
        assert!(
            matches!(end, JobState::Agreed { price: 750, .. }),
            "{end:?}"
        );
        // Five percent of 250 coins each, at four tokens.
        assert_eq!((coins(&market()), burned()), (36, 144));
        assert_eq!(credited(), [144]);
    });
}

#[test]
fn the_slot_of_a_job_that_is_withdrawn_buys_tokens_too() {
    test(|| {
        ready();
        open_market(1_200, 1_000);
        let id = submit_for_coins(1, 1_000, 60, Assignment::Direct(provider(0)));
        run_to(START + 59);
        assert_ok!(dispatch(requester(), Call::cancel_job { job: id }));
        assert!(burned() > 0);
        assert_eq!(burned(), coins(&market()) * Balance::from(RATE));
        assert!(credited().is_empty(), "nothing was done");
    });
}
