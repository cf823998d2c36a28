//! What may be registered, and what it costs.

use crate::{mock::*, ByCircuit, Call, Error, Event, HoldReason, WeightInfo};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::GetDispatchInfo,
    traits::{fungible::InspectHold, Contains},
};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{DispatchError, TokenError};
use swarmwork_primitives::{model_id, CircuitId, ContentId, Locator, ModelInfo, Models as _};

fn content(seed: u8) -> Locator {
    Locator {
        content: ContentId([seed; 32]),
        source: b"http://store.example".to_vec().try_into().unwrap(),
    }
}

fn register(owner: u64, circuit: CircuitId, weights: u8, file: u8) -> sp_runtime::DispatchResult {
    Models::register_model(
        RuntimeOrigin::signed(owner),
        circuit,
        [weights; 32],
        content(file),
    )
}

fn held(owner: u64) -> Balance {
    <Balances as InspectHold<u64>>::balance_on_hold(&HoldReason::Deposit.into(), &owner)
}

#[test]
fn a_model_is_stored_under_the_id_of_its_contents() {
    new_test_ext().execute_with(|| {
        assert!(!<Models as Contains<CircuitId>>::contains(&CIRCUIT));
        assert_ok!(register(1, CIRCUIT, 3, 4));
        let model = model_id(&1u64, &CIRCUIT, &[3; 32], &ContentId([4; 32]));
        assert_eq!(
            Models::info(&model),
            Some(ModelInfo {
                owner: 1,
                circuit: CIRCUIT,
                weights: [3; 32],
                content: content(4),
            })
        );
        assert_eq!(held(1), DEPOSIT);
        assert!(<Models as Contains<CircuitId>>::contains(&CIRCUIT));
        assert!(!<Models as Contains<CircuitId>>::contains(&OTHER_CIRCUIT));
        System::assert_last_event(
            Event::ModelRegistered {
                model,
                owner: 1,
                circuit: CIRCUIT,
            }
            .into(),
        );
        assert_ok!(Models::do_try_state());
    });
}

#[test]
fn bad_registrations_are_refused_without_trace() {
    new_test_ext().execute_with(|| {
        assert_noop!(
            register(1, H256([9; 32]), 3, 4),
            Error::<Test>::UnknownCircuit
        );
        assert_noop!(
            Models::register_model(RuntimeOrigin::signed(1), CIRCUIT, MALFORMED, content(4)),
            MALFORMED_COMMITMENT
        );
        let mut bad = content(4);
        bad.source = b"store.example".to_vec().try_into().unwrap();
        assert_noop!(
            Models::register_model(RuntimeOrigin::signed(1), CIRCUIT, [3; 32], bad),
            Error::<Test>::InvalidSource
        );
        assert_noop!(
            Models::register_model(RuntimeOrigin::none(), CIRCUIT, [3; 32], content(4)),
            DispatchError::BadOrigin
        );
        // An account without funds.
        assert_noop!(
            register(ACCOUNTS + 1, CIRCUIT, 3, 4),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn the_same_model_is_registered_once_per_owner() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, CIRCUIT, 3, 4));
        assert_noop!(
            register(1, CIRCUIT, 3, 4),
            Error::<Test>::ModelAlreadyRegistered
        );
        // Another source is the same model.
        assert_noop!(
            Models::register_model(
                RuntimeOrigin::signed(1),
                CIRCUIT,
                [3; 32],
                Locator {
                    source: Default::default(),
                    ..content(4)
                }
            ),
            Error::<Test>::ModelAlreadyRegistered
        );
        assert_ok!(register(2, CIRCUIT, 3, 4));
        assert_ok!(register(1, OTHER_CIRCUIT, 3, 4));
        assert_eq!(ByCircuit::<Test>::get(CIRCUIT), 2);
        assert_eq!(held(1), 2 * DEPOSIT);
    });
}

#[test]
fn a_changed_deposit_holds_for_new_models_only() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, CIRCUIT, 1, 1));
        CurrentDeposit::set(DEPOSIT / 2);
        assert_ok!(register(1, CIRCUIT, 2, 2));
        assert_eq!(held(1), DEPOSIT + DEPOSIT / 2);
        assert_ok!(Models::do_try_state());
    });
}

#[test]
fn try_state_finds_what_is_wrong() {
    let broken = |breakage: fn(H256)| {
        new_test_ext().execute_with(|| {
            assert_ok!(register(1, CIRCUIT, 3, 4));
            assert_ok!(Models::do_try_state());
            breakage(model_id(&1u64, &CIRCUIT, &[3; 32], &ContentId([4; 32])));
            assert!(Models::do_try_state().is_err());
        })
    };
    broken(|_| ByCircuit::<Test>::insert(CIRCUIT, 2));
    broken(|_| ByCircuit::<Test>::insert(OTHER_CIRCUIT, 1));
    broken(|id| {
        crate::Models::<Test>::mutate(id, |model| {
            model.as_mut().unwrap().deposit += 1;
        })
    });
    broken(|id| {
        crate::Models::<Test>::mutate(id, |model| {
            model.as_mut().unwrap().info.owner = 2;
        })
    });
    broken(|id| {
        let mut model = crate::Models::<Test>::take(id).unwrap();
        model.info.circuit = H256([9; 32]);
        ByCircuit::<Test>::remove(CIRCUIT);
        ByCircuit::<Test>::insert(model.info.circuit, 1);
        let id = model_id(
            &1u64,
            &model.info.circuit,
            &model.info.weights,
            &model.info.content.content,
        );
        crate::Models::<Test>::insert(id, model);
    });
}

#[test]
fn the_call_is_charged_its_own_weight() {
    assert_eq!(
        Call::<Test>::register_model {
            circuit: CIRCUIT,
            weights_commitment: [0; 32],
            content: content(0),
        }
        .get_dispatch_info()
        .call_weight,
        <() as WeightInfo>::register_model()
    );
}

proptest! {
    #[test]
    fn deposits_and_counts_add_up(
        steps in prop::collection::vec((1..=ACCOUNTS, 7u8..10, 0u8..3, 0u8..3), 1..40),
    ) {
        new_test_ext().execute_with(|| {
            for (owner, circuit, weights, file) in steps {
                // May fail for an unknown circuit, a duplicate or want of funds.
                let _ = register(owner, H256([circuit; 32]), weights, file);
                Models::do_try_state().unwrap();
            }
        });
    }
}
