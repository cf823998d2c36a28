//! Whatever happens in whatever order, the invariants hold and nothing is minted beyond the cap.

use crate::{economics::CAP, mock::*, pallet::*};
use proptest::prelude::*;
use swarmwork_primitives::{LockTerm, OnSlashed as _};

#[derive(Clone, Debug)]
enum Step {
    Admit(u64),
    Withdraw(u64),
    Unbond(u64),
    Settle(Vec<u64>, Balance, u128, bool),
    Lock(u64, Balance, bool),
    Unlock(u64),
    Slash(u64),
    Claim(u64, u32, u32),
    Commit(u64, u32),
    Blocks(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 1..=6u64;
    prop_oneof![
        who.clone().prop_map(Step::Admit),
        who.clone().prop_map(Step::Withdraw),
        who.clone().prop_map(Step::Unbond),
        (
            prop::collection::btree_set(who.clone(), 1..4),
            0..5 * BUDGET,
            0..5_000u128,
            prop::bool::weighted(0.9)
        )
            .prop_map(|(who, burned, macs, attested)| {
                Step::Settle(who.into_iter().collect(), burned, macs, attested)
            }),
        (who.clone(), 0..BUDGET, any::<bool>()).prop_map(|(w, a, t)| Step::Lock(w, a, t)),
        who.clone().prop_map(Step::Unlock),
        who.clone().prop_map(Step::Slash),
        (who.clone(), 0..40u32, 1..40u32).prop_map(|(w, f, c)| Step::Claim(w, f, c)),
        (who, 1..1_000u32).prop_map(|(w, r)| Step::Commit(w, r)),
        (1..200u64).prop_map(Step::Blocks),
    ]
}

fn apply(step: Step, burned: &mut Balance) {
    match step {
        Step::Admit(who) => {
            set_bond(who, Some(BOND));
            let _ = Work::admit(RuntimeOrigin::signed(who), None);
        }
        Step::Withdraw(who) => {
            let _ = Work::withdraw(RuntimeOrigin::signed(who));
        }
        Step::Unbond(who) => {
            set_bond(who, None);
            let _ = Work::expel(RuntimeOrigin::signed(who), who);
        }
        Step::Settle(who, amount, macs, attested) => {
            if attested {
                *burned += amount;
            }
            settle_under(attested, &who, amount, macs);
        }
        Step::Lock(who, amount, full) => {
            let term = if full { LockTerm::Full } else { LockTerm::Half };
            let _ = frame_support::storage::with_storage_layer(|| lock(who, amount, term));
        }
        Step::Unlock(who) => {
            let _ = Work::unlock(RuntimeOrigin::signed(who));
        }
        Step::Slash(who) => Work::slashed(&who),
        Step::Claim(who, from, count) => {
            let _ = frame_support::storage::with_storage_layer(|| claim(who, from, count));
        }
        Step::Commit(who, rows) => {
            if let Some(window) = CurrentWindow::<Test>::get() {
                let _ = Work::commit_capacity(
                    RuntimeOrigin::signed(who + WORKER),
                    window.id,
                    [9; 32],
                    rows,
                );
            }
        }
        Step::Blocks(blocks) => run(blocks),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_invariants_hold_and_the_cap_is_never_passed(
        steps in prop::collection::vec(step(), 1..40), salt: u64,
    ) {
        new_test_ext().execute_with(|| {
            set_salt(salt);
            let mut burned = 0;
            for step in steps {
                apply(step, &mut burned);
                check();
                assert!(minted() <= CAP.mul_floor(burned));
            }
        });
    }
}
