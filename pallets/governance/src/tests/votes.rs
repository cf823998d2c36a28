//! Votes: what they weigh, what they lock, and that no unit votes twice.

use crate::{mock::*, Bonus, Class, Error, PollBonus, VotingCurrency};
use frame_support::{
    assert_noop, assert_ok,
    traits::{Currency, Polling, VoteTally},
};
use pallet_conviction_voting::{AccountVote, Conviction};
use proptest::prelude::*;
use sp_runtime::{DispatchResult, Permill};
use swarmwork_primitives::UNIT;

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

/// One thing that somebody does.
#[derive(Clone, Debug)]
enum Step {
    Vote {
        who: u64,
        aye: bool,
        conviction: u8,
        part: u8,
    },
    Remove {
        who: u64,
    },
    Delegate {
        who: u64,
        to: u64,
        conviction: u8,
        part: u8,
    },
    Undelegate {
        who: u64,
    },
    Send {
        who: u64,
        to: u64,
        part: u8,
    },
    Unlock {
        who: u64,
    },
    Score {
        who: u64,
        percent: u32,
    },
    Escrow {
        who: u64,
        part: u8,
    },
    Settle {
        who: u64,
        to: u64,
    },
    Hold {
        who: u64,
        part: u8,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let who = 1..6u64;
    let part = 1..=100u8;
    prop_oneof![
        4 => (who.clone(), any::<bool>(), 0..=6u8, part.clone())
            .prop_map(|(who, aye, conviction, part)| Step::Vote { who, aye, conviction, part }),
        2 => who.clone().prop_map(|who| Step::Remove { who }),
        2 => (who.clone(), who.clone(), 0..=6u8, part.clone())
            .prop_map(|(who, to, conviction, part)| Step::Delegate { who, to, conviction, part }),
        1 => who.clone().prop_map(|who| Step::Undelegate { who }),
        4 => (who.clone(), who.clone(), part.clone())
            .prop_map(|(who, to, part)| Step::Send { who, to, part }),
        2 => who.clone().prop_map(|who| Step::Unlock { who }),
        1 => (who.clone(), 0..=100u32).prop_map(|(who, percent)| Step::Score { who, percent }),
        2 => (who.clone(), part.clone()).prop_map(|(who, part)| Step::Escrow { who, part }),
        2 => (who.clone(), who.clone()).prop_map(|(who, to)| Step::Settle { who, to }),
        1 => (who, part).prop_map(|(who, part)| Step::Hold { who, part }),
    ]
}

fn part_of(who: u64, part: u8) -> u128 {
    Balances::total_balance(&who) / 100 * u128::from(part)
}

fn run(step: Step, poll: u32) {
    use crate::Escrow as _;
    use frame_support::traits::{
        fungible::{Inspect, MutateHold},
        tokens::{Fortitude, Preservation},
    };
    // What is refused is refused without a trace; what is accepted must keep the invariants.
    match step {
        Step::Vote {
            who,
            aye,
            conviction,
            part,
        } => {
            let _ = vote(who, poll, aye, conviction, part_of(who, part));
        }
        Step::Remove { who } => {
            let _ = remove(who, poll);
        }
        Step::Delegate {
            who,
            to,
            conviction,
            part,
        } => {
            let conviction = Conviction::try_from(conviction).expect("0 to 6");
            let _ = delegate(who, to, conviction, part_of(who, part));
        }
        Step::Undelegate { who } => {
            let _ = undelegate(who);
        }
        Step::Send { who, to, part } => {
            let _ = send(who, to, part_of(who, part));
        }
        Step::Unlock { who } => unlock(who),
        Step::Score { who, percent } => Scores::set(who, percent),
        Step::Escrow { who, part } => {
            // As the market asks: only what is free of locks goes into escrow.
            let free = Balances::reducible_balance(&who, Preservation::Protect, Fortitude::Polite);
            let amount = free / 100 * u128::from(part);
            if amount > 0 {
                escrow(who, amount);
            }
        }
        Step::Settle { who, to } => {
            let amount = Escrows::escrow(&who);
            if amount > 0 && who != to {
                settle(who, to, amount);
            }
        }
        Step::Hold { who, part } => {
            let free = Balances::reducible_balance(&who, Preservation::Protect, Fortitude::Polite);
            let _ = Balances::hold(&PreimageHold::get(), &who, free / 100 * u128::from(part));
        }
    }
}

/// What stands in the tally must be backed, unit by unit, by what the voters have.
fn assert_backed(poll: u32) {
    use pallet_conviction_voting::{Voting, VotingFor};
    let class = Class::Parameter.track();
    let (mut ayes, mut nays, mut capital) = (0u128, 0u128, 0u128);
    let mut stood = std::collections::BTreeMap::new();
    for (who, track, voting) in VotingFor::<Test>::iter() {
        assert_eq!(track, class);
        let used = match &voting {
            Voting::Casting(casting) => {
                for (index, vote) in casting.votes.iter() {
                    assert_eq!(*index, poll);
                    let AccountVote::Standard { vote, balance } = vote else {
                        panic!("nobody split a vote");
                    };
                    stood.insert(who, vote.aye);
                    let votes = vote.conviction.votes(*balance).votes;
                    capital += if vote.aye { *balance } else { 0 };
                    if vote.aye {
                        ayes += votes
                    } else {
                        nays += votes
                    }
                }
                casting
                    .votes
                    .iter()
                    .map(|(_, vote)| vote.balance())
                    .max()
                    .unwrap_or(0)
            }
            Voting::Delegating(delegating) => delegating.balance,
        };
        let has = <VotingCurrency<Test> as Currency<u64>>::total_balance(&who);
        assert!(used <= has, "account {who} votes with {used} of {has}");
    }
    for (_, _, voting) in VotingFor::<Test>::iter() {
        if let Voting::Delegating(delegating) = voting {
            if let Some(aye) = stood.get(&delegating.target) {
                let votes = delegating.conviction.votes(delegating.balance).votes;
                capital += if *aye { delegating.balance } else { 0 };
                if *aye {
                    ayes += votes
                } else {
                    nays += votes
                }
            }
        }
    }
    let tally = tally(poll);
    assert_eq!((tally.stake.ayes, tally.stake.nays), (ayes, nays));
    assert_eq!(tally.stake.support, capital);
    assert!(tally.bonus.ayes <= ayes / 2 && tally.bonus.nays <= nays / 2);
    assert!(capital <= Balances::total_issuance());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is voted, moved, delegated, escrowed and settled: every vote in the tally stands on
    /// a unit that its voter has, and no unit stands under two.
    #[test]
    fn every_vote_is_backed_by_a_unit_of_its_own(steps in prop::collection::vec(step(), 1..60)) {
        new_test_ext().execute_with(|| {
            let poll = audit();
            for step in steps {
                run(step, poll);
                assert_backed(poll);
                check();
            }
        });
    }
}
