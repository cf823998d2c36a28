//! Random sequences of what members of panels do: no unit is made or lost, nobody is paid twice, every
//! job ends, and who sealed nothing loses nothing.

use crate::{
    mock::{panels::*, *},
    pallet::*,
    Event,
};
use frame_support::weights::Weight;
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::Permill;
use std::collections::{BTreeMap, BTreeSet};
use swarmwork_primitives::{Answers, ProviderStanding, UnpaidReason};

/// Providers that are registered.
const PROVIDERS: u8 = 7;

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Submit {
        five: bool,
        duration: u64,
    },
    Seal {
        job: usize,
        member: usize,
        tree: usize,
    },
    Reveal {
        job: usize,
        member: usize,
        tree: usize,
    },
    Dispute {
        job: usize,
        by: u8,
        batch: u32,
    },
    Everybody {
        job: usize,
        reveal: bool,
    },
    Poke,
    Blocks {
        count: u64,
        idle: bool,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let tree = || prop_oneof![6 => Just(0usize), 1 => Just(1), 1 => Just(2)];
    let batch = || prop_oneof![Just(0u32), Just(1), Just(2)];
    let number = any::<usize>;
    prop_oneof![
        3 => (any::<bool>(), 60u64..140).prop_map(|(five, duration)| Act::Submit { five, duration }),
        5 => (number(), number(), tree()).prop_map(
            |(job, member, tree)| Act::Seal { job, member, tree }
        ),
        5 => (number(), number(), tree()).prop_map(
            |(job, member, tree)| Act::Reveal { job, member, tree }
        ),
        4 => (number(), 0..PROVIDERS, batch()).prop_map(
            |(job, by, batch)| Act::Dispute { job, by, batch }
        ),
        4 => (number(), any::<bool>()).prop_map(|(job, reveal)| Act::Everybody { job, reveal }),
        1 => Just(Act::Poke),
        6 => (1u64..6, any::<bool>()).prop_map(|(count, idle)| Act::Blocks { count, idle }),
    ]
}

/// What a sequence has seen.
#[derive(Default)]
struct Ledger {
    jobs: Vec<H256>,
    ends: BTreeMap<H256, u32>,
    sealed: BTreeSet<(H256, AccountId)>,
    settled: BTreeSet<(H256, AccountId)>,
    paid: BTreeMap<H256, Balance>,
    agreed: Balance,
    to_treasury: Balance,
    audits: Balance,
}

impl Ledger {
    fn pick(&self, number: usize) -> H256 {
        match self.jobs.len() {
            0 => H256::zero(),
            len => self.jobs[number % len],
        }
    }

    fn settle(&mut self, job: H256, provider: AccountId) {
        assert!(self.settled.insert((job, provider)), "settled with twice");
    }

    fn read(&mut self) {
        for event in events() {
            match event {
                Event::JobSubmitted { job, .. } => self.jobs.push(job),
                Event::ResultsSealed { job, provider, .. } => {
                    assert!(self.sealed.insert((job, provider)), "sealed twice");
                }
                Event::MemberPaid {
                    job,
                    provider,
                    paid_provider,
                    paid_treasury,
                    burned,
                    paid_owner,
                } => {
                    self.settle(job, provider);
                    self.to_treasury += paid_treasury;
                    *self.paid.entry(job).or_default() +=
                        paid_provider + paid_treasury + burned + paid_owner;
                }
                Event::MemberSlashed { job, provider, .. } => {
                    assert!(
                        self.sealed.contains(&(job, provider.clone())),
                        "who sealed nothing was slashed"
                    );
                    self.settle(job, provider);
                }
                Event::MemberUnpaid { job, provider, why } => {
                    assert_eq!(
                        self.sealed.contains(&(job, provider.clone())),
                        why == UnpaidReason::Unclear,
                        "why it is not paid is not so"
                    );
                    self.settle(job, provider);
                }
                Event::AuditorPaid {
                    job,
                    auditor,
                    amount,
                } => {
                    self.settle(job, auditor);
                    self.audits += amount;
                }
                Event::JobAgreed {
                    job,
                    paid,
                    refunded,
                    ..
                } => {
                    assert_eq!(self.paid.get(&job), Some(&paid));
                    assert_eq!(paid + refunded, 2_000);
                    self.agreed += paid;
                    *self.ends.entry(job).or_default() += 1;
                }
                Event::JobUndecided { job, refunded } => {
                    assert_eq!((self.paid.get(&job), refunded), (None, 2_000));
                    *self.ends.entry(job).or_default() += 1;
                }
                Event::JobExpired { job, provider, .. } => {
                    assert_eq!(provider, None, "a panel does not expire");
                    *self.ends.entry(job).or_default() += 1;
                }
                _ => {}
            }
        }
    }
}

/// The right answers, and some that are wrong about one batch.
fn tree(number: usize) -> Answers {
    match number {
        0 => answers(),
        wrong => wrong_answers(wrong as u32, 1),
    }
}

/// A member of a job by place, or somebody.
fn somebody(job: H256, member: usize) -> u8 {
    let numbers = match Panels::<Test>::get(job) {
        Some(_) => numbers(job),
        None => Vec::new(),
    };
    match numbers.len() {
        0 => (member % usize::from(PROVIDERS)) as u8,
        len => numbers[member % len],
    }
}

fn perform(act: &Act, ledger: &Ledger) {
    match *act {
        Act::Submit { five, duration } => {
            let mode = swarmwork_primitives::Mode::Redundant {
                providers: if five { 5 } else { 3 },
            };
            attempt(|| {
                dispatch(
                    requester(),
                    Call::submit_rooted_job {
                        model: model(),
                        input: rooted::rooted(BATCHES),
                        mode,
                        max_price: 2_000,
                        deadline: System::block_number() + duration,
                        assignment: swarmwork_primitives::Assignment::Swarm,
                    },
                )
                .is_ok()
            });
        }
        Act::Seal {
            job,
            member,
            tree: of,
        } => {
            let job = ledger.pick(job);
            attempt(|| seal_as(job, somebody(job, member), &tree(of)).is_ok());
        }
        Act::Reveal {
            job,
            member,
            tree: of,
        } => {
            let job = ledger.pick(job);
            attempt(|| reveal_as(job, somebody(job, member), &tree(of)).is_ok());
        }
        Act::Dispute { job, by, batch } => {
            let job = ledger.pick(job);
            attempt(|| dispute(dispute_of(job, batch, by), by).is_ok());
        }
        Act::Everybody { job, reveal } => {
            let job = ledger.pick(job);
            for member in 0..6 {
                let number = somebody(job, member);
                attempt(|| {
                    if reveal {
                        reveal_as(job, number, &tree(0)).is_ok()
                    } else {
                        seal_as(job, number, &tree(0)).is_ok()
                    }
                });
            }
        }
        Act::Poke => attempt(|| dispatch(account(3), Call::poke { limit: 5 }).is_ok()),
        Act::Blocks { count, idle } => {
            for _ in 0..count {
                next_block_with_idle(if idle { Weight::MAX } else { Weight::zero() });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn value_is_conserved_nobody_is_paid_twice_and_every_job_ends(
        acts in prop::collection::vec(act(), 1..120),
        share in 0u32..=1_000_000,
    ) {
        new_test_ext().execute_with(|| {
            MaxAuditShare::set(Permill::one());
            AuditShare::<Test>::put(Permill::from_parts(share));
            for number in 0..PROVIDERS {
                rooted::register_rooted(number, ASK);
                doubles::Standings::<Test>::insert(provider(number), ProviderStanding::Trusted);
            }
            let mut ledger = Ledger::default();
            ledger.read();
            for act in &acts {
                perform(act, &ledger);
                ledger.read();
                check();
            }
            // Past every deadline, every panel's time and every retention.
            for _ in 0..140 + 60 + 60 + 60 {
                next_block_with_idle(Weight::MAX);
            }
            ledger.read();
            for job in &ledger.jobs {
                prop_assert_eq!(ledger.ends.get(job), Some(&1), "{:?}", job);
            }
            prop_assert_eq!(Jobs::<Test>::iter().count(), 0);
            prop_assert_eq!(Panels::<Test>::iter().count(), 0);
            prop_assert_eq!(Agendas::<Test>::iter().count(), 0);
            prop_assert_eq!(Running::<Test>::iter().count(), 0);
            prop_assert_eq!(RevealedAnswers::<Test>::iter().count(), 0);
            prop_assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
            prop_assert_eq!(free(&requester()), FUNDS - ledger.agreed);
            prop_assert_eq!(
                free(&treasury()),
                FUNDS + ledger.to_treasury - ledger.audits
            );
            Ok(())
        })?;
    }
}
