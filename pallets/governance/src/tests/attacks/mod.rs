//! What somebody would try, and what comes of it.

mod calls;
mod spam;
mod stake;
mod technical;
mod treasury;

use crate::{mock::*, Class, RawOrigin};
use sp_core::H256;
use sp_runtime::DispatchResult;

fn attest(tag: u8) -> RuntimeCall {
    governed::Call::attest {
        thing: H256::repeat_byte(tag),
    }
    .into()
}

fn upgrade() -> RuntimeCall {
    frame_system::Call::set_code { code: vec![1; 200] }.into()
}

fn spend(amount: u128) -> RuntimeCall {
    pallet_treasury::Call::spend {
        asset_kind: Box::new(()),
        amount,
        beneficiary: Box::new(7),
        valid_from: None,
    }
    .into()
}

/// The origin of an approved proposal.
fn approved(class: Class) -> RuntimeOrigin {
    RawOrigin::Proposal { index: 0, class }.into()
}

fn send(who: u64, to: u64, value: u128) -> DispatchResult {
    dispatch(
        who,
        pallet_balances::Call::transfer_allow_death { dest: to, value },
    )
}
