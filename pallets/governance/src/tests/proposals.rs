//! From a call to its class, its vote and its enactment.

use crate::{mock::*, Act, Actor, Class, ClassOf, Error, Pallet, Role, Tracks};
use frame_support::{
    assert_noop, assert_ok,
    traits::{Bounded, QueryPreimage},
};
use pallet_referenda::TracksInfo;
use sp_core::H256;
use sp_runtime::{DispatchError, Perbill};
use swarmwork_primitives::UNIT;

fn upgrade() -> RuntimeCall {
    frame_system::Call::set_code { code: vec![1; 200] }.into()
}

fn attest(tag: u8) -> RuntimeCall {
    governed::Call::attest {
        thing: H256::repeat_byte(tag),
    }
    .into()
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch_all { calls }.into()
}

#[test]
fn a_graver_class_is_nowhere_easier_or_quicker() {
    test(|| {
        let tracks: Vec<_> = Tracks::<Test>::tracks().map(|t| t.into_owned()).collect();
        assert_eq!(tracks.len(), Class::ALL.len());
        for (class, track) in Class::ALL.iter().zip(&tracks) {
            assert_eq!(class.track(), track.id);
            assert_eq!(Class::of_track(track.id), Some(*class));
        }
        assert_eq!(Class::of_track(5), None);
        for pair in tracks.windows(2) {
            let (light, grave) = (&pair[0].info, &pair[1].info);
            assert!(light.decision_deposit <= grave.decision_deposit);
            assert!(light.prepare_period <= grave.prepare_period);
            assert!(light.decision_period <= grave.decision_period);
            assert!(light.confirm_period <= grave.confirm_period);
            assert!(light.min_enactment_period <= grave.min_enactment_period);
            for x in (0..=100).map(Perbill::from_percent) {
                assert!(light.min_approval.threshold(x) <= grave.min_approval.threshold(x));
                assert!(light.min_support.threshold(x) <= grave.min_support.threshold(x));
            }
        }
        // Half of the votes and some support are needed to the end.
        for track in &tracks {
            assert!(track.info.min_approval.threshold(Perbill::one()) >= Perbill::from_percent(50));
            assert!(track.info.min_support.threshold(Perbill::one()) >= Perbill::from_percent(2));
        }
    });
}

#[test]
fn clocks_follow_the_length_of_a_day() {
    test(|| {
        let timelock = |class: Class| {
            Tracks::<Test>::info(class.track())
                .expect("the class has a track")
                .min_enactment_period
        };
        assert_eq!(timelock(Class::Upgrade), 14 * DAY);
        assert_eq!(timelock(Class::Cancel), DAY / 24);
        crate::DayLength::<Test>::put(43_200);
        assert_eq!(timelock(Class::Upgrade), 14 * 43_200);
        assert_eq!(timelock(Class::Cancel), 1_800);
        // However short a day is, nothing takes no time at all.
        crate::DayLength::<Test>::put(1);
        assert_eq!(timelock(Class::Cancel), 1);
        Pallet::<Test>::assert_constants();
        crate::DayLength::<Test>::put(DAY as u32);
    });
}

#[test]
fn the_class_follows_from_the_call() {
    test(|| {
        for (call, class) in [
            (governed::Call::draw_audit {}.into(), Class::Parameter),
            (attest(1), Class::Attest),
            (upgrade(), Class::Upgrade),
        ] {
            assert_eq!(class_of(propose(80, call)), class);
        }
        let cancel: RuntimeCall = crate::Call::cancel { index: 0 }.into();
        assert_eq!(class_of(propose(80, cancel)), Class::Cancel);
        let entry = Governance::acts(0, 1).remove(0).1;
        assert_eq!(entry.actor, Actor::Account(80));
        let Act::Proposed {
            index, class, name, ..
        } = entry.act
        else {
            panic!("it was proposed");
        };
        assert_eq!((index, class), (0, Class::Parameter));
        // What it is about, where a reader no longer has the call that the hash is of.
        assert_eq!(name, crate::name("Governed", "draw_audit").unwrap());
    });
}

#[test]
fn a_proposal_needs_its_call_and_a_deposit() {
    test(|| {
        let missing = Bounded::Lookup {
            hash: H256::repeat_byte(9),
            len: 9,
        };
        assert_noop!(
            dispatch(80, crate::Call::propose { call: missing }),
            Error::<Test>::PreimageMissing
        );
        let bytes = vec![0xff; 200];
        let hash = sp_io::hashing::blake2_256(&bytes).into();
        let len = bytes.len() as u32;
        assert_ok!(dispatch(80, pallet_preimage::Call::note_preimage { bytes }));
        assert_noop!(
            dispatch(
                80,
                crate::Call::propose {
                    call: Bounded::Lookup { hash, len }
                }
            ),
            Error::<Test>::NotACall
        );
        // The length is part of what is named.
        assert_noop!(
            dispatch(
                80,
                crate::Call::propose {
                    call: Bounded::Lookup { hash, len: len + 1 }
                }
            ),
            Error::<Test>::PreimageMissing
        );
        let call = noted(80, upgrade());
        let poor = 1_000;
        assert!(dispatch(poor, crate::Call::propose { call: call.clone() }).is_err());
        assert_ok!(dispatch(80, crate::Call::propose { call }));
        assert_eq!(Balances::reserved_balance(80) / UNIT, 100);
        // No other door leads to a vote.
        assert_noop!(
            dispatch(
                80,
                pallet_referenda::Call::submit {
                    proposal_origin: Box::new(frame_system::RawOrigin::Root.into()),
                    proposal: noted(80, upgrade()),
                    enactment_moment: frame_support::traits::schedule::DispatchTime::After(0),
                }
            ),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn a_call_that_no_block_could_enact_is_not_put_to_the_vote() {
    test(|| {
        let heavy = MaxTask::get();
        let call: RuntimeCall = pallet_utility::Call::with_weight {
            call: Box::new(upgrade()),
            weight: heavy.saturating_mul(2),
        }
        .into();
        let call = noted(80, call);
        assert_noop!(
            dispatch(80, crate::Call::propose { call }),
            Error::<Test>::TooHeavy
        );
    });
}

/// Reading a long call takes time at its enactment as at its proposal.
#[test]
fn an_enactment_is_charged_by_the_length_of_its_call() {
    use frame_support::dispatch::GetDispatchInfo;
    let weight = |len| {
        let call = Bounded::Lookup {
            hash: Default::default(),
            len,
        };
        let enact: RuntimeCall = crate::Call::enact {
            index: 0,
            class: Class::Upgrade,
            weight: Default::default(),
            call,
        }
        .into();
        enact.get_dispatch_info().call_weight
    };
    assert!(weight(1_000_000).ref_time() > weight(1).ref_time());
}

#[test]
fn approved_proposals_are_enacted_after_their_timelock_with_the_power_of_their_class() {
    test(|| {
        let index = propose(80, attest(1));
        begin(index);
        carry(index);
        let confirm = 2 * DAY;
        let timelock = 7 * DAY;
        run_for(confirm + 1);
        let waiting = crate::Waiting::<Test>::get(index).expect("it is approved");
        assert_eq!(waiting.0, Class::Attest);
        run_for(timelock - 2);
        assert_eq!(enacted(index), None);
        run_for(3);
        assert_eq!(enacted(index), Some(Ok(())));
        assert!(governed::Attested::<Test>::contains_key(H256::repeat_byte(
            1
        )));
        assert!(crate::Waiting::<Test>::get(index).is_none());
    });
}

#[test]
fn what_a_class_cannot_do_fails_on_record() {
    test(|| {
        // The second attestation of the same thing fails, and with it the batch.
        let failed = enact(batch(vec![attest(1), attest(1)]));
        assert_eq!(failed, Err(governed::Error::<Test>::Twice.into()));
        assert!(!governed::Attested::<Test>::contains_key(
            H256::repeat_byte(1)
        ));
    });
}

#[test]
fn the_gravest_class_acts_as_root_and_the_others_do_not() {
    test(|| {
        let stored = frame_system::Call::<Test>::set_storage {
            items: vec![(b"key".to_vec(), b"value".to_vec())],
        };
        assert_ok!(enact(stored));
        assert_eq!(sp_io::storage::get(b"key").as_deref(), Some(&b"value"[..]));
        // As root it does what any class may.
        assert_ok!(enact(batch(vec![
            attest(1),
            crate::Call::appoint_technical { who: 5 }.into()
        ])));
        assert_eq!(crate::Technical::<Test>::get(), Some(5));
    });
}

#[test]
fn a_role_is_granted_by_proposal() {
    test(|| {
        let expires = System::block_number() + 300 * DAY;
        assert_ok!(enact(crate::Call::grant_role {
            role: Role::DrawAudits,
            holder: 7,
            scope: None,
            expires,
        }));
        assert_ok!(dispatch(7, governed::Call::draw_audit {}));
    });
}

#[test]
fn a_proposal_is_cancelled_while_voted_on_and_in_its_timelock() {
    test(|| {
        let index = propose(80, attest(1));
        assert_noop!(
            dispatch(1, crate::Call::cancel { index }),
            DispatchError::BadOrigin
        );
        assert_ok!(dispatch(TECHNICAL, crate::Call::cancel { index }));
        assert!(Referenda::ensure_ongoing(index).is_err());
        assert_ok!(dispatch(
            80,
            pallet_referenda::Call::refund_submission_deposit { index }
        ));
        assert!(dispatch(TECHNICAL, crate::Call::cancel { index }).is_err());

        let index = propose(80, attest(2));
        begin(index);
        carry(index);
        run_for(2 * DAY + 1);
        assert!(crate::Waiting::<Test>::contains_key(index));
        assert_ok!(dispatch(TECHNICAL, crate::Call::cancel { index }));
        assert!(!crate::Waiting::<Test>::contains_key(index));
        run_for(8 * DAY);
        assert_eq!(enacted(index), None);
        assert!(!governed::Attested::<Test>::contains_key(
            H256::repeat_byte(2)
        ));
    });
}

#[test]
fn a_proposal_cancels_another_before_it_is_enacted() {
    test(|| {
        let grave = propose(80, attest(1));
        begin(grave);
        carry(grave);
        run_for(2 * DAY + 1);
        assert!(crate::Waiting::<Test>::contains_key(grave));
        let cancel = propose(81, crate::Call::cancel { index: grave });
        begin(cancel);
        carry(cancel);
        run_for(DAY);
        assert_eq!(enacted(cancel), Some(Ok(())));
        assert!(!crate::Waiting::<Test>::contains_key(grave));
    });
}

#[test]
fn the_approved_call_cannot_be_taken_away() {
    test(|| {
        let call = noted(80, attest(1));
        let hash = call.hash();
        assert_ok!(dispatch(80, crate::Call::propose { call }));
        begin(0);
        carry(0);
        run_for(2 * DAY + 1);
        // Its author takes the deposit back; the call stays.
        assert_ok!(dispatch(
            80,
            pallet_preimage::Call::unnote_preimage { hash }
        ));
        run_for(8 * DAY);
        assert_eq!(enacted(0), Some(Ok(())));
        // Nobody needs it any more.
        assert!(!pallet_preimage::PreimageFor::<Test>::iter_keys().any(|(h, _)| h == hash));
    });
}

#[test]
fn a_call_that_is_graver_by_now_is_refused() {
    test(|| {
        let call = noted(80, attest(1));
        <Preimage as QueryPreimage>::hold(&call);
        let refused = Pallet::<Test>::dispatch_approved(0, Class::Parameter, &call);
        assert_eq!(refused, Err(Error::<Test>::GraverThanApproved.into()));
        assert!(Classes::class_of(&attest(1)) > Class::Parameter);
    });
}

#[test]
fn nobody_enacts_by_hand() {
    test(|| {
        let call = noted(80, attest(1));
        let enact = crate::Call::<Test>::enact {
            index: 0,
            class: Class::Attest,
            weight: Default::default(),
            call,
        };
        assert_noop!(dispatch(80, enact.clone()), DispatchError::BadOrigin);
        assert_noop!(dispatch(TECHNICAL, enact.clone()), DispatchError::BadOrigin);
        // Not even a proposal can enact one that was not approved.
        let failed = crate::mock::enact(enact);
        assert_eq!(failed, Err(Error::<Test>::UnknownProposal.into()));
    });
}
