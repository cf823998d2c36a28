//! Jobs on the whole runtime: a job is paid once, however its calls are wrapped, and assets are listed
//! by whom governance lets.

use super::externalities;
use crate::{
    configs::{governance::Classes, proxy::ProxyType},
    currency::UNIT,
    AccountId, Assets, Balances, Circuits, Marketplace, Models, Providers, Proxy, Runtime,
    RuntimeCall, RuntimeOrigin, System,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::fungible::{Inspect, InspectHold, Mutate},
};
use pallet_governance::ClassOf;
use pallet_marketplace::{listing_scope, Call, HoldReason, Inputs, Jobs, Listings, Running};
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Ferdie};
use sp_runtime::{traits::Dispatchable, DispatchError, FixedU128};
use swarmwork_primitives::{
    worker_message, Assignment, Class, ContentId, Grant, JobId, JobState, Locator, Role,
    WorkerConsent,
};

const VERIFYING_KEY: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/verifying-key.bin");
const STATEMENT: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/statement.bin");
const PROOF: &[u8] = include_bytes!("../../../pallets/circuits/fixtures/proof.bin");

/// 32 bytes of the fixture's statement: genesis, job, (batch,) provider, weights, input.
fn part<const START: usize>() -> [u8; 32] {
    STATEMENT[START..START + 32]
        .try_into()
        .expect("the statement is 164 bytes long")
}

/// The batch that the fixture proves.
fn batch() -> u32 {
    u32::from_le_bytes(STATEMENT[64..68].try_into().expect("four bytes"))
}

fn provider() -> AccountId {
    part::<68>().into()
}

fn locator() -> Locator {
    Locator {
        content: ContentId::default(),
        source: Default::default(),
    }
}

fn signed(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

/// Registers the fixture's provider, with the worker key of Alice.
fn register() {
    Balances::mint_into(&provider(), 20_000 * UNIT).expect("it can be funded");
    let until = System::block_number() + 100;
    let genesis = System::block_hash(0);
    let message = worker_message(&genesis, &provider(), until.into());
    let consent = WorkerConsent {
        until,
        signature: Alice.sign(&message).into(),
    };
    assert_ok!(Providers::register_provider(
        signed(&provider()),
        Alice.to_account_id(),
        consent,
        10_000 * UNIT,
        UNIT,
        b"http://127.0.0.1:9".to_vec().try_into().expect("short"),
        true,
    ));
}

/// A job of Charlie's that the fixture's proof settles: stored under the id that is proven, with
/// every other batch counted as done. What it costs.
fn job() -> (JobId, u128) {
    let owner = Bob.to_account_id();
    let key = VERIFYING_KEY.to_vec().try_into().expect("the key is short");
    assert_ok!(Circuits::register_circuit(
        signed(&owner),
        key,
        locator(),
        locator()
    ));
    let circuit = pallet_circuits::Circuits::<Runtime>::iter_keys()
        .next()
        .expect("one is registered");
    assert_ok!(Models::register_model(
        signed(&owner),
        circuit,
        part::<100>(),
        locator()
    ));
    let model = pallet_models::Models::<Runtime>::iter_keys()
        .next()
        .expect("one is registered");
    register();
    let inputs = vec![part::<132>(); batch() as usize + 1];
    assert_ok!(Marketplace::submit_job(
        signed(&Charlie.to_account_id()),
        model,
        locator(),
        inputs.try_into().expect("there are few"),
        100 * UNIT,
        System::block_number() + 100,
        Assignment::Direct(provider()),
    ));
    let stored = Jobs::<Runtime>::iter_keys().next().expect("one is stored");
    let id = H256(part::<32>());
    let mut job = Jobs::<Runtime>::take(stored).expect("it is stored");
    let JobState::Assigned { price, .. } = job.state else {
        panic!("the job is {:?}", job.state);
    };
    job.proven = batch();
    Jobs::<Runtime>::insert(id, job);
    let input = Inputs::<Runtime>::take(stored).expect("it is stored");
    Inputs::<Runtime>::insert(id, input);
    Running::<Runtime>::mutate(provider(), |running| {
        for job in running.iter_mut() {
            *job = id;
        }
    });
    (id, price)
}

fn test(run: impl FnOnce()) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        frame_system::BlockHash::<Runtime>::insert(0, H256(part::<0>()));
        run();
    });
}

fn result(job: JobId) -> RuntimeCall {
    Call::submit_result {
        job,
        batch: batch(),
        proof: PROOF.to_vec().try_into().expect("short"),
        output: ContentId::default(),
    }
    .into()
}

fn cancel(job: JobId) -> RuntimeCall {
    Call::cancel_job { job }.into()
}

fn proxied(real: &AccountId, call: RuntimeCall) -> RuntimeCall {
    pallet_proxy::Call::proxy {
        real: real.clone().into(),
        force_proxy_type: None,
        call: Box::new(call),
    }
    .into()
}

/// Every way in which one transaction holds several calls.
fn batches(calls: Vec<RuntimeCall>) -> [RuntimeCall; 3] {
    use pallet_utility::Call;
    [
        Call::batch {
            calls: calls.clone(),
        }
        .into(),
        Call::force_batch {
            calls: calls.clone(),
        }
        .into(),
        Call::batch_all { calls }.into(),
    ]
}

/// What the provider got for its work, and what is still held of the requester.
fn paid() -> (u128, u128) {
    let held = Balances::balance_on_hold(&HoldReason::Escrow.into(), &Charlie.to_account_id());
    (Balances::total_balance(&provider()) - 20_000 * UNIT, held)
}

#[test]
fn a_result_that_is_wrapped_again_and_again_is_paid_once() {
    let worker = Alice.to_account_id();
    for wrapper in 0..3 {
        test(|| {
            let (id, price) = job();
            let proxy = ProxyType::Market;
            let of_worker = Dave.to_account_id();
            assert_ok!(Proxy::add_proxy(
                signed(&worker),
                of_worker.clone().into(),
                proxy,
                0
            ));
            let twice = batches(vec![result(id), result(id)])[wrapper].clone();
            let outcome = twice.clone().dispatch(signed(&worker));
            if wrapper == 2 {
                // All or nothing: the second is refused, and so is the first.
                assert!(outcome.is_err());
                assert_eq!(paid(), (0, 100 * UNIT));
                assert_ok!(result(id).dispatch(signed(&worker)));
            } else {
                assert_ok!(outcome);
            }
            let once = (price / 5 * 4, 0);
            assert_eq!(paid(), once);
            // As the worker's proxy, alone and in batches of batches.
            let nested = batches(vec![proxied(&worker, twice), result(id)]);
            for call in nested {
                let _ = call.dispatch(signed(&of_worker));
                let _ = proxied(&worker, result(id)).dispatch(signed(&of_worker));
                assert_eq!(paid(), once);
            }
        });
    }
}

#[test]
fn a_job_is_withdrawn_or_paid_and_not_both() {
    let (worker, requester) = (Alice.to_account_id(), Charlie.to_account_id());
    test(|| {
        let (id, price) = job();
        assert_ok!(result(id).dispatch(signed(&worker)));
        let free = Balances::balance(&requester);
        for call in batches(vec![cancel(id), cancel(id)]) {
            let _ = call.dispatch(signed(&requester));
        }
        assert_eq!(paid(), (price / 5 * 4, 0));
        assert_eq!(Balances::balance(&requester), free);
    });
    test(|| {
        let (id, price) = job();
        for call in batches(vec![cancel(id), cancel(id)]).into_iter().take(2) {
            assert_ok!(call.dispatch(signed(&requester)));
        }
        // Three of four batches are proven.
        let part = price / u128::from(batch() + 1) * u128::from(batch());
        let (got, held) = paid();
        assert!(got.abs_diff(part / 5 * 4) <= 1, "{got} of {part}");
        assert_eq!(held, 0);
        assert!(result(id).dispatch(signed(&worker)).is_err());
        assert_eq!(paid(), (got, 0));
    });
}

#[test]
fn assets_are_listed_by_a_role_that_may_cover_one_of_them() {
    test(|| {
        let (issuer, holder) = (Bob.to_account_id(), Ferdie.to_account_id());
        for asset in [1, 2] {
            let admin = issuer.clone().into();
            assert_ok!(Assets::create(signed(&issuer), asset, admin, 10));
        }
        let rate = FixedU128::from_u32(3);
        let list = |who: &AccountId, asset| Marketplace::list_asset(signed(who), asset, rate);
        let grant = Grant {
            holder: holder.clone(),
            scope: Some(listing_scope(1)),
            expires: 1_000,
        };
        pallet_governance::Roles::<Runtime>::mutate(Role::ListAssets, |grants| {
            grants.try_push(grant).expect("one is few")
        });
        assert_noop!(list(&issuer, 1), DispatchError::BadOrigin);
        assert_noop!(list(&holder, 2), DispatchError::BadOrigin);
        assert_ok!(list(&holder, 1));
        assert!(Listings::<Runtime>::get(1).is_some_and(|listing| listing.open));
        assert_ok!(Marketplace::close_asset(signed(&holder), 1));
        assert!(Listings::<Runtime>::get(1).is_some_and(|listing| !listing.open));
    });
}

#[test]
fn listing_an_asset_is_a_matter_of_parameters() {
    let (asset, rate) = (1, FixedU128::from_u32(1));
    let calls: [RuntimeCall; 2] = [
        Call::list_asset { asset, rate }.into(),
        Call::close_asset { asset }.into(),
    ];
    for call in calls {
        assert_eq!(Classes::class_of(&call), Class::Parameter);
    }
    // Whoever forces an asset takes what others have of it.
    let forced: RuntimeCall = pallet_assets::Call::<Runtime>::force_asset_status {
        id: 1,
        owner: Bob.to_account_id().into(),
        issuer: Bob.to_account_id().into(),
        admin: Bob.to_account_id().into(),
        freezer: Bob.to_account_id().into(),
        min_balance: 1,
        is_sufficient: true,
        is_frozen: false,
    }
    .into();
    assert_eq!(Classes::class_of(&forced), Class::Upgrade);
}
