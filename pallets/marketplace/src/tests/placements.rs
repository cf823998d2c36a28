//! Random sequences of everything by which jobs find providers and lose them: all invariants hold
//! after every block, every job ends, and nothing of anybody's is left reserved.

use crate::{mock::*, pallet::*};
use frame_support::weights::Weight;
use proptest::prelude::*;
use sp_core::H256;
use swarmwork_primitives::{Assignment, Needs, Priority, Requirements, Terms};

const PROVIDERS: u8 = 4;

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Submit {
        kind: u8,
        price: Balance,
        priority: u8,
        start: bool,
        memory: bool,
    },
    Bid {
        number: u8,
        job: usize,
        price: Balance,
    },
    Start {
        number: u8,
        job: usize,
    },
    Decline {
        number: u8,
        job: usize,
    },
    Cancel {
        job: usize,
    },
    Prove {
        number: u8,
        job: usize,
    },
    Change {
        number: u8,
        available: bool,
        settled: bool,
    },
    Blocks {
        count: u64,
        idle: bool,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let number = 0..PROVIDERS;
    prop_oneof![
        4 => (0u8..5, 60u128..900, 0u8..3, any::<bool>(), any::<bool>()).prop_map(
            |(kind, price, priority, start, memory)| Act::Submit {
                kind, price, priority, start, memory,
            }
        ),
        3 => (number.clone(), 0usize..20, 40u128..900)
            .prop_map(|(number, job, price)| Act::Bid { number, job, price }),
        2 => (number.clone(), 0usize..20).prop_map(|(number, job)| Act::Start { number, job }),
        1 => (number.clone(), 0usize..20).prop_map(|(number, job)| Act::Decline { number, job }),
        1 => (0usize..20).prop_map(|job| Act::Cancel { job }),
        2 => (number.clone(), 0usize..20).prop_map(|(number, job)| Act::Prove { number, job }),
        1 => (number, any::<bool>(), any::<bool>()).prop_map(
            |(number, available, settled)| Act::Change { number, available, settled }
        ),
        4 => (1u64..9, any::<bool>()).prop_map(|(count, idle)| Act::Blocks { count, idle }),
    ]
}

fn pick(jobs: &[H256], index: usize) -> Option<H256> {
    jobs.get(index % jobs.len().max(1)).copied()
}

fn perform(act: Act, jobs: &mut Vec<H256>) {
    let attempt = |who: AccountId, call: Call<Test>| attempt(|| dispatch(who, call).is_ok());
    match act {
        Act::Submit {
            kind,
            price,
            priority,
            start,
            memory,
        } => {
            let (assignment, fast) = match kind {
                0 | 1 => (Assignment::Swarm, false),
                2 => (Assignment::Swarm, true),
                3 => (Assignment::Auction { blocks: 6 }, false),
                _ => (Assignment::Direct(provider(0)), false),
            };
            let priority = match priority {
                _ if kind > 1 => Priority::Normal,
                0 => Priority::Normal,
                1 => Priority::High,
                _ => Priority::Urgent,
            };
            let terms = Terms {
                requirements: Requirements {
                    hard: Needs {
                        gpu_memory_mib: u32::from(memory),
                        ..Default::default()
                    },
                    ..Default::default()
                },
                fast,
                priority,
                start_within: start.then_some(4),
                deliver: false,
            };
            let nonce = Nonces::<Test>::get(requester());
            if dispatch(requester(), order(1, price, assignment, terms)).is_ok() {
                jobs.push(swarmwork_primitives::job_id(
                    &requester(),
                    nonce,
                    &model(),
                    &input().content,
                    &commitments(1),
                ));
            }
        }
        Act::Bid { number, job, price } => {
            if let Some(job) = pick(jobs, job) {
                attempt(provider(number), Call::bid { job, price });
            }
        }
        Act::Start { number, job } => {
            if let Some(job) = pick(jobs, job) {
                attempt(worker(number), Call::start_job { job });
            }
        }
        Act::Decline { number, job } => {
            if let Some(job) = pick(jobs, job) {
                attempt(provider(number), Call::decline_job { job });
            }
        }
        Act::Cancel { job } => {
            if let Some(job) = pick(jobs, job) {
                attempt(requester(), Call::cancel_job { job });
            }
        }
        Act::Prove { number, job } => {
            if let Some(job) = pick(jobs, job) {
                let _ = prove(job, 0, number);
            }
        }
        Act::Change {
            number,
            available,
            settled,
        } => doubles::Pallet::<Test>::change(&provider(number), |provider| {
            provider.available = available;
            provider.settled = if settled { u32::MAX } else { 0 };
        }),
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
    fn every_job_ends_and_nothing_stays_reserved(
        acts in prop::collection::vec(act(), 1..80),
    ) {
        new_test_ext().execute_with(|| {
            MaxDrawn::set(1_500);
            MaxFastDrawn::set(700);
            for number in 0..PROVIDERS {
                register(number, 100 + 50 * Balance::from(number));
                doubles::Pallet::<Test>::change(&provider(number), |provider| {
                    provider.gpu_memory_mib = u32::from(number > 1);
                });
            }
            let mut jobs = Vec::new();
            for act in acts {
                perform(act, &mut jobs);
                check();
            }
            // Past every deadline and retention; a last look at starts is due by then, too.
            for _ in 0..500 + 60 {
                next_block_with_idle(Weight::MAX);
            }
            prop_assert_eq!(Jobs::<Test>::iter().count(), 0);
            prop_assert_eq!(Agendas::<Test>::iter().count(), 0);
            prop_assert_eq!(Specials::<Test>::iter().count(), 0);
            prop_assert_eq!(Passed::<Test>::iter().count(), 0);
            prop_assert_eq!(Starts::<Test>::iter().count(), 0);
            prop_assert_eq!(Auctions::<Test>::iter().count(), 0);
            prop_assert_eq!(Queued::<Test>::iter().count(), 0);
            prop_assert_eq!(FastWindows::<Test>::iter().count(), 0);
            for number in 0..PROVIDERS {
                let record = doubles::ProvidersById::<Test>::get(provider(number))
                    .expect("it is registered");
                prop_assert_eq!((record.running, record.reserved), (0, 0));
            }
            prop_assert_eq!(held(&requester()), 0);
            Ok(())
        })?;
    }
}
