//! Submitting jobs with a root, what they cost, and who takes them.

use crate::{
    mock::{rooted::*, *},
    pallet::*,
    Error, Event, InputCommitments, RootedInput,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_core::H256;
use swarm_merkle::MAX_LEAVES;
use swarmwork_primitives::{
    Assignment, Enquiry, JobState, Mode, Rejection, RejectionCounts, MAX_SAMPLES,
};

/// A call in order, to be spoiled in one place by each test.
struct Submission {
    model: H256,
    input: RootedInput,
    mode: Mode,
    deadline: u64,
    assignment: Assignment<AccountId>,
}

impl Default for Submission {
    fn default() -> Self {
        Self {
            model: model(),
            input: rooted(100),
            mode: Mode::Sampled { samples: 4 },
            deadline: START + 100,
            assignment: Assignment::Swarm,
        }
    }
}

impl Submission {
    fn of_batches(batches: u32) -> Self {
        Self {
            input: RootedInput {
                batches,
                ..rooted(1)
            },
            ..Default::default()
        }
    }

    fn in_mode(mode: Mode) -> Self {
        Self {
            mode,
            deadline: START + 900,
            ..Default::default()
        }
    }

    fn until(deadline: u64) -> Self {
        Self {
            deadline,
            ..Default::default()
        }
    }

    fn send(self) -> DispatchResultWithPostInfo {
        dispatch(
            requester(),
            Call::submit_rooted_job {
                model: self.model,
                input: self.input,
                mode: self.mode,
                max_price: 1_000,
                deadline: self.deadline,
                assignment: self.assignment,
            },
        )
    }

    fn refused(self, error: Error<Test>) {
        assert_noop!(self.send(), error);
    }
}

#[test]
fn a_job_of_a_million_batches_is_stored_with_one_root() {
    test(|| {
        assert_ok!(Submission::of_batches(MAX_LEAVES).send());
        let (id, stored) = Jobs::<Test>::iter().next().expect("it is stored");
        assert_eq!((stored.batches, stored.proven), (MAX_LEAVES, 0));
        assert_eq!(stored.mode, Mode::Sampled { samples: 4 });
        assert_eq!(stored.proofs(), 4);
        assert_eq!(
            Inputs::<Test>::get(id).map(|input| input.commitments),
            Some(InputCommitments::Root {
                batches: MAX_LEAVES,
                root: rooted(1).root
            })
        );
        assert_eq!(held(&requester()), 1_000);
        let view = Marketplace::job_view(id).expect("it is stored");
        assert_eq!((view.batches, view.mode), (MAX_LEAVES, stored.mode));
        assert_eq!(view.input_root, Some(rooted(1).root));
        assert!(view.commitments.is_empty() && view.results.is_empty());
        assert_eq!(view.stage, None);
    });
}

#[test]
fn sizes_out_of_range_are_refused() {
    test(|| {
        Submission::of_batches(0).refused(Error::NoBatches);
        Submission::of_batches(MAX_LEAVES + 1).refused(Error::TooManyBatches);
        for samples in [0, MAX_SAMPLES + 1, u32::MAX] {
            Submission::in_mode(Mode::Sampled { samples }).refused(Error::SamplesOutOfRange);
        }
        assert_ok!(Submission::in_mode(Mode::Sampled {
            samples: MAX_SAMPLES
        })
        .send());
    });
}

#[test]
fn a_job_whose_batches_are_all_proven_lists_its_commitments() {
    test(|| Submission::in_mode(Mode::Proven).refused(Error::ModeNeedsOtherCommitments));
}

/// Whoever holds the trapdoor of a key could prove any answer that is drawn.
#[test]
fn work_under_an_unattested_key_is_not_sampled() {
    test(|| {
        register_rooted(0, 1);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.unattested = true);
        Submission {
            model: unattested_model(),
            assignment: Assignment::Direct(provider(0)),
            ..Default::default()
        }
        .refused(Error::UnattestedNeedsProofs);
    });
}

#[test]
fn a_deadline_leaves_time_for_the_draw_and_the_proofs() {
    test(|| {
        // Ten blocks at least, seven until the draw, three for each of four proofs.
        let least = START + 10 + 7 + 12;
        Submission::until(least - 1).refused(Error::DeadlineTooSoon);
        assert_ok!(Submission::until(least).send());
        // Of a job with fewer batches than samples, no more are proven than there are.
        let mut small = Submission::of_batches(2);
        small.deadline = least - 7;
        small.refused(Error::DeadlineTooSoon);
        let mut small = Submission::of_batches(2);
        small.deadline = least - 6;
        assert_ok!(small.send());
    });
}

#[test]
fn two_jobs_that_differ_only_in_mode_have_two_ids() {
    let id_with = |samples| {
        let mut id = H256::zero();
        test(|| id = submit_sampled(100, samples, 1_000, 100, Assignment::Swarm));
        id
    };
    assert_ne!(id_with(4), id_with(5));
}

#[test]
fn what_is_not_proven_costs_its_part_rounded_up() {
    let price = |batches, samples| {
        let mut paid = None;
        test(|| {
            register_rooted(0, 10);
            let id = sampled(0, batches, samples);
            if let JobState::Assigned { price, .. } = job(id).state {
                paid = Some(price);
            }
        });
        paid
    };
    // 4 + 0.01 * 996 batches at 10 each.
    assert_eq!(price(1_000, 4), Some(140));
    assert_eq!(price(4, 4), Some(40));
    assert_eq!(price(3, 4), Some(30));
    assert_eq!(price(5, 4), Some(41));
}

#[test]
fn a_provider_says_whether_it_commits_to_what_it_does_not_prove() {
    test(|| {
        let say = |number, accept| dispatch(provider(number), Call::accept_rooted_work { accept });
        assert_noop!(say(0, true), Error::<Test>::ProviderNotRegistered);
        register(0, 1);
        let direct = || Submission {
            assignment: Assignment::Direct(provider(0)),
            ..Default::default()
        };
        direct().refused(Error::ProviderRefusesMode);
        events();
        assert_ok!(say(0, true));
        assert_eq!(
            events(),
            vec![Event::RootedWorkAccepted {
                provider: provider(0),
                accepted: true
            }]
        );
        assert_ok!(direct().send());
        assert_ok!(say(0, false));
        assert_eq!(RootedWork::<Test>::iter().count(), 0);
        direct().refused(Error::ProviderRefusesMode);
        // Work that is all proven is another matter.
        assigned(0, 1, 1_000);
    });
}

#[test]
fn a_draw_passes_over_providers_that_do_not_commit() {
    test(|| {
        register(0, 1);
        let nobody = submit_sampled(100, 4, 1_000, 100, Assignment::Swarm);
        events();
        run_to(8);
        match &events()[..] {
            [Event::NoProvider { job, rejected, .. }] => {
                assert_eq!(*job, nobody);
                assert_eq!(
                    *rejected,
                    RejectionCounts {
                        mode: 1,
                        ..Default::default()
                    }
                );
            }
            other => panic!("{other:?}"),
        }
        register_rooted(1, 1);
        let somebody = submit_sampled(100, 4, 1_000, 100, Assignment::Swarm);
        run_to(15);
        assert!(matches!(
            job(somebody).state,
            JobState::Assigned { provider: who, .. } if who == provider(1)
        ));
        // Readers are told, where they ask for such work.
        let judged = |mode| {
            let enquiry = Enquiry {
                model: model(),
                batches: 1,
                mode,
                max_price: 1_000,
                currency: NATIVE,
                requirements: Default::default(),
            };
            Marketplace::eligible_providers(enquiry, 0, 10)
        };
        let refuses = |(_, offer): &(_, Result<_, Rejection>)| *offer == Err(Rejection::Mode);
        assert!(!judged(Mode::Proven).iter().any(refuses));
        assert_eq!(
            judged(Mode::Optimistic)
                .iter()
                .filter(|each| refuses(each))
                .count(),
            1
        );
    });
}

/// A provider that is drawn later than it could commit would only be trapped.
#[test]
fn no_provider_is_drawn_that_would_have_no_time_to_commit() {
    test(|| {
        register_rooted(0, 1);
        // Seven blocks for the draw, of ten; seven and twelve after the work.
        let id = submit_sampled(100, 4, 1_000, 29, Assignment::Swarm);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.available = false);
        events();
        run_to(8);
        assert!(matches!(
            events()[..],
            [Event::NoProvider { redraw: None, .. }]
        ));
        run_to(START + 30);
        assert!(matches!(job(id).state, JobState::Expired { .. }));
    });
}
