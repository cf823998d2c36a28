//! Shares, refunds, legs that cannot be paid, and claims.

use crate::{mock::*, pallet::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_runtime::Permill;
use swarmwork_primitives::{Assignment, JobState, Shares};

/// Makes the model's owner an account that does not exist.
fn orphan_model() -> AccountId {
    let heir = account(200);
    doubles::ModelsById::<Test>::mutate(model(), |model| {
        model.as_mut().expect("it is registered").owner = heir.clone();
    });
    heir
}

fn complete(max_price: Balance) -> sp_core::H256 {
    let id = assigned(0, 1, max_price);
    assert_ok!(prove(id, 0, 0));
    id
}

#[test]
fn a_price_is_divided_eighty_ten_five_five() {
    test(|| {
        register(0, 1_000);
        let before = [provider(0), treasury(), owner()].map(|who| free(&who));
        events();
        let id = complete(1_234);
        let after = [provider(0), treasury(), owner()].map(|who| free(&who));
        let gained: Vec<_> = after.iter().zip(before).map(|(a, b)| a - b).collect();
        assert_eq!(gained, vec![800, 100, 50]);
        assert_eq!(doubles::Burned::<Test>::get(), 50);
        assert_eq!(free(&requester()), FUNDS - 1_000);
        assert_eq!(held(&requester()), 0);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        assert_eq!(
            events().last(),
            Some(&Event::JobCompleted {
                job: id,
                provider: provider(0),
                paid_provider: 800,
                paid_treasury: 100,
                burned: 50,
                paid_owner: 50,
                refunded: 234,
            })
        );
    });
}

#[test]
fn remainders_of_rounding_go_to_the_treasury() {
    // 80 % of 99 is 79.2, 5 % is 4.95: rounded down, the treasury gets 99 - 79 - 4 - 4.
    assert_eq!(
        Marketplace::split().divide(99u128),
        Shares {
            provider: 79,
            treasury: 12,
            burned: 4,
            owner: 4
        }
    );
}

proptest! {
    #[test]
    fn shares_add_up_to_the_last_unit(price: u128) {
        let Shares { provider, treasury, burned, owner } = Marketplace::split().divide(price);
        prop_assert_eq!(
            provider.checked_add(treasury).and_then(|s| s.checked_add(burned))
                .and_then(|s| s.checked_add(owner)),
            Some(price)
        );
        // Rounding moves less than one unit from each of the other three to the treasury.
        prop_assert!(treasury >= price / 10);
        prop_assert!(treasury - price / 10 <= 3);
        prop_assert!(provider <= price / 5 * 4 + 4 && owner == burned);
    }
}

#[test]
fn a_job_is_divided_as_the_shares_were_when_it_was_submitted() {
    test(|| {
        register(0, 1_000);
        let id = assigned(0, 1, 1_000);
        BurnedShare::set(Permill::from_percent(15));
        assert_ok!(prove(id, 0, 0));
        assert_eq!(doubles::Burned::<Test>::get(), 50);
        complete(1_000);
        assert_eq!(doubles::Burned::<Test>::get(), 50 + 150);
    });
}

#[test]
fn swarm_work_hears_once_of_every_settled_job_and_of_what_it_burned() {
    test(|| {
        register(0, 500);
        let start = System::block_number();
        let id = assigned(0, 2, 1_000);
        next_block();
        assert_ok!(prove(id, 0, 0));
        assert!(doubles::Settlements::<Test>::get().is_empty());
        assert_ok!(prove(id, 1, 0));
        assert!(prove(id, 1, 0).is_err());
        assert_eq!(
            doubles::Settlements::<Test>::get(),
            vec![(id, vec![provider(0)], 50, true, 2_000_000_000, 1)]
        );
        // Neither cancelled nor expired jobs are work.
        submit(1, 1_000, 20, Assignment::Swarm);
        run_to(start + 100);
        assert_eq!(doubles::Settlements::<Test>::get().len(), 1);
    });
}

#[test]
fn swarm_work_is_told_of_unattested_keys() {
    test(|| {
        register(0, 1_000);
        doubles::Pallet::<Test>::change(&provider(0), |provider| provider.unattested = true);
        let id = assigned(0, 1, 1_000);
        doubles::CircuitsById::<Test>::mutate(job(id).circuit, |circuit| {
            circuit.as_mut().expect("it is registered").attested = false;
        });
        assert_ok!(prove(id, 0, 0));
        let settlements = doubles::Settlements::<Test>::get();
        assert!(!settlements[0].3);
        // Whoever made the key alone can forge under it: nothing there is work.
        assert!(doubles::ProvenWork::<Test>::get().is_empty());
    });
}

#[test]
fn a_share_that_cannot_be_paid_waits_under_the_same_hold() {
    test(|| {
        register(0, 1_000);
        let heir = orphan_model();
        events();
        let id = complete(1_000);
        assert!(matches!(job(id).state, JobState::Completed { .. }));
        assert_eq!(free(&heir), 0);
        assert_eq!(held(&requester()), 50);
        assert_eq!(Claims::<Test>::get((heir.clone(), NATIVE, requester())), 50);
        assert!(events().contains(&Event::ClaimRecorded {
            job: id,
            beneficiary: heir,
            amount: 50,
            currency: NATIVE,
        }));
    });
}

#[test]
fn waiting_shares_add_up_and_are_claimed_at_once() {
    test(|| {
        register(0, 1_000);
        let heir = orphan_model();
        complete(1_000);
        let claim = || dispatch(account(200), Call::claim {});
        // Less than the existential deposit: nothing can be paid yet, and nothing is lost.
        assert_noop!(claim(), Error::<Test>::CannotReceive);
        complete(1_000);
        assert_eq!(
            Claims::<Test>::get((heir.clone(), NATIVE, requester())),
            100
        );
        events();
        assert_ok!(claim());
        assert_eq!(free(&heir), 100);
        assert_eq!(held(&requester()), 0);
        assert_eq!(TotalHeld::<Test>::get(NATIVE), 0);
        assert_eq!(
            events(),
            vec![Event::Claimed {
                beneficiary: heir,
                amount: 100,
                currency: NATIVE,
                payers: vec![requester()],
            }]
        );
        assert_noop!(claim(), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn a_claim_collects_from_several_payers_within_its_bound() {
    test(|| {
        register(0, 1_000);
        let heir = orphan_model();
        for payer in 150..156 {
            doubles::Pallet::<Test>::mint(&account(payer), 2_000);
            let id = submit_by(
                account(payer),
                1,
                1_000,
                100,
                Assignment::Direct(provider(0)),
            );
            assert_ok!(prove(id, 0, 0));
        }
        assert_eq!(
            Claims::<Test>::iter_prefix((heir.clone(), NATIVE)).count(),
            6
        );
        let claim = || dispatch(account(200), Call::claim {});
        assert_ok!(claim());
        assert_eq!(free(&heir), 200);
        assert_ok!(claim());
        assert_eq!(free(&heir), 300);
        assert_noop!(claim(), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn anyone_can_have_an_account_paid_that_cannot_sign() {
    test(|| {
        register(0, 1_000);
        let heir = orphan_model();
        complete(1_000);
        doubles::Pallet::<Test>::mint(&heir, EXISTENTIAL);
        assert_ok!(Marketplace::claim_for(
            RuntimeOrigin::signed(account(3)),
            heir.clone()
        ));
        assert_eq!(free(&heir), EXISTENTIAL + 50);
        assert_eq!(free(&account(3)), FUNDS);
    });
}

#[test]
fn nobody_claims_what_others_are_owed() {
    test(|| {
        register(0, 1_000);
        orphan_model();
        complete(1_000);
        for who in [requester(), provider(0), account(3)] {
            assert_noop!(dispatch(who, Call::claim {}), Error::<Test>::NothingToClaim);
        }
    });
}

#[test]
fn what_is_owed_cannot_be_spent_on_another_job() {
    test(|| {
        register(0, 1_000);
        let heir = orphan_model();
        complete(1_000);
        // The requester's next job holds on top of what is owed, and its refund leaves that alone.
        let next = submit(1, 1_000, 100, Assignment::Swarm);
        assert_eq!(held(&requester()), 1_050);
        assert_ok!(Marketplace::cancel_job(
            RuntimeOrigin::signed(requester()),
            next
        ));
        assert_eq!(held(&requester()), 50);
        assert_eq!(Claims::<Test>::get((heir.clone(), NATIVE, requester())), 50);
    });
}

#[test]
fn a_refund_that_cannot_be_paid_waits_too() {
    test(|| {
        register(0, 1_000);
        // Another reason to exist lets an account put its last unit on hold.
        frame_system::Pallet::<Test>::inc_providers(&requester());
        let id = submit(1, FUNDS, 100, Assignment::Swarm);
        assert_eq!(free(&requester()), 0);
        assert_ok!(Marketplace::cancel_job(
            RuntimeOrigin::signed(requester()),
            id
        ));
        assert_eq!(free(&requester()), FUNDS - FUNDS / 100);
        doubles::Pallet::<Test>::mint(&requester(), FUNDS / 100);

        // All but fifty units of everything: the refund alone could not keep an account alive.
        doubles::Pallet::<Test>::change(&provider(0), |p| {
            p.ask = FUNDS - 50;
            p.bond = 3 * FUNDS;
        });
        let id = submit(1, FUNDS, 100, Assignment::Direct(provider(0)));
        assert_ok!(prove(id, 0, 0));
        assert_eq!(free(&requester()), 0);
        assert_eq!(Claims::<Test>::get((requester(), NATIVE, requester())), 50);
        doubles::Pallet::<Test>::mint(&requester(), EXISTENTIAL);
        assert_ok!(dispatch(requester(), Call::claim {}));
        assert_eq!(free(&requester()), EXISTENTIAL + 50);
        assert_eq!(held(&requester()), 0);
    });
}

#[test]
fn a_freeze_laid_on_later_does_not_keep_a_provider_from_its_pay() {
    use frame_support::traits::{LockableCurrency, WithdrawReasons};
    test(|| {
        register(0, 1_000);
        let id = assigned(0, 1, 1_000);
        Balances::set_lock(*b"vesting ", &requester(), FUNDS, WithdrawReasons::all());
        let before = free(&provider(0));
        assert_ok!(prove(id, 0, 0));
        assert_eq!(free(&provider(0)), before + 800);
    });
}

#[test]
fn one_account_may_have_every_role() {
    test(|| {
        let all = requester();
        doubles::Pallet::<Test>::register(
            all.clone(),
            doubles::Provider {
                worker: worker(0),
                ask: 1_000,
                bond: 10_000,
                ..Default::default()
            },
        );
        doubles::ModelsById::<Test>::mutate(model(), |model| {
            model.as_mut().expect("it is registered").owner = all.clone();
        });
        let id = submit(1, 1_500, 100, Assignment::Direct(all.clone()));
        assert_ok!(Marketplace::submit_result(
            RuntimeOrigin::signed(worker(0)),
            id,
            0,
            proof(id, 0, &all).try_into().expect("short"),
            Default::default()
        ));
        assert_eq!(free(&all), FUNDS - 150);
        assert_eq!(held(&all), 0);
    });
}

#[test]
fn a_maximum_price_that_is_exact_leaves_nothing_to_refund() {
    test(|| {
        register(0, 1_000);
        events();
        complete(1_000);
        let refunds = events()
            .into_iter()
            .find_map(|event| match event {
                Event::JobCompleted { refunded, .. } => Some(refunded),
                _ => None,
            })
            .expect("it completed");
        assert_eq!(refunds, 0);
    });
}
