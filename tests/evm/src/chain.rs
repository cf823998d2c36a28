//! A chain with one contract on it.

use std::collections::HashMap;

use revm::context::result::{ExecutionResult, Output};
use revm::context::TxEnv;
use revm::database::{CacheDB, EmptyDB};
use revm::handler::{MainnetContext, MainnetEvm};
use revm::primitives::{hardfork::SpecId, Address, Bytes};
use revm::{Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext};

use crate::compile;

const DEPLOYER: Address = Address::repeat_byte(0x11);
const CALLER: Address = Address::repeat_byte(0x22);
/// More than any check takes.
const GAS_LIMIT: u64 = 2_000_000;

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It returned.
    Accepted { gas: u64, output: Vec<u8> },
    /// It reverted with this error; empty if it gave none, as where the ABI's decoder refuses.
    Refused { error: String, data: Vec<u8> },
    /// It ran out of gas or failed in another way that takes all gas.
    Failed,
}

impl Verdict {
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    /// The name of the error, or why there is none.
    pub fn error(&self) -> &str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Refused { error, .. } => error,
            Self::Failed => "failed",
        }
    }
}

/// An EVM as of the Osaka fork, with one exported contract deployed.
pub struct Chain {
    evm: MainnetEvm<MainnetContext<CacheDB<EmptyDB>>>,
    contract: Address,
    errors: HashMap<[u8; 4], String>,
}

impl Chain {
    /// Compiles and deploys a contract.
    pub fn new(source: &str) -> Self {
        let contract = compile(source);
        let mut evm = Context::mainnet()
            .modify_cfg_chained(|cfg| cfg.set_spec_and_mainnet_gas_params(SpecId::OSAKA))
            .with_db(CacheDB::new(EmptyDB::new()))
            .build_mainnet();
        let create = TxEnv::builder()
            .caller(DEPLOYER)
            .create()
            .data(contract.creation.into())
            .build()
            .unwrap();
        let address = match evm.transact_commit(create).unwrap() {
            ExecutionResult::Success {
                output: Output::Create(_, Some(address)),
                ..
            } => address,
            other => panic!("not deployed: {other:?}"),
        };
        Self {
            evm,
            contract: address,
            errors: contract.errors,
        }
    }

    /// A transaction that calls the contract; it leaves no trace.
    pub fn call(&mut self, data: &[u8]) -> Verdict {
        self.call_with_gas(data, GAS_LIMIT)
    }

    pub fn call_with_gas(&mut self, data: &[u8], gas_limit: u64) -> Verdict {
        let call = TxEnv::builder()
            .caller(CALLER)
            .call(self.contract)
            .gas_limit(gas_limit)
            .data(Bytes::copy_from_slice(data))
            .build()
            .unwrap();
        match self.evm.transact(call).unwrap().result {
            ExecutionResult::Success { gas, output, .. } => Verdict::Accepted {
                gas: gas.tx_gas_used(),
                output: output.into_data().to_vec(),
            },
            ExecutionResult::Revert { output, .. } => Verdict::Refused {
                error: self.error(&output),
                data: output.to_vec(),
            },
            ExecutionResult::Halt { .. } => Verdict::Failed,
        }
    }

    fn error(&self, output: &[u8]) -> String {
        match output.first_chunk::<4>() {
            None => String::new(),
            Some(selector) => self.errors[selector].clone(),
        }
    }
}
