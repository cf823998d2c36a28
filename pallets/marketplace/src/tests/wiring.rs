//! Calls have their own weights, and constants that do not fit together are refused.

use crate::{
    mock::{assets::STABLE, *},
    pallet::*,
    types::Agenda,
    weights::LEGS,
    WeightInfo,
};
use frame_support::{dispatch::GetDispatchInfo, traits::Hooks, weights::Weight};
use sp_core::H256;
use sp_runtime::{FixedU128, Permill};
use swarmwork_primitives::{
    Assignment, Circuits, Mode, MAX_CHALLENGES, MAX_REDUNDANCY, MAX_RESULTS,
};

fn weight_of(call: Call<Test>) -> Weight {
    RuntimeCall::Marketplace(call)
        .get_dispatch_info()
        .call_weight
}

fn submission(batches: u32) -> Call<Test> {
    Call::submit_job {
        model: model(),
        input: input(),
        commitments: commitments(batches),
        max_price: 1_000,
        deadline: 100,
        assignment: Assignment::Swarm,
    }
}

#[test]
fn every_call_is_charged_by_its_own_weight() {
    new_test_ext().execute_with(|| {
        assert_eq!(weight_of(submission(1)), <()>::submit_job(1));
        assert_eq!(weight_of(submission(64)), <()>::submit_job(64));
        assert!(<()>::submit_job(64).ref_time() > <()>::submit_job(1).ref_time());
        let job = H256::zero();
        assert_eq!(
            weight_of(Call::cancel_job { job }),
            <()>::cancel_job().saturating_add(Marketplace::legs_weight())
        );
        for batches in [1, 64] {
            let call = assets::submission(batches, NATIVE, 1_000, 100, Assignment::Swarm);
            assert_eq!(weight_of(call), <()>::submit_order(batches));
        }
        let (asset, rate) = (STABLE, FixedU128::from_u32(1));
        let own = [
            (Call::list_asset { asset, rate }, <()>::list_asset()),
            (Call::close_asset { asset }, <()>::close_asset()),
            (
                Call::accept_asset { asset, up_to: None },
                <()>::accept_asset(),
            ),
            (Call::tip { job, amount: 1 }, <()>::tip()),
            (Call::report_input { job }, <()>::report_input()),
            (Call::withdraw_report { job }, <()>::withdraw_report()),
            (
                Call::close_report { job },
                <()>::cancel_job().saturating_add(Marketplace::legs_weight()),
            ),
            (
                Call::acknowledge { job },
                <()>::acknowledge()
                    .saturating_add(Marketplace::legs_weight())
                    .saturating_add(<()>::asset_legs(1))
                    .saturating_add(doubles::SETTLED_WEIGHT),
            ),
            (Call::dispute_delivery { job }, <()>::dispute_delivery()),
        ];
        for (call, weight) in own {
            assert_eq!(weight_of(call), weight);
        }
        for len in [0usize, 1_000] {
            let bytes = vec![0; len].try_into().expect("short");
            assert_eq!(
                weight_of(Call::publish_input { job, bytes }),
                <()>::publish_input(len as u32)
            );
        }
        let beneficiary = account(1);
        assert_eq!(
            weight_of(Call::claim_asset { asset, beneficiary }),
            <()>::claim_asset(4)
        );
        assert_eq!(
            weight_of(Call::submit_rooted_job {
                model: model(),
                input: rooted::rooted(1),
                mode: Mode::Optimistic,
                max_price: 1_000,
                deadline: 100,
                assignment: Assignment::Swarm,
            }),
            <()>::submit_rooted_job()
        );
        assert_eq!(
            weight_of(Call::accept_rooted_work { accept: true }),
            <()>::accept_rooted_work()
        );
        let results = rooted::result_root(&rooted::results(1));
        assert_eq!(
            weight_of(Call::commit_results { job, results }),
            <()>::commit_results()
        );
        assert_eq!(
            weight_of(Call::challenge { job, batch: 0 }),
            <()>::challenge()
        );
        assert_eq!(
            weight_of(Call::seal_results { job, sealed: job }),
            <()>::seal_results()
        );
        for answers in [panels::answers(), Default::default()] {
            let weight = <()>::reveal_results(answers.len() as u32);
            let (list, salt) = (panels::LIST, [0; 32]);
            assert_eq!(
                weight_of(Call::reveal_results {
                    job,
                    answers,
                    list,
                    salt
                }),
                weight
            );
        }
        let dispute = panels::dispute_of(job, 0, 0);
        assert_eq!(
            weight_of(Call::dispute_results { dispute }),
            <()>::dispute_results().saturating_add(Doubles::verify_weight())
        );
        let share = Permill::zero();
        assert_eq!(
            weight_of(Call::set_audit_share { share }),
            <()>::set_audit_share()
        );
        assert_eq!(weight_of(Call::claim {}), <()>::claim(4));
        let beneficiary = account(1);
        assert_eq!(weight_of(Call::claim_for { beneficiary }), <()>::claim(4));
        let parameters = Default::default();
        assert_eq!(
            weight_of(Call::set_scoring { parameters }),
            <()>::set_scoring()
        );
        assert_eq!(weight_of(Call::start_job { job }), <()>::start_job());
        assert_eq!(
            weight_of(Call::decline_job { job }),
            <()>::decline_job().saturating_add(doubles::SLASHED_WEIGHT)
        );
        assert_eq!(weight_of(Call::bid { job, price: 1 }), <()>::bid());
        let agendas = [
            Agenda::Fast,
            Agenda::Draw,
            Agenda::Start,
            Agenda::Close,
            Agenda::Wake,
        ];
        let steps = agendas
            .map(Marketplace::worst_step)
            .into_iter()
            .fold(Weight::zero(), Weight::saturating_add);
        for (limit, served) in [(0, 0), (1, 1), (10, 10), (u32::MAX, 10)] {
            assert_eq!(
                weight_of(Call::poke { limit }),
                <()>::poke().saturating_add(steps.saturating_mul(served))
            );
        }
    });
}

#[test]
fn a_step_costs_at_least_what_leaving_a_bucket_does() {
    for agenda in [
        Agenda::Draw,
        Agenda::High,
        Agenda::Urgent,
        Agenda::Fast,
        Agenda::Start,
        Agenda::Close,
        Agenda::Wake,
    ] {
        assert!(<()>::advance().all_lte(Marketplace::worst_step(agenda)));
    }
}

/// Who is told of a settlement or of a slash is paid for, too, and legs in an asset.
#[test]
fn steps_that_settle_or_slash_weigh_what_follows() {
    let covers = |agenda, step: Weight, told| {
        assert!(step
            .saturating_add(told)
            .all_lte(Marketplace::worst_step(agenda)));
    };
    let one = <()>::asset_legs(1);
    // One of the legs is sold.
    let all = <()>::asset_legs(LEGS).saturating_add(doubles::SOLD_WEIGHT);
    assert!(all.all_lte(Marketplace::legs_weight()));
    let close_paid = <()>::close_paid().saturating_add(all);
    let close_failed = <()>::close_failed().saturating_add(one);
    let fail = <()>::fail().saturating_add(one);
    covers(Agenda::Close, close_paid, doubles::SETTLED_WEIGHT);
    covers(Agenda::Close, close_failed, doubles::SLASHED_WEIGHT);
    covers(Agenda::Wake, fail, doubles::SLASHED_WEIGHT);
    let told = doubles::SETTLED_WEIGHT
        .saturating_mul(MAX_REDUNDANCY.into())
        .saturating_add(doubles::SLASHED_WEIGHT);
    let settle_member = <()>::settle_member().saturating_add(all);
    covers(Agenda::Close, settle_member, told);
    covers(Agenda::Draw, <()>::draw_panel(), Weight::zero());
    covers(Agenda::Draw, <()>::draw_audit(), Weight::zero());
    covers(Agenda::Start, <()>::miss_start(), doubles::SLASHED_WEIGHT);
    covers(Agenda::Draw, <()>::close_auction(), Weight::zero());
    covers(Agenda::Wake, <()>::expire_auction(), Weight::zero());
    covers(
        Agenda::Close,
        Marketplace::acknowledge_weight(),
        Weight::zero(),
    );
    covers(Agenda::Wake, <()>::forget_output(), Weight::zero());
}

/// Whether the integrity test refuses the constants as a test has set them.
fn refused(set: impl FnOnce()) -> bool {
    set();
    std::panic::catch_unwind(|| {
        new_test_ext().execute_with(<Marketplace as Hooks<u64>>::integrity_test)
    })
    .is_err()
}

#[test]
fn shares_that_do_not_add_up_are_refused() {
    for percent in [79, 81] {
        assert!(refused(|| ProviderShare::set(Permill::from_percent(
            percent
        ))));
    }
    assert!(!refused(|| ProviderShare::set(Permill::from_percent(80))));
}

#[test]
fn burning_more_than_the_treasurys_share_is_refused() {
    // Then it keeps nothing that audits could be paid from.
    MaxAuditShare::set(Permill::zero());
    assert!(refused(|| BurnedShare::set(Permill::from_percent(16))));
    assert!(!refused(|| BurnedShare::set(Permill::from_percent(15))));
}

#[test]
fn a_shortest_job_that_leaves_no_time_is_refused() {
    assert!(refused(|| MinJobDuration::set(7)));
    assert!(!refused(|| MinJobDuration::set(8)));
    assert!(refused(|| MinJobDuration::set(1_001)));
}

#[test]
fn more_results_in_a_call_than_weights_are_measured_for_are_refused() {
    assert!(refused(|| MaxResults::set(0)));
    assert!(refused(|| MaxResults::set(MAX_RESULTS + 1)));
    assert!(!refused(|| MaxResults::set(MAX_RESULTS)));
}

#[test]
fn a_better_standing_that_is_entrusted_with_less_is_refused() {
    assert!(refused(|| Entrusted::set([100, 99, 100, 100])));
    assert!(refused(|| Entrusted::set([100, 100, 100, 99])));
    assert!(!refused(|| Entrusted::set([100; 4])));
}

#[test]
fn withdrawing_for_nothing_and_publishing_in_no_time_are_refused() {
    assert!(refused(|| CancelShare::set(Permill::zero())));
    assert!(refused(|| {
        CancelShare::set(Permill::from_percent(1));
        PublishTime::set(0);
    }));
    assert!(!refused(|| PublishTime::set(1)));
}

#[test]
fn draws_without_distance_are_refused() {
    assert!(refused(|| RedrawInterval::set(0)));
}

#[test]
fn a_quota_that_cannot_keep_up_is_refused() {
    assert!(refused(|| WakesPerBlock::set(1)));
    assert!(refused(|| {
        WakesPerBlock::set(4);
        DrawsPerBlock::set(1);
    }));
    assert!(refused(|| {
        DrawsPerBlock::set(4);
        ClosesPerBlock::set(1);
    }));
    assert!(refused(|| {
        ClosesPerBlock::set(4);
        FastDrawsPerBlock::set(1);
    }));
    assert!(refused(|| {
        FastDrawsPerBlock::set(2);
        StartsPerBlock::set(1);
    }));
    assert!(!refused(|| StartsPerBlock::set(4)));
}

#[test]
fn terms_that_nobody_could_keep_or_that_cost_nothing_are_refused() {
    assert!(refused(|| AuctionBlocks::set((0, 100))));
    assert!(refused(|| AuctionBlocks::set((5, 4))));
    // Ten blocks for the work, of a thousand.
    assert!(refused(|| AuctionBlocks::set((4, 991))));
    assert!(!refused(|| AuctionBlocks::set((4, 990))));
    assert!(refused(|| MinStart::set(0)));
    assert!(refused(|| {
        MinStart::set(1);
        PriorityFee::set(0);
    }));
    assert!(refused(|| {
        PriorityFee::set(1);
        PriorityAge::set(0);
    }));
    assert!(refused(|| {
        PriorityAge::set(1);
        MaxFastDrawn::set(0);
    }));
    assert!(!refused(|| MaxFastDrawn::set(1)));
}

#[test]
fn times_that_nobody_could_keep_are_refused() {
    assert!(refused(|| AnswerTime::set(0)));
    // Seven blocks until the draw, 64 samples, ten for the work: of a thousand.
    assert!(refused(|| AnswerTime::set(16)));
    assert!(!refused(|| AnswerTime::set(15)));
    assert!(refused(|| ChallengePeriod::set(0)));
    let most = 1_000 - 10 - 15 * u64::from(MAX_CHALLENGES);
    assert!(refused(|| ChallengePeriod::set(most + 1)));
    assert!(!refused(|| ChallengePeriod::set(most)));
}

#[test]
fn a_panel_without_time_is_refused() {
    for set in [
        RevealDelay::set as fn(u64),
        RevealPeriod::set,
        DisputePeriod::set,
        AuditTime::set,
    ] {
        assert!(refused(|| set(0)));
        assert!(!refused(|| set(5)));
    }
    // Of a thousand blocks, with five each for the delay, the reveals and the disputes, seven for
    // the draw, twelve for looks and ten for the work.
    assert!(refused(|| AuditTime::set(1_000 - 3 * 5 - 7 - 12 - 10 + 1)));
    assert!(!refused(|| AuditTime::set(1_000 - 3 * 5 - 7 - 12 - 10)));
}

#[test]
fn audits_that_cost_more_than_the_treasury_keeps_are_refused() {
    assert!(refused(|| MaxAuditShare::set(Permill::from_parts(100_001))));
    assert!(!refused(|| MaxAuditShare::set(Permill::from_percent(10))));
    assert!(refused(|| DeliveryWindow::set(0)));
    assert!(!refused(|| DeliveryWindow::set(8)));
    assert!(refused(|| DeliveryTime::set(0)));
    assert!(!refused(|| DeliveryTime::set(5)));
    assert!(refused(|| BytePrice::set(0)));
    assert!(!refused(|| BytePrice::set(1)));
}

#[test]
fn a_quota_of_more_than_a_tenth_of_a_block_is_refused() {
    let limits: frame_system::limits::BlockWeights =
        <Test as frame_system::Config>::BlockWeights::get();
    let block = limits.max_block;
    let step = Marketplace::worst_step(Agenda::Wake);
    let tenth = (block.ref_time() / 10 / step.ref_time()) as u32;
    assert!(refused(|| WakesPerBlock::set(tenth + 1)));
    assert!(!refused(|| WakesPerBlock::set(tenth / 4)));
}
