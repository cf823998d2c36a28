//! What holds after whatever anybody does: tallies add up, each unit votes once in each vote, what
//! votes is locked, and reputation weighs no more than its bound.

use crate::{mock::*, Bonus, Class, Escrow as _, VotingCurrency, WeightedTally};
use frame_support::traits::{
    fungible::{Inspect, MutateHold},
    tokens::{Fortitude, Preservation},
    Polling, VoteTally,
};
use pallet_conviction_voting::{AccountVote, Conviction, Tally, Voting, VotingFor};
use proptest::prelude::*;
use sp_runtime::Perbill;
use std::collections::BTreeMap;

type Tallied = WeightedTally<crate::Turnout<Test>>;

/// One thing that somebody does; in one of two votes where it is about a vote.
#[derive(Clone, Debug)]
enum Step {
    Vote {
        who: u64,
        poll: u32,
        aye: bool,
        conviction: u8,
        part: u8,
    },
    Split {
        who: u64,
        poll: u32,
        aye: u8,
        nay: u8,
    },
    Remove {
        who: u64,
        poll: u32,
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
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 1..6u64;
    let poll = || 0..2u32;
    let part = || 1..=100u8;
    prop_oneof![
        4 => (who(), poll(), any::<bool>(), 0..=6u8, part()).prop_map(
            |(who, poll, aye, conviction, part)| Step::Vote { who, poll, aye, conviction, part }
        ),
        1 => (who(), poll(), 0..=60u8, 0..=60u8)
            .prop_map(|(who, poll, aye, nay)| Step::Split { who, poll, aye, nay }),
        2 => (who(), poll()).prop_map(|(who, poll)| Step::Remove { who, poll }),
        2 => (who(), who(), 0..=6u8, part())
            .prop_map(|(who, to, conviction, part)| Step::Delegate { who, to, conviction, part }),
        1 => who().prop_map(|who| Step::Undelegate { who }),
        4 => (who(), who(), part()).prop_map(|(who, to, part)| Step::Send { who, to, part }),
        2 => who().prop_map(|who| Step::Unlock { who }),
        1 => (who(), 0..=100u32).prop_map(|(who, percent)| Step::Score { who, percent }),
        2 => (who(), part()).prop_map(|(who, part)| Step::Escrow { who, part }),
        2 => (who(), who()).prop_map(|(who, to)| Step::Settle { who, to }),
        1 => (who(), part()).prop_map(|(who, part)| Step::Hold { who, part }),
        1 => Just(Step::Wait),
    ]
}

fn part_of(who: u64, part: u8) -> u128 {
    Balances::total_balance(&who) / 100 * u128::from(part)
}

/// What is free of locks, of which the market takes its escrow.
fn liquid(who: u64) -> u128 {
    Balances::reducible_balance(&who, Preservation::Protect, Fortitude::Polite)
}

/// Does it. What is refused is refused without a trace; what is accepted must keep the invariants.
fn run(step: Step) {
    let class = Class::Parameter.track();
    let _ = match step {
        Step::Vote {
            who,
            poll,
            aye,
            conviction,
            part,
        } => vote(who, poll, aye, conviction, part_of(who, part)),
        Step::Split {
            who,
            poll,
            aye,
            nay,
        } => {
            let vote = AccountVote::Split {
                aye: part_of(who, aye),
                nay: part_of(who, nay),
            };
            dispatch(
                who,
                pallet_conviction_voting::Call::vote {
                    poll_index: poll,
                    vote,
                },
            )
        }
        Step::Remove { who, poll } => dispatch(
            who,
            pallet_conviction_voting::Call::remove_vote {
                class: Some(class),
                index: poll,
            },
        ),
        Step::Delegate {
            who,
            to,
            conviction,
            part,
        } => dispatch(
            who,
            pallet_conviction_voting::Call::delegate {
                class,
                to,
                conviction: Conviction::try_from(conviction).expect("0 to 6"),
                balance: part_of(who, part),
            },
        ),
        Step::Undelegate { who } => {
            dispatch(who, pallet_conviction_voting::Call::undelegate { class })
        }
        Step::Send { who, to, part } => dispatch(
            who,
            pallet_balances::Call::transfer_keep_alive {
                dest: to,
                value: part_of(who, part),
            },
        ),
        Step::Unlock { who } => dispatch(
            who,
            pallet_conviction_voting::Call::unlock { class, target: who },
        ),
        Step::Score { who, percent } => {
            Scores::set(who, percent);
            Ok(())
        }
        Step::Escrow { who, part } => {
            let amount = liquid(who) / 100 * u128::from(part);
            if amount > 0 {
                escrow(who, amount);
            }
            Ok(())
        }
        Step::Settle { who, to } => {
            let amount = Escrows::escrow(&who);
            if amount > 0 && who != to {
                settle(who, to, amount);
            }
            Ok(())
        }
        Step::Hold { who, part } => Balances::hold(
            &PreimageHold::get(),
            &who,
            liquid(who) / 100 * u128::from(part),
        ),
        Step::Wait => {
            next_block();
            Ok(())
        }
    };
}

/// Votes that stand in a tally, added up by hand.
#[derive(Default)]
struct Sum {
    ayes: u128,
    nays: u128,
    support: u128,
    /// Of these, what was cast directly and undivided, which alone may have a bonus.
    direct: Bonus,
}

impl Sum {
    fn add(&mut self, aye: bool, conviction: Conviction, balance: u128) {
        let votes = conviction.votes(balance).votes;
        if aye {
            self.ayes += votes;
            self.support += balance;
        } else {
            self.nays += votes;
        }
    }
}

/// What an account votes with must be its own, and locked besides its escrow.
fn assert_backed(who: u64, used: u128) {
    let has = <VotingCurrency<Test> as Inspect<u64>>::total_balance(&who);
    assert!(used <= has, "account {who} votes with {used} of {has}");
    let locked = System::account(who).data.frozen;
    let needed = used + Escrows::escrow(&who);
    assert!(
        used == 0 || locked >= needed,
        "account {who} votes with {used}, and {locked} of {needed} is locked"
    );
}

fn assert_tally(poll: u32) {
    let mut sum = Sum::default();
    let mut sides = BTreeMap::new();
    for (who, _, voting) in VotingFor::<Test>::iter() {
        let Voting::Casting(casting) = voting else {
            continue;
        };
        for (_, vote) in casting.votes.iter().filter(|(index, _)| *index == poll) {
            match *vote {
                AccountVote::Standard { vote, balance } => {
                    sum.add(vote.aye, vote.conviction, balance);
                    let votes = vote.conviction.votes(balance).votes;
                    if vote.aye {
                        sum.direct.ayes += votes;
                    } else {
                        sum.direct.nays += votes;
                    }
                    sides.insert(who, vote.aye);
                }
                AccountVote::Split { aye, nay } => {
                    sum.add(true, Conviction::None, aye);
                    sum.add(false, Conviction::None, nay);
                }
                AccountVote::SplitAbstain { .. } => panic!("nobody abstained"),
            }
        }
    }
    for (_, _, voting) in VotingFor::<Test>::iter() {
        if let Voting::Delegating(delegating) = voting {
            if let Some(aye) = sides.get(&delegating.target) {
                sum.add(*aye, delegating.conviction, delegating.balance);
            }
        }
    }
    let tally: Tallied = Referenda::as_ongoing(poll).expect("the vote goes on").0;
    assert_eq!(
        (tally.stake.ayes, tally.stake.nays, tally.stake.support),
        (sum.ayes, sum.nays, sum.support)
    );
    assert!(tally.bonus.ayes <= sum.direct.ayes / 2 && tally.bonus.nays <= sum.direct.nays / 2);
    assert!(sum.support <= Balances::total_issuance());
}

fn assert_all(polls: [u32; 2]) {
    for (who, _, voting) in VotingFor::<Test>::iter() {
        let used = match voting {
            // One unit may vote in every vote, once in each.
            Voting::Casting(casting) => casting
                .votes
                .iter()
                .map(|(_, vote)| vote.balance())
                .max()
                .unwrap_or(0),
            Voting::Delegating(delegating) => delegating.balance,
        };
        assert_backed(who, used);
    }
    polls.into_iter().for_each(assert_tally);
    check();
}

/// Far beyond all tokens, and little enough that no figure below is rounded.
const AMOUNTS: u128 = 1 << 94;

fn approval(ayes: u128, nays: u128, bonus: u128) -> Perbill {
    let tally = Tallied {
        stake: Tally::from_parts(ayes, nays, ayes),
        bonus: Bonus {
            ayes: bonus,
            nays: 0,
        },
    };
    tally.approval(0u16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is voted, moved, delegated in circles, escrowed, settled and bought: every vote in a
    /// tally stands on a unit that its voter has, and no unit stands under two.
    #[test]
    fn every_vote_is_backed_by_a_unit_of_its_own(steps in prop::collection::vec(step(), 1..60)) {
        new_test_ext().execute_with(|| {
            let polls = [0, 1].map(|_| propose(80, governed::Call::draw_audit {}));
            assert_eq!(polls, [0, 1]);
            for step in steps {
                run(step);
                assert_all(polls);
            }
        });
    }

    /// Approval follows ayes and nays, whether stake or reputation brought them.
    #[test]
    fn approval_rises_with_ayes_and_falls_with_nays(
        ayes in 0..AMOUNTS, nays in 0..AMOUNTS, bonus in 0..AMOUNTS, more in 1..AMOUNTS,
    ) {
        let base = approval(ayes, nays, bonus);
        prop_assert!(approval(ayes + more, nays, bonus) >= base);
        prop_assert!(approval(ayes, nays + more, bonus) <= base);
        prop_assert!(approval(ayes, nays, bonus + more) >= base);
    }

    /// No figures are too large for a tally.
    #[test]
    fn a_tally_takes_any_figures(
        ayes in any::<u128>(), nays in any::<u128>(), bonus in any::<u128>(),
    ) {
        prop_assert!(approval(ayes, nays, bonus) <= Perbill::one());
    }
}
