//! Bases on chain, and outputs that are checked with them.

use super::toy::Toy;
use crate::{mock::*, Bases, Error, Event, HoldReason, Outputs};
use frame_support::{
    assert_noop, assert_ok,
    traits::fungible::{Inspect, InspectHold},
};
use sp_core::H256;
use sp_runtime::{DispatchResult, TokenError};
use swarmwork_primitives::{CircuitId, OutputBases as _, PART_ELEMENTS};

fn registered(seed: u64) -> (Toy, CircuitId) {
    let toy = Toy::new(seed, false, |_| ());
    assert_ok!(Registry::register_circuit(
        RuntimeOrigin::signed(account(1)),
        toy.vk().try_into().unwrap(),
        Default::default(),
        Default::default(),
    ));
    let id = H256(toy.id());
    (toy, id)
}

fn register(
    who: u8,
    circuit: CircuitId,
    (others, bases): ([(u64, H256); 3], Vec<u8>),
) -> DispatchResult {
    Registry::register_output_bases(
        RuntimeOrigin::signed(account(who)),
        circuit,
        others,
        bases.try_into().unwrap(),
    )
}

fn held(who: u8) -> Balance {
    <Balances as InspectHold<_>>::balance_on_hold(&HoldReason::Deposit.into(), &account(who))
}

fn element(value: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn anybody_puts_a_circuits_bases_on_chain_once() {
    new_test_ext().execute_with(|| {
        let (toy, circuit) = registered(1);
        assert_eq!(Registry::elements(&circuit), None);
        assert_ok!(register(2, circuit, toy.bases()));
        assert_eq!(Registry::elements(&circuit), Some(2));
        assert_eq!(held(2), 2 * 32 * BYTE_DEPOSIT);
        System::assert_last_event(
            Event::OutputBasesRegistered {
                circuit,
                owner: account(2),
                elements: 2,
            }
            .into(),
        );
        assert_noop!(
            register(3, circuit, toy.bases()),
            Error::<Test>::BasesAlreadyRegistered
        );
        assert_ok!(Registry::do_try_state());
        // Whoever owns the circuit takes it out, and everybody has its deposit back.
        assert_ok!(Registry::unregister_circuit(
            RuntimeOrigin::signed(account(1)),
            circuit
        ));
        assert_eq!((held(1), held(2)), (0, 0));
        assert_eq!(Balances::balance(&account(2)), ENDOWMENT);
        assert_eq!(Bases::<Test>::iter().count(), 0);
        assert_eq!(Outputs::<Test>::iter().count(), 0);
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn bases_that_the_key_does_not_name_are_refused() {
    new_test_ext().execute_with(|| {
        let (toy, circuit) = registered(1);
        let (other, another) = registered(2);
        let (others, bases) = toy.bases();
        let unknown = register(2, H256::zero(), toy.bases());
        assert_noop!(unknown, Error::<Test>::UnknownCircuit);
        let foreign = register(2, circuit, other.bases());
        assert_noop!(foreign, Error::<Test>::OtherBases);
        let foreign = register(2, another, toy.bases());
        assert_noop!(foreign, Error::<Test>::OtherBases);
        let swapped = [&bases[32..], &bases[..32]].concat();
        let swapped = register(2, circuit, (others, swapped));
        assert_noop!(swapped, Error::<Test>::OtherBases);
        let short = register(2, circuit, (others, bases[..32].to_vec()));
        assert_noop!(short, Error::<Test>::OtherBases);
        for cut in [vec![], bases[1..].to_vec()] {
            let cut = register(2, circuit, (others, cut));
            assert_noop!(cut, Error::<Test>::InvalidOpeningLength);
        }
        let garbage = register(2, circuit, (others, vec![0xff; 64]));
        assert_noop!(garbage, Error::<Test>::MalformedBase);
        let poor = register(9, circuit, toy.bases());
        assert_noop!(poor, TokenError::FundsUnavailable);
        assert_eq!(held(2), 0);
    });
}

#[test]
fn an_output_adds_up_to_its_commitment_under_its_own_circuit_alone() {
    new_test_ext().execute_with(|| {
        let (toy, circuit) = registered(1);
        let (other, another) = registered(2);
        assert_ok!(register(1, circuit, toy.bases()));
        assert_ok!(register(1, another, other.bases()));
        let output = toy.output(&[12, 5]);
        let elements = [element(12), element(5)].concat();
        let commit = |circuit, elements: &[u8]| Registry::commit_part(circuit, 0, None, elements);
        assert_eq!(commit(&circuit, &elements), Ok(output));
        let wrong = [element(12), element(6)].concat();
        assert_ne!(commit(&circuit, &wrong), Ok(output));
        assert_ne!(commit(&another, &elements), Ok(output));
        // On top of what was there before.
        let before = toy.output(&[30, 1]);
        let sum = Registry::commit_part(&circuit, 0, Some(&before), &elements);
        assert_eq!(sum, Ok(toy.output(&[42, 6])));
        let cut = commit(&circuit, &elements[..32]);
        assert_eq!(cut, Err(Error::<Test>::InvalidOpeningLength.into()));
        let beyond = commit(&circuit, &[0xff; 64]);
        assert_eq!(beyond, Err(Error::<Test>::MalformedElement.into()));
        let garbage = Registry::commit_part(&circuit, 0, Some(&[0xff; 32]), &elements);
        assert_eq!(garbage, Err(Error::<Test>::MalformedSum.into()));
        let far = Registry::commit_part(&circuit, 1, None, &elements);
        assert_eq!(far, Err(Error::<Test>::BasesNotRegistered.into()));
        let unknown = commit(&H256::zero(), &elements);
        assert_eq!(unknown, Err(Error::<Test>::BasesNotRegistered.into()));
    });
}

#[test]
fn more_bases_weigh_more() {
    let weight = |bytes| Registry::register_bases_weight(bytes).ref_time();
    assert!(weight(64 * PART_ELEMENTS) > weight(32 * PART_ELEMENTS));
}
