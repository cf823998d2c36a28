//! What staking pays and takes, and that all of it is on the books.

use super::{externalities, wiring::assert_same};
use crate::{
    configs::{
        babe::ReportLongevity,
        staking::{
            BondingDuration, RemainderSource, RewardSource, SlashDeferDuration, SlashSource,
        },
        treasury::{ToTreasury, TreasuryAccount},
    },
    currency::UNIT,
    timing::EpochDuration,
    AccountId, Babe, Balances, Burn, Header, Historical, Offences, Runtime, RuntimeOrigin, Staking,
    System,
};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Inspect, Get, Hooks, KeyOwnerProofSystem, RewardsReporter},
};
use pallet_session::{CurrentIndex, SessionManager};
use pallet_staking::{
    inflation::compute_total_payout, ActiveEra, ErasStakersPaged, ErasTotalStake,
    ErasValidatorReward, RewardDestination, UnappliedSlashes,
};
use sp_consensus_babe::{
    digests::{PreDigest, SecondaryPlainPreDigest},
    AuthorityId, EquivocationProof, Slot, BABE_ENGINE_ID, KEY_TYPE,
};
use sp_core::Pair;
use sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Eve, Ferdie};
use sp_runtime::{traits::Header as _, Digest, DigestItem};
use swarmwork_primitives::{parameters::REWARD_CURVE, SupplyView};

const HOUR: u64 = 3_600_000;
/// Hours of an era, at sessions of one.
const ERA: u64 = 6;
const NOMINATED: u128 = 500_000 * UNIT;

/// Runs a test on a network of two validators, of whom Ferdie nominates Alice.
fn test(run: impl FnOnce(&AccountId, &AccountId)) {
    externalities(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        Staking::on_finalize(1);
        let (validator, nominator) = (Alice.to_account_id(), Ferdie.to_account_id());
        let signed = || RuntimeOrigin::signed(Ferdie.to_account_id());
        assert_ok!(Staking::bond(signed(), NOMINATED, RewardDestination::Stash));
        assert_ok!(Staking::nominate(signed(), vec![validator.clone().into()]));
        run(&validator, &nominator);
    });
}

fn era() -> u32 {
    ActiveEra::<Runtime>::get().expect("it is set").index
}

/// Ends and begins sessions of an hour as pallet-session does, until an era begins.
fn run_to_era(wanted: u32) {
    while era() < wanted {
        let ended = CurrentIndex::<Runtime>::get();
        pallet_timestamp::Now::<Runtime>::mutate(|now| *now += HOUR);
        <Staking as SessionManager<AccountId>>::end_session(ended);
        CurrentIndex::<Runtime>::put(ended + 1);
        <Staking as SessionManager<AccountId>>::start_session(ended + 1);
        <Staking as SessionManager<AccountId>>::new_session(ended + 2);
        Staking::on_finalize(System::block_number());
    }
}

/// What is issued is what the ledger of burns says.
fn books() -> SupplyView<u128> {
    let supply = Burn::supply();
    assert_eq!(supply.issuance, Balances::total_issuance());
    let minted = pallet_burn::TotalMinted::<Runtime>::get();
    let burned = pallet_burn::Total::<Runtime>::get();
    assert_eq!(supply.issuance, supply.genesis + minted - burned);
    supply
}

fn total(who: &AccountId) -> u128 {
    <Balances as Inspect<AccountId>>::total_balance(who)
}

#[test]
fn nominators_are_elected_with_and_paid_by_the_curve() {
    test(|validator, nominator| {
        run_to_era(2);
        let page =
            ErasStakersPaged::<Runtime>::get((2u32, validator, 0u32)).expect("it is elected");
        assert!(page.others.iter().any(|other| other.who == *nominator));
        Staking::reward_by_ids([(validator.clone(), 20)]);

        let before = books();
        let treasury = total(&TreasuryAccount::get());
        let staked = ErasTotalStake::<Runtime>::get(2);
        run_to_era(3);
        let (payout, most) =
            compute_total_payout(&REWARD_CURVE, staked, before.issuance, ERA * HOUR);
        assert!(payout > 0 && payout < most);
        assert_eq!(ErasValidatorReward::<Runtime>::get(2), Some(payout));
        // What the curve leaves is the treasury's, and minted too.
        let rest = most - payout;
        assert_eq!(total(&TreasuryAccount::get()) - treasury, rest);
        let after = books();
        assert_eq!(
            after.minted.staking_remainder - before.minted.staking_remainder,
            rest
        );
        assert_eq!(after.minted.staking, before.minted.staking);

        let had = total(nominator);
        assert_ok!(Staking::payout_stakers(
            RuntimeOrigin::signed(Eve.to_account_id()),
            validator.clone(),
            2
        ));
        assert!(total(nominator) > had);
        let paid = books().minted.staking - before.minted.staking;
        assert!(paid <= payout && payout - paid < UNIT, "{paid} of {payout}");
    });
}

/// Two blocks of Alice's in one slot of the current session.
fn equivocation(session: u32) -> EquivocationProof<Header> {
    let slot = Slot::from(u64::from(session) * EpochDuration::get());
    let sealed = |tag: u8| {
        let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
            authority_index: 0,
            slot,
        });
        let mut digest = Digest::default();
        digest.push(DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode()));
        let mut header = Header::new(
            1,
            Default::default(),
            [tag; 32].into(),
            Default::default(),
            digest,
        );
        let seal = Alice.pair().sign(header.hash().as_ref());
        let seal = DigestItem::Seal(BABE_ENGINE_ID, seal.encode());
        header.digest_mut().push(seal);
        header
    };
    EquivocationProof {
        offender: AuthorityId::from(Alice.public()),
        slot,
        first_header: sealed(1),
        second_header: sealed(2),
    }
}

#[test]
fn who_equivocates_is_slashed_with_its_nominators_and_the_slash_is_burned() {
    test(|validator, nominator| {
        run_to_era(2);
        let (before, reporter) = (books(), Eve.to_account_id());
        let had = [validator, nominator, &reporter].map(total);

        let session = CurrentIndex::<Runtime>::get();
        let owner = Historical::prove((KEY_TYPE, AuthorityId::from(Alice.public())))
            .expect("it is a validator's key");
        let report = |proof| {
            Babe::report_equivocation(
                RuntimeOrigin::signed(Eve.to_account_id()),
                Box::new(proof),
                owner.clone(),
            )
            .map(|_| ())
            .map_err(|refused| refused.error)
        };
        let mut honest = equivocation(session);
        honest.second_header = honest.first_header.clone();
        assert_noop!(
            report(honest),
            pallet_babe::Error::<Runtime>::InvalidEquivocationProof
        );
        assert_ok!(report(equivocation(session)));
        assert_noop!(
            report(equivocation(session)),
            pallet_babe::Error::<Runtime>::DuplicateOffenceReport
        );

        // It can be cancelled by proposal for a while; until then nobody loses anything.
        let due = 2 + SlashDeferDuration::get() + 1;
        assert_eq!(UnappliedSlashes::<Runtime>::get(due).len(), 1);
        run_to_era(due - 1);
        assert_eq!([validator, nominator].map(total), [had[0], had[1]]);
        run_to_era(due);
        let has = [validator, nominator, &reporter].map(total);
        let (lost, rewarded) = (had[0] - has[0] + had[1] - has[1], has[2] - had[2]);
        assert!(had[0] > has[0] && had[1] > has[1]);
        // A twentieth of each of the two, rounded.
        assert!(
            rewarded > 0 && rewarded <= lost / 20 + 2,
            "{rewarded} of {lost}"
        );
        let burned = books().burned.slashes - before.burned.slashes;
        assert_eq!(burned, lost - rewarded);
    });
}

#[test]
fn equivocations_are_punishable_as_long_as_stake_is_bonded() {
    type Babes = <Runtime as pallet_babe::Config>::EquivocationReportSystem;
    type Grandpas = <Runtime as pallet_grandpa::Config>::EquivocationReportSystem;
    assert_same::<
        Babes,
        pallet_babe::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>,
    >();
    assert_same::<
        Grandpas,
        pallet_grandpa::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>,
    >();
    assert_same::<<Runtime as pallet_offences::Config>::OnOffenceHandler, Staking>();
    assert!(SlashDeferDuration::get() < BondingDuration::get());
    externalities(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        let eras = ReportLongevity::get() / EpochDuration::get() / ERA;
        assert_eq!(eras, u64::from(BondingDuration::get()));
    });
}

#[test]
fn what_staking_mints_and_burns_goes_through_the_ledger() {
    type Staked = <Runtime as pallet_staking::Config>::Reward;
    type Rest = <Runtime as pallet_staking::Config>::RewardRemainder;
    type Slashed = <Runtime as pallet_staking::Config>::Slash;
    assert_same::<Staked, pallet_burn::Minted<Runtime, RewardSource>>();
    assert_same::<Rest, pallet_burn::Minted<Runtime, RemainderSource, ToTreasury>>();
    assert_same::<Slashed, pallet_burn::ToBurn<Runtime, SlashSource>>();
}
