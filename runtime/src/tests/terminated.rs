//! A contract that is gone while a job of its runs: where the refund goes, and who gets at it.

use super::contracts::{call, deploy, test, PRICE};
use crate::{currency::UNIT, AccountId, Balances, Contracts, Marketplace, Runtime, RuntimeOrigin};
use frame_support::{
    assert_ok,
    traits::fungible::{Inspect, InspectHold},
};
use pallet_marketplace::{HoldReason, Jobs};
use sp_keyring::Sr25519Keyring::Charlie;

/// Whoever calls it ends it, and gets what it has.
const ENDING: &str = r#"(module
  (import "env" "memory" (memory 1 1))
  (import "seal0" "caller" (func $caller (param i32 i32)))
  (import "seal1" "terminate" (func $terminate (param i32)))
  (data (i32.const 32) "\20\00\00\00")
  (func (export "deploy"))
  (func (export "call")
    (call $caller (i32.const 0) (i32.const 32))
    (call $terminate (i32.const 0))))"#;

fn end(contract: &AccountId) {
    assert_ok!(call(contract, vec![]));
    let gone = Contracts::get_storage(contract.clone(), vec![]);
    assert!(gone.is_err(), "{gone:?}");
}

/// Ending does not free what is held for a job; what comes back lies in its account, which is that of
/// the same code that the same account deploys again.
#[test]
fn a_refund_waits_for_its_contract_to_be_deployed_again() {
    test(|chain| {
        let contract = deploy(ENDING, 1_000 * UNIT);
        let of_contract = || RuntimeOrigin::signed(contract.clone());
        let (model, input, commitments, max_price, deadline, assignment) = chain.submission(PRICE);
        assert_ok!(Marketplace::submit_job(
            of_contract(),
            model,
            input,
            commitments,
            max_price,
            deadline,
            assignment
        ));
        let job = Jobs::<Runtime>::iter_keys().next().expect("it is there");
        let held = || Balances::balance_on_hold(&HoldReason::Escrow.into(), &contract);
        end(&contract);
        assert_eq!(held(), PRICE);

        // As the market does in the end, with what has no provider.
        assert_ok!(Marketplace::cancel_job(of_contract(), job));
        assert_eq!(held(), 0);
        let refund = Balances::balance(&contract);
        assert!(refund >= PRICE * 98 / 100, "{refund}");

        assert_eq!(deploy(ENDING, 0), contract);
        let before = Balances::balance(&Charlie.to_account_id());
        end(&contract);
        assert!(Balances::balance(&Charlie.to_account_id()) >= before + PRICE * 97 / 100);
    });
}
