//! Answers on their way to the chain.

use super::TARGET;
use crate::pallet::{Call, Config};
use codec::Encode;
use frame_system::{
    offchain::{Account, ForAny, SendSignedTransaction, Signer},
    pallet_prelude::BlockNumberFor,
    Pallet as System,
};
use sp_runtime::traits::UniqueSaturatedInto;
use swarmwork_offchain::{hex, in_flight, note_sent, Sender};

/// How often an answer, or its rows, are handed to the transaction pool.
pub const MAX_ATTEMPTS: u32 = 4;

/// Signs a call and hands it to the pool, unless one of the same key may be on its way.
pub fn submit<T: Config>(
    worker: &Account<T>,
    call: Call<T>,
    what: &str,
    attempts: &mut u32,
    now: BlockNumberFor<T>,
) {
    let now: u64 = now.unique_saturated_into();
    let nonce: u64 = System::<T>::account_nonce(&worker.id).unique_saturated_into();
    let busy = [Sender::Jobs, Sender::Capacity]
        .into_iter()
        .any(|sender| in_flight(sender, &worker.id, nonce, now));
    if busy || *attempts >= MAX_ATTEMPTS {
        return;
    }
    *attempts = attempts.saturating_add(1);
    // Noted first: if the node dies in between, the answer is late but not paid for twice.
    note_sent(Sender::Capacity, &worker.id, nonce.saturating_add(1), now);
    let sent = Signer::<T, T::AuthorityId, ForAny>::any_account()
        .with_filter(alloc::vec![worker.public.clone()])
        .send_signed_transaction(|_| call.clone());
    match sent {
        Some((_, Ok(()))) => log::info!(target: TARGET, "submitted: {what}"),
        refused => {
            note_sent(Sender::Capacity, &worker.id, nonce, now);
            let why = if refused.is_some() {
                "the transaction pool refuses; give the worker account enough to cover the fee \
                 (it is returned)"
            } else {
                "nothing can be signed; is the worker key still in the keystore?"
            };
            log::warn!(
                target: TARGET,
                "{what}: not submitted by worker {}: {why}", hex(&worker.id.encode()),
            );
        }
    }
}
