//! Public jobs, which proposals have the treasury buy.

use super::contracts;
use crate::{
    configs::{
        governance::{Classes, SPEND_LIMIT},
        treasury::TreasuryAccount,
    },
    currency::UNIT,
    Balances, Runtime, RuntimeCall, RuntimeOrigin,
};
use frame_support::{assert_ok, traits::fungible::InspectHold};
use pallet_governance::{Class, ClassOf, Error, Paid, RawOrigin};
use pallet_marketplace::{HoldReason, Jobs};
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::{traits::Dispatchable, DispatchResult};
use swarmwork_primitives::Assignment;

const PRICE: u128 = 5 * UNIT / 4;

/// The purchase of the chain's model run once.
fn purchase(chain: &contracts::Chain, price: u128, direct: bool) -> RuntimeCall {
    let (model, input, commitments, max_price, deadline, _) = chain.submission(price);
    let assignment = match direct {
        true => Assignment::Direct(Bob.to_account_id()),
        false => Assignment::Swarm,
    };
    public(
        pallet_marketplace::Call::submit_job {
            model,
            input,
            commitments,
            max_price,
            deadline,
            assignment,
        }
        .into(),
    )
}

fn public(call: RuntimeCall) -> RuntimeCall {
    pallet_governance::Call::<Runtime>::buy_public {
        call: Box::new(call),
    }
    .into()
}

fn make(class: Class, call: RuntimeCall) -> DispatchResult {
    call.dispatch(RawOrigin::Proposal { index: 0, class }.into())
        .map(|_| ())
        .map_err(|failed| failed.error)
}

/// Gives the treasury ten times what a month may spend on one job.
fn fund() {
    assert_ok!(Balances::transfer_allow_death(
        RuntimeOrigin::signed(Alice.to_account_id()),
        TreasuryAccount::get().into(),
        100 * UNIT,
    ));
}

#[test]
fn only_drawn_jobs_are_bought_with_the_treasurys_class() {
    contracts::test(|chain| {
        let class = |call: &RuntimeCall| Classes::class_of(call);
        assert_eq!(
            class(&purchase(&chain, SPEND_LIMIT, false)),
            Class::Treasury
        );
        assert_eq!(
            class(&purchase(&chain, SPEND_LIMIT + 1, false)),
            Class::Upgrade
        );
        let named = purchase(&chain, PRICE, true);
        let gift = public(
            pallet_balances::Call::transfer_all {
                dest: Bob.to_account_id().into(),
                keep_alive: false,
            }
            .into(),
        );
        fund();
        for call in [named, gift] {
            assert_eq!(class(&call), Class::Upgrade);
            assert_eq!(
                make(Class::Upgrade, call),
                Err(Error::<Runtime>::NotForSale.into())
            );
        }
    });
}

/// What one proposal of the treasury's class spends is bounded, however it spends it.
#[test]
fn spends_and_purchases_of_one_proposal_count_together() {
    contracts::test(|chain| {
        let spend = |amount| -> RuntimeCall {
            pallet_treasury::Call::<Runtime>::spend {
                asset_kind: Box::new(()),
                amount,
                beneficiary: Box::new(Bob.to_account_id()),
                valid_from: None,
            }
            .into()
        };
        let batch =
            |calls| -> RuntimeCall { pallet_utility::Call::<Runtime>::batch_all { calls }.into() };
        let half = SPEND_LIMIT / 2;
        let buy = |price| purchase(&chain, price, false);
        let class = |calls| Classes::class_of(&batch(calls));
        assert_eq!(class(vec![spend(half), buy(half)]), Class::Treasury);
        assert_eq!(class(vec![buy(half), buy(half)]), Class::Treasury);
        for calls in [
            vec![spend(half), buy(half + 1)],
            vec![buy(half), buy(half + 1)],
            vec![batch(vec![spend(half)]), batch(vec![buy(half + 1)])],
        ] {
            assert_eq!(class(calls), Class::Upgrade);
        }
    });
}

#[test]
fn a_public_job_is_held_for_as_the_treasurys_and_counts_against_the_month() {
    contracts::test(|chain| {
        fund();
        let treasury = TreasuryAccount::get();
        let held = || Balances::balance_on_hold(&HoldReason::Escrow.into(), &treasury);
        let before = Balances::free_balance(&treasury);
        assert_ok!(make(Class::Treasury, purchase(&chain, PRICE, false)));
        let (_, job) = Jobs::<Runtime>::iter().next().expect("it was submitted");
        assert_eq!((&job.requester, job.swarm), (&treasury, true));
        assert_eq!(
            (held(), before - Balances::free_balance(&treasury)),
            (PRICE, PRICE)
        );
        assert_eq!(Paid::<Runtime>::get().map(|month| month.paid), Some(PRICE));
    });
}
