//! Votes: what they weigh, what they lock, and that no unit votes twice.

use crate::{mock::*, Bonus, Class, Error, PollBonus, VotingCurrency};
use frame_support::{
    assert_noop, assert_ok,
    traits::{Currency, Polling, VoteTally},
};
use pallet_conviction_voting::{AccountVote, Conviction};
use sp_runtime::{DispatchResult, Permill};
use swarmwork_primitives::{ProviderStanding, UNIT};

fn audit() -> u32 {
    propose(80, governed::Call::draw_audit {})
}

fn tally(poll: u32) -> crate::WeightedTally<crate::Turnout<Test>> {
    Referenda::as_ongoing(poll).expect("the vote goes on").0
}

fn ayes(poll: u32) -> u128 {
    tally(poll).ayes(0u16)
}

fn delegate(who: u64, to: u64, conviction: Conviction, balance: u128) -> DispatchResult {
    dispatch(
        who,
        pallet_conviction_voting::Call::delegate {
            class: Class::Parameter.track(),
            to,
            conviction,
            balance,
        },
    )
}

fn undelegate(who: u64) -> DispatchResult {
    let class = Class::Parameter.track();
    dispatch(who, pallet_conviction_voting::Call::undelegate { class })
}

fn remove(who: u64, poll: u32) -> DispatchResult {
    dispatch(
        who,
        pallet_conviction_voting::Call::remove_vote {
            class: Some(Class::Parameter.track()),
            index: poll,
        },
    )
}

fn unlock(who: u64) {
    dispatch(
        who,
        pallet_conviction_voting::Call::unlock {
            class: Class::Parameter.track(),
            target: who,
        },
    )
    .expect("anybody may");
}

fn send(who: u64, to: u64, value: u128) -> DispatchResult {
    dispatch(
        who,
        pallet_balances::Call::transfer_keep_alive { dest: to, value },
    )
}

#[test]
fn a_vote_weighs_stake_times_conviction_times_reputation() {
    test(|| {
        let poll = audit();
        assert_ok!(vote(1, poll, true, 0, 100 * UNIT));
        assert_eq!(ayes(poll), 10 * UNIT);
        assert_ok!(vote(1, poll, true, 3, 100 * UNIT));
        assert_eq!(ayes(poll), 300 * UNIT);
        // A newcomer's score adds nothing, a perfect one half, one between its part.
        Scores::set(2, 50);
        assert_ok!(vote(2, poll, true, 1, 100 * UNIT));
        assert_eq!(ayes(poll), 400 * UNIT);
        Scores::set(2, 100);
        assert_ok!(vote(2, poll, true, 1, 100 * UNIT));
        assert_eq!(ayes(poll), 450 * UNIT);
        Scores::set(2, 75);
        assert_ok!(vote(2, poll, true, 2, 100 * UNIT));
        assert_eq!(ayes(poll), 550 * UNIT);
        // On the other side.
        assert_ok!(vote(2, poll, false, 2, 100 * UNIT));
        assert_eq!(ayes(poll), 300 * UNIT);
        assert_eq!(
            tally(poll).bonus,
            Bonus {
                ayes: 0,
                nays: 50 * UNIT
            }
        );
        // 300 of 300 + 250
        assert_eq!(
            tally(poll).approval(0u16),
            sp_runtime::Perbill::from_rational(300u32, 550u32)
        );
        // Support is of stake alone.
        assert_eq!(tally(poll).stake.support, 100 * UNIT);
        assert_ok!(remove(2, poll));
        assert_eq!(tally(poll).bonus, Bonus::default());
        assert_eq!(PollBonus::<Test>::get(poll), None);
        check();
    });
}

#[test]
fn a_bonus_is_bounded_whatever_the_score() {
    test(|| {
        for (score, bonus) in [(0, 0), (49, 0), (50, 0), (60, 10), (100, 50)] {
            Scores::set(1, score);
            assert_eq!(
                Governance::vote_bonus(&1),
                Permill::from_percent(bonus),
                "{score} %"
            );
        }
    });
}

#[test]
fn a_high_score_on_little_evidence_adds_nothing() {
    test(|| {
        Scores::set(1, 100);
        Scores::set_standing(1, ProviderStanding::Newcomer);
        assert_eq!(Governance::vote_bonus(&1), Permill::zero());
        for standing in [
            ProviderStanding::Reliable,
            ProviderStanding::Trusted,
            ProviderStanding::Distinguished,
        ] {
            Scores::set_standing(1, standing);
            assert_eq!(Governance::vote_bonus(&1), Permill::from_percent(50));
        }
    });
}

#[test]
fn split_votes_get_no_bonus_and_replace_one() {
    test(|| {
        let poll = audit();
        Scores::set(1, 100);
        assert_ok!(vote(1, poll, true, 1, 100 * UNIT));
        assert_eq!(ayes(poll), 150 * UNIT);
        let split = AccountVote::Split {
            aye: 100 * UNIT,
            nay: 50 * UNIT,
        };
        assert_ok!(dispatch(
            1,
            pallet_conviction_voting::Call::vote {
                poll_index: poll,
                vote: split
            }
        ));
        assert_eq!(ayes(poll), 10 * UNIT);
        assert_eq!(tally(poll).bonus, Bonus::default());
        assert_noop!(vote(2, poll, true, 1, 0), Error::<Test>::EmptyVote);
        let empty = AccountVote::SplitAbstain {
            aye: 0,
            nay: 0,
            abstain: 0,
        };
        assert_noop!(
            dispatch(
                2,
                pallet_conviction_voting::Call::vote {
                    poll_index: poll,
                    vote: empty
                }
            ),
            Error::<Test>::EmptyVote
        );
    });
}

#[test]
fn a_score_that_changes_moves_no_tally_by_itself() {
    test(|| {
        let poll = audit();
        Scores::set(1, 100);
        assert_ok!(vote(1, poll, true, 1, 100 * UNIT));
        Scores::set(1, 50);
        assert_eq!(ayes(poll), 150 * UNIT);
        // What is removed is what was added, not what the score would add now.
        assert_ok!(remove(1, poll));
        assert_eq!(ayes(poll), 0);
        assert_ok!(vote(1, poll, true, 1, 100 * UNIT));
        assert_eq!(ayes(poll), 100 * UNIT);
    });
}

#[test]
fn reputation_is_not_lent_by_delegating_to_it_or_from_it() {
    test(|| {
        let poll = audit();
        Scores::set(1, 100);
        // To a good name: its own vote weighs more, the delegated one does not.
        assert_ok!(delegate(2, 1, Conviction::Locked1x, 100 * UNIT));
        assert_ok!(vote(1, poll, true, 1, 100 * UNIT));
        assert_eq!(ayes(poll), 250 * UNIT);
        assert_ok!(delegate(3, 1, Conviction::Locked1x, 100 * UNIT));
        assert_eq!(ayes(poll), 350 * UNIT);
        // From a good name.
        assert_ok!(remove(1, poll));
        unlock(1);
        assert_ok!(undelegate(2));
        assert_ok!(undelegate(3));
        assert_ok!(vote(4, poll, true, 1, 100 * UNIT));
        assert_ok!(delegate(1, 4, Conviction::Locked1x, 100 * UNIT));
        assert_eq!(ayes(poll), 200 * UNIT);
    });
}

#[test]
fn delegations_do_not_travel_on_and_a_circle_votes_nothing() {
    test(|| {
        let poll = audit();
        for (from, to) in [(1, 2), (2, 3), (3, 1)] {
            assert_ok!(delegate(from, to, Conviction::Locked1x, 100 * UNIT));
        }
        assert_eq!(ayes(poll), 0);
        for who in 1..=3 {
            // Whoever delegates does not vote.
            assert!(vote(who, poll, true, 1, UNIT).is_err());
        }
        assert_ok!(undelegate(1));
        assert_ok!(vote(1, poll, true, 1, 100 * UNIT));
        // Only what was delegated to it directly.
        assert_eq!(ayes(poll), 200 * UNIT);
        assert_noop!(
            delegate(4, 4, Conviction::Locked1x, UNIT),
            pallet_conviction_voting::Error::<Test>::Nonsense
        );
    });
}

#[test]
fn stake_is_locked_while_it_votes_and_for_as_long_as_conviction_says() {
    test(|| {
        let index = audit();
        begin(index);
        assert_ok!(vote(70, index, true, 2, FUNDS));
        carry(index);
        assert!(send(70, 71, UNIT).is_err());
        run_for(DAY + 1);
        assert!(crate::Waiting::<Test>::contains_key(index));
        let ended = System::block_number();
        // Two periods of 14 days from the vote's end on, wherever the vote went.
        assert_ok!(remove(70, index));
        unlock(70);
        assert!(send(70, 71, UNIT).is_err());
        System::set_block_number(ended + 2 * 14 * DAY);
        unlock(70);
        assert_ok!(send(70, 71, UNIT));
        System::set_block_number(ended);
    });
}

#[test]
fn held_stake_votes_once() {
    test(|| {
        use frame_support::traits::fungible::MutateHold;
        let poll = audit();
        // A bond is held with its owner: it votes along, once.
        Balances::hold(&PreimageHold::get(), &1, FUNDS / 2).unwrap();
        assert_ok!(vote(1, poll, true, 1, FUNDS));
        assert_eq!(ayes(poll), FUNDS);
        assert!(vote(1, poll, true, 1, FUNDS + 1).is_err());
        assert!(send(1, 2, UNIT).is_err());
    });
}

#[test]
fn escrow_does_not_vote_before_or_after_it_moves() {
    test(|| {
        let poll = audit();
        escrow(1, FUNDS / 2);
        assert!(vote(1, poll, true, 1, FUNDS).is_err());
        assert!(delegate(1, 2, Conviction::Locked1x, FUNDS).is_err());
        assert_ok!(vote(1, poll, true, 1, FUNDS / 2));
        // What votes stays, although as much is held besides.
        assert!(send(1, 2, UNIT).is_err());
        settle(1, 3, FUNDS / 2);
        assert_ok!(vote(3, poll, true, 1, FUNDS + FUNDS / 2));
        assert_eq!(ayes(poll), 2 * FUNDS);
    });
}

#[test]
fn escrow_that_comes_after_the_vote_frees_nothing() {
    test(|| {
        let poll = audit();
        assert_ok!(vote(1, poll, true, 1, FUNDS / 2));
        escrow(1, FUNDS / 2);
        assert!(send(1, 2, UNIT).is_err());
        settle(1, 3, FUNDS / 2);
        assert!(send(1, 2, UNIT).is_err());
        assert_eq!(
            <VotingCurrency<Test> as Currency<u64>>::total_balance(&1),
            FUNDS / 2
        );
    });
}

/// Each conviction locks what it says after the vote, to the block, and only where its side won.
#[test]
fn locks_follow_conviction_and_bind_only_the_side_that_won() {
    test(|| {
        let index = audit();
        begin(index);
        carry(index);
        for conviction in 0..=6u8 {
            assert_ok!(vote(
                70 + u64::from(conviction),
                index,
                true,
                conviction,
                FUNDS
            ));
        }
        assert_ok!(vote(77, index, false, 6, FUNDS));
        while Referenda::ensure_ongoing(index).is_ok() {
            next_block();
        }
        let ended = System::block_number();
        for who in 70..=77 {
            assert_ok!(remove(who, index));
            unlock(who);
        }
        assert_ok!(send(70, 1, UNIT));
        assert_ok!(send(77, 1, UNIT));
        for conviction in 1..=6u32 {
            let who = 70 + u64::from(conviction);
            let end = ended + 14 * DAY * 2u64.pow(conviction - 1);
            System::set_block_number(end - 1);
            unlock(who);
            assert!(send(who, 1, UNIT).is_err(), "conviction {conviction}");
            System::set_block_number(end);
            unlock(who);
            assert_ok!(send(who, 1, UNIT));
        }
        System::set_block_number(ended);
    });
}

/// Locked stake earns no interest in other votes' locks: the longest one counts.
#[test]
fn a_lock_outlives_votes_that_bind_for_less() {
    test(|| {
        let index = audit();
        begin(index);
        carry(index);
        assert_ok!(vote(70, index, true, 3, FUNDS));
        let other = audit();
        while Referenda::ensure_ongoing(index).is_ok() {
            next_block();
        }
        // What is bound votes on, and taking that vote back frees nothing of it.
        assert_ok!(vote(70, other, true, 0, FUNDS));
        assert_ok!(remove(70, index));
        assert_ok!(remove(70, other));
        unlock(70);
        assert!(send(70, 1, UNIT).is_err());
    });
}
