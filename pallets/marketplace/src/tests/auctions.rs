//! Jobs that go to the lowest bid.

use crate::{mock::*, pallet::*, Bid, Event, Lottery};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use swarmwork_primitives::{
    Assignment, ContentId, JobState, Needs, Requirements, SlashReason, Terms, MAX_BIDS,
};

const BLOCKS: u32 = 10;
/// The last block for bids.
const UNTIL: u64 = START + 10;
/// When it is decided.
const CLOSED: u64 = UNTIL + 7;

fn auction(terms: Terms) -> H256 {
    submit_with(1, 1_000, Assignment::Auction { blocks: BLOCKS }, terms)
}

fn bid(number: u8, job: H256, price: Balance) -> DispatchResultWithPostInfo {
    dispatch(provider(number), Call::bid { job, price })
}

fn reserved(number: u8) -> (u32, Balance) {
    let record = doubles::ProvidersById::<Test>::get(provider(number)).expect("it is registered");
    (record.running, record.reserved)
}

/// The last block whose bids count, as it is drawn.
fn end(id: H256) -> u64 {
    let outputs: Vec<H256> = (UNTIL + 1..=UNTIL + 6).map(output_of).collect();
    UNTIL - Lottery::new(&id, &outputs).below(6)
}

#[test]
fn the_lowest_bid_in_time_gets_the_job_at_its_price() {
    test(|| {
        for number in 0..3 {
            // What they ask otherwise does not matter.
            register(number, 5_000);
        }
        let id = auction(Terms::default());
        run_to(3);
        events();
        assert_ok!(bid(0, id, 300));
        assert_eq!(
            events(),
            vec![Event::BidPlaced {
                job: id,
                provider: provider(0),
                price: 300,
                collateral: 600,
            }]
        );
        assert_eq!(reserved(0), (1, 600));
        assert_ok!(bid(1, id, 200));
        assert_ok!(bid(2, id, 200));
        run_to(CLOSED - 1);
        assert_eq!(job(id).state, JobState::Open);
        events();
        next_block();
        // Of two equal ones the earlier.
        assert_eq!(
            job(id).state,
            JobState::Assigned {
                provider: provider(1),
                price: 200,
                collateral: 400,
                at: CLOSED
            }
        );
        assert_eq!(
            [reserved(0), reserved(1), reserved(2)],
            [(0, 0), (1, 400), (0, 0)]
        );
        assert_eq!(
            events()[0],
            Event::AuctionClosed {
                job: id,
                bids: 3,
                ended: end(id)
            }
        );
        assert_ok!(prove(id, 0, 1));
        // Whoever bids may have agreed on it with who pays.
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

/// Where the auction ends is drawn when it is over: a bid of the last block wins only if that is it.
#[test]
fn undercutting_in_the_last_block_helps_only_by_luck() {
    test(|| {
        for number in 0..4 {
            register(number, 100);
            doubles::Pallet::<Test>::change(&provider(number), |p| p.bond = Balance::MAX / 2);
        }
        let ids: Vec<_> = (0..3).map(|_| auction(Terms::default())).collect();
        run_to(UNTIL - 5);
        for id in &ids {
            assert_ok!(bid(0, *id, 300));
        }
        run_to(UNTIL);
        for id in &ids {
            assert_ok!(bid(1, *id, 299));
        }
        run_to(CLOSED);
        for id in ids {
            let lucky = end(id) == UNTIL;
            assert!((UNTIL - 5..=UNTIL).contains(&end(id)));
            assert_eq!(holder(id), Some(provider(u8::from(lucky))));
        }
    });
}

#[test]
fn bids_win_by_price_in_time_and_by_time_after_it() {
    let bid = |number: u8, price: Balance, at: u64| Bid {
        provider: provider(number),
        price,
        collateral: 0,
        at,
    };
    let bids = vec![
        bid(0, 30, 1),
        bid(1, 20, 4),
        bid(2, 20, 2),
        bid(3, 5, 7),
        bid(4, 10, 6),
        bid(5, 9, 6),
    ];
    let order: Vec<_> = Marketplace::ranked(bids, 5)
        .into_iter()
        .map(|bid| bid.price)
        .collect();
    assert_eq!(order, vec![20, 20, 30, 9, 10, 5]);
    let tied = vec![bid(1, 20, 4), bid(2, 20, 2)];
    assert_eq!(Marketplace::ranked(tied, 5)[0].provider, provider(2));
}

#[test]
fn a_bid_is_refused_that_is_out_of_place_or_cannot_be_kept() {
    test(|| {
        for number in 0..3 {
            register(number, 100);
        }
        let swarm = submit(1, 1_000, 100, Assignment::Swarm);
        let wanted = Terms {
            requirements: Requirements {
                hard: Needs {
                    gpu_memory_mib: 8,
                    ..Default::default()
                },
                ..Default::default()
            },
            ..Default::default()
        };
        let demanding = auction(wanted);
        let id = auction(Terms::default());
        assert_noop!(bid(0, swarm, 100), Error::<Test>::NotAnAuction);
        assert_noop!(bid(0, H256::zero(), 100), Error::<Test>::JobUnknown);
        assert_noop!(bid(0, demanding, 100), Error::<Test>::ProviderLacksMemory);
        assert_noop!(bid(0, id, 49), Error::<Test>::BidTooLow);
        assert_noop!(bid(0, id, 1_001), Error::<Test>::BidTooHigh);
        assert_noop!(bid(9, id, 100), Error::<Test>::ProviderNotRegistered);
        assert_ok!(bid(0, id, 1_000));
        // It is final.
        assert_noop!(bid(0, id, 900), Error::<Test>::AlreadyBid);
        doubles::Pallet::<Test>::change(&provider(1), |p| p.bond = 199);
        assert_noop!(bid(1, id, 100), Error::<Test>::ProviderBondTooSmall);
        for _ in 0..3 {
            assigned(2, 1, 1_000);
        }
        assert_noop!(bid(2, id, 100), Error::<Test>::ProviderBusy);
        run_to(UNTIL + 1);
        doubles::Pallet::<Test>::change(&provider(1), |p| p.bond = 1_000);
        assert_noop!(bid(1, id, 100), Error::<Test>::BidsOver);
        run_to(CLOSED);
        assert_noop!(bid(1, id, 100), Error::<Test>::NotAnAuction);
    });
}

#[test]
fn a_full_book_keeps_the_lowest() {
    test(|| {
        let most = MAX_BIDS as u8;
        for number in 0..=most {
            register(number, 100);
        }
        let id = auction(Terms::default());
        for number in 0..most {
            assert_ok!(bid(number, id, 200 + Balance::from(number)));
        }
        let highest = 200 + Balance::from(most) - 1;
        assert_noop!(bid(most, id, highest), Error::<Test>::BidTooHigh);
        events();
        assert_ok!(bid(most, id, highest - 1));
        assert_eq!(
            events()[0],
            Event::BidDropped {
                job: id,
                provider: provider(most - 1)
            }
        );
        let collateral = 2 * (highest - 1);
        assert_eq!(
            (reserved(most - 1), reserved(most)),
            ((0, 0), (1, collateral))
        );
        run_to(CLOSED);
        assert_eq!(holder(id), Some(provider(0)));
    });
}

/// Else bids of the last block would drive out those that may be the only ones in time.
#[test]
fn a_full_book_is_closed_in_the_second_half() {
    test(|| {
        let most = MAX_BIDS as u8;
        for number in 0..=most {
            register(number, 100);
        }
        let (id, other) = (auction(Terms::default()), auction(Terms::default()));
        for number in 0..most {
            assert_ok!(bid(number, id, 200));
            assert_ok!(bid(number, other, 200));
        }
        run_to(UNTIL - 5);
        assert_ok!(bid(most, id, 100));
        run_to(UNTIL - 4);
        assert_noop!(bid(most, other, 100), Error::<Test>::BookFull);
        run_to(CLOSED);
        assert_eq!(holder(id), Some(provider(most)));
        assert_eq!(holder(other), Some(provider(0)));
    });
}

#[test]
fn an_auction_with_bids_is_not_withdrawn() {
    test(|| {
        register(0, 100);
        let cancel = |job| dispatch(requester(), Call::cancel_job { job });
        let (id, other) = (auction(Terms::default()), auction(Terms::default()));
        assert_ok!(bid(0, id, 100));
        assert_noop!(cancel(id), Error::<Test>::BidsStand);
        assert_ok!(cancel(other));
        assert_noop!(bid(0, other, 100), Error::<Test>::JobEnded);
    });
}

#[test]
fn a_job_that_nobody_bids_for_is_drawn_for() {
    test(|| {
        register(0, 100);
        let id = auction(Terms::default());
        run_to(CLOSED);
        // By the same outputs.
        assert_eq!(holder(id), Some(provider(0)));
        assert_ok!(dispatch(provider(0), Call::decline_job { job: id }));
        // It has not bid.
        assert!(doubles::Slashed::<Test>::get().is_empty());
    });
}

/// Bids are in tokens: when the asset that a job is paid in is worth less, they may be above its
/// maximum price.
#[test]
fn bids_that_the_price_covers_no_more_are_given_back_and_the_job_waits_for_a_draw() {
    test(|| {
        for number in 0..2 {
            register(number, 100);
            assets::accept(number, assets::RATE);
        }
        let auction = Assignment::Auction { blocks: BLOCKS };
        let id = assets::submit_for_coins(1, 250, 200, auction);
        for (number, price) in [(0, 900), (1, 950)] {
            assert_ok!(bid(number, id, price));
        }
        // The maximum price was worth 1,000 tokens.
        assets::list(assets::RATE / 2);
        run_to(CLOSED - 1);
        events();
        next_block();
        let seen = events();
        assert!(matches!(seen[0], Event::AuctionClosed { bids: 2, .. }));
        assert!(matches!(
            &seen[1..],
            [Event::NoProvider { rejected, redraw: Some(_), .. }] if rejected.currency == 2
        ));
        assert_eq!((reserved(0), reserved(1)), ((0, 0), (0, 0)));
        assert_eq!(job(id).state, JobState::Open);
        // Who is drawn then asks for what it asks of everybody, and has not bid.
        run_to(CLOSED + 5 + 7);
        assert!(holder(id).is_some());
        assert_eq!(
            Specials::<Test>::get(id).map(|special| special.won),
            Some(false)
        );
    });
}

#[test]
fn a_winner_that_gives_the_job_back_loses_a_part_of_its_bid() {
    test(|| {
        register(0, 100);
        register(1, 100);
        let id = auction(Terms::default());
        assert_ok!(bid(0, id, 205));
        run_to(CLOSED);
        events();
        assert_ok!(dispatch(provider(0), Call::decline_job { job: id }));
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(0), 21, SlashReason::Withdrawn)]
        );
        assert_eq!(doubles::SlashedFor::<Test>::get(), vec![id]);
        assert!(matches!(
            events()[..],
            [Event::JobReturned {
                forfeited: 21,
                redraw: Some(_),
                ..
            }]
        ));
        run_to(CLOSED + 5 + 7);
        // Who did not bid is drawn, and loses nothing by declining.
        assert_eq!(holder(id), Some(provider(1)));
        assert_ok!(dispatch(provider(1), Call::decline_job { job: id }));
        assert_eq!(doubles::Slashed::<Test>::get().len(), 1);
    });
}

/// Else it would be cheaper to keep a job from others by doing nothing than by giving it back.
#[test]
fn a_winner_that_lets_the_job_expire_loses_a_part_of_its_bid() {
    test(|| {
        register(0, 100);
        let id = auction(Terms::default());
        assert_ok!(bid(0, id, 205));
        run_to(CLOSED);
        assert_eq!(holder(id), Some(provider(0)));
        run_to(START + 500);
        assert!(doubles::Slashed::<Test>::get().is_empty());
        events();
        next_block();
        assert_eq!(
            events(),
            vec![Event::JobExpired {
                job: id,
                refunded: 1_000,
                provider: Some(provider(0)),
                forfeited: 21,
            }]
        );
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(0), 21, SlashReason::Withdrawn)]
        );
        assert_eq!(free(&requester()), FUNDS);
    });
}

/// The chain compares such a file with its content id, not with what was committed to: a requester
/// could publish one that nobody can work on.
#[test]
fn a_winner_whose_input_had_to_be_published_loses_nothing_of_its_bid() {
    for declines in [false, true] {
        test(|| {
            register(0, 100);
            let id = auction(Terms::default());
            let bytes = b"other rows".to_vec();
            Inputs::<Test>::mutate(id, |input| {
                let content = ContentId(*blake3::hash(&bytes).as_bytes());
                input.as_mut().expect("it is stored").locator.content = content;
            });
            assert_ok!(bid(0, id, 205));
            run_to(CLOSED);
            assert_ok!(dispatch(worker(0), Call::report_input { job: id }));
            let bytes = bytes.try_into().expect("short");
            assert_ok!(dispatch(
                requester(),
                Call::publish_input { job: id, bytes }
            ));
            if declines {
                assert_ok!(dispatch(provider(0), Call::decline_job { job: id }));
                assert_eq!(job(id).state, JobState::Open);
            } else {
                run_to(job(id).deadline + 1);
                assert!(matches!(job(id).state, JobState::Expired { .. }));
            }
            assert!(doubles::Slashed::<Test>::get().is_empty());
            assert_eq!(Specials::<Test>::get(id).map(|kept| kept.won), Some(false));
        });
    }
}

/// It has worked and proven for nothing, which costs more.
#[test]
fn a_winner_that_keeps_a_proven_output_back_loses_its_pay_and_not_its_bid() {
    test(|| {
        register(0, 100);
        doubles::OutputElements::<Test>::put(1);
        let id = auction(Terms {
            deliver: true,
            ..Default::default()
        });
        assert_ok!(bid(0, id, 205));
        run_to(CLOSED);
        assert_ok!(prove(id, 0, 0));
        assert_ok!(dispatch(requester(), Call::dispute_delivery { job: id }));
        run_to(CLOSED + DeliveryWindow::get() + 1);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert!(doubles::Slashed::<Test>::get().is_empty());
        assert_eq!(free(&requester()), FUNDS);
    });
}

#[test]
fn a_job_that_expires_with_bids_gives_them_back() {
    test(|| {
        register(0, 100);
        let id = auction(Terms::default());
        assert_ok!(bid(0, id, 100));
        Marketplace::expire(id, job(id), Marketplace::now());
        assert_eq!(reserved(0), (0, 0));
        assert!(!Auctions::<Test>::contains_key(id));
    });
}

#[test]
fn an_auction_leaves_time_to_work() {
    test(|| {
        let submit = |duration| {
            dispatch(
                requester(),
                Call::submit_job {
                    model: model(),
                    input: input(),
                    commitments: commitments(1),
                    max_price: 1_000,
                    deadline: START + duration,
                    assignment: Assignment::Auction { blocks: BLOCKS },
                },
            )
        };
        assert_noop!(submit(19), Error::<Test>::DeadlineTooSoon);
        assert_ok!(submit(20));
        assert_noop!(
            dispatch(
                requester(),
                Call::submit_job {
                    model: unattested_model(),
                    input: input(),
                    commitments: commitments(1),
                    max_price: 1_000,
                    deadline: START + 100,
                    assignment: Assignment::Auction { blocks: BLOCKS },
                },
            ),
            Error::<Test>::UnattestedNeedsDirect
        );
    });
}
