//! Trying for another draw.

use super::drawn;
use crate::{mock::*, pallet::*, Lottery};
use frame_support::{
    assert_ok,
    storage::with_transaction,
    traits::{OnFinalize, OnInitialize},
};
use sp_core::H256;
use sp_runtime::{DispatchError, Permill, TransactionOutcome};
use swarm_scoring::arrival;
use swarmwork_primitives::{Assignment, JobState};

/// Candidates of a full sample.
const SAMPLE: u32 = 16;

/// Who of a full sample of equals is drawn.
fn winner(job: u64, last: u64) -> u32 {
    let mut outputs = [H256::repeat_byte(7); 6];
    outputs[5] = H256::from_low_u64_be(last);
    let mut lottery = Lottery::new(&H256::from_low_u64_be(job), &outputs);
    let sample = lottery.sample(SAMPLE, SAMPLE);
    let chosen = lottery.choose(&[Permill::zero(); SAMPLE as usize]);
    sample[chosen.expect("there are candidates")]
}

/// Whoever looks at five outputs and cancels what will not suit knows nothing yet.
#[test]
fn five_of_six_outputs_say_nothing_of_the_winner() {
    let mut wins = [0u32; SAMPLE as usize];
    for last in 0..3_200 {
        wins[winner(1, last) as usize] += 1;
    }
    // Expectation 200, standard deviation 14.
    assert!(
        wins.iter().all(|count| (130..270).contains(count)),
        "{wins:?}"
    );
}

#[test]
fn a_draw_that_can_be_seen_is_not_cancelled_for_nothing() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        let id = submit(1, 1_000, 100, Assignment::Swarm);
        // The last block before the draw: the next one begins with it.
        run_to(START + 6);
        assert_eq!(drawn(id), None);
        next_block();
        assert!(drawn(id).is_some());
        // Who is drawn is paid for its slot.
        assert_ok!(dispatch(requester(), Call::cancel_job { job: id }));
        let JobState::Cancelled { provider, paid, .. } = job(id).state else {
            panic!("the job is {:?}", job(id).state);
        };
        assert!(provider.is_some() && paid > 0);
        assert_eq!(free(&requester()), FUNDS - paid);
    });
}

#[test]
fn a_retry_is_another_job_with_another_draw_and_waits_as_long() {
    test(|| {
        for number in 0..8 {
            register(number, 100);
        }
        let first = submit(1, 1_000, 100, Assignment::Swarm);
        run_to(START + 6);
        assert_ok!(dispatch(requester(), Call::cancel_job { job: first }));
        let second = submit(1, 1_000, 100, Assignment::Swarm);
        assert_ne!(first, second);
        // None of the outputs that were known by then is among those that decide.
        run_to(START + 6 + 6);
        assert_eq!(drawn(second), None);
        next_block();
        let outputs: Vec<_> = (START + 7..=START + 12).map(output_of).collect();
        let mut lottery = Lottery::new(&second, &outputs);
        let mut sample = lottery.sample(8, SAMPLE);
        let chosen = lottery.choose(&[Permill::zero(); 8]).expect("somebody");
        let expected = provider(sample.swap_remove(chosen) as u8);
        assert_eq!(drawn(second), Some(expected));
    });
}

/// Ends the current block with an output of its author's choice among those it has.
fn end_block(output: H256) {
    let now = System::block_number();
    AllPalletsWithSystem::on_finalize(now);
    doubles::Output::<Test>::put(output);
    System::set_block_number(now + 1);
    AllPalletsWithSystem::on_initialize(now + 1);
    check();
}

/// What would come of something that is then not done.
fn glimpse<R>(look: impl FnOnce() -> R) -> R {
    with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(look())))
        .expect("looking does not fail")
}

/// Who writes the last block of a window may withhold it for the next author's output: of a share w
/// of the sample that makes w + w(1 - w), and no more.
#[test]
fn withholding_the_last_block_buys_one_redraw() {
    test(|| {
        for number in 0..4 {
            register(number, 100);
        }
        let (own, rounds) = (provider(0), 300u64);
        let (mut honest, mut withheld) = (0, 0);
        for round in 0..rounds {
            let id = submit(1, 100, 100, Assignment::Swarm);
            run_to(System::block_number() + 6);
            assert_eq!(drawn(id), None);
            let [mine, others] = [2 * round, 2 * round + 1].map(H256::from_low_u64_be);
            let seen = glimpse(|| {
                end_block(mine);
                drawn(id)
            });
            let suits = seen.as_ref() == Some(&own);
            end_block(if suits { mine } else { others });
            let winner = drawn(id).expect("they all fit");
            honest += u32::from(suits);
            withheld += u32::from(winner == own);
            let number = (0..4).find(|n| provider(*n) == winner);
            assert_ok!(prove(id, 0, number.expect("it is one of the four")));
        }
        let share = |won: u32| f64::from(won) / rounds as f64;
        let (honest, withheld) = (share(honest), share(withheld));
        // Standard deviations 0.025 and 0.029.
        assert!((honest - 0.25).abs() < 0.1, "{honest}");
        assert!((withheld - 0.4375).abs() < 0.115, "{withheld}");
    });
}

/// However many jobs wait for an output, it decides on so much in all: no more can be had by
/// withholding it.
#[test]
fn a_withheld_block_changes_no_more_than_one_output_may_decide_on() {
    test(|| {
        let price = 100;
        MaxDrawn::set(3 * price);
        for number in 0..8 {
            register(number, price);
        }
        run_to(10);
        let mut ids = Vec::new();
        // The output of block 16 is in the windows of them all.
        while System::block_number() < 16 {
            ids.extend((0..3).map(|_| submit(1, price, 100, Assignment::Swarm)));
            next_block();
        }
        let outcome = |output| {
            glimpse(|| {
                end_block(output);
                // Where the last of those windows is served.
                run_to(22);
                ids.iter().map(|id| drawn(*id)).collect::<Vec<_>>()
            })
        };
        let mine = outcome(H256::from_low_u64_be(0));
        let mut changed = 0;
        for other in 1..9 {
            let others = outcome(H256::from_low_u64_be(other));
            for outcome in [&mine, &others] {
                assert_eq!(outcome.iter().flatten().count(), 3);
            }
            let differ = mine.iter().zip(&others).filter(|(a, b)| a != b).count();
            assert!(differ as Balance * price <= MaxDrawn::get(), "{differ}");
            changed = changed.max(differ);
        }
        // It does decide.
        assert!(changed > 0);
    });
}

/// Who writes the last block of a window knows the seed when it decides what is in that block: also
/// which of its own providers go away before the draw.
#[test]
fn who_drops_out_of_a_known_draw_passes_on_its_own_win_and_no_other() {
    // All sets of four of the eight.
    for gone in 0u8..16 {
        test(|| {
            for number in 0..8 {
                register(number, 100);
            }
            let id = submit(1, 1_000, 100, Assignment::Swarm);
            run_to(START + 6);
            let outputs: Vec<_> = (START + 1..=START + 6).map(output_of).collect();
            let mut lottery = Lottery::new(&id, &outputs);
            let sample = lottery.sample(8, SAMPLE);
            let mut order: Vec<_> = sample
                .into_iter()
                .map(|number| (arrival(lottery.lot(), Permill::zero()), number as u8))
                .collect();
            order.sort_unstable();
            let stays = |number: u8| number >= 4 || gone & (1 << number) == 0;
            for number in (0..8).filter(|number| !stays(*number)) {
                doubles::Pallet::<Test>::change(&provider(number), |p| p.available = false);
            }
            next_block();
            let first = order.into_iter().find(|(_, number)| stays(*number));
            assert_eq!(drawn(id), first.map(|(_, number)| provider(number)));
        });
    }
}
