//! A transaction that the runtime signs off the chain is one that the chain takes.

use super::externalities;
use crate::{
    genesis_presets::WORKERS, AccountId, Executive, Runtime, RuntimeCall, System,
    UncheckedExtrinsic,
};
use codec::{Decode, Encode};
use frame_support::storage::with_transaction;
use frame_system::offchain::{SendSignedTransaction, Signer};
use sp_core::offchain::{
    testing::{TestOffchainExt, TestTransactionPoolExt},
    OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
    traits::Dispatchable,
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
    DispatchError, TransactionOutcome,
};
use swarmwork_primitives::{WorkerAuthority, WORKER_KEY_TYPE};

fn signed_by_worker(suri: &str) -> (sp_io::TestExternalities, UncheckedExtrinsic) {
    sent_by_worker(
        suri,
        frame_system::Call::<Runtime>::remark { remark: vec![1] }.into(),
    )
}

fn sent_by_worker(suri: &str, call: RuntimeCall) -> (sp_io::TestExternalities, UncheckedExtrinsic) {
    let mut ext = externalities(DEV_RUNTIME_PRESET);
    let keystore = MemoryKeystore::new();
    keystore
        .sr25519_generate_new(WORKER_KEY_TYPE, Some(suri))
        .expect("a valid URI");
    ext.register_extension(KeystoreExt::new(keystore));
    let (offchain, _) = TestOffchainExt::new();
    ext.register_extension(OffchainDbExt::new(offchain.clone()));
    ext.register_extension(OffchainWorkerExt::new(offchain));
    let (pool, sent) = TestTransactionPoolExt::new();
    ext.register_extension(TransactionPoolExt::new(pool));

    ext.execute_with(|| {
        System::set_block_number(1);
        // What a worker writes into the state is dropped after its run.
        let results = with_transaction(|| {
            let results = Signer::<Runtime, WorkerAuthority>::any_account()
                .send_signed_transaction(|_| call.clone());
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(results))
        });
        assert!(matches!(results, Ok(Some((_, Ok(()))))), "{results:?}");
    });
    let bytes = sent.read().transactions[0].clone();
    let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).expect("decodes");
    (ext, extrinsic)
}

#[test]
fn the_pool_accepts_what_the_worker_key_signed() {
    let (mut ext, extrinsic) = signed_by_worker("//Alice//worker");
    ext.execute_with(|| {
        let validity = Executive::validate_transaction(
            TransactionSource::Local,
            extrinsic,
            System::block_hash(0),
        )
        .expect("valid");
        assert!(validity.longevity <= crate::offchain::MORTALITY, "mortal");
        let tag = (AccountId::from(WORKERS[0]), 0u32).encode();
        assert_eq!(validity.provides, vec![tag]);
    });
}

/// Its proof is not even looked at.
#[test]
fn the_pool_takes_no_result_of_a_job_that_there_is_not() {
    let call = pallet_marketplace::Call::<Runtime>::submit_result {
        job: Default::default(),
        batch: 0,
        proof: vec![0; 192].try_into().expect("short"),
        output: Default::default(),
    };
    let (mut ext, extrinsic) = sent_by_worker("//Alice//worker", call.into());
    ext.execute_with(|| {
        let error = Executive::validate_transaction(
            TransactionSource::Local,
            extrinsic,
            System::block_hash(0),
        )
        .expect_err("there is no such job");
        let unknown = DispatchError::from(pallet_marketplace::Error::<Runtime>::JobUnknown);
        let DispatchError::Module(module) = unknown else {
            panic!("it is a pallet's error");
        };
        assert_eq!(
            error,
            TransactionValidityError::Invalid(InvalidTransaction::Custom(module.error[0]))
        );
    });
}

#[test]
fn a_worker_without_funds_is_told_that_it_cannot_pay() {
    let (mut ext, extrinsic) = signed_by_worker("//Nobody//worker");
    ext.execute_with(|| {
        let error = Executive::validate_transaction(
            TransactionSource::Local,
            extrinsic,
            System::block_hash(0),
        )
        .expect_err("it has nothing");
        assert_eq!(
            error,
            TransactionValidityError::Invalid(InvalidTransaction::Payment)
        );
    });
}

/// Root has no signature, so nobody can send this; it is how governance will act.
#[test]
fn privileged_calls_are_roots() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let call = || {
            RuntimeCall::Circuits(pallet_circuits::Call::attest_circuit {
                circuit: Default::default(),
                transcript: Default::default(),
            })
        };
        let signed = frame_system::RawOrigin::Signed(AccountId::from([1; 32]));
        assert_eq!(
            call().dispatch(signed.into()).map_err(|error| error.error),
            Err(sp_runtime::DispatchError::BadOrigin)
        );
        // Root passes the origin and is told what is really wrong.
        let root = call().dispatch(frame_system::RawOrigin::Root.into());
        assert_ne!(
            root.map_err(|error| error.error),
            Err(sp_runtime::DispatchError::BadOrigin)
        );
    });
}
