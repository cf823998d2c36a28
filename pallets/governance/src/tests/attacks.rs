//! What somebody would try, and what comes of it.

use crate::{mock::*, Act, Class, ClassOf, Error, Halted, Role};
use frame_support::{assert_noop, assert_ok, traits::Get};
use pallet_conviction_voting::Conviction;
use sp_core::H256;
use sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult};
use swarmwork_primitives::UNIT;

fn attest(tag: u8) -> RuntimeCall {
    governed::Call::attest {
        thing: H256::repeat_byte(tag),
    }
    .into()
}

fn upgrade() -> RuntimeCall {
    frame_system::Call::set_code { code: vec![1; 200] }.into()
}

fn remove(who: u64, class: Class, index: u32) -> DispatchResult {
    dispatch(
        who,
        pallet_conviction_voting::Call::remove_vote {
            class: Some(class.track()),
            index,
        },
    )
}

fn unlock(who: u64, class: Class) -> DispatchResult {
    dispatch(
        who,
        pallet_conviction_voting::Call::unlock {
            class: class.track(),
            target: who,
        },
    )
}

fn send(who: u64, to: u64, value: u128) -> DispatchResult {
    dispatch(
        who,
        pallet_balances::Call::transfer_allow_death { dest: to, value },
    )
}

/// Stake that is there for a block or two: it cannot vote, leave and vote from the next account,
/// and a vote that leaves before the confirmation is over approves nothing.
#[test]
fn flash_locked_stake_votes_once_and_not_for_a_block() {
    test(|| {
        let index = propose(80, attest(1));
        begin(index);
        for from in 1..=50u64 {
            assert_ok!(vote(from, index, true, 0, FUNDS));
            // Without conviction, too, it is locked while it votes.
            assert!(send(from, from + 1, FUNDS).is_err());
        }
        next_block();
        let confirming = || {
            Referenda::ensure_ongoing(index)
                .unwrap()
                .deciding
                .unwrap()
                .confirming
        };
        assert!(confirming().is_some(), "half of all stake carries it");
        for from in 1..=50u64 {
            assert_ok!(remove(from, Class::Attest, index));
            assert_ok!(unlock(from, Class::Attest));
        }
        next_block();
        next_block();
        assert!(confirming().is_none());
        run_for(15 * DAY);
        assert!(Referenda::ensure_ongoing(index).is_err());
        assert!(!crate::Waiting::<Test>::contains_key(index));
        assert_eq!(enacted(index), None);
    });
}

/// A majority that appears in the last block wins nothing by surprise: it must then hold for the
/// whole confirmation, in which others answer.
#[test]
fn last_block_votes_must_stand_through_the_confirmation() {
    test(|| {
        let index = propose(80, attest(1));
        begin(index);
        for who in 61..=70 {
            assert_ok!(vote(who, index, false, 1, FUNDS));
        }
        let ends = Referenda::ensure_ongoing(index)
            .unwrap()
            .deciding
            .unwrap()
            .since
            + 14 * DAY;
        run_for(ends - 1 - System::block_number());
        carry(index);
        next_block();
        next_block();
        assert!(
            Referenda::ensure_ongoing(index).is_ok(),
            "it goes on past its end"
        );
        assert_eq!(enacted(index), None);
        for who in 61..=79 {
            assert_ok!(vote(who, index, false, 6, FUNDS));
        }
        run_for(3);
        assert!(Referenda::ensure_ongoing(index).is_err());
        assert!(!crate::Waiting::<Test>::contains_key(index));
    });
}

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
        let hash = H256(sp_io::hashing::blake2_256(&codec::Encode::encode(&call)));
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
        let hash = H256(sp_io::hashing::blake2_256(&codec::Encode::encode(&call)));
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
        ] {
            assert_eq!(Classes::class_of(&wrapped), Class::Upgrade, "{wrapped:?}");
        }
    });
}

/// Even if a call were classed too lightly, its origin would not have the power.
#[test]
fn the_origin_of_a_class_has_no_graver_power() {
    test(|| {
        for class in [Class::Cancel, Class::Parameter, Class::Treasury] {
            let origin: RuntimeOrigin = crate::RawOrigin::Proposal { index: 0, class }.into();
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
        let light: RuntimeOrigin = crate::RawOrigin::Proposal {
            index: 0,
            class: Class::Parameter,
        }
        .into();
        assert_noop!(
            Treasury::spend(light, Box::new(()), UNIT, Box::new(1), None),
            DispatchError::BadOrigin
        );
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

/// Each proposal costs a deposit that a rejected one never gets back, and a full track does not
/// keep a supported proposal out: the one with most ayes is decided next.
#[test]
fn spam_is_paid_for_and_does_not_block_the_queue() {
    test(|| {
        let spam: Vec<u32> = (0..14)
            .map(|n| propose(n + 1, governed::Call::draw_audit {}))
            .collect();
        for index in &spam {
            assert_ok!(dispatch(
                90,
                pallet_referenda::Call::place_decision_deposit { index: *index }
            ));
        }
        let wanted = propose(80, governed::Call::draw_audit {});
        begin(wanted);
        // Ten are decided at once, and this one is not among them.
        assert!(Referenda::ensure_ongoing(wanted)
            .unwrap()
            .deciding
            .is_none());
        for who in 30..=90 {
            let _ = vote(who, wanted, true, 1, FUNDS / 2);
        }
        run_for(8 * DAY);
        for index in spam.iter().take(10) {
            assert!(Referenda::ensure_ongoing(*index).is_err());
            assert_noop!(
                dispatch(
                    1,
                    pallet_referenda::Call::refund_submission_deposit { index: *index }
                ),
                pallet_referenda::Error::<Test>::BadStatus
            );
        }
        run_for(4 * DAY);
        assert_eq!(enacted(wanted), Some(Ok(())));
    });
}

/// The worst that a captured technical account does: it stops the market and cancels what it sees.
/// It enacts nothing, takes nothing, and cannot keep itself from being dismissed.
#[test]
fn a_captured_technical_account_only_delays() {
    test(|| {
        let before = Balances::total_issuance();
        for call in [
            attest(1),
            governed::Call::draw_audit {}.into(),
            crate::Call::grant_role {
                role: Role::AttestCircuits,
                holder: TECHNICAL,
                scope: None,
                expires: 100,
            }
            .into(),
            crate::Call::set_price_floor { price: UNIT }.into(),
            crate::Call::appoint_technical { who: TECHNICAL }.into(),
            crate::Call::dismiss_technical {}.into(),
            crate::Call::revoke_role {
                role: Role::DrawAudits,
                holder: 7,
            }
            .into(),
            upgrade(),
            pallet_treasury::Call::spend {
                asset_kind: Box::new(()),
                amount: UNIT,
                beneficiary: Box::new(TECHNICAL),
                valid_from: None,
            }
            .into(),
            pallet_referenda::Call::kill { index: 0 }.into(),
        ] {
            assert!(dispatch(TECHNICAL, call.clone()).is_err(), "{call:?}");
        }

        let victim = propose(80, attest(1));
        assert_ok!(dispatch(TECHNICAL, crate::Call::cancel { index: victim }));

        let dismissal = propose(80, crate::Call::dismiss_technical {});
        assert_noop!(
            dispatch(TECHNICAL, crate::Call::cancel { index: dismissal }),
            Error::<Test>::BeyondTechnical
        );
        begin(dismissal);
        carry(dismissal);
        let mut blocks = 0;
        while enacted(dismissal).is_none() {
            if !Halted::<Test>::get() {
                assert_ok!(dispatch(TECHNICAL, crate::Call::stop {}));
            }
            let _ = dispatch(TECHNICAL, crate::Call::cancel { index: dismissal });
            for (pallet, call) in [("Governance", "propose"), ("ConvictionVoting", "vote")] {
                assert!(dispatch(
                    TECHNICAL,
                    crate::Call::pause_call {
                        call: crate::name(pallet, call).unwrap()
                    }
                )
                .is_err());
            }
            next_block();
            blocks += 1;
            assert!(blocks < DAY, "a quick majority is rid of it within a day");
        }
        assert_eq!(crate::Technical::<Test>::get(), None);
        assert!(dispatch(TECHNICAL, crate::Call::stop {}).is_err());
        // Its last stop ends by itself.
        run_for(DAY + 1);
        assert!(!Halted::<Test>::get());
        assert_ok!(dispatch(1, governed::Call::job {}));
        assert_eq!(Balances::total_issuance(), before);
    });
}

/// However many spends are approved, a month pays out no more than its part.
#[test]
fn many_small_spends_do_not_drain_the_treasury() {
    let spend = |amount: u128| -> RuntimeCall {
        pallet_treasury::Call::spend {
            asset_kind: Box::new(()),
            amount,
            beneficiary: Box::new(7),
            valid_from: None,
        }
        .into()
    };
    test(|| {
        let limit = SpendLimit::get();
        assert_eq!(Classes::class_of(&spend(limit)), Class::Treasury);
        assert_eq!(Classes::class_of(&spend(limit + 1)), Class::Upgrade);
        let treasury = TreasuryAccount::get();
        let before = Balances::free_balance(treasury);
        // One proposal cannot add small spends up beyond the limit.
        let many: RuntimeCall = pallet_utility::Call::batch_all {
            calls: vec![spend(limit); 3],
        }
        .into();
        assert_eq!(
            enact(many),
            Err(pallet_treasury::Error::<Test>::InsufficientPermission.into())
        );
        let approve = || {
            let origin: RuntimeOrigin = crate::RawOrigin::Proposal {
                index: 0,
                class: Class::Treasury,
            }
            .into();
            Treasury::spend(origin, Box::new(()), limit, Box::new(7), None)
        };
        let count = 40;
        for _ in 0..count {
            assert_ok!(approve());
        }
        let payout = |index: u32| dispatch(7, pallet_treasury::Call::payout { index });
        let paid = (0..count).filter(|index| payout(*index).is_ok()).count();
        let share = MonthlyShare::get().mul_floor(before);
        assert_eq!(paid as u128, share / limit);
        assert!(before - Balances::free_balance(treasury) <= share);
        // What was approved is not lost: it waits.
        let month = 30 * DAY;
        System::set_block_number(System::block_number() + month);
        assert!((0..count).any(|index| payout(index).is_ok()));
    });
}

/// An account that delegates to a reputable one and one that is delegated to cannot, together, count
/// the same stake twice.
#[test]
fn delegated_stake_does_not_vote_again() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        assert_ok!(dispatch(
            1,
            pallet_conviction_voting::Call::delegate {
                class: Class::Parameter.track(),
                to: 2,
                conviction: Conviction::None,
                balance: FUNDS,
            }
        ));
        assert!(vote(1, index, true, 1, FUNDS).is_err());
        assert!(send(1, 3, UNIT).is_err());
        assert_ok!(vote(2, index, true, 1, FUNDS));
        let stake = Referenda::ensure_ongoing(index).unwrap().tally.stake;
        assert_eq!(stake.support, 2 * FUNDS);
    });
}

/// The treasury's account cannot vote for its own spending, nor does it make quorums harder.
#[test]
fn the_treasury_is_no_voter() {
    test(|| {
        let treasury: u64 = TreasuryPalletId::get().into_account_truncating();
        assert_eq!(treasury, TreasuryAccount::get());
        let turnout = crate::Turnout::<Test>::get();
        assert_eq!(
            turnout,
            Balances::total_issuance() - Balances::free_balance(treasury)
        );
        assert!(Governance::acts(0, 1)
            .iter()
            .all(|(_, entry)| !matches!(entry.act, Act::Enacted { .. })));
    });
}
