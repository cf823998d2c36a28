//! Whatever is done in whatever order: no unit is made or lost, nothing that is slashed or locked is
//! withdrawn, and a refused call leaves no trace.

use super::{
    consent,
    evidence::{answered, claim, equivocation, job, RIGHT, WRONG},
    held, leases, register, rotate,
    unbonding::{free, unbond, withdraw},
    url, worker, ASK,
};
use crate::{mock::*, Call, GivenProof, Leases, Offenders, Providers, Unbonding};
use frame_support::{assert_ok, traits::GetCallName, BoundedVec};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sp_arithmetic::{Perbill, Permill};
use sp_runtime::{traits::Dispatchable, DispatchResult, StateVersion};
use std::collections::{BTreeMap, BTreeSet};
use swarmwork_primitives::{
    Answered, Backends, Capabilities, CircuitId, JobId, Penalty, Profile, Providers as _,
    SlashReason,
};

#[derive(Clone, Debug)]
enum Step {
    Register {
        worker: u64,
        bond: Balance,
    },
    Update {
        ask: Balance,
        unattested: bool,
        slots: u32,
    },
    Available(bool),
    Rotate {
        worker: u64,
    },
    BondExtra(Balance),
    Unbond(Balance),
    Rebond(Balance),
    Unregister,
    Withdraw,
    Describe {
        circuit: u8,
        backends: u8,
    },
    Reserve(Balance),
    ReleaseOne,
    Slash(Balance),
    SlashByCall(Balance),
    SetPenalty {
        reason: SlashReason,
        percent: u32,
        strikes: u8,
        capped: bool,
    },
    Equivocate(u8),
    Forge(u8),
    /// The job is over for long, and nothing is known of it any more.
    ForgetJob(u8),
    ForgetOffence {
        tag: u8,
        reason: SlashReason,
    },
    OfferLease {
        operator: u64,
        slots: u32,
    },
    WithdrawLeaseOffer,
    AcceptLease {
        lessor: u64,
        slots: u32,
    },
    EndLease(u64),
    CloseLease(u64),
    Maintain {
        after: u64,
        blocks: u64,
    },
    EndMaintenance,
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 1..=ACCOUNTS;
    // Few, so that offences meet what was judged before.
    let tag = || 0..6u8;
    let offence = || prop::sample::select(vec![SlashReason::Equivocation, SlashReason::Forgery]);
    prop_oneof![
        3 => (1..12u64, 900..3_000u128).prop_map(|(worker, bond)| Step::Register { worker, bond }),
        1 => (0..500u128, any::<bool>(), 0..=CONCURRENT + 1)
            .prop_map(|(ask, unattested, slots)| Step::Update { ask, unattested, slots }),
        1 => any::<bool>().prop_map(Step::Available),
        1 => (1..12u64).prop_map(|worker| Step::Rotate { worker }),
        2 => (0..2_000u128).prop_map(Step::BondExtra),
        3 => (0..2_000u128).prop_map(Step::Unbond),
        2 => (0..1_500u128).prop_map(Step::Rebond),
        1 => Just(Step::Unregister),
        3 => Just(Step::Withdraw),
        1 => (100..140u8, 0..8u8)
            .prop_map(|(circuit, backends)| Step::Describe { circuit, backends }),
        3 => (0..1_500u128).prop_map(Step::Reserve),
        2 => Just(Step::ReleaseOne),
        2 => (0..2_000u128).prop_map(Step::Slash),
        1 => (0..2_000u128).prop_map(Step::SlashByCall),
        1 => (offence(), 0..101u32, 0..5u8, any::<bool>()).prop_map(
            |(reason, percent, strikes, capped)| Step::SetPenalty {
                reason,
                percent,
                strikes,
                capped,
            }
        ),
        2 => tag().prop_map(Step::Equivocate),
        2 => tag().prop_map(Step::Forge),
        1 => tag().prop_map(Step::ForgetJob),
        2 => (tag(), offence()).prop_map(|(tag, reason)| Step::ForgetOffence { tag, reason }),
        2 => (who(), 1..4u32).prop_map(|(operator, slots)| Step::OfferLease { operator, slots }),
        1 => Just(Step::WithdrawLeaseOffer),
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

/// What the current worker key of a provider says of a batch of its job.
fn accused(who: u64, tag: u8) -> Answered<u64> {
    let worker = Providers::<Test>::get(who).map_or(worker(who), |record| record.worker);
    Answered {
        provider: who,
        ..answered(tag, worker)
    }
}

/// The call of a step, and who makes it, if the step is a call.
fn call(step: &Step, who: u64) -> Option<(RuntimeOrigin, Call<Test>)> {
    let call = match *step {
        Step::Register { worker, bond } => Call::register_provider {
            worker,
            consent: consent(worker, who),
            bond,
            ask: ASK,
            endpoint: url("http://a"),
            unattested: true,
        },
        Step::Update {
            ask,
            unattested,
            slots,
        } => Call::update_provider {
            ask,
            endpoint: url("http://b"),
            unattested,
            slots,
        },
        Step::Available(available) => Call::set_available { available },
        Step::Rotate { worker } => Call::rotate_worker {
            worker,
            consent: consent(worker, who),
        },
        Step::BondExtra(amount) => Call::bond_extra { amount },
        Step::Unbond(amount) => Call::unbond { amount },
        Step::Rebond(amount) => Call::rebond { amount },
        Step::Unregister => Call::unregister {},
        Step::Withdraw => Call::withdraw_bond {},
        Step::Describe { circuit, backends } => Call::set_profile {
            profile: Profile {
                capabilities: Capabilities {
                    backends: Backends(backends),
                    circuits: BoundedVec::truncate_from(vec![CircuitId::repeat_byte(circuit)]),
                    ..Default::default()
                },
                ..Default::default()
            },
        },
        Step::SlashByCall(amount) => {
            let call = Call::slash_provider {
                provider: who,
                amount,
            };
            return Some((RuntimeOrigin::root(), call));
        }
        Step::SetPenalty {
            reason,
            percent,
            strikes,
            capped,
        } => {
            let penalty = Penalty {
                stake: Perbill::from_percent(percent),
                price: Perbill::from_percent(percent),
                strikes,
                capped,
            };
            return Some((RuntimeOrigin::root(), Call::set_penalty { reason, penalty }));
        }
        Step::Equivocate(tag) => {
            let answered = accused(who, tag);
            let [first, second] = [RIGHT, WRONG].map(|answer| claim(&answered, answer));
            let call = Call::report_equivocation {
                answered,
                first,
                second,
            };
            return Some((RuntimeOrigin::signed(TREASURY), call));
        }
        Step::Forge(tag) => {
            let answered = accused(who, tag);
            let claim = claim(&answered, WRONG);
            let call = Call::report_false_claim {
                answered,
                claim,
                proof: Some(GivenProof {
                    prover: TREASURY,
                    proof: BoundedVec::truncate_from(RIGHT.to_vec()),
                }),
            };
            return Some((RuntimeOrigin::signed(TREASURY), call));
        }
        Step::ForgetOffence { tag, reason } => Call::forget_offence {
            provider: who,
            job: job(tag),
            batch: answered(tag, who).batch,
            reason,
        },
        Step::OfferLease { operator, slots } => Call::offer_lease {
            operator,
            slots,
            share: Permill::from_percent(10),
        },
        Step::WithdrawLeaseOffer => Call::withdraw_lease_offer {},
        Step::AcceptLease { lessor, slots } => Call::accept_lease {
            lessor,
            slots,
            share: Permill::from_percent(10),
        },
        Step::EndLease(operator) => Call::end_lease { operator },
        Step::CloseLease(operator) => Call::close_lease { operator },
        Step::Maintain { after, blocks } => {
            let from = System::block_number() + after;
            Call::announce_maintenance {
                from,
                until: from + blocks,
            }
        }
        Step::EndMaintenance => Call::end_maintenance {},
        Step::Reserve(_)
        | Step::ReleaseOne
        | Step::Slash(_)
        | Step::ForgetJob(_)
        | Step::Advance(_) => return None,
    };
    Some((RuntimeOrigin::signed(who), call))
}

/// Makes a step that is a call, and writes down what it unbonds and withdraws.
fn make(
    step: &Step,
    who: u64,
    (origin, call): (RuntimeOrigin, Call<Test>),
    book: &mut Book,
) -> DispatchResult {
    let bond = Providers::<Test>::get(who).map_or(0, |record| record.bond);
    let before = free(who);
    RuntimeCall::from(call)
        .dispatch(origin)
        .map_err(|refused| refused.error)?;
    match step {
        Step::Unbond(amount) => book.ask(who, *amount),
        Step::Unregister => book.ask(who, bond),
        Step::Withdraw => *book.withdrawn.entry(who).or_default() += free(who) - before,
        _ => (),
    }
    Ok(())
}

fn take(step: Step, who: u64, book: &mut Book) -> DispatchResult {
    if let Step::Equivocate(tag) | Step::Forge(tag) = step {
        give(job(tag), who, 100);
    }
    if let Some(call) = call(&step, who) {
        return make(&step, who, call, book);
    }
    match step {
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
        Step::ForgetJob(tag) => {
            Given::mutate(|given| given.remove(&job(tag)));
            Ok(())
        }
        Step::Advance(blocks) => {
            System::set_block_number(System::block_number() + blocks);
            Ok(())
        }
        call => unreachable!("{call:?} is a call"),
    }
}

#[test]
fn every_call_is_among_the_steps() {
    new_test_ext().execute_with(|| {
        let mut runner = TestRunner::deterministic();
        let made: BTreeSet<_> = (0..5_000)
            .map(|_| step().new_tree(&mut runner).expect("it is made").current())
            .filter_map(|step| call(&step, 1))
            .map(|(_, call)| call.get_call_name())
            .collect();
        let all: BTreeSet<_> = Call::<Test>::get_call_names().iter().copied().collect();
        assert_eq!(made, all);
    });
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
