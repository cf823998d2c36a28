//! Registration, capacity and the active index.

mod attacks;
mod charges;
mod consent;
mod evidence;
mod leases;
mod maintenance;
mod places;
mod profile;
mod sequences;
mod slashing;
mod unbonding;

use crate::{
    mock::*, Active, ActiveCount, Chunk, ChunkOf, ConsentOf, Controllers, Error, Event, HoldReason,
    Providers, Tier, Unbonding,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold},
        ConstU32, Hooks,
    },
    BoundedVec,
};
use sp_arithmetic::Permill;
use sp_runtime::{testing::TestSignature, DispatchError, DispatchResult, TokenError};
use swarmwork_primitives::{Demand, Offer, Providers as _, Rejection, Url};

const ASK: Balance = 100;

fn url(text: &str) -> Url {
    text.as_bytes().to_vec().try_into().unwrap()
}

/// The worker key that an account uses in these tests.
fn worker(of: u64) -> u64 {
    of + 100
}

/// A worker key's consent to report for a controller, for as long as may be.
fn consent(worker: u64, controller: u64) -> ConsentOf<Test> {
    let until = System::block_number() + CONSENT;
    let message = Registry::consent_message(&controller, until);
    ConsentOf::<Test> {
        until,
        signature: TestSignature(worker, message),
    }
}

fn rotate(who: u64, worker: u64) -> DispatchResult {
    Registry::rotate_worker(RuntimeOrigin::signed(who), worker, consent(worker, who))
}

fn register(who: u64, bond: Balance) -> DispatchResult {
    Registry::register_provider(
        RuntimeOrigin::signed(who),
        worker(who),
        consent(worker(who), who),
        bond,
        ASK,
        url("http://provider.example:9955"),
        false,
    )
}

fn held(who: u64) -> Balance {
    <Balances as InspectHold<u64>>::balance_on_hold(&HoldReason::Bond.into(), &who)
}

/// A demand whose price at [`ASK`] is `ASK * 2`.
fn demand() -> Demand<Balance> {
    Demand {
        macs: 2_000_000_000,
        max_price: ASK * 2,
        attested: true,
        agreed: None,
    }
}

#[test]
fn registration_holds_the_bond_and_makes_available() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_eq!(held(1), MINIMUM_BOND);
        assert_eq!(Registry::controller_of(&worker(1)), Some(1));
        assert_eq!(Registry::worker_of(&1), Some(worker(1)));
        assert_eq!(
            Registry::endpoint(&1),
            Some(url("http://provider.example:9955"))
        );
        assert_eq!(Registry::active_count(), 1);
        assert_eq!(Registry::active_at(0), Some(1));
        assert_eq!(Registry::active_at(1), None);
        let view = Registry::view(&1, Permill::from_percent(50), (3, 4)).unwrap();
        assert!(view.available);
        assert_eq!(
            (view.worker, view.bond, view.ask),
            (worker(1), MINIMUM_BOND, ASK)
        );
        assert_eq!((view.score, view.jobs), (Permill::from_percent(50), (3, 4)));
        System::assert_last_event(
            Event::ProviderRegistered {
                provider: 1,
                worker: worker(1),
                bond: MINIMUM_BOND,
                tier: Tier::Entry,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn bad_registrations_are_refused_without_trace() {
    new_test_ext().execute_with(|| {
        let attempt = |worker, bond, endpoint: &str| {
            Registry::register_provider(
                RuntimeOrigin::signed(1),
                worker,
                consent(worker, 1),
                bond,
                ASK,
                url(endpoint),
                false,
            )
        };
        let good = "https://provider.example";
        assert_noop!(
            attempt(101, MINIMUM_BOND - 1, good),
            Error::<Test>::BondTooSmall
        );
        assert_noop!(
            attempt(101, ENDOWMENT + 1, good),
            TokenError::FundsUnavailable
        );
        assert_noop!(
            attempt(1, MINIMUM_BOND, good),
            Error::<Test>::WorkerIsController
        );
        for endpoint in ["", "provider.example", "http://provider.example/"] {
            assert_noop!(
                attempt(101, MINIMUM_BOND, endpoint),
                Error::<Test>::InvalidEndpoint
            );
        }
        assert_noop!(
            Registry::register_provider(
                RuntimeOrigin::none(),
                101,
                consent(101, 1),
                MINIMUM_BOND,
                ASK,
                url(good),
                false
            ),
            DispatchError::BadOrigin
        );
        assert_ok!(register(2, MINIMUM_BOND));
        assert_noop!(
            attempt(worker(2), MINIMUM_BOND, good),
            Error::<Test>::WorkerAlreadyUsed
        );
        assert_ok!(register(1, MINIMUM_BOND));
        assert_noop!(
            attempt(101, MINIMUM_BOND, good),
            Error::<Test>::AlreadyRegistered
        );
    });
}

#[test]
fn only_providers_may_act_as_such() {
    new_test_ext().execute_with(|| {
        let one = || RuntimeOrigin::signed(1);
        let none = DispatchError::from(Error::<Test>::NotRegistered);
        assert_noop!(
            Registry::update_provider(one(), 1, url("http://a"), true, 1),
            none
        );
        assert_noop!(Registry::set_available(one(), true), none);
        assert_noop!(rotate(1, 200), none);
        assert_noop!(Registry::bond_extra(one(), 1), none);
        assert_noop!(Registry::unregister(one()), none);
        assert_noop!(Registry::withdraw_bond(one()), none);
        assert_noop!(Registry::reserve(&1, 1), none);
        assert_noop!(Registry::release(&1, 1), none);
        assert_eq!(
            Registry::offer(&1, &demand()),
            Err(Rejection::NotRegistered)
        );
        assert_eq!(Registry::view(&1, Permill::zero(), (0, 0)), None);
        assert_eq!(Registry::tier(&1), None);
    });
}

#[test]
fn the_bond_decides_the_tier() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, 10 * MINIMUM_BOND - 1));
        assert_eq!(Registry::tier(&1), Some(Tier::Entry));
        assert_noop!(
            Registry::bond_extra(RuntimeOrigin::signed(1), 0),
            Error::<Test>::ZeroAmount
        );
        assert_ok!(Registry::bond_extra(RuntimeOrigin::signed(1), 1));
        assert_eq!(Registry::tier(&1), Some(Tier::Validator));
        assert_eq!(held(1), 10 * MINIMUM_BOND);
        assert_noop!(
            Registry::bond_extra(RuntimeOrigin::signed(1), ENDOWMENT),
            TokenError::FundsUnavailable
        );
        assert_noop!(
            Registry::bond_extra(RuntimeOrigin::signed(1), Balance::MAX),
            sp_runtime::ArithmeticError::Overflow
        );
        assert_ok!(Registry::bond_extra(
            RuntimeOrigin::signed(1),
            40 * MINIMUM_BOND
        ));
        assert_eq!(Registry::tier(&1), Some(Tier::Supernode));
        System::assert_last_event(
            Event::BondIncreased {
                provider: 1,
                bond: 50 * MINIMUM_BOND,
                tier: Tier::Supernode,
            }
            .into(),
        );
    });
}

#[test]
fn updating_changes_the_offer() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_noop!(
            Registry::update_provider(RuntimeOrigin::signed(1), 1, url("ftp://a"), true, 1),
            Error::<Test>::InvalidEndpoint
        );
        assert_ok!(Registry::update_provider(
            RuntimeOrigin::signed(1),
            ASK / 2,
            url("http://a"),
            true,
            CONCURRENT
        ));
        assert_eq!(
            Registry::offer(
                &1,
                &Demand {
                    attested: false,
                    ..demand()
                }
            )
            .unwrap()
            .price,
            ASK
        );
        assert_eq!(Registry::endpoint(&1), Some(url("http://a")));
    });
}

#[test]
fn an_offer_names_price_and_collateral() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_eq!(
            Registry::offer(&1, &demand()),
            Ok(Offer {
                price: 200,
                collateral: 220
            })
        );
        // Rounded up: one multiply-accumulate more costs one unit more.
        let more = Demand {
            macs: 2_000_000_001,
            max_price: 201,
            attested: true,
            agreed: None,
        };
        assert_eq!(
            Registry::offer(&1, &more),
            Ok(Offer {
                price: 201,
                collateral: 222
            })
        );
        // Never below the least price.
        let little = Demand {
            macs: 1,
            max_price: 10,
            attested: true,
            agreed: None,
        };
        assert_eq!(
            Registry::offer(&1, &little),
            Ok(Offer {
                price: 10,
                collateral: 11
            })
        );
    });
}

#[test]
fn a_rejection_says_why() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        let judged = |change: fn(&mut Demand<Balance>)| {
            let mut demand = demand();
            change(&mut demand);
            Registry::offer(&1, &demand).unwrap_err()
        };
        assert_eq!(judged(|d| d.max_price -= 1), Rejection::TooExpensive);
        assert_eq!(
            judged(|d| {
                d.macs = 1;
                d.max_price = 9;
            }),
            Rejection::TooExpensive
        );
        assert_eq!(judged(|d| d.attested = false), Rejection::Unattested);
        // 910 and its tenth exceed the bond of 1,000.
        assert_eq!(
            judged(|d| {
                d.macs = 9_100_000_000;
                d.max_price = 910;
            }),
            Rejection::BondTooSmall
        );
        for _ in 0..3 {
            assert_ok!(Registry::reserve(&1, 1));
        }
        assert_eq!(judged(|_| ()), Rejection::Busy);
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(1), false));
        assert_eq!(judged(|_| ()), Rejection::Unavailable);
        for _ in 0..3 {
            assert_ok!(Registry::release(&1, 1));
        }
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_eq!(judged(|_| ()), Rejection::NotRegistered);
    });
}

#[test]
fn a_price_that_no_balance_holds_is_too_expensive() {
    new_test_ext().execute_with(|| {
        assert_ok!(Registry::register_provider(
            RuntimeOrigin::signed(1),
            worker(1),
            consent(worker(1), 1),
            MINIMUM_BOND,
            Balance::MAX,
            url("http://a"),
            false,
        ));
        assert_eq!(
            Registry::offer(
                &1,
                &Demand {
                    max_price: Balance::MAX,
                    ..demand()
                }
            ),
            Err(Rejection::TooExpensive)
        );
        // The price itself can be held, the collateral cannot.
        assert_eq!(
            Registry::offer(
                &1,
                &Demand {
                    macs: 1_000_000_000,
                    max_price: Balance::MAX,
                    attested: true,
                    agreed: None,
                }
            ),
            Err(Rejection::BondTooSmall)
        );
    });
}

#[test]
fn what_is_reserved_stays_within_the_bond() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_noop!(
            Registry::reserve(&1, MINIMUM_BOND + 1),
            Error::<Test>::FreeBondTooSmall
        );
        assert_noop!(
            Registry::reserve(&1, Balance::MAX),
            Error::<Test>::FreeBondTooSmall
        );
        assert_ok!(Registry::reserve(&1, 600));
        assert_noop!(Registry::reserve(&1, 401), Error::<Test>::FreeBondTooSmall);
        // What is free no longer covers the demand's 220 after this.
        assert_ok!(Registry::reserve(&1, 200));
        assert_eq!(Registry::offer(&1, &demand()), Err(Rejection::BondTooSmall));
        assert_ok!(Registry::bond_extra(RuntimeOrigin::signed(1), 20));
        assert_ok!(Registry::offer(&1, &demand()));
        assert_ok!(Registry::reserve(&1, 220));
        assert_noop!(Registry::reserve(&1, 0), Error::<Test>::TooManyJobs);
        assert_noop!(Registry::release(&1, 1_021), Error::<Test>::NotReserved);
        assert_ok!(Registry::release(&1, 600));
        assert_ok!(Registry::release(&1, 200));
        // The last job cannot leave collateral behind.
        assert_noop!(Registry::release(&1, 219), Error::<Test>::NotReserved);
        assert_ok!(Registry::release(&1, 220));
        assert_noop!(Registry::release(&1, 0), Error::<Test>::NotReserved);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn the_active_index_stays_dense() {
    new_test_ext().execute_with(|| {
        for who in 1..=4 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(2), false));
        assert_eq!(Registry::active_count(), 3);
        assert_eq!(Registry::active_at(1), Some(4));
        System::assert_last_event(
            Event::AvailabilityChanged {
                provider: 2,
                available: false,
            }
            .into(),
        );
        // Saying it twice changes nothing.
        System::reset_events();
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(2), false));
        assert!(System::events().is_empty());
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(4), false));
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(2), true));
        assert_ok!(Registry::set_available(RuntimeOrigin::signed(2), true));
        let mut active: Vec<_> = (0..Registry::active_count())
            .map(|index| Registry::active_at(index).unwrap())
            .collect();
        active.sort();
        assert_eq!(active, [1, 2, 3]);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_rotated_worker_reports_at_once_and_the_old_one_no_more() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(register(2, MINIMUM_BOND));
        assert_ok!(Registry::reserve(&1, 1));
        assert_noop!(rotate(1, worker(2)), Error::<Test>::WorkerAlreadyUsed);
        assert_noop!(rotate(1, 1), Error::<Test>::WorkerIsController);
        assert_ok!(rotate(1, 200));
        assert_eq!(Registry::controller_of(&200), Some(1));
        assert_eq!(Registry::controller_of(&worker(1)), None);
        assert_eq!(Registry::worker_of(&1), Some(200));
        System::assert_last_event(
            Event::WorkerRotated {
                provider: 1,
                worker: 200,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn leaving_takes_the_unbonding_period() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        assert_ok!(Registry::reserve(&1, 5));
        assert_noop!(
            Registry::unregister(RuntimeOrigin::signed(1)),
            Error::<Test>::JobsRunning
        );
        assert_noop!(
            Registry::withdraw_bond(RuntimeOrigin::signed(1)),
            Error::<Test>::NotLeaving
        );
        assert_ok!(Registry::release(&1, 5));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        System::assert_last_event(
            Event::ProviderLeaving {
                provider: 1,
                withdrawable: 1 + UNBONDING,
            }
            .into(),
        );
        assert_eq!(Registry::active_count(), 0);
        assert_eq!(Registry::tier(&1), None);
        let leaving = DispatchError::from(Error::<Test>::AlreadyLeaving);
        assert_noop!(Registry::unregister(RuntimeOrigin::signed(1)), leaving);
        assert_noop!(
            Registry::set_available(RuntimeOrigin::signed(1), true),
            leaving
        );
        assert_noop!(Registry::bond_extra(RuntimeOrigin::signed(1), 1), leaving);
        assert_noop!(rotate(1, 200), leaving);
        assert_noop!(
            Registry::update_provider(RuntimeOrigin::signed(1), 1, url("http://a"), true, 1),
            leaving
        );
        assert_noop!(Registry::reserve(&1, 1), leaving);
        System::set_block_number(UNBONDING);
        assert_noop!(
            Registry::withdraw_bond(RuntimeOrigin::signed(1)),
            Error::<Test>::StillUnbonding
        );
        assert_eq!(held(1), MINIMUM_BOND);
        // The worker key stays taken until the bond is gone.
        assert_noop!(
            Registry::register_provider(
                RuntimeOrigin::signed(2),
                worker(1),
                consent(worker(1), 2),
                MINIMUM_BOND,
                ASK,
                url("http://a"),
                false
            ),
            Error::<Test>::WorkerAlreadyUsed
        );
        System::set_block_number(1 + UNBONDING);
        assert_ok!(Registry::withdraw_bond(RuntimeOrigin::signed(1)));
        assert_eq!(held(1), 0);
        assert_eq!(<Balances as Inspect<u64>>::balance(&1), ENDOWMENT);
        System::assert_last_event(
            Event::BondWithdrawn {
                provider: 1,
                amount: MINIMUM_BOND,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
        assert_ok!(register(1, MINIMUM_BOND));
    });
}

/// Puts amounts into the queue of an account that become withdrawable at these blocks.
fn put_queue(who: u64, chunks: &[(Balance, u64)]) {
    let chunks = chunks
        .iter()
        .map(|(amount, at)| Chunk {
            amount: *amount,
            at: *at,
        })
        .collect();
    let queue: BoundedVec<ChunkOf<Test>, ConstU32<QUEUE>> = BoundedVec::truncate_from(chunks);
    Unbonding::<Test>::insert(who, queue);
}

#[test]
fn try_state_finds_what_is_wrong() {
    let broken = |breakage: fn()| {
        new_test_ext().execute_with(|| {
            for who in 1..=3 {
                assert_ok!(register(who, MINIMUM_BOND));
            }
            assert_ok!(Registry::do_try_state());
            breakage();
            assert!(Registry::do_try_state().is_err());
        })
    };
    fn mutate(change: fn(&mut crate::ProviderOf<Test>)) {
        Providers::<Test>::mutate(1, |record| change(record.as_mut().unwrap()))
    }
    broken(|| mutate(|record| record.bond += 1));
    broken(|| {
        mutate(|record| {
            record.running = 1;
            record.reserved = MINIMUM_BOND + 1;
        })
    });
    broken(|| mutate(|record| record.reserved = 1));
    broken(|| mutate(|record| record.running = 6));
    broken(|| mutate(|record| record.owed = 1));
    broken(|| {
        mutate(|record| {
            record.running = 1;
            record.reserved = 10;
            record.owed = 10;
        })
    });
    broken(|| mutate(|record| record.strikes.count = STRIKES + 1));
    broken(|| {
        mutate(|record| {
            record.maintenance = Some(crate::Window {
                from: 1,
                until: 2 + MAINTENANCE,
            })
        })
    });
    broken(|| mutate(|record| record.lent = 1));
    broken(|| mutate(|record| record.leased = 1));
    broken(|| put_queue(1, &[(0, 1)]));
    // Counted in the bond and in the queue.
    broken(|| put_queue(1, &[(1, 1)]));
    broken(|| {
        mutate(|record| record.bond -= 2);
        put_queue(1, &[(1, 2), (1, 1)]);
    });
    broken(|| put_queue(55, &[]));
    broken(|| crate::Profiles::<Test>::insert(55, swarmwork_primitives::Profile::default()));
    broken(|| {
        let strikes: crate::Strikes<u64> = crate::Strikes { count: 1, since: 1 };
        crate::Offenders::<Test>::insert(1, strikes);
    });
    broken(|| {
        let lease: crate::LeaseOf<Test> = crate::Lease {
            lessor: 55,
            slots: 1,
            share: Permill::zero(),
            ends: None,
        };
        crate::Leases::<Test>::insert(1, lease);
        mutate(|record| record.leased = 1);
    });
    broken(|| mutate(|record| record.worker = worker(2)));
    broken(|| {
        Controllers::<Test>::remove(worker(1));
        Controllers::<Test>::insert(1, 1);
        mutate(|record| record.worker = 1);
    });
    broken(|| mutate(|record| record.active = Some(1)));
    broken(|| mutate(|record| record.active = None));
    broken(|| mutate(|record| record.leaving = Some(1)));
    broken(|| Controllers::<Test>::insert(300, 1));
    broken(|| ActiveCount::<Test>::put(4));
    broken(|| Active::<Test>::insert(3, 1));
    broken(|| {
        Active::<Test>::swap(0, 7);
        mutate(|record| record.active = Some(7));
    });
}

#[test]
fn the_configuration_is_sound() {
    Registry::integrity_test();
}

#[test]
fn a_bond_is_shown_until_its_provider_unregisters() {
    use swarmwork_primitives::Bonds;
    new_test_ext().execute_with(|| {
        assert_eq!(<Registry as Bonds<u64, Balance>>::bond(&1), None);
        assert_ok!(register(1, MINIMUM_BOND + 7));
        assert_eq!(Registry::bond(&1), Some(MINIMUM_BOND + 7));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_eq!(Registry::bond(&1), None);
    });
}
