//! What may be registered, attested and taken out.

use super::toy::Toy;
use crate::{mock::*, Call, Circuits, Error, Event, HoldReason, VerifyingKeys, WeightInfo};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::GetDispatchInfo,
    traits::fungible::{Inspect, InspectHold},
};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, TokenError};
use swarm_groth16::encode_g1;
use swarmwork_primitives::{CircuitId, CircuitInfo, Circuits as _, ContentId, Locator};

const TRANSCRIPT: H256 = H256([5; 32]);

fn locator(seed: u8) -> Locator {
    Locator {
        content: ContentId([seed; 32]),
        source: b"http://store.example".to_vec().try_into().unwrap(),
    }
}

fn ceremony() -> Toy {
    Toy::new(1, false, |_| ())
}

fn id(toy: &Toy) -> CircuitId {
    H256(toy.id())
}

fn register(who: u8, vk: Vec<u8>) -> DispatchResult {
    Registry::register_circuit(
        RuntimeOrigin::signed(account(who)),
        vk.try_into().unwrap(),
        locator(1),
        locator(2),
    )
}

fn held(who: u8) -> Balance {
    <Balances as InspectHold<_>>::balance_on_hold(&HoldReason::Deposit.into(), &account(who))
}

#[test]
fn a_key_is_stored_under_its_hash() {
    new_test_ext().execute_with(|| {
        let toy = ceremony();
        assert_ok!(register(1, toy.vk()));
        let circuit = H256(sp_io::hashing::keccak_256(&toy.vk()));
        let info = CircuitInfo {
            attested: false,
            batch: 63,
            input_len: 5,
            output_len: 6,
            macs: 7,
        };
        assert_eq!(Registry::info(&circuit), Some(info));
        assert_eq!(
            Registry::keys(&circuit),
            Some((toy.vk(), locator(1), locator(2)))
        );
        let view = Registry::view(&circuit).unwrap();
        assert_eq!((view.owner, view.info), (account(1), info));
        assert_eq!(view.verifying_key, toy.vk());
        assert_eq!(held(1), DEPOSIT);
        System::assert_last_event(
            Event::CircuitRegistered {
                circuit,
                owner: account(1),
                attested: false,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_key_is_registered_once() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, ceremony().vk()));
        assert_noop!(
            register(2, ceremony().vk()),
            Error::<Test>::CircuitAlreadyRegistered
        );
    });
}

#[test]
fn registration_needs_origin_deposit_and_sound_sources() {
    new_test_ext().execute_with(|| {
        let vk = ceremony().vk();
        assert_noop!(register(9, vk.clone()), TokenError::FundsUnavailable);
        let attempt = |origin, proving_key: &[u8], commitment_key: &[u8]| {
            let locator = |source: &[u8]| Locator {
                content: ContentId([1; 32]),
                source: source.to_vec().try_into().unwrap(),
            };
            Registry::register_circuit(
                origin,
                vk.clone().try_into().unwrap(),
                locator(proving_key),
                locator(commitment_key),
            )
        };
        let one = || RuntimeOrigin::signed(account(1));
        assert_noop!(attempt(one(), b"store", b""), Error::<Test>::InvalidSource);
        assert_noop!(attempt(one(), b"", b"store"), Error::<Test>::InvalidSource);
        assert_noop!(
            attempt(RuntimeOrigin::none(), b"", b""),
            DispatchError::BadOrigin
        );
        assert_ok!(attempt(one(), b"", b""));
    });
}

#[test]
fn bad_keys_are_refused_each_for_its_reason() {
    new_test_ext().execute_with(|| {
        let changed = |change: fn(&mut Vec<u8>)| {
            let mut vk = ceremony().vk();
            change(&mut vk);
            vk
        };
        assert_noop!(register(1, vec![]), Error::<Test>::InvalidKeyLength);
        assert_noop!(
            register(1, changed(|vk| vk.push(0))),
            Error::<Test>::InvalidKeyLength
        );
        assert_noop!(
            register(1, changed(|vk| vk.truncate(200))),
            Error::<Test>::InvalidKeyLength
        );
        assert_noop!(
            register(1, changed(|vk| vk[0] ^= 1)),
            Error::<Test>::NotAVerifyingKey
        );
        assert_noop!(
            register(1, changed(|vk| vk[8] ^= 1)),
            Error::<Test>::UnknownKeyVersion
        );
        assert_noop!(
            register(1, changed(|vk| vk[9] = 7)),
            Error::<Test>::UnknownKeyOrigin
        );
        // A batch of none.
        assert_noop!(
            register(1, changed(|vk| vk[42..46].fill(0))),
            Error::<Test>::EmptyKeyDescriptor
        );
        assert_noop!(
            register(1, changed(|vk| *vk.last_mut().unwrap() |= 0x3f)),
            Error::<Test>::MalformedVerifyingKey
        );
    });
}

#[test]
fn weak_keys_are_refused() {
    new_test_ext().execute_with(|| {
        let shared = Toy::new(1, false, |secrets| {
            secrets.segments[2] = secrets.segments[3]
        });
        let generator = Toy::new(1, false, |secrets| {
            secrets.delta = swarm_groth16::Fr::from(1u64)
        });
        for toy in [shared, generator] {
            assert_noop!(register(1, toy.vk()), Error::<Test>::WeakVerifyingKey);
        }
    });
}

#[test]
fn development_keys_are_for_development_chains() {
    let toy = Toy::new(1, true, |_| ());
    new_test_ext().execute_with(|| {
        assert_noop!(register(1, toy.vk()), Error::<Test>::DevelopmentKeyRefused);
    });
    development_ext().execute_with(|| {
        assert_ok!(register(1, toy.vk()));
        assert!(Registry::info(&id(&toy)).unwrap().attested);
        System::assert_last_event(
            Event::CircuitRegistered {
                circuit: id(&toy),
                owner: account(1),
                attested: true,
            }
            .into(),
        );
        assert_ok!(Registry::do_try_state());
        // The trust ends with the chain's being one for development.
        crate::Development::<Test>::put(false);
        assert!(!Registry::info(&id(&toy)).unwrap().attested);
        assert!(Registry::do_try_state().is_err());
    });
}

#[test]
fn only_the_privileged_origin_attests() {
    new_test_ext().execute_with(|| {
        let toy = ceremony();
        let circuit = id(&toy);
        let root = RuntimeOrigin::root;
        assert_noop!(
            Registry::attest_circuit(root(), circuit, TRANSCRIPT),
            Error::<Test>::UnknownCircuit
        );
        assert_ok!(register(1, toy.vk()));
        assert_noop!(
            Registry::attest_circuit(RuntimeOrigin::signed(account(1)), circuit, TRANSCRIPT),
            DispatchError::BadOrigin
        );
        assert_noop!(
            Registry::attest_circuit(root(), circuit, H256::zero()),
            Error::<Test>::MissingTranscript
        );
        assert_ok!(Registry::attest_circuit(root(), circuit, TRANSCRIPT));
        assert!(Registry::info(&circuit).unwrap().attested);
        System::assert_last_event(
            Event::CircuitAttested {
                circuit,
                transcript: TRANSCRIPT,
            }
            .into(),
        );
        assert_noop!(
            Registry::attest_circuit(root(), circuit, TRANSCRIPT),
            Error::<Test>::AlreadyAttested
        );
        assert_ok!(Registry::do_try_state());
    });
}

#[test]
fn a_key_without_a_retrievable_proving_key_is_not_attested() {
    new_test_ext().execute_with(|| {
        let toy = ceremony();
        assert_ok!(Registry::register_circuit(
            RuntimeOrigin::signed(account(1)),
            toy.vk().try_into().unwrap(),
            Locator::default(),
            locator(2),
        ));
        assert_noop!(
            Registry::attest_circuit(RuntimeOrigin::root(), id(&toy), TRANSCRIPT),
            Error::<Test>::ProvingKeyNotRetrievable
        );
    });
}

#[test]
fn an_unused_circuit_can_be_taken_out_by_its_owner() {
    new_test_ext().execute_with(|| {
        let toy = ceremony();
        let circuit = id(&toy);
        let unregister =
            |who| Registry::unregister_circuit(RuntimeOrigin::signed(account(who)), circuit);
        assert_noop!(unregister(1), Error::<Test>::UnknownCircuit);
        assert_ok!(register(1, toy.vk()));
        assert_noop!(unregister(2), Error::<Test>::NotOwner);
        UsedCircuits::set(vec![circuit]);
        assert_noop!(unregister(1), Error::<Test>::CircuitInUse);
        UsedCircuits::set(vec![]);
        assert_ok!(unregister(1));
        assert_eq!(held(1), 0);
        assert_eq!(<Balances as Inspect<_>>::balance(&account(1)), ENDOWMENT);
        assert_eq!(Registry::keys(&circuit), None);
        assert!(!VerifyingKeys::<Test>::contains_key(circuit));
        System::assert_last_event(Event::CircuitUnregistered { circuit }.into());
        assert_ok!(Registry::do_try_state());
        // Attestations do not survive.
        assert_ok!(register(1, toy.vk()));
        assert_ok!(Registry::attest_circuit(
            RuntimeOrigin::root(),
            circuit,
            TRANSCRIPT
        ));
        assert_ok!(unregister(1));
        assert_ok!(register(2, toy.vk()));
        assert!(!Registry::info(&circuit).unwrap().attested);
    });
}

#[test]
fn commitments_are_checked_to_be_canonical() {
    new_test_ext().execute_with(|| {
        assert_ok!(Registry::check_commitment(&encode_g1(
            &swarm_groth16::G1Affine::identity()
        )));
        let statement = ceremony().statement([0; 32], 3, 4);
        assert_ok!(Registry::check_commitment(&statement.c_w));
        assert_noop!(
            Registry::check_commitment(&[0xff; 32]),
            Error::<Test>::MalformedCommitment
        );
    });
}

#[test]
fn try_state_finds_what_is_wrong() {
    let broken = |breakage: fn(CircuitId)| {
        new_test_ext().execute_with(|| {
            let toy = ceremony();
            assert_ok!(register(1, toy.vk()));
            assert_ok!(Registry::do_try_state());
            breakage(id(&toy));
            assert!(Registry::do_try_state().is_err());
        })
    };
    broken(VerifyingKeys::<Test>::remove);
    broken(|id| {
        VerifyingKeys::<Test>::insert(H256::zero(), VerifyingKeys::<Test>::get(id).unwrap())
    });
    broken(|id| VerifyingKeys::<Test>::mutate(id, |vk| vk.as_mut().unwrap()[0] ^= 1));
    broken(|id| {
        let other = Toy::new(2, false, |_| ());
        VerifyingKeys::<Test>::insert(id, crate::VerifyingKeyBytes::try_from(other.vk()).unwrap());
    });
    broken(|id| Circuits::<Test>::mutate(id, |c| c.as_mut().unwrap().macs += 1));
    broken(|id| Circuits::<Test>::mutate(id, |c| c.as_mut().unwrap().deposit += 1));
}

#[test]
fn each_call_is_charged_its_own_weight() {
    let weight = |call: Call<Test>| call.get_dispatch_info().call_weight;
    assert_eq!(
        weight(Call::register_circuit {
            vk: Default::default(),
            proving_key: locator(1),
            commitment_key: locator(2),
        }),
        <() as WeightInfo>::register_circuit()
    );
    assert_eq!(
        weight(Call::attest_circuit {
            circuit: H256::zero(),
            transcript: TRANSCRIPT,
        }),
        <() as WeightInfo>::attest_circuit()
    );
    assert_eq!(
        weight(Call::unregister_circuit {
            circuit: H256::zero(),
        }),
        Registry::unregister_weight()
    );
    assert_eq!(
        Registry::verify_weight(),
        <() as WeightInfo>::verify_proof()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn deposits_add_up(
        steps in prop::collection::vec((1u8..=4, 1u64..4, 0u8..4), 1..25),
    ) {
        let toys: Vec<Toy> = (1..4).map(|seed| Toy::new(seed, false, |_| ())).collect();
        new_test_ext().execute_with(|| {
            for (who, seed, kind) in steps {
                let toy = &toys[seed as usize - 1];
                // Each may fail; then it must leave no trace.
                let _ = match kind {
                    0 | 1 => register(who, toy.vk()),
                    2 => Registry::unregister_circuit(
                        RuntimeOrigin::signed(account(who)),
                        id(toy),
                    ),
                    _ => Registry::attest_circuit(RuntimeOrigin::root(), id(toy), TRANSCRIPT),
                };
                Registry::do_try_state().unwrap();
                for account_seed in 1..=4 {
                    assert_eq!(
                        <Balances as Inspect<_>>::balance(&account(account_seed))
                            + held(account_seed),
                        ENDOWMENT
                    );
                }
            }
        });
    }
}
