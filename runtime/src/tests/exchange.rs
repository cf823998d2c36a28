//! The market on which tokens are bought for what jobs pay in assets: how much of it is the treasury's,
//! what a sale pays, and that moving the price for a sale does not pay.

use super::externalities;
use crate::{
    configs::{
        asset_conversion::{Market, PoolSetupFee, SwapFee},
        marketplace::SoldShare,
        treasury::TreasuryAccount,
    },
    currency::UNIT,
    AccountId, AssetConversion, Assets, Balances, PoolAssets, Runtime, RuntimeCall, RuntimeOrigin,
    System,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        fungibles,
    },
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_keyring::Sr25519Keyring::{Bob, Charlie};
use sp_runtime::{traits::Dispatchable, DispatchError, Permill};
use swarmwork_primitives::{AssetId, Exchange, JobCurrency};

const COIN: AssetId = 7;
const NATIVE: JobCurrency = JobCurrency::Native;
const STABLE: JobCurrency = JobCurrency::WithId(COIN);
/// A coin of six decimals.
const ONE: u128 = 1_000_000;
/// What both sides of the pool are given: a coin is worth four tokens.
const SIDES: (u128, u128) = (40_000 * UNIT, 10_000 * ONE);

fn signed(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

fn coins(who: &AccountId) -> u128 {
    <Assets as fungibles::Inspect<AccountId>>::balance(COIN, who)
}

/// Gives somebody coins and the tokens that they are worth.
fn give(who: &AccountId, amount: u128) {
    assert_ok!(Assets::mint(
        signed(&Bob.to_account_id()),
        COIN,
        who.clone().into(),
        amount
    ));
    assert_ok!(Balances::mint_into(who, 4 * amount * UNIT / ONE));
}

/// Adds so much of what the pool was given first; the shares are `to`'s.
fn provide(who: &AccountId, times: u128, to: &AccountId) {
    assert_ok!(AssetConversion::add_liquidity(
        signed(who),
        Box::new(NATIVE),
        Box::new(STABLE),
        times * SIDES.0,
        times * SIDES.1,
        1,
        1,
        to.clone(),
    ));
}

fn swap(who: &AccountId, path: [JobCurrency; 2], amount: u128) {
    assert_ok!(AssetConversion::swap_exact_tokens_for_tokens(
        signed(who),
        path.map(Box::new).to_vec(),
        amount,
        1,
        who.clone(),
        true,
    ));
}

/// Runs a test on a chain with a pool that is still empty.
fn test(run: impl FnOnce(&AccountId)) {
    externalities(DEV_RUNTIME_PRESET).execute_with(|| {
        System::set_block_number(1);
        let issuer = Bob.to_account_id();
        let admin = issuer.clone().into();
        assert_ok!(Assets::create(signed(&issuer), COIN, admin, 1));
        give(&issuer, 100 * SIDES.1);
        let treasury = TreasuryAccount::get();
        let had = Balances::total_balance(&treasury);
        let issued = Balances::total_issuance();
        assert_ok!(AssetConversion::create_pool(
            signed(&issuer),
            Box::new(NATIVE),
            Box::new(STABLE)
        ));
        // The fee is the treasury's: nothing leaves supply but through the ledger.
        assert_eq!(
            Balances::total_balance(&treasury) - had,
            PoolSetupFee::get()
        );
        assert_eq!(Balances::total_issuance(), issued);
        run(&issuer);
    });
}

#[test]
fn only_what_the_treasury_has_of_a_pool_counts() {
    test(|issuer| {
        let treasury = TreasuryAccount::get();
        assert_eq!(Market::liquidity(COIN), 0);
        assert_eq!(Market::liquidity(COIN + 1), 0);
        provide(issuer, 1, issuer);
        assert_eq!(Market::liquidity(COIN), 0, "it is somebody else's");
        provide(issuer, 2, &treasury);
        // The geometric mean of its two sides.
        let mean = 2 * 20_000_000_000_000;
        let has = Market::liquidity(COIN);
        assert!(has.abs_diff(mean) <= mean / 1_000_000, "{has}");
        // Neither trades nor others' liquidity change it.
        swap(issuer, [STABLE, NATIVE], SIDES.1);
        provide(issuer, 5, issuer);
        assert_eq!(Market::liquidity(COIN), has);
        // At a lower fee moving the price would pay.
        let id = (NATIVE, STABLE);
        let least = SwapFee::get();
        for (fee, counts) in [
            (Permill::from_parts(least.deconstruct() - 1), 0),
            (least, has),
        ] {
            pallet_asset_conversion::PoolFees::<Runtime>::insert(&id, fee);
            assert_eq!(Market::liquidity(COIN), counts);
        }
    });
}

#[test]
fn a_sale_pays_by_the_constant_product_less_the_fee() {
    test(|issuer| {
        let treasury = TreasuryAccount::get();
        provide(issuer, 1, &treasury);
        give(&treasury, 100 * ONE);
        let (had, tokens) = (coins(&treasury), Balances::balance(&treasury));
        let bought = Market::sell(&treasury, COIN, 100 * ONE).expect("there is a market");
        // As `swarm-sim` computes it.
        let counts = 100.0 * 0.997;
        let expected = counts * 40_000.0 / (10_000.0 + counts);
        assert!((bought as f64 / UNIT as f64 - expected).abs() < 1e-3);
        assert_eq!(had - coins(&treasury), 100 * ONE);
        assert_eq!(Balances::balance(&treasury) - tokens, bought);
        assert!(Market::sell(&treasury, COIN, 1_000_000 * ONE).is_err());
        assert!(Market::sell(&treasury, COIN + 1, ONE).is_err());
    });
}

/// Somebody sells coins before the sales of six blocks in a row and buys them back after, with nine
/// tenths of the pool for as long.
#[test]
fn moving_the_price_for_sales_costs_more_than_it_gains() {
    for times in [0, 9] {
        for amount in [10 * ONE, 1_000 * ONE, 30_000 * ONE] {
            test(|issuer| {
                let (treasury, attacker) = (TreasuryAccount::get(), Charlie.to_account_id());
                provide(issuer, 1, &treasury);
                give(&attacker, 150_000 * ONE);
                give(&treasury, 1_000 * ONE);
                let block = SoldShare::get().mul_floor(SIDES.1);
                let worth = |who: &AccountId| {
                    let tokens = Balances::balance(who) as f64 / UNIT as f64;
                    tokens + 4.0 * coins(who) as f64 / ONE as f64
                };
                let sales = || {
                    for _ in 0..6 {
                        Market::sell(&treasury, COIN, block).expect("there is a market");
                    }
                };
                let course = |moved: bool| {
                    if times > 0 {
                        provide(&attacker, times, &attacker);
                    }
                    let before = Balances::balance(&attacker);
                    if moved {
                        swap(&attacker, [STABLE, NATIVE], amount);
                    }
                    let got = Balances::balance(&attacker) - before;
                    sales();
                    if moved {
                        swap(&attacker, [NATIVE, STABLE], got);
                    }
                    if times > 0 {
                        let shares = PoolAssets::balance(0, &attacker);
                        assert_ok!(AssetConversion::remove_liquidity(
                            signed(&attacker),
                            Box::new(NATIVE),
                            Box::new(STABLE),
                            shares,
                            1,
                            1,
                            attacker.clone(),
                        ));
                    }
                    worth(&attacker)
                };
                // The same course with and without the attack.
                let idle = frame_support::storage::with_transaction(|| {
                    sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(course(false)))
                })
                .expect("it is computed");
                let moved = course(true);
                assert!(moved < idle, "{moved} {idle} {times} {amount}");
            });
        }
    }
}

#[test]
fn shares_of_pools_are_made_by_pools_alone() {
    test(|issuer| {
        let admin = issuer.clone().into();
        assert_noop!(
            PoolAssets::create(signed(issuer), 5, admin, 1),
            DispatchError::BadOrigin
        );
        // Nobody lowers a pool's fee but by the gravest class of proposals.
        let lower: RuntimeCall = pallet_asset_conversion::Call::set_pool_fee {
            pool_id: (NATIVE, STABLE),
            fee: Permill::zero(),
        }
        .into();
        let refused = lower.dispatch(signed(issuer)).map_err(|e| e.error);
        assert_eq!(refused.map(|_| ()), Err(DispatchError::BadOrigin));
    });
}
