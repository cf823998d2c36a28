//! Random sequences of calls and blocks: no unit is made or lost, nobody is paid twice, every job
//! ends, and only who committed and did not answer is slashed.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Event,
};
use frame_support::weights::Weight;
use proptest::prelude::*;
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};
use swarmwork_primitives::{Assignment, JobState, Mode};

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Submit {
        batches: u32,
        samples: Option<u32>,
        duration: u64,
        to: Option<u8>,
    },
    Challenge {
        job: usize,
        batch: u32,
    },
    Cancel {
        job: usize,
    },
    Commit {
        job: usize,
        honest: bool,
    },
    Open {
        job: usize,
        count: usize,
        honest: bool,
    },
    Poke,
    Blocks {
        count: u64,
        idle: bool,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let honest = || prop::bool::weighted(0.8);
    prop_oneof![
        3 => (
            1u32..20,
            prop::option::of(1u32..6),
            15u64..160,
            prop::option::of(0u8..3),
        )
            .prop_map(|(batches, samples, duration, to)| Act::Submit {
                batches,
                samples,
                duration,
                to,
            }),
        3 => (any::<usize>(), 0u32..20).prop_map(|(job, batch)| Act::Challenge { job, batch }),
        1 => any::<usize>().prop_map(|job| Act::Cancel { job }),
        5 => (any::<usize>(), honest()).prop_map(|(job, honest)| Act::Commit { job, honest }),
        6 => (any::<usize>(), 1usize..6, honest()).prop_map(
            |(job, count, honest)| Act::Open { job, count, honest }
        ),
        1 => Just(Act::Poke),
        5 => (1u64..9, any::<bool>()).prop_map(|(count, idle)| Act::Blocks { count, idle }),
    ]
}

/// What a sequence has seen.
#[derive(Default)]
struct Ledger {
    jobs: Vec<(H256, u32)>,
    committed: BTreeSet<H256>,
    ends: BTreeMap<H256, u32>,
    failed: BTreeSet<H256>,
    /// When the challenged batches are due that are not answered.
    due: BTreeMap<(H256, u32), u64>,
    slashed: Balance,
    earned: Balance,
    bonds_lost: Balance,
    rewards: Balance,
}

impl Ledger {
    fn pick(&self, number: usize) -> (H256, u32) {
        match self.jobs.len() {
            0 => (H256::zero(), 1),
            len => self.jobs[number % len],
        }
    }

    fn read(&mut self) {
        for event in events() {
            match event {
                Event::JobSubmitted { job, batches, .. } => self.jobs.push((job, batches)),
                Event::ResultsCommitted { job, .. } => {
                    assert!(self.committed.insert(job), "committed twice");
                }
                Event::JobCompleted {
                    job,
                    paid_provider,
                    paid_treasury,
                    burned,
                    paid_owner,
                    ..
                } => {
                    *self.ends.entry(job).or_default() += 1;
                    self.earned += paid_provider + paid_treasury + burned + paid_owner;
                }
                Event::JobCancelled { job, paid, .. } => {
                    *self.ends.entry(job).or_default() += 1;
                    self.earned += paid;
                    assert!(
                        !self.committed.contains(&job),
                        "who committed is not escaped"
                    );
                }
                Event::JobExpired { job, .. } => {
                    *self.ends.entry(job).or_default() += 1;
                    assert!(
                        !self.committed.contains(&job),
                        "who committed does not expire"
                    );
                }
                Event::BatchChallenged {
                    job, batch, until, ..
                } => {
                    self.due.insert((job, batch), until);
                }
                Event::ChallengeAnswered {
                    job,
                    batch,
                    burned,
                    paid,
                    ..
                } => {
                    let until = self.due.remove(&(job, batch));
                    let in_time = until.is_some_and(|until| System::block_number() <= until);
                    assert!(in_time, "answered in time");
                    self.bonds_lost += burned + paid;
                }
                Event::ChallengerRewarded { reward, .. } => self.rewards += reward,
                Event::JobFailed { job, slashed, .. } => {
                    *self.ends.entry(job).or_default() += 1;
                    self.failed.insert(job);
                    self.slashed += slashed;
                    self.due.retain(|(each, _), _| *each != job);
                }
                _ => {}
            }
        }
    }
}

fn worker_of(job: H256) -> u8 {
    match Jobs::<Test>::get(job).map(|job| job.state) {
        Some(JobState::Assigned { provider: who, .. }) => {
            (0..3).find(|n| provider(*n) == who).unwrap_or(0)
        }
        _ => 0,
    }
}

/// The call of an act, if it is one, and who makes it.
fn call(act: &Act, ledger: &Ledger) -> Option<(AccountId, Call<Test>)> {
    Some(match *act {
        Act::Submit {
            batches,
            samples,
            duration,
            to,
        } => (
            requester(),
            Call::submit_rooted_job {
                model: model(),
                input: rooted(batches),
                mode: samples.map_or(Mode::Optimistic, |samples| Mode::Sampled { samples }),
                max_price: 2_000,
                deadline: System::block_number() + duration,
                assignment: to.map_or(Assignment::Swarm, |n| Assignment::Direct(provider(n))),
            },
        ),
        Act::Challenge { job, batch } => {
            let (job, _) = ledger.pick(job);
            (account(3), Call::challenge { job, batch })
        }
        Act::Cancel { job } => {
            let (job, _) = ledger.pick(job);
            (requester(), Call::cancel_job { job })
        }
        Act::Commit { job, honest } => {
            let (job, batches) = ledger.pick(job);
            // Somebody else's results are as good as none.
            let tree = results(if honest { batches } else { batches + 1 });
            let results = result_root(&tree);
            (
                worker(worker_of(job)),
                Call::commit_results { job, results },
            )
        }
        Act::Open { job, count, honest } => {
            let (job, batches) = ledger.pick(job);
            let (number, tree) = (worker_of(job), results(batches));
            let mut openings: Vec<_> = drawn(job)
                .into_iter()
                .filter(|batch| !Results::<Test>::contains_key(job, batch))
                .take(count.min(5))
                .map(|batch| opening(job, batch, number, &tree))
                .collect();
            if let Some(last) = openings.last_mut().filter(|_| !honest) {
                last.report.output = Default::default();
            }
            let openings = openings.try_into().expect("few");
            (worker(number), Call::open_batches { openings })
        }
        Act::Poke => (account(3), Call::poke { limit: 5 }),
        Act::Blocks { .. } => return None,
    })
}

fn perform(act: &Act, ledger: &Ledger) {
    if let Act::Blocks { count, idle } = *act {
        for _ in 0..count {
            next_block_with_idle(if idle { Weight::MAX } else { Weight::zero() });
        }
    }
    if let Some((who, call)) = call(act, ledger) {
        attempt(|| dispatch(who, call).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn value_is_conserved_and_only_who_committed_and_did_not_answer_is_slashed(
        acts in prop::collection::vec(act(), 1..100),
    ) {
        new_test_ext().execute_with(|| {
            for number in 0..3 {
                register_rooted(number, 100);
            }
            let everybody = [0, 1, 2].map(provider).into_iter().chain([
                requester(), owner(), treasury(), account(3),
            ]);
            let everybody: Vec<AccountId> = everybody.collect();
            let wealth = || -> Balance {
                everybody.iter().map(|who| free(who) + held(who)).sum()
            };
            let start = wealth();
            let minted = doubles::Minted::<Test>::get();
            let mut ledger = Ledger::default();
            ledger.read();
            for act in &acts {
                perform(act, &ledger);
                ledger.read();
                check();
                let rewarded = doubles::Minted::<Test>::get() - minted;
                prop_assert_eq!(wealth() + doubles::Burned::<Test>::get(), start + rewarded);
            }
            // Past every deadline, every answer and every retention, nothing is left.
            for _ in 0..160 + 30 + 60 {
                next_block_with_idle(Weight::MAX);
            }
            ledger.read();
            for (job, _) in &ledger.jobs {
                prop_assert_eq!(ledger.ends.get(job), Some(&1), "{:?}", job);
            }
            prop_assert!(ledger.failed.is_subset(&ledger.committed));
            // Nobody is paid who owes an answer.
            prop_assert!(ledger.due.is_empty(), "{:?}", ledger.due);
            prop_assert_eq!(Jobs::<Test>::iter().count(), 0);
            prop_assert_eq!(Stages::<Test>::iter().count(), 0);
            prop_assert_eq!(Results::<Test>::iter().count(), 0);
            prop_assert_eq!(Agendas::<Test>::iter().count(), 0);
            prop_assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
            prop_assert_eq!(Challenges::<Test>::iter().count(), 0);
            // Who challenges has lost what was answered, and got what was rewarded.
            let challenger = free(&account(3)) + ledger.bonds_lost;
            prop_assert_eq!(challenger, FUNDS + ledger.rewards);
            // The requester paid for what completed and for nothing else.
            prop_assert_eq!(free(&requester()) + ledger.earned, FUNDS);
            let bonds: Balance = [0, 1, 2]
                .map(|number| doubles::ProvidersById::<Test>::get(provider(number)))
                .into_iter()
                .flatten()
                .map(|provider| provider.bond)
                .sum();
            prop_assert_eq!(bonds + ledger.slashed, 3 * 1_000_000);
            Ok(())
        })?;
    }
}
