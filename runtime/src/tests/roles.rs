//! Roles on the whole runtime: who uses them, on what and until when, and who does so for the holder.

use super::externalities;
use crate::{
    configs::proxy::ProxyType, AccountId, Assets, Governance, Multisig, Proxy, Runtime,
    RuntimeCall, RuntimeOrigin, System,
};
use frame_support::{assert_ok, traits::InstanceFilter};
use pallet_governance::{Act, Actor, RawOrigin};
use pallet_marketplace::{listing_scope, AuditShare, Call, Listings};
use sp_core::H256;
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Ferdie};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult, FixedU128, Permill};
use swarmwork_primitives::Role;

/// The block in which the roles of these tests are gone.
const TERM: u32 = 10;
const ASSET: u32 = 1;
const REFUSED: DispatchResult = Err(DispatchError::BadOrigin);

fn test(run: impl FnOnce()) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let bob = Bob.to_account_id();
        assert_ok!(Assets::create(signed(&bob), ASSET, bob.into(), 10));
        run();
    });
}

fn signed(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

fn make(who: &AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
    let call: RuntimeCall = call.into();
    call.dispatch(signed(who))
        .map(|_| ())
        .map_err(|failed| failed.error)
}

fn give(role: Role, holder: &AccountId, scope: Option<H256>) {
    let proposal = RawOrigin::Proposal {
        index: 0,
        class: role.class(),
    };
    assert_ok!(Governance::grant_role(
        proposal.into(),
        role,
        holder.clone(),
        scope,
        TERM
    ));
}

fn audit(percent: u32) -> Call<Runtime> {
    Call::set_audit_share {
        share: Permill::from_percent(percent),
    }
}

fn audited() -> Permill {
    AuditShare::<Runtime>::get()
}

fn list(rate: u32) -> Call<Runtime> {
    Call::list_asset {
        asset: ASSET,
        rate: FixedU128::from_u32(rate),
    }
}

fn listed() -> bool {
    Listings::<Runtime>::get(ASSET).is_some_and(|listing| listing.open)
}

/// The role, that it has no narrower scope, and its last block.
#[test]
fn audits_are_set_by_the_holder_of_the_role_until_its_term() {
    test(|| {
        let holder = Ferdie.to_account_id();
        assert_eq!(make(&holder, audit(1)), REFUSED);
        // Neither another role nor this one on some thing is this one.
        give(Role::ListAssets, &holder, None);
        give(Role::DrawAudits, &holder, Some(listing_scope(ASSET)));
        assert_eq!(make(&holder, audit(1)), REFUSED);
        give(Role::DrawAudits, &holder, None);
        System::set_block_number(TERM - 1);
        assert_ok!(make(&holder, audit(1)));
        assert_eq!(audited(), Permill::from_percent(1));
        let (_, last) = Governance::acts(0, 100).pop().expect("it is on record");
        assert_eq!(last.actor, Actor::Holder(holder.clone()));
        assert_eq!(
            last.act,
            Act::RoleUsed {
                role: Role::DrawAudits,
                scope: None,
            }
        );
        System::set_block_number(TERM);
        assert_eq!(make(&holder, audit(2)), REFUSED);
        assert_eq!(audited(), Permill::from_percent(1));
    });
}

#[test]
fn assets_are_listed_and_closed_until_the_term_of_the_role() {
    test(|| {
        let holder = Ferdie.to_account_id();
        give(Role::DrawAudits, &holder, None);
        assert_eq!(make(&holder, list(3)), REFUSED);
        give(Role::ListAssets, &holder, Some(listing_scope(ASSET)));
        System::set_block_number(TERM - 1);
        assert_ok!(make(&holder, list(3)));
        System::set_block_number(TERM);
        assert_eq!(make(&holder, list(4)), REFUSED);
        assert_eq!(
            make(&holder, Call::<Runtime>::close_asset { asset: ASSET }),
            REFUSED
        );
        assert!(listed());
    });
}

#[test]
fn a_multisig_uses_roles_and_its_signatories_do_not() {
    test(|| {
        let (alice, bob) = (Alice.to_account_id(), Bob.to_account_id());
        let mut signatories = vec![alice.clone(), bob.clone()];
        signatories.sort();
        let multisig = Multisig::multi_account_id(&signatories, 1);
        give(Role::DrawAudits, &multisig, None);
        give(Role::ListAssets, &multisig, Some(listing_scope(ASSET)));
        for call in [audit(2), list(3)] {
            assert_eq!(make(&alice, call.clone()), REFUSED);
            let together = pallet_multisig::Call::<Runtime>::as_multi_threshold_1 {
                other_signatories: vec![bob.clone()],
                call: Box::new(call.into()),
            };
            assert_ok!(make(&alice, together));
        }
        assert_eq!(audited(), Permill::from_percent(2));
        assert!(listed());
    });
}

/// A proxy for governance uses what roles its principal has; one for the market buys and sells.
#[test]
fn a_proxy_for_governance_uses_roles_and_one_for_the_market_does_not() {
    test(|| {
        let holder = Ferdie.to_account_id();
        let (governor, trader) = (Bob.to_account_id(), Charlie.to_account_id());
        for (delegate, kind) in [
            (&governor, ProxyType::Governance),
            (&trader, ProxyType::Market),
        ] {
            assert_ok!(Proxy::add_proxy(
                signed(&holder),
                delegate.clone().into(),
                kind,
                0
            ));
        }
        give(Role::DrawAudits, &holder, None);
        give(Role::ListAssets, &holder, None);
        // A proxy's call succeeds whether or not what it wraps does.
        let act = |delegate: &AccountId, call: Call<Runtime>| {
            let proxied = pallet_proxy::Call::<Runtime>::proxy {
                real: holder.clone().into(),
                force_proxy_type: None,
                call: Box::new(call.into()),
            };
            assert_ok!(make(delegate, proxied));
        };
        act(&trader, audit(3));
        act(&trader, list(3));
        assert_eq!((audited(), listed()), (Permill::zero(), false));
        act(&governor, audit(3));
        act(&governor, list(3));
        assert_eq!((audited(), listed()), (Permill::from_percent(3), true));
    });
}

/// Each call that a role allows, and none of the market's others.
#[test]
fn proxies_are_asked_about_every_call_of_a_role() {
    let roles: [RuntimeCall; 5] = [
        pallet_circuits::Call::attest_circuit {
            circuit: H256::zero(),
            transcript: H256::zero(),
        }
        .into(),
        pallet_governance::Call::set_price_floor { price: 1 }.into(),
        list(1).into(),
        Call::<Runtime>::close_asset { asset: ASSET }.into(),
        audit(1).into(),
    ];
    for call in roles {
        assert!(ProxyType::Governance.filter(&call), "{call:?}");
        assert!(!ProxyType::Market.filter(&call), "{call:?}");
        assert!(!ProxyType::Staking.filter(&call), "{call:?}");
    }
    let job: RuntimeCall = Call::<Runtime>::cancel_job { job: H256::zero() }.into();
    assert!(ProxyType::Market.filter(&job));
    assert!(!ProxyType::Governance.filter(&job));
}
