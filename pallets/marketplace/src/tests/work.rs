//! What is said of jobs to those who judge the work on them.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    weights::WeightInfo,
    Error,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use swarmwork_primitives::{Assignment, Circuits, JobState, Jobs as _, Work};

fn work(id: H256) -> Option<Work<AccountId, Balance, u64>> {
    Marketplace::work(&id, &provider(0))
}

/// Otherwise whoever is about to be reported for what it has signed would decline.
#[test]
fn who_gave_a_job_back_answers_for_it_as_who_has_it_does() {
    test(|| {
        register(0, 300);
        register(1, 300);
        assert!(!Marketplace::is_stored(&H256::zero()));
        let id = assigned(0, 1, 1_000);
        let decline = Call::decline_job { job: id };
        assert_ok!(dispatch(provider(0), decline));
        assert_eq!(job(id).state, JobState::Open);
        assert!(Marketplace::is_stored(&id));
        let given = work(id).expect("it had the job");
        // Nothing is agreed any more: the most that it could cost.
        assert_eq!((given.provider, given.price), (provider(0), 1_000));
        assert_eq!(Marketplace::work(&id, &provider(1)), None);
        // And when another has it.
        let both = [provider(0), provider(1)];
        let state = JobState::Assigned {
            provider: provider(1),
            price: 300,
            collateral: 600,
            at: System::block_number(),
        };
        Jobs::<Test>::mutate(id, |job| job.as_mut().expect("it stands").state = state);
        let held = |who| Marketplace::work(&id, who).map(|work| (work.provider, work.price));
        assert_eq!(
            both.each_ref().map(held),
            [Some((provider(0), 1_000)), Some((provider(1), 300))]
        );
        assert_eq!(held(&requester()), Some((provider(1), 300)));
        Jobs::<Test>::mutate(id, |job| {
            job.as_mut().expect("it stands").state = JobState::Open;
        });
    });
}

#[test]
fn work_is_what_a_provider_was_given() {
    test(|| {
        register(0, 300);
        assert_eq!(work(H256::zero()), None);
        let open = submit(1, 1_000, 20, Assignment::Swarm);
        assert_eq!(work(open), None);
        let id = assigned(0, 2, 1_000);
        let expected = Work {
            provider: provider(0),
            price: 600,
            batches: 2,
            submitted: START,
            attested: true,
        };
        assert_eq!(work(id), Some(expected.clone()));
        assert_ok!(prove(id, 0, 0));
        next_block();
        assert_ok!(prove(id, 1, 0));
        assert_eq!(work(id), Some(expected.clone()));
        // Who let a job expire answers for the most that it could have cost.
        let late = assigned(0, 1, 1_000);
        run_to(START + 40);
        let expired = work(late).expect("it had a provider");
        assert_eq!((expired.provider, expired.price), (provider(0), 1_000));
        let cancelled = submit(1, 1_000, 20, Assignment::Swarm);
        assert_ok!(dispatch(requester(), Call::cancel_job { job: cancelled }));
        assert_eq!(work(cancelled), None);
    });
}

/// Others count the chain's blocks, and not those in which the market was open.
#[test]
fn the_block_of_inclusion_is_one_of_the_chain() {
    test(|| {
        register(0, 300);
        Halted::set(true);
        run_to(START + 5);
        Halted::set(false);
        let id = assigned(0, 1, 1_000);
        assert!(job(id).submitted < System::block_number());
        assert_eq!(
            work(id).map(|work| work.submitted),
            Some(System::block_number())
        );
    });
}

#[test]
fn work_under_an_unattested_key_is_told_apart() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 1, 1_000);
        doubles::CircuitsById::<Test>::mutate(job(id).circuit, |circuit| {
            circuit.as_mut().expect("it is registered").attested = false;
        });
        assert_eq!(work(id).map(|work| work.attested), Some(false));
    });
}

#[test]
fn an_answer_is_proven_by_its_result_or_by_anybodys_proof() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        assert_eq!(Marketplace::proven(&id, 0), None);
        assert_ok!(prove(id, 0, 0));
        assert_eq!(Marketplace::proven(&id, 0), Some([0xc0; 32]));
        assert_eq!(Marketplace::proven(&id, 1), None);

        let anybody = account(77);
        let given = proof(id, 1, &anybody);
        assert_eq!(Marketplace::prove(&id, 1, &anybody, &given), Ok([0xc1; 32]));
        // Bound to its maker, the batch and the job.
        let refused = doubles::Error::<Test>::EquationFailed;
        assert_noop!(Marketplace::prove(&id, 1, &account(78), &given), refused);
        assert_noop!(
            Marketplace::prove(&id, 0, &anybody, &given),
            doubles::Error::<Test>::EquationFailed
        );
        assert_noop!(
            Marketplace::prove(&id, 2, &anybody, &given),
            Error::<Test>::BatchOutOfRange
        );
        assert_noop!(
            Marketplace::prove(&H256::zero(), 1, &anybody, &given),
            Error::<Test>::JobUnknown
        );
    });
}

/// The chain has no list of their inputs to check a proof against.
#[test]
fn batches_in_a_root_are_proven_with_their_paths_or_not_at_all() {
    test(|| {
        register_rooted(0, 10);
        let id = sampled(0, 100, 4);
        assert_noop!(
            Marketplace::prove(&id, 1, &account(77), &proof(id, 1, &account(77))),
            Error::<Test>::PathsMissing
        );
    });
}

#[test]
fn who_did_not_prove_what_it_committed_to_had_the_work() {
    test(|| {
        register_rooted(0, 10);
        let id = sampled(0, 100, 4);
        assert_ok!(commit(id, 0, &results(100)));
        run_to(System::block_number() + 120);
        assert!(matches!(job(id).state, JobState::Failed { .. }));
        let failed = work(id).expect("it had a provider");
        assert_eq!((failed.provider, failed.price), (provider(0), 1_000));
    });
}

#[test]
fn proving_is_charged_with_its_proof() {
    let verify = doubles::Pallet::<Test>::verify_weight();
    assert!(Marketplace::prove_weight().all_gte(verify));
    assert_eq!(
        Marketplace::prove_weight(),
        <() as WeightInfo>::submit_result().saturating_add(verify)
    );
}
