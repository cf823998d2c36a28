//! Those who are several parties at once, or have a key that is not theirs.

use super::{drawn, result, send};
use crate::{
    mock::{assets::*, *},
    pallet::*,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::FixedU128;
use swarmwork_primitives::{Assignment, JobState, Needs, Outcome, Requirements, Terms};

/// Registers an account as provider and as the model's owner.
fn give_every_part(who: &AccountId) {
    let provider = doubles::Provider {
        worker: worker(0),
        ask: 1_000,
        bond: 100_000,
        ..Default::default()
    };
    doubles::Pallet::<Test>::register(who.clone(), provider);
    doubles::ModelsById::<Test>::mutate(model(), |model| {
        model.as_mut().expect("it is registered").owner = who.clone();
    });
}

fn prove_as(id: sp_core::H256, who: &AccountId) {
    let proof = proof(id, 0, who).try_into().expect("short");
    assert_ok!(dispatch(
        worker(0),
        Call::submit_result {
            job: id,
            batch: 0,
            proof,
            output: Default::default()
        }
    ));
}

#[test]
fn jobs_for_oneself_lose_what_is_burned_and_the_treasurys_part_and_are_no_evidence() {
    test(|| {
        let all = requester();
        give_every_part(&all);
        for round in 1..=5 {
            let id = submit(1, 1_000, 100, Assignment::Direct(all.clone()));
            prove_as(id, &all);
            assert_eq!(free(&all), FUNDS - round * 150);
        }
        assert!(doubles::Recorded::<Test>::get().is_empty());
        // What may be credited is what was burned, and less than was lost.
        let burned: Balance = doubles::Settlements::<Test>::get()
            .iter()
            .map(|settled| settled.2)
            .sum();
        assert_eq!((burned, doubles::Burned::<Test>::get()), (250, 250));
    });
}

#[test]
fn being_drawn_for_ones_own_job_is_evidence_of_what_it_burned_and_no_more() {
    test(|| {
        let all = requester();
        give_every_part(&all);
        // A price above what is asked adds nothing.
        let id = submit(1, 100_000, 100, Assignment::Swarm);
        run_to(START + 7);
        prove_as(id, &all);
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(all.clone(), all.clone(), Outcome::Succeeded, 50)]
        );
        assert_eq!(free(&all), FUNDS - 150);
    });
}

/// What it asks for only narrows who is drawn: what it gains by that is what a named provider would.
#[test]
fn requirements_that_only_ones_own_provider_meets_gain_no_more_than_they_burn() {
    test(|| {
        for number in 0..4 {
            register(number, 1_000);
        }
        doubles::Pallet::<Test>::change(&provider(2), |own| own.gpu_memory_mib = 90_000);
        let hard = Needs {
            gpu_memory_mib: 90_000,
            ..Default::default()
        };
        let terms = Terms {
            requirements: Requirements {
                hard,
                ..Default::default()
            },
            ..Default::default()
        };
        let id = submit_with(1, 100_000, Assignment::Swarm, terms);
        run_to(START + 7);
        assert_eq!(drawn(id), Some(provider(2)));
        assert_ok!(prove(id, 0, 2));
        assert_eq!(
            doubles::Recorded::<Test>::get(),
            vec![(provider(2), requester(), Outcome::Succeeded, 50)]
        );
        let credited: Vec<_> = doubles::Settlements::<Test>::get()
            .into_iter()
            .map(|settled| settled.2)
            .collect();
        assert_eq!(credited, vec![50]);
        // Provider and requester together are poorer by burn, treasury and owner.
        assert_eq!(free(&requester()), FUNDS - 1_000);
        assert_eq!(free(&provider(2)), EXISTENTIAL + 800);
    });
}

#[test]
fn who_has_a_worker_key_can_do_the_work_and_is_not_paid_for_it() {
    test(|| {
        register(0, 1_000);
        let id = assigned(0, 1, 1_000);
        let before = free(&provider(0));
        assert_ok!(send(worker(0), result(id, 0, 0)));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!((free(&provider(0)) - before, free(&worker(0))), (800, 0));
        // Nor can it opt in to other modes or coins, bid, give a job back, or cancel for anybody;
        // who is asked, can.
        let open = submit(1, 1_000, 100, Assignment::Swarm);
        let sold = submit(1, 1_000, 100, Assignment::Auction { blocks: 10 });
        let given = assigned(0, 1, 1_000);
        for (who, call) in [
            (provider(0), Call::accept_rooted_work { accept: true }),
            (
                provider(0),
                Call::accept_asset {
                    asset: STABLE,
                    up_to: Some(FixedU128::from_u32(RATE)),
                },
            ),
            (
                provider(0),
                Call::bid {
                    job: sold,
                    price: 500,
                },
            ),
            (provider(0), Call::decline_job { job: given }),
            (requester(), Call::cancel_job { job: open }),
        ] {
            attempt(|| {
                assert!(dispatch(worker(0), call.clone()).is_err(), "{call:?}");
                false
            });
            assert_ok!(dispatch(who, call));
        }
    });
}

/// Shares that are too small for an account that does not exist yet wait for their owner.
#[test]
fn who_has_a_worker_key_claims_nothing_that_its_provider_is_owed() {
    test(|| {
        let poor = doubles::Provider {
            worker: worker(0),
            ask: 50,
            bond: 100_000,
            ..Default::default()
        };
        doubles::Pallet::<Test>::register(provider(0), poor);
        for _ in 0..3 {
            let id = assigned(0, 1, 50);
            assert_ok!(prove(id, 0, 0));
        }
        let owed = || Claims::<Test>::get((provider(0), NATIVE, requester()));
        assert_eq!((owed(), free(&provider(0))), (120, 0));
        assert_noop!(
            dispatch(worker(0), Call::claim {}),
            Error::<Test>::NothingToClaim
        );
        // Whoever claims for it, the provider is paid.
        let for_it = Call::claim_for {
            beneficiary: provider(0),
        };
        assert_ok!(dispatch(worker(0), for_it));
        assert_eq!((owed(), free(&provider(0)), free(&worker(0))), (0, 120, 0));
    });
}

#[test]
fn a_stolen_worker_key_is_worth_nothing_after_its_rotation() {
    test(|| {
        register(0, 1_000);
        let id = assigned(0, 1, 1_000);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.worker = worker(7));
        assert_eq!(
            send(worker(0), result(id, 0, 0)).map_err(|refused| refused.error),
            Err(Error::<Test>::NotTheWorker.into())
        );
        assert_ok!(send(worker(7), result(id, 0, 0)));
    });
}
