//! A contract that is gone while a job of its runs: where the refund goes, and who gets at it.

use super::contracts::{test, GAS, PRICE};
use crate::{currency::UNIT, AccountId, Balances, Contracts, Marketplace, Runtime, RuntimeOrigin};
use frame_support::{
    assert_ok,
    traits::fungible::{Inspect, InspectHold},
};
use pallet_contracts::{Code, CollectEvents, DebugInfo, Determinism};
use pallet_marketplace::{HoldReason, Jobs};
use sp_keyring::Sr25519Keyring::{Alice, Charlie};

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

fn deploy(value: u128) -> AccountId {
    let code = wat::parse_str(ENDING).expect("the module is well formed");
    Contracts::bare_instantiate(
        Alice.to_account_id(),
        value,
        GAS,
        None,
        Code::Upload(code),
        vec![],
        vec![],
        DebugInfo::Skip,
        CollectEvents::Skip,
    )
    .result
    .expect("the contract is deployed")
    .account_id
}

fn end(contract: &AccountId) {
    let ended = Contracts::bare_call(
        Charlie.to_account_id(),
        contract.clone(),
        0,
        GAS,
        None,
        vec![],
        DebugInfo::Skip,
        CollectEvents::Skip,
        Determinism::Enforced,
    );
    assert!(ended.result.is_ok(), "{:?}", ended.result);
    let gone = Contracts::get_storage(contract.clone(), vec![]);
    assert!(gone.is_err(), "{gone:?}");
}

/// Ending does not free what is held for a job; what comes back lies in its account, which is that of
/// the same code that the same account deploys again.
#[test]
fn a_refund_waits_for_its_contract_to_be_deployed_again() {
    test(|chain| {
        let contract = deploy(1_000 * UNIT);
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

        assert_eq!(deploy(0), contract);
        let before = Balances::balance(&Charlie.to_account_id());
        end(&contract);
        assert!(Balances::balance(&Charlie.to_account_id()) >= before + PRICE * 97 / 100);
    });
}
