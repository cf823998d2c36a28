//! The steps of a sequence, and the calls that they make.

use super::{ledger::Ledger, payers, ELEMENTS, PROVIDERS};
use crate::{
    mock::{assets::*, panels::*, rooted::*, *},
    pallet::*,
    InputCommitments, JobInput,
};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{FixedU128, Permill};
use swarm_scoring::ScoreParameters;
use swarmwork_primitives::{
    Answers, Assignment, Budget, ContentId, DeliveryStage, JobState, Locator, Mode, Placement,
    Priority, Terms,
};

/// Batches of jobs with a root that one provider has.
const MANY: u32 = 20;
/// The file of the input of every job without a root.
const FILE: &[u8] = b"rows";

/// What a step does. Each but the last four makes one call, as it is or in a wrapper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SubmitJob,
    SubmitRootedJob,
    SubmitOrder,
    Cancel,
    Prove,
    ProveTogether,
    Poke,
    Claim,
    ClaimFor,
    ClaimCoins,
    AcceptRooted,
    Commit,
    Open,
    Challenge,
    SetScoring,
    Start,
    Decline,
    Bid,
    List,
    Close,
    AcceptCoins,
    Tip,
    Report,
    PublishInput,
    CloseReport,
    WithdrawReport,
    Acknowledge,
    Miss,
    PublishOutput,
    Seal,
    Reveal,
    Dispute,
    SetAuditShare,
    /// The market stands still for some blocks.
    Stop,
    /// The issuer of the coins freezes all of them, or those of one account, or thaws them.
    Freeze,
    /// A provider leases capacity of another, or does so no more.
    Lease,
    Blocks,
}

impl Kind {
    pub fn is_call(self) -> bool {
        !matches!(self, Self::Stop | Self::Freeze | Self::Lease | Self::Blocks)
    }
}

/// Each with how often it is chosen.
pub const KINDS: [(usize, Kind); 37] = [
    (3, Kind::SubmitJob),
    (5, Kind::SubmitRootedJob),
    (7, Kind::SubmitOrder),
    (1, Kind::Cancel),
    (6, Kind::Prove),
    (3, Kind::ProveTogether),
    (1, Kind::Poke),
    (1, Kind::Claim),
    (1, Kind::ClaimFor),
    (1, Kind::ClaimCoins),
    (1, Kind::AcceptRooted),
    (5, Kind::Commit),
    (6, Kind::Open),
    (3, Kind::Challenge),
    (1, Kind::SetScoring),
    (2, Kind::Start),
    (1, Kind::Decline),
    (4, Kind::Bid),
    (1, Kind::List),
    (1, Kind::Close),
    (1, Kind::AcceptCoins),
    (1, Kind::Tip),
    (3, Kind::Report),
    (1, Kind::PublishInput),
    (1, Kind::CloseReport),
    (1, Kind::WithdrawReport),
    (1, Kind::Acknowledge),
    (2, Kind::Miss),
    (3, Kind::PublishOutput),
    (8, Kind::Seal),
    (8, Kind::Reveal),
    (3, Kind::Dispute),
    (1, Kind::SetAuditShare),
    (1, Kind::Stop),
    (2, Kind::Freeze),
    (2, Kind::Lease),
    (14, Kind::Blocks),
];

/// One step of a sequence. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
pub struct Act {
    pub kind: Kind,
    pub job: usize,
    pub who: u8,
    pub number: u32,
    pub good: bool,
    pub wrapper: Wrapper,
}

/// How a call is made: mostly as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    None,
    /// Twice in a batch that stops at what is refused.
    Batch,
    /// In one that is undone by what is refused, with a call that never is.
    BatchAll,
    /// Twice in one that goes on.
    ForceBatch,
    /// By somebody who acts for the caller.
    Proxy,
}

pub fn act() -> impl Strategy<Value = Act> {
    let kinds: Vec<Kind> = KINDS
        .iter()
        .flat_map(|(weight, kind)| vec![*kind; *weight])
        .collect();
    (
        prop::sample::select(kinds),
        any::<usize>(),
        any::<u8>(),
        any::<u32>(),
        prop::bool::weighted(0.85),
        prop_oneof![
            12 => Just(Wrapper::None),
            1 => Just(Wrapper::Batch),
            1 => Just(Wrapper::BatchAll),
            1 => Just(Wrapper::ForceBatch),
            1 => Just(Wrapper::Proxy),
        ],
    )
        .prop_map(|(kind, job, who, number, good, wrapper)| Act {
            kind,
            job,
            who,
            number,
            good,
            wrapper,
        })
}

/// Who may act for whoever pays, works or provides.
fn delegate() -> AccountId {
    account(93)
}

/// Lets the delegate act for somebody, who has the deposit for that besides what it had.
pub fn appoint(who: &AccountId) {
    doubles::Pallet::<Test>::mint(who, Proxy::deposit(1));
    assert_ok!(Proxy::add_proxy(
        RuntimeOrigin::signed(who.clone()),
        delegate(),
        (),
        0
    ));
}

/// A call in a wrapper, and who makes it.
pub fn wrapped(who: AccountId, call: Call<Test>, wrapper: Wrapper) -> (AccountId, RuntimeCall) {
    let twice = || vec![RuntimeCall::from(call.clone()); 2];
    let call = match wrapper {
        Wrapper::None => call.into(),
        Wrapper::Batch => RuntimeCall::Utility(pallet_utility::Call::batch { calls: twice() }),
        Wrapper::ForceBatch => {
            RuntimeCall::Utility(pallet_utility::Call::force_batch { calls: twice() })
        }
        Wrapper::BatchAll => {
            let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
            let calls = vec![call.into(), remark];
            RuntimeCall::Utility(pallet_utility::Call::batch_all { calls })
        }
        Wrapper::Proxy => {
            let call = RuntimeCall::Proxy(pallet_proxy::Call::proxy {
                real: who,
                force_proxy_type: None,
                call: Box::new(call.into()),
            });
            return (delegate(), call);
        }
    };
    (who, call)
}

fn payer_of(job: H256) -> AccountId {
    Jobs::<Test>::get(job).map_or(requester(), |job| job.requester)
}

/// Everybody who may be owed something.
pub fn somebody(number: u8) -> AccountId {
    match number % 5 {
        0 => requester(),
        1 => account(3),
        2 => owner(),
        3 => treasury(),
        _ => provider(number % PROVIDERS),
    }
}

fn mode_of(job: H256) -> Option<Mode> {
    Jobs::<Test>::get(job).map(|job| job.mode)
}

fn is_assigned(job: H256) -> bool {
    Jobs::<Test>::get(job).is_some_and(|job| matches!(job.state, JobState::Assigned { .. }))
}

fn is_shared(job: H256) -> bool {
    Jobs::<Test>::get(job).is_some_and(|job| matches!(job.state, JobState::Shared { .. }))
}

/// The number of who works on a job, of several of one of them, and otherwise of anybody.
fn at_work(job: H256, number: u8) -> u8 {
    match Jobs::<Test>::get(job).map(|job| job.state) {
        Some(JobState::Assigned { provider: who, .. }) => {
            (0..PROVIDERS).find(|n| provider(*n) == who).unwrap_or(0)
        }
        Some(JobState::Shared { .. }) => {
            let members = numbers(job);
            members[usize::from(number) % members.len()]
        }
        _ => number % PROVIDERS,
    }
}

fn file() -> Locator {
    Locator {
        content: ContentId(*blake3::hash(FILE).as_bytes()),
        ..input()
    }
}

fn assignment(number: u32) -> Assignment<AccountId> {
    match number % 4 {
        0 | 1 => Assignment::Swarm,
        2 => Assignment::Direct(provider((number / 4) as u8 % PROVIDERS)),
        _ => Assignment::Auction {
            blocks: 4 + number % 5,
        },
    }
}

/// A mode of jobs with a root, and so many batches.
fn rooted_mode(number: u32) -> (u32, Mode) {
    match number % 3 {
        0 => (
            MANY,
            Mode::Sampled {
                samples: 1 + number % 5,
            },
        ),
        1 => (MANY, Mode::Optimistic),
        _ => (BATCHES, Mode::Redundant { providers: 3 }),
    }
}

fn terms(who: u8, number: u32) -> Terms {
    Terms {
        fast: number.is_multiple_of(7),
        priority: match number % 11 {
            0 => Priority::High,
            1 => Priority::Urgent,
            _ => Priority::Normal,
        },
        start_within: who.is_multiple_of(4).then_some(4),
        deliver: who.is_multiple_of(3),
        ..Default::default()
    }
}

/// The right answers, or some of which one is wrong.
fn said(good: bool) -> Answers {
    if good {
        answers()
    } else {
        wrong_answers(1, 1)
    }
}

/// The call of an act, and who makes it: root, if nobody.
pub fn call(act: &Act, ledger: &Ledger) -> (Option<AccountId>, Call<Test>) {
    let Act {
        kind,
        job,
        who,
        number,
        good,
        ..
    } = *act;
    let pick = |fits: fn(H256) -> bool| ledger.pick(job, fits);
    let any = || pick(|_| true);
    let max_price = Balance::from(200 + number % 1_500);
    let deadline = |least: u64| System::block_number() + least + u64::from(number % 100);
    let payer = payers()[usize::from(who % 2)].clone();
    let coins_or_tokens = if who % 4 < 2 { NATIVE } else { stable() };
    let by = provider(who % PROVIDERS);
    let (who, call) = match kind {
        Kind::SubmitJob => (
            payer,
            Call::submit_job {
                model: model(),
                input: file(),
                commitments: commitments(1 + number % 3),
                max_price,
                deadline: deadline(15),
                assignment: assignment(number / 3),
            },
        ),
        Kind::SubmitRootedJob => {
            let (batches, mode) = rooted_mode(number);
            let call = Call::submit_rooted_job {
                model: model(),
                input: rooted(batches),
                mode,
                max_price,
                deadline: deadline(60),
                assignment: assignment(number / 15),
            };
            (payer, call)
        }
        Kind::SubmitOrder => {
            let (commitments, mode) = if number.is_multiple_of(3) {
                let (batches, mode) = rooted_mode(number / 3);
                let root = rooted(batches).root;
                (InputCommitments::Root { batches, root }, mode)
            } else {
                let listed = commitments(1 + number % 2);
                (InputCommitments::Listed(listed), Mode::Proven)
            };
            let call = Call::submit_order {
                model: model(),
                input: JobInput {
                    locator: file(),
                    commitments,
                },
                mode,
                budget: Budget {
                    currency: coins_or_tokens,
                    max_price,
                },
                deadline: deadline(30),
                placement: Placement {
                    assignment: assignment(number / 15),
                    terms: terms(who, number / 60),
                },
            };
            (payer, call)
        }
        Kind::Cancel => (payer_of(any()), Call::cancel_job { job: any() }),
        Kind::Prove => {
            let job = pick(|job| is_assigned(job) && mode_of(job) == Some(Mode::Proven));
            let (by, batch) = (at_work(job, who), number % 3);
            let mut proof = proof(job, batch, &provider(by));
            proof[0] ^= u8::from(!good);
            let call = Call::submit_result {
                job,
                batch,
                proof: proof.try_into().expect("short"),
                output: ContentId([1; 32]),
            };
            (worker(by), call)
        }
        Kind::ProveTogether => {
            let job = pick(|job| is_assigned(job) && mode_of(job) == Some(Mode::Proven));
            let by = at_work(job, who);
            let batches = Jobs::<Test>::get(job).map_or(0, |job| job.batches.min(3));
            let results: Vec<_> = (0..batches)
                .filter(|batch| !Results::<Test>::contains_key(job, batch))
                .map(|batch| good_report(job, batch, by))
                .collect();
            let results = results.try_into().expect("few");
            (worker(by), Call::submit_results { results })
        }
        Kind::Poke => (payer, Call::poke { limit: number % 12 }),
        Kind::Claim => (somebody(who), Call::claim {}),
        Kind::ClaimFor => {
            let beneficiary = somebody(who);
            (payer, Call::claim_for { beneficiary })
        }
        Kind::ClaimCoins => {
            let (asset, beneficiary) = (STABLE, somebody(who));
            (payer, Call::claim_asset { asset, beneficiary })
        }
        Kind::AcceptRooted => (by, Call::accept_rooted_work { accept: good }),
        Kind::Commit => {
            let job = pick(|job| is_assigned(job) && mode_of(job) != Some(Mode::Proven));
            // Somebody else's results are as good as none.
            let results = result_root(&results(if good { MANY } else { MANY + 1 }));
            let call = Call::commit_results { job, results };
            (worker(at_work(job, who)), call)
        }
        Kind::Open => {
            let job = pick(|job| is_assigned(job) && !drawn(job).is_empty());
            let (by, tree) = (at_work(job, who), results(MANY));
            let openings: Vec<_> = drawn(job)
                .into_iter()
                .filter(|batch| !Results::<Test>::contains_key(job, batch))
                .take(5)
                .map(|batch| opening(job, batch, by, &tree))
                .collect();
            let openings = openings.try_into().expect("few");
            (worker(by), Call::open_batches { openings })
        }
        Kind::Challenge => {
            let job = pick(Stages::<Test>::contains_key);
            let batch = number % MANY;
            (payer, Call::challenge { job, batch })
        }
        Kind::Start => {
            let job = pick(Starts::<Test>::contains_key);
            (worker(at_work(job, who)), Call::start_job { job })
        }
        Kind::Decline => {
            let job = pick(is_assigned);
            (provider(at_work(job, who)), Call::decline_job { job })
        }
        Kind::Bid => {
            let job = pick(Auctions::<Test>::contains_key);
            let price = Balance::from(40 + number % 600);
            (by, Call::bid { job, price })
        }
        Kind::AcceptCoins => {
            let up_to = good.then(|| FixedU128::from_u32(number % 9));
            let asset = STABLE;
            (by, Call::accept_asset { asset, up_to })
        }
        Kind::Tip => {
            let ended = |job: H256| Jobs::<Test>::get(job).is_some_and(|job| job.ended().is_some());
            let job = pick(ended);
            let amount = Balance::from(number % 50);
            (payer_of(job), Call::tip { job, amount })
        }
        Kind::Report => {
            let job = pick(|job| is_assigned(job) || is_shared(job));
            (worker(at_work(job, who)), Call::report_input { job })
        }
        Kind::PublishInput => {
            let job = pick(Withheld::<Test>::contains_key);
            let bytes = FILE[usize::from(!good)..].to_vec();
            let bytes = bytes.try_into().expect("short");
            (payer_of(job), Call::publish_input { job, bytes })
        }
        Kind::CloseReport => {
            let job = pick(Withheld::<Test>::contains_key);
            (payer, Call::close_report { job })
        }
        Kind::WithdrawReport => {
            let job = pick(Withheld::<Test>::contains_key);
            (worker(at_work(job, who)), Call::withdraw_report { job })
        }
        Kind::Acknowledge => {
            let job = pick(|job| Marketplace::is_delivering(&job));
            (payer_of(job), Call::acknowledge { job })
        }
        Kind::Miss => {
            let job = pick(|job| Marketplace::is_delivering(&job));
            (payer_of(job), Call::dispute_delivery { job })
        }
        Kind::PublishOutput => {
            let job = pick(|job| Marketplace::is_delivering(&job));
            // Mostly the next one.
            let part = match Deliveries::<Test>::get(job).map(|delivery| delivery.stage) {
                Some(DeliveryStage::Disputed { parts, .. }) => parts,
                _ => number % 2,
            };
            let mut elements = doubles::opening(part, ELEMENTS).concat();
            elements[1] ^= u8::from(!good);
            let call = Call::publish_output {
                job,
                part,
                elements: elements.try_into().expect("a part"),
            };
            (worker(at_work(job, who)), call)
        }
        Kind::Seal => {
            let job = pick(is_shared);
            let by = at_work(job, who);
            let sealed = sealed(job, by, &said(good));
            (worker(by), Call::seal_results { job, sealed })
        }
        Kind::Reveal => {
            let job = pick(is_shared);
            let by = at_work(job, who);
            let call = Call::reveal_results {
                job,
                answers: said(good),
                list: LIST,
                salt: salt(by),
            };
            (worker(by), call)
        }
        Kind::Dispute => {
            let by = who % PROVIDERS;
            let batch = if good { 1 } else { number % BATCHES };
            let dispute = dispute_of(pick(is_shared), batch, by);
            (worker(by), Call::dispute_results { dispute })
        }
        Kind::List => {
            let rate = FixedU128::from_u32(number % 8);
            let asset = STABLE;
            return (None, Call::list_asset { asset, rate });
        }
        Kind::Close => return (None, Call::close_asset { asset: STABLE }),
        Kind::SetScoring => {
            let parameters = ScoreParameters {
                reputation: (number % 5) as u16,
                price: (number % 3) as u16,
                ..Default::default()
            };
            return (None, Call::set_scoring { parameters });
        }
        Kind::SetAuditShare => {
            let share = Permill::from_parts(number % 1_000_001);
            return (None, Call::set_audit_share { share });
        }
        Kind::Stop | Kind::Freeze | Kind::Lease | Kind::Blocks => {
            unreachable!("{kind:?} is no call")
        }
    };
    (Some(who), call)
}
