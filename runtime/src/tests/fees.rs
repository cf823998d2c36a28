//! What transactions cost and where the money goes.

use super::externalities;
use crate::{
    configs::{
        system::{RuntimeBlockWeights, NORMAL_RATIO},
        transaction_payment::{DealWithFees, FeePerByte, FeePerWeight},
        treasury::TreasuryAccount,
    },
    currency::{EXISTENTIAL_DEPOSIT, MICRO, MILLI, UNIT},
    offchain::transaction_extension,
    AccountId, Authorship, Balance, Balances, Burn, Runtime, RuntimeCall, System,
    TransactionPayment,
};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo, Pays},
    traits::{
        fungible::{Balanced, Inspect},
        tokens::imbalance::OnUnbalanced,
    },
    weights::{constants::ExtrinsicBaseWeight, Weight, WeightToFee},
};
use sp_consensus_babe::{
    digests::{PreDigest, SecondaryPlainPreDigest},
    BABE_ENGINE_ID,
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::{
    generic::{Digest, Era},
    traits::TransactionExtension,
    DigestItem,
};
use swarmwork_primitives::MAX_RESULTS;

#[test]
fn the_fee_curve_is_the_stated_one() {
    assert_eq!(
        FeePerWeight::weight_to_fee(&ExtrinsicBaseWeight::get()),
        MILLI
    );
    assert_eq!(
        FeePerWeight::weight_to_fee(&(ExtrinsicBaseWeight::get() * 7)),
        7 * MILLI
    );
    assert_eq!(FeePerWeight::weight_to_fee(&Weight::zero()), 0);
    assert_eq!(FeePerByte::get(), 10 * MICRO);
    // A whole block of computation costs a few tokens, not a fortune and not nothing.
    let block = FeePerWeight::weight_to_fee(&RuntimeBlockWeights::get().max_block);
    assert!((UNIT..20 * UNIT).contains(&block), "{block}");
}

#[test]
fn a_transfer_costs_a_few_thousandths() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
            dest: Bob.to_account_id().into(),
            value: UNIT,
        });
        // Signature, address and extension add about 110 bytes.
        let length = call.encode().len() as u32 + 110;
        let fee = TransactionPayment::compute_fee(length, &call.get_dispatch_info(), 0);
        assert!((MILLI..10 * MILLI).contains(&fee), "{fee}");
    });
}

#[test]
fn full_blocks_raise_the_fee_and_empty_ones_never_go_below_the_curve() {
    use pallet_transaction_payment::NextFeeMultiplier;
    use sp_runtime::traits::Convert;
    type Update = <Runtime as pallet_transaction_payment::Config>::FeeMultiplierUpdate;
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let start = NextFeeMultiplier::<Runtime>::get();
        assert_eq!(
            Update::convert(start),
            start,
            "an empty block at the floor changes nothing"
        );
        System::set_block_consumed_resources(
            NORMAL_RATIO * RuntimeBlockWeights::get().max_block,
            0,
        );
        assert!(Update::convert(start) > start);
    });
}

/// Initialises block 1 with Alice as its author.
fn in_a_block_of_alice(test: impl FnOnce(AccountId)) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let digest = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
            authority_index: 0,
            slot: 1.into(),
        });
        let logs = vec![DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())];
        System::initialize(&1, &Default::default(), &Digest { logs });
        assert_eq!(Authorship::author(), Some(Alice.to_account_id()));
        test(Alice.to_account_id());
    });
}

#[test]
fn fees_are_split_between_author_burn_and_treasury_and_tips_are_the_authors() {
    in_a_block_of_alice(|author| {
        let author_before = Balances::balance(&author);
        let treasury_before = Balances::balance(&TreasuryAccount::get());
        let issuance_before = Balances::total_issuance();
        let payer = Bob.to_account_id();
        let withdraw = |amount| {
            <Balances as Balanced<AccountId>>::withdraw(
                &payer,
                amount,
                frame_support::traits::tokens::Precision::Exact,
                frame_support::traits::tokens::Preservation::Preserve,
                frame_support::traits::tokens::Fortitude::Polite,
            )
            .expect("Bob is endowed")
        };
        DealWithFees::on_unbalanceds([withdraw(1_000 * MILLI), withdraw(7 * MILLI)].into_iter());

        assert_eq!(Balances::balance(&author) - author_before, 207 * MILLI);
        assert_eq!(
            Balances::balance(&TreasuryAccount::get()) - treasury_before,
            600 * MILLI
        );
        assert_eq!(issuance_before - Balances::total_issuance(), 200 * MILLI);
        // And what was burned is on the books.
        assert_eq!(Burn::totals().transaction_fees, 200 * MILLI);
    });
}

#[test]
fn dust_goes_to_the_treasury() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let issuance = Balances::total_issuance();
        let stranger = AccountId::from([7; 32]);
        frame_support::assert_ok!(Balances::transfer_allow_death(
            frame_system::RawOrigin::Signed(Bob.to_account_id()).into(),
            stranger.clone().into(),
            EXISTENTIAL_DEPOSIT + 5,
        ));
        let treasury = Balances::balance(&TreasuryAccount::get());
        frame_support::assert_ok!(Balances::transfer_allow_death(
            frame_system::RawOrigin::Signed(stranger).into(),
            Bob.to_account_id().into(),
            EXISTENTIAL_DEPOSIT,
        ));
        assert_eq!(Balances::balance(&TreasuryAccount::get()), treasury + 5);
        assert_eq!(Balances::total_issuance(), issuance);
    });
}

#[test]
fn the_largest_call_of_results_fits_a_block_and_a_workers_purse() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let call = |count: usize| {
            let report = pallet_marketplace::Report {
                job: Default::default(),
                batch: 0,
                proof: vec![0; 192].try_into().expect("short"),
                output: Default::default(),
            };
            RuntimeCall::Marketplace(pallet_marketplace::Call::submit_results {
                results: vec![report; count].try_into().expect("within the bound"),
            })
        };
        let largest = call(MAX_RESULTS as usize);
        let most = RuntimeBlockWeights::get()
            .get(DispatchClass::Normal)
            .max_extrinsic
            .expect("bounded");
        let mut info = largest.get_dispatch_info();
        info.extension_weight = transaction_extension(Era::Immortal, 0).weight(&largest);
        assert!(info.total_weight().all_lt(most), "{info:?}");
        // It is returned on success, but must be there.
        let fee = TransactionPayment::compute_fee(largest.encoded_size() as u32 + 110, &info, 0);
        assert!(fee < 5 * UNIT, "{fee}");
        // Each result more is charged for.
        let weight = |count| call(count).get_dispatch_info().call_weight;
        assert!(weight(2).all_gte(weight(1)) && weight(32).ref_time() > weight(31).ref_time());
    });
}

/// Whoever fills blocks with proofs that are refused pays for the checking: nothing is returned of
/// what was charged before, and what is charged covers the check.
#[test]
fn a_block_of_refused_proofs_costs_its_sender_what_any_full_block_does() {
    use swarmwork_primitives::Circuits as _;
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let call = RuntimeCall::Marketplace(pallet_marketplace::Call::submit_result {
            job: Default::default(),
            batch: 0,
            proof: vec![0; 192].try_into().expect("short"),
            output: Default::default(),
        });
        let info = call.get_dispatch_info();
        assert_eq!(info.pays_fee, Pays::Yes);
        assert!(info.call_weight.all_gte(crate::Circuits::verify_weight()));
        let room = RuntimeBlockWeights::get()
            .get(DispatchClass::Normal)
            .max_total
            .expect("bounded");
        let fit = room.ref_time() / info.call_weight.ref_time();
        let fee = TransactionPayment::compute_fee(call.encoded_size() as u32 + 110, &info, 0);
        assert!(
            fit > 0 && u128::from(fit) * fee > UNIT / 2,
            "{fit} for {fee}"
        );
    });
}

#[test]
fn the_largest_openings_and_pokes_fit_a_block() {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        let opening = pallet_marketplace::Opening {
            report: pallet_marketplace::Report {
                job: Default::default(),
                batch: 0,
                proof: vec![0; 192].try_into().expect("short"),
                output: Default::default(),
            },
            result_path: Default::default(),
            input: [0; 32],
            input_path: Default::default(),
        };
        let openings = vec![opening; MAX_RESULTS as usize];
        let calls: [RuntimeCall; 2] = [
            pallet_marketplace::Call::open_batches {
                openings: openings.try_into().expect("within the bound"),
            }
            .into(),
            pallet_marketplace::Call::poke { limit: u32::MAX }.into(),
        ];
        let most = RuntimeBlockWeights::get()
            .get(DispatchClass::Normal)
            .max_extrinsic
            .expect("bounded");
        for call in calls {
            let mut info = call.get_dispatch_info();
            info.extension_weight = transaction_extension(Era::Immortal, 0).weight(&call);
            assert!(info.total_weight().all_lt(most), "{info:?}");
        }
    });
}

/// What a requester prepays for the publication of an output covers what the provider's transactions
/// cost, with parts of any size: to ask for it is never a way to have a provider pay.
#[test]
fn what_is_prepaid_for_a_part_covers_its_transaction() {
    use crate::configs::marketplace::{BytePrice, PartPrice};
    use swarmwork_primitives::{ELEMENT_BYTES, PART_ELEMENTS};
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        for elements in [1, 2, PART_ELEMENTS / 2, PART_ELEMENTS] {
            let bytes = elements * ELEMENT_BYTES;
            let call = RuntimeCall::Marketplace(pallet_marketplace::Call::publish_output {
                job: Default::default(),
                part: 0,
                elements: vec![0; bytes as usize]
                    .try_into()
                    .expect("within the bound"),
            });
            let mut info = call.get_dispatch_info();
            info.extension_weight = transaction_extension(Era::Immortal, 0).weight(&call);
            let fee = TransactionPayment::compute_fee(call.encoded_size() as u32 + 110, &info, 0);
            let prepaid = PartPrice::get() + Balance::from(bytes) * BytePrice::get();
            assert!(fee <= prepaid, "{elements} elements: {fee} > {prepaid}");
        }
    });
}

#[test]
fn an_ordinary_transaction_may_take_most_of_a_block() {
    let weights = RuntimeBlockWeights::get();
    let normal = weights.get(DispatchClass::Normal);
    let most = normal.max_extrinsic.expect("bounded");
    assert!(most.ref_time() > weights.max_block.ref_time() / 2);
    assert!(most.all_lt(weights.max_block));
}
