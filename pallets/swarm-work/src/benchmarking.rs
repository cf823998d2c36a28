//! Benchmarks of the calls, of the hook's steps, and of what the market pays for.

use super::*;
use crate::{epochs::FORGET_LIMIT, pallet::*};
use alloc::{boxed::Box, vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Balanced, Get},
    weights::Weight,
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::traits::{One, Saturating};
use swarm_capacity::{drawn_rows, identity, Opening, LEAF_ROWS};
use swarmwork_primitives::{
    JobId, LockTerm, OnSlashed as _, Providers as _, Settlement, SwarmWork as _,
};

/// Most providers of one redundant job.
const MAX_PROVIDERS: u32 = 16;

fn fund<T: Config>(who: &T::AccountId, amount: u128) {
    let credit = T::Currency::issue(amount);
    assert!(
        T::Currency::resolve(who, credit).is_ok(),
        "the account can be funded"
    );
}

/// A registered provider by number, and its worker key.
fn provider<T: Config>(number: u32) -> (T::AccountId, T::AccountId) {
    let controller: T::AccountId = account("controller", number, 0);
    let worker: T::AccountId = account("worker", number, 0);
    T::Providers::benchmark_provider(&controller, &worker);
    (controller, worker)
}

fn measure() -> Measure {
    Measure {
        rows: u32::MAX / 2,
        streak: u32::MAX / 2,
        windows: u32::MAX / 2,
        ..Default::default()
    }
}

fn admitted<T: Config>(who: &T::AccountId) {
    let mut admitted = Admitted::<T>::get();
    assert!(admitted.try_push(who.clone()).is_ok(), "there is room");
    Admitted::<T>::put(admitted);
    Measures::<T>::insert(who, measure());
}

/// As many admitted as can be, the given one last.
fn fill<T: Config>(last: &T::AccountId) {
    for number in 1..T::MaxAdmitted::get() {
        admitted::<T>(&account("admitted", number, 0));
    }
    admitted::<T>(last);
}

/// A window that runs, in which all who are admitted take part.
fn window<T: Config>(sample: Option<Sample<BlockNumberFor<T>>>) -> Window<BlockNumberFor<T>> {
    let window = Window {
        id: 7,
        seed: [1; 32],
        opened: frame_system::Pallet::<T>::block_number(),
        sample,
        judged: 0,
        void: false,
    };
    Participants::<T>::put(Admitted::<T>::get());
    CurrentWindow::<T>::put(window);
    window
}

/// Everything a settlement looks at, at its largest.
fn at_its_best<T: Config>(who: &T::AccountId) {
    Measures::<T>::insert(who, measure());
    let reports: Vec<_> = (0..MAX_REPORTS)
        .map(|peer| (account("peer", peer, 0), peer))
        .collect();
    Bandwidths::<T>::insert(
        who,
        Bandwidth {
            epoch: CurrentEpoch::<T>::get().wrapping_sub(1),
            reports: reports.try_into().expect("as many as are taken"),
            given: u32::MAX,
            last: None,
        },
    );
    Locks::<T>::insert(
        who,
        LockUp {
            amount: u128::MAX,
            term: LockTerm::Full,
            until: frame_system::Pallet::<T>::block_number().saturating_add(One::one()),
        },
    );
}

/// Grants in this many ended epochs, half vested.
fn grants<T: Config>(who: &T::AccountId, epochs: u32) {
    for index in 0..epochs {
        Epochs::<T>::insert(
            index,
            Epoch {
                ended: Some(Default::default()),
                budget: u128::MAX / 4,
                burned: 1_000_000_000_000,
                credited: 500_000_000_000,
                ..Default::default()
            },
        );
        Credits::<T>::insert(
            index,
            who,
            Grant {
                earned: 500_000_000_000,
                ..Default::default()
            },
        );
    }
    CurrentEpoch::<T>::put(epochs);
    Epochs::<T>::insert(epochs, Epoch::<BlockNumberFor<T>>::default());
    let half = PaceOf::<T>::get().vesting_blocks / 2;
    frame_system::Pallet::<T>::set_block_number(half.into());
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn idle_block() {
        // No window opens by chance.
        PaceOf::<T>::mutate(|pace| pace.windows = 0);
        fill::<T>(&account("admitted", 0, 0));
        let now = frame_system::Pallet::<T>::block_number();
        Pallet::<T>::roll(now);

        #[block]
        {
            Pallet::<T>::stir();
            Checks::<T>::kill();
            Pallet::<T>::roll(now);
            Pallet::<T>::step_window(now);
        }

        assert!(CurrentWindow::<T>::get().is_none());
    }

    #[benchmark]
    fn roll_epoch() {
        Pallet::<T>::start_epoch(0, Default::default(), T::InitialBudget::get());
        let over: BlockNumberFor<T> = PaceOf::<T>::get().epoch_blocks.into();

        #[block]
        {
            Pallet::<T>::roll(over);
        }

        assert_eq!(CurrentEpoch::<T>::get(), 1);
    }

    #[benchmark]
    fn open_window() {
        // One opens in every block.
        PaceOf::<T>::mutate(|pace| pace.windows = pace.epoch_blocks);
        fill::<T>(&account("admitted", 0, 0));
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            Pallet::<T>::step_window(now);
        }

        assert!(CurrentWindow::<T>::get().is_some());
    }

    #[benchmark]
    fn draw_rows() {
        fill::<T>(&account("admitted", 0, 0));
        let window = window::<T>(None);
        let due = Pallet::<T>::commit_until(&window)
            .saturating_add(T::SampleBlocks::get().into())
            .saturating_add(One::one());

        #[block]
        {
            Pallet::<T>::step_window(due);
        }

        assert!(CurrentWindow::<T>::get().is_some_and(|window| window.sample.is_some()));
    }

    #[benchmark]
    fn judge(p: Linear<0, { T::JudgedPerBlock::get() }>) {
        for number in 0..p {
            let (controller, _) = provider::<T>(number);
            admitted::<T>(&controller);
            // The last one that it may miss.
            Measures::<T>::mutate(&controller, |measure| {
                if let Some(measure) = measure {
                    measure.absent = T::MaxAbsent::get().saturating_sub(1);
                }
            });
            Proven::<T>::insert(&controller, 0);
            Answers::<T>::insert(
                &controller,
                Answer {
                    root: [0; 32],
                    rows: 1,
                    opened_after: None,
                },
            );
        }
        let now = frame_system::Pallet::<T>::block_number();
        window::<T>(Some(Sample {
            seed: [0; 32],
            since: now,
        }));
        let over = now.saturating_add(T::CheckBlocks::get().into());

        #[block]
        {
            Pallet::<T>::step_window(over);
        }

        assert!(CurrentWindow::<T>::get().is_none());
        assert!(Admitted::<T>::get().is_empty());
    }

    #[benchmark]
    fn forget() {
        for number in 0..FORGET_LIMIT {
            Credits::<T>::insert(
                0,
                account::<T::AccountId>("earner", number, 0),
                Grant::default(),
            );
        }
        Epochs::<T>::insert(0, Epoch::<BlockNumberFor<T>>::default());
        CurrentEpoch::<T>::put(T::Retention::get().saturating_add(1));

        #[block]
        {
            Pallet::<T>::forget(Weight::MAX);
        }

        assert_eq!(Credits::<T>::iter_prefix(0).count(), 0);
    }

    #[benchmark]
    fn settled(p: Linear<1, MAX_PROVIDERS>) {
        CurrentEpoch::<T>::put(1);
        Epochs::<T>::insert(1, Epoch::<BlockNumberFor<T>>::default());
        let providers: Vec<T::AccountId> = (0..p).map(|n| account("provider", n, 0)).collect();
        providers.iter().for_each(at_its_best::<T>);
        window::<T>(None);
        Participants::<T>::put(BoundedVec::truncate_from(providers.clone()));
        let job = JobId::zero();

        #[block]
        {
            for who in &providers {
                Pallet::<T>::proven(who, u128::from(u64::MAX));
            }
            Pallet::<T>::settled(Settlement {
                job: &job,
                providers: &providers,
                burned: 1_000_000_000_000_000,
                attested: true,
                macs: u128::from(u64::MAX),
                blocks: One::one(),
            });
        }

        assert!(providers
            .iter()
            .all(|who| Credits::<T>::get(1, who).earned > 0));
    }

    #[benchmark]
    fn slashed() {
        let (controller, _) = provider::<T>(0);
        grants::<T>(&controller, MAX_VESTING_EPOCHS);
        Credits::<T>::insert(
            MAX_VESTING_EPOCHS,
            &controller,
            Grant {
                earned: 1,
                ..Default::default()
            },
        );

        #[block]
        {
            Pallet::<T>::slashed(&controller);
        }

        assert!(Credits::<T>::get(0, &controller).frozen.is_some());
    }

    #[benchmark]
    fn admit() {
        let (caller, _) = provider::<T>(0);
        // The one that makes room has no bond at all.
        let displaced: T::AccountId = account("admitted", 0, 0);
        fill::<T>(&displaced);
        at_its_best::<T>(&displaced);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), Some(displaced));

        assert!(Measures::<T>::contains_key(&caller));
    }

    #[benchmark]
    fn dismiss() {
        let caller: T::AccountId = whitelisted_caller();
        let gone: T::AccountId = account("admitted", 0, 0);
        fill::<T>(&gone);
        at_its_best::<T>(&gone);

        #[extrinsic_call]
        expel(RawOrigin::Signed(caller), gone.clone());

        assert!(!Measures::<T>::contains_key(&gone));
    }

    #[benchmark]
    fn commit_capacity() {
        let (controller, worker) = provider::<T>(0);
        fill::<T>(&controller);
        let window = window::<T>(None);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), window.id, [5; 32], 1_000_000);

        assert!(Answers::<T>::contains_key(&controller));
    }

    #[benchmark]
    fn open_rows() {
        let (controller, worker) = provider::<T>(0);
        fill::<T>(&controller);
        // One leaf: the hashes of a longer path take microseconds beside the recomputation.
        let rows = LEAF_ROWS;
        let sample = Sample {
            seed: [3; 32],
            since: frame_system::Pallet::<T>::block_number(),
        };
        let window = window::<T>(Some(sample));
        let id = identity(&controller);
        let mut prints = vec![];
        for row in (0..rows).step_by(2) {
            let pair = swarm_capacity_host::rows::fingerprints(window.seed, id, row, row + 1);
            for print in pair.chunks_exact(16) {
                let mut one = [0; 16];
                one.copy_from_slice(print);
                prints.push(one);
            }
        }
        let tree = swarm_capacity::Tree::new(prints).expect("there are rows");
        Answers::<T>::insert(
            &controller,
            Answer {
                root: tree.root(),
                rows,
                opened_after: None,
            },
        );
        let (first, second) = drawn_rows(&sample.seed, &id, rows).expect("there are rows");
        let open = |row| -> Box<Opening> { Box::new(tree.open(row).expect("the row is there")) };
        let (first, second) = (open(first), open(second));
        // Everybody's turn has come.
        let last = sample
            .since
            .saturating_add(T::CheckBlocks::get().saturating_sub(1).into());
        frame_system::Pallet::<T>::set_block_number(last);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), window.id, first, second);

        assert!(Answers::<T>::get(&controller).is_some_and(|a| a.opened_after.is_some()));
    }

    #[benchmark]
    fn report_bandwidth() {
        let (target, _) = provider::<T>(0);
        let (peer, worker) = provider::<T>(1);
        // Among two, everybody is drawn.
        admitted::<T>(&target);
        admitted::<T>(&peer);
        let reports: Vec<_> = (1..MAX_REPORTS)
            .map(|n| (account("peer", n, 0), n))
            .collect();
        Bandwidths::<T>::insert(
            &target,
            Bandwidth {
                epoch: CurrentEpoch::<T>::get(),
                reports: reports.try_into().expect("fewer than are taken"),
                given: 0,
                last: None,
            },
        );

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), target.clone(), 5);

        let record = Bandwidths::<T>::get(&target);
        assert!(record.is_some_and(|record| record.reports.is_full()));
    }

    #[benchmark]
    fn lock_up() {
        let caller: T::AccountId = whitelisted_caller();
        let amount = T::MinimumLock::get();
        fund::<T>(&caller, amount.saturating_mul(4));
        Pallet::<T>::do_lock(caller.clone(), amount, LockTerm::Half).expect("it is funded");

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller.clone()),
            amount.saturating_mul(2),
            LockTerm::Full,
        );

        assert!(Locks::<T>::get(&caller).is_some_and(|lock| lock.term == LockTerm::Full));
    }

    #[benchmark]
    fn unlock() {
        let caller: T::AccountId = whitelisted_caller();
        let amount = T::MinimumLock::get();
        fund::<T>(&caller, amount.saturating_mul(4));
        Pallet::<T>::do_lock(caller.clone(), amount, LockTerm::Half).expect("it is funded");
        let until = Locks::<T>::get(&caller).expect("just locked").until;
        frame_system::Pallet::<T>::set_block_number(until);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert!(!Locks::<T>::contains_key(&caller));
    }

    #[benchmark]
    fn claim(e: Linear<1, { T::MaxClaims::get() }>) {
        let caller: T::AccountId = whitelisted_caller();
        fund::<T>(&caller, 1_000_000_000_000);
        grants::<T>(&caller, e);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), 0, e);

        assert!(Credits::<T>::get(e - 1, &caller).claimed > 0);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
