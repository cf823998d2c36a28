//! What contracts may ask of this chain beside what pallet-contracts offers: submit a job, read a
//! job and its results, and check a proof.
//!
//! A contract calls `call_chain_extension` with one of the numbers below, arguments in SCALE, and a
//! buffer for what comes back. The number that is returned is 0 where the chain did what was asked,
//! and otherwise says why not: see [`refusal`]. Arguments that do not decode, a buffer that is too
//! small and an unknown number end the contract's execution.
//!
//! Every function is charged before it looks at its arguments, by the weights that the pallets were
//! measured with. None of them calls a contract, so that nothing is re-entered through them, and
//! what a contract submitted is undone with the rest where its execution fails.

use crate::{
    AccountId, Balance, BlockNumber, Circuits, Marketplace, Runtime, RuntimeCall, RuntimeOrigin,
};
use codec::Encode;
use core::mem::size_of;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use pallet_contracts::chain_extension::{
    BufInBufOutState, ChainExtension, Environment, Ext, InitState, Result, RetVal,
};
use pallet_marketplace::{Commitments, ProofBytes, WeightInfo};
use sp_runtime::{traits::Dispatchable, DispatchError, ModuleError};
use swarmwork_primitives::{
    job_id, Assignment, CircuitId, Circuits as _, Commitment, JobId, Locator, ModelId,
    ProofContext, MAX_BATCHES,
};

/// Submits a job for the contract's account, which pays for it out of its own balance: the
/// arguments are those of `marketplace.submit_job`, what comes back is the job's id.
pub const SUBMIT_JOB: u32 = 1;
/// A job by id: `Option<JobSummary>` comes back.
pub const JOB: u32 = 2;
/// What was proven of a job: arguments are its id and a batch, `Option<ResultView>` comes back.
pub const RESULT: u32 = 3;
/// Whether a proof holds: the arguments are [`Proof`], nothing comes back.
pub const VERIFY: u32 = 4;

/// Arguments of [`SUBMIT_JOB`].
pub type Submission = (
    ModelId,
    Locator,
    Commitments,
    Balance,
    BlockNumber,
    Assignment<AccountId>,
);
/// Arguments of [`VERIFY`]: circuit, job, batch, provider, commitments to weights and to the
/// batch's input, proof.
pub type Proof = (
    CircuitId,
    JobId,
    u32,
    AccountId,
    Commitment,
    Commitment,
    ProofBytes,
);

/// A refusal by a pallet: 0x1_0000, plus the pallet's index times 256, plus the error's.
const MODULE: u32 = 0x1_0000;
/// A refusal for any other reason.
const OTHER: u32 = 0x2_0000;
/// Each byte that is read from or written to a contract's memory, decoded or encoded.
const BYTE: Weight = Weight::from_parts(10_000, 0);

/// Why the chain did not do what was asked, as a number.
pub fn refusal(error: DispatchError) -> u32 {
    match error {
        DispatchError::Module(ModuleError { index, error, .. }) => {
            MODULE | (u32::from(index) << 8) | u32::from(error[0])
        }
        _ => OTHER,
    }
}

fn bytes(len: u32) -> Weight {
    BYTE.saturating_mul(len.into())
}

fn reads(count: u64) -> Weight {
    <Runtime as frame_system::Config>::DbWeight::get().reads(count)
}

/// The chain's functions for contracts.
#[derive(Default)]
pub struct Extension;

impl ChainExtension<Runtime> for Extension {
    fn call<E: Ext<T = Runtime>>(&mut self, env: Environment<E, InitState>) -> Result<RetVal> {
        let function = (u32::from(env.ext_id()) << 16) | u32::from(env.func_id());
        let env = env.buf_in_buf_out();
        match function {
            SUBMIT_JOB => submit_job(env),
            JOB => job(env),
            RESULT => result(env),
            VERIFY => verify(env),
            _ => Err(pallet_contracts::Error::<Runtime>::NoChainExtension.into()),
        }
    }
}

type Buffers<'a, 'b, E> = Environment<'a, 'b, E, BufInBufOutState>;

fn submit_job<E: Ext<T = Runtime>>(mut env: Buffers<E>) -> Result<RetVal> {
    if env.ext().is_read_only() {
        return Err(pallet_contracts::Error::<Runtime>::StateChangeDenied.into());
    }
    let len = env.in_len();
    // As many commitments as the arguments have room for.
    let most = (len / size_of::<Commitment>() as u32).min(MAX_BATCHES);
    let copied = bytes(len.saturating_add(size_of::<JobId>() as u32));
    let submitted = <Runtime as pallet_marketplace::Config>::WeightInfo::submit_job(most);
    let charged = env.charge_weight(copied.saturating_add(submitted))?;

    let (model, input, commitments, max_price, deadline, assignment): Submission =
        env.read_as_unbounded(len)?;
    let requester = env.ext().address().clone();
    let nonce = pallet_marketplace::Nonces::<Runtime>::get(&requester);
    let id = job_id(&requester, nonce, &model, &input.content, &commitments);
    let call: RuntimeCall = pallet_marketplace::Call::<Runtime>::submit_job {
        model,
        input,
        commitments,
        max_price,
        deadline,
        assignment,
    }
    .into();
    let weight = call.get_dispatch_info().call_weight;
    // As a transaction of the contract's: what is stopped or paused is so for contracts, too.
    let outcome = call.dispatch(RuntimeOrigin::signed(requester));
    env.adjust_weight(charged, copied.saturating_add(weight));
    match outcome {
        Ok(_) => {
            env.write(id.as_bytes(), false, None)?;
            Ok(RetVal::Converging(0))
        }
        Err(refused) => Ok(RetVal::Converging(refusal(refused.error))),
    }
}

fn job<E: Ext<T = Runtime>>(mut env: Buffers<E>) -> Result<RetVal> {
    // The job, and how far its clock is behind.
    let len = env.in_len();
    env.charge_weight(bytes(len).saturating_add(reads(2)))?;
    let id: JobId = env.read_as_unbounded(len)?;
    env.write(&Marketplace::summary(id).encode(), false, Some(BYTE))?;
    Ok(RetVal::Converging(0))
}

fn result<E: Ext<T = Runtime>>(mut env: Buffers<E>) -> Result<RetVal> {
    let len = env.in_len();
    env.charge_weight(bytes(len).saturating_add(reads(1)))?;
    let (id, batch): (JobId, u32) = env.read_as_unbounded(len)?;
    let result = pallet_marketplace::Results::<Runtime>::get(id, batch);
    env.write(&result.encode(), false, Some(BYTE))?;
    Ok(RetVal::Converging(0))
}

fn verify<E: Ext<T = Runtime>>(mut env: Buffers<E>) -> Result<RetVal> {
    let len = env.in_len();
    env.charge_weight(bytes(len).saturating_add(Circuits::verify_weight()))?;
    let (circuit, job, batch, provider, weights, input, proof): Proof =
        env.read_as_unbounded(len)?;
    let context = ProofContext {
        job: &job,
        batch,
        provider: &provider,
        weights: &weights,
        input: &input,
    };
    let code = Circuits::verify(&circuit, context, &proof).map_or_else(refusal, |()| 0);
    Ok(RetVal::Converging(code))
}
