//! The worst that a captured technical account does.

use super::{attest, upgrade};
use crate::{mock::*, Error, Halted, Role};
use frame_support::{assert_noop, assert_ok, traits::Get, weights::Weight};
use sp_runtime::{DispatchError, DispatchResult};
use swarmwork_primitives::UNIT;

/// The worst that a captured technical account does: it stops the market and cancels what it sees.
/// It enacts nothing, takes nothing, and cannot keep itself from being dismissed.
#[test]
fn a_captured_technical_account_only_delays() {
    test(|| {
        let before = Balances::total_issuance();
        for call in [
            attest(1),
            governed::Call::draw_audit {}.into(),
            crate::Call::grant_role {
                role: Role::AttestCircuits,
                holder: TECHNICAL,
                scope: None,
                expires: 100,
            }
            .into(),
            crate::Call::set_price_floor { price: UNIT }.into(),
            crate::Call::appoint_technical { who: TECHNICAL }.into(),
            crate::Call::dismiss_technical {}.into(),
            crate::Call::revoke_role {
                role: Role::DrawAudits,
                holder: 7,
            }
            .into(),
            upgrade(),
            pallet_treasury::Call::spend {
                asset_kind: Box::new(()),
                amount: UNIT,
                beneficiary: Box::new(TECHNICAL),
                valid_from: None,
            }
            .into(),
            pallet_referenda::Call::kill { index: 0 }.into(),
        ] {
            assert!(dispatch(TECHNICAL, call.clone()).is_err(), "{call:?}");
        }

        let victim = propose(80, attest(1));
        assert_ok!(dispatch(TECHNICAL, crate::Call::cancel { index: victim }));

        let dismissal = propose(80, crate::Call::dismiss_technical {});
        assert_noop!(
            dispatch(TECHNICAL, crate::Call::cancel { index: dismissal }),
            Error::<Test>::BeyondTechnical
        );
        begin(dismissal);
        carry(dismissal);
        let mut blocks = 0;
        while enacted(dismissal).is_none() {
            if !Halted::<Test>::get() {
                assert_ok!(dispatch(TECHNICAL, crate::Call::stop {}));
            }
            let _ = dispatch(TECHNICAL, crate::Call::cancel { index: dismissal });
            for (pallet, call) in [("Governance", "propose"), ("ConvictionVoting", "vote")] {
                assert!(dispatch(
                    TECHNICAL,
                    crate::Call::pause_call {
                        call: crate::name(pallet, call).unwrap()
                    }
                )
                .is_err());
            }
            next_block();
            blocks += 1;
            assert!(blocks < DAY, "a quick majority is rid of it within a day");
        }
        assert_eq!(crate::Technical::<Test>::get(), None);
        assert!(dispatch(TECHNICAL, crate::Call::stop {}).is_err());
        // Its last stop ends by itself.
        run_for(DAY + 1);
        assert!(!Halted::<Test>::get());
        assert_ok!(dispatch(1, governed::Call::job {}));
        assert_eq!(Balances::total_issuance(), before);
    });
}

/// A call of the multisig of 1, 2 and 3, any two of whom are enough, by two of them.
fn by_two(call: RuntimeCall) -> DispatchResult {
    let approve = |who: u64, others: Vec<u64>, maybe_timepoint| {
        dispatch(
            who,
            pallet_multisig::Call::as_multi {
                threshold: 2,
                other_signatories: others,
                maybe_timepoint,
                call: Box::new(call.clone()),
                max_weight: Weight::MAX,
            },
        )
    };
    approve(1, vec![2, 3], None)?;
    approve(2, vec![1, 3], Some(Multisig::timepoint()))
}

/// With a multisig as technical account one captured key does nothing; as many as it takes do what
/// one account would, and no more.
#[test]
fn a_captured_multisig_only_stops() {
    test(|| {
        let multisig = Multisig::multi_account_id(&[1, 2, 3], 2);
        crate::Technical::<Test>::put(multisig);
        let stop: RuntimeCall = crate::Call::stop {}.into();
        // One key, on its own or as a first approval.
        assert_noop!(dispatch(1, stop.clone()), DispatchError::BadOrigin);
        assert_ok!(dispatch(
            3,
            pallet_multisig::Call::as_multi {
                threshold: 2,
                other_signatories: vec![1, 2],
                maybe_timepoint: None,
                call: Box::new(stop.clone()),
                max_weight: Weight::MAX,
            }
        ));
        // A threshold of its own choice makes another account.
        assert_noop!(
            dispatch(
                1,
                pallet_multisig::Call::as_multi_threshold_1 {
                    other_signatories: vec![2, 3],
                    call: Box::new(stop),
                }
            ),
            DispatchError::BadOrigin
        );
        assert!(!Halted::<Test>::get());

        let issuance = Balances::total_issuance();
        let treasury = Balances::free_balance(TreasuryAccount::get());
        let floor = crate::PriceFloorOf::<Test>::get();
        for call in [
            attest(1),
            upgrade(),
            super::spend(UNIT),
            crate::Call::set_price_floor { price: 2 * UNIT }.into(),
            crate::Call::appoint_technical { who: 1 }.into(),
            crate::Call::dismiss_technical {}.into(),
            crate::Call::grant_role {
                role: Role::AttestCircuits,
                holder: 1,
                scope: None,
                expires: 100,
            }
            .into(),
            frame_system::Call::set_storage {
                items: vec![(b"key".to_vec(), b"value".to_vec())],
            }
            .into(),
        ] {
            // The approval goes through; what was approved fails.
            assert_ok!(by_two(call));
        }
        assert_eq!(crate::Technical::<Test>::get(), Some(multisig));
        assert!(Governance::roles().is_empty());
        assert_eq!(governed::Attested::<Test>::iter().count(), 0);
        assert_eq!(sp_io::storage::get(b"key"), None);
        assert_eq!(pallet_treasury::SpendCount::<Test>::get(), 0);
        assert_eq!(crate::PriceFloorOf::<Test>::get(), floor);
        assert_eq!(Balances::total_issuance(), issuance);
        assert_eq!(Balances::free_balance(TreasuryAccount::get()), treasury);

        assert_ok!(by_two(
            crate::Call::pause_call {
                call: crate::name("Governed", "attest").unwrap()
            }
            .into()
        ));
        assert_eq!(crate::PausedUntil::<Test>::get().len(), 1);
        assert_ok!(by_two(
            crate::Call::cancel {
                index: propose(80, attest(1))
            }
            .into()
        ));
        assert!(Referenda::ensure_ongoing(0).is_err());
    });
}
