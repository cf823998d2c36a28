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
    AccountId, Babe, Balances, BlockNumber, Burn, Grandpa, Hash, Header, Historical, Offences,
    Providers, Runtime, RuntimeHoldReason, RuntimeOrigin, Session, Staking, System,
};
use codec::{Decode, Encode};
use frame_support::{
    assert_noop, assert_ok,
    storage::with_storage_layer,
    traits::{
        fungible::{Inspect, InspectHold},
        Get, Hooks, KeyOwnerProofSystem, RewardsReporter,
    },
};
use pallet_session::CurrentIndex;
use pallet_staking::{
    inflation::compute_total_payout, ActiveEra, ErasStakersPaged, ErasTotalStake,
    ErasValidatorReward, RewardDestination, UnappliedSlashes,
};
use sp_consensus_babe::{
    self as babe,
    digests::{PreDigest, SecondaryPlainPreDigest},
    Slot, BABE_ENGINE_ID,
};
use sp_consensus_grandpa as grandpa;
use sp_core::Pair;
use sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;
use sp_keyring::{
    Ed25519Keyring,
    Sr25519Keyring::{Alice, Eve, Ferdie},
};
use sp_runtime::{traits::Header as _, Digest, DigestItem};
use swarmwork_primitives::{parameters::REWARD_CURVE, worker_message, SupplyView, WorkerConsent};

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

/// Has pallet-session rotate sessions of an hour, each at the first slot of its epoch, until an era
/// begins.
fn run_to_era(wanted: u32) {
    while era() < wanted {
        let next = u64::from(CurrentIndex::<Runtime>::get()) + 1;
        pallet_timestamp::Now::<Runtime>::mutate(|now| *now += HOUR);
        // What BABE knows of the block in which it ends a session.
        pallet_babe::CurrentSlot::<Runtime>::put(Slot::from(next * EpochDuration::get()));
        pallet_babe::Initialized::<Runtime>::put(None::<PreDigest>);
        Session::rotate_session();
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
fn two_blocks(session: u32) -> babe::EquivocationProof<Header> {
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
    babe::EquivocationProof {
        offender: babe::AuthorityId::from(Alice.public()),
        slot,
        first_header: sealed(1),
        second_header: sealed(2),
    }
}

/// Two prevotes in one round of a set, for blocks of those hashes, said to be Alice's.
fn two_votes(
    signer: Ed25519Keyring,
    set: grandpa::SetId,
    hashes: [u8; 2],
) -> grandpa::EquivocationProof<Hash, BlockNumber> {
    let round: grandpa::RoundNumber = 5;
    let votes = hashes.map(|hash| {
        let vote = grandpa::Prevote::<Header>::new(Hash::from([hash; 32]), 7);
        let message = grandpa::Message::<Header>::Prevote(vote.clone());
        let signed = signer
            .pair()
            .sign(&grandpa::localized_payload(round, set, &message));
        (vote, grandpa::AuthoritySignature::from(signed))
    });
    let alice = grandpa::AuthorityId::from(Ed25519Keyring::Alice.public());
    // As a report is written: of its kinds that of prevotes is the first.
    let report = (set, 0u8, round, alice, &votes[0], &votes[1]).encode();
    Decode::decode(&mut &report[..]).expect("it is written as it is read")
}

/// Whether what `report` has Eve report of Alice costs Alice and its nominator stake, when the time to
/// cancel that is over, which is burned but for Eve's part.
fn costs_stake(report: impl FnOnce(RuntimeOrigin)) {
    test(|validator, nominator| {
        run_to_era(2);
        let (before, reporter) = (books(), Eve.to_account_id());
        let had = [validator, nominator, &reporter].map(total);
        report(RuntimeOrigin::signed(reporter.clone()));

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
fn who_makes_two_blocks_in_a_slot_is_slashed_with_its_nominators_and_the_slash_is_burned() {
    costs_stake(|eve| {
        let session = CurrentIndex::<Runtime>::get();
        let key = babe::AuthorityId::from(Alice.public());
        let owner = Historical::prove((babe::KEY_TYPE, key)).expect("it is a validator's key");
        let report = |proof| {
            Babe::report_equivocation(eve.clone(), Box::new(proof), owner.clone())
                .map(|_| ())
                .map_err(|refused| refused.error)
        };
        let mut honest = two_blocks(session);
        honest.second_header = honest.first_header.clone();
        assert_noop!(
            report(honest),
            pallet_babe::Error::<Runtime>::InvalidEquivocationProof
        );
        assert_ok!(report(two_blocks(session)));
        assert_noop!(
            report(two_blocks(session)),
            pallet_babe::Error::<Runtime>::DuplicateOffenceReport
        );
    });
}

#[test]
fn who_votes_twice_in_a_round_is_slashed_with_its_nominators_and_the_slash_is_burned() {
    use pallet_grandpa::Error;
    type Key = Ed25519Keyring;

    costs_stake(|eve| {
        let set = Grandpa::current_set_id();
        let owner = |key: Key| {
            let key = grandpa::AuthorityId::from(key.public());
            Historical::prove((grandpa::KEY_TYPE, key)).expect("it is a validator's key")
        };
        let report = |proof, owner| {
            Grandpa::report_equivocation(eve.clone(), Box::new(proof), owner)
                .map(|_| ())
                .map_err(|refused| refused.error)
        };
        for honest in [
            // The same vote, another's signature, a set that there is not yet.
            two_votes(Key::Alice, set, [1, 1]),
            two_votes(Key::Bob, set, [1, 2]),
            two_votes(Key::Alice, set + 1, [1, 2]),
        ] {
            assert_noop!(
                report(honest, owner(Key::Alice)),
                Error::<Runtime>::InvalidEquivocationProof
            );
        }
        let guilty = two_votes(Key::Alice, set, [1, 2]);
        assert_noop!(
            report(guilty.clone(), owner(Key::Bob)),
            Error::<Runtime>::InvalidKeyOwnershipProof
        );
        assert_ok!(report(guilty.clone(), owner(Key::Alice)));
        assert_noop!(
            report(guilty, owner(Key::Alice)),
            Error::<Runtime>::DuplicateOffenceReport
        );
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

#[test]
fn what_is_staked_backs_no_provider_and_a_providers_bond_is_no_stake() {
    test(|_, who| {
        let had = total(who);
        let provide = |bond| {
            let until = System::block_number() + 100;
            let message = worker_message(&System::block_hash(0), who, until.into());
            let consent = WorkerConsent {
                until,
                signature: Eve.sign(&message).into(),
            };
            let endpoint = b"http://127.0.0.1:9".to_vec();
            let endpoint = endpoint.try_into().expect("it is short");
            let origin = RuntimeOrigin::signed(who.clone());
            let worker = Eve.to_account_id();
            with_storage_layer(|| {
                Providers::register_provider(origin, worker, consent, bond, UNIT, endpoint, true)
            })
        };
        assert!(provide(had - NOMINATED + 1).is_err());
        let bond = 20_000 * UNIT;
        assert_ok!(provide(bond));
        // As much as can be.
        assert_ok!(Staking::bond_extra(
            RuntimeOrigin::signed(who.clone()),
            u128::MAX
        ));
        let held = |reason: RuntimeHoldReason| Balances::balance_on_hold(&reason, who);
        assert_eq!(held(pallet_providers::HoldReason::Bond.into()), bond);
        let staked = held(pallet_staking::HoldReason::Staking.into());
        assert!(staked > NOMINATED && staked <= had - bond, "{staked}");
    });
}
