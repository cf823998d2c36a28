//! Roles: who may use one, on what, and until when.

use crate::{mock::*, Act, Actor, Class, Error, Grant, Pallet, Role};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

const HOLDER: u64 = 7;

fn thing(tag: u8) -> H256 {
    H256::repeat_byte(tag)
}

fn attest(who: u64, tag: u8) -> DispatchResult {
    dispatch(who, governed::Call::attest { thing: thing(tag) })
}

fn give(
    class: Class,
    role: Role,
    holder: u64,
    scope: Option<H256>,
    expires: u64,
) -> DispatchResult {
    Governance::grant_role(
        crate::RawOrigin::Proposal { index: 0, class }.into(),
        role,
        holder,
        scope,
        expires,
    )
}

#[test]
fn a_role_is_needed_and_used_on_record() {
    test(|| {
        assert_noop!(attest(HOLDER, 1), DispatchError::BadOrigin);
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 100));
        assert_ok!(attest(HOLDER, 1));
        let (_, last) = Governance::acts(0, 100).pop().unwrap();
        assert_eq!(last.actor, Actor::Holder(HOLDER));
        assert_eq!(
            last.act,
            Act::RoleUsed {
                role: Role::AttestCircuits,
                scope: Some(thing(1)),
            }
        );
        // Another role is another power.
        assert_noop!(
            dispatch(HOLDER, governed::Call::draw_audit {}),
            DispatchError::BadOrigin
        );
        assert_noop!(
            dispatch(
                HOLDER,
                crate::Call::set_price_floor {
                    price: 5 * swarmwork_primitives::UNIT
                }
            ),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_call_that_fails_leaves_no_use_on_record() {
    test(|| {
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 100));
        assert_ok!(attest(HOLDER, 1));
        let (_, next) = Governance::recorded();
        assert_noop!(attest(HOLDER, 1), governed::Error::<Test>::Twice);
        assert_eq!(Governance::recorded().1, next);
    });
}

#[test]
fn a_scope_is_one_thing() {
    test(|| {
        assert_ok!(give(
            Class::Attest,
            Role::AttestCircuits,
            HOLDER,
            Some(thing(1)),
            100
        ));
        assert_noop!(attest(HOLDER, 2), DispatchError::BadOrigin);
        assert_ok!(attest(HOLDER, 1));
        // A call without a thing takes a role without a scope.
        assert_ok!(give(
            Class::Parameter,
            Role::DrawAudits,
            HOLDER,
            Some(thing(1)),
            100
        ));
        assert_noop!(
            dispatch(HOLDER, governed::Call::draw_audit {}),
            DispatchError::BadOrigin
        );
        assert_ok!(give(Class::Parameter, Role::DrawAudits, HOLDER, None, 100));
        assert_ok!(dispatch(HOLDER, governed::Call::draw_audit {}));
        // The second grant took the first one's place.
        assert_eq!(crate::Roles::<Test>::get(Role::DrawAudits).len(), 1);
    });
}

#[test]
fn a_term_ends_at_its_block_and_not_before() {
    test(|| {
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 10));
        System::set_block_number(9);
        assert_ok!(attest(HOLDER, 1));
        assert_eq!(Governance::roles().len(), 1);
        System::set_block_number(10);
        assert_noop!(attest(HOLDER, 2), DispatchError::BadOrigin);
        assert!(Governance::roles().is_empty());
    });
}

#[test]
fn terms_lie_ahead_and_are_bounded() {
    test(|| {
        let now = System::block_number();
        let most = now + 365 * DAY;
        let give = |expires| give(Class::Attest, Role::AttestCircuits, HOLDER, None, expires);
        assert_noop!(give(now), Error::<Test>::TermOver);
        assert_noop!(give(most + 1), Error::<Test>::TermTooLong);
        assert_ok!(give(most));
        assert_ok!(give(now + 1));
    });
}

#[test]
fn holders_are_few_and_make_room_when_their_term_is_over() {
    test(|| {
        for holder in 1..=3 {
            assert_ok!(give(Class::Parameter, Role::DrawAudits, holder, None, 10));
        }
        assert_noop!(
            give(Class::Parameter, Role::DrawAudits, 4, None, 10),
            Error::<Test>::TooManyHolders
        );
        System::set_block_number(10);
        assert_ok!(give(Class::Parameter, Role::DrawAudits, 4, None, 20));
        let holders: Vec<u64> = crate::Roles::<Test>::get(Role::DrawAudits)
            .iter()
            .map(|grant| grant.holder)
            .collect();
        assert_eq!(holders, [4]);
    });
}

#[test]
fn a_role_is_given_by_a_class_that_has_its_power() {
    test(|| {
        for class in Class::ALL {
            for role in Role::ALL {
                let given = give(class, role, HOLDER, None, 100);
                assert_eq!(given.is_ok(), class >= role.class(), "{class:?} {role:?}");
                if given.is_err() {
                    assert_eq!(given, Err(Error::<Test>::ClassTooLight.into()));
                }
            }
        }
        assert_noop!(
            dispatch(
                HOLDER,
                crate::Call::grant_role {
                    role: Role::DrawAudits,
                    holder: HOLDER,
                    scope: None,
                    expires: 100,
                }
            ),
            DispatchError::BadOrigin
        );
        // As the class that the call itself has.
        for role in Role::ALL {
            let call = crate::Call::<Test>::grant_role {
                role,
                holder: HOLDER,
                scope: None,
                expires: 100,
            };
            assert!(call.get_dispatch_info().call_weight.ref_time() > 0);
            assert_eq!(Pallet::<Test>::class_of_call(&call), role.class());
        }
    });
}

#[test]
fn roles_are_taken_and_laid_down() {
    test(|| {
        let cancel: RuntimeOrigin = crate::RawOrigin::Proposal {
            index: 3,
            class: Class::Cancel,
        }
        .into();
        assert_noop!(
            Governance::revoke_role(cancel.clone(), Role::DrawAudits, HOLDER),
            Error::<Test>::NotHolder
        );
        assert_ok!(give(Class::Parameter, Role::DrawAudits, HOLDER, None, 100));
        assert_noop!(
            dispatch(
                8,
                crate::Call::revoke_role {
                    role: Role::DrawAudits,
                    holder: HOLDER
                }
            ),
            DispatchError::BadOrigin
        );
        assert_noop!(
            dispatch(
                8,
                crate::Call::renounce_role {
                    role: Role::DrawAudits
                }
            ),
            Error::<Test>::NotHolder
        );
        assert_ok!(Governance::revoke_role(cancel, Role::DrawAudits, HOLDER));
        assert_noop!(
            dispatch(HOLDER, governed::Call::draw_audit {}),
            DispatchError::BadOrigin
        );
        assert_ok!(give(Class::Parameter, Role::DrawAudits, HOLDER, None, 100));
        assert_ok!(dispatch(
            HOLDER,
            crate::Call::renounce_role {
                role: Role::DrawAudits
            }
        ));
        assert!(Governance::roles().is_empty());
        assert!(
            !crate::Roles::<Test>::get(Role::DrawAudits).contains(&Grant {
                holder: HOLDER,
                scope: None,
                expires: 100
            })
        );
    });
}

#[test]
fn a_multisig_and_a_proxy_hold_roles() {
    test(|| {
        let signatories = vec![1, 2, 3];
        let multisig = Multisig::multi_account_id(&signatories, 2);
        assert_ok!(give(
            Class::Attest,
            Role::AttestCircuits,
            multisig,
            None,
            100
        ));
        let call = RuntimeCall::from(governed::Call::attest { thing: thing(1) });
        let approve = |who: u64, others: Vec<u64>, timepoint| {
            dispatch(
                who,
                pallet_multisig::Call::as_multi {
                    threshold: 2,
                    other_signatories: others,
                    maybe_timepoint: timepoint,
                    call: Box::new(call.clone()),
                    max_weight: frame_support::weights::Weight::MAX,
                },
            )
        };
        assert_ok!(approve(1, vec![2, 3], None));
        assert!(!governed::Attested::<Test>::contains_key(thing(1)));
        assert_ok!(approve(2, vec![1, 3], Some(Multisig::timepoint())));
        assert!(governed::Attested::<Test>::contains_key(thing(1)));

        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 100));
        assert_ok!(dispatch(
            HOLDER,
            pallet_proxy::Call::add_proxy {
                delegate: 20,
                proxy_type: AnyCall::Any,
                delay: 0,
            }
        ));
        let proxied = |who: u64, tag: u8| {
            dispatch(
                who,
                pallet_proxy::Call::proxy {
                    real: HOLDER,
                    force_proxy_type: None,
                    call: Box::new(governed::Call::attest { thing: thing(tag) }.into()),
                },
            )
        };
        assert_ok!(proxied(20, 2));
        assert!(governed::Attested::<Test>::contains_key(thing(2)));
        assert!(proxied(21, 3).is_err());
    });
}

/// What a multisig began within its role's term cannot be ended after it.
#[test]
fn an_approval_that_outlives_the_term_does_nothing() {
    test(|| {
        let multisig = Multisig::multi_account_id(&[1, 2, 3], 2);
        let role = Role::AttestCircuits;
        assert_ok!(give(Class::Attest, role, multisig, None, 10));
        let approve = |who: u64, others: Vec<u64>, tag, timepoint| {
            dispatch(
                who,
                pallet_multisig::Call::as_multi {
                    threshold: 2,
                    other_signatories: others,
                    maybe_timepoint: timepoint,
                    call: Box::new(governed::Call::attest { thing: thing(tag) }.into()),
                    max_weight: frame_support::weights::Weight::MAX,
                },
            )
        };
        System::set_block_number(9);
        let begun = Some(Multisig::timepoint());
        for tag in [1, 2] {
            assert_ok!(approve(1, vec![2, 3], tag, None));
        }
        assert_ok!(approve(2, vec![1, 3], 1, begun));
        assert!(governed::Attested::<Test>::contains_key(thing(1)));
        System::set_block_number(10);
        assert_ok!(approve(2, vec![1, 3], 2, begun));
        assert!(!governed::Attested::<Test>::contains_key(thing(2)));
    });
}

/// The last grant counts, whether it lengthens the term or shortens it.
#[test]
fn the_last_grant_sets_the_term() {
    test(|| {
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 10));
        System::set_block_number(9);
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 12));
        System::set_block_number(11);
        assert_ok!(attest(HOLDER, 1));
        System::set_block_number(12);
        assert_noop!(attest(HOLDER, 2), DispatchError::BadOrigin);
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 100));
        assert_ok!(give(Class::Attest, Role::AttestCircuits, HOLDER, None, 13));
        System::set_block_number(13);
        assert_noop!(attest(HOLDER, 2), DispatchError::BadOrigin);
    });
}

#[test]
fn a_price_floor_moves_within_its_bounds_only() {
    use frame_support::traits::Get;
    use swarmwork_primitives::UNIT;
    test(|| {
        let floor = crate::PriceFloorOf::<Test>::get;
        assert_eq!(floor(), UNIT);
        assert_ok!(give(
            Class::Parameter,
            Role::AdjustPrices,
            HOLDER,
            None,
            100
        ));
        let set = |who: u64, price| dispatch(who, crate::Call::set_price_floor { price });
        let (least, most) = PriceBounds::get();
        assert_noop!(set(HOLDER, least - 1), Error::<Test>::PriceOutOfBounds);
        assert_noop!(set(HOLDER, most + 1), Error::<Test>::PriceOutOfBounds);
        assert_noop!(set(8, least), DispatchError::BadOrigin);
        assert_ok!(set(HOLDER, most));
        assert_eq!(floor(), most);
        assert_ok!(set(HOLDER, least));
        assert_eq!(floor(), least);
    });
}
