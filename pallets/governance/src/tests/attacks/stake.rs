//! Stake that votes twice or for a moment only, and reputation that was bought.

use super::{attest, send};
use crate::{mock::*, Class};
use frame_support::{assert_ok, traits::VoteTally};
use pallet_conviction_voting::Conviction;
use sp_runtime::{DispatchResult, Perbill};
use swarmwork_primitives::UNIT;

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

/// Stake that is taken out of a vote and sent on stands in the tally once, with whom it voted last.
#[test]
fn stake_that_moves_on_leaves_no_vote_behind() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        for from in 1..=5u64 {
            let all = FUNDS * u128::from(from);
            assert_ok!(vote(from, index, true, 6, all));
            assert_ok!(remove(from, Class::Parameter, index));
            // Nothing was decided yet, so that no conviction binds.
            assert_ok!(unlock(from, Class::Parameter));
            assert_ok!(send(from, from + 1, all));
        }
        assert_ok!(vote(6, index, true, 1, 6 * FUNDS));
        let tally = Referenda::ensure_ongoing(index).unwrap().tally;
        assert_eq!(tally.stake.support, 6 * FUNDS);
        assert_eq!(tally.stake.ayes, 6 * FUNDS);
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

/// Somebody buys good names and takes one stake through them: it counts with the bonus of one.
#[test]
fn one_stake_has_the_bonus_of_one_name() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        let names = 200..210u64;
        let mut owner = 1;
        for name in names.clone() {
            Scores::set(name, 100);
            assert_ok!(send(owner, name, FUNDS));
            assert_ok!(vote(name, index, true, 1, FUNDS));
            owner = name;
            if name + 1 < names.end {
                assert_ok!(remove(name, Class::Parameter, index));
                assert_ok!(unlock(name, Class::Parameter));
            }
        }
        let tally = Referenda::ensure_ongoing(index).unwrap().tally;
        assert_eq!(tally.stake.ayes, FUNDS);
        assert_eq!(tally.bonus.ayes, FUNDS / 2);
        assert_eq!(tally.bonus.nays, 0);
    });
}

/// However good the names: what decides whether enough is behind a proposal is stake.
#[test]
fn reputation_does_not_stand_in_for_stake() {
    test(|| {
        let index = propose(80, governed::Call::draw_audit {});
        begin(index);
        // A hundredth of all stake with the best name and the longest lock, and nobody against it.
        Scores::set(1, 100);
        assert_ok!(vote(1, index, true, 6, FUNDS));
        let tally = Referenda::ensure_ongoing(index).unwrap().tally;
        assert_eq!(tally.approval(0u16), Perbill::one());
        assert_eq!(tally.support(0u16), Perbill::from_percent(1));
        run_for(8 * DAY);
        assert!(Referenda::ensure_ongoing(index).is_err());
        assert!(!crate::Waiting::<Test>::contains_key(index));
        // Three hundredths without a name carry the same proposal.
        let index = propose(80, governed::Call::draw_audit {});
        begin(index);
        for who in 2..=4 {
            assert_ok!(vote(who, index, true, 1, FUNDS));
        }
        run_for(8 * DAY);
        assert!(crate::Waiting::<Test>::contains_key(index) || enacted(index).is_some());
    });
}

/// Nor do names decide alone what is approved: with all the reputation there is on one side, two
/// fifths of the votes do not outvote three fifths.
#[test]
fn all_reputation_does_not_turn_a_clear_majority() {
    test(|| {
        let index = propose(80, attest(1));
        for who in 1..=39 {
            Scores::set(who, 100);
            assert_ok!(vote(who, index, true, 1, FUNDS));
        }
        for who in 40..=98 {
            // A bad name takes nothing from a vote.
            Scores::set(who, 0);
            assert_ok!(vote(who, index, false, 1, FUNDS));
        }
        let tally = Referenda::ensure_ongoing(index).unwrap().tally;
        assert!(tally.approval(0u16) < Perbill::from_percent(50));
        let stake: u128 = 39 * FUNDS;
        assert_eq!(tally.stake.ayes + tally.bonus.ayes, stake + stake / 2);
        assert_eq!(tally.bonus.nays, 0);
        assert_eq!(tally.stake.nays, 59 * FUNDS);
    });
}
