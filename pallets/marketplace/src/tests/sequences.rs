//! Random sequences of every call and of blocks: no unit is made or lost, nobody is paid twice,
//! every job ends.

use crate::{
    mock::{assets::*, *},
    pallet::*,
    Event,
};
use frame_support::weights::Weight;
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::FixedU128;
use std::collections::{BTreeMap, BTreeSet};
use swarmwork_primitives::{Assignment, ContentId, DeliveryStage, JobCurrency, JobState, Locator};

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Submit {
        who: u8,
        batches: u32,
        price: Balance,
        duration: u64,
        to: Option<u8>,
        coins: bool,
        deliver: bool,
    },
    Acknowledge {
        job: usize,
    },
    Miss {
        job: usize,
    },
    PublishOutput {
        job: usize,
        part: u32,
        good: bool,
    },
    Tip {
        who: u8,
        job: usize,
        amount: Balance,
    },
    ClaimCoins {
        who: u8,
    },
    Report {
        job: usize,
        by: u8,
    },
    WithdrawReport {
        job: usize,
        by: u8,
    },
    Publish {
        job: usize,
        good: bool,
    },
    CloseReport {
        job: usize,
    },
    /// What governance, providers and the asset's issuer may do in between.
    List {
        rate: u32,
        open: bool,
    },
    Accept {
        number: u8,
        up_to: Option<u32>,
    },
    Freeze {
        frozen: bool,
    },
    Block {
        who: u8,
        blocked: bool,
    },
    Cancel {
        who: u8,
        job: usize,
    },
    Prove {
        job: usize,
        batch: u32,
        good: bool,
        by: u8,
    },
    ProveTogether {
        batches: Vec<(usize, u32)>,
        good: bool,
        by: u8,
    },
    Claim {
        who: u8,
    },
    ClaimFor {
        who: u8,
    },
    Poke {
        limit: u32,
    },
    Blocks {
        count: u64,
        idle: bool,
    },
    Change {
        number: u8,
        available: bool,
        ask: Balance,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (
            0u8..3,
            0u32..5,
            40u128..3_000,
            5u64..60,
            prop::option::of(0u8..4),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(who, batches, price, duration, to, coins, deliver)| Act::Submit {
                who,
                batches,
                price,
                duration,
                to,
                coins,
                deliver,
            }),
        1 => any::<usize>().prop_map(|job| Act::Acknowledge { job }),
        2 => any::<usize>().prop_map(|job| Act::Miss { job }),
        3 => (any::<usize>(), 0u32..4, prop::bool::weighted(0.9))
            .prop_map(|(job, part, good)| Act::PublishOutput { job, part, good }),
        1 => (0u8..3, any::<usize>(), 0u128..200)
            .prop_map(|(who, job, amount)| Act::Tip { who, job, amount }),
        1 => (0u8..6).prop_map(|who| Act::ClaimCoins { who }),
        2 => (any::<usize>(), 0u8..3).prop_map(|(job, by)| Act::Report { job, by }),
        1 => (any::<usize>(), 0u8..3).prop_map(|(job, by)| Act::WithdrawReport { job, by }),
        1 => (any::<usize>(), prop::bool::weighted(0.8))
            .prop_map(|(job, good)| Act::Publish { job, good }),
        1 => any::<usize>().prop_map(|job| Act::CloseReport { job }),
        1 => (0u32..8, prop::bool::weighted(0.8))
            .prop_map(|(rate, open)| Act::List { rate, open }),
        1 => (0u8..3, prop::option::weighted(0.8, 0u32..9))
            .prop_map(|(number, up_to)| Act::Accept { number, up_to }),
        1 => any::<bool>().prop_map(|frozen| Act::Freeze { frozen }),
        1 => (0u8..6, any::<bool>()).prop_map(|(who, blocked)| Act::Block { who, blocked }),
        1 => (0u8..3, any::<usize>()).prop_map(|(who, job)| Act::Cancel { who, job }),
        8 => (any::<usize>(), 0u32..5, prop::bool::weighted(0.9), 0u8..4).prop_map(
            |(job, batch, good, by)| Act::Prove { job, batch, good, by }
        ),
        2 => (
            prop::collection::vec((any::<usize>(), 0u32..5), 0..5),
            prop::bool::weighted(0.9),
            0u8..4,
        )
            .prop_map(|(batches, good, by)| Act::ProveTogether { batches, good, by }),
        1 => (0u8..6).prop_map(|who| Act::Claim { who }),
        1 => (0u8..6).prop_map(|who| Act::ClaimFor { who }),
        1 => (0u32..20).prop_map(|limit| Act::Poke { limit }),
        4 => (1u64..8, any::<bool>()).prop_map(|(count, idle)| Act::Blocks { count, idle }),
        1 => (0u8..3, any::<bool>(), 1u128..1_000).prop_map(
            |(number, available, ask)| Act::Change { number, available, ask }
        ),
    ]
}

/// Everybody who may pay, earn or claim. The model's owner does not exist at first, so small
/// shares of it become claims.
fn somebody(number: u8) -> AccountId {
    match number {
        0 => requester(),
        1 => account(3),
        2 => account(4),
        3 => account(200),
        4 => treasury(),
        _ => provider(0),
    }
}

/// Elements of every batch's output: one part.
const ELEMENTS: u32 = 2;

/// The file of every job's input.
const FILE: &[u8] = b"rows";

fn file() -> Locator {
    Locator {
        content: ContentId(*blake3::hash(FILE).as_bytes()),
        ..input()
    }
}

/// What a sequence has seen.
#[derive(Default)]
struct Ledger {
    jobs: Vec<H256>,
    in_coins: BTreeSet<H256>,
    /// Coins that were sold for tokens to burn.
    sold: BTreeMap<H256, Balance>,
    ends: BTreeMap<H256, u32>,
    /// What payers have parted with for jobs and tips, in tokens and in coins.
    earned: [Balance; 2],
}

impl Ledger {
    fn pick(&self, number: usize) -> H256 {
        match self.jobs.len() {
            0 => H256::zero(),
            len => self.jobs[number % len],
        }
    }

    /// A job whose delivery goes on, if there is one.
    fn waiting(&self, number: usize) -> H256 {
        let waiting: Vec<_> = self
            .jobs
            .iter()
            .filter(|id| Marketplace::is_delivering(id))
            .collect();
        match waiting.len() {
            0 => self.pick(number),
            len => *waiting[number % len],
        }
    }

    fn part_with(&mut self, job: H256, amount: Balance) {
        self.earned[usize::from(self.in_coins.contains(&job))] += amount;
    }

    fn read(&mut self) {
        for event in events() {
            match event {
                Event::JobSubmitted { job, currency, .. } => {
                    self.jobs.push(job);
                    if currency != JobCurrency::Native {
                        self.in_coins.insert(job);
                    }
                }
                Event::TokensBought { job, sold, .. } => {
                    let before = self.sold.insert(job, sold);
                    assert_eq!(before, None, "a price is divided once");
                }
                Event::Tipped { job, amount, .. } | Event::BytesPaid { job, amount, .. } => {
                    self.part_with(job, amount)
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
                    // Of coins those are gone that were sold for what is burned.
                    let gone = if self.in_coins.contains(&job) {
                        self.sold.get(&job).copied().unwrap_or_default()
                    } else {
                        burned
                    };
                    let paid = paid_provider + paid_treasury + gone + paid_owner;
                    self.part_with(job, paid);
                }
                Event::JobCancelled { job, paid, .. } => {
                    *self.ends.entry(job).or_default() += 1;
                    self.part_with(job, paid);
                }
                Event::JobExpired { job, .. } | Event::JobFailed { job, .. } => {
                    *self.ends.entry(job).or_default() += 1;
                }
                _ => {}
            }
        }
    }
}

fn payer_of(job: H256) -> AccountId {
    Jobs::<Test>::get(job).map_or(requester(), |job| job.requester)
}

/// The number of the provider that has a job, so that jobs get done; `otherwise` where nobody has.
fn likely_worker(job: H256, otherwise: u8) -> u8 {
    match Jobs::<Test>::get(job).map(|job| job.state) {
        Some(JobState::Assigned { provider: who, .. }) => {
            (0..3).find(|n| provider(*n) == who).unwrap_or(otherwise)
        }
        _ => otherwise,
    }
}

/// The call of an act, if it is one, and who makes it.
fn call(act: Act, ledger: &Ledger) -> Option<(AccountId, Call<Test>)> {
    Some(match act {
        Act::Submit {
            who,
            batches,
            price,
            duration,
            to,
            coins,
            deliver,
        } => {
            let assignment = to.map_or(Assignment::Swarm, |n| Assignment::Direct(provider(n)));
            let call = if coins || deliver {
                let currency = if coins { stable() } else { NATIVE };
                let mut call = submission(batches, currency, price, duration, assignment);
                if let Call::submit_order { placement, .. } = &mut call {
                    placement.terms.deliver = deliver;
                }
                call
            } else {
                Call::submit_job {
                    model: model(),
                    input: file(),
                    commitments: commitments(batches),
                    max_price: price,
                    deadline: System::block_number() + duration,
                    assignment,
                }
            };
            (somebody(who), call)
        }
        Act::Tip { who, job, amount } => {
            let job = ledger.pick(job);
            (somebody(who), Call::tip { job, amount })
        }
        Act::Acknowledge { job } => {
            let job = ledger.waiting(job);
            (payer_of(job), Call::acknowledge { job })
        }
        Act::Miss { job } => {
            let job = ledger.waiting(job);
            (payer_of(job), Call::dispute_delivery { job })
        }
        Act::PublishOutput { job, part, good } => {
            let job = ledger.waiting(job);
            // Mostly the next one.
            let part = match Deliveries::<Test>::get(job).map(|delivery| delivery.stage) {
                Some(DeliveryStage::Disputed { parts, .. }) if good => parts,
                _ => part,
            };
            let mut elements = doubles::opening(part, ELEMENTS).concat();
            elements[1] ^= u8::from(!good);
            let elements = elements.try_into().expect("a part");
            let who = worker(likely_worker(job, 0));
            (
                who,
                Call::publish_output {
                    job,
                    part,
                    elements,
                },
            )
        }
        Act::Report { job, by } => {
            let job = ledger.pick(job);
            (worker(likely_worker(job, by)), Call::report_input { job })
        }
        Act::WithdrawReport { job, by } => {
            let job = ledger.pick(job);
            let call = Call::withdraw_report { job };
            (worker(likely_worker(job, by)), call)
        }
        Act::Publish { job, good } => {
            let job = ledger.pick(job);
            let bytes = FILE[usize::from(!good)..].to_vec();
            let bytes = bytes.try_into().expect("short");
            (payer_of(job), Call::publish_input { job, bytes })
        }
        Act::CloseReport { job } => {
            let job = ledger.pick(job);
            (account(3), Call::close_report { job })
        }
        Act::ClaimCoins { who } => {
            let (asset, beneficiary) = (STABLE, somebody(who));
            (account(3), Call::claim_asset { asset, beneficiary })
        }
        Act::Accept { number, up_to } => {
            let up_to = up_to.map(FixedU128::from_u32);
            let asset = STABLE;
            (provider(number), Call::accept_asset { asset, up_to })
        }
        Act::Cancel { who, job } => (
            somebody(who),
            Call::cancel_job {
                job: ledger.pick(job),
            },
        ),
        Act::Prove {
            job,
            batch,
            good,
            by,
        } => {
            let job = ledger.pick(job);
            let number = likely_worker(job, by);
            let mut proof = proof(job, batch, &provider(number));
            proof[0] ^= u8::from(!good);
            (
                worker(number),
                Call::submit_result {
                    job,
                    batch,
                    proof: proof.try_into().expect("short"),
                    output: ContentId([1; 32]),
                },
            )
        }
        Act::ProveTogether { batches, good, by } => {
            let batches: Vec<_> = batches
                .into_iter()
                .map(|(job, batch)| (ledger.pick(job), batch))
                .collect();
            let number = batches
                .first()
                .map_or(by, |(job, _)| likely_worker(*job, by));
            let mut results: Vec<_> = batches
                .into_iter()
                // Mostly of one worker and none twice, so that some are accepted.
                .filter(|(job, _)| likely_worker(*job, number) == number)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(|(job, batch)| good_report(job, batch, number))
                .collect();
            if let Some(last) = results.last_mut().filter(|_| !good) {
                last.proof = Default::default();
            }
            (
                worker(number),
                Call::submit_results {
                    results: results.try_into().expect("few"),
                },
            )
        }
        Act::Claim { who } => (somebody(who), Call::claim {}),
        Act::ClaimFor { who } => (
            account(3),
            Call::claim_for {
                beneficiary: somebody(who),
            },
        ),
        Act::Poke { limit } => (account(3), Call::poke { limit }),
        Act::Blocks { .. }
        | Act::Change { .. }
        | Act::List { .. }
        | Act::Freeze { .. }
        | Act::Block { .. } => return None,
    })
}

fn perform(act: &Act, ledger: &Ledger) {
    match *act {
        Act::Blocks { count, idle } => {
            for _ in 0..count {
                next_block_with_idle(if idle { Weight::MAX } else { Weight::zero() });
            }
        }
        Act::Change {
            number,
            available,
            ask,
        } => doubles::Pallet::<Test>::change(&provider(number), |p| {
            p.available = available;
            p.ask = ask;
        }),
        Act::List { rate, open } => {
            let root = RuntimeOrigin::root();
            // Refused for a rate of nothing, and where it is closed already.
            let _ = if open {
                Marketplace::list_asset(root, STABLE, FixedU128::from_u32(rate))
            } else {
                Marketplace::close_asset(root, STABLE)
            };
        }
        Act::Freeze { frozen } => freeze_coins(frozen),
        Act::Block { who, blocked } => block_coins(&somebody(who), blocked),
        // As a transaction, after which a refused proof is counted.
        Act::Prove { good: false, .. } => {
            if let Some((who, call)) = call(act.clone(), ledger) {
                assert_ne!(transact(who, call.into()), Ok(true));
            }
        }
        _ => {
            if let Some((who, call)) = call(act.clone(), ledger) {
                attempt(|| dispatch(who, call).is_ok());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn value_is_conserved_nobody_is_paid_twice_and_every_job_ends(
        acts in prop::collection::vec(act(), 1..120),
    ) {
        SlotPrice::set(2);
        new_test_ext().execute_with(|| {
            doubles::OutputElements::<Test>::put(ELEMENTS);
            for number in 0..3 {
                register(number, 200);
                accept(number, RATE);
            }
            doubles::Pallet::<Test>::mint(&account(4), 3_000);
            give(&account(4), 3_000);
            // It runs out of tokens in some of the sequences.
            open_market(5_000, 1_000);
            doubles::ModelsById::<Test>::mutate(model(), |model| {
                model.as_mut().expect("it is registered").owner = account(200);
            });
            let everybody: Vec<AccountId> = (0u8..6)
                .map(somebody)
                .chain([provider(1), provider(2), owner(), market()])
                .collect();
            let wealth = || -> Balance {
                everybody.iter().map(|who| free(who) + held(who)).sum()
            };
            let start = wealth();
            let mut ledger = Ledger::default();
            ledger.read();
            for act in &acts {
                perform(act, &ledger);
                ledger.read();
                check();
                prop_assert_eq!(wealth() + doubles::Burned::<Test>::get(), start);
            }
            // Past every deadline and every retention, nothing is left but what is owed.
            for _ in 0..60 + 60 + 60 + 20 {
                next_block_with_idle(Weight::MAX);
            }
            ledger.read();
            for job in &ledger.jobs {
                prop_assert_eq!(ledger.ends.get(job), Some(&1), "{:?}", job);
            }
            prop_assert_eq!(Jobs::<Test>::iter().count(), 0);
            prop_assert_eq!(Agendas::<Test>::iter().count(), 0);
            // In all, and to others than who pays.
            let owed = |currency: JobCurrency| -> (Balance, Balance) {
                let all: Vec<_> = Claims::<Test>::iter()
                    .filter(|((_, of, _), _)| *of == currency)
                    .collect();
                let sum = all.iter().map(|(_, owed)| *owed).sum();
                let others = all.iter().filter(|((to, _, payer), _)| to != payer);
                (sum, others.map(|(_, owed)| *owed).sum())
            };
            prop_assert_eq!(TotalHeld::<Test>::get(NATIVE), owed(NATIVE).0);
            prop_assert_eq!(TotalHeld::<Test>::get(stable()), owed(stable()).0);
            prop_assert_eq!(wealth() + doubles::Burned::<Test>::get(), start);
            // Who did not earn has exactly what it had, less what its completed jobs cost.
            let payers = [requester(), account(3), account(4)];
            let [tokens, spent] = ledger.earned;
            let left: Balance = payers.iter().map(|who| free(who) + held(who)).sum();
            prop_assert_eq!(left + tokens - owed(NATIVE).1, 2 * FUNDS + 3_000);
            let left: Balance = payers.iter().map(|who| coins(who) + held_coins(who)).sum();
            prop_assert_eq!(left + spent - owed(stable()).1, 2 * COINS + 3_000);
            // And whoever is owed coins gets them once they can move.
            freeze_coins(false);
            for who in (0..6).map(somebody).chain([provider(1), provider(2)]) {
                block_coins(&who, false);
                if Claims::<Test>::iter_prefix((who.clone(), stable())).next().is_some() {
                    give(&who, LEAST);
                    while dispatch(
                        who.clone(),
                        Call::claim_asset { asset: STABLE, beneficiary: who.clone() },
                    )
                    .is_ok()
                    {}
                }
            }
            prop_assert_eq!(TotalHeld::<Test>::get(stable()), 0);
            check();
            Ok(())
        })?;
        SlotPrice::set(0);
    }
}
