//! Stopping, and that it ends.

use crate::{mock::*, name, Act, Class, Error, Halted, RawOrigin};
use frame_support::{assert_noop, assert_ok, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};

fn job() -> DispatchResult {
    dispatch(1, governed::Call::job {})
}

fn stop(who: u64) -> DispatchResult {
    dispatch(who, crate::Call::stop {})
}

fn pause(who: u64, pallet: &str, call: &str) -> DispatchResult {
    dispatch(
        who,
        crate::Call::pause_call {
            call: name(pallet, call).unwrap(),
        },
    )
}

fn filtered() -> DispatchResult {
    Err(frame_system::Error::<Test>::CallFiltered.into())
}

/// The drill: jobs before, during and after.
#[test]
fn a_stop_ends_by_itself() {
    test(|| {
        assert_ok!(job());
        assert_noop!(stop(1), DispatchError::BadOrigin);
        assert_ok!(stop(TECHNICAL));
        assert!(Halted::<Test>::get());
        assert_eq!(job(), filtered());
        run_for(DAY);
        assert_eq!(job(), filtered());
        next_block();
        assert!(!Halted::<Test>::get());
        assert_ok!(job());
        assert_eq!(governed::Jobs::<Test>::get(), 2);
    });
}

#[test]
fn a_renewed_stop_lasts_as_long_from_then_on_and_no_longer() {
    test(|| {
        assert_ok!(stop(TECHNICAL));
        run_for(10);
        assert_ok!(stop(TECHNICAL));
        // Renewing twice in a block adds nothing.
        assert_ok!(stop(TECHNICAL));
        run_for(DAY);
        assert_eq!(job(), filtered());
        next_block();
        assert_ok!(job());
    });
}

#[test]
fn a_stop_can_be_ended_by_who_made_it_and_by_proposal() {
    test(|| {
        assert_noop!(
            dispatch(TECHNICAL, crate::Call::resume {}),
            Error::<Test>::NotStopped
        );
        assert_ok!(stop(TECHNICAL));
        assert_noop!(
            dispatch(1, crate::Call::resume {}),
            DispatchError::BadOrigin
        );
        assert_ok!(dispatch(TECHNICAL, crate::Call::resume {}));
        assert_ok!(job());
        assert_ok!(stop(TECHNICAL));
        assert_ok!(Governance::resume(
            RawOrigin::Proposal {
                index: 0,
                class: Class::Cancel
            }
            .into()
        ));
        assert_ok!(job());
    });
}

#[test]
fn a_paused_call_resumes_by_itself_and_others_go_on() {
    test(|| {
        assert_noop!(pause(1, "Governed", "job"), DispatchError::BadOrigin);
        assert_ok!(pause(TECHNICAL, "Governed", "job"));
        assert_eq!(job(), filtered());
        assert!(Halted::<Test>::get(), "a clock that needs the call stands");
        // In force or not, it was asked for on an account of no standing.
        assert_noop!(
            dispatch(1, governed::Call::draw_audit {}),
            DispatchError::BadOrigin
        );
        run_for(DAY);
        assert_eq!(job(), filtered());
        next_block();
        assert_ok!(job());
        assert!(!Halted::<Test>::get());
        assert!(crate::PausedUntil::<Test>::get().is_empty());
        let ended = Governance::acts(0, 100).pop().unwrap().1;
        assert_eq!(ended.actor, crate::Actor::Clock);
        assert!(matches!(ended.act, Act::CallResumed { .. }));
    });
}

#[test]
fn pausing_another_call_leaves_the_clocks_alone() {
    test(|| {
        assert_ok!(pause(TECHNICAL, "Governed", "attest"));
        assert!(!Halted::<Test>::get());
        assert_ok!(job());
    });
}

#[test]
fn a_pause_is_renewed_and_ended_early() {
    test(|| {
        assert_ok!(pause(TECHNICAL, "Governed", "job"));
        run_for(10);
        assert_ok!(pause(TECHNICAL, "Governed", "job"));
        assert_eq!(crate::PausedUntil::<Test>::get().len(), 1);
        run_for(DAY);
        assert_eq!(job(), filtered());
        let call = name("Governed", "job").unwrap();
        assert_noop!(
            dispatch(1, crate::Call::resume_call { call: call.clone() }),
            DispatchError::BadOrigin
        );
        assert_ok!(dispatch(
            TECHNICAL,
            crate::Call::resume_call { call: call.clone() }
        ));
        assert_ok!(job());
        assert_noop!(
            dispatch(TECHNICAL, crate::Call::resume_call { call }),
            Error::<Test>::NotPaused
        );
    });
}

#[test]
fn what_does_not_exist_or_must_go_on_is_not_paused() {
    test(|| {
        for (pallet, call) in [("Governed", "jop"), ("Nothing", "job"), ("", "")] {
            assert_noop!(pause(TECHNICAL, pallet, call), Error::<Test>::UnknownCall);
        }
        for (pallet, call) in [
            ("Governance", "propose"),
            ("Governance", "resume"),
            ("Referenda", "place_decision_deposit"),
            ("ConvictionVoting", "vote"),
        ] {
            assert_noop!(pause(TECHNICAL, pallet, call), Error::<Test>::NeverPaused);
        }
        for call in ["job", "attest", "draw_audit"] {
            assert_ok!(pause(TECHNICAL, "Governed", call));
        }
        assert_noop!(
            pause(TECHNICAL, "Balances", "transfer_all"),
            Error::<Test>::TooManyPaused
        );
    });
}

/// Governance goes on through a stop: a proposal is made, voted on and enacted.
#[test]
fn a_stop_does_not_stop_governance() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        begin(index);
        carry(index);
        for _ in 0..10 * DAY {
            if !Halted::<Test>::get() {
                assert_ok!(stop(TECHNICAL));
            }
            next_block();
        }
        assert_eq!(enacted(index), Some(Ok(())));
        assert_eq!(governed::Audits::<Test>::get(), 1);
    });
}

#[test]
fn the_safe_modes_own_doors_are_closed() {
    test(|| {
        for who in [1, TECHNICAL] {
            for call in [
                RuntimeCall::from(pallet_safe_mode::Call::enter {}),
                pallet_safe_mode::Call::force_enter {}.into(),
                pallet_tx_pause::Call::pause {
                    full_name: name("Governed", "job").unwrap(),
                }
                .into(),
            ] {
                assert!(dispatch(who, call).is_err());
            }
        }
        assert_ok!(stop(TECHNICAL));
        for call in [
            RuntimeCall::from(pallet_safe_mode::Call::force_exit {}),
            pallet_safe_mode::Call::force_extend {}.into(),
        ] {
            assert!(dispatch(TECHNICAL, call).is_err());
        }
    });
}
