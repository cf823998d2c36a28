//! What tests do: pass blocks, propose, vote, escrow.

use super::{
    doubles::{add_escrow, reset, take_escrow},
    AllPalletsWithSystem, Balances, Governance, PreimageHold, Referenda, RuntimeCall,
    RuntimeOrigin, System, Test, TreasuryAccount,
};
use crate::{self as pallet_governance, Balance, Class, VotingCurrency};
use codec::Encode;
use frame_support::traits::Bounded;
use sp_runtime::BuildStorage;
use swarmwork_primitives::UNIT;

/// Blocks per day.
pub const DAY: u64 = 24;
/// What every account starts with: a hundredth of what can vote.
pub const FUNDS: Balance = 1_000_000 * UNIT;
/// Accounts.
pub const ACCOUNTS: u64 = 100;
/// The technical account.
pub const TECHNICAL: u64 = 99;

/// A chain at its first block, on which everybody has [`FUNDS`].
pub fn new_test_ext() -> sp_io::TestExternalities {
    reset();
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the genesis is valid");
    pallet_balances::GenesisConfig::<Test> {
        balances: (0..ACCOUNTS)
            .map(|who| (who, FUNDS))
            .chain([(TreasuryAccount::get(), 100_000 * UNIT)])
            .collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the balances are valid");
    pallet_governance::GenesisConfig::<Test> {
        day: DAY as u32,
        technical: Some(TECHNICAL),
    }
    .assimilate_storage(&mut storage)
    .expect("the genesis is valid");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

/// Runs a test and checks every invariant after it.
pub fn test(run: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        run();
        check();
    });
}

pub fn check() {
    Governance::do_try_state().expect("an invariant of governance holds");
}

pub fn next_block() {
    use frame_support::traits::{OnFinalize, OnInitialize};
    AllPalletsWithSystem::on_finalize(System::block_number());
    System::set_block_number(System::block_number() + 1);
    AllPalletsWithSystem::on_initialize(System::block_number());
    check();
}

pub fn run_for(blocks: u64) {
    for _ in 0..blocks {
        next_block();
    }
}

/// Makes a call as a transaction does: filtered, and without a trace if refused.
pub fn dispatch(who: u64, call: impl Into<RuntimeCall>) -> sp_runtime::DispatchResult {
    use sp_runtime::traits::Dispatchable;
    frame_support::storage::with_storage_layer(|| call.into().dispatch(RuntimeOrigin::signed(who)))
        .map(|_| ())
        .map_err(|e| e.error)
}

/// Notes a call's preimage by `who` and proposes it; the proposal's number.
pub fn propose(who: u64, call: impl Into<RuntimeCall>) -> u32 {
    let index = pallet_referenda::ReferendumCount::<Test>::get();
    let call = noted(who, call.into());
    dispatch(who, pallet_governance::Call::propose { call }).expect("the call is in order");
    index
}

/// Notes a call, for its deposit.
pub fn noted(
    who: u64,
    call: RuntimeCall,
) -> Bounded<RuntimeCall, <Test as frame_system::Config>::Hashing> {
    let bytes = call.encode();
    let hash = sp_io::hashing::blake2_256(&bytes).into();
    let bounded = Bounded::Lookup {
        hash,
        len: bytes.len() as u32,
    };
    // Whoever notes a second time the same call finds it there.
    let _ = dispatch(who, pallet_preimage::Call::note_preimage { bytes });
    bounded
}

/// Places the decision deposit and lets the vote begin.
pub fn begin(index: u32) {
    dispatch(90, pallet_referenda::Call::place_decision_deposit { index })
        .expect("the deposit can be placed");
    run_for(DAY * 2 + 1);
}

pub fn class_of(index: u32) -> Class {
    let status = Referenda::ensure_ongoing(index).expect("the vote goes on");
    Class::of_track(status.track).expect("a class")
}

pub fn vote(
    who: u64,
    index: u32,
    aye: bool,
    conviction: u8,
    balance: Balance,
) -> sp_runtime::DispatchResult {
    use pallet_conviction_voting::{AccountVote, Conviction, Vote};
    dispatch(
        who,
        pallet_conviction_voting::Call::vote {
            poll_index: index,
            vote: AccountVote::Standard {
                vote: Vote {
                    aye,
                    conviction: Conviction::try_from(conviction).expect("0 to 6"),
                },
                balance,
            },
        },
    )
}

/// Has sixty accounts vote aye with all they have, at conviction 1.
pub fn carry(index: u32) {
    for who in 1..=60 {
        let all =
            <VotingCurrency<Test> as frame_support::traits::Currency<u64>>::total_balance(&who);
        vote(who, index, true, 1, all).expect("the vote counts");
    }
}

/// Proposes, carries and enacts a call; how that ended.
pub fn enact(call: impl Into<RuntimeCall>) -> sp_runtime::DispatchResult {
    let index = propose(80, call);
    begin(index);
    carry(index);
    for _ in 0..DAY * 60 {
        next_block();
        if let Some(result) = enacted(index) {
            return result;
        }
    }
    panic!("proposal {index} was never enacted");
}

/// How the enactment of a proposal ended, if it was made.
pub fn enacted(index: u32) -> Option<sp_runtime::DispatchResult> {
    Governance::acts(0, 1_000)
        .into_iter()
        .find_map(|(_, entry)| match (entry.actor, entry.act) {
            (crate::Actor::Proposal { index: i, .. }, crate::Act::Enacted { result, .. })
                if i == index =>
            {
                Some(result)
            }
            _ => None,
        })
}

/// Puts so much of an account's free balance in escrow, as the market does.
pub fn escrow(who: u64, amount: Balance) {
    use frame_support::traits::fungible::MutateHold;
    use swarmwork_primitives::OnEscrow;
    Balances::hold(&PreimageHold::get(), &who, amount).expect("the account has it");
    add_escrow(who, amount);
    Governance::escrowed(&who);
}

/// Settles: pays an escrow to somebody else, whatever is frozen.
pub fn settle(who: u64, to: u64, amount: Balance) {
    use frame_support::traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
    };
    Balances::transfer_on_hold(
        &PreimageHold::get(),
        &who,
        &to,
        amount,
        Precision::Exact,
        Restriction::Free,
        Fortitude::Force,
    )
    .expect("it is held");
    take_escrow(who, amount);
}
