//! Constants, weights and views.

use crate::{mock::*, pallet::*, WeightInfo};
use frame_support::{
    assert_ok,
    dispatch::{GetDispatchInfo, Pays},
    traits::{Get, Hooks},
};
use swarm_capacity::Opening;
use swarmwork_primitives::{OnSlashed as _, SwarmWork as _};

#[test]
fn the_constants_fit_together() {
    Work::integrity_test();
}

#[test]
#[should_panic(expected = "credit must not lapse before it has vested")]
fn credit_that_would_lapse_unvested_is_refused() {
    Retention::set(31);
    Work::integrity_test();
}

#[test]
#[should_panic(expected = "rows of all participants must fit")]
fn too_little_time_for_checks_is_refused() {
    CheckBlocks::set(7);
    Work::integrity_test();
}

#[test]
fn each_call_is_charged_its_own_weight() {
    let opening = Opening {
        leaf: [[0; 16]; 16],
        path: Vec::new(),
    };
    let cases: Vec<(Call<Test>, _)> = vec![
        (Call::admit { displaced: None }, <()>::admit()),
        (Call::withdraw {}, <()>::dismiss()),
        (Call::expel { provider: 1 }, <()>::dismiss()),
        (
            Call::commit_capacity {
                window: 0,
                root: [0; 32],
                rows: 1,
            },
            <()>::commit_capacity(),
        ),
        (
            Call::open_rows {
                window: 0,
                first: Box::new(opening.clone()),
                second: Box::new(opening),
            },
            <()>::open_rows(),
        ),
        (
            Call::report_bandwidth {
                provider: 1,
                rate: 1,
            },
            <()>::report_bandwidth(),
        ),
        (
            Call::lock_up {
                amount: 1,
                term: swarmwork_primitives::LockTerm::Half,
            },
            <()>::lock_up(),
        ),
        (Call::unlock {}, <()>::unlock()),
        (Call::claim { from: 0, count: 3 }, <()>::claim(3)),
        (
            Call::claim {
                from: 0,
                count: u32::MAX,
            },
            <()>::claim(<Test as Config>::MaxClaims::get()),
        ),
    ];
    for (call, weight) in cases {
        assert_eq!(call.get_dispatch_info().call_weight, weight, "{call:?}");
    }
    assert_eq!(Work::settled_weight(3), <()>::settled(3));
    assert_eq!(Work::slashed_weight(), <()>::slashed());
}

#[test]
fn answers_and_openings_cost_nothing_when_they_are_good() {
    test(|| {
        admit(1);
        let window = open_window();
        let tree = work(&window, 1, 4);
        let worker = RuntimeOrigin::signed(1 + WORKER);
        let paid = Work::commit_capacity(worker.clone(), window.id, tree.root(), 4).unwrap();
        assert_eq!(paid.pays_fee, Pays::No);
        let sample = draw();
        let [first, second] = openings(&sample, 1, &tree);
        let paid = Work::open_rows(worker, window.id, Box::new(first), Box::new(second)).unwrap();
        assert_eq!(paid.pays_fee, Pays::No);
    });
}

#[test]
fn a_quiet_block_weighs_little_and_a_busy_one_what_it_does() {
    test(|| {
        System::set_block_number(2);
        assert_eq!(Work::on_initialize(2), <()>::idle_block());
        System::set_block_number(EPOCH);
        assert_eq!(
            Work::on_initialize(EPOCH),
            <()>::idle_block().saturating_add(<()>::roll_epoch())
        );
    });
}

#[test]
fn views_show_what_there_is() {
    test(|| {
        admit(1);
        show(&[(1, 100)]);
        settle(&[1], 10_000, 0);
        let current = CurrentEpoch::<Test>::get();
        let epoch = Work::epoch_view(None).unwrap();
        assert_eq!(
            (epoch.index, epoch.burned, epoch.credited),
            (current, 10_000, 1_200)
        );
        assert!(Work::epoch_view(Some(current + 1)).is_none());
        let rewards = Work::rewards_view(&1);
        assert_eq!(rewards.capacity.unwrap().rows, 100);
        assert_eq!(rewards.rate.deconstruct(), 120_000);
        assert_eq!(rewards.epochs.len(), 1);
        assert_eq!(rewards.epochs[0].earned, 1_200);
        assert_eq!(rewards.epochs[0].vested, 0);
        run(3 * VESTING);
        assert_ok!(claim(1, current, 1));
        let rewards = Work::rewards_view(&1);
        assert_eq!(
            (rewards.epochs[0].vested, rewards.epochs[0].claimed),
            (1_200, 1_200)
        );
        assert!(Work::rewards_view(&2).epochs.is_empty());
    });
}
