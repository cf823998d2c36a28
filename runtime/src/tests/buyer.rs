//! A contract that buys a computation and acts on what was proven of it.

use super::contracts::{call, deploy, input, test, weights, Chain, PRICE};
use crate::{currency::UNIT, AccountId, Balances, Marketplace, Runtime};
use codec::Encode;
use frame_support::traits::fungible::Inspect;
use sp_keyring::Sr25519Keyring::Charlie;
use sp_runtime::DispatchError;
use swarmwork_primitives::{Commitment, ContentId, JobId, ResultView};

const BUYER: &str = include_str!("../../../tests/e2e/buyer.wat");
const BOUNTY: u128 = 10 * UNIT;

fn buy(contract: &AccountId, chain: &Chain) -> Result<JobId, DispatchError> {
    call(contract, (0u32, chain.submission(PRICE)).encode()).map(|id| JobId::from_slice(&id))
}

fn ask(contract: &AccountId, commitment: Commitment) -> Result<u32, DispatchError> {
    call(contract, (1u32, commitment).encode())
        .map(|code| u32::from_le_bytes(code.try_into().expect("four bytes")))
}

/// It pays for what the market proved and for nothing else, and once.
#[test]
fn a_contract_pays_for_what_was_proven_once() {
    test(|chain| {
        let trapped = DispatchError::from(pallet_contracts::Error::<Runtime>::ContractTrapped);
        let contract = deploy(BUYER, 1_000 * UNIT);
        assert_eq!(ask(&contract, input()), Err(trapped));
        let id = buy(&contract, &chain).expect("it has the funds");
        let job = Marketplace::summary(id).expect("the job is there under this id");
        assert_eq!(job.requester, contract);
        assert_eq!(buy(&contract, &chain), Err(trapped));

        let before = Balances::balance(&contract);
        assert_eq!(ask(&contract, input()), Ok(1));
        // Of another job.
        let proven = ResultView {
            commitment: input(),
            output: ContentId::default(),
            at: 7u32,
        };
        pallet_marketplace::Results::<Runtime>::insert(JobId::repeat_byte(5), 0, proven);
        assert_eq!(ask(&contract, input()), Ok(1));
        pallet_marketplace::Results::<Runtime>::insert(id, 0, proven);
        assert_eq!(ask(&contract, weights()), Ok(2));
        assert_eq!(Balances::balance(&contract), before);

        let caller = Balances::balance(&Charlie.to_account_id());
        assert_eq!(ask(&contract, input()), Ok(0));
        assert_eq!(Balances::balance(&contract), before - BOUNTY);
        assert!(Balances::balance(&Charlie.to_account_id()) >= caller + BOUNTY);
        assert_eq!(ask(&contract, input()), Err(trapped));
        assert_eq!(Balances::balance(&contract), before - BOUNTY);
    });
}
