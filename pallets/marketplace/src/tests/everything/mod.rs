//! Random sequences of every call of the pallet and of blocks, with jobs of every mode, placement and
//! currency side by side, alone, in batches and by proxies, while the market is stopped, coins are frozen
//! and capacity is let: no unit is made or lost, nobody is paid twice, every job ends. What the parts of
//! the market must do besides is asked of sequences of their own.

mod ledger;
mod steps;

use crate::{
    mock::{assets::*, rooted::*, *},
    pallet::*,
};
use frame_support::{traits::GetCallName, weights::Weight};
use ledger::Ledger;
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, Perbill, Permill};
use std::collections::BTreeSet;
use steps::{act, appoint, call, somebody, wrapped, Act, Kind, Wrapper, KINDS};
use swarmwork_primitives::{JobCurrency, ProviderStanding};

const PROVIDERS: u8 = 5;
/// Elements of every batch's output: one part.
const ELEMENTS: u32 = 2;

/// Who pays for jobs and challenges them.
fn payers() -> [AccountId; 2] {
    [requester(), account(3)]
}

/// The market stands still for some blocks, in which its clock does. Only what nobody has can be
/// withdrawn: nothing else is let through.
fn stop(act: &Act, ledger: &Ledger) {
    Halted::set(true);
    for _ in 0..1 + act.number % 12 {
        next_block_with_idle(Weight::MAX);
    }
    let cancel = Act {
        kind: Kind::Cancel,
        wrapper: Wrapper::None,
        ..*act
    };
    perform(&cancel, ledger);
    next_block();
    Halted::set(false);
}

/// What the issuer of an asset may do.
fn freeze(act: &Act) {
    let frozen = act.number.is_multiple_of(2);
    if act.good {
        block_coins(&somebody(act.who), frozen);
    } else {
        freeze_coins(frozen);
    }
}

/// A provider works on capacity of the next one for a part of up to all, or on its own alone.
fn lease(act: &Act) {
    let number = act.who % PROVIDERS;
    if act.good {
        let lessor = provider((number + 1) % PROVIDERS);
        let part = Perbill::from_percent(act.number % 101);
        doubles::Lessors::<Test>::insert(provider(number), (lessor, part));
    } else {
        doubles::Lessors::<Test>::remove(provider(number));
    }
}

fn perform(act: &Act, ledger: &Ledger) {
    match act.kind {
        Kind::Stop => return stop(act, ledger),
        Kind::Freeze => return freeze(act),
        Kind::Lease => return lease(act),
        Kind::Blocks => {
            let idle = if act.good {
                Weight::MAX
            } else {
                Weight::zero()
            };
            for _ in 0..1 + act.number % 7 {
                next_block_with_idle(idle);
            }
            return;
        }
        _ => (),
    }
    match call(act, ledger) {
        // As a transaction, after which a refused proof is counted.
        (Some(who), call)
            if act.kind == Kind::Prove && !act.good && act.wrapper == Wrapper::None =>
        {
            assert_ne!(transact(who, call.into()), Ok(true));
        }
        (Some(who), call) => {
            let (who, call) = wrapped(who, call, act.wrapper);
            attempt(|| call.dispatch(RuntimeOrigin::signed(who)).is_ok());
        }
        (None, call) => {
            let call = RuntimeCall::Marketplace(call);
            attempt(|| call.dispatch(RuntimeOrigin::root()).is_ok());
        }
    }
}

/// What is still held of a payer for others, who have not claimed it yet.
fn owed_by(payer: &AccountId, currency: &JobCurrency) -> Balance {
    Claims::<Test>::iter()
        .filter(|((to, of, from), _)| from == payer && of == currency && to != from)
        .map(|(_, owed)| owed)
        .sum()
}

#[test]
fn every_call_is_among_the_steps() {
    test(|| {
        let ledger = Ledger::default();
        let made: BTreeSet<_> = KINDS
            .iter()
            .filter(|(_, kind)| kind.is_call())
            .map(|(_, kind)| Act {
                kind: *kind,
                job: 0,
                who: 0,
                number: 0,
                good: true,
                wrapper: Wrapper::None,
            })
            .map(|act| call(&act, &ledger).1.get_call_name())
            .collect();
        let all: BTreeSet<_> = Call::<Test>::get_call_names().iter().copied().collect();
        assert_eq!(made, all);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn value_is_conserved_nobody_is_paid_twice_and_every_job_ends(
        acts in prop::collection::vec(act(), 1..140),
    ) {
        // A sequence that failed may have left it standing still.
        Halted::set(false);
        new_test_ext().execute_with(|| {
            MaxAuditShare::set(Permill::one());
            SlotPrice::set(1);
            doubles::OutputElements::<Test>::put(ELEMENTS);
            for number in 0..PROVIDERS {
                register_rooted(number, 100 + 10 * Balance::from(number));
                accept(number, 2 * RATE);
                doubles::Pallet::<Test>::mint(&worker(number), EXISTENTIAL);
                for who in [provider(number), worker(number)] {
                    appoint(&who);
                }
                doubles::Standings::<Test>::insert(provider(number), ProviderStanding::Trusted);
            }
            for payer in payers() {
                appoint(&payer);
            }
            // It runs out of tokens in some of the sequences.
            open_market(5_000, 1_000);
            let mut ledger = Ledger::default();
            ledger.read();
            for act in &acts {
                perform(act, &ledger);
                ledger.read();
                // That no unit was made or lost among other things.
                check();
            }
            // Past every deadline, every stage that follows it and every retention.
            for _ in 0..160 + 80 + 60 + 60 {
                next_block_with_idle(Weight::MAX);
            }
            ledger.read();
            for job in &ledger.jobs {
                prop_assert_eq!(ledger.ends.get(job), Some(&1), "{:?}", job);
            }
            prop_assert_eq!(Jobs::<Test>::iter().count(), 0);
            prop_assert_eq!(Agendas::<Test>::iter().count(), 0);
            prop_assert_eq!(Running::<Test>::iter().count(), 0);
            prop_assert_eq!(Challenges::<Test>::iter().count(), 0);
            prop_assert_eq!(Withheld::<Test>::iter().count(), 0);
            prop_assert_eq!(Delivered::<Test>::iter().count(), 0);
            prop_assert_eq!(RevealedAnswers::<Test>::iter().count(), 0);
            for number in 0..PROVIDERS {
                let record = doubles::ProvidersById::<Test>::get(provider(number))
                    .expect("it is registered");
                prop_assert_eq!((record.running, record.reserved), (0, 0));
            }
            // Who pays has what it had, less what its jobs and its challenges have cost.
            for who in payers() {
                for (currency, had, has) in [
                    (NATIVE, FUNDS, free(&who) + held(&who)),
                    (stable(), COINS, coins(&who) + held_coins(&who)),
                ] {
                    let owed = owed_by(&who, &currency);
                    let spent = ledger.spent.get(&(who.clone(), currency)).copied();
                    prop_assert_eq!(
                        has as i128 + spent.unwrap_or_default() - owed as i128,
                        had as i128
                    );
                }
            }
            Ok(())
        })?;
        SlotPrice::set(0);
        MaxAuditShare::set(Permill::from_percent(10));
    }
}
