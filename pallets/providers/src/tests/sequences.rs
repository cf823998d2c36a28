//! Whatever is done in whatever order: no unit is made or lost, nothing that is slashed or locked is
//! withdrawn, and a refused call leaves no trace.

use super::{
    consent,
    evidence::{answered, equivocation, forgery, job, RIGHT},
    held, leases, register, rotate,
    unbonding::{free, rebond, unbond, withdraw},
    url, worker, ASK,
};
use crate::{mock::*, Leases, Offenders, Providers, Unbonding};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_arithmetic::Permill;
use sp_runtime::{DispatchError, DispatchResult, StateVersion};
use std::collections::BTreeMap;
use swarmwork_primitives::{Answered, JobId, Providers as _, SlashReason};

#[derive(Clone, Debug)]
enum Step {
    Register { worker: u64, bond: Balance },
    Available(bool),
    Rotate { worker: u64 },
    BondExtra(Balance),
    Unbond(Balance),
    Rebond(Balance),
    Unregister,
    Withdraw,
    Reserve(Balance),
    ReleaseOne,
    Slash(Balance),
    Equivocate(u8),
    Forge(u8),
    OfferLease { operator: u64, slots: u32 },
    AcceptLease { lessor: u64, slots: u32 },
    EndLease(u64),
    CloseLease(u64),
    Maintain { after: u64, blocks: u64 },
    EndMaintenance,
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 1..=ACCOUNTS;
    prop_oneof![
        3 => (1..12u64, 900..3_000u128).prop_map(|(worker, bond)| Step::Register { worker, bond }),
        1 => any::<bool>().prop_map(Step::Available),
        1 => (1..12u64).prop_map(|worker| Step::Rotate { worker }),
        2 => (0..2_000u128).prop_map(Step::BondExtra),
        3 => (0..2_000u128).prop_map(Step::Unbond),
        2 => (0..1_500u128).prop_map(Step::Rebond),
        1 => Just(Step::Unregister),
        3 => Just(Step::Withdraw),
        3 => (0..1_500u128).prop_map(Step::Reserve),
        2 => Just(Step::ReleaseOne),
        2 => (0..2_000u128).prop_map(Step::Slash),
        1 => any::<u8>().prop_map(Step::Equivocate),
        1 => any::<u8>().prop_map(Step::Forge),
        2 => (who(), 1..4u32).prop_map(|(operator, slots)| Step::OfferLease { operator, slots }),
        2 => (who(), 1..4u32).prop_map(|(lessor, slots)| Step::AcceptLease { lessor, slots }),
        1 => who().prop_map(Step::EndLease),
        1 => who().prop_map(Step::CloseLease),
        1 => (0..9u64, 0..9u64).prop_map(|(after, blocks)| Step::Maintain { after, blocks }),
        1 => Just(Step::EndMaintenance),
        3 => (1..UNBONDING).prop_map(Step::Advance),
    ]
}

/// What a run remembers besides the chain.
#[derive(Default)]
struct Book {
    /// Reserved for jobs that run.
    jobs: Vec<(u64, Balance)>,
    /// What was asked to be unbonded, and when.
    asked: BTreeMap<u64, Vec<(u64, Balance)>>,
    /// What was withdrawn.
    withdrawn: BTreeMap<u64, Balance>,
}

impl Book {
    fn ask(&mut self, who: u64, amount: Balance) {
        let asked = self.asked.entry(who).or_default();
        asked.push((System::block_number(), amount));
    }

    /// Nobody has withdrawn more than it unbonded a whole lock ago.
    fn check(&self) {
        for (who, withdrawn) in &self.withdrawn {
            let unlocked: Balance = self
                .asked
                .get(who)
                .into_iter()
                .flatten()
                .filter(|(at, _)| at + UNBONDING <= System::block_number())
                .map(|(_, amount)| amount)
                .sum();
            assert!(*withdrawn <= unlocked, "{withdrawn} of {unlocked}");
        }
    }
}

/// The evidence about a job of its own that a provider's current worker key gives.
fn accused(who: u64, tag: u8) -> Option<Answered<u64>> {
    let worker = Providers::<Test>::get(who)?.worker;
    let about = Answered {
        provider: who,
        ..answered(tag, worker)
    };
    give(about.job, who, 100);
    Some(about)
}

fn convicted(result: frame_support::dispatch::DispatchResultWithPostInfo) -> DispatchResult {
    result.map(|_| ()).map_err(|error| error.error)
}

fn take(step: Step, who: u64, book: &mut Book) -> DispatchResult {
    let origin = RuntimeOrigin::signed(who);
    match step {
        Step::Register { worker, bond } => Registry::register_provider(
            origin,
            worker,
            consent(worker, who),
            bond,
            ASK,
            url("http://a"),
            true,
        ),
        Step::Available(available) => Registry::set_available(origin, available),
        Step::Rotate { worker } => rotate(who, worker),
        Step::BondExtra(amount) => Registry::bond_extra(origin, amount),
        Step::Unbond(amount) => unbond(who, amount).inspect(|()| book.ask(who, amount)),
        Step::Rebond(amount) => rebond(who, amount),
        Step::Unregister => {
            let bond = Providers::<Test>::get(who).map_or(0, |record| record.bond);
            Registry::unregister(origin).inspect(|()| book.ask(who, bond))
        }
        Step::Withdraw => {
            let before = free(who);
            withdraw(who).inspect(|()| {
                *book.withdrawn.entry(who).or_default() += free(who) - before;
            })
        }
        Step::Reserve(collateral) => {
            Registry::reserve(&who, collateral).inspect(|()| book.jobs.push((who, collateral)))
        }
        Step::ReleaseOne => {
            if let Some(at) = book.jobs.iter().position(|(provider, _)| *provider == who) {
                let (_, collateral) = book.jobs.swap_remove(at);
                // What was reserved can always be given back.
                Registry::release(&who, collateral).unwrap();
            }
            Ok(())
        }
        Step::Slash(amount) => {
            assert!(Registry::slash(&who, amount, SlashReason::Unproven, job(7)) <= amount);
            Ok(())
        }
        Step::Equivocate(tag) => match accused(who, tag) {
            Some(about) => convicted(equivocation(about)),
            None => Err(DispatchError::Unavailable),
        },
        Step::Forge(tag) => match accused(who, tag) {
            Some(about) => convicted(forgery(about, Some(RIGHT))),
            None => Err(DispatchError::Unavailable),
        },
        Step::OfferLease { operator, slots } => {
            leases::offer(who, operator, slots, Permill::from_percent(10))
        }
        Step::AcceptLease { lessor, slots } => {
            leases::accept(who, lessor, slots, Permill::from_percent(10))
        }
        Step::EndLease(operator) => leases::end(who, operator),
        Step::CloseLease(operator) => leases::close(operator),
        Step::Maintain { after, blocks } => {
            let from = System::block_number() + after;
            Registry::announce_maintenance(origin, from, from + blocks)
        }
        Step::EndMaintenance => Registry::end_maintenance(origin),
        Step::Advance(blocks) => {
            System::set_block_number(System::block_number() + blocks);
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn no_sequence_of_steps_breaks_the_books(
        steps in prop::collection::vec((1..=ACCOUNTS, step()), 1..150),
    ) {
        new_test_ext().execute_with(|| {
            let mut book = Book::default();
            let burned_before = Burned::get();
            for (who, step) in steps {
                let before = sp_io::storage::root(StateVersion::V1);
                let result = take(step, who, &mut book);
                if result.is_err() {
                    let after = sp_io::storage::root(StateVersion::V1);
                    assert_eq!(before, after, "a refused call left a trace");
                }
                Registry::do_try_state().unwrap();
                book.check();
                let mut all = Burned::get() - burned_before + free(TREASURY) - ENDOWMENT;
                for account in 1..=ACCOUNTS {
                    all += free(account) + held(account);
                    let expected: Balance = book
                        .jobs
                        .iter()
                        .filter(|(provider, _)| *provider == account)
                        .map(|(_, collateral)| collateral)
                        .sum();
                    let reserved = Providers::<Test>::get(account).map_or(0, |p| p.reserved);
                    assert_eq!(reserved, expected);
                }
                assert_eq!(all, Balance::from(ACCOUNTS) * ENDOWMENT);
                let burned = Burned::get() - burned_before;
                assert!(burned >= free(TREASURY) - ENDOWMENT);
            }
        });
    }

    /// However a bond is spread over bond, queue and jobs, a slash gets at all of it in the end.
    #[test]
    fn a_slash_of_all_takes_all(
        bond in 1_000..100_000u128,
        unbonded in prop::collection::vec(1..20_000u128, 0..3),
        reserved in prop::collection::vec(1..20_000u128, 0..3),
    ) {
        new_test_ext().execute_with(|| {
            assert_ok!(register(1, bond));
            for (block, amount) in unbonded.iter().enumerate() {
                System::set_block_number(1 + block as u64);
                let _ = unbond(1, *amount);
            }
            let reserved: Vec<_> = reserved
                .into_iter()
                .filter(|amount| Registry::reserve(&1, *amount).is_ok())
                .collect();
            Registry::slash(&1, Balance::MAX, SlashReason::Unproven, job(7));
            for amount in reserved {
                assert!(Registry::details(&1).unwrap().unbonding.is_empty());
                assert_ok!(Registry::release(&1, amount));
                Registry::do_try_state().unwrap();
            }
            assert_eq!((held(1), free(1)), (0, ENDOWMENT - bond));
        });
    }

    /// Penalties of any size stay within what there is, and within the day's cap where they are
    /// capped.
    #[test]
    fn capped_penalties_stay_within_the_day(
        bond in 1_000..100_000u128,
        pauses in prop::collection::vec(0..3u64, 1..20),
    ) {
        new_test_ext().execute_with(|| {
            assert_ok!(register(1, bond));
            let mut taken = Vec::new();
            for (tag, pause) in pauses.into_iter().enumerate() {
                System::set_block_number(System::block_number() + pause);
                let job = JobId::repeat_byte(tag as u8);
                give(job, 1, 100);
                let before = held(1);
                let _ = equivocation(answered(tag as u8, worker(1)));
                taken.push((System::block_number(), before - held(1)));
            }
            // Any window of a day meets two days of the cap at most.
            for (start, _) in &taken {
                let sum: Balance = taken
                    .iter()
                    .filter(|(at, _)| (*start..start + SLASH_DAY).contains(at))
                    .map(|(_, amount)| amount)
                    .sum();
                assert!(sum <= 2 * (bond / 10), "{sum} of {bond}");
            }
        });
    }
}

#[test]
fn nothing_is_left_of_who_came_and_went() {
    new_test_ext().execute_with(|| {
        leases::leased(1);
        assert_ok!(unbond(1, 100));
        assert_ok!(rotate(1, 200));
        assert_ok!(leases::end(2, 2));
        System::set_block_number(1 + LEASE_NOTICE);
        assert_ok!(leases::close(2));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        System::set_block_number(1 + LEASE_NOTICE + UNBONDING);
        assert_ok!(withdraw(1));
        assert!(!Unbonding::<Test>::contains_key(1) && !Leases::<Test>::contains_key(2));
        assert!(!crate::FormerWorkers::<Test>::contains_key(1));
        assert!(!Offenders::<Test>::contains_key(1));
        assert_ok!(Registry::do_try_state());
        assert_eq!(free(1), ENDOWMENT);
    });
}
