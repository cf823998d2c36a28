//! Who may report what, and what a proven batch does.

use crate::{mock::*, pallet::*, Error, Event};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResultWithPostInfo, Pays},
    BoundedVec,
};
use sp_core::H256;
use swarmwork_primitives::{Assignment, Circuits, ContentId, JobState, Outcome};

fn report(who: AccountId, id: H256, batch: u32, proof: Vec<u8>) -> DispatchResultWithPostInfo {
    dispatch(
        who,
        Call::submit_result {
            job: id,
            batch,
            proof: BoundedVec::try_from(proof).expect("it fits the argument"),
            output: ContentId([9; 32]),
        },
    )
}

#[test]
fn a_proven_batch_is_stored_and_free() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        events();
        run_to(5);
        let post = prove(id, 1, 0).expect("the proof is good");
        assert_eq!(post.pays_fee, Pays::No);
        let result = Results::<Test>::get(id, 1).expect("it is stored");
        assert_eq!(result.commitment, [0xc1; 32]);
        assert_eq!(result.output, ContentId([1; 32]));
        assert_eq!(result.at, 5);
        assert_eq!(job(id).proven, 1);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        assert_eq!(
            events(),
            vec![Event::BatchProven {
                job: id,
                batch: 1,
                output: ContentId([1; 32])
            }]
        );
    });
}

#[test]
fn the_last_batch_completes_the_job_whatever_the_order() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 3, 1_000);
        for batch in [2, 0] {
            assert_ok!(prove(id, batch, 0));
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
        }
        assert_ok!(prove(id, 1, 0));
        assert_eq!(
            job(id).state,
            JobState::Completed {
                provider: provider(0),
                price: 900,
                at: START
            }
        );
        assert!(Running::<Test>::get(provider(0)).is_empty());
    });
}

#[test]
fn an_unknown_job_is_refused() {
    test(|| {
        assert_noop!(
            report(worker(0), H256::zero(), 0, vec![]),
            Error::<Test>::JobUnknown
        );
    });
}

#[test]
fn an_open_job_is_refused() {
    test(|| {
        register(0, 300);
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        assert_noop!(prove(id, 0, 0), Error::<Test>::JobNotAssigned);
    });
}

#[test]
fn an_ended_job_is_refused() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        assert_ok!(prove(id, 0, 0));
        assert_noop!(prove(id, 0, 0), Error::<Test>::JobEnded);
    });
}

#[test]
fn a_result_counts_in_the_block_of_the_deadline_and_not_after() {
    test(|| {
        register(0, 300);
        let in_time = assigned(0, 1, 1_000);
        let late = assigned(0, 1, 1_000);
        run_to(START + 20);
        assert_ok!(prove(in_time, 0, 0));
        // In the next block the job has expired before any transaction.
        next_block();
        assert_noop!(prove(late, 0, 0), Error::<Test>::JobEnded);
    });
}

#[test]
fn a_result_after_the_deadline_is_refused_even_if_the_agenda_is_late() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        run_to(START + 20);
        System::set_block_number(START + 21);
        assert_noop!(prove(id, 0, 0), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn only_the_workers_key_reports() {
    test(|| {
        register(0, 300);
        register(1, 300);
        let id = assigned(0, 1, 1_000);
        let good = proof(id, 0, &provider(0));
        for who in [provider(0), worker(1), requester()] {
            assert_noop!(
                report(who, id, 0, good.clone()),
                Error::<Test>::NotTheWorker
            );
        }
        // A rotated key counts at once.
        doubles::Pallet::<Test>::change(&provider(0), |p| p.worker = account(77));
        assert_noop!(
            report(worker(0), id, 0, good.clone()),
            Error::<Test>::NotTheWorker
        );
        assert_ok!(report(account(77), id, 0, good));
    });
}

#[test]
fn a_batch_out_of_range_is_refused() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        for batch in [2, u32::MAX] {
            assert_noop!(
                report(worker(0), id, batch, proof(id, batch, &provider(0))),
                Error::<Test>::BatchOutOfRange
            );
        }
    });
}

#[test]
fn a_batch_is_proven_once() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        assert_ok!(prove(id, 0, 0));
        assert_noop!(prove(id, 0, 0), Error::<Test>::BatchAlreadyProven);
    });
}

#[test]
fn a_bad_proof_is_refused_with_the_verifiers_error_and_the_job_goes_on() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        let good = proof(id, 0, &provider(0));
        let mut changed = good.clone();
        changed[3] ^= 1;
        assert_noop!(
            report(worker(0), id, 0, changed),
            doubles::Error::<Test>::EquationFailed
        );
        for length in [0, 191] {
            assert_noop!(
                report(worker(0), id, 0, good[..length].to_vec()),
                doubles::Error::<Test>::ProofLength
            );
        }
        let long = [good.clone(), vec![0; 320]].concat();
        assert_noop!(
            report(worker(0), id, 0, long),
            doubles::Error::<Test>::ProofLength
        );
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        assert_ok!(report(worker(0), id, 0, good));
    });
}

#[test]
fn a_proof_is_bound_to_job_batch_and_provider() {
    test(|| {
        register(0, 300);
        register(1, 300);
        let id = assigned(0, 2, 1_000);
        let other_job = assigned(0, 2, 1_000);
        for foreign in [
            proof(other_job, 0, &provider(0)),
            proof(id, 1, &provider(0)),
            proof(id, 0, &provider(1)),
        ] {
            assert_noop!(
                report(worker(0), id, 0, foreign),
                doubles::Error::<Test>::EquationFailed
            );
        }
    });
}

#[test]
fn a_proof_is_bound_to_the_weights_and_the_input_on_chain() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        for foreign in [
            doubles::proof(&id, 0, &provider(0), &[0x56; 32], &[0; 32]),
            doubles::proof(&id, 0, &provider(0), &[0x55; 32], &[1; 32]),
        ] {
            assert_noop!(
                report(worker(0), id, 0, foreign),
                doubles::Error::<Test>::EquationFailed
            );
        }
    });
}

#[test]
fn cheap_checks_come_before_the_proof() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        // A proof that would fail is never looked at when anything cheaper fails first.
        assert_noop!(
            report(worker(1), id, 0, vec![]),
            Error::<Test>::NotTheWorker
        );
        assert_noop!(
            report(worker(0), id, 1, vec![]),
            Error::<Test>::BatchOutOfRange
        );
    });
}

#[test]
fn success_is_evidence_of_a_drawn_provider_only() {
    test(|| {
        register(0, 1_000);
        let named = assigned(0, 1, 1_000);
        assert_ok!(prove(named, 0, 0));
        assert!(doubles::Recorded::<Test>::get().is_empty());
        let drawn = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(8);
        assert_ok!(prove(drawn, 0, 0));
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(0), requester(), Outcome::Succeeded, 50)]
        );
        assert_eq!(doubles::RecordedFor::<Test>::get(), vec![drawn]);
    });
}

#[test]
fn the_weight_of_a_result_covers_the_proof_and_what_was_not_done_is_refunded() {
    use crate::WeightInfo;
    use frame_support::dispatch::GetDispatchInfo;
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        let call = RuntimeCall::Marketplace(Call::submit_result {
            job: id,
            batch: 0,
            proof: Default::default(),
            output: ContentId::default(),
        });
        let verify = <Doubles as Circuits<AccountId>>::verify_weight();
        let last = <() as WeightInfo>::submit_result_last()
            .saturating_add(doubles::SETTLED_WEIGHT)
            .saturating_add(Marketplace::legs_weight())
            .saturating_add(verify);
        assert_eq!(call.get_dispatch_info().call_weight, last);
        let first = prove(id, 0, 0).expect("good").actual_weight;
        assert_eq!(
            first,
            Some(<() as WeightInfo>::submit_result().saturating_add(verify))
        );
        // Nothing is paid in an asset, or sold.
        assert_eq!(
            prove(id, 1, 0).expect("good").actual_weight,
            Some(last.saturating_sub(Marketplace::legs_weight()))
        );
    });
}
