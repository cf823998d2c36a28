//! A worker key reports for whom it agreed to only.

use super::{consent, register, url, ASK};
use crate::{mock::*, ConsentOf, Error};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{
    testing::{TestSignature, H256},
    DispatchError,
};

/// Tries to register, and as somebody registered to rotate to, a worker key with this consent.
fn refused(consent: impl Fn() -> ConsentOf<Test>, error: Error<Test>) {
    let error = DispatchError::from(error);
    assert_noop!(
        Registry::register_provider(
            RuntimeOrigin::signed(1),
            200,
            consent(),
            MINIMUM_BOND,
            ASK,
            url("http://a"),
            false
        ),
        error
    );
    assert_ok!(register(1, MINIMUM_BOND));
    assert_noop!(
        Registry::rotate_worker(RuntimeOrigin::signed(1), 200, consent()),
        error
    );
}

#[test]
fn a_key_of_somebody_else_is_not_registered() {
    new_test_ext().execute_with(|| {
        // Signed with the caller's own key, or another.
        refused(
            || ConsentOf::<Test> {
                signature: TestSignature(1, consent(200, 1).signature.1),
                ..consent(200, 1)
            },
            Error::ConsentInvalid,
        );
    });
}

#[test]
fn consent_is_given_to_one_controller_only() {
    new_test_ext().execute_with(|| refused(|| consent(200, 2), Error::ConsentInvalid));
}

#[test]
fn consent_is_given_on_one_chain_only() {
    new_test_ext().execute_with(|| {
        let elsewhere = consent(200, 1);
        frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(1));
        refused(|| elsewhere.clone(), Error::ConsentInvalid);
    });
}

#[test]
fn consent_counts_until_its_last_block() {
    new_test_ext().execute_with(|| {
        let given = consent(200, 1);
        // Its block is signed too.
        refused(
            || ConsentOf::<Test> {
                until: given.until - 1,
                ..given.clone()
            },
            Error::ConsentInvalid,
        );
        System::set_block_number(given.until + 1);
        assert_noop!(
            Registry::rotate_worker(RuntimeOrigin::signed(1), 200, given.clone()),
            Error::<Test>::ConsentExpired
        );
        System::set_block_number(given.until);
        assert_ok!(Registry::rotate_worker(
            RuntimeOrigin::signed(1),
            200,
            given.clone()
        ));
    });
}

#[test]
fn consent_is_not_given_for_long() {
    new_test_ext().execute_with(|| {
        refused(
            || {
                let until = System::block_number() + CONSENT + 1;
                let message = Registry::consent_message(&1, until);
                ConsentOf::<Test> {
                    until,
                    signature: TestSignature(200, message),
                }
            },
            Error::ConsentTooLong,
        )
    });
}
