//! Trying for another draw.

use super::drawn;
use crate::{mock::*, pallet::*, Lottery};
use frame_support::assert_ok;
use sp_core::H256;
use sp_runtime::Permill;
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

/// Who writes the last block of a window may withhold it for the next author's output: of a share w
/// of the sample that makes w + w(1 - w), and no more.
#[test]
fn withholding_the_last_block_buys_one_redraw() {
    let (own, rounds) = (4, 4_000u64);
    let won = |job, last| winner(job, last) < own;
    let honest = (0..rounds).filter(|job| won(*job, 1)).count() as f64;
    let withheld = (0..rounds)
        .filter(|job| won(*job, 1) || won(*job, 2))
        .count() as f64;
    let (honest, withheld) = (honest / rounds as f64, withheld / rounds as f64);
    // Standard deviations 0.007 and 0.008.
    assert!((honest - 0.25).abs() < 0.035, "{honest}");
    assert!((withheld - 0.4375).abs() < 0.04, "{withheld}");
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
