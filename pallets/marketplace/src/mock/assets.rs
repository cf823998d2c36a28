//! A stable-coin, and jobs that are paid in it.

use super::{
    account, commitments, dispatch, doubles, input, model, provider, requester, AccountId, Assets,
    Balance, Marketplace, RuntimeOrigin, System, Test,
};
use crate::{Call, InputCommitments, JobInput};
use frame_support::{
    assert_ok,
    traits::fungibles::{Inspect, InspectHold},
};
use sp_runtime::FixedU128;
use swarmwork_primitives::{job_id, AssetId, Assignment, Budget, JobCurrency, JobId, Mode};

/// The stable-coin, and an asset that nobody lists.
pub const STABLE: AssetId = 7;
pub const UNLISTED: AssetId = 8;
/// What a unit of the stable-coin is worth in tokens.
pub const RATE: u32 = 4;
/// What each of those has who has some.
pub const COINS: Balance = 100_000;
/// The least that an account of it may have.
pub const LEAST: Balance = 10;

/// Who issues it, and can freeze it.
pub fn issuer() -> AccountId {
    account(91)
}

/// Where coins are sold for tokens.
pub fn market() -> AccountId {
    account(92)
}

/// Opens a market with so many tokens, on which the treasury has so many coins and what they are
/// worth.
pub fn open_market(own: Balance, tokens: Balance) {
    doubles::Pallet::<Test>::mint(&market(), tokens);
    // At four tokens a coin the geometric mean of both sides is twice this one.
    doubles::Liquidity::<Test>::put(2 * own);
}

pub fn stable() -> JobCurrency {
    JobCurrency::WithId(STABLE)
}

/// Issues the stable-coin, lists it, and gives it to two requesters.
pub fn issue() {
    for asset in [STABLE, UNLISTED] {
        assert_ok!(Assets::force_create(
            RuntimeOrigin::root(),
            asset,
            issuer(),
            true,
            LEAST
        ));
    }
    for who in [requester(), account(3)] {
        give(&who, COINS);
    }
    list(RATE);
    // Tests begin with none.
    System::reset_events();
}

/// Gives somebody coins from nowhere.
pub fn give(who: &AccountId, amount: Balance) {
    assert_ok!(Assets::mint(
        RuntimeOrigin::signed(issuer()),
        STABLE,
        who.clone(),
        amount
    ));
}

/// Lists the stable-coin at a rate.
pub fn list(rate: u32) {
    assert_ok!(Marketplace::list_asset(
        RuntimeOrigin::root(),
        STABLE,
        FixedU128::from_u32(rate)
    ));
}

/// Has a provider work for coins, at the rate or a lower one.
pub fn accept(number: u8, up_to: u32) {
    assert_ok!(dispatch(
        provider(number),
        Call::accept_asset {
            asset: STABLE,
            up_to: Some(FixedU128::from_u32(up_to)),
        }
    ));
}

/// The call that submits a job of proven batches for so many coins.
pub fn submission(
    batches: u32,
    currency: JobCurrency,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> Call<Test> {
    Call::submit_order {
        model: model(),
        input: JobInput {
            locator: input(),
            commitments: InputCommitments::Listed(commitments(batches)),
        },
        mode: Mode::Proven,
        budget: Budget {
            currency,
            max_price,
        },
        deadline: System::block_number() + duration,
        placement: assignment.into(),
    }
}

/// Submits a job for coins and returns its id.
pub fn submit_for_coins(
    batches: u32,
    max_price: Balance,
    duration: u64,
    assignment: Assignment<AccountId>,
) -> JobId {
    let nonce = crate::Nonces::<Test>::get(requester());
    let call = submission(batches, stable(), max_price, duration, assignment);
    assert_ok!(dispatch(requester(), call));
    job_id(
        &requester(),
        nonce,
        &model(),
        &input().content,
        &commitments(batches),
    )
}

/// A job of a provider for coins, assigned at once.
pub fn assigned_for_coins(number: u8, batches: u32, max_price: Balance) -> JobId {
    let to = Assignment::Direct(provider(number));
    submit_for_coins(batches, max_price, 20, to)
}

/// Coins that an account can spend.
pub fn coins(who: &AccountId) -> Balance {
    Assets::balance(STABLE, who)
}

/// Coins that are held of an account.
pub fn held_coins(who: &AccountId) -> Balance {
    super::AssetsHolder::balance_on_hold(STABLE, &crate::HoldReason::Escrow.into(), who)
}

/// Freezes all coins, or thaws them.
pub fn freeze_coins(frozen: bool) {
    let issuer = RuntimeOrigin::signed(issuer());
    // Refused where they are so already.
    let _ = if frozen {
        Assets::freeze_asset(issuer, STABLE)
    } else {
        Assets::thaw_asset(issuer, STABLE)
    };
}

/// Has an account get no more coins, or get them again; if it has any.
pub fn block_coins(who: &AccountId, blocked: bool) {
    let issuer = RuntimeOrigin::signed(issuer());
    if !pallet_assets::Account::<Test>::contains_key(STABLE, who) {
        return;
    }
    assert_ok!(if blocked {
        Assets::block(issuer, STABLE, who.clone())
    } else {
        Assets::thaw(issuer, STABLE, who.clone())
    });
}

/// That no coin was made or lost.
pub fn check_coins() {
    let all: Balance = pallet_assets::Account::<Test>::iter_key_prefix(STABLE)
        .map(|who| Assets::total_balance(STABLE, &who))
        .sum();
    assert_eq!(all, Assets::total_issuance(STABLE), "coins are conserved");
}
