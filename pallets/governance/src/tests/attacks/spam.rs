//! Proposals that nobody wants.

use crate::{mock::*, Error, Stage};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        schedule::{v3::Anon, DispatchTime},
        Bounded, Get,
    },
};
use swarmwork_primitives::UNIT;

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

/// A proposal that nobody backs with a decision deposit ends by itself, and what it cost is lost.
#[test]
fn proposals_that_nobody_backs_end_at_their_proposers_cost() {
    test(|| {
        const COUNT: u32 = 20;
        let before = Balances::free_balance(80);
        let spam: Vec<u32> = (0..COUNT)
            .map(|_| propose(80, governed::Call::draw_audit {}))
            .collect();
        let cost = before - Balances::free_balance(80);
        assert!(cost >= u128::from(COUNT) * 100 * UNIT);
        // They can be voted on meanwhile, which brings them no further.
        assert_ok!(vote(1, spam[0], true, 6, FUNDS));
        run_for(14 * DAY + 2);
        for index in &spam {
            let ended = Governance::proposal(*index).expect("it was proposed");
            assert_eq!(ended.stage, Stage::TimedOut);
            assert_noop!(
                dispatch(
                    80,
                    pallet_referenda::Call::refund_submission_deposit { index: *index }
                ),
                pallet_referenda::Error::<Test>::BadStatus
            );
        }
        assert_eq!(crate::Waiting::<Test>::iter().count(), 0);
    });
}

/// What spam cost goes to whom slashed deposits go, once, whoever asks; what a proposal is to get back
/// does not.
#[test]
fn what_spam_lost_is_collected_once_and_nothing_else_is() {
    test(|| {
        let collect = |index| dispatch(7, crate::Call::collect_deposit { index });
        let lost = || Error::<Test>::NoDeposit;
        let deposit = 100 * UNIT;
        let before = Balances::reserved_balance(80);
        let spam = propose(80, governed::Call::draw_audit {});
        let preimage = Balances::reserved_balance(80) - before - deposit;
        // While it is voted on, and where there is none.
        assert_noop!(collect(spam), lost());
        assert_noop!(collect(spam + 1), lost());
        run_for(14 * DAY + 2);
        let stage = |index| Governance::proposal(index).map(|proposal| proposal.stage);
        assert_eq!(stage(spam), Some(Stage::TimedOut));
        let issued = Balances::total_issuance();
        assert_ok!(collect(spam));
        assert_eq!(Balances::reserved_balance(80), before + preimage);
        assert_eq!(Balances::total_issuance(), issued - deposit);
        assert_noop!(collect(spam), lost());

        let rejected = propose(81, governed::Call::draw_audit {});
        begin(rejected);
        run_for(9 * DAY);
        assert_eq!(stage(rejected), Some(Stage::Rejected));
        assert_ok!(collect(rejected));
        // The other deposit is not lost.
        assert_ok!(dispatch(
            7,
            pallet_referenda::Call::refund_decision_deposit { index: rejected }
        ));

        let cancelled = propose(82, governed::Call::draw_audit {});
        assert_ok!(dispatch(
            TECHNICAL,
            crate::Call::cancel { index: cancelled }
        ));
        assert_noop!(collect(cancelled), lost());
        assert_ok!(dispatch(
            7,
            pallet_referenda::Call::refund_submission_deposit { index: cancelled }
        ));
    });
}

/// Nor does filling the agenda of the block in which an approved proposal is due keep it from being
/// enacted: it is, some blocks later.
#[test]
fn a_full_agenda_puts_an_enactment_off() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        begin(index);
        carry(index);
        next_block();
        let approved = Referenda::ensure_ongoing(index)
            .unwrap()
            .deciding
            .unwrap()
            .confirming
            .expect("all are for it");
        let due = approved + 2 * DAY;
        let tasks = <Test as pallet_scheduler::Config>::MaxScheduledPerBlock::get();
        for block in [due, due + 1] {
            for _ in 0..tasks {
                let call: RuntimeCall = frame_system::Call::remark { remark: vec![] }.into();
                let bytes = call.encode().try_into().expect("it is short");
                assert_ok!(<Scheduler as Anon<_, RuntimeCall, _>>::schedule(
                    DispatchTime::At(block),
                    None,
                    0,
                    frame_system::RawOrigin::Root.into(),
                    Bounded::Inline(bytes),
                ));
            }
        }
        run_for(due + 1 - System::block_number());
        assert_eq!(enacted(index), None);
        run_for(3);
        assert_eq!(enacted(index), Some(Ok(())));
    });
}
