//! Calls that are swapped, hidden, or that read as something else.

use super::{approved, attest, upgrade};
use crate::{mock::*, Class, ClassOf, Error, Role};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::Bounded};
use sp_core::H256;
use sp_runtime::DispatchError;
use swarmwork_primitives::UNIT;

/// The preimage is named by hash and length: another call under the same proposal would need a
/// second preimage of the hash, and one that is read differently would need another runtime.
#[test]
fn a_preimage_cannot_be_swapped() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        begin(index);
        carry(index);
        // The author takes it away and notes another one.
        let call: RuntimeCall = governed::Call::draw_audit {}.into();
        let hash = H256(sp_io::hashing::blake2_256(&call.encode()));
        let _ = dispatch(80, pallet_preimage::Call::unnote_preimage { hash });
        noted(80, upgrade());
        run_for(4 * DAY);
        // What was approved cannot be read: nothing else is enacted in its place.
        assert_eq!(
            enacted(index),
            Some(Err(Error::<Test>::PreimageMissing.into()))
        );
        assert_eq!(governed::Audits::<Test>::get(), 0);
    });
}

/// And it is no veto: whoever wants it enacted notes it again before the timelock is over.
#[test]
fn withdrawing_a_preimage_is_no_veto() {
    test(|| {
        let call: RuntimeCall = governed::Call::draw_audit {}.into();
        let index = propose(80, call.clone());
        begin(index);
        carry(index);
        let hash = H256(sp_io::hashing::blake2_256(&call.encode()));
        assert_ok!(dispatch(
            80,
            pallet_preimage::Call::unnote_preimage { hash }
        ));
        run_for(DAY + 2);
        assert!(crate::Waiting::<Test>::contains_key(index));
        noted(5, call);
        run_for(3 * DAY);
        assert_eq!(enacted(index), Some(Ok(())));
    });
}

/// Whatever wraps a graver call takes the gravest class in it.
#[test]
fn a_grave_call_cannot_hide() {
    let batches: [fn(Vec<RuntimeCall>) -> RuntimeCall; 3] = [
        |calls| pallet_utility::Call::batch { calls }.into(),
        |calls| pallet_utility::Call::batch_all { calls }.into(),
        |calls| pallet_utility::Call::force_batch { calls }.into(),
    ];
    test(|| {
        let light: RuntimeCall = governed::Call::draw_audit {}.into();
        for batch in batches {
            assert_eq!(
                Classes::class_of(&batch(vec![light.clone()])),
                Class::Parameter
            );
            assert_eq!(
                Classes::class_of(&batch(vec![light.clone(), attest(1)])),
                Class::Attest
            );
            let mut nested = batch(vec![light.clone(), upgrade()]);
            for _ in 0..20 {
                nested = batch(vec![light.clone(), nested]);
            }
            assert_eq!(Classes::class_of(&nested), Class::Upgrade);
        }
        // What is not known to be light is grave.
        for wrapped in [
            RuntimeCall::from(pallet_proxy::Call::proxy {
                real: 1,
                force_proxy_type: None,
                call: Box::new(light.clone()),
            }),
            pallet_utility::Call::dispatch_as {
                as_origin: Box::new(frame_system::RawOrigin::Root.into()),
                call: Box::new(light.clone()),
            }
            .into(),
            pallet_multisig::Call::as_multi_threshold_1 {
                other_signatories: vec![],
                call: Box::new(light.clone()),
            }
            .into(),
            pallet_scheduler::Call::schedule {
                when: 10,
                maybe_periodic: None,
                priority: 0,
                call: Box::new(light.clone()),
            }
            .into(),
            crate::Call::appoint_technical { who: 1 }.into(),
            crate::Call::stop {}.into(),
            crate::Call::propose {
                call: Bounded::Inline(Default::default()),
            }
            .into(),
            crate::Call::enact {
                index: 0,
                class: Class::Cancel,
                weight: Default::default(),
                call: Bounded::Inline(Default::default()),
            }
            .into(),
        ] {
            assert_eq!(Classes::class_of(&wrapped), Class::Upgrade, "{wrapped:?}");
        }
    });
}

/// Nor behind this pallet's own light calls, whatever else is in the batch.
#[test]
fn a_batch_of_roles_takes_the_class_of_the_gravest_role() {
    test(|| {
        let grant = |role| -> RuntimeCall {
            crate::Call::grant_role {
                role,
                holder: 7,
                scope: None,
                expires: 50 * DAY,
            }
            .into()
        };
        let batch = |calls| RuntimeCall::from(pallet_utility::Call::batch_all { calls });
        let cancel: RuntimeCall = crate::Call::cancel { index: 9 }.into();
        let mixed = batch(vec![
            cancel,
            grant(Role::DrawAudits),
            batch(vec![grant(Role::AttestCircuits)]),
        ]);
        assert_eq!(class_of(propose(80, mixed)), Class::Attest);
        // Dispatched as of a lighter class it would not give the graver role either.
        let light = approved(Class::Parameter);
        let both = batch(vec![grant(Role::DrawAudits), grant(Role::AttestCircuits)]);
        let refused = sp_runtime::traits::Dispatchable::dispatch(both, light);
        assert_eq!(
            refused.map_err(|e| e.error).map(|_| ()),
            Err(Error::<Test>::ClassTooLight.into())
        );
    });
}

/// Even if a call were classed too lightly, its origin would not have the power.
#[test]
fn the_origin_of_a_class_has_no_graver_power() {
    test(|| {
        for class in [Class::Cancel, Class::Parameter, Class::Treasury] {
            let origin = approved(class);
            assert_noop!(
                Governed::attest(origin.clone(), H256::repeat_byte(1)),
                DispatchError::BadOrigin
            );
            assert_noop!(
                Governance::appoint_technical(origin.clone(), 1),
                DispatchError::BadOrigin
            );
            assert_noop!(System::set_code(origin, vec![]), DispatchError::BadOrigin);
        }
        let light = approved(Class::Parameter);
        assert_noop!(
            Treasury::spend(light, Box::new(()), UNIT, Box::new(1), None),
            DispatchError::BadOrigin
        );
    });
}

/// While it is voted on, a proposal has no power at all.
#[test]
fn the_origin_of_a_proposal_that_is_voted_on_has_no_power() {
    test(|| {
        let tabled: RuntimeOrigin = crate::RawOrigin::Tabled {
            index: 0,
            class: Class::Upgrade,
            weight: Default::default(),
        }
        .into();
        assert_noop!(
            Governed::attest(tabled.clone(), H256::repeat_byte(1)),
            DispatchError::BadOrigin
        );
        assert_noop!(
            Governance::appoint_technical(tabled.clone(), 1),
            DispatchError::BadOrigin
        );
        assert_noop!(Governance::stop(tabled.clone()), DispatchError::BadOrigin);
        assert_noop!(System::set_code(tabled, vec![]), DispatchError::BadOrigin);
    });
}

/// A call nested as deep as the preimage is long is no call, rather than a stack overflow.
#[test]
fn deep_nesting_is_refused() {
    test(|| {
        let mut call: RuntimeCall = governed::Call::draw_audit {}.into();
        for _ in 0..300 {
            call = pallet_utility::Call::batch { calls: vec![call] }.into();
        }
        let call = noted(80, call);
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::NotACall
        );
    });
}

/// Bytes after a call could be read as part of it by another version of the runtime.
#[test]
fn bytes_after_a_call_make_it_none() {
    test(|| {
        let mut bytes = attest(1).encode();
        bytes.push(0);
        let call = Bounded::Lookup {
            hash: H256(sp_io::hashing::blake2_256(&bytes)),
            len: bytes.len() as u32,
        };
        assert_ok!(dispatch(80, pallet_preimage::Call::note_preimage { bytes }));
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::NotACall
        );
    });
}

/// A call named by its hash alone would be read at whatever length, and charged for a smaller one.
#[test]
fn a_call_is_named_with_its_length() {
    test(|| {
        let call = Bounded::Legacy {
            hash: noted(80, governed::Call::draw_audit {}.into()).hash(),
            dummy: core::marker::PhantomData,
        };
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::LengthMissing
        );
    });
}

/// A call that is given by value instead of by its hash is classed, too.
#[test]
fn inline_calls_are_classed() {
    test(|| {
        let bytes = attest(1).encode().try_into().expect("it is short");
        let call = Bounded::Inline(bytes);
        assert_ok!(dispatch(80, crate::Call::propose { call }));
        assert_eq!(class_of(0), Class::Attest);
        // As long as may be given by value is too long with what is scheduled around it.
        let remark = frame_system::Call::remark {
            remark: vec![7; 120],
        };
        let bytes = RuntimeCall::from(remark).encode();
        let call = Bounded::Inline(bytes.try_into().expect("it is just short enough"));
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::InlineTooLong
        );
        let call = Bounded::Inline(vec![0xff; 9].try_into().expect("it is short"));
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::NotACall
        );
    });
}
