//! What jobs may be paid in and who works for it; what accounts have of it, and what they are owed.

use anyhow::{anyhow, Context, Result};
use codec::{Decode, DecodeAll};
use futures::future::try_join_all;
use sp_core::crypto::AccountId32;
use sp_runtime::FixedU128;
use subxt::dynamic::{self, At, Value};
use swarmwork_primitives::{AssetId, JobCurrency, Listing};

use crate::{
    chain::{AtBlock, Chain},
    units::Price,
};

/// A share of a job that could not be paid when it fell due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// What it is in, and how much.
    pub price: Price,
    /// In whose account it is held.
    pub payer: AccountId32,
}

/// What an account has of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coins {
    /// Which.
    pub asset: AssetId,
    /// Free.
    pub free: u128,
    /// Held for jobs.
    pub held: u128,
}

impl Chain {
    /// The assets that jobs may be paid in, or once could, by number.
    pub async fn listings(&self) -> Result<Vec<(AssetId, Listing)>> {
        let found = entries(&self.best().await?, "Listings", Vec::new()).await?;
        by_asset(found, 0)
    }

    /// For which assets a provider works, and up to which rate, by number.
    pub async fn accepted_assets(&self, who: &AccountId32) -> Result<Vec<(AssetId, FixedU128)>> {
        let of = vec![Value::from_bytes(who)];
        by_asset(entries(&self.best().await?, "AcceptedAssets", of).await?, 1)
    }

    /// What an account is owed.
    pub async fn owed(&self, who: &AccountId32) -> Result<Vec<Owed>> {
        let of = vec![Value::from_bytes(who)];
        let found: Entries<u128> = entries(&self.best().await?, "Claims", of).await?;
        found
            .into_iter()
            .map(|(key, amount)| {
                let currency = part(&key, 1)?;
                Ok(Owed {
                    price: Price { currency, amount },
                    payer: part(&key, 2)?,
                })
            })
            .collect()
    }

    /// What an account has of the assets that jobs may be paid in, or once could.
    pub async fn coins(&self, who: &AccountId32) -> Result<Vec<Coins>> {
        let listings = self.listings().await?;
        let block = self.best().await?;
        let each = listings
            .into_iter()
            .map(|(asset, _)| coins_of(&block, asset, who));
        let mut coins = try_join_all(each).await?;
        coins.retain(|coins| coins.free > 0 || coins.held > 0);
        Ok(coins)
    }
}

/// Keys by their parts, each as the chain encodes it, with their values.
type Entries<V> = Vec<(Vec<Vec<u8>>, V)>;

/// Everything in a map of the market, under the first parts of its keys.
async fn entries<V: Decode>(block: &AtBlock, map: &str, under: Vec<Value>) -> Result<Entries<V>> {
    let address = dynamic::storage::<Vec<Value>, Value>("Marketplace", map);
    let mut found = block.storage().iter(address, under).await?;
    let mut entries = Vec::new();
    while let Some(entry) = found.next().await {
        let entry = entry?;
        let key = entry.key()?;
        let parts = key
            .parts()
            .map(|part| part.value_bytes().to_vec())
            .collect();
        entries.push((parts, decoded(entry.value().bytes(), map)?));
    }
    Ok(entries)
}

fn by_asset<V>(found: Entries<V>, at: usize) -> Result<Vec<(AssetId, V)>> {
    let mut assets = found
        .into_iter()
        .map(|(key, value)| Ok((part::<AssetId>(&key, at)?, value)))
        .collect::<Result<Vec<_>>>()?;
    // The chain has them in the order of their hashes.
    assets.sort_by_key(|(asset, _)| *asset);
    Ok(assets)
}

/// One part of a key.
fn part<T: Decode>(key: &[Vec<u8>], at: usize) -> Result<T> {
    let bytes = key.get(at).context("a key of the chain lacks a part")?;
    decoded(bytes, "a key")
}

fn decoded<T: Decode>(mut bytes: &[u8], what: &str) -> Result<T> {
    T::decode_all(&mut bytes).map_err(|_| {
        anyhow!(
            "the chain has {what} in a form this program does not know; use the `swarm` that was \
             released with the node"
        )
    })
}

async fn coins_of(block: &AtBlock, asset: AssetId, who: &AccountId32) -> Result<Coins> {
    let keys = || vec![Value::u128(asset.into()), Value::from_bytes(who)];
    let address = dynamic::storage::<Vec<Value>, Value>("Assets", "Account");
    let free = match block.storage().try_fetch(address, keys()).await? {
        None => 0,
        Some(account) => account
            .decode()?
            .at("balance")
            .and_then(|balance| balance.as_u128())
            .context("the chain's accounts of assets have no balance")?,
    };
    let address = dynamic::storage::<Vec<Value>, u128>("AssetsHolder", "BalancesOnHold");
    let held = match block.storage().try_fetch(address, keys()).await? {
        None => 0,
        Some(held) => held.decode()?,
    };
    Ok(Coins { asset, free, held })
}

impl Coins {
    /// So much of the asset.
    pub fn price(&self, amount: u128) -> Price {
        Price::of(&JobCurrency::WithId(self.asset), amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    #[test]
    fn assets_are_listed_by_number() {
        let listing = |inner, open| Listing {
            rate: FixedU128::from_inner(inner),
            open,
        };
        let key = |asset: AssetId| vec![vec![1; 32], asset.encode()];
        let found = vec![(key(300), listing(1, true)), (key(7), listing(2, false))];
        let assets = by_asset(found, 1).unwrap();
        assert_eq!(assets, [(7, listing(2, false)), (300, listing(1, true))]);
        let short = vec![(key(7), listing(1, true))];
        assert!(by_asset(short, 2).is_err());
    }

    #[test]
    fn what_is_stored_is_decoded_in_full() {
        let key = vec![vec![], JobCurrency::WithId(7).encode()];
        assert_eq!(
            part::<JobCurrency>(&key, 1).unwrap(),
            JobCurrency::WithId(7)
        );
        let native = vec![JobCurrency::Native.encode()];
        assert_eq!(
            part::<JobCurrency>(&native, 0).unwrap(),
            JobCurrency::Native
        );
        let error = part::<u32>(&[vec![1, 0, 0, 0, 9]], 0).unwrap_err();
        assert!(error.to_string().contains("released with"), "{error}");
    }
}
