//! Who holds which power: none is bare root's, none is reached through what wraps a call, and no token
//! votes twice.

use super::{externalities, wiring::assert_same};
use crate::{
    configs::governance::Classes, currency::UNIT, genesis_presets::STAKE, AccountId, Balances,
    BlockNumber, ConvictionVoting, Governance, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold, MutateHold},
        Bounded, GetCallMetadata, NeverEnsureOrigin,
    },
    weights::Weight,
};
use frame_system::EnsureSigned;
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_governance::{
    class, role, Class, ClassOf, EnsureClass, EnsureProposer, EnsureRole, EnsureSpend, RawOrigin,
};
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};

/// As each pallet is set. What a class may do, root may, too, and only proposals of the gravest class
/// act as root.
#[test]
fn every_privileged_origin_is_governances() {
    type OfClass<C> = EnsureClass<Runtime, C>;
    assert_same::<<Runtime as pallet_staking::Config>::AdminOrigin, OfClass<class::Upgrade>>();
    assert_same::<<Runtime as pallet_providers::Config>::SlashOrigin, OfClass<class::Upgrade>>();
    assert_same::<<Runtime as pallet_marketplace::Config>::ScoringOrigin, OfClass<class::Parameter>>(
    );
    assert_same::<<Runtime as pallet_preimage::Config>::ManagerOrigin, OfClass<class::Upgrade>>();
    // Whoever lowers a pool's fee, or makes shares of it, makes moving its price cheap.
    assert_same::<<Runtime as pallet_asset_conversion::Config>::AdminOrigin, OfClass<class::Upgrade>>(
    );
    assert_same::<
        <Runtime as pallet_assets::Config<pallet_assets::Instance1>>::ForceOrigin,
        OfClass<class::Upgrade>,
    >();
    assert_same::<<Runtime as pallet_scheduler::Config>::ScheduleOrigin, OfClass<class::Upgrade>>();
    assert_same::<<Runtime as pallet_referenda::Config>::KillOrigin, OfClass<class::Upgrade>>();
    assert_same::<<Runtime as pallet_referenda::Config>::CancelOrigin, OfClass<class::Cancel>>();
    assert_same::<<Runtime as pallet_referenda::Config>::SubmitOrigin, EnsureProposer<Runtime>>();
    assert_same::<<Runtime as pallet_treasury::Config>::RejectOrigin, OfClass<class::Cancel>>();
    assert_same::<<Runtime as pallet_treasury::Config>::SpendOrigin, EnsureSpend<Runtime>>();
    assert_same::<
        <Runtime as pallet_circuits::Config>::AttestOrigin,
        EnsureRole<Runtime, role::AttestCircuits>,
    >();
    assert_same::<
        <Runtime as pallet_marketplace::Config>::AuditOrigin,
        EnsureRole<Runtime, role::DrawAudits>,
    >();
    assert_same::<
        <Runtime as pallet_marketplace::Config>::ListOrigin,
        EnsureRole<Runtime, role::ListAssets>,
    >();
    assert_same::<<Runtime as pallet_assets::Config>::ForceOrigin, OfClass<class::Upgrade>>();
    // Only governance's own calls stop, pause and resume.
    type Nobody = NeverEnsureOrigin<()>;
    type NobodyFor = NeverEnsureOrigin<BlockNumber>;
    assert_same::<<Runtime as pallet_safe_mode::Config>::ForceEnterOrigin, NobodyFor>();
    assert_same::<<Runtime as pallet_safe_mode::Config>::ForceExtendOrigin, NobodyFor>();
    assert_same::<<Runtime as pallet_safe_mode::Config>::ForceExitOrigin, Nobody>();
    assert_same::<<Runtime as pallet_safe_mode::Config>::ForceDepositOrigin, Nobody>();
    assert_same::<<Runtime as pallet_tx_pause::Config>::PauseOrigin, Nobody>();
    assert_same::<<Runtime as pallet_tx_pause::Config>::UnpauseOrigin, Nobody>();
    // Everybody's.
    type Anybody = EnsureSigned<AccountId>;
    assert_same::<<Runtime as pallet_contracts::Config>::UploadOrigin, Anybody>();
    assert_same::<<Runtime as pallet_contracts::Config>::InstantiateOrigin, Anybody>();
}

/// Nor will one be that is set later: no file of settings speaks of root, and nobody is given it.
#[test]
fn no_setting_names_root() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/configs");
    let files = std::fs::read_dir(folder).expect("the settings are there");
    let mut read = 0;
    for file in files {
        let path = file.expect("it can be read").path();
        let text = std::fs::read_to_string(&path).expect("it is text");
        assert!(!text.contains("EnsureRoot"), "{}", path.display());
        read += 1;
    }
    assert!(read > 30, "{read}");
    assert!(!RuntimeCall::get_module_names().contains(&"Sudo"));
}

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn spend() -> RuntimeCall {
    pallet_treasury::Call::spend {
        asset_kind: Box::new(()),
        amount: UNIT,
        beneficiary: Box::new(Bob.to_account_id()),
        valid_from: None,
    }
    .into()
}

fn attest() -> RuntimeCall {
    pallet_circuits::Call::attest_circuit {
        circuit: H256::repeat_byte(1),
        transcript: H256::repeat_byte(2),
    }
    .into()
}

/// Every way in which this runtime wraps one call in another.
fn wrapped(call: &RuntimeCall) -> Vec<RuntimeCall> {
    let call = || Box::new(call.clone());
    let root = || Box::new(frame_system::RawOrigin::Root.into());
    let (alice, bob) = (Alice.to_account_id(), Bob.to_account_id());
    vec![
        pallet_utility::Call::as_derivative {
            index: 0,
            call: call(),
        }
        .into(),
        pallet_utility::Call::dispatch_as {
            as_origin: root(),
            call: call(),
        }
        .into(),
        pallet_utility::Call::dispatch_as_fallible {
            as_origin: root(),
            call: call(),
        }
        .into(),
        pallet_utility::Call::with_weight {
            call: call(),
            weight: Weight::zero(),
        }
        .into(),
        pallet_utility::Call::if_else {
            main: call(),
            fallback: call(),
        }
        .into(),
        pallet_proxy::Call::proxy {
            real: alice.clone().into(),
            force_proxy_type: None,
            call: call(),
        }
        .into(),
        pallet_proxy::Call::proxy_announced {
            delegate: bob.clone().into(),
            real: alice.into(),
            force_proxy_type: None,
            call: call(),
        }
        .into(),
        pallet_multisig::Call::as_multi_threshold_1 {
            other_signatories: vec![bob.clone()],
            call: call(),
        }
        .into(),
        pallet_multisig::Call::as_multi {
            threshold: 2,
            other_signatories: vec![bob],
            maybe_timepoint: None,
            call: call(),
            max_weight: Weight::zero(),
        }
        .into(),
        pallet_scheduler::Call::schedule {
            when: 10,
            maybe_periodic: None,
            priority: 0,
            call: call(),
        }
        .into(),
        pallet_scheduler::Call::schedule_after {
            after: 10,
            maybe_periodic: None,
            priority: 0,
            call: call(),
        }
        .into(),
        pallet_scheduler::Call::schedule_named {
            id: [0; 32],
            when: 10,
            maybe_periodic: None,
            priority: 0,
            call: call(),
        }
        .into(),
        pallet_scheduler::Call::schedule_named_after {
            id: [0; 32],
            after: 10,
            maybe_periodic: None,
            priority: 0,
            call: call(),
        }
        .into(),
    ]
}

/// A batch has the gravest class in it; whatever else wraps a call has the gravest there is, and what
/// wraps that has it, too.
#[test]
fn nothing_that_wraps_a_call_makes_it_lighter() {
    let batches: [fn(Vec<RuntimeCall>) -> RuntimeCall; 3] = [
        |calls| pallet_utility::Call::batch { calls }.into(),
        |calls| pallet_utility::Call::batch_all { calls }.into(),
        |calls| pallet_utility::Call::force_batch { calls }.into(),
    ];
    for batch in batches {
        let class = |calls| Classes::class_of(&batch(calls));
        assert_eq!(class(vec![]), Class::Cancel);
        assert_eq!(class(vec![spend(), spend()]), Class::Treasury);
        assert_eq!(class(vec![attest(), spend()]), Class::Attest);
        assert_eq!(
            class(vec![spend(), batch(vec![batch(vec![remark()])])]),
            Class::Upgrade
        );
        for call in wrapped(&spend()) {
            assert_eq!(Classes::class_of(&call), Class::Upgrade, "{call:?}");
            assert_eq!(class(vec![spend(), call]), Class::Upgrade);
        }
    }
}

/// Were a wrapper classed too lightly, what it wraps would still lack the power: the origin of a class
/// neither becomes another one nor schedules anything.
#[test]
fn the_origin_of_a_class_gains_nothing_by_a_wrapper() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let code = || -> RuntimeCall {
            frame_system::Call::authorize_upgrade {
                code_hash: H256::repeat_byte(3),
            }
            .into()
        };
        for class in Class::ALL.into_iter().filter(|c| *c < Class::Upgrade) {
            let origin = || RuntimeOrigin::from(RawOrigin::Proposal { index: 0, class });
            for call in wrapped(&code()) {
                let shown = format!("{call:?}");
                assert!(call.dispatch(origin()).is_err(), "{class:?}: {shown}");
            }
            let batch: RuntimeCall = pallet_utility::Call::batch_all {
                calls: vec![code()],
            }
            .into();
            let refused = batch.dispatch(origin()).map_err(|failed| failed.error);
            assert_eq!(refused.map(|_| ()), Err(DispatchError::BadOrigin));
        }
        assert_noop!(
            System::apply_authorized_upgrade(RuntimeOrigin::none(), vec![]),
            frame_system::Error::<Runtime>::NothingAuthorized
        );
        assert_eq!(pallet_scheduler::Agenda::<Runtime>::iter().count(), 0);
    });
}

/// The treasury pays through one door, which counts what it pays in a month: the pallet's older calls
/// queue spends that are paid past it, and their queue has no room.
#[cfg(not(feature = "runtime-benchmarks"))]
#[test]
fn the_treasury_has_one_door() {
    use crate::configs::treasury::TreasuryAccount;
    use frame_support::traits::{tokens::PayFromAccount, Get};
    use pallet_governance::Budgeted;
    type Configured = <Runtime as pallet_treasury::Config>::Paymaster;
    assert_same::<Configured, Budgeted<Runtime, PayFromAccount<Balances, TreasuryAccount>>>();
    assert_eq!(
        <<Runtime as pallet_treasury::Config>::MaxApprovals as Get<u32>>::get(),
        0
    );
}

fn vote(who: &AccountId, balance: u128) -> DispatchResult {
    let vote = AccountVote::Standard {
        vote: Vote {
            aye: true,
            conviction: Conviction::None,
        },
        balance,
    };
    ConvictionVoting::vote(RuntimeOrigin::signed(who.clone()), 0, vote)
}

/// What is staked or bonded votes along with what is free, once, and nothing of it can go to somebody
/// who votes with it again. What is in escrow can, and does not vote.
#[test]
fn what_is_staked_or_bonded_votes_once_and_escrow_does_not_vote() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        assert_ok!(Governance::propose(
            RuntimeOrigin::signed(Eve.to_account_id()),
            Bounded::Inline(remark().encode().try_into().expect("it is short")),
        ));
        let (alice, bob) = (Alice.to_account_id(), Bob.to_account_id());
        let short = || pallet_conviction_voting::Error::<Runtime>::InsufficientFunds;

        let bond = pallet_providers::HoldReason::Bond.into();
        assert_ok!(Balances::hold(&bond, &alice, STAKE));
        let staked = pallet_staking::HoldReason::Staking.into();
        assert_eq!(Balances::balance_on_hold(&staked, &alice), STAKE);
        let all = Balances::total_balance(&alice);
        assert_noop!(vote(&alice, all + 1), short());
        assert_ok!(vote(&alice, all));
        let moved = |amount| {
            Balances::transfer_keep_alive(
                RuntimeOrigin::signed(alice.clone()),
                bob.clone().into(),
                amount,
            )
        };
        assert!(moved(UNIT).is_err());

        let escrow = pallet_marketplace::HoldReason::Escrow.into();
        assert_ok!(Balances::hold(&escrow, &bob, 100 * UNIT));
        let rest = Balances::total_balance(&bob) - 100 * UNIT;
        assert_noop!(vote(&bob, rest + 1), short());
        assert_ok!(vote(&bob, rest));
    });
    // And what is put in escrow later takes nothing from under a vote.
    assert_same::<<Runtime as pallet_marketplace::Config>::OnEscrow, Governance>();
}
