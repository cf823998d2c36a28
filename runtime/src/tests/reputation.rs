//! What a provider's record is made of and what it gives, as this runtime has set it.

use super::externalities;
use crate::{
    configs::{marketplace as market, providers, reputation},
    currency::UNIT,
    AccountId, Governance, Reputation, System,
};
use pallet_reputation::{FAILURE_WEIGHT, REQUESTER_SHARE};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::Permill;
use swarmwork_primitives::{JobId, Outcome, ProviderStanding, Reputation as _};

/// Evidence of so many burned tokens, of as many requesters as have it count in full.
fn work(who: &AccountId, outcome: Outcome, tokens: u128) {
    for number in 0..REQUESTER_SHARE as u8 {
        let requester = AccountId::new([100 + number; 32]);
        Reputation::record(who, &requester, JobId::zero(), outcome, tokens * UNIT);
    }
}

#[test]
fn evidence_halves_in_thirty_days_and_failures_weigh_four_times() {
    assert_eq!(reputation::HalfLife::get(), 30 * market::DAY);
    assert_eq!((FAILURE_WEIGHT, REQUESTER_SHARE), (4, 5));
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let who = Alice.to_account_id();
        work(&who, Outcome::Succeeded, 10);
        assert_eq!(Reputation::view(&who).good, 10 * UNIT);
        System::set_block_number(1 + 30 * market::DAY);
        assert_eq!(Reputation::view(&who).good, 5 * UNIT);
        System::set_block_number(1 + 60 * 30 * market::DAY);
        assert_eq!(Reputation::score(&who), reputation::Prior::get());
    });
}

#[test]
fn a_standing_gates_the_value_of_drawn_jobs_and_votes() {
    let entrusted = market::Entrusted::get();
    assert_eq!(entrusted[3], market::MaxDrawn::get());
    assert!(entrusted[0] >= providers::PRICE_FLOOR);
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let (who, other) = (Alice.to_account_id(), Bob.to_account_id());
        // Score enough for the first standing, on too little evidence.
        work(&who, Outcome::Succeeded, 1);
        assert!(Reputation::score(&who) >= reputation::Standings::get()[0].0);
        assert_eq!(Reputation::standing(&who), ProviderStanding::Newcomer);
        assert_eq!(Governance::vote_bonus(&who), Permill::zero());
        work(&who, Outcome::Succeeded, 1);
        assert_eq!(Reputation::standing(&who), ProviderStanding::Reliable);
        assert!(Governance::vote_bonus(&who) > Permill::zero());
        assert_eq!(Reputation::standing(&other), ProviderStanding::Newcomer);
    });
}
