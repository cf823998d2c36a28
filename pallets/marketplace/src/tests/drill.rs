//! The drill's migration, on the state that jobs in flight make.

use crate::{
    drill::{after, before, CompactCounts, Job, Shipped},
    mock::*,
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{
    assert_err, assert_ok,
    migrations::{SteppedMigration, SteppedMigrationError},
    traits::{GetStorageVersion, StorageVersion},
    weights::{Weight, WeightMeter},
};
use sp_core::H256;
use sp_runtime::TryRuntimeError;
use swarmwork_primitives::{Assignment, JobCurrency, JobState, Mode};

type Migration = CompactCounts<Test>;

/// Jobs in every state there is: drawn for, assigned, half proven, and ended in each way.
fn jobs_in_flight() -> Vec<H256> {
    register(0, 300);
    let expired = submit(1, 1_000, 10, Assignment::Direct(provider(0)));
    let completed = assigned(0, 1, 1_000);
    assert_ok!(prove(completed, 0, 0));
    let cancelled = submit(1, 1_000, 40, Assignment::Swarm);
    assert_ok!(dispatch(
        requester(),
        crate::Call::cancel_job { job: cancelled }
    ));
    // Nobody is that cheap: drawn for in vain.
    let waiting = submit(1, 60, 90, Assignment::Swarm);
    run_to(START + 15);
    let proving = submit(3, 1_000, 60, Assignment::Direct(provider(0)));
    assert_ok!(prove(proving, 1, 0));
    let running = submit(2, 1_000, 60, Assignment::Direct(provider(0)));
    let open = submit(1, 1_000, 60, Assignment::Swarm);
    assert!(matches!(job(expired).state, JobState::Expired { .. }));
    assert!(job(waiting).draws > 0);
    assert_eq!(job(proving).proven, 1);
    vec![
        expired, completed, cancelled, waiting, proving, running, open,
    ]
}

/// Room for so many jobs, or for finding that there is none left.
fn meter(steps: u64) -> WeightMeter {
    WeightMeter::with_limit(Migration::weight_of_one().saturating_mul(steps))
}

/// Migrates with room for so many jobs in a block; how many blocks it took.
fn migrate(room: u64) -> u32 {
    let mut cursor = None;
    for blocks in 1.. {
        cursor = Migration::transactional_step(cursor, &mut meter(room)).expect("it goes on");
        if cursor.is_none() {
            return blocks;
        }
    }
    unreachable!("jobs are finite")
}

/// Takes the migration back, so that this code can go on with the jobs.
fn take_back() {
    for (id, job) in after::Jobs::<Test>::iter().collect::<Vec<_>>() {
        let shipped = Shipped {
            requester: job.requester,
            model: job.model,
            owner: job.owner,
            circuit: job.circuit,
            weights: job.weights,
            mode: job.mode,
            batches: job.batches,
            proven: job.proven,
            max_price: job.max_price,
            currency: job.currency,
            split: job.split,
            submitted: job.submitted,
            deadline: job.deadline,
            swarm: job.swarm,
            draws: job.draws,
            state: job.state,
        };
        before::Jobs::<Test>::insert(id, shipped);
    }
    StorageVersion::new(0).put::<Marketplace>();
}

#[test]
fn every_job_is_carried_over_and_can_go_on() {
    test(|| {
        let ids = jobs_in_flight();
        let expected: Vec<_> = ids.iter().map(|id| job(*id)).collect();
        check();
        let snapshot = Migration::snapshot().expect("it is in order before");
        migrate(100);
        Migration::check(snapshot).expect("it is in order after");
        for (id, job) in ids.iter().zip(&expected) {
            let migrated = after::Jobs::<Test>::get(id).expect("it can be read");
            assert_eq!(migrated, Job::from(job.clone()));
            assert_eq!(migrated.assigned(), job.assigned());
            assert_eq!(migrated.ended(), job.ended());
            assert_eq!(migrated.proofs(), job.proofs());
            // Three counts below 64 in a byte each, instead of four.
            assert_eq!(migrated.encoded_size(), job.encoded_size() - 9);
            assert!(
                crate::Jobs::<Test>::try_get(id) != Ok(job.clone()),
                "the old code does not read it as it was"
            );
        }
        take_back();
        check();
        let [.., proving, running, open] = ids[..] else {
            panic!("there are seven");
        };
        for (id, batch) in [(proving, 0), (proving, 2), (running, 0), (running, 1)] {
            assert_ok!(prove(id, batch, 0));
        }
        run_to(START + 30);
        assert_ok!(prove(open, 0, 0));
        for id in [proving, running, open] {
            assert!(matches!(job(id).state, JobState::Completed { .. }));
        }
    });
}

#[test]
fn it_takes_as_many_blocks_as_it_needs() {
    test(|| {
        let jobs = jobs_in_flight().len() as u32;
        let snapshot = Migration::snapshot().expect("it is in order before");
        // One step finds that there are no more.
        assert_eq!(migrate(1), jobs + 1);
        assert_ok!(Migration::check(snapshot.clone()));
        take_back();
        assert_eq!(migrate(3), (jobs + 1).div_ceil(3));
        assert_ok!(Migration::check(snapshot));
        take_back();
    });
}

#[test]
fn the_version_is_raised_at_the_end_and_not_before() {
    test(|| {
        let version = Marketplace::on_chain_storage_version;
        assert_eq!(Marketplace::in_code_storage_version(), version());
        jobs_in_flight();
        let cursor = Migration::transactional_step(None, &mut meter(2)).expect("it goes on");
        assert!(cursor.is_some());
        assert_eq!(version(), 0);
        assert_ok!(Migration::transactional_step(cursor, &mut meter(100)));
        assert_eq!(version(), 1);
        take_back();
    });
}

#[test]
fn without_room_for_a_job_it_says_what_it_needs() {
    test(|| {
        let required = Migration::weight_of_one();
        let mut meter = WeightMeter::with_limit(required - Weight::from_parts(1, 0));
        assert_err!(
            Migration::transactional_step(None, &mut meter),
            SteppedMigrationError::InsufficientWeight { required }
        );
    });
}

/// A job that cannot be read is not passed over: the migration fails, and the step leaves no trace.
#[test]
fn a_job_that_cannot_be_read_fails_it() {
    new_test_ext().execute_with(|| {
        let ids = jobs_in_flight();
        let key = before::Jobs::<Test>::hashed_key_for(ids[3]);
        frame_support::storage::unhashed::put_raw(&key, &[1, 2, 3]);
        assert_eq!(
            Migration::snapshot(),
            Err(TryRuntimeError::Other("a job cannot be read"))
        );
        let stored = |id: &H256| {
            frame_support::storage::unhashed::get_raw(&before::Jobs::<Test>::hashed_key_for(id))
        };
        let all: Vec<_> = ids.iter().map(stored).collect();
        assert_err!(
            Migration::transactional_step(None, &mut meter(100)),
            SteppedMigrationError::Failed
        );
        assert_eq!(ids.iter().map(stored).collect::<Vec<_>>(), all);
    });
}

/// What the check is for: each kind of damage is noticed.
#[test]
fn damage_is_noticed() {
    let damages: [(&str, fn(H256)); 4] = [
        ("a job came or went", |id| after::Jobs::<Test>::remove(id)),
        ("a job came or went", |id| {
            let job = after::Jobs::<Test>::get(id).expect("it is there");
            after::Jobs::<Test>::insert(H256::repeat_byte(9), job);
        }),
        ("a job is not what it was", |id| {
            after::Jobs::<Test>::mutate(id, |job| {
                job.as_mut().expect("it is there").proven += 1;
            })
        }),
        ("the version was not raised", |_| {
            StorageVersion::new(0).put::<Marketplace>()
        }),
    ];
    for (what, damage) in damages {
        new_test_ext().execute_with(|| {
            let ids = jobs_in_flight();
            let snapshot = Migration::snapshot().expect("it is in order before");
            migrate(100);
            damage(ids[4]);
            assert_eq!(
                Migration::check(snapshot),
                Err(TryRuntimeError::Other(what))
            );
        });
    }
}

#[test]
fn the_largest_job_is_within_its_bound() {
    let job = Job::<AccountId, Balance, u64> {
        requester: account(1),
        model: H256::zero(),
        owner: account(2),
        circuit: H256::zero(),
        weights: [0; 32],
        mode: Mode::Sampled { samples: u32::MAX },
        batches: u32::MAX,
        proven: u32::MAX,
        max_price: Balance::MAX,
        currency: JobCurrency::WithId(u32::MAX),
        split: Marketplace::split(),
        submitted: u64::MAX,
        deadline: u64::MAX,
        swarm: true,
        draws: u32::MAX,
        state: JobState::Assigned {
            provider: account(3),
            price: Balance::MAX,
            collateral: Balance::MAX,
            at: u64::MAX,
        },
    };
    assert_eq!(
        job.encoded_size(),
        Job::<AccountId, Balance, u64>::max_encoded_len()
    );
}
