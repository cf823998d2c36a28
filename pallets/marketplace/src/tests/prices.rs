//! What jobs cost, and what they did cost.

use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use sp_core::H256;
use swarmwork_primitives::{
    Assignment, AssignmentKind, ComputeClass, Enquiry, Mode, Needs, Quote, Rejection,
    RejectionCounts, Requirements, Terms,
};

fn enquiry(batches: u32, max_price: Balance) -> Enquiry<Balance> {
    Enquiry {
        model: model(),
        batches,
        mode: Mode::Proven,
        max_price,
        currency: NATIVE,
        requirements: Requirements::default(),
    }
}

/// Has a job of two batches drawn and proven.
fn settle(number: u8, terms: Terms) {
    let id = submit_with(2, 2_000, Assignment::Swarm, terms);
    run_to(System::block_number() + 7);
    for batch in 0..2 {
        assert_ok!(prove(id, batch, number));
    }
}

#[test]
fn what_drawn_jobs_were_settled_at_is_averaged_by_class() {
    test(|| {
        register(0, 300);
        assert!(Marketplace::clearing_prices()
            .iter()
            .all(|(_, clearing)| clearing.jobs == 0));
        settle(0, Terms::default());
        let of = |class| Clearing::<Test>::get(class);
        let basic = of(ComputeClass::Basic);
        assert_eq!((basic.average, basic.jobs), (300, 1));
        doubles::Pallet::<Test>::change(&provider(0), |p| p.ask = 460);
        settle(0, Terms::default());
        let basic = of(ComputeClass::Basic);
        // A sixteenth of the way.
        assert_eq!((basic.average, basic.jobs), (310, 2));
        assert_eq!(of(ComputeClass::Consumer).jobs, 0);
        // Two that know each other may have agreed on anything.
        let named = assigned(0, 1, 1_000);
        assert_ok!(prove(named, 0, 0));
        assert_eq!(of(ComputeClass::Basic).jobs, 2);
        assert_eq!(
            Marketplace::clearing_prices()[0],
            (ComputeClass::Basic, basic)
        );
    });
}

#[test]
fn what_auctions_and_fast_draws_end_with_counts_too() {
    test(|| {
        register(0, 300);
        let fast = Terms {
            fast: true,
            ..Default::default()
        };
        settle(0, fast);
        assert_eq!(Clearing::<Test>::get(ComputeClass::Basic).jobs, 1);
        let now = System::block_number();
        let id = submit_with(
            1,
            1_000,
            Assignment::Auction { blocks: 4 },
            Terms::default(),
        );
        assert_ok!(dispatch(
            provider(0),
            Call::bid {
                job: id,
                price: 460
            }
        ));
        run_to(now + 4 + 7);
        assert_ok!(prove(id, 0, 0));
        let clearing = Clearing::<Test>::get(ComputeClass::Basic);
        assert_eq!((clearing.average, clearing.jobs), (310, 2));
    });
}

#[test]
fn a_quote_says_what_a_job_would_cost_and_why_some_would_not_take_it() {
    test(|| {
        for (number, ask) in [(0, 300), (1, 600), (2, 100), (3, 200), (4, 400)] {
            register(number, ask);
        }
        doubles::Pallet::<Test>::change(&provider(2), |p| p.available = false);
        let quote = Marketplace::quote(enquiry(2, 1_000)).expect("the model is registered");
        let expected = Quote {
            macs: 2_000_000_000,
            judged: 5,
            fitting: 3,
            rejected: RejectionCounts {
                too_expensive: 1,
                unavailable: 1,
                ..Default::default()
            },
            prices: Some((400, 600, 800)),
            average: None,
            at_average: None,
        };
        assert_eq!(quote, expected);
        Clearing::<Test>::mutate(ComputeClass::Basic, |clearing| {
            clearing.average = 301;
            clearing.jobs = 1;
        });
        let quote = Marketplace::quote(enquiry(2, 1_000)).expect("the model is registered");
        assert_eq!((quote.average, quote.at_average), (Some(301), Some(602)));
        // Of the class that is asked for.
        let demanding = Enquiry {
            requirements: Requirements {
                hard: Needs {
                    class: ComputeClass::Consumer,
                    ..Default::default()
                },
                ..Default::default()
            },
            ..enquiry(2, 1_000)
        };
        let quote = Marketplace::quote(demanding).expect("the model is registered");
        assert_eq!((quote.average, quote.prices), (None, None));
        assert_eq!(quote.rejected.class, 3);
        let unknown = Enquiry {
            model: H256::zero(),
            ..enquiry(2, 1_000)
        };
        assert_eq!(Marketplace::quote(unknown), None);
    });
}

/// Whoever does not work for an asset, or not at what it is worth, is no offer in it.
#[test]
fn a_quote_in_an_asset_says_who_does_not_work_for_it() {
    use crate::mock::assets::*;
    test(|| {
        for number in 0..3 {
            register(number, 300);
        }
        accept(0, RATE);
        accept(1, RATE - 1);
        let coins = |max_price| Enquiry {
            currency: stable(),
            ..enquiry(1, max_price)
        };
        let quote = |max_price| Marketplace::quote(coins(max_price)).expect("it is listed");
        // 75 coins are worth 300 tokens.
        let listed = quote(75);
        assert_eq!((listed.fitting, listed.rejected.currency), (1, 2));
        assert_eq!(listed.prices, Some((300, 300, 300)));
        let judged = Marketplace::eligible_providers(coins(75), 0, 10);
        assert!(judged[0].1.is_ok());
        assert_eq!(judged[1].1, Err(Rejection::Currency));
        assert_eq!(quote(74).fitting, 0);
        assert!(quote(74).rejected.too_expensive > 0);
        assert_eq!(quote(Balance::MAX).fitting, 1);
        assert_ok!(Marketplace::close_asset(RuntimeOrigin::root(), STABLE));
        assert_eq!(Marketplace::quote(coins(75)), None);
        assert!(Marketplace::eligible_providers(coins(75), 0, 10).is_empty());
    });
}

#[test]
fn a_quote_is_of_as_much_as_a_draw_decides_on() {
    test(|| {
        register(0, 300);
        let quote = || Marketplace::quote(enquiry(1, 1_000)).expect("the model is registered");
        assert_eq!(quote().fitting, 1);
        MaxDrawn::set(299);
        assert_eq!((quote().fitting, quote().rejected.too_expensive), (0, 1));
    });
}

/// What a draw would refuse a quote does, too.
#[test]
fn whoever_has_just_changed_something_is_in_no_quote() {
    test(|| {
        register(0, 100);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.settled = 5);
        let quote = || Marketplace::quote(enquiry(1, 1_000)).expect("the model is registered");
        assert_eq!(quote().rejected.unsettled, 1);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.settled = 6);
        assert_eq!(quote().fitting, 1);
    });
}

#[test]
fn how_a_job_finds_its_provider_is_shown() {
    test(|| {
        register(0, 100);
        assert_eq!(Marketplace::placement(H256::zero()), None);
        let terms = Terms {
            start_within: Some(5),
            ..Default::default()
        };
        let assignment = Assignment::Auction { blocks: 10 };
        let id = submit_with(1, 1_000, assignment, terms.clone());
        let call = Call::bid {
            job: id,
            price: 100,
        };
        assert_ok!(dispatch(provider(0), call));
        let view = Marketplace::placement(id).expect("it is stored");
        assert_eq!((view.terms, view.bids_until), (terms, Some(START + 10)));
        assert_eq!(
            (view.assignment, view.won),
            (AssignmentKind::Auction, false)
        );
        assert_eq!(view.bids.len(), 1);
        assert_eq!((view.bids[0].price, view.bids[0].at), (100, START));
        run_to(START + 17);
        let view = Marketplace::placement(id).expect("it is stored");
        assert_eq!((view.bids_until, view.start_by), (None, Some(START + 22)));
        assert!(view.won);
        run_to(START + 23);
        let view = Marketplace::placement(id).expect("it is stored");
        assert_eq!((view.passed, view.draws), (vec![provider(0)], 1));
        // Whoever has it next has it by a draw.
        assert_eq!(
            (view.assignment, view.won),
            (AssignmentKind::Auction, false)
        );
    });
}

#[test]
fn by_whom_or_what_a_provider_is_chosen_is_shown() {
    test(|| {
        register(0, 100);
        let kind = |assignment, fast| {
            let terms = Terms {
                fast,
                ..Default::default()
            };
            let id = submit_with(1, 1_000, assignment, terms);
            let view = Marketplace::placement(id).expect("it is stored");
            assert!(!view.won);
            view.assignment
        };
        for fast in [false, true] {
            assert_eq!(kind(Assignment::Swarm, fast), AssignmentKind::Swarm);
        }
        let named = Assignment::Direct(provider(0));
        assert_eq!(kind(named, false), AssignmentKind::Direct);
        let auction = Assignment::Auction { blocks: 10 };
        assert_eq!(kind(auction, false), AssignmentKind::Auction);
    });
}
