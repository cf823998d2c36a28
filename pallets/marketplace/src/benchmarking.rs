//! Measures every call, and one step of each agenda in its worst case.
//!
//! Checking a proof is not measured here: the circuits' own weight for it is added where it is
//! charged.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    weights::WeightMeter,
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use sp_runtime::traits::{One, Saturating, Zero};
use swarmwork_primitives::{
    Assignment, Circuits, Commitment, ContentId, JobId, JobState, Locator, ModelId, Models,
    Providers, ResultView, MAX_BATCHES, MAX_URL_BYTES,
};

/// The compressed generator of BN254's G1: a commitment like any other.
const POINT: Commitment = {
    let mut point = [0; 32];
    point[0] = 1;
    point
};

fn max_price<T: Config>() -> BalanceOf<T> {
    T::MinimumPrice::get().saturating_mul(1_000u32.into())
}

fn fund<T: Config>(who: &T::AccountId) {
    let amount = max_price::<T>()
        .saturating_add(T::Currency::minimum_balance())
        .saturating_mul(100u32.into());
    T::Currency::mint_into(who, amount).expect("the account can be funded");
}

/// A model of somebody else's, so that its owner's leg is a transfer.
fn model<T: Config>() -> ModelId {
    let owner: T::AccountId = account("owner", 0, 0);
    fund::<T>(&owner);
    fund::<T>(&T::TreasuryAccount::get());
    let circuit = T::Circuits::benchmark_circuit(&owner);
    T::Models::benchmark_model(&owner, circuit)
}

fn provider<T: Config>(index: u32) -> (T::AccountId, T::AccountId) {
    let controller: T::AccountId = account("provider", index, 0);
    let worker: T::AccountId = account("worker", index, 0);
    fund::<T>(&controller);
    T::Providers::benchmark_provider(&controller, &worker);
    (controller, worker)
}

fn input() -> Locator {
    Locator {
        content: ContentId([1; 32]),
        source: BoundedVec::truncate_from(alloc::vec![b'a'; MAX_URL_BYTES as usize]),
    }
}

fn commitments(batches: u32) -> Commitments {
    BoundedVec::truncate_from(alloc::vec![POINT; batches as usize])
}

/// Submits a job and returns its id.
fn submit<T: Config>(
    requester: &T::AccountId,
    batches: u32,
    assignment: Assignment<T::AccountId>,
) -> JobId {
    fund::<T>(requester);
    let model = model::<T>();
    let nonce = Nonces::<T>::get(requester);
    let deadline = System::<T>::block_number().saturating_add(T::MaxJobDuration::get());
    Pallet::<T>::submit_job(
        RawOrigin::Signed(requester.clone()).into(),
        model,
        input(),
        commitments(batches),
        max_price::<T>(),
        deadline,
        assignment,
    )
    .expect("the job is in order");
    swarmwork_primitives::job_id(
        requester,
        nonce,
        &model,
        &input().content,
        &commitments(batches),
    )
}

/// Proves a batch as far as it does not need a proof.
fn report<T: Config>(worker: &T::AccountId, id: JobId, batch: u32) {
    let (job, ..) = Pallet::<T>::check_report(worker, id, batch).expect("it may be reported");
    Pallet::<T>::accept_result(id, job, batch, POINT, ContentId([2; 32])).expect("it is accepted");
}

/// A job of one batch that is a provider's, with this answer proven.
pub(crate) fn given<T: Config>(provider: &T::AccountId, answer: Commitment) -> JobId {
    let requester: T::AccountId = account("requester", 0, 0);
    let id = submit::<T>(&requester, 1, Assignment::Swarm);
    let at = System::<T>::block_number();
    Jobs::<T>::mutate(id, |job| {
        job.as_mut().expect("it was submitted").state = JobState::Assigned {
            provider: provider.clone(),
            price: max_price::<T>(),
            collateral: Zero::zero(),
            at,
        }
    });
    Results::<T>::insert(
        id,
        0,
        ResultView {
            commitment: answer,
            output: ContentId([2; 32]),
            at,
        },
    );
    id
}

/// A full ring of outputs.
fn outputs<T: Config>() -> BoundedVec<T::Hash, T::DrawWindow> {
    BoundedVec::truncate_from(alloc::vec![T::Hash::default(); T::DrawWindow::get() as usize])
}

/// A block far enough from the first for every bucket to have one before it.
fn start<T: Config>() -> BlockNumberFor<T> {
    let now = BlockNumberFor::<T>::from(T::DrawWindow::get().saturating_add(10));
    System::<T>::set_block_number(now);
    now
}

/// Serves one step of an agenda whose cursor stands at a bucket.
fn serve_one<T: Config>(agenda: Agenda, now: BlockNumberFor<T>) -> u32 {
    Pallet::<T>::serve(agenda, now, 1, &mut WeightMeter::new())
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn submit_job(b: Linear<1, MAX_BATCHES>) {
        let now = start::<T>();
        let requester: T::AccountId = whitelisted_caller();
        fund::<T>(&requester);
        let model = model::<T>();
        let (controller, _) = provider::<T>(0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester),
            model,
            input(),
            commitments(b),
            max_price::<T>(),
            now.saturating_add(T::MaxJobDuration::get()),
            Assignment::Direct(controller.clone()),
        );

        assert_eq!(Running::<T>::get(controller).len(), 1);
    }

    #[benchmark]
    fn cancel_job() {
        start::<T>();
        let requester: T::AccountId = whitelisted_caller();
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Swarm);

        #[extrinsic_call]
        _(RawOrigin::Signed(requester), id);

        assert!(Jobs::<T>::get(id).is_some_and(|job| job.ended().is_some()));
    }

    #[benchmark]
    fn submit_result() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));

        #[block]
        {
            report::<T>(&worker, id, 0);
        }

        assert_eq!(Jobs::<T>::get(id).map(|job| job.proven), Some(1));
    }

    #[benchmark]
    fn submit_result_last() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        // A drawn provider's success is recorded besides.
        Jobs::<T>::mutate(id, |job| {
            if let Some(job) = job {
                job.swarm = true;
            }
        });
        for batch in 1..MAX_BATCHES {
            report::<T>(&worker, id, batch);
        }

        #[block]
        {
            report::<T>(&worker, id, 0);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Completed { .. }))
        );
    }

    #[benchmark]
    fn poke() {
        let now = start::<T>();
        for agenda in [Agenda::Draw, Agenda::Wake] {
            Cursors::<T>::insert(agenda, (now, 0));
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), u32::MAX);
    }

    #[benchmark]
    fn claim(n: Linear<1, 16>) {
        start::<T>();
        let who: T::AccountId = whitelisted_caller();
        let amount = max_price::<T>().saturating_add(T::Currency::minimum_balance());
        for index in 0..n {
            let payer: T::AccountId = account("payer", index, 0);
            fund::<T>(&payer);
            Pallet::<T>::escrow(&payer, amount).expect("it is funded");
            Claims::<T>::insert(&who, &payer, amount);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(T::Currency::balance(&who) >= amount);
    }

    #[benchmark]
    fn record_output() {
        let now = start::<T>();
        Outputs::<T>::put(outputs::<T>());
        let due = Pallet::<T>::last_due(Agenda::Draw, now).expect("the start is late enough");
        BucketLen::<T>::insert(Agenda::Draw, due, 1);

        #[block]
        {
            Pallet::<T>::record_output(now);
        }

        assert!(Windows::<T>::contains_key(due));
    }

    #[benchmark]
    fn advance() {
        let now = start::<T>();
        let due = Pallet::<T>::last_due(Agenda::Draw, now).expect("the start is late enough");
        BucketLen::<T>::insert(Agenda::Draw, due, 1);
        Windows::<T>::insert(due, outputs::<T>());
        Cursors::<T>::insert(Agenda::Draw, (due, 1));
        let served;

        #[block]
        {
            served = serve_one::<T>(Agenda::Draw, now);
        }

        assert_eq!(served, 1);
        assert!(!Windows::<T>::contains_key(due));
    }

    #[benchmark]
    fn draw() {
        let block = start::<T>();
        for index in 0..T::DrawSample::get() {
            provider::<T>(index);
        }
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Swarm);
        Windows::<T>::insert(block, outputs::<T>());
        Cursors::<T>::insert(Agenda::Draw, (block, 0));
        let now = block
            .saturating_add(T::DrawWindow::get().into())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Draw, now);
        }

        assert!(
            Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Assigned { .. }))
        );
    }

    #[benchmark]
    fn expire() {
        start::<T>();
        let (controller, _) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        let mut deadline = BlockNumberFor::<T>::zero();
        Jobs::<T>::mutate(id, |job| {
            if let Some(job) = job {
                job.swarm = true;
                deadline = job.deadline;
            }
        });
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline.saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(Jobs::<T>::get(id).is_some_and(|job| matches!(job.state, JobState::Expired { .. })));
    }

    #[benchmark]
    fn prune() {
        start::<T>();
        let (controller, worker) = provider::<T>(0);
        let requester: T::AccountId = account("requester", 0, 0);
        let id = submit::<T>(&requester, MAX_BATCHES, Assignment::Direct(controller));
        for batch in 0..MAX_BATCHES {
            report::<T>(&worker, id, batch);
        }
        let deadline = Jobs::<T>::get(id)
            .map(|job| job.deadline)
            .unwrap_or_default();
        Cursors::<T>::insert(Agenda::Wake, (deadline, 0));
        let now = deadline
            .saturating_add(T::Retention::get())
            .saturating_add(One::one());
        System::<T>::set_block_number(now);

        #[block]
        {
            serve_one::<T>(Agenda::Wake, now);
        }

        assert!(!Jobs::<T>::contains_key(id));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
