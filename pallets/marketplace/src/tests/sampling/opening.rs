//! Proving what was drawn, and what follows if nobody does.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Error, Event, Opening, WeightInfo,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{GetDispatchInfo, Pays},
};
use sp_core::H256;
use swarm_merkle::Tree;
use swarmwork_primitives::{Assignment, Circuits, FailureReason, JobState, Outcome, SlashReason};

/// A job of 100 batches of which four are drawn, and what its provider committed to.
pub fn committed() -> (H256, Tree) {
    let (id, tree) = (sampled(0, 100, 4), results(100));
    assert_ok!(commit(id, 0, &tree));
    run_to(System::block_number() + 7);
    assert_eq!(drawn(id).len(), 4);
    events();
    (id, tree)
}

#[test]
fn a_job_is_paid_when_all_that_was_drawn_is_proven() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        let before = [provider(0), treasury(), owner()].map(|who| free(&who));
        let batches = drawn(id);
        // In any order, alone and together.
        for part in [&batches[2..3], &batches[..2], &batches[3..]] {
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
            let openings = part.iter().map(|batch| opening(id, *batch, 0, &tree));
            let post = open(0, openings.collect()).expect("they are good");
            assert_eq!(post.pays_fee, Pays::No);
        }
        // 4.96 batches at ten each, in fives of a hundred.
        assert!(matches!(
            job(id).state,
            JobState::Completed { price: 50, .. }
        ));
        let after = [provider(0), treasury(), owner()].map(|who| free(&who));
        let gained: Vec<_> = after.iter().zip(before).map(|(a, b)| a - b).collect();
        assert_eq!(gained, vec![40, 6, 2]);
        assert_eq!(doubles::Burned::<Test>::get(), 2);
        assert_eq!(free(&requester()), FUNDS - 50);
        assert!(Running::<Test>::get(provider(0)).is_empty());
        assert_eq!(job(id).proven, 4);
        // What was not proven is no work: four of a hundred batches count.
        let settled = doubles::Settlements::<Test>::get();
        let (settled, macs) = (settled.len(), settled[0].4);
        assert_eq!((settled, macs), (1, 4_000_000_000));

        let events = events();
        let proven: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::BatchProven { batch, output, .. } => Some((*batch, *output)),
                _ => None,
            })
            .collect();
        let order = [batches[2], batches[0], batches[1], batches[3]];
        assert_eq!(proven, order.map(|batch| (batch, batch_output(batch))));
        assert!(matches!(events.last(), Some(Event::JobCompleted { .. })));

        let view = Marketplace::job_view(id).expect("it is stored");
        let outputs: Vec<_> = view.results.iter().flatten().map(|r| r.output).collect();
        let expected: Vec<_> = batches.iter().map(|b| batch_output(*b)).collect();
        assert_eq!(outputs, expected);
        assert_noop!(
            open(0, vec![opening(id, batches[0], 0, &tree)]),
            refusal(0, Error::<Test>::JobEnded)
        );
    });
}

#[test]
fn nothing_is_opened_before_the_draw() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = (sampled(0, 100, 4), results(100));
        let one = || vec![opening(id, 7, 0, &tree)];
        assert_noop!(
            open(0, one()),
            refusal(0, Error::<Test>::ResultsNotCommitted)
        );
        assert_ok!(commit(id, 0, &tree));
        assert_noop!(open(0, one()), refusal(0, Error::<Test>::BatchesNotDrawn));
    });
}

#[test]
fn only_what_was_drawn_is_opened_and_only_once() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        let batches = drawn(id);
        let other = (0..100)
            .find(|batch| !batches.contains(batch))
            .expect("most are not drawn");
        assert_noop!(
            open(0, vec![opening(id, other, 0, &tree)]),
            refusal(0, Error::<Test>::BatchNotAskedFor)
        );
        let good = || opening(id, batches[0], 0, &tree);
        assert_noop!(open(0, vec![]), Error::<Test>::NoResults);
        assert_noop!(
            open(0, vec![good(), good()]),
            refusal(1, Error::<Test>::ResultRepeated)
        );
        assert_ok!(open(0, vec![good()]));
        assert_noop!(
            open(0, vec![good()]),
            refusal(0, Error::<Test>::BatchAlreadyProven)
        );
    });
}

#[test]
fn only_the_workers_key_opens() {
    test(|| {
        register_rooted(0, 10);
        register_rooted(1, 10);
        let (id, tree) = committed();
        let good = opening(id, drawn(id)[0], 0, &tree);
        assert_noop!(
            open(1, vec![good.clone()]),
            refusal(0, Error::<Test>::NotTheWorker)
        );
        assert_ok!(open(0, vec![good]));
    });
}

#[test]
fn a_sampled_batch_is_not_reported_without_its_paths_nor_another_opened() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        assert_noop!(prove(id, drawn(id)[0], 0), Error::<Test>::PathsMissing);
        let proven = assigned(0, 2, 1_000);
        assert_noop!(
            open(0, vec![opening(proven, 0, 0, &tree)]),
            refusal(0, Error::<Test>::NothingToCommit)
        );
    });
}

#[test]
fn proofs_of_several_jobs_are_checked_together_and_charged_for() {
    test(|| {
        register_rooted(0, 10);
        let jobs = [sampled(0, 100, 2), sampled(0, 100, 1)];
        let tree = results(100);
        for id in jobs {
            assert_ok!(commit(id, 0, &tree));
        }
        run_to(START + 7);
        let openings: Vec<_> = jobs
            .iter()
            .flat_map(|id| drawn(*id).into_iter().map(move |batch| (*id, batch)))
            .map(|(id, batch)| opening(id, batch, 0, &tree))
            .collect();
        let call = RuntimeCall::Marketplace(Call::open_batches {
            openings: openings.clone().try_into().expect("few"),
        });
        let charged = call.get_dispatch_info().call_weight;
        let spent = open(0, openings).expect("they are good").actual_weight;
        let checking = <Doubles as Circuits<AccountId>>::verify_batch_weight(3);
        let one = <()>::open_batch().max(<()>::answer_challenge());
        let last = <()>::open_batch_last() + doubles::SETTLED_WEIGHT;
        let storing = one + last * 2;
        assert_eq!(spent, Some(storing + checking));
        assert!((storing + checking).all_lte(charged));
        assert_eq!(
            charged,
            Marketplace::worst_results::<Opening>(3),
            "the call is charged for openings"
        );
        for id in jobs {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
}

fn failed(id: H256) -> bool {
    matches!(job(id).state, JobState::Failed { .. })
}

#[test]
fn silence_after_the_draw_costs_the_collateral_and_returns_the_price() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        // All but one proven is not proven.
        let batches = drawn(id);
        let openings = batches[1..].iter().map(|b| opening(id, *b, 0, &tree));
        assert_ok!(open(0, openings.collect()));
        events();
        run_to(START + 100);
        assert!(!failed(id));
        next_block();
        assert_eq!(
            job(id).state,
            JobState::Failed {
                provider: provider(0),
                why: FailureReason::SampleUnproven,
                slashed: 100,
                at: START + 101
            }
        );
        assert_eq!(
            events(),
            vec![Event::JobFailed {
                job: id,
                provider: provider(0),
                why: FailureReason::SampleUnproven,
                refunded: 1_000,
                slashed: 100
            }]
        );
        assert_eq!(
            doubles::Slashed::<Test>::get(),
            vec![(provider(0), 100, SlashReason::Unproven)]
        );
        assert_eq!(doubles::SlashedFor::<Test>::get(), vec![id]);
        assert_eq!((free(&requester()), held(&requester())), (FUNDS, 0));
        assert!(Running::<Test>::get(provider(0)).is_empty());
        let record = doubles::ProvidersById::<Test>::get(provider(0)).expect("registered");
        assert_eq!((record.bond, record.reserved), (1_000_000 - 100, 0));
        // Too late is too late.
        assert_noop!(
            open(0, vec![opening(id, batches[0], 0, &tree)]),
            refusal(0, Error::<Test>::JobEnded)
        );
        // A named provider's failure is no evidence.
        assert!(doubles::Recorded::<Test>::get().is_empty());
    });
}

#[test]
fn a_proof_counts_in_the_last_block_and_not_after() {
    test(|| {
        register_rooted(0, 10);
        let (id, tree) = committed();
        let openings: Vec<_> = drawn(id)
            .into_iter()
            .map(|batch| opening(id, batch, 0, &tree))
            .collect();
        run_to(START + 100);
        // Even if the agenda is late.
        System::set_block_number(START + 101);
        assert_noop!(
            open(0, openings.clone()),
            refusal(0, Error::<Test>::DeadlinePassed)
        );
        System::set_block_number(START + 100);
        assert_ok!(open(0, openings));
    });
}

#[test]
fn a_drawn_provider_that_answers_or_does_not_is_recorded() {
    test(|| {
        register_rooted(0, 100);
        let tree = results(100);
        let jobs = [0, 1].map(|_| submit_sampled(100, 4, 1_000, 100, Assignment::Swarm));
        run_to(START + 7);
        for id in jobs {
            assert_ok!(commit(id, 0, &tree));
        }
        run_to(START + 14);
        answer(jobs[0], 0, &tree);
        run_to(START + 101);
        assert!(failed(jobs[1]));
        // A twentieth of 496.
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![
                (provider(0), requester(), Outcome::Succeeded, 24),
                (provider(0), requester(), Outcome::Failed, 24)
            ]
        );
        assert_eq!(doubles::RecordedFor::<Test>::get(), jobs);
    });
}

/// What another pallet has taken of the bond is not there to be slashed; the job ends all the same.
#[test]
fn a_provider_that_was_slashed_for_something_else_still_fails() {
    test(|| {
        register_rooted(0, 10);
        let (id, _) = committed();
        doubles::Pallet::<Test>::change(&provider(0), |p| p.bond = p.reserved);
        run_to(START + 101);
        assert!(matches!(
            job(id).state,
            JobState::Failed { slashed: 100, .. }
        ));
        let record = doubles::ProvidersById::<Test>::get(provider(0)).expect("registered");
        assert_eq!(record.bond, 0);
    });
}

#[test]
fn ended_jobs_are_forgotten_with_their_stage_and_results() {
    test(|| {
        register_rooted(0, 10);
        let (paid, tree) = committed();
        answer(paid, 0, &tree);
        let (silent, _) = committed();
        assert_ok!(open(0, vec![opening(silent, drawn(silent)[0], 0, &tree)]));
        run_to(START + 300);
        assert_eq!(Jobs::<Test>::iter().count(), 0);
        assert_eq!(Stages::<Test>::iter().count(), 0);
        assert_eq!(Results::<Test>::iter().count(), 0);
        assert_eq!(Inputs::<Test>::iter().count(), 0);
        assert_eq!(Agendas::<Test>::iter().count(), 0);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
    });
}
