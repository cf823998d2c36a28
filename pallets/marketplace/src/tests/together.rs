//! Several results in one call: as each alone, all or none.

use crate::{mock::*, pallet::*, Error, Event, Report, WeightInfo};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{GetDispatchInfo, Pays},
    traits::{Get, PalletInfoAccess},
    weights::Weight,
};
use proptest::prelude::*;
use sp_core::{storage::StateVersion, H256};
use sp_runtime::{DispatchError, ModuleError};
use swarmwork_primitives::{Assignment, Circuits, ContentId, JobState};

/// What storing the last result of a job and settling it weighs.
fn settling() -> Weight {
    <() as WeightInfo>::submit_result_last()
        .saturating_add(Marketplace::legs_weight())
        .saturating_add(doubles::SETTLED_WEIGHT)
}

fn good(id: H256, batch: u32) -> Report {
    good_report(id, batch, 0)
}

/// The weight of checking groups of so many proofs each.
fn checking(groups: &[u32]) -> Weight {
    groups
        .iter()
        .map(|count| <Doubles as Circuits<AccountId>>::verify_batch_weight(*count))
        .fold(Weight::zero(), Weight::saturating_add)
}

/// A job of provider 0 under the other circuit.
fn assigned_under_another_key(batches: u32) -> H256 {
    doubles::Pallet::<Test>::change(&provider(0), |p| p.unattested = true);
    let nonce = Nonces::<Test>::get(requester());
    assert_ok!(Marketplace::submit_job(
        RuntimeOrigin::signed(requester()),
        unattested_model(),
        input(),
        commitments(batches),
        1_000,
        START + 20,
        Assignment::Direct(provider(0)),
    ));
    swarmwork_primitives::job_id(
        &requester(),
        nonce,
        &unattested_model(),
        &input().content,
        &commitments(batches),
    )
}

#[test]
fn results_of_several_jobs_are_stored_in_order_and_free() {
    test(|| {
        register(0, 300);
        let (first, second) = (assigned(0, 2, 1_000), assigned(0, 1, 1_000));
        events();
        run_to(5);
        let reports = vec![good(first, 1), good(second, 0), good(first, 0)];
        let post = report_together(0, reports).expect("the proofs are good");
        assert_eq!(post.pays_fee, Pays::No);
        for (id, batch) in [(first, 0), (first, 1), (second, 0)] {
            let result = Results::<Test>::get(id, batch).expect("it is stored");
            assert_eq!(result.commitment, [0xc0 + batch as u8; 32]);
            assert_eq!(result.output, ContentId([batch as u8; 32]));
            assert_eq!(result.at, 5);
        }
        assert!(matches!(job(first).state, JobState::Completed { .. }));
        assert!(matches!(job(second).state, JobState::Completed { .. }));
        let order: Vec<_> = events()
            .into_iter()
            .map(|event| match event {
                Event::BatchProven { job, batch, .. } => (job, Some(batch)),
                Event::JobCompleted { job, .. } => (job, None),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            order,
            vec![
                (first, Some(1)),
                (second, Some(0)),
                (second, None),
                (first, Some(0)),
                (first, None)
            ]
        );
    });
}

#[test]
fn one_result_is_enough_and_none_is_not() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        assert_noop!(report_together(0, vec![]), Error::<Test>::NoResults);
        assert_ok!(report_together(0, vec![good(id, 0)]));
    });
}

type Change = Box<dyn Fn(&mut Report)>;

fn to_report(change: impl Fn(&mut Report) + 'static) -> Change {
    Box::new(change)
}

fn to_proof(change: impl Fn(&mut Vec<u8>) + 'static) -> Change {
    to_report(move |report| {
        let mut bytes = report.proof.to_vec();
        change(&mut bytes);
        report.proof = bytes.try_into().expect("short");
    })
}

/// What a cheater may change of a report, and what is said of it, among others as alone.
fn changes(other: H256) -> Vec<(Change, DispatchError)> {
    let failed = DispatchError::from(doubles::Error::<Test>::EquationFailed);
    let length = DispatchError::from(doubles::Error::<Test>::ProofLength);
    vec![
        (to_proof(|proof| proof[3] ^= 1), failed),
        (to_proof(|proof| proof.truncate(191)), length),
        (to_proof(|proof| proof.clear()), length),
        (to_proof(|proof| proof.resize(512, 0)), length),
        // The proof of another job, batch or provider.
        (
            to_report(move |r| r.proof = good(other, r.batch).proof),
            failed,
        ),
        (
            to_report(|r| r.proof = good(r.job, r.batch + 1).proof),
            failed,
        ),
        (
            to_report(|r| r.proof = good_report(r.job, r.batch, 1).proof),
            failed,
        ),
        (
            to_report(|r| r.job = H256::zero()),
            Error::<Test>::JobUnknown.into(),
        ),
        (
            to_report(|r| r.batch = u32::MAX),
            Error::<Test>::BatchOutOfRange.into(),
        ),
    ]
}

#[test]
fn each_way_to_fail_refuses_all_and_is_named_with_its_place_and_as_it_is_alone() {
    test(|| {
        register(0, 300);
        register(1, 300);
        let (id, other) = (assigned(0, 4, 2_000), assigned(0, 1, 1_000));
        for (change, error) in changes(other) {
            for at in 0..4u8 {
                let mut reports: Vec<_> = (0..4).map(|batch| good(id, batch)).collect();
                change(&mut reports[usize::from(at)]);
                let changed = reports[usize::from(at)].clone();
                assert_noop!(report_together(0, reports), refusal(at, error));
                let alone = Call::submit_result {
                    job: changed.job,
                    batch: changed.batch,
                    proof: changed.proof,
                    output: changed.output,
                };
                assert_noop!(dispatch(worker(0), alone), error);
            }
        }
        let reports = (0..4).map(|batch| good(id, batch)).collect();
        assert_ok!(report_together(0, reports));
    });
}

#[test]
fn a_batch_is_proven_once_in_one_call_or_two() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 3, 1_000);
        assert_noop!(
            report_together(0, vec![good(id, 0), good(id, 1), good(id, 0)]),
            refusal(2, Error::<Test>::ResultRepeated)
        );
        // The same batch with another proof or output is the same batch.
        let mut again = good(id, 0);
        again.output = ContentId([7; 32]);
        again.proof = Default::default();
        assert_noop!(
            report_together(0, vec![good(id, 0), again]),
            refusal(1, Error::<Test>::ResultRepeated)
        );
        assert_ok!(report_together(0, vec![good(id, 0), good(id, 1)]));
        assert_noop!(
            report_together(0, vec![good(id, 2), good(id, 1)]),
            refusal(1, Error::<Test>::BatchAlreadyProven)
        );
        assert_noop!(prove(id, 1, 0), Error::<Test>::BatchAlreadyProven);
        assert_ok!(report_together(0, vec![good(id, 2)]));
        assert_noop!(
            report_together(0, vec![good(id, 2)]),
            refusal(0, Error::<Test>::JobEnded)
        );
    });
}

#[test]
fn only_the_workers_own_jobs_are_reported() {
    test(|| {
        register(0, 300);
        register(1, 300);
        let (own, foreign) = (assigned(0, 1, 1_000), assigned(1, 1, 1_000));
        let reports = vec![good(own, 0), good_report(foreign, 0, 1)];
        for (number, at) in [(0, 1), (1, 0), (2, 0)] {
            assert_noop!(
                report_together(number, reports.clone()),
                refusal(at, Error::<Test>::NotTheWorker)
            );
        }
        // Nor does the controller report.
        let results = vec![good(own, 0)].try_into().expect("few");
        assert_noop!(
            dispatch(provider(0), Call::submit_results { results }),
            refusal(0, Error::<Test>::NotTheWorker)
        );
    });
}

#[test]
fn a_result_of_a_job_that_is_open_or_over_refuses_all() {
    test(|| {
        register(0, 300);
        let open = submit(1, 1_000, 100, Assignment::Swarm);
        let late = assigned(0, 1, 1_000);
        let good_one = submit(1, 1_000, 100, Assignment::Direct(provider(0)));
        assert_noop!(
            report_together(0, vec![good(good_one, 0), good(open, 0)]),
            refusal(1, Error::<Test>::JobNotAssigned)
        );
        run_to(START + 20);
        System::set_block_number(START + 21);
        assert_noop!(
            report_together(0, vec![good(good_one, 0), good(late, 0)]),
            refusal(1, Error::<Test>::DeadlinePassed)
        );
        System::set_block_number(START + 20);
        assert_ok!(report_together(0, vec![good(good_one, 0), good(late, 0)]));
    });
}

#[test]
fn cheap_checks_of_all_come_before_any_proof() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        let mut bad = good(id, 0);
        bad.proof = Default::default();
        assert_noop!(
            report_together(0, vec![bad, good(id, 9)]),
            refusal(1, Error::<Test>::BatchOutOfRange)
        );
    });
}

#[test]
fn the_error_says_whose_it_is() {
    let error: DispatchError = refusal(3, doubles::Error::<Test>::EquationFailed).into();
    let DispatchError::Module(ModuleError { index, error, .. }) = error else {
        panic!("it is the pallet's");
    };
    assert_eq!(usize::from(index), Marketplace::index());
    assert_eq!(error[1..3], [3, Doubles::index() as u8]);
    assert_eq!(
        error[3],
        match DispatchError::from(doubles::Error::<Test>::EquationFailed) {
            DispatchError::Module(module) => module.error[0],
            other => panic!("{other:?}"),
        }
    );
}

#[test]
fn proofs_under_one_key_are_checked_together_and_others_apart() {
    test(|| {
        register(0, 100);
        let (first, second) = (assigned(0, 2, 1_000), assigned(0, 2, 1_000));
        let other = assigned_under_another_key(2);
        let reports = vec![
            good(other, 0),
            good(first, 0),
            good(second, 0),
            good(other, 1),
            good(first, 1),
        ];
        let spent = report_together(0, reports).expect("good").actual_weight;
        // Jobs in tokens: nothing is paid in an asset, or sold.
        let settled = settling().saturating_sub(Marketplace::legs_weight());
        let storing = <()>::submit_result() * 3 + settled * 2;
        assert_eq!(spent, Some(storing + checking(&[3, 2])));
        let spent = report_together(0, vec![good(second, 1)]).expect("good");
        let storing = settled;
        assert_eq!(spent.actual_weight, Some(storing + checking(&[1])));
    });
}

#[test]
fn a_refused_proof_names_its_place_in_the_call_whatever_its_group() {
    test(|| {
        register(0, 100);
        let first = assigned(0, 2, 1_000);
        let other = assigned_under_another_key(2);
        let honest = vec![
            good(other, 0),
            good(first, 0),
            good(other, 1),
            good(first, 1),
        ];
        for at in 0..4u8 {
            let mut reports = honest.clone();
            reports[usize::from(at)].proof = Default::default();
            assert_noop!(
                report_together(0, reports),
                refusal(at, doubles::Error::<Test>::ProofLength)
            );
        }
    });
}

#[test]
fn what_is_charged_covers_every_grouping_and_a_refusal_in_the_largest() {
    new_test_ext().execute_with(|| {
        let charged = |count: u32| {
            let results = vec![good(H256::zero(), 0); count as usize];
            let results = results.try_into().expect("few");
            RuntimeCall::Marketplace(Call::submit_results { results })
                .get_dispatch_info()
                .call_weight
        };
        let most_jobs = <Test as Config>::MaxRunning::get();
        for count in 1..=<Test as Config>::MaxResults::get() {
            for jobs in 1..=count.min(most_jobs) {
                let storing =
                    settling() * u64::from(jobs) + <()>::submit_result() * u64::from(count - jobs);
                let (apart, largest) = (vec![1; jobs as usize - 1], count - (jobs - 1));
                let accepted = storing + checking(&apart) + checking(&[largest]);
                assert!(accepted.all_lte(charged(count)), "{jobs} keys of {count}");
                let refused = checking(&apart)
                    + <Doubles as Circuits<AccountId>>::refuse_batch_weight(largest);
                assert!(refused.all_lte(charged(count)), "{jobs} keys of {count}");
            }
            assert!(charged(count).all_gt(charged(count - 1)));
        }
    });
}

/// What a sequence of results leaves behind: everything in storage, events included.
fn outcome(calls: &[Vec<Report>], together: &[bool]) -> (Vec<u8>, Balance) {
    let mut ext = new_test_ext();
    ext.execute_with(|| {
        register(0, 100);
        for batches in [1, 2, 4] {
            submit(batches, 900, 100, Assignment::Direct(provider(0)));
        }
        run_to(9);
        for (reports, together) in calls.iter().zip(together) {
            if *together {
                assert_ok!(report_together(0, reports.clone()));
                check();
            } else {
                for report in reports {
                    let call = Call::submit_result {
                        job: report.job,
                        batch: report.batch,
                        proof: report.proof.clone(),
                        output: report.output,
                    };
                    assert_ok!(dispatch(worker(0), call));
                    check();
                }
            }
        }
        let root = sp_io::storage::root(StateVersion::V1);
        (root, free(&provider(0)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However results are split over single calls and calls of several, the same is left behind:
    /// every job, every balance, every claim and every event.
    #[test]
    fn any_split_leaves_the_same_state_and_money(
        order in Just(vec![(0u8, 0u32), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3)]).prop_shuffle(),
        count in 1usize..=7,
        cuts in prop::collection::vec(1usize..=5, 7),
        together in prop::collection::vec(any::<bool>(), 7),
    ) {
        let ids: Vec<H256> = new_test_ext().execute_with(|| {
            register(0, 100);
            [1u32, 2, 4]
                .map(|batches| submit(batches, 900, 100, Assignment::Direct(provider(0))))
                .to_vec()
        });
        let reports: Vec<Report> = order[..count]
            .iter()
            .map(|(job, batch)| good(ids[usize::from(*job)], *batch))
            .collect();
        let mut rest = &reports[..];
        let mut calls = Vec::new();
        for cut in cuts {
            let (call, left) = rest.split_at(cut.min(rest.len()));
            if !call.is_empty() {
                calls.push(call.to_vec());
            }
            rest = left;
        }
        let singly = vec![false; calls.len()];
        prop_assert_eq!(outcome(&calls, &together), outcome(&calls, &singly));
    }
}
