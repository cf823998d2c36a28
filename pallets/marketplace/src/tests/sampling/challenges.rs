//! Results that stand unless they are challenged: who pays, and when.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    types::Agenda,
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use swarm_merkle::Tree;
use swarmwork_primitives::{
    Assignment, FailureReason, JobStage, JobState, Mode, SlashReason, MAX_CHALLENGES,
};

/// Challenges for a living.
fn sceptic() -> AccountId {
    account(3)
}

/// Blocks for as many answers as there may be.
const ANSWERS: u64 = 3 * MAX_CHALLENGES as u64;

/// Gives the sceptic what all challenges cost; what it has then.
fn enrich() -> Balance {
    doubles::Pallet::<Test>::mint(&sceptic(), 2_000 << MAX_CHALLENGES);
    free(&sceptic())
}

/// A job of a hundred batches for 1,000, a proof of which costs as much, and what its provider
/// committed to in the first block.
fn standing() -> (H256, Tree) {
    register_rooted(0, 1_000);
    let (id, tree) = (optimistic(0, 100), results(100));
    assert_ok!(commit(id, 0, &tree));
    events();
    (id, tree)
}

fn answer_one(id: H256, batch: u32, tree: &Tree) {
    assert_ok!(open(0, vec![opening(id, batch, 0, tree)]));
}

fn is_paid(id: H256) -> bool {
    matches!(job(id).state, JobState::Completed { .. })
}

fn is_open(id: H256) -> bool {
    matches!(job(id).state, JobState::Assigned { .. })
}

fn has_failed(id: H256) -> bool {
    matches!(job(id).state, JobState::Failed { .. })
}

/// The batches that wait for an answer, and when it is due.
fn due(id: H256) -> Vec<(u32, u64)> {
    let open = Challenges::<Test>::get(id);
    open.iter().map(|each| (each.batch, each.until)).collect()
}

#[test]
fn what_nobody_challenges_is_paid_after_the_period() {
    test(|| {
        let (id, tree) = standing();
        assert_eq!(
            Stages::<Test>::get(id),
            Some(JobStage::Standing {
                results: result_root(&tree),
                challenged: Default::default(),
                open_until: START + 20,
                until: START + 20,
            })
        );
        let before = free(&provider(0));
        run_to(START + 20);
        assert!(is_open(id));
        next_block();
        assert!(is_paid(id));
        assert_eq!(free(&provider(0)) - before, 800);
        assert_eq!(free(&requester()), FUNDS - 1_000);
        assert_eq!(Results::<Test>::iter().count(), 0);
        run_to(START + 200);
        assert_eq!(Stages::<Test>::iter().count(), 0);
        assert_eq!(Agendas::<Test>::iter().count(), 0);
    });
}

#[test]
fn an_answer_costs_the_challenger_its_bond() {
    test(|| {
        let (id, tree) = standing();
        run_to(5);
        assert_ok!(challenge(sceptic(), id, 7));
        assert_eq!((held(&sceptic()), free(&sceptic())), (2_000, FUNDS - 2_000));
        assert_eq!(
            events(),
            vec![Event::BatchChallenged {
                job: id,
                batch: 7,
                challenger: sceptic(),
                bond: 2_000,
                until: 5 + 3,
            }]
        );
        let before = free(&provider(0));
        answer_one(id, 7, &tree);
        assert_eq!((held(&sceptic()), free(&sceptic())), (0, FUNDS - 2_000));
        assert_eq!(free(&provider(0)) - before, 1_000);
        assert_eq!(doubles::Burned::<Test>::get(), 1_000);
        assert_eq!(Challenges::<Test>::iter().count(), 0);
        assert!(events().contains(&Event::ChallengeAnswered {
            job: id,
            batch: 7,
            challenger: sceptic(),
            burned: 1_000,
            paid: 1_000,
        }));
        assert!(is_open(id));
        run_to(START + 21);
        assert!(is_paid(id));
        assert!(doubles::Slashed::<Test>::get().is_empty());
    });
}

#[test]
fn silence_costs_the_collateral_and_rewards_the_challenger() {
    test(|| {
        let (id, _) = standing();
        assert_ok!(challenge(sceptic(), id, 7));
        events();
        // As soon as the answer is overdue, long before the period is over.
        run_to(START + 3);
        assert!(is_open(id));
        next_block();
        assert_eq!(
            job(id).state,
            JobState::Failed {
                provider: provider(0),
                why: FailureReason::ChallengeUnanswered,
                slashed: 2_000,
                at: START + 4
            }
        );
        assert_eq!(
            events(),
            vec![
                Event::ChallengerRewarded {
                    job: id,
                    challenger: sceptic(),
                    reward: 500
                },
                Event::JobFailed {
                    job: id,
                    provider: provider(0),
                    why: FailureReason::ChallengeUnanswered,
                    refunded: 1_000,
                    slashed: 2_000
                }
            ]
        );
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(0), 2_000, SlashReason::Unproven)]
        );
        assert_eq!(doubles::SlashedFor::<Test>::get(), vec![id]);
        assert_eq!((held(&sceptic()), free(&sceptic())), (0, FUNDS + 500));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
    });
}

#[test]
fn the_period_never_restarts_and_a_late_challenge_has_its_answer() {
    test(|| {
        let (id, tree) = standing();
        run_to(START + 20);
        assert_ok!(challenge(sceptic(), id, 7));
        assert_eq!(until(id), START + 23);
        next_block();
        assert_noop!(challenge(sceptic(), id, 8), Error::<Test>::ChallengesOver);
        run_to(START + 23);
        assert!(is_open(id));
        answer_one(id, 7, &tree);
        next_block();
        assert!(is_paid(id));
    });
}

/// Each has its time after those before it, however many come at once: nobody is slashed for what it
/// could not do.
#[test]
fn answers_are_due_one_after_the_other() {
    test(|| {
        let (id, tree) = standing();
        for batch in [30, 20, 10] {
            assert_ok!(challenge(sceptic(), id, batch));
        }
        let all = vec![(30, START + 3), (20, START + 6), (10, START + 9)];
        assert_eq!(due(id), all);
        run_to(START + 3);
        answer_one(id, 30, &tree);
        run_to(START + 6);
        // The next waits for the last, and for none that is answered.
        assert_ok!(challenge(sceptic(), id, 40));
        assert_eq!(
            due(id),
            vec![(20, START + 6), (10, START + 9), (40, START + 12)]
        );
        for batch in [20, 10, 40] {
            answer_one(id, batch, &tree);
        }
        assert_ok!(challenge(sceptic(), id, 50));
        assert_eq!(due(id), vec![(50, START + 9)]);
        run_to(START + 9);
        answer_one(id, 50, &tree);
        run_to(START + 21);
        assert!(is_paid(id));
    });
}

/// Else a forger would prove what it can of what is asked for later.
#[test]
fn answers_to_others_do_not_save_who_owes_one() {
    test(|| {
        let (id, tree) = standing();
        for batch in [1, 2, 3] {
            assert_ok!(challenge(sceptic(), id, batch));
        }
        answer_one(id, 2, &tree);
        answer_one(id, 3, &tree);
        run_to(START + 3);
        assert!(is_open(id));
        next_block();
        assert!(has_failed(id));
    });
}

#[test]
fn an_overdue_answer_is_acted_on_by_whoever_asks_where_the_agenda_is_late() {
    test(|| {
        let (id, tree) = standing();
        // A crowd before it: four are served in a block.
        for at in 0..12 {
            Marketplace::schedule(Agenda::Close, START + 3, H256::from_low_u64_be(at));
        }
        assert_ok!(challenge(sceptic(), id, 7));
        assert_ok!(challenge(sceptic(), id, 8));
        run_to(START + 4);
        assert!(is_open(id));
        // It has failed all the same: nothing is answered, and no bond is put at stake for nothing.
        for batch in [7, 8] {
            assert_noop!(
                open(0, vec![opening(id, batch, 0, &tree)]),
                refusal(0, Error::<Test>::DeadlinePassed)
            );
        }
        assert_noop!(challenge(requester(), id, 9), Error::<Test>::ChallengesOver);
        assert_ok!(dispatch(account(4), Call::poke { limit: 9 }));
        assert!(has_failed(id));
        assert_eq!((held(&sceptic()), free(&sceptic())), (0, FUNDS + 500));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
    });
}

#[test]
fn an_answer_after_its_time_is_refused_even_if_the_agenda_is_late() {
    test(|| {
        let (id, tree) = standing();
        run_to(START + 20);
        assert_ok!(challenge(sceptic(), id, 7));
        run_to(START + 23);
        System::set_block_number(START + 24);
        assert_noop!(
            open(0, vec![opening(id, 7, 0, &tree)]),
            refusal(0, Error::<Test>::DeadlinePassed)
        );
        System::set_block_number(START + 23);
        next_block();
        assert!(matches!(job(id).state, JobState::Failed { .. }));
    });
}

#[test]
fn each_challenge_costs_twice_the_one_before_and_there_are_so_many() {
    test(|| {
        let (id, tree) = standing();
        let before = enrich();
        let (mut bond, mut sum): (Balance, Balance) = (2_000, 0);
        for batch in 0..MAX_CHALLENGES {
            sum += bond;
            bond *= 2;
            assert_ok!(challenge(sceptic(), id, batch));
            assert_eq!(held(&sceptic()), sum);
        }
        assert_noop!(
            challenge(requester(), id, 50),
            Error::<Test>::TooManyChallenges
        );
        // Each has its time: three blocks, from the last.
        assert_eq!(until(id), START + ANSWERS);
        answer(id, 0, &tree);
        assert_eq!(held(&sceptic()), 0);
        assert_eq!(free(&sceptic()), before - sum);
        // Answered, they still count.
        assert_noop!(
            challenge(requester(), id, 50),
            Error::<Test>::TooManyChallenges
        );
        run_to(START + ANSWERS + 1);
        assert!(is_paid(id));
        let view = Marketplace::job_view(id).expect("it is stored");
        assert_eq!(view.results.len(), MAX_CHALLENGES as usize);
        assert!(view.results.iter().all(Option::is_some));
        run_to(START + 200);
        assert_eq!(Results::<Test>::iter().count(), 0);
    });
}

/// Spam cannot keep a provider from its pay: all it does is to pay it.
#[test]
fn spam_pays_the_provider_and_delays_it_by_a_bounded_time() {
    test(|| {
        let (id, tree) = standing();
        enrich();
        run_to(START + 20);
        let before = free(&provider(0));
        for batch in 0..MAX_CHALLENGES {
            assert_ok!(challenge(sceptic(), id, batch));
        }
        assert_eq!(until(id), START + 20 + ANSWERS);
        answer(id, 0, &tree);
        let bonds: Balance = 2_000 * ((1 << MAX_CHALLENGES) - 1);
        assert_eq!(free(&provider(0)) - before, bonds / 2);
        run_to(START + 20 + ANSWERS + 1);
        assert!(is_paid(id));
    });
}

#[test]
fn only_what_stands_is_challenged() {
    test(|| {
        register_rooted(1, 100);
        let job_of = |mode| {
            let to = Assignment::Direct(provider(1));
            submit_rooted(100, mode, 1_000, 150, to)
        };
        let by_sceptic = |id, batch| challenge(sceptic(), id, batch);
        assert_noop!(by_sceptic(H256::zero(), 0), Error::<Test>::JobUnknown);
        let open = submit_rooted(100, Mode::Optimistic, 1_000, 150, Assignment::Swarm);
        assert_noop!(by_sceptic(open, 0), Error::<Test>::JobNotAssigned);
        let sampled = job_of(Mode::Sampled { samples: 4 });
        assert_ok!(commit(sampled, 1, &results(100)));
        assert_noop!(by_sceptic(sampled, 0), Error::<Test>::NothingToChallenge);
        let uncommitted = job_of(Mode::Optimistic);
        assert_noop!(
            by_sceptic(uncommitted, 0),
            Error::<Test>::NothingToChallenge
        );
        let proven = assigned_to_another();
        assert_noop!(by_sceptic(proven, 0), Error::<Test>::NothingToChallenge);

        let (id, tree) = standing();
        assert_noop!(by_sceptic(id, 100), Error::<Test>::BatchOutOfRange);
        assert_ok!(by_sceptic(id, 99));
        // Nor is a batch challenged twice, answered or not.
        assert_noop!(
            challenge(requester(), id, 99),
            Error::<Test>::BatchAlreadyChallenged
        );
        answer_one(id, 99, &tree);
        assert_noop!(
            challenge(requester(), id, 99),
            Error::<Test>::BatchAlreadyChallenged
        );
        run_to(START + 21);
        assert!(is_paid(id));
        assert_noop!(by_sceptic(id, 0), Error::<Test>::JobEnded);
    });
}

/// A job that is proven batch by batch.
fn assigned_to_another() -> H256 {
    register(2, 100);
    assigned(2, 2, 1_000)
}

#[test]
fn who_cannot_pay_the_bond_does_not_challenge() {
    test(|| {
        let (id, _) = standing();
        let poor = account(4);
        doubles::Pallet::<Test>::mint(&poor, 2_000 + EXISTENTIAL - 1);
        assert_noop!(
            challenge(poor.clone(), id, 0),
            Error::<Test>::InsufficientBalance
        );
        doubles::Pallet::<Test>::mint(&poor, 1);
        assert_ok!(challenge(poor, id, 0));
        // Not asked for, not opened.
        assert_noop!(
            open(0, vec![opening(id, 1, 0, &results(100))]),
            refusal(0, Error::<Test>::BatchNotAskedFor)
        );
    });
}

#[test]
fn the_least_bond_is_a_constant() {
    test(|| {
        register_rooted(0, 1);
        let id = optimistic(0, 100);
        assert_ok!(commit(id, 0, &results(100)));
        // Twice a proof is two.
        assert_ok!(challenge(sceptic(), id, 0));
        assert_eq!(held(&sceptic()), 10);
    });
}

/// Else a forger could use up the challenges of a large job, whose proofs are cheap beside its
/// price, with answers to its own.
#[test]
fn the_bond_is_a_part_of_the_price_of_a_large_job() {
    test(|| {
        register_rooted(0, 1);
        let mut input = rooted(1);
        input.batches = 1 << 20;
        assert_ok!(dispatch(
            requester(),
            Call::submit_rooted_job {
                model: model(),
                input,
                mode: Mode::Optimistic,
                max_price: 20_000,
                deadline: START + 150,
                assignment: Assignment::Direct(provider(0)),
            }
        ));
        let (id, _) = Jobs::<Test>::iter().next().expect("it is stored");
        assert_ok!(commit(id, 0, &results(1)));
        // The price is 10,486 for a hundredth of a million batches; a proof costs one.
        assert_ok!(challenge(sceptic(), id, 1_000_000));
        assert_eq!(held(&sceptic()), 10_486 / 64);
        // All of them burn half of that, doubled so often: far more than the price.
        let last = held(&sceptic()) << (MAX_CHALLENGES - 1);
        assert!(last > 100_000 * 10_486);
    });
}

/// The first that waits is rewarded; every bond comes back, answered ones excepted.
#[test]
fn of_several_challengers_the_first_without_an_answer_is_rewarded() {
    test(|| {
        let (id, tree) = standing();
        let other = account(4);
        doubles::Pallet::<Test>::mint(&other, 100_000);
        assert_ok!(challenge(sceptic(), id, 1));
        assert_ok!(challenge(other.clone(), id, 2));
        assert_ok!(challenge(sceptic(), id, 3));
        answer_one(id, 1, &tree);
        // What is due for the last of them is not waited for.
        run_to(START + 6);
        assert!(is_open(id));
        next_block();
        assert!(has_failed(id));
        assert_eq!((free(&other), held(&other)), (100_000 + 500, 0));
        assert_eq!((free(&sceptic()), held(&sceptic())), (FUNDS - 2_000, 0));
        assert_eq!(Challenges::<Test>::iter().count(), 0);
        // Nor does it end twice when that is looked at.
        events();
        run_to(START + 30);
        assert_eq!(events(), vec![]);
        let to_close = Agendas::<Test>::iter().filter(|((agenda, ..), _)| *agenda == Agenda::Close);
        assert_eq!(to_close.count(), 0);
    });
}

/// A provider that challenges itself pays for it, whether it answers or not.
#[test]
fn challenging_oneself_costs() {
    test(|| {
        let (id, tree) = standing();
        doubles::Pallet::<Test>::mint(&provider(0), 10_000);
        let before = free(&provider(0));
        assert_ok!(challenge(provider(0), id, 0));
        answer_one(id, 0, &tree);
        assert_eq!(before - free(&provider(0)), 1_000);
        // Instead of being caught: of 2,000 in collateral it gets 500 back, and no price.
        assert_ok!(challenge(provider(0), id, 1));
        run_to(START + 21);
        assert!(matches!(job(id).state, JobState::Failed { .. }));
        assert_eq!(before - free(&provider(0)), 1_000 - 500);
        let record = doubles::ProvidersById::<Test>::get(provider(0)).expect("registered");
        assert_eq!(record.bond, 1_000_000 - 2_000);
    });
}

/// A root of garbage stands until somebody looks; then nothing can be answered.
#[test]
fn a_root_of_garbage_cannot_be_defended() {
    test(|| {
        register_rooted(0, 1_000);
        let id = optimistic(0, 100);
        let right = results(100);
        assert_ok!(commit(id, 0, &results(101)));
        assert_ok!(challenge(requester(), id, 0));
        let mut late = opening(id, 0, 0, &right);
        assert_noop!(
            open(0, vec![late.clone()]),
            refusal(0, Error::<Test>::ResultNotInRoot)
        );
        late.result_path = opening(id, 1, 0, &right).result_path;
        assert_noop!(
            open(0, vec![late]),
            refusal(0, Error::<Test>::ResultNotInRoot)
        );
        run_to(START + 21);
        assert!(matches!(job(id).state, JobState::Failed { .. }));
        assert_eq!(free(&requester()), FUNDS + 500);
    });
}

#[test]
fn a_root_comes_early_enough_for_challenges_and_answers() {
    test(|| {
        register_rooted(0, 1_000);
        let (late, in_time) = (optimistic(0, 100), optimistic(0, 100));
        let tree = results(100);
        enrich();
        let last = START + 150 - 20 - ANSWERS;
        run_to(last);
        assert_ok!(commit(in_time, 0, &tree));
        next_block();
        assert_noop!(commit(late, 0, &tree), Error::<Test>::TooLateToCommit);
        // Whatever is challenged, the job has ended by its deadline.
        run_to(last + 20);
        for batch in 0..MAX_CHALLENGES {
            assert_ok!(challenge(sceptic(), in_time, batch));
        }
        assert_eq!(until(in_time), START + 150);
        answer(in_time, 0, &tree);
        run_to(START + 151);
        assert!(is_paid(in_time));
        assert!(matches!(job(late).state, JobState::Expired { .. }));
    });
}

/// Nobody loses anything by an agenda that is late: what stands is paid when it is looked at.
#[test]
fn a_late_look_pays_all_the_same() {
    test(|| {
        register_rooted(0, 1_000);
        let (id, tree) = (optimistic(0, 100), results(100));
        let last = START + 150 - 20 - ANSWERS;
        run_to(last);
        // A crowd before it: four are served in a block.
        for at in 0..400 {
            Marketplace::schedule(Agenda::Close, last + 20, H256::from_low_u64_be(at));
        }
        assert_ok!(commit(id, 0, &tree));
        run_to(START + 152);
        assert!(is_open(id));
        while is_open(id) {
            next_block();
        }
        assert!(is_paid(id));
        assert!(doubles::Slashed::<Test>::get().is_empty());
    });
}

#[test]
fn a_deadline_leaves_time_for_work_challenges_and_answers() {
    test(|| {
        register_rooted(0, 1_000);
        let send = |duration| {
            dispatch(
                requester(),
                Call::submit_rooted_job {
                    model: model(),
                    input: rooted(100),
                    mode: Mode::Optimistic,
                    max_price: 1_000,
                    deadline: START + duration,
                    assignment: Assignment::Swarm,
                },
            )
        };
        let least = 10 + 20 + ANSWERS;
        assert_noop!(send(least - 1), Error::<Test>::DeadlineTooSoon);
        assert_ok!(send(least));
    });
}
