//! Calls in batches and behind proxies, to be paid or refunded twice.

use super::{result, send};
use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use sp_core::H256;
use swarmwork_primitives::{Assignment, JobState};

/// A batch of each kind, and how often the first of two equal calls in it stands.
pub(super) const BATCHES: [(fn(Vec<RuntimeCall>) -> RuntimeCall, Balance); 3] = [
    (
        |calls| RuntimeCall::Utility(pallet_utility::Call::batch { calls }),
        1,
    ),
    (
        |calls| RuntimeCall::Utility(pallet_utility::Call::batch_all { calls }),
        0,
    ),
    (
        |calls| RuntimeCall::Utility(pallet_utility::Call::force_batch { calls }),
        1,
    ),
];

pub(super) fn settlements() -> usize {
    doubles::Settlements::<Test>::get().len()
}

/// Lets an account act for another.
fn appoint(real: &AccountId, delegate: AccountId) {
    let call = pallet_proxy::Call::add_proxy {
        delegate,
        proxy_type: (),
        delay: 0,
    };
    assert_ok!(send(real.clone(), RuntimeCall::Proxy(call)));
}

/// A call for another. Whether the inner one succeeded is in an event only.
fn proxied(real: &AccountId, call: RuntimeCall) -> RuntimeCall {
    RuntimeCall::Proxy(pallet_proxy::Call::proxy {
        real: real.clone(),
        force_proxy_type: None,
        call: Box::new(call),
    })
}

/// A call by account 3 for another.
fn act_for(real: &AccountId, call: RuntimeCall) {
    assert_ok!(send(account(3), proxied(real, call)));
}

/// The job is paid, once, and nothing more can be had for it.
fn assert_paid_once(id: H256, before: Balance) {
    assert!(matches!(job(id).state, JobState::Completed { .. }));
    assert_eq!(free(&provider(0)) - before, 800);
    assert_eq!(doubles::Burned::<Test>::get(), 50);
    assert_eq!((settlements(), TotalHeld::<Test>::get(NATIVE)), (1, 0));
    assert!(send(worker(0), result(id, 0, 0)).is_err());
}

#[test]
fn a_result_twice_in_a_batch_pays_once() {
    for (batch, stands) in BATCHES {
        for nested in [false, true] {
            test(|| {
                register(0, 1_000);
                let id = assigned(0, 1, 1_000);
                let before = free(&provider(0));
                let twice = vec![result(id, 0, 0); 2];
                let call = match nested {
                    true => batch(twice.into_iter().map(|call| batch(vec![call])).collect()),
                    false => batch(twice),
                };
                let _ = send(worker(0), call);
                assert_eq!(free(&provider(0)) - before, stands * 800);
                if stands == 0 {
                    assert_ok!(send(worker(0), result(id, 0, 0)));
                }
                assert_paid_once(id, before);
            });
        }
    }
}

#[test]
fn results_alone_and_together_in_a_batch_pay_once() {
    for (batch, stands) in BATCHES {
        test(|| {
            register(0, 1_000);
            let id = assigned(0, 1, 1_000);
            let before = free(&provider(0));
            let together = Call::submit_results {
                results: vec![good_report(id, 0, 0)].try_into().expect("one"),
            };
            let _ = send(worker(0), batch(vec![together.into(), result(id, 0, 0)]));
            assert_eq!(free(&provider(0)) - before, stands * 800);
            if stands == 0 {
                assert_ok!(send(worker(0), result(id, 0, 0)));
            }
            assert_paid_once(id, before);
        });
    }
}

#[test]
fn a_result_behind_a_proxy_pays_the_provider_and_once() {
    test(|| {
        register(0, 1_000);
        doubles::Pallet::<Test>::mint(&worker(0), 1_000);
        appoint(&worker(0), account(3));
        let id = assigned(0, 1, 1_000);
        let before = free(&provider(0));
        // Acting for oneself is acting for nobody else.
        assert!(send(account(3), result(id, 0, 0)).is_err());
        act_for(&worker(0), result(id, 0, 0));
        act_for(&worker(0), result(id, 0, 0));
        let (batch, _) = BATCHES[2];
        act_for(&worker(0), batch(vec![result(id, 0, 0); 2]));
        assert_eq!(free(&account(3)), FUNDS);
        assert_paid_once(id, before);
    });
}

#[test]
fn a_job_cancelled_twice_in_a_batch_is_refunded_once() {
    for (batch, stands) in BATCHES {
        test(|| {
            let id = submit(1, 1_000, 100, Assignment::Swarm);
            // What is held for another job is what a second refund would take.
            submit(1, 700, 100, Assignment::Swarm);
            let cancel = RuntimeCall::Marketplace(Call::cancel_job { job: id });
            let _ = send(requester(), batch(vec![cancel; 2]));
            assert_eq!(held(&requester()), 1_700 - stands * 1_000);
            // Less what withdrawing costs where a draw was to come.
            assert_eq!(free(&requester()), FUNDS - 1_700 + stands * 990);
        });
    }
}

#[test]
fn a_job_cancelled_and_proven_in_one_batch_is_one_or_the_other() {
    for (batch, stands) in BATCHES {
        for cancels_first in [true, false] {
            test(|| {
                register(0, 1_000);
                // The worker and the requester are one, through a proxy.
                appoint(&requester(), worker(0));
                let id = assigned(0, 1, 1_000);
                submit(1, 700, 100, Assignment::Swarm);
                let before = [requester(), provider(0)].map(|who| free(&who));
                let cancel = RuntimeCall::Marketplace(Call::cancel_job { job: id });
                let mut both = vec![proxied(&requester(), cancel), result(id, 0, 0)];
                if !cancels_first {
                    both.reverse();
                }
                let _ = send(worker(0), batch(both.clone()));
                // What a proxy's call fails with undoes no batch, what the result's does may.
                let undone = cancels_first && stands == 0;
                if undone {
                    assert!(matches!(job(id).state, JobState::Assigned { .. }));
                    assert_eq!(held(&requester()), 1_700);
                    assert_ok!(send(worker(0), result(id, 0, 0)));
                }
                let assert_ended_once = || {
                    let paid = match job(id).state {
                        JobState::Cancelled { paid, .. } if cancels_first && !undone => paid,
                        JobState::Completed { price, .. } if undone || !cancels_first => price,
                        other => panic!("the job is {other:?}"),
                    };
                    assert_eq!(free(&requester()) - before[0], 1_000 - paid);
                    let share = ProviderShare::get().mul_floor(paid);
                    assert_eq!(free(&provider(0)) - before[1], share);
                    assert_eq!(held(&requester()), 700);
                    let completed = usize::from(undone || !cancels_first);
                    assert_eq!(settlements(), completed);
                };
                assert_ended_once();
                let (force_batch, _) = BATCHES[2];
                for again in [both[0].clone(), both[1].clone(), force_batch(both)] {
                    let _ = send(worker(0), again);
                    assert_ended_once();
                }
            });
        }
    }
}

#[test]
fn a_claim_twice_in_a_batch_is_paid_once() {
    for (batch, stands) in BATCHES {
        test(|| {
            register(0, 1_000);
            let heir = account(200);
            doubles::ModelsById::<Test>::mutate(model(), |model| {
                model.as_mut().expect("it is registered").owner = heir.clone();
            });
            for _ in 0..2 {
                let id = assigned(0, 1, 1_000);
                assert_ok!(prove(id, 0, 0));
            }
            submit(1, 700, 100, Assignment::Swarm);
            assert_eq!(held(&requester()), 100 + 700);
            let claim = RuntimeCall::Marketplace(Call::claim {});
            let for_it = RuntimeCall::Marketplace(Call::claim_for {
                beneficiary: heir.clone(),
            });
            let _ = send(heir.clone(), batch(vec![claim, for_it]));
            assert_eq!(free(&heir), stands * 100);
            assert_eq!(held(&requester()), 800 - stands * 100);
        });
    }
}
