//! pallet-transaction-payment: what a transaction costs and who gets it.
//!
//! Fee = 0.001 SWARM per base weight of a transaction (0.108 ms of computation) + 0.00001 SWARM per
//! byte, the first times a multiplier that rises while ordinary transactions fill more than a
//! quarter of the blocks and never falls below one. Of the fee a fifth goes to the block's author,
//! a fifth is burned and the rest goes to the treasury; an author gains little by filling its own
//! blocks. The tip is the author's.

use super::treasury::ToTreasury;
use crate::{
    currency::{MICRO, MILLI},
    AccountId, Authorship, Balance, Balances, Burn, Runtime, RuntimeEvent,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::{Balanced, Credit},
        tokens::imbalance::OnUnbalanced,
        ConstU8, Imbalance,
    },
    weights::{constants::ExtrinsicBaseWeight, ConstantMultiplier, Weight, WeightToFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{FixedPointNumber, Perquintill};
use swarmwork_primitives::{parameters, BurnLedger, BurnSource};

/// Parts of a fee, in percent: author and burn; the treasury gets what is left.
pub const AUTHOR_PERCENT: u32 = parameters::FEE_AUTHOR_PERCENT;
/// See [`AUTHOR_PERCENT`].
pub const BURN_PERCENT: u32 = parameters::FEE_BURN_PERCENT;

parameter_types! {
    pub const FeePerByte: Balance = 10 * MICRO;
    /// Fullness of blocks, by ordinary transactions, at which the multiplier stands still.
    pub const TargetFullness: Perquintill = Perquintill::from_percent(25);
    /// How fast the multiplier moves: about 4 % per ten minutes of full 2 s slots.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(15, 100_000);
    pub MinMultiplier: Multiplier = Multiplier::from_u32(1);
    pub MaxMultiplier: Multiplier = Multiplier::from_u32(1_000_000);
}

/// Linear in computation: 0.001 SWARM per base weight of a transaction.
pub struct FeePerWeight;
impl WeightToFee for FeePerWeight {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let base = Balance::from(ExtrinsicBaseWeight::get().ref_time());
        // 64 bits times 30 bits.
        Balance::from(weight.ref_time()).saturating_mul(MILLI) / base
    }
}

/// Distributes fees and tips.
pub struct DealWithFees;
impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
    fn on_unbalanceds(mut fee_then_tip: impl Iterator<Item = Credit<AccountId, Balances>>) {
        if let Some(fee) = fee_then_tip.next() {
            let (burned, rest) = fee.ration(BURN_PERCENT, 100 - BURN_PERCENT);
            let (author, treasury) =
                rest.ration(AUTHOR_PERCENT, 100 - BURN_PERCENT - AUTHOR_PERCENT);
            <Burn as BurnLedger<_>>::burn(BurnSource::TransactionFee, burned);
            to_author(author);
            ToTreasury::on_unbalanced(treasury);
        }
        fee_then_tip.for_each(to_author);
    }
}

/// Pays the block's author; the treasury where that cannot be done (no author known, or less than
/// an account needs to come into being).
fn to_author(credit: Credit<AccountId, Balances>) {
    match Authorship::author() {
        Some(author) => {
            if let Err(credit) = Balances::resolve(&author, credit) {
                ToTreasury::on_unbalanced(credit);
            }
        }
        None => ToTreasury::on_unbalanced(credit),
    }
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, DealWithFees>;
    type WeightToFee = FeePerWeight;
    type LengthToFee = ConstantMultiplier<Balance, FeePerByte>;
    type FeeMultiplierUpdate = TargetedFeeAdjustment<
        Self,
        TargetFullness,
        AdjustmentVariable,
        MinMultiplier,
        MaxMultiplier,
    >;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}
