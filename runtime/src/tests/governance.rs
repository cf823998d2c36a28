//! Who may do what on this chain, and what a stop stops.

use super::externalities;
use crate::{
    configs::{
        governance::{Classes, ClockCalls, SPEND_LIMIT},
        swarm_work::{WindowsHalted, ANSWERS},
        system::{RuntimeBlockWeights, SUBMISSIONS},
    },
    currency::UNIT,
    genesis_presets::GOVERNANCE_DAY,
    AccountId, Balances, Governance, Marketplace, Preimage, Referenda, Runtime, RuntimeCall,
    RuntimeOrigin, SafeMode, Scheduler, System,
};
use codec::Encode;
use frame_support::{
    assert_ok,
    dispatch::GetDispatchInfo,
    traits::{Bounded, Contains, Get, GetCallMetadata, OnInitialize, TransactionPause},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_governance::{name, Act, Class, ClassOf, Halted, Role, Tracks};
use pallet_referenda::TracksInfo;
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{
    Alice, AliceStash, Bob, BobStash, Charlie, CharlieStash, Dave, Eve, Ferdie,
};
use sp_runtime::{traits::Dispatchable, Perbill};
use swarmwork_primitives::{Penalty, SlashReason};

type Filter = <Runtime as frame_system::Config>::BaseCallFilter;

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn attest() -> RuntimeCall {
    pallet_circuits::Call::attest_circuit {
        circuit: H256::repeat_byte(1),
        transcript: H256::repeat_byte(2),
    }
    .into()
}

fn spend(amount: u128) -> RuntimeCall {
    pallet_treasury::Call::spend {
        asset_kind: Box::new(()),
        amount,
        beneficiary: Box::new(Ferdie.to_account_id()),
        valid_from: None,
    }
    .into()
}

#[test]
fn calls_have_the_class_of_what_they_do() {
    let batch = |calls| RuntimeCall::from(pallet_utility::Call::batch_all { calls });
    let cases: Vec<(RuntimeCall, Class)> = vec![
        (
            pallet_governance::Call::dismiss_technical {}.into(),
            Class::Cancel,
        ),
        (
            pallet_treasury::Call::void_spend { index: 0 }.into(),
            Class::Cancel,
        ),
        (
            pallet_governance::Call::set_price_floor { price: UNIT }.into(),
            Class::Parameter,
        ),
        (
            pallet_marketplace::Call::set_scoring {
                parameters: Default::default(),
            }
            .into(),
            Class::Parameter,
        ),
        (
            pallet_marketplace::Call::set_audit_share {
                share: Default::default(),
            }
            .into(),
            Class::Parameter,
        ),
        // What it costs a provider, and whom, is not narrow.
        (
            pallet_providers::Call::set_penalty {
                reason: SlashReason::Forgery,
                penalty: Penalty {
                    stake: Perbill::one(),
                    price: Perbill::zero(),
                    strikes: 0,
                    capped: false,
                },
            }
            .into(),
            Class::Upgrade,
        ),
        (
            pallet_providers::Call::slash_provider {
                provider: Bob.to_account_id(),
                amount: UNIT,
            }
            .into(),
            Class::Upgrade,
        ),
        (spend(SPEND_LIMIT), Class::Treasury),
        (spend(SPEND_LIMIT + 1), Class::Upgrade),
        (attest(), Class::Attest),
        (
            frame_system::Call::set_code { code: vec![] }.into(),
            Class::Upgrade,
        ),
        (
            frame_system::Call::authorize_upgrade {
                code_hash: H256::repeat_byte(3),
            }
            .into(),
            Class::Upgrade,
        ),
        (remark(), Class::Upgrade),
        (batch(vec![spend(1), attest()]), Class::Attest),
        (batch(vec![spend(1), batch(vec![remark()])]), Class::Upgrade),
        // What acts for others, later, or as somebody else is grave, whatever it wraps.
        (
            pallet_proxy::Call::proxy {
                real: Bob.to_account_id().into(),
                force_proxy_type: None,
                call: Box::new(spend(1)),
            }
            .into(),
            Class::Upgrade,
        ),
        (
            pallet_multisig::Call::as_multi_threshold_1 {
                other_signatories: vec![Bob.to_account_id()],
                call: Box::new(spend(1)),
            }
            .into(),
            Class::Upgrade,
        ),
        (
            pallet_utility::Call::dispatch_as {
                as_origin: Box::new(frame_system::RawOrigin::Root.into()),
                call: Box::new(spend(1)),
            }
            .into(),
            Class::Upgrade,
        ),
        (
            pallet_scheduler::Call::schedule {
                when: 10,
                maybe_periodic: None,
                priority: 0,
                call: Box::new(spend(1)),
            }
            .into(),
            Class::Upgrade,
        ),
    ];
    for (call, class) in cases {
        assert_eq!(Classes::class_of(&call), class, "{call:?}");
    }
}

/// By which money moves, beside the calls of the test below.
fn payouts() -> Vec<RuntimeCall> {
    use pallet_marketplace::Call as Market;
    use pallet_providers::Call as Providers;
    use pallet_swarm_work::Call as Work;
    let (job, beneficiary) = (H256::zero(), Bob.to_account_id());
    let market = [
        Market::<Runtime>::claim_for {
            beneficiary: beneficiary.clone(),
        },
        Market::claim_asset {
            asset: 1,
            beneficiary,
        },
        Market::tip { job, amount: UNIT },
        Market::poke { limit: 1 },
        Market::close_report { job },
        Market::accept_asset {
            asset: 1,
            up_to: None,
        },
    ];
    let providers = [
        Providers::<Runtime>::withdraw_bond {},
        Providers::unbond { amount: UNIT },
        Providers::unregister {},
    ];
    let work = [
        Work::<Runtime>::claim { from: 0, count: 1 },
        Work::unlock {},
        Work::withdraw {},
    ];
    let others: [RuntimeCall; 2] = [
        pallet_burn::Call::<Runtime>::burn { amount: UNIT }.into(),
        pallet_contracts::Call::<Runtime>::call {
            dest: Bob.to_account_id().into(),
            value: UNIT,
            gas_limit: Default::default(),
            storage_deposit_limit: None,
            data: vec![],
        }
        .into(),
    ];
    let ours = market
        .map(RuntimeCall::from)
        .into_iter()
        .chain(providers.map(RuntimeCall::from))
        .chain(work.map(RuntimeCall::from));
    ours.chain(others).collect()
}

/// What passes the filter while the market is stopped.
#[test]
fn a_stop_stops_the_market_and_neither_consensus_nor_governance() {
    const GOES_ON: [&str; 17] = [
        "System",
        "Timestamp",
        "Babe",
        "Grandpa",
        "Session",
        "Staking",
        "VoterList",
        "Preimage",
        "Scheduler",
        "Referenda",
        "ConvictionVoting",
        "Governance",
        "SafeMode",
        "Utility",
        "Multisig",
        "Proxy",
        "Timing",
    ];
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let cancel: RuntimeCall = pallet_marketplace::Call::cancel_job { job: H256::zero() }.into();
        let claim: RuntimeCall = pallet_marketplace::Call::claim {}.into();
        let transfer: RuntimeCall = pallet_balances::Call::transfer_all {
            dest: Bob.to_account_id().into(),
            keep_alive: true,
        }
        .into();
        let payout: RuntimeCall = pallet_treasury::Call::payout { index: 0 }.into();
        let mut calls = vec![
            cancel.clone(),
            claim.clone(),
            transfer,
            payout,
            attest(),
            remark(),
        ];
        calls.extend(payouts());
        calls.extend(submissions());
        assert!(calls.iter().all(Filter::contains));
        assert_ok!(Governance::stop(RuntimeOrigin::signed(
            Alice.to_account_id()
        )));
        for call in calls {
            let goes_on = GOES_ON.contains(&call.get_call_metadata().pallet_name) || call == cancel;
            assert_eq!(Filter::contains(&call), goes_on, "{call:?}");
        }
        // Within a batch, too.
        let batch: RuntimeCall = pallet_utility::Call::batch_all { calls: vec![claim] }.into();
        assert!(batch
            .dispatch(RuntimeOrigin::signed(Bob.to_account_id()))
            .is_err());
    });
}

#[test]
fn what_must_go_on_is_not_paused() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        for pallet in RuntimeCall::get_module_names() {
            for call in RuntimeCall::get_call_names(pallet) {
                let name = name(pallet, call).expect("names are short");
                let may = crate::TxPause::can_pause(name);
                let market = [
                    "Marketplace",
                    "Circuits",
                    "Models",
                    "Providers",
                    "SwarmWork",
                    "Assets",
                    "Burn",
                    "Contracts",
                ];
                if market.contains(pallet) && *call != "cancel_job" {
                    assert!(may, "{pallet}.{call}");
                }
                if ["Governance", "Referenda", "Staking", "Timestamp"].contains(pallet) {
                    assert!(!may, "{pallet}.{call}");
                }
            }
        }
    });
}

/// Every call that a deadline is for stops the market's clock, and is called by its name.
#[test]
fn pausing_what_has_a_deadline_halts_the_market() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let without = [
            "submit_job",
            "submit_rooted_job",
            "submit_order",
            "set_scoring",
            "decline_job",
            "accept_rooted_work",
            "cancel_job",
            "claim",
            "claim_for",
            "claim_asset",
            "poke",
            "set_audit_share",
            "list_asset",
            "close_asset",
            "accept_asset",
            "tip",
            "close_report",
            "acknowledge",
        ];
        let mut timed: Vec<_> = ClockCalls::get().iter().map(|(_, call)| *call).collect();
        timed.extend(without);
        timed.sort_unstable();
        let mut calls = RuntimeCall::get_call_names("Marketplace").to_vec();
        calls.sort_unstable();
        assert_eq!(timed, calls, "a new call has a deadline, or none");
        let technical = RuntimeOrigin::signed(Alice.to_account_id());
        for (pallet, call) in ClockCalls::get() {
            let name = name(pallet, call).expect("names are short");
            assert!(!Halted::<Runtime>::get());
            assert_ok!(Governance::pause_call(technical.clone(), name.clone()));
            assert!(Halted::<Runtime>::get(), "{call}");
            assert_ok!(Governance::resume_call(technical.clone(), name));
        }
    });
}

/// One of each kind of submission.
fn submissions() -> [RuntimeCall; 3] {
    use pallet_marketplace::{Call, InputCommitments, JobInput, RootedInput};
    use swarmwork_primitives::{Assignment, Budget, JobCurrency, Locator, Mode};
    let (model, deadline) = (H256::zero(), 100);
    let input = RootedInput {
        locator: Locator::default(),
        batches: 1,
        root: H256::zero(),
    };
    let listed = JobInput {
        locator: Locator::default(),
        commitments: InputCommitments::Listed(Default::default()),
    };
    let budget = Budget {
        currency: JobCurrency::Native,
        max_price: UNIT,
    };
    [
        Call::<Runtime>::submit_job {
            model,
            input: Locator::default(),
            commitments: Default::default(),
            max_price: UNIT,
            deadline,
            assignment: Assignment::Swarm,
        },
        Call::<Runtime>::submit_rooted_job {
            model,
            input,
            mode: Mode::Optimistic,
            max_price: UNIT,
            deadline,
            assignment: Assignment::Swarm,
        },
        Call::<Runtime>::submit_order {
            model,
            input: listed,
            mode: Mode::Proven,
            budget,
            deadline,
            placement: Assignment::Swarm.into(),
        },
    ]
    .map(RuntimeCall::from)
}

/// Whoever pauses one way to submit jobs would have nothing of it while another is open.
#[test]
fn pausing_one_submission_pauses_all_and_nothing_else() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let technical = RuntimeOrigin::signed(Alice.to_account_id());
        let all = RuntimeCall::get_call_names("Marketplace")
            .iter()
            .filter(|call| call.starts_with("submit_") && !call.starts_with("submit_result"));
        assert_eq!(all.count(), SUBMISSIONS.len());
        for (pallet, call) in SUBMISSIONS {
            let name = name(pallet, call).expect("names are short");
            assert!(submissions().iter().all(Filter::contains));
            assert_ok!(Governance::pause_call(technical.clone(), name.clone()));
            assert!(!submissions().iter().any(Filter::contains), "{call}");
            assert!(Filter::contains(&remark()) && !Halted::<Runtime>::get());
            assert_ok!(Governance::resume_call(technical.clone(), name));
        }
    });
}

/// Windows that cannot be answered count for nobody, and do not hold up the market.
#[test]
fn pausing_answers_halts_windows_and_nothing_else() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let without = [
            "admit",
            "withdraw",
            "expel",
            // Of all peers alike, and once an epoch.
            "report_bandwidth",
            "lock_up",
            "unlock",
            "claim",
        ];
        let mut known: Vec<_> = ANSWERS.iter().map(|(_, call)| *call).collect();
        known.extend(without);
        known.sort_unstable();
        let mut calls = RuntimeCall::get_call_names("SwarmWork").to_vec();
        calls.sort_unstable();
        assert_eq!(known, calls, "a new call answers windows, or not");
        let technical = RuntimeOrigin::signed(Alice.to_account_id());
        for (pallet, call) in ANSWERS {
            let name = name(pallet, call).expect("names are short");
            assert!(!WindowsHalted::get());
            assert_ok!(Governance::pause_call(technical.clone(), name.clone()));
            assert!(WindowsHalted::get(), "{call}");
            assert!(!Halted::<Runtime>::get(), "{call}");
            assert_ok!(Governance::resume_call(technical.clone(), name));
        }
        assert_ok!(Governance::stop(technical));
        assert!(WindowsHalted::get());
    });
}

/// The market's clock stands while it is stopped, and goes on by itself.
#[test]
fn the_markets_clock_stands_still_during_a_stop() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let block = |number: u32| {
            System::set_block_number(number);
            <SafeMode as OnInitialize<u32>>::on_initialize(number);
            <Marketplace as OnInitialize<u32>>::on_initialize(number);
        };
        block(1);
        assert_eq!(Marketplace::now(), 1);
        assert_ok!(Governance::stop(RuntimeOrigin::signed(
            Alice.to_account_id()
        )));
        for number in 2..=1 + GOVERNANCE_DAY {
            block(number);
            assert_eq!(Marketplace::now(), 1);
        }
        block(2 + GOVERNANCE_DAY);
        assert!(!SafeMode::is_entered());
        assert_eq!(Marketplace::now(), 2);
    });
}

#[test]
fn whoever_carried_a_proposal_is_locked_in_when_it_takes_effect() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let longest = Class::ALL
            .iter()
            .filter_map(|class| Tracks::<Runtime>::info(class.track()))
            .map(|track| track.min_enactment_period)
            .max();
        let period = <Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get();
        assert!(Some(period) >= longest);
    });
}

/// All who have roles, and the technical account, act for a day without a line of before it leaving
/// the record; taking their power takes hours.
#[test]
fn a_day_of_acts_fits_the_record() {
    let holders: u32 = <Runtime as pallet_governance::Config>::MaxHolders::get();
    let acts: u32 = <Runtime as pallet_governance::Config>::MaxActs::get();
    let capacity: u32 = <Runtime as pallet_governance::Config>::RecordCapacity::get();
    // A price that is set leaves two lines: the role's use, and the price.
    let lines = holders * (Role::ALL.len() as u32 + 1) + 1;
    assert!(lines * acts <= capacity, "{lines} times {acts}");
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        assert!(Tracks::<Runtime>::quickest(Class::Cancel) < GOVERNANCE_DAY);
    });
}

/// An upgrade is one task: the scheduler must take it.
#[test]
fn an_upgrade_of_the_runtime_fits_the_scheduler() {
    let code: RuntimeCall = frame_system::Call::set_code {
        code: vec![0; 3 * 1024 * 1024],
    }
    .into();
    let weight = code.get_dispatch_info().call_weight;
    let most = crate::configs::scheduler::MaxTask::get();
    assert!(weight.all_lte(most), "{weight} of {most}");
    assert!(most.all_lt(RuntimeBlockWeights::get().max_block));
}

/// The development chain goes the same road as any other, faster: a role is given by proposal.
#[test]
fn a_proposal_is_carried_and_enacted_on_a_development_chain() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let mut now = 1u32;
        System::set_block_number(now);
        let signed = |who: AccountId| RuntimeOrigin::signed(who);
        let holder = Ferdie.to_account_id();
        let call: RuntimeCall = pallet_governance::Call::grant_role {
            role: Role::AttestCircuits,
            holder: holder.clone(),
            scope: None,
            expires: 1_000,
        }
        .into();
        let bytes = call.encode();
        let (hash, len) = (
            sp_io::hashing::blake2_256(&bytes).into(),
            bytes.len() as u32,
        );
        assert_ok!(Preimage::note_preimage(signed(Eve.to_account_id()), bytes));
        assert_ok!(Governance::propose(
            signed(Eve.to_account_id()),
            Bounded::Lookup { hash, len }
        ));
        assert_ok!(Referenda::place_decision_deposit(
            signed(Eve.to_account_id()),
            0
        ));
        for who in [
            Alice,
            Bob,
            Charlie,
            Dave,
            AliceStash,
            BobStash,
            CharlieStash,
        ] {
            let vote = AccountVote::Standard {
                vote: Vote {
                    aye: true,
                    conviction: Conviction::Locked1x,
                },
                balance: Balances::free_balance(who.to_account_id()) / 2 * 2,
            };
            assert_ok!(crate::ConvictionVoting::vote(
                signed(who.to_account_id()),
                0,
                vote
            ));
        }
        let enacted = || {
            Governance::acts(0, 100)
                .into_iter()
                .any(|(_, entry)| matches!(entry.act, Act::Enacted { result: Ok(()), .. }))
        };
        while !enacted() {
            now += 1;
            assert!(now < 300, "it takes minutes at most");
            System::set_block_number(now);
            <Scheduler as OnInitialize<u32>>::on_initialize(now);
        }
        assert!(Governance::has_role(Role::AttestCircuits, &holder, None));
        // Prepare, confirm and timelock of its class: 1 + 2 + 7 days.
        assert!(now >= 10 * GOVERNANCE_DAY, "{now}");
    });
}
