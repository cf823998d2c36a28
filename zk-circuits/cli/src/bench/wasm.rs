//! The verifier in WebAssembly, run as the node runs its runtime but without our host functions.

use std::error::Error;

use anyhow::{Context, Result};
use codec::{Decode, DecodeAll};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_io::allocator;
use sp_state_machine::BasicExternalities;
use swarm_groth16::{BatchError, KeyError, VerifyError};
use swarm_zk_wasm::WASM_BINARY;

/// An executor as the node's is unless its options say otherwise. Memory is all that the code can
/// ask of it: code that asks for more does not start.
pub struct Wasm {
    executor: WasmExecutor<allocator::HostFunctions>,
    code: &'static [u8],
}

impl Wasm {
    /// The first call will compile the code.
    pub fn new() -> Result<Self> {
        Ok(Self {
            executor: WasmExecutor::builder().build(),
            code: WASM_BINARY
                .context("built with SKIP_WASM_BUILD: there is no WebAssembly to measure")?,
        })
    }

    /// Reads, checks and prepares a verifying key, which every check does too.
    pub fn prepare(&self, vk: &[u8]) -> Result<()> {
        self.call::<KeyError>("prepare", vk)
    }

    /// Checks a proof of a statement.
    pub fn verify(&self, vk: &[u8], statement: &[u8], proof: &[u8]) -> Result<()> {
        self.call::<VerifyError>("verify", &[vk, statement, proof].concat())
    }

    /// Checks proofs of as many statements together.
    pub fn verify_batch(&self, vk: &[u8], statements: &[u8], proofs: &[u8]) -> Result<()> {
        self.call::<BatchError>("verify_batch", &[vk, statements, proofs].concat())
    }

    fn call<E>(&self, function: &str, input: &[u8]) -> Result<()>
    where
        E: Decode + Error + Send + Sync + 'static,
    {
        let fetcher = WrappedRuntimeCode(self.code.into());
        let code = RuntimeCode {
            code_fetcher: &fetcher,
            heap_pages: None,
            // By which the executor finds compiled code again; this one has no other.
            hash: Vec::new(),
        };
        let context = CallContext::Onchain { import: true };
        let mut ext = BasicExternalities::default();
        let (answer, _) = self
            .executor
            .call(&mut ext, &code, function, input, context);
        let answer = answer.with_context(|| format!("cannot run {function} in WebAssembly"))?;
        let verdict = Result::<(), E>::decode_all(&mut &answer[..])
            .with_context(|| format!("the result of {function} in WebAssembly"))?;
        Ok(verdict?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::together::Together;
    use super::*;
    use swarm_prover::{PROOF_BYTES, STATEMENT_BYTES};

    /// Why it was refused.
    fn refusal<E: Error + Copy + Send + Sync + 'static>(checked: Result<()>) -> E {
        let error = checked.unwrap_err();
        *error
            .downcast_ref::<E>()
            .unwrap_or_else(|| panic!("{error:#}"))
    }

    #[test]
    fn a_real_proof_is_accepted_and_a_changed_one_is_not() {
        let wasm = Wasm::new().unwrap();
        let Together {
            vk,
            statements,
            proofs,
        } = Together::new().unwrap();
        let (statement, proof) = (&statements[..STATEMENT_BYTES], &proofs[..PROOF_BYTES]);
        wasm.prepare(&vk).unwrap();
        wasm.verify(&vk, statement, proof).unwrap();

        // Of the same job, another batch.
        let next = &proofs[PROOF_BYTES..2 * PROOF_BYTES];
        let error: VerifyError = refusal(wasm.verify(&vk, statement, next));
        assert_eq!(error, VerifyError::EquationFailed);
        let mut provider = statement.to_vec();
        provider[68] ^= 1;
        let error: VerifyError = refusal(wasm.verify(&vk, &provider, proof));
        assert_eq!(error, VerifyError::EquationFailed);
        let mut no_point = proof.to_vec();
        no_point[..32].fill(0xff);
        let error: VerifyError = refusal(wasm.verify(&vk, statement, &no_point));
        assert_eq!(error, VerifyError::MalformedA);
        let mut no_key = vk.clone();
        no_key[0] ^= 1;
        let error: VerifyError = refusal(wasm.verify(&no_key, statement, proof));
        assert_eq!(error, VerifyError::MalformedKey);
        let error: KeyError = refusal(wasm.prepare(&vk[..vk.len() - 1]));
        assert_eq!(error, KeyError::Length);
    }

    #[test]
    fn real_proofs_are_accepted_together_and_a_changed_one_is_named() {
        let wasm = Wasm::new().unwrap();
        let Together {
            vk,
            mut statements,
            proofs,
        } = Together::new().unwrap();
        wasm.verify_batch(&vk, &statements, &proofs).unwrap();
        statements[20 * STATEMENT_BYTES] ^= 1;
        let error: BatchError = refusal(wasm.verify_batch(&vk, &statements, &proofs));
        assert_eq!(
            error,
            BatchError::Proof {
                index: 20,
                error: VerifyError::EquationFailed
            }
        );
    }
}
