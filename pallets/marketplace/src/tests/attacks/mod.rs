//! What may be tried against the market, and comes to nothing: `docs/attacks.md` lists it.

mod draws;
mod griefing;
mod insiders;
mod pool;
mod settling;
mod spam;
mod wrapping;

use crate::mock::*;
use frame_support::dispatch::DispatchResultWithPostInfo;
use sp_core::H256;
use sp_runtime::traits::Dispatchable;
use swarmwork_primitives::JobState;

fn drawn(id: H256) -> Option<AccountId> {
    match job(id).state {
        JobState::Assigned { provider, .. } => Some(provider),
        _ => None,
    }
}

/// A report of a batch, as a call that others can wrap.
fn result(id: H256, batch: u32, number: u8) -> RuntimeCall {
    let report = good_report(id, batch, number);
    RuntimeCall::Marketplace(crate::Call::submit_result {
        job: report.job,
        batch: report.batch,
        proof: report.proof,
        output: report.output,
    })
}

fn send(who: AccountId, call: RuntimeCall) -> DispatchResultWithPostInfo {
    call.dispatch(RuntimeOrigin::signed(who))
}
