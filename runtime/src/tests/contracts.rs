//! What contracts may ask of the chain, what they are charged, and what they cannot get around.

use super::externalities;
use crate::{
    currency::UNIT,
    extension::{refusal, Submission, JOB, RESULT, SUBMIT_JOB, VERIFY},
    AccountId, Balances, Circuits, Contracts, Governance, Marketplace, Models, Runtime,
    RuntimeOrigin, System,
};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok,
    traits::fungible::{Inspect, InspectHold},
    weights::Weight,
};
use pallet_contracts::{Code, CollectEvents, DebugInfo, Determinism};
use pallet_marketplace::{HoldReason, WeightInfo};
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use sp_runtime::DispatchError;
use swarmwork_primitives::{
    Assignment, Circuits as _, Commitment, ContentId, JobId, JobState, JobSummary, Locator,
    ModelId, ResultView,
};

const FORWARDER: &str = include_str!("../../../tests/e2e/forwarder.wat");
const VERIFYING_KEY: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/verifying-key.bin");
const STATEMENT: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/statement.bin");
const PROOF: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/proof.bin");
pub(super) const GAS: Weight = Weight::from_parts(200_000_000_000, 10_000_000);
pub(super) const PRICE: u128 = 100 * UNIT;

/// Flags of the forwarder.
const TRAP: u32 = 1;
const REENTER: u32 = 2;
const READ_ONLY: u32 = 4;
const EXHAUST: u32 = 8;
/// The flags of the call that the contract makes to itself.
const fn inner(flags: u32) -> u32 {
    flags << 8
}

type Summary = JobSummary<AccountId, u128, u32>;

/// 32 bytes of the fixture's statement: genesis, job, (batch,) provider, weights, input.
fn part<const START: usize>() -> [u8; 32] {
    STATEMENT[START..START + 32]
        .try_into()
        .expect("the statement is 164 bytes long")
}

pub(super) fn weights() -> Commitment {
    part::<100>()
}

pub(super) fn input() -> Commitment {
    part::<132>()
}

/// A contract with funds, and a model that it can have run.
pub(super) struct Chain {
    contract: AccountId,
    model: ModelId,
    circuit: H256,
}

fn locator() -> Locator {
    Locator {
        content: ContentId::default(),
        source: Default::default(),
    }
}

/// Has Alice deploy a contract, in WebAssembly's text format, with so much.
pub(super) fn deploy(contract: &str, value: u128) -> AccountId {
    let code = wat::parse_str(contract).expect("the module is well formed");
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

/// Has Charlie call a contract; what it returned.
pub(super) fn call(contract: &AccountId, data: Vec<u8>) -> Result<Vec<u8>, DispatchError> {
    Contracts::bare_call(
        Charlie.to_account_id(),
        contract.clone(),
        0,
        GAS,
        None,
        data,
        DebugInfo::Skip,
        CollectEvents::Skip,
        Determinism::Enforced,
    )
    .result
    .map(|returned| returned.data)
}

/// Runs a test on a development chain with a contract and a model.
pub(super) fn test(run: impl FnOnce(Chain)) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        frame_system::BlockHash::<Runtime>::insert(0, H256(part::<0>()));
        let signed = || RuntimeOrigin::signed(Bob.to_account_id());
        assert_ok!(Circuits::register_circuit(
            signed(),
            VERIFYING_KEY.to_vec().try_into().expect("the key is short"),
            locator(),
            locator(),
        ));
        let circuit = pallet_circuits::Circuits::<Runtime>::iter_keys()
            .next()
            .expect("one is registered");
        assert_ok!(Models::register_model(
            signed(),
            circuit,
            weights(),
            locator()
        ));
        let model = pallet_models::Models::<Runtime>::iter_keys()
            .next()
            .expect("one is registered");
        let contract = deploy(FORWARDER, 1_000 * UNIT);
        run(Chain {
            contract,
            model,
            circuit,
        });
    });
}

impl Chain {
    /// Calls the contract with a limit of gas: what was used of it, and the code and the output
    /// that the extension returned to the contract.
    fn limited(
        &self,
        gas: Weight,
        flags: u32,
        function: u32,
        arguments: impl Encode,
    ) -> (Weight, Result<(u32, Vec<u8>), DispatchError>) {
        let called = Contracts::bare_call(
            Charlie.to_account_id(),
            self.contract.clone(),
            0,
            gas,
            None,
            (flags, function, arguments).encode(),
            DebugInfo::Skip,
            CollectEvents::Skip,
            Determinism::Enforced,
        );
        let outcome = called.result.map(|returned| {
            let code = returned.data[..4].try_into().expect("four bytes");
            (u32::from_le_bytes(code), returned.data[4..].to_vec())
        });
        (called.gas_consumed, outcome)
    }

    fn ask(
        &self,
        flags: u32,
        function: u32,
        arguments: impl Encode,
    ) -> Result<(u32, Vec<u8>), DispatchError> {
        self.limited(GAS, flags, function, arguments).1
    }

    pub(super) fn submission(&self, max_price: u128) -> Submission {
        (
            self.model,
            locator(),
            vec![input()].try_into().expect("one is few"),
            max_price,
            System::block_number() + 100,
            Assignment::Swarm,
        )
    }

    fn escrow(&self) -> u128 {
        Balances::balance_on_hold(&HoldReason::Escrow.into(), &self.contract)
    }

    fn proof(&self, batch: u32) -> impl Encode {
        let provider = AccountId::from(part::<68>());
        (
            self.circuit,
            H256(part::<32>()),
            batch,
            provider,
            weights(),
            input(),
            PROOF.to_vec(),
        )
    }
}

fn jobs() -> usize {
    pallet_marketplace::Jobs::<Runtime>::iter().count()
}

#[test]
fn a_contract_submits_a_job_out_of_its_own_funds_and_reads_it() {
    test(|chain| {
        let caller = Balances::total_balance(&Charlie.to_account_id());
        let (code, output) = chain.ask(0, SUBMIT_JOB, chain.submission(PRICE)).unwrap();
        assert_eq!(code, 0);
        let id = JobId::from_slice(&output);
        let stored = Marketplace::summary(id).expect("the job is there under this id");
        assert_eq!(stored.requester, chain.contract);
        assert_eq!(chain.escrow(), PRICE);
        assert_eq!(Balances::total_balance(&Charlie.to_account_id()), caller);

        let (code, output) = chain.ask(0, JOB, id).unwrap();
        assert_eq!(code, 0);
        let read = Option::<Summary>::decode(&mut &output[..])
            .unwrap()
            .unwrap();
        assert_eq!(read, stored);
        assert_eq!(read.state, JobState::Open);
        // The next one is another job.
        let (_, other) = chain.ask(0, SUBMIT_JOB, chain.submission(PRICE)).unwrap();
        assert_ne!(JobId::from_slice(&other), id);
        assert_eq!(chain.escrow(), 2 * PRICE);
    });
}

#[test]
fn what_is_not_there_is_none() {
    test(|chain| {
        let (code, output) = chain.ask(0, JOB, H256::zero()).unwrap();
        assert_eq!((code, output), (0, vec![0]));
        let (code, output) = chain.ask(0, RESULT, (H256::zero(), 3u32)).unwrap();
        assert_eq!((code, output), (0, vec![0]));
    });
}

#[test]
fn a_result_is_read_as_it_was_proven() {
    test(|chain| {
        let result = ResultView {
            commitment: input(),
            output: ContentId::default(),
            at: 7u32,
        };
        let id = H256::repeat_byte(5);
        pallet_marketplace::Results::<Runtime>::insert(id, 2, result);
        let (code, output) = chain.ask(0, RESULT, (id, 2u32)).unwrap();
        assert_eq!(code, 0);
        let read = Option::<ResultView<u32>>::decode(&mut &output[..]).unwrap();
        assert_eq!(read, Some(result));
    });
}

#[test]
fn a_refusal_is_a_number_and_leaves_no_trace() {
    test(|chain| {
        let (code, output) = chain.ask(0, SUBMIT_JOB, chain.submission(1)).unwrap();
        assert_eq!(
            code,
            refusal(pallet_marketplace::Error::<Runtime>::PriceTooLow.into())
        );
        assert!(output.is_empty());
        // More than the contract has.
        let (code, _) = chain
            .ask(0, SUBMIT_JOB, chain.submission(1_000_000 * UNIT))
            .unwrap();
        assert_eq!(
            code,
            refusal(pallet_marketplace::Error::<Runtime>::InsufficientBalance.into())
        );
        assert_eq!((jobs(), chain.escrow()), (0, 0));
        // Each refusal has its own number, and none of them is that of success.
        assert_ne!(code, refusal(DispatchError::BadOrigin));
        assert_ne!(refusal(DispatchError::BadOrigin), 0);
    });
}

#[test]
fn a_job_of_a_contract_that_fails_is_undone() {
    test(|chain| {
        let failed = chain.ask(TRAP, SUBMIT_JOB, chain.submission(PRICE));
        assert_eq!(
            failed,
            Err(pallet_contracts::Error::<Runtime>::ContractTrapped.into())
        );
        assert_eq!((jobs(), chain.escrow()), (0, 0));
    });
}

/// A contract that calls itself submits one job for each call that succeeds, under ids of their own.
#[test]
fn re_entering_neither_doubles_nor_loses_a_job() {
    test(|chain| {
        let (code, output) = chain
            .ask(REENTER | inner(TRAP), SUBMIT_JOB, chain.submission(PRICE))
            .unwrap();
        assert_eq!((code, jobs(), chain.escrow()), (0, 1, PRICE));
        let first = JobId::from_slice(&output);
        assert!(Marketplace::summary(first).is_some());

        let (code, output) = chain
            .ask(REENTER, SUBMIT_JOB, chain.submission(PRICE))
            .unwrap();
        assert_eq!((code, jobs(), chain.escrow()), (0, 3, 3 * PRICE));
        let last = JobId::from_slice(&output);
        assert!(Marketplace::summary(last).is_some());

        // Where the outer call fails, what the inner ones did goes with it.
        assert!(chain
            .ask(REENTER | TRAP, SUBMIT_JOB, chain.submission(PRICE))
            .is_err());
        assert_eq!((jobs(), chain.escrow()), (3, 3 * PRICE));
    });
}

/// A contract that was called read-only submits nothing, though it may read and verify.
#[test]
fn a_read_only_call_submits_nothing() {
    test(|chain| {
        const TRAPPED: u32 = 1;
        let (code, _) = chain
            .ask(READ_ONLY, SUBMIT_JOB, chain.submission(PRICE))
            .unwrap();
        assert_eq!((code, jobs()), (TRAPPED, 0));
        let (code, _) = chain.ask(READ_ONLY, JOB, H256::zero()).unwrap();
        assert_eq!(code, 0);
    });
}

#[test]
fn a_proof_is_checked_as_the_market_checks_it() {
    test(|chain| {
        assert_eq!(chain.ask(0, VERIFY, chain.proof(batch())), Ok((0, vec![])));
        let (code, _) = chain.ask(0, VERIFY, chain.proof(batch() + 1)).unwrap();
        assert_eq!(
            code,
            refusal(pallet_circuits::Error::<Runtime>::EquationFailed.into())
        );
        let unknown = Chain {
            circuit: H256::zero(),
            ..chain
        };
        let (code, _) = unknown.ask(0, VERIFY, unknown.proof(batch())).unwrap();
        assert_eq!(
            code,
            refusal(pallet_circuits::Error::<Runtime>::UnknownCircuit.into())
        );
    });
}

fn batch() -> u32 {
    u32::from_le_bytes(STATEMENT[64..68].try_into().expect("four bytes"))
}

/// Checking a proof costs a contract what it costs the market, before it is checked.
#[test]
fn gas_is_charged_before_the_work_is_done() {
    test(|chain| {
        let verify = Circuits::verify_weight();
        let submit = <Runtime as pallet_marketplace::Config>::WeightInfo::submit_job(1);
        let out_of_gas = Err(pallet_contracts::Error::<Runtime>::OutOfGas.into());

        let (used, outcome) = chain.limited(GAS, 0, VERIFY, chain.proof(batch()));
        assert_eq!(outcome, Ok((0, vec![])));
        assert!(used.all_gte(verify), "{used} for {verify}");
        // A refused proof costs as much, and so do arguments that are none.
        let (used, _) = chain.limited(GAS, 0, VERIFY, chain.proof(batch() + 1));
        assert!(used.all_gte(verify), "{used} for {verify}");
        let (used, outcome) = chain.limited(GAS, 0, VERIFY, 7u8);
        assert_eq!(
            outcome,
            Err(pallet_contracts::Error::<Runtime>::DecodingFailed.into())
        );
        assert!(used.all_gte(verify), "{used} for {verify}");
        let (used, _) = chain.limited(GAS, 0, SUBMIT_JOB, chain.submission(PRICE));
        assert!(used.all_gte(submit), "{used} for {submit}");

        // With less than that the work is not begun.
        let before = jobs();
        for (limit, function, arguments) in [
            (verify, VERIFY, chain.proof(batch()).encode()),
            (submit, SUBMIT_JOB, chain.submission(PRICE).encode()),
        ] {
            let limit = Weight::from_parts(limit.ref_time(), GAS.proof_size());
            // The arguments are encoded already.
            let arguments = Raw(arguments);
            assert_eq!(chain.limited(limit, 0, function, arguments).1, out_of_gas);
        }
        assert_eq!(jobs(), before);
        let (used, outcome) = chain.limited(GAS, EXHAUST, JOB, H256::zero());
        assert_eq!(outcome, out_of_gas);
        assert!(used.all_lte(GAS));
    });
}

/// Bytes that stand for themselves.
struct Raw(Vec<u8>);
impl Encode for Raw {
    fn encode_to<O: codec::Output + ?Sized>(&self, output: &mut O) {
        output.write(&self.0);
    }
}

#[test]
fn what_the_chain_does_not_know_ends_the_contract() {
    test(|chain| {
        for function in [0, 5, (1 << 16) | SUBMIT_JOB, u32::MAX] {
            assert_eq!(
                chain.ask(0, function, ()),
                Err(pallet_contracts::Error::<Runtime>::NoChainExtension.into()),
                "{function}"
            );
        }
    });
}

/// What is paused for transactions is paused for contracts.
#[test]
fn a_paused_call_is_paused_for_contracts() {
    test(|chain| {
        let call = pallet_governance::name("Marketplace", "submit_job").expect("short");
        let technical = RuntimeOrigin::signed(Alice.to_account_id());
        assert_ok!(Governance::pause_call(technical.clone(), call.clone()));
        let (code, _) = chain.ask(0, SUBMIT_JOB, chain.submission(PRICE)).unwrap();
        assert_eq!(
            code,
            refusal(frame_system::Error::<Runtime>::CallFiltered.into())
        );
        assert_eq!(jobs(), 0);
        assert_ok!(Governance::resume_call(technical, call));
        let (code, _) = chain.ask(0, SUBMIT_JOB, chain.submission(PRICE)).unwrap();
        assert_eq!(code, 0);
    });
}
