//! Submitting, naming a provider, cancelling.

use crate::{mock::*, pallet::*, types::Commitments, Error, Event};
use frame_support::{
    assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo, traits::LockableCurrency,
};
use sp_core::H256;
use sp_runtime::DispatchError;
use swarmwork_primitives::{Assignment, JobState, Locator};

/// A call in order, to be spoiled in one place by each test.
struct Submission {
    model: H256,
    input: Locator,
    commitments: Commitments,
    max_price: Balance,
    deadline: u64,
    assignment: Assignment<AccountId>,
}

impl Default for Submission {
    fn default() -> Self {
        Self {
            model: model(),
            input: input(),
            commitments: commitments(2),
            max_price: 1_000,
            deadline: START + 100,
            assignment: Assignment::Swarm,
        }
    }
}

impl Submission {
    fn send(self) -> DispatchResultWithPostInfo {
        dispatch(
            requester(),
            Call::submit_job {
                model: self.model,
                input: self.input,
                commitments: self.commitments,
                max_price: self.max_price,
                deadline: self.deadline,
                assignment: self.assignment,
            },
        )
    }

    fn refused(self, error: Error<Test>) {
        assert_noop!(self.send(), error);
    }
}

fn to(number: u8) -> Assignment<AccountId> {
    Assignment::Direct(provider(number))
}

#[test]
fn a_job_is_stored_and_its_price_is_held() {
    test(|| {
        let id = submit(2, 1_000, 100, Assignment::Swarm);
        let stored = job(id);
        assert_eq!(stored.state, JobState::Open);
        assert_eq!((stored.batches, stored.proven), (2, 0));
        assert_eq!((stored.submitted, stored.deadline), (START, START + 100));
        assert_eq!(stored.owner, owner());
        assert!(stored.swarm);
        assert_eq!(Inputs::<Test>::get(id).map(|i| i.locator), Some(input()));
        assert_eq!(held(&requester()), 1_000);
        assert_eq!(free(&requester()), FUNDS - 1_000);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 1_000);
        assert_eq!(
            events(),
            vec![Event::JobSubmitted {
                job: id,
                requester: requester(),
                model: model(),
                batches: 2,
                escrow: 1_000,
                currency: NATIVE
            }]
        );
    });
}

#[test]
fn the_same_job_twice_is_two_jobs() {
    test(|| {
        let first = submit(1, 1_000, 100, Assignment::Swarm);
        let second = submit(1, 1_000, 100, Assignment::Swarm);
        assert_ne!(first, second);
        assert_eq!(held(&requester()), 2_000);
        assert_eq!(Nonces::<Test>::get(requester()), 2);
    });
}

#[test]
fn an_unsigned_submission_is_refused() {
    test(|| {
        let call = Marketplace::submit_job(
            RuntimeOrigin::none(),
            model(),
            input(),
            commitments(1),
            1_000,
            START + 100,
            Assignment::Swarm,
        );
        assert_noop!(call, DispatchError::BadOrigin);
    });
}

#[test]
fn an_unknown_model_is_refused() {
    test(|| {
        Submission {
            model: H256::zero(),
            ..Default::default()
        }
        .refused(Error::ModelUnknown);
    });
}

#[test]
fn an_unknown_circuit_is_refused() {
    test(|| {
        doubles::CircuitsById::<Test>::remove(H256::repeat_byte(1));
        Submission::default().refused(Error::CircuitUnknown);
    });
}

#[test]
fn no_batches_are_refused() {
    test(|| {
        Submission {
            commitments: commitments(0),
            ..Default::default()
        }
        .refused(Error::NoBatches);
    });
}

#[test]
fn more_batches_than_the_bound_cannot_be_decoded() {
    use codec::{Decode, Encode};
    let at_bound = vec![[0u8; 32]; 64].encode();
    assert!(Commitments::decode(&mut &at_bound[..]).is_ok());
    let beyond = vec![[0u8; 32]; 65].encode();
    assert!(Commitments::decode(&mut &beyond[..]).is_err());
}

#[test]
fn a_malformed_commitment_is_refused_wherever_it_is() {
    for place in 0..2 {
        test(|| {
            let mut commitments = commitments(2);
            commitments[place][31] = 0xff;
            Submission {
                commitments,
                ..Default::default()
            }
            .refused(Error::MalformedCommitment);
        });
    }
}

#[test]
fn a_source_that_is_not_text_is_refused() {
    test(|| {
        let mut input = input();
        input.source = vec![0xff].try_into().expect("short");
        Submission {
            input,
            ..Default::default()
        }
        .refused(Error::SourceNotUtf8);
    });
}

#[test]
fn a_price_below_the_minimum_is_refused() {
    test(|| {
        Submission {
            max_price: 49,
            ..Default::default()
        }
        .refused(Error::PriceTooLow);
        assert_ok!(Submission {
            max_price: 50,
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn a_price_above_the_balance_is_refused() {
    test(|| {
        Submission {
            max_price: FUNDS - EXISTENTIAL + 1,
            ..Default::default()
        }
        .refused(Error::InsufficientBalance);
        assert_ok!(Submission {
            max_price: FUNDS - EXISTENTIAL,
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn frozen_funds_do_not_pay_for_jobs() {
    test(|| {
        Balances::set_lock(
            *b"vesting ",
            &requester(),
            FUNDS - 500,
            frame_support::traits::WithdrawReasons::all(),
        );
        Submission {
            max_price: 501,
            ..Default::default()
        }
        .refused(Error::InsufficientBalance);
        assert_ok!(Submission {
            max_price: 500,
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn a_deadline_that_is_past_is_refused() {
    test(|| {
        run_to(5);
        for deadline in [0, 4, 5] {
            Submission {
                deadline,
                ..Default::default()
            }
            .refused(Error::DeadlinePassed);
        }
    });
}

#[test]
fn a_deadline_must_leave_the_least_duration() {
    test(|| {
        Submission {
            deadline: START + 9,
            ..Default::default()
        }
        .refused(Error::DeadlineTooSoon);
        assert_ok!(Submission {
            deadline: START + 10,
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn a_deadline_must_keep_to_the_longest_duration() {
    test(|| {
        Submission {
            deadline: START + 1_001,
            ..Default::default()
        }
        .refused(Error::DeadlineTooFar);
        assert_ok!(Submission {
            deadline: START + 1_000,
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn work_under_an_unattested_key_must_name_a_provider_that_takes_it() {
    test(|| {
        register(0, 100);
        Submission {
            model: unattested_model(),
            ..Default::default()
        }
        .refused(Error::UnattestedNeedsDirect);
        Submission {
            model: unattested_model(),
            assignment: to(0),
            ..Default::default()
        }
        .refused(Error::ProviderRefusesUnattested);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.unattested = true);
        assert_ok!(Submission {
            model: unattested_model(),
            assignment: to(0),
            ..Default::default()
        }
        .send());
    });
}

#[test]
fn a_named_provider_in_maintenance_is_refused_as_such() {
    test(|| {
        register(0, 100);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.maintenance = true);
        Submission {
            assignment: to(0),
            ..Default::default()
        }
        .refused(Error::ProviderInMaintenance);
    });
}

#[test]
fn a_named_provider_is_assigned_at_once() {
    test(|| {
        register(0, 300);
        let id = submit(2, 1_000, 100, to(0));
        let state = JobState::Assigned {
            provider: provider(0),
            price: 600,
            collateral: 1_200,
            at: START,
        };
        assert_eq!(job(id).state, state);
        assert!(!job(id).swarm);
        assert_eq!(Running::<Test>::get(provider(0)).into_inner(), vec![id]);
        assert_eq!(
            events().last(),
            Some(&Event::JobAssigned {
                job: id,
                provider: provider(0),
                price: 600,
                collateral: 1_200
            })
        );
    });
}

#[test]
fn a_named_provider_that_does_not_fit_is_refused_with_the_reason() {
    test(|| {
        let refused = |error: Error<Test>| {
            Submission {
                assignment: to(0),
                ..Default::default()
            }
            .refused(error)
        };
        refused(Error::ProviderNotRegistered);
        register(0, 300);
        let change = |change: fn(&mut doubles::Provider)| {
            doubles::Pallet::<Test>::change(&provider(0), change)
        };
        change(|p| p.available = false);
        refused(Error::ProviderUnavailable);
        change(|p| p.available = true);
        change(|p| p.ask = 501);
        refused(Error::ProviderTooExpensive);
        change(|p| p.ask = 500);
        change(|p| p.bond = 1_999);
        refused(Error::ProviderBondTooSmall);
        change(|p| p.bond = 1_000_000);
        for _ in 0..3 {
            submit(1, 1_000, 100, to(0));
        }
        refused(Error::ProviderBusy);
    });
}

#[test]
fn a_provider_never_has_more_jobs_than_the_list_holds() {
    test(|| {
        register(0, 300);
        for _ in 0..3 {
            submit(1, 1_000, 100, to(0));
        }
        // Another pallet's idea of capacity must not overflow this one's list.
        doubles::Pallet::<Test>::change(&provider(0), |p| p.running = 0);
        Submission {
            assignment: to(0),
            ..Default::default()
        }
        .refused(Error::ProviderBusy);
        doubles::Pallet::<Test>::change(&provider(0), |p| p.running = 3);
    });
}
