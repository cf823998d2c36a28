//! Outputs that a requester says it has not got, and providers that keep them.

use crate::{
    mock::{assets::*, rooted::*, *},
    pallet::*,
    Error, Event,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
};
use sp_core::H256;
use swarmwork_primitives::{
    Assignment, DeliveryStage, JobState, Mode, Outcome, Terms, ELEMENT_BYTES, MAX_OUTPUT_ELEMENTS,
    PART_ELEMENTS,
};

/// Elements of an output of two parts.
const ELEMENTS: u32 = PART_ELEMENTS + 7;
/// What is prepaid for such outputs of two batches.
const PREPAID: Balance = (2 * ELEMENTS * ELEMENT_BYTES) as Balance + 4 * 5;

fn delivered() -> Terms {
    Terms {
        deliver: true,
        ..Default::default()
    }
}

fn acknowledge(who: AccountId, job: H256) -> DispatchResultWithPostInfo {
    dispatch(who, Call::acknowledge { job })
}

fn dispute(who: AccountId, job: H256) -> DispatchResultWithPostInfo {
    dispatch(who, Call::dispute_delivery { job })
}

fn publish(who: AccountId, job: H256, part: u32, bytes: &[u8]) -> DispatchResultWithPostInfo {
    let elements = bytes.to_vec().try_into().expect("a part");
    dispatch(
        who,
        Call::publish_output {
            job,
            part,
            elements,
        },
    )
}

/// The parts of both batches' outputs.
fn parts() -> Vec<Vec<u8>> {
    [0, 1]
        .into_iter()
        .flat_map(|batch| doubles::opening(batch, ELEMENTS))
        .collect()
}

/// A job of two batches with delivery, of a provider that asks five hundred a batch.
fn begin() -> H256 {
    doubles::OutputElements::<Test>::put(ELEMENTS);
    if !doubles::ProvidersById::<Test>::contains_key(provider(0)) {
        register(0, 500);
    }
    submit_with(2, 1_500, Assignment::Direct(provider(0)), delivered())
}

/// The same with both batches proven.
fn proven() -> H256 {
    let id = begin();
    assert_ok!(prove(id, 0, 0));
    assert_ok!(prove(id, 1, 0));
    id
}

/// The same, disputed.
fn disputed() -> H256 {
    let id = proven();
    assert_ok!(dispute(requester(), id));
    id
}

fn stage(id: H256) -> DeliveryStage<u64> {
    Deliveries::<Test>::get(id).expect("it is asked for").stage
}

/// Of a thousand, the provider's share.
const SHARE: Balance = 800;

#[test]
fn the_pay_waits_for_the_requesters_word() {
    test(|| {
        let before = free(&provider(0));
        let id = begin();
        assert_eq!(held(&requester()), 1_500 + PREPAID);
        assert_ok!(prove(id, 0, 0));
        let early = acknowledge(requester(), id);
        assert_noop!(early, Error::<Test>::NothingDelivered);
        assert_noop!(dispute(requester(), id), Error::<Test>::NothingDelivered);
        events();
        assert_ok!(prove(id, 1, 0));
        let until = START + DeliveryWindow::get();
        assert!(events().contains(&Event::DeliveryAwaited { job: id, until }));
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        assert_eq!(free(&provider(0)), before + EXISTENTIAL);
        let by_another = acknowledge(account(3), id);
        assert_noop!(by_another, Error::<Test>::NotTheRequester);
        assert_ok!(acknowledge(requester(), id));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(free(&provider(0)), before + EXISTENTIAL + SHARE);
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - 1_000));
    });
}

#[test]
fn silence_pays_the_provider_when_the_window_ends() {
    test(|| {
        let id = proven();
        let until = START + DeliveryWindow::get();
        run_to(until);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        next_block();
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - 1_000));
        // What the provider is measured by ends with its last proof.
        let (.., blocks) = doubles::Settlements::<Test>::get()[0].clone();
        assert_eq!(blocks, 0);
    });
}

/// Else a provider that proves in a capacity window would be absent from it, and one with its own
/// requests would choose the window in which it was not.
#[test]
fn work_counts_when_it_is_proven_and_not_when_it_is_paid() {
    test(|| {
        let noted = || doubles::ProvenWork::<Test>::get();
        let id = begin();
        assert_ok!(prove(id, 0, 0));
        assert!(noted().is_empty());
        assert_ok!(prove(id, 1, 0));
        let (who, macs) = noted()[0].clone();
        assert_eq!(who, provider(0));
        next_block();
        assert_ok!(acknowledge(requester(), id));
        assert_eq!(noted().len(), 1);
        assert_eq!(doubles::Settlements::<Test>::get()[0].4, macs);
        // Without delivery both are one.
        let other = assigned(0, 2, 1_500);
        assert_ok!(prove(other, 0, 0));
        assert_ok!(prove(other, 1, 0));
        assert_eq!(noted().last(), Some(&(provider(0), macs)));
        assert_eq!(noted().len(), 2);
    });
}

#[test]
fn who_publishes_the_output_is_paid_for_it_and_for_the_bytes() {
    test(|| {
        let before = free(&provider(0)) + EXISTENTIAL;
        let id = disputed();
        let parts = parts();
        for (part, bytes) in (0..).zip(&parts) {
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
            // Either key may.
            let who = [worker(0), provider(0)][part as usize % 2].clone();
            assert_ok!(publish(who, id, part, bytes));
            next_block();
        }
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(free(&provider(0)), before + SHARE + PREPAID);
        assert_eq!(free(&requester()), FUNDS - 1_000 - PREPAID);
        for (part, bytes) in (0..).zip(&parts) {
            let stored = Delivered::<Test>::get(id, part).expect("it was published");
            assert_eq!(stored.into_inner(), *bytes);
        }
        // As long as the job can be read.
        run_to(job(id).deadline + 4);
        assert_eq!(Delivered::<Test>::iter().count(), 0);
        assert_eq!(Deliveries::<Test>::iter().count(), 0);
        assert_eq!(Jobs::<Test>::iter().count(), 0);
    });
}

#[test]
fn who_keeps_the_output_gets_nothing_and_has_failed() {
    test(|| {
        let before = free(&provider(0)) + EXISTENTIAL;
        let id = begin();
        Jobs::<Test>::mutate(id, |job| {
            // Its failure is evidence.
            job.as_mut().expect("it is stored").swarm = true;
        });
        assert_ok!(prove(id, 0, 0));
        assert_ok!(prove(id, 1, 0));
        run_to(START + DeliveryWindow::get());
        assert_ok!(dispute(requester(), id));
        let parts = parts();
        // All but the last.
        for part in 0..3 {
            assert_ok!(publish(worker(0), id, part, &parts[part as usize]));
        }
        let until = START + DeliveryWindow::get() + DeliveryTime::get();
        run_to(until);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        events();
        next_block();
        assert!(events().contains(&Event::OutputWithheld { job: id }));
        assert!(matches!(job(id).state, JobState::Expired { .. }));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS));
        assert_eq!(free(&provider(0)), before);
        assert!(matches!(
            doubles::Recorded::<Test>::get()[..],
            [(_, _, Outcome::Failed, _)]
        ));
        assert!(doubles::Slashed::<Test>::get().is_empty());
        let late = publish(worker(0), id, 3, &parts[3]);
        assert_noop!(late, Error::<Test>::JobEnded);
        // And what was published goes with the job.
        run_to(job(id).deadline + 4);
        assert_eq!(Delivered::<Test>::iter().count(), 0);
    });
}

#[test]
fn an_output_that_is_not_the_proven_one_is_refused() {
    test(|| {
        let id = disputed();
        let parts = parts();
        let refused = |part: u32, bytes: &[u8]| publish(worker(0), id, part, bytes);
        // Of the wrong length for its bases.
        assert_noop!(
            refused(0, &parts[0][32..]),
            doubles::Error::<Test>::PartLength
        );
        assert_noop!(refused(0, &parts[1]), doubles::Error::<Test>::PartLength);
        // Another value, which shows with the batch's last part.
        let mut wrong = parts[0].clone();
        wrong[40] ^= 1;
        assert_ok!(refused(0, &wrong));
        assert_noop!(refused(1, &parts[1]), Error::<Test>::OutputMismatch);
        // The other batch's opening.
        assert_ok!(refused(0, &parts[2]));
        assert_noop!(refused(1, &parts[1]), Error::<Test>::OutputMismatch);
        // Two elements that are exchanged.
        let mut swapped = parts[0].clone();
        swapped.rotate_left(32);
        assert_ok!(refused(0, &swapped));
        assert_noop!(refused(1, &parts[1]), Error::<Test>::OutputMismatch);
        // Begun anew with the right one.
        assert_ok!(refused(0, &parts[0]));
        assert_ok!(refused(1, &parts[1]));
        assert_ok!(refused(2, &parts[2]));
        assert_ok!(refused(3, &parts[3]));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

#[test]
fn no_part_is_left_out_and_none_counts_twice() {
    test(|| {
        let id = disputed();
        let parts = parts();
        let of = |part: u32| publish(worker(0), id, part, &parts[part as usize]);
        for part in 1..4 {
            assert_noop!(of(part), Error::<Test>::PartOutOfOrder);
        }
        assert_ok!(of(0));
        for part in [2, 3] {
            assert_noop!(of(part), Error::<Test>::PartOutOfOrder);
        }
        assert_ok!(of(1));
        // A batch that is complete is not begun anew.
        for part in [0, 1, 3] {
            assert_noop!(of(part), Error::<Test>::PartOutOfOrder);
        }
        assert_ok!(of(2));
        for part in [0, 1] {
            assert_noop!(of(part), Error::<Test>::PartOutOfOrder);
        }
        let beyond = publish(worker(0), id, 4, &parts[0]);
        assert_noop!(beyond, Error::<Test>::PartOutOfOrder);
        let beyond = publish(worker(0), id, u32::MAX, &parts[1]);
        assert_noop!(beyond, Error::<Test>::PartOutOfOrder);
        assert_ok!(of(3));
        assert_noop!(of(3), Error::<Test>::JobEnded);
    });
}

#[test]
fn only_the_jobs_own_provider_publishes_and_only_what_is_disputed() {
    test(|| {
        let id = proven();
        let part = &parts()[0];
        let early = publish(worker(0), id, 0, part);
        assert_noop!(early, Error::<Test>::DeliveryNotDisputed);
        assert_ok!(dispute(requester(), id));
        register(1, 500);
        let other = submit_with(2, 1_500, Assignment::Direct(provider(1)), delivered());
        for who in [worker(1), provider(1), requester(), account(3)] {
            let by_another = publish(who, id, 0, part);
            assert_noop!(by_another, Error::<Test>::NotTheProvider);
        }
        let unproven = publish(worker(1), other, 0, part);
        assert_noop!(unproven, Error::<Test>::DeliveryNotDisputed);
        let plain = submit(1, 1_000, 30, Assignment::Direct(provider(0)));
        let unasked = publish(worker(0), plain, 0, part);
        assert_noop!(unasked, Error::<Test>::DeliveryNotDisputed);
        let unknown = publish(worker(0), H256::zero(), 0, part);
        assert_noop!(unknown, Error::<Test>::JobUnknown);
        // A worker key that was changed is nobody's.
        doubles::Pallet::<Test>::change(&provider(0), |p| p.worker = worker(7));
        let old = publish(worker(0), id, 0, part);
        assert_noop!(old, Error::<Test>::NotTheProvider);
        assert_ok!(publish(worker(7), id, 0, part));
    });
}

#[test]
fn a_late_publication_is_refused_even_before_the_job_is_ended() {
    test(|| {
        let id = disputed();
        let until = START + DeliveryWindow::get();
        run_to(until);
        ClosesPerBlock::set(0);
        run_to(until + 2);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
        let late = publish(worker(0), id, 0, &parts()[0]);
        assert_noop!(late, Error::<Test>::DeadlinePassed);
        ClosesPerBlock::set(4);
        run_to(until + 8);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
    });
}

/// A job is ended once, whoever is first, and one that was acknowledged is not disputed.
#[test]
fn nothing_is_settled_twice() {
    test(|| {
        let id = proven();
        assert_ok!(acknowledge(requester(), id));
        let after = (free(&provider(0)), free(&requester()));
        assert_noop!(acknowledge(requester(), id), Error::<Test>::JobEnded);
        assert_noop!(dispute(requester(), id), Error::<Test>::JobEnded);
        let published = publish(worker(0), id, 0, &parts()[0]);
        assert_noop!(published, Error::<Test>::JobEnded);
        // The window ends for nothing.
        run_to(START + 30);
        assert_eq!((free(&provider(0)), free(&requester())), after);
        assert_eq!(doubles::Settlements::<Test>::get().len(), 1);
    });
}

#[test]
fn a_window_ends_disputes_and_a_dispute_is_one() {
    test(|| {
        let id = proven();
        let by_another = dispute(account(3), id);
        assert_noop!(by_another, Error::<Test>::NotTheRequester);
        let unknown = dispute(requester(), H256::zero());
        assert_noop!(unknown, Error::<Test>::JobUnknown);
        run_to(START + DeliveryWindow::get());
        ClosesPerBlock::set(0);
        next_block();
        assert_noop!(dispute(requester(), id), Error::<Test>::DeliveryOver);
        ClosesPerBlock::set(4);
        let other = proven();
        assert_ok!(dispute(requester(), other));
        assert_noop!(dispute(requester(), other), Error::<Test>::AlreadyDisputed);
    });
}

/// Who has its provider publish, and takes that back, has made it pay for it.
#[test]
fn a_dispute_costs_the_bytes_even_if_it_is_taken_back() {
    test(|| {
        let before = free(&provider(0)) + EXISTENTIAL;
        let id = disputed();
        assert_ok!(publish(worker(0), id, 0, &parts()[0]));
        assert_ok!(acknowledge(requester(), id));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(free(&provider(0)), before + SHARE + PREPAID);
        assert_eq!(free(&requester()), FUNDS - 1_000 - PREPAID);
    });
}

#[test]
fn a_proven_job_is_not_withdrawn_to_have_its_output_for_less() {
    test(|| {
        let id = proven();
        let withdrawn = dispatch(requester(), Call::cancel_job { job: id });
        assert_noop!(withdrawn, Error::<Test>::AllProven);
        // Neither is it past its deadline.
        let deadline = job(id).deadline;
        DeliveryWindow::set(1_000);
        let other = proven();
        run_to(deadline + 5);
        assert!(matches!(job(other).state, JobState::Assigned { .. }));
        assert_ok!(acknowledge(requester(), other));
        DeliveryWindow::set(8);
    });
}

#[test]
fn a_job_that_ends_without_its_proofs_returns_the_bytes() {
    test(|| {
        let withdrawn = begin();
        assert_ok!(dispatch(requester(), Call::cancel_job { job: withdrawn }));
        let paid = match job(withdrawn).state {
            JobState::Cancelled { paid, .. } => paid,
            other => panic!("the job is {other:?}"),
        };
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - paid));
        let expired = begin();
        let deadline = job(expired).deadline;
        run_to(deadline + 1);
        assert!(matches!(job(expired).state, JobState::Expired { .. }));
        assert_eq!((held(&requester()), free(&requester())), (0, FUNDS - paid));
        assert_eq!(stage(expired), DeliveryStage::Over { parts: 0 });
    });
}

/// Nobody can publish, or say that it has the output, while the market stands still.
#[test]
fn no_clock_of_a_delivery_runs_while_the_market_stands_still() {
    test(|| {
        let (waiting, missed) = (proven(), disputed());
        run_to(START + DeliveryWindow::get());
        Halted::set(true);
        for _ in 0..100 {
            next_block();
        }
        Halted::set(false);
        for id in [waiting, missed] {
            assert!(matches!(job(id).state, JobState::Assigned { .. }));
        }
        let view = Marketplace::job_view(missed).expect("the job is stored");
        assert!(matches!(
            view.delivery.expect("it was asked for").stage,
            DeliveryStage::Disputed { until, .. } if until == START + DeliveryWindow::get() + 100
        ));
        assert_ok!(publish(worker(0), missed, 0, &parts()[0]));
        next_block();
        assert!(matches!(job(waiting).state, JobState::Completed { .. }));
        assert!(matches!(job(missed).state, JobState::Expired { .. }));
    });
}

#[test]
fn what_cannot_be_published_is_not_promised() {
    test(|| {
        register(0, 500);
        let submitted = |batches| {
            let to = Assignment::Direct(provider(0));
            dispatch(requester(), order(batches, 60_000, to, delivered()))
        };
        assert_noop!(submitted(1), Error::<Test>::OutputBasesMissing);
        doubles::OutputElements::<Test>::put(MAX_OUTPUT_ELEMENTS / 4);
        assert_noop!(submitted(5), Error::<Test>::OutputTooLarge);
        assert_ok!(submitted(4));
        doubles::OutputElements::<Test>::put(MAX_OUTPUT_ELEMENTS + 1);
        assert_noop!(submitted(1), Error::<Test>::OutputTooLarge);
        doubles::OutputElements::<Test>::put(0);
        assert_noop!(submitted(1), Error::<Test>::OutputTooLarge);
        // Only what is proven can be checked.
        doubles::OutputElements::<Test>::put(1);
        let mut call = order(1, 60_000, Assignment::Direct(provider(1)), delivered());
        if let Call::submit_order { input, mode, .. } = &mut call {
            *mode = Mode::Optimistic;
            input.commitments = crate::InputCommitments::Root {
                batches: 1,
                root: H256::zero(),
            };
        }
        register_rooted(1, 500);
        let unproven = dispatch(requester(), call);
        assert_noop!(unproven, Error::<Test>::DeliveryNeedsProofs);
        // Neither is it asked for by who cannot pay for the bytes.
        doubles::OutputElements::<Test>::put(MAX_OUTPUT_ELEMENTS);
        BytePrice::set(1_000);
        assert_noop!(submitted(1), Error::<Test>::InsufficientBalance);
        BytePrice::set(Balance::MAX);
        let overflow = submitted(1);
        assert!(overflow.is_err());
        BytePrice::set(1);
    });
}

/// A slot is taken until the word comes, or the output.
#[test]
fn a_delivery_pays_for_the_slot_that_it_takes() {
    test(|| {
        doubles::OutputElements::<Test>::put(1);
        register(0, 50);
        SlotPrice::set(2);
        let time = DeliveryWindow::get() + DeliveryTime::get();
        let submitted = |price, terms| {
            let to = Assignment::Direct(provider(0));
            dispatch(requester(), order(1, price, to, terms))
        };
        // So long as the mock's orders are.
        let plain = (50..)
            .find(|price| submitted(*price, Terms::default()).is_ok())
            .expect("some price is enough");
        let with_delivery = (50..)
            .find(|price| submitted(*price, delivered()).is_ok())
            .expect("some price is enough");
        assert_eq!(with_delivery, plain + 2 * Balance::from(time));
        SlotPrice::set(0);
    });
}

/// Else whoever says nothing has a rival's slot for the window, for the price of the least job.
#[test]
fn who_waits_for_its_requester_is_paid_for_its_slot_at_least() {
    test(|| {
        let price = |id| match job(id).state {
            JobState::Completed { price, .. } => price,
            other => panic!("{other:?} is not completed"),
        };
        let (told, silent) = (proven(), proven());
        SlotPrice::set(150);
        assert_ok!(acknowledge(requester(), told));
        assert_eq!(price(told), 1_000);
        let before = free(&requester());
        run_to(START + DeliveryWindow::get() + 1);
        // Nine blocks of it, and no other part of what was held.
        assert_eq!(price(silent), 9 * 150);
        assert_eq!(held(&requester()), 0);
        assert_eq!(free(&requester()), before + PREPAID + 1_500 - 9 * 150);
        // And no more than was held for the job.
        SlotPrice::set(0);
        let dear = proven();
        SlotPrice::set(1_000);
        run_to(System::block_number() + DeliveryWindow::get() + 1);
        assert_eq!(price(dear), 1_500);
        SlotPrice::set(0);
    });
}

#[test]
fn bytes_are_prepaid_in_what_the_job_is_paid_in() {
    test(|| {
        doubles::OutputElements::<Test>::put(2);
        // So much that everybody's share can be paid.
        register(0, 5_000);
        accept(0, RATE);
        let mut call = submission(1, stable(), 1_500, 40, Assignment::Direct(provider(0)));
        if let Call::submit_order { placement, .. } = &mut call {
            placement.terms = delivered();
        }
        let before = coins(&requester());
        assert_ok!(dispatch(requester(), call));
        let (id, delivery) = Deliveries::<Test>::iter().next().expect("it is asked for");
        let in_coins = Marketplace::price_in(&stable(), 2 * 32 + 5).expect("it is listed");
        assert_eq!(delivery.prepaid, in_coins);
        assert_eq!(held_coins(&requester()), 1_500 + in_coins);
        assert_eq!(held(&requester()), 0);
        assert_ok!(prove(id, 0, 0));
        assert_ok!(dispute(requester(), id));
        let before_provider = coins(&provider(0));
        assert_ok!(publish(worker(0), id, 0, &doubles::opening(0, 2)[0]));
        assert_eq!(held_coins(&requester()), 0);
        assert!(coins(&provider(0)) >= before_provider + in_coins);
        assert!(coins(&requester()) < before);
    });
}

#[test]
fn an_order_is_charged_for_the_delivery_that_it_asks_for() {
    let charged = |terms| {
        let call = order(2, 1_500, Assignment::Swarm, terms);
        call.get_dispatch_info().call_weight
    };
    test(|| {
        let kept = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
        let plain = charged(Terms::default());
        assert_eq!(charged(delivered()), plain.saturating_add(kept));
    });
}

#[test]
fn a_part_is_charged_by_its_bytes_and_settling_only_once() {
    test(|| {
        let id = disputed();
        let parts = parts();
        let charged = |bytes: &[u8]| {
            let elements = bytes.to_vec().try_into().expect("a part");
            Call::<Test>::publish_output {
                job: id,
                part: 0,
                elements,
            }
            .get_dispatch_info()
            .call_weight
        };
        assert!(charged(&parts[0]).ref_time() > charged(&parts[1]).ref_time());
        for (part, bytes) in (0..).zip(&parts) {
            let spent = publish(worker(0), id, part, bytes)
                .expect("it is the output")
                .actual_weight
                .expect("it is known");
            let last = part == 3;
            assert_eq!(spent == charged(bytes), last);
            assert!(spent.ref_time() <= charged(bytes).ref_time());
        }
    });
}
