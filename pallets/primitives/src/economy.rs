//! How a price is divided, what burns and mints are booked under, and how readers see supply.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible::NativeOrWithId;
use scale_info::TypeInfo;
use sp_arithmetic::{FixedU128, Permill};

use crate::BurnTotals;

/// An asset of pallet-assets, by its number.
pub type AssetId = u32;

/// What a job is paid in: the chain's token, or an asset that governance has listed.
pub type JobCurrency = NativeOrWithId<AssetId>;

/// An asset that jobs may be paid in, or once could.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub struct Listing {
    /// What the asset's smallest unit is worth, in the token's smallest unit.
    pub rate: FixedU128,
    /// Whether new jobs may be paid in it.
    pub open: bool,
}

/// The most that a job may cost, and in what.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Budget<Balance> {
    /// What it is paid in.
    pub currency: JobCurrency,
    /// The most that it may cost; what is held.
    pub max_price: Balance,
}

/// The parts of a price, fixed for a job when it is submitted.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub struct Split {
    /// To the provider.
    pub provider: Permill,
    /// To the treasury, before burning. What rounding leaves goes there too.
    pub treasury: Permill,
    /// Burned, out of the treasury's.
    pub burned: Permill,
    /// To the model's owner.
    pub owner: Permill,
}

/// How a price is divided, to the last unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shares<Balance> {
    /// To the provider.
    pub provider: Balance,
    /// To the treasury: its share less what is burned of it, and every remainder of rounding.
    pub treasury: Balance,
    /// Out of supply.
    pub burned: Balance,
    /// To the model's owner.
    pub owner: Balance,
}

impl Split {
    /// Whether the parts make up the whole and the burned one lies within the treasury's.
    pub fn is_whole(&self) -> bool {
        let parts = [self.provider, self.treasury, self.owner].map(|p| p.deconstruct());
        parts.iter().sum::<u32>() == Permill::one().deconstruct() && self.burned <= self.treasury
    }

    /// Divides a price: each part rounded down, the remainder to the treasury.
    pub fn divide<Balance>(&self, price: Balance) -> Shares<Balance>
    where
        Balance: sp_arithmetic::traits::AtLeast32BitUnsigned + Copy,
    {
        let part = |share: Permill| share.mul_floor(price);
        let (provider, burned, owner) = (part(self.provider), part(self.burned), part(self.owner));
        Shares {
            provider,
            burned,
            owner,
            // The parts make up at most one and are rounded down.
            treasury: price
                .saturating_sub(provider)
                .saturating_sub(owner)
                .saturating_sub(burned),
        }
    }
}

/// The ways tokens come into supply after genesis.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum MintSource {
    /// Rewards of validators and nominators.
    Staking,
    /// What the staking curve gives beside those, to the treasury.
    StakingRemainder,
    /// Claimed credit of swarm work.
    SwarmWork,
}

/// The ledger of every mint.
pub trait MintLedger<Balance> {
    /// Books what has been added to issuance.
    fn minted(source: MintSource, amount: Balance);
}

/// What has come into supply since genesis, by source.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug, Default)]
pub struct MintTotals<Balance> {
    /// [`MintSource::Staking`]
    pub staking: Balance,
    /// [`MintSource::StakingRemainder`]
    pub staking_remainder: Balance,
    /// [`MintSource::SwarmWork`]
    pub swarm_work: Balance,
}

/// Supply and where it comes from: `issuance = genesis + minted - burned`.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug, Default)]
pub struct SupplyView<Balance> {
    /// All tokens there are.
    pub issuance: Balance,
    /// All there were when the chain began.
    pub genesis: Balance,
    /// What has come since.
    pub minted: MintTotals<Balance>,
    /// What has gone since.
    pub burned: BurnTotals<Balance>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split() -> Split {
        Split {
            provider: Permill::from_percent(80),
            treasury: Permill::from_percent(15),
            burned: Permill::from_percent(5),
            owner: Permill::from_percent(5),
        }
    }

    #[test]
    fn nothing_is_lost_and_remainders_are_the_treasurys() {
        for price in (0u128..2_000).chain([u128::MAX, u128::MAX / 3]) {
            let shares = split().divide(price);
            assert_eq!(
                shares.provider + shares.treasury + shares.burned + shares.owner,
                price
            );
            assert!(shares.treasury >= Permill::from_percent(10).mul_floor(price));
        }
        assert_eq!(
            split().divide(99u128),
            Shares {
                provider: 79,
                treasury: 12,
                burned: 4,
                owner: 4,
            }
        );
    }

    #[test]
    fn only_whole_splits_are_splits() {
        assert!(split().is_whole());
        let more = |change: fn(&mut Split)| {
            let mut other = split();
            change(&mut other);
            other.is_whole()
        };
        assert!(!more(|s| s.provider = Permill::from_percent(81)));
        assert!(!more(|s| s.owner = Permill::from_percent(4)));
        assert!(!more(|s| s.burned = Permill::from_percent(16)));
        assert!(more(|s| s.burned = s.treasury));
    }
}
